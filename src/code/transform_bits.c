// SPDX-License-Identifier: Apache-2.0
// Matching bit strings: generic to internal. bs_match, which compilers since OTP 26 write, becomes
// the instructions that the older ones have; fields of small integers that follow each other
// become one.
#include "code/transform_bits.h"

BitsFlags bits_flags(const GenArg *a) {
    return (BitsFlags)((a->value & (2 | 16) ? BITS_LITTLE : 0) | (a->value & 4 ? BITS_SIGNED : 0));
}

BitsFlags bits_flags_list(Transform *t, const GenArg *a) {
    unsigned flags = 0;
    if (a->kind != GEN_LITERAL) return 0;
    for (Term l = t->m->literal_terms[a->value]; term_is_cons(l); l = term_tail(l)) {
        Term flag = term_head(l);
        if (flag == ATOM_little || flag == ATOM_native) flags |= BITS_LITTLE;
        if (flag == ATOM_signed) flags |= BITS_SIGNED;
    }
    return (BitsFlags)flags;
}

uint32_t bits_unit(Transform *t, const GenArg *a) {
    if (a->kind == GEN_U && a->value >= 1 && a->value <= UINT32_MAX) return (uint32_t)a->value;
    emit_refuse(t, "a unit is broken");
    return 1;
}

bool bits_atom_is(const Transform *t, const GenArg *a, const char *text) {
    if (a->kind != GEN_ATOM) return false;
    Slice s = t->file->atoms[a->value];
    return s.size == strlen(text) && memcmp(s.bytes, text, s.size) == 0;
}

bool bits_fixed_size(const GenArg *size, uint64_t unit, uint64_t *bits) {
    return (size->kind == GEN_INT || size->kind == GEN_U) && size->value >= 0 &&
           !__builtin_mul_overflow((uint64_t)size->value, unit, bits) && *bits <= BITS_SIZE_MAX;
}

void emit_text(Transform *t, const uint8_t *bytes, uint64_t size_bytes) {
    for (uint64_t i = 0; i < size_bytes; i += 4) {
        uint32_t unit = 0;
        memcpy(&unit, bytes + i, MIN(size_bytes - i, (uint64_t)4));
        emit_unit(t, unit);
    }
}

// --- fields --------------------------------------------------------------------------------------
// One field, from whichever instruction.
typedef struct Field {
    const GenArg *fail, *ctx, *size;
    const GenArg *dst; // NULL: skipped
    uint32_t live, unit;
    BitsFlags flags;
} Field;

// Whether it is a small integer of fixed size, or skipped.
static bool is_small_field(const Field *f, uint64_t *bits) {
    if (!bits_fixed_size(f->size, f->unit, bits)) return false;
    if (f->dst == NULL) return *bits <= FIELD_SKIP_MAX;
    return *bits >= 1 && *bits <= FIELD_BITS_MAX;
}

static bool same(const GenArg *a, const GenArg *b) {
    return a->kind == b->kind && a->value == b->value;
}

// Reads bs_get_integer2 or bs_skip_bits2.
static bool read_field(Transform *t, const GenOp *op, Field *f) {
    const GenArg *a = gen_args(t, op);
    if (op->op == GENOP_bs_get_integer2)
        *f = (Field){&a[0],
                     &a[1],
                     &a[3],
                     &a[6],
                     (uint32_t)a[2].value,
                     bits_unit(t, &a[4]),
                     bits_flags(&a[5])};
    else if (op->op == GENOP_bs_skip_bits2)
        *f = (Field){&a[0], &a[1], &a[2], NULL, 0, bits_unit(t, &a[3]), 0};
    else
        return false;
    return true;
}

static void emit_skip_bits(Transform *t, const Field *f, uint64_t bits) {
    if (bits > 0)
        EMIT(t, OP_bs_skip_fixed, bits_label(f->fail), emit_source(t, f->ctx), op_word(bits));
}

