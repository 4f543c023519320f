// SPDX-License-Identifier: Apache-2.0
// Counters of instructions, and what is reported of them; see count.h.
//
// A report is a few tables. Each is made the same way: a row for every instruction (or for every
// two or three that stand one behind the other in a function) with a key of what it is counted
// under; sorted by key, rows of one key added up; sorted by how often.
#include "engine/jit/count.h"
#include "engine/engine_int.h"
#include "term/print.h"

#include <stdlib.h>

// Lifetime: that of the counts.
typedef struct CountedModule {
    struct CountedModule *next; // made before this one
    Term name;
    size_t count;
    FuncInfo *functions; // its own copy
    uint32_t function_count;
    Counted at[];
} CountedModule;

struct InstructionCounts {
    Mem *mem;
    CountedModule *newest;
};

InstructionCounts *counts_new(Mem *m) {
    InstructionCounts *c = mem_alloc_zero(m, sizeof *c);
    if (c != NULL) c->mem = m;
    return c;
}

static size_t functions_bytes(const CountedModule *cm) {
    return MAX(cm->function_count, 1u) * sizeof *cm->functions;
}

void counts_free(InstructionCounts *c) {
    if (c == NULL) return;
    for (CountedModule *cm = c->newest, *next; cm != NULL; cm = next) {
        next = cm->next;
        mem_free(c->mem, cm->functions, functions_bytes(cm));
        mem_free(c->mem, cm, sizeof *cm + cm->count * sizeof cm->at[0]);
    }
    mem_free(c->mem, c, sizeof *c);
}

Counted *counts_module(InstructionCounts *c, const Module *m, size_t count) {
    size_t bytes = sizeof(CountedModule) + count * sizeof(Counted);
    CountedModule *cm = mem_alloc_zero(c->mem, bytes);
    if (cm == NULL) return NULL;
    cm->name = m->name;
    cm->count = count;
    cm->function_count = m->function_count;
    cm->functions = mem_alloc(c->mem, functions_bytes(cm));
    if (cm->functions == NULL) {
        mem_free(c->mem, cm, bytes);
        return NULL;
    }
    if (m->function_count > 0) memcpy(cm->functions, m->functions, functions_bytes(cm));
    cm->next = c->newest;
    c->newest = cm;
    return cm->at;
}

void counts_module_done(InstructionCounts *c, const Module *m) {
    CountedModule *cm = c->newest;
    ASSERT(cm != NULL && cm->name == m->name);
    uint32_t f = 0;
    for (size_t i = 0; i < cm->count; i++) {
        while (f + 1 < cm->function_count && cm->functions[f + 1].offset <= cm->at[i].unit) f++;
        cm->at[i].function = f;
    }
}

// --- rows ----------------------------------------------------------------------------------------

typedef struct Row {
    uint64_t key;
    uint64_t runs, slow, bytes; // bytes: of hot code, of all runs
    uint64_t places;            // instructions that were added up
    const CountedModule *module;
    const Counted *first;
} Row;

typedef struct Rows {
    Mem *mem;
    Row *at;
    size_t count, cap;
    bool failed;
} Rows;

static uint64_t runs_of(const Counted *i) {
    return atomic_load_explicit(&i->runs, memory_order_relaxed);
}
static uint64_t slow_of(const Counted *i) {
    return atomic_load_explicit(&i->slow, memory_order_relaxed);
}

static void put_row(Rows *rows, const Row *row) {
    if (rows->count == rows->cap) {
        size_t cap = MAX(rows->cap * 2, (size_t)1024);
        Row *more = mem_realloc(rows->mem, rows->at, rows->cap * sizeof *more, cap * sizeof *more);
        if (more == NULL) {
            rows->failed = true;
            return;
        }
        rows->at = more;
        rows->cap = cap;
    }
    rows->at[rows->count++] = *row;
}

static int by_key(const void *a, const void *b) {
    uint64_t x = ((const Row *)a)->key, y = ((const Row *)b)->key;
    return x < y ? -1 : x > y;
}
static int by_runs(const void *a, const void *b) {
    uint64_t x = ((const Row *)a)->runs, y = ((const Row *)b)->runs;
    return x > y ? -1 : x < y ? 1 : by_key(a, b);
}

