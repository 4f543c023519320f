// SPDX-License-Identifier: Apache-2.0
// What the bodies of the instructions (ops/*.ops) are written in, for every head. A head defines,
// before it includes this: how operands are read and written (SRC_*, DST_*, LABEL_AT, HAS_AT,
// NUM_AT, WORD_AT, UNITS_AT), how control flows (GOTO, NEXT, JUMP, RETURN, PUSH_RETURN, ENTER),
// UNWIND and ARITH_SLOW. Not a header for others: included once, by interp.c and by
// stencil/stencils.c.
#pragma once

#include "engine/bitsyntax.h"
#include "engine/engine_int.h"
#include "engine/map_ops.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/map.h"

#include <math.h>

// --- operands ------------------------------------------------------------------------------------
#define GET(name)    GET_##name
#define SET(name, v) SET_##name(v)
// Two destinations, in this order: the second may be the same register.
#ifndef SET2
#define SET2(first, v, second, w)                                                                  \
    do {                                                                                           \
        SET(first, v);                                                                             \
        SET(second, w);                                                                            \
    } while (0)
#endif
#define LABEL(name) LABEL_##name
#define PLACE(name) PLACE_##name
#define HAS(name)   HAS_##name
#define NUM(name)   NUM_##name
#define WORD(name)  WORD_##name
#define UNITS(name) UNITS_##name
// The same as NUM and WORD, for arithmetic and comparison only (not with 0): stencils have it as a
// constant in the instruction that uses it, when it fits 32 bits.
#define IMM(name) IMM_##name
// A count of words, in bytes; and a pointer moved by it.
#define BYTES(name)     BYTES_##name
#define UP(at, name)    ((Term *)(void *)((char *)(at) + BYTES(name)))
#define DOWN(at, name)  ((Term *)(void *)((char *)(at) - BYTES(name)))
#define PTR(type, name) ((type *)(uintptr_t)WORD_##name)

static ALWAYS_INLINE Term any_source(Term *x, Term *E, uint64_t word) {
    if (!op_any_is_register(word)) return word;
    return op_any_is_y(word) ? E[op_any_number(word)] : x[op_any_number(word)];
}
static ALWAYS_INLINE Term *any_destination(Term *x, Term *E, uint32_t number) {
    return (number & 1) != 0 ? &E[number >> 1] : &x[number >> 1];
}

// The upper half of a product.
static ALWAYS_INLINE int64_t times_high(int64_t a, int64_t b) {
    return (int64_t)((__int128)a * b >> 64);
}

// What follows is rare: register forms leave the instruction to its slow handler here.
#ifndef RARE
#define RARE()                                                                                     \
    do {                                                                                           \
    } while (0)
#endif
// Floats, and one with a small integer, where the result is an immediate.
static ALWAYS_INLINE bool is_quick_number(Term t) {
    return term_is_small(t) || term_is_immediate_float(t);
}
static ALWAYS_INLINE double quick_number(Term t) {
    return term_is_small(t) ? (double)term_small_value(t)
                            : float_from_bits(term_immediate_float_bits(t));
}
#define FLOAT_ARITH(a_, operator_, b_)                                                             \
    do {                                                                                           \
        if (is_quick_number(a_) && is_quick_number(b_) && !term_both_small(a_, b_)) {              \
            uint64_t bits_ = float_bits(quick_number(a_) operator_ quick_number(b_));              \
            if (LIKELY(float_is_immediate(bits_))) {                                               \
                SET(dst, term_float_immediate(bits_));                                             \
                NEXT;                                                                              \
            }                                                                                      \
        }                                                                                          \
    } while (0)
#define FLOAT_TEST(a_, operator_, b_)                                                              \
    do {                                                                                           \
        if (term_is_immediate_float(a_) && term_is_immediate_float(b_)) {                          \
            if (quick_number(a_) operator_ quick_number(b_)) NEXT;                                 \
            JUMP(fail);                                                                            \
        }                                                                                          \
    } while (0)

// --- registers -----------------------------------------------------------------------------------
// Writes the registers back; x[0..live) are roots from now on. LOAD reads them again.
#ifndef SAVE
#define SAVE(live_)                                                                                \
    do {                                                                                           \
        p->heap.htop = htop;                                                                       \
        p->heap.stack = E;                                                                         \
        p->reds = reds;                                                                            \
        p->live = (live_);                                                                         \
    } while (0)
