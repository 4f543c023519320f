// SPDX-License-Identifier: Apache-2.0
// Writing internal instructions: choosing the variant, laying out operands, resolving labels.
#include "code/emit.h"

#include <stdio.h>

// The X register behind the last one that code can name: constants go there where an instruction
// takes registers only.
enum { SCRATCH_X = 1024 };

static NOINLINE uint32_t *grow_more(Transform *t, size_t more) {
    size_t cap = MAX(t->cap * 2, t->count + more + 256);
    uint32_t *code = mem_realloc(t->file->mem, t->code, t->cap * sizeof *code, cap * sizeof *code);
    if (code == NULL) {
        emit_refuse(t, "no memory");
        return NULL;
    }
    t->code = code;
    t->cap = cap;
    return code + t->count;
}

// Room for `more` units at the end; NULL: failed.
static ALWAYS_INLINE uint32_t *grow(Transform *t, size_t more) {
    if (UNLIKELY(t->failed)) return NULL;
    return LIKELY(t->count + more <= t->cap) ? t->code + t->count : grow_more(t, more);
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

static NOINLINE bool more_fixups(Transform *t) {
    size_t cap = MAX(t->fixup_cap * 2, (size_t)256);
    Fixup *f = mem_realloc(t->file->mem, t->fixups, t->fixup_cap * sizeof *f, cap * sizeof *f);
    if (f == NULL) {
        emit_refuse(t, "no memory");
        return false;
    }
    t->fixups = f;
    t->fixup_cap = cap;
    return true;
}

// The unit at `at` gets the way from the instruction's start to the label; none is 0.
static ALWAYS_INLINE void fix_later(Transform *t, size_t at, uint32_t label) {
    t->code[at] = 0;
    if (label == 0 || (UNLIKELY(t->fixup_count == t->fixup_cap) && !more_fixups(t))) return;
    t->fixups[t->fixup_count++] = (Fixup){(uint32_t)at, t->start, label};
}

void emit_label(Transform *t, uint32_t label) {
    if (grow(t, 1) == NULL) return;
    fix_later(t, t->count, label);
    t->count++;
}

static ALWAYS_INLINE unsigned mask_of(char kind) {
    return kind == 'x' ? 1 : kind == 'y' ? 2 : 4;
}

// Writes an operand at `u` and gives what is behind it.
static ALWAYS_INLINE uint32_t *put_operand(Transform *t, char kind, Operand v, uint32_t *u) {
    switch (kind) {
    case 'S':
    case 'D':
        if (v.kind == 'c') break;
        *u = (uint32_t)v.value;
        return u + 1;
    case 's': units_store64(u, any_word(v)); return u + 2;
    case 'd':
        ASSERT(v.kind == 'x' || v.kind == 'y');
        *u = (uint32_t)v.value << 1 | (v.kind == 'y');
        return u + 1;
    case 'u':
        ASSERT(v.kind == 'u' && v.value <= UINT32_MAX);
        *u = (uint32_t)v.value;
        return u + 1;
    case 'l':
    case 'f':
        ASSERT(v.kind == 'l');
        fix_later(t, (size_t)(u - t->code), (uint32_t)v.value);
        return u + 1;
    default: // t p n
        ASSERT(v.kind == 'w' || v.kind == 'c');
        break;
    }
    units_store64(u, v.value);
    return u + 2;
}

// Constants go into registers first where the instruction takes only such.
static NOINLINE bool move_constants(Transform *t, const OpInfo *info, Operand *operands,
                                    size_t count) {
    bool moved = false;
    uint32_t scratch = SCRATCH_X;
    for (size_t i = 0; i < count; i++) {
        const OpOperand *o = &info->operands[i];
        if (o->kind != 'S' || (o->mask & mask_of(operands[i].kind)) != 0) continue;
        EMIT(t, OP_move, operands[i], op_x(scratch));
        operands[i] = op_x(scratch++);
        moved = true;
    }
    return moved;
}

Operand emit_scratch(Transform *t, Operand source) {
    Operand scratch = op_x(SCRATCH_X + 1); // the first is for constants
    EMIT(t, OP_move, source, scratch);
    return scratch;
}

static void note_instruction(Transform *t, enum OpId op, uint32_t variant) {
    Module *m = t->m;
    if (m->instruction_count == t->instruction_cap) {
        size_t cap = MAX(t->instruction_cap * 2, (size_t)512);
        CodeInstruction *more = mem_realloc(t->file->mem, m->instructions,
                                            t->instruction_cap * sizeof *more, cap * sizeof *more);
        if (more == NULL) {
            emit_refuse(t, "no memory");
            return;
        }
        m->instructions = more;
        t->instruction_cap = cap;
    }
    m->instructions[m->instruction_count++] =
        (CodeInstruction){(uint32_t)t->start, (uint16_t)op, (uint16_t)variant};
}

// The variant is a mixed-radix number over the choices of the specialised operands.
void emit(Transform *t, enum OpId op, const Operand *operands, size_t count) {
    uint32_t *start = grow(t, OP_HEAD_UNITS + 2 * OP_OPERANDS_MAX);
    if (start == NULL) return; // an operand may be none
    const OpInfo *info = &op_table[op];
    size_t stated = info->operand_count;
    if (stated > 0 && info->operands[stated - 1].kind == 'v') stated--;
    ASSERT(count == stated);
    t->start = (uint32_t)t->count;
    size_t fixups = t->fixup_count;
    uint32_t variant = 0, *u = start + OP_HEAD_UNITS;
    for (size_t i = 0; i < count; i++) {
        const OpOperand *o = &info->operands[i];
        if (o->kind == 'S' || o->kind == 'D') {
            unsigned bit = mask_of(operands[i].kind);
            if (UNLIKELY((o->mask & bit) == 0)) {
                t->fixup_count = fixups;
                Operand fixed[OP_OPERANDS_MAX];
                memcpy(fixed, operands, count * sizeof *operands);
                bool moved = move_constants(t, info, fixed, count);
                ASSERT(moved);
                emit(t, op, fixed, count);
                return;
            }
            variant = variant * (unsigned)__builtin_popcount(o->mask & 7) +
                      (unsigned)__builtin_popcount(o->mask & (bit - 1));
        }
        u = put_operand(t, o->kind, operands[i], u);
    }
    note_instruction(t, op, info->first_variant + variant);
    units_store64(start, t->handlers[info->first_variant + variant]);
    t->count = (size_t)(u - t->code);
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

Operand emit_constant(Transform *t, const GenArg *a) {
    switch ((GenKind)a->kind) {
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
