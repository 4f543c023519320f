// SPDX-License-Identifier: Apache-2.0
// binary:compile_pattern/1, match, matches and split.
//
// A call makes a SearchJob on the C stack and searches. If the slice ends first, the job moves to
// memory of its own, owned by a magic reference, and goes on in binary_search_continue. It notes
// where matches are, as numbers; the result is built from them at the end, last element first,
// so that a long list too can be built in slices.
#include "bif/bif_int.h"
#include "bif/binary_search.h"
#include "term/bits.h"

enum {
    MATCHES_INLINE = 16,
    SEARCH_PER_REDUCTION = 32,   // bytes that the automaton goes through
    PARTS_PER_REDUCTION = 1,     // elements of the result
    PATTERNS_PER_REDUCTION = 64, // bytes of patterns compiled
};

typedef enum JobKind { JOB_MATCH, JOB_MATCHES, JOB_SPLIT } JobKind;
typedef enum SplitFlags { SPLIT_GLOBAL = 1, SPLIT_TRIM = 2, SPLIT_TRIM_ALL = 4 } SplitFlags;

typedef struct SearchJob {
    MagicBin bin;
    Mem *mem;
    JobKind kind;
    SplitFlags flags;
    PatternBytes one; // bytes NULL: the pattern's automaton
    Pattern *pattern; // counted; NULL while `one` points into a term
    Search search;
    uint64_t size; // of the subject, in bytes
    bool searched;
    Match *matches; // matches_inline until there are more
    size_t count, cap;
    size_t built; // of the result, counted from its end
    Match matches_inline[MATCHES_INLINE];
} SearchJob;

// --- the job -------------------------------------------------------------------------------------

static void job_deinit(SearchJob *job) {
    if (job->pattern) magic_bin_release(&job->pattern->bin);
    if (job->matches != job->matches_inline)
        mem_free(job->mem, job->matches, job->cap * sizeof(Match));
}

static void job_destroy(MagicBin *bin) {
    SearchJob *job = (SearchJob *)bin;
    job_deinit(job);
    mem_free(job->mem, job, sizeof *job);
}

static bool job_add(SearchJob *job, Match m) {
    if (job->count == job->cap) {
        size_t bytes = job->cap * sizeof(Match);
        Match *grown;
        if (job->matches == job->matches_inline) {
            grown = mem_alloc(job->mem, 4 * bytes);
            if (grown) memcpy(grown, job->matches, bytes);
        } else {
            grown = mem_realloc(job->mem, job->matches, bytes, 4 * bytes);
        }
        if (!grown) return false;
        job->matches = grown;
        job->cap *= 4;
    }
    job->matches[job->count++] = m;
    return true;
}

// Searches on. false: no memory for what was found.
static bool job_search(SearchJob *job, const uint8_t *text, uint64_t *budget) {
    bool all = job->kind == JOB_MATCHES || (job->flags & SPLIT_GLOBAL);
    for (;;) {
        Match m;
        SearchStatus st = job->one.bytes
                              ? search_one(&job->search, job->one, text, budget, &m)
                              : search_several(&job->search, job->pattern, text, budget, &m);
        if (st == SEARCH_AGAIN) return true;
        if (st == SEARCH_FOUND && !job_add(job, m)) return false;
        if (st == SEARCH_END || !all) {
            job->searched = true;
            return true;
        }
    }
}

// A job that outlives the call: NULL: no memory. The old one is empty then.
static SearchJob *job_keep(SearchJob *job) {
    if (!job->pattern && !job->searched) {
        if (pattern_new(job->mem, &job->one, 1, &job->pattern) != PATTERN_OK) return NULL;
        job->one = job->pattern->one;
    }
    SearchJob *kept = mem_alloc(job->mem, sizeof *kept);
    if (!kept) return NULL;
    *kept = *job;
    if (job->matches == job->matches_inline) kept->matches = kept->matches_inline;
    kept->bin.destroy = job_destroy;
    atomic_init(&kept->bin.refs, 1);
    job->pattern = NULL;
    job->matches = job->matches_inline;
    return kept;
}

// --- results -------------------------------------------------------------------------------------

// Part `i` of 0..count of a split: what lies before match i, or behind the last one.
static Match split_part(const SearchJob *job, size_t i) {
    uint64_t start = i == 0 ? 0 : job->matches[i - 1].start + job->matches[i - 1].size;
    uint64_t end = i == job->count ? job->size : job->matches[i].start;
    return (Match){start, end - start};
}