static void emit_small(Transform *t, const Field *f, uint64_t bits) {
    Operand fail = bits_label(f->fail), ctx = emit_source(t, f->ctx), dst = emit_source(t, f->dst);
    if (bits == 8 && (f->flags & BITS_SIGNED) == 0)
        EMIT(t, OP_bs_get_byte, fail, ctx, dst);
    else if (bits == 16 && f->flags == 0)
        EMIT(t, OP_bs_get_2_bytes, fail, ctx, dst);
    else if (bits == 32 && f->flags == 0)
        EMIT(t, OP_bs_get_4_bytes, fail, ctx, dst);
    else
        EMIT(t, OP_bs_get_small, fail, ctx, op_num(bits), op_num(f->flags), dst);
}

static void emit_integer(Transform *t, const Field *f) {
    uint64_t bits;
    if (is_small_field(f, &bits))
        emit_small(t, f, bits);
    else
        EMIT(t, OP_bs_get_integer, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->live),
             emit_source(t, f->size), op_num(f->unit), op_num(f->flags), emit_source(t, f->dst));
}

static void emit_skip(Transform *t, const Field *f) {
    uint64_t bits;
    if (bits_fixed_size(f->size, f->unit, &bits))
        emit_skip_bits(t, f, bits);
    else if (bits_atom_is(t, f->size, "all"))
        EMIT(t, OP_bs_skip_rest, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->unit));
    else
        EMIT(t, OP_bs_skip, bits_label(f->fail), emit_source(t, f->ctx), emit_source(t, f->size),
             op_num(f->unit));
}

// A run of fields of fixed size: matching all of them or none leaves a state that the first one's
// failure could have left, too, and the code at `fail` cannot tell them apart.
enum { RUN_MAX = 32 };
typedef struct Run {
    Field fields[RUN_MAX];
    uint64_t sizes[RUN_MAX];
    size_t count, integers;
    uint64_t bits;
} Run;

// Adds `f` if it can be part of the run.
static bool run_add(Run *r, const Field *f) {
    uint64_t bits;
    if (r->count == RUN_MAX || !is_small_field(f, &bits)) return false;
    if (r->count > 0) {
        const Field *first = &r->fields[0], *last = &r->fields[r->count - 1];
        if (!same(first->fail, f->fail) || !same(first->ctx, f->ctx)) return false;
        // A field that replaces the context is the last one.
        if (last->dst != NULL && same(last->dst, last->ctx)) return false;
    }
    r->fields[r->count] = *f;
    r->sizes[r->count++] = bits;
    r->bits += bits;
    if (f->dst != NULL) r->integers++;
    return true;
}

static void emit_run(Transform *t, const Run *r) {
    const Field *first = &r->fields[0];
    if (r->integers == 0) {
        emit_skip_bits(t, first, r->bits);
        return;
    }
    if (r->count == 1) {
        emit_small(t, first, r->sizes[0]);
        return;
    }
    EMIT(t, OP_bs_get_fields, bits_label(first->fail), emit_source(t, first->ctx), op_num(r->bits),
         op_num(r->count));
    for (size_t i = 0; i < r->count; i++) {
        const Field *f = &r->fields[i];
        emit_unit(t, field_what((uint32_t)r->sizes[i], f->flags));
        Operand dst = f->dst != NULL ? emit_source(t, f->dst) : op_x(0);
        emit_unit(t, f->dst == NULL ? FIELD_SKIPPED : (uint32_t)dst.value << 1 | (dst.kind == 'y'));
    }
}

// bs_get_integer2 or bs_skip_bits2, and all that follow and can be matched together with it.
static bool fields(Transform *t, const GenOp *op) {
    Field f;
    if (!read_field(t, op, &f)) return false;
    Run run = {.count = 0};
    if (!run_add(&run, &f)) {
        if (f.dst != NULL)
            emit_integer(t, &f);
        else
            emit_skip(t, &f);
        return true;
    }
    while (t->op_at + 1 < t->file->op_count && read_field(t, &t->file->ops[t->op_at + 1], &f) &&
           run_add(&run, &f))
        t->op_at++;
    emit_run(t, &run);
    return true;
}

