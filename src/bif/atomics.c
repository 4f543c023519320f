// SPDX-License-Identifier: Apache-2.0
// Modules atomics and counters: arrays of 64-bit integers outside the heap, changed atomically. A
// reference owns one. Counters are the same with their own kind of reference: one array shared by
// all schedulers, where the reference VM has one for each.
#include "bif/bif_int.h"
#include "term/integer.h"
#include "term/map.h"

enum { ATOMICS_SIGNED = 1 }; // option bit, as atomics.erl encodes it

typedef enum ArrayKind { ARRAY_ATOMICS, ARRAY_COUNTERS } ArrayKind;

typedef struct Atomics {
    MagicBin bin;
    Mem *mem;
    ArrayKind kind;
    bool is_signed;
    uint64_t count;
    _Atomic uint64_t values[];
} Atomics;

static size_t atomics_bytes(uint64_t count) {
    return sizeof(Atomics) + count * sizeof(uint64_t);
}

static void array_destroy(MagicBin *bin) {
    Atomics *at = (Atomics *)bin;
    mem_free(at->mem, at, atomics_bytes(at->count));
}

// The array of that kind which `ref` owns; NULL: it owns none.
static Atomics *array_of(Term ref, ArrayKind kind) {
    Atomics *at = (Atomics *)bif_state(ref, array_destroy);
    return at && at->kind == kind ? at : NULL;
}

static Term new_array(Process *p, Term size, bool is_signed, ArrayKind kind) {
    int64_t count;
    if (!term_is_integer(size)) return bif_badarg(p);
    if (!integer_to_int64(size, &count)) {
        return integer_is_negative(size) ? bif_badarg(p) : bif_system_limit(p);
    }
    if (count <= 0) return bif_badarg(p);
    if ((uint64_t)count > SIZE_MAX / sizeof(uint64_t) / 2) return bif_system_limit(p);
    Atomics *at = mem_alloc_zero(p->vm->env.mem, atomics_bytes((uint64_t)count));
    if (!at) return bif_system_limit(p);
    at->mem = p->vm->env.mem;
    at->is_signed = is_signed;
    at->count = (uint64_t)count;
    at->kind = kind;
    at->bin.destroy = array_destroy;
    atomic_init(&at->bin.refs, 1);
    return bif_shared_ref_gc(p, &at->bin);
}

// The counter that `ref` and `index`, from 1, name. NULL: badarg is set.
static _Atomic uint64_t *value_at(Process *p, Term ref, Term index, ArrayKind kind) {
    Atomics *at = array_of(ref, kind);
    int64_t i;
    if (!at || !bif_small_arg(index, 1, (int64_t)at->count, &i)) {
        bif_badarg(p);
        return NULL;
    }
    return &at->values[i - 1];
}

static bool is_signed_array(Term ref) {
    return ((Atomics *)magic_ref_bin(ref))->is_signed;
}

// A value of the array's range as 64 bits.
static bool value_arg(Term t, bool is_signed, uint64_t *bits) {
    if (!term_is_integer(t)) return false;
    return is_signed ? integer_to_int64(t, (int64_t *)bits) : integer_to_uint64(t, bits);
}

// An increment may be of either range, whatever the array's.
static bool increment_arg(Term t, uint64_t *bits) {
    return value_arg(t, true, bits) || value_arg(t, false, bits);
}

static Term value_term(Process *p, bool is_signed, uint64_t bits) {
    Hp hp;
    if (!process_reserve_gc(p, INT64_WORDS, &hp)) return TERM_NONE;
    Term t = is_signed ? hp_int64(&hp, (int64_t)bits) : hp_uint64(&hp, bits);
    process_commit(p, &hp);
    return t;
}

// --- atomics -------------------------------------------------------------------------------------

BIF(erts_internal_atomics_new_2, "erts_internal", "atomics_new", "Arity, EncodedOpts", 0,
    "A new array of Arity atomics.") {
    if (!term_is_small(a[1]) || term_small_value(a[1]) < 0) return bif_badarg(p);
    return new_array(p, a[0], term_small_value(a[1]) & ATOMICS_SIGNED, ARRAY_ATOMICS);
}

BIF(atomics_put_3, "atomics", "put", "Ref, Ix, Value", 0, "Sets the atomic at Ix to Value.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    if (!value_arg(a[2], is_signed_array(a[0]), &bits)) return bif_badarg(p);
    atomic_store(at, bits);
    return ATOM_ok;
}

