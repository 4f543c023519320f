// SPDX-License-Identifier: Apache-2.0
// Modules of the installed stdlib with some bytes of their code changed: those that pass the
// verifier are run, every exported function with a few arguments. Nothing may crash, whatever they
// do. MUTATIONS=n tries n a module instead of a few, SEED=n others; each is named in $MUTATE_LOG.
#include "code/beam_int.h"
#include "code/generic.h"
#include "run_module.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
// cmocka wants the headers above before it.
#include <cmocka.h>

enum { MUTATIONS = 12, CALLS = 4, A_MACHINE = 3000, MEMORY_BYTES = 256 << 20 };

// They call no builtin that reaches outside.
static const char *const modules[] = {
    "lists",         "maps",         "string",   "binary",        "base64",   "queue",
    "sets",          "ordsets",      "orddict",  "dict",          "gb_trees", "array",
    "proplists",     "gb_sets",      "calendar", "uri_string",    "erl_scan", "io_lib_pretty",
    "io_lib_format", "unicode_util", "json",     "digraph_utils",
};

typedef struct Bytes {
    uint8_t *at;
    size_t size;
    size_t code, code_size;  // the instructions
    uint32_t *ops, op_count; // where each starts, from `code`
} Bytes;

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void find_ops(Bytes *b) {
    Mem mem;
    mem_init(&mem);
    const TermEnv env = {.mem = &mem};
    BeamFile file;
    BeamError err;
    assert_true(beam_read(&env, b->at, b->size, &file, &err));
    b->ops = malloc(file.op_count * sizeof *b->ops);
    b->op_count = file.op_count;
    for (uint32_t i = 0; i < file.op_count; i++) {
        b->ops[i] = file.ops[i].offset;
        assert_int_equal(b->at[b->code + b->ops[i]], file.ops[i].op);
    }
    beam_free(&file);
}

// false: not installed.
static bool read_module(const char *name, Bytes *b) {
    char pattern[256];
    snprintf(pattern, sizeof pattern, "/usr/lib/erlang/lib/stdlib-*/ebin/%s.beam", name);
    glob_t g;
    if (glob(pattern, 0, NULL, &g) != 0) return false;
    FILE *f = fopen(g.gl_pathv[0], "rb");
    globfree(&g);
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *b = (Bytes){.size = (size_t)ftell(f)};
    rewind(f);
    b->at = malloc(b->size);
    assert_int_equal(fread(b->at, 1, b->size, f), b->size);
    fclose(f);
    for (size_t at = 12; at + 8 < b->size;) {
        uint32_t size = get32(b->at + at + 4);
        if (memcmp(b->at + at, "Code", 4) == 0) {
            uint32_t head = 4 + get32(b->at + at + 8);
            b->code = at + 8 + head;
            b->code_size = size - head;
        }
        at += 8 + ALIGN_UP((size_t)size, 4);
    }
    assert_true(b->code_size > 0);
    find_ops(b);
    return true;
}

// Another instruction with the same kinds of operands: another test, another end of a list.
static void mutate_op(const Bytes *b, uint8_t *code, uint64_t *seed) {
    uint8_t *op = code + b->ops[run_random(seed) % b->op_count];
    const char *shape = generic_shape(*op);
    for (int tries = 0; tries < 200; tries++) {
        unsigned other = (unsigned)(run_random(seed) % (GENERIC_MAX + 1));
        const char *same = generic_shape(other);
        if (other == *op || same == NULL || strcmp(shape, same) != 0) continue;
        *op = (uint8_t)other;
        return;
    }
}

// Most often another register, label or number: the upper half of an operand's byte.
static void mutate(const Bytes *b, uint8_t *to, uint64_t *seed) {
    memcpy(to, b->at, b->size);
    uint8_t *code = to + b->code;
    for (uint64_t n = 1 + run_random(seed) % 4 / 3; n > 0; n--) {
        size_t at = run_random(seed) % b->code_size, from = run_random(seed) % b->code_size;
        size_t count = MIN(run_random(seed) % 8 + 1, b->code_size - MAX(at, from));
        switch (run_random(seed) % 12) {
        case 0: code[at] ^= (uint8_t)(1 << run_random(seed) % 8); break;
        case 1: code[at] = (uint8_t)run_random(seed); break;
        case 2: memmove(code + at, code + from, count); break;
        case 3:
        case 4:
        case 5:
        case 6: mutate_op(b, code, seed); break;
        default: code[at] += (uint8_t)(16 * run_random(seed)); break;
        }
    }
}

static long number_of(const char *variable, long otherwise) {
    const char *text = getenv(variable);
    return text != NULL ? strtol(text, NULL, 10) : otherwise;
}

// A machine with all the modules as they are, so that what is mutated can call the others.
static Vm *new_machine(const Bytes *all) {
    Vm *vm = bare_machine(MEMORY_BYTES);
    for (size_t i = 0; i < ARRAY_COUNT(modules); i++) {
        BeamError err;
        if (all[i].at != NULL)
            assert_true(load_bytes(vm, all[i].at, all[i].size, &err) != TERM_NONE);
    }
    return vm;
}

// Loads and runs one. false: refused.
static bool try_one(Vm *vm, const uint8_t *bytes, size_t size, uint64_t seed) {
    BeamError err = {""};
    Term name = load_bytes(vm, bytes, size, &err);
    assert_true(name != TERM_NONE || err.text[0] != '\0');
    if (name == TERM_NONE) return false;
    run_exports(vm, name, CALLS, seed);
    assert_true(purge_alone(vm->core.code, name, &err)); // the one before
    return true;
}

static void test_mutated(void **state) {
    const char *log_name = getenv("MUTATE_LOG");
    FILE *log = log_name != NULL ? fopen(log_name, "w") : NULL;
    long mutations = number_of("MUTATIONS", MUTATIONS), base = number_of("SEED", 1), ran = 0;
    long all = 0;
    Bytes all_bytes[ARRAY_COUNT(modules)] = {{.at = NULL}};
    for (size_t i = 0; i < ARRAY_COUNT(modules); i++) (void)read_module(modules[i], &all_bytes[i]);
    Vm *vm = new_machine(all_bytes);
    for (size_t i = 0; i < ARRAY_COUNT(modules); i++) {
        const Bytes *b = &all_bytes[i];
        if (b->at == NULL) continue;
        uint8_t *bytes = malloc(b->size);
        for (long k = number_of("FIRST", 0); k < mutations; k++, all++) {
            uint64_t seed = 88172645463325252u + (uint64_t)base * 1000003 + (uint64_t)k;
            for (int warm = 0; warm < 8; warm++) (void)run_random(&seed);
            if (log != NULL) {
                rewind(log);
                fprintf(log, "%s %ld %ld          \n", modules[i], base, k);
                fflush(log);
            }
            mutate(b, bytes, &seed);
            ran += try_one(vm, bytes, b->size, seed);
            if (all % A_MACHINE == A_MACHINE - 1) {
                dt_free(vm);
                vm = new_machine(all_bytes);
            }
        }
        (void)try_one(vm, b->at, b->size, 1); // for those that come
        free(bytes);
    }
    for (size_t i = 0; i < ARRAY_COUNT(modules); i++) free(all_bytes[i].at), free(all_bytes[i].ops);
    dt_free(vm);
    if (log != NULL) fclose(log);
    if (all == 0) skip();
    print_message("%ld of %ld ran\n", ran, all);
    assert_true(ran > all / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
