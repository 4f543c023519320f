// SPDX-License-Identifier: Apache-2.0
// Module re: compiling and looking into compiled patterns. Matching is in re_run.c.
// Lists of characters beyond bytes, and matching again and again (global), are done by re.erl,
// which these functions go over to and which calls them again with binaries.
#include "bif/re_int.h"
#include "term/bits.h"

enum {
    COMPILE_BYTES_PER_REDUCTION = 1,
    COMPILE_REDUCTIONS = 20,
    PATTERN_TUPLE_ARITY = 5, // {re_pattern, Groups, Unicode, UseCRLF, Binary}
};

bool re_bytes(Process *p, Term t, ReBytes *b) {
    static const uint8_t nothing[1];
    buf_init(&b->scratch, p->vm->env.mem);
    if (term_is_bitstring(t)) {
        Bits bits = bits_of(t);
        if (!bits_is_binary(bits)) return false;
        b->size = bits.size / 8;
        b->at = bits_bytes(bits, &b->scratch);
        if (!b->at) b->scratch.failed = true;
        return b->at != NULL;
    }
    bool ok = term_is_list(t) && bif_iolist_put(&b->scratch, t);
    b->at = b->scratch.data ? b->scratch.data : nothing;
    b->size = b->scratch.size_bytes;
    return ok && !b->scratch.failed;
}

Term re_bytes_error(Process *p, const ReBytes *b) {
    return b->scratch.failed ? bif_system_limit(p) : bif_badarg(p);
}

Term re_trap(Process *p, Term function, uint32_t arity, const Term *args) {
    Export *ex = code_export(p->vm->code, ATOM_re, function, arity);
    return ex ? bif_trap(p, ex, arity, args) : bif_system_limit(p);
}

// --- compiling -----------------------------------------------------------------------------------

// {re_pattern, ...} of a pattern that is in the cache.
Term re_pattern_tuple_gc(Process *p, const RePattern *pt, const ReSource *source) {
    int64_t groups = pt->capture_count;
    bool crlf = pt->crlf, utf = source->flags & PCRE2_UTF;
    Buf out;
    buf_init(&out, p->vm->env.mem);
    re_source_put(&out, source);
    Hp hp;
    Term tuple = TERM_NONE;
    if (out.failed) {
        bif_system_limit(p);
    } else if (process_reserve_gc(p, bits_words(out.size_bytes * 8) + PATTERN_TUPLE_ARITY + 1,
                                  &hp)) {
        Term binary = hp_binary(p->vm->env.mem, &hp, out.data, out.size_bytes);
        tuple = hp_tuple(&hp, PATTERN_TUPLE_ARITY);
        Term *e = term_tuple_elements(tuple);
        e[0] = ATOM_re_pattern;
        e[1] = term_small(groups);
        e[2] = term_small(utf);
        e[3] = term_small(crlf);
        e[4] = binary;
        process_commit(p, &hp);
        if (binary == TERM_NONE) tuple = bif_system_limit(p);
    }
    buf_deinit(&out);
    return tuple;
}

// {Text, Position}
Term re_compile_error_gc(Process *p, const ReError *err) {
    size_t size = strlen(err->text);
    Hp hp;
    if (!process_reserve_gc(p, size * CONS_WORDS + 3, &hp)) return TERM_NONE;
    Term text = TERM_NIL;
    for (size_t i = size; i-- > 0;) text = hp_cons(&hp, term_small((uint8_t)err->text[i]), text);
    Term t = hp_tuple2(&hp, text, term_small((int64_t)err->offset));
    process_commit(p, &hp);
    return t;
}

Term re_tagged_gc(Process *p, Term tag, Term value) {
    if (value == TERM_NONE) return TERM_NONE;
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, &value, 1);
    bool room = process_reserve_gc(p, 3, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term t = hp_tuple2(&hp, tag, value);
    process_commit(p, &hp);
    return t;
}

void re_charge_compile(Process *p, size_t size) {
    bif_charge(p, COMPILE_REDUCTIONS + size / COMPILE_BYTES_PER_REDUCTION);
}

