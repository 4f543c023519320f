// SPDX-License-Identifier: Apache-2.0
// What becomes of I/O data: one binary, a size, or a list of binaries. See iodata.h.
#include "term/iodata.h"

// --- all in one ----------------------------------------------------------------------------------
static uint8_t *flat_bytes(IoFlat *f) {
    return f->data == NULL ? f->local : f->data->bytes;
}

static bool flat_reserve(IoFlat *f, uint64_t more_bits) {
    uint64_t cap = f->data == NULL ? IO_FLAT_LOCAL_BYTES : f->data->cap_bytes;
    if (LIKELY(f->size_bits + more_bits <= 8 * cap)) return true;
    if (f->sink.failed || more_bits > BITS_SIZE_MAX - f->size_bits) {
        f->sink.failed = true;
        return false;
    }
    uint64_t need = (f->size_bits + more_bits + 7) / 8, new_cap = MAX(need, cap + cap / 2);
    BitsData *d;
    if (f->data == NULL) {
        d = bits_data_new(f->mem, MAX(new_cap, (uint64_t)4 * IO_FLAT_LOCAL_BYTES));
        if (d != NULL) memcpy(d->bytes, f->local, (f->size_bits + 7) / 8);
    } else {
        d = mem_realloc(f->mem, f->data, sizeof *d + cap, sizeof *d + new_cap);
        if (d != NULL) d->cap_bytes = new_cap;
    }
    f->sink.failed = d == NULL;
    if (d != NULL) f->data = d;
    return d != NULL;
}

static uint8_t *flat_room(IoSink *s, size_t count) {
    IoFlat *f = CONTAINER_OF(s, IoFlat, sink);
    if (!flat_reserve(f, 8 * (uint64_t)count)) return NULL;
    if (LIKELY((f->size_bits & 7) == 0)) return flat_bytes(f) + f->size_bits / 8;
    f->scratch.size_bytes = 0;
    s->failed = !buf_reserve(&f->scratch, count);
    return s->failed ? NULL : f->scratch.data;
}

static void flat_bits(IoSink *s, Term of UNUSED, Bits part) {
    IoFlat *f = CONTAINER_OF(s, IoFlat, sink);
    if (!flat_reserve(f, part.size)) return;
    bits_copy(flat_bytes(f), f->size_bits, part.bytes, part.offset, part.size);
    f->size_bits += part.size;
}

static void flat_filled(IoSink *s, uint8_t *bytes, size_t count) {
    IoFlat *f = CONTAINER_OF(s, IoFlat, sink);
    if (LIKELY((f->size_bits & 7) == 0))
        f->size_bits += 8 * (uint64_t)count;
    else
        flat_bits(s, TERM_NIL, (Bits){bytes, 0, 8 * (uint64_t)count});
}

void io_flat_init(IoFlat *f, Mem *mem, bool any_bits) {
    f->sink =
        (IoSink){.room = flat_room, .filled = flat_filled, .bits = flat_bits, .any_bits = any_bits};
    f->mem = mem;
    f->data = NULL;
    f->size_bits = 0;
    buf_init(&f->scratch, mem);
}

void io_flat_deinit(IoFlat *f) {
    if (f->data != NULL) bits_data_release(f->data);
    f->data = NULL;
    buf_deinit(&f->scratch);
}

Term io_flat_take(IoFlat *f, Hp *hp) {
    if (f->size_bits <= 8 * HEAP_BITS_BYTES_MAX)
        return hp_bits_copy(f->mem, hp, (Bits){flat_bytes(f), 0, f->size_bits});
    uint64_t bytes = (f->size_bits + 7) / 8, cap = f->data->cap_bytes;
    BitsData *d = mem_realloc(f->mem, f->data, sizeof *d + cap, sizeof *d + bytes);
    if (d == NULL) return TERM_NONE;
    f->data = NULL;
    d->cap_bytes = bytes;
    d->used_bits = f->size_bits;
    if (f->size_bits & 7) d->bytes[bytes - 1] &= (uint8_t)(0xff00u >> (f->size_bits & 7));
    return hp_refc_bits(hp, d, f->size_bits);
}

// --- the size ------------------------------------------------------------------------------------
static uint8_t *count_room(IoSink *s, size_t count) {
    CONTAINER_OF(s, IoCount, sink)->bytes += count;
    return NULL;
}

static void count_bits(IoSink *s, Term of UNUSED, Bits part) {
    CONTAINER_OF(s, IoCount, sink)->bytes += part.size / 8;
}

void io_count_init(IoCount *c) {
    *c = (IoCount){.sink = {.room = count_room, .bits = count_bits, .whole_bits = true}};
}

// --- a list of binaries --------------------------------------------------------------------------
static size_t pending(const IoVector *v) {
    return v->copied.size_bytes - v->piece;
}

static void cut(IoVector *v) {
    if (pending(v) == 0) return;
    work_stack_push(&v->pieces, v->piece);
    work_stack_push(&v->pieces, v->copied.size_bytes);
    v->piece = v->copied.size_bytes;
    v->piece_cap = IO_VECTOR_PIECE_BYTES;
}

