// SPDX-License-Identifier: Apache-2.0
// The comparison operators, type tests and portable hashes of module erlang as functions, for calls
// that are not compiled into instructions.
#include "bif/bif_int.h"
#include "term/compare.h"
#include "term/hash.h"
#include "term/integer.h"
#include "term/map.h"

static const TermEnv *env(const Process *p) {
    return &p->vm->env;
}

// --- comparing -----------------------------------------------------------------------------------

BIF(erlang_eq_2, "erlang", "==", "Term1, Term2", BIF_GUARD,
    "Whether both are equal; an integer may equal a float.") {
    return bif_bool(term_equal(env(p), a[0], a[1]));
}
BIF(erlang_ne_2, "erlang", "/=", "Term1, Term2", BIF_GUARD,
    "Whether both differ; an integer may equal a float.") {
    return bif_bool(!term_equal(env(p), a[0], a[1]));
}
BIF(erlang_eq_exact_2, "erlang", "=:=", "Term1, Term2", BIF_GUARD,
    "Whether both are equal and of one type.") {
    return bif_bool(term_equal_exact(env(p), a[0], a[1]));
}
BIF(erlang_ne_exact_2, "erlang", "=/=", "Term1, Term2", BIF_GUARD,
    "Whether both differ in value or type.") {
    return bif_bool(!term_equal_exact(env(p), a[0], a[1]));
}
BIF(erlang_lt_2, "erlang", "<", "Term1, Term2", BIF_GUARD, "Whether Term1 is less in term order.") {
    return bif_bool(term_compare(env(p), a[0], a[1]) < 0);
}
BIF(erlang_le_2, "erlang", "=<", "Term1, Term2", BIF_GUARD,
    "Whether Term1 is not greater in term order.") {
    return bif_bool(term_compare(env(p), a[0], a[1]) <= 0);
}
BIF(erlang_gt_2, "erlang", ">", "Term1, Term2", BIF_GUARD,
    "Whether Term1 is greater in term order.") {
    return bif_bool(term_compare(env(p), a[0], a[1]) > 0);
}
BIF(erlang_ge_2, "erlang", ">=", "Term1, Term2", BIF_GUARD,
    "Whether Term1 is not less in term order.") {
    return bif_bool(term_compare(env(p), a[0], a[1]) >= 0);
}

BIF(erlang_max_2, "erlang", "max", "Term1, Term2", BIF_GUARD, "The greater; Term1 if equal.") {
    return term_compare(env(p), a[0], a[1]) < 0 ? a[1] : a[0];
}
BIF(erlang_min_2, "erlang", "min", "Term1, Term2", BIF_GUARD, "The lesser; Term1 if equal.") {
    return term_compare(env(p), a[0], a[1]) > 0 ? a[1] : a[0];
}

BIF(erts_internal_cmp_term_2, "erts_internal", "cmp_term", "Term1, Term2", 0,
    "-1, 0 or 1 in the order of map keys: every integer before every float.") {
    return term_small(term_compare_exact(env(p), a[0], a[1]));
}

// --- type tests ----------------------------------------------------------------------------------

