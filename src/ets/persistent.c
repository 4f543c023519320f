// SPDX-License-Identifier: Apache-2.0
// Persistent terms: see persistent.h.
//
// Problem: all processes read them all the time, and they change hardly ever; readers must neither
// wait nor write to memory that they share.
//
// A key is met once and then has a pair for as long as the VM lives. A pair's key never changes,
// its value is one word: TERM_NONE while the key is erased. Pairs stand in an open-addressed table,
// whose places are only ever filled. A larger table is filled first and then takes the place of the
// old one, in which somebody may still be looking: it stays, all old ones together are smaller than
// the newest. Who looks there finds the same pairs, but those that were met since; he began to look
// before they were put.
//
// Publication: the terms are written, then the value is stored with release, then a new pair's
// place, with release; readers load both with acquire.
//
// Under the lock are only words: terms are copied, and memory had, outside of it.
#include "ets/persistent.h"

#include "base/spin.h"
#include "term/compare.h"
#include "term/map.h"

// Lifetime: the VM's.
typedef struct Pair {
    struct Pair *next; // in the order in which keys were first met
    Term key;
    _Atomic Term value;
    uint32_t hash;
    size_t words; // of the literal area that the value lies in; under the lock
} Pair;

typedef struct PairTable {
    struct PairTable *older; // what this one replaced
    size_t mask;
    _Atomic(Pair *) at[];
} PairTable;

// What a put made, whether it is still current or not.
typedef struct Kept {
    struct Kept *next;
    LiteralArea *area;
} Kept;

enum { SLOTS_FIRST = 64 };

struct PersistentTerms {
    const TermEnv *env;
    Literals *literals;
    _Atomic(PairTable *) table;
    Spin lock; // guards what follows, and who stores to the table and to pairs
    Pair *first, **last;
    Kept *kept;
    size_t met;   // pairs
    size_t count; // of those that are not erased
    size_t words; // that their values and keys take
};

// --- the table -----------------------------------------------------------------------------------

static size_t table_bytes(size_t slots) {
    return sizeof(PairTable) + slots * sizeof(_Atomic(Pair *));
}

static PairTable *table_new(Mem *m, size_t slots) {
    PairTable *t = mem_alloc_zero(m, table_bytes(slots));
    if (t) t->mask = slots - 1;
    return t;
}

static void table_put(PairTable *t, Pair *pair) {
    size_t i = pair->hash & t->mask;
    while (atomic_load_explicit(&t->at[i], memory_order_relaxed)) i = (i + 1) & t->mask;
    atomic_store_explicit(&t->at[i], pair, memory_order_release);
}

static Pair *find(const PersistentTerms *pt, Term key, uint32_t hash) {
    const PairTable *t = atomic_load_explicit(&pt->table, memory_order_acquire);
    for (size_t i = hash & t->mask;; i = (i + 1) & t->mask) {
        Pair *pair = atomic_load_explicit(&t->at[i], memory_order_acquire);
        if (!pair || (pair->hash == hash && term_equal_exact(pt->env, pair->key, key))) return pair;
    }
}

// Takes the lock, with room in the table for one more pair, at most half of it used. false: no
// memory, and the lock is not taken.
static bool lock_with_room(PersistentTerms *pt) {
    for (;;) {
        spin_lock(&pt->lock);
        PairTable *t = atomic_load_explicit(&pt->table, memory_order_relaxed);
        size_t slots = t->mask + 1;
        if (2 * (pt->met + 1) <= slots) return true;
        spin_unlock(&pt->lock);
        PairTable *grown = table_new(pt->env->mem, 2 * slots);
        if (!grown) return false;
        spin_lock(&pt->lock);
        if (atomic_load_explicit(&pt->table, memory_order_relaxed) == t) {
            for (Pair *p = pt->first; p; p = p->next) table_put(grown, p);
            grown->older = t;
            atomic_store_explicit(&pt->table, grown, memory_order_release);
            grown = NULL;
        }
        spin_unlock(&pt->lock);
        mem_free(pt->env->mem, grown, table_bytes(2 * slots));
    }
}

// --- life ----------------------------------------------------------------------------------------

PersistentTerms *persistent_new(const TermEnv *env, Literals *literals) {
    PersistentTerms *pt = mem_alloc_zero(env->mem, sizeof *pt);
    if (!pt) return NULL;
    PairTable *t = table_new(env->mem, SLOTS_FIRST);
    if (!t) {
        mem_free(env->mem, pt, sizeof *pt);
        return NULL;
    }
    pt->env = env;
    pt->literals = literals;
    pt->last = &pt->first;
    atomic_init(&pt->table, t);
    return pt;
}

static void kept_free(PersistentTerms *pt, Kept *kept) {
    literal_area_free(pt->literals, kept->area);
    mem_free(pt->env->mem, kept, sizeof *kept);
}

void persistent_free(PersistentTerms *pt) {
    if (!pt) return;
    Mem *m = pt->env->mem;
    for (Kept *k = pt->kept, *next; k; k = next) {
        next = k->next;
        kept_free(pt, k);
    }
    for (Pair *p = pt->first, *next; p; p = next) {
        next = p->next;
        mem_free(m, p, sizeof *p);
    }
    PairTable *t = atomic_load_explicit(&pt->table, memory_order_relaxed);
    for (PairTable *older; t; t = older) {
        older = t->older;
        mem_free(m, t, table_bytes(t->mask + 1));
    }
    mem_free(m, pt, sizeof *pt);
}

