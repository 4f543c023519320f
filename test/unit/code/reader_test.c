// SPDX-License-Identifier: Apache-2.0
// Reading .beam files: containers, tables of every version, and files that are broken.
#include "beam_build.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char text[] =
    "lambda f/2 1; fun f/2; is_tagged_tuple F x0 2 'ok; get_tuple_element x0 1 "
    "x0; call_ext_only 2 lists:append/2; fun g/0; move lit1 x0; return";

static Mem mem;
static TermEnv env = {.mem = &mem};

static bool read_bytes(Bytes b, BeamFile *file, BeamError *err) {
    // From a block of exactly that size, so that the sanitizer sees a read beyond it.
    uint8_t *exact = malloc(b.size + 1);
    memcpy(exact, b.at, b.size);
    bool ok = beam_read(&env, exact, b.size, file, err) && beam_verify(file, err);
    if (ok) {
        Buf listing;
        buf_init(&listing, &mem);
        beam_list(file, &listing, NULL);
        assert_false(listing.failed);
        buf_deinit(&listing);
    } else {
        assert_true(err->text[0] != 0 && strchr(err->text, '\n') == NULL);
        beam_free(file);
    }
    free(exact);
    return ok;
}

static void refused(Bytes b, const char *why) {
    BeamFile file;
    BeamError err = {""};
    bool ok = read_bytes(b, &file, &err);
    if (ok || strstr(err.text, why) == NULL)
        print_error("%s, wanted: %s\n", ok ? "accepted" : err.text, why);
    assert_true(!ok && strstr(err.text, why) != NULL);
    assert_int_equal(mem_bytes(&mem), 0);
}

// Replaces the chunk of that name (or adds it, or with bytes NULL takes it away).
static Bytes with_chunk(Bytes from, const char *name, const void *bytes, size_t size) {
    Bytes to = bytes_new();
    build_bytes(&to, from.at, 12);
    for (size_t at = 12; at < from.size;) {
        size_t chunk = 0;
        for (int i = 4; i < 8; i++) chunk = chunk << 8 | from.at[at + (size_t)i];
        size_t whole = 8 + ALIGN_UP(chunk, 4);
        if (memcmp(from.at + at, name, 4) != 0) build_bytes(&to, from.at + at, whole);
        at += whole;
    }
    if (bytes != NULL) build_chunk(&to, name, bytes, size);
    Bytes head = {to.at + 4, 0};
    build_u32(&head, (uint32_t)to.size - 8);
    return to;
}

static void test_tables(void **state) {
    Bytes b = build_module(text);
    BeamFile file;
    BeamError err;
    assert_true(beam_read(&env, b.at, b.size, &file, &err));
    assert_int_equal(file.atom_count, 6);
    assert_memory_equal(file.atoms[1].bytes, "m", 1);
    assert_int_equal(file.import_count, 1);
    assert_int_equal(file.imports[0].arity, 2);
    assert_int_equal(file.export_count, 2);
    assert_int_equal(file.function_count, 2);
    assert_ptr_equal(beam_function_at(&file, 4), &file.functions[1]);
    assert_null(beam_function_at(&file, 3));
    assert_null(beam_function_at(&file, 100));
    assert_int_equal(file.functions[0].arity, 2);
    assert_int_equal(file.lambda_count, 1);
    assert_int_equal(file.lambdas[0].free_count, 1);
    assert_int_equal(file.literal_count, 6);
    assert_int_equal(file.strings.size, 6);
    assert_int_equal(file.label_count, 5);
    beam_free(&file);
    free(b.at);
    assert_int_equal(mem_bytes(&mem), 0);
}

static Bytes gzipped(Bytes b) {
    Bytes to = bytes_new();
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = b.at;
    z.avail_in = (uInt)b.size;
    z.next_out = to.at;
    z.avail_out = BUILD_BYTES_MAX;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    to.size = z.total_out;
    deflateEnd(&z);
    return to;
}

static void test_compressed(void **state) {
    Bytes b = build_module(text), packed = gzipped(b);
    BeamFile plain, file;
    BeamError err;
    assert_true(read_bytes(b, &plain, &err));
    assert_true(read_bytes(packed, &file, &err));
    assert_memory_equal(plain.md5, file.md5, sizeof file.md5);
    assert_int_equal(plain.op_count, file.op_count);
    beam_free(&plain);
    beam_free(&file);
    packed.size -= 9;
    refused(packed, "compressed data is broken");
    free(packed.at);
    free(b.at);
}

// Every shorter file is refused, and none with one bit of it turned crashes anything.
static void test_damaged(void **state) {
    Bytes b = build_module(text);
    for (size_t size = 0; size < b.size; size++) refused((Bytes){b.at, size}, "");
    size_t accepted = 0;
    for (size_t bit = 0; bit < b.size * 8; bit++) {
        BeamFile file;
        BeamError err;
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (read_bytes(b, &file, &err)) {
            accepted++;
            beam_free(&file);
        }
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(mem_bytes(&mem), 0);
    }
    assert_true(accepted > 0 && accepted < b.size * 4);
    free(b.at);
}

