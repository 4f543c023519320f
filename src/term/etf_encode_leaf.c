// SPDX-License-Identifier: Apache-2.0
// Writing external terms, the parts without terms in them. One set of functions writes and counts:
// when counting, small writes go to a sink and long ones nowhere.
#include "term/etf_int.h"

#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/real.h"

uint8_t *etf_encoder_take_slow(EtfEncoder *e, size_t count) {
    if (e->out == NULL) {
        e->counted += count;
        return e->sink;
    }
    if (!buf_reserve(e->out, count)) return e->sink;
    e->out->size_bytes += count;
    return e->out->data + e->out->size_bytes - count;
}

// Room for any number of bytes. NULL: counting, or no memory.
static uint8_t *take_long(EtfEncoder *e, size_t count) {
    *e->budget -= (int64_t)(count / ETF_COPY_BYTES);
    if (e->out == NULL) {
        e->counted += count;
        return NULL;
    }
    if (!buf_reserve(e->out, count)) return NULL;
    e->out->size_bytes += count;
    return e->out->data + e->out->size_bytes - count;
}

void etf_encode_bytes(EtfEncoder *e, const uint8_t *bytes, size_t count) {
    uint8_t *p = take_long(e, count);
    if (p != NULL) memcpy(p, bytes, count);
}

static void put_tag8(EtfEncoder *e, uint8_t tag, uint32_t v) {
    uint8_t *p = etf_encoder_take(e, 2);
    p[0] = tag;
    p[1] = (uint8_t)v;
}
static void put_tag16(EtfEncoder *e, uint8_t tag, uint32_t v) {
    uint8_t *p = etf_encoder_take(e, 3);
    p[0] = tag;
    etf_set16(p + 1, v);
}
static void put_tag32(EtfEncoder *e, uint8_t tag, uint32_t v) {
    uint8_t *p = etf_encoder_take(e, 5);
    p[0] = tag;
    etf_set32(p + 1, v);
}

// --- atoms ---------------------------------------------------------------------------------------
// The text in Latin-1: whether it can be written so.
static bool atom_latin1(const Atom *a, uint8_t latin1[ATOM_CHARS_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < a->size_bytes; i++) {
        uint8_t c = a->text[i];
        if (c >= 0x80) {
            if (c > 0xc3) return false;
            c = (uint8_t)(c << 6 | (a->text[++i] & 0x3f));
        }
        latin1[n++] = c;
    }
    DEBUG_ASSERT(n == a->chars);
    return true;
}

static void put_atom(EtfEncoder *e, Term atom) {
    const Atom *a = atom_get(e->env->atoms, atom);
    if (e->opts.minor_version < 2) {
        uint8_t latin1[ATOM_CHARS_MAX];
        if (a->chars == a->size_bytes || atom_latin1(a, latin1)) {
            put_tag16(e, ETF_ATOM, a->chars);
            etf_encode_bytes(e, a->chars == a->size_bytes ? a->text : latin1, a->chars);
            return;
        }
    }
    if (a->size_bytes < 256)
        put_tag8(e, ETF_SMALL_ATOM_UTF8, a->size_bytes);
    else
        put_tag16(e, ETF_ATOM_UTF8, a->size_bytes);
    etf_encode_bytes(e, a->text, a->size_bytes);
}

// --- numbers -------------------------------------------------------------------------------------
static void put_small(EtfEncoder *e, int64_t n) {
    if (n >= 0 && n < 256) {
        put_tag8(e, ETF_SMALL_INTEGER, (uint32_t)n);
    } else if (n >= INT32_MIN && n <= INT32_MAX) {
        put_tag32(e, ETF_INTEGER, (uint32_t)n);
    } else {
        uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
        unsigned count = (unsigned)(64 - __builtin_clzll(magnitude) + 7) / 8;
        uint8_t *p = etf_encoder_take(e, 3 + count);
        p[0] = ETF_SMALL_BIG;
        p[1] = (uint8_t)count;
        p[2] = n < 0;
        memcpy(p + 3, &magnitude, count); // little-endian, as the machine is
    }
}

