// SPDX-License-Identifier: Apache-2.0
// The atom table.
//
// Problem: every thread reads atoms all the time and interns one now and then; readers must take no
// lock, and an atom's text must never move.
//
// Entries stand in segments that double in size and never move: an index says its segment by its
// highest bit. From text to index there are SHARDS open-addressing tables, picked by the text's
// hash. A slot is one word, hash << 32 | index + 1, 0 when empty; slots are only ever filled, so a
// reader needs one acquire load a slot. Who inserts into a shard holds its spinlock. A full table
// is copied to one of twice the size; readers may still be in the old one, so it stays until the
// atom table is freed (all old tables together are smaller than the newest). A reader in an old
// table can miss an atom interned meanwhile: interning looks again under the lock, and a find that
// began before the interning ended may say "not there".
//
// Publication: entry and text are written, then the slot is stored with release; find loads it with
// acquire. A thread that got the term by other means (a message) was synchronised by those.
//
// Limits: shard locks spin, so a thread that is put off its core while it holds one makes others
// that intern into the same shard wait. With sixteen shards a table copy is small.
#include "term/atom.h"

#include "base/spin.h"
#include "term/hash.h"

enum {
    SHARD_BITS = 4,
    SHARDS = 1 << SHARD_BITS,
    SHARD_SLOTS_FIRST = 256,
    SEGMENT_FIRST_BITS = 12, // entries of the first segment
    SEGMENTS = 32 - SEGMENT_FIRST_BITS + 1,
    CHUNK_BYTES = 4096, // of text; longer than any atom
};

typedef struct SlotTable {
    struct SlotTable *older;
    uint32_t mask; // slots - 1
    _Atomic uint64_t slots[];
} SlotTable;

typedef struct Chunk {
    struct Chunk *next;
    uint8_t bytes[CHUNK_BYTES];
} Chunk;

typedef struct Shard {
    _Atomic(SlotTable *) table;
    Spin lock; // guards what follows, and filling slots
    uint32_t used;
    Chunk *chunks;
    uint32_t chunk_used_bytes;
} Shard;

struct Atoms {
    Mem *mem;
    uint32_t count_max;
    _Atomic uint32_t count;
    _Atomic(Atom *) segments[SEGMENTS];
    Shard shards[SHARDS];
};

// --- entries -------------------------------------------------------------------------------------

// Segment 0 holds indexes below 2^12; segment s > 0 those from 2^(11+s) up to twice that.
static unsigned segment_of(uint32_t index) {
    uint32_t top = index >> SEGMENT_FIRST_BITS;
    return top == 0 ? 0 : 32 - (unsigned)__builtin_clz(top);
}
static uint32_t segment_base(unsigned segment) {
    return segment == 0 ? 0 : (uint32_t)1 << (SEGMENT_FIRST_BITS + segment - 1);
}
static size_t segment_bytes(unsigned segment) {
    size_t entries = segment == 0 ? (size_t)1 << SEGMENT_FIRST_BITS : segment_base(segment);
    return entries * sizeof(Atom);
}

static Atom *entry_at(const Atoms *at, uint32_t index) {
    unsigned s = segment_of(index);
    Atom *segment = atomic_load_explicit(&at->segments[s], memory_order_acquire);
    return &segment[index - segment_base(s)];
}

// Memory of the table counts as the atoms'.
static void *noted(Mem *m, void *memory, size_t size_bytes) {
    if (memory != NULL) mem_note(m, MEM_ATOMS, (int64_t)size_bytes);
    return memory;
}
static void give_back(Mem *m, void *memory, size_t size_bytes) {
    mem_note(m, MEM_ATOMS, -(int64_t)size_bytes);
    mem_free(m, memory, size_bytes);
}

// Makes the segment of `index` exist; whoever is second frees its own.
static bool segment_ensure(Atoms *at, uint32_t index) {
    unsigned s = segment_of(index);
    if (LIKELY(atomic_load_explicit(&at->segments[s], memory_order_acquire) != NULL)) return true;
    Atom *fresh = noted(at->mem, mem_alloc_zero(at->mem, segment_bytes(s)), segment_bytes(s));
    if (fresh == NULL) return false;
    Atom *expected = NULL;
    if (!atomic_compare_exchange_strong_explicit(&at->segments[s], &expected, fresh,
                                                 memory_order_acq_rel, memory_order_acquire))
        give_back(at->mem, fresh, segment_bytes(s));
    return true;
}

