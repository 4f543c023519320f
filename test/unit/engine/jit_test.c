// SPDX-License-Identifier: Apache-2.0
// Each instruction that has a register form, with every assignment of its operands to registers
// (X0 to X4, two X registers in memory, two Y registers, constants; source = destination included)
// and values of all kinds: machine code and slow handlers must leave the same registers, stack,
// heap and exception as the interpreter. All engines run the same units at the same addresses on
// the same heap, so everything can be compared word for word.
#include "../proc/machine.h"

#include "engine/bitsyntax.h"
#include "engine/engine_int.h"
#include "engine/jit/jit.h"
#include "engine/jit/native.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/map.h"

// --- the machine ---------------------------------------------------------------------------------

enum {
    HEAP_WORDS = 512, // that are compared
    SPARE_WORDS = 24, // above the heap's top that are compared, too
    Y_COUNT = 6,
    ENDS = 4,
    X_COUNT = 8,
    VALUES_MAX = 64,
    LITERAL_BYTES = 1 << 20,
    BATCH_UNITS = 1 << 17,
    BATCH_CASES = 2048,
    CASES_PER_OP = 4000,
};

typedef struct World {
    VmCore *vm;
    Process *p;
    Jit *jit;
    Term *base, *top, *stack; // of the heap with the values, and of the empty stack
    Term *image;              // copy of base..top
    Term values[VALUES_MAX];
    size_t value_count;
    // Where cases end: outside the module, in slow handlers, by a call with five arguments, so that
    // all registers are live up to there and written to x[]. The last one is behind the case.
    Export ends[ENDS];
    Unit end_units[ENDS][4]; // arity, instruction
    FunEntry fun;            // enters the second
    Term *map;               // a flat one
    Export *failing;         // a builtin that raises badarg
    uint64_t seed;
    Unit *units;
    Module module;
    uint32_t labels[ENDS - 1]; // where cases go to instead of on
} World;
static World w;

static Term raises_badarg(Process *p, Term *a) {
    return bif_badarg(p);
}
static const Bif failing_bif = {"erlang", "hd", 1, BIF_GUARD, raises_badarg, "", ""};

static void add_value(Term t) {
    assert_true(w.value_count < VALUES_MAX);
    w.values[w.value_count++] = t;
}
static Term boxed_words(Hp *hp, Term header, uint64_t first, uint64_t second) {
    Term *at = hp_take(hp, 1 + header_words(header));
    at[0] = header;
    at[1] = first;
    if (header_words(header) > 1) at[2] = second;
    return term_boxed(at);
}

static const int64_t integers[] = {0,          1,         -1,        2,   3,    7,
                                   58,         59,        60,        100, -100, 0x7fffffff,
                                   0x80000000, SMALL_MAX, SMALL_MIN, -5,  1000, SMALL_MAX / 3};

static void make_values(Hp *hp) {
    for (size_t i = 0; i < ARRAY_COUNT(integers); i++) add_value(term_small(integers[i]));
    Term pos = HEADER(KIND_BIG_POS, 1), neg = HEADER(KIND_BIG_NEG, 1);
    uint64_t over = (uint64_t)SMALL_MAX + 1;
    add_value(boxed_words(hp, pos, over, 0));
    add_value(boxed_words(hp, pos, over, 0)); // equal, not the same word
    add_value(boxed_words(hp, neg, over + 1, 0));
    add_value(boxed_words(hp, HEADER(KIND_BIG_POS, 2), 5, 9));
    add_value(hp_float(hp, 1.5));
    add_value(hp_float(hp, -3.0));
    add_value(hp_float(hp, 7.0));
    add_value(hp_float(hp, 0.0));
    add_value(hp_float(hp, 1e300));
    add_value(hp_float(hp, 1e300));
    add_value(TERM_NIL);
    add_value(ATOM_true);
    add_value(ATOM_false);
    add_value(ATOM_badarg);
    Term cons = hp_cons(hp, ATOM_ok, term_small(1));
    add_value(cons);
    add_value(hp_cons(hp, term_small(2), cons));
    add_value(hp_cons(hp, term_small(2), hp_cons(hp, ATOM_ok, term_small(1))));
    add_value(boxed_words(hp, HEADER(KIND_TUPLE, 0), 0, 0));
    hp->top--; // it has no word
    add_value(boxed_words(hp, HEADER(KIND_TUPLE, 1), ATOM_ok, 0));
    add_value(hp_tuple2(hp, ATOM_ok, cons));
    add_value(hp_tuple2(hp, ATOM_ok, cons));
    add_value(hp_tuple3(hp, ATOM_error, term_small(11), cons));
    Term four = hp_tuple(hp, 4);
    for (int i = 0; i < 4; i++) term_tuple_elements(four)[i] = term_small(40 + i);
    add_value(four);
    Term kv[] = {ATOM_ok, term_small(1), ATOM_error, cons};
    add_value(map_build(&w.vm->env, hp, kv, 2));
    w.map = term_boxed_ptr(w.values[w.value_count - 1]);
    add_value(map_build(&w.vm->env, hp, kv, 0));
    Term *bits = hp_take(hp, 6);
    memcpy(bits, (Term[]){HEADER(KIND_HEAP_BITS, 5), 252}, 16);
    for (int i = 0; i < 32; i++) ((uint8_t *)(bits + 2))[i] = (uint8_t)(i == 31 ? 0 : 17 * i + 3);
    add_value(term_boxed(bits));
    static const uint16_t positions[][2] = {{0, 252},   {8, 248},   {13, 252},
                                            {244, 252}, {248, 248}, {64, 128}};
    for (size_t i = 0; i < ARRAY_COUNT(positions); i++) {
        Term *context = hp_take(hp, MATCH_CTX_WORDS);
        context_make(context, MATCH_CTX_WORDS, term_boxed(bits));
        context[MATCH_CTX_POSITION] = positions[i][0];
        context[MATCH_CTX_END] = positions[i][1];
        add_value(term_boxed(context));
    }
    add_value(term_local_pid(77));
    add_value(term_local_port(9));
    add_value(boxed_words(hp, HEADER(KIND_REF, 2), 1, 2));
    add_value(boxed_words(hp, HEADER(KIND_EXPORT, 1), (uintptr_t)&w.ends[1], 0));
    add_value(boxed_words(hp, HEADER(KIND_FUN, 2), (uintptr_t)&w.fun, term_small(5)));
}

