// SPDX-License-Identifier: Apache-2.0
// The uncommon sides of calls: external funs, apply, undefined functions, wrong arities.
// Each gives the code to go on at, or NULL with p->regs->exc set.
#include "engine/engine_int.h"
#include "proc/code_wait.h"
#include "term/map.h"

// x[0..arity) as a list, in a rooted word. false: no room.
static bool args_to_list_gc(Process *p, uint32_t arity, Term *list) {
    Hp hp;
    if (!process_reserve_gc(p, 2 * (size_t)arity, &hp)) return false;
    *list = TERM_NIL;
    for (uint32_t i = arity; i-- > 0;) *list = hp_cons(&hp, p->regs->x[i], *list);
    process_commit(p, &hp);
    return true;
}

// {badarity, {Fun, Args}} with x[arity] the fun.
static const Unit *badarity(Process *p, Term fun, uint32_t arity) {
    Term roots[2] = {fun, TERM_NIL};
    RootFrame frame;
    process_push_roots(p, &frame, roots, 2);
    Hp hp;
    if (args_to_list_gc(p, arity, &roots[1]) && process_reserve_gc(p, 6, &hp)) {
        Term pair = hp_tuple2(&hp, roots[0], roots[1]);
        Term reason = hp_tuple2(&hp, ATOM_badarity, pair);
        process_commit(p, &hp);
        bif_error(p, reason);
    }
    process_pop_roots(p, &frame);
    return NULL;
}

const Unit *engine_call_fun(Process *p, Term fun, uint32_t arity) {
    if (term_is_kind(fun, KIND_EXPORT)) {
        Export *ex = fun_export(fun);
        if (ex->arity == arity) return ex->entry[p->regs->code_index];
        return badarity(p, fun, arity);
    }
    if (term_is_kind(fun, KIND_FUN)) {
        FunEntry *fe = fun_entry(fun);
        if (fe->arity != arity) return badarity(p, fun, arity);
        p->regs->x[arity] = fun; // its code finds its free variables there
        return fun_entry_code(fe);
    }
    engine_error_tuple(p, ATOM_badfun, fun);
    return NULL;
}

// module:function/arity with the arguments in x[0..arity).
static const Unit *call_export(Process *p, Term module, Term function, uint32_t arity) {
    if (!term_is_atom(module) || !term_is_atom(function)) {
        bif_badarg(p);
        return NULL;
    }
    Export *ex = code_export(p->vm->code, module, function, arity);
    if (ex == NULL) {
        bif_system_limit(p);
        return NULL;
    }
    return ex->entry[p->regs->code_index];
}

// An apply that cannot be done shows in the trace as the call
// {erlang,apply,[Module,Function,Args]}.
static void apply_failed(Process *p, Term module, Term function, uint32_t arity) {
    Term roots[3] = {module, function, TERM_NIL};
    RootFrame frame;
    process_push_roots(p, &frame, roots, 3);
    if (args_to_list_gc(p, arity, &roots[2])) {
        const Export *ex = code_export(p->vm->code, ATOM_erlang, ATOM_apply, 3);
        bif_badarg(p);
        if (ex != NULL) engine_bif_failed(p, ex, roots);
    }
    process_pop_roots(p, &frame);
}

const Unit *engine_call_mfa(Process *p, uint32_t arity) {
    Term module = p->regs->x[arity], function = p->regs->x[arity + 1];
    const Unit *to = call_export(p, module, function, arity);
    if (to == NULL && p->regs->exc.value == ATOM_badarg) apply_failed(p, module, function, arity);
    return to;
}

// More arguments than a function can have: there is no such function.
static void too_many(Process *p, Term module, Term function, Term list, int64_t count) {
    const Export *ex = code_export(p->vm->code, module, function, (uint32_t)count);
    bif_error(p, ATOM_undef);
    if (ex == NULL) return;
    p->regs->exc.function = ex;
    p->regs->exc.args = list;
    engine_bif_failed(p, ex, p->regs->x);
}

static void bad_apply(Process *p, uint32_t arity) {
    const Export *ex = code_export(p->vm->code, ATOM_erlang, ATOM_apply, arity);
    bif_badarg(p);
    if (ex != NULL) engine_bif_failed(p, ex, p->regs->x);
}

// erlang:apply/2 that is called by apply/3, as at the start of a process made of a fun: unlike one
// that stands in code, it has a frame of its own.
static const Unit *apply_applied(Process *p) {
    const Unit *to = engine_apply_entry(p, 2);
    if (to == NULL && p->regs->exc_bif == NULL) {
        p->regs->exc_bif = code_export(p->vm->code, ATOM_erlang, ATOM_apply, 2);
        p->regs->exc.args = term_small(2);
    }
    return to;
}