// Takes the next index; false: the table is full, or no memory. Gives no index away in vain.
static bool index_take(Atoms *at, uint32_t *index) {
    uint32_t n = atomic_load_explicit(&at->count, memory_order_relaxed);
    do {
        if (n >= at->count_max || !segment_ensure(at, n)) return false;
    } while (!atomic_compare_exchange_weak_explicit(&at->count, &n, n + 1, memory_order_relaxed,
                                                    memory_order_relaxed));
    *index = n;
    return true;
}

const Atom *atom_get(const Atoms *at, Term atom) {
    DEBUG_ASSERT(term_is_atom(atom) && term_atom_index(atom) < atoms_count(at));
    return entry_at(at, term_atom_index(atom));
}

_Atomic Term *atom_holder(const Atoms *at, Term atom) {
    DEBUG_ASSERT(term_is_atom(atom) && term_atom_index(atom) < atoms_count(at));
    return &entry_at(at, term_atom_index(atom))->holder;
}

uint32_t atoms_count(const Atoms *at) {
    return atomic_load_explicit(&at->count, memory_order_relaxed);
}

uint32_t atoms_count_max(const Atoms *at) {
    return at->count_max;
}

// --- text ----------------------------------------------------------------------------------------

// Length in bytes of the well-formed UTF-8 character at `t`; 0: malformed or cut off.
static unsigned utf8_char_size(const uint8_t *t, size_t left) {
    uint8_t c = t[0];
    if (c < 0x80) return 1;
    unsigned size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || size > left) return 0;
    for (unsigned i = 1; i < size; i++) {
        if ((t[i] & 0xc0) != 0x80) return 0;
    }
    if (c == 0xe0 && t[1] < 0xa0) return 0; // longer than needed
    if (c == 0xed && t[1] > 0x9f) return 0; // surrogates
    if (c == 0xf0 && t[1] < 0x90) return 0;
    if (c == 0xf4 && t[1] > 0x8f) return 0; // beyond U+10FFFF
    return size;
}

AtomText atom_text_check(const uint8_t *text, size_t size_bytes) {
    if (size_bytes > ATOM_BYTES_MAX) return ATOM_TEXT_TOO_LONG;
    size_t chars = 0;
    for (size_t i = 0; i < size_bytes; chars++) {
        if (chars == ATOM_CHARS_MAX) return ATOM_TEXT_TOO_LONG;
        unsigned size = utf8_char_size(text + i, size_bytes - i);
        if (size == 0) return ATOM_TEXT_BAD_UTF8;
        i += size;
    }
    return ATOM_TEXT_OK;
}