static void emit_binary(Transform *t, const Field *f) {
    Operand fail = bits_label(f->fail), ctx = emit_source(t, f->ctx), dst = emit_source(t, f->dst);
    if (bits_atom_is(t, f->size, "all")) {
        EMIT(t, OP_bs_get_rest, fail, ctx, op_num(f->live), op_num(f->unit), dst);
        return;
    }
    Operand size = f->size->kind == GEN_U && small_fits(f->size->value)
                       ? op_const(term_small(f->size->value))
                       : emit_source(t, f->size);
    EMIT(t, OP_bs_get_binary, fail, ctx, op_num(f->live), size, op_num(f->unit), dst);
}

// --- constants -----------------------------------------------------------------------------------
static void emit_match_value(Transform *t, const GenArg *fail, const GenArg *ctx, uint64_t bits,
                             uint64_t value) {
    EMIT(t, OP_bs_match_small, bits_label(fail), emit_source(t, ctx), op_num(bits), op_word(value));
}

// bs_match_string Fail Ctx Bits Offset
static void match_string(Transform *t, const GenArg *a) {
    uint64_t bits = (uint64_t)a[2].value;
    if (bits == 0) return;
    const uint8_t *text = t->file->strings.bytes + a[3].value;
    if (bits <= 64) {
        emit_match_value(t, &a[0], &a[1], bits, bits_load(text, 0, (unsigned)bits));
        return;
    }
    if (bits > UINT32_MAX) {
        emit_refuse(t, "a string is too long");
        return;
    }
    EMIT(t, OP_bs_match_string, bits_label(&a[0]), emit_source(t, &a[1]), op_num(bits));
    emit_text(t, text, (bits + 7) / 8);
}

static void test_tail(Transform *t, const GenArg *fail, const GenArg *ctx, uint64_t bits) {
    if (bits == 0)
        EMIT(t, OP_bs_test_empty, bits_label(fail), emit_source(t, ctx));
    else
        EMIT(t, OP_bs_test_tail, bits_label(fail), emit_source(t, ctx), op_word(bits));
}

static void test_unit(Transform *t, const GenArg *fail, const GenArg *ctx, uint32_t unit) {
    if (unit == 8)
        EMIT(t, OP_bs_test_whole_bytes, bits_label(fail), emit_source(t, ctx));
    else if (unit != 1)
        EMIT(t, OP_bs_test_unit, bits_label(fail), emit_source(t, ctx), op_num(unit));
}

// --- bs_match ------------------------------------------------------------------------------------
// Fail Ctx Commands: each an atom, followed by its operands.
typedef struct Commands {
    const GenArg *fail, *ctx, *at, *end;
    bool ensured; // `ensure` was said and not written yet
    uint64_t ensure_bits;
    uint32_t ensure_unit;
} Commands;

static bool is_number(const GenArg *a) {
    return a->kind == GEN_U || (a->kind == GEN_INT && a->value >= 0);
}

// The number of a command's operand.
static uint64_t number(Transform *t, const GenArg *a, uint64_t max) {
    if (is_number(a) && (uint64_t)a->value <= max) return (uint64_t)a->value;
    emit_refuse(t, "a command of bs_match is broken");
    return 1;
}

static bool command_is(const Transform *t, const Commands *c, const char *name, size_t operands) {
    return (size_t)(c->end - c->at) > operands && bits_atom_is(t, c->at, name);
}

static void write_ensured(Transform *t, Commands *c) {
    if (!c->ensured) return;
    c->ensured = false;
    EMIT(t, OP_bs_test_at_least, bits_label(c->fail), emit_source(t, c->ctx),
         op_word(c->ensure_bits), op_num(c->ensure_unit));
}

