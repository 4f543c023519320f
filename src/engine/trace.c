// SPDX-License-Identifier: Apache-2.0
// Capturing and building stack traces; trace.h says what a raw one is.
#include "engine/trace.h"
#include "engine/engine_int.h"
#include "term/bits.h"

enum { RAW_CLASS, RAW_FIRST, RAW_ARGS, RAW_INFO, RAW_CODE, RAW_ARITY };
// The addresses of the usual eight frames lie on the heap; those of more are counted data.
enum { CODE_WORDS = HEAP_BITS_WORDS(HEAP_BITS_BYTES_MAX * 8) };
_Static_assert((int)CODE_WORDS >= (int)REFC_BITS_WORDS, "room for either");

static Term class_atom(ExcClass cls) {
    return cls == EXC_ERROR ? ATOM_error : cls == EXC_EXIT ? ATOM_exit : ATOM_throw;
}

// Broken code may show any term as a raw trace: it must be safe to build from.
static bool is_raw(Term t) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != RAW_ARITY) return false;
    const Term *e = term_tuple_elements(t);
    bool first = e[RAW_FIRST] == TERM_NIL ||
                 (term_is_tuple(e[RAW_FIRST]) && term_tuple_arity(e[RAW_FIRST]) == 3);
    bool code =
        term_is_kind(e[RAW_CODE], KIND_HEAP_BITS) || term_is_kind(e[RAW_CODE], KIND_REFC_BITS);
    return first && code && term_is_atom(e[RAW_CLASS]) &&
           bits_size(e[RAW_CODE]) <= BACKTRACE_DEPTH_MAX * 64;
}

// What erlang:raise/3 was given is a list already: {Class, List}.
enum { GIVEN_CLASS, GIVEN_LIST, GIVEN_ARITY };
_Static_assert((int)GIVEN_CLASS == (int)RAW_CLASS && GIVEN_ARITY + 1 == ENGINE_GIVEN_TRACE_WORDS,
               "the class is found in one way, and engine.h is right");

static bool is_given(Term t) {
    return term_is_tuple(t) && term_tuple_arity(t) == GIVEN_ARITY &&
           term_is_atom(term_tuple_elements(t)[GIVEN_CLASS]) &&
           term_is_list(term_tuple_elements(t)[GIVEN_LIST]);
}

Term engine_given_trace(Hp *hp, ExcClass cls, Term list) {
    return hp_tuple2(hp, class_atom(cls), list);
}

ExcClass trace_class(Term trace) {
    if (!is_raw(trace) && !is_given(trace)) return EXC_ERROR;
    Term cls = term_tuple_elements(trace)[RAW_CLASS];
    return cls == ATOM_exit ? EXC_EXIT : cls == ATOM_throw ? EXC_THROW : EXC_ERROR;
}

// The first frame of code with its arguments becomes a frame that is not looked up any more: it
// keeps no location. So the reference shows a function clause error that was raised again.
static void fix_first(Process *p, Hp *hp, Term *e) {
    Bits code = bits_of(e[RAW_CODE]);
    CodePlace place;
    const Unit *pc;
    if (code.size < 64) return;
    memcpy(&pc, code.bytes, sizeof pc);
    if (!code_place(p->vm->code, pc, &place)) return;
    Term rest = hp_bits_copy(&p->vm->mem, hp, bits_part(code, 64, code.size - 64));
    if (rest == TERM_NONE) return; // no memory: the frame stays as it is
    e[RAW_FIRST] = hp_tuple3(hp, place.module->name, place.function->name, e[RAW_ARGS]);
    e[RAW_ARGS] = ATOM_none;
    e[RAW_CODE] = rest;
}

// p->regs->exc holds everything that must survive; class and value are set already.
Term trace_raise_again(Process *p, Term trace, ExcClass cls) {
    if (!is_raw(trace) && !is_given(trace)) return trace;
    p->regs->exc.trace = trace;
    Hp hp;
    if (!process_reserve_gc(p, RAW_ARITY + 1 + 4 + CODE_WORDS, &hp)) return TERM_NIL;
    if (is_given(p->regs->exc.trace)) {
        Term list = term_tuple_elements(p->regs->exc.trace)[GIVEN_LIST];
        Term given = engine_given_trace(&hp, cls, list);
        process_commit(p, &hp);
        return given;
    }
    Term copy = hp_tuple(&hp, RAW_ARITY);
    Term *e = term_tuple_elements(copy);
    memcpy(e, term_tuple_elements(p->regs->exc.trace), RAW_ARITY * sizeof(Term));
    e[RAW_CLASS] = class_atom(cls);
    if (e[RAW_ARGS] != ATOM_none) fix_first(p, &hp, e);
    process_commit(p, &hp);
    return copy;
}

// How far down the stack the frames of a trace are looked for: raising must not take time that
// grows with the depth of a recursion. Frames below it are missing in the trace.
enum { SCAN_WORDS_MAX = 16384 };