static void put_big(EtfEncoder *e, Term t) {
    size_t count = integer_byte_count(t);
    if (count < 256)
        put_tag8(e, ETF_SMALL_BIG, (uint32_t)count);
    else
        put_tag32(e, ETF_LARGE_BIG, (uint32_t)count);
    *etf_encoder_take(e, 1) = integer_is_negative(t);
    uint8_t *p = take_long(e, count);
    if (p != NULL) integer_to_bytes_le(t, p, count);
}

static void put_float(EtfEncoder *e, double d) {
    if (e->opts.minor_version == 0) {
        char text[REAL_TEXT_MAX];
        size_t count = real_print_scientific(text, d, 20);
        ASSERT(count <= ETF_FLOAT_TEXT);
        uint8_t *p = etf_encoder_take(e, 1 + ETF_FLOAT_TEXT);
        p[0] = ETF_FLOAT;
        memcpy(p + 1, text, count);
        memset(p + 1 + count, 0, ETF_FLOAT_TEXT - count);
        return;
    }
    uint8_t *p = etf_encoder_take(e, 9);
    p[0] = ETF_NEW_FLOAT;
    etf_set64(p + 1, float_bits(d));
}

// --- pids, ports, references ---------------------------------------------------------------------
// What `id` says of its node, or this node.
static void put_node(EtfEncoder *e, Ident *id) {
    if (id->node == TERM_NONE) {
        id->node = e->env->node;
        id->creation = e->env->creation;
    }
    put_atom(e, id->node);
}

static void put_pid(EtfEncoder *e, Term pid) {
    Ident id = ident_pid(pid);
    *etf_encoder_take(e, 1) = ETF_PID_NEW;
    put_node(e, &id);
    uint8_t *p = etf_encoder_take(e, 12);
    p = etf_set32(p, id.number);
    p = etf_set32(p, id.serial);
    etf_set32(p, id.creation);
}

static void put_port(EtfEncoder *e, Term port) {
    Ident id = ident_port(port);
    bool wide = id.port >> ETF_PORT_MAX_BITS != 0;
    *etf_encoder_take(e, 1) = wide ? ETF_PORT_V4 : ETF_PORT_NEW;
    put_node(e, &id);
    uint8_t *p = etf_encoder_take(e, wide ? 12 : 8);
    p = wide ? etf_set64(p, id.port) : etf_set32(p, (uint32_t)id.port);
    etf_set32(p, id.creation);
}

static void put_ref(EtfEncoder *e, Term ref) {
    Ident id = ident_ref(ref);
    put_tag16(e, ETF_REF_NEWER, id.id_count);
    put_node(e, &id);
    uint8_t *p = etf_set32(etf_encoder_take(e, 4 + 4 * id.id_count), id.creation);
    for (uint32_t i = 0; i < id.id_count; i++) p = etf_set32(p, id.ids[i]);
}

// --- funs ----------------------------------------------------------------------------------------
// Counted as if it were in its long form: what external_size says.
static void put_fun_int(EtfEncoder *e, int32_t n) {
    if (e->out == NULL)
        e->counted += 5;
    else
        put_small(e, n);
}

size_t etf_encode_fun_head(EtfEncoder *e, Term fun) {
    const FunEntry *fe = fun_entry(fun);
    uint8_t *p = etf_encoder_take(e, 1 + 4 + 1 + ETF_UNIQ_BYTES + 4 + 4);
    size_t size_at = e->out == NULL ? 0 : (size_t)(p + 1 - e->out->data);
    *p = ETF_NEW_FUN;
    p += 5;
    *p++ = (uint8_t)fe->arity;
    memcpy(p, fe->uniq, ETF_UNIQ_BYTES);
    p = etf_set32(p + ETF_UNIQ_BYTES, fe->index);
    etf_set32(p, (uint32_t)fun_free_count(fun));
    put_atom(e, fe->module);
    put_fun_int(e, (int32_t)fe->index);
    put_fun_int(e, (int32_t)fe->old_uniq);
    put_pid(e, term_is_pid(e->opts.self) ? e->opts.self : term_local_pid(0));
    return size_at;
}

