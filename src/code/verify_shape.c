// SPDX-License-Identifier: Apache-2.0
// What can be said of an instruction by itself, whether it can be reached or not: what its lists
// hold, that labels stay in the function, that calls go to functions of that arity.
#include "code/verify_int.h"

#include "term/fun.h"

// The largest tuple there is (the reference's limit), and more heap than any instruction needs.
enum { TUPLE_ARITY_MAX = (1 << 24) - 1, HEAP_WORDS_MAX = 1 << 28 };

bool atom_is(const BeamFile *file, const GenArg *arg, const char *text) {
    if (arg->kind != GEN_ATOM) return false;
    Slice atom = file->atoms[arg->value];
    return atom.size == strlen(text) && memcmp(atom.bytes, text, atom.size) == 0;
}

uint64_t beam_heap_words(const GenArg *need) {
    if (need->kind == GEN_U) return (uint64_t)need->value;
    static const unsigned each[] = {1, FLOAT_WORDS, FUN_FIXED_WORDS};
    uint64_t words = 0;
    for (int64_t i = 0; i < need->value; i++) // counts have 32 bits: no overflow
        words += (uint64_t)need[2 + 2 * i].value * each[need[1 + 2 * i].value];
    return words;
}

static unsigned import_kind(const BeamFile *f, const BeamImport *im) {
    GenArg module = {GEN_ATOM, 0, im->module}, name = {GEN_ATOM, 0, im->function};
    if (!atom_is(f, &module, "erlang")) return IMPORT_OTHER;
    switch (im->arity) {
    case 1:
        if (atom_is(f, &name, "error") || atom_is(f, &name, "exit") || atom_is(f, &name, "throw"))
            return IMPORT_EXIT;
        if (atom_is(f, &name, "float")) return IMPORT_FLOAT;
        break;
    case 2:
        if (atom_is(f, &name, "error")) return IMPORT_EXIT;
        if (atom_is(f, &name, "/")) return IMPORT_FLOAT;
        if (atom_is(f, &name, "load_nif")) return IMPORT_LOAD_NIF;
        break;
    case 3: return atom_is(f, &name, "setelement") ? IMPORT_SETELEMENT : IMPORT_OTHER;
    default: return IMPORT_OTHER;
    }
    bool arithmetic = atom_is(f, &name, "+") || atom_is(f, &name, "-") || atom_is(f, &name, "*");
    return arithmetic ? IMPORT_ARITHMETIC : IMPORT_OTHER;
}

void find_imports(Verifier *v) {
    const BeamFile *f = v->file;
    for (uint32_t i = 0; i < f->import_count; i++)
        v->import_kinds[i] = (uint8_t)import_kind(f, &f->imports[i]);
}

bool calls_exit(const Verifier *v, const GenOp *op) {
    if (op->op != GENOP_call_ext && op->op != GENOP_call_ext_last && op->op != GENOP_call_ext_only)
        return false;
    return v->import_kinds[v->file->args[op->arg_index + 1].value] == IMPORT_EXIT;
}

// --- members of lists ----------------------------------------------------------------------------
#define BIT(kind) (1u << (kind))
enum {
    REGISTER_KINDS = BIT(GEN_X) | BIT(GEN_Y),
    CONSTANT_KINDS = BIT(GEN_INT) | BIT(GEN_BIG) | BIT(GEN_ATOM) | BIT(GEN_NIL) | BIT(GEN_LITERAL),
    SOURCE_KINDS = REGISTER_KINDS | CONSTANT_KINDS,
};

// What a letter takes of the members of a list; the value counts for numbers and labels only.
typedef struct MemberLetter {
    uint16_t kinds;
    uint8_t least;
    int64_t most;
} MemberLetter;

// As in shape.c, and
//   c  constant   U  number that fits 32 bits
static const MemberLetter member_letters[128] = {
    ['a'] = {BIT(GEN_ATOM), 0, INT64_MAX},
    ['c'] = {CONSTANT_KINDS, 0, INT64_MAX},
    ['d'] = {REGISTER_KINDS, 0, INT64_MAX},
    ['l'] = {BIT(GEN_LABEL), 1, INT64_MAX},
    ['n'] = {BIT(GEN_U), 0, BEAM_X_MAX},
    ['s'] = {SOURCE_KINDS, 0, INT64_MAX},
    ['u'] = {BIT(GEN_U), 0, INT64_MAX},
    ['U'] = {BIT(GEN_U), 0, INT32_MAX},
    ['w'] = {SOURCE_KINDS | BIT(GEN_U), 0, INT64_MAX},
    ['y'] = {BIT(GEN_Y), 0, INT64_MAX},
    ['z'] = {BIT(GEN_U), 0, 256},
};

