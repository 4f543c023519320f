// SPDX-License-Identifier: Apache-2.0
// re:run and re:internal_run: one match, and what is captured of it.
// A match runs to its end, within PCRE2's match limit, whatever is left of the slice.
#include "bif/re_int.h"
#include "term/bits.h"

enum { MATCH_BYTES_PER_REDUCTION = 16, MATCH_REDUCTIONS = 10 };

typedef struct Match {
    const RePattern *pt;
    pcre2_match_data *data;
    const ReOptions *o;
    size_t count; // groups that took part
    bool utf;
} Match;

// Which groups are wanted, by number, in order; CAPTURE_UNSET: a name that no group has.
enum { CAPTURE_UNSET = -1 };
typedef struct Captures {
    Mem *mem;
    int64_t *groups;
    size_t count, cap;
} Captures;

static bool captures_add(Captures *c, int64_t group) {
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 16 : c->cap * 2;
        int64_t *groups = c->cap == 0 ? mem_alloc(c->mem, cap * sizeof *groups)
                                      : mem_realloc(c->mem, c->groups, c->cap * sizeof *groups,
                                                    cap * sizeof *groups);
        if (!groups) return false;
        c->groups = groups;
        c->cap = cap;
    }
    c->groups[c->count++] = group;
    return true;
}

static void captures_deinit(Captures *c) {
    mem_free(c->mem, c->groups, c->cap * sizeof *c->groups);
}

// --- which captures ------------------------------------------------------------------------------

// The group of that name that is set, else the last of them.
static int64_t named_group(const RePattern *pt, const char *name, const PCRE2_SIZE *ovector) {
    ReNames n = re_names(pt);
    int64_t found = CAPTURE_UNSET;
    for (uint32_t i = 0; i < n.count; i++) {
        if (strcmp(re_name_at(n, i), name) != 0) continue;
        found = re_name_group(n, i);
        if (ovector[2 * found] != PCRE2_UNSET) break;
    }
    return found;
}

// The name as bytes; false: it is no name.
static bool name_text(Process *p, Term t, char name[RE_NAME_BYTES_MAX + 1]) {
    const uint8_t *bytes;
    int64_t size;
    uint8_t text[RE_NAME_BYTES_MAX];
    Buf scratch;
    buf_init(&scratch, p->vm->env.mem);
    if (term_is_atom(t)) {
        const Atom *atom = atom_get(p->vm->env.atoms, t);
        bytes = atom->text;
        size = atom->size_bytes;
    } else if (term_is_bitstring(t) && bits_size(t) % 8 == 0) {
        bytes = bits_bytes(bits_of(t), &scratch);
        size = bytes ? (int64_t)(bits_size(t) / 8) : -1;
    } else {
        if (!term_is_cons(t)) return false;
        bytes = text;
        size = bif_list_text(t, text, sizeof text);
        if (size < 0 && bif_list_length(t) <= (int64_t)sizeof text) return false;
        if (size < 0) size = sizeof text; // too long for any group
    }
    if (size >= 0) {
        size = MIN(size, RE_NAME_BYTES_MAX);
        memcpy(name, bytes, (size_t)size);
        name[size] = 0;
    }
    buf_deinit(&scratch);
    return size >= 0;
}

static bool list_captures(Process *p, Term list, const RePattern *pt, const PCRE2_SIZE *ovector,
                          Captures *c) {
    for (; term_is_cons(list); list = term_tail(list)) {
        int64_t group;
        char name[RE_NAME_BYTES_MAX + 1];
        Term id = term_head(list);
        if (term_is_small(id)) {
            group = term_small_value(id);
            if (group < 0) return false;
        } else {
            if (!name_text(p, id, name)) return false;
            group = named_group(pt, name, ovector);
        }
        if (!captures_add(c, group)) return false;
    }
    return term_is_nil(list);
}

// Looks at the form of {capture, What, Type} without a match. false: badarg.
static bool capture_is_valid(Process *p, const ReOptions *o) {
    if (o->capture_type != ATOM_index && o->capture_type != ATOM_list &&
        o->capture_type != ATOM_binary)
        return false;
    switch (o->capture) {
    case ATOM_all:
    case ATOM_all_but_first:
    case ATOM_all_names:
    case ATOM_first:
    case ATOM_none: return true;
    default: break;
    }
    Term list = o->capture;
    for (; term_is_cons(list); list = term_tail(list)) {
        char name[RE_NAME_BYTES_MAX + 1];
        Term id = term_head(list);
        if (term_is_small(id) ? term_small_value(id) < 0 : !name_text(p, id, name)) return false;
    }
    return term_is_nil(list);
}

