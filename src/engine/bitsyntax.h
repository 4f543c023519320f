// SPDX-License-Identifier: Apache-2.0
// The bit syntax, for the instructions.
#pragma once

#include "proc/process.h"
