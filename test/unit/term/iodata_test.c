// SPDX-License-Identifier: Apache-2.0
// Walks over generated I/O data: what the three sinks make of it, in slices of any size, and with
// allocations that fail.
#include "term/iodata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka wants the above first
#include <cmocka.h>

enum { WORDS = 1 << 20, FLAT_MAX = 1 << 20 };
typedef struct World {
    Mem mem;
    OffHeap off;
    Hp hp;
    uint64_t seed;
    uint8_t flat[FLAT_MAX]; // what the data should come to
    size_t flat_bytes;
    Term words[WORDS];
} World;

static int world_up(void **state) {
    World *w = calloc(1, sizeof *w);
    mem_init(&w->mem);
    w->hp = (Hp){w->words, w->words + WORDS, &w->off};
    w->seed = 88172645463325252u;
    *state = w;
    return 0;
}

static void heap_clear(World *w) {
    for (Term *p = w->off.first; p != NULL; p = (Term *)(uintptr_t)p[REFC_BITS_LINK])
        bits_data_release((BitsData *)(uintptr_t)p[REFC_BITS_DATA]);
    w->off = (OffHeap){0};
    w->hp.top = w->words;
    w->flat_bytes = 0;
}

static int world_down(void **state) {
    World *w = *state;
    heap_clear(w);
    uint64_t left = mem_bytes(&w->mem);
    free(w);
    return left == 0 ? 0 : -1;
}

static uint64_t rnd(World *w, uint64_t below) {
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (w->seed >> 11) % below;
}

// A binary of random bytes, sometimes one that does not start at a byte.
static Term make_binary(World *w) {
    size_t size = rnd(w, 10) == 0 ? rnd(w, 20000) : rnd(w, 300), shift = rnd(w, 3) == 0;
    uint8_t *bytes;
    Term t = hp_bits(&w->mem, &w->hp, 8 * (size + shift), &bytes);
    for (size_t i = 0; i < size + shift; i++) bytes[i] = (uint8_t)rnd(w, 256);
    if (shift) t = hp_sub_bits(&w->hp, t, 3, 8 * size);
    assert_true(w->flat_bytes + size <= FLAT_MAX);
    Bits b = bits_of(t);
    bits_copy(w->flat + w->flat_bytes, 0, b.bytes, b.offset, b.size);
    w->flat_bytes += size;
    return t;
}

static Term make_byte(World *w) {
    uint8_t byte = (uint8_t)rnd(w, 256);
    w->flat[w->flat_bytes++] = byte;
    return term_small(byte);
}

// Elements in order, so that `flat` grows in order too; nesting by a stack of cells to go on from.
static Term make_data(World *w, size_t elements) {
    Term *open[64]; // tails of the lists around
    size_t depth = 0;
    Term *first = hp_take(&w->hp, 2), *cell = first;
    cell[0] = TERM_NIL;
    cell[1] = TERM_NIL;
    for (size_t i = 0; i < elements; i++) {
        Term *next = hp_take(&w->hp, 2);
        next[1] = TERM_NIL;
        cell[1] = term_cons(next);
        cell = next;
        uint64_t kind = rnd(w, 12);
        next[0] = kind < 7 ? make_byte(w) : kind < 9 ? make_binary(w) : TERM_NIL;
        if (kind == 9 && depth < ARRAY_COUNT(open)) {
            Term *inner = hp_take(&w->hp, 2);
            next[0] = term_cons(inner);
            inner[0] = TERM_NIL;
            inner[1] = TERM_NIL;
            open[depth++] = cell;
            cell = inner;
        } else if (kind == 10 && depth > 0) {
            if (rnd(w, 3) == 0) cell[1] = make_binary(w); // a tail
            cell = open[--depth];
        }
    }
    return term_cons(first);
}

static IoStatus run(IoWalk *walk, IoSink *sink, int64_t slice) {
    IoStatus status;
    int64_t budget;
    do budget = slice;
    while ((status = io_walk_run(walk, sink, &budget)) == IO_MORE);
    return status;
}

static const int64_t slices[] = {1, 2, 7, 1000, INT64_MAX};

