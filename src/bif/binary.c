// SPDX-License-Identifier: Apache-2.0
// Module binary, but for searching (binary_match.c).
#include "bif/bif_int.h"
#include "term/bits.h"
#include "term/integer.h"

// A binary argument.
static bool binary_arg(Term t, Bits *b) {
    if (!term_is_bitstring(t)) return false;
    *b = bits_of(t);
    return bits_is_binary(*b);
}

static Term byte_at(Bits b, uint64_t index) {
    return term_small((int64_t)bits_load(b.bytes, b.offset + index * 8, 8));
}

BIF(binary_at_2, "binary", "at", "Subject, Pos", 0, "The byte of Subject at Pos, from 0.") {
    Bits b;
    int64_t n;
    if (!binary_arg(a[0], &b) || !bif_small_arg(a[1], 0, (int64_t)(b.size / 8) - 1, &n))
        return bif_badarg(p);
    return byte_at(b, (uint64_t)n);
}

BIF(binary_first_1, "binary", "first", "Subject", 0, "The first byte of Subject.") {
    Bits b;
    return binary_arg(a[0], &b) && b.size > 0 ? byte_at(b, 0) : bif_badarg(p);
}

BIF(binary_last_1, "binary", "last", "Subject", 0, "The last byte of Subject.") {
    Bits b;
    return binary_arg(a[0], &b) && b.size > 0 ? byte_at(b, b.size / 8 - 1) : bif_badarg(p);
}

// --- parts ---------------------------------------------------------------------------------------

// `start` and `length` are in bytes; a negative length counts back from start.
static Term part(Process *p, Term *subject, Term start, Term length) {
    if (!term_is_bitstring(*subject)) return bif_badarg(p);
    int64_t size = (int64_t)(bits_size(*subject) / 8), from, count;
    if (!bif_small_arg(start, 0, size, &from) || !bif_small_arg(length, -from, size - from, &count))
        return bif_badarg(p);
    if (count < 0) {
        from += count;
        count = -count;
    }
    Hp hp;
    if (!process_reserve_gc(p, BIF_PART_WORDS, &hp)) return TERM_NONE;
    Term result =
        bif_hp_part(p->vm->env.mem, &hp, *subject, (uint64_t)from * 8, (uint64_t)count * 8);
    process_commit(p, &hp);
    return result;
}

static Term part_pair(Process *p, Term *a) {
    if (!term_is_tuple(a[1]) || term_tuple_arity(a[1]) != 2) return bif_badarg(p);
    const Term *e = term_tuple_elements(a[1]);
    return part(p, &a[0], e[0], e[1]);
}

BIF(binary_part_2, "binary", "part", "Subject, PosLen", 0,
    "The part of Subject that {Pos, Length} names; a negative Length counts back from Pos.") {
    return part_pair(p, a);
}
BIF(binary_part_3, "binary", "part", "Subject, Pos, Len", 0,
    "Len bytes of Subject from Pos; a negative Len counts back from Pos.") {
    return part(p, &a[0], a[1], a[2]);
}
BIF(erlang_binary_part_2, "erlang", "binary_part", "Subject, PosLen", BIF_GUARD,
    "The part of Subject that {Pos, Length} names; a negative Length counts back from Pos.") {
    return part_pair(p, a);
}
BIF(erlang_binary_part_3, "erlang", "binary_part", "Subject, Start, Length", BIF_GUARD,
    "Length bytes of Subject from Start; a negative Length counts back from Start.") {
    return part(p, &a[0], a[1], a[2]);
}

// --- copies --------------------------------------------------------------------------------------

// A large copy under way: its data is filled from the front.
typedef struct CopyJob {
    MagicBin bin;
    Mem *mem;
    BitsData *data;
    uint64_t done, total; // bytes
} CopyJob;

enum { COPY_BYTES_PER_REDUCTION = 512, COPY_AT_ONCE_MAX = 1 << 18 };

static void copy_job_destroy(MagicBin *bin) {
    CopyJob *job = (CopyJob *)bin;
    if (job->data) bits_data_release(job->data);
    mem_free(job->mem, job, sizeof *job);
}

// Bytes [from, to) of `of` repeated without end. What has been written serves as the source.
static void fill_repeated(uint8_t *bytes, uint64_t from, uint64_t to, Bits of) {
    uint64_t size = of.size / 8;
    if (from < size) {
        uint64_t end = MIN(to, size);
        bits_copy(bytes, from * 8, of.bytes, of.offset + from * 8, (end - from) * 8);
        from = end;
    }
    while (from < to) {
        // A multiple of the size back, and at most as much as there is before `from`.
        uint64_t have = from / size * size, count = MIN(have, to - from);
        memcpy(bytes + from, bytes + from - have, count);
        from += count;
    }
}

