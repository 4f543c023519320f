// SPDX-License-Identifier: Apache-2.0
// The table of internal instructions; see optable.h.
#include "code/optable.h"

const OpInfo op_table[OP_COUNT] = {
#include "code/ops_table.inc"
};