static void test_container(void **state) {
    Bytes b = build_module(text);
    b.at[0] = 'X';
    refused(b, "does not start with FOR1");
    b.at[0] = 'F';
    b.at[8] = 'X';
    refused(b, "not called BEAM");
    b.at[8] = 'B';
    static const char *const needed[] = {"Code", "StrT", "ImpT", "ExpT", "AtU8"};
    for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
        Bytes less = with_chunk(b, needed[i], NULL, 0);
        refused(less, "is missing");
        free(less.at);
    }
    Bytes twice = with_chunk(b, "Xxxx", "", 0);
    Bytes end = {twice.at, twice.size - 8};
    build_chunk(&end, "Code", "", 0);
    refused(twice, "two chunks Code");
    free(twice.at);
    free(b.at);
}

// Counts that the bytes cannot hold are refused before anything is allocated for them.
static void test_counts(void **state) {
    Bytes b = build_module(text);
    mem.bytes_max = 1 << 20;
    static const char *const tables[] = {"AtU8", "ImpT", "ExpT", "FunT", "LocT", "Type", "Line"};
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
        // Type: version 3; Line: version 0, flags, instructions; the rest: just a count.
        uint8_t many[24] = {0x7f, 0xff, 0xff, 0xff};
        if (strcmp(tables[i], "Type") == 0) memcpy(many, "\0\0\0\3\177\377\377\377", 8);
        if (strcmp(tables[i], "Line") == 0)
            memcpy(many, "\0\0\0\0\0\0\0\0\0\0\0\0\177\377\377\377\0\0\0\0", 20);
        Bytes bad = with_chunk(b, tables[i], many, sizeof many);
        refused(bad, "too short");
        free(bad.at);
    }
    // Literals that claim to be a gigabyte.
    Bytes bad = with_chunk(b, "LitT", "\100\0\0\0x\234\3\0\0\0\0\1", 12);
    refused(bad, "cannot be that long");
    free(bad.at);
    bad = with_chunk(b, "LitT", "\0\0\0\5x\234\3\0\0\0\0\1", 12);
    refused(bad, "compressed data is broken");
    free(bad.at);
    mem.bytes_max = 0;
    free(b.at);
}

static void test_atoms(void **state) {
    BeamFile file;
    BeamError err;
    Bytes b = build_module("fun f/0; move 'ok x0; return");
    // Latin-1: the third atom is written with a byte above 127.
    Bytes no_utf8 = with_chunk(b, "AtU8", NULL, 0);
    Bytes old = with_chunk(no_utf8, "Atom", "\0\0\0\3\1m\1f\2\345k", 11);
    assert_true(read_bytes(old, &file, &err));
    assert_int_equal(file.atoms[3].size, 3);
    assert_memory_equal(file.atoms[3].bytes, "\303\245k", 3);
    beam_free(&file);
    // OTP 28: a negative count, and lengths as compact numbers.
    Bytes wide = with_chunk(b, "AtU8", "\377\377\377\375\20m\20f\10\2ok", 12);
    assert_true(read_bytes(wide, &file, &err));
    assert_int_equal(file.atom_count, 3);
    assert_memory_equal(file.atoms[3].bytes, "ok", 2);
    beam_free(&file);
    Bytes broken = with_chunk(b, "AtU8", "\0\0\0\3\1m\1f\1\345", 10);
    refused(broken, "not valid UTF-8");
    Bytes none = with_chunk(b, "AtU8", "\0\0\0\0", 4);
    refused(none, "no atom");
    Bytes few = with_chunk(b, "AtU8", "\0\0\0\2\1m\1f", 8);
    refused(few, "there is no atom 3");
    free(few.at), free(none.at), free(broken.at), free(wide.at), free(old.at), free(no_utf8.at);
    free(b.at);
}

static void test_lines(void **state) {
    BeamFile file;
    BeamError err;
    Bytes b = build_module("fun f/0; line 3; move [] x0; return");
    // Three lines: 7 of the module's own file, 300 of file 1, 5 of it; one more name.
    static const char lines[] =
        "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\3\0\0\0\1\161\22\51\54\121\0\5b.hrl";
    Bytes with = with_chunk(b, "Line", lines, sizeof lines - 1);
    assert_true(read_bytes(with, &file, &err));
    assert_int_equal(file.line_count, 4);
    assert_int_equal(file.lines[1].line, 7);
    assert_int_equal(file.lines[2].line, 300);
    assert_int_equal(file.lines[2].file, 1);
    assert_int_equal(file.lines[3].line, 5);
    assert_int_equal(file.lines[3].file, 1);
    assert_int_equal(file.file_count, 2);
    assert_memory_equal(file.files[0].bytes, "m.erl", 5);
    assert_memory_equal(file.files[1].bytes, "b.hrl", 5);
    beam_free(&file);
    Bytes few = with_chunk(b, "Line", "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\161", 21);
    refused(few, "operand 1"); // line 3 of 1
    // A later version says nothing to us, and is no reason to refuse the module.
    Bytes later = with_chunk(b, "Line", "\0\0\0\1", 4);
    assert_true(read_bytes(later, &file, &err));
    assert_int_equal(file.line_count, 1);
    assert_int_equal(file.file_count, 1);
    beam_free(&file);
    free(later.at), free(few.at), free(with.at), free(b.at);
}

