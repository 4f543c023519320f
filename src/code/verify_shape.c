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

void beam_operands(const BeamFile *file, const GenOp *op, const GenArg *operands[]) {
    const GenArg *arg = &file->args[op->arg_index], *end = arg + op->arg_count;
    for (unsigned i = 0; arg < end; i++) {
        operands[i] = arg;
        arg += 1 + (arg->kind == GEN_LIST    ? arg->value
                    : arg->kind == GEN_ALLOC ? arg->value * 2
                                             : 0);
    }
}

uint64_t beam_heap_words(const GenArg *need) {
    if (need->kind == GEN_U) return (uint64_t)need->value;
    static const unsigned each[] = {1, FLOAT_WORDS, FUN_FIXED_WORDS};
    uint64_t words = 0;
    for (int64_t i = 0; i < need->value; i++) // counts have 32 bits: no overflow
        words += (uint64_t)need[2 + 2 * i].value * each[need[1 + 2 * i].value];
    return words;
}

static bool is_import(const BeamFile *file, const GenArg *arg, const char *function) {
    const BeamImport *im = &file->imports[arg->value];
    return atom_is(file, &(GenArg){GEN_ATOM, 0, im->module}, "erlang") &&
           atom_is(file, &(GenArg){GEN_ATOM, 0, im->function}, function);
}

bool calls_exit(const BeamFile *file, const GenOp *op) {
    if (op->op != GENOP_call_ext && op->op != GENOP_call_ext_last && op->op != GENOP_call_ext_only)
        return false;
    const GenArg *a = &file->args[op->arg_index];
    int64_t arity = a[0].value;
    return (arity == 1 && (is_import(file, &a[1], "error") || is_import(file, &a[1], "exit") ||
                           is_import(file, &a[1], "throw"))) ||
           (arity == 2 && is_import(file, &a[1], "error"));
}

// --- members of lists ----------------------------------------------------------------------------
static bool is_source(const GenArg *arg) {
    uint8_t k = arg->kind;
    return k == GEN_X || k == GEN_Y || k == GEN_INT || k == GEN_BIG || k == GEN_ATOM ||
           k == GEN_NIL || k == GEN_LITERAL;
}

// Members are groups of operands whose kinds the letters tell; as in shape.c, and
//   c  constant   U  number that fits 32 bits
static bool group_fits(const char *letters, const GenArg *m) {
    for (; *letters != 0; letters++, m++) {
        bool reg = m->kind == GEN_X || m->kind == GEN_Y, ok;
        switch (*letters) {
        case 'a': ok = m->kind == GEN_ATOM; break;
        case 'c': ok = is_source(m) && !reg; break;
        case 'd': ok = reg; break;
        case 'l': ok = m->kind == GEN_LABEL && m->value != 0; break;
        case 'n': ok = m->kind == GEN_U && m->value <= BEAM_X_MAX; break;
        case 's': ok = is_source(m); break;
        case 'u': ok = m->kind == GEN_U; break;
        case 'U': ok = m->kind == GEN_U && m->value <= INT32_MAX; break;
        case 'w': ok = m->kind == GEN_U || is_source(m); break;
        case 'y': ok = m->kind == GEN_Y; break;
        case 'z': ok = m->kind == GEN_U && m->value <= 256; break;
        default: UNREACHABLE();
        }
        if (!ok) return false;
    }
    return true;
}

