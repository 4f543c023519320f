// SPDX-License-Identifier: Apache-2.0
// Where funs enter. The caller of a fun leaves the fun in the X register behind the arguments,
// which is cheap for him. A function of the file expects the free variables there. So a fun with
// free variables enters a piece of code behind its function, which fetches them and jumps to it.
#include "code/emit.h"
#include "term/fun.h"

static size_t words(const Transform *t) {
    return (size_t)t->file->function_count + t->file->lambda_count;
}

bool transform_funs_begin(Transform *t) {
    const BeamFile *file = t->file;
    if (file->lambda_count == 0) return true;
    t->lambdas = mem_alloc_zero(file->mem, words(t) * sizeof *t->lambdas);
    if (t->lambdas == NULL) return false;
    for (uint32_t i = 0; i < file->lambda_count; i++) {
        const BeamFunction *fn = beam_function_at(file, file->lambdas[i].label);
        ASSERT(fn != NULL);
        uint32_t *first = &t->lambdas[fn - file->functions];
        t->lambdas[file->function_count + i] = *first;
        *first = i + 1;
    }
    return true;
}

void transform_funs_end(Transform *t) {
    mem_free(t->file->mem, t->lambdas, t->lambdas == NULL ? 0 : words(t) * sizeof *t->lambdas);
}

// Two at a time from the last one down: the first one takes the fun's own place.
static void get_variables(Transform *t, uint32_t arity, uint32_t count) {
    Operand fun = op_x(arity);
    for (uint32_t i = count; i > 0;) {
        bool two = i >= 2;
        i -= two ? 2 : 1;
        Operand at = op_num(FUN_FIXED_WORDS + (uint64_t)i);
        if (two)
            EMIT(t, OP_get_tuple_element2, fun, at, op_x(arity + i), op_x(arity + i + 1));
        else
            EMIT(t, OP_get_tuple_element, fun, at, op_x(arity));
    }
}

void transform_funs_of(Transform *t) {
    const BeamFile *file = t->file;
    if (t->lambdas == NULL || t->failed) return;
    const FuncInfo *info = &t->m->functions[t->function];
    for (uint32_t i = t->lambdas[t->function]; i != 0;
         i = t->lambdas[file->function_count + i - 1]) {
        const BeamLambda *l = &file->lambdas[i - 1];
        FunBody *body = &t->bodies[i - 1];
        body->offset = info->offset + CODE_FUNC_INFO_UNITS;
        if (l->free_count == 0) continue;
        // A process may be stopped here: it is at the beginning of its function.
        emit_line(t, t->entry_line.file, t->entry_line.line);
        uint32_t arity = l->arity - l->free_count;
        EMIT(t, OP_fun_info, op_num((uint64_t)arity + 1));
        body->offset = (uint32_t)t->count;
        get_variables(t, arity, l->free_count);
        EMIT(t, OP_jump, op_label(l->label));
    }
}