static int make_world(void **state) {
    w = (World){.seed = 20261120};
    VmCore *vm = w.vm = machine_new(false);
    vm->literals = literals_new(&vm->mem, vm->os, LITERAL_BYTES);
    vm->code = code_tables_new(&vm->env, vm->literals);
    assert_true(vm->code != NULL && engine_init(vm));
    w.failing = code_export_bif(vm->code, ATOM_erlang, ATOM_hd, 1, &failing_bif);
    assert_true(w.failing != NULL && engine_ready(vm));
    w.jit = ((EngineState *)vm->engine)->jit;
    w.p = running_new(vm);
    Hp hp;
    assert_true(process_reserve_gc(w.p, 8 * HEAP_WORDS, &hp));
    w.base = hp.top;
    make_values(&hp);
    process_commit(w.p, &hp);
    w.top = w.p->heap.htop;
    size_t words = (size_t)(w.top - w.base);
    w.image = malloc(words * sizeof(Term));
    memcpy(w.image, w.base, words * sizeof(Term));
    w.stack = w.p->heap.stack;
    w.units = aligned_alloc(64, BATCH_UNITS * sizeof(Unit));
    return w.jit == NULL; // no stencils for this machine
}

static int free_world(void **state) {
    free(w.units);
    free(w.image);
    running_free(w.p);
    engine_deinit(w.vm);
    code_tables_free(w.vm->code);
    literals_free(w.vm->literals);
    machine_free(w.vm);
    return 0;
}

// --- what instructions take ----------------------------------------------------------------------

// Sources, a letter each: of which values. a any, c cells, t tuples of 2 or more, u tuples, b
// boxed, x match contexts, m maps, f floats, B big integers or small ones. numbers: of the other
// operands in order, but for labels; sets of them.
enum { NUMBERS_MAX = 4, SETS_MAX = 6 };
typedef struct Spec {
    uint16_t op;
    const char *sources;
    uint8_t set_count;
    uint64_t numbers[SETS_MAX][NUMBERS_MAX];
} Spec;

#define LIVE     5
#define FAILING  0 // filled in
#define N(n)     ((uint64_t)MAKE_SMALL(n))
#define TUPLE(n) HEADER(KIND_TUPLE, n)
// Plain arithmetic.
#define ARITHMETIC(op, sources)                                                                    \
    {                                                                                              \
        op, sources, 1, {                                                                          \
            {                                                                                      \
                LIVE                                                                               \
            }                                                                                      \
        }                                                                                          \
    }
#define TEST(op)                                                                                   \
    {                                                                                              \
        op, "a", 0, {{0}}                                                                          \
    }
#define COMPARISON(op)                                                                             \
    {                                                                                              \
        op, "aa", 0, {{0}}                                                                         \
    }
#define COMPARED(op)                                                                               \
    {                                                                                              \
        op, "a", 6, {                                                                              \
            {N(0)}, {N(7)}, {N(-1)}, {N(SMALL_MAX)}, {N(SMALL_MIN)}, {                             \
                N(0x7ffffff)                                                                       \
            }                                                                                      \
        }                                                                                          \
    }
#define RECIPROCAL3 0x5555555555555556u // of 3, in the upper half of a product

