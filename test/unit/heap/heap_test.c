// SPDX-License-Identifier: Apache-2.0
// Collections: random terms against a model, in all modes; depth, limits, accounting.
#include "graph.h"

#include "term/map.h"

static const HeapConfig plain = {
    .min_words = 233, .min_vheap_bytes = 1 << 20, .fullsweep_after = 65535};

// A stress build collects at every reserve, or nearly so: a pass takes many times as long there.
#ifdef DT_STRESS
enum { DEEP = 200000, MANY = 20000, STEPS = 5000 };
#else
enum { DEEP = 10000000, MANY = 500000, STEPS = 20000 };
#endif

// Makes room as a process does; false: no memory (only when allocations are made to fail).
static bool room(World *w, size_t words) {
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    if (heap_has_room(&w->heap, words)) return true;
    return heap_reserve_gc(&w->heap, words, &roots) == HEAP_OK;
}

static void step_build(World *w) {
    if (!room(w, NODE_WORDS_MAX + 1)) return;
    Value v;
    Hp hp = heap_hp(&w->heap, NODE_WORDS_MAX + 1);
    Term t = build_random(w, &hp, &v);
    heap_commit(&w->heap, &hp);
    size_t i = random_below(w, SLOTS);
    w->slot[i] = t;
    w->slot_value[i] = v;
}

static void step_fragment(World *w) {
    HeapFragment *f = heap_fragment_new(&w->mem, 4 * (NODE_WORDS_MAX + 1));
    if (f == NULL) return;
    Hp hp = {f->mem, f->mem + f->words, &f->off};
    // Terms of a fragment may point to each other and to what the process has.
    for (int k = 0; k < 4; k++) {
        size_t i = random_below(w, SLOTS);
        Value v;
        w->slot[i] = build_random(w, &hp, &v);
        w->slot_value[i] = v;
    }
    f->used = (size_t)(hp.top - f->mem);
    heap_adopt_fragment(&w->heap, f);
}

static void step_stack(World *w) {
    size_t depth = (size_t)(w->heap.end - w->heap.stack);
    if (random_below(w, 2) == 0 && depth > 0) {
        w->heap.stack++;
        return;
    }
    if (depth == STACK_MAX || !room(w, 1)) return;
    Value v = {true, UINT64_MAX};
    Term t;
    switch (random_below(w, 4)) {
    case 0: t = term_return_address((void *)(random_bits(w) >> 20 & ~(uint64_t)3)); break;
    case 1: t = term_catch((void *)(random_bits(w) >> 20 & ~(uint64_t)3)); break;
    default: t = random_value(w, &v);
    }
    w->stack_raw[depth] = t;
    w->stack_value[depth] = v;
    *--w->heap.stack = t;
}

static void step_collect(World *w) {
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    if (random_below(w, 4) == 0) {
        HeapStatus shrunk = heap_shrink_gc(&w->heap, random_below(w, 20), &roots);
        assert_true(shrunk == HEAP_OK || w->mem.fail_every != 0);
        return;
    }
    HeapStatus status =
        heap_collect_gc(&w->heap, random_below(w, 200), &roots, random_below(w, 3) == 0);
    assert_true(status == HEAP_OK || w->mem.fail_every != 0);
}

static void run_world(HeapConfig config, uint64_t seed, size_t steps, uint64_t fail_every,
                      size_t check_every) {
    World *w = malloc(sizeof *w);
    world_init(w, config, seed);
    w->mem.fail_every = fail_every;
    for (size_t i = 0; i < steps; i++) {
        switch (random_below(w, 16)) {
        case 0: step_fragment(w); break;
        case 1:
        case 2: step_stack(w); break;
        case 3:
            if (random_below(w, 10) == 0) step_collect(w);
            break;
        case 4: { // forget a lot at times, so that there is garbage of any age
            if (random_below(w, 20) != 0) break;
            for (size_t k = 0; k < SLOTS - 3; k++) {
                w->slot[k] = TERM_NIL;
                w->slot_value[k] = (Value){false, TERM_NIL};
            }
            break;
        }
        default: step_build(w);
        }
        if (i % check_every == 0) check_world(w);
    }
    check_world(w);
    w->mem.fail_every = 0;
    world_deinit(w);
    free(w);
}

