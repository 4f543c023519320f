// SPDX-License-Identifier: Apache-2.0
// Raising: p->regs->exc says what; unwinding finds the handler. What a handler gets as stack trace
// is raw (trace.c) until a program asks for it.
#include "engine/engine_int.h"
#include "engine/trace.h"
#include "term/bits.h"
#include "term/map.h"

void engine_clear_exception(Process *p) {
    p->regs->exc = (Exception){.cls = EXC_NONE,
                               .value = TERM_NIL,
                               .trace = TERM_NONE,
                               .args = TERM_NONE,
                               .info = TERM_NONE};
    p->regs->exc_bif = NULL;
}

void engine_error_tuple(Process *p, Term tag, Term value) {
    bif_error(p, value); // keeps the value alive
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return;
    p->regs->exc.value = hp_tuple2(&hp, tag, p->regs->exc.value);
    process_commit(p, &hp);
}

void engine_function_clause(Process *p, const Unit *pc) {
    uint32_t arity = p->live;
    ASSERT(arity == pc[OP_HEAD_UNITS + 4]);
    bif_error(p, ATOM_function_clause);
    Hp hp;
    if (!process_reserve_gc(p, (CONS_WORDS + SUB_BITS_WORDS) * (size_t)arity, &hp)) return;
    Term list = TERM_NIL;
    for (uint32_t i = arity; i-- > 0;) {
        Term arg = p->regs->x[i];
        // Code of the module may have handed on what it was matching.
        if (term_is_kind(arg, KIND_MATCH_CTX)) arg = hp_sub_bits(&hp, arg, 0, bits_size(arg));
        list = hp_cons(&hp, arg, list);
    }
    process_commit(p, &hp);
    p->regs->exc.args = list;
}

// Builtins whose purpose is to raise leave no frame of their own.
static bool is_raiser(const Export *ex) {
    if (ex->module != ATOM_erlang) return false;
    return ex->function == ATOM_error || ex->function == ATOM_throw || ex->function == ATOM_raise ||
           (ex->function == ATOM_exit && ex->arity == 1);
}

// The OTP module that explains errors of a module's builtins; TERM_NONE: there is none.
static Term errors_module(Term module) {
    switch (module) {
    case ATOM_lists:
    case ATOM_maps:
    case ATOM_math:
    case ATOM_binary:
    case ATOM_unicode:
    case ATOM_ets:
    case ATOM_re: return ATOM_erl_stdlib_errors;
    case ATOM_os: return ATOM_erl_kernel_errors;
    case ATOM_erlang:
    case ATOM_erts_internal:
    case ATOM_atomics:
    case ATOM_persistent_term: return ATOM_erl_erts_errors;
    default: return TERM_NONE;
    }
}

// #{cause => Cause, module => Module}, or without cause (TERM_NONE).
static Term error_info_map(Process *p, Hp *hp, Term cause, Term module) {
    Term kv[4] = {ATOM_module, module, ATOM_cause, cause};
    return map_build(&p->vm->env, hp, kv, cause == TERM_NONE ? 1 : 2);
}

void engine_bif_failed(Process *p, const Export *ex, Term *args) {
    if (is_raiser(ex)) return;
    ASSERT(p->regs->exc.cls != EXC_NONE && p->regs->exc.cls != EXC_TRAP);
    bool later =
        p->regs->exc.function != NULL; // a later part of a builtin fails in the first one's name
    if (later) ex = p->regs->exc.function;
    p->regs->exc_bif = ex;
    bool explained = ex->bif != NULL || (ex->module == ATOM_erlang && ex->function == ATOM_apply);
    Hp hp;
    size_t words = CONS_WORDS * (size_t)ex->arity + map_build_words(2);
    if (!process_reserve_gc(p, words, &hp)) return;
    if (!later) {
        Term list = TERM_NIL;
        for (uint32_t i = ex->arity; i-- > 0;) list = hp_cons(&hp, args[i], list);
        p->regs->exc.args = list;
    }
    Term explains = errors_module(ex->module);
    if (p->regs->exc.cls == EXC_ERROR && explained && explains != TERM_NONE &&
        !term_is_map(p->regs->exc.info))
        p->regs->exc.info = error_info_map(p, &hp, p->regs->exc.info, explains);
    process_commit(p, &hp);
}

// The word on the stack that holds the innermost catch; *frame: where the stack pointer is in the
// function that set it.
static Term *find_catch(Process *p, Term **frame) {
    Term *at = p->heap.stack;
    *frame = at;
    for (; at < p->heap.end; at++) {
        if (term_is_return_address(*at)) *frame = at + 1;
        if (term_is_catch(*at)) return at;
    }
    UNREACHABLE();
}

const Unit *engine_unwind(Process *p, const Unit *pc) {
    ASSERT(p->regs->exc.cls != EXC_NONE && p->regs->exc.cls != EXC_TRAP);
    p->live = 0;
    p->regs->bif_arg_count = 0;
    p->regs->no_gc = false;
    if (p->regs->exc.trace == TERM_NONE) engine_capture_trace(p, pc);
    if (!p->dead && p->catches > 0) {
        Term *frame, *at = find_catch(p, &frame);
        p->heap.stack = frame;
        return term_catch_ptr(*at);
    }
    Term list = p->dead ? TERM_NIL : engine_build_stacktrace_gc(p, p->regs->exc.trace);
    p->regs->exc.trace = list == TERM_NONE ? TERM_NIL : list;
    return NULL;
}

Term engine_catch_value(Process *p) {
    Term caught = p->regs->exc.value;
    if (p->regs->exc.cls != EXC_THROW) {
        if (p->regs->exc.cls == EXC_ERROR) {
            Term list = engine_build_stacktrace_gc(p, p->regs->exc.trace);
            if (list == TERM_NONE) return TERM_NONE;
            p->regs->exc.trace = list;
        }
        Hp hp;
        if (!process_reserve_gc(p, 6, &hp)) return TERM_NONE;
        caught = p->regs->exc.value;
        if (p->regs->exc.cls == EXC_ERROR) caught = hp_tuple2(&hp, caught, p->regs->exc.trace);
        caught = hp_tuple2(&hp, ATOM_EXIT, caught);
        process_commit(p, &hp);
    }
    engine_clear_exception(p);
    return caught;
}

void engine_reraise(Process *p, Term trace, Term value) {
    bif_raise(p, trace_class(trace), value);
    p->regs->exc.trace = trace;
}

bool engine_raw_raise(Process *p, Term cls, Term value, Term trace) {
    ExcClass c = cls == ATOM_error   ? EXC_ERROR
                 : cls == ATOM_exit  ? EXC_EXIT
                 : cls == ATOM_throw ? EXC_THROW
                                     : EXC_NONE;
    if (c == EXC_NONE) return false;
    bif_raise(p, c, value);
    p->regs->exc.trace = trace_raise_again(p, trace, c);
    return true;
}