static bool is_source(const GenArg *arg) {
    return SOURCE_KINDS >> arg->kind & 1;
}

static ALWAYS_INLINE bool group_fits(const char *letters, const GenArg *m) {
    for (; *letters != 0; letters++, m++) {
        const MemberLetter *l = &member_letters[(unsigned char)*letters];
        if ((l->kinds >> m->kind & 1) == 0) return false;
        bool counts = m->kind == GEN_U || m->kind == GEN_LABEL;
        if (counts && (m->value < l->least || m->value > l->most)) return false;
    }
    return true;
}
#undef BIT

static ALWAYS_INLINE bool list_fits(Verifier *v, const char *letters, const GenArg *list,
                                    int64_t groups_min) {
    int64_t size = (int64_t)strlen(letters);
    if (list->value % size != 0 || list->value / size < groups_min)
        return refuse(v, "a list of %lld operands", (long long)list->value);
    for (int64_t i = 0; i < list->value; i += size)
        if (!group_fits(letters, list + 1 + i))
            return refuse(v, "wrong kind of operand in its list, at %lld", (long long)i);
    return true;
}

static bool update_record_fits(Verifier *v, const GenArg *const o[]) {
    int64_t size = o[1]->value, before = 0;
    if (size < 1 || size > TUPLE_ARITY_MAX) return refuse(v, "tuple of %lld", (long long)size);
    if (!list_fits(v, "us", o[4], 0)) return false;
    for (int64_t i = 1; i <= o[4]->value; i += 2) {
        int64_t index = o[4][i].value;
        if (index <= before || index > size)
            return refuse(v, "element %lld in a tuple of %lld", (long long)index, (long long)size);
        before = index;
    }
    return true;
}

// Type, segment, unit, flags, value, size of each segment. A string's value is an offset.
static bool create_bin_fits(Verifier *v, const GenArg *const o[]) {
    if (!list_fits(v, "aUzcws", o[5], 0)) return false;
    for (int64_t i = 1; i <= o[5]->value; i += 6) {
        const GenArg *seg = &o[5][i];
        if (!atom_is(v->file, &seg[0], "string")) {
            if (!is_source(&seg[4])) return refuse(v, "a segment's value is no term");
            continue;
        }
        uint64_t size = v->file->strings.size;
        if (seg[4].kind != GEN_U || (uint64_t)seg[4].value > size || seg[5].kind != GEN_INT ||
            seg[5].value < 0 || (uint64_t)seg[5].value > size - (uint64_t)seg[4].value)
            return refuse(v, "a string beyond the string chunk");
    }
    return true;
}

static const BsCommand commands[] = {
    {"ensure_at_least", BS_ENSURE_AT_LEAST, "Uz"},
    {"ensure_exactly", BS_ENSURE_EXACTLY, "U"},
    {"integer", BS_INTEGER, "ncUzd"},
    {"float", BS_FLOAT, "ncUzd"},
    {"binary", BS_BINARY, "ncUzd"},
    {"skip", BS_SKIP, "U"},
    {"get_tail", BS_GET_TAIL, "nzd"},
    {"=:=", BS_EQUAL, "wUw"},
};

const BsCommand *beam_bs_command(const BeamFile *file, const GenArg *name) {
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        if (atom_is(file, name, commands[i].name)) return &commands[i];
    return NULL;
}

static bool bs_match_fits(Verifier *v, const GenArg *list) {
    const GenArg *m = list + 1, *end = m + list->value;
    while (m < end) {
        const BsCommand *cmd = beam_bs_command(v->file, m);
        if (cmd == NULL) return refuse(v, "a command that is not known");
        m++;
        size_t size = strlen(cmd->operands);
        if ((size_t)(end - m) < size || !group_fits(cmd->operands, m))
            return refuse(v, "wrong operands of command %s", cmd->name);
        if (cmd->kind == BS_EQUAL && m[2].kind != GEN_U && m[2].kind != GEN_BIG &&
            m[2].kind != GEN_INT)
            return refuse(v, "a value that is no integer");
        m += size;
    }
    return true;
}

