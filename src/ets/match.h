// SPDX-License-Identifier: Apache-2.0
// Match specifications: [{Head, Guards, Body}]. Interpreted as they stand; guards call the guard
// builtins. While one runs the process does not collect (Process.no_gc): what is built goes where
// there is room, or to fragments.
// Thread: the scheduler that runs the process.
#pragma once

#include "proc/bif.h"

enum { MATCH_VARS_MAX = 256 };

typedef struct Match {
    Process *p;
    Term object;
    Term vars[MATCH_VARS_MAX]; // TERM_NONE: not bound
    uint32_t var_count;        // how many of vars have been cleared
} Match;

// Whether it has the form of a match specification.
bool match_spec_check(Term spec);
// Whether a pattern has neither variables nor '_'.
bool match_is_ground(const TermEnv *env, Term pattern);
// Binds the pattern's variables to parts of the object.
bool match_pattern(Match *m, Process *p, Term pattern, Term object);
// The first clause of `spec` that matches: its value. TERM_NONE: none does.
Term match_spec_run(Match *m, Process *p, Term spec, Term object);
// [value of '$1', ...] of what match_pattern has bound, in order of their numbers.
Term match_bindings(Match *m);
