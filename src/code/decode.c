// SPDX-License-Identifier: Apache-2.0
// The Code chunk: from bytes to an array of generic instructions with their operands, every operand
// of the kind its instruction takes and every index within its table. What functions there are is
// found in decode_functions.c; whether the code is safe to run is for verify.c.
//
// Most of the time of reading a file is spent here, and most of that on branches that cannot be
// predicted; so what is common is read with few of them: read_short and the tables in Decoder.
#include "code/decode.h"

#include <stdio.h>

// --- compact numbers -----------------------------------------------------------------------------
// Three bits of tag; then the number in 4 bits, in 3 bits and a byte, or as 2 to 8 bytes; a length
// of 9 and more bytes is itself a compact number. The longer forms are signed.
static bool compact_long(Cursor *c, uint8_t first, Compact *out) {
    size_t size = (first >> 5) + 2u;
    if (size == 9) {
        uint8_t byte;
        size_t more;
        if (!cursor_u8(c, &byte) || (byte & 7) != COMPACT_U) return false;
        if ((byte & 8) == 0) {
            more = byte >> 4;
        } else if ((byte & 0x10) == 0) {
            uint8_t low;
            if (!cursor_u8(c, &low)) return false;
            more = (size_t)(byte >> 5) << 8 | low;
        } else {
            Slice length; // of the length: the longest file takes 4 bytes for it
            size_t bytes = (byte >> 5) + 2u;
            if (bytes > 4 || !cursor_slice(c, bytes, &length)) return false;
            more = 0;
            for (size_t i = 0; i < bytes; i++) more = more << 8 | length.bytes[i];
        }
        size += more;
    }
    if (!cursor_slice(c, size, &out->bytes)) return false;
    // What is longer than it needs to be may still fit.
    const uint8_t *p = out->bytes.bytes;
    uint8_t sign = p[0] & 0x80 ? 0xff : 0;
    while (size > 8 && *p == sign && (p[1] & 0x80) == (sign & 0x80)) p++, size--;
    out->fits = size <= 8;
    if (!out->fits) return true;
    uint64_t n = sign ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++) n = n << 8 | p[i];
    out->value = (int64_t)n;
    return true;
}

bool compact_read(Cursor *c, Compact *out) {
    uint8_t byte;
    if (!cursor_u8(c, &byte)) return false;
    out->tag = byte & 7;
    out->fits = true;
    if ((byte & 8) == 0) {
        out->value = byte >> 4;
        return true;
    }
    if ((byte & 0x10) == 0) {
        uint8_t low;
        if (!cursor_u8(c, &low)) return false;
        out->value = (byte >> 5) << 8 | low;
        return true;
    }
    return compact_long(c, byte, out);
}

// Most numbers have 4 or 11 bits: one that starts at p[0], with a byte behind that. Gives its size;
// compact_is_long tells whether it has more bits. No branches: which form a number has is hard to
// predict.
static ALWAYS_INLINE unsigned compact_short(const uint8_t *p, uint32_t *value) {
    unsigned two = p[0] >> 3 & 1;
    uint32_t one_byte = p[0] >> 4, two_bytes = (uint32_t)(p[0] >> 5) << 8 | p[1];
    *value = two ? two_bytes : one_byte;
    return 1 + two;
}
static ALWAYS_INLINE bool compact_is_long(const uint8_t *p) {
    return (p[0] & 0x18) == 0x18;
}

// --- what is read --------------------------------------------------------------------------------
enum { EXT_LIST = 1, EXT_FLOAT_REGISTER = 2, EXT_ALLOC = 3, EXT_LITERAL = 4, EXT_TYPED = 5 };

// What has been seen in a function: by CompactTag the greatest number, plus 1; float registers; Y
// registers of a frame.
enum { SEEN_X = COMPACT_X, SEEN_FR = 8, SEEN_FRAME, SEEN_ELSE, SEEN_COUNT };

