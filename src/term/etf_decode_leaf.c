// SPDX-License-Identifier: Apache-2.0
// Second pass over an external term, the parts without terms in them. The scan has checked sizes,
// texts and ranges: what is left to refuse here are identifiers of this node that it cannot have
// made.
#include "term/etf_int.h"

#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/real.h"

// --- atoms and small things ----------------------------------------------------------------------
Term etf_read_atom(const TermEnv *env, const uint8_t **p) {
    uint8_t tag = **p;
    const uint8_t *text;
    size_t count;
    if (tag == ETF_ATOM || tag == ETF_ATOM_UTF8) {
        count = etf_get16(*p + 1);
        text = *p + 3;
    } else {
        DEBUG_ASSERT(tag == ETF_SMALL_ATOM || tag == ETF_SMALL_ATOM_UTF8);
        count = (*p)[1];
        text = *p + 2;
    }
    *p = text + count;
    if (tag == ETF_ATOM || tag == ETF_SMALL_ATOM)
        return atom_intern_latin1(env->atoms, text, count);
    return atom_intern(env->atoms, text, count);
}

int32_t etf_read_int(const uint8_t **p) {
    const uint8_t *at = *p;
    if (at[0] == ETF_SMALL_INTEGER) {
        *p += 2;
        return at[1];
    }
    DEBUG_ASSERT(at[0] == ETF_INTEGER);
    *p += 5;
    return (int32_t)etf_get32(at + 1);
}

bool etf_float_text(const uint8_t *text, double *d) {
    uint8_t copy[ETF_FLOAT_TEXT];
    size_t count = 0;
    while (count < ETF_FLOAT_TEXT && text[count] != 0) {
        // Either sign stands before the fraction, as in the reference.
        copy[count] = text[count] == ',' ? '.' : text[count];
        count++;
    }
    return real_parse(copy, count, d);
}

bool etf_export_known(const TermEnv *env, const uint8_t *p) {
    Term module = etf_read_atom(env, &p), function = etf_read_atom(env, &p);
    int32_t arity = etf_read_int(&p);
    if (module == TERM_NONE || function == TERM_NONE || env->export_find == NULL) return false;
    return env->export_find(env->hook_ctx, module, function, (uint32_t)arity) != NULL;
}

static Term bad(EtfBuilder *b, const char *why) {
    b->error = why;
    return TERM_NONE;
}

// --- pids, ports, references ---------------------------------------------------------------------
// The node, which stands at b->p. *id gets node and creation once that is known.
static bool read_node(EtfBuilder *b, Ident *id) {
    *id = (Ident){.node = etf_read_atom(b->env, &b->p)};
    return id->node != TERM_NONE;
}

// Of this node and this incarnation of it: a local identifier.
static bool is_local(const EtfBuilder *b, const Ident *id) {
    return id->node == b->env->node && id->creation == b->env->creation;
}

static Term build_pid(EtfBuilder *b, uint8_t tag) {
    Ident id;
    if (!read_node(b, &id)) return TERM_NONE;
    id.number = etf_get32(b->p);
    id.serial = etf_get32(b->p + 4);
    id.creation = tag == ETF_PID_NEW ? etf_get32(b->p + 8) : b->p[8];
    b->p += tag == ETF_PID_NEW ? 12 : 9;
    if (!is_local(b, &id)) return hp_pid(b->hp, &id);
    if (id.number >> ETF_PID_NUMBER_BITS != 0) return bad(b, "no pid of this node");
    id.node = TERM_NONE;
    return hp_pid(b->hp, &id);
}

void etf_skip_pid(const uint8_t **p) {
    uint8_t tag = **p, node = (*p)[1];
    bool wide = node == ETF_ATOM || node == ETF_ATOM_UTF8;
    size_t count = wide ? etf_get16(*p + 2) : (*p)[2];
    *p += (wide ? 4 : 3) + count + (tag == ETF_PID_NEW ? 12 : 9);
}

static Term build_port(EtfBuilder *b, uint8_t tag) {
    Ident id;
    if (!read_node(b, &id)) return TERM_NONE;
    if (tag == ETF_PORT_V4) {
        id.port = etf_get64(b->p);
        b->p += 8;
    } else {
        id.port = etf_get32(b->p);
        b->p += 4;
    }
    id.creation = tag == ETF_PORT ? b->p[0] : etf_get32(b->p);
    b->p += tag == ETF_PORT ? 1 : 4;
    if (!is_local(b, &id)) return hp_port(b->hp, &id);
    if (id.port >> ETF_PORT_MAX_BITS != 0) return bad(b, "no port of this node");
    id.node = TERM_NONE;
    return hp_port(b->hp, &id);
}