// Up to eight bytes as a word, whatever the order of bytes; reads no others.
static uint64_t load_up_to_8(const uint8_t *p, size_t size_bytes) {
    if (size_bytes >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + size_bytes - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    return size_bytes == 0
               ? 0
               : (uint64_t)p[0] << 16 | (uint64_t)p[size_bytes / 2] << 8 | p[size_bytes - 1];
}

// The table's own hash: all bits are good, unlike those of the documented one. Multiply and fold
// eight bytes at a time.
static uint32_t slot_hash(const uint8_t *text, size_t size_bytes) {
    uint64_t h = 0x9e3779b97f4a7c15u ^ size_bytes;
    size_t i = 0;
    for (; i + 8 <= size_bytes; i += 8) {
        uint64_t w;
        memcpy(&w, text + i, sizeof w);
        h = (h ^ w) * 0xd6e8feb86659fd93u;
        h ^= h >> 32;
    }
    h = (h ^ load_up_to_8(text + i, size_bytes - i)) * 0xd6e8feb86659fd93u;
    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
    return (uint32_t)(h >> 32);
}

// Room for text that never moves. Under the shard's lock. NULL: no memory.
static uint8_t *text_take(Atoms *at, Shard *sh, size_t size_bytes) {
    if (sh->chunks == NULL || CHUNK_BYTES - sh->chunk_used_bytes < size_bytes) {
        Chunk *c = noted(at->mem, mem_alloc(at->mem, sizeof(Chunk)), sizeof(Chunk));
        if (c == NULL) return NULL;
        c->next = sh->chunks;
        sh->chunks = c;
        sh->chunk_used_bytes = 0;
    }
    uint8_t *text = sh->chunks->bytes + sh->chunk_used_bytes;
    sh->chunk_used_bytes += (uint32_t)size_bytes;
    return text;
}

static void entry_fill(Atom *e, const uint8_t *text, size_t size_bytes) {
    uint32_t ord0 = 0;
    uint16_t chars = 0;
    for (size_t i = 0; i < 4; i++) ord0 = ord0 << 8 | (i < size_bytes ? text[i] : 0);
    for (size_t i = 0; i < size_bytes; i++) chars += (text[i] & 0xc0) != 0x80;
    *e = (Atom){.text = text,
                .size_bytes = (uint16_t)size_bytes,
                .chars = chars,
                .hash = atom_text_hash(text, size_bytes),
                .ord0 = ord0};
}

// --- finding and interning -----------------------------------------------------------------------

static uint32_t slot_start(const SlotTable *t, uint32_t hash) {
    return (hash >> SHARD_BITS) & t->mask;
}

static Term table_find(const Atoms *at, const SlotTable *t, uint32_t hash, const uint8_t *text,
                       size_t size_bytes) {
    for (uint32_t i = slot_start(t, hash);; i = (i + 1) & t->mask) {
        uint64_t slot = atomic_load_explicit(&t->slots[i], memory_order_acquire);
        if (slot == 0) return TERM_NONE;
        if ((uint32_t)(slot >> 32) != hash) continue;
        uint32_t index = (uint32_t)slot - 1;
        const Atom *e = entry_at(at, index);
        if (e->size_bytes == size_bytes && memcmp(e->text, text, size_bytes) == 0)
            return term_atom(index);
    }
}

static void table_put(SlotTable *t, uint32_t hash, uint32_t index) {
    uint32_t i = slot_start(t, hash);
    while (atomic_load_explicit(&t->slots[i], memory_order_relaxed) != 0) i = (i + 1) & t->mask;
    uint64_t slot = (uint64_t)hash << 32 | (index + 1);
    atomic_store_explicit(&t->slots[i], slot, memory_order_release);
}

static size_t table_bytes(uint32_t slots) {
    return sizeof(SlotTable) + slots * sizeof(uint64_t);
}

static SlotTable *table_new(Mem *m, uint32_t slots) {
    SlotTable *t = noted(m, mem_alloc_zero(m, table_bytes(slots)), table_bytes(slots));
    if (t != NULL) t->mask = slots - 1;
    return t;
}

// Makes room for one more: at most two thirds of the slots are filled.
static bool shard_room(Atoms *at, Shard *sh) {
    SlotTable *old = atomic_load_explicit(&sh->table, memory_order_relaxed);
    uint32_t slots = old->mask + 1;
    if (sh->used + 1 <= slots - slots / 3) return true;
    SlotTable *t = table_new(at->mem, 2 * slots);
    if (t == NULL) return false;
    for (uint32_t i = 0; i < slots; i++) {
        uint64_t slot = atomic_load_explicit(&old->slots[i], memory_order_relaxed);
        if (slot != 0) table_put(t, (uint32_t)(slot >> 32), (uint32_t)slot - 1);
    }
    t->older = old;
    atomic_store_explicit(&sh->table, t, memory_order_release); // pairs with the load in atom_find
    return true;
}

// A text that is not in the table. Under the shard's lock. `stays`: the text is static.
static Term shard_add(Atoms *at, Shard *sh, uint32_t hash, const uint8_t *text, size_t size_bytes,
                      bool stays) {
    if (!shard_room(at, sh)) return TERM_NONE;
    if (!stays && size_bytes > 0) {
        uint8_t *copy = text_take(at, sh, size_bytes);
        if (copy == NULL) return TERM_NONE;
        memcpy(copy, text, size_bytes);
        text = copy;
    }
    uint32_t index;
    if (!index_take(at, &index)) {
        if (!stays && size_bytes > 0) sh->chunk_used_bytes -= (uint32_t)size_bytes;
        return TERM_NONE;
    }
    entry_fill(entry_at(at, index), size_bytes > 0 ? text : (const uint8_t *)"", size_bytes);
    table_put(atomic_load_explicit(&sh->table, memory_order_relaxed), hash, index);
    sh->used++;
    return term_atom(index);
}

static Term find_hashed(const Atoms *at, uint32_t hash, const uint8_t *text, size_t size_bytes) {
    const Shard *sh = &at->shards[hash & (SHARDS - 1)];
    const SlotTable *t = atomic_load_explicit(&sh->table, memory_order_acquire);
    return table_find(at, t, hash, text, size_bytes);
}

Term atom_find(const Atoms *at, const uint8_t *text, size_t size_bytes) {
    if (size_bytes > ATOM_BYTES_MAX) return TERM_NONE;
    return find_hashed(at, slot_hash(text, size_bytes), text, size_bytes);
}

Term atom_intern(Atoms *at, const uint8_t *text, size_t size_bytes) {
    ASSERT(size_bytes <= ATOM_BYTES_MAX);
    DEBUG_ASSERT(atom_text_check(text, size_bytes) == ATOM_TEXT_OK);
    uint32_t hash = slot_hash(text, size_bytes);
    Term found = find_hashed(at, hash, text, size_bytes);
    if (LIKELY(found != TERM_NONE)) return found;
    Shard *sh = &at->shards[hash & (SHARDS - 1)];
    spin_lock(&sh->lock);
    found = find_hashed(at, hash, text, size_bytes);
    if (found == TERM_NONE) found = shard_add(at, sh, hash, text, size_bytes, false);
    spin_unlock(&sh->lock);
    return found;
}

Term atom_intern_latin1(Atoms *at, const uint8_t *text, size_t size_bytes) {
    ASSERT(size_bytes <= ATOM_CHARS_MAX);
    uint8_t utf8[ATOM_CHARS_MAX * 2];
    size_t n = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        if (text[i] < 0x80) {
            utf8[n++] = text[i];
        } else {
            utf8[n++] = 0xc0 | text[i] >> 6;
            utf8[n++] = 0x80 | (text[i] & 0x3f);
        }
    }
    return atom_intern(at, utf8, n);
}