// false: no memory. `count` groups took part in the match: those after them are unset.
static bool wanted_captures(Process *p, const Match *m, Captures *c) {
    const ReOptions *o = m->o;
    const RePattern *pt = m->pt;
    const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(m->data);
    bool ok = true;
    switch (o->capture) {
    case ATOM_none: return true;
    case ATOM_first: return captures_add(c, 0);
    case ATOM_all:
    case ATOM_all_but_first:
        for (size_t i = o->capture == ATOM_all ? 0 : 1; ok && i < m->count; i++)
            ok = captures_add(c, (int64_t)i);
        return ok;
    case ATOM_all_names: {
        ReNames n = re_names(pt);
        for (uint32_t i = 0; ok && i < n.count; i++)
            if (re_name_is_first(n, i))
                ok = captures_add(c, named_group(pt, re_name_at(n, i), ovector));
        return ok;
    }
    default: return list_captures(p, o->capture, pt, ovector, c);
    }
}

// --- what is captured ----------------------------------------------------------------------------

typedef struct Span {
    size_t start, size;
    bool set;
} Span;

static Span capture_span(const Match *m, int64_t group) {
    if (group < 0 || (uint64_t)group >= m->count) return (Span){0, 0, false};
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(m->data) + 2 * group;
    // \K in a lookaround can set the start behind the end.
    if (o[0] == PCRE2_UNSET || o[0] > o[1]) return (Span){0, 0, false};
    return (Span){o[0], o[1] - o[0], true};
}

// Characters of the span onto `tail`, last one first.
static Term span_chars(Hp *hp, const uint8_t *text, Span s, bool utf) {
    Term list = TERM_NIL;
    for (size_t i = s.start + s.size; i > s.start;) {
        int32_t ch = text[--i];
        if (utf && ch >= 0x80) {
            while (i > s.start && (text[i] & 0xc0) == 0x80) i--;
            bits_get_utf8((Bits){text, i * 8, (s.start + s.size - i) * 8}, &ch);
        }
        list = hp_cons(hp, term_small(ch), list);
    }
    return list;
}

static size_t span_words(Span s, Term type) {
    if (type == ATOM_index) return 3;
    return type == ATOM_list ? s.size * CONS_WORDS
                             : MAX((size_t)SUB_BITS_WORDS, bits_words(s.size * 8));
}

static Term span_term(Process *p, Hp *hp, const Match *m, Term subject, const ReBytes *text,
                      Span s) {
    if (m->o->capture_type == ATOM_index)
        return hp_tuple2(hp, term_small(s.set ? (int64_t)s.start : -1),
                         term_small((int64_t)s.size));
    if (m->o->capture_type == ATOM_list) return span_chars(hp, text->at, s, m->utf);
    if (term_is_bitstring(subject)) return hp_sub_bits(hp, subject, s.start * 8, s.size * 8);
    return hp_binary(p->vm->env.mem, hp, text->at + s.start, s.size);
}

// {match, Captured}; *subject may move.
static Term captured_gc(Process *p, const Match *m, Term *subject, ReBytes *text,
                        const Captures *c) {
    size_t words = 3;
    for (size_t i = 0; i < c->count; i++)
        words += CONS_WORDS + span_words(capture_span(m, c->groups[i]), m->o->capture_type);
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    // A collection may have moved the bytes.
    if (term_is_bitstring(*subject) && text->scratch.data == NULL) {
        Bits b = bits_of(*subject);
        text->at = b.bytes + b.offset / 8;
    }
    Term list = TERM_NIL;
    for (size_t i = c->count; i-- > 0;) {
        Term t = span_term(p, &hp, m, *subject, text, capture_span(m, c->groups[i]));
        if (t == TERM_NONE) {
            process_commit(p, &hp); // what was built may hold counted data
            return bif_system_limit(p);
        }
        list = hp_cons(&hp, t, list);
    }
    Term result = hp_tuple2(&hp, ATOM_match, list);
    process_commit(p, &hp);
    bif_charge_units(p, words, BIF_CELLS_PER_REDUCTION);
    return result;
}