// Puts up to `max` more elements before the list a[1], last one first. a[0] is the subject.
// *done: the list is complete.
static bool build_list_gc(Process *p, Term *a, SearchJob *job, size_t max, bool *done) {
    bool split = job->kind == JOB_SPLIT;
    size_t total = split ? job->count + 1 : job->count, more = MIN(max, total - job->built);
    Hp hp;
    if (!process_reserve_gc(p, more * (BIF_PART_WORDS + CONS_WORDS), &hp)) return false;
    Term list = a[1];
    for (size_t i = 0; i < more; i++) {
        size_t at = total - ++job->built;
        if (!split) {
            Match m = job->matches[at];
            Term pair = hp_tuple2(&hp, hp_uint64(&hp, m.start), hp_uint64(&hp, m.size));
            list = hp_cons(&hp, pair, list);
            continue;
        }
        Match m = split_part(job, at);
        if (m.size == 0 &&
            ((job->flags & SPLIT_TRIM_ALL) || ((job->flags & SPLIT_TRIM) && term_is_nil(list))))
            continue;
        Term part = bif_hp_part(job->mem, &hp, a[0], m.start * 8, m.size * 8);
        list = hp_cons(&hp, part, list);
    }
    process_commit(p, &hp);
    bif_charge_units(p, more, PARTS_PER_REDUCTION);
    a[1] = list;
    *done = job->built == total;
    return true;
}

static Term match_result(Process *p, const SearchJob *job) {
    if (job->count == 0) return ATOM_nomatch;
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term pair = hp_tuple2(&hp, term_small((int64_t)job->matches[0].start),
                          term_small((int64_t)job->matches[0].size));
    process_commit(p, &hp);
    return pair;
}

// Goes on with a job: a[0] the subject, a[1] the list so far. TERM_NONE with *again: call again.
static Term job_run(Process *p, Term *a, SearchJob *job, const uint8_t *text, bool *again) {
    if (!job->searched) {
        uint64_t budget = bif_budget(p, SEARCH_PER_REDUCTION), left = budget;
        bool ok = job_search(job, text, &left);
        bif_charge_units(p, budget - left, SEARCH_PER_REDUCTION);
        if (!ok) return bif_system_limit(p);
        *again = !job->searched;
        if (*again) return TERM_NONE;
    }
    if (job->kind == JOB_MATCH) return match_result(p, job);
    bool no_parts = job->kind == JOB_SPLIT && job->count == 0 && job->size > 0;
    if (no_parts) {
        Hp hp;
        if (!process_reserve_gc(p, CONS_WORDS, &hp)) return TERM_NONE;
        Term list = hp_cons(&hp, a[0], TERM_NIL);
        process_commit(p, &hp);
        return list;
    }
    bool done;
    if (!build_list_gc(p, a, job, bif_budget(p, PARTS_PER_REDUCTION), &done)) return TERM_NONE;
    *again = !done;
    return done ? a[1] : TERM_NONE;
}

// Text is the subject, or a copy of it that starts at a byte.
BIF(binary_search_continue, "erts_internal", "binary_search_continue", "Subject, List, Text, Job",
    0, "The result of a search that did not end in its first slice.") {
    SearchJob *job = (SearchJob *)bif_state(a[3], job_destroy);
    if (!job || !term_is_bitstring(a[0]) || !term_is_bitstring(a[2])) return bif_badarg(p);
    Bits text = bits_of(a[2]);
    if (text.size != job->size * 8 || bits_size(a[0]) != text.size || text.offset % 8 != 0)
        return bif_badarg(p);
    bool again = false;
    Term result = job_run(p, a, job, text.bytes + text.offset / 8, &again);
    return again ? bif_go_on(p, BIF_ID_binary_search_continue, 4, a) : result;
}

// A copy of args[0] in args[2], which starts at a byte.
static bool align_text_gc(Process *p, Term *args, uint64_t size_bits) {
    Hp hp;
    if (!process_reserve_gc(p, bits_words(size_bits), &hp)) return false;
    Term copy = hp_bits_copy(p->vm->env.mem, &hp, bits_of(args[0]));
    process_commit(p, &hp);
    bif_charge_units(p, size_bits / 8, BIF_BYTES_PER_REDUCTION);
    if (copy == TERM_NONE) {
        bif_system_limit(p);
        return false;
    }
    args[2] = copy;
    return true;
}