static bool list_fits(Verifier *v, const char *letters, const GenArg *list, int64_t groups_min) {
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
static bool jumps_fit(Verifier *v, const GenOp *op, const GenArg *arg) {
    bool local_call =
        op->op == GENOP_call || op->op == GENOP_call_only || op->op == GENOP_call_last;
    if (local_call) {
        const BeamFunction *to = beam_function_at(v->file, (uint32_t)arg[1].value);
        if (to == NULL || to->arity != arg[0].value)
            return refuse(v, "label %lld is no function of arity %lld", (long long)arg[1].value,
                          (long long)arg[0].value);
        return true;
    }
    for (uint32_t i = 0; i < op->arg_count; i++) {
        if (arg[i].kind != GEN_LABEL || arg[i].value == 0) continue;
        uint32_t at = v->file->label_ops[arg[i].value];
        if (at < v->fn->op_start || at >= v->fn->op_end)
            return refuse(v, "label %lld is in another function", (long long)arg[i].value);
    }
    return true;
}

static bool imports_fit(Verifier *v, const GenOp *op, const GenArg *const o[]) {
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
    default: return true;
    }
    if (v->file->imports[o[at]->value].arity == arity) return true;
    return refuse(v, "the imported function has not %lld arguments", (long long)arity);
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

static bool shape_fits(Verifier *v, const GenOp *op) {
    const GenArg *o[BEAM_OPERANDS_MAX];
    beam_operands(v->file, op, o);
    const char *letter = generic_shape(op->op);
    for (unsigned i = 0; letter[i] != 0; i++)
        if (letter[i] == 'h' && beam_heap_words(o[i]) > HEAP_WORDS_MAX)
            return refuse(v, "it asks for too much heap");
    if (op->op == GENOP_catch && !handler_fits(v, o, GENOP_catch_end)) return false;
    if (op->op == GENOP_try && !handler_fits(v, o, GENOP_try_case)) return false;
    return jumps_fit(v, op, &v->file->args[op->arg_index]) && imports_fit(v, op, o) &&
           lists_fit(v, op, o);
}

bool verify_shapes(Verifier *v) {
    for (uint32_t i = 0; i < v->file->function_count; i++) {
        v->fn = &v->file->functions[i];
        for (v->op = v->fn->op_start; v->op < v->fn->op_end; v->op++)
            if (!shape_fits(v, &v->file->ops[v->op])) return false;
    }
    return true;
}

// --- functions that never return -----------------------------------------------------------------
static bool imports_load_nif(const BeamFile *f) {
    for (uint32_t i = 0; i < f->import_count; i++)
        if (f->imports[i].arity == 2 && is_import(f, &(GenArg){GEN_U, 0, i}, "load_nif"))
            return true;
    return false;
}

static bool starts_native(const BeamFile *file, const BeamFunction *fn) {
    uint32_t at = fn->op_entry + 1;
    while (at < fn->op_end && is_note(file->ops[at].op)) at++;
    return at < fn->op_end && file->ops[at].op == GENOP_nif_start;
}

// Compilers since OTP 23 say it; in a module of an older one that loads native code, all may be.
static bool all_may_be_native(const BeamFile *file) {
    if (!imports_load_nif(file)) return false;
    for (uint32_t i = 0; i < file->function_count; i++)
        if (starts_native(file, &file->functions[i])) return false;
    return true;
}

bool may_be_native(const Verifier *v, const BeamFunction *fn) {
    return v->all_native || starts_native(v->file, fn);
}

// Whether the function, as far as is known, may return: it has a return, or a last call of one that
// may. What cannot be reached counts too; that is on the safe side.
static bool may_return(const Verifier *v, const BeamFunction *fn) {
    const BeamFile *f = v->file;
    for (uint32_t i = fn->op_entry; i < fn->op_end; i++) {
        const GenOp *op = &f->ops[i];
        switch (op->op) {
        case GENOP_nif_start:
        case GENOP_return:
        case GENOP_apply_last: return true;
        case GENOP_call_ext_only:
        case GENOP_call_ext_last:
            if (!calls_exit(f, op)) return true;
            break;
        case GENOP_call_only:
        case GENOP_call_last: {
            const BeamFunction *to =
                beam_function_at(f, (uint32_t)f->args[op->arg_index + 1].value);
            if (!v->no_return[to - f->functions]) return true;
            break;
        }
        default: break;
        }
    }
    return false;
}

// Starts with "none returns" and takes back what is wrong until nothing changes.
void find_no_return(Verifier *v) {
    uint32_t count = v->file->function_count;
    v->all_native = all_may_be_native(v->file);
    for (uint32_t i = 0; i < count; i++)
        v->no_return[i] = !may_be_native(v, &v->file->functions[i]);
    // Most functions call later ones: backwards, few rounds are needed. However many it would take
    // to be exact, stopping early must not leave a wrong claim, so what is left over is given up.
    enum { ROUNDS_MAX = 16 };
    bool again = true;
    for (int round = 0; again && round < ROUNDS_MAX; round++) {
        again = false;
        for (uint32_t i = count; i-- > 0;) {
            if (!v->no_return[i] || !may_return(v, &v->file->functions[i])) continue;
            v->no_return[i] = 0;
            again = true;
        }
    }
    if (again) memset(v->no_return, 0, count);
}
