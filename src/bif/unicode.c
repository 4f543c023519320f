// SPDX-License-Identifier: Apache-2.0
// Module unicode: what is built in of it. Other encodings than latin1 and UTF-8 are done in Erlang,
// which characters_to_list/2 and characters_to_binary/2 go over to.
//
// Data, a tree of lists, characters and binaries, is walked once and written out as UTF-8; a list
// result is then read back from that, last character first. Where the walk stands is a position in
// a list (`at`: a cell, or a binary that is a tail) and the tails to come back to, innermost last:
// a C work list during a slice, an Erlang list between slices.
//
// At the first character that is wrong, what is left of the data is put together as the documented
// Rest: the list from there, wrapped into the tails. The walk goes on through that Rest, just to
// see that it is chardata at all: badarg comes before {error, ...}.
#include "base/stack.h"
#include "bif/bif_int.h"
#include "term/bits.h"

enum {
    UNITS_PER_REDUCTION = 64, // a byte of a binary is a unit
    UNITS_PER_CELL = 8,
    CHUNK_BYTES_MIN = 64,
    OUT_INLINE_BYTES = 256,
    UTF8_MAX = 4,
};

typedef enum Outcome { OUTCOME_OK, OUTCOME_INCOMPLETE, OUTCOME_ERROR } Outcome;
typedef enum Walk { WALK_DONE, WALK_AGAIN, WALK_WRONG, WALK_BADARG, WALK_NO_MEMORY } Walk;

typedef struct UnicodeJob {
    MagicBin bin;
    Mem *mem;
    bool latin1, to_list;
    Outcome outcome; // INCOMPLETE: Rest is the leftover bytes
    bool walked;
    uint64_t bin_pos;           // in the binary where the walk stands, in bytes
    uint8_t leftover[UTF8_MAX]; // start of a character that the last binaries ended with
    size_t leftover_count;
    // The text so far: in `data`, or in inline_bytes while that is NULL.
    BitsData *data;
    uint64_t size, cap;
    uint64_t unread; // of the text, while the list is made
    uint8_t inline_bytes[OUT_INLINE_BYTES];
} UnicodeJob;

// Where the walk stands, during a slice.
typedef struct Place {
    Term at;
    WorkStack tails;
} Place;

// --- the text ------------------------------------------------------------------------------------

static uint8_t *job_text(UnicodeJob *job) {
    return job->data ? job->data->bytes : job->inline_bytes;
}

static bool job_room(UnicodeJob *job, uint64_t more) {
    if (job->cap - job->size >= more) return true;
    uint64_t cap = MAX(job->size + more, job->size * 2);
    BitsData *data = bits_data_new(job->mem, cap);
    if (!data) return false;
    memcpy(data->bytes, job_text(job), job->size);
    if (job->data) bits_data_release(job->data);
    job->data = data;
    job->cap = cap;
    return true;
}

static void job_deinit(UnicodeJob *job) {
    if (job->data) bits_data_release(job->data);
    job->data = NULL;
}

static void job_destroy(MagicBin *bin) {
    UnicodeJob *job = (UnicodeJob *)bin;
    job_deinit(job);
    mem_free(job->mem, job, sizeof *job);
}

// --- UTF-8 ---------------------------------------------------------------------------------------

static unsigned utf8_length(uint8_t lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xc0) return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
}

// A whole character of `length` bytes, each but the first seen to be 10xxxxxx.
static bool utf8_is_char(const uint8_t *s, unsigned length) {
    uint32_t ch = s[0] & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++) ch = ch << 6 | (s[i] & 0x3f);
    return (unsigned)bits_utf8_size(ch) == length;
}

typedef enum Utf8End { UTF8_OK, UTF8_SHORT, UTF8_BAD } Utf8End;

