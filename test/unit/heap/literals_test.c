// SPDX-License-Identifier: Apache-2.0
// Literal areas: room, reuse, the end of the range, access rights.
#include "heap/heap.h"
#include "heap/literals.h"
#include "term/bits.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { PAGE_WORDS = OS_PAGE_BYTES / 8, PAGES = 64, FAULT = -14 };

static void areas_lie_in_the_range(void **state) {
    Mem mem;
    mem_init(&mem);
    Os *os = os_real_new(&mem);
    Literals *l = literals_new(&mem, os, PAGES * OS_PAGE_BYTES);
    assert_non_null(l);
    const LiteralRange *r = literals_range(l);
    LiteralArea *a = literal_area_new(l, 3);
    LiteralArea *b = literal_area_new(l, PAGE_WORDS + 1);
    assert_true(a != NULL && b != NULL);
    assert_int_equal(a->end - a->start, 3);
    for (Term *p = b->start; p < b->end; p++) {
        *p = TERM_NIL;
        assert_true(term_is_literal(r, term_boxed(p)));
    }
    assert_true(b->start >= a->end || a->start >= b->end);
    Term local;
    assert_false(term_is_literal(r, term_boxed(&local)));
    assert_false(term_is_literal(r, term_boxed((Term *)(r->base + r->size_bytes))));
    literal_area_free(l, a);
    literal_area_free(l, b);
    literals_free(l);
    os_free(os);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void full_range_and_reuse(void **state) {
    Mem mem;
    mem_init(&mem);
    Os *os = os_real_new(&mem);
    Literals *l = literals_new(&mem, os, PAGES * OS_PAGE_BYTES);
    LiteralArea *a[PAGES];
    assert_null(literal_area_new(l, PAGES * PAGE_WORDS + 1));
    assert_null(literal_area_new(l, SIZE_MAX / 8));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PAGES; i++) assert_non_null(a[i] = literal_area_new(l, 10));
        assert_null(literal_area_new(l, 1));
        // Every second one first, so that no two free pieces touch; then the others join them.
        for (int i = 0; i < PAGES; i += 2) literal_area_free(l, a[i]);
        assert_null(literal_area_new(l, PAGE_WORDS + 1));
        for (int i = 1; i < PAGES; i += 2) literal_area_free(l, a[round == 1 ? PAGES - i : i]);
        LiteralArea *all = literal_area_new(l, PAGES * PAGE_WORDS);
        assert_non_null(all);
        memset(all->start, 1, PAGES * OS_PAGE_BYTES);
        literal_area_free(l, all);
    }
    literals_free(l);
    os_free(os);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void freed_areas_are_unreadable_and_drop_data(void **state) {
    Mem mem;
    mem_init(&mem);
    Os *os = os_real_new(&mem);
    Literals *l = literals_new(&mem, os, PAGES * OS_PAGE_BYTES);
    LiteralArea *a = literal_area_new(l, REFC_BITS_WORDS);
    Hp hp = {a->start, a->end, &a->off};
    uint8_t *bytes;
    uint64_t before = mem_bytes(&mem);
    (void)hp_bits(&mem, &hp, 8000, &bytes);
    assert_true(mem_bytes(&mem) > before);
    Term *start = a->start;
    literal_area_free(l, a);
    assert_true(mem_bytes(&mem) < before);
    assert_int_equal(os_write(os, OS_STDERR, start, 8), FAULT);
    literals_free(l);
    os_free(os);
    assert_int_equal(mem_bytes(&mem), 0);
}

static void failing_memory(void **state) {
    for (uint64_t every = 1; every < 6; every++) {
        Mem mem;
        mem_init(&mem);
        Os *os = os_real_new(&mem);
        mem.fail_every = every;
        Literals *l = literals_new(&mem, os, PAGES * OS_PAGE_BYTES);
        LiteralArea *a[PAGES];
        for (int i = 0; l != NULL && i < PAGES; i++) a[i] = literal_area_new(l, 10);
        for (int i = 0; l != NULL && i < PAGES; i++) literal_area_free(l, a[i]);
        literals_free(l);
        os_free(os);
        assert_int_equal(mem_bytes(&mem), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_lie_in_the_range),
        cmocka_unit_test(full_range_and_reuse),
        cmocka_unit_test(freed_areas_are_unreadable_and_drop_data),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
