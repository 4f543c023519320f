// SPDX-License-Identifier: Apache-2.0
// Looking at terms as they lie in memory: erts_internal:term_type/1 and module erts_debug.
#include "bif/bif_int.h"
#include "term/bits.h"
#include "term/ident.h"
#include "term/print.h"

static Term boxed_type(Term t) {
    switch (header_kind(term_header(t))) {
    case KIND_TUPLE: return ATOM_tuple;
    case KIND_BIG_POS:
    case KIND_BIG_NEG: return ATOM_bignum;
    case KIND_FLOAT: return ATOM_hfloat;
    case KIND_FUN: return ATOM_fun;
    case KIND_EXPORT: return ATOM_export;
    case KIND_REF: return ATOM_reference;
    case KIND_MAGIC_REF: return ATOM_magic_ref;
    case KIND_EXTERNAL:
        return external_what(t) == EXTERNAL_PID    ? ATOM_external_pid
               : external_what(t) == EXTERNAL_PORT ? ATOM_external_port
                                                   : ATOM_external_reference;
    case KIND_HEAP_BITS: return ATOM_heap_binary;
    case KIND_REFC_BITS: return ATOM_refc_binary;
    case KIND_SUB_BITS: return ATOM_sub_binary;
    case KIND_MAP_FLAT: return ATOM_flatmap;
    case KIND_MAP_TRIE: return ATOM_hashmap;
    default: UNREACHABLE();
    }
}

// Floats are immediate in most cases; they are called hfloat all the same, which is what callers
// know.
BIF(erts_internal_term_type_1, "erts_internal", "term_type", "Term", 0,
    "How Term is represented: fixnum, bignum, hfloat, heap_binary, ...") {
    Term t = a[0];
    if (term_is_small(t)) return ATOM_fixnum;
    if (term_is_atom(t)) return ATOM_atom;
    if (term_is_nil(t)) return ATOM_nil;
    if (term_is_cons(t)) return ATOM_list;
    if (term_is_float(t)) return ATOM_hfloat;
    if (term_is_local_pid(t)) return ATOM_pid;
    if (term_is_local_port(t)) return ATOM_port;
    return boxed_type(t);
}

BIF(erts_debug_same_2, "erts_debug", "same", "Term1, Term2", 0,
    "Whether both are the same object in memory.") {
    return bif_bool(a[0] == a[1]);
}

BIF(erts_debug_flat_size_1, "erts_debug", "flat_size", "Term", 0,
    "Words that a copy of Term takes, literals counted, sharing not kept.") {
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_erts_debug_flat_size_1, 1, a);
    size_t words = heap_flat_words(p->vm->env.mem, a[0]);
    bif_charge_units(p, words, BIF_CELLS_PER_REDUCTION);
    return term_small((int64_t)words);
}

BIF(erts_debug_size_shared_1, "erts_debug", "size_shared", "Term", 0,
    "Words that Term takes with all its sharing, literals not counted.") {
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_erts_debug_size_shared_1, 1, a);
    size_t words = heap_shared_words(p->vm->env.mem, literals_range(p->vm->literals), a[0]);
    bif_charge_units(p, words, BIF_CELLS_PER_REDUCTION);
    return term_small((int64_t)words);
}

BIF(erts_debug_display_1, "erts_debug", "display", "Term", 0,
    "Prints Term on standard output and gives the text.") {
    Buf text;
    buf_init(&text, p->vm->env.mem);
    term_print(&p->vm->env, &text, a[0], PRINT_PLAIN, 0);
    buf_put_byte(&text, '\n');
    if (!text.failed) p->vm->write_out(p->vm, text.data, text.size_bytes);
    return bif_buf_list_gc(p, &text);
}

// --- what this machine has not: lock counting ----------------------------------------------------

BIF(erts_debug_lcnt_clear_0, "erts_debug", "lcnt_clear", "", 0,
    "Resets the lock counters: error, there are none.") {
    return ATOM_error;
}
BIF(erts_debug_lcnt_collect_0, "erts_debug", "lcnt_collect", "", 0,
    "Reads the lock counters: error, there are none.") {
    return ATOM_error;
}
