// SPDX-License-Identifier: Apache-2.0
// Pids, ports and references: parts in, parts out.
#include "term/atom.h"
#include "term/ident.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Term words[64];

static Hp hp_open(OffHeap *off) {
    return (Hp){words, words + ARRAY_COUNT(words), off};
}

static void local_pid(void **state) {
    Hp hp = hp_open(NULL);
    Ident in = {.node = TERM_NONE, .number = 0x0fffffff, .serial = 0xfffffffe};
    Term t = hp_pid(&hp, &in);
    assert_ptr_equal(hp.top, words);
    assert_true(term_is_local_pid(t) && term_is_pid(t) && !term_is_port(t));
    Ident out = ident_pid(t);
    assert_int_equal(out.node, TERM_NONE);
    assert_int_equal(out.number, in.number);
    assert_int_equal(out.serial, in.serial);
}

static void external_pid(void **state) {
    Hp hp = hp_open(NULL);
    Ident in = {.node = ATOM_node, .creation = 0xfedcba98, .number = 0xffffffff, .serial = 7};
    Term t = hp_pid(&hp, &in);
    assert_int_equal(hp.top - words, EXTERNAL_PID_WORDS);
    assert_int_equal(header_words(words[0]), EXTERNAL_PID_WORDS - 1);
    assert_true(term_is_pid(t) && !term_is_local_pid(t) && !term_is_ref(t));
    Ident out = ident_pid(t);
    assert_int_equal(out.node, ATOM_node);
    assert_int_equal(out.creation, in.creation);
    assert_int_equal(out.number, in.number);
    assert_int_equal(out.serial, in.serial);
}

static void ports(void **state) {
    Hp hp = hp_open(NULL);
    Ident in = {.node = TERM_NONE, .port = ((uint64_t)1 << 58) - 1};
    Term t = hp_port(&hp, &in);
    assert_true(term_is_local_port(t) && term_is_port(t) && !term_is_pid(t));
    assert_int_equal(ident_port(t).port, in.port);
    in = (Ident){.node = ATOM_node, .creation = 3, .port = UINT64_MAX};
    t = hp_port(&hp, &in);
    assert_int_equal(hp.top - words, EXTERNAL_PORT_WORDS);
    assert_true(term_is_port(t) && !term_is_local_port(t));
    assert_int_equal(ident_port(t).port, UINT64_MAX);
    assert_int_equal(ident_port(t).creation, 3);
}

static void local_ref(void **state) {
    Hp hp = hp_open(NULL);
    Ident in = {.node = TERM_NONE, .id_count = 3, .ids = {1, 0xffffffff, 0xfffffffe}};
    Term t = hp_ref(&hp, &in);
    assert_int_equal(hp.top - words, LOCAL_REF_WORDS);
    assert_true(term_is_ref(t));
    Ident out = ident_ref(t);
    assert_int_equal(out.node, TERM_NONE);
    assert_int_equal(out.id_count, 3);
    assert_memory_equal(out.ids, in.ids, 3 * sizeof(uint32_t));
}

static void external_refs_of_every_length(void **state) {
    for (uint32_t count = 1; count <= REF_IDS_MAX; count++) {
        Hp hp = hp_open(NULL);
        Ident in = {.node = ATOM_node, .creation = 9, .id_count = count};
        for (uint32_t i = 0; i < count; i++) in.ids[i] = 0xfffffff0 + i;
        Term t = hp_ref(&hp, &in);
        assert_int_equal(hp.top - words, header_words(words[0]) + 1);
        assert_true(hp.top - words <= EXTERNAL_REF_WORDS);
        assert_true(term_is_ref(t) && !term_is_pid(t));
        Ident out = ident_ref(t);
        assert_int_equal(out.id_count, count);
        assert_int_equal(out.creation, 9);
        assert_memory_equal(out.ids, in.ids, sizeof in.ids);
    }
}

static int destroyed;
static void destroy(MagicBin *bin) {
    destroyed++;
}

static void magic_refs_are_chained(void **state) {
    OffHeap off = {0};
    Hp hp = hp_open(&off);
    MagicBin a = {.refs = 1, .destroy = destroy};
    MagicBin b = {.refs = 2, .destroy = destroy};
    Term s = hp_magic_ref(&hp, (uint32_t[]){1, 2, 3}, &a);
    Term t = hp_magic_ref(&hp, (uint32_t[]){4, 5, 6}, &b);
    assert_true(term_is_ref(s) && term_is_ref(t));
    assert_ptr_equal(off.first, term_boxed_ptr(t));
    assert_ptr_equal(off.first[MAGIC_REF_LINK], term_boxed_ptr(s));
    assert_int_equal(term_boxed_ptr(s)[MAGIC_REF_LINK], 0);
    assert_ptr_equal(magic_ref_bin(t), &b);
    assert_int_equal(ident_ref(t).ids[2], 6);
    destroyed = 0;
    magic_bin_release(&b);
    assert_int_equal(destroyed, 0);
    magic_bin_release(&b);
    assert_int_equal(destroyed, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_pid),
        cmocka_unit_test(external_pid),
        cmocka_unit_test(ports),
        cmocka_unit_test(local_ref),
        cmocka_unit_test(external_refs_of_every_length),
        cmocka_unit_test(magic_refs_are_chained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
