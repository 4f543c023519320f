// SPDX-License-Identifier: Apache-2.0
// The bit syntax, for the verifier. A match context is only ever what bs_start_match has made in
// this function, or an argument that may be one; every instruction that matches must have one for
// certain. Bits are read by bs_match only where an ensure before them has found them.
#include "code/verify_int.h"

// --- matching ------------------------------------------------------------------------------------
enum { MATCHABLE = BEAM_TYPE_BITSTRING | BEAM_TYPE_MATCH_CTX };

static bool start_match(Verifier *v, const GenArg *fail, const GenArg *src, const GenArg *live,
                        const GenArg *dst) {
    Val val;
    Need need = {0};
    if (!use_any(v, src, &val)) return false;
    if (fail->kind == GEN_ATOM) {
        if (atom_is(v->file, fail, "resume"))
            need = NEED(BEAM_TYPE_MATCH_CTX);
        else if (atom_is(v->file, fail, "no_fail"))
            need = NEED(MATCHABLE);
        else
            return refuse(v, "what to do when it fails is not known");
        if (!needs(v, &val, need) || !may_collect(v, live->value)) return false;
    } else {
        if (!may_collect(v, live->value)) return false;
        State *failed = copy_state(v);
        if (narrow(v, failed, src, ~(unsigned)MATCHABLE) &&
            !flow_to(v, (uint32_t)fail->value, failed))
            return false;
    }
    v->alive = narrow(v, v->cur, src, MATCHABLE);
    return define_kinds(v, dst, BEAM_TYPE_MATCH_CTX);
}

// Takes something out of a context: fail, context, live, ...
static bool get(Verifier *v, const GenArg *const o[], const GenArg *dst, unsigned kinds) {
    return use_context(v, o[1]) && may_collect(v, o[2]->value) &&
           flow_to(v, (uint32_t)o[0]->value, v->cur) &&
           (dst == NULL || define_kinds(v, dst, kinds));
}

static bool get_sized(Verifier *v, const GenArg *const o[], unsigned kinds) {
    Val size;
    return use_term(v, o[3], &size) && get(v, o, o[6], kinds);
}

// When a command fails, those before it have been done, or not.
static bool bs_match_fails(Verifier *v, const GenArg *label, const GenArg *list) {
    State *failed = copy_state(v), *before = v->cur;
    v->cur = failed;
    const GenArg *m = list + 1, *end = m + list->value;
    bool ok = true;
    while (ok && m < end) {
        const BsCommand *cmd = beam_bs_command(v->file, m++);
        size_t size = strlen(cmd->operands);
        if (cmd->operands[0] == 'n') {
            ok = may_collect(v, m[0].value);
            clobber(v, failed, &m[size - 1]);
            // What a later command counts as live may be what this one defines.
            if (ok && m[size - 1].kind == GEN_X) ok = define_kinds(v, &m[size - 1], KINDS_TERM);
        }
        m += size;
    }
    v->cur = before;
    if (!ok) return false;
    // Only what was defined before is sure to be.
    for (uint32_t x = 0; x < failed->x_top; x++)
        if (before->v[x].status != VAL_TERM) failed->v[x] = (Val){0};
    return flow_to(v, (uint32_t)label->value, failed);
}

static bool bs_match(Verifier *v, const GenArg *const o[]) {
    if (!use_context(v, o[1]) || !bs_match_fails(v, o[0], o[2])) return false;
    uint64_t ensured = 0; // bits that are there for certain
    const GenArg *m = o[2] + 1, *end = m + o[2]->value;
    while (m < end) {
        const BsCommand *cmd = beam_bs_command(v->file, m++);
        size_t size = strlen(cmd->operands);
        uint64_t takes = 0;
        unsigned kinds = 0;
        switch (cmd->kind) {
        case BS_ENSURE_AT_LEAST:
        case BS_ENSURE_EXACTLY: ensured = (uint64_t)m[0].value; break;
        case BS_SKIP: takes = (uint64_t)m[0].value; break;
        case BS_EQUAL: takes = (uint64_t)m[1].value; break;
        case BS_GET_TAIL: kinds = BEAM_TYPE_BITSTRING; break;
        case BS_INTEGER:
        case BS_FLOAT:
        case BS_BINARY:
            takes = (uint64_t)m[2].value * (uint64_t)m[3].value;
            kinds = cmd->kind == BS_INTEGER ? BEAM_TYPE_INTEGER
                    : cmd->kind == BS_FLOAT ? BEAM_TYPE_FLOAT
                                            : BEAM_TYPE_BITSTRING;
            break;
        }
        if (takes > ensured)
            return refuse(v, "command %s takes %llu bits of which %llu are ensured", cmd->name,
                          (unsigned long long)takes, (unsigned long long)ensured);
        ensured -= takes;
        if (kinds != 0 && (!may_collect(v, m[0].value) || !define_kinds(v, &m[size - 1], kinds)))
            return false;
        m += size;
    }
    return true;
}

// What is no context stays what it is.
static bool context_to_binary(Verifier *v, const GenArg *reg) {
    Val val;
    if (!use_any(v, reg, &val) || !may_raise(v)) return false;
    v->cur->heap = 0; // the bit string is made anew
    unsigned kinds = val.kinds & ~(unsigned)BEAM_TYPE_MATCH_CTX;
    bool ctx = kinds != val.kinds;
    return !ctx || define_kinds(v, reg, kinds | BEAM_TYPE_BITSTRING);
}