BIF(erlang_is_atom_1, "erlang", "is_atom", "Term", BIF_GUARD, "Whether Term is an atom.") {
    return bif_bool(term_is_atom(a[0]));
}
BIF(erlang_is_binary_1, "erlang", "is_binary", "Term", BIF_GUARD,
    "Whether Term is a bit string of whole bytes.") {
    return bif_bool(term_is_bitstring(a[0]) && bits_size(a[0]) % 8 == 0);
}
BIF(erlang_is_bitstring_1, "erlang", "is_bitstring", "Term", BIF_GUARD,
    "Whether Term is a bit string.") {
    return bif_bool(term_is_bitstring(a[0]));
}
BIF(erlang_is_boolean_1, "erlang", "is_boolean", "Term", BIF_GUARD,
    "Whether Term is true or false.") {
    return bif_bool(a[0] == ATOM_true || a[0] == ATOM_false);
}
BIF(erlang_is_float_1, "erlang", "is_float", "Term", BIF_GUARD, "Whether Term is a float.") {
    return bif_bool(term_is_float(a[0]));
}
BIF(erlang_is_function_1, "erlang", "is_function", "Term", BIF_GUARD, "Whether Term is a fun.") {
    return bif_bool(term_is_fun(a[0]));
}
BIF(erlang_is_integer_1, "erlang", "is_integer", "Term", BIF_GUARD, "Whether Term is an integer.") {
    return bif_bool(term_is_integer(a[0]));
}
BIF(erlang_is_list_1, "erlang", "is_list", "Term", BIF_GUARD,
    "Whether Term is a list, or starts like one.") {
    return bif_bool(term_is_list(a[0]));
}
BIF(erlang_is_map_1, "erlang", "is_map", "Term", BIF_GUARD, "Whether Term is a map.") {
    return bif_bool(term_is_map(a[0]));
}
BIF(erlang_is_number_1, "erlang", "is_number", "Term", BIF_GUARD, "Whether Term is a number.") {
    return bif_bool(term_is_number(a[0]));
}
BIF(erlang_is_pid_1, "erlang", "is_pid", "Term", BIF_GUARD,
    "Whether Term is a process identifier.") {
    return bif_bool(term_is_pid(a[0]));
}
BIF(erlang_is_port_1, "erlang", "is_port", "Term", BIF_GUARD,
    "Whether Term is a port identifier.") {
    return bif_bool(term_is_port(a[0]));
}
BIF(erlang_is_reference_1, "erlang", "is_reference", "Term", BIF_GUARD,
    "Whether Term is a reference.") {
    return bif_bool(term_is_ref(a[0]));
}
BIF(erlang_is_tuple_1, "erlang", "is_tuple", "Term", BIF_GUARD, "Whether Term is a tuple.") {
    return bif_bool(term_is_tuple(a[0]));
}

BIF(erlang_is_function_2, "erlang", "is_function", "Term, Arity", BIF_GUARD,
    "Whether Term is a fun of that arity.") {
    if (!term_is_integer(a[1]) || integer_is_negative(a[1])) return bif_badarg(p);
    if (!term_is_fun(a[0]) || !term_is_small(a[1])) return ATOM_false;
    uint32_t arity =
        term_is_kind(a[0], KIND_EXPORT) ? fun_export(a[0])->arity : fun_entry(a[0])->arity;
    return bif_bool(arity == term_small_value(a[1]));
}

static bool is_record(Term t, Term tag) {
    return term_is_tuple(t) && term_tuple_arity(t) > 0 && term_tuple_elements(t)[0] == tag;
}

BIF(erlang_is_record_2, "erlang", "is_record", "Term, Tag", BIF_GUARD,
    "Whether Term is a tuple whose first element is the atom Tag.") {
    return term_is_atom(a[1]) ? bif_bool(is_record(a[0], a[1])) : bif_badarg(p);
}
BIF(erlang_is_record_3, "erlang", "is_record", "Term, Tag, Size", BIF_GUARD,
    "Whether Term is a tuple of Size elements, the first of them the atom Tag.") {
    if (!term_is_atom(a[1]) || !term_is_small(a[2])) return bif_badarg(p);
    return bif_bool(is_record(a[0], a[1]) &&
                    (int64_t)term_tuple_arity(a[0]) == term_small_value(a[2]));
}

// --- hashes --------------------------------------------------------------------------------------

enum { PHASH2_BITS = 27 };

static bool hash_range(Term t, uint64_t *range) {
    int64_t n;
    if (!bif_small_arg(t, 1, (int64_t)1 << 32, &n)) return false;
    *range = (uint64_t)n;
    return true;
}

BIF(erlang_phash2_1, "erlang", "phash2", "Term", 0,
    "A hash of Term from 0 to 2^27 - 1, the same in every release.") {
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_erlang_phash2_1, 1, a);
    return term_small(term_phash2(env(p), a[0]) & (((uint32_t)1 << PHASH2_BITS) - 1));
}
BIF(erlang_phash2_2, "erlang", "phash2", "Term, Range", 0,
    "A hash of Term from 0 to Range - 1, the same in every release.") {
    uint64_t range;
    if (!hash_range(a[1], &range)) return bif_badarg(p);
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_erlang_phash2_2, 2, a);
    return term_small((int64_t)(term_phash2(env(p), a[0]) % range));
}
BIF(erlang_phash_2, "erlang", "phash", "Term, Range", 0,
    "An older hash of Term from 1 to Range, the same in every release.") {
    uint64_t range;
    if (!hash_range(a[1], &range)) return bif_badarg(p);
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_erlang_phash_2, 2, a);
    return term_small((int64_t)(1 + term_phash(env(p), a[0]) % range));
}
