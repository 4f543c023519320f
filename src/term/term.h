// SPDX-License-Identifier: Apache-2.0
// The tagged word. The low bits of a Term say what it is:
//
//   ....0000   small integer, 60 bits, value in bits 4..63. Tag 0: add, sub and compare need no
//              untagging, and (a | b) & 15 == 0 tests two at once.
//   ....0100   header of a boxed object; on the Erlang stack: an encoded code address
//   ....1000   local pid
//   ..001100   atom: index in bits 6..63
//   ..011100   local port
//   ..101100   nil, the empty list
//   ..111100   special: catch (code address in bits 6..63), TERM_NONE
//   .....001   list: pointer to two words (head, tail)
//   .....010   boxed: pointer to a header word and what it says
//   ......11   float, immediate: see below
//
// Floats. Nearly all doubles that programs meet have an exponent near zero. Those whose top three
// exponent bits are 011 or 100 (magnitude from 2^-255 to 2^256) are kept in the word itself: the
// double's bits rotated left so that the two redundant bits are dropped for the tag. All
// others, and both zeros, are boxed. Every float has exactly one form: immediate if it can be.
//
// Header word: bits 0..3 = 0100, bits 4..7 = kind, bits 8..63 = number of words that follow.
#pragma once

#include "base/base.h"

typedef uint64_t Term;

enum {
    TAG_SMALL = 0x0,
    TAG_HEADER = 0x4,
    TAG_PID = 0x8,
    TAG_ATOM = 0x0c,
    TAG_PORT = 0x1c,
    TAG_NIL = 0x2c,
    TAG_SPECIAL = 0x3c,
    TAG_LIST = 0x1,
    TAG_BOXED = 0x2,
    TAG_FLOAT = 0x3,
};

// Boxed kinds. Their words are described in the header that builds them.
typedef enum Kind {
    KIND_TUPLE = 0,   // elements
    KIND_BIG_POS = 1, // limbs, least significant first, no leading zero limb (integer.h)
    KIND_BIG_NEG = 2,
    KIND_FLOAT = 3,      // one word: the double
    KIND_FUN = 4,        // FunEntry*, then the free variables (fun.h)
    KIND_EXPORT = 5,     // Export* (fun.h)
    KIND_REF = 6,        // local reference: two words of number (ident.h)
    KIND_MAGIC_REF = 7,  // local reference that owns a C object (ident.h)
    KIND_EXTERNAL = 8,   // pid, port or reference of another node (ident.h)
    KIND_HEAP_BITS = 9,  // bit string, data inline (bits.h)
    KIND_REFC_BITS = 10, // bit string, data counted off-heap (bits.h)
    KIND_SUB_BITS = 11,  // view of one of the two above (bits.h)
    KIND_MATCH_CTX = 12, // a view with a position, never seen by programs (bits.h)
    KIND_MAP_FLAT = 13,  // keys tuple, values (map.h)
    KIND_MAP_TRIE = 14,  // root of a hash trie: size, then as a node (map.h)
    KIND_MAP_NODE = 15,  // inner node of a hash trie, never seen by programs (map.h)
} Kind;

// "No term": what a failing builtin returns; also marks a moved list cell during collection.
#define TERM_NONE ((Term)TAG_SPECIAL)
#define TERM_NIL  ((Term)TAG_NIL)

// --- headers -----------------------------------------------------------------------------------
#define HEADER(kind, words) (((Term)(words) << 8) | ((Term)(kind) << 4) | TAG_HEADER)
static inline bool term_is_header(Term t) {
    return (t & 15) == TAG_HEADER;
}
static inline Kind header_kind(Term h) {
    return (Kind)((h >> 4) & 15);
}
static inline size_t header_words(Term h) {
    return h >> 8;
}