static const Spec specs[] = {
    ARITHMETIC(OP_plus, "aa"),
    ARITHMETIC(OP_minus, "aa"),
    ARITHMETIC(OP_times, "aa"),
    ARITHMETIC(OP_int_div, "aa"),
    ARITHMETIC(OP_int_rem, "aa"),
    ARITHMETIC(OP_int_band, "aa"),
    ARITHMETIC(OP_int_bor, "aa"),
    ARITHMETIC(OP_int_bxor, "aa"),
    ARITHMETIC(OP_int_bsr, "aI"),
    ARITHMETIC(OP_int_bsl, "aI"),
    {OP_plus_small, "a", 4, {{LIVE, N(0)}, {LIVE, N(1)}, {LIVE, N(-1)}, {LIVE, N(SMALL_MAX)}}},
    {OP_times_small, "a", 4, {{LIVE, 0}, {LIVE, 1}, {LIVE, -1}, {LIVE, 1000000007}}},
    {OP_int_div_small, "a", 1, {{LIVE, N(3), RECIPROCAL3, 4}}},
    {OP_int_rem_small, "a", 1, {{LIVE, N(3), RECIPROCAL3, 4}}},
    {OP_int_div_power,
     "a",
     3,
     {{LIVE, N(2), N(1), 1},
      {LIVE, N(64), N(63), 6},
      {LIVE, N((int64_t)1 << 40), N(((int64_t)1 << 40) - 1), 40}}},
    {OP_int_rem_power,
     "a",
     2,
     {{LIVE, N(2), N(1)}, {LIVE, N((int64_t)1 << 40), N(((int64_t)1 << 40) - 1)}}},
    {OP_int_band_small,
     "a",
     4,
     {{LIVE, N(0)}, {LIVE, N(255)}, {LIVE, N(-1)}, {LIVE, N(SMALL_MIN)}}},
    {OP_int_bsl_small, "a", 3, {{LIVE, 0}, {LIVE, 1}, {LIVE, 59}}},
    {OP_int_bsr_small, "a", 3, {{LIVE, 0}, {LIVE, 1}, {LIVE, 59}}},
    {OP_bif_element, "aa", 1, {{FAILING}}},
    {OP_bif_hd, "a", 1, {{FAILING}}},
    {OP_bif_tl, "a", 1, {{FAILING}}},
    {OP_bif_tuple_size, "a", 1, {{FAILING}}},
    {OP_bif_map_get, "aa", 1, {{FAILING}}},
    {OP_bif_eq_exact, "aa", 0, {{0}}},
    {OP_bif_ne_exact, "aa", 0, {{0}}},
    {OP_fmove_in, "f", 2, {{0}, {3}}},
    {OP_fmove_out, "", 2, {{0}, {3}}},
    {OP_fconv, "a", 2, {{0}, {3}}},
    {OP_fadd, "", 2, {{0, 1, 2}, {3, 3, 3}}},
    {OP_fsub, "", 2, {{0, 1, 2}, {3, 3, 3}}},
    {OP_fmul, "", 2, {{0, 1, 2}, {3, 3, 3}}},
    {OP_fdiv, "", 2, {{0, 1, 2}, {3, 3, 3}}},
    {OP_fnegate, "", 2, {{0, 2}, {3, 3}}},
    {OP_bs_start_match, "a", 1, {{LIVE}}},
    {OP_bs_get_position, "x", 0, {{0}}},
    {OP_bs_set_position, "xa", 0, {{0}}},
    {OP_bs_get_byte, "x", 0, {{0}}},
    {OP_bs_get_2_bytes, "x", 0, {{0}}},
    {OP_bs_get_4_bytes, "x", 0, {{0}}},
    {OP_bs_get_small, "x", 4, {{1, 0}, {13, BITS_SIGNED}, {24, BITS_LITTLE}, {57, 0}}},
    {OP_bs_get_word, "x", 3, {{LIVE, 64, 0}, {LIVE, 64, BITS_SIGNED}, {LIVE, 61, BITS_LITTLE}}},
    {OP_bs_match_small, "x", 2, {{8, 3}, {3, 0}}},
    {OP_bs_get_binary, "xa", 2, {{LIVE, 1}, {LIVE, 8}}},
    {OP_bs_get_rest, "x", 3, {{LIVE, 8}, {LIVE, 1}, {LIVE, 5}}},
    {OP_bs_get_tail, "x", 1, {{LIVE}}},
    {OP_bs_get_utf8, "x", 0, {{0}}},
    {OP_bs_get_char, "x", 2, {{SEGMENT_UTF16, 0}, {SEGMENT_UTF32, BITS_LITTLE}}},
    {OP_bs_skip_char, "x", 2, {{SEGMENT_UTF8, 0}, {SEGMENT_UTF16, 0}}},
    {OP_bs_skip_fixed, "x", 3, {{8}, {0}, {(uint64_t)1 << 40}}},
    {OP_bs_skip, "xa", 2, {{1}, {8}}},
    {OP_bs_skip_rest, "x", 2, {{1}, {8}}},
    {OP_bs_test_empty, "x", 0, {{0}}},
    {OP_bs_test_tail, "x", 2, {{0}, {8}}},
    {OP_bs_test_whole_bytes, "x", 0, {{0}}},
    {OP_bs_test_unit, "x", 3, {{1}, {3}, {16}}},
    {OP_bs_test_at_least, "x", 3, {{8, 8}, {5, 1}, {16, 4}}},
    {OP_bs_char_size, "a", 2, {{SEGMENT_UTF8}, {SEGMENT_UTF16}}},
    TEST(OP_check_cons),
    {OP_check_tuple, "a", 2, {{0}, {2}}},
    {OP_check_tuple_of_arity, "a", 2, {{0}, {2}}},
    TEST(OP_check_map),
    TEST(OP_check_context),
    TEST(OP_check_float),
    TEST(OP_stop),
    TEST(OP_jump),
    TEST(OP_call),
    TEST(OP_call_only),
    {OP_call_last, "", 2, {{0}, {2}}},
    {OP_call_ext, "", 1, {{(uintptr_t)&w.ends[1]}}},
    {OP_call_ext_only, "", 1, {{(uintptr_t)&w.ends[1]}}},
    {OP_call_ext_last, "", 2, {{(uintptr_t)&w.ends[1], 0}, {(uintptr_t)&w.ends[1], 3}}},
    {OP_call_fun, "a", 2, {{NATIVE_X_COUNT - 1}, {NATIVE_X_COUNT}}},
    {OP_call_fun_last, "a", 2, {{NATIVE_X_COUNT - 1, 0}, {NATIVE_X_COUNT, 2}}},
    {OP_fun_info, "", 1, {{LIVE}}},
    {OP_deallocate_return, "", 1, {{2}}},
    {OP_allocate, "", 2, {{0, LIVE}, {10, LIVE}}},
    {OP_allocate_heap, "", 3, {{0, 0, LIVE}, {0, 20, LIVE}, {3, 0, LIVE}}},
    {OP_deallocate, "", 2, {{0}, {2}}},
    {OP_trim, "", 2, {{0}, {2}}},
    {OP_init_yreg, "", 0, {{0}}},
    {OP_init_yreg2, "", 0, {{0}}},
    {OP_test_heap, "", 2, {{0, LIVE}, {40, LIVE}}},
    {OP_select_is, "a", 3, {{N(0)}, {ATOM_true}, {TERM_NIL}}},
    {OP_select_below, "a", 3, {{N(1)}, {ATOM_true}, {TERM_NIL}}},
    {OP_select_arity, "u", 3, {{TUPLE(0)}, {TUPLE(2)}, {TUPLE(3)}}},
    {OP_select_jump, "a", 0, {{0}}},
    {OP_select_exact, "a", 0, {{0}}},
    {OP_nop, "", 0, {{0}}},
    {OP_move, "a", 0, {{0}}},
    {OP_move2, "aa", 0, {{0}}},
    {OP_swap, "aa", 0, {{0}}},
    {OP_put_list, "aa", 0, {{0}}},
    {OP_get_list, "c", 0, {{0}}},
    {OP_is_cons_get_list, "a", 0, {{0}}},
    {OP_get_hd, "c", 0, {{0}}},
    {OP_get_tl, "c", 0, {{0}}},
    {OP_get_tuple_element, "t", 2, {{1}, {2}}},
    {OP_get_tuple_element2, "t", 1, {{1}}},
    {OP_set_tuple_element, "at", 2, {{1}, {2}}},
    {OP_put_tuple_begin, "aa", 1, {{TUPLE(4)}}},
    {OP_put_words, "aa", 2, {{1}, {3}}},
    {OP_put_last_word, "a", 2, {{1}, {3}}},
    {OP_put_last_words, "aa", 2, {{1}, {3}}},
    {OP_put_tuple2_0, "", 0, {{0}}},
    {OP_put_tuple2_1, "a", 0, {{0}}},
    {OP_put_tuple2_2, "aa", 0, {{0}}},
    {OP_make_fun_begin, "", 1, {{HEADER(KIND_FUN, 2), (uintptr_t)&w}}},
    {OP_make_fun0, "", 1, {{(uintptr_t)&w}}},
    {OP_copy_tuple_begin, "t", 1, {{3}}},
    {OP_put_word, "a", 2, {{1}, {4}}},
    {OP_copy_tuple_end, "", 1, {{3}}},
    TEST(OP_if_end),
    TEST(OP_try),
    TEST(OP_try_end),
    {OP_try_case, "", 0, {{0}}},
    {OP_catch_end, "", 0, {{0}}},
    {OP_has_map_field, "ma", 0, {{0}}},
    {OP_get_map_element, "ma", 0, {{0}}},
    {OP_get_map_element_immediate, "m", 2, {{ATOM_error, 0}, {ATOM_true, 0}}},
    {OP_bif_is_map_key, "aa", 1, {{FAILING}}},
    {OP_bif_map_size, "a", 1, {{FAILING, LIVE}}},
    {OP_update_map_begin, "a", 0, {{0}}},
    {OP_update_map_value, "a", 2, {{ATOM_error}, {ATOM_true}}},
    {OP_update_map_end, "", 0, {{0}}},
    {OP_call_setelement, "aaa", 1, {{FAILING}}},
    {OP_call_map_put, "aaa", 1, {{FAILING}}},
    {OP_call_map_find, "aa", 1, {{FAILING}}},
    {OP_call_max, "aa", 1, {{FAILING}}},
    {OP_call_min, "aa", 1, {{FAILING}}},
    {OP_bif_length, "a", 1, {{FAILING, LIVE}}},
    {OP_bif_byte_size, "a", 1, {{FAILING, LIVE}}},
    {OP_bif_abs, "a", 1, {{FAILING, LIVE}}},
    TEST(OP_is_integer),
    TEST(OP_is_float),
    TEST(OP_is_number),
    TEST(OP_is_atom),
    TEST(OP_is_pid),
    TEST(OP_is_reference),
    TEST(OP_is_port),
    TEST(OP_is_nil),
    TEST(OP_is_list),
    TEST(OP_is_nonempty_list),
    TEST(OP_is_tuple),
    {OP_test_arity, "u", 3, {{TUPLE(0)}, {TUPLE(2)}, {TUPLE(3)}}},
    {OP_is_tuple_of_arity, "a", 2, {{TUPLE(0)}, {TUPLE(2)}}},
    {OP_is_tagged_tuple, "a", 2, {{TUPLE(2), ATOM_ok}, {TUPLE(2), ATOM_error}}},
    TEST(OP_is_binary),
    TEST(OP_is_bitstr),
    TEST(OP_is_map),
    TEST(OP_is_boolean),
    TEST(OP_is_function),
    {OP_is_eq_exact_immediate, "a", 4, {{N(0)}, {ATOM_true}, {TERM_NIL}, {N(SMALL_MAX)}}},
    {OP_is_ne_exact_immediate, "a", 4, {{N(0)}, {ATOM_true}, {TERM_NIL}, {N(SMALL_MAX)}}},
    COMPARISON(OP_is_eq_exact),
    COMPARISON(OP_is_ne_exact),
    COMPARISON(OP_is_eq),
    COMPARISON(OP_is_ne),
    COMPARISON(OP_is_lt),
    COMPARISON(OP_is_ge),
    COMPARED(OP_is_lt_small),
    COMPARED(OP_is_ge_small),
    COMPARED(OP_is_gt_small),
    COMPARED(OP_is_le_small),
};

