// SPDX-License-Identifier: Apache-2.0
// What the files of this room share: going on later, blaming, reading small arguments.
// Thread: the scheduler that runs the process.
#pragma once

#include "bif/ids.h"
#include "proc/bif.h"
#include "proc/clock.h"
#include "term/bits.h"

// Elements of a list (or words, or comparisons of small terms) that one reduction pays for. A
// reduction stands for a call, which takes as long as walking a few cells.
enum { BIF_CELLS_PER_REDUCTION = 8, BIF_BYTES_PER_REDUCTION = 64 };
// The largest tuple, as the reference has it: 24 bits of arity.
enum { TUPLE_ARITY_MAX = (1 << 24) - 1 };

// What is left of the slice, in units of which one reduction pays `per_reduction`. Never 0, so that
// a builtin that is called at the very end of a slice makes progress.
static inline uint64_t bif_budget(const Process *p, uint64_t per_reduction) {
    return p->reds > 0 ? (uint64_t)p->reds * per_reduction : per_reduction;
}
// Units that a builtin may do at once although little is left of the slice, where going on later
// would cost more: a quarter of a slice at least.
static inline uint64_t bif_at_once(const Process *p, uint64_t per_reduction) {
    uint64_t quarter = p->vm->slice_reductions * per_reduction / 4;
    return MAX(bif_budget(p, per_reduction), quarter);
}
// Charges for `units` of work as above.
static inline void bif_charge_units(Process *p, uint64_t units, uint64_t per_reduction) {
    bif_charge(p, units / per_reduction);
}
static inline Export *bif_export(const Process *p, BifId id) {
    return p->vm->bif_exports[id];
}
// Ends the slice and goes on with builtin `id` in the next one.
static inline Term bif_go_on(Process *p, BifId id, uint32_t arity, const Term *args) {
    p->reds = 0;
    return bif_trap(p, bif_export(p, id), arity, args);
}
// Goes over to another builtin, within the slice as far as it lasts.
static inline Term bif_goto(Process *p, BifId id, uint32_t arity, const Term *args) {
    return bif_trap(p, bif_export(p, id), arity, args);
}
// What a builtin returns that has acted on signals, one of which ends the process.
static inline Term bif_ending(Process *p) {
    ASSERT(p->exiting);
    return bif_raise(p, EXC_EXIT, p->exit_reason);
}
// badarg in the name of builtin `id` called with `args`, for the parts in which it goes on. The
// args are roots or a[].
Term bif_badarg_as_gc(Process *p, BifId id, uint32_t arity, Term *args);

// A small integer from `min` to `max`.
static inline bool bif_small_arg(Term t, int64_t min, int64_t max, int64_t *n) {
    if (!term_is_small(t)) return false;
    *n = term_small_value(t);
    return *n >= min && *n <= max;
}

// A part of a bit string: the bits themselves where that takes no more memory than keeping all of
// the bit string for them may, else a view. Words: BIF_PART_WORDS at most.
enum { BIF_PART_WORDS = HEAP_BITS_WORDS(HEAP_BITS_BYTES_MAX * 8) };
static inline Term bif_hp_part(Mem *m, Hp *hp, Term of, uint64_t start, uint64_t size_bits) {
    if (size_bits > HEAP_BITS_BYTES_MAX * 8) return hp_sub_bits(hp, of, start, size_bits);
    return hp_bits_copy(m, hp, bits_part(bits_of(of), start, size_bits));
}

// low, normal, high, max. false: another term.
bool bif_priority(Term t, TaskPriority *priority);
Term bif_priority_atom(uint8_t priority);

// --- work for other threads: dirty.c -------------------------------------------------------------
// A builtin that finds that it has much to do, and cannot do it in parts, has itself called again
// on a dirty thread: if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_..., arity, a). There it
// finds bif_may_go_dirty false and does it. Which ones may: the table in dirty.c.
bool bif_may_go_dirty(const Process *p);
Term bif_dirty(Process *p, BifId id, uint32_t arity, const Term *args);
// Around work on a dirty thread that may take very long and looks at nothing but the process's own
// memory (sched_away): others need not wait for it. Elsewhere they do nothing.
void bif_leave(const Process *p);
void bif_return(const Process *p);
// bif_may_go_dirty, and to walk over `t` takes a millisecond or more.
bool bif_is_large(const Process *p, Term t);
// The same for so many bytes.
static inline bool bif_is_many_bytes(const Process *p, uint64_t bytes) {
    return bytes > 1024 * 1024 && bif_may_go_dirty(p);
}

// --- roots between two parts ---------------------------------------------------------------------
// Root frames that stand in a state object (bif_state) while the builtin waits for its next slice,
// and were pushed at the end of the last one. Should the object die first, because the process
// ends, its destructor takes them off the process's list.
void bif_roots_unlink(Process *p, RootFrame *frames, size_t count);

// --- text ----------------------------------------------------------------------------------------
// The bytes as a list of integers. TERM_NONE: no room, an exception is set.
Term bif_text_list_gc(Process *p, const uint8_t *bytes, size_t count);
// The same of what a buffer holds (system_limit if it has failed), which it deinits.
Term bif_buf_list_gc(Process *p, Buf *buf);
// A list of bytes as text, at most `max` of them. -1: not such a list.
int64_t bif_list_text(Term list, uint8_t *bytes, size_t max);
// Appends the bytes of iodata. false: it is none; check out->failed too. Charges nothing.
bool bif_iolist_put(Buf *out, Term iodata);

// --- time ----------------------------------------------------------------------------------------
// preliminary, final or volatile.
static inline Term bif_offset_state(ClockOffsetState state) {
    return state == CLOCK_PRELIMINARY ? ATOM_preliminary
           : state == CLOCK_FINAL     ? ATOM_final
                                      : ATOM_volatile;
}
