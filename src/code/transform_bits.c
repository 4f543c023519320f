// SPDX-License-Identifier: Apache-2.0
#include "code/emit.h"
bool transform_bits(Transform *t, const GenOp *op, const GenArg *a) {
    return false;
}
bool transform_bits_old(Transform *t, const GenOp *op, const GenArg *a) {
    return false;
}
