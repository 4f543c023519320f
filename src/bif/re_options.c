// SPDX-License-Identifier: Apache-2.0
// The option lists of re:compile and re:run: see re_options.h.
#include "bif/re_options.h"

typedef struct FlagOption {
    Term name;
    uint32_t flag;
} FlagOption;

static const FlagOption compile_flags[] = {
    {ATOM_unicode, PCRE2_UTF},
    {ATOM_caseless, PCRE2_CASELESS},
    {ATOM_dollar_endonly, PCRE2_DOLLAR_ENDONLY},
    {ATOM_dotall, PCRE2_DOTALL},
    {ATOM_extended, PCRE2_EXTENDED},
    {ATOM_firstline, PCRE2_FIRSTLINE},
    {ATOM_multiline, PCRE2_MULTILINE},
    {ATOM_no_auto_capture, PCRE2_NO_AUTO_CAPTURE},
    {ATOM_dupnames, PCRE2_DUPNAMES},
    {ATOM_ungreedy, PCRE2_UNGREEDY},
    {ATOM_no_start_optimize, PCRE2_NO_START_OPTIMIZE},
    {ATOM_ucp, PCRE2_UCP},
    {ATOM_never_utf, PCRE2_NEVER_UTF},
};

static const FlagOption match_flags[] = {
    {ATOM_notbol, PCRE2_NOTBOL},
    {ATOM_noteol, PCRE2_NOTEOL},
    {ATOM_notempty, PCRE2_NOTEMPTY},
    {ATOM_notempty_atstart, PCRE2_NOTEMPTY_ATSTART},
};

static uint32_t find_flag(const FlagOption *table, size_t count, Term name) {
    for (size_t i = 0; i < count; i++)
        if (table[i].name == name) return table[i].flag;
    return 0;
}

static bool atom_option(Term t, ReOptionsFor what, ReOptions *o) {
    uint32_t flag = find_flag(compile_flags, ARRAY_COUNT(compile_flags), t);
    if (flag != 0) {
        o->flags |= flag;
        o->compile_only = true;
        return true;
    }
    if (t == ATOM_anchored) {
        o->flags |= PCRE2_ANCHORED;
        o->match_flags |= PCRE2_ANCHORED;
        return true;
    }
    if (t == ATOM_bsr_anycrlf || t == ATOM_bsr_unicode) {
        o->bsr |= t == ATOM_bsr_anycrlf ? PCRE2_BSR_ANYCRLF : PCRE2_BSR_UNICODE;
        return true;
    }
    if (what == RE_FOR_COMPILE) return false;
    flag = find_flag(match_flags, ARRAY_COUNT(match_flags), t);
    o->match_flags |= flag;
    if (t == ATOM_global) o->global = true;
    if (t == ATOM_report_errors) o->report_errors = true;
    return flag != 0 || t == ATOM_global || t == ATOM_report_errors;
}

static bool newline_option(Term value, ReOptions *o) {
    switch (value) {
    case ATOM_cr: o->newline = RE_NEWLINE_CR; return true;
    case ATOM_lf: o->newline = RE_NEWLINE_LF; return true;
    case ATOM_crlf: o->newline = RE_NEWLINE_CRLF; return true;
    case ATOM_any: o->newline = RE_NEWLINE_ANY; return true;
    case ATOM_anycrlf: o->newline = RE_NEWLINE_ANYCRLF; return true;
    default: return false;
    }
}

static bool natural(Term t, uint64_t max, uint64_t *n) {
    if (!term_is_small(t) || term_small_value(t) < 0) return false;
    *n = (uint64_t)term_small_value(t);
    return *n <= max;
}

static bool tuple_option(const Term *e, size_t arity, ReOptionsFor what, ReOptions *o) {
    uint64_t n;
    if (arity == 2 && e[0] == ATOM_newline) return newline_option(e[1], o);
    if (what == RE_FOR_COMPILE) return false;
    if (arity == 3 && e[0] == ATOM_capture) {
        o->capture = e[1];
        o->capture_type = e[2];
        return true;
    }
    if (arity != 2) return false;
    switch (e[0]) {
    case ATOM_capture: o->capture = e[1]; return true;
    case ATOM_offset: return natural(e[1], SMALL_MAX, &o->offset);
    case ATOM_match_limit:
        o->has_match_limit = natural(e[1], UINT32_MAX, &n);
        if (o->has_match_limit) o->match_limit = (uint32_t)n;
        return o->has_match_limit;
    case ATOM_match_limit_recursion:
        o->has_depth_limit = natural(e[1], UINT32_MAX, &n);
        if (o->has_depth_limit) o->depth_limit = (uint32_t)n;
        return o->has_depth_limit;
    default: return false;
    }
}

bool re_options(Term list, ReOptionsFor what, ReOptions *o) {
    *o = (ReOptions){.capture = ATOM_all, .capture_type = ATOM_index};
    for (; term_is_cons(list); list = term_tail(list)) {
        Term t = term_head(list);
        bool ok = term_is_tuple(t)
                      ? tuple_option(term_tuple_elements(t), term_tuple_arity(t), what, o)
                      : atom_option(t, what, o);
        if (!ok) return false;
    }
    return term_is_nil(list);
}
