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

// The size of a field that is not known to be small.
static Operand size_operand(Transform *t, const Field *f) {
    if (f->size->kind != GEN_U) return emit_source(t, f->size);
    return op_const(term_small(MIN(f->size->value, SMALL_MAX)));
}

static void emit_integer(Transform *t, const Field *f) {
    uint64_t bits;
    if (bits_fixed_size(f->size, f->unit, &bits) && bits > FIELD_BITS_MAX && bits <= 64) {
        EMIT(t, OP_bs_get_word, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->live),
             op_num(bits), op_num(f->flags), emit_source(t, f->dst));
        return;
    }
    EMIT(t, OP_bs_get_integer, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->live),
         size_operand(t, f), op_num(f->unit), op_num(f->flags), emit_source(t, f->dst));
}

static void emit_float(Transform *t, const Field *f) {
    EMIT(t, OP_bs_get_float, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->live),
         size_operand(t, f), op_num(f->unit), op_num(f->flags), emit_source(t, f->dst));
}

static void emit_skip(Transform *t, const Field *f) {
    uint64_t bits;
    if (bits_fixed_size(f->size, f->unit, &bits))
        emit_skip_bits(t, f, bits);
    else if (bits_atom_is(t, f->size, "all"))
        EMIT(t, OP_bs_skip_rest, bits_label(f->fail), emit_source(t, f->ctx), op_num(f->unit));
    else
        EMIT(t, OP_bs_skip, bits_label(f->fail), emit_source(t, f->ctx), size_operand(t, f),
             op_num(f->unit));
}

static void emit_field(Transform *t, const Field *f) {
    if (f->dst != NULL)
        emit_integer(t, f);
    else
        emit_skip(t, f);
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
        emit_field(t, &f);
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
    EMIT(t, OP_bs_get_binary, fail, ctx, op_num(f->live), size_operand(t, f), op_num(f->unit), dst);
}

