// SPDX-License-Identifier: Apache-2.0
// Equality and order of terms:
// number < atom < reference < fun < port < pid < tuple < map < nil < list < bit string.
// No C recursion: nesting costs memory from env->mem. Any thread that may read the terms.
#pragma once

#include "term/env.h"

// -1, 0, 1. term_compare: 1 and 1.0 are equal (==, <). term_compare_exact: the order in which
// map keys stand: as term_compare, but every integer comes before every float.
int term_compare_slow(const TermEnv *env, Term a, Term b);
int term_compare_exact(const TermEnv *env, Term a, Term b);
bool term_equal_slow(const TermEnv *env, Term a, Term b);       // ==
bool term_equal_exact_slow(const TermEnv *env, Term a, Term b); // =:=

static inline int term_compare(const TermEnv *env, Term a, Term b) {
    if (a == b) return 0;
    if (term_both_small(a, b)) return (int64_t)a < (int64_t)b ? -1 : 1;
    return term_compare_slow(env, a, b);
}
// Two different immediates are never =:= (floats have one form each, zeros are boxed).
static inline bool term_equal_exact(const TermEnv *env, Term a, Term b) {
    if (a == b) return true;
    if (term_is_immediate(a) || term_is_immediate(b)) return false;
    return term_equal_exact_slow(env, a, b);
}
static inline bool term_equal(const TermEnv *env, Term a, Term b) {
    if (a == b) return true;
    if (term_both_small(a, b)) return false;
    return term_equal_slow(env, a, b);
}

// A comparison that yields: for operands of any size. The terms must stay where they are from
// compare_new to compare_free: no collection of their heap in between.
typedef struct CompareState CompareState;
typedef enum CompareMode { COMPARE_ORDER, COMPARE_EQUAL, COMPARE_EXACT } CompareMode;
enum { COMPARE_MORE = 2 };
WARN_UNUSED CompareState *compare_new(const TermEnv *env, Term a, Term b, CompareMode mode);
// Goes on for about *budget steps (one a term visited) and takes what it used from *budget. The
// result once it is known: -1, 0, 1 for COMPARE_ORDER, 0 (equal) or not for the others; until then
// COMPARE_MORE.
int compare_run(CompareState *s, int64_t *budget);
void compare_free(CompareState *s);
