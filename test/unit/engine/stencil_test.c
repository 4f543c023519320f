// SPDX-License-Identifier: Apache-2.0
// The stencil head, proven: a loop is put together from stencils, its holes are filled, and it
// runs.
#include "engine/engine_int.h"
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef enum StencilKind { STENCIL_ABS64, STENCIL_ABS32, STENCIL_ABS32S, STENCIL_PC32 } StencilKind;
typedef struct StencilHole {
    uint32_t offset;
    StencilKind kind;
    const char *symbol;
    int64_t addend;
} StencilHole;
typedef struct Stencil {
    const char *name;
    const uint8_t *code;
    size_t size_bytes;
    const StencilHole *holes;
    size_t hole_count;
} Stencil;
#include "engine/stencils.inc"

enum { CODE_BYTES = 16384, STEPS_MAX = 16, VALUES_MAX = 12 };

// An instruction of the program: which stencil, and the values of hole_2...
typedef struct Step {
    const char *stencil;
    uint64_t values[VALUES_MAX]; // by unit; labels are step numbers
    int label_at;                // the unit that is a label, 0: none
} Step;

// What the end of the program jumps to: writes the registers back and returns.
static PRESERVE_NONE void finish(OP_PARAMS) {
    p->heap.htop = htop;
    p->heap.stack = E;
    p->reds = reds;
}

// No program of these tests leaves the fast paths.
static PRESERVE_NONE void fail_slow(OP_PARAMS) {
    fail_msg("a stencil took its slow path");
}

static const Stencil *find(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(stencils); i++)
        if (strcmp(stencils[i].name, name) == 0) return &stencils[i];
    fail_msg("no stencil %s", name);
    return NULL;
}

static uint64_t hole_value(const StencilHole *hole, const Step *step, const uint64_t *starts,
                           size_t at) {
    if (strcmp(hole->symbol, "hole_next") == 0) return starts[at + 1];
    if (strcmp(hole->symbol, "hole_unwind") == 0 || strcmp(hole->symbol, "hole_arith") == 0)
        return (uint64_t)(uintptr_t)fail_slow;
    unsigned unit;
    if (sscanf(hole->symbol, "hole_%u", &unit) != 1) fail_msg("a stencil wants %s", hole->symbol);
    assert_true(unit < VALUES_MAX);
    uint64_t value = step->values[unit];
    if ((int)unit == step->label_at && value != 0) return starts[value];
    return value;
}

static void patch(uint8_t *code, const StencilHole *hole, uint64_t value) {
    uint64_t sum = value + (uint64_t)hole->addend;
    uint8_t *at = code + hole->offset;
    switch (hole->kind) {
    case STENCIL_ABS64: memcpy(at, &sum, 8); return;
    case STENCIL_ABS32:
    case STENCIL_ABS32S: {
        uint32_t word = (uint32_t)sum;
        assert_true((int64_t)sum == (int32_t)sum || sum == word);
        memcpy(at, &word, 4);
        return;
    }
    case STENCIL_PC32: {
        int64_t distance = (int64_t)(sum - (uint64_t)(uintptr_t)at);
        int32_t word = (int32_t)distance;
        assert_true(distance == word);
        memcpy(at, &word, 4);
        return;
    }
    }
}

// Copies and patches the steps; what follows the last is `finish`.
static OpFn assemble(Os *os, uint8_t *code, const Step *steps, size_t count) {
    uint64_t starts[STEPS_MAX + 1];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        starts[i] = (uint64_t)(uintptr_t)(code + used);
        used += ALIGN_UP(find(steps[i].stencil)->size_bytes, 16);
    }
    assert_true(used <= CODE_BYTES);
    starts[count] = (uint64_t)(uintptr_t)finish;
    for (size_t i = 0; i < count; i++) {
        const Stencil *s = find(steps[i].stencil);
        uint8_t *at = (uint8_t *)(uintptr_t)starts[i];
        memcpy(at, s->code, s->size_bytes);
        for (size_t h = 0; h < s->hole_count; h++)
            patch(at, &s->holes[h], hole_value(&s->holes[h], &steps[i], starts, i));
    }
    assert_int_equal(os_pages_protect(os, code, CODE_BYTES, OS_READ_EXECUTE), 0);
    return (OpFn)(uintptr_t)starts[0];
}

