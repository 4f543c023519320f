// SPDX-License-Identifier: Apache-2.0
// Raising: error, exit, throw, raise, nif_error. The engine leaves no frame for the function that
// raises, but for nif_error: the first frame is its caller, with `args` and `info` of p->regs->exc.
#include "bif/bif_int.h"
#include "engine/engine.h"

enum { TRACE_FRAMES_MAX = 8 }; // as many as a captured trace has

BIF(erlang_throw_1, "erlang", "throw", "Any", 0, "Raises Any with class throw.") {
    return bif_raise(p, EXC_THROW, a[0]);
}
BIF(erlang_exit_1, "erlang", "exit", "Reason", 0, "Raises Reason with class exit.") {
    return bif_raise(p, EXC_EXIT, a[0]);
}
BIF(erlang_error_1, "erlang", "error", "Reason", 0, "Raises Reason with class error.") {
    return bif_error(p, a[0]);
}
BIF(erlang_nif_error_1, "erlang", "nif_error", "Reason", 0,
    "Raises Reason with class error: what a function says that native code is to replace.") {
    return bif_error(p, a[0]);
}
BIF(erlang_nif_error_2, "erlang", "nif_error", "Reason, Args", 0,
    "As nif_error(Reason); Args are not looked at.") {
    return bif_error(p, a[0]);
}

// Anything but a list stands for no arguments.
static void set_args(Process *p, Term args) {
    if (term_is_list(args)) p->regs->exc.args = args;
}

BIF(erlang_error_2, "erlang", "error", "Reason, Args", 0,
    "Raises Reason with class error; Args are those of the caller in the stack trace.") {
    bif_error(p, a[0]);
    set_args(p, a[1]);
    return TERM_NONE;
}

// The map of the last {error_info, Map}; TERM_NONE if there is anything else in the list.
static Term error_info_option(Term options) {
    Term info = TERM_NONE;
    for (; term_is_cons(options); options = term_tail(options)) {
        Term option = term_head(options);
        if (!term_is_tuple(option) || term_tuple_arity(option) != 2) return TERM_NONE;
        const Term *e = term_tuple_elements(option);
        if (e[0] != ATOM_error_info || !term_is_map(e[1])) return TERM_NONE;
        info = e[1];
    }
    return term_is_nil(options) ? info : TERM_NONE;
}

BIF(erlang_error_3, "erlang", "error", "Reason, Args, Options", 0,
    "As error(Reason, Args), with the error_info of Options in the stack trace.") {
    bif_error(p, a[0]);
    set_args(p, a[1]);
    p->regs->exc.info = error_info_option(a[2]);
    return TERM_NONE;
}

// --- raise ---------------------------------------------------------------------------------------

// A frame is {M, F, ArityOrArgs} or {Fun, Args}, either with or without a location list.
// *location says whether it has one.
static bool is_frame(Term frame, bool *location) {
    if (!term_is_tuple(frame)) return false;
    const Term *e = term_tuple_elements(frame);
    size_t arity = term_tuple_arity(frame);
    bool fun = arity > 0 && term_is_fun(e[0]);
    size_t bare = fun ? 2 : 3;
    if (!fun && (arity < 3 || !term_is_atom(e[0]) || !term_is_atom(e[1]))) return false;
    *location = arity == bare + 1;
    return arity == bare || (*location && term_is_list(e[bare]));
}

// How many frames a trace has; -1: it is none.
static int64_t trace_length(Term trace) {
    int64_t count = 0;
    bool location;
    for (; term_is_cons(trace); trace = term_tail(trace), count++)
        if (!is_frame(term_head(trace), &location)) return -1;
    return term_is_nil(trace) ? count : -1;
}

// Copies up to TRACE_FRAMES_MAX frames, each with a location.
static Term copy_trace(Hp *hp, Term trace, int64_t count) {
    Term result = TERM_NIL, *hole = &result;
    for (int64_t i = 0; i < count; i++, trace = term_tail(trace)) {
        Term frame = term_head(trace);
        bool location;
        if (is_frame(frame, &location) && !location) {
            size_t arity = term_tuple_arity(frame);
            const Term *e = term_tuple_elements(frame);
            frame = hp_tuple(hp, arity + 1);
            memcpy(term_tuple_elements(frame), e, arity * sizeof(Term));
            term_tuple_elements(frame)[arity] = TERM_NIL;
        }
        *hole = hp_cons(hp, frame, TERM_NIL);
        hole = term_cons_ptr(*hole) + 1;
    }
    return result;
}

BIF(erlang_raise_3, "erlang", "raise", "Class, Reason, Stacktrace", 0,
    "Raises Reason with Class and Stacktrace; badarg, not raised, if those are wrong.") {
    ExcClass cls = a[0] == ATOM_error   ? EXC_ERROR
                   : a[0] == ATOM_exit  ? EXC_EXIT
                   : a[0] == ATOM_throw ? EXC_THROW
                                        : EXC_NONE;
    int64_t count = trace_length(a[2]);
    if (cls == EXC_NONE || count < 0) return ATOM_badarg;
    count = MIN(count, TRACE_FRAMES_MAX);
    Hp hp;
    if (!process_reserve_gc(p, TRACE_FRAMES_MAX * (CONS_WORDS + 5) + ENGINE_GIVEN_TRACE_WORDS, &hp))
        return TERM_NONE;
    Term trace = engine_given_trace(&hp, cls, copy_trace(&hp, a[2], count));
    process_commit(p, &hp);
    bif_raise(p, cls, a[1]);
    p->regs->exc.trace = trace;
    return TERM_NONE;
}
