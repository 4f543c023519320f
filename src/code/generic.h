// SPDX-License-Identifier: Apache-2.0
// The generic instructions: numbers, names and operand counts (generic.def), as beam files have
// them.
#pragma once

#include "base/base.h"

enum {
#define GENERIC(number, name, arity) GENOP_##name = number,
#include "code/generic.def"
#undef GENERIC
};
enum { GENERIC_MAX = 255 };
typedef struct GenericInfo {
    const char *name; // NULL: no such instruction
    uint8_t arity;
} GenericInfo;
const GenericInfo *generic_info(unsigned number); // NULL: unknown