static void random_terms(void **state) {
    for (uint64_t seed = 1; seed <= 6; seed++) run_world(plain, seed, STEPS, 0, 500);
}

static void random_terms_mostly_major(void **state) {
    HeapConfig config = plain;
    config.fullsweep_after = 1;
    run_world(config, 11, STEPS, 0, 500);
    config.fullsweep_after = 0;
    run_world(config, 12, STEPS, 0, 500);
}

static void random_terms_small_vheap(void **state) {
    HeapConfig config = plain;
    config.min_vheap_bytes = 5000;
    run_world(config, 21, STEPS, 0, 500);
    config.min_vheap_bytes = 0;
    run_world(config, 22, STEPS, 0, 500);
}

static void random_terms_stress(void **state) {
    HeapConfig config = plain;
    config.stress = true;
    run_world(config, 31, STEPS / 5, 0, 20);
}

static void random_terms_failing_memory(void **state) {
    for (uint64_t every = 2; every < 9; every++)
        run_world(plain, 40 + every, STEPS / 2, every, 500);
    HeapConfig config = plain;
    config.stress = true;
    run_world(config, 51, 2000, 3, 50);
}

// --- one thing at a time -------------------------------------------------------------------------

static World *open_world(HeapConfig config) {
    World *w = malloc(sizeof *w);
    assert_non_null(w);
    world_init(w, config, 1);
    return w;
}
static void close_world(World *w) {
    world_deinit(w);
    free(w);
}

// slot[0] is the term that is kept.
static Hp open_hp(World *w, size_t words) {
    assert_true(room(w, words));
    return heap_hp(&w->heap, words);
}
static void collect_now(World *w, bool major) {
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    assert_int_equal(heap_collect_gc(&w->heap, 0, &roots, major), HEAP_OK);
}

static void deep_list(void **state) {
    World *w = open_world(plain);
    w->slot[0] = TERM_NIL;
    for (int i = 0; i < DEEP; i++) {
        Hp hp = open_hp(w, 2);
        w->slot[0] = hp_cons(&hp, term_small(i), w->slot[0]);
        heap_commit(&w->heap, &hp);
    }
    collect_now(w, true);
    collect_now(w, false);
    Term t = w->slot[0];
    for (int i = DEEP - 1; i >= 0; i--, t = term_tail(t))
        assert_int_equal(term_head(t), term_small(i));
    assert_int_equal(t, TERM_NIL);
    close_world(w);
}

// {{{...}}} and [[[...]]], alternating.
static void deep_nesting(void **state) {
    World *w = open_world(plain);
    w->slot[0] = TERM_NIL;
    for (int i = 0; i < DEEP; i++) {
        Hp hp = open_hp(w, 3);
        if (i & 1)
            w->slot[0] = hp_cons(&hp, w->slot[0], TERM_NIL);
        else
            w->slot[0] = hp_tuple2(&hp, w->slot[0], term_small(i));
        heap_commit(&w->heap, &hp);
    }
    collect_now(w, true);
    collect_now(w, false);
    collect_now(w, false);
    Term t = w->slot[0];
    for (int i = DEEP - 1; i >= 0; i--) {
        if (i & 1)
            assert_true(term_is_cons(t) && term_tail(t) == TERM_NIL);
        else
            assert_int_equal(term_tuple_elements(t)[1], term_small(i));
        t = i & 1 ? term_head(t) : term_tuple_elements(t)[0];
    }
    assert_int_equal(t, TERM_NIL);
    close_world(w);
}

