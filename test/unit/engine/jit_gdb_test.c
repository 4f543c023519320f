// SPDX-License-Identifier: Apache-2.0
// What a debugger is told: the list of blocks, and each one's ELF file, read back by the
// specification. That gdb follows it: test/gdb.
#include "engine/jit/gdb.h"
#include "term/atom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

// As GDB's manual has them.
typedef struct Entry {
    struct Entry *next, *previous;
    const char *file;
    uint64_t size;
} Entry;
typedef struct Descriptor {
    uint32_t version, action;
    Entry *relevant, *first;
} Descriptor;
extern Descriptor __jit_debug_descriptor;

static Mem mem;
static TermEnv env;
static FuncInfo functions[2];
static Module module;
static _Alignas(16) uint8_t code[3][112];
static NativeCode blocks[3];
static const NativeFrame frames[] = {{0, 8}, {40, 24}, {50, 8}};
static const NativeInfo info = {.frames = frames, .frame_count = 3};

static int make_blocks(void **state) {
    mem_init(&mem);
    env = (TermEnv){.mem = &mem, .atoms = atoms_new(&mem, 10000)};
    functions[0] = (FuncInfo){
        .offset = 0, .name = atom_intern(env.atoms, (const uint8_t *)"map", 3), .arity = 2};
    functions[1] = (FuncInfo){
        .offset = 10, .name = atom_intern(env.atoms, (const uint8_t *)"foldl", 5), .arity = 3};
    module = (Module){.name = atom_intern(env.atoms, (const uint8_t *)"lists", 5),
                      .functions = functions,
                      .function_count = 2};
    for (int i = 0; i < 3; i++) {
        blocks[i] = (NativeCode){.block = {.exec = code[i], .size_bytes = sizeof code[i]}};
        assert_true(native_places_begin(&mem, &blocks[i], &module));
        native_places_add(&blocks[i], 0, 0, 100);
        native_places_add(&blocks[i], 10, 64, 100);
        native_places_end(&blocks[i], 96, 110);
    }
    return 0;
}

static int free_blocks(void **state) {
    for (int i = 0; i < 3; i++) native_places_free(&mem, &blocks[i]);
    atoms_free(env.atoms);
    return mem_bytes(&mem) != 0;
}

static int list_length(void) {
    int count = 0;
    const Entry *before = NULL;
    for (const Entry *e = __jit_debug_descriptor.first; e != NULL; before = e, e = e->next) {
        assert_ptr_equal(e->previous, before);
        count++;
    }
    return count;
}

static void blocks_come_and_go(void **state) {
    assert_int_equal(__jit_debug_descriptor.version, 1);
    assert_int_equal(list_length(), 0);
    for (int i = 0; i < 3; i++) gdb_module(&mem, &env, &blocks[i], &info);
    assert_int_equal(list_length(), 3);
    assert_int_equal(__jit_debug_descriptor.action, 0);
    gdb_forget(&mem, &blocks[1]);
    assert_int_equal(list_length(), 2);
    gdb_forget(&mem, &blocks[1]); // nothing
    gdb_forget(&mem, &blocks[2]);
    gdb_module(&mem, &env, &blocks[1], &info);
    assert_int_equal(list_length(), 2);
    gdb_forget(&mem, &blocks[0]);
    gdb_forget(&mem, &blocks[1]);
    assert_int_equal(list_length(), 0);
    for (uint64_t every = 1; every < 8; every++) {
        mem.fail_every = every;
        gdb_module(&mem, &env, &blocks[0], &info);
        gdb_forget(&mem, &blocks[0]);
    }
    mem.fail_every = 0;
    assert_int_equal(list_length(), 0);
}

static uint64_t number(const uint8_t *at, size_t bytes) {
    uint64_t value = 0;
    memcpy(&value, at, bytes);
    return value;
}

// The section of a name: its header.
static const uint8_t *section(const uint8_t *file, const char *name) {
    const uint8_t *headers = file + number(file + 40, 8);
    uint64_t count = number(file + 60, 2), names = number(file + 62, 2);
    const char *texts = (const char *)file + number(headers + 64 * names + 24, 8);
    for (uint64_t i = 1; i < count; i++)
        if (strcmp(texts + number(headers + 64 * i, 4), name) == 0) return headers + 64 * i;
    fail_msg("no section %s", name);
    return NULL;
}

static void the_file(void **state) {
    gdb_module(&mem, &env, &blocks[0], &info);
    const Entry *e = __jit_debug_descriptor.first;
    const uint8_t *file = (const uint8_t *)e->file;
    assert_memory_equal(file, "\177ELF\2\1\1", 7);
    const uint8_t *text = section(file, ".text"), *symbols = section(file, ".symtab"),
                  *strings = section(file, ".strtab");
    assert_int_equal(number(text + 16, 8), (uintptr_t)code[0]);
    assert_int_equal(number(text + 32, 8), 112);
    static const struct {
        const char *name;
        uint64_t start, size;
    } expected[] = {{"$lists:map/2", 0, 64},
                    {"$lists:foldl/3", 64, 32},
                    {"$lists::shared", 96, 4},
                    {"$lists:foldl/3.cold", 100, 10},
                    {"$lists::shared", 110, 2}};
    assert_int_equal(number(symbols + 32, 8), 24 * (1 + ARRAY_COUNT(expected)));
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        const uint8_t *s = file + number(symbols + 24, 8) + 24 * (i + 1);
        const char *name = (const char *)file + number(strings + 24, 8) + number(s, 4);
        assert_string_equal(name, expected[i].name);
        assert_int_equal(number(s + 8, 8), (uintptr_t)code[0] + expected[i].start);
        assert_int_equal(number(s + 16, 8), expected[i].size);
    }
#if defined(__x86_64__)
    const uint8_t *table = section(file, ".eh_frame");
    const uint8_t *fde = file + number(table + 24, 8) + NATIVE_UNWIND_FDE_OFFSET;
    uint64_t fde_at = number(table + 16, 8) + NATIVE_UNWIND_FDE_OFFSET;
    int64_t distance = (int32_t)number(fde + 8, 4);
    assert_int_equal(fde_at + 8 + (uint64_t)distance, (uintptr_t)code[0]);
    assert_int_equal(number(fde + 12, 4), 112);
#endif
    gdb_forget(&mem, &blocks[0]);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_blocks, free_blocks)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(blocks_come_and_go),
        TEST(the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