// What a letter of shape.c takes: operands of these kinds with values from `least` to `most`. Where
// it says that registers are used, seen[...] is the value and `more` at least.
typedef struct Letter {
    uint16_t kinds;
    uint8_t seen, more;
    uint32_t least;
    uint64_t most;
} Letter;

typedef struct Decoder {
    BeamFile *file;
    BeamError *err;
    Cursor in;
    const uint8_t *start;   // of the instructions
    unsigned number;        // of the instruction that is being read
    uint32_t offset;        // its place
    bool has_alloc;         // it has an allocation list
    size_t op_cap, arg_cap; // of file->ops, file->args
    uint32_t big_cap;
    uint32_t seen[SEEN_COUNT]; // in the function that is being read
    CodeNotes *notes;
    uint8_t *label_wanted;  // of the notes
    uint32_t tag_limits[8]; // by CompactTag: what a number has to be below; 0: no number
    Letter letters[128];    // those that shape.c has
} Decoder;

#define BIT(kind) (1u << (kind))
enum {
    REGISTER_KINDS = BIT(GEN_X) | BIT(GEN_Y),
    SOURCE_KINDS = REGISTER_KINDS | BIT(GEN_INT) | BIT(GEN_BIG) | BIT(GEN_ATOM) | BIT(GEN_NIL) |
                   BIT(GEN_LITERAL),
};
static const uint64_t ANY = UINT64_MAX;

static Letter letter_of(unsigned kinds, uint32_t least, uint64_t most) {
    return (Letter){(uint16_t)kinds, SEEN_ELSE, 0, least, most};
}

// An index in a table; no value fits when that is empty.
static Letter index_of(uint64_t count) {
    return count == 0 ? letter_of(BIT(GEN_U), 1, 0) : letter_of(BIT(GEN_U), 0, count - 1);
}

// A number of registers. Behind arguments in x0..n-1 may be a fun, or a module and a function.
static Letter registers_of(uint64_t most, uint8_t seen, uint8_t more) {
    return (Letter){BIT(GEN_U), seen, more, 0, most};
}

static void set_tables(Decoder *d) {
    const BeamFile *f = d->file;
    Letter *l = d->letters;
    l['a'] = letter_of(BIT(GEN_ATOM), 0, ANY);
    l['A'] = registers_of(BEAM_ARITY_MAX, SEEN_X, 2);
    l['b'] = letter_of(BIT(GEN_LABEL) | BIT(GEN_ATOM), 1, ANY);
    l['d'] = l['r'] = letter_of(REGISTER_KINDS, 0, ANY);
    l['f'] = letter_of(BIT(GEN_LABEL), 0, ANY);
    l['F'] = letter_of(BIT(GEN_FR), 0, ANY);
    l['g'] = index_of(f->lambda_count);
    l['h'] = letter_of(BIT(GEN_ALLOC) | BIT(GEN_U), 0, INT32_MAX);
    l['i'] = index_of(f->import_count);
    l['k'] = registers_of(BEAM_Y_MAX, SEEN_FRAME, 0);
    l['l'] = letter_of(BIT(GEN_LABEL), 1, ANY);
    l['L'] = letter_of(BIT(GEN_LIST), 0, ANY);
    l['m'] = letter_of(SOURCE_KINDS | BIT(GEN_FR), 0, ANY);
    l['n'] = registers_of(BEAM_X_MAX, SEEN_X, 2);
    // Without lines, a number of one means nothing.
    l['N'] = f->line_count == 1 ? letter_of(BIT(GEN_U), 0, ANY) : index_of(f->line_count);
    l['s'] = letter_of(SOURCE_KINDS, 0, ANY);
    l['S'] = letter_of(BIT(GEN_U), 0, f->strings.size);
    l['t'] = letter_of(BIT(GEN_ATOM) | BIT(GEN_U), 0, ANY); // see rest_fits
    l['u'] = letter_of(BIT(GEN_U), 0, ANY);
    l['w'] = letter_of(SOURCE_KINDS | BIT(GEN_U), 0, ANY);
    l['y'] = letter_of(BIT(GEN_Y), 0, ANY);
    l['z'] = letter_of(BIT(GEN_U), 0, 256);
    d->tag_limits[COMPACT_U] = d->tag_limits[COMPACT_I] = UINT32_MAX;
    d->tag_limits[COMPACT_A] = f->atom_count + 1;
    d->tag_limits[COMPACT_X] = BEAM_X_MAX;
    d->tag_limits[COMPACT_Y] = BEAM_Y_MAX;
    d->tag_limits[COMPACT_F] = f->label_count;
}
#undef BIT

