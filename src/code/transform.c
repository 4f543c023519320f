// SPDX-License-Identifier: Apache-2.0
// From generic instructions to internal ones: the walk over the code, labels, lines, functions. The
// instructions themselves are in transform_*.c by group. The code was verified before, so that
// what is refused here is only what has no counterpart.
#include "code/emit.h"

#include <stdio.h>

// One more row in a table that grows by doubling. false: no memory.
static bool more_rows(Transform *t, void **rows, size_t *cap, size_t count, size_t size) {
    if (count < *cap) return true;
    size_t wider = MAX(*cap * 2, (size_t)32);
    void *p = mem_realloc(t->file->mem, *rows, *cap * size, wider * size);
    if (p == NULL) {
        emit_refuse(t, "no memory");
        return false;
    }
    *rows = p;
    *cap = wider;
    return true;
}

void emit_line(Transform *t, uint32_t file, uint32_t line) {
    Module *m = t->m;
    if (m->line_count > 0 && m->lines[m->line_count - 1].offset == t->count) m->line_count--;
    if (!more_rows(t, (void **)&m->lines, &t->line_cap, m->line_count, sizeof *m->lines)) return;
    m->lines[m->line_count++] = (LineEntry){(uint32_t)t->count, file, line};
}

static void add_line(Transform *t, int64_t index) {
    const BeamLine *l = &t->file->lines[index];
    emit_line(t, l->file, l->line);
}

static void add_function(Transform *t, const GenArg *a) {
    Module *m = t->m;
    if (!more_rows(t, (void **)&m->functions, &t->function_cap, m->function_count,
                   sizeof *m->functions))
        return;
    Term name = t->atoms[a[1].value];
    uint32_t arity = (uint32_t)a[2].value;
    m->functions[m->function_count++] = (FuncInfo){(uint32_t)t->count, name, arity};
    t->entry_line = m->line_count > 0 ? m->lines[m->line_count - 1] : (LineEntry){0};
    EMIT(t, OP_func_info, op_const(t->atoms[a[0].value]), op_const(name), op_num(arity));
    t->builtin = code_export_find(t->ct, m->name, name, arity);
    if (t->builtin != NULL && t->builtin->bif == NULL) t->builtin = NULL;
}

// A function that is a builtin of ours enters that, and its body in the file is never reached.
static void enter_builtin(Transform *t) {
    if (t->builtin != NULL) EMIT(t, OP_bif_entry, op_ptr(t->builtin));
    t->builtin = NULL;
}

static void stop(Transform *t) {
    if (!t->stopped) EMIT0(t, OP_stop);
    t->stopped = true;
}

// Which group the most frequent instructions are of, so that no other needs to be asked.
typedef bool TransformGroup(Transform *t, const GenOp *op, const GenArg *a);
static TransformGroup *const groups[GENERIC_MAX + 1] = {
    [GENOP_move] = transform_data,       [GENOP_swap] = transform_data,
    [GENOP_get_list] = transform_data,   [GENOP_get_hd] = transform_data,
    [GENOP_get_tl] = transform_data,     [GENOP_get_tuple_element] = transform_data,
    [GENOP_put_list] = transform_data,   [GENOP_put_tuple2] = transform_data,
    [GENOP_is_atom] = transform_data,    [GENOP_is_nil] = transform_data,
    [GENOP_is_list] = transform_data,    [GENOP_is_nonempty_list] = transform_data,
    [GENOP_is_tuple] = transform_data,   [GENOP_is_tagged_tuple] = transform_data,
    [GENOP_test_arity] = transform_data, [GENOP_is_eq_exact] = transform_data,
    [GENOP_is_lt] = transform_data,      [GENOP_is_ge] = transform_data,
    [GENOP_bif1] = transform_arith,      [GENOP_bif2] = transform_arith,
    [GENOP_gc_bif1] = transform_arith,   [GENOP_gc_bif2] = transform_arith,
};

static bool transform_any(Transform *t, const GenOp *op, const GenArg *a) {
    TransformGroup *group = groups[op->op];
    return (group != NULL && group(t, op, a)) || transform_control(t, op, a) ||
           transform_data(t, op, a) || transform_arith(t, op, a) || transform_bits(t, op, a) ||
           transform_bits_old(t, op, a);
}

