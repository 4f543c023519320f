// SPDX-License-Identifier: Apache-2.0
// Names and operand counts of the generic instructions, by number. Read-only; any thread.
#include "code/generic.h"

static const GenericInfo generic_table[GENERIC_MAX + 1] = {
#define GENERIC(number, name, arity) [number] = {#name, arity},
#include "code/generic.def"
#undef GENERIC
};

const GenericInfo *generic_info(unsigned number) {
    if (number > GENERIC_MAX || generic_table[number].name == NULL) return NULL;
    return &generic_table[number];
}