const Unit *engine_apply_entry(Process *p, uint32_t arity) {
    Term *x = p->regs->x;
    Term list = x[arity - 1], first = x[0], second = x[1];
    int64_t count = bif_list_length(list);
    if (count < 0 || (arity == 3 && !(term_is_atom(first) && term_is_atom(second)))) {
        bad_apply(p, arity);
        return NULL;
    }
    if (count > MAX_CALL_ARITY) {
        if (arity == 3)
            too_many(p, first, second, list, count);
        else
            bif_system_limit(p);
        return NULL;
    }
    uint32_t n = 0;
    for (Term l = list; term_is_cons(l); l = term_tail(l)) x[n++] = term_head(l);
    p->live = n;
    if (arity == 3 && n == 2 && first == ATOM_erlang && second == ATOM_apply)
        return apply_applied(p);
    return arity == 3 ? call_export(p, first, second, n) : engine_call_fun(p, first, n);
}

static LoadResult load(Process *p, Term module) {
    VmCore *vm = p->vm;
    LoadResult result = LOAD_FAILED;
    if (vm->load_module != NULL && code_module_find(vm->code, module) == NULL)
        result = vm->load_module(vm, p->regs->scheduler, module);
    p->regs->code_index = code_active_index(vm->code);
    if (result == LOAD_BUSY)
        p->regs->run_status = process_wait_for_code(p) ? RUN_WAITING : RUN_YIELDED;
    return result;
}

// --- what is not there ---------------------------------------------------------------------------
// The code of module:function/arity if that is defined (its module is loaded when need be); or
// NULL.
static const Unit *defined(Process *p, Term module, Term function, uint32_t arity) {
    Export *ex = code_export(p->vm->code, module, function, arity);
    if (ex == NULL) return NULL;
    const Unit *stub = code_export_stub(ex);
    if (ex->entry[p->regs->code_index] == stub && load(p, module) == LOAD_BUSY) return NULL;
    const Unit *now = ex->entry[p->regs->code_index];
    return now != stub ? now : NULL;
}

// The process's own error_handler decides: Handler:undefined_function(Module, Function, Args).
static const Unit *ask_handler_gc(Process *p, Term handler, const Export *ex) {
    const Unit *to = defined(p, handler, ATOM_undefined_function, 3);
    Term args = TERM_NIL;
    if (to == NULL || !args_to_list_gc(p, ex->arity, &args)) return NULL;
    Term *x = p->regs->x;
    x[0] = ex->module;
    x[1] = ex->function;
    x[2] = args;
    p->live = 3;
    return to;
}

// A module may say itself what to do for functions that it has not: the default handler asks it.
static const Unit *ask_module_gc(Process *p, const Export *ex) {
    Export *own =
        code_export_find(p->vm->code, ex->module, ATOM_handle_undefined_function_of_module, 2);
    Term args = TERM_NIL;
    if (own == NULL || own->entry[p->regs->code_index] == code_export_stub(own) ||
        !args_to_list_gc(p, ex->arity, &args))
        return NULL;
    p->regs->x[0] = ex->function;
    p->regs->x[1] = args;
    p->live = 2;
    return own->entry[p->regs->code_index];
}

const Unit *engine_undefined(Process *p, Export *ex) {
    // Its module may have been loaded since this slice began.
    p->regs->code_index = code_active_index(p->vm->code);
    const Unit *now = ex->entry[p->regs->code_index], *stub = code_export_stub(ex);
    Term handler = term_atom(p->flags.error_handler);
    bool own_handler = handler != ATOM_error_handler;
    if (now == stub && !own_handler && load(p, ex->module) == LOAD_BUSY) return NULL;
    now = ex->entry[p->regs->code_index];
    if (now != stub) return now;
    const Unit *to = own_handler ? ask_handler_gc(p, handler, ex) : ask_module_gc(p, ex);
    if (to != NULL || p->regs->run_status != RUN_READY || p->dead) return to;
    bif_error(p, ATOM_undef);
    engine_bif_failed(p, ex, p->regs->x);
    return NULL;
}

const Unit *engine_undefined_fun(Process *p, FunEntry *fe) {
    if (fun_entry_name(fe) == TERM_NONE) {
        if (UNLIKELY(code_fun_is_pending(p->vm->code, fe))) {
            p->regs->run_status = RUN_YIELDED; // its module is being purged, or is not after all
            return NULL;
        }
        if (load(p, fe->module) == LOAD_BUSY) return NULL;
    }
    // Set before the code is.
    const Unit *now = fun_entry_code(fe);
    if (fun_entry_name(fe) != TERM_NONE) return now;
    // The fun of another version of the module, or of none: the reference says badfun.
    engine_error_tuple(p, ATOM_badfun, p->regs->x[fe->arity]);
    return NULL;
}

bool engine_is_function_of(Term fun, Term arity) {
    if (!term_is_small(arity) || term_small_value(arity) < 0) return false;
    uint64_t n = (uint64_t)term_small_value(arity);
    if (term_is_kind(fun, KIND_FUN)) return fun_entry(fun)->arity == n;
    if (term_is_kind(fun, KIND_EXPORT)) return fun_export(fun)->arity == n;
    return false;
}