static void test_types(void **state) {
    static const struct {
        const char *bytes;
        size_t size;
        uint32_t types, unit;
        bool has_min, has_max;
        int64_t min, max;
    } cases[] = {
#define V25   "\0\0\0\1\0\0\0\1"
#define V26   "\0\0\0\2\0\0\0\1"
#define V27   "\0\0\0\3\0\0\0\1"
#define V29   "\0\0\0\4\0\0\0\1"
#define ZERO  "\0\0\0\0\0\0\0\0"
#define TEN   "\0\0\0\0\0\0\0\12"
#define MINUS "\377\377\377\377\377\377\377\377"
        {V25 "\0\100" ZERO TEN, 26, BEAM_TYPE_INTEGER, 0, true, true, 0, 10},
        {V25 "\0\1" ZERO MINUS, 26, BEAM_TYPE_ATOM, 0, false, false, 0, 0},
        {V26 "\140\100" MINUS TEN, 26, BEAM_TYPE_INTEGER, 0, true, true, -1, 10},
        {V26 "\100\100" TEN, 18, BEAM_TYPE_INTEGER, 0, false, true, 0, 10},
        {V26 "\200\2\7", 11, BEAM_TYPE_BITSTRING, 8, false, false, 0, 0},
        {V26 "\0\4", 10, BEAM_TYPE_MATCH_CTX, 0, false, false, 0, 0},
        {V27 "\20\40" TEN, 18, BEAM_TYPE_INTEGER, 0, true, false, 10, 0},
        {V27 "\100\2\17", 11, BEAM_TYPE_BITSTRING | BEAM_TYPE_MATCH_CTX, 16, false, false, 0, 0},
        {V27 "\10\4", 10, BEAM_TYPE_CONS | BEAM_TYPE_TUPLE, 0, false, false, 0, 0},
        {V29 "\20\0", 10, BEAM_TYPE_RECORD, 0, false, false, 0, 0},
        {V29 "\40\40" TEN, 18, BEAM_TYPE_INTEGER, 0, true, false, 10, 0},
    };
    Bytes b = build_module("fun f/1; is_integer F x0:t0; return");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        BeamFile file;
        BeamError err;
        Bytes with = with_chunk(b, "Type", cases[i].bytes, cases[i].size);
        assert_true(read_bytes(with, &file, &err));
        assert_int_equal(file.type_count, 1);
        const BeamType *t = &file.types[0];
        assert_int_equal(t->types, cases[i].types);
        assert_int_equal(t->unit, cases[i].unit);
        assert_int_equal(t->has_min, cases[i].has_min);
        assert_int_equal(t->has_max, cases[i].has_max);
        if (t->has_min) assert_int_equal(t->min, cases[i].min);
        if (t->has_max) assert_int_equal(t->max, cases[i].max);
        bool typed = false;
        for (uint32_t a = 0; a < file.arg_count; a++) typed |= file.args[a].type == 1;
        assert_true(typed);
        beam_free(&file);
        Bytes cut = with_chunk(b, "Type", cases[i].bytes, cases[i].size - 1);
        refused(cut, "Type");
        free(cut.at);
        free(with.at);
    }
    Bytes later = with_chunk(b, "Type", "\0\0\0\11\1", 5);
    BeamFile file;
    BeamError err;
    assert_true(read_bytes(later, &file, &err));
    assert_int_equal(file.type_count, 0);
    beam_free(&file);
    free(later.at);
    free(b.at);
}

static void test_literals(void **state) {
    Bytes b = build_module("fun f/0; move lit0 x0; return");
    BeamFile file;
    BeamError err;
    // Not compressed, as OTP 28 writes them.
    Bytes plain = with_chunk(b, "LitT", "\0\0\0\0\0\0\0\1\0\0\0\3\203h\0", 15);
    assert_true(read_bytes(plain, &file, &err));
    assert_int_equal(file.literal_count, 1);
    beam_free(&file);
    Bytes none = with_chunk(b, "LitT", NULL, 0);
    refused(none, "there is no literal 0");
    Bytes cut = with_chunk(b, "LitT", "\0\0\0\0\0\0\0\1\0\0\0\4\203h\0", 15);
    refused(cut, "ends in literal 0 of 1");
    Bytes broken = with_chunk(b, "LitT", "\0\0\0\0\0\0\0\1\0\0\0\3\202h\0", 15);
    refused(broken, "literal 0: ");
    free(broken.at), free(cut.at), free(none.at), free(plain.at), free(b.at);
}

int main(void) {
    mem_init(&mem);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_damaged),  cmocka_unit_test(test_container),
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_atoms),
        cmocka_unit_test(test_lines),    cmocka_unit_test(test_types),
        cmocka_unit_test(test_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
