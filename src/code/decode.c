// SPDX-License-Identifier: Apache-2.0
// The Code chunk: from bytes to an array of generic instructions with their operands, every operand
// of the kind its instruction takes and every index within its table. Also finds the functions and
// checks that exports, local functions and funs name one of them.
// Whether the code is safe to run is for verify.c.
#include "code/beam_int.h"

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
    *out = (Compact){.tag = byte & 7, .fits = true};
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

// --- operands ------------------------------------------------------------------------------------
typedef struct Decoder {
    BeamFile *file;
    BeamError *err;
    Cursor in;
    const uint8_t *start;   // of the instructions
    const char *name;       // of the instruction that is being read, for messages
    uint32_t offset;        // its place
    size_t op_cap, arg_cap; // of file->ops, file->args
    uint32_t big_cap;
} Decoder;

static bool fail(const Decoder *d, const char *what, int64_t value) {
    return beam_fail(d->err, "%s at byte %u of the code: %s %lld", d->name, d->offset, what,
                     (long long)value);
}

static bool push_arg(Decoder *d, GenKind kind, uint16_t type, int64_t value) {
    BeamFile *f = d->file;
    if (f->arg_count == d->arg_cap) {
        d->arg_cap *= 2;
        GenArg *more = beam_realloc(f, d->err, f->args, d->arg_cap, sizeof(GenArg));
        if (more == NULL) return false;
        f->args = more;
    }
    f->args[f->arg_count++] = (GenArg){(uint8_t)kind, type, value};
    return true;
}

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

enum { EXT_LIST = 1, EXT_FLOAT_REGISTER = 2, EXT_ALLOC = 3, EXT_LITERAL = 4, EXT_TYPED = 5 };