// Those that the table does not have: they do not work on registers alone, or there is nothing of
// them but the way to the slow handler. test/erl runs them.
static const uint16_t left_out[] = {
    OP_call_bif,      OP_bif0,          OP_bs_save, OP_bs_restore, OP_bs_match_string,
    OP_bs_create_bin, OP_bs_append_bin, OP_bs_init, OP_bs_append,  OP_bs_private_append,
    OP_bs_put,        OP_bs_put_string, OP_bs_add,  OP_return,     OP_raise_pending,
};

static bool value_is(Term t, char class) {
    switch (class) {
    case 'a': return !is_match_context(t);
    case 'I': return term_is_small(t) ? term_small_value(t) < 1000 : !is_match_context(t);
    case 'c': return term_is_cons(t);
    case 't': return term_is_tuple(t) && term_tuple_arity(t) >= 2;
    case 'u': return term_is_tuple(t);
    case 'x': return is_match_context(t);
    case 'm': return term_is_map(t);
    case 'f': return term_is_float(t);
    default: ASSERT(false); return false;
    }
}

// --- cases ---------------------------------------------------------------------------------------

// Where an operand is.
typedef struct Place {
    char kind; // 'x' 'y' 'c'
    uint32_t number;
} Place;
enum { REGISTERS = 9, CONSTANT = 9, OPERANDS_MAX = 4 };
static const Place places[REGISTERS + 1] = {{'x', 0}, {'x', 1}, {'x', 2}, {'x', 3}, {'x', 4},
                                            {'x', 5}, {'x', 6}, {'y', 0}, {'y', 1}, {'c', 0}};