// One row for each key, most runs first.
static void add_up(Rows *rows) {
    if (rows->count == 0) return;
    qsort(rows->at, rows->count, sizeof(Row), by_key);
    size_t kept = 0;
    for (size_t i = 1; i < rows->count; i++) {
        Row *to = &rows->at[kept];
        const Row *from = &rows->at[i];
        if (from->key == to->key) {
            to->runs += from->runs;
            to->slow += from->slow;
            to->bytes += from->bytes;
            to->places += from->places;
        } else {
            rows->at[++kept] = *from;
        }
    }
    rows->count = kept + 1;
    qsort(rows->at, rows->count, sizeof(Row), by_runs);
}

typedef enum Grouping { BY_INSTRUCTION, BY_FUNCTION, BY_PLACE } Grouping;

static uint64_t key_of(Grouping by, const CountedModule *cm, const Counted *i, uint64_t module) {
    switch (by) {
    case BY_INSTRUCTION: return (uint64_t)i->variant * COUNT_FORMS + i->form;
    case BY_FUNCTION: return module << 32 | i->function;
    case BY_PLACE: return module << 32 | (uint64_t)(i - cm->at);
    }
    UNREACHABLE();
}

static void collect(const InstructionCounts *c, Grouping by, Rows *rows) {
    uint64_t module = 0;
    for (const CountedModule *cm = c->newest; cm != NULL; cm = cm->next, module++) {
        for (size_t k = 0; k < cm->count; k++) {
            const Counted *i = &cm->at[k];
            uint64_t runs = runs_of(i);
            if (runs == 0) continue;
            Row row = {key_of(by, cm, i, module), runs, slow_of(i), runs * i->hot_bytes, 1, cm, i};
            put_row(rows, &row);
        }
    }
    add_up(rows);
}

// `length` instructions one behind the other in a function. How often they ran so is not known
// where one of them may jump, or be jumped to: at most as often as the one that ran least.
static void collect_runs_of(const InstructionCounts *c, size_t length, Rows *rows) {
    for (const CountedModule *cm = c->newest; cm != NULL; cm = cm->next) {
        for (size_t k = 0; k + length <= cm->count; k++) {
            const Counted *i = &cm->at[k];
            Row row = {.runs = UINT64_MAX, .places = 1, .module = cm, .first = i};
            bool together = i[length - 1].function == i->function;
            for (size_t n = 0; n < length; n++) {
                row.key = row.key << 16 | i[n].op;
                row.runs = MIN(row.runs, runs_of(&i[n]));
            }
            if (together && row.runs > 0) put_row(rows, &row);
        }
    }
    add_up(rows);
}

// --- the tables ----------------------------------------------------------------------------------

typedef struct Report {
    const TermEnv *env;
    const InstructionCounts *counts;
    size_t rows_max;
    uint64_t runs; // of all instructions
    Buf *out;
} Report;

