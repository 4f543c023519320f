// SPDX-License-Identifier: Apache-2.0
// Stencils in register form: nothing but the common case of an instruction, with X registers 0 to 4
// in machine registers. Which of them an operand is in, the JIT decides when it copies the stencil:
// here the n-th such operand is in the n-th of X2, X3, X4, X0, X1 (r8, r9, r11, r14, r15), and
// tools/stencils.py finds the places in the code that name the register.
//
// What is not common goes to the slow handler, before any effect. No C function is called.
#include "engine/stencil/holes.h"

#define OP_FUNCTION(name)                                                                          \
    PRESERVE_NONE void reg_##name(NATIVE_PARAMS);                                                  \
    PRESERVE_NONE void reg_##name(NATIVE_PARAMS)
#define OP_PROLOGUE
#define PASS        p, x, x0, x1, E, htop, reds, I, x2, x3, x4
#define INTERPRET() MUSTTAIL return j_interp(PASS)

#define R_0          x2
#define R_1          x3
#define R_2          x4
#define R_3          x0
#define SRC_R(place) R_##place
// The operands stay in their registers up to here: the destination may be one of them. Nothing
// that reads them, or memory through them, is moved behind it.
#define IN_PLACE(...)                                                                              \
    do {                                                                                           \
        register Term in_x0_ __asm__("r14") = x0, in_x1_ __asm__("r15") = x1,                      \
                             in_x2_ __asm__("r8") = x2, in_x3_ __asm__("r9") = x3,                 \
                             in_x4_ __asm__("r11") = x4;                                           \
        __asm__ volatile(""                                                                        \
                         : __VA_ARGS__                                                             \
                         : "r"(in_x0_), "r"(in_x1_), "r"(in_x2_), "r"(in_x3_), "r"(in_x4_)         \
                         : "memory");                                                              \
    } while (0)
#ifdef STENCIL_LEAN
// Without all that: tools/make_stencils.py takes it where it proves to be in order.
#define DST_R(place, v) (R_##place = (v))
#else
#define DST_R(place, v)                                                                            \
    do {                                                                                           \
        Term value_ = (v);                                                                         \
        IN_PLACE("+r"(value_));                                                                    \
        R_##place = value_;                                                                        \
    } while (0)
#define SET2(first_, v_, second_, w_)                                                              \
    do {                                                                                           \
        Term one_ = (v_), two_ = (w_);                                                             \
        IN_PLACE("+r"(one_), "+r"(two_));                                                          \
        SET(first_, one_);                                                                         \
        SET(second_, two_);                                                                        \
    } while (0)
#endif

#define SRC_X(at)    (*(Term *)(void *)((char *)x + SMALL_HOLE(at)))
#define SRC_Y(at)    (*(Term *)(void *)((char *)E + SMALL_HOLE(at)))
#define SRC_C(at)    ((Term)SMALL_HOLE(at))
#define SRC_W(at)    ((Term)WIDE_HOLE("w_" #at))
#define DST_X(at, v) (*(Term *)(void *)((char *)x + SMALL_HOLE(at)) = (v))
#define DST_Y(at, v) (*(Term *)(void *)((char *)E + SMALL_HOLE(at)) = (v))
// ARITH, which asks where its result goes, is done elsewhere.
#define PLACE_R(place)  0
#define PLACE_X(at)     0
#define PLACE_Y(at)     0
#define WORD_IMM_AT(at) ((uint64_t)SMALL_HOLE(at))

// By the flags alone: a C comparison would tell the compiler which value is in the register
// afterwards, and it would load that.
#define IS_SAME(a, b)                                                                              \
    ({                                                                                             \
        bool same_;                                                                                \
        __asm__("cmpq %2, %1" : "=@ccz"(same_) : "r"(a), "re"(b));                                 \
        same_;                                                                                     \
    })

#define IS_IMM(a, name)                                                                            \
    ({                                                                                             \
        bool same_;                                                                                \
        __asm__("cmpq %2, %1" : "=@ccz"(same_) : "r"(a), "i"(IMM(name)));                          \
        same_;                                                                                     \
    })

#define GOTO(units)                                                                                \
    do {                                                                                           \
        I = (units);                                                                               \
        MUSTTAIL return ((NativeFn)(uintptr_t)units_load64(I))(PASS);                              \
    } while (0)
#define NEXT        MUSTTAIL return j_next(PASS)
#define JUMP(label) MUSTTAIL return TARGET_##label(PASS)
#define RETURN()                                                                                   \
    do {                                                                                           \
        const Unit *back_ = term_return_address_ptr(*E++);                                         \
        GOTO(back_);                                                                               \
    } while (0)
// Takes a reduction; when it was the last, the slice ends before the function at `units`.
#define TAKE_REDUCTION(units)                                                                      \
    do {                                                                                           \
        bool over_;                                                                                \
        __asm__("decq %0" : "+r"(reds), "=@ccle"(over_));                                          \
        if (UNLIKELY(over_)) {                                                                     \
            I = (units);                                                                           \
            MUSTTAIL return slow_yield(PASS);                                                      \
        }                                                                                          \
    } while (0)
#define ENTER(target)                                                                              \
    do {                                                                                           \
        const Unit *enter_ = (target);                                                             \
        TAKE_REDUCTION(enter_);                                                                    \
        GOTO(enter_);                                                                              \
    } while (0)
#define ENTER_LABEL(label)                                                                         \
    do {                                                                                           \
        TAKE_REDUCTION(LABEL(label));                                                              \
        JUMP(label);                                                                               \
    } while (0)

#define SAVE(live_)                             INTERPRET()
#define UNWIND()                                INTERPRET()
#define AGAIN_OR_UNWIND()                       INTERPRET()
#define ARITH_WITH(op_, a_, b_, bare_)          INTERPRET()
#define ARITH_SLOW()                            INTERPRET()
#define CATCH(y)                                INTERPRET()
#define ENTER_ANY_FUN(arity_, fun_)             INTERPRET()
#define ENTER_ANY_FUN_LAST(arity_, fun_, words) INTERPRET()
#define BIF_INSTEAD(export_)                    INTERPRET()
#define RARE()                                  INTERPRET()
#define RESERVE_BYTES(bytes_, live_)                                                               \
    do {                                                                                           \
        if (UNLIKELY(NO_ROOM(bytes_))) INTERPRET();                                                \
    } while (0)
#define MAP_CALL(call_)                                                                            \
    ({                                                                                             \
        INTERPRET();                                                                               \
        TERM_NONE;                                                                                 \
    })
#define COMPARE(fn, a_, b_)                                                                        \
    ({                                                                                             \
        INTERPRET();                                                                               \
        0;                                                                                         \
    })

#include "engine/ops_head.h"

#include "engine/reg_ops.inc"
