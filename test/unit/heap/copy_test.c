// SPDX-License-Identifier: Apache-2.0
// Copying terms and measuring them.
#include "graph.h"

#include "term/fun.h"

static const HeapConfig plain = {.min_words = 233, .fullsweep_after = 65535};

// Structural equality without regard to sharing; counted data must be the same data. Iterative.
static void check_same(Mem *m, const LiteralRange *lits, Term a, Term b) {
    WorkStack todo;
    work_stack_init(&todo, m);
    work_stack_push(&todo, a);
    work_stack_push(&todo, b);
    while (!work_stack_empty(&todo)) {
        b = work_stack_pop(&todo);
        a = work_stack_pop(&todo);
        if (!term_is_pointer(a) || term_is_literal(lits, a)) {
            assert_int_equal(a, b);
            continue;
        }
        assert_int_not_equal(a, b);
        if (term_is_cons(a)) {
            assert_true(term_is_cons(b));
            work_stack_push(&todo, term_head(a));
            work_stack_push(&todo, term_head(b));
            work_stack_push(&todo, term_tail(a));
            work_stack_push(&todo, term_tail(b));
            continue;
        }
        Term header = term_header(a);
        assert_int_equal(header, term_header(b));
        TermRange r = object_term_range(header);
        size_t words = header_words(header);
        if (kind_is_off_heap(header_kind(header))) words--; // the link
        for (size_t i = 1; i <= words; i++) {
            if (i >= r.first && i < r.first + r.count) {
                work_stack_push(&todo, term_boxed_ptr(a)[i]);
                work_stack_push(&todo, term_boxed_ptr(b)[i]);
            } else {
                assert_int_equal(term_boxed_ptr(a)[i], term_boxed_ptr(b)[i]);
            }
        }
    }
    work_stack_deinit(&todo);
}

static HeapFragment *copy_checked(World *w, Term t) {
    const LiteralRange *lits = literals_range(w->lits);
    size_t words = heap_copy_words(&w->mem, lits, t);
    HeapFragment *f = heap_fragment_new(&w->mem, words + 1);
    assert_non_null(f);
    Hp hp = {f->mem, f->mem + words, &f->off};
    Term copy = heap_copy(&w->mem, lits, &hp, t);
    // Exactly what was announced.
    assert_int_equal(hp.top - f->mem, words);
    f->used = words;
    f->mem[words] = copy; // where the caller finds it
    return f;
}

static void random_terms(void **state) {
    World *w = malloc(sizeof *w);
    world_init(w, plain, 77);
    RootFrame frame;
    for (int i = 0; i < 3000; i++) {
        RootSet roots = world_roots(w, &frame);
        assert_int_equal(heap_reserve_gc(&w->heap, NODE_WORDS_MAX + 1, &roots), HEAP_OK);
        Hp hp = heap_hp(&w->heap, NODE_WORDS_MAX + 1);
        Value v;
        Term t = build_random(w, &hp, &v);
        heap_commit(&w->heap, &hp);
        size_t slot = random_below(w, SLOTS);
        w->slot[slot] = t;
        w->slot_value[slot] = v;
        // Without sharing, terms grow quickly: start anew before they get out of hand.
        if (heap_flat_words(&w->mem, t) > 20000) {
            for (size_t k = 0; k < SLOTS; k++) {
                w->slot[k] = TERM_NIL;
                w->slot_value[k] = (Value){false, TERM_NIL};
            }
            continue;
        }
        HeapFragment *f = copy_checked(w, t);
        check_same(&w->mem, literals_range(w->lits), t, f->mem[f->words - 1]);
        check_world(w);
        heap_fragment_free(&w->mem, f);
    }
    world_deinit(w);
    free(w);
}

