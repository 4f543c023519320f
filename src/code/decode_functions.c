// SPDX-License-Identifier: Apache-2.0
// The functions of the code that decode.c has read, and that exports, funs and labels name what is
// there.
#include "code/decode.h"

// A function starts with a label, perhaps a line, func_info and the label of its entry.
static bool complete_function(BeamFile *f, uint32_t index, BeamError *err) {
    BeamFunction *fn = &f->functions[index];
    const GenOp *op = &f->ops[fn->op_info];
    const GenArg *args = &f->args[op->arg_index];
    uint32_t floor = index == 0 ? 0 : fn[-1].op_entry + 1, start = fn->op_info;
    while (start > floor &&
           (f->ops[start - 1].op == GENOP_label || f->ops[start - 1].op == GENOP_line))
        start--;
    if (args[0].value != 1)
        return beam_fail(err, "func_info at byte %u of the code names another module", op->offset);
    // The last instruction is int_code_end, so there is a next one.
    const GenOp *entry = &f->ops[fn->op_info + 1];
    if (entry->op != GENOP_label)
        return beam_fail(err, "func_info at byte %u of the code has no label after it", op->offset);
    fn->name = (uint32_t)args[1].value;
    fn->arity = (uint32_t)args[2].value;
    fn->label = (uint32_t)f->args[entry->arg_index].value;
    fn->op_start = start;
    fn->op_entry = fn->op_info + 1;
    if (index > 0) fn[-1].op_end = start;
    f->function_of_label[fn->label] = index + 1;
    f->function_count = index + 1;
    return true;
}

static bool find_on_load(BeamFile *f, const CodeNotes *n, BeamError *err) {
    for (uint32_t i = 0; i < f->function_count && n->on_loads != 0; i++) {
        const BeamFunction *fn = &f->functions[i];
        if (n->on_load_op >= fn->op_end) continue;
        if (fn->arity != 0 || n->on_loads != 1)
            return beam_fail(err, "on_load at byte %u of the code is misplaced",
                             f->ops[n->on_load_op].offset);
        f->on_load_label = fn->label;
        break;
    }
    return true;
}

static bool check_entry(const BeamFile *f, const char *chunk, uint32_t name, uint32_t arity,
                        uint32_t label, BeamError *err) {
    const BeamFunction *fn = beam_function_at(f, label);
    if (fn != NULL && fn->name == name && fn->arity == arity) return true;
    return beam_fail(err, "chunk %s: %.*s/%u does not start at label %u", chunk,
                     (int)MIN(f->atoms[name].size, 100), (const char *)f->atoms[name].bytes, arity,
                     label);
}

// Some labels are wanted and not there: says which instruction wants one first.
static bool missing_label(const BeamFile *f, BeamError *err) {
    for (uint32_t i = 0; i < f->op_count; i++) {
        const GenOp *op = &f->ops[i];
        for (uint32_t a = 0; a < op->arg_count; a++) {
            const GenArg *arg = &f->args[op->arg_index + a];
            if (arg->kind == GEN_LABEL && arg->value != 0 && f->label_ops[arg->value] == UINT32_MAX)
                return beam_fail(err, "%s at byte %u of the code: label %lld is not there",
                                 generic_info(op->op)->name, op->offset, (long long)arg->value);
        }
    }
    UNREACHABLE();
}

static bool check_tables(const BeamFile *f, const CodeNotes *n, BeamError *err) {
    for (uint32_t i = 0; i < f->export_count; i++) {
        const BeamExport *e = &f->exports[i];
        if (!check_entry(f, "ExpT", e->function, e->arity, e->label, err)) return false;
    }
    for (uint32_t i = 0; i < f->lambda_count; i++) {
        const BeamLambda *l = &f->lambdas[i];
        if (!check_entry(f, "FunT", l->function, l->arity, l->label, err)) return false;
    }
    for (uint32_t label = 1; label < f->label_count; label++)
        if (n->label_wanted[label] && f->label_ops[label] == UINT32_MAX)
            return missing_label(f, err);
    return true;
}

bool find_functions(BeamFile *f, const CodeNotes *n, BeamError *err) {
    uint32_t declared = n->declared, last = f->op_count - 1;
    for (uint32_t i = 0; i < MIN(n->func_infos, declared); i++)
        if (!complete_function(f, i, err)) return false;
    if (n->func_infos > declared) return beam_fail(err, "there are more functions than declared");
    if (n->func_infos < declared)
        return beam_fail(err, "there are %u functions, but %u declared", n->func_infos, declared);
    if (declared > 0) f->functions[declared - 1].op_end = last;
    uint32_t before = declared > 0 ? f->functions[0].op_start : last;
    if (before != 0) return beam_fail(err, "there is code outside of functions");
    if (declared == 0) return beam_fail(err, "there are no functions");
    return find_on_load(f, n, err) && check_tables(f, n, err);
}
