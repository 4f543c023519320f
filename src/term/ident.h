// SPDX-License-Identifier: Apache-2.0
// Pids, ports and references.
//
//   local pid      immediate; data = serial << 28 | number: <0.number.serial>
//   local port     immediate; data = number
//   local ref      [header REF, w0, w1]: three 32-bit ids, ids[0] = w0 low (18 bits), ids[1] = w0
//                  high, ids[2] = w1 low; printed #Ref<0.ids[2].ids[1].ids[0]>
//   magic ref      [header MAGIC_REF, w0, w1, MagicBin*, link]: w0 w1 as above; off-heap chain
//   external       [header EXTERNAL, what | creation << 32, node atom, words...]: what = 0 pid (one
//                  word: number | serial << 32), 1 port (one word), 2 reference (id count, then
//                  ids, two a word)
#pragma once

#include "term/hp.h"
#include <stdatomic.h>

typedef enum ExternalWhat { EXTERNAL_PID = 0, EXTERNAL_PORT = 1, EXTERNAL_REF = 2 } ExternalWhat;
enum {
    LOCAL_REF_WORDS = 3,
    MAGIC_REF_WORDS = 5,
    REF_IDS_MAX = 5,
    EXTERNAL_PID_WORDS = 4,
    EXTERNAL_PORT_WORDS = 4,
    EXTERNAL_REF_WORDS = 4 + (REF_IDS_MAX + 1) / 2, // at most
};

// A C object that a magic reference owns: counted; `destroy` runs when the last one dies, on the
// thread that drops it. Copies of the reference own it too, in whatever process, so the object is
// shared and protects itself; unless it is `private`: then it belongs to the process whose heap the
// reference was made in, and a copy for anyone is a plain reference with the same ids.
typedef struct MagicBin {
    _Atomic uint32_t refs;
    bool private; // written before the reference is made
    void (*destroy)(struct MagicBin *bin);
} MagicBin;
enum { MAGIC_REF_BIN = 3, MAGIC_REF_LINK = 4 }; // word offsets from the header

static inline ExternalWhat external_what(Term t) {
    return (ExternalWhat)(term_boxed_ptr(t)[1] & 0xffffffffu);
}
static inline uint32_t external_creation(Term t) {
    return (uint32_t)(term_boxed_ptr(t)[1] >> 32);
}
static inline Term external_node(Term t) {
    return term_boxed_ptr(t)[2];
}

static inline bool term_is_external(Term t, ExternalWhat what) {
    return term_is_kind(t, KIND_EXTERNAL) && external_what(t) == what;
}
static inline bool term_is_pid(Term t) {
    return term_is_local_pid(t) || term_is_external(t, EXTERNAL_PID);
}
static inline bool term_is_port(Term t) {
    return term_is_local_port(t) || term_is_external(t, EXTERNAL_PORT);
}
static inline bool term_is_ref(Term t) {
    return term_is_kind(t, KIND_REF) || term_is_kind(t, KIND_MAGIC_REF) ||
           term_is_external(t, EXTERNAL_REF);
}

// The parts of any pid, port, reference, local or not: what compare, hash, print and encode use.
typedef struct Ident {
    Term node;               // TERM_NONE: this node
    uint32_t creation;       // 0 for this node
    uint32_t number, serial; // pid
    uint64_t port;           // port
    uint32_t id_count;       // reference
    uint32_t ids[REF_IDS_MAX];
} Ident;
Ident ident_pid(Term pid);
Ident ident_port(Term port);
Ident ident_ref(Term ref);
// Builders; `node` TERM_NONE makes a local one. Words: the *_WORDS above.
Term hp_pid(Hp *hp, const Ident *id);
Term hp_port(Hp *hp, const Ident *id);
Term hp_ref(Hp *hp, const Ident *id);
// Takes over one count of `bin`.
Term hp_magic_ref(Hp *hp, const uint32_t ids[3], MagicBin *bin_take);
static inline MagicBin *magic_ref_bin(Term t) {
    return (MagicBin *)term_boxed_ptr(t)[MAGIC_REF_BIN];
}
void magic_bin_release(MagicBin *bin);