#endif
#define LOAD()                                                                                     \
    do {                                                                                           \
        htop = p->heap.htop;                                                                       \
        E = p->heap.stack;                                                                         \
        reds = p->reds;                                                                            \
    } while (0)

#define EXPORT_ENTRY(ex) ((ex)->entry[REGS->code_index])

#ifdef DT_STRESS
#define NO_ROOM(bytes_) ((void)(bytes_), true)
#else
#define NO_ROOM(bytes_)                                                                            \
    ((size_t)((char *)E - (char *)htop) < (bytes_) + HEAP_STACK_RESERVE * sizeof(Term))
#endif
#define RESERVE(words, live_) RESERVE_BYTES((size_t)(words) * sizeof(Term), live_)
#ifndef RESERVE_BYTES
#define RESERVE_BYTES(bytes_, live_)                                                               \
    do {                                                                                           \
        if (UNLIKELY(NO_ROOM(bytes_))) {                                                           \
            SAVE(live_);                                                                           \
            bool room_ = process_reserve_slow_gc(p, (bytes_) / sizeof(Term));                      \
            LOAD();                                                                                \
            if (UNLIKELY(!room_)) UNWIND();                                                        \
        }                                                                                          \
    } while (0)
#endif

#define ENV            (&p->vm->env)
#define FLOAT_AT(name) ((double *)(void *)UP(REGS->f, name))
// Calls a comparison in C. What a C call would not preserve is written back and read again, so that
// the fast path of the instruction needs no stack frame.
#ifndef COMPARE
#define COMPARE(fn, a_, b_)                                                                        \
    ({                                                                                             \
        p->heap.htop = htop;                                                                       \
        p->reds = reds;                                                                            \
        int order_ = fn(ENV, a_, b_);                                                              \
        htop = p->heap.htop;                                                                       \
        reds = p->reds;                                                                            \
        order_;                                                                                    \
    })
#endif

// The same for looking into a map.
#ifndef MAP_CALL
#define MAP_CALL(call_)                                                                            \
    ({                                                                                             \
        p->heap.htop = htop;                                                                       \
        p->reds = reds;                                                                            \
        Term value_ = (call_);                                                                     \
        htop = p->heap.htop;                                                                       \
        reds = p->reds;                                                                            \
        value_;                                                                                    \
    })
#endif
#define MAP_GET(map_, key_)               MAP_CALL(map_get(ENV, map_, key_))
#define MAP_GET_HASHED(map_, key_, hash_) MAP_CALL(map_get_hashed(ENV, map_, key_, hash_))

// The place of an immediate key in a flat map, counted from 1 in both objects' elements; 0: not
// there.
#define FLAT_FIND(map_, key_)                                                                      \
    ({                                                                                             \
        const Term *keys_ = term_boxed_ptr(map_flat_keys(map_));                                   \
        size_t at_ = map_flat_size(map_);                                                          \
        while (at_ != 0 && keys_[at_] != (key_)) at_--;                                            \
        at_;                                                                                       \
    })
// So many cells are counted one by one.
enum { SHORT_LIST = 64 };
// The value at such a place.
#define FLAT_VALUE(map_, at_) (term_boxed_ptr(map_)[1 + (at_)])
// Copies whole words, an object with its header. C's memcpy would be a call.
#define COPY_WORDS(to_, from_, words_)                                                             \
    do {                                                                                           \
        Term *copy_to_ = (to_);                                                                    \
        const Term *copy_from_ = (from_), *copy_end_ = copy_from_ + (words_);                      \
        do {                                                                                       \
            Term copied_ = *copy_from_++;                                                          \
            __asm__("" : "+r"(copied_)); /* or the compiler would make it memcpy */                \
            *copy_to_++ = copied_;                                                                 \
        } while (copy_from_ != copy_end_);                                                         \
    } while (0)

#define BADARG()                                                                                   \
    do {                                                                                           \
        SAVE(0);                                                                                   \
        bif_badarg(p);                                                                             \
        UNWIND();                                                                                  \
    } while (0)

// --- builtins ------------------------------------------------------------------------------------
#define CALL_BIF(ex)                                                                               \
    SAVE((ex)->arity);                                                                             \
    p->ip = SELF;                                                                                  \
    Term result = (ex)->bif->fn(p, x);                                                             \
    LOAD();                                                                                        \
    reds--;