// Bytes of whole, valid characters at the start of `s`; *end says what comes then: nothing, the
// start of a character, or no such thing.
static uint64_t utf8_valid(const uint8_t *s, uint64_t size, Utf8End *end) {
    uint64_t i = 0;
    *end = UTF8_OK;
    while (i < size) {
        if (s[i] < 0x80) {
            uint64_t word;
            for (i++; i + 8 <= size; i += 8) {
                memcpy(&word, s + i, 8);
                if (word & 0x8080808080808080u) {
                    i += (unsigned)__builtin_ctzll(word & 0x8080808080808080u) / 8;
                    break;
                }
            }
            continue;
        }
        if (s[i] >= 0xc2 && s[i] < 0xe0 && i + 1 < size && (s[i + 1] & 0xc0) == 0x80) {
            i += 2;
            continue;
        }
        unsigned length = utf8_length(s[i]), have = 1;
        while (have < length && i + have < size && (s[i + have] & 0xc0) == 0x80) have++;
        if (length == 0 || (have < length && i + have < size)) {
            *end = UTF8_BAD;
        } else if (have < length) {
            *end = UTF8_SHORT;
        } else if (!utf8_is_char(s + i, length)) {
            *end = UTF8_BAD;
        }
        if (*end != UTF8_OK) return i;
        i += length;
    }
    return i;
}

// --- walking -------------------------------------------------------------------------------------

// A character of a list: what is not an integer makes the data no chardata.
static Walk put_char(UnicodeJob *job, Term ch) {
    if (!term_is_small(ch)) return term_is_integer(ch) ? WALK_WRONG : WALK_BADARG;
    int64_t n = term_small_value(ch);
    if (job->leftover_count > 0) return WALK_WRONG;
    if (LIKELY(job->cap - job->size >= UTF8_MAX) && n >= 0 && n < 0x800 &&
        (n <= 0xff || !job->latin1)) {
        uint8_t *to = job_text(job) + job->size;
        job->size += n < 0x80 ? 1 : 2;
        to[0] = n < 0x80 ? (uint8_t)n : (uint8_t)(0xc0 | n >> 6);
        if (n >= 0x80) to[1] = (uint8_t)(0x80 | (n & 0x3f));
        return WALK_DONE;
    }
    unsigned size = n < 0 || (job->latin1 && n > 0xff) ? 0 : bits_utf8_size(n);
    if (size == 0) return WALK_WRONG;
    if (!job_room(job, size)) return WALK_NO_MEMORY;
    bits_put_utf8(job_text(job), job->size * 8, (int32_t)n);
    job->size += size;
    return WALK_DONE;
}

// Completes the leftover character from the start of `b`. WALK_WRONG: does not go together.
static Walk put_leftover(UnicodeJob *job, Bits b) {
    unsigned length = utf8_length(job->leftover[0]);
    size_t have = job->leftover_count, used = 0;
    uint8_t ch[UTF8_MAX];
    memcpy(ch, job->leftover, have);
    for (; have < length && used < b.size / 8; used++) {
        ch[have] = (uint8_t)bits_load(b.bytes, b.offset + used * 8, 8);
        if ((ch[have++] & 0xc0) != 0x80) return WALK_WRONG;
    }
    if (have == length) {
        if (!utf8_is_char(ch, length)) return WALK_WRONG;
        if (!job_room(job, length)) return WALK_NO_MEMORY;
        memcpy(job_text(job) + job->size, ch, length);
        job->size += length;
        have = 0;
    }
    memcpy(job->leftover, ch, have);
    job->leftover_count = have;
    job->bin_pos = used;
    return WALK_DONE;
}

static Walk put_latin1(UnicodeJob *job, const uint8_t *s, uint64_t size) {
    if (!job_room(job, 2 * size)) return WALK_NO_MEMORY;
    uint8_t *to = job_text(job) + job->size;
    for (uint64_t i = 0; i < size; i++) {
        if (s[i] >= 0x80) *to++ = (uint8_t)(0xc0 | s[i] >> 6);
        *to++ = s[i] < 0x80 ? s[i] : (uint8_t)(0x80 | (s[i] & 0x3f));
    }
    job->size = (uint64_t)(to - job_text(job));
    job->bin_pos += size;
    return WALK_DONE;
}

// Puts what it can of `size` bytes; `last`: the binary ends with them.
static Walk put_utf8(UnicodeJob *job, const uint8_t *s, uint64_t size, bool last) {
    if (!job_room(job, size)) return WALK_NO_MEMORY;
    Utf8End end;
    uint64_t valid = utf8_valid(s, size, &end);
    memcpy(job_text(job) + job->size, s, valid);
    job->size += valid;
    job->bin_pos += valid;
    if (end == UTF8_BAD) return WALK_WRONG;
    if (end == UTF8_SHORT && last) {
        job->leftover_count = size - valid;
        memcpy(job->leftover, s + valid, size - valid);
        job->bin_pos += size - valid;
    }
    return WALK_DONE;
}