typedef struct Case {
    uint32_t offset; // of its instruction
    uint32_t at;     // index of it in Module.instructions
    Term x[X_COUNT], y[Y_COUNT];
    int64_t reds;
    const Spec *spec;
    uint8_t places[OPERANDS_MAX];
} Case;

// What a case leaves behind.
typedef struct Outcome {
    ptrdiff_t ip;
    RunStatus status;
    ExcClass cls;
    Term value;
    Term x[X_COUNT], y[Y_COUNT];
    double f[4];
    ptrdiff_t stack, htop;
    int64_t reds;
    uint64_t catches, live;
    Term heap[HEAP_WORDS]; // but for what is as it was at the start
    size_t heap_words;
} Outcome;

static uint32_t emit_unit(uint32_t unit) {
    w.units[w.module.code_units] = unit;
    return w.module.code_units++;
}
static void emit_word(uint64_t word) {
    emit_unit((uint32_t)word);
    emit_unit((uint32_t)(word >> 32));
}
static uint32_t emit_head(enum OpId op, uint32_t variant) {
    uint32_t at = w.module.code_units;
    w.module.instructions[w.module.instruction_count++] =
        (CodeInstruction){at, (uint16_t)op, (uint16_t)(op_table[op].first_variant + variant)};
    emit_word(0);
    return at;
}
static uint32_t emit_end(int number) {
    uint32_t at = emit_head(OP_call_ext_only, 0);
    emit_word((uintptr_t)&w.ends[number]);
    return at;
}

static void make_ends(void) {
    for (int k = 0; k < ENDS; k++) {
        w.end_units[k][0] = w.ends[k].arity = NATIVE_X_COUNT;
        for (size_t i = 0; i < CODE_INDEXES; i++) w.ends[k].entry[i] = &w.end_units[k][1];
    }
    w.fun.arity = NATIVE_X_COUNT - 1;
    fun_entry_set(&w.fun, TERM_NONE, &w.end_units[1][1]);
}

static void begin_batch(void) {
    w.module.code_units = w.module.instruction_count = 0;
    for (int i = 0; i < ENDS - 1; i++) {
        emit_unit(NATIVE_X_COUNT); // as a function's entry it has an arity before it
        w.labels[i] = emit_end(i);
    }
}

static bool is_register_operand(const OpOperand *o) {
    return o->kind == 'S' || o->kind == 'D' || o->kind == 's' || o->kind == 'd';
}
static unsigned mask_of(const OpOperand *o) {
    return o->kind == 's' ? 7 : o->kind == 'd' ? 3 : o->mask & 7;
}

// Values for the registers that are read, so that each has one for all that read it. false: none
// would do.
static bool choose_values(Case *c, const OpInfo *info, Term constants[OPERANDS_MAX]) {
    for (int i = 0; i < X_COUNT; i++) c->x[i] = term_small(1000 + i);
    for (int i = 0; i < Y_COUNT; i++) c->y[i] = term_small(2000 + i);
    c->y[2] = term_return_address(w.units + w.labels[2]);
    Term of[REGISTERS + OPERANDS_MAX] = {0};
    size_t sources = strlen(c->spec->sources), n = 0;
    for (int k = 0, s = 0; k < info->operand_count; k++) {
        const OpOperand *o = &info->operands[k];
        if (!is_register_operand(o)) continue;
        size_t here = n++;
        if ((o->kind | 32) != 's') continue;
        ASSERT((size_t)s < sources);
        char class[OPERANDS_MAX] = {c->spec->sources[s++]};
        if (places[c->places[here]].kind != 'c') // others that read it
            for (size_t m = 0, t = 0, q = 0; m < info->operand_count; m++) {
                if (!is_register_operand(&info->operands[m])) continue;
                if ((info->operands[m].kind | 32) == 's') {
                    if (c->places[q] == c->places[here]) class[1] = c->spec->sources[t];
                    if (class[1] == class[0]) class[1] = 0;
                    if (class[1] != 0) break;
                    t++;
                }
                q++;
            }
        Term v;
        for (int tries = 0;; tries++) {
            if (tries == 200) return false;
            v = w.values[next_random(&w.seed) % w.value_count];
            if (value_is(v, class[0]) && (class[1] == 0 || value_is(v, class[1]))) break;
        }
        of[here] = v;
        Place at = places[c->places[here]];
        if (at.kind == 'x') c->x[at.number] = v;
        if (at.kind == 'y') c->y[at.number] = v;
        constants[here] = v;
    }
    return true;
}

