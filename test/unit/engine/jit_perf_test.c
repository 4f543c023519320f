// SPDX-License-Identifier: Apache-2.0
// What perf(1) is told: names, lines, code, unwinding tables, read back by the formats' documents.
#include "engine/jit/perf.h"
#include "term/atom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { CODE_BYTES = 200 };

// A module of two functions: hot code of 100 and 50 bytes, cold code of 0 and 30; 20 are shared.
typedef struct World {
    Mem mem;
    Os *os;
    TermEnv env;
    FuncInfo functions[2];
    Term file_cells[2 * 5], files[1];
    Module module;
    NativeCode code;
    char dir[256];
} World;
static World w;
static _Alignas(16) uint8_t code[CODE_BYTES];

static Term atom(const char *text) {
    return atom_intern(w.env.atoms, (const uint8_t *)text, strlen(text));
}

static int make_world(void **state) {
    w = (World){0};
    mem_init(&w.mem);
    w.os = os_real_new(&w.mem);
    w.env = (TermEnv){.mem = &w.mem, .atoms = atoms_new(&w.mem, 10000)};
    for (int i = 0; i < CODE_BYTES; i++) code[i] = (uint8_t)i;
    w.functions[0] = (FuncInfo){.offset = 0, .name = atom("map"), .arity = 2};
    w.functions[1] = (FuncInfo){.offset = 10, .name = atom("-odd fun/1-"), .arity = 11};
    Term list = TERM_NIL;
    for (int i = 4; i >= 0; i--) {
        Term *cell = &w.file_cells[2 * i];
        cell[0] = term_small("m.erl"[i]);
        cell[1] = list;
        list = term_cons(cell);
    }
    w.files[0] = list;
    w.module = (Module){.name = atom("lists"),
                        .functions = w.functions,
                        .function_count = 2,
                        .files = w.files,
                        .file_count = 1};
    w.code.block = (CodeBlock){.exec = code, .size_bytes = CODE_BYTES};
    assert_true(native_places_begin(&w.mem, &w.code, &w.module));
    native_places_add(&w.code, 0, 0, 150);
    native_places_add(&w.code, 10, 100, 150);
    native_places_end(&w.code, 150, 180);
    return os_temp_dir(w.os, w.dir, sizeof w.dir);
}

static int free_world(void **state) {
    (void)os_temp_dir_remove(w.os, w.dir);
    native_places_free(&w.mem, &w.code);
    atoms_free(w.env.atoms);
    os_free(w.os);
    return mem_bytes(&w.mem) != 0;
}

static const NativeLine lines[] = {{10, 0, 7}, {20, 0, 8}, {30, 0, 0}, {110, 0, 9}, {160, 0, 10}};
static const NativeFrame frames[] = {{0, 8}, {40, 24}, {140, 8}, {170, 40}};
static const NativeInfo info = {lines, 5, frames, 4};

static const char *path_of(const char *what, const char *ending) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s-%d.%s", w.dir, what, (int)getpid(), ending);
    return path;
}

static uint8_t *read_file(const char *path, size_t *count) {
    uint8_t *bytes;
    assert_int_equal(os_file_read(w.os, &w.mem, path, &bytes, count), 0);
    return bytes;
}

static JitPerf *open_perf(bool map, bool dump) {
    char why[200];
    PerfConfig config = {.map = map, .dump = dump, .dir = w.dir};
    JitPerf *perf = perf_new(&w.mem, w.os, &config, why, sizeof why);
    if (perf == NULL) print_error("%s\n", why);
    assert_non_null(perf);
    return perf;
}

static void map_of_names(void **state) {
    JitPerf *perf = open_perf(true, false);
    perf_module(perf, &w.env, &w.code, &info);
    perf_free(perf);
    size_t count;
    uint8_t *bytes = read_file(path_of("perf", "map"), &count);
    char expected[500];
    uint64_t at = (uintptr_t)code;
    int size = snprintf(expected, sizeof expected,
                        "%llx 64 $lists:map/2\n"
                        "%llx 32 $lists:'-odd fun/1-'/11\n"
                        "%llx 1e $lists:'-odd fun/1-'/11.cold\n"
                        "%llx 14 $lists::shared\n",
                        at + 0ull, at + 100ull, at + 150ull, at + 180ull);
    assert_int_equal(count, size);
    assert_memory_equal(bytes, expected, count);
    os_file_free(&w.mem, bytes, count);
    assert_int_equal(access(path_of("jit", "dump"), F_OK), -1);
}