// Goes on with a binary from bin_pos; leaves bin_pos 0 when it is done.
static Walk put_binary(UnicodeJob *job, Term binary, uint64_t *units) {
    Bits b = bits_of(binary);
    if (!bits_is_binary(b)) return WALK_BADARG;
    if (job->bin_pos == 0 && job->leftover_count > 0 && b.size > 0) {
        Walk w = put_leftover(job, b);
        if (w != WALK_DONE) return w;
    }
    Buf scratch;
    buf_init(&scratch, job->mem);
    Walk walk = WALK_DONE;
    while (walk == WALK_DONE && job->bin_pos < b.size / 8) {
        if (*units == 0) {
            walk = WALK_AGAIN;
            break;
        }
        uint64_t left = b.size / 8 - job->bin_pos, count = MIN(left, MAX(*units, CHUNK_BYTES_MIN));
        const uint8_t *s = bits_bytes(bits_part(b, job->bin_pos * 8, count * 8), &scratch);
        walk = !s            ? WALK_NO_MEMORY
               : job->latin1 ? put_latin1(job, s, count)
                             : put_utf8(job, s, count, count == left);
        *units -= MIN(*units, count);
    }
    buf_deinit(&scratch);
    if (walk == WALK_DONE) job->bin_pos = 0;
    return walk;
}

// Walks until the data ends or something else happens.
static Walk walk_convert(UnicodeJob *job, Place *place, uint64_t *units) {
    for (;;) {
        Walk w = WALK_DONE;
        if (term_is_cons(place->at)) {
            if (*units < UNITS_PER_CELL) return WALK_AGAIN;
            *units -= UNITS_PER_CELL;
            Term item = term_head(place->at), tail = term_tail(place->at);
            if (term_is_list(item)) {
                work_stack_push(&place->tails, tail);
                tail = item;
            } else {
                w = term_is_bitstring(item) ? put_binary(job, item, units) : put_char(job, item);
            }
            if (w != WALK_DONE) return w;
            place->at = tail;
            continue;
        }
        if (term_is_bitstring(place->at))
            w = put_binary(job, place->at, units);
        else if (!term_is_nil(place->at))
            w = WALK_BADARG;
        if (w != WALK_DONE) return w;
        if (work_stack_empty(&place->tails)) return WALK_DONE;
        place->at = work_stack_pop(&place->tails);
    }
}

// After an error: only looks whether the rest is chardata.
static Walk walk_check(Place *place, uint64_t *units) {
    for (;;) {
        if (*units < UNITS_PER_CELL) return WALK_AGAIN;
        *units -= UNITS_PER_CELL;
        if (term_is_cons(place->at)) {
            Term item = term_head(place->at);
            place->at = term_tail(place->at);
            if (term_is_list(item)) {
                work_stack_push(&place->tails, place->at);
                place->at = item;
            } else if (!term_is_integer(item) &&
                       !(term_is_bitstring(item) && bits_size(item) % 8 == 0)) {
                return WALK_BADARG;
            }
            continue;
        }
        if (!term_is_nil(place->at) &&
            !(term_is_bitstring(place->at) && bits_size(place->at) % 8 == 0))
            return WALK_BADARG;
        if (work_stack_empty(&place->tails)) return WALK_DONE;
        place->at = work_stack_pop(&place->tails);
    }
}

// --- the rest ------------------------------------------------------------------------------------

enum { REST_WORDS = SUB_BITS_WORDS + 3 * CONS_WORDS + BITS_APPEND_WORDS };

static void push_place_roots(Process *p, Place *place, RootFrame f[2]) {
    process_push_roots(p, &f[0], &place->at, 1);
    process_push_roots(p, &f[1], place->tails.items, place->tails.count);
}
static void pop_place_roots(Process *p, RootFrame f[2]) {
    process_pop_roots(p, &f[1]);
    process_pop_roots(p, &f[0]);
}