static bool lists_fit(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    switch (op->op) {
    case GENOP_init_yregs: return list_fits(v, "y", o[0], 1);
    case GENOP_select_val: return list_fits(v, "cl", o[2], 0);
    case GENOP_select_tuple_arity: return list_fits(v, "Ul", o[2], 0);
    case GENOP_put_tuple2:
        if (o[1]->value > TUPLE_ARITY_MAX) return refuse(v, "the tuple is too large");
        return list_fits(v, "s", o[1], 0);
    case GENOP_make_fun3:
        if (o[2]->value != v->file->lambdas[o[0]->value].free_count)
            return refuse(v, "the fun has %u free variables, not %lld",
                          v->file->lambdas[o[0]->value].free_count, (long long)o[2]->value);
        return list_fits(v, "s", o[2], 0);
    case GENOP_put_map_assoc:
    case GENOP_put_map_exact: return list_fits(v, "ss", o[4], 1);
    case GENOP_has_map_fields: return list_fits(v, "s", o[2], 1);
    case GENOP_get_map_elements: return list_fits(v, "sd", o[2], 1);
    case GENOP_get_record_elements: return list_fits(v, "ad", o[2], 1);
    case GENOP_put_record: return list_fits(v, "as", o[5], 0);
    case GENOP_update_record: return update_record_fits(v, o);
    case GENOP_bs_create_bin: return create_bin_fits(v, o);
    case GENOP_bs_match: return bs_match_fits(v, o[2]);
    default: return true;
    }
}

// --- labels and calls ----------------------------------------------------------------------------
void set_duties(Verifier *v) {
    for (unsigned op = 0; op <= GENERIC_MAX; op++) {
        const char *shape = generic_shape(op);
        unsigned duties = 0;
        for (unsigned i = 0; shape != NULL && shape[i] != 0; i++) {
            switch (shape[i]) {
            case 'b':
            case 'f':
            case 'l':
                ASSERT(i < 2);
                duties |= i == 0 ? DUTY_LABEL : DUTY_LABEL_2;
                break;
            case 'h': duties |= DUTY_HEAP; break;
            case 'i': duties |= DUTY_IMPORT; break;
            case 'L': duties |= DUTY_LIST; break;
            default: break;
            }
        }
        v->duties[op] = (uint8_t)duties;
    }
    static const uint8_t later[] = {GENOP_loop_rec_end, GENOP_wait, GENOP_wait_timeout,
                                    GENOP_recv_mark, GENOP_recv_set};
    static const uint8_t others[] = {
        GENOP_label,  GENOP_call_ext_last, GENOP_call_ext_only, GENOP_apply_last,
        GENOP_return, GENOP_nif_start,     GENOP_catch,         GENOP_try};
    static const uint8_t calls[] = {GENOP_call, GENOP_call_last, GENOP_call_only};
    for (size_t i = 0; i < ARRAY_COUNT(later); i++) v->duties[later[i]] |= DUTY_LATER;
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) v->duties[others[i]] |= DUTY_OTHER;
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++) v->duties[calls[i]] = DUTY_OTHER;
}

static bool label_fits(Verifier *v, const GenArg *label, unsigned duties) {
    if (label->value == 0 || label->kind != GEN_LABEL) return true;
    uint32_t at = v->file->label_ops[label->value];
    if (at < v->fn->op_start || at >= v->fn->op_end)
        return refuse(v, "label %lld is in another function", (long long)label->value);
    // Back to func_info is not back: that ends the function.
    v->jumps_back |= at <= v->op && at >= v->fn->op_entry && (duties & DUTY_LATER) == 0;
    return true;
}

static bool choices_fit(Verifier *v, const GenArg *list) {
    for (int64_t i = 1; i <= list->value; i++)
        if (!label_fits(v, &list[i], 0)) return false;
    return true;
}