// The first slice. `args` are those of binary_search_continue, and roots.
static Term job_start(Process *p, Term *args, SearchJob *job) {
    Bits subject = bits_of(args[0]);
    job->size = subject.size / 8;
    bool aligned = subject.offset % 8 == 0, again = !aligned;
    Term result = TERM_NONE;
    if (aligned) result = job_run(p, args, job, subject.bytes + subject.offset / 8, &again);
    SearchJob *kept = again ? job_keep(job) : NULL;
    job_deinit(job);
    if (!again) return result;
    if (!kept) return bif_system_limit(p);
    args[3] = bif_state_ref_gc(p, &kept->bin);
    if (args[3] == TERM_NONE || (!aligned && !align_text_gc(p, args, subject.size)))
        return TERM_NONE;
    return bif_goto(p, BIF_ID_binary_search_continue, 4, args);
}

// --- patterns ------------------------------------------------------------------------------------

static bool is_pattern_binary(Term t) {
    return term_is_bitstring(t) && bits_size(t) % 8 == 0 && bits_size(t) > 0;
}

// A pattern from a list of binaries. Bytes that do not start at a byte are copied to `scratch`.
static PatternStatus pattern_from_list(Process *p, Term list, size_t count, Pattern **out) {
    Mem *m = p->vm->env.mem;
    PatternBytes *parts = mem_alloc(m, count * sizeof *parts);
    if (!parts) return PATTERN_NO_MEMORY;
    Buf scratch, piece;
    buf_init(&scratch, m);
    buf_init(&piece, m);
    uint64_t bytes = 0, copied = 0;
    for (Term l = list; term_is_cons(l); l = term_tail(l)) {
        Bits b = bits_of(term_head(l));
        bytes += b.size / 8;
        if (b.offset % 8 != 0) copied += b.size / 8;
    }
    bif_charge_units(p, bytes, PATTERNS_PER_REDUCTION);
    bool ok = copied == 0 || buf_reserve(&scratch, copied);
    size_t i = 0;
    for (Term l = list; ok && term_is_cons(l); l = term_tail(l), i++) {
        Bits b = bits_of(term_head(l));
        const uint8_t *at = bits_bytes(b, &piece);
        ok = at != NULL;
        if (ok && b.offset % 8 != 0) {
            const uint8_t *to = scratch.data + scratch.size_bytes;
            buf_put(&scratch, at, b.size / 8);
            at = to;
        }
        parts[i] = (PatternBytes){at, b.size / 8};
    }
    PatternStatus st = ok ? pattern_new(m, parts, count, out) : PATTERN_NO_MEMORY;
    buf_deinit(&scratch);
    buf_deinit(&piece);
    mem_free(m, parts, count * sizeof *parts);
    return st;
}

// How many patterns: a binary is one. 0: not a pattern.
static size_t pattern_count(Term t) {
    if (!term_is_cons(t)) return is_pattern_binary(t) ? 1 : 0;
    size_t count = 0;
    for (; term_is_cons(t); t = term_tail(t), count++)
        if (!is_pattern_binary(term_head(t))) return 0;
    return term_is_nil(t) ? count : 0;
}

// {bm, Ref} and {ac, Ref} of compile_pattern. NULL: not one.
static Pattern *compiled_pattern(Term t) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 2) return NULL;
    const Term *e = term_tuple_elements(t);
    Pattern *pt = (Pattern *)bif_state(e[1], pattern_destroy);
    return pt && e[0] == (pt->one.bytes ? (Term)ATOM_bm : (Term)ATOM_ac) ? pt : NULL;
}

// Fills in the job's pattern. false: an exception is set.
static bool job_pattern(Process *p, SearchJob *job, Term t) {
    Pattern *compiled = compiled_pattern(t);
    if (compiled) {
        atomic_fetch_add_explicit(&compiled->bin.refs, 1, memory_order_relaxed);
        job->pattern = compiled;
        job->one = compiled->one;
        return true;
    }
    size_t count = pattern_count(t);
    if (count == 0) {
        bif_badarg(p);
        return false;
    }
    if (term_is_bitstring(t) && bits_of(t).offset % 8 == 0) {
        Bits b = bits_of(t);
        job->one = (PatternBytes){b.bytes + b.offset / 8, b.size / 8};
        return true;
    }
    Term cell[2] = {t, TERM_NIL};
    Term list = term_is_cons(t) ? t : term_cons(cell);
    if (pattern_from_list(p, list, count, &job->pattern) != PATTERN_OK) {
        bif_system_limit(p);
        return false;
    }
    job->one = job->pattern->one;
    return true;
}

