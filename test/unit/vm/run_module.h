// SPDX-License-Identifier: Apache-2.0
// Running code that no compiler has written: a machine without a library, modules from bytes, calls
// that end after some reductions whatever the code does. For unit tests and fuzz targets.
#pragma once

#include "code/load_int.h"
#include "engine/engine.h"
#include "proc/spawn.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/integer.h"
#include "term/map.h"
#include "term/print.h"
#include "vm/vm.h"

static inline Vm *bare_machine_of(uint64_t memory_bytes_max, bool interpret) {
    const dt_options options = {.otp_root = "/nowhere",
                                .memory_bytes_max = memory_bytes_max,
                                .simulate = true,
                                .interpret = interpret};
    Vm *vm = dt_new(&options, NULL);
    ASSERT(vm != NULL);
    vm->core.load_module = NULL;
    return vm;
}
static inline Vm *bare_machine(uint64_t memory_bytes_max) {
    return bare_machine_of(memory_bytes_max, false);
}

// A process that this thread runs by hand, on the schedulers of a simulation that stands still:
// what it spawns and sends goes nowhere. NULL: no memory.
typedef struct HandRun {
    Scheduler *guest;
    HeldCall held;
    Process *p;
} HandRun;
static inline Process *hand_begin(HandRun *h, Vm *vm) {
    *h = (HandRun){0};
    if (!vm_start(vm)) return NULL;
    h->guest = sched_enter(vm->core.sched);
    h->p = process_new_held(&vm->core, &h->held, TERM_NONE);
    if (h->p == NULL)
        sched_leave(h->guest);
    else
        engine_attach(h->p, scheduler_local(h->guest));
    return h->p;
}
static inline void hand_end(HandRun *h) {
    VmCore *core = h->p->vm;
    h->p->live = 0;
    if (!h->p->exiting) process_begin_exit(h->p, ATOM_normal);
    do {
        h->p->reds = 1000;
    } while (!process_exit_step(h->p));
    if (h->held.reason != NULL) signal_free(core, h->held.reason);
    sched_leave(h->guest);
}

// Changes of code while nothing else runs.
static inline bool commit_alone(CodeTables *ct, Prepared **pr, BeamError *err) {
    ASSERT(code_write_begin(ct));
    bool ok = code_commit(ct, pr, 1, err);
    code_write_end(ct, NULL);
    return ok;
}
static inline bool delete_alone(CodeTables *ct, Term name, BeamError *err) {
    ASSERT(code_write_begin(ct));
    bool ok = code_delete(ct, name, err);
    code_write_end(ct, NULL);
    return ok;
}
static inline bool purge_alone(CodeTables *ct, Term name, BeamError *err) {
    ASSERT(code_write_begin(ct));
    bool ok = code_purge(ct, name, err);
    code_write_end(ct, NULL);
    return ok;
}

// The module's name; TERM_NONE: refused, *err says why.
static inline Term load_bytes(Vm *vm, const uint8_t *bytes, size_t size, BeamError *err) {
    Prepared *pr = code_prepare(vm->core.code, bytes, size, err);
    if (pr == NULL) return TERM_NONE;
    Term name = code_prepared_name(pr);
    if (commit_alone(vm->core.code, &pr, err)) return name;
    code_prepared_free(pr);
    return TERM_NONE;
}

// Calls until it ends or has used up its slices. p->regs->exc and the X registers say what became
// of it.
static inline bool run_bounded(Process *p, Term module, Term function, Term args, int slices,
                               int64_t reductions) {
    if (!engine_start(p, module, function, args)) return false;
    while (slices-- > 0)
        if (engine_run(p, reductions) == ENGINE_EXITED) return true;
    return false;
}

static inline uint64_t run_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static inline Term run_atom(Vm *vm, const char *text) {
    return atom_intern(vm->core.env.atoms, (const uint8_t *)text, strlen(text));
}

static inline Term run_list(Hp *hp, const char *text) {
    Term list = TERM_NIL;
    for (size_t i = strlen(text); i-- > 0;) list = hp_cons(hp, term_small((uint8_t)text[i]), list);
    return list;
}

// Something of any kind; takes up to RUN_TERM_WORDS.
enum { RUN_TERM_WORDS = 128 };
static inline Term run_any_term(Vm *vm, Hp *hp, uint64_t *seed) {
    Mem *mem = &vm->core.mem;
    Term a = run_atom(vm, "a"), b = run_atom(vm, "b"), kv[4] = {a, term_small(1), b, TERM_NIL};
    switch (run_random(seed) % 20) {
    case 0: return TERM_NIL;
    case 1: return a;
    case 2: return term_small(0);
    case 3: return term_small(3);
    case 4: return term_small(-1);
    case 5: return hp_int64(hp, INT64_MIN);
    case 6: return hp_float(hp, 1.5);
    case 7: return hp_float(hp, 1e300);
    case 8: return hp_tuple2(hp, a, b);
    case 9: return hp_tuple(hp, 0);
    case 10: return map_build(&vm->core.env, hp, kv, 2);
    case 11: return run_list(hp, "abc");
    case 12: return run_list(hp, "3 2 1 1 2 3");
    case 13: return hp_cons(hp, a, b);
    case 14: return hp_binary(mem, hp, "ab cd", 5);
    case 15: return hp_sub_bits(hp, hp_binary(mem, hp, "\377\1\2", 3), 3, 18);
    case 16: return hp_export_fun(hp, code_export(vm->core.code, ATOM_erlang, ATOM_plus, 2));
    case 17: return hp_export_fun(hp, code_export(vm->core.code, ATOM_erlang, ATOM_hd, 1));
    case 18: {
        Term pairs = hp_cons(hp, hp_tuple2(hp, b, term_small(2)), TERM_NIL);
        return hp_cons(hp, hp_tuple2(hp, a, term_small(1)), pairs);
    }
    default: {
        Term bins = hp_cons(hp, hp_binary(mem, hp, "xy", 2), TERM_NIL);
        return hp_cons(hp, hp_binary(mem, hp, "", 0), bins);
    }
    }
}

static inline void run_call(Vm *vm, Term module, const ModuleExport *e, uint64_t *seed) {
    enum { SLICES = 3, REDUCTIONS = 400 };
    HandRun hand;
    Process *p = hand_begin(&hand, vm);
    if (p == NULL) return; // at the limit of memory
    Hp hp;
    if (process_reserve_gc(p, (RUN_TERM_WORDS + CONS_WORDS) * (size_t)e->arity, &hp)) {
        Term args = TERM_NIL;
        for (uint32_t i = 0; i < e->arity; i++)
            args = hp_cons(&hp, run_any_term(vm, &hp, seed), args);
        process_commit(p, &hp);
        (void)run_bounded(p, module, e->name, args, SLICES, REDUCTIONS);
    }
    hand_end(&hand);
    vm->core.halted = vm->core.halting = false;
}

// Calls every function that the module exports, `times` times; then the module is gone again.
static inline void run_exports(Vm *vm, Term module, int times, uint64_t seed) {
    const Module *m = code_module_find(vm->core.code, module);
    ASSERT(m != NULL);
    for (uint32_t i = 0; i < m->export_count; i++) {
        ModuleExport e = m->exports[i];
        for (int k = 0; k < times; k++) run_call(vm, module, &e, &seed);
    }
}