// What is left from where the walk stands, to a[4]; a[3] are the tails of earlier slices.
static bool make_rest_gc(Process *p, Term *a, UnicodeJob *job, Place *place) {
    size_t depth = place->tails.count;
    for (Term t = a[3]; term_is_cons(t); t = term_tail(t)) depth++;
    RootFrame f[2];
    push_place_roots(p, place, f);
    Hp hp;
    bool room = process_reserve_gc(p, depth * CONS_WORDS + REST_WORDS, &hp);
    pop_place_roots(p, f);
    if (!room) return false;
    Term rest = place->at;
    if (job->bin_pos > 0) {
        Term binary = term_is_cons(rest) ? term_head(rest) : rest;
        Term part =
            hp_sub_bits(&hp, binary, job->bin_pos * 8, bits_size(binary) - job->bin_pos * 8);
        rest = term_is_cons(rest) ? hp_cons(&hp, part, term_tail(rest)) : part;
    }
    for (size_t i = place->tails.count; i-- > 0;) rest = hp_cons(&hp, rest, place->tails.items[i]);
    for (Term t = a[3]; term_is_cons(t); t = term_tail(t)) rest = hp_cons(&hp, rest, term_head(t));
    if (job->leftover_count > 0) {
        Term left = hp_binary(p->vm->env.mem, &hp, job->leftover, job->leftover_count);
        rest = hp_cons(&hp, left, hp_cons(&hp, rest, TERM_NIL));
    }
    process_commit(p, &hp);
    bif_charge_units(p, depth, BIF_CELLS_PER_REDUCTION);
    a[4] = rest;
    return true;
}

// --- results -------------------------------------------------------------------------------------

// Puts characters from the end of the text before `list`, as many as the slice allows.
static bool text_to_list_gc(Process *p, UnicodeJob *job, Term *list) {
    uint64_t chars_max = bif_budget(p, BIF_CELLS_PER_REDUCTION);
    uint64_t count = MIN(job->unread, chars_max);
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return false;
    const uint8_t *text = job_text(job);
    uint64_t end = job->unread;
    Term result = *list;
    for (uint64_t i = 0; i < count && end > 0; i++) {
        uint32_t ch = text[--end];
        for (unsigned shift = 6; (text[end] & 0xc0) == 0x80; shift += 6) {
            uint32_t more = text[--end];
            uint32_t bits = more & ((more & 0xc0) == 0x80 ? 0x3fu : 0x7fu >> (shift / 6 + 1));
            ch = (ch & ((1u << shift) - 1)) | bits << shift;
        }
        result = hp_cons(&hp, term_small(ch), result);
    }
    job->unread = end;
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    *list = result;
    return true;
}

// The text as a binary; takes the data.
static Term text_to_binary(Process *p, UnicodeJob *job, Hp *hp) {
    Mem *m = p->vm->env.mem;
    if (!job->data || job->size <= HEAP_BITS_BYTES_MAX || job->cap > job->size + job->size / 4)
        return hp_binary(m, hp, job_text(job), job->size);
    BitsData *data = job->data;
    job->data = NULL;
    data->used_bits = job->size * 8;
    return hp_refc_bits(hp, data, job->size * 8);
}

// a[2] is the list of the text, if that is wanted, a[4] the Rest.
static Term make_result(Process *p, Term *a, UnicodeJob *job) {
    Hp hp;
    if (!process_reserve_gc(p, bits_words(job->size * 8) + 4 + BITS_APPEND_WORDS, &hp))
        return TERM_NONE;
    Term text = job->to_list ? a[2] : text_to_binary(p, job, &hp), result = text;
    if (text == TERM_NONE) return bif_system_limit(p);
    if (job->outcome == OUTCOME_ERROR)
        result = hp_tuple3(&hp, ATOM_error, text, a[4]);
    else if (job->outcome == OUTCOME_INCOMPLETE)
        result = hp_tuple3(&hp, ATOM_incomplete, text,
                           hp_binary(p->vm->env.mem, &hp, job->leftover, job->leftover_count));
    process_commit(p, &hp);
    return result;
}

// --- running -------------------------------------------------------------------------------------

