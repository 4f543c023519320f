// SPDX-License-Identifier: Apache-2.0
// Terms as text, as erlang:display/1 and io:format("~w") print them on the reference.
#include "term/fun.h"
#include "term/print.h"
#include "term_text.h"

#include <setjmp.h>
#include <stdarg.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

static Bench b;

static int setup(void **state) {
    bench_init(&b, 100000);
    return 0;
}
static int teardown(void **state) {
    return bench_deinit(&b) == 0 ? 0 : -1;
}

static void assert_prints(Term t, PrintFlags flags, size_t chars_max, const char *want) {
    Buf out;
    buf_init(&out, &b.mem);
    term_print(&b.env, &out, t, flags, chars_max);
    buf_put_byte(&out, 0);
    assert_false(out.failed);
    assert_string_equal((const char *)out.data, want);
    buf_deinit(&out);
}

static void display_form(void **state) {
    static const char *const same[] = {
        "a",
        "'A'",
        "''",
        "'a b'",
        "'_a'",
        "'a@b'",
        "\xc3\xa5",
        "'\xc3\x85'",
        "'\xe6\x97\xa5'",
        "1",
        "-576460752303423489",
        "1234567890123456789012345678901234567890",
        "[]",
        "{}",
        "{a,\"b\",[c]}",
        "[a,b|c]",
        "[97|b]",
        "[1,2,3]",
        "[97,256]",
        "[8]",
        "\"abc\"",
        "[\"ab\",\"c\"]",
        "[\"abc\"|d]",
        "<<>>",
        "<<1,2,3>>",
        "<<1,2,3:4>>",
        "<<5:3>>",
        "<<195,165>>",
        "#{}",
        "#{a=>1,b=>#{c=>[]}}",
        "<0.5.6>",
        "#Ref<0.3.2.1>",
        "#Port<0.7>",
    };
    for (size_t i = 0; i < ARRAY_COUNT(same); i++)
        assert_prints(term(&b, same[i]), PRINT_STRINGS, 0, same[i]);
    assert_prints(term(&b, "<<97,98,34>>"), PRINT_STRINGS, 0, "<<\"ab\\\"\">>");
    assert_prints(term(&b, "<<97,10>>"), PRINT_STRINGS, 0, "<<97,10>>");
    assert_prints(term(&b, "[10,34,92,39,9,13]"), PRINT_STRINGS, 0, "\"\\n\\\"\\'\t\r\"");
    assert_prints(term(&b, "[229]"), PRINT_STRINGS, 0, "\"\xe5\"");
    assert_prints(term(&b, "{1.0, -0.0, 1.5, 1.0e22}"), PRINT_STRINGS, 0,
                  "{1.000000e+00,-0.000000e+00,1.500000e+00,1.000000e+22}");
    static const uint8_t controls[] = {'\t', '\r', '\n', '\b', '\f', '\v', 27, 127, 0, '\'', '\\'};
    assert_prints(atom_intern_latin1(b.env.atoms, controls, sizeof controls), PRINT_STRINGS, 0,
                  "'\\t\\r\\n\\b\\f\\v\\033\x7f\\000\\'\\\\'");
    assert_prints(atom_intern_latin1(b.env.atoms, (const uint8_t *)"\x80\xa0", 2), PRINT_STRINGS, 0,
                  "'\\200\xc2\xa0'");
}

static void plain_form(void **state) {
    assert_prints(term(&b, "{\"abc\", <<97>>, 1.0, 0.1, 1.0e22, #{a => 1, b => \"\"}}"),
                  PRINT_PLAIN, 0, "{[97,98,99],<<97>>,1.0,0.1,1.0e22,#{a => 1,b => []}}");
}

static void funs(void **state) {
    FunEntry e = {.module = bench_atom(&b, "f1"), .index = 3, .old_uniq = 23644148};
    assert_prints(hp_fun(&b.hp, &e, 0), PRINT_PLAIN, 0, "#Fun<f1.3.23644148>");
    Export x = {.module = bench_atom(&b, "A"), .function = bench_atom(&b, "b c"), .arity = 1};
    assert_prints(hp_export_fun(&b.hp, &x), PRINT_PLAIN, 0, "fun 'A':'b c'/1");
}

static void limit(void **state) {
    assert_prints(term(&b, "{abc,[1,2,3]}"), PRINT_PLAIN, 5, "{abc,...");
    assert_prints(term(&b, "{abc,[1,2,3]}"), PRINT_PLAIN, 13, "{abc,[1,2,3]}");
    assert_prints(term(&b, "{abc,[1,2,3]}"), PRINT_PLAIN, 12, "{abc,[1,2,3]...");
    assert_prints(term(&b, "[\xc3\xa5,\xc3\xa5]"), PRINT_PLAIN, 2, "[\xc3\xa5...");
    assert_prints(term(&b, "#{#{a => 1} => #{b => 2}}"), PRINT_PLAIN, 6, "#{#{a ...");
}

static void deep_terms(void **state) {
    enum { DEPTH = 1000000 };
    Bench deep;
    bench_init(&deep, (size_t)DEPTH * 2);
    Term t = TERM_NIL;
    for (int i = 0; i < DEPTH; i++) t = hp_cons(&deep.hp, t, TERM_NIL);
    Buf out;
    buf_init(&out, &deep.mem);
    term_print(&deep.env, &out, t, PRINT_STRINGS, 0);
    assert_int_equal(out.size_bytes, 2 * (DEPTH + 1));
    buf_deinit(&out);
    assert_int_equal(bench_deinit(&deep), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(display_form), cmocka_unit_test(plain_form), cmocka_unit_test(funs),
        cmocka_unit_test(limit),        cmocka_unit_test(deep_terms),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