// Stands for the call of a builtin: its operands are where arguments and result are.
static bool instead_of_bif(const OpInfo *info) {
    return strncmp(info->name, "call_", 5) == 0 && info->operand_count > 2 &&
           info->operands[0].kind == 'p' && info->operands[1].kind == 'S';
}

static uint64_t number_operand(const Case *c, uint32_t set, int index) {
    if (c->spec->set_count == 0) return 0;
    ASSERT(set < c->spec->set_count && index < NUMBERS_MAX);
    uint64_t n = c->spec->numbers[set][index];
    const OpInfo *info = &op_table[c->spec->op];
    bool is_bif = strncmp(info->name, "bif_", 4) == 0 || instead_of_bif(info);
    return is_bif && index == 0 ? (uintptr_t)w.failing : n;
}

// The variable part of a selection, and what belongs before it.
static void emit_table(const Case *c, uint32_t at) {
    uint32_t count_at = w.module.code_units - 1;
    switch (c->spec->op) {
    case OP_select_jump: {
        units_store64(w.units + count_at - 2, term_small(-1));
        w.units[count_at] = 4;
        for (int i = 0; i < 4; i++) emit_unit(i == 2 ? 0 : w.labels[i % 2 + 1] - at);
        return;
    }
    default: {
        Term sorted[] = {term_small(0), ATOM_true, term_small(100)};
        if (sorted[1] > sorted[2]) {
            sorted[2] = ATOM_true;
            sorted[1] = term_small(100);
        }
        for (int i = 0; i < 3; i++) emit_word(sorted[i]);
    }
    }
    w.units[count_at] = 3;
    for (int i = 0; i < 3; i++) emit_unit(w.labels[i % 2 + 1] - at);
}

// Writes the case's instruction, and an end behind it.
static void emit_case(Case *c, uint32_t set, bool fails, const Term constants[OPERANDS_MAX]) {
    const OpInfo *info = &op_table[c->spec->op];
    uint32_t variant = 0;
    for (int k = 0, n = 0; k < info->operand_count; k++) {
        const OpOperand *o = &info->operands[k];
        if (!is_register_operand(o)) continue;
        char kind = places[c->places[n++]].kind;
        if (o->kind == 's' || o->kind == 'd') continue;
        unsigned x = o->mask & 1, y = o->mask >> 1 & 1, z = o->mask >> 2 & 1;
        variant = variant * (x + y + z) + (kind == 'x' ? 0 : kind == 'y' ? x : x + y);
    }
    c->at = w.module.instruction_count;
    uint32_t at = c->offset = emit_head((enum OpId)c->spec->op, variant);
    for (int k = 0, n = 0, number = 0; k < info->operand_count; k++) {
        const OpOperand *o = &info->operands[k];
        if (is_register_operand(o)) {
            Place place = places[c->places[n]];
            if (place.kind == 'c')
                emit_word(constants[n]);
            else if (o->kind == 's')
                emit_word(op_any_register(place.kind == 'y', place.number));
            else
                emit_unit(o->kind == 'd' ? place.number << 1 | (place.kind == 'y') : place.number);
            n++;
        } else if (o->kind == 'l' || o->kind == 'f') {
            emit_unit(o->kind == 'f' && !fails ? 0 : w.labels[0] - at);
        } else if (o->kind == 'v') {
            emit_table(c, at);
        } else if (o->kind == 'u') {
            emit_unit((uint32_t)number_operand(c, set, number++));
        } else {
            emit_word(number_operand(c, set, number++));
        }
    }
    emit_end(ENDS - 1);
}

// --- running -------------------------------------------------------------------------------------

static void prepare_run(const Case *c) {
    Process *p = w.p;
    size_t words = (size_t)(w.top - w.base);
    memcpy(w.base, w.image, words * sizeof(Term));
    for (int i = 0; i < SPARE_WORDS; i++) w.top[i] = TERM_NIL;
    if (c->spec->op == OP_update_map_value || c->spec->op == OP_update_map_end)
        memcpy(w.top, w.map, (1 + header_words(w.map[0])) * sizeof(Term));
    p->heap.htop = w.top;
    p->heap.stack = w.stack - Y_COUNT;
    memcpy(p->heap.stack, c->y, sizeof c->y);
    memcpy(p->regs->x, c->x, sizeof c->x);
    static const double floats[] = {1.5, -2.25, 1e300, 0.0};
    memcpy(p->regs->f, floats, sizeof floats);
    if (c->offset % 3 == 0) p->regs->f[3] = 1e-300;
    p->reds = p->regs->slice_reds = c->reds;
    p->catches = 1;
    if (c->spec->op != OP_try_end && c->spec->op != OP_catch_end) p->catches = 0;
    p->live = 0;
    engine_clear_exception(p);
    p->regs->bif_arg_count = 0;
    p->regs->run_status = RUN_READY;
}

