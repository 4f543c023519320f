// SPDX-License-Identifier: Apache-2.0
// The contract of a builtin. A body stands in bif/<module>.c under one macro line:
//
//     BIF(erlang_setelement_3, "erlang", "setelement", "Index, Tuple, Value", 0,
//         "Tuple with its element at Index replaced by Value.")
//     {
//         ... p is the process, a[0..arity) the arguments ...
//         Hp hp;
//         if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;   // may move terms: a[] is
//         updated, Term result = ...;                                          // C locals are not
//         process_commit(p, &hp);
//         return result;
//     }
//
// tools/bifs.py makes the table, the BifId numbers and the documentation from those lines.
// Rules: a[] are roots; no other term variable lives across a call whose name ends in _gc unless in
// a RootFrame. A failing builtin returns bif_error...(), which is TERM_NONE. Work that grows with
// the input charges reductions (bif_charge) and goes on later through bif_trap when the slice is
// used up.
#pragma once

#include "proc/process.h"
#include "term/ident.h"

typedef Term (*BifFn)(Process *p, Term *a);

typedef enum BifFlags {
    // May be called through the instructions bif and gc_bif, as guards do: it does not trap, nor
    // end
    // the process or the machine.
    BIF_GUARD = 1,
    // Is always called through its export entry, never in the middle of its caller: it may change
    // the stack (hibernate).
    BIF_BY_ENTRY = 2,
    // Runs on a dirty thread: computes for long, or waits for the system. Only reached by a call or
    // by bif_trap from its short form, never in guards.
    BIF_DIRTY_CPU = 4,
    BIF_DIRTY_IO = 8,
} BifFlags;

typedef struct Bif {
    const char *module, *name;
    uint8_t arity;
    uint8_t flags;
    BifFn fn;
    const char *args, *doc;
} Bif;

#define BIF(cname, module, name, args, flags, doc)                                                 \
    Term bif_##cname(Process *p UNUSED, Term *a UNUSED);                                           \
    Term bif_##cname(Process *p UNUSED, Term *a UNUSED)

// --- failing -------------------------------------------------------------------------------------
static inline Term bif_raise(Process *p, ExcClass cls, Term value) {
    p->regs->exc = (Exception){cls, value, TERM_NONE, TERM_NONE, TERM_NONE, NULL};
    return TERM_NONE;
}
static inline Term bif_error(Process *p, Term reason) {
    return bif_raise(p, EXC_ERROR, reason);
}
static inline Term bif_badarg(Process *p) {
    return bif_error(p, ATOM_badarg);
}
static inline Term bif_badarith(Process *p) {
    return bif_error(p, ATOM_badarith);
}
static inline Term bif_system_limit(Process *p) {
    return bif_error(p, ATOM_system_limit);
}
// error with reason {tag, value}; `value` must be a root or an argument's current value.
Term bif_error_tuple_gc(Process *p, Term tag, Term value);
// badarg whose error_info has #{cause => Cause} (an atom).
Term bif_badarg_cause(Process *p, Term cause);

// --- time ----------------------------------------------------------------------------------------
static inline void bif_charge(Process *p, uint64_t reductions) {
    p->reds -= (int64_t)reductions;
}
static inline bool bif_out_of_time(const Process *p) {
    return p->reds <= 0;
}
// Goes on by calling another builtin (or Erlang function) with these arguments, as a tail call; the
// slice may end in between. return bif_trap(...); BifId from "bif/ids.h" (generated).
Term bif_trap(Process *p, Export *to, uint32_t arity, const Term *args);
// The same, but the process sleeps first, until a signal wakes it.
Term bif_trap_wait(Process *p, Export *to, uint32_t arity, const Term *args);
// A C object kept between two parts of a long builtin: a magic reference term. It is the process's
// alone: whoever else gets hold of the reference has a plain one.
WARN_UNUSED Term bif_state_ref_gc(Process *p, MagicBin *bin_take);
// The same for an object that all processes may share, and that protects itself.
WARN_UNUSED Term bif_shared_ref_gc(Process *p, MagicBin *bin_take);
// NULL if `ref` is no reference to an object with that destructor.
MagicBin *bif_state(Term ref, void (*destroy)(MagicBin *));

// --- small helpers -------------------------------------------------------------------------------
static inline Term bif_bool(bool b) {
    return b ? ATOM_true : ATOM_false;
}
// Length of a proper list, -1: improper or not a list.
int64_t bif_list_length(Term list);