static void views_keep_their_base(void **state) {
    for (int stress = 0; stress < 2; stress++) {
        HeapConfig config = plain;
        config.stress = stress;
        World *w = open_world(config);
        uint8_t *bytes;
        Hp hp = open_hp(w, REFC_BITS_WORDS + 3 * SUB_BITS_WORDS + HEAP_BITS_WORDS(80));
        Term big = hp_bits(&w->mem, &hp, 1000 * 8, &bytes);
        memset(bytes, 7, 1000);
        Term small = hp_bits(&w->mem, &hp, 80, &bytes);
        memset(bytes, 9, 10);
        w->slot[0] = hp_sub_bits(&hp, big, 80, 8000 - 80);
        w->slot[1] = hp_sub_bits(&hp, small, 3, 70);
        Term *ctx = hp_take(&hp, MATCH_CTX_WORDS);
        ctx[0] = HEADER(KIND_MATCH_CTX, MATCH_CTX_WORDS - 1);
        ctx[1] = big;
        // Positions may look like pointers into the block.
        ctx[2] = term_boxed(w->heap.start);
        ctx[3] = term_cons(w->heap.start) + 8;
        w->slot[2] = term_boxed(ctx);
        Term positions[2] = {ctx[2], ctx[3]};
        heap_commit(&w->heap, &hp);
        for (int i = 0; i < 8; i++) {
            collect_now(w, i % 3 == 2);
            Bits b = bits_of(w->slot[0]);
            assert_int_equal(b.size, 8000 - 80);
            assert_int_equal(b.bytes[b.offset / 8], 7);
            assert_int_equal(b.bytes[(b.offset + b.size) / 8 - 1], 7);
            b = bits_of(w->slot[1]);
            assert_int_equal(b.offset, 3);
            assert_int_equal(b.bytes[0], 9);
            const Term *p = term_boxed_ptr(w->slot[2]);
            assert_int_equal(p[1], term_boxed_ptr(w->slot[0])[1]);
            assert_int_equal(p[2], positions[0]);
            assert_int_equal(p[3], positions[1]);
        }
        close_world(w);
    }
}

// What term/*.h say of each kind's words, once more.
static void term_words_of_kinds(void **state) {
    enum { WORDS = 5 };
    static const struct {
        Kind kind;
        size_t first, count;
    } expected[] = {
        {KIND_TUPLE, 1, WORDS},        {KIND_MAP_FLAT, 1, WORDS},     {KIND_FUN, 2, WORDS - 1},
        {KIND_MAP_TRIE, 3, WORDS - 2}, {KIND_MAP_NODE, 2, WORDS - 1}, {KIND_SUB_BITS, 1, 1},
        {KIND_MATCH_CTX, 1, 1},
    };
    for (int kind = 0; kind < 16; kind++) {
        TermRange r = object_term_range(HEADER(kind, WORDS));
        size_t first = WORDS + 1, count = 0; // none
        for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
            if ((int)expected[i].kind != kind) continue;
            first = expected[i].first;
            count = expected[i].count;
        }
        assert_int_equal(r.first, first);
        assert_int_equal(r.count, count);
    }
}

static void large_maps(void **state) {
    enum { PAIRS = 3000 };
    World *w = open_world(plain);
    TermEnv env = {.mem = &w->mem};
    Term *kv = malloc(2 * PAIRS * sizeof(Term));
    Hp hp = open_hp(w, map_build_words(PAIRS) + PAIRS * 3);
    for (int i = 0; i < PAIRS; i++) {
        kv[2 * i] = term_small(i);
        kv[2 * i + 1] = hp_tuple2(&hp, term_small(i), TERM_NIL);
    }
    w->slot[0] = map_build(&env, &hp, kv, PAIRS);
    heap_commit(&w->heap, &hp);
    free(kv);
    for (int round = 0; round < 5; round++) {
        collect_now(w, round % 2 == 1);
        assert_int_equal(map_size(w->slot[0]), PAIRS);
        for (int i = 0; i < PAIRS; i++) {
            Term v = map_get(&env, w->slot[0], term_small(i));
            assert_int_equal(term_tuple_elements(v)[0], term_small(i));
        }
    }
    close_world(w);
}

