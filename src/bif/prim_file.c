// SPDX-License-Identifier: Apache-2.0
// Names of files between Erlang and the operating system: what module prim_file has built in. File
// names are UTF-8 out there.
#include "bif/bif_int.h"
#include "term/bits.h"

// Appends the name as bytes. A list is flat, of characters; a name with a 0 in it is none.
static bool put_name(Buf *out, Term name) {
    if (term_is_bitstring(name)) {
        Bits b = bits_of(name);
        for (uint64_t at = 0; at + 8 <= b.size; at += 8) {
            uint8_t byte = (uint8_t)bits_load(b.bytes, b.offset + at, 8);
            if (byte == 0) return false;
            buf_put_byte(out, byte);
        }
        return true;
    }
    for (; term_is_cons(name); name = term_tail(name)) {
        int64_t ch;
        if (!bif_small_arg(term_head(name), 1, 0x10ffff, &ch)) return false;
        unsigned size = bits_utf8_size(ch);
        uint8_t utf8[4] = {0};
        if (size == 0) return false;
        bits_put_utf8(utf8, 0, (int32_t)ch);
        buf_put(out, utf8, size);
    }
    return term_is_nil(name);
}

BIF(prim_file_internal_name2native_1, "prim_file", "internal_name2native", "Name", 0,
    "Name as the operating system takes it: bytes that end in 0.") {
    Buf out;
    buf_init(&out, p->vm->env.mem);
    bool ok = put_name(&out, a[0]);
    buf_put_byte(&out, 0);
    Term result = TERM_NONE;
    Hp hp;
    if (!ok) {
        bif_badarg(p);
    } else if (out.failed) {
        bif_system_limit(p);
    } else if (process_reserve_gc(p, bits_words(out.size_bytes * 8), &hp)) {
        result = hp_binary(p->vm->env.mem, &hp, out.data, out.size_bytes);
        process_commit(p, &hp);
        if (result == TERM_NONE) bif_system_limit(p);
        bif_charge_units(p, out.size_bytes, BIF_CELLS_PER_REDUCTION);
    }
    buf_deinit(&out);
    return result;
}

// How many characters; -1: not UTF-8.
static int64_t utf8_length(Bits b) {
    int64_t count = 0;
    for (uint64_t at = 0; at < b.size; count++) {
        int32_t ch;
        unsigned used = bits_get_utf8(bits_part(b, at, b.size - at), &ch);
        if (used == 0) return -1;
        at += used;
    }
    return count;
}

static bool binary_arg(Term t, Bits *b) {
    if (!term_is_bitstring(t)) return false;
    *b = bits_of(t);
    return bits_is_binary(*b);
}

BIF(prim_file_internal_native2name_1, "prim_file", "internal_native2name", "Bytes", 0,
    "The characters of a name that the operating system gave, or {error, warning}.") {
    Bits b;
    if (!binary_arg(a[0], &b)) return bif_badarg(p);
    int64_t count = utf8_length(b);
    Hp hp;
    if (!process_reserve_gc(p, count < 0 ? 3 : (size_t)count * CONS_WORDS, &hp)) return TERM_NONE;
    Term result = TERM_NIL, *hole = &result;
    if (count < 0) result = hp_tuple2(&hp, ATOM_error, ATOM_warning);
    b = bits_of(a[0]);
    for (uint64_t at = 0; count > 0 && at < b.size;) {
        int32_t ch;
        at += bits_get_utf8(bits_part(b, at, b.size - at), &ch);
        *hole = hp_cons(&hp, term_small(ch), TERM_NIL);
        hole = term_cons_ptr(*hole) + 1;
    }
    process_commit(p, &hp);
    bif_charge_units(p, b.size / 8, BIF_CELLS_PER_REDUCTION);
    return result;
}

BIF(prim_file_is_translatable_1, "prim_file", "is_translatable", "Bytes", 0,
    "Whether internal_native2name/1 can make characters of the bytes.") {
    Bits b;
    if (!binary_arg(a[0], &b)) return bif_badarg(p);
    bif_charge_units(p, b.size / 8, BIF_CELLS_PER_REDUCTION);
    return bif_bool(utf8_length(b) >= 0);
}