static bool fail(const Decoder *d, const char *what, int64_t value) {
    return beam_fail(d->err, "%s at byte %u of the code: %s %lld", generic_info(d->number)->name,
                     d->offset, what, (long long)value);
}

static ALWAYS_INLINE void see(Decoder *d, unsigned what, uint32_t count) {
    uint32_t *seen = &d->seen[what];
    *seen = MAX(*seen, count);
}

// Room for `more` operands.
static bool args_room(Decoder *d, size_t more) {
    BeamFile *f = d->file;
    if (f->arg_count + more <= d->arg_cap) return true;
    size_t cap = MAX(d->arg_cap * 2, f->arg_count + more);
    GenArg *args = beam_realloc(f, d->err, f->args, cap, sizeof(GenArg));
    if (args == NULL) return false;
    f->args = args;
    d->arg_cap = cap;
    return true;
}

static bool push_arg(Decoder *d, GenKind kind, uint16_t type, int64_t value) {
    if (!args_room(d, 1)) return false;
    BeamFile *f = d->file;
    f->args[f->arg_count++] = (GenArg){(uint8_t)kind, type, value};
    return true;
}

// --- operands of any kind ------------------------------------------------------------------------
static bool push_big(Decoder *d, Slice bytes) {
    BeamFile *f = d->file;
    if (f->big_count == d->big_cap) {
        d->big_cap = MAX(d->big_cap * 2, 8u);
        BeamBig *more = beam_realloc(f, d->err, f->bigs, d->big_cap, sizeof(BeamBig));
        if (more == NULL) return false;
        f->bigs = more;
    }
    f->bigs[f->big_count] = (BeamBig){bytes.bytes, bytes.size};
    return push_arg(d, GEN_BIG, 0, f->big_count++);
}

// A number that says how many, or which; never negative.
static bool read_number(Decoder *d, uint32_t *out) {
    Compact n;
    if (!compact_read(&d->in, &n) || n.tag != COMPACT_U || !n.fits || n.value < 0 ||
        n.value > UINT32_MAX)
        return fail(d, "broken number in operand", 0);
    *out = (uint32_t)n.value;
    return true;
}

static bool push_register(Decoder *d, const Compact *n, uint16_t type) {
    bool x = n->tag == COMPACT_X;
    if (n->value < 0 || n->value >= (x ? BEAM_X_MAX : BEAM_Y_MAX))
        return fail(d, "there is no such register:", n->value);
    if (x) see(d, SEEN_X, (uint32_t)n->value + 1);
    return push_arg(d, x ? GEN_X : GEN_Y, type, n->value);
}

// A register with the index of its type.
static bool read_typed(Decoder *d) {
    Compact reg;
    uint32_t type;
    if (!compact_read(&d->in, &reg) || !reg.fits || (reg.tag != COMPACT_X && reg.tag != COMPACT_Y))
        return fail(d, "broken typed register", 0);
    if (!read_number(d, &type)) return false;
    const BeamFile *f = d->file;
    // Without a Type chunk that we understand, nothing is known.
    if (f->type_count != 0 && type >= f->type_count) return fail(d, "there is no type", type);
    bool known = type < f->type_count && type < UINT16_MAX;
    return push_register(d, &reg, known ? (uint16_t)(type + 1) : 0);
}