static Term match_result_gc(Process *p, const Match *m, Term *subject, ReBytes *text) {
    Captures c = {.mem = p->vm->env.mem};
    Term result;
    bool nothing = m->o->capture == ATOM_none || term_is_nil(m->o->capture);
    if (m->o->capture == ATOM_all_names) nothing = re_names(m->pt).count == 0;
    if (nothing)
        result = ATOM_match;
    else if (!wanted_captures(p, m, &c))
        result = bif_system_limit(p);
    else
        result = captured_gc(p, m, subject, text, &c);
    captures_deinit(&c);
    return result;
}

// --- matching ------------------------------------------------------------------------------------

static Term match_failed(Process *p, int code, const ReOptions *o) {
    switch (code) {
    case PCRE2_ERROR_NOMATCH: return ATOM_nomatch;
    case PCRE2_ERROR_MATCHLIMIT:
        return o->report_errors ? re_tagged_gc(p, ATOM_error, ATOM_match_limit) : ATOM_nomatch;
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
        return o->report_errors ? re_tagged_gc(p, ATOM_error, ATOM_match_limit_recursion)
                                : ATOM_nomatch;
    case PCRE2_ERROR_NOMEMORY: return bif_system_limit(p);
    case PCRE2_ERROR_BADOFFSET: return bif_error(p, ATOM_internal_error);
    default: return bif_badarg(p); // not UTF-8
    }
}

// Limits that were asked for, in a context of their own. NULL: no memory.
static pcre2_match_context *limited(Process *p, const ReOptions *o) {
    pcre2_match_context *mc = pcre2_match_context_copy(re_match_context(re_cache(p), RE_LONG));
    if (!mc) return NULL;
    if (o->has_match_limit) pcre2_set_match_limit(mc, o->match_limit);
    if (o->has_depth_limit) pcre2_set_depth_limit(mc, o->depth_limit);
    return mc;
}

static int run_pcre(Process *p, const Match *m, const ReBytes *text, uint32_t flags) {
    const ReOptions *o = m->o;
    // Where the match could go on elsewhere, it may only take so long here.
    bool may_go = bif_may_go_dirty(p);
    pcre2_match_context *mc = re_match_context(re_cache(p), may_go ? RE_SHORT : RE_LONG);
    pcre2_match_context *own = NULL;
    if (o->has_match_limit || o->has_depth_limit) {
        flags |= PCRE2_NO_JIT; // machine code counts differently
        mc = own = limited(p, o);
        if (!mc) return PCRE2_ERROR_NOMEMORY;
    }
    const pcre2_code *code = m->pt->code;
    bif_leave(p);
    int rc = pcre2_match(code, text->at, text->size, o->offset, flags, m->data, mc);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(code, text->at, text->size, o->offset, flags | PCRE2_NO_JIT, m->data, mc);
    bif_return(p);
    pcre2_match_context_free(own);
    uint64_t seen = text->size > o->offset ? text->size - o->offset : 0;
    bif_charge(p, MATCH_REDUCTIONS + seen / MATCH_BYTES_PER_REDUCTION);
    return rc;
}

// One call of run, with the source of its pattern.
typedef struct Run {
    ReOptions o;
    ReSource source;
    bool compiled; // the pattern came as {re_pattern, ...}
    bool utf;      // so the caller says: the subject is characters
    bool first;    // the subject may not be UTF-8
    // What is to be called again on a dirty thread.
    BifId called;
    uint32_t arity;
    const Term *args;
} Run;

static Term run_match(Process *p, Term *subject, const Run *run, RePattern *pt) {
    ReBytes text;
    Term result;
    Match m = {.pt = pt, .o = &run->o, .utf = run->utf};
    if (!re_bytes(p, *subject, &text)) {
        result = re_bytes_error(p, &text);
    } else if (!(m.data = re_match_data_take(re_cache(p), pt))) {
        result = bif_system_limit(p);
    } else {
        uint32_t flags = run->o.match_flags;
        if (run->utf && !run->first) flags |= PCRE2_NO_UTF_CHECK;
        int rc = run_pcre(p, &m, &text, flags);
        m.count = rc > 0 ? (size_t)rc : 0;
        if (rc == PCRE2_ERROR_MATCHLIMIT && !run->o.has_match_limit && bif_may_go_dirty(p))
            result = bif_dirty(p, run->called, run->arity, run->args);
        else
            result = rc < 0 ? match_failed(p, rc, &run->o) : match_result_gc(p, &m, subject, &text);
    }
    re_match_data_give(pt, m.data);
    buf_deinit(&text.scratch);
    return result;
}