// The tails as a list in a[3], the place in a[2]: for the next slice.
static bool save_place_gc(Process *p, Term *a, Place *place) {
    RootFrame f[2];
    push_place_roots(p, place, f);
    Hp hp;
    bool room = process_reserve_gc(p, place->tails.count * CONS_WORDS, &hp);
    pop_place_roots(p, f);
    if (!room) return false;
    a[2] = place->at;
    for (size_t i = 0; i < place->tails.count; i++)
        a[3] = hp_cons(&hp, place->tails.items[i], a[3]);
    process_commit(p, &hp);
    return true;
}

// The walk's part of a slice, on a[2..4]: place, tails of earlier slices (innermost first), Rest.
// false: an exception is set, or WALK_BADARG is to become one.
static bool run_walk(Process *p, Term *a, UnicodeJob *job, Walk *walk) {
    uint64_t budget = bif_budget(p, UNITS_PER_REDUCTION), units = budget;
    Place place = {.at = a[2]};
    work_stack_init(&place.tails, p->vm->env.mem);
    for (;;) {
        *walk = job->outcome == OUTCOME_ERROR ? walk_check(&place, &units)
                                              : walk_convert(job, &place, &units);
        if (*walk != WALK_DONE || !term_is_cons(a[3])) break;
        place.at = TERM_NIL;
        if (units < UNITS_PER_CELL) {
            *walk = WALK_AGAIN;
            break;
        }
        units -= UNITS_PER_CELL;
        place.at = term_head(a[3]);
        a[3] = term_tail(a[3]);
    }
    bif_charge_units(p, budget - units, UNITS_PER_REDUCTION);
    bool ok = true;
    switch (*walk) {
    case WALK_DONE:
        job->walked = true;
        if (job->outcome == OUTCOME_OK && job->leftover_count > 0)
            job->outcome = OUTCOME_INCOMPLETE;
        break;
    case WALK_AGAIN: ok = save_place_gc(p, a, &place); break;
    case WALK_WRONG:
        ok = make_rest_gc(p, a, job, &place);
        job->outcome = OUTCOME_ERROR;
        a[2] = a[4];
        a[3] = TERM_NIL;
        break;
    case WALK_BADARG: ok = false; break;
    case WALK_NO_MEMORY: ok = (bif_system_limit(p), false); break;
    }
    work_stack_deinit(&place.tails);
    return ok;
}

// One slice of a job. TERM_NONE with *again: there is more to do; without: an exception is set,
// unless *badarg.
static Term run_slice(Process *p, Term *a, UnicodeJob *job, bool *again, bool *badarg) {
    *again = *badarg = false;
    while (!job->walked) {
        Walk walk;
        if (!run_walk(p, a, job, &walk)) {
            *badarg = walk == WALK_BADARG;
            return TERM_NONE;
        }
        *again = walk == WALK_AGAIN;
        if (*again) return TERM_NONE;
        job->unread = job->size;
        if (job->walked) a[2] = TERM_NIL;
    }
    if (job->to_list) {
        if (!text_to_list_gc(p, job, &a[2])) return TERM_NONE;
        *again = job->unread > 0;
        if (*again) return TERM_NONE;
    }
    return make_result(p, a, job);
}

// Data and Encoding as the function was called with, where the walk stands, the tails of earlier
// slices, Rest.
BIF(unicode_continue, "erts_internal", "unicode_continue", "Data, Encoding, At, Tails, Rest, Job",
    0, "The result of a conversion that did not end in its first slice.") {
    UnicodeJob *job = (UnicodeJob *)bif_state(a[5], job_destroy);
    if (!job) return bif_badarg(p);
    bool again, badarg;
    Term result = run_slice(p, a, job, &again, &badarg);
    if (again) return bif_go_on(p, BIF_ID_unicode_continue, 6, a);
    if (!badarg) return result;
    BifId id =
        job->to_list ? BIF_ID_unicode_characters_to_list_2 : BIF_ID_unicode_characters_to_binary_2;
    return bif_badarg_as_gc(p, id, 2, a);
}