static bool read_alloc(Decoder *d) {
    uint32_t pairs;
    if (!read_number(d, &pairs)) return false;
    if (pairs > cursor_left(&d->in)) return fail(d, "allocation list of", pairs);
    if (!push_arg(d, GEN_ALLOC, 0, pairs)) return false;
    d->has_alloc = true;
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t what, count;
        if (!read_number(d, &what) || !read_number(d, &count)) return false;
        if (what > 2) return fail(d, "allocation of kind", what);
        if (!push_arg(d, GEN_U, 0, what) || !push_arg(d, GEN_U, 0, count)) return false;
    }
    return true;
}

// Anything but a list. The tag has been read.
static bool read_extended(Decoder *d, const Compact *n) {
    uint32_t value;
    switch (n->value) {
    case EXT_FLOAT_REGISTER:
        if (!read_number(d, &value)) return false;
        if (value >= BEAM_FR_MAX) return fail(d, "there is no float register", value);
        see(d, SEEN_FR, value + 1);
        return push_arg(d, GEN_FR, 0, value);
    case EXT_ALLOC: return read_alloc(d);
    case EXT_LITERAL:
        if (!read_number(d, &value)) return false;
        if (value >= d->file->literal_count) return fail(d, "there is no literal", value);
        return push_arg(d, GEN_LITERAL, 0, value);
    case EXT_TYPED: return read_typed(d);
    default: return fail(d, "operand of extended kind", n->value);
    }
}

static bool push_simple(Decoder *d, const Compact *n) {
    const BeamFile *f = d->file;
    switch (n->tag) {
    case COMPACT_U:
        if (n->value < 0) return fail(d, "negative number", n->value);
        return push_arg(d, GEN_U, 0, n->value);
    case COMPACT_I:
        if (!small_fits(n->value)) d->file->wide_ints++;
        return push_arg(d, GEN_INT, 0, n->value);
    case COMPACT_A:
        if (n->value < 0 || n->value > f->atom_count) return fail(d, "there is no atom", n->value);
        return push_arg(d, n->value == 0 ? GEN_NIL : GEN_ATOM, 0, n->value);
    case COMPACT_X:
    case COMPACT_Y: return push_register(d, n, 0);
    case COMPACT_F:
        if (n->value < 0 || n->value >= f->label_count)
            return fail(d, "there is no label", n->value);
        d->label_wanted[n->value] = 1;
        return push_arg(d, GEN_LABEL, 0, n->value);
    default: return fail(d, "operand of kind", n->tag);
    }
}

static bool read_operand(Decoder *d, bool *is_list, uint32_t *list_count) {
    Compact n;
    *is_list = false;
    if (!compact_read(&d->in, &n)) return fail(d, "the code ends in operand", 0);
    if (!n.fits) {
        if (n.tag != COMPACT_I && n.tag != COMPACT_U) return fail(d, "operand of kind", n.tag);
        return push_big(d, n.bytes);
    }
    if (n.tag != COMPACT_Z) return push_simple(d, &n);
    if (n.value != EXT_LIST) return read_extended(d, &n);
    *is_list = true;
    if (!read_number(d, list_count)) return false;
    if (*list_count > cursor_left(&d->in)) return fail(d, "list of", *list_count);
    return push_arg(d, GEN_LIST, 0, *list_count);
}

// --- the common operands -------------------------------------------------------------------------
static const uint8_t tag_kinds[8] = {
    [COMPACT_U] = GEN_U, [COMPACT_I] = GEN_INT, [COMPACT_A] = GEN_ATOM,
    [COMPACT_X] = GEN_X, [COMPACT_Y] = GEN_Y,   [COMPACT_F] = GEN_LABEL,
};
_Static_assert(GEN_NIL == GEN_ATOM + 1, "atom 0 is nil");

// Where reading is: of a Decoder what changes with every operand, so that it may stay in registers.
typedef struct Place {
    const uint8_t *pos;
    GenArg *arg;    // the next one
    uint32_t x_end; // for Decoder.seen
    // Of the last operand: the processor would have to wait for it to be read back.
    unsigned kind;
    uint64_t value;
} Place;

static ALWAYS_INLINE Place place_of(const Decoder *d) {
    return (Place){.pos = d->in.pos, .arg = d->file->args + d->file->arg_count};
}

