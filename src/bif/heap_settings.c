// SPDX-License-Identifier: Apache-2.0
// Reading and showing the settings of heaps. See heap_settings.h.
// Thread: the scheduler that runs the process.
#include "bif/heap_settings.h"

#include "bif/bif_int.h"
#include "term/map.h"

bool bif_is_heap_setting(Term key) {
    return key == ATOM_min_heap_size || key == ATOM_min_bin_vheap_size ||
           key == ATOM_max_heap_size || key == ATOM_fullsweep_after;
}

// --- reading -------------------------------------------------------------------------------------

// A member of the map that is true or false; left as it is where the map has none.
static bool read_bool(const Process *p, Term map, Term key, bool *value) {
    Term t = map_get(&p->vm->env, map, key);
    if (t == TERM_NONE) return true;
    *value = t == ATOM_true;
    return t == ATOM_true || t == ATOM_false;
}

// Words, or #{size => Words, kill => Bool, error_logger => Bool}; what is not said is as the system
// has it.
static bool read_max(const Process *p, Term value, HeapConfig *c) {
    const HeapConfig *defaults = process_heap_defaults(p->vm);
    bool kill = defaults->max_kill, log = defaults->max_log;
    int64_t words;
    if (term_is_map(value)) {
        if (!read_bool(p, value, ATOM_kill, &kill) || !read_bool(p, value, ATOM_error_logger, &log))
            return false;
        value = map_get(&p->vm->env, value, ATOM_size);
        if (value == TERM_NONE) return false;
    }
    if (!bif_small_arg(value, 0, SMALL_MAX, &words)) return false;
    c->max_words = (size_t)words;
    c->max_kill = kill;
    c->max_log = log;
    return true;
}

// Of a process, 16 bits count, as in the reference; for the system what is more counts as the most.
static bool read_fullsweep(HeapSettingOf of, Term value, HeapConfig *c) {
    int64_t n;
    if (!bif_small_arg(value, 0, SMALL_MAX, &n)) return false;
    c->fullsweep_after =
        of == HEAP_SETTING_SYSTEM ? (uint32_t)MIN(n, UINT16_MAX) : (uint32_t)(n & UINT16_MAX);
    return true;
}

bool bif_heap_setting_read(const Process *p, HeapSettingOf of, Term key, Term value,
                           HeapConfig *c) {
    // The least that a process can have is what the system gives without being asked.
    const HeapConfig *defaults = process_heap_defaults(p->vm);
    bool system = of == HEAP_SETTING_SYSTEM;
    int64_t n;
    switch (key) {
    case ATOM_min_heap_size:
        if (!bif_small_arg(value, 0, SMALL_MAX, &n)) return false;
        c->min_words = MAX(heap_size_setting((size_t)n), system ? 0 : defaults->min_words);
        return true;
    case ATOM_min_bin_vheap_size:
        if (!bif_small_arg(value, 0, SMALL_MAX / (int64_t)sizeof(Term) / 2, &n)) return false;
        c->min_vheap_bytes = MAX(heap_size_setting((size_t)n) * sizeof(Term),
                                 system ? 0 : defaults->min_vheap_bytes);
        return true;
    case ATOM_max_heap_size: return read_max(p, value, c);
    case ATOM_fullsweep_after: return read_fullsweep(of, value, c);
    default: UNREACHABLE();
    }
}

bool bif_heap_settings_fit(const HeapConfig *c) {
    return c->max_words == 0 || c->max_words >= c->min_words;
}

// --- showing -------------------------------------------------------------------------------------

size_t bif_max_heap_words(void) {
    return map_build_words(3);
}
Term bif_max_heap_map(const Process *p, Hp *hp, const HeapConfig *c) {
    Term kv[6] = {ATOM_error_logger, bif_bool(c->max_log),
                  ATOM_kill,         bif_bool(c->max_kill),
                  ATOM_size,         term_small((int64_t)c->max_words)};
    return map_build(&p->vm->env, hp, kv, 3);
}

static Term max_map_gc(Process *p, const HeapConfig *c) {
    Hp hp;
    if (!process_reserve_gc(p, bif_max_heap_words(), &hp)) return TERM_NONE;
    Term map = bif_max_heap_map(p, &hp, c);
    process_commit(p, &hp);
    return map;
}

Term bif_heap_setting_gc(Process *p, Term key, const HeapConfig *c) {
    switch (key) {
    case ATOM_min_heap_size: return term_small((int64_t)c->min_words);
    case ATOM_min_bin_vheap_size: return term_small((int64_t)(c->min_vheap_bytes / sizeof(Term)));
    case ATOM_max_heap_size: return max_map_gc(p, c);
    case ATOM_fullsweep_after: return term_small(c->fullsweep_after);
    default: UNREACHABLE();
    }
}
