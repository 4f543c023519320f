// SPDX-License-Identifier: Apache-2.0
// Match specifications; see match.h. Values that a body gives are copies on the process's heap;
// while guards are looked at, terms stay in the table.
#include "ets/match.h"
#include "base/stack.h"
#include "term/compare.h"
#include "term/map.h"

enum { EXPR_DEPTH_MAX = 200 };

// '$0'..'$255' -> number; -1: no variable.
static int var_number(const TermEnv *env, Term t) {
    if (!term_is_atom(t)) return -1;
    const Atom *a = atom_get(env->atoms, t);
    if (a->size_bytes < 2 || a->size_bytes > 4 || a->text[0] != '$') return -1;
    int n = 0;
    for (size_t i = 1; i < a->size_bytes; i++) {
        if (a->text[i] < '0' || a->text[i] > '9') return -1;
        n = n * 10 + (a->text[i] - '0');
    }
    return n < MATCH_VARS_MAX ? n : -1;
}

bool match_spec_check(Term spec) {
    for (; term_is_cons(spec); spec = term_tail(spec)) {
        Term c = term_head(spec);
        if (!term_is_tuple(c) || term_tuple_arity(c) != 3) return false;
        Term *e = term_tuple_elements(c);
        if (!term_is_tuple(e[0]) && !term_is_atom(e[0])) return false;
        if (bif_list_length(e[1]) < 0 || bif_list_length(e[2]) < 1) return false;
    }
    return spec == TERM_NIL;
}

bool match_is_ground(const TermEnv *env, Term pattern) {
    WorkStack todo;
    work_stack_init(&todo, env->mem);
    bool ground = true;
    work_stack_push(&todo, pattern);
    while (ground && !work_stack_empty(&todo)) {
        Term t = work_stack_pop(&todo);
        for (; term_is_cons(t); t = term_tail(t)) work_stack_push(&todo, term_head(t));
        if (t == ATOM_underscore || var_number(env, t) >= 0 || term_is_map(t)) ground = false;
        if (term_is_tuple(t))
            for (size_t i = 0; i < term_tuple_arity(t); i++)
                work_stack_push(&todo, term_tuple_elements(t)[i]);
    }
    work_stack_deinit(&todo);
    return ground;
}

static bool bind(Match *m, int n, Term value) {
    while (m->var_count <= (uint32_t)n) m->vars[m->var_count++] = TERM_NONE;
    if (m->vars[n] == TERM_NONE) {
        m->vars[n] = value;
        return true;
    }
    return term_equal_exact(&m->p->vm->env, m->vars[n], value);
}

// Each key of the pattern is there, and its values match.
static bool match_map(WorkStack *todo, const TermEnv *env, Term pattern, Term t) {
    MapIter it;
    map_iter_init(&it, pattern);
    Term key, value;
    while (map_iter_next(&it, &key, &value)) {
        Term there = map_get(env, t, key);
        if (there == TERM_NONE) return false;
        work_stack_push(todo, value);
        work_stack_push(todo, there);
    }
    return true;
}

// One pair; pushes the pairs that it asks for.
static bool match_one(Match *m, WorkStack *todo, Term pattern, Term t) {
    const TermEnv *env = &m->p->vm->env;
    if (pattern == ATOM_underscore) return true;
    int n = var_number(env, pattern);
    if (n >= 0) return bind(m, n, t);
    if (term_is_cons(pattern)) {
        if (!term_is_cons(t)) return false;
        work_stack_push(todo, term_tail(pattern));
        work_stack_push(todo, term_tail(t));
        work_stack_push(todo, term_head(pattern));
        work_stack_push(todo, term_head(t));
        return true;
    }
    if (term_is_tuple(pattern)) {
        if (!term_is_tuple(t) || term_header(t) != term_header(pattern)) return false;
        for (size_t i = term_tuple_arity(t); i-- > 0;) {
            work_stack_push(todo, term_tuple_elements(pattern)[i]);
            work_stack_push(todo, term_tuple_elements(t)[i]);
        }
        return true;
    }
    if (term_is_map(pattern) && term_is_map(t)) return match_map(todo, env, pattern, t);
    return term_equal_exact(env, pattern, t);
}

bool match_pattern(Match *m, Process *p, Term pattern, Term object) {
    m->p = p;
    m->object = object;
    m->var_count = 0;
    WorkStack todo;
    work_stack_init(&todo, &p->vm->mem);
    work_stack_push(&todo, pattern);
    work_stack_push(&todo, object);
    bool ok = true;
    while (ok && !work_stack_empty(&todo)) {
        Term t = work_stack_pop(&todo);
        ok = match_one(m, &todo, work_stack_pop(&todo), t);
    }
    work_stack_deinit(&todo);
    return ok;
}

static Term copy(Process *p, Term t) {
    const LiteralRange *lits = p->heap.config->literals;
    Mem *mem = &p->vm->mem;
    Hp hp;
    if (!process_reserve_gc(p, heap_copy_words(mem, lits, t), &hp)) return TERM_NONE;
    Term c = heap_copy(mem, lits, &hp, t);
    process_commit(p, &hp);
    return c;
}

