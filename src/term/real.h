// SPDX-License-Identifier: Apache-2.0
// Floats as text. A real is a finite double; infinities and NaN never become terms.
#pragma once

#include "base/buf.h"
#include "term/term.h"

enum { REAL_TEXT_MAX = 4096 };

// Shortest text that reads back as `d`, in the form float_to_list(F, [short]) and io_lib use.
size_t real_print_short(char out[64], double d);
// As float_to_list/1: 20 digits after the point, scientific ("1.00000000000000005551e-01").
// digits -1..249.
size_t real_print_scientific(char out[REAL_TEXT_MAX], double d, int digits);
// As {decimals, digits}, digits 0..253; compact drops trailing zeros (keeps one). 0: does not fit
size_t real_print_decimals(char out[REAL_TEXT_MAX], double d, int digits, bool compact);
// Erlang's float syntax, whole text: [+-]digits.digits[e[+-]digits]. false: not a float, or out of
// range.
bool real_parse(const uint8_t *text, size_t count, double *d);