#define BIF_FAILED(ex)                                                                             \
    do {                                                                                           \
        engine_bif_failed(p, ex, x);                                                               \
        UNWIND();                                                                                  \
    } while (0)
// In the entry stub the calling function is the one to return to.
#define BIF_FAILED_IN_ENTRY(ex) BIF_FAILED(ex)
#define ENTER_TRAP()                                                                               \
    do {                                                                                           \
        Export *trap_ = REGS->trap_export;                                                         \
        engine_clear_exception(p);                                                                 \
        if (UNLIKELY(REGS->trap_waits)) {                                                          \
            REGS->trap_waits = false;                                                              \
            p->ip = EXPORT_ENTRY(trap_);                                                           \
            SAVE(trap_->arity);                                                                    \
            REGS->run_status = RUN_WAITING;                                                        \
            return;                                                                                \
        }                                                                                          \
        ENTER(EXPORT_ENTRY(trap_));                                                                \
    } while (0)
// The turn is over, with no X register live; what comes next begins with this instruction, unless
// the process is to end.
#define STOP()                                                                                     \
    do {                                                                                           \
        p->ip = SELF;                                                                              \
        REGS->run_status = RUN_YIELDED;                                                            \
        return;                                                                                    \
    } while (0)

// An instruction that does a builtin's common case leaves the rest to the builtin, called as by
// call_bif: its operands are x0..., its result is x0.
#ifndef BIF_INSTEAD
#define BIF_INSTEAD(export)                                                                        \
    do {                                                                                           \
        CALL_BIF(PTR(Export, export));                                                             \
        if (UNLIKELY(result == TERM_NONE)) {                                                       \
            if (REGS->exc.cls != EXC_TRAP) BIF_FAILED(PTR(Export, export));                        \
            PUSH_RETURN();                                                                         \
            ENTER_TRAP();                                                                          \
        }                                                                                          \
        x[0] = result;                                                                             \
        NEXT;                                                                                      \
    } while (0)
#endif

#define GUARD_BIF_BEGIN(live_, count)                                                              \
    SAVE(live_);                                                                                   \
    REGS->bif_arg_count = (count)
#define GUARD_BIF_END()                                                                            \
    Term result = PTR(Export, export)->bif->fn(p, REGS->bif_args);                                 \
    if (UNLIKELY(result == TERM_NONE)) {                                                           \
        if (HAS(fail) && !p->dead) {                                                               \
            REGS->bif_arg_count = 0;                                                               \
            engine_clear_exception(p);                                                             \
            LOAD();                                                                                \
            JUMP(fail);                                                                            \
        }                                                                                          \
        engine_bif_failed(p, PTR(Export, export), REGS->bif_args);                                 \
        UNWIND();                                                                                  \
    }                                                                                              \
    LOAD();                                                                                        \
    REGS->bif_arg_count = 0;                                                                       \
    SET(dst, result);                                                                              \
    NEXT
#define NO_GC_BIF_BEGIN(count)                                                                     \
    SAVE(0);                                                                                       \
    REGS->no_gc = true;                                                                            \
    REGS->bif_arg_count = (count)
#define NO_GC_BIF_DONE()                                                                           \
    REGS->no_gc = false;                                                                           \
    REGS->bif_arg_count = 0;                                                                       \
    LOAD()
#define NO_GC_BIF_END()                                                                            \
    Term result = PTR(Export, export)->bif->fn(p, REGS->bif_args);                                 \
    REGS->no_gc = false;                                                                           \
    if (UNLIKELY(result == TERM_NONE)) {                                                           \
        if (HAS(fail) && !p->dead) {                                                               \
            REGS->bif_arg_count = 0;                                                               \
            engine_clear_exception(p);                                                             \
            LOAD();                                                                                \
            JUMP(fail);                                                                            \
        }                                                                                          \
        engine_bif_failed(p, PTR(Export, export), REGS->bif_args);                                 \
        UNWIND();                                                                                  \
    }                                                                                              \
    LOAD();                                                                                        \
    REGS->bif_arg_count = 0;                                                                       \
    SET(dst, result);                                                                              \
    NEXT
