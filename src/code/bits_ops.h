// SPDX-License-Identifier: Apache-2.0
// What the instructions of the bit syntax hold beyond plain operands: written by transform_bits*.c,
// read by the engine.
#pragma once

#include "code/optable.h"

// What a segment of a bit string is made from.
typedef enum SegmentKind {
    SEGMENT_INTEGER,
    SEGMENT_FLOAT,
    SEGMENT_BINARY,
    SEGMENT_UTF8,
    SEGMENT_UTF16,
    SEGMENT_UTF32,
    SEGMENT_STRING,         // bytes of the code
    SEGMENT_APPEND,         // the first one: a bit string that the result goes on from
    SEGMENT_PRIVATE_APPEND, // the same where nothing else refers to it
} SegmentKind;

typedef enum SegmentSize {
    SIZE_FIXED, // bits, known when the code was loaded
    SIZE_TERM,  // a source of any kind, times the unit
    SIZE_WHOLE, // all of the value: binaries, characters
} SegmentSize;

// A segment in the variable part of bs_create_bin.
enum {
    SEGMENT_WHAT = 0,   // kind | flags << 8 | SegmentSize << 16
    SEGMENT_NUMBER = 1, // for error messages: counted from 1
    SEGMENT_UNIT = 2,
    SEGMENT_TEXT = 3, // SEGMENT_STRING: units from the instruction's start to its bytes
    SEGMENT_VALUE = 4,
    SEGMENT_SIZE = 6,
    SEGMENT_UNITS = 8,
};

// Several fields of fixed size, matched together: each is a unit with size and flags, and a
// destination of any kind or FIELD_SKIPPED.
enum { FIELD_UNITS = 2, FIELD_BITS_MAX = 59, FIELD_SKIP_MAX = (1 << 24) - 1 };
#define FIELD_SKIPPED UINT32_MAX
static inline uint32_t field_what(uint32_t bits, unsigned flags) {
    return bits | flags << 24;
}
static inline uint32_t field_bits(uint32_t what) {
    return what & FIELD_SKIP_MAX;
}
static inline unsigned field_flags(uint32_t what) {
    return what >> 24;
}

// Slots of a context that code may ask for.
enum { CONTEXT_SLOTS_MAX = 1024, X_LIVE_MAX = 1024 };