// --- the dump ------------------------------------------------------------------------------------

typedef struct Reader {
    const uint8_t *at, *end;
} Reader;
static uint64_t get(Reader *r, size_t bytes) {
    uint64_t value = 0;
    assert_true((size_t)(r->end - r->at) >= bytes);
    memcpy(&value, r->at, bytes);
    r->at += bytes;
    return value;
}
static void expect_text(Reader *r, const char *text) {
    assert_true((size_t)(r->end - r->at) > strlen(text));
    assert_string_equal((const char *)r->at, text);
    r->at += strlen(text) + 1;
}
// The record's body, by its header.
static Reader record(Reader *r, uint32_t kind) {
    const uint8_t *start = r->at;
    assert_int_equal(get(r, 4), kind);
    uint64_t size = get(r, 4);
    assert_int_equal(size % 8, 0);
    assert_true((int64_t)get(r, 8) <= os_monotonic_ns(w.os));
    Reader body = {r->at, start + size};
    assert_true(body.end <= r->end);
    r->at = body.end;
    return body;
}

static void expect_lines(Reader *r, uint32_t from, const NativeLine *expected, size_t count) {
    Reader body = record(r, 2);
    assert_int_equal(get(&body, 8), (uintptr_t)code + from);
    assert_int_equal(get(&body, 8), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(get(&body, 8), (uintptr_t)code + expected[i].offset);
        assert_int_equal(get(&body, 4), expected[i].line);
        assert_int_equal(get(&body, 4), 0);
        expect_text(&body, "m.erl");
    }
}

static void expect_code(Reader *r, uint64_t index, uint32_t from, uint32_t size, const char *name) {
    Reader body = record(r, 0);
    assert_int_equal(get(&body, 4), getpid());
    assert_int_equal(get(&body, 4), getpid());
    assert_int_equal(get(&body, 8), (uintptr_t)code + from);
    assert_int_equal(get(&body, 8), (uintptr_t)code + from);
    assert_int_equal(get(&body, 8), size);
    assert_int_equal(get(&body, 8), index);
    expect_text(&body, name);
    assert_true(body.end - body.at >= size && body.end - body.at < size + 8);
    assert_memory_equal(body.at, code + from, size);
}

// Runs the table's program: distance to the caller's frame at an offset of the piece.
static uint64_t frame_at(const uint8_t *program, const uint8_t *end, uint32_t offset) {
    uint64_t at = 0, bytes = 8;
    while (program < end && *program != 0) {
        uint8_t op = *program++;
        if (op >> 6 == 1) {
            at += op & 63;
        } else if (op == 4) {
            uint32_t by;
            memcpy(&by, program, sizeof by);
            program += sizeof by;
            at += by;
        } else {
            assert_int_equal(op, 14);
            if (at > offset) break;
            bytes = *program++;
        }
        if (at > offset) break;
    }
    return bytes;
}

static void expect_unwinding(Reader *r, uint32_t from, uint32_t size) {
#if defined(__x86_64__)
    Reader body = record(r, 4);
    uint64_t bytes = get(&body, 8), header_bytes = get(&body, 8);
    assert_int_equal(get(&body, 8), 0);
    assert_true((uint64_t)(body.end - body.at) >= bytes && header_bytes == 20);
    const uint8_t *table = body.at, *header = table + bytes - header_bytes;
    // Where perf will put the table, when the code starts at 0.
    int64_t table_at = ALIGN_UP(size, 8), header_at = table_at + (header - table);
    Reader cie = {table, header}, fde = {table + 24, header}, index = {header, header + 20};
    assert_int_equal(get(&cie, 4), 20);
    assert_int_equal(get(&cie, 4), 0);
    uint64_t fde_bytes = get(&fde, 4);
    assert_int_equal(get(&fde, 4), 28); // back to the CIE
    assert_int_equal((int32_t)get(&fde, 4), -(table_at + 32));
    assert_int_equal(get(&fde, 4), size);
    assert_int_equal(get(&fde, 1), 0);
    for (uint32_t i = 0; i < size; i++) {
        uint32_t bytes_there = 8;
        for (size_t f = 0; f < 4; f++)
            if (frames[f].offset <= from + i) bytes_there = frames[f].bytes;
        assert_int_equal(frame_at(fde.at, table + 28 + fde_bytes, i), bytes_there);
    }
    assert_int_equal(get(&index, 4), 0x3b031b01);
    assert_int_equal((int32_t)get(&index, 4), table_at - (header_at + 4));
    assert_int_equal(get(&index, 4), 1);
    assert_int_equal((int32_t)get(&index, 4), -header_at);
    assert_int_equal((int32_t)get(&index, 4), table_at + 24 - header_at);
#endif
}

