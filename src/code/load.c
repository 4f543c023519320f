// SPDX-License-Identifier: Apache-2.0
// From a read and verified file to a Module, aside from everything that runs. Atoms are interned
// only once the file is known to be good, so that refused files cannot fill the atom table.
// How prepared modules become current: commit.c.
// Thread: any, on a file of its own; the tables it adds to (atoms, exports, fun entries) serialise
// their writers.
#include "code/load_int.h"
#include "code/transform.h"
#include "term/integer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool fail(BeamError *err, const char *what) {
    snprintf(err->text, sizeof err->text, "%s", what);
    return false;
}

static const char no_memory[] = "out of memory";

// --- memory of a module --------------------------------------------------------------------------
// Zeroed; count may be 0.
static void *array_new(Mem *m, size_t count, size_t each_bytes) {
    size_t bytes;
    if (__builtin_mul_overflow(MAX(count, (size_t)1), each_bytes, &bytes)) return NULL;
    return mem_alloc_zero(m, bytes);
}

static void array_free(Mem *m, void *array, size_t count, size_t each_bytes) {
    mem_free(m, array, MAX(count, (size_t)1) * each_bytes);
}

// What counts as the memory of code, beside the literals: most of what a module takes.
static size_t module_bytes(const Module *m) {
    return sizeof *m + (size_t)m->code_units * sizeof(uint32_t) +
           m->function_count * sizeof(FuncInfo) + m->line_count * sizeof(LineEntry) +
           m->export_count * sizeof(ModuleExport) + m->fun_count * sizeof(FunEntry *);
}

static void module_free(CodeTables *ct, Module *m) {
    Mem *mem = ct->mem;
    if (m->native != NULL) ct->stubs.free_native(ct->stubs.ctx, m);
    ASSERT(m->native == NULL);
    mem_note(mem, MEM_CODE, -(int64_t)m->noted_bytes);
    mem_free(mem, m->code, (size_t)m->code_units * sizeof(uint32_t));
    mem_free(mem, m->functions, m->function_count * sizeof(FuncInfo));
    mem_free(mem, m->lines, m->line_count * sizeof(LineEntry));
    array_free(mem, m->files, m->file_count, sizeof(Term));
    array_free(mem, m->exports, m->export_count, sizeof(ModuleExport));
    array_free(mem, m->funs, m->fun_count, sizeof(FunEntry *));
    array_free(mem, m->literal_terms, m->literal_count, sizeof(Term));
    array_free(mem, m->instructions, m->instruction_count, sizeof *m->instructions);
    if (m->literals != NULL) literal_area_free(ct->literals, m->literals);
    mem_free(mem, m, sizeof *m);
}

void modules_free(CodeTables *ct, Module *m) {
    for (Module *older; m != NULL; m = older) {
        older = m->next_old;
        module_free(ct, m);
    }
}

void code_prepared_free(Prepared *pr) {
    if (pr == NULL) return;
    CodeTables *ct = pr->ct;
    if (pr->bodies != NULL) array_free(ct->mem, pr->bodies, pr->body_count, sizeof(FunBody));
    if (pr->module != NULL) module_free(ct, pr->module);
    mem_free(ct->mem, pr, sizeof *pr);
}

void code_prepared_drop_lines(Prepared *pr) {
    Module *m = pr->module;
    mem_free(pr->ct->mem, m->lines, m->line_count * sizeof *m->lines);
    m->lines = NULL;
    m->line_count = 0;
}

const Module *code_prepared_module(const Prepared *pr) {
    return pr->module;
}

Module *code_prepared_change(Prepared *pr) {
    return pr->module;
}

Term code_prepared_name(const Prepared *pr) {
    return pr->module->name;
}

// --- literals ------------------------------------------------------------------------------------
// One character of UTF-8, or a byte where the text is not UTF-8. Moves *at on.
static uint32_t next_char(Slice text, size_t *at) {
    const uint8_t *p = text.bytes + *at;
    size_t left = text.size - *at;
    unsigned more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    if (more == 0 || p[0] < 0xc2 || p[0] > 0xf4 || left <= more) {
        *at += 1;
        return p[0];
    }
    uint32_t ch = p[0] & (0x3fu >> more);
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *at += 1;
            return p[0];
        }
        ch = ch << 6 | (p[i] & 0x3fu);
    }
    *at += more + 1;
    return ch;
}

// A list of the characters; takes at most a cell a byte.
static Term chars_term(Hp *hp, Slice text) {
    Term list = TERM_NIL, *tail = &list;
    for (size_t at = 0; at < text.size;) {
        uint32_t ch = next_char(text, &at);
        Term *cell = hp_take(hp, CONS_WORDS);
        cell[0] = term_small(ch);
        cell[1] = TERM_NIL;
        *tail = term_cons(cell);
        tail = &cell[1];
    }
    return list;
}