typedef enum Engine { INTERPRETER, SLOW_HANDLERS, MACHINE_CODE } Engine;
static const char *const engine_names[] = {"interpreter", "slow handlers", "machine code"};

static void run_case(const Case *c, Engine engine, Outcome *out) {
    Process *p = w.p;
    prepare_run(c);
    if (engine == INTERPRETER)
        interp_run(p, w.units + c->offset);
    else
        native_run(p, w.units + c->offset);
    memset(out, 0, sizeof *out);
    out->status = p->regs->run_status;
    out->cls = p->regs->exc.cls;
    out->value = p->regs->exc.value;
    if (out->status != RUN_EXITED) {
        out->ip = p->ip - w.units;
        memcpy(out->x, p->regs->x, sizeof out->x);
        memcpy(out->y, w.stack - Y_COUNT, sizeof out->y);
        memcpy(out->f, p->regs->f, sizeof out->f);
        out->live = p->live;
    }
    out->stack = p->heap.stack - w.stack;
    out->htop = p->heap.htop - w.base;
    out->reds = p->reds;
    out->catches = (uint64_t)p->catches;
    out->heap_words = (size_t)(w.top - w.base) + SPARE_WORDS;
    ASSERT(out->heap_words <= HEAP_WORDS);
    memcpy(out->heap, w.base, out->heap_words * sizeof(Term));
}

static void set_handlers(const uint64_t *handlers) {
    for (uint32_t i = 0; i < w.module.instruction_count; i++)
        units_store64(w.units + w.module.instructions[i].offset,
                      handlers[w.module.instructions[i].variant]);
    for (int k = 0; k < ENDS; k++)
        units_store64(&w.end_units[k][1], handlers[op_table[OP_wait].first_variant]);
}

static void describe_difference(const Case *c, Engine engine, const Outcome *a, const Outcome *b) {
    print_error("%s", op_table[c->spec->op].name);
    for (int i = 0; i < OPERANDS_MAX; i++)
        print_error(" %c%u", places[c->places[i]].kind, places[c->places[i]].number);
    print_error(": interpreter, %s\n", engine_names[engine]);
    for (size_t i = 0; i < 16; i++) print_error(" %x", w.units[c->offset + i]);
    print_error("\n  ip %td %td  status %d %d  class %d %d  value %lx %lx  htop %td %td  stack %td "
                "%td  reds %ld %ld  catches %lu %lu\n",
                a->ip - c->offset, b->ip - c->offset, a->status, b->status, a->cls, b->cls,
                a->value, b->value, a->htop, b->htop, a->stack, b->stack, a->reds, b->reds,
                a->catches, b->catches);
    for (int i = 0; i < X_COUNT; i++)
        print_error("  x%d %lx: %lx %lx\n", i, c->x[i], a->x[i], b->x[i]);
    for (int i = 0; i < Y_COUNT; i++)
        print_error("  y%d %lx: %lx %lx\n", i, c->y[i], a->y[i], b->y[i]);
    for (int i = 0; i < 4; i++) print_error("  f%d: %g %g\n", i, a->f[i], b->f[i]);
    for (size_t i = 0; i < a->heap_words; i++)
        if (a->heap[i] != b->heap[i])
            print_error("  heap %zd: %lx %lx\n", (ptrdiff_t)i - (w.top - w.base), a->heap[i],
                        b->heap[i]);
}

// How many cases are different on an engine.
static size_t compare(const Case *cases, size_t count, const Outcome *wanted, Engine engine) {
    size_t wrong = 0;
    static Outcome got;
    for (size_t i = 0; i < count; i++) {
        run_case(&cases[i], engine, &got);
        if (memcmp(&wanted[i], &got, sizeof got) == 0) continue;
        if (wrong++ < 3) describe_difference(&cases[i], engine, &wanted[i], &got);
    }
    return wrong;
}

static Case cases[BATCH_CASES];
static size_t case_count;

static size_t run_batch(void) {
    size_t wrong = 0;
    static Outcome *wanted;
    wanted = malloc(case_count * sizeof *wanted);
    assert_true(w.module.code_units <= BATCH_UNITS);
    w.module.code = w.units;
    set_handlers((const uint64_t *)(const void *)interp_handlers());
    for (size_t i = 0; i < case_count; i++) run_case(&cases[i], INTERPRETER, &wanted[i]);
    set_handlers((const uint64_t *)(const void *)slow_handlers());
    wrong += compare(cases, case_count, wanted, SLOW_HANDLERS);
    jit_module(w.jit, &w.module);
    assert_non_null(w.module.native);
    wrong += compare(cases, case_count, wanted, MACHINE_CODE);
    jit_free_native(w.jit, w.module.native);
    w.module.native = NULL;
    free(wanted);
    case_count = 0;
    begin_batch();
    return wrong;
}