static void put_export(EtfEncoder *e, Term fun) {
    const Export *ex = fun_export(fun);
    *etf_encoder_take(e, 1) = ETF_EXPORT;
    put_atom(e, ex->module);
    put_atom(e, ex->function);
    put_small(e, ex->arity);
}

// --- bit strings ---------------------------------------------------------------------------------
// Whether the data of `t` lies outside the heap.
static bool is_counted(Term t) {
    Term *p = term_boxed_ptr(t);
    Kind kind = header_kind(p[0]);
    if (kind == KIND_SUB_BITS) kind = header_kind(term_header(p[SUB_BITS_BASE]));
    return kind == KIND_REFC_BITS;
}

static void put_bits(EtfEncoder *e, Term t) {
    Bits b = bits_of(t);
    unsigned odd = (unsigned)b.size & 7;
    uint64_t whole = b.size / 8;
    if (whole >= UINT32_MAX && e->out != NULL) { // the format has 32 bits for it
        e->out->failed = true;
        return;
    }
    if (odd == 0) {
        put_tag32(e, ETF_BINARY, (uint32_t)whole);
    } else {
        put_tag32(e, ETF_BIT_BINARY, (uint32_t)whole + 1);
        *etf_encoder_take(e, 1) = (uint8_t)odd;
    }
    if (e->kind == ETF_ENCODE_IOVEC && whole > HEAP_BITS_BYTES_MAX && (b.offset & 7) == 0 &&
        is_counted(t)) {
        work_stack_push(&e->cuts, e->out->size_bytes);
        work_stack_push(&e->outside, t);
        e->counted += whole;
    } else {
        uint8_t *p = take_long(e, whole);
        if (p != NULL) bits_copy(p, 0, b.bytes, b.offset, 8 * whole);
    }
    if (odd > 0)
        *etf_encoder_take(e, 1) =
            (uint8_t)(bits_load(b.bytes, b.offset + 8 * whole, odd) << (8 - odd));
}

// --- any leaf ------------------------------------------------------------------------------------
static void put_boxed(EtfEncoder *e, Term t) {
    Kind kind = header_kind(term_header(t));
    switch (kind) {
    case KIND_BIG_POS:
    case KIND_BIG_NEG: put_big(e, t); return;
    case KIND_FLOAT: put_float(e, term_float_value(t)); return;
    case KIND_EXPORT: put_export(e, t); return;
    case KIND_REF:
    case KIND_MAGIC_REF: put_ref(e, t); return;
    case KIND_EXTERNAL:
        if (external_what(t) == EXTERNAL_PID)
            put_pid(e, t);
        else if (external_what(t) == EXTERNAL_PORT)
            put_port(e, t);
        else
            put_ref(e, t);
        return;
    default: ASSERT(kind_is_bits(kind)); put_bits(e, t);
    }
}

void etf_encode_leaf(EtfEncoder *e, Term t) {
    if (term_is_small(t))
        put_small(e, term_small_value(t));
    else if (term_is_atom(t))
        put_atom(e, t);
    else if (term_is_boxed(t))
        put_boxed(e, t);
    else if (term_is_nil(t))
        *etf_encoder_take(e, 1) = ETF_NIL;
    else if (term_is_immediate_float(t))
        put_float(e, term_float_value(t));
    else if (term_is_local_pid(t))
        put_pid(e, t);
    else {
        ASSERT(term_is_local_port(t));
        put_port(e, t);
    }
}