Term match_bindings(Match *m) {
    Term list = TERM_NIL;
    for (uint32_t n = m->var_count; n-- > 0;) {
        if (m->vars[n] == TERM_NONE) continue;
        Term value = copy(m->p, m->vars[n]);
        Hp hp;
        if (value == TERM_NONE || !process_reserve_gc(m->p, CONS_WORDS, &hp)) return TERM_NONE;
        list = hp_cons(&hp, value, list);
        process_commit(m->p, &hp);
    }
    return list;
}

// --- expressions
// -----------------------------------------------------------------------------------
static Term eval(Match *m, Term expr, int depth);

static Term eval_list(Match *m, Term expr, int depth) {
    Term head = eval(m, term_head(expr), depth + 1);
    Term tail = head == TERM_NONE ? TERM_NONE : eval(m, term_tail(expr), depth + 1);
    Hp hp;
    if (tail == TERM_NONE || !process_reserve_gc(m->p, CONS_WORDS, &hp)) return TERM_NONE;
    Term list = hp_cons(&hp, head, tail);
    process_commit(m->p, &hp);
    return list;
}

// {{A, B, ...}}: a tuple.
static Term eval_tuple(Match *m, Term inner, int depth) {
    size_t arity = term_tuple_arity(inner);
    Hp hp;
    if (!process_reserve_gc(m->p, arity + 1, &hp)) return TERM_NONE;
    Term tuple = hp_tuple(&hp, arity);
    for (size_t i = 0; i < arity; i++) term_tuple_elements(tuple)[i] = TERM_NIL;
    process_commit(m->p, &hp);
    for (size_t i = 0; i < arity; i++) {
        Term value = eval(m, term_tuple_elements(inner)[i], depth + 1);
        if (value == TERM_NONE) return TERM_NONE;
        term_tuple_elements(tuple)[i] = value; // nothing moves while no_gc is set
    }
    return tuple;
}

// andalso, orelse: the second only if need be.
static Term eval_short(Match *m, Term *e, size_t arity, int depth) {
    Term decides = e[0] == ATOM_andalso ? ATOM_false : ATOM_true;
    Term value = ATOM_true;
    for (size_t i = 1; i < arity; i++) {
        value = eval(m, e[i], depth + 1);
        if (value != ATOM_true && value != ATOM_false) return TERM_NONE;
        if (value == decides) return value;
    }
    return value;
}

// {Function, Args...}: a guard builtin of module erlang.
static Term eval_call(Match *m, Term call, int depth) {
    size_t arity = term_tuple_arity(call) - 1;
    Term *e = term_tuple_elements(call);
    if (!term_is_atom(e[0]) || arity > 3) return TERM_NONE;
    const Export *ex = code_export_find(m->p->vm->code, ATOM_erlang, e[0], (uint32_t)arity);
    if (ex == NULL || ex->bif == NULL || (ex->bif->flags & BIF_GUARD) == 0) return TERM_NONE;
    Term args[3];
    for (size_t i = 0; i < arity; i++) {
        args[i] = eval(m, e[1 + i], depth + 1);
        if (args[i] == TERM_NONE) return TERM_NONE;
    }
    return ex->bif->fn(m->p, args);
}

// The value of an expression; TERM_NONE: it fails.
static Term eval(Match *m, Term expr, int depth) {
    if (depth > EXPR_DEPTH_MAX) return TERM_NONE;
    if (expr == ATOM_match_object) return m->object;
    if (expr == ATOM_match_bindings) return match_bindings(m);
    int n = var_number(&m->p->vm->env, expr);
    if (n >= 0) return (uint32_t)n < m->var_count ? m->vars[n] : TERM_NONE;
    if (term_is_cons(expr)) return eval_list(m, expr, depth);
    if (!term_is_tuple(expr)) return expr;
    size_t arity = term_tuple_arity(expr);
    Term *e = term_tuple_elements(expr);
    if (arity == 1 && term_is_tuple(e[0])) return eval_tuple(m, e[0], depth);
    if (arity == 2 && e[0] == ATOM_const) return e[1];
    if (arity >= 2 && (e[0] == ATOM_andalso || e[0] == ATOM_orelse))
        return eval_short(m, e, arity, depth);
    return arity >= 1 ? eval_call(m, expr, depth) : TERM_NONE;
}

static bool guards_hold(Match *m, Term guards) {
    for (; term_is_cons(guards); guards = term_tail(guards))
        if (eval(m, term_head(guards), 0) != ATOM_true) return false;
    return true;
}

Term match_spec_run(Match *m, Process *p, Term spec, Term object) {
    for (; term_is_cons(spec); spec = term_tail(spec)) {
        Term *e = term_tuple_elements(term_head(spec));
        if (!match_pattern(m, p, e[0], object) || !guards_hold(m, e[1])) continue;
        Term value = TERM_NONE;
        for (Term b = e[2]; term_is_cons(b); b = term_tail(b)) value = eval(m, term_head(b), 0);
        // An expression of the body that fails gives 'EXIT'.
        return value == TERM_NONE ? ATOM_EXIT : copy(p, value);
    }
    return TERM_NONE;
}