// The frames' addresses, innermost first. What returns to no module is the bottom of the stack.
size_t trace_addresses(Process *p, const Unit *pc, size_t max, uint64_t *addresses) {
    size_t count = 0;
    CodePlace place;
    if (max > 0 && code_place(p->vm->code, pc, &place))
        addresses[count++] = (uint64_t)(uintptr_t)pc;
    Term last = TERM_NONE;
    Term *end = MIN(p->heap.stack + SCAN_WORDS_MAX, p->heap.end);
    for (Term *at = p->heap.stack; at < end && count < max; at++) {
        // A recursive function's returns to one place make one frame.
        if (!term_is_return_address(*at) || *at == last) continue;
        last = *at;
        const Unit *back = term_return_address_ptr(*at);
        // One unit back is inside the call that will be returned to.
        if (back != p->vm->exit_code) addresses[count++] = (uint64_t)(uintptr_t)(back - 1);
    }
    return count;
}

void engine_capture_trace(Process *p, const Unit *pc) {
    uint64_t addresses[BACKTRACE_DEPTH_MAX];
    const Export *bif = p->regs->exc_bif;
    size_t depth = atomic_load_explicit(&p->vm->backtrace_depth, memory_order_relaxed);
    ASSERT(depth <= BACKTRACE_DEPTH_MAX);
    size_t max = MAX(depth, 1) - (bif != NULL); // where it happened is always told
    size_t count = trace_addresses(p, pc, max, addresses);
    Hp hp;
    if (!process_reserve_gc(p, RAW_ARITY + 1 + 4 + CODE_WORDS, &hp)) {
        p->regs->exc.trace = TERM_NIL;
        return;
    }
    Term first = TERM_NIL, args = p->regs->exc.args;
    if (bif != NULL) {
        first = hp_tuple3(&hp, bif->module, bif->function, args == TERM_NONE ? TERM_NIL : args);
        args = TERM_NONE;
    }
    Term raw = hp_tuple(&hp, RAW_ARITY);
    Term *e = term_tuple_elements(raw);
    e[RAW_CLASS] = class_atom(p->regs->exc.cls);
    e[RAW_FIRST] = first;
    e[RAW_ARGS] = args == TERM_NONE ? ATOM_none : args;
    e[RAW_INFO] = p->regs->exc.info == TERM_NONE ? ATOM_none : p->regs->exc.info;
    uint8_t *bytes;
    e[RAW_CODE] = hp_bits(&p->vm->mem, &hp, count * 64, &bytes);
    if (UNLIKELY(e[RAW_CODE] == TERM_NONE)) { // no memory for more than fit on the heap
        count = HEAP_BITS_BYTES_MAX / 8;
        e[RAW_CODE] = hp_bits(&p->vm->mem, &hp, count * 64, &bytes);
    }
    memcpy(bytes, addresses, count * 8);
    process_commit(p, &hp);
    p->regs->exc.trace = raw;
    p->regs->exc_bif = NULL;
}

Term trace_location(Hp *hp, const Module *m, const Unit *pc, Term info) {
    Term list = TERM_NIL, file;
    uint32_t line;
    if (info != ATOM_none) list = hp_cons(hp, hp_tuple2(hp, ATOM_error_info, info), list);
    if (m != NULL && code_line(m, pc, &file, &line)) {
        list = hp_cons(hp, hp_tuple2(hp, ATOM_line, term_small(line)), list);
        list = hp_cons(hp, hp_tuple2(hp, ATOM_file, file), list);
    }
    return list;
}

Term trace_frame(Hp *hp, Term module, Term function, Term args, Term where) {
    Term t = hp_tuple(hp, 4);
    Term *e = term_tuple_elements(t);
    e[0] = module;
    e[1] = function;
    e[2] = args;
    e[3] = where;
    return t;
}

Term engine_build_stacktrace_gc(Process *p, Term raw) {
    if (is_given(raw)) return term_tuple_elements(raw)[GIVEN_LIST];
    if (!is_raw(raw)) return raw;
    RootFrame roots;
    process_push_roots(p, &roots, &raw, 1);
    Hp hp;
    size_t frame_count = bits_size(term_tuple_elements(raw)[RAW_CODE]) / 64 + 1;
    bool room = process_reserve_gc(p, TRACE_FRAME_WORDS * frame_count, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term *e = term_tuple_elements(raw);
    Term info = e[RAW_INFO], args = e[RAW_ARGS];
    Term frames[BACKTRACE_DEPTH_MAX + 1];
    size_t count = 0;
    if (e[RAW_FIRST] != TERM_NIL) {
        Term *mfa = term_tuple_elements(e[RAW_FIRST]);
        frames[count++] =
            trace_frame(&hp, mfa[0], mfa[1], mfa[2], trace_location(&hp, NULL, NULL, info));
        info = ATOM_none;
    }
    Bits code = bits_of(e[RAW_CODE]);
    CodePlace place = {0};
    for (uint64_t i = 0; i < code.size / 64; i++) {
        const Unit *pc;
        memcpy(&pc, code.bytes + 8 * i, sizeof pc);
        if (!code_place_near(p->vm->code, pc, &place)) continue; // purged meanwhile
        Term arity = i == 0 && args != ATOM_none ? args : term_small(place.function->arity);
        frames[count++] =
            trace_frame(&hp, place.module->name, place.function->name, arity,
                        trace_location(&hp, place.module, pc, i == 0 ? info : ATOM_none));
    }
    Term list = TERM_NIL;
    while (count > 0) list = hp_cons(&hp, frames[--count], list);
    process_commit(p, &hp);
    return list;
}