// Room for `count` bytes of one piece, which is ended before them if it would become too long.
static uint8_t *vector_room(IoSink *s, size_t count) {
    IoVector *v = CONTAINER_OF(s, IoVector, sink);
    if (v->copied.data == NULL && !buf_start_bits_data(&v->copied, MAX(count, (size_t)256))) {
        s->failed = true;
        return NULL;
    }
    if (v->piece == 0) v->piece = v->copied.size_bytes;
    if (pending(v) + count > v->piece_cap) {
        if (pending(v) >= IO_VECTOR_SHARE_BYTES) cut(v);
        v->piece_cap = MAX(pending(v) + count, (size_t)IO_VECTOR_PIECE_BYTES);
    }
    s->failed = !buf_reserve(&v->copied, count);
    return s->failed ? NULL : v->copied.data + v->copied.size_bytes;
}

static void vector_filled(IoSink *s, uint8_t *bytes UNUSED, size_t count) {
    CONTAINER_OF(s, IoVector, sink)->copied.size_bytes += count;
}

static void vector_copy(IoSink *s, Bits part) {
    uint8_t *to = vector_room(s, part.size / 8);
    if (to == NULL) return;
    bits_copy(to, 0, part.bytes, part.offset, part.size);
    vector_filled(s, to, part.size / 8);
}

static void vector_bits(IoSink *s, Term of, Bits part) {
    IoVector *v = CONTAINER_OF(s, IoVector, sink);
    size_t count = part.size / 8, taken = 0;
    if (count == 0) return;
    if (count >= IO_VECTOR_SHARE_BYTES && v->copied.data != NULL && pending(v) > 0 &&
        pending(v) < IO_VECTOR_SHARE_BYTES) {
        taken = IO_VECTOR_SHARE_BYTES - pending(v);
        vector_copy(s, bits_part(part, 0, 8 * taken));
        part = bits_part(part, 8 * taken, part.size - 8 * taken);
        count -= taken;
    }
    if (count < IO_VECTOR_SHARE_BYTES || s->failed) {
        if (count > 0 && !s->failed) vector_copy(s, part);
        return;
    }
    if (v->copied.data != NULL) cut(v);
    if (part.offset & 7) { // to be a binary it has to start at a byte
        vector_copy(s, part);
        if (!s->failed) cut(v);
        return;
    }
    work_stack_push(&v->pieces, 8 * taken);
    work_stack_push(&v->pieces, (8 * taken + part.size) | IO_VECTOR_SHARED);
    work_stack_push(&v->shared, of);
}

void io_vector_init(IoVector *v, Mem *mem) {
    v->sink = (IoSink){
        .room = vector_room, .filled = vector_filled, .bits = vector_bits, .whole_bits = true};
    v->mem = mem;
    buf_init(&v->copied, mem);
    v->piece = 0;
    v->piece_cap = IO_VECTOR_PIECE_BYTES;
    work_stack_init(&v->pieces, mem);
    work_stack_init(&v->shared, mem);
}

void io_vector_deinit(IoVector *v) {
    buf_deinit(&v->copied);
    work_stack_deinit(&v->pieces);
    work_stack_deinit(&v->shared);
}

void io_vector_move(IoVector *to, IoVector *from) {
    to->sink = from->sink;
    to->mem = from->mem;
    to->copied = from->copied;
    to->piece = from->piece;
    to->piece_cap = from->piece_cap;
    work_stack_move(&to->pieces, &from->pieces);
    work_stack_move(&to->shared, &from->shared);
}

bool io_vector_finish(IoVector *v) {
    if (v->copied.data != NULL) cut(v);
    return !v->sink.failed;
}

size_t io_vector_words(const IoVector *v) {
    return REFC_BITS_WORDS + bits_words(8 * HEAP_BITS_BYTES_MAX) +
           v->pieces.count / 2 * (CONS_WORDS + SUB_BITS_WORDS);
}

// A piece of `of`, or all of it.
static Term piece_of(Hp *hp, Term of, uint64_t start, uint64_t size) {
    if (start == 0 && size == bits_size(of)) return of;
    return hp_sub_bits(hp, of, start, size);
}

Term io_vector_take(IoVector *v, Hp *hp) {
    const size_t head = sizeof(BitsData);
    Term copied = TERM_NIL, list = TERM_NIL;
    if (v->copied.size_bytes > head) {
        size_t bytes = v->copied.size_bytes - head;
        if (bytes <= HEAP_BITS_BYTES_MAX) {
            copied = hp_binary(v->mem, hp, v->copied.data + head, bytes);
        } else {
            BitsData *d = buf_take_bits_data(&v->copied);
            if (d == NULL) return TERM_NONE;
            copied = hp_refc_bits(hp, d, 8 * (uint64_t)bytes);
        }
    }
    size_t shared = v->shared.count;
    for (size_t i = v->pieces.count; i > 0; i -= 2) {
        uint64_t start = v->pieces.items[i - 2], end = v->pieces.items[i - 1];
        Term piece;
        if (end & IO_VECTOR_SHARED)
            piece =
                piece_of(hp, v->shared.items[--shared], start, (end & ~IO_VECTOR_SHARED) - start);
        else
            piece = piece_of(hp, copied, 8 * (start - head), 8 * (end - start));
        list = hp_cons(hp, piece, list);
    }
    return list;
}