// re:grun(Subject, Pattern, {Options, NeedClean[, RE]}): a[0..2] as of run. The pattern is compiled
// now if it was not.
static Term go_global(Process *p, Term *a, const Run *run, const RePattern *pt) {
    Term pattern = run->compiled ? a[1] : re_pattern_tuple_gc(p, pt, &run->source);
    if (pattern == TERM_NONE) return TERM_NONE;
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, &pattern, 1);
    bool room = process_reserve_gc(p, 4, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term how =
        run->compiled ? hp_tuple2(&hp, a[2], ATOM_false) : hp_tuple3(&hp, a[2], ATOM_true, a[1]);
    process_commit(p, &hp);
    Term args[3] = {a[0], pattern, how};
    return re_trap(p, ATOM_grun, 3, args);
}

static Term run_with(Process *p, Term *a, Run *run) {
    ReError err;
    if (run->o.newline) run->source.newline = run->o.newline;
    if (run->o.bsr) run->source.bsr = run->o.bsr;
    RePattern *pt = re_pattern(re_cache(p), &run->source, &err);
    if (!pt) {
        if (!err.text) return bif_system_limit(p);
        if (!run->o.report_errors) return bif_badarg(p);
        Term why = re_tagged_gc(p, ATOM_compile, re_compile_error_gc(p, &err));
        return re_tagged_gc(p, ATOM_error, why);
    }
    Term result = run->o.global ? go_global(p, a, run, pt) : run_match(p, &a[0], run, pt);
    re_pattern_release(pt);
    return result;
}

// a[2] are the options. `convert`: lists of characters are re.erl's business.
static Term run(Process *p, Term *a, Run r, bool convert) {
    if (!re_options(a[2], RE_FOR_RUN, &r.o)) return bif_badarg_cause(p, ATOM_badopt);
    if (!capture_is_valid(p, &r.o)) return bif_badarg(p);
    ReBytes pattern;
    buf_init(&pattern.scratch, p->vm->env.mem);
    r.compiled = term_is_tuple(a[1]);
    Term result = TERM_NONE;
    bool ok;
    if (r.compiled) {
        ok = !r.o.compile_only && re_pattern_source(p, a[1], &pattern, &r.source);
        if (ok) r.utf = term_tuple_elements(a[1])[2] != term_small(0);
    } else {
        r.utf = r.o.flags & PCRE2_UTF;
        if (r.utf && convert && !(term_is_bitstring(a[0]) && term_is_bitstring(a[1])))
            return re_trap(p, ATOM_urun, 3, a);
        ok = re_bytes(p, a[1], &pattern);
        r.source = (ReSource){r.o.flags, r.o.newline, r.o.bsr, pattern.at, pattern.size};
        // Anchoring is left to the match, so that the pattern can be used again.
        r.source.flags &= ~(uint32_t)PCRE2_ANCHORED;
        if (ok) re_charge_compile(p, pattern.size);
    }
    if (!ok)
        result = re_bytes_error(p, &pattern);
    else if (r.compiled && r.utf && convert && !term_is_bitstring(a[0]))
        result = re_trap(p, ATOM_urun, 3, a);
    else
        result = run_with(p, a, &r);
    buf_deinit(&pattern.scratch);
    return result;
}

BIF(re_run_2, "re", "run", "Subject, RE", 0,
    "{match, Captured} for the first match of the pattern in Subject, or nomatch.") {
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_re_run_2, 2, a);
    Term args[3] = {a[0], a[1], TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 3);
    Run r = {.first = true, .called = BIF_ID_re_run_2, .arity = 2, .args = a};
    Term result = run(p, args, r, true);
    process_pop_roots(p, &roots);
    return result;
}
BIF(re_run_3, "re", "run", "Subject, RE, Options", 0,
    "{match, Captured} for the first match of the pattern in Subject, or nomatch; or all "
    "matches.") {
    if (bif_is_large(p, a[0])) return bif_dirty(p, BIF_ID_re_run_3, 3, a);
    Run r = {.first = true, .called = BIF_ID_re_run_3, .arity = 3, .args = a};
    return run(p, a, r, true);
}
// All matches of a large subject are many calls, most of them short.
BIF(re_internal_run_4, "re", "internal_run", "Subject, RE, Options, FirstCall", 0,
    "What run/3 does, for matching again and again; FirstCall: Subject may not be UTF-8.") {
    if (a[3] != ATOM_true && a[3] != ATOM_false) return bif_badarg(p);
    Run r = {.first = a[3] == ATOM_true, .called = BIF_ID_re_internal_run_4, .arity = 4, .args = a};
    return run(p, a, r, false);
}