// --- changing ------------------------------------------------------------------------------------

// What a put has made before it takes the lock.
typedef struct Made {
    Kept *kept; // NULL: key and value are immediate
    Pair *pair; // NULL: there is one of that key
    Term value;
    size_t words;
} Made;

static void made_free(PersistentTerms *pt, Made *made) {
    if (made->kept) kept_free(pt, made->kept);
    mem_free(pt->env->mem, made->pair, sizeof *made->pair);
}

// Copies the value, and the key if there is no pair of it, into an area of their own. Literals of
// modules are copied too: a module may go.
static bool make(PersistentTerms *pt, const Pair *there, Term key, Term value, Made *made) {
    Mem *m = pt->env->mem;
    *made = (Made){.value = value};
    if (!there) {
        made->pair = mem_alloc(m, sizeof *made->pair);
        if (!made->pair) return false;
        *made->pair = (Pair){.key = key, .hash = map_hash(pt->env, key)};
        made->words = heap_copy_words(m, NULL, key);
    }
    made->words += heap_copy_words(m, NULL, value);
    if (made->words == 0) return true;
    made->kept = mem_alloc(m, sizeof *made->kept);
    LiteralArea *area = made->kept ? literal_area_new(pt->literals, made->words) : NULL;
    if (!area) {
        mem_free(m, made->kept, sizeof *made->kept);
        made->kept = NULL;
        return false;
    }
    *made->kept = (Kept){NULL, area};
    Hp hp = {area->top, area->end, &area->off};
    if (made->pair) made->pair->key = heap_copy(m, NULL, &hp, key);
    made->value = heap_copy(m, NULL, &hp, value);
    area->top = hp.top;
    return true;
}

// TERM_NONE: erases. Under the lock.
static void set_value(PersistentTerms *pt, Pair *pair, Term value, size_t words) {
    bool was = atomic_load_explicit(&pair->value, memory_order_relaxed) != TERM_NONE;
    pt->count = pt->count - was + (value != TERM_NONE);
    pt->words = pt->words - pair->words + words;
    pair->words = words;
    atomic_store_explicit(&pair->value, value, memory_order_release);
}

Term persistent_get(const PersistentTerms *pt, Term key) {
    const Pair *pair = find(pt, key, map_hash(pt->env, key));
    return pair ? atomic_load_explicit(&pair->value, memory_order_acquire) : TERM_NONE;
}

bool persistent_put(PersistentTerms *pt, Term key, Term value) {
    ASSERT(value != TERM_NONE);
    Pair *pair = find(pt, key, map_hash(pt->env, key));
    if (pair) {
        Term old = atomic_load_explicit(&pair->value, memory_order_acquire);
        if (old != TERM_NONE && term_equal_exact(pt->env, old, value)) return true;
    }
    Made made;
    if (!make(pt, pair, key, value, &made) || !lock_with_room(pt)) {
        made_free(pt, &made);
        return false;
    }
    // Somebody may have met the key meanwhile.
    if (!pair) pair = find(pt, made.pair->key, made.pair->hash);
    if (!pair) {
        pair = made.pair;
        made.pair = NULL;
        atomic_init(&pair->value, TERM_NONE);
        *pt->last = pair;
        pt->last = &pair->next;
        pt->met++;
        set_value(pt, pair, made.value, made.words);
        table_put(atomic_load_explicit(&pt->table, memory_order_relaxed), pair);
    } else {
        set_value(pt, pair, made.value, made.words);
    }
    if (made.kept) {
        made.kept->next = pt->kept;
        pt->kept = made.kept;
        made.kept = NULL;
    }
    spin_unlock(&pt->lock);
    made_free(pt, &made);
    return true;
}

bool persistent_erase(PersistentTerms *pt, Term key) {
    Pair *pair = find(pt, key, map_hash(pt->env, key));
    if (!pair) return false;
    spin_lock(&pt->lock);
    bool there = atomic_load_explicit(&pair->value, memory_order_relaxed) != TERM_NONE;
    set_value(pt, pair, TERM_NONE, 0);
    spin_unlock(&pt->lock);
    return there;
}

void persistent_erase_all(PersistentTerms *pt) {
    spin_lock(&pt->lock);
    for (Pair *p = pt->first; p; p = p->next) set_value(pt, p, TERM_NONE, 0);
    spin_unlock(&pt->lock);
}

// --- all of them ---------------------------------------------------------------------------------

size_t persistent_count(PersistentTerms *pt) {
    spin_lock(&pt->lock);
    size_t count = pt->count;
    spin_unlock(&pt->lock);
    return count;
}

size_t persistent_bytes(PersistentTerms *pt) {
    spin_lock(&pt->lock);
    const PairTable *t = atomic_load_explicit(&pt->table, memory_order_relaxed);
    size_t bytes = pt->words * sizeof(Term) + pt->met * sizeof(Pair) + table_bytes(t->mask + 1);
    spin_unlock(&pt->lock);
    return bytes;
}

size_t persistent_list(PersistentTerms *pt, Term *keys_values, size_t capacity) {
    size_t count = 0;
    spin_lock(&pt->lock);
    for (const Pair *p = pt->first; p; p = p->next) {
        Term value = atomic_load_explicit(&p->value, memory_order_relaxed);
        if (value == TERM_NONE) continue;
        if (count < capacity) {
            keys_values[2 * count] = p->key;
            keys_values[2 * count + 1] = value;
        }
        count++;
    }
    spin_unlock(&pt->lock);
    return count;
}