static void deep_terms(void **state) {
    enum { DEEP = 3000000 };
    Mem mem;
    mem_init(&mem);
    HeapFragment *f = heap_fragment_new(&mem, 4 * DEEP + 10);
    assert_non_null(f);
    Hp hp = {f->mem, f->mem + f->words, &f->off};
    Term t = TERM_NIL;
    for (int i = 0; i < DEEP; i++) {
        if (i % 2)
            t = hp_cons(&hp, t, TERM_NIL);
        else
            t = hp_tuple2(&hp, t, term_small(i));
    }
    size_t words = heap_copy_words(&mem, NULL, t);
    assert_int_equal(words, DEEP / 2 * 5);
    assert_int_equal(heap_shared_words(&mem, NULL, t), words);
    HeapFragment *g = heap_fragment_new(&mem, words);
    assert_non_null(g);
    Hp to = {g->mem, g->mem + words, &g->off};
    Term copy = heap_copy(&mem, NULL, &to, t);
    const LiteralRange none = {0, 0};
    check_same(&mem, &none, t, copy);
    heap_fragment_free(&mem, f);
    heap_fragment_free(&mem, g);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void sharing_is_expanded(void **state) {
    Mem mem;
    mem_init(&mem);
    Term words[200];
    OffHeap off = {0};
    Hp hp = {words, words + ARRAY_COUNT(words), &off};
    Term t = hp_tuple2(&hp, TERM_NIL, TERM_NIL);
    for (int i = 0; i < 10; i++) t = hp_tuple2(&hp, t, t);
    assert_int_equal(heap_flat_words(&mem, t), 3 * 2047);
    assert_int_equal(heap_copy_words(&mem, NULL, t), 3 * 2047);
    assert_int_equal(heap_shared_words(&mem, NULL, t), 3 * 11);
    assert_int_equal(heap_shared_words(&mem, NULL, TERM_NIL), 0);
    assert_int_equal(heap_flat_words(&mem, term_small(1)), 0);
    assert_true(heap_is_larger(&mem, t, 3 * 2047 - 1));
    assert_false(heap_is_larger(&mem, t, 3 * 2047));
    assert_false(heap_is_larger(&mem, TERM_NIL, 0));
}

// A counted binary is as large as its bytes, however often it is a part of something.
static void binaries_count_as_large(void **state) {
    Mem mem;
    mem_init(&mem);
    Term words[20];
    OffHeap off = {0};
    Hp hp = {words, words + ARRAY_COUNT(words), &off};
    uint8_t *bytes;
    Term b = hp_bits(&mem, &hp, 8 * 64000, &bytes);
    Term list = hp_cons(&hp, b, TERM_NIL);
    assert_true(heap_is_larger(&mem, list, 8000));
    assert_false(heap_is_larger(&mem, list, 8000 + REFC_BITS_WORDS + CONS_WORDS));
    off_heap_drop(&off);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void views(void **state) {
    World *w = malloc(sizeof *w);
    world_init(w, plain, 5);
    RootFrame frame;
    RootSet roots = world_roots(w, &frame);
    assert_int_equal(heap_reserve_gc(&w->heap, 100, &roots), HEAP_OK);
    Hp hp = heap_hp(&w->heap, 100);
    uint8_t *bytes;
    Term big = hp_bits(&w->mem, &hp, 1000 * 8, &bytes);
    for (int i = 0; i < 1000; i++) bytes[i] = (uint8_t)i;
    Term large = hp_sub_bits(&hp, big, 8, 8 * 65);
    term_boxed_ptr(large)[3] |= SUB_BITS_WRITABLE;
    Term small = hp_sub_bits(&hp, big, 11, 8 * 64);
    Term both = hp_tuple2(&hp, large, small);
    heap_commit(&w->heap, &hp);
    BitsData *data = (BitsData *)term_boxed_ptr(big)[REFC_BITS_DATA];

    HeapFragment *f = copy_checked(w, both);
    assert_int_equal(data->refs, 2); // the small one does not hold it
    Term copy = f->mem[f->words - 1];
    Term large2 = term_tuple_elements(copy)[0], small2 = term_tuple_elements(copy)[1];
    assert_true(bits_equal(bits_of(large), bits_of(large2)));
    assert_true(bits_equal(bits_of(small), bits_of(small2)));
    assert_true(term_is_kind(large2, KIND_SUB_BITS) && term_is_kind(small2, KIND_HEAP_BITS));
    assert_int_equal(term_boxed_ptr(large2)[3], 8 * 65);
    heap_fragment_free(&w->mem, f);
    assert_int_equal(data->refs, 1);
    world_deinit(w);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_terms),
        cmocka_unit_test(deep_terms),
        cmocka_unit_test(sharing_is_expanded),
        cmocka_unit_test(binaries_count_as_large),
        cmocka_unit_test(views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
