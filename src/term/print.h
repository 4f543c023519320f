// SPDX-License-Identifier: Apache-2.0
// Terms as text, as erlang:display/1 and crash messages of the reference's runtime print them
// (~w form with the runtime's own quoting; lists of printable characters stay lists of integers
// unless PRINT_STRINGS). For people the command line uses stdlib's io_lib.
#pragma once

#include "base/buf.h"
#include "term/env.h"

typedef enum PrintFlags { PRINT_PLAIN = 0, PRINT_STRINGS = 1 } PrintFlags;
// At most `chars_max` characters of text (0: no limit), then "...".
void term_print(const TermEnv *env, Buf *out, Term t, PrintFlags flags, size_t chars_max);
// Quoted where Erlang's syntax needs it.
void atom_print(const TermEnv *env, Buf *out, Term atom);