static void max_size(void **state) {
    HeapConfig config = plain;
    config.max_words = 10000;
    config.max_kill = true;
    World *w = open_world(config);
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    assert_int_equal(heap_reserve_gc(&w->heap, 20000, &roots), HEAP_MAX_SIZE);
    assert_int_equal(heap_reserve_gc(&w->heap, SIZE_MAX, &roots), HEAP_MAX_SIZE);
    HeapStatus status = HEAP_OK;
    size_t built = 0;
    w->slot[0] = TERM_NIL;
    for (; built < 10000 && status == HEAP_OK; built++) {
        if (!heap_has_room(&w->heap, 2)) status = heap_reserve_gc(&w->heap, 2, &roots);
        if (status != HEAP_OK) break;
        Hp hp = heap_hp(&w->heap, 2);
        w->slot[0] = hp_cons(&hp, term_small(1), w->slot[0]);
        heap_commit(&w->heap, &hp);
    }
    assert_int_equal(status, HEAP_MAX_SIZE);
    assert_true(built > 1000);
    // What was built is still there.
    size_t length = 0;
    for (Term t = w->slot[0]; term_is_cons(t); t = term_tail(t)) length++;
    assert_int_equal(length, built);
    close_world(w);
    // Without a limit, more than there can be is no memory.
    w = open_world(plain);
    assert_int_equal(heap_reserve_gc(&w->heap, SIZE_MAX, &roots), HEAP_NO_MEMORY);
    close_world(w);
}

// Garbage does not count against the maximal size, nor does it make the heap grow.
static void garbage_needs_no_room(void **state) {
    HeapConfig config = plain;
    config.max_words = 2000;
    config.max_kill = true;
    World *w = open_world(config);
    for (int i = 0; i < MANY / 5; i++) {
        Hp hp = open_hp(w, 3);
        w->slot[i % 8] = hp_tuple2(&hp, term_small(i), term_small(i));
        heap_commit(&w->heap, &hp);
    }
    assert_true(heap_total_words(&w->heap) < 1000);
    close_world(w);
}

static void shrinks_when_data_dies(void **state) {
    World *w = open_world(plain);
    for (int i = 0; i < MANY; i++) {
        Hp hp = open_hp(w, 2);
        w->slot[0] = hp_cons(&hp, term_small(i), w->slot[0]);
        heap_commit(&w->heap, &hp);
    }
    assert_true(heap_total_words(&w->heap) > 2 * MANY);
    w->slot[0] = TERM_NIL;
    collect_now(w, true);
    collect_now(w, true);
    assert_true(heap_total_words(&w->heap) < 2000);
    close_world(w);
}

// What a process keeps that hibernates, and no more: its data, its stack, and the room asked for.
static void shrunk_to_what_is_kept(void **state) {
    World *w = open_world(plain);
    for (int i = 0; i < 2000; i++) {
        Hp hp = open_hp(w, 4);
        Term t = hp_cons(&hp, term_small(i), TERM_NIL); // garbage
        if (i % 4 == 0) t = hp_cons(&hp, term_small(i), w->slot[0]);
        if (i % 4 == 0) w->slot[0] = t;
        heap_commit(&w->heap, &hp);
    }
    *--w->heap.stack = w->slot[0];
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    assert_int_equal(heap_shrink_gc(&w->heap, 3, &roots), HEAP_OK);
    assert_int_equal(heap_total_words(&w->heap), 2 * 500 + 1 + 3 + HEAP_STACK_RESERVE);
    assert_true(heap_has_room(&w->heap, 3) || w->heap.off_limit_bytes == 0);
    assert_int_equal(*w->heap.stack, w->slot[0]);
    assert_int_equal(term_head(w->slot[0]), term_small(1996));
    w->heap.stack++;
    // And nothing at all.
    w->slot[0] = TERM_NIL;
    assert_int_equal(heap_shrink_gc(&w->heap, 0, &roots), HEAP_OK);
    assert_int_equal(heap_total_words(&w->heap), HEAP_STACK_RESERVE);
    Hp hp = open_hp(w, 1000); // it grows again
    heap_commit(&w->heap, &hp);
    close_world(w);
}

// Too much for one more copy: it stays in the old generation.
static void shrunk_with_much_data(void **state) {
    World *w = open_world(plain);
    for (int i = 0; i < 100000; i++) {
        Hp hp = open_hp(w, 2);
        w->slot[0] = hp_cons(&hp, term_small(i), w->slot[0]);
        heap_commit(&w->heap, &hp);
    }
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    assert_int_equal(heap_shrink_gc(&w->heap, 3, &roots), HEAP_OK);
    assert_true(w->heap.end - w->heap.start < 100);
    int i = 99999;
    for (Term t = w->slot[0]; t != TERM_NIL; t = term_tail(t), i--)
        assert_int_equal(term_head(t), term_small(i));
    assert_int_equal(i, -1);
    close_world(w);
}