static bool call_fits(Verifier *v, const GenArg *arg) {
    const BeamFunction *to = beam_function_at(v->file, (uint32_t)arg[1].value);
    if (to != NULL && to->arity == arg[0].value) return true;
    return refuse(v, "label %lld is no function of arity %lld", (long long)arg[1].value,
                  (long long)arg[0].value);
}

static bool import_fits(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    unsigned at;
    int64_t arity;
    switch (op->op) {
    case GENOP_call_ext:
    case GENOP_call_ext_last:
    case GENOP_call_ext_only: at = 1, arity = o[0]->value; break;
    case GENOP_bif0: at = 0, arity = 0; break;
    case GENOP_bif1: at = 1, arity = 1; break;
    case GENOP_bif2: at = 1, arity = 2; break;
    case GENOP_bif3: at = 1, arity = 3; break;
    case GENOP_gc_bif1: at = 2, arity = 1; break;
    case GENOP_gc_bif2: at = 2, arity = 2; break;
    case GENOP_gc_bif3: at = 2, arity = 3; break;
    default: UNREACHABLE();
    }
    if (v->file->imports[o[at]->value].arity == arity) return true;
    return refuse(v, "the imported function has not %lld arguments", (long long)arity);
}

static bool heap_fits(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    const char *letter = generic_shape(op->op);
    for (unsigned i = 0; letter[i] != 0; i++)
        if (letter[i] == 'h' && beam_heap_words(o[i]) > HEAP_WORDS_MAX)
            return refuse(v, "it asks for too much heap");
    return true;
}

// Says something about the code around it.
static bool is_note(unsigned op) {
    return op == GENOP_line || op == GENOP_executable_line || op == GENOP_debug_line ||
           op == GENOP_on_load;
}

// The handler of a catch or try: its label is followed by the end of that catch.
static bool handler_fits(Verifier *v, const GenArg *const o[], unsigned want) {
    const BeamFile *f = v->file;
    uint32_t at = f->label_ops[o[1]->value] + 1;
    while (at < v->fn->op_end && (is_note(f->ops[at].op) || f->ops[at].op == GENOP_label)) at++;
    if (at < v->fn->op_end && f->ops[at].op == want &&
        f->args[f->ops[at].arg_index].value == o[0]->value)
        return true;
    return refuse(v, "there is no %s at label %lld", generic_info(want)->name,
                  (long long)o[1]->value);
}

// --- all instructions ----------------------------------------------------------------------------
static bool only_raises(const Verifier *v, uint32_t op) {
    const BeamFile *f = v->file;
    while (op < v->fn->op_end && f->ops[op].op == GENOP_line) op++;
    return op < v->fn->op_end && f->ops[op].op == GENOP_if_end;
}

static void add_block(Verifier *v, uint32_t label) {
    v->block_of_label[label] = v->block_end;
    v->blocks[v->block_end++] =
        (CodeBlock){.op = v->op, .label = label, .only_raises = only_raises(v, v->op + 1)};
}

static bool other_fits(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    switch (op->op) {
    case GENOP_label: add_block(v, (uint32_t)o[0]->value); return true;
    case GENOP_call:
    case GENOP_call_only:
    case GENOP_call_last: return call_fits(v, o[0]);
    case GENOP_call_ext_only:
    case GENOP_call_ext_last: v->returns |= !calls_exit(v, op); return true;
    case GENOP_apply_last:
    case GENOP_return:
    case GENOP_nif_start: v->returns = true; return true;
    case GENOP_catch: return handler_fits(v, o, GENOP_catch_end);
    case GENOP_try: v->has_try = true; return handler_fits(v, o, GENOP_try_case);
    default: UNREACHABLE();
    }
}

static bool shape_fits(Verifier *v, const GenOp *op, unsigned duties) {
    const GenArg *o[BEAM_OPERANDS_MAX];
    beam_operands(v->file, op, o);
    if ((duties & DUTY_HEAP) != 0 && !heap_fits(v, op, o)) return false;
    if ((duties & DUTY_LABEL) != 0 && !label_fits(v, o[0], duties)) return false;
    if ((duties & DUTY_LABEL_2) != 0 && !label_fits(v, o[1], duties)) return false;
    if ((duties & DUTY_OTHER) != 0 && !other_fits(v, op, o)) return false;
    if ((duties & DUTY_IMPORT) != 0 && !import_fits(v, op, o)) return false;
    if ((duties & DUTY_LIST) == 0) return true;
    bool select = op->op == GENOP_select_val || op->op == GENOP_select_tuple_arity;
    return (!select || choices_fit(v, o[2])) && lists_fit(v, op, o);
}