// --- constants -----------------------------------------------------------------------------------
// bs_match_string Fail Ctx Bits Offset
static void match_string(Transform *t, const GenArg *a) {
    uint64_t bits = (uint64_t)a[2].value;
    if (bits == 0) return;
    const uint8_t *text = t->file->strings.bytes + a[3].value;
    if (bits <= 64) {
        EMIT(t, OP_bs_match_small, bits_label(&a[0]), emit_source(t, &a[1]), op_num(bits),
             op_word(bits_load(text, 0, (unsigned)bits)));
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
// Fail Ctx Commands: each an atom, followed by its operands. The verifier has seen that they fit.
typedef struct Commands {
    const GenArg *fail, *ctx, *at, *end;
    bool ensured; // ensure_at_least was said and not written yet
    uint64_t ensure_bits;
    uint32_t ensure_unit;
} Commands;

static void write_ensured(Transform *t, Commands *c) {
    if (!c->ensured) return;
    c->ensured = false;
    EMIT(t, OP_bs_test_at_least, bits_label(c->fail), emit_source(t, c->ctx),
         op_word(c->ensure_bits), op_num(c->ensure_unit));
}

static void ensure_at_least(Transform *t, Commands *c, const GenArg *o) {
    write_ensured(t, c);
    c->ensured = true;
    c->ensure_bits = (uint64_t)o[0].value;
    c->ensure_unit = bits_unit(t, &o[1]);
}

// The command at c->at as a field: an integer, or bits that are skipped.
static bool integer_command(Transform *t, const Commands *c, Field *f) {
    static const GenArg one = {GEN_U, 0, 1};
    const BsCommand *cmd = c->at < c->end ? beam_bs_command(t->file, c->at) : NULL;
    const GenArg *o = c->at + 1;
    if (cmd != NULL && cmd->kind == BS_SKIP)
        *f = (Field){c->fail, c->ctx, &o[0], NULL, 0, bits_unit(t, &one), 0};
    else if (cmd != NULL && cmd->kind == BS_INTEGER)
        *f = (Field){c->fail,
                     c->ctx,
                     &o[2],
                     &o[4],
                     (uint32_t)o[0].value,
                     bits_unit(t, &o[3]),
                     bits_flags_list(t, &o[1])};
    else
        return false;
    return true;
}

static void next_command(const Transform *t, Commands *c) {
    c->at += 1 + strlen(beam_bs_command(t->file, c->at)->operands);
}

static void integer_commands(Transform *t, Commands *c, Field *f) {
    Run run = {.count = 0};
    while (integer_command(t, c, f) && run_add(&run, f)) next_command(t, c);
    if (run.count == 0) {
        write_ensured(t, c);
        emit_field(t, f);
        next_command(t, c);
        return;
    }
    // The fields look for as many bits as they take by themselves.
    if (c->ensure_unit == 1 && c->ensure_bits == run.bits) c->ensured = false;
    write_ensured(t, c);
    emit_run(t, &run);
}

// '=:=' nil Bits Value
static void match_value(Transform *t, const Commands *c, const GenArg *o) {
    uint64_t bits = (uint64_t)o[1].value, value = (uint64_t)o[2].value;
    if (bits == 0) return;
    if (bits > 64) {
        emit_refuse(t, "a constant of bs_match is too long");
        return;
    }
    if (o[2].kind == GEN_BIG) {
        Term big = t->bigs[o[2].value];
        bool fits = term_is_kind(big, KIND_BIG_POS) && header_words(term_header(big)) == 1;
        value = fits ? term_boxed_ptr(big)[1] : 0;
    }
    EMIT(t, OP_bs_match_small, bits_label(c->fail), emit_source(t, c->ctx), op_num(bits),
         op_word(value));
}

static void command(Transform *t, Commands *c) {
    Field f;
    if (integer_command(t, c, &f)) {
        integer_commands(t, c, &f);
        return;
    }
    const GenArg *o = c->at + 1;
    write_ensured(t, c);
    switch (beam_bs_command(t->file, c->at)->kind) {
    case BS_ENSURE_AT_LEAST: ensure_at_least(t, c, o); break;
    case BS_ENSURE_EXACTLY: test_tail(t, c->fail, c->ctx, (uint64_t)o[0].value); break;
    case BS_FLOAT:
    case BS_BINARY:
        f = (Field){c->fail,
                    c->ctx,
                    &o[2],
                    &o[4],
                    (uint32_t)o[0].value,
                    bits_unit(t, &o[3]),
                    bits_flags_list(t, &o[1])};
        if (bits_atom_is(t, c->at, "binary"))
            emit_binary(t, &f);
        else
            emit_float(t, &f);
        break;
    case BS_GET_TAIL:
        EMIT(t, OP_bs_get_tail, emit_source(t, c->ctx), bits_number(&o[0]), emit_source(t, &o[2]));
        break;
    case BS_EQUAL: match_value(t, c, o); break;
    case BS_SKIP:
    case BS_INTEGER: break;
    }
    next_command(t, c);
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
    bool check = (t->file->op_flags[t->op_at] & BEAM_OP_CHECK) != 0;
    if (bits_atom_is(t, &a[0], "resume") && !check) {
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

// What a flagged instruction relies on; the others look for themselves.
static void check(Transform *t, const GenOp *op, const GenArg *a) {
    switch (op->op) {
    case GENOP_bs_save2:
    case GENOP_bs_restore2:
    case GENOP_bs_get_position:
    case GENOP_bs_set_position:
    case GENOP_bs_get_tail: EMIT(t, OP_check_context, emit_source(t, &a[0])); return;
    case GENOP_bs_match:
    case GENOP_bs_get_integer2:
    case GENOP_bs_get_float2:
    case GENOP_bs_get_binary2:
    case GENOP_bs_get_utf8:
    case GENOP_bs_get_utf16:
    case GENOP_bs_get_utf32:
    case GENOP_bs_skip_utf8:
    case GENOP_bs_skip_utf16:
    case GENOP_bs_skip_utf32:
    case GENOP_bs_skip_bits2:
    case GENOP_bs_test_tail2:
    case GENOP_bs_test_unit:
    case GENOP_bs_match_string: EMIT(t, OP_check_context, emit_source(t, &a[1])); return;
    default: return;
    }
}

bool transform_bits(Transform *t, const GenOp *op, const GenArg *a) {
    if (UNLIKELY(gen_checked(t, op))) check(t, op, a);
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
    case GENOP_bs_get_binary2: {
        Field f = {&a[0],
                   &a[1],
                   &a[3],
                   &a[6],
                   (uint32_t)a[2].value,
                   bits_unit(t, &a[4]),
                   bits_flags(&a[5])};
        if (op->op == GENOP_bs_get_binary2)
            emit_binary(t, &f);
        else
            emit_float(t, &f);
        return true;
    }
    case GENOP_bs_match_string: match_string(t, a); return true;
    case GENOP_bs_test_tail2: test_tail(t, &a[0], &a[1], (uint64_t)a[2].value); return true;
    case GENOP_bs_test_unit: test_unit(t, &a[0], &a[1], bits_unit(t, &a[2])); return true;
    default: return false;
    }
}