static double percent(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void put_function(const Report *r, const Row *row) {
    const FuncInfo *f = &row->module->functions[row->first->function];
    atom_print(r->env, r->out, row->module->name);
    buf_put_byte(r->out, ':');
    atom_print(r->env, r->out, f->name);
    buf_printf(r->out, "/%u", f->arity);
}

static const char *const form_names[COUNT_FORMS] = {
    [COUNT_IN_REGISTERS] = "registers", [COUNT_IN_MEMORY] = "memory", [COUNT_ALWAYS_SLOW] = "slow"};

static void put_instruction_row(const Report *r, const Row *row) {
    buf_printf(r->out, "%7.1f %9.1f  %-9s  ", percent(row->slow, row->runs),
               (double)row->bytes / (double)row->runs, form_names[row->first->form]);
    engine_variant_name(row->first->variant, r->out);
}
static void put_function_row(const Report *r, const Row *row) {
    buf_printf(r->out, "%7.1f %9.1f  ", percent(row->slow, row->runs),
               (double)row->bytes / (double)row->runs);
    put_function(r, row);
}
static void put_place_row(const Report *r, const Row *row) {
    buf_printf(r->out, "%7.1f %9u  %-9s  ", percent(row->slow, row->runs), row->first->hot_bytes,
               form_names[row->first->form]);
    put_function(r, row);
    buf_printf(r->out, " @%u ", row->first->unit);
    engine_variant_name(row->first->variant, r->out);
}
static void put_names(const Report *r, const Row *row, int length) {
    buf_printf(r->out, "%7llu  ", (unsigned long long)row->places);
    for (int n = length - 1; n >= 0; n--)
        buf_printf(r->out, "%s%s", op_table[row->key >> (16 * n) & 0xffff].name,
                   n == 0 ? "" : " + ");
}
static void put_pair_row(const Report *r, const Row *row) {
    put_names(r, row, 2);
}
static void put_triple_row(const Report *r, const Row *row) {
    put_names(r, row, 3);
}

typedef struct Table {
    const char *title, *columns;
    void (*collect)(const InstructionCounts *c, int how, Rows *rows);
    int how;
    void (*put)(const Report *r, const Row *row);
} Table;

static void collect_by(const InstructionCounts *c, int how, Rows *rows) {
    collect(c, (Grouping)how, rows);
}
static void collect_lengths(const InstructionCounts *c, int how, Rows *rows) {
    collect_runs_of(c, (size_t)how, rows);
}

static const Table tables[] = {
    {"instructions", " slow %     bytes  form       instruction", collect_by, BY_INSTRUCTION,
     put_instruction_row},
    {"two, one behind the other (at most so often)", " places  instructions", collect_lengths, 2,
     put_pair_row},
    {"three", " places  instructions", collect_lengths, 3, put_triple_row},
    {"functions", " slow %     bytes  function", collect_by, BY_FUNCTION, put_function_row},
    {"places", " slow %     bytes  form       place", collect_by, BY_PLACE, put_place_row},
};

static void put_table(const Report *r, const Table *t) {
    Rows rows = {.mem = r->counts->mem};
    t->collect(r->counts, t->how, &rows);
    if (rows.failed) r->out->failed = true;
    buf_printf(r->out, "\n%s\n\n%16s %6s %6s %s\n", t->title, "runs", "%", "sum %", t->columns);
    uint64_t sum = 0;
    for (size_t i = 0; i < rows.count && i < r->rows_max; i++) {
        const Row *row = &rows.at[i];
        sum += row->runs;
        buf_printf(r->out, "%16llu %6.2f %6.1f ", (unsigned long long)row->runs,
                   percent(row->runs, r->runs), percent(sum, r->runs));
        t->put(r, row);
        buf_put_byte(r->out, '\n');
    }
    mem_free(rows.mem, rows.at, rows.cap * sizeof *rows.at);
}

void counts_report(const InstructionCounts *c, const TermEnv *env, size_t rows, Buf *out) {
    Report r = {.env = env, .counts = c, .rows_max = rows, .out = out};
    uint64_t slow = 0, bytes = 0, places = 0, reached = 0, modules = 0;
    for (const CountedModule *cm = c->newest; cm != NULL; cm = cm->next, modules++) {
        for (size_t k = 0; k < cm->count; k++) {
            uint64_t runs = runs_of(&cm->at[k]);
            r.runs += runs;
            slow += slow_of(&cm->at[k]);
            bytes += runs * cm->at[k].hot_bytes;
            places++;
            reached += runs > 0;
        }
    }
    buf_printf(out, "%llu instructions have run; %.2f %% of them slowly; %.1f bytes each\n",
               (unsigned long long)r.runs, percent(slow, r.runs),
               r.runs == 0 ? 0 : (double)bytes / (double)r.runs);
    buf_printf(out, "%llu modules of %llu instructions, of which %llu have run\n",
               (unsigned long long)modules, (unsigned long long)places,
               (unsigned long long)reached);
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++) put_table(&r, &tables[i]);
}