// integer Live Flags Size Unit Dst; binary likewise; skip Size
static bool command_field(Transform *t, Commands *c, Field *f) {
    static const GenArg skip_unit = {GEN_U, 0, 1};
    bool skip = command_is(t, c, "skip", 1);
    if (skip) {
        *f = (Field){c->fail, c->ctx, &c->at[1], NULL, 0, bits_unit(t, &skip_unit), 0};
    } else {
        *f = (Field){c->fail,
                     c->ctx,
                     &c->at[3],
                     &c->at[5],
                     0,
                     bits_unit(t, &c->at[4]),
                     bits_flags_list(t, &c->at[2])};
        f->live = (uint32_t)number(t, &c->at[1], X_LIVE_MAX);
    }
    (void)number(t, f->size, BITS_SIZE_MAX);
    c->at += skip ? 2 : 6;
    return skip;
}

static void command_integers(Transform *t, Commands *c) {
    Run run = {.count = 0};
    while (command_is(t, c, "integer", 5) || command_is(t, c, "skip", 1)) {
        const GenArg *start = c->at;
        Field f;
        bool skip = command_field(t, c, &f);
        if (t->failed) return;
        if (run_add(&run, &f)) continue;
        if (run.count > 0) {
            c->at = start;
            break;
        }
        write_ensured(t, c);
        if (skip)
            emit_skip(t, &f);
        else
            emit_integer(t, &f);
        return;
    }
    // The fields look for as many bits as they take by themselves.
    if (c->ensured && c->ensure_unit == 1 && c->ensure_bits == run.bits) c->ensured = false;
    write_ensured(t, c);
    emit_run(t, &run);
}

// '=:=' nil Bits Value
static void command_equal(Transform *t, Commands *c) {
    write_ensured(t, c);
    uint64_t bits = number(t, &c->at[2], 64), value;
    const GenArg *v = &c->at[3];
    if (v->kind == GEN_BIG && term_is_kind(t->bigs[v->value], KIND_BIG_POS) &&
        header_words(term_header(t->bigs[v->value])) == 1)
        value = term_boxed_ptr(t->bigs[v->value])[1];
    else
        value = number(t, v, INT64_MAX);
    if (bits > 0) emit_match_value(t, c->fail, c->ctx, bits, value);
    c->at += 4;
}

static void command(Transform *t, Commands *c) {
    if (command_is(t, c, "integer", 5) || command_is(t, c, "skip", 1)) {
        command_integers(t, c);
        return;
    }
    write_ensured(t, c);
    if (command_is(t, c, "ensure_at_least", 2)) {
        c->ensured = true;
        c->ensure_bits = number(t, &c->at[1], BITS_SIZE_MAX);
        c->ensure_unit = bits_unit(t, &c->at[2]);
        c->at += 3;
    } else if (command_is(t, c, "ensure_exactly", 1)) {
        test_tail(t, c->fail, c->ctx, number(t, &c->at[1], BITS_SIZE_MAX));
        c->at += 2;
    } else if (command_is(t, c, "binary", 5)) {
        Field f;
        (void)command_field(t, c, &f);
        if (!t->failed) emit_binary(t, &f);
    } else if (command_is(t, c, "get_tail", 3)) {
        EMIT(t, OP_bs_get_tail, emit_source(t, c->ctx), op_num(number(t, &c->at[1], X_LIVE_MAX)),
             emit_source(t, &c->at[3]));
        c->at += 4;
    } else if (command_is(t, c, "=:=", 3)) {
        command_equal(t, c);
    } else {
        emit_refuse(t, "a command of bs_match is not known");
    }
}

static void bs_match(Transform *t, const GenArg *a) {
    Commands c = {&a[0], &a[1], &a[3], &a[3] + a[2].value, false, 0, 1};
    while (c.at < c.end && !t->failed) command(t, &c);
    write_ensured(t, &c);
}

