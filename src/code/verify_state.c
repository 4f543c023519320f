// SPDX-License-Identifier: Apache-2.0
// What the verifier knows at a point, and how knowledge flows: reading and writing registers,
// learning from tests, joining the ways that lead to one label. Joining only ever loses knowledge,
// which is why walking until nothing changes comes to an end.
#include "code/verify_int.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    CHUNK_BYTES = 64 * 1024,
    // A function whose states take more is refused. The largest of the installed libraries (tables
    // of Unicode properties with 5,000 labels) takes 400 KiB.
    STATES_BYTES_MAX = 64 * 1024 * 1024,
    // A label that has been joined so often with tuples of other sizes forgets the size.
    CHANGES_BEFORE_WIDENING = 32,
};

bool refuse(Verifier *v, const char *fmt, ...) {
    char what[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    const BeamFile *f = v->file;
    const GenOp *op = &f->ops[v->op];
    Slice name = f->atoms[v->fn->name];
    return beam_fail(v->err, "function %.*s/%u, %s at byte %u: %s", (int)MIN(name.size, 60),
                     (const char *)name.bytes, v->fn->arity, generic_info(op->op)->name, op->offset,
                     what);
}

// --- memory --------------------------------------------------------------------------------------
typedef struct Chunk {
    struct Chunk *next;
    size_t size;
    _Alignas(16) uint8_t bytes[];
} Chunk;

static void *chunk_take(Verifier *v, size_t bytes) {
    Chunk *c = v->chunks;
    if (c == NULL || v->chunk_used + bytes > c->size) {
        size_t size = MAX(bytes, (size_t)CHUNK_BYTES);
        v->states_bytes_total += size;
        if (v->states_bytes_total > STATES_BYTES_MAX) {
            refuse(v, "the function is too complex");
            return NULL;
        }
        c = mem_alloc(v->mem, sizeof(Chunk) + size);
        if (c == NULL) {
            beam_fail(v->err, "out of memory");
            return NULL;
        }
        c->next = v->chunks;
        c->size = size;
        v->chunks = c;
        v->chunk_used = 0;
    }
    void *p = c->bytes + v->chunk_used;
    v->chunk_used += ALIGN_UP(bytes, 16);
    return p;
}

// Frees all but one chunk, which the next function starts with.
void states_free(Verifier *v) {
    Chunk *c = v->chunks;
    while (c != NULL && c->next != NULL) {
        Chunk *next = c->next;
        v->states_bytes_total -= c->size;
        mem_free(v->mem, c, sizeof(Chunk) + c->size);
        c = next;
    }
    v->chunks = c;
    v->chunk_used = 0;
}

void states_end(Verifier *v) {
    Chunk *c = v->chunks;
    if (c != NULL) mem_free(v->mem, c, sizeof(Chunk) + c->size);
    v->chunks = NULL;
}

State *state_new(Verifier *v) {
    State *s = chunk_take(v, v->state_bytes);
    if (s != NULL) {
        memset(s, 0, v->state_bytes);
        s->frame = FRAME_NONE;
    }
    return s;
}

State *copy_state(Verifier *v) {
    memcpy(v->tmp, v->cur, v->state_bytes);
    return v->tmp;
}

// --- joining -------------------------------------------------------------------------------------
// The id of registers that hold a here and b there. Ids of `a` are kept where they can be.
static uint32_t join_ids(Verifier *v, uint32_t a, uint32_t b, bool *changed) {
    bool seen = false;
    for (uint32_t i = a * 0x9e3779b1u;; i++) {
        MergeSlot *slot = &v->merge_slots[i & v->merge_mask];
        if (slot->stamp != v->merge_stamp) {
            *slot = (MergeSlot){v->merge_stamp, a, b, seen ? ++v->next_id : a};
            *changed |= seen;
            return slot->id;
        }
        if (slot->id_a != a) continue;
        if (slot->id_b == b) return slot->id;
        seen = true;
    }
}

static void join_tuples(Val *a, const Val *b) {
    if ((b->kinds & BEAM_TYPE_TUPLE) == 0) return;
    if ((a->kinds & BEAM_TYPE_TUPLE) == 0) {
        a->arity = b->arity;
        a->exact = b->exact;
    } else {
        a->exact = a->exact && b->exact && a->arity == b->arity;
        a->arity = MIN(a->arity, b->arity);
    }
}

static void join_terms(Verifier *v, Val *a, const Val *b, bool widen, bool *changed) {
    Val before = *a;
    join_tuples(a, b);
    a->kinds |= b->kinds;
    a->fresh = a->fresh && b->fresh;
    if (a->origin != b->origin) a->origin = 0;
    if (widen) {
        a->arity = 0;
        a->exact = false;
    }
    // What was an argument on one way only has to be seen by calls again: verify_known.c.
    *changed |= a->kinds != before.kinds || a->arity != before.arity || a->exact != before.exact ||
                a->fresh != before.fresh || a->origin != before.origin;
    a->id = join_ids(v, a->id, b->id, changed);
}

static void join_vals(Verifier *v, Val *a, const Val *b, bool widen, bool *changed) {
    if (a->status == VAL_TERM && b->status == VAL_TERM) {
        join_terms(v, a, b, widen, changed);
        return;
    }
    Val before = *a;
    bool catches = a->status > VAL_TERM || b->status > VAL_TERM;
    if ((a->status == VAL_NONE || b->status == VAL_NONE) && !catches)
        *a = (Val){0};
    else if (a->status != b->status)
        *a = (Val){.status = VAL_MIXED};
    else if (a->arity != b->arity)
        a->arity = 0; // handlers of two tries in one register: fine unless something raises
    *changed |= a->status != before.status || a->arity != before.arity;
}

// The stack is searched for a catch when an exception is raised, and read by a collection: what has
// not been initialised must not look like anything. Few functions raise before they have
// initialised all; their frames are made with all registers nil.
static bool clear_frame(Verifier *v, State *s) {
    if (s->made_by == UINT32_MAX) return refuse(v, "Y registers may not be initialised");
    v->file->op_flags[s->made_by] |= BEAM_OP_CHECK;
    return true;
}

// Makes sure that the size of the frame need not be known to raise an exception.
static bool make_plain(Verifier *v, State *s) {
    bool clear = false;
    for (uint32_t y = 0; y < s->y_top; y++) {
        ValStatus status = state_y(v, s, y)->status;
        if (status > VAL_TERM)
            return refuse(v, "stack frames of other sizes meet one with a catch in y%u", y);
        clear |= status == VAL_NONE;
    }
    return !clear || clear_frame(v, s);
}

static bool join_frames(Verifier *v, State *a, State *b, bool *changed) {
    if (a->made_by != b->made_by) {
        *changed |= a->made_by != UINT32_MAX;
        a->made_by = UINT32_MAX;
    }
    if (a->frame == b->frame && a->y_top == b->y_top) return true;
    if (!make_plain(v, a) || !make_plain(v, b)) return false;
    *changed |= a->frame != FRAME_UNKNOWN || b->y_top < a->y_top;
    a->frame = FRAME_UNKNOWN;
    for (uint32_t y = b->y_top; y < a->y_top; y++) *state_y(v, a, y) = (Val){0};
    a->y_top = MIN(a->y_top, b->y_top);
    return true;
}

// `a` becomes what holds on both ways.
static bool join_states(Verifier *v, State *a, State *b, bool *changed) {
    bool widen = a->changes > CHANGES_BEFORE_WIDENING;
    v->merge_stamp++;
    if (a->frame != b->frame || a->y_top != b->y_top || a->made_by != b->made_by) {
        if (!join_frames(v, a, b, changed)) return false;
    }
    for (uint32_t x = 0; x < a->x_top; x++) join_vals(v, &a->v[x], &b->v[x], widen, changed);
    while (a->x_top > 0 && a->v[a->x_top - 1].status == VAL_NONE) a->x_top--;
    a->tags = 0;
    for (uint32_t i = 0; i < a->y_top; i++) {
        Val *y = state_y(v, a, i);
        join_vals(v, y, state_y(v, b, i), widen, changed);
        if (y->status == VAL_CATCH || y->status == VAL_TRY) a->tags++;
    }
    *changed |= b->heap < a->heap || (a->fresh && !b->fresh) || (a->builder && !b->builder);
    a->heap = MIN(a->heap, b->heap);
    a->fresh = a->fresh && b->fresh;
    a->builder = a->builder && b->builder;
    uint64_t *fa = state_fr(v, a), *fb = state_fr(v, b);
    for (uint32_t i = 0; i < v->fr_words; i++) {
        *changed |= (fa[i] & ~fb[i]) != 0;
        fa[i] &= fb[i];
    }
    if (*changed) a->changes++;
    return true;
}

static bool join_into(Verifier *v, CodeBlock *block, State *s) {
    bool changed = false;
    if (block->state == NULL) {
        block->state = state_new(v);
        if (block->state == NULL) return false;
        memcpy(block->state, s, v->state_bytes);
        block->state->changes = 0;
        changed = true;
    } else if (!join_states(v, block->state, s, &changed)) {
        return false;
    }
    if (changed) {
        block->dirty = true;
        v->first_again = MIN(v->first_again, (uint32_t)(block - v->blocks));
    }
    return true;
}

// --- exceptions and collections ------------------------------------------------------------------
// The engine looks for a catch from the top of the stack, that is from y0 upwards: the first catch
// among the Y registers is the handler.
bool state_may_raise(Verifier *v, State *cur) {
    if (cur->frame < 0) return true;
    CodeBlock *handler = NULL;
    bool clear = false;
    for (uint32_t i = 0; i < cur->y_top; i++) {
        const Val *y = state_y(v, cur, i);
        if (y->status == VAL_TERM) continue;
        if (y->status == VAL_NONE) {
            clear = true;
            continue;
        }
        if (y->status == VAL_MIXED || y->arity == 0)
            return refuse(v, "it is not clear which catch is active in y%u", i);
        if (handler == NULL) handler = &v->blocks[v->block_of_label[y->arity]];
    }
    if (clear && !clear_frame(v, cur)) return false;
    if (handler == NULL) return true;
    State *s = v->raised;
    memcpy(s, cur, v->state_bytes);
    memset(s->v, 0, v->x_count * sizeof(Val));
    memset(state_fr(v, s), 0, v->fr_words * sizeof(uint64_t));
    s->heap = 0;
    s->fresh = s->builder = false;
    // What the catch_end or try_case there will look at is in registers of the engine's choice.
    s->v[0] = val_of_kinds(v, KINDS_TERM);
    s->x_top = 1;
    return join_into(v, handler, s);
}

// --- jumps ---------------------------------------------------------------------------------------
// A function's one place for what cannot happen, such as a stack trace that is none: without
// optimisation, the compiler has all of its tries lead there. So every way is looked at for itself;
// what holds on all of them does not tell which catch is active.
static bool end_in(Verifier *v, const CodeBlock *block, State *s) {
    for (uint32_t op = block->op; op < v->fn->op_end; op++) {
        v->file->op_flags[op] |= BEAM_OP_REACHED;
        if (v->file->ops[op].op == GENOP_if_end) break;
    }
    return state_may_raise(v, s);
}

bool flow_to(Verifier *v, uint32_t label, State *s) {
    CodeBlock *block = &v->blocks[v->block_of_label[label]];
    DEBUG_ASSERT(block->label == label);
    // Behind a call that never returns, code may run into a handler. What a handler may rely on
    // comes from the calls that its try protects; reached in another way, the engine's try_case
    // raises, as if that happened here.
    if (block->is_try) return state_may_raise(v, s);
    if (block->only_raises) return end_in(v, block, s);
    return join_into(v, block, s);
}

void forget_x(Verifier *v, uint32_t from) {
    State *s = v->cur;
    for (uint32_t x = from; x < s->x_top; x++) s->v[x] = (Val){0};
    s->x_top = MIN(s->x_top, from);
}

bool may_collect(Verifier *v, int64_t live) {
    State *s = v->cur;
    for (int64_t x = 0; x < live; x++)
        if (x >= s->x_top || s->v[x].status != VAL_TERM)
            return refuse(v, "x%lld counts as live but is not defined", (long long)x);
    s->heap = 0;
    bool ok = may_raise(v); // there may be no memory; all Y registers have to hold something
    if (ok) forget_x(v, (uint32_t)live);
    return ok;
}

bool branch_fail(Verifier *v, const GenArg *label) {
    return label->value == 0 ? may_raise(v) : flow_to(v, (uint32_t)label->value, v->cur);
}

void end_fresh(Verifier *v) {
    State *s = v->cur;
    for (uint32_t x = 0; x < s->x_top; x++) s->v[x].fresh = false;
    for (uint32_t y = 0; y < s->y_top; y++) state_y(v, s, y)->fresh = false;
    s->fresh = false;
}

// --- registers -----------------------------------------------------------------------------------
// The size of a tuple and kind of a literal, from its first bytes in external format.
static Val val_of_literal(Verifier *v, const EtfScan *scan) {
    Val val = val_of_kinds(v, KINDS_TERM);
    const uint8_t *p = scan->payload;
    size_t left = scan->payload_bytes;
    if (left > 0 && p[0] == 131) p++, left--; // version
    if (left < 5) return val;                 // too short for a size; nothing is lost
    switch (p[0]) {
    case 104: // small tuple
        val.arity = p[1];
        val.exact = true;
        val.kinds = BEAM_TYPE_TUPLE;
        break;
    case 105: // tuple
        val.arity = load_u32(p + 1);
        val.exact = true;
        val.kinds = BEAM_TYPE_TUPLE;
        break;
    case 107: // list of bytes
        if (p[1] != 0 || p[2] != 0) val.kinds = BEAM_TYPE_CONS;
        break;
    case 108: // list
        if (load_u32(p + 1) != 0) val.kinds = BEAM_TYPE_CONS;
        break;
    case 116: val.kinds = BEAM_TYPE_MAP; break;
    case 70: // float, of the newer and the older format
    case 99: val.kinds = BEAM_TYPE_FLOAT; break;
    case 109: // binary, bit string
    case 77: val.kinds = BEAM_TYPE_BITSTRING; break;
    case 110: // big integers
    case 111: val.kinds = BEAM_TYPE_INTEGER; break;
    case 113: val.kinds = BEAM_TYPE_FUN; break; // fun M:F/A
    default: break;
    }
    return val;
}

static bool val_of_constant(Verifier *v, const GenArg *arg, Val *out) {
    switch ((GenKind)arg->kind) {
    case GEN_INT:
    case GEN_BIG: *out = val_of_kinds(v, BEAM_TYPE_INTEGER); return true;
    case GEN_ATOM: *out = val_of_kinds(v, BEAM_TYPE_ATOM); return true;
    case GEN_NIL: *out = val_of_kinds(v, BEAM_TYPE_NIL); return true;
    case GEN_LITERAL: *out = val_of_literal(v, &v->file->literals[arg->value]); return true;
    default: return refuse(v, "an operand is no term");
    }
}

static char letter_of(const GenArg *reg) {
    return reg->kind == GEN_X ? 'x' : 'y';
}

bool use_other(Verifier *v, const GenArg *arg, Val *out) {
    if (arg->kind != GEN_X && arg->kind != GEN_Y) return val_of_constant(v, arg, out);
    const Val *val = register_at(v, v->cur, arg);
    if (val == NULL) return refuse(v, "y%lld is not in the stack frame", (long long)arg->value);
    return refuse(v, val->status == VAL_NONE ? "%c%lld is not defined" : "%c%lld holds a catch",
                  letter_of(arg), (long long)arg->value);
}

bool refuse_context(Verifier *v, const GenArg *arg) {
    return refuse(v, "%c%lld may be a match context", letter_of(arg), (long long)arg->value);
}

bool use_terms(Verifier *v, const GenArg *args, size_t count) {
    Val val = {0};
    for (size_t i = 0; i < count; i++)
        if (!use_term(v, &args[i], &val)) return false;
    return true;
}

bool use_x_terms(Verifier *v, uint32_t count) {
    Val val = {0};
    for (uint32_t x = 0; x < count; x++)
        if (!use_term(v, &(GenArg){GEN_X, 0, x}, &val)) return false;
    return true;
}

bool use_context(Verifier *v, const GenArg *arg) {
    Val val;
    if (!use_any(v, arg, &val)) return false;
    if (val.kinds == BEAM_TYPE_MATCH_CTX) return true;
    // A compiler that knows that a call cannot fail takes away before it what a handler needs.
    if ((val.kinds & BEAM_TYPE_MATCH_CTX) != 0)
        return needs(v, &val, NEED(BEAM_TYPE_MATCH_CTX)) &&
               narrow(v, v->cur, arg, BEAM_TYPE_MATCH_CTX);
    return refuse(v, "%c%lld is not known to be a match context", letter_of(arg),
                  (long long)arg->value);
}

bool define_y(Verifier *v, const GenArg *reg, Val val) {
    Val *at = register_at(v, v->cur, reg);
    if (at == NULL) return refuse(v, "y%lld is not in the stack frame", (long long)reg->value);
    if (at->status != VAL_NONE && at->status != VAL_TERM)
        return refuse(v, "y%lld holds a catch", (long long)reg->value);
    v->y_news = true;
    *at = val;
    return true;
}

// --- the stack frame -----------------------------------------------------------------------------
bool need_frame(Verifier *v, int64_t size) {
    if (v->cur->frame == size) return true;
    return refuse(v, "the stack frame has %d registers, not %lld", v->cur->frame, (long long)size);
}

// --- messages ------------------------------------------------------------------------------------
void forget_fr(Verifier *v) {
    memset(state_fr(v, v->cur), 0, v->fr_words * sizeof(uint64_t));
}

// --- learning ------------------------------------------------------------------------------------
// All registers of `s` with the id of `known` are like it.
static void learn(const Verifier *v, State *s, const Val *known) {
    for (uint32_t x = 0; x < s->x_top; x++)
        if (s->v[x].status == VAL_TERM && s->v[x].id == known->id) s->v[x] = *known;
    for (uint32_t i = 0; i < s->y_top; i++) {
        Val *y = state_y(v, s, i);
        if (y->status == VAL_TERM && y->id == known->id) *y = *known;
    }
}

bool narrow(Verifier *v, State *s, const GenArg *reg, unsigned kinds) {
    if (reg->kind != GEN_X && reg->kind != GEN_Y) return true;
    const Val *at = register_at(v, s, reg);
    if (at == NULL || at->status != VAL_TERM) return true; // gone in a collection
    Val known = *at;
    known.kinds &= (uint16_t)kinds;
    if (known.kinds == at->kinds) return true;
    learn(v, s, &known);
    return known.kinds != 0;
}

bool narrow_tuple(Verifier *v, State *s, const GenArg *reg, uint32_t arity, bool exact) {
    if (reg->kind != GEN_X && reg->kind != GEN_Y) return true;
    const Val *at = register_at(v, s, reg);
    DEBUG_ASSERT(at != NULL && at->status == VAL_TERM);
    Val known = *at;
    if ((known.kinds & BEAM_TYPE_TUPLE) == 0) return false;
    known.kinds = BEAM_TYPE_TUPLE;
    if (known.exact ? known.arity < arity || (exact && known.arity != arity)
                    : exact && known.arity > arity)
        return false;
    if (!known.exact) {
        known.arity = MAX(known.arity, arity);
        known.exact = exact;
    }
    learn(v, s, &known);
    return true;
}

void clobber(Verifier *v, State *s, const GenArg *reg) {
    Val *at = register_at(v, s, reg);
    if (at != NULL && at->status == VAL_TERM) *at = val_of_kinds(v, KINDS_TERM);
}
