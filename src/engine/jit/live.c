// SPDX-License-Identifier: Apache-2.0
// Which of the X registers that native code keeps in machine registers are live before and behind
// each instruction: what is not, a memory form need neither store nor load. One pass from the end
// to the beginning; behind a jump backwards all are taken to be live. Where nothing is known of an
// instruction, it is taken to read all and to write none.
#include "engine/jit/jit_int.h"

// What an instruction does to registers, beside its operands.
typedef struct Effect {
    RegisterSet uses, defines;
    bool on;      // may go on to the next
    bool returns; // the next is where a call returns to
    bool unknown; // reads registers that are no operands
} Effect;

// Arguments of the function at a label: the unit before its entry says how many.
static RegisterSet arguments_at(const Work *w, const Value *label) {
    return registers_below((w->code + (int32_t)(uint32_t)label->bits)[-1]);
}
static RegisterSet arguments_of(const Work *w) {
    return registers_below(((const Export *)(uintptr_t)w->values[0].bits)->arity);
}

static Effect effect_of(const Work *w) {
    const Value *v = w->values;
    enum { X0 = 1, X0_X1_X2 = 7, NO_X = 0 };
    switch (w->in->op) {
    case OP_call: return (Effect){arguments_at(w, v), ALL_REGISTERS, true, true, false};
    case OP_call_only:
    case OP_call_last: return (Effect){arguments_at(w, v), NO_X, false, false, false};
    case OP_call_ext:
    case OP_call_bif:
    case OP_send: return (Effect){arguments_of(w), ALL_REGISTERS, true, true, false};
    case OP_call_ext_only:
    case OP_call_ext_last:
    case OP_call_bif_only:
    case OP_call_bif_last: return (Effect){arguments_of(w), NO_X, false, false, false};
    case OP_return:
    case OP_deallocate_return: return (Effect){X0, NO_X, false, false, false};
    case OP_fun_info:
    case OP_jump:
    case OP_stop:
    case OP_badmatch:
    case OP_case_end:
    case OP_try_case_end:
    case OP_badrecord:
    case OP_if_end:
    case OP_raise:
    case OP_wait:
    case OP_loop_rec_end: return (Effect){NO_X, NO_X, false, false, false};
    case OP_func_info: return (Effect){registers_below(v[2].bits), NO_X, false, false, false};
    case OP_try_case: return (Effect){NO_X, X0_X1_X2, true, false, false};
    case OP_catch_end:
    case OP_build_stacktrace: return (Effect){X0, X0, true, false, false};
    case OP_call_fun: return (Effect){registers_below(v[0].bits), ALL_REGISTERS, true, true, false};
    case OP_call_fun_last: return (Effect){registers_below(v[0].bits), NO_X, false, false, false};
    case OP_apply: return (Effect){ALL_REGISTERS, ALL_REGISTERS, true, true, false};
    case OP_select_jump:
    case OP_select_exact: return (Effect){ALL_REGISTERS, NO_X, false, false, false};
    default: return (Effect){NO_X, NO_X, true, false, jit_looks_at_x(w->in->op)};
    }
}

static void add_operands(const Work *w, Effect *e) {
    for (int k = 0; k < w->variant->field_count; k++) {
        const Value *v = &w->values[k];
        char kind = w->variant->fields[k].kind;
        if (kind == 'v') e->unknown = true;
        if (value_register(v) >= NATIVE_X_COUNT) continue;
        if (kind == 'D' || kind == 'd')
            e->defines |= (RegisterSet)(1 << v->bits);
        else
            e->uses |= (RegisterSet)(1 << v->bits);
    }
    if (w->variant->live_field != 0)
        e->uses |= registers_below(w->values[w->variant->live_field - 1].bits);
    if (e->unknown) {
        e->uses = ALL_REGISTERS;
        e->defines = 0;
    }
}

// Where a handler is entered the registers come from x[], and nothing is live in them at a wait.
static bool carries_registers(unsigned op) {
    return op != OP_try && op != OP_wait && op != OP_loop_rec_end && op != OP_call;
}

static RegisterSet live_at_labels(Work *w, size_t i) {
    RegisterSet live = 0;
    for (int k = 0; k < w->variant->field_count; k++) {
        char kind = w->variant->fields[k].kind;
        if ((kind != 'l' && kind != 'f') || w->values[k].bits == 0) continue;
        uint32_t to = label_instruction(w, w->values[k].bits);
        w->live[to].entered = true;
        if (carries_registers(w->in->op)) live |= to > i ? w->live[to].in : ALL_REGISTERS;
    }
    return live;
}

// The labels in the variable part of a selection.
static void enter_choices(Work *w) {
    unsigned op = w->in->op;
    bool words = op == OP_select_exact;
    if (!words && op != OP_select_jump) return;
    uint32_t count = (uint32_t)w->values[w->variant->field_count - 2].bits;
    const Unit *labels = w->code + w->variant->units + (words ? 2 * count : 0);
    for (uint32_t n = 0; n < count; n++)
        if (labels[n] != 0) w->live[label_instruction(w, labels[n])].entered = true;
}

void jit_find_live(Work *w) {
    size_t count = w->m->instruction_count;
    memset(w->live, 0, count * sizeof *w->live);
    for (size_t i = count; i-- > 0;) {
        jit_look_at(w, i);
        Effect e = effect_of(w);
        add_operands(w, &e);
        Live *live = &w->live[i];
        live->on = e.on && i + 1 < count;
        live->out = live->on ? w->live[i + 1].in : 0;
        live->in = (RegisterSet)(e.uses | (live->out & ~e.defines) | live_at_labels(w, i));
        enter_choices(w);
        if (i + 1 < count && (e.returns || !live->on)) w->live[i + 1].entered = true;
    }
    if (count > 0) w->live[0].entered = true;
}