static void off_heap_starts_collections(void **state) {
    HeapConfig config = plain;
    config.min_words = 100000; // words alone would start none
    World *w = open_world(config);
    for (int i = 0; i < 1000; i++) {
        uint8_t *bytes;
        Hp hp = open_hp(w, REFC_BITS_WORDS);
        w->slot[0] = hp_bits(&w->mem, &hp, 100000 * 8, &bytes);
        heap_commit(&w->heap, &hp);
        assert_true(mem_bytes(&w->mem) < ((uint64_t)8 << 20));
    }
    assert_true(w->heap.past->collections_minor > 10);
    // When they are kept, the limit grows with them.
    uint64_t before = w->heap.past->collections_minor + w->heap.past->collections_major;
    for (int i = 0; i < 1000; i++) {
        uint8_t *bytes;
        Hp hp = open_hp(w, REFC_BITS_WORDS + CONS_WORDS);
        Term t = hp_bits(&w->mem, &hp, 100000 * 8, &bytes);
        w->slot[1] = hp_cons(&hp, t, w->slot[1]);
        heap_commit(&w->heap, &hp);
    }
    if (!heap_is_stressed(&w->heap))
        assert_true(w->heap.past->collections_minor + w->heap.past->collections_major - before <
                    60);
    close_world(w);
}

// Blocks that a heap gives up serve it again, and what waits has a limit.
static void pool_reuses_blocks(void **state) {
    HeapConfig config = plain;
    config.min_words = 100000; // mapped
    World *w = open_world(config);
    assert_non_null(w->pool);
    bool stress = heap_is_stressed(&w->heap);
    Term *seen[8] = {0};
    size_t fresh = 0;
    for (int i = 0; i < 200; i++) {
        collect_now(w, false);
        size_t k = 0;
        while (k < ARRAY_COUNT(seen) && seen[k] != NULL && seen[k] != w->heap.start) k++;
        assert_true(stress || k < ARRAY_COUNT(seen));
        if (!stress && seen[k] == NULL) {
            seen[k] = w->heap.start;
            fresh++;
        }
    }
    assert_true(stress || fresh == 2);
    // A large block that is given up does not wait beside a small heap.
    for (int i = 0; i < MANY * 4; i++) {
        Hp hp = open_hp(w, 2);
        w->slot[0] = hp_cons(&hp, term_small(i), w->slot[0]);
        heap_commit(&w->heap, &hp);
    }
    w->slot[0] = TERM_NIL;
    collect_now(w, true);
    collect_now(w, true);
    assert_true(mem_bytes(&w->mem) < ((uint64_t)12 << 20));
    block_pool_clear(w->pool);
    close_world(w);
}

static void old_blocks_become_unreadable(void **state) {
    HeapConfig config = plain;
    config.stress = true;
    World *w = open_world(config);
    Term *before = w->heap.start;
    collect_now(w, true);
    assert_ptr_not_equal(before, w->heap.start);
    // The system call reports the fault that a read would be.
    int err = os_write(w->os, OS_STDERR, before, 8);
    assert_int_equal(err, -14); // EFAULT
    close_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_terms),
        cmocka_unit_test(random_terms_mostly_major),
        cmocka_unit_test(random_terms_small_vheap),
        cmocka_unit_test(random_terms_stress),
        cmocka_unit_test(random_terms_failing_memory),
        cmocka_unit_test(views_keep_their_base),
        cmocka_unit_test(term_words_of_kinds),
        cmocka_unit_test(large_maps),
        cmocka_unit_test(max_size),
        cmocka_unit_test(garbage_needs_no_room),
        cmocka_unit_test(shrinks_when_data_dies),
        cmocka_unit_test(shrunk_to_what_is_kept),
        cmocka_unit_test(shrunk_with_much_data),
        cmocka_unit_test(off_heap_starts_collections),
        cmocka_unit_test(pool_reuses_blocks),
        cmocka_unit_test(old_blocks_become_unreadable),
        cmocka_unit_test(deep_list),
        cmocka_unit_test(deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