bool verify_match(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_bs_start_match3: return start_match(v, o[0], o[1], o[2], o[3]);
    case GENOP_bs_start_match4: return start_match(v, o[0], o[2], o[1], o[3]);
    case GENOP_bs_start_match2: return start_match(v, o[0], o[1], o[2], o[4]);
    case GENOP_bs_save2: // the engine checks that there is such a slot
    case GENOP_bs_restore2:
        return use_context(v, o[0]) && (o[1]->kind == GEN_U || use_term(v, o[1], &val)) &&
               may_raise(v);
    case GENOP_bs_context_to_binary: return context_to_binary(v, o[0]);
    case GENOP_bs_get_position:
        return use_context(v, o[0]) && may_collect(v, o[2]->value) &&
               define_kinds(v, o[1], KINDS_TERM);
    case GENOP_bs_set_position:
        return use_context(v, o[0]) && use_term(v, o[1], &val) && may_raise(v);
    case GENOP_bs_get_tail:
        return use_context(v, o[0]) && may_collect(v, o[2]->value) &&
               define_kinds(v, o[1], BEAM_TYPE_BITSTRING);
    case GENOP_bs_get_integer2: return get_sized(v, o, BEAM_TYPE_INTEGER);
    case GENOP_bs_get_float2: return get_sized(v, o, BEAM_TYPE_FLOAT);
    case GENOP_bs_get_binary2: return get_sized(v, o, BEAM_TYPE_BITSTRING);
    case GENOP_bs_get_utf8:
    case GENOP_bs_get_utf16:
    case GENOP_bs_get_utf32: return get(v, o, o[4], BEAM_TYPE_INTEGER);
    case GENOP_bs_skip_utf8:
    case GENOP_bs_skip_utf16:
    case GENOP_bs_skip_utf32: return get(v, o, NULL, 0);
    case GENOP_bs_skip_bits2:
        return use_context(v, o[1]) && use_term(v, o[2], &val) &&
               flow_to(v, (uint32_t)o[0]->value, v->cur);
    case GENOP_bs_test_tail2:
    case GENOP_bs_test_unit:
    case GENOP_bs_match_string:
        return use_context(v, o[1]) && flow_to(v, (uint32_t)o[0]->value, v->cur);
    case GENOP_bs_match: return bs_match(v, o);
    default: UNREACHABLE();
    }
}

// --- building ------------------------------------------------------------------------------------
// The bs_put_* after these write into it; the engine checks that they stay inside.
static bool starts_building(Verifier *v, const GenArg *fail, const GenArg *heap,
                            const GenArg *dst) {
    if (!branch_fail(v, fail)) return false;
    v->cur->heap = heap != NULL ? (uint32_t)beam_heap_words(heap) : 0;
    v->cur->builder = true;
    return define_kinds(v, dst, BEAM_TYPE_BITSTRING);
}

static bool create_bin(Verifier *v, const GenArg *const o[]) {
    for (int64_t i = 1; i <= o[5]->value; i += 6) {
        const GenArg *seg = &o[5][i];
        if (seg[4].kind != GEN_U && !use_terms(v, &seg[4], 1)) return false;
        if (!use_terms(v, &seg[5], 1)) return false;
    }
    if (!may_collect(v, o[2]->value) || !branch_fail(v, o[0])) return false;
    v->cur->heap = (uint32_t)beam_heap_words(o[1]);
    return define_kinds(v, o[4], BEAM_TYPE_BITSTRING);
}

bool verify_build(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    switch (op->op) {
    case GENOP_bs_init2:
    case GENOP_bs_init_bits:
        return (o[1]->kind == GEN_U || use_term(v, o[1], &val)) && may_collect(v, o[3]->value) &&
               starts_building(v, o[0], o[2], o[5]);
    case GENOP_bs_append:
        return use_term(v, o[1], &val) && use_term(v, o[5], &val) && may_collect(v, o[3]->value) &&
               starts_building(v, o[0], o[2], o[7]);
    case GENOP_bs_private_append:
        return use_term(v, o[1], &val) && use_term(v, o[3], &val) && may_raise(v) &&
               starts_building(v, o[0], NULL, o[5]);
    case GENOP_bs_init_writable:
        if (!use_x_terms(v, 1) || !may_collect(v, 1)) return false;
        forget_x(v, 0);
        return define_kinds(v, &(GenArg){GEN_X, 0, 0}, BEAM_TYPE_BITSTRING);
    case GENOP_bs_add:
        return use_term(v, o[1], &val) && use_term(v, o[2], &val) && branch_fail(v, o[0]) &&
               define_kinds(v, o[4], BEAM_TYPE_INTEGER);
    case GENOP_bs_utf8_size:
    case GENOP_bs_utf16_size:
        return use_term(v, o[1], &val) && branch_fail(v, o[0]) &&
               define_kinds(v, o[2], BEAM_TYPE_INTEGER);
    case GENOP_bs_create_bin: return create_bin(v, o);
    default: UNREACHABLE();
    }
}

bool verify_put(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    Val val;
    if (!v->cur->builder) return refuse(v, "no bit string is being built");
    switch (op->op) {
    case GENOP_bs_put_string: return may_raise(v);
    case GENOP_bs_put_utf8:
    case GENOP_bs_put_utf16:
    case GENOP_bs_put_utf32: return use_term(v, o[2], &val) && branch_fail(v, o[0]);
    default: return use_term(v, o[1], &val) && use_term(v, o[4], &val) && branch_fail(v, o[0]);
    }
}
