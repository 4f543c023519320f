// SPDX-License-Identifier: Apache-2.0
// phash2 and phash give what the reference gives. The expected values are
// erlang:phash2(Term, 1 bsl 32) and erlang:phash(Term, 1 bsl 32) - 1 of OTP 25.2.
#include "term/fun.h"
#include "term/hash.h"
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

static void assert_hashes(Term t, uint32_t phash2, uint32_t phash) {
    assert_int_equal(term_phash2(&b.env, t), phash2);
    assert_int_equal(term_phash(&b.env, t), phash);
}

static void values_of_the_reference(void **state) {
    static const struct {
        const char *text;
        uint32_t phash2, phash;
    } cases[] = {
        {"0", 3175731469u, 0u},
        {"1", 539485162u, 2788898427u},
        {"-1", 1117813597u, 1680185269u},
        {"134217727", 4273352567u, 1192343452u},
        {"134217728", 2562491755u, 2147483672u},
        {"-134217728", 874979335u, 2147489128u},
        {"-134217729", 1418916782u, 3827674397u},
        {"4294967296", 2108323275u, 2788898427u},
        {"576460752303423488", 2442888721u, 2147483672u},
        {"-576460752303423489", 2855034599u, 3227238397u},
        {"18446744073709551621", 3215545257u, 2153028130u},
        {"-340282366920938463463374607431768211457", 4293470842u, 1362342634u},
        {"1.0", 3029937084u, 1072693248u},
        {"-0.0", 423528920u, 0u},
        {"1.5e300", 3143384512u, 406958872u},
        {"a", 97u, 97u},
        {"''", 0u, 0u},
        {"'å'", 229u, 229u},
        {"'ж'", 3510u, 3510u},
        {"'日本語'", 67592990u, 67592990u},
        {"[]", 3468870702u, 1u},
        {"{}", 221703996u, 0u},
        {"{a}", 2853905094u, 268840044u},
        {"{1,2}", 4118095950u, 3114748239u},
        {"{{}}", 2165044361u, 1u},
        {"[1]", 2768963718u, 2952798236u},
        {"[1,2,3,4,5]", 3824152778u, 1630427362u},
        {"[256]", 1684221134u, 1015129878u},
        {"[a|b]", 2356411656u, 4159696707u},
        {"[1,2|3]", 4169601349u, 265598414u},
        {"[1,a,2|b]", 3332309204u, 1926047244u},
        {"[[1],[a,[]],'',b]", 3793362605u, 2551206300u},
        {"[''|b]", 98u, 537072302u},
        {"{'',b}", 2092370049u, 537279672u},
        {"<<>>", 147926629u, 0u},
        {"<<1>>", 881997586u, 268436142u},
        {"{<<>>}", 682464809u, 1u},
        {"<<1,2,3,4,5,6,7,8,9,10,11>>", 21612627u, 1355519305u},
        {"<<1,2,3,4,5,6,7,8,9,10,11,12>>", 1714375065u, 792277794u},
        {"<<1,2,3,4,5,6,7,8,9,10,11,12,13>>", 92101820u, 2025222232u},
        {"<<1:1>>", 3994547237u, 808817678u},
        {"<<1,5:3>>", 3124325374u, 435939696u},
        {"#{}", 844985373u, 1113425984u},
        {"#{a=>1}", 1401795262u, 1670235873u},
        {"{#{a=>1,b=>2}}", 2186418343u, 3321822191u},
        {"#{a=>#{b=>1},1=>1.0}", 2251883069u, 2520323680u},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_hashes(term(&b, cases[i].text), cases[i].phash2, cases[i].phash);
}

static void identifiers(void **state) {
    assert_hashes(term(&b, "<1.12345.7>"), 18097289u, 1823075513u);
    assert_hashes(term(&b, "<0.12345.9>"), 18097289u, 1823075513u);
    assert_hashes(term(&b, "#Ref<1.3.2.1000>"), 3987018105u, 897128637u);
    assert_hashes(term(&b, "#Ref<0.7.8.1000>"), 3987018105u, 897128637u);
    assert_hashes(term(&b, "#Port<1.8589934597>"), 3625245392u, 2370885503u);
    assert_hashes(term(&b, "#Port<0.8589934597>"), 3625245392u, 2370885503u);
}

static void funs(void **state) {
    Export map_2 = {
        .module = bench_atom(&b, "lists"), .function = bench_atom(&b, "map"), .arity = 2};
    assert_hashes(hp_export_fun(&b.hp, &map_2), 840287883u, 904024395u);
    FunEntry e = {.module = bench_atom(&b, "zzz"), .index = 5, .old_uniq = 7};
    assert_hashes(hp_fun(&b.hp, &e, 0), 4193788037u, 46731614u);
    Term t = hp_fun(&b.hp, &e, 2);
    fun_free_vars(t)[0] = bench_atom(&b, "a");
    fun_free_vars(t)[1] = term_small(1);
    assert_hashes(t, 1401276625u, 2740356898u);
}

static void large_map(void **state) {
    Term kv[200];
    for (int i = 0; i < 100; i++) kv[2 * i] = kv[2 * i + 1] = term_small(i + 1);
    assert_hashes(map_build(&b.env, &b.hp, kv, 100), 1831425167u, 2099865778u);
}

// The same bits at every offset.
static void views_of_long_binaries(void **state) {
    enum { SIZE = 7000 };
    for (unsigned offset = 0; offset < 8; offset++) {
        uint8_t *bytes;
        Term base = hp_bits(&b.mem, &b.hp, 8 * SIZE + 8, &bytes);
        memset(bytes, 0xff, SIZE + 1);
        uint8_t text[SIZE];
        for (int i = 0; i < SIZE; i++) text[i] = (uint8_t)("abcdefg"[i % 7]);
        bits_copy(bytes, offset, text, 0, 8 * SIZE);
        assert_hashes(hp_sub_bits(&b.hp, base, offset, 8 * SIZE), 4092496003u, 70882072u);
    }
}

static void deep_terms(void **state) {
    enum { DEPTH = 10000000 };
    Bench deep;
    bench_init(&deep, (size_t)DEPTH * 3 + 100);
    Term t = TERM_NIL;
    for (int i = 0; i < DEPTH; i++) t = hp_cons(&deep.hp, t, TERM_NIL);
    assert_int_not_equal(term_phash2(&deep.env, t), term_phash2(&deep.env, term_head(t)));
    assert_int_not_equal(term_phash(&deep.env, t), term_phash(&deep.env, term_head(t)));
    deep.hp.top = deep.words;
    t = TERM_NIL;
    for (int i = 0; i < DEPTH; i++) t = hp_tuple2(&deep.hp, TERM_NIL, t);
    assert_int_not_equal(term_phash2(&deep.env, t), term_phash(&deep.env, t));
    assert_int_equal(bench_deinit(&deep), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_the_reference),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(funs),
        cmocka_unit_test(large_map),
        cmocka_unit_test(views_of_long_binaries),
        cmocka_unit_test(deep_terms),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