static Term build_ref(EtfBuilder *b, uint8_t tag) {
    Ident id;
    uint32_t count = 1;
    if (tag != ETF_REF) {
        count = etf_get16(b->p);
        b->p += 2;
    }
    if (!read_node(b, &id)) return TERM_NONE;
    id.id_count = count;
    if (tag == ETF_REF_NEWER) {
        id.creation = etf_get32(b->p);
        b->p += 4;
    } else if (tag == ETF_REF_NEW) {
        id.creation = *b->p++;
    } else {
        id.creation = b->p[4];
    }
    for (uint32_t i = 0; i < count; i++) id.ids[i] = etf_get32(b->p + 4 * i);
    b->p += 4 * (size_t)count + (tag == ETF_REF);
    if (!is_local(b, &id)) return hp_ref(b->hp, &id);
    if (count == 0 || count > 3 || id.ids[0] >> ETF_REF_ID0_BITS != 0)
        return bad(b, "no reference of this node");
    id.node = TERM_NONE;
    return hp_ref(b->hp, &id);
}

// --- data ----------------------------------------------------------------------------------------
static Term build_bits(EtfBuilder *b, uint8_t tag) {
    size_t bytes = etf_get32(b->p);
    uint64_t bits = 8 * (uint64_t)bytes;
    b->p += 4;
    if (tag == ETF_BIT_BINARY) {
        if (bytes > 0) bits -= 8u - *b->p;
        b->p++;
    }
    Bits from = {b->p, 0, bits};
    b->p += bytes;
    *b->budget -= (int64_t)(bytes / ETF_COPY_BYTES);
    return hp_bits_copy(b->env->mem, b->hp, from);
}

static Term build_big(EtfBuilder *b, uint8_t tag) {
    size_t count = tag == ETF_SMALL_BIG ? b->p[0] : etf_get32(b->p);
    b->p += tag == ETF_SMALL_BIG ? 1 : 4;
    bool negative = *b->p++ != 0;
    const uint8_t *bytes = b->p;
    b->p += count;
    while (count > 0 && bytes[count - 1] == 0) count--;
    *b->budget -= (int64_t)(count / ETF_COPY_BYTES);
    return integer_from_bytes(b->hp, bytes, count, true, negative);
}

static Term build_export(EtfBuilder *b) {
    const TermEnv *env = b->env;
    Term module = etf_read_atom(env, &b->p), function = etf_read_atom(env, &b->p);
    int32_t arity = etf_read_int(&b->p);
    if (module == TERM_NONE || function == TERM_NONE) return TERM_NONE;
    ASSERT(env->export_get != NULL);
    Export *ex = env->export_get(env->hook_ctx, module, function, (uint32_t)arity);
    return ex == NULL ? TERM_NONE : hp_export_fun(b->hp, ex);
}

static Term build_string(EtfBuilder *b) {
    size_t count = etf_get16(b->p);
    const uint8_t *text = b->p + 2;
    b->p = text + count;
    if (count == 0) return TERM_NIL;
    *b->budget -= (int64_t)(count / 16);
    Term *cell = hp_take(b->hp, CONS_WORDS * count);
    Term list = term_cons(cell);
    for (size_t i = 0; i < count; i++, cell += 2) {
        cell[0] = term_small(text[i]);
        cell[1] = term_cons(cell + 2);
    }
    cell[-1] = TERM_NIL;
    return list;
}

static Term build_float(EtfBuilder *b, uint8_t tag) {
    double d;
    if (tag == ETF_NEW_FLOAT) {
        d = float_from_bits(etf_get64(b->p));
        b->p += 8;
    } else {
        bool good = etf_float_text(b->p, &d);
        ASSERT(good);
        b->p += ETF_FLOAT_TEXT;
    }
    return hp_float(b->hp, d);
}

Term etf_build_leaf(EtfBuilder *b, uint8_t tag) {
    switch (tag) {
    case ETF_SMALL_INTEGER: return term_small(*b->p++);
    case ETF_INTEGER: b->p += 4; return term_small((int32_t)etf_get32(b->p - 4));
    case ETF_ATOM:
    case ETF_ATOM_UTF8:
    case ETF_SMALL_ATOM:
    case ETF_SMALL_ATOM_UTF8: b->p--; return etf_read_atom(b->env, &b->p);
    case ETF_NIL: return TERM_NIL;
    case ETF_STRING: return build_string(b);
    case ETF_BINARY:
    case ETF_BIT_BINARY: return build_bits(b, tag);
    case ETF_NEW_FLOAT:
    case ETF_FLOAT: return build_float(b, tag);
    case ETF_SMALL_BIG:
    case ETF_LARGE_BIG: return build_big(b, tag);
    case ETF_PID:
    case ETF_PID_NEW: return build_pid(b, tag);
    case ETF_PORT:
    case ETF_PORT_NEW:
    case ETF_PORT_V4: return build_port(b, tag);
    case ETF_EXPORT: return build_export(b);
    default:
        ASSERT(tag == ETF_REF || tag == ETF_REF_NEW || tag == ETF_REF_NEWER);
        return build_ref(b, tag);
    }
}