static ALWAYS_INLINE void go_to(Decoder *d, const Place *at) {
    d->in.pos = at->pos;
    d->file->arg_count = (uint32_t)(at->arg - d->file->args);
    see(d, SEEN_X, at->x_end);
}

static ALWAYS_INLINE void put(Place *at, unsigned kind, uint32_t type, uint32_t value) {
    at->kind = kind;
    at->value = value;
    at->arg->kind = (uint8_t)kind;
    at->arg->type = (uint16_t)type;
    at->arg->value = value;
    at->arg++;
}

// A literal. `p` is behind its first byte.
static ALWAYS_INLINE bool read_literal(const Decoder *d, Place *at, const uint8_t *p) {
    uint32_t value;
    unsigned size = compact_short(p, &value);
    if ((p[0] & 7) != COMPACT_U || compact_is_long(p) || value >= d->file->literal_count)
        return false;
    put(at, GEN_LITERAL, 0, value);
    at->pos = p + size;
    return true;
}

// An operand whose numbers have up to 11 bits: a register, perhaps with its type, a constant, a
// label, a number, a literal. There is room for it. false: something else, or wrong; nothing has
// been read then.
static ALWAYS_INLINE bool read_short(const Decoder *d, Place *at) {
    enum {
        LONGEST = 5,
        TYPED = EXT_TYPED << 4 | COMPACT_Z,
        LITERAL = EXT_LITERAL << 4 | COMPACT_Z
    };
    const uint8_t *p = at->pos;
    if (d->in.end - p < LONGEST) return false;
    uint32_t value, type = 0;
    unsigned typed = p[0] == TYPED;
    if (p[0] == LITERAL) return read_literal(d, at, p + 1);
    p += typed;
    unsigned tag = p[0] & 7, size = compact_short(p, &value);
    if (compact_is_long(p) || value >= d->tag_limits[tag]) return false;
    if (typed) {
        const uint8_t *q = p + size;
        size += compact_short(q, &type);
        if ((tag != COMPACT_X && tag != COMPACT_Y) || (q[0] & 7) != COMPACT_U ||
            compact_is_long(q) || type >= d->file->type_count)
            return false;
        type++;
    }
    uint32_t x_end = tag == COMPACT_X ? value + 1 : 0;
    at->x_end = MAX(at->x_end, x_end);
    d->label_wanted[tag == COMPACT_F ? value : 0] = 1;
    unsigned nil = (tag == COMPACT_A) & (value == 0);
    put(at, tag_kinds[tag] + nil, type, value);
    at->pos = p + size;
    return true;
}

// --- instructions --------------------------------------------------------------------------------
static bool read_members(Decoder *d, uint32_t count) {
    BeamFile *f = d->file;
    if (!args_room(d, count)) return false;
    Place at = place_of(d);
    for (uint32_t m = 0; m < count; m++) {
        bool is_list;
        uint32_t inner;
        if (at.arg < f->args + d->arg_cap && read_short(d, &at)) continue;
        go_to(d, &at);
        uint32_t first = f->arg_count;
        if (!read_operand(d, &is_list, &inner)) return false;
        if (is_list || f->args[first].kind == GEN_ALLOC || f->args[f->arg_count - 1].kind == GEN_FR)
            return fail(d, "a list cannot hold such a thing as operand", m + 1);
        at = place_of(d);
    }
    go_to(d, &at);
    return true;
}

// What read_short does not read, and the members of a list behind it.
static NOINLINE bool read_other(Decoder *d, const Letter *letter, Place *at) {
    go_to(d, at);
    bool is_list;
    uint32_t members = 0, first = d->file->arg_count;
    if (!read_operand(d, &is_list, &members)) return false;
    const GenArg *arg = &d->file->args[first];
    unsigned kind = arg->kind;
    uint64_t value = (uint64_t)arg->value;
    if (members != 0 && (letter->kinds >> kind & 1) != 0 && !read_members(d, members)) return false;
    *at = place_of(d);
    at->kind = kind;
    at->value = value;
    return true;
}