static bool read_alloc(Decoder *d) {
    uint32_t pairs;
    if (!read_number(d, &pairs)) return false;
    if (pairs > cursor_left(&d->in)) return fail(d, "allocation list of", pairs);
    if (!push_arg(d, GEN_ALLOC, 0, pairs)) return false;
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
    case COMPACT_I: return push_arg(d, GEN_INT, 0, n->value);
    case COMPACT_A:
        if (n->value < 0 || n->value > f->atom_count) return fail(d, "there is no atom", n->value);
        return push_arg(d, n->value == 0 ? GEN_NIL : GEN_ATOM, 0, n->value);
    case COMPACT_X:
    case COMPACT_Y: return push_register(d, n, 0);
    case COMPACT_F:
        if (n->value < 0 || n->value >= f->label_count)
            return fail(d, "there is no label", n->value);
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

static bool is_source(uint8_t kind) {
    return kind == GEN_X || kind == GEN_Y || kind == GEN_INT || kind == GEN_BIG ||
           kind == GEN_ATOM || kind == GEN_NIL || kind == GEN_LITERAL;
}

// Whether `arg` is what the letter (shape.c) asks for.
static bool operand_fits(const BeamFile *f, char letter, const GenArg *arg) {
    uint8_t kind = arg->kind;
    uint64_t value = (uint64_t)arg->value;
    bool reg = kind == GEN_X || kind == GEN_Y;
    switch (letter) {
    case 'a': return kind == GEN_ATOM;
    case 'A': return kind == GEN_U && value <= BEAM_ARITY_MAX;
    case 'b': return (kind == GEN_LABEL && value != 0) || kind == GEN_ATOM;
    case 'd':
    case 'r': return reg;
    case 'f': return kind == GEN_LABEL;
    case 'F': return kind == GEN_FR;
    case 'g': return kind == GEN_U && value < f->lambda_count;
    case 'h': return kind == GEN_ALLOC || (kind == GEN_U && value <= INT32_MAX);
    case 'i': return kind == GEN_U && value < f->import_count;
    case 'k': return kind == GEN_U && value <= BEAM_Y_MAX;
    case 'l': return kind == GEN_LABEL && value != 0;
    case 'L': return kind == GEN_LIST;
    case 'm': return is_source(kind) || kind == GEN_FR;
    case 'n': return kind == GEN_U && value <= BEAM_X_MAX;
    case 'N': return kind == GEN_U && (f->line_count == 1 || value < f->line_count);
    case 's': return is_source(kind);
    case 'S': return kind == GEN_U && value <= f->strings.size;
    case 't': return kind == GEN_ATOM || (kind == GEN_U && value < f->lambda_count);
    case 'u': return kind == GEN_U;
    case 'w': return kind == GEN_U || is_source(kind);
    case 'y': return kind == GEN_Y;
    case 'z': return kind == GEN_U && value <= 256;
    default: UNREACHABLE();
    }
}

// --- instructions --------------------------------------------------------------------------------
static bool read_operands(Decoder *d, const char *shape) {
    for (unsigned i = 0; shape[i] != 0; i++) {
        bool is_list;
        uint32_t members = 0, at = d->file->arg_count;
        if (!read_operand(d, &is_list, &members)) return false;
        if (!operand_fits(d->file, shape[i], &d->file->args[at]))
            return fail(d, "wrong kind or value of operand", i + 1);
        if (shape[i] == 'N' && d->file->line_count == 1) d->file->args[at].value = 0;
        for (uint32_t m = 0; m < members; m++) {
            uint32_t inner;
            if (!read_operand(d, &is_list, &inner)) return false;
            uint8_t kind = d->file->args[d->file->arg_count - 1].kind;
            if (is_list || d->file->args[at + 1 + m].kind == GEN_ALLOC || kind == GEN_FR)
                return fail(d, "a list cannot hold such a thing as operand", m + 1);
        }
    }
    return true;
}

// A string operand is an offset; its length stands before it, in bytes or in bits.
static bool string_fits(const BeamFile *f, const GenOp *op) {
    const GenArg *a = &f->args[op->arg_index];
    uint64_t bytes;
    uint64_t offset;
    if (op->op == GENOP_bs_put_string) {
        bytes = (uint64_t)a[0].value;
        offset = (uint64_t)a[1].value;
    } else if (op->op == GENOP_bs_match_string) {
        bytes = ((uint64_t)a[2].value + 7) / 8;
        offset = (uint64_t)a[3].value;
    } else {
        return true;
    }
    return bytes <= f->strings.size - offset; // the offset has been checked
}

static bool read_instruction(Decoder *d, GenOp *op) {
    uint8_t number = 0;
    d->offset = (uint32_t)(d->in.pos - d->start);
    if (!cursor_u8(&d->in, &number))
        return beam_fail(d->err, "the code does not end with int_code_end");
    const GenericInfo *info = generic_info(number);
    if (info == NULL)
        return beam_fail(d->err,
                         "instruction %u at byte %u of the code is not known: the file needs a "
                         "newer runtime",
                         number, d->offset);
    d->name = info->name;
    const char *shape = generic_shape(number);
    if (shape == NULL)
        return beam_fail(d->err,
                         "instruction %s at byte %u of the code is too old: recompile the module",
                         info->name, d->offset);
    ASSERT(strlen(shape) == info->arity);
    *op = (GenOp){.op = number, .arg_index = d->file->arg_count, .offset = d->offset};
    if (!read_operands(d, shape)) return false;
    op->arg_count = d->file->arg_count - op->arg_index;
    if (!string_fits(d->file, op)) return fail(d, "string beyond the string chunk, operand", 2);
    return true;
}

static bool define_label(Decoder *d, uint32_t op_index) {
    BeamFile *f = d->file;
    int64_t label = f->args[f->ops[op_index].arg_index].value;
    if (label == 0 || label >= f->label_count) return fail(d, "there is no label", label);
    if (f->label_ops[label] != UINT32_MAX) return fail(d, "a second time label", label);
    f->label_ops[label] = op_index;
    return true;
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
        GenOp op;
        if (!read_instruction(d, &op)) return false;
        f->ops[f->op_count++] = op;
        if (op.op == GENOP_label && !define_label(d, f->op_count - 1)) return false;
        if (op.op == GENOP_int_code_end) return true;
    }
}

// --- functions -----------------------------------------------------------------------------------
// A function starts with a label, perhaps a line, func_info and the label of its entry.
static bool add_function(BeamFile *f, uint32_t info, uint32_t *declared_left, BeamError *err) {
    const GenOp *op = &f->ops[info];
    const GenArg *args = &f->args[op->arg_index];
    BeamFunction *fn = &f->functions[f->function_count];
    uint32_t floor = f->function_count == 0 ? 0 : fn[-1].op_entry + 1;
    uint32_t start = info;
    while (start > floor &&
           (f->ops[start - 1].op == GENOP_label || f->ops[start - 1].op == GENOP_line))
        start--;
    if (args[0].value != 1)
        return beam_fail(err, "func_info at byte %u of the code names another module", op->offset);
    // The last instruction is int_code_end, so there is a next one.
    const GenOp *entry = &f->ops[info + 1];
    if (entry->op != GENOP_label)
        return beam_fail(err, "func_info at byte %u of the code has no label after it", op->offset);
    if (*declared_left == 0) return beam_fail(err, "there are more functions than declared");
    --*declared_left;
    *fn = (BeamFunction){(uint32_t)args[1].value,
                         (uint32_t)args[2].value,
                         (uint32_t)f->args[entry->arg_index].value,
                         start,
                         info,
                         info + 1,
                         0};
    if (f->function_count > 0) fn[-1].op_end = start;
    f->function_count++;
    return true;
}

