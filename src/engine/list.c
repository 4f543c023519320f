// SPDX-License-Identifier: Apache-2.0
// Internal instructions as text, for `dialtone disasm`: offset, name, operands. The table of
// instructions says how each is laid out; variable parts are known by their length only.
#include "engine/engine_int.h"
#include "term/print.h"

#include <stdio.h>

typedef struct Listing {
    VmCore *vm;
    const Module *m;
    Buf *out;
} Listing;

static const OpInfo *info_of(uint32_t variant) {
    uint32_t op = 0;
    while (op + 1 < OP_COUNT && op_table[op + 1].first_variant <= variant) op++;
    return &op_table[op];
}

// Which register class or constant each specialised operand has in this variant: 'x', 'y', 'c'.
static void choices_of(const OpInfo *info, uint32_t variant, char *choices) {
    uint32_t v = variant - info->first_variant;
    for (int i = info->operand_count - 1; i >= 0; i--) {
        const OpOperand *o = &info->operands[i];
        choices[i] = 0;
        if (o->kind != 'S' && o->kind != 'D') continue;
        unsigned count = (unsigned)__builtin_popcount(o->mask & 7), at = v % count;
        v /= count;
        for (unsigned bit = 0; bit < 3; bit++)
            if ((o->mask >> bit & 1) != 0 && at-- == 0) choices[i] = "xyc"[bit];
    }
}

void engine_variant_name(uint32_t variant, Buf *out) {
    const OpInfo *info = info_of(variant);
    char choices[OP_OPERANDS_MAX];
    choices_of(info, variant, choices);
    buf_put_str(out, info->name);
    const char *between = " ";
    for (int i = 0; i < info->operand_count; i++) {
        if (choices[i] == 0) continue;
        buf_printf(out, "%s%c", between, choices[i]);
        between = ",";
    }
}

static void put_any(Listing *l, uint64_t word) {
    if (op_any_is_register(word))
        buf_printf(l->out, "%c%u", op_any_is_y(word) ? 'y' : 'x', op_any_number(word));
    else
        term_print(&l->vm->env, l->out, word, PRINT_STRINGS, 60);
}

// Gives how many units the operand takes.
static uint32_t put_operand(Listing *l, const Unit *start, const Unit *at, const OpOperand *o,
                            char choice) {
    buf_printf(l->out, " %s=", o->name);
    switch (o->kind) {
    case 'S':
    case 'D':
        if (choice != 'c') {
            buf_printf(l->out, "%c%u", choice, *at);
            return 1;
        }
        put_any(l, units_load64(at));
        return 2;
    case 's': put_any(l, units_load64(at)); return 2;
    case 'd': buf_printf(l->out, "%c%u", (*at & 1) != 0 ? 'y' : 'x', *at >> 1); return 1;
    case 'u': buf_printf(l->out, "%u", *at); return 1;
    case 'l':
    case 'f':
        if (*at == 0)
            buf_put_str(l->out, "-");
        else
            buf_printf(l->out, "@%td", start - l->m->code + (int32_t)*at);
        return 1;
    case 't': put_any(l, units_load64(at)); return 2;
    case 'v': buf_put_str(l->out, "..."); return 0;
    default: buf_printf(l->out, "%#llx", (unsigned long long)units_load64(at)); return 2;
    }
}

void engine_list_instruction(VmCore *vm, const Module *m, uint32_t unit, uint32_t variant,
                             Buf *out) {
    Listing l = {vm, m, out};
    const OpInfo *info = info_of(variant);
    const Unit *at = m->code + unit;
    char choices[OP_OPERANDS_MAX];
    choices_of(info, variant, choices);
    buf_printf(out, "%8u  %-*s", unit, info->operand_count > 0 ? 22 : 0, info->name);
    uint32_t units = OP_HEAD_UNITS;
    for (int i = 0; i < info->operand_count; i++)
        units += put_operand(&l, at, at + units, &info->operands[i], choices[i]);
}

void engine_list(VmCore *vm, const Module *m, Buf *out, const char *function_filter) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->function_count; i++) {
        const FuncInfo *f = &m->functions[i];
        uint32_t end = i + 1 < m->function_count ? m->functions[i + 1].offset : m->code_units;
        const Atom *name = atom_get(vm->env.atoms, f->name);
        bool listed =
            function_filter == NULL || (strlen(function_filter) == name->size_bytes &&
                                        memcmp(function_filter, name->text, name->size_bytes) == 0);
        if (listed) {
            atom_print(&vm->env, out, f->name);
            buf_printf(out, "/%u\n", f->arity);
        }
        for (; at < m->instruction_count && m->instructions[at].offset < end; at++) {
            if (!listed) continue;
            const CodeInstruction *in = &m->instructions[at];
            engine_list_instruction(vm, m, in->offset, in->variant, out);
            buf_put_byte(out, '\n');
        }
        if (listed) buf_put_byte(out, '\n');
    }
}