// Blocks that handle the exceptions of a try.
static void mark_handlers(Verifier *v) {
    const BeamFile *f = v->file;
    for (uint32_t i = v->fn->op_start; i < v->fn->op_end; i++)
        if (f->ops[i].op == GENOP_try)
            v->blocks[v->block_of_label[f->args[f->ops[i].arg_index + 1].value]].is_try = true;
}

bool verify_shapes(Verifier *v) {
    const BeamFile *f = v->file;
    for (uint32_t i = 0; i < f->function_count; i++) {
        v->fn = &f->functions[i];
        v->functions[i].block_start = v->block_end;
        v->jumps_back = v->has_try = v->returns = false;
        for (v->op = v->fn->op_start; v->op < v->fn->op_end; v->op++) {
            const GenOp *op = &f->ops[v->op];
            unsigned todo = v->duties[op->op];
            if (todo != 0 && !shape_fits(v, op, todo)) return false;
        }
        if (v->has_try) mark_handlers(v);
        v->functions[i].block_end = v->block_end;
        v->functions[i].jumps_back = v->jumps_back;
        v->functions[i].no_return = !v->returns;
    }
    return true;
}

// --- functions that never return -----------------------------------------------------------------
static bool imports_load_nif(const Verifier *v) {
    for (uint32_t i = 0; i < v->file->import_count; i++)
        if (v->import_kinds[i] == IMPORT_LOAD_NIF) return true;
    return false;
}

static bool starts_native(const BeamFile *file, const BeamFunction *fn) {
    uint32_t at = fn->op_entry + 1;
    while (at < fn->op_end && is_note(file->ops[at].op)) at++;
    return at < fn->op_end && file->ops[at].op == GENOP_nif_start;
}

// Compilers since OTP 23 say it; in a module of an older one that loads native code, all may be.
static bool all_may_be_native(const Verifier *v) {
    const BeamFile *file = v->file;
    if (!imports_load_nif(v)) return false;
    for (uint32_t i = 0; i < file->function_count; i++)
        if (starts_native(file, &file->functions[i])) return false;
    return true;
}

bool may_be_native(const Verifier *v, const BeamFunction *fn) {
    return v->all_native || starts_native(v->file, fn);
}

// Whether a last call of the function may return, as far as is known. What cannot be reached counts
// too; that is on the safe side.
static bool last_call_returns(const Verifier *v, const BeamFunction *fn) {
    const BeamFile *f = v->file;
    for (uint32_t i = fn->op_entry; i < fn->op_end; i++) {
        const GenOp *op = &f->ops[i];
        if (op->op != GENOP_call_only && op->op != GENOP_call_last) continue;
        const BeamFunction *to = beam_function_at(f, (uint32_t)f->args[op->arg_index + 1].value);
        if (!v->functions[to - f->functions].no_return) return true;
    }
    return false;
}

// verify_shapes has found those that return themselves. Of the others, none returns that does not
// end in a call of one that does: takes back what is wrong until nothing changes.
void find_no_return(Verifier *v) {
    uint32_t count = v->file->function_count;
    v->all_native = all_may_be_native(v);
    for (uint32_t i = 0; v->all_native && i < count; i++) v->functions[i].no_return = false;
    // Most functions call later ones: backwards, few rounds are needed. However many it would take
    // to be exact, stopping early must not leave a wrong claim, so what is left over is given up.
    enum { ROUNDS_MAX = 16 };
    bool again = true;
    for (int round = 0; again && round < ROUNDS_MAX; round++) {
        again = false;
        for (uint32_t i = count; i-- > 0;) {
            FunctionNotes *fn = &v->functions[i];
            if (!fn->no_return || !last_call_returns(v, &v->file->functions[i])) continue;
            fn->no_return = false;
            again = true;
        }
    }
    for (uint32_t i = 0; again && i < count; i++) v->functions[i].no_return = false;
}
