// SPDX-License-Identifier: Apache-2.0
// Open addressing with linear probing, at most half full; see lookup.h.
#include "code/lookup.h"

enum { SLOTS_FIRST = 64 };

static LookupSlots *slots_new(Mem *m, size_t count) {
    LookupSlots *s = mem_alloc_zero(m, sizeof(LookupSlots) + count * sizeof(s->at[0]));
    if (s != NULL) s->mask = count - 1;
    return s;
}

bool lookup_init(Lookup *t, Mem *m, uint64_t (*hash)(const void *),
                 bool (*same)(const void *, const void *)) {
    *t = (Lookup){.mem = m, .hash = hash, .same = same};
    LookupSlots *s = slots_new(m, SLOTS_FIRST);
    atomic_store_explicit(&t->slots, s, memory_order_release);
    return s != NULL;
}

void lookup_deinit(Lookup *t) {
    LookupSlots *older;
    for (LookupSlots *s = atomic_load(&t->slots); s != NULL; s = older) {
        older = s->older;
        mem_free(t->mem, s, sizeof(LookupSlots) + (s->mask + 1) * sizeof(s->at[0]));
    }
    atomic_store(&t->slots, NULL);
}

void *lookup_find(const Lookup *t, const void *key) {
    const LookupSlots *s = atomic_load_explicit(&t->slots, memory_order_acquire);
    for (size_t i = t->hash(key);; i++) {
        void *entry = atomic_load_explicit(&s->at[i & s->mask], memory_order_acquire);
        if (entry == NULL || t->same(entry, key)) return entry;
    }
}

static void put(const Lookup *t, LookupSlots *s, void *entry) {
    size_t i = t->hash(entry);
    while (atomic_load_explicit(&s->at[i & s->mask], memory_order_relaxed) != NULL) i++;
    atomic_store_explicit(&s->at[i & s->mask], entry, memory_order_release);
}

bool lookup_add(Lookup *t, void *entry) {
    LookupSlots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    DEBUG_ASSERT(lookup_find(t, entry) == NULL);
    if ((t->count + 1) * 2 > s->mask + 1) {
        LookupSlots *grown = slots_new(t->mem, (s->mask + 1) * 2);
        if (grown == NULL) return false;
        for (size_t i = 0; i <= s->mask; i++) {
            void *old = atomic_load_explicit(&s->at[i], memory_order_relaxed);
            if (old != NULL) put(t, grown, old);
        }
        grown->older = s;
        atomic_store_explicit(&t->slots, grown, memory_order_release);
        s = grown;
    }
    put(t, s, entry);
    t->count++;
    return true;
}