BIF(binary_compile_pattern_1, "binary", "compile_pattern", "Pattern", 0,
    "Pattern, a binary or a list of them, in the form that searches fastest.") {
    size_t count = pattern_count(a[0]);
    if (count == 0) return bif_badarg(p);
    Term cell[2] = {a[0], TERM_NIL};
    Pattern *pt;
    if (pattern_from_list(p, term_is_cons(a[0]) ? a[0] : term_cons(cell), count, &pt) != PATTERN_OK)
        return bif_system_limit(p);
    Term tag = pt->one.bytes ? ATOM_bm : ATOM_ac;
    a[0] = bif_shared_ref_gc(p, &pt->bin);
    Hp hp;
    if (a[0] == TERM_NONE || !process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term result = hp_tuple2(&hp, tag, a[0]);
    process_commit(p, &hp);
    return result;
}

// --- options -------------------------------------------------------------------------------------

// {scope, {Start, Length}}, a part of the subject; Length may be negative.
static bool scope_option(Term option, Search *search, uint64_t size) {
    if (!term_is_tuple(option) || term_tuple_arity(option) != 2) return false;
    const Term *e = term_tuple_elements(option);
    if (e[0] != ATOM_scope || !term_is_tuple(e[1]) || term_tuple_arity(e[1]) != 2) return false;
    e = term_tuple_elements(e[1]);
    int64_t start, length;
    if (!bif_small_arg(e[0], 0, (int64_t)size, &start) ||
        !bif_small_arg(e[1], -start, (int64_t)size - start, &length))
        return false;
    search->position = (uint64_t)(length < 0 ? start + length : start);
    search->end = (uint64_t)(length < 0 ? start : start + length);
    return true;
}

// As in the reference, an improper tail of the list is not looked at.
static bool job_options(SearchJob *job, Term options, uint64_t size) {
    if (!term_is_list(options)) return false;
    for (; term_is_cons(options); options = term_tail(options)) {
        Term o = term_head(options);
        if (job->kind == JOB_SPLIT && o == ATOM_global)
            job->flags |= SPLIT_GLOBAL;
        else if (job->kind == JOB_SPLIT && o == ATOM_trim)
            job->flags |= SPLIT_TRIM;
        else if (job->kind == JOB_SPLIT && o == ATOM_trim_all)
            job->flags |= SPLIT_TRIM_ALL;
        else if (!scope_option(o, &job->search, size))
            return false;
    }
    return true;
}

static Term search(Process *p, Term *a, JobKind kind, Term options) {
    if (!term_is_bitstring(a[0]) || bits_size(a[0]) % 8 != 0) return bif_badarg(p);
    uint64_t size = bits_size(a[0]) / 8;
    SearchJob job;
    memset(&job, 0, offsetof(SearchJob, matches_inline));
    job.mem = p->vm->env.mem;
    job.kind = kind;
    job.search.end = size;
    job.matches = job.matches_inline;
    job.cap = MATCHES_INLINE;
    if (!job_options(&job, options, size)) return bif_badarg(p);
    if (!job_pattern(p, &job, a[1])) return TERM_NONE;
    Term args[4] = {a[0], TERM_NIL, a[0], TERM_NIL};
    RootFrame roots;
    process_push_roots(p, &roots, args, 4);
    Term result = job_start(p, args, &job);
    process_pop_roots(p, &roots);
    return result;
}

BIF(binary_match_2, "binary", "match", "Subject, Pattern", 0,
    "{Start, Length} of the first match of Pattern in Subject, or nomatch.") {
    return search(p, a, JOB_MATCH, TERM_NIL);
}
BIF(binary_match_3, "binary", "match", "Subject, Pattern, Options", 0,
    "{Start, Length} of the first match of Pattern in the scope, or nomatch.") {
    return search(p, a, JOB_MATCH, a[2]);
}
BIF(binary_matches_2, "binary", "matches", "Subject, Pattern", 0,
    "{Start, Length} of every match of Pattern in Subject.") {
    return search(p, a, JOB_MATCHES, TERM_NIL);
}
BIF(binary_matches_3, "binary", "matches", "Subject, Pattern, Options", 0,
    "{Start, Length} of every match of Pattern in the scope.") {
    return search(p, a, JOB_MATCHES, a[2]);
}
BIF(binary_split_2, "binary", "split", "Subject, Pattern", 0,
    "What lies before and behind the first match of Pattern.") {
    return search(p, a, JOB_SPLIT, TERM_NIL);
}
BIF(binary_split_3, "binary", "split", "Subject, Pattern, Options", 0,
    "The parts of Subject between matches of Pattern: global, trim, trim_all, {scope, Part}.") {
    return search(p, a, JOB_SPLIT, a[2]);
}