// --- instructions --------------------------------------------------------------------------------
// bs_start_match4 Fail Live Src Dst: Fail is a label, `no_fail`, or `resume` where Src is a
// context.
static void start_match4(Transform *t, const GenArg *a) {
    Operand src = emit_source(t, &a[2]), dst = emit_source(t, &a[3]);
    if (bits_atom_is(t, &a[0], "resume")) {
        if (!same(&a[2], &a[3])) EMIT(t, OP_move, src, dst);
        return;
    }
    Operand fail = op_label(a[0].kind == GEN_LABEL ? (uint64_t)a[0].value : 0);
    EMIT(t, OP_bs_start_match, fail, src, bits_number(&a[1]), dst);
}

static bool transform_chars(Transform *t, const GenOp *op, const GenArg *a) {
    SegmentKind kind;
    switch (op->op) {
    case GENOP_bs_get_utf8:
        EMIT(t, OP_bs_get_utf8, bits_label(&a[0]), emit_source(t, &a[1]), emit_source(t, &a[4]));
        return true;
    case GENOP_bs_get_utf16:
    case GENOP_bs_skip_utf16: kind = SEGMENT_UTF16; break;
    case GENOP_bs_get_utf32:
    case GENOP_bs_skip_utf32: kind = SEGMENT_UTF32; break;
    case GENOP_bs_skip_utf8: kind = SEGMENT_UTF8; break;
    default: return false;
    }
    Operand fail = bits_label(&a[0]), ctx = emit_source(t, &a[1]);
    Operand flags = op_num(bits_flags(&a[3]));
    if (op->op == GENOP_bs_get_utf16 || op->op == GENOP_bs_get_utf32)
        EMIT(t, OP_bs_get_char, fail, ctx, op_num(kind), flags, emit_source(t, &a[4]));
    else
        EMIT(t, OP_bs_skip_char, fail, ctx, op_num(kind), flags);
    return true;
}

bool transform_bits(Transform *t, const GenOp *op, const GenArg *a) {
    if (fields(t, op) || transform_chars(t, op, a) || transform_create(t, op, a)) return true;
    switch (op->op) {
    case GENOP_bs_start_match3:
        EMIT(t, OP_bs_start_match, bits_label(&a[0]), emit_source(t, &a[1]), bits_number(&a[2]),
             emit_source(t, &a[3]));
        return true;
    case GENOP_bs_start_match4: start_match4(t, a); return true;
    case GENOP_bs_match: bs_match(t, a); return true;
    case GENOP_bs_get_position:
        EMIT(t, OP_bs_get_position, emit_source(t, &a[0]), emit_source(t, &a[1]));
        return true;
    case GENOP_bs_set_position:
        EMIT(t, OP_bs_set_position, emit_source(t, &a[0]), emit_source(t, &a[1]));
        return true;
    case GENOP_bs_get_tail:
        EMIT(t, OP_bs_get_tail, emit_source(t, &a[0]), bits_number(&a[2]), emit_source(t, &a[1]));
        return true;
    case GENOP_bs_get_float2:
        EMIT(t, OP_bs_get_float, bits_label(&a[0]), emit_source(t, &a[1]), bits_number(&a[2]),
             emit_source(t, &a[3]), op_num(bits_unit(t, &a[4])), op_num(bits_flags(&a[5])),
             emit_source(t, &a[6]));
        return true;
    case GENOP_bs_get_binary2: {
        Field f = {&a[0], &a[1], &a[3], &a[6], (uint32_t)a[2].value, bits_unit(t, &a[4]), 0};
        emit_binary(t, &f);
        return true;
    }
    case GENOP_bs_match_string: match_string(t, a); return true;
    case GENOP_bs_test_tail2: test_tail(t, &a[0], &a[1], (uint64_t)a[2].value); return true;
    case GENOP_bs_test_unit: test_unit(t, &a[0], &a[1], bits_unit(t, &a[2])); return true;
    default: return false;
    }
}