static void dump_of_code(void **state) {
    JitPerf *perf = open_perf(true, true);
    perf_module(perf, &w.env, &w.code, &info);
    char maps[64];
    snprintf(maps, sizeof maps, "/proc/%d/maps", (int)getpid());
    size_t count;
    uint8_t *bytes = read_file(maps, &count);
    bool seen = false; // it is mapped as code
    for (size_t i = 0; i + 5 < count; i++) seen |= memcmp(bytes + i, ".dump", 5) == 0;
    assert_true(seen);
    os_file_free(&w.mem, bytes, count);
    perf_free(perf);
    bytes = read_file(path_of("jit", "dump"), &count);
    Reader r = {bytes, bytes + count};
    assert_int_equal(get(&r, 4), 0x4a695444);
    assert_int_equal(get(&r, 4), 1);
    assert_int_equal(get(&r, 4), 40);
#if defined(__x86_64__)
    assert_int_equal(get(&r, 4), 62);
#else
    (void)get(&r, 4);
#endif
    assert_int_equal(get(&r, 4), 0);
    assert_int_equal(get(&r, 4), getpid());
    (void)get(&r, 8);
    assert_int_equal(get(&r, 8), 0);
    expect_lines(&r, 0, lines, 2);
    expect_unwinding(&r, 0, 100);
    expect_code(&r, 0, 0, 100, "$lists:map/2");
    expect_lines(&r, 100, lines + 3, 1);
    expect_unwinding(&r, 100, 50);
    expect_code(&r, 1, 100, 50, "$lists:'-odd fun/1-'/11");
    expect_lines(&r, 150, lines + 4, 1);
    expect_unwinding(&r, 150, 30);
    expect_code(&r, 2, 150, 30, "$lists:'-odd fun/1-'/11.cold");
    expect_unwinding(&r, 180, 20);
    expect_code(&r, 3, 180, 20, "$lists::shared");
    Reader end = record(&r, 3);
    assert_ptr_equal(end.at, end.end);
    assert_ptr_equal(r.at, r.end);
    os_file_free(&w.mem, bytes, count);
    assert_int_equal(access(path_of("perf", "map"), F_OK), 0);
}

static void expect_refused(const char *dir, const char *expected) {
    char why[600] = "";
    PerfConfig config = {.map = true, .dump = true, .dir = dir};
    assert_null(perf_new(&w.mem, w.os, &config, why, sizeof why));
    if (strstr(why, expected) == NULL) print_error("%s\n", why);
    assert_non_null(strstr(why, expected));
}

static void files_of_others(void **state) {
    expect_refused("/nowhere/to/be/found", "enoent");
    // Another machine in this program has it already.
    JitPerf *perf = open_perf(true, false);
    perf_module(perf, &w.env, &w.code, &info);
    expect_refused(w.dir, "eagain");
    perf_free(perf);
    // What an earlier program of the same number has left is emptied.
    perf = open_perf(true, false);
    perf_free(perf);
    struct stat st;
    assert_int_equal(stat(path_of("perf", "map"), &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    // A link that somebody has put there.
    char target[300];
    snprintf(target, sizeof target, "%s/target", w.dir);
    assert_int_equal(unlink(path_of("perf", "map")), 0);
    assert_int_equal(symlink(target, path_of("perf", "map")), 0);
    expect_refused(w.dir, "eloop");
    assert_int_equal(unlink(path_of("perf", "map")), 0);
    perf = open_perf(true, false);
    perf_free(perf);
    assert_int_equal(link(path_of("perf", "map"), target), 0);
    expect_refused(w.dir, "eperm");
    assert_int_equal(unlink(target), 0);
}

static void no_memory(void **state) {
    for (uint64_t every = 1; every < 12; every++) {
        char why[100];
        PerfConfig config = {.map = true, .dump = true, .dir = w.dir};
        w.mem.fail_every = every;
        JitPerf *perf = perf_new(&w.mem, w.os, &config, why, sizeof why);
        if (perf != NULL) perf_module(perf, &w.env, &w.code, &info);
        perf_free(perf);
    }
    w.mem.fail_every = 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_world, free_world)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(map_of_names),
        TEST(dump_of_code),
        TEST(files_of_others),
        TEST(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