// All assignments of an instruction's operands to registers, `each` times with other values.
static size_t run_op(const Spec *spec) {
    const OpInfo *info = &op_table[spec->op];
    unsigned masks[OPERANDS_MAX], operands = 0;
    for (int k = 0; k < info->operand_count; k++)
        if (is_register_operand(&info->operands[k])) {
            assert_true(operands < OPERANDS_MAX);
            masks[operands++] = mask_of(&info->operands[k]);
        }
    size_t all = 1, wrong = 0;
    for (unsigned i = 0; i < operands; i++) all *= ARRAY_COUNT(places);
    size_t each = instead_of_bif(info) ? 50 : CASES_PER_OP / all + 1;
    for (size_t number = 0; number < all * each; number++) {
        Case *c = &cases[case_count];
        *c = (Case){.spec = spec};
        size_t rest = number / each;
        bool possible = true;
        for (unsigned i = 0; i < operands; i++, rest /= ARRAY_COUNT(places)) {
            c->places[i] = (uint8_t)(rest % ARRAY_COUNT(places));
            char kind = places[c->places[i]].kind;
            possible = possible && (masks[i] & (kind == 'x' ? 1 : kind == 'y' ? 2 : 4)) != 0;
            if (instead_of_bif(info))
                possible = possible && c->places[i] == (i == operands - 1 ? 0 : i);
        }
        Term constants[OPERANDS_MAX] = {0};
        if (!possible || !choose_values(c, info, constants)) continue;
        c->reds = next_random(&w.seed) % 4 == 0 ? 1 : 1000;
        uint32_t set = spec->set_count > 1 ? (uint32_t)(next_random(&w.seed) % spec->set_count) : 0;
        emit_case(c, set, next_random(&w.seed) % 2 == 0, constants);
        if (++case_count == BATCH_CASES) wrong += run_batch();
    }
    return wrong + run_batch();
}

static void each_instruction_with_each_assignment_of_registers(void **state) {
    CodeInstruction *instructions = malloc((4 * BATCH_CASES + 8) * sizeof *instructions);
    w.module = (Module){.instructions = instructions};
    make_ends();
    begin_batch();
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(specs); i++) wrong += run_op(&specs[i]);
    free(instructions);
    assert_int_equal(wrong, 0);
}

static const struct {
    uint16_t registers, memory;
    bool looks_at_x;
} first_stencil[OP_COUNT + 1] = {
#include "engine/first_stencil.inc"
};
static void the_table_has_all_that_have_a_register_form(void **state) {
    bool seen[OP_COUNT] = {false};
    size_t missing = 0;
    for (size_t i = 0; i < ARRAY_COUNT(specs); i++) seen[specs[i].op] = true;
    for (size_t i = 0; i < ARRAY_COUNT(left_out); i++) seen[left_out[i]] = true;
    for (int op = 0; op < OP_COUNT; op++) {
        if (first_stencil[op].registers == first_stencil[op + 1].registers || seen[op]) continue;
        print_error("%s\n", op_table[op].name);
        missing++;
    }
    assert_int_equal(missing, 0);
}

// A batch of some cases.
static void emit_some(void) {
    make_ends();
    begin_batch();
    for (size_t i = 0; i < 40; i++) {
        Case *c = &cases[case_count++];
        *c = (Case){.spec = &specs[i % 10], .reds = 1000}; // arithmetic
        Term constants[OPERANDS_MAX];
        for (uint8_t k = 0; k < 3; k++) c->places[k] = (uint8_t)((i + k) % 5);
        assert_true(choose_values(c, &op_table[c->spec->op], constants));
        emit_case(c, 0, i % 2 == 0, constants);
    }
}

static void the_code_of_a_module_is_freed(void **state) {
    CodeInstruction instructions[256];
    w.module = (Module){.instructions = instructions, .code = w.units};
    emit_some();
    set_handlers((const uint64_t *)(const void *)slow_handlers());
    uint64_t bytes = mem_bytes(&w.vm->mem), noted = mem_noted(&w.vm->mem, MEM_CODE);
    for (int i = 0; i < 3; i++) {
        jit_module(w.jit, &w.module);
        assert_non_null(w.module.native);
        assert_true(mem_noted(&w.vm->mem, MEM_CODE) > noted);
        jit_free_native(w.jit, w.module.native);
        w.module.native = NULL;
        assert_int_equal(mem_bytes(&w.vm->mem), bytes);
        assert_int_equal(mem_noted(&w.vm->mem, MEM_CODE), noted);
    }
    case_count = 0;
}

// Whichever allocation fails, nothing stays behind, and the module runs on slow handlers.
static void a_module_without_memory_for_code_runs(void **state) {
    CodeInstruction instructions[256];
    w.module = (Module){.instructions = instructions, .code = w.units};
    emit_some();
    static Outcome wanted[64], got;
    set_handlers((const uint64_t *)(const void *)interp_handlers());
    for (size_t i = 0; i < case_count; i++) run_case(&cases[i], INTERPRETER, &wanted[i]);
    set_handlers((const uint64_t *)(const void *)slow_handlers());
    Mem *mem = &w.vm->mem;
    uint64_t bytes = mem_bytes(mem);
    int failed = 0;
    for (;;) {
        // The next allocation but `failed` ones is the one that fails.
        mem->fail_every = 1 << 20;
        atomic_store(&mem->fail_count, mem->fail_every - 1 - (uint64_t)failed);
        jit_module(w.jit, &w.module);
        mem->fail_every = 0;
        if (w.module.native != NULL) break;
        failed++;
        assert_int_equal(mem_bytes(mem), bytes);
        assert_true(failed < 100);
        for (size_t i = 0; i < case_count; i++) {
            run_case(&cases[i], SLOW_HANDLERS, &got);
            assert_memory_equal(&wanted[i], &got, sizeof got);
        }
    }
    assert_true(failed >= 3); // what it works with, the code, where functions are
    jit_free_native(w.jit, w.module.native);
    w.module.native = NULL;
    case_count = 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_all_that_have_a_register_form),
        cmocka_unit_test(each_instruction_with_each_assignment_of_registers),
        cmocka_unit_test(the_code_of_a_module_is_freed),
        cmocka_unit_test(a_module_without_memory_for_code_runs),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
