// SPDX-License-Identifier: Apache-2.0
// Floats as text. A real is a finite double; infinities and NaN never become terms.
#pragma once

#include "base/buf.h"
#include "term/term.h"

enum {
    REAL_TEXT_MAX = 1024,
    REAL_SCIENTIFIC_MAX = 249, // digits after the point
    REAL_DECIMALS_MAX = 253,
    REAL_CHARS_MAX = 255, // of such a text, before compacting: the reference's limit
};

// Shortest text that reads back as `d`, in the form float_to_list(F, [short]) and io_lib use.
size_t real_print_short(char out[64], double d);
// As float_to_list/1: 20 digits after the point, scientific ("1.00000000000000005551e-01").
// digits -1..REAL_SCIENTIFIC_MAX, -1 standing for 6. 0: more than REAL_CHARS_MAX characters.
size_t real_print_scientific(char out[REAL_TEXT_MAX], double d, int digits);
// As {decimals, digits}, digits 0..REAL_DECIMALS_MAX; compact drops trailing zeros (keeps one).
// 0: more than REAL_CHARS_MAX characters.
size_t real_print_decimals(char out[REAL_TEXT_MAX], double d, int digits, bool compact);
// What list_to_float reads, whole text: [+-]digits.digits[e[+-]digits]; a comma may stand for the
// point, and a NUL ends the text. Rounded to nearest even; too small becomes 0.0. false: not a
// float, or too large.
bool real_parse(const uint8_t *text, size_t count, double *d);