static void transform_op(Transform *t, const GenOp *op) {
    const GenArg *a = gen_args(t, op);
    switch (op->op) {
    case GENOP_label:
        t->label_offsets[a[0].value] = (uint32_t)t->count;
        t->stopped = false;
        enter_builtin(t);
        return;
    case GENOP_line: add_line(t, a[0].value); return;
    case GENOP_func_info: add_function(t, a); return;
    default: break;
    }
    // What cannot be reached has been checked in its shape only, so it is left out.
    uint8_t flags = t->file->op_flags[t->op_at];
    if ((flags & BEAM_OP_REACHED) == 0) {
        stop(t);
        return;
    }
    t->stopped = false;
    if (!transform_any(t, op, a)) emit_refuse(t, "an instruction older than OTP 20, or unknown");
    if (flags & BEAM_OP_NO_RETURN) stop(t);
}

static void resolve_labels(Transform *t) {
    for (size_t i = 0; i < t->fixup_count; i++) {
        const Fixup *f = &t->fixups[i];
        uint32_t to = t->label_offsets[f->label];
        if (to == UINT32_MAX) {
            snprintf(t->err->text, sizeof t->err->text, "label %u is nowhere", f->label);
            t->failed = true;
            return;
        }
        t->code[f->at] = to - f->start;
    }
}

// Gives the tables their final size, so that the module can free them knowing it.
static void fit(Transform *t) {
    Module *m = t->m;
    Mem *mem = t->file->mem;
    if (m->line_count > 0 && m->line_count < t->line_cap)
        m->lines = mem_realloc(mem, m->lines, t->line_cap * sizeof *m->lines,
                               m->line_count * sizeof *m->lines);
    if (m->function_count > 0 && m->function_count < t->function_cap)
        m->functions = mem_realloc(mem, m->functions, t->function_cap * sizeof *m->functions,
                                   m->function_count * sizeof *m->functions);
    if (t->count > 0) t->code = mem_realloc(mem, t->code, t->cap * 4, t->count * 4);
    if (m->instruction_count > 0)
        m->instructions =
            mem_realloc(mem, m->instructions, t->instruction_cap * sizeof *m->instructions,
                        m->instruction_count * sizeof *m->instructions);
    ASSERT((m->lines != NULL || m->line_count == 0) && m->functions != NULL && t->code != NULL);
    m->code = t->code;
    m->code_units = (uint32_t)t->count;
}

static void discard(Transform *t) {
    Module *m = t->m;
    Mem *mem = t->file->mem;
    mem_free(mem, t->code, t->cap * sizeof *t->code);
    mem_free(mem, m->lines, t->line_cap * sizeof *m->lines);
    mem_free(mem, m->functions, t->function_cap * sizeof *m->functions);
    mem_free(mem, m->instructions, t->instruction_cap * sizeof *m->instructions);
    m->instructions = NULL;
    m->instruction_count = 0;
    m->lines = NULL;
    m->functions = NULL;
    m->line_count = m->function_count = 0;
}

// Room for what the code most often comes to, so that it need not move while it grows: two units an
// instruction and one and a quarter an operand. What is too much is never touched.
static void reserve(Transform *t) {
    const BeamFile *f = t->file;
    size_t cap = 2 * (size_t)f->op_count + f->arg_count + f->arg_count / 4 + 64;
    t->code = mem_alloc(f->mem, cap * sizeof *t->code);
    if (t->code == NULL) {
        emit_refuse(t, "no memory");
        return;
    }
    t->cap = cap;
}

bool transform_module(CodeTables *ct, const BeamFile *file, const Term *atoms, const Term *bigs,
                      Module *m, FunBody *bodies, BeamError *err) {
    Transform t = {
        .ct = ct, .file = file, .atoms = atoms, .bigs = bigs, .m = m, .bodies = bodies, .err = err};
    t.handlers = code_stubs(ct)->handlers;
    size_t label_bytes = (file->label_count + 1) * sizeof *t.label_offsets;
    t.label_offsets = mem_alloc(file->mem, label_bytes);
    if (t.label_offsets == NULL) {
        snprintf(err->text, sizeof err->text, "no memory");
        return false;
    }
    memset(t.label_offsets, 0xff, label_bytes);
    reserve(&t);
    if (!transform_funs_begin(&t)) emit_refuse(&t, "no memory");
    for (t.op_at = 0; t.op_at < file->op_count && !t.failed; t.op_at++) {
        if (t.op_at == file->functions[t.function].op_end) {
            transform_funs_of(&t);
            t.function++;
        }
        transform_op(&t, &file->ops[t.op_at]);
    }
    transform_funs_end(&t);
    if (!t.failed) resolve_labels(&t);
    if (!t.failed) fit(&t);
    if (t.failed) discard(&t);
    mem_free(file->mem, t.fixups, t.fixup_cap * sizeof *t.fixups);
    mem_free(file->mem, t.label_offsets, label_bytes);
    return !t.failed;
}
