// SPDX-License-Identifier: Apache-2.0
// Generic instructions as text, one a line, for people who look into a .beam file:
//
//     reverse/2
//       L12:
//         is_nonempty_list      L13 x0
//         call_ext              2 erlang:'++'/2
//
// Registers are x0, y0, fr0, labels L1 (none: -), atoms and integers as Erlang writes them, numbers
// that are no terms plain, lists in braces.
// Thread: any.
#include "code/beam_int.h"

static void put_atom(Buf *out, Slice text) {
    bool plain = text.size > 0 && text.bytes[0] >= 'a' && text.bytes[0] <= 'z';
    for (size_t i = 0; i < text.size && plain; i++) {
        uint8_t ch = text.bytes[i];
        plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                ch == '_' || ch == '@';
    }
    if (plain) {
        buf_put(out, text.bytes, text.size);
        return;
    }
    buf_put_byte(out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        uint8_t ch = text.bytes[i];
        if (ch == '\'' || ch == '\\')
            buf_printf(out, "\\%c", ch);
        else if (ch < ' ' || ch == 0x7f)
            buf_printf(out, "\\x{%x}", ch);
        else
            buf_put_byte(out, ch);
    }
    buf_put_byte(out, '\'');
}

static void put_function(const BeamFile *f, Buf *out, uint32_t name, uint32_t arity) {
    put_atom(out, f->atoms[name]);
    buf_printf(out, "/%u", arity);
}

static void put_big(Buf *out, const BeamBig *big) {
    buf_put_str(out, "16#");
    for (size_t i = 0; i < big->size; i++) buf_printf(out, "%02x", big->bytes[i]);
}

static void put_label(const BeamFile *f, Buf *out, int64_t label) {
    if (label == 0) {
        buf_put_byte(out, '-');
        return;
    }
    const BeamFunction *fn = beam_function_at(f, (uint32_t)label);
    if (fn != NULL)
        put_function(f, out, fn->name, fn->arity);
    else
        buf_printf(out, "L%lld", (long long)label);
}

static void put_plain(const BeamFile *f, Buf *out, const GenArg *arg) {
    long long value = arg->value;
    switch ((GenKind)arg->kind) {
    case GEN_U: buf_printf(out, "%lld", value); break;
    case GEN_INT: buf_printf(out, "{integer,%lld}", value); break;
    case GEN_BIG: put_big(out, &f->bigs[value]); break;
    case GEN_ATOM: put_atom(out, f->atoms[value]); break;
    case GEN_NIL: buf_put_str(out, "[]"); break;
    case GEN_X: buf_printf(out, "x%lld", value); break;
    case GEN_Y: buf_printf(out, "y%lld", value); break;
    case GEN_FR: buf_printf(out, "fr%lld", value); break;
    case GEN_LABEL: put_label(f, out, value); break;
    case GEN_LITERAL: buf_printf(out, "{literal,%lld}", value); break;
    case GEN_CHAR:
    case GEN_LIST:
    case GEN_ALLOC: UNREACHABLE();
    }
    if (arg->type != 0) buf_printf(out, ":t%u", arg->type - 1u);
}

static void put_lambda(const BeamFile *f, Buf *out, const GenArg *arg) {
    const BeamLambda *l = &f->lambdas[arg->value];
    buf_put_str(out, "fun ");
    put_function(f, out, l->function, l->arity - l->free_count);
}

// Operands whose meaning their letter (shape.c) tells.
static void put_operand(const BeamFile *f, Buf *out, char letter, const GenArg *arg) {
    switch (letter) {
    case 'i': {
        const BeamImport *im = &f->imports[arg->value];
        put_atom(out, f->atoms[im->module]);
        buf_put_byte(out, ':');
        put_function(f, out, im->function, im->arity);
        return;
    }
    case 'g': put_lambda(f, out, arg); return;
    case 't':
        if (arg->kind == GEN_U)
            put_lambda(f, out, arg);
        else
            put_plain(f, out, arg);
        return;
    case 'N':
        if (arg->value == 0) {
            buf_put_str(out, "[]");
        } else {
            const BeamLine *line = &f->lines[arg->value];
            buf_put(out, f->files[line->file].bytes, f->files[line->file].size);
            buf_printf(out, ":%u", line->line);
        }
        return;
    default: put_plain(f, out, arg);
    }
}

static void put_instruction(const BeamFile *f, Buf *out, const GenOp *op) {
    const GenericInfo *info = generic_info(op->op);
    const GenArg *arg = &f->args[op->arg_index], *end = arg + op->arg_count;
    if (op->op == GENOP_label) {
        buf_printf(out, "  L%lld:\n", (long long)arg->value);
        return;
    }
    buf_printf(out, info->arity == 0 ? "    %s" : "    %-22s", info->name);
    const char *letter = generic_shape(op->op);
    for (; arg < end; letter++) {
        if (letter != generic_shape(op->op)) buf_put_byte(out, ' ');
        if (arg->kind != GEN_LIST && arg->kind != GEN_ALLOC) {
            put_operand(f, out, *letter, arg++);
            continue;
        }
        static const char *const alloc_kinds[] = {"words", "floats", "funs"};
        bool alloc = arg->kind == GEN_ALLOC;
        int64_t members = alloc ? arg->value * 2 : arg->value;
        arg++;
        buf_put_byte(out, '{');
        for (int64_t i = 0; i < members; i++, arg++) {
            if (i != 0) buf_put_byte(out, ' ');
            if (alloc && i % 2 == 0)
                buf_put_str(out, alloc_kinds[arg->value]);
            else
                put_plain(f, out, arg);
        }
        buf_put_byte(out, '}');
    }
    buf_put_byte(out, '\n');
}

// "name" or "name/arity".
static bool wanted(const BeamFile *f, const BeamFunction *fn, const char *filter) {
    if (filter == NULL) return true;
    Slice name = f->atoms[fn->name];
    size_t size = strlen(filter);
    if (size < name.size || memcmp(filter, name.bytes, name.size) != 0) return false;
    const char *rest = filter + name.size;
    if (*rest == 0) return true;
    if (*rest++ != '/' || *rest == 0) return false;
    uint32_t arity = 0;
    for (; *rest >= '0' && *rest <= '9' && arity <= BEAM_ARITY_MAX; rest++)
        arity = arity * 10 + (uint32_t)(*rest - '0');
    return *rest == 0 && arity == fn->arity;
}

void beam_list(const BeamFile *file, Buf *out, const char *function_filter) {
    for (uint32_t i = 0; i < file->function_count; i++) {
        const BeamFunction *fn = &file->functions[i];
        if (!wanted(file, fn, function_filter)) continue;
        put_function(file, out, fn->name, fn->arity);
        buf_put_byte(out, '\n');
        for (uint32_t op = fn->op_start; op < fn->op_end; op++)
            put_instruction(file, out, &file->ops[op]);
        buf_put_byte(out, '\n');
    }
}