// Arithmetic on other than small integers goes on elsewhere, so that the fast path needs no stack
// frame: what the rest has to know is left in REGS->slow. The bare form shows in no stack trace.
#ifndef ARITH_WITH
#define ARITH_WITH(op_, a_, b_, bare_)                                                             \
    do {                                                                                           \
        SAVE(NUM(live));                                                                           \
        REGS->bif_args[0] = (a_);                                                                  \
        REGS->bif_args[1] = (b_);                                                                  \
        REGS->slow.op = (op_);                                                                     \
        REGS->slow.bare = (bare_);                                                                 \
        REGS->slow.dst = PLACE(dst);                                                               \
        REGS->slow.fail = HAS(fail) ? CODE_OF(fail) : NULL;                                        \
        REGS->slow.next = CODE_NEXT;                                                               \
        ARITH_SLOW();                                                                              \
    } while (0)
#endif
#define ARITH(op_, a_, b_)      ARITH_WITH(op_, a_, b_, false)
#define ARITH_BARE(op_, a_, b_) ARITH_WITH(op_, a_, b_, true)
#define FLOAT_RESULT(expr)                                                                         \
    do {                                                                                           \
        double result_ = (expr);                                                                   \
        /* neither infinite nor not a number */                                                    \
        if (UNLIKELY(float_bits(result_) << 1 >= UINT64_C(0xffe0000000000000))) {                  \
            if (HAS(fail)) JUMP(fail);                                                             \
            SAVE(0);                                                                               \
            bif_badarith(p);                                                                       \
            UNWIND();                                                                              \
        }                                                                                          \
        *FLOAT_AT(to) = result_;                                                                   \
        NEXT;                                                                                      \
    } while (0)

// --- funs ----------------------------------------------------------------------------------------
#define IS_FUN_OF(fun_, arity)                                                                     \
    (LIKELY(term_is_kind(fun_, KIND_FUN)) && LIKELY(fun_entry(fun_)->arity == IMM(arity)))
// Calls what is no local fun of that arity: perhaps an external one. The return address is pushed
// first, so that an error in calling shows as on the reference.
#ifndef ENTER_ANY_FUN
#define CODE_OF_FUN(arity_, fun_)                                                                  \
    SAVE(arity_);                                                                                  \
    const Unit *entry_ = engine_call_fun(p, fun_, arity_);                                         \
    LOAD();                                                                                        \
    if (UNLIKELY(entry_ == NULL)) UNWIND()
#define ENTER_ANY_FUN(arity_, fun_)                                                                \
    do {                                                                                           \
        PUSH_RETURN();                                                                             \
        CODE_OF_FUN(arity_, fun_);                                                                 \
        ENTER(entry_);                                                                             \
    } while (0)
#define ENTER_ANY_FUN_LAST(arity_, fun_, words)                                                    \
    do {                                                                                           \
        CODE_OF_FUN(arity_, fun_);                                                                 \
        E = UP(E, words);                                                                          \
        ENTER(entry_);                                                                             \
    } while (0)
#endif

// --- exceptions ----------------------------------------------------------------------------------
// engine_clear_exception without a call.
#define CLEAR_EXCEPTION()                                                                          \
    do {                                                                                           \
        Exception *exc_ = &REGS->exc;                                                              \
        exc_->cls = EXC_NONE;                                                                      \
        exc_->value = TERM_NIL;                                                                    \
        exc_->trace = TERM_NONE;                                                                   \
        exc_->args = TERM_NONE;                                                                    \
        exc_->info = TERM_NONE;                                                                    \
        exc_->function = NULL;                                                                     \
        REGS->exc_bif = NULL;                                                                      \
    } while (0)
// The exception becomes the value of `catch`.
#ifndef CATCH
#define CATCH(y)                                                                                   \
    do {                                                                                           \
        p->catches--;                                                                              \
        SET(y, TERM_NIL);                                                                          \
        SAVE(0);                                                                                   \
        Term caught_ = engine_catch_value(p);                                                      \
        LOAD();                                                                                    \
        if (caught_ == TERM_NONE) UNWIND();                                                        \
        x[0] = caught_;                                                                            \
        NEXT;                                                                                      \
    } while (0)
#endif

#define CALL_APPLY(arity_)                                                                         \
    SAVE((arity_) + 2);                                                                            \
    const Unit *to = engine_call_mfa(p, arity_);                                                   \
    LOAD();                                                                                        \
    if (UNLIKELY(to == NULL)) UNWIND()