static bool read_operands(Decoder *d, const char *shape) {
    if (!args_room(d, BEAM_OPERANDS_MAX)) return false;
    Place at = place_of(d);
    for (unsigned i = 0; shape[i] != 0; i++) {
        const Letter *letter = &d->letters[(unsigned char)shape[i]];
        // An allocation list may have used up the room.
        bool room = at.arg < d->file->args + d->arg_cap;
        if (UNLIKELY(!room || !read_short(d, &at))) {
            Place slow = at;
            if (!read_other(d, letter, &slow)) return false;
            at = slow;
        }
        if ((letter->kinds >> at.kind & 1) == 0 || at.value < letter->least ||
            at.value > letter->most)
            return fail(d, "wrong kind or value of operand", i + 1);
        see(d, letter->seen, (uint32_t)at.value + letter->more);
    }
    go_to(d, &at);
    return true;
}

// A string operand is an offset, which has been checked; its length stands before it, in bytes or
// in bits.
static bool string_fits(Decoder *d, uint64_t bytes, const GenArg *offset) {
    if (bytes <= d->file->strings.size - (uint64_t)offset->value) return true;
    return fail(d, "string beyond the string chunk, operand", 2);
}

// What a letter cannot say.
static bool rest_fits(Decoder *d, const GenOp *op) {
    BeamFile *f = d->file;
    GenArg *a = &f->args[op->arg_index];
    switch (op->op) {
    case GENOP_line:
    case GENOP_executable_line:
        if (f->line_count == 1) a[0].value = 0;
        return true;
    case GENOP_debug_line:
        if (f->line_count == 1) a[1].value = 0;
        return true;
    case GENOP_bs_put_string: return string_fits(d, (uint64_t)a[0].value, &a[1]);
    case GENOP_bs_match_string: return string_fits(d, ((uint64_t)a[2].value + 7) / 8, &a[3]);
    case GENOP_call_fun2:
        if (a[0].kind == GEN_ATOM || a[0].value < f->lambda_count) return true;
        return fail(d, "wrong kind or value of operand", 1);
    default: return true;
    }
}

static bool unknown_instruction(const Decoder *d) {
    const GenericInfo *info = generic_info(d->number);
    if (info == NULL)
        return beam_fail(d->err,
                         "instruction %u at byte %u of the code is not known: the file needs a "
                         "newer runtime",
                         d->number, d->offset);
    return beam_fail(d->err,
                     "instruction %s at byte %u of the code is too old: recompile the module",
                     info->name, d->offset);
}

static bool read_instruction(Decoder *d, GenOp *op) {
    uint8_t number = 0;
    d->offset = (uint32_t)(d->in.pos - d->start);
    if (!cursor_u8(&d->in, &number))
        return beam_fail(d->err, "the code does not end with int_code_end");
    d->number = number;
    d->has_alloc = false;
    const char *shape = generic_shape(number);
    if (shape == NULL) return unknown_instruction(d);
    *op = (GenOp){.op = number, .arg_index = d->file->arg_count, .offset = d->offset};
    if (!read_operands(d, shape)) return false;
    op->arg_count = d->file->arg_count - op->arg_index;
    op->has_alloc = d->has_alloc;
    return rest_fits(d, op);
}

static bool define_label(Decoder *d, uint32_t op_index) {
    BeamFile *f = d->file;
    int64_t label = f->args[f->ops[op_index].arg_index].value;
    if (label == 0 || label >= f->label_count) return fail(d, "there is no label", label);
    if (f->label_ops[label] != UINT32_MAX) return fail(d, "a second time label", label);
    f->label_ops[label] = op_index;
    return true;
}

static void end_function(Decoder *d) {
    uint32_t number = d->notes->func_infos;
    if (number > 0 && number <= d->notes->declared)
        d->file->functions[number - 1].registers =
            (BeamRegisters){d->seen[SEEN_X], d->seen[SEEN_FRAME], d->seen[SEEN_FR]};
    memset(d->seen, 0, sizeof d->seen);
}