BIF(binary_copy_continue, "erts_internal", "binary_copy_continue", "Subject, Job", 0,
    "The copy, when it is complete.") {
    CopyJob *job = (CopyJob *)bif_state(a[1], copy_job_destroy);
    Bits b;
    if (!job || !job->data || !binary_arg(a[0], &b) || b.size == 0) return bif_badarg(p);
    uint64_t count = MIN(job->total - job->done, bif_budget(p, COPY_BYTES_PER_REDUCTION));
    fill_repeated(job->data->bytes, job->done, job->done + count, b);
    job->done += count;
    bif_charge_units(p, count, COPY_BYTES_PER_REDUCTION);
    if (job->done < job->total) return bif_go_on(p, BIF_ID_binary_copy_continue, 2, a);
    Hp hp;
    if (!process_reserve_gc(p, REFC_BITS_WORDS, &hp)) return TERM_NONE;
    BitsData *data = job->data;
    job->data = NULL;
    Term result = hp_refc_bits(&hp, data, job->total * 8);
    process_commit(p, &hp);
    return result;
}

static Term copy_in_slices(Process *p, Term *a, uint64_t total) {
    Mem *m = p->vm->env.mem;
    BitsData *data = bits_data_new(m, total);
    CopyJob *job = data ? mem_alloc(m, sizeof *job) : NULL;
    if (!job) {
        if (data) bits_data_release(data);
        return bif_system_limit(p);
    }
    data->used_bits = total * 8;
    *job = (CopyJob){{.refs = 1, .destroy = copy_job_destroy}, m, data, 0, total};
    Term args[2] = {a[0], TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 2);
    args[1] = bif_state_ref_gc(p, &job->bin);
    process_pop_roots(p, &roots);
    if (args[1] == TERM_NONE) return TERM_NONE;
    return bif_goto(p, BIF_ID_binary_copy_continue, 2, args);
}

static Term copy(Process *p, Term *a, uint64_t times) {
    Bits b;
    if (!binary_arg(a[0], &b)) return bif_badarg(p);
    uint64_t size = b.size / 8, total;
    if (__builtin_mul_overflow(size, times, &total) || total > BITS_SIZE_MAX / 8)
        return bif_system_limit(p);
    if (total > COPY_AT_ONCE_MAX) return copy_in_slices(p, a, total);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(total * 8), &hp)) return TERM_NONE;
    uint8_t *bytes;
    Term result = hp_bits(p->vm->env.mem, &hp, total * 8, &bytes);
    if (result == TERM_NONE) return bif_system_limit(p);
    if (total > 0) fill_repeated(bytes, 0, total, bits_of(a[0]));
    process_commit(p, &hp);
    bif_charge_units(p, total, COPY_BYTES_PER_REDUCTION);
    return result;
}

BIF(binary_copy_1, "binary", "copy", "Subject", 0,
    "Subject in memory of its own, which refers to no larger binary.") {
    return copy(p, a, 1);
}
BIF(binary_copy_2, "binary", "copy", "Subject, N", 0, "N times the bytes of Subject.") {
    int64_t times;
    if (!bif_small_arg(a[1], 0, SMALL_MAX, &times)) return bif_badarg(p);
    return copy(p, a, (uint64_t)times);
}

BIF(binary_referenced_byte_size_1, "binary", "referenced_byte_size", "Binary", 0,
    "The size in bytes of the binary that Binary is a part of.") {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    const Term *o = term_boxed_ptr(a[0]);
    if (header_kind(o[0]) == KIND_SUB_BITS) o = term_boxed_ptr(o[SUB_BITS_BASE]);
    uint64_t bytes = header_kind(o[0]) == KIND_REFC_BITS
                         ? ((const BitsData *)(uintptr_t)o[REFC_BITS_DATA])->cap_bytes
                         : (o[1] + 7) / 8;
    return term_small((int64_t)bytes);
}

// --- integers ------------------------------------------------------------------------------------

// false: neither big nor little.
static bool endianness(Term t, bool *little) {
    *little = t == ATOM_little;
    return *little || t == ATOM_big;
}

