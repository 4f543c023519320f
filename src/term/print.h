// SPDX-License-Identifier: Apache-2.0
// Terms as text without the Erlang libraries. PRINT_STRINGS gives what erlang:display/1 prints on
// the reference: lists of printable Latin-1 characters and ASCII binaries as strings, floats as C's
// %e, no spaces in maps. PRINT_PLAIN gives what io:format("~w") prints. Both quote atoms as the
// reference's runtime does (reserved words stay bare). For people the command line uses stdlib's
// io_lib. Pids, references and ports of other nodes show the node as the index of its name's atom,
// where the reference shows the number of a connection.
// No C recursion. Thread: any that may read the terms.
#pragma once

#include "base/buf.h"
#include "term/env.h"

typedef enum PrintFlags { PRINT_PLAIN = 0, PRINT_STRINGS = 1 } PrintFlags;
// At most `chars_max` characters of text (0: no limit), then "...". Check out->failed.
void term_print(const TermEnv *env, Buf *out, Term t, PrintFlags flags, size_t chars_max);
// Quoted where Erlang's syntax needs it.
void atom_print(const TermEnv *env, Buf *out, Term atom);
