// SPDX-License-Identifier: Apache-2.0
// Funs. A local fun is [header FUN, FunEntry*, free variables...]; an external fun
// (fun M:F/A) is [header EXPORT, Export*]. Entries belong to the VM and outlive every term.
#pragma once

#include "term/hp.h"
#include <stdatomic.h>

enum { CODE_INDEXES = 2 }; // active and staging

typedef struct Export {
    Term module, function;
    uint32_t arity;
    uint32_t slot; // number in the export table
    // Where a call goes, by code index: interpreter code. Never NULL: an undefined function has
    // code that calls the error handler, a builtin has code that calls it.
    const uint32_t *entry[CODE_INDEXES];
    const struct Bif *bif; // the builtin of that name, or NULL
    bool bif_in_guards;    // the instructions for guards may call it
    bool bif_by_entry;     // calls go through its export entry
} Export;

typedef struct FunEntry {
    Term module;
    uint8_t uniq[16];  // MD5 of the module's code
    uint32_t index;    // in the module's fun table
    uint32_t old_uniq; // what older formats identify it by
    uint32_t arity;    // as called: without the free variables
    uint32_t free_count;
    // These change when the module is loaded and purged; see fun_entry_set.
    _Atomic Term name; // of the function that holds the body; TERM_NONE if not loaded
    // Body; when the module is not loaded, code that calls the error handler.
    _Atomic(const uint32_t *) entry;
} FunEntry;

enum { FUN_FIXED_WORDS = 2, EXPORT_FUN_WORDS = 2 }; // + free variables

static inline FunEntry *fun_entry(Term fun) {
    return (FunEntry *)term_boxed_ptr(fun)[1];
}
// Acquire pairs with the release in fun_entry_set: the code is complete.
static inline const uint32_t *fun_entry_code(const FunEntry *fe) {
    return atomic_load_explicit(&fe->entry, memory_order_acquire);
}
static inline Term fun_entry_name(const FunEntry *fe) {
    return atomic_load_explicit(&fe->name, memory_order_relaxed);
}
// Thread: who has the right to change code.
static inline void fun_entry_set(FunEntry *fe, Term name, const uint32_t *code) {
    atomic_store_explicit(&fe->name, name, memory_order_relaxed);
    atomic_store_explicit(&fe->entry, code, memory_order_release);
}
static inline Term *fun_free_vars(Term fun) {
    return term_boxed_ptr(fun) + 2;
}
static inline size_t fun_free_count(Term fun) {
    return header_words(term_header(fun)) - 1;
}
static inline Export *fun_export(Term fun) {
    return (Export *)term_boxed_ptr(fun)[1];
}
static inline Term hp_export_fun(Hp *hp, Export *ex) {
    Term *p = hp_take(hp, EXPORT_FUN_WORDS);
    p[0] = HEADER(KIND_EXPORT, 1);
    p[1] = (Term)(uintptr_t)ex;
    return term_boxed(p);
}
// Free variables are to be filled in by the caller.
static inline Term hp_fun(Hp *hp, FunEntry *entry, size_t free_count) {
    Term *p = hp_take(hp, FUN_FIXED_WORDS + free_count);
    p[0] = HEADER(KIND_FUN, 1 + free_count);
    p[1] = (Term)(uintptr_t)entry;
    return term_boxed(p);
}