BIF(atomics_get_2, "atomics", "get", "Ref, Ix", 0, "The value of the atomic at Ix.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    if (!at) return TERM_NONE;
    return value_term(p, is_signed_array(a[0]), atomic_load(at));
}

BIF(atomics_add_3, "atomics", "add", "Ref, Ix, Incr", 0, "Adds Incr to the atomic at Ix.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    if (!increment_arg(a[2], &bits)) return bif_badarg(p);
    atomic_fetch_add(at, bits);
    return ATOM_ok;
}

BIF(atomics_add_get_3, "atomics", "add_get", "Ref, Ix, Incr", 0,
    "Adds Incr to the atomic at Ix and gives the sum.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    if (!increment_arg(a[2], &bits)) return bif_badarg(p);
    return value_term(p, is_signed_array(a[0]), atomic_fetch_add(at, bits) + bits);
}

BIF(atomics_exchange_3, "atomics", "exchange", "Ref, Ix, Desired", 0,
    "Sets the atomic at Ix to Desired and gives what it was.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    bool is_signed = is_signed_array(a[0]);
    if (!value_arg(a[2], is_signed, &bits)) return bif_badarg(p);
    return value_term(p, is_signed, atomic_exchange(at, bits));
}

BIF(atomics_compare_exchange_4, "atomics", "compare_exchange", "Ref, Ix, Expected, Desired", 0,
    "Sets the atomic at Ix to Desired if it is Expected: ok, or else its value.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_ATOMICS);
    uint64_t expected, desired;
    if (!at) return TERM_NONE;
    bool is_signed = is_signed_array(a[0]);
    if (!value_arg(a[2], is_signed, &expected) || !value_arg(a[3], is_signed, &desired))
        return bif_badarg(p);
    if (atomic_compare_exchange_strong(at, &expected, desired)) return ATOM_ok;
    return value_term(p, is_signed, expected);
}

// --- counters ------------------------------------------------------------------------------------

BIF(erts_internal_counters_new_1, "erts_internal", "counters_new", "Size", 0,
    "A new array of Size counters.") {
    return new_array(p, a[0], true, ARRAY_COUNTERS);
}

BIF(erts_internal_counters_get_2, "erts_internal", "counters_get", "Ref, Ix", 0,
    "The value of the counter at Ix.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_COUNTERS);
    return at ? value_term(p, true, atomic_load(at)) : TERM_NONE;
}

BIF(erts_internal_counters_add_3, "erts_internal", "counters_add", "Ref, Ix, Incr", 0,
    "Adds Incr to the counter at Ix.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_COUNTERS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    if (!increment_arg(a[2], &bits)) return bif_badarg(p);
    atomic_fetch_add(at, bits);
    return ATOM_ok;
}

BIF(erts_internal_counters_put_3, "erts_internal", "counters_put", "Ref, Ix, Value", 0,
    "Sets the counter at Ix to Value.") {
    _Atomic uint64_t *at = value_at(p, a[0], a[1], ARRAY_COUNTERS);
    uint64_t bits;
    if (!at) return TERM_NONE;
    if (!value_arg(a[2], true, &bits)) return bif_badarg(p);
    atomic_store(at, bits);
    return ATOM_ok;
}

// --- info ----------------------------------------------------------------------------------------

static Term info_map(Process *p, const Atomics *at, bool range) {
    Hp hp;
    if (!process_reserve_gc(p, map_build_words(4) + 4 * INT64_WORDS, &hp)) return TERM_NONE;
    Term kv[8] = {ATOM_size, hp_uint64(&hp, at->count), ATOM_memory,
                  hp_uint64(&hp, atomics_bytes(at->count))};
    kv[4] = ATOM_min;
    kv[5] = at->is_signed ? hp_int64(&hp, INT64_MIN) : term_small(0);
    kv[6] = ATOM_max;
    kv[7] = hp_uint64(&hp, at->is_signed ? (uint64_t)INT64_MAX : UINT64_MAX);
    Term map = map_build(&p->vm->env, &hp, kv, range ? 4 : 2);
    process_commit(p, &hp);
    return map;
}

BIF(atomics_info_1, "atomics", "info", "Ref", 0, "#{size, max, min, memory} of the array.") {
    Atomics *at = array_of(a[0], ARRAY_ATOMICS);
    return at ? info_map(p, at, true) : bif_badarg(p);
}

BIF(erts_internal_counters_info_1, "erts_internal", "counters_info", "Ref", 0,
    "#{size, memory} of the array.") {
    Atomics *at = array_of(a[0], ARRAY_COUNTERS);
    return at ? info_map(p, at, false) : bif_badarg(p);
}
