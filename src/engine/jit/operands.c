// SPDX-License-Identifier: Apache-2.0
// Reads an instruction's operands from its units, as the tables of ops/*.ops describe them.
#include "engine/jit/jit_int.h"

void jit_describe(Variant *out, const OpInfo *info, uint32_t variant) {
    char choices[OP_OPERANDS_MAX] = {0};
    for (int i = info->operand_count - 1; i >= 0; i--) {
        const OpOperand *o = &info->operands[i];
        if (o->kind != 'S' && o->kind != 'D') continue;
        unsigned count = (unsigned)__builtin_popcount(o->mask & 7), at = variant % count;
        variant /= count;
        for (unsigned bit = 0; bit < 3; bit++)
            if ((o->mask >> bit & 1) != 0 && at-- == 0) choices[i] = "xyc"[bit];
    }
    out->units = OP_HEAD_UNITS;
    for (int i = 0; i < info->operand_count; i++) {
        char kind = info->operands[i].kind;
        out->fields[out->field_count++] = (Field){out->units, kind, choices[i]};
        if (strcmp(info->operands[i].name, "live") == 0) out->live_field = out->field_count;
        bool reg = (kind == 'S' || kind == 'D') && choices[i] != 'c';
        bool one = kind == 'u' || kind == 'l' || kind == 'f' || kind == 'd';
        out->units += kind == 'v' ? 0 : reg || one ? 1 : 2;
    }
}

static Value any_value(uint64_t word) {
    if (!op_any_is_register(word)) return (Value){'c', word};
    return (Value){op_any_is_y(word) ? 'y' : 'x', op_any_number(word)};
}

static Value value_of(const Unit *code, const Field *f) {
    const Unit *at = code + f->unit;
    switch (f->kind) {
    case 'S':
    case 'D': return f->choice == 'c' ? (Value){'c', units_load64(at)} : (Value){f->choice, *at};
    case 's': return any_value(units_load64(at));
    case 'd': return (Value){(*at & 1) != 0 ? 'y' : 'x', *at >> 1};
    case 'u': return (Value){'n', *at};
    case 'l':
    case 'f': return (Value){'l', *at};
    case 'v': return (Value){0, 0};
    default: return (Value){'n', units_load64(at)}; // t p n
    }
}

void jit_look_at(Work *w, size_t i) {
    w->in = &w->m->instructions[i];
    w->variant = &w->variants[w->in->variant];
    w->code = w->m->code + w->in->offset;
    for (int k = 0; k < w->variant->field_count; k++)
        w->values[k] = value_of(w->code, &w->variant->fields[k]);
}
