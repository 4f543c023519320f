// SPDX-License-Identifier: Apache-2.0
// What functions of the module hand to each other. Compilers leave out a test where all callers
// pass a tuple, or where what is called always returns one. The walk gathers, for each argument and
// each result, what it has seen, and which of them are handed on unchanged; and for each
// instruction that could not be proven to get what it needs, where the value comes from. From that
// follows, without walking again, what arguments and results can be at most, and which of those
// instructions are proven by it. Functions that somebody else can call may get anything: exported
// ones, and bodies of funs (whose variables can come from outside too, in an external term).
//
// Why that may be relied on: think of the first value that is not what is known of its source. What
// was relied on when it was handed over was then still right, and so is what was found out about it
// on the way.
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

// --- sources -------------------------------------------------------------------------------------
static uint32_t result_node(const Verifier *v, uint32_t function) {
    return v->known.arg_count + function;
}

void known_enter(Verifier *v) {
    v->walks++;
    v->source_count = MIN(v->fn->arity, (uint32_t)UINT8_MAX);
    for (uint32_t x = 0; x < v->source_count; x++)
        v->sources[x] = v->functions[v->fn_index].arg_start + x;
}

uint8_t known_source(Verifier *v, uint32_t function) {
    FunctionNotes *notes = &v->functions[function];
    if (notes->source_walk != v->walks) {
        if (v->source_count == UINT8_MAX) return 0;
        v->sources[v->source_count++] = result_node(v, function);
        notes->source_walk = v->walks;
        notes->source = (uint8_t)v->source_count;
    }
    return notes->source;
}

// --- gathering -----------------------------------------------------------------------------------
static bool add_edge(Verifier *v, uint32_t from, uint32_t to) {
    KnownGraph *g = &v->known;
    if (from == to) return true;
    if (!make_room(v, (void **)&g->edges, &g->edge_cap, g->edge_count + 1, sizeof(KnownEdge)))
        return false;
    g->edges[g->edge_count++] = (KnownEdge){from, to};
    return true;
}

static bool hand_on(Verifier *v, const Val *val, uint32_t to) {
    if (val->origin != 0 && val->kinds == KINDS_TERM)
        return add_edge(v, v->sources[val->origin - 1], to);
    Known known = known_of(val);
    join_known(&v->known.at[to], &known);
    return true;
}

bool known_arg(Verifier *v, uint32_t function, uint32_t arg, const Val *val) {
    return hand_on(v, val, v->functions[function].arg_start + arg);
}

bool known_result(Verifier *v, const Val *val) {
    return hand_on(v, val, result_node(v, v->fn_index));
}

bool known_result_of(Verifier *v, uint32_t function) {
    return add_edge(v, result_node(v, function), result_node(v, v->fn_index));
}

bool unproven(Verifier *v, const Val *val, Need need) {
    v->file->op_flags[v->op] |= BEAM_OP_CHECK;
    if (!make_room(v, (void **)&v->checks, &v->check_cap, v->check_count + 1, sizeof(OpenCheck)))
        return false;
    uint32_t source = val->origin == 0 ? UINT32_MAX : v->sources[val->origin - 1];
    v->checks[v->check_count++] = (OpenCheck){v->op, source, need, known_of(val)};
    return may_raise(v);
}

// --- settling ------------------------------------------------------------------------------------
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
    for (uint32_t x = 0; x < fn->arity; x++) v->known.at[start + x] = anything;
}

static void open_doors(Verifier *v) {
    const BeamFile *f = v->file;
    for (uint32_t i = 0; i < f->export_count; i++)
        open_args(v, beam_function_at(f, f->exports[i].label));
    for (uint32_t i = 0; i < f->lambda_count; i++)
        open_args(v, beam_function_at(f, f->lambdas[i].label));
    for (uint32_t i = 0; i < f->function_count; i++)
        if (may_be_native(v, &f->functions[i])) v->known.at[result_node(v, i)] = anything;
}

// With what is known of the source, too.
static bool settled(const Verifier *v, const OpenCheck *c) {
    if (c->source == UINT32_MAX) return false;
    const Known *source = &v->known.at[c->source], *val = &c->val;
    bool tuple = source->kinds & BEAM_TYPE_TUPLE, val_tuple = val->kinds & BEAM_TYPE_TUPLE;
    uint32_t arity = MAX(tuple ? source->arity : 0, val_tuple ? val->arity : 0);
    bool exact = (tuple && source->exact && source->arity == arity) ||
                 (val_tuple && val->exact && val->arity == arity);
    return fits(source->kinds & val->kinds, arity, exact, c->need);
}

// The last time an instruction was met, least was known.
void known_settle(Verifier *v) {
    open_doors(v);
    solve(&v->known);
    for (uint32_t i = 0; i < v->check_count; i++) {
        const OpenCheck *c = &v->checks[i];
        uint8_t *flags = &v->file->op_flags[c->op];
        *flags = settled(v, c) ? *flags & (uint8_t)~BEAM_OP_CHECK : *flags | BEAM_OP_CHECK;
    }
}

// --- memory --------------------------------------------------------------------------------------
bool known_init(Verifier *v) {
    const BeamFile *f = v->file;
    uint32_t args = 0;
    for (uint32_t i = 0; i < f->function_count; i++) {
        v->functions[i].arg_start = args;
        args += f->functions[i].arity;
    }
    v->known.arg_count = args;
    v->known.count = args + f->function_count;
    v->known.at = mem_alloc_zero(v->mem, (v->known.count + 1) * sizeof(Known));
    return v->known.at != NULL;
}

void known_deinit(Verifier *v) {
    mem_free(v->mem, v->known.at, (v->known.count + 1) * sizeof(Known));
    mem_free(v->mem, v->known.edges, v->known.edge_cap * sizeof(KnownEdge));
    mem_free(v->mem, v->checks, v->check_cap * sizeof(OpenCheck));
}
