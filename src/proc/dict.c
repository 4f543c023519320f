// SPDX-License-Identifier: Apache-2.0
// The process dictionary: open addressing with linear probing. Keys move with the heap, so they are
// hashed by what they are, not by where they lie. See dict.h.
#include "proc/dict.h"

#include "term/compare.h"
#include "term/hash.h"

enum { DICT_SLOTS_MIN = 4 };

typedef struct DictSlot {
    Term key; // TERM_NONE: free
    Term value;
} DictSlot;

// Lifetime: from the first put to the end of the process.
struct Dict {
    size_t count;
    size_t slot_count; // a power of 2, more than count
    DictSlot slots[];
};

static size_t dict_bytes(size_t slot_count) {
    return sizeof(Dict) + slot_count * sizeof(DictSlot);
}

static size_t dict_hash(const Process *p, Term key) {
    uint64_t h = term_is_immediate(key) ? key : term_phash2(&p->vm->env, key);
    return (size_t)((h * 0x9e3779b97f4a7c15u) >> 32);
}

// The slot of `key`, or the free one where it would go.
static DictSlot *find(const Process *p, Dict *d, Term key) {
    size_t mask = d->slot_count - 1;
    for (size_t i = dict_hash(p, key) & mask;; i = (i + 1) & mask) {
        DictSlot *s = &d->slots[i];
        if (s->key == TERM_NONE || term_equal_exact(&p->vm->env, s->key, key)) return s;
    }
}

static Dict *dict_new(Process *p, size_t slot_count) {
    Dict *d = mem_alloc(&p->vm->mem, dict_bytes(slot_count));
    if (d == NULL) return NULL;
    d->count = 0;
    d->slot_count = slot_count;
    for (size_t i = 0; i < slot_count; i++) d->slots[i] = (DictSlot){TERM_NONE, TERM_NONE};
    return d;
}

// Makes room for one more pair. At most three quarters of the slots are used.
static bool make_room(Process *p) {
    Dict *d = p->dict;
    if (d != NULL && (d->count + 1) * 4 <= d->slot_count * 3) return true;
    Dict *bigger = dict_new(p, d == NULL ? (size_t)DICT_SLOTS_MIN : d->slot_count * 2);
    if (bigger == NULL) return false;
    for (size_t i = 0; d != NULL && i < d->slot_count; i++) {
        if (d->slots[i].key == TERM_NONE) continue;
        *find(p, bigger, d->slots[i].key) = d->slots[i];
        bigger->count++;
    }
    dict_free(p);
    p->dict = bigger;
    return true;
}

Term dict_get(Process *p, Term key) {
    return p->dict == NULL ? TERM_NONE : find(p, p->dict, key)->value;
}

Term dict_put(Process *p, Term key, Term value, bool *failed) {
    ASSERT(key != TERM_NONE && value != TERM_NONE);
    *failed = false;
    DictSlot *s = p->dict == NULL ? NULL : find(p, p->dict, key);
    if (s != NULL && s->key != TERM_NONE) {
        Term old = s->value;
        s->value = value;
        return old;
    }
    if (!make_room(p)) {
        *failed = true;
        return TERM_NONE;
    }
    *find(p, p->dict, key) = (DictSlot){key, value};
    p->dict->count++;
    return TERM_NONE;
}

Term dict_erase(Process *p, Term key) {
    Dict *d = p->dict;
    if (d == NULL) return TERM_NONE;
    DictSlot *s = find(p, d, key);
    Term old = s->value;
    if (s->key == TERM_NONE) return TERM_NONE;
    // Close the gap: whatever follows in the same run and may not stand behind a free slot moves
    // up.
    size_t mask = d->slot_count - 1;
    size_t gap = (size_t)(s - d->slots);
    for (size_t i = (gap + 1) & mask; d->slots[i].key != TERM_NONE; i = (i + 1) & mask) {
        size_t home = dict_hash(p, d->slots[i].key) & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            d->slots[gap] = d->slots[i];
            gap = i;
        }
    }
    d->slots[gap] = (DictSlot){TERM_NONE, TERM_NONE};
    d->count--;
    return old;
}

size_t dict_count(const Process *p) {
    return p->dict == NULL ? 0 : p->dict->count;
}

void dict_each(Process *p, void (*fn)(void *ctx, Term key, Term value), void *ctx) {
    for (size_t i = 0; p->dict != NULL && i < p->dict->slot_count; i++) {
        const DictSlot *s = &p->dict->slots[i];
        if (s->key != TERM_NONE) fn(ctx, s->key, s->value);
    }
}

void dict_clear(Process *p) {
    dict_free(p);
}

void dict_roots(Process *p, RootSet *roots) {
    if (p->dict != NULL) roots_add(roots, &p->dict->slots[0].key, p->dict->slot_count * 2);
}

void dict_free(Process *p) {
    if (p->dict == NULL) return;
    mem_free(&p->vm->mem, p->dict, dict_bytes(p->dict->slot_count));
    p->dict = NULL;
}