// Two's complement, big-endian. Negative ones are negated into `scratch`, of the same size.
static Term big_term(Hp *hp, const BeamBig *big, uint8_t *scratch) {
    bool negative = big->bytes[0] & 0x80;
    if (!negative) return integer_from_bytes(hp, big->bytes, big->size, false, false);
    unsigned carry = 1;
    for (size_t i = big->size; i-- > 0;) {
        carry += (uint8_t)~big->bytes[i];
        scratch[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return integer_from_bytes(hp, scratch, big->size, false, true);
}

static size_t literal_words(const BeamFile *file) {
    size_t words = file->attributes_scan.heap_words + file->compile_info_scan.heap_words;
    for (uint32_t i = 0; i < file->literal_count; i++) words += file->literals[i].heap_words;
    for (uint32_t i = 0; i < file->big_count; i++)
        words += integer_from_bytes_words(file->bigs[i].size);
    for (uint32_t i = 0; i < file->file_count; i++) words += CONS_WORDS * file->files[i].size;
    // Operands of 64 bits that are no small integers: the transformation builds them.
    return words + (size_t)file->wide_ints * INT64_WORDS;
}

static bool decode_term(const TermEnv *env, Hp *hp, const EtfScan *scan, Term *out) {
    if (scan->payload == NULL) return true; // not there: *out stays
    *out = etf_decode(env, hp, scan);
    return *out != TERM_NONE;
}

static bool build_bigs(CodeTables *ct, const BeamFile *file, Hp *hp, Term *bigs, BeamError *err) {
    for (uint32_t i = 0; i < file->big_count; i++) {
        uint8_t *scratch = mem_alloc(ct->mem, file->bigs[i].size);
        if (scratch == NULL) return fail(err, no_memory);
        bigs[i] = big_term(hp, &file->bigs[i], scratch);
        mem_free(ct->mem, scratch, file->bigs[i].size);
    }
    return true;
}

// All terms of the module go into one literal area.
static bool build_literals(CodeTables *ct, const BeamFile *file, Module *m, Term *bigs,
                           BeamError *err) {
    m->literal_terms = array_new(ct->mem, file->literal_count, sizeof(Term));
    if (m->literal_terms == NULL) return fail(err, no_memory);
    m->literal_count = file->literal_count;
    m->files = array_new(ct->mem, file->file_count, sizeof(Term));
    if (m->files == NULL) return fail(err, no_memory);
    m->file_count = file->file_count;
    m->attributes = m->compile_info = TERM_NIL;
    size_t words = literal_words(file);
    Hp hp = {0};
    if (words != 0) {
        m->literals = literal_area_new(ct->literals, words);
        if (m->literals == NULL) return fail(err, "no room for the literals (system limit)");
        hp = (Hp){m->literals->top, m->literals->end, &m->literals->off};
    }
    bool ok = decode_term(ct->env, &hp, &file->attributes_scan, &m->attributes) &&
              decode_term(ct->env, &hp, &file->compile_info_scan, &m->compile_info);
    for (uint32_t i = 0; ok && i < file->literal_count; i++)
        ok = decode_term(ct->env, &hp, &file->literals[i], &m->literal_terms[i]);
    if (!ok) return fail(err, "no room for an atom or a binary of the literals (system limit)");
    if (!build_bigs(ct, file, &hp, bigs, err)) return false;
    for (uint32_t i = 0; i < file->file_count; i++) m->files[i] = chars_term(&hp, file->files[i]);
    if (words != 0) m->literals->top = hp.top;
    return true;
}

// --- tables of a module --------------------------------------------------------------------------
static bool intern_atoms(CodeTables *ct, const BeamFile *file, Term *atoms, BeamError *err) {
    for (uint32_t i = 1; i <= file->atom_count; i++) {
        atoms[i] = atom_intern(ct->env->atoms, file->atoms[i].bytes, file->atoms[i].size);
        if (atoms[i] == TERM_NONE) return fail(err, "the table of atoms is full (system limit)");
    }
    return true;
}

static bool make_funs(CodeTables *ct, const BeamFile *file, const Term *atoms, Prepared *pr,
                      BeamError *err) {
    Module *m = pr->module;
    m->funs = array_new(ct->mem, file->lambda_count, sizeof(FunEntry *));
    if (m->funs == NULL) return fail(err, no_memory);
    m->fun_count = file->lambda_count;
    pr->bodies = array_new(ct->mem, file->lambda_count, sizeof(FunBody));
    if (pr->bodies == NULL) return fail(err, no_memory);
    pr->body_count = file->lambda_count;
    for (uint32_t i = 0; i < file->lambda_count; i++) {
        const BeamLambda *l = &file->lambdas[i];
        m->funs[i] = code_fun_entry(ct, m->name, m->md5, l->index, l->old_uniq,
                                    l->arity - l->free_count, l->free_count);
        if (m->funs[i] == NULL) return fail(err, no_memory);
        pr->bodies[i].name = atoms[l->function];
    }
    return true;
}

// An export with what it is sorted by.
typedef struct SortedExport {
    const Atom *name;
    ModuleExport ex;
} SortedExport;

static int compare_exports(const void *a, const void *b) {
    const SortedExport *x = a, *y = b;
    if (x->name->ord0 != y->name->ord0) return x->name->ord0 < y->name->ord0 ? -1 : 1;
    int order = memcmp(x->name->text, y->name->text, MIN(x->name->size_bytes, y->name->size_bytes));
    if (order != 0) return order;
    if (x->name->size_bytes != y->name->size_bytes)
        return x->name->size_bytes < y->name->size_bytes ? -1 : 1;
    return x->ex.arity < y->ex.arity ? -1 : x->ex.arity > y->ex.arity;
}

// The transformation has said where each function of the file went.
static uint32_t offset_of(const BeamFile *file, const Module *m, uint32_t label) {
    const BeamFunction *fn = beam_function_at(file, label);
    ASSERT(fn != NULL);
    return m->functions[fn - file->functions].offset + CODE_FUNC_INFO_UNITS;
}

static bool make_exports(CodeTables *ct, const BeamFile *file, const Term *atoms, Module *m,
                         BeamError *err) {
    uint32_t count = file->export_count;
    m->exports = array_new(ct->mem, count, sizeof(ModuleExport));
    if (m->exports == NULL) return fail(err, no_memory);
    m->export_count = count;
    SortedExport *sorted = array_new(ct->mem, count, sizeof(SortedExport));
    if (sorted == NULL) return fail(err, no_memory);
    for (uint32_t i = 0; i < count; i++) {
        const BeamExport *e = &file->exports[i];
        Term name = atoms[e->function];
        sorted[i] = (SortedExport){atom_get(ct->env->atoms, name),
                                   {name, e->arity, offset_of(file, m, e->label)}};
    }
    qsort(sorted, count, sizeof *sorted, compare_exports);
    for (uint32_t i = 0; i < count; i++) m->exports[i] = sorted[i].ex;
    array_free(ct->mem, sorted, count, sizeof(SortedExport));
    return true;
}

// The room the transformation left: a function for each of the file's, in its order.
static void check_transformed(const BeamFile *file, const Module *m) {
    ASSERT(m->code != NULL && m->function_count == file->function_count);
    for (uint32_t i = 0; i < m->function_count; i++) {
        ASSERT(m->functions[i].offset < m->code_units);
        ASSERT(i == 0 || m->functions[i - 1].offset < m->functions[i].offset);
    }
}

static bool build(CodeTables *ct, const BeamFile *file, Term *atoms, Term *bigs, Prepared *pr,
                  BeamError *err) {
    Module *m = pr->module;
    if (!intern_atoms(ct, file, atoms, err)) return false;
    m->name = atoms[1];
    memcpy(m->md5, file->md5, sizeof m->md5);
    m->on_load_offset = UINT32_MAX;
    if (!build_literals(ct, file, m, bigs, err) || !make_funs(ct, file, atoms, pr, err))
        return false;
    fail(err, no_memory); // what a transformation that says nothing else has met
    if (!transform_module(ct, file, atoms, bigs, m, pr->bodies, err)) return false;
    check_transformed(file, m);
    if (!make_exports(ct, file, atoms, m, err)) return false;
    if (file->on_load_label != 0) m->on_load_offset = offset_of(file, m, file->on_load_label);
    return true;
}

// The terms of the file's atoms and big integers are needed only while it is built.
static bool build_from(CodeTables *ct, const BeamFile *file, Prepared *pr, BeamError *err) {
    size_t atom_count = (size_t)file->atom_count + 1;
    Term *atoms = array_new(ct->mem, atom_count, sizeof(Term));
    Term *bigs = array_new(ct->mem, file->big_count, sizeof(Term));
    bool ok = atoms != NULL && bigs != NULL ? build(ct, file, atoms, bigs, pr, err)
                                            : fail(err, no_memory);
    if (atoms != NULL) array_free(ct->mem, atoms, atom_count, sizeof(Term));
    if (bigs != NULL) array_free(ct->mem, bigs, file->big_count, sizeof(Term));
    return ok;
}

Prepared *code_prepare(CodeTables *ct, const uint8_t *bytes, size_t size, BeamError *err) {
    BeamFile file;
    if (!beam_read(ct->env, bytes, size, &file, err)) return NULL;
    Prepared *pr = NULL;
    bool ok = beam_verify(&file, err);
    if (ok) {
        pr = mem_alloc_zero(ct->mem, sizeof *pr);
        if (pr != NULL) {
            pr->ct = ct;
            pr->module = mem_alloc_zero(ct->mem, sizeof(Module));
        }
        ok = pr != NULL && pr->module != NULL ? build_from(ct, &file, pr, err)
                                              : fail(err, no_memory);
    }
    beam_free(&file);
    if (ok) {
        pr->module->noted_bytes = module_bytes(pr->module);
        mem_note(ct->mem, MEM_CODE, (int64_t)pr->module->noted_bytes);
        return pr;
    }
    code_prepared_free(pr);
    return NULL;
}
