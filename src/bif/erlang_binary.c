// SPDX-License-Identifier: Apache-2.0
// Sizes of bit strings, their parts and bytes as a list: functions of module erlang. Those that
// make binaries are in erlang_iodata.c.
#include "bif/bif_int.h"

#include "term/bits.h"

BIF(erlang_byte_size_1, "erlang", "byte_size", "Bitstring", BIF_GUARD,
    "How many bytes Bitstring takes; bits that are no whole byte count as one.") {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    return term_small((int64_t)((bits_size(a[0]) + 7) / 8));
}

BIF(erlang_bit_size_1, "erlang", "bit_size", "Bitstring", BIF_GUARD, "How many bits there are.") {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    return term_small((int64_t)bits_size(a[0]));
}

BIF(erlang_split_binary_2, "erlang", "split_binary", "Bin, Pos", 0,
    "{first Pos bytes of Bin, the rest}.") {
    int64_t pos;
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    uint64_t size = bits_size(a[0]);
    if (!bif_small_arg(a[1], 0, (int64_t)(size / 8), &pos)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, 2 * SUB_BITS_WORDS + 3, &hp)) return TERM_NONE;
    uint64_t at = 8 * (uint64_t)pos;
    Term first = hp_sub_bits(&hp, a[0], 0, at), rest = hp_sub_bits(&hp, a[0], at, size - at);
    Term result = hp_tuple2(&hp, first, rest);
    process_commit(p, &hp);
    return result;
}

// --- to lists ------------------------------------------------------------------------------------
// The list is made from its end, in slices: Count bytes from Start are still to come before Tail.
static Term bytes_onto(Process *p, Term *a, BifId self) {
    int64_t start, count;
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    int64_t bytes = (int64_t)(bits_size(a[0]) / 8);
    if (!bif_small_arg(a[1], 0, bytes, &start)) return bif_badarg(p);
    if (!bif_small_arg(a[2], 0, bytes - start, &count)) return bif_badarg(p);
    uint64_t step = MIN((uint64_t)count, bif_budget(p, BIF_CELLS_PER_REDUCTION));
    Hp hp;
    if (!process_reserve_gc(p, step * CONS_WORDS, &hp)) return TERM_NONE;
    Bits b = bits_of(a[0]);
    Term list = a[3];
    uint64_t from = (uint64_t)(start + count) - step;
    for (uint64_t i = step; i-- > 0;)
        list = hp_cons(&hp, term_small((int64_t)bits_load(b.bytes, b.offset + 8 * (from + i), 8)),
                       list);
    process_commit(p, &hp);
    bif_charge_units(p, step, BIF_CELLS_PER_REDUCTION);
    if (step == (uint64_t)count) return list;
    Term args[4] = {a[0], a[1], term_small(count - (int64_t)step), list};
    return bif_go_on(p, self, 4, args);
}

BIF(binary_to_list_continue, "erts_internal", "binary_to_list_continue",
    "Bitstring, Start, Count, Tail", 0, "Count bytes from Start of Bitstring, then Tail.") {
    return bytes_onto(p, a, BIF_ID_binary_to_list_continue);
}

static Term to_list(Process *p, Term bin, uint64_t start, uint64_t count, Term tail) {
    Term args[4] = {bin, term_small((int64_t)start), term_small((int64_t)count), tail};
    if (count > bif_budget(p, BIF_CELLS_PER_REDUCTION))
        return bif_goto(p, BIF_ID_binary_to_list_continue, 4, args);
    RootFrame roots;
    process_push_roots(p, &roots, args, 4);
    Term list = bytes_onto(p, args, BIF_ID_binary_to_list_continue);
    process_pop_roots(p, &roots);
    return list;
}

BIF(erlang_binary_to_list_1, "erlang", "binary_to_list", "Binary", 0,
    "The bytes of Binary as a list.") {
    if (!term_is_bitstring(a[0]) || (bits_size(a[0]) & 7) != 0) return bif_badarg(p);
    return to_list(p, a[0], 0, bits_size(a[0]) / 8, TERM_NIL);
}

BIF(erlang_binary_to_list_3, "erlang", "binary_to_list", "Binary, Start, Stop", 0,
    "The bytes of Binary from Start to Stop, counted from 1, as a list.") {
    int64_t start, stop;
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    int64_t bytes = (int64_t)(bits_size(a[0]) / 8);
    if (!bif_small_arg(a[1], 1, bytes, &start) || !bif_small_arg(a[2], start, bytes, &stop))
        return bif_badarg(p);
    return to_list(p, a[0], (uint64_t)start - 1, (uint64_t)(stop - start) + 1, TERM_NIL);
}

BIF(erlang_bitstring_to_list_1, "erlang", "bitstring_to_list", "Bitstring", 0,
    "The bytes of Bitstring as a list; bits that are no whole byte are its last element.") {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    uint64_t size = bits_size(a[0]), whole = size & ~(uint64_t)7;
    Term tail = TERM_NIL;
    if (whole < size) {
        Hp hp;
        if (!process_reserve_gc(p, SUB_BITS_WORDS + CONS_WORDS, &hp)) return TERM_NONE;
        tail = hp_sub_bits(&hp, a[0], whole, size - whole);
        tail = hp_cons(&hp, tail, TERM_NIL);
        process_commit(p, &hp);
    }
    return to_list(p, a[0], 0, whole / 8, tail);
}