static Term compile(Process *p, Term regexp, Term options) {
    ReOptions o;
    if (!re_options(options, RE_FOR_COMPILE, &o)) return bif_badarg_cause(p, ATOM_badopt);
    if ((o.flags & PCRE2_UTF) && !term_is_bitstring(regexp)) {
        Term args[2] = {regexp, options};
        return re_trap(p, ATOM_ucompile, 2, args);
    }
    ReBytes b;
    Term result;
    if (re_bytes(p, regexp, &b)) {
        ReSource source = {o.flags, o.newline, o.bsr, b.at, b.size};
        ReError err;
        re_charge_compile(p, b.size);
        RePattern *pt = re_pattern(re_cache(p), &source, &err);
        if (pt)
            result = re_tagged_gc(p, ATOM_ok, re_pattern_tuple_gc(p, pt, &source));
        else
            result = err.text ? re_tagged_gc(p, ATOM_error, re_compile_error_gc(p, &err))
                              : bif_system_limit(p);
        re_pattern_release(pt);
    } else {
        result = re_bytes_error(p, &b);
    }
    buf_deinit(&b.scratch);
    return result;
}

BIF(re_compile_1, "re", "compile", "Regexp", 0,
    "{ok, Pattern} for the regular expression, or {error, {Text, Position}}.") {
    return compile(p, a[0], TERM_NIL);
}
BIF(re_compile_2, "re", "compile", "Regexp, Options", 0,
    "{ok, Pattern} for the regular expression, or {error, {Text, Position}}.") {
    return compile(p, a[0], a[1]);
}

BIF(re_version_0, "re", "version", "", 0, "The version of the regular expression library.") {
    char version[64];
    int size = pcre2_config(PCRE2_CONFIG_VERSION, version);
    ASSERT(size > 0 && (size_t)size <= sizeof version);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(8 * sizeof version), &hp)) return TERM_NONE;
    Term t = hp_binary(p->vm->env.mem, &hp, version, (size_t)size - 1);
    process_commit(p, &hp);
    return t;
}

// --- compiled patterns ---------------------------------------------------------------------------

// The source in {re_pattern, ...}. `b` holds its bytes, and is deinited by the caller.
bool re_pattern_source(Process *p, Term tuple, ReBytes *b, ReSource *source) {
    if (!term_is_tuple(tuple) || term_tuple_arity(tuple) != PATTERN_TUPLE_ARITY) return false;
    const Term *e = term_tuple_elements(tuple);
    int64_t n;
    if (e[0] != ATOM_re_pattern) return false;
    for (int i = 1; i <= 3; i++)
        if (!bif_small_arg(e[i], SMALL_MIN, SMALL_MAX, &n)) return false;
    return term_is_bitstring(e[4]) && re_bytes(p, e[4], b) && re_source_get(b->at, b->size, source);
}

ReNames re_names(const RePattern *pt) {
    ReNames n = {NULL, 0, 0};
    pcre2_pattern_info(pt->code, PCRE2_INFO_NAMECOUNT, &n.count);
    pcre2_pattern_info(pt->code, PCRE2_INFO_NAMEENTRYSIZE, &n.entry_size);
    pcre2_pattern_info(pt->code, PCRE2_INFO_NAMETABLE, &n.table);
    return n;
}

static Term name_list_gc(Process *p, ReNames n) {
    Hp hp;
    if (!process_reserve_gc(p, n.count * (bits_words(RE_NAME_BYTES_MAX * 8) + CONS_WORDS), &hp))
        return TERM_NONE;
    Term list = TERM_NIL;
    for (uint32_t i = n.count; i-- > 0;) {
        if (!re_name_is_first(n, i)) continue;
        Term name = hp_binary(p->vm->env.mem, &hp, re_name_at(n, i), strlen(re_name_at(n, i)));
        list = hp_cons(&hp, name, list);
    }
    process_commit(p, &hp);
    return list;
}

BIF(re_inspect_2, "re", "inspect", "MP, Item", 0,
    "{namelist, Names} with the names of the pattern's groups; Item is namelist.") {
    ReBytes b = {0};
    buf_init(&b.scratch, p->vm->env.mem);
    ReSource source;
    ReError err;
    Term result;
    RePattern *pt = NULL;
    if (re_pattern_source(p, a[0], &b, &source) && a[1] == ATOM_namelist)
        pt = re_pattern(re_cache(p), &source, &err);
    result = pt ? re_tagged_gc(p, ATOM_namelist, name_list_gc(p, re_names(pt))) : bif_badarg(p);
    re_pattern_release(pt);
    buf_deinit(&b.scratch);
    return result;
}