// UTF-8 keeps the order of characters, so bytes decide.
int atom_compare(const Atoms *at, Term a, Term b) {
    if (a == b) return 0;
    const Atom *x = atom_get(at, a);
    const Atom *y = atom_get(at, b);
    if (x->ord0 != y->ord0) return x->ord0 < y->ord0 ? -1 : 1;
    int c = memcmp(x->text, y->text, MIN(x->size_bytes, y->size_bytes));
    if (c == 0) c = x->size_bytes - y->size_bytes;
    DEBUG_ASSERT(c != 0);
    return c < 0 ? -1 : 1;
}

// --- life ----------------------------------------------------------------------------------------

static const struct {
    const char *text;
    size_t size_bytes;
} predefined[] = {
#define ATOM(name, text) {text, sizeof(text) - 1},
#include "term/atoms.def"
#undef ATOM
};
_Static_assert(ARRAY_COUNT(predefined) == ATOM_INDEX_COUNT, "one index for each text");

static bool predefined_add(Atoms *at) {
    for (uint32_t i = 0; i < ATOM_INDEX_COUNT; i++) {
        const uint8_t *text = (const uint8_t *)predefined[i].text;
        size_t size_bytes = predefined[i].size_bytes;
        uint32_t hash = slot_hash(text, size_bytes);
        Shard *sh = &at->shards[hash & (SHARDS - 1)];
        ASSERT(find_hashed(at, hash, text, size_bytes) == TERM_NONE); // twice in atoms.def
        Term t = shard_add(at, sh, hash, text, size_bytes, true);
        if (t == TERM_NONE) return false;
        ASSERT(t == term_atom(i));
    }
    return true;
}

Atoms *atoms_new(Mem *m, uint32_t count_max) {
    Atoms *at = mem_alloc_zero(m, sizeof(Atoms));
    if (at == NULL) return NULL;
    at->mem = m;
    at->count_max = MAX(count_max, (uint32_t)ATOM_INDEX_COUNT);
    for (unsigned i = 0; i < SHARDS; i++) {
        SlotTable *t = table_new(m, SHARD_SLOTS_FIRST);
        if (t == NULL) goto fail;
        atomic_init(&at->shards[i].table, t);
    }
    if (!predefined_add(at)) goto fail;
    return at;
fail:
    atoms_free(at);
    return NULL;
}

static void shard_free(Atoms *at, Shard *sh) {
    SlotTable *t = atomic_load_explicit(&sh->table, memory_order_relaxed);
    while (t != NULL) {
        SlotTable *older = t->older;
        mem_free(at->mem, t, table_bytes(t->mask + 1));
        t = older;
    }
    for (Chunk *c = sh->chunks, *next; c != NULL; c = next) {
        next = c->next;
        mem_free(at->mem, c, sizeof(Chunk));
    }
}

void atoms_free(Atoms *at) {
    if (at == NULL) return;
    for (unsigned i = 0; i < SHARDS; i++) shard_free(at, &at->shards[i]);
    for (unsigned s = 0; s < SEGMENTS; s++)
        mem_free(at->mem, atomic_load_explicit(&at->segments[s], memory_order_relaxed),
                 segment_bytes(s));
    mem_free(at->mem, at, sizeof(Atoms));
}