static Term decode_unsigned(Process *p, Term *a, bool little) {
    Bits b;
    if (!binary_arg(a[0], &b)) return bif_badarg(p);
    uint64_t size = b.size / 8;
    if (size <= 7) {
        BitsFlags flags = little ? BITS_LITTLE : 0;
        return size == 0 ? term_small(0) : bits_get_integer(NULL, b, b.size, flags);
    }
    if (size > INTEGER_LIMBS_MAX * sizeof(uint64_t)) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, integer_from_bytes_words(size), &hp)) return TERM_NONE;
    Buf scratch;
    buf_init(&scratch, p->vm->env.mem);
    const uint8_t *bytes = bits_bytes(bits_of(a[0]), &scratch);
    Term result = TERM_NONE;
    if (bytes) {
        result = integer_from_bytes(&hp, bytes, size, little, false);
        process_commit(p, &hp);
    } else {
        bif_system_limit(p);
    }
    buf_deinit(&scratch);
    bif_charge_units(p, size, BIF_BYTES_PER_REDUCTION);
    return result;
}

BIF(binary_decode_unsigned_1, "binary", "decode_unsigned", "Subject", 0,
    "The integer whose big-endian digits of base 256 are the bytes.") {
    return decode_unsigned(p, a, false);
}
BIF(binary_decode_unsigned_2, "binary", "decode_unsigned", "Subject, Endianness", 0,
    "The integer whose digits of base 256 are the bytes, in the order Endianness: big, little.") {
    bool little;
    return endianness(a[1], &little) ? decode_unsigned(p, a, little) : bif_badarg(p);
}

static Term encode_unsigned(Process *p, Term *a, bool little) {
    if (!term_is_integer(a[0]) || integer_is_negative(a[0])) return bif_badarg(p);
    size_t size = MAX(integer_byte_count(a[0]), 1);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(size * 8), &hp)) return TERM_NONE;
    uint8_t *bytes;
    Term result = hp_bits(p->vm->env.mem, &hp, size * 8, &bytes);
    if (result == TERM_NONE) return bif_system_limit(p);
    integer_to_bytes_le(a[0], bytes, size);
    for (size_t i = 0, j = size - 1; !little && i < j; i++, j--) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = byte;
    }
    process_commit(p, &hp);
    bif_charge_units(p, size, BIF_BYTES_PER_REDUCTION);
    return result;
}

BIF(binary_encode_unsigned_1, "binary", "encode_unsigned", "Unsigned", 0,
    "The big-endian digits of base 256 of Unsigned, as few as will do.") {
    return encode_unsigned(p, a, false);
}
BIF(binary_encode_unsigned_2, "binary", "encode_unsigned", "Unsigned, Endianness", 0,
    "The digits of base 256 of Unsigned, in the order Endianness: big, little.") {
    bool little;
    return endianness(a[1], &little) ? encode_unsigned(p, a, little) : bif_badarg(p);
}

// --- what binaries have in common ----------------------------------------------------------------

enum { COMMON_BYTES_PER_REDUCTION = 128 };

// Bytes that `a` and `b` have in common at their start (or end), at most `max`.
static uint64_t common(Bits a, Bits b, uint64_t max, bool suffix) {
    uint64_t n = 0, last_a = a.size - 8, last_b = b.size - 8;
    if (!suffix && a.offset % 8 == 0 && b.offset % 8 == 0) {
        const uint8_t *x = a.bytes + a.offset / 8, *y = b.bytes + b.offset / 8;
        while (n < max && x[n] == y[n]) n++;
        return n;
    }
    for (; n < max; n++) {
        uint64_t at_a = suffix ? last_a - n * 8 : n * 8, at_b = suffix ? last_b - n * 8 : n * 8;
        if (bits_load(a.bytes, a.offset + at_a, 8) != bits_load(b.bytes, b.offset + at_b, 8)) break;
    }
    return n;
}

static Term longest_common(Process *p, Term *a, bool suffix) {
    Bits first, b;
    Term list = a[0];
    if (!term_is_cons(list) || !binary_arg(term_head(list), &first)) return bif_badarg(p);
    if (bif_is_many_bytes(p, first.size / 8))
        return bif_dirty(p,
                         suffix ? BIF_ID_binary_longest_common_suffix_1
                                : BIF_ID_binary_longest_common_prefix_1,
                         1, a);
    uint64_t length = first.size / 8, work = 0;
    for (list = term_tail(list); term_is_cons(list); list = term_tail(list)) {
        if (!binary_arg(term_head(list), &b)) return bif_badarg(p);
        length = common(first, b, MIN(length, b.size / 8), suffix);
        work += length + BIF_CELLS_PER_REDUCTION;
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    bif_charge_units(p, work, COMMON_BYTES_PER_REDUCTION);
    return term_small((int64_t)length);
}

BIF(binary_longest_common_prefix_1, "binary", "longest_common_prefix", "Binaries", 0,
    "How many bytes all binaries of the list start with alike.") {
    return longest_common(p, a, false);
}
BIF(binary_longest_common_suffix_1, "binary", "longest_common_suffix", "Binaries", 0,
    "How many bytes all binaries of the list end with alike.") {
    return longest_common(p, a, true);
}
