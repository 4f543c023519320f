// SPDX-License-Identifier: Apache-2.0
// All builtins, in the order of their BifId (bif/ids.h). Constant: any thread.
#pragma once

#include "proc/bif.h"

const Bif *bif_table_all(size_t *count);