// --- small integers ----------------------------------------------------------------------------
#define SMALL_BITS    60
#define SMALL_MAX     ((int64_t)(((uint64_t)1 << 59) - 1))
#define SMALL_MIN     (-SMALL_MAX - 1)
#define MAKE_SMALL(n) ((Term)((uint64_t)(int64_t)(n) << 4))
static inline Term term_small(int64_t n) {
    return MAKE_SMALL(n);
}
static inline bool term_is_small(Term t) {
    return (t & 15) == TAG_SMALL;
}
static inline bool term_both_small(Term a, Term b) {
    return ((a | b) & 15) == TAG_SMALL;
}
static inline int64_t term_small_value(Term t) {
    return (int64_t)t >> 4;
}
static inline bool small_fits(int64_t n) {
    return n >= SMALL_MIN && n <= SMALL_MAX;
}

// --- atoms (their text is in atom.h) -----------------------------------------------------------
#define MAKE_ATOM(index) (((Term)(index) << 6) | TAG_ATOM)
static inline Term term_atom(uint32_t index) {
    return MAKE_ATOM(index);
}
static inline bool term_is_atom(Term t) {
    return (t & 63) == TAG_ATOM;
}
static inline uint32_t term_atom_index(Term t) {
    return (uint32_t)(t >> 6);
}

// --- local pids and ports: 60 / 58 bits of number (ident.h) -------------------------------------
static inline bool term_is_local_pid(Term t) {
    return (t & 15) == TAG_PID;
}
static inline bool term_is_local_port(Term t) {
    return (t & 63) == TAG_PORT;
}
static inline Term term_local_pid(uint64_t data) {
    return (data << 4) | TAG_PID;
}
static inline uint64_t term_local_pid_data(Term t) {
    return t >> 4;
}
static inline Term term_local_port(uint64_t data) {
    return (data << 6) | TAG_PORT;
}
static inline uint64_t term_local_port_data(Term t) {
    return t >> 6;
}

// --- lists -------------------------------------------------------------------------------------
static inline bool term_is_cons(Term t) {
    return (t & 7) == TAG_LIST;
}
static inline bool term_is_nil(Term t) {
    return t == TERM_NIL;
}
static inline bool term_is_list(Term t) {
    return term_is_cons(t) || term_is_nil(t);
}
static inline Term *term_cons_ptr(Term t) {
    return (Term *)(t - TAG_LIST);
}
static inline Term term_head(Term t) {
    return term_cons_ptr(t)[0];
}
static inline Term term_tail(Term t) {
    return term_cons_ptr(t)[1];
}
static inline Term term_cons(Term *cell) {
    return (Term)cell + TAG_LIST;
}

// --- boxed -------------------------------------------------------------------------------------
static inline bool term_is_boxed(Term t) {
    return (t & 7) == TAG_BOXED;
}
static inline Term *term_boxed_ptr(Term t) {
    return (Term *)(t - TAG_BOXED);
}
static inline Term term_boxed(Term *object) {
    return (Term)object + TAG_BOXED;
}
static inline Term term_header(Term t) {
    return term_boxed_ptr(t)[0];
}
static inline bool term_is_kind(Term t, Kind kind) {
    return term_is_boxed(t) && (term_header(t) & 0xff) == HEADER(kind, 0); // one byte compared
}
// A pointer into memory that a collection may move: list or boxed.
static inline bool term_is_pointer(Term t) {
    return term_is_cons(t) || term_is_boxed(t);
}
static inline bool term_is_immediate(Term t) {
    return !term_is_pointer(t);
}

// --- tuples ------------------------------------------------------------------------------------
static inline bool term_is_tuple(Term t) {
    return term_is_kind(t, KIND_TUPLE);
}
static inline size_t term_tuple_arity(Term t) {
    return header_words(term_header(t));
}
// Elements, counted from 0.
static inline Term *term_tuple_elements(Term t) {
    return term_boxed_ptr(t) + 1;
}