static Term keep_job(Process *p, Term *args, UnicodeJob *job) {
    UnicodeJob *kept = mem_alloc(job->mem, sizeof *kept);
    if (!kept) {
        job_deinit(job);
        return bif_system_limit(p);
    }
    *kept = *job;
    kept->bin.destroy = job_destroy;
    atomic_init(&kept->bin.refs, 1);
    args[5] = bif_state_ref_gc(p, &kept->bin);
    if (args[5] == TERM_NONE) return TERM_NONE;
    return bif_go_on(p, BIF_ID_unicode_continue, 6, args);
}

// A binary that is what the result would be.
static bool is_done(const UnicodeJob *job, Term data, uint64_t budget) {
    if (job->to_list || !term_is_bitstring(data)) return false;
    Bits b = bits_of(data);
    if (!bits_is_binary(b) || b.offset % 8 != 0 || b.size / 8 > budget) return false;
    const uint8_t *s = b.bytes + b.offset / 8;
    Utf8End end;
    uint64_t valid = utf8_valid(s, b.size / 8, &end);
    if (end != UTF8_OK || !job->latin1) return end == UTF8_OK && valid == b.size / 8;
    for (uint64_t i = 0; i < b.size / 8; i++)
        if (s[i] >= 0x80) return false;
    return true;
}

static Term convert(Process *p, Term *a, bool to_list) {
    bool utf8 = a[1] == ATOM_unicode || a[1] == ATOM_utf8;
    if (!utf8 && a[1] != ATOM_latin1) {
        Export *ex =
            code_export(p->vm->code, ATOM_unicode,
                        to_list ? ATOM_characters_to_list_int : ATOM_characters_to_binary_int, 2);
        return ex ? bif_trap(p, ex, 2, a) : bif_system_limit(p);
    }
    UnicodeJob job;
    memset(&job, 0, offsetof(UnicodeJob, inline_bytes));
    job.mem = p->vm->env.mem;
    job.latin1 = !utf8;
    job.to_list = to_list;
    job.cap = OUT_INLINE_BYTES;
    if (is_done(&job, a[0], bif_budget(p, UNITS_PER_REDUCTION))) {
        bif_charge_units(p, bits_size(a[0]) / 8, UNITS_PER_REDUCTION);
        return a[0];
    }
    if (term_is_bitstring(a[0]) && !job_room(&job, bits_size(a[0]) / 8)) return bif_system_limit(p);
    Term args[6] = {a[0], a[1], a[0], TERM_NIL, TERM_NIL, TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 6);
    bool again, badarg;
    Term result = run_slice(p, args, &job, &again, &badarg);
    if (again)
        result = keep_job(p, args, &job);
    else
        job_deinit(&job);
    process_pop_roots(p, &roots);
    return badarg ? bif_badarg(p) : result;
}

BIF(unicode_characters_to_list_2, "unicode", "characters_to_list", "Data, InEncoding", 0,
    "The characters of Data as a list, or {error | incomplete, List, Rest}.") {
    return convert(p, a, true);
}

BIF(unicode_characters_to_binary_2, "unicode", "characters_to_binary", "Data, InEncoding", 0,
    "The characters of Data in UTF-8, or {error | incomplete, Binary, Rest}.") {
    return convert(p, a, false);
}

BIF(unicode_bin_is_7bit_1, "unicode", "bin_is_7bit", "Binary", 0,
    "Whether it is a binary, all of whose bytes are below 128.") {
    if (!term_is_bitstring(a[0])) return ATOM_false;
    Bits b = bits_of(a[0]);
    if (!bits_is_binary(b)) return ATOM_false;
    uint64_t size = b.size, now = MIN(size, bif_budget(p, UNITS_PER_REDUCTION) * 8), at = 0;
    bif_charge_units(p, now / 8, UNITS_PER_REDUCTION);
    for (; at + 64 <= now; at += 64)
        if (bits_load(b.bytes, b.offset + at, 64) & 0x8080808080808080u) return ATOM_false;
    for (; at < now; at += 8)
        if (bits_load(b.bytes, b.offset + at, 8) & 0x80) return ATOM_false;
    if (now == size) return ATOM_true;
    Hp hp;
    if (!process_reserve_gc(p, SUB_BITS_WORDS, &hp)) return TERM_NONE;
    Term rest = hp_sub_bits(&hp, a[0], now, size - now);
    process_commit(p, &hp);
    return bif_go_on(p, BIF_ID_unicode_bin_is_7bit_1, 1, &rest);
}
