// SPDX-License-Identifier: Apache-2.0
// The table that tools/bifs.py makes from the BIF lines of the sources.
#include "bif/table.h"

#include "bif/ids.h"
#include "bif/table.inc"

_Static_assert(ARRAY_COUNT(bif_table) == BIF_ID_COUNT, "one number a builtin");

const Bif *bif_table_all(size_t *count) {
    *count = ARRAY_COUNT(bif_table);
    return bif_table;
}