// --- floats ------------------------------------------------------------------------------------
static inline uint64_t float_bits(double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}
static inline double float_from_bits(uint64_t bits) {
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}
// With s the sign and e10 e9 e8 the top of the exponent, immediate floats have e10 e9 e8 = 011 or
// 100, so e9 and e8 say nothing that e10 does not. Rotated left by 4, the double ends in
// s e10 e9 e8; the tag 11 takes the place of e9 e8.
static inline bool float_is_immediate(uint64_t bits) {
    uint64_t top = (bits >> 60) & 7;
    return top == 3 || top == 4;
}
static inline Term term_float_immediate(uint64_t bits) {
    DEBUG_ASSERT(float_is_immediate(bits));
    return ((bits << 4) | (bits >> 60)) | TAG_FLOAT;
}
static inline bool term_is_immediate_float(Term t) {
    return (t & 3) == TAG_FLOAT;
}
static inline uint64_t term_immediate_float_bits(Term t) {
    uint64_t r = t ^ (((t >> 2) & 1) * 3);
    return (r >> 4) | (r << 60);
}
static inline bool term_is_float(Term t) {
    return term_is_immediate_float(t) || term_is_kind(t, KIND_FLOAT);
}
static inline double term_float_value(Term t) {
    DEBUG_ASSERT(term_is_float(t));
    if (LIKELY(term_is_immediate_float(t))) return float_from_bits(term_immediate_float_bits(t));
    return float_from_bits(term_boxed_ptr(t)[1]);
}

// --- other predicates --------------------------------------------------------------------------
static inline bool term_is_big(Term t) {
    return term_is_kind(t, KIND_BIG_POS) || term_is_kind(t, KIND_BIG_NEG);
}
static inline bool term_is_integer(Term t) {
    return term_is_small(t) || term_is_big(t);
}
static inline bool term_is_number(Term t) {
    return term_is_integer(t) || term_is_float(t);
}
static inline bool term_is_map(Term t) {
    return term_is_kind(t, KIND_MAP_FLAT) || term_is_kind(t, KIND_MAP_TRIE);
}
static inline bool term_is_fun(Term t) {
    return term_is_kind(t, KIND_FUN) || term_is_kind(t, KIND_EXPORT);
}
static inline bool kind_is_bits(Kind k) {
    return k >= KIND_HEAP_BITS && k <= KIND_SUB_BITS;
}
static inline bool term_is_bitstring(Term t) {
    return term_is_boxed(t) && kind_is_bits(header_kind(term_header(t)));
}

// --- special words -----------------------------------------------------------------------------
// Code addresses are multiples of 4. On the Erlang stack a return address is kept as
// address << 2 | 0100: a header word, which no live term on the stack can be.
static inline Term term_return_address(const void *code) {
    return ((Term)(uintptr_t)code << 2) | TAG_HEADER;
}
static inline bool term_is_return_address(Term t) {
    return (t & 15) == TAG_HEADER;
}
static inline const void *term_return_address_ptr(Term t) {
    return (const void *)((t >> 2) - 1); // the tag has left a 1
}
// A catch on the stack holds the address where its handler starts.
static inline Term term_catch(const void *code) {
    return ((Term)(uintptr_t)code << 4) | TAG_SPECIAL;
}
static inline bool term_is_catch(Term t) {
    return (t & 63) == TAG_SPECIAL && t != TERM_NONE;
}
static inline const void *term_catch_ptr(Term t) {
    return (const void *)((t & ~(Term)63) >> 4);
}

// --- moved objects, seen during a collection only ------------------------------------------------
// A moved boxed object's header word holds the new boxed pointer; a moved list cell's head is
// TERM_NONE and its tail the new list pointer.
static inline bool header_is_forward(Term header) {
    return (header & 7) == TAG_BOXED;
}

_Static_assert(TERM_NONE != TERM_NIL && (TERM_NONE & 15) != TAG_SMALL, "TERM_NONE is no term");