static bool find_functions(BeamFile *f, uint32_t declared, BeamError *err) {
    f->functions = beam_alloc(f, err, declared, sizeof(BeamFunction));
    if (f->functions == NULL) return false;
    uint32_t left = declared;
    for (uint32_t i = 0; i < f->op_count; i++)
        if (f->ops[i].op == GENOP_func_info && !add_function(f, i, &left, err)) return false;
    if (left != 0)
        return beam_fail(err, "there are %u functions, but %u declared", f->function_count,
                         declared);
    uint32_t last = f->op_count - 1;
    if (f->function_count > 0) f->functions[f->function_count - 1].op_end = last;
    uint32_t before = f->function_count > 0 ? f->functions[0].op_start : last;
    if (before != 0) return beam_fail(err, "there is code outside of functions");
    if (f->function_count == 0) return beam_fail(err, "there are no functions");
    for (uint32_t i = 0; i < f->function_count; i++) {
        const BeamFunction *fn = &f->functions[i];
        for (uint32_t op = fn->op_entry; op < fn->op_end; op++) {
            if (f->ops[op].op != GENOP_on_load) continue;
            if (fn->arity != 0 || f->on_load_label != 0)
                return beam_fail(err, "on_load at byte %u of the code is misplaced",
                                 f->ops[op].offset);
            f->on_load_label = fn->label;
        }
    }
    return true;
}

const BeamFunction *beam_function_at(const BeamFile *f, uint32_t label) {
    if (label == 0 || label >= f->label_count || f->label_ops[label] == UINT32_MAX) return NULL;
    uint32_t op = f->label_ops[label], low = 0, high = f->function_count;
    while (low < high) { // the first function whose entry is not before `op`
        uint32_t mid = low + (high - low) / 2;
        if (f->functions[mid].op_entry < op)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->function_count && f->functions[low].op_entry == op ? &f->functions[low] : NULL;
}

static bool check_entry(const BeamFile *f, const char *chunk, uint32_t name, uint32_t arity,
                        uint32_t label, BeamError *err) {
    const BeamFunction *fn = beam_function_at(f, label);
    if (fn != NULL && fn->name == name && fn->arity == arity) return true;
    return beam_fail(err, "chunk %s: %.*s/%u does not start at label %u", chunk,
                     (int)MIN(f->atoms[name].size, 100), (const char *)f->atoms[name].bytes, arity,
                     label);
}

static bool check_tables(const BeamFile *f, BeamError *err) {
    for (uint32_t i = 0; i < f->export_count; i++) {
        const BeamExport *e = &f->exports[i];
        if (!check_entry(f, "ExpT", e->function, e->arity, e->label, err)) return false;
    }
    for (uint32_t i = 0; i < f->lambda_count; i++) {
        const BeamLambda *l = &f->lambdas[i];
        if (!check_entry(f, "FunT", l->function, l->arity, l->label, err)) return false;
    }
    for (uint32_t i = 0; i < f->op_count; i++) {
        const GenOp *op = &f->ops[i];
        for (uint32_t a = 0; a < op->arg_count; a++) {
            const GenArg *arg = &f->args[op->arg_index + a];
            if (arg->kind == GEN_LABEL && arg->value != 0 && f->label_ops[arg->value] == UINT32_MAX)
                return beam_fail(err, "%s at byte %u of the code: label %lld is not there",
                                 generic_info(op->op)->name, op->offset, (long long)arg->value);
        }
    }
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
    file->label_ops = beam_alloc(file, err, (size_t)file->label_count + 1, sizeof(uint32_t));
    if (file->label_ops == NULL) return false;
    memset(file->label_ops, 0xff, ((size_t)file->label_count + 1) * sizeof(uint32_t));
    // Compilers write some five bytes an instruction and half an operand a byte.
    Decoder d = {.file = file, .err = err, .in = c, .start = c.pos, .name = "code"};
    d.op_cap = bytes / 4 + 64;
    d.arg_cap = bytes / 2 + 64;
    file->ops = beam_realloc(file, err, NULL, d.op_cap, sizeof(GenOp));
    file->args = beam_realloc(file, err, NULL, d.arg_cap, sizeof(GenArg));
    if (file->ops == NULL || file->args == NULL) return false;
    return read_instructions(&d) && find_functions(file, functions, err) && check_tables(file, err);
}
