// SPDX-License-Identifier: Apache-2.0
// Holes: symbols that exist nowhere. The JIT copies a stencil and writes, where the object file
// asks for a symbol's address, what the symbol stands for. `at` is the operand's unit. Compiled for
// the small code model, where a symbol is 31 bits of the instruction that uses it.
#pragma once

#include "engine/jit/native.h"

#define EACH_UNIT(m)                                                                               \
    m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11) m(12) m(13) m(14) m(15) m(16)
// r_N: a register's byte offset, a number or a constant that fits. m_N: a number of words, in
// bytes. j_N: the machine code of a label.
#define DECLARE_HOLES(at)                                                                          \
    extern char r_##at[], m_##at[];                                                                \
    PRESERVE_NONE void j_##at(NATIVE_PARAMS);
EACH_UNIT(DECLARE_HOLES)
PRESERVE_NONE void j_next(NATIVE_PARAMS);   // the next instruction's machine code
PRESERVE_NONE void j_interp(NATIVE_PARAMS); // the slow handler, with I set on the way

#define SMALL_HOLE(at) ((uintptr_t)r_##at)
#define WORDS_HOLE(at) ((uintptr_t)m_##at)
// 64 bits: w_N two units as they are, l_N the units of a label, i_self those of this instruction,
// i_next of the next one, i_return a return address to that.
#define WIDE_HOLE(name)                                                                            \
    ({                                                                                             \
        uint64_t wide_;                                                                            \
        __asm__("movabsq $" name ", %0" : "=r"(wide_));                                            \
        wide_;                                                                                     \
    })
// n_N: 32 bits as they are. Opaque to the compiler, for which a symbol's address is never 0.
#define UNIT_HOLE(at)                                                                              \
    ({                                                                                             \
        uint32_t unit_;                                                                            \
        __asm__("movl $n_" #at ", %0" : "=r"(unit_));                                              \
        unit_;                                                                                     \
    })

#define LABEL_AT(at)    ((const Unit *)WIDE_HOLE("l_" #at))
#define HAS_AT(at)      (UNIT_HOLE(at) != 0)
#define NUM_AT(at)      UNIT_HOLE(at)
#define BYTES_AT(at)    WORDS_HOLE(at)
#define NUM_IMM_AT(at)  SMALL_HOLE(at)
#define WORD_AT(at)     WIDE_HOLE("w_" #at)
#define UNITS_AT(at)    (SELF + (at))
#define CODE_OF(label)  LABEL(label)
#define SELF            ((const Unit *)WIDE_HOLE("i_self"))
#define CODE_NEXT       ((const Unit *)WIDE_HOLE("i_next"))
#define RETURN_ADDRESS  WIDE_HOLE("i_return")
#define PUSH_RETURN()   (*--E = RETURN_ADDRESS)
#define TARGET_OF(name) TARGET_##name
