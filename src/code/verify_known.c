// SPDX-License-Identifier: Apache-2.0
// What functions of the module hand to each other. Compilers leave out a test where all callers
// pass a tuple, or where what is called always returns one; to see that, the first walk gathers,
// for each argument and each result, what it has seen, and which of them are handed on unchanged.
// From that, without walking any more, follows what arguments and results can be at most, and the
// second walk starts from there. Functions that somebody else can call may get anything: exported
// ones, and bodies of funs (whose variables can come from outside too, in an external term).
#include "code/verify_int.h"

// --- joining -------------------------------------------------------------------------------------
static const Known anything = {0, KINDS_TERM, false};

static bool join_known(Known *to, const Known *from) {
    Known before = *to;
    if ((from->kinds & BEAM_TYPE_TUPLE) != 0) {
        if ((to->kinds & BEAM_TYPE_TUPLE) == 0) {
            to->arity = from->arity;
            to->exact = from->exact;
        } else {
            to->exact = to->exact && from->exact && to->arity == from->arity;
            to->arity = MIN(to->arity, from->arity);
        }
    }
    to->kinds |= from->kinds;
    return to->kinds != before.kinds || to->arity != before.arity || to->exact != before.exact;
}

static Known known_of(const Val *val) {
    return (Known){val->arity, val->kinds & KINDS_TERM, val->exact};
}

Val val_of_known(Verifier *v, const Known *known) {
    // What was never seen is not relied on.
    Val val = val_of_kinds(v, known->kinds == 0 ? KINDS_TERM : known->kinds);
    if (known->kinds != 0) {
        val.arity = known->arity;
        val.exact = known->exact;
    }
    return val;
}

// --- gathering -----------------------------------------------------------------------------------
static bool add_edge(Verifier *v, KnownGraph *g, uint32_t from, uint32_t to) {
    if (from == to) return true;
    if (!make_room(v, (void **)&g->edges, &g->edge_cap, g->edge_count + 1, sizeof(KnownEdge)))
        return false;
    g->edges[g->edge_count++] = (KnownEdge){from, to};
    return true;
}

bool known_arg(Verifier *v, uint32_t function, uint32_t arg, const Val *val) {
    if (v->second_walk) return true;
    uint32_t to = v->functions[function].arg_start + arg;
    if (val->origin != 0 && val->kinds == KINDS_TERM)
        return add_edge(v, &v->args, v->functions[v->fn_index].arg_start + val->origin - 1u, to);
    Known known = known_of(val);
    join_known(&v->args.at[to], &known);
    return true;
}

void known_result(Verifier *v, const Val *val) {
    if (v->second_walk) return;
    Known known = known_of(val);
    join_known(&v->results.at[v->fn_index], &known);
}

bool known_result_of(Verifier *v, uint32_t function) {
    return v->second_walk || add_edge(v, &v->results, function, v->fn_index);
}

// --- solving -------------------------------------------------------------------------------------
// Follows the edges until nothing changes. What joins there are is bounded by the kinds and sizes
// there are, but a chain of edges may be as long as the module: after some rounds, whatever has not
// settled is given up.
static void solve(KnownGraph *g) {
    enum { ROUNDS_MAX = 16 };
    bool again = true;
    for (int round = 0; again && round < ROUNDS_MAX; round++) {
        again = false;
        for (uint32_t i = 0; i < g->edge_count; i++) {
            const KnownEdge *e = &g->edges[i];
            again |= join_known(&g->at[e->to], &g->at[e->from]);
        }
    }
    for (uint32_t i = 0; again && i < g->count; i++) g->at[i] = anything;
}

static void open_args(Verifier *v, const BeamFunction *fn) {
    uint32_t start = v->functions[fn - v->file->functions].arg_start;
    for (uint32_t x = 0; x < fn->arity; x++) v->args.at[start + x] = anything;
}

void known_solve(Verifier *v) {
    const BeamFile *f = v->file;
    for (uint32_t i = 0; i < f->export_count; i++)
        open_args(v, beam_function_at(f, f->exports[i].label));
    for (uint32_t i = 0; i < f->lambda_count; i++)
        open_args(v, beam_function_at(f, f->lambdas[i].label));
    for (uint32_t i = 0; i < f->function_count; i++)
        if (may_be_native(v, &f->functions[i])) v->results.at[i] = anything;
    solve(&v->args);
    solve(&v->results);
}

// --- memory --------------------------------------------------------------------------------------
bool known_init(Verifier *v) {
    const BeamFile *f = v->file;
    uint32_t functions = f->function_count + 1, args = 0;
    for (uint32_t i = 0; i < f->function_count; i++) {
        v->functions[i].arg_start = args;
        args += f->functions[i].arity;
    }
    v->args.count = args + 1;
    v->results.count = functions;
    v->args.at = mem_alloc_zero(v->mem, v->args.count * sizeof(Known));
    v->results.at = mem_alloc_zero(v->mem, v->results.count * sizeof(Known));
    return v->args.at != NULL && v->results.at != NULL;
}

static void free_graph(Verifier *v, KnownGraph *g) {
    mem_free(v->mem, g->at, g->count * sizeof(Known));
    mem_free(v->mem, g->edges, g->edge_cap * sizeof(KnownEdge));
}

void known_deinit(Verifier *v) {
    free_graph(v, &v->args);
    free_graph(v, &v->results);
}