static void flat_and_count_in_any_slices(void **state) {
    World *w = *state;
    for (int round = 0; round < 60; round++) {
        heap_clear(w);
        Term data = make_data(w, rnd(w, 600));
        for (size_t i = 0; i < ARRAY_COUNT(slices); i++) {
            IoWalk walk;
            IoFlat flat;
            IoCount count;
            io_walk_init(&walk, &w->mem, data);
            io_flat_init(&flat, &w->mem, false);
            assert_int_equal(run(&walk, &flat.sink, slices[i]), IO_DONE);
            io_walk_deinit(&walk);
            assert_int_equal(flat.size_bits, 8 * w->flat_bytes);
            Term t = io_flat_take(&flat, &w->hp);
            assert_true(bits_equal(bits_of(t), (Bits){w->flat, 0, 8 * w->flat_bytes}));
            io_flat_deinit(&flat);
            io_walk_init(&walk, &w->mem, data);
            io_count_init(&count);
            assert_int_equal(run(&walk, &count.sink, slices[i]), IO_DONE);
            assert_int_equal(count.bytes, w->flat_bytes);
            io_walk_deinit(&walk);
        }
    }
}

static void vector_joins_to_the_same(void **state) {
    World *w = *state;
    for (int round = 0; round < 60; round++) {
        heap_clear(w);
        Term data = make_data(w, rnd(w, 600));
        IoWalk walk, walk2;
        IoVector v, v2;
        io_walk_init(&walk, &w->mem, data);
        io_vector_init(&v, &w->mem);
        // moved in the middle, as a builtin does that goes on later
        int64_t budget = 1 + (int64_t)rnd(w, 300);
        IoStatus status = io_walk_run(&walk, &v.sink, &budget);
        io_walk_move(&walk2, &walk);
        io_vector_move(&v2, &v);
        if (status == IO_MORE) status = run(&walk2, &v2.sink, 5);
        assert_int_equal(status, IO_DONE);
        assert_true(io_vector_finish(&v2));
        Term *limit = w->hp.top + io_vector_words(&v2);
        Term list = io_vector_take(&v2, &w->hp);
        assert_true(w->hp.top <= limit);
        size_t at = 0;
        for (; term_is_cons(list); list = term_tail(list)) {
            Bits b = bits_of(term_head(list));
            assert_true(b.size > 0 && (b.size & 7) == 0 && (b.offset & 7) == 0);
            assert_true(bits_equal(b, (Bits){w->flat + at, 0, b.size}));
            at += b.size / 8;
        }
        assert_int_equal(at, w->flat_bytes);
        io_walk_deinit(&walk2);
        io_vector_deinit(&v2);
    }
}

static void what_is_no_data(void **state) {
    World *w = *state;
    Term bits = hp_bits_copy(&w->mem, &w->hp, (Bits){(const uint8_t *)"a", 0, 5});
    const Term bad[] = {term_small(1),
                        bits,
                        hp_cons(&w->hp, term_small(256), TERM_NIL),
                        hp_cons(&w->hp, term_small(-1), TERM_NIL),
                        hp_cons(&w->hp, term_small(1), term_small(2)),
                        hp_cons(&w->hp, bits, TERM_NIL),
                        hp_cons(&w->hp, hp_cons(&w->hp, term_small(1), bits), TERM_NIL)};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        IoWalk walk;
        IoCount count;
        io_walk_init(&walk, &w->mem, bad[i]);
        io_count_init(&count);
        assert_int_equal(run(&walk, &count.sink, 3), IO_BAD);
        io_walk_deinit(&walk);
    }
}

static void no_memory_is_said_and_nothing_lost(void **state) {
    World *w = *state;
    Term data = make_data(w, 500);
    uint64_t held = mem_bytes(&w->mem);
    for (uint64_t every = 1; every < 5; every++) {
        w->mem.fail_every = every;
        w->mem.fail_count = 0;
        IoWalk walk;
        IoFlat flat;
        io_walk_init(&walk, &w->mem, data);
        io_flat_init(&flat, &w->mem, false);
        IoStatus status = run(&walk, &flat.sink, 100);
        assert_true(status == IO_NO_MEMORY || every > 1);
        io_walk_deinit(&walk);
        io_flat_deinit(&flat);
        IoVector v;
        io_walk_init(&walk, &w->mem, data);
        io_vector_init(&v, &w->mem);
        status = run(&walk, &v.sink, 100);
        assert_true(status == IO_NO_MEMORY || every > 1);
        io_walk_deinit(&walk);
        io_vector_deinit(&v);
        w->mem.fail_every = 0;
        assert_int_equal(mem_bytes(&w->mem), held);
    }
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
    const struct CMUnitTest tests[] = {
        CASE(flat_and_count_in_any_slices),
        CASE(vector_joins_to_the_same),
        CASE(what_is_no_data),
        CASE(no_memory_is_said_and_nothing_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
