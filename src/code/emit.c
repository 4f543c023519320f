// SPDX-License-Identifier: Apache-2.0
// Writing internal instructions: choosing the variant, laying out operands, resolving labels.
#include "code/emit.h"

#include <stdio.h>

// The X register behind the last one that code can name: constants go there where an instruction
// takes registers only.
enum { SCRATCH_X = 1024 };

static uint32_t *grow(Transform *t, size_t more) {
    if (t->failed) return NULL;
    if (t->count + more > t->cap) {
        size_t cap = MAX(t->cap * 2, t->count + more + 256);
        uint32_t *code =
            mem_realloc(t->file->mem, t->code, t->cap * sizeof *code, cap * sizeof *code);
        if (code == NULL) {
            emit_refuse(t, "no memory");
            return NULL;
        }
        t->code = code;
        t->cap = cap;
    }
    return t->code + t->count;
}

void emit_unit(Transform *t, uint32_t unit) {
    uint32_t *u = grow(t, 1);
    if (u == NULL) return;
    *u = unit;
    t->count++;
}

void emit_word(Transform *t, uint64_t word) {
    uint32_t *u = grow(t, 2);
    if (u == NULL) return;
    units_store64(u, word);
    t->count += 2;
}

static uint64_t any_word(Operand o) {
    if (o.kind == 'c') return o.value;
    ASSERT(o.kind == 'x' || o.kind == 'y');
    return op_any_register(o.kind == 'y', (uint32_t)o.value);
}

void emit_any(Transform *t, Operand source) {
    emit_word(t, any_word(source));
}

void emit_label(Transform *t, uint32_t label) {
    if (label != 0) {
        if (t->fixup_count == t->fixup_cap) {
            size_t cap = MAX(t->fixup_cap * 2, (size_t)256);
            Fixup *f =
                mem_realloc(t->file->mem, t->fixups, t->fixup_cap * sizeof *f, cap * sizeof *f);
            if (f == NULL) {
                emit_refuse(t, "no memory");
                return;
            }
            t->fixups = f;
            t->fixup_cap = cap;
        }
        t->fixups[t->fixup_count++] = (Fixup){(uint32_t)t->count, t->start, label};
    }
    emit_unit(t, 0);
}

static unsigned mask_of(char kind) {
    return kind == 'x' ? 1 : kind == 'y' ? 2 : 4;
}

// The variant for these operands: a mixed-radix number over the choices of the specialised ones.
static uint32_t variant(const OpInfo *info, const Operand *operands) {
    uint32_t v = 0;
    for (size_t i = 0; i < info->operand_count; i++) {
        const OpOperand *o = &info->operands[i];
        if (o->kind != 'S' && o->kind != 'D') continue;
        unsigned bit = mask_of(operands[i].kind);
        ASSERT((o->mask & bit) != 0);
        v = v * (unsigned)__builtin_popcount(o->mask) +
            (unsigned)__builtin_popcount(o->mask & (bit - 1));
    }
    return info->first_variant + v;
}

static void put_operand(Transform *t, const OpOperand *o, Operand v) {
    switch (o->kind) {
    case 'S':
    case 'D':
        if (v.kind == 'c')
            emit_word(t, v.value);
        else
            emit_unit(t, (uint32_t)v.value);
        return;
    case 's': emit_any(t, v); return;
    case 'd':
        ASSERT(v.kind == 'x' || v.kind == 'y');
        emit_unit(t, (uint32_t)v.value << 1 | (v.kind == 'y'));
        return;
    case 'u':
        ASSERT(v.kind == 'u' && v.value <= UINT32_MAX);
        emit_unit(t, (uint32_t)v.value);
        return;
    case 'l':
    case 'f':
        ASSERT(v.kind == 'l');
        emit_label(t, (uint32_t)v.value);
        return;
    default: // t p n
        ASSERT(v.kind == 'w' || v.kind == 'c');
        emit_word(t, v.value);
        return;
    }
}

void emit(Transform *t, enum OpId op, const Operand *operands, size_t count) {
    if (t->failed) return; // an operand may be none
    const OpInfo *info = &op_table[op];
    Operand fixed[OP_OPERANDS_MAX];
    size_t stated = info->operand_count;
    if (stated > 0 && info->operands[stated - 1].kind == 'v') stated--;
    ASSERT(count == stated);
    uint32_t scratch = SCRATCH_X;
    for (size_t i = 0; i < count; i++) {
        fixed[i] = operands[i];
        const OpOperand *o = &info->operands[i];
        if (o->kind == 'S' && (o->mask & mask_of(fixed[i].kind)) == 0) {
            EMIT(t, OP_move, fixed[i], op_x(scratch));
            fixed[i] = op_x(scratch++);
        }
    }
    t->start = (uint32_t)t->count;
    emit_word(t, t->handlers[variant(info, fixed)]);
    for (size_t i = 0; i < count; i++) put_operand(t, &info->operands[i], fixed[i]);
}

// An integer of 64 bits. The loader has left room in the literal area for those that are no smalls.
static Term integer_literal(Transform *t, int64_t n) {
    if (small_fits(n)) return term_small(n);
    LiteralArea *area = t->m->literals;
    ASSERT(area != NULL);
    Hp hp = {area->top, area->end, &area->off};
    Term big = hp_int64(&hp, n);
    area->top = hp.top;
    return big;
}

Operand emit_source(Transform *t, const GenArg *a) {
    switch ((GenKind)a->kind) {
    case GEN_X: return op_x((uint32_t)a->value);
    case GEN_Y: return op_y((uint32_t)a->value);
    case GEN_INT: return op_const(integer_literal(t, a->value));
    case GEN_BIG: return op_const(t->bigs[a->value]);
    case GEN_ATOM: return op_const(t->atoms[a->value]);
    case GEN_NIL: return op_const(TERM_NIL);
    case GEN_CHAR: return op_const(term_small(a->value));
    case GEN_LITERAL: return op_const(t->m->literal_terms[a->value]);
    default: break;
    }
    emit_refuse(t, "an operand is no register and no constant");
    return op_const(TERM_NIL);
}

void emit_refuse(Transform *t, const char *why) {
    if (t->failed) return;
    t->failed = true;
    const GenOp *op = &t->file->ops[t->op_at];
    const GenericInfo *info = generic_info(op->op);
    snprintf(t->err->text, sizeof t->err->text, "%s (instruction %s at byte %u of the code)", why,
             info != NULL ? info->name : "?", op->offset);
}

Export *emit_import(Transform *t, int64_t import) {
    const BeamImport *im = &t->file->imports[import];
    Export *ex = code_export(t->ct, t->atoms[im->module], t->atoms[im->function], im->arity);
    if (ex == NULL) emit_refuse(t, "no memory for an import");
    return ex;
}

// Words of what an allocation list stands for, in our representation.
enum { ALLOC_FLOAT_WORDS = 2, ALLOC_FUN_WORDS = 2 };
uint32_t emit_alloc_words(const GenArg *a) {
    if (a->kind == GEN_U) return (uint32_t)a->value;
    ASSERT(a->kind == GEN_ALLOC);
    int64_t words = 0;
    for (int64_t i = 0; i < a->value; i++) {
        int64_t what = a[1 + 2 * i].value, count = a[2 + 2 * i].value;
        words += what == 0   ? count
                 : what == 1 ? ALLOC_FLOAT_WORDS * count
                             : ALLOC_FUN_WORDS * count;
    }
    return (uint32_t)words;
}
