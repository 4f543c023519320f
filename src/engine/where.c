// SPDX-License-Identifier: Apache-2.0
// Where a process is and what lies on its stack, for whoever looks at it: current function, stack
// trace, and the text that people call a backtrace.
//
// Thread: the one that runs the process; it is in a builtin, or acts on signals.
#include "engine/engine_int.h"
#include "engine/trace.h"
#include "term/print.h"

#include <stdio.h>

// Code of the engine's own that stands for a function: `entry` has a func_info before it.
static bool is_stub(const EngineState *es, const Unit *entry) {
    for (const StubChunk *c = es->stubs; c != NULL; c = c->next)
        if (entry >= c->units && entry < c->units + c->used)
            return entry >= c->units + CODE_FUNC_INFO_UNITS && entry != es->vm->exit_code &&
                   entry != es->vm->raise_code;
    return false;
}

static void at_entry(const Unit *entry, EngineWhere *w) {
    const Unit *info = entry - CODE_FUNC_INFO_UNITS + OP_HEAD_UNITS;
    w->module = units_load64(info);
    w->function = units_load64(info + 2);
    w->arity = info[4];
}

void engine_where(Process *p, EngineCaller who, EngineWhere *w) {
    const VmCore *vm = p->vm;
    *w = (EngineWhere){.module = TERM_NONE};
    CodePlace place;
    bool in_code = code_place(vm->code, p->ip, &place);
    w->count = trace_addresses(p, p->ip, ENGINE_WHERE_MAX, w->at);
    if (!in_code && who == ENGINE_IN_CALLEE) {
        if (p->ip == vm->start_code && p->initial != NULL) {
            w->module = p->initial->module;
            w->function = p->initial->function;
            w->arity = p->initial->arity;
            return;
        }
        if (is_stub(vm->engine, p->ip)) {
            at_entry(p->ip, w);
            return;
        }
    }
    const Unit *pc = (const Unit *)(uintptr_t)w->at[0];
    if (w->count == 0 || !code_place(vm->code, pc, &place)) return;
    w->module = place.module->name;
    w->function = place.function->name;
    w->arity = place.function->arity;
    w->first_is_current = true;
}

size_t engine_where_words(const EngineWhere *w) {
    return (w->count + 1) * TRACE_FRAME_WORDS;
}

static Term address_frame(const VmCore *vm, Hp *hp, uint64_t address) {
    const Unit *pc = (const Unit *)(uintptr_t)address;
    CodePlace place;
    if (!code_place(vm->code, pc, &place)) return TERM_NONE; // purged meanwhile
    return trace_frame(hp, place.module->name, place.function->name,
                       term_small(place.function->arity),
                       trace_location(hp, place.module, pc, ATOM_none));
}

Term engine_where_location(const VmCore *vm, Hp *hp, const EngineWhere *w) {
    Term t = w->first_is_current ? address_frame(vm, hp, w->at[0]) : TERM_NONE;
    if (t != TERM_NONE) return t;
    if (w->module == TERM_NONE) return ATOM_undefined;
    return trace_frame(hp, w->module, w->function, term_small(w->arity), TERM_NIL);
}

Term engine_where_stacktrace(const VmCore *vm, Hp *hp, const EngineWhere *w) {
    Term list = TERM_NIL;
    for (size_t i = w->count; i-- > 0;) {
        Term frame = address_frame(vm, hp, w->at[i]);
        if (frame != TERM_NONE) list = hp_cons(hp, frame, list);
    }
    return list;
}

// --- the stack as text ---------------------------------------------------------------------------

static void put_mfa(const VmCore *vm, Buf *out, Term module, Term function, uint32_t arity) {
    atom_print(&vm->env, out, module);
    buf_put_byte(out, ':');
    atom_print(&vm->env, out, function);
    buf_printf(out, "/%u", arity);
}

// "0x00007f... (module:function/arity + offset)".
static void put_code(const VmCore *vm, Buf *out, const Unit *pc) {
    CodePlace place;
    buf_printf(out, "0x%016llx (", (unsigned long long)(uintptr_t)pc);
    if (pc == vm->exit_code) {
        buf_put_str(out, "<terminate process normally>");
    } else if (code_place(vm->code, pc, &place)) {
        put_mfa(vm, out, place.module->name, place.function->name, place.function->arity);
        const Unit *info = place.module->code + place.function->offset;
        buf_printf(out, " + %llu", (unsigned long long)(pc - info) * sizeof(Unit));
    } else if (is_stub(vm->engine, pc) && pc != vm->start_code) {
        EngineWhere w;
        at_entry(pc, &w);
        put_mfa(vm, out, w.module, w.function, w.arity);
        buf_printf(out, " + %llu", (unsigned long long)(CODE_FUNC_INFO_UNITS * sizeof(Unit)));
    } else {
        buf_put_str(out, "unknown function");
    }
    buf_put_byte(out, ')');
}

void engine_backtrace(Process *p, Buf *out) {
    const VmCore *vm = p->vm;
    buf_put_str(out, "Program counter: ");
    put_code(vm, out, p->ip);
    buf_put_byte(out, '\n');
    unsigned y = 0;
    for (const Term *at = p->heap.stack; at < p->heap.end && !out->failed; at++) {
        if (term_is_return_address(*at)) {
            buf_printf(out, "\n0x%016llx Return addr ", (unsigned long long)(uintptr_t)at);
            put_code(vm, out, term_return_address_ptr(*at));
            y = 0;
        } else {
            char name[16];
            snprintf(name, sizeof name, "y(%u)", y++);
            buf_printf(out, "%-8s ", name);
            if (term_is_catch(*at)) {
                buf_put_str(out, "Catch ");
                put_code(vm, out, term_catch_ptr(*at));
            } else {
                term_print(&vm->env, out, *at, PRINT_STRINGS, 0);
            }
        }
        buf_put_byte(out, '\n');
    }
}