// What else is known of an instruction as soon as it has been read.
static bool note_instruction(Decoder *d, unsigned op) {
    BeamFile *f = d->file;
    CodeNotes *n = d->notes;
    switch (op) {
    case GENOP_label: return define_label(d, f->op_count - 1);
    case GENOP_func_info:
        end_function(d);
        if (n->func_infos < n->declared) f->functions[n->func_infos].op_info = f->op_count - 1;
        n->func_infos++;
        return true;
    case GENOP_on_load:
        n->on_loads++;
        n->on_load_op = f->op_count - 1;
        return true;
    default: return true;
    }
}

static bool read_instructions(Decoder *d) {
    BeamFile *f = d->file;
    for (;;) {
        if (f->op_count == d->op_cap) {
            d->op_cap *= 2;
            GenOp *more = beam_realloc(f, d->err, f->ops, d->op_cap, sizeof(GenOp));
            if (more == NULL) return false;
            f->ops = more;
        }
        GenOp *op = &f->ops[f->op_count];
        if (!read_instruction(d, op)) return false;
        f->op_count++;
        if (!note_instruction(d, op->op)) return false;
        if (op->op == GENOP_int_code_end) {
            end_function(d);
            return true;
        }
    }
}

// --- the chunk -----------------------------------------------------------------------------------
static bool make_tables(Decoder *d) {
    BeamFile *f = d->file;
    size_t labels = (size_t)f->label_count + 1;
    f->label_ops = beam_alloc(f, d->err, labels, sizeof(uint32_t));
    f->function_of_label = beam_alloc(f, d->err, labels, sizeof(uint32_t));
    d->label_wanted = d->notes->label_wanted = beam_alloc(f, d->err, labels, 1);
    f->functions = beam_alloc(f, d->err, d->notes->declared, sizeof(BeamFunction));
    // Compilers write some five bytes an instruction and half an operand a byte.
    size_t bytes = cursor_left(&d->in);
    d->op_cap = bytes / 4 + 64;
    d->arg_cap = bytes / 2 + 64;
    f->ops = beam_realloc(f, d->err, NULL, d->op_cap, sizeof(GenOp));
    f->args = beam_realloc(f, d->err, NULL, d->arg_cap, sizeof(GenArg));
    if (f->label_ops == NULL || f->function_of_label == NULL || d->label_wanted == NULL ||
        f->functions == NULL || f->ops == NULL || f->args == NULL)
        return false;
    memset(f->label_ops, 0xff, labels * sizeof(uint32_t));
    set_tables(d);
    return true;
}

bool beam_decode(const Chunks *chunks, BeamFile *file, BeamError *err) {
    Cursor c = cursor_of(chunks->at[CHUNK_CODE]);
    uint32_t head_size, format, op_max, functions;
    Slice head;
    if (!cursor_u32(&c, &head_size) || head_size < 16 || !cursor_slice(&c, head_size, &head))
        return beam_fail(err, "chunk Code is too short");
    Cursor h = cursor_of(head);
    bool there = cursor_u32(&h, &format) && cursor_u32(&h, &op_max) &&
                 cursor_u32(&h, &file->label_count) && cursor_u32(&h, &functions);
    ASSERT(there);
    if (format != 0) return beam_fail(err, "code of format %u is not known", format);
    if (op_max > GENERIC_MAX || (op_max != 0 && generic_info(op_max) == NULL))
        return beam_fail(err,
                         "the code uses instruction %u, which is not known: it needs a newer "
                         "runtime",
                         op_max);
    // A label takes two bytes of code; a few may have been optimised away.
    size_t bytes = cursor_left(&c);
    if (file->label_count > bytes + 1024 || functions > bytes)
        return beam_fail(err, "%u labels and %u functions in %zu bytes of code", file->label_count,
                         functions, bytes);
    CodeNotes notes = {.declared = functions};
    Decoder d = {.file = file, .err = err, .in = c, .start = c.pos, .notes = &notes};
    return make_tables(&d) && read_instructions(&d) && find_functions(file, &notes, err);
}