typedef struct Machine {
    Mem mem;
    Os *os;
    uint8_t *code;
    Process p;
    Registers regs;
    Term heap[4096];
} Machine;

static Machine *machine_new(void) {
    static const Machine zero;
    Machine *m = test_malloc(sizeof *m);
    *m = zero;
    mem_init(&m->mem);
    m->os = os_real_new(&m->mem);
    m->code = os_pages_reserve(m->os, CODE_BYTES, OS_READ_WRITE);
    assert_non_null(m->code);
    m->p.regs = &m->regs;
    m->p.heap.start = m->p.heap.htop = m->heap;
    m->p.heap.stack = m->p.heap.end = m->heap + ARRAY_COUNT(m->heap);
    return m;
}

static void machine_free(Machine *m) {
    os_pages_release(m->os, m->code, CODE_BYTES);
    os_free(m->os);
    test_free(m);
}

// The sanitizer would look for its mark in front of the function, where the mapping ends.
#if defined(__clang__)
__attribute__((no_sanitize("function")))
#endif
static void
machine_run(Machine *m, OpFn start) {
    start(&m->p, NULL, m->regs.x, m->p.heap.stack, m->p.heap.htop, 1000);
}

#define X(n) ((n) * sizeof(Term))

static void sum_of_a_countdown(void **state) {
    (void)state;
    static const Step steps[] = {
        // 0: when x0 is 0 fall through to 1, else go to 2
        {"is_eq_exact_immediate_x", {[2] = 2, [3] = X(0), [4] = MAKE_SMALL(0)}, 2},
        {"jump", {[2] = 5}, 2},
        {"plus_xxx", {[4] = X(1), [5] = X(0), [6] = X(1)}, 0},
        {"plus_small_xx", {[4] = X(0), [5] = MAKE_SMALL(-1), [7] = X(0)}, 0},
        {"jump", {[2] = 6}, 2}, // to the move, which is patched to go on at 0
        {"move_xx", {[2] = X(1), [3] = X(0)}, 0},
        {"jump", {[2] = 0}, 0}, // replaced below
    };
    // Label 0 means "none", so that the loop's start is given as an address.
    Machine *m = machine_new();
    Step program[ARRAY_COUNT(steps)];
    memcpy(program, steps, sizeof steps);
    program[4].values[2] = (uint64_t)(uintptr_t)m->code;
    program[4].label_at = 0;
    OpFn start = assemble(m->os, m->code, program, 6);
    m->regs.x[0] = term_small(1000);
    m->regs.x[1] = term_small(0);
    machine_run(m, start);
    assert_int_equal(term_small_value(m->regs.x[0]), 500500);
    machine_free(m);
}

static void a_list_built_and_taken_apart(void **state) {
    (void)state;
    static const Step steps[] = {
        {"put_list_xcx", {[2] = X(0), [3] = TERM_NIL, [5] = X(1)}, 0},
        {"put_list_cxx", {[2] = MAKE_SMALL(7), [4] = X(1), [5] = X(1)}, 0},
        {"move_xx", {[2] = X(1), [3] = X(5)}, 0},
        {"get_list_xxx", {[2] = X(1), [3] = X(2), [4] = X(3)}, 0},
    };
    Machine *m = machine_new();
    OpFn start = assemble(m->os, m->code, steps, ARRAY_COUNT(steps));
    m->regs.x[0] = MAKE_ATOM(3);
    machine_run(m, start);
    assert_int_equal(m->p.heap.htop - m->heap, 4);
    assert_true(m->regs.x[2] == term_small(7));
    assert_true(term_is_cons(m->regs.x[3]));
    assert_true(term_head(m->regs.x[3]) == MAKE_ATOM(3));
    assert_true(term_tail(m->regs.x[3]) == TERM_NIL);
    assert_true(term_tail(m->regs.x[5]) == m->regs.x[3]);
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_of_a_countdown),
        cmocka_unit_test(a_list_built_and_taken_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
