// SPDX-License-Identifier: Apache-2.0
// Copying terms to another heap, and their sizes. Sharing within a term is not kept: a copy is a
// tree, as a message is. Literals are shared, not copied.
//
// A view of at most HEAP_BITS_BYTES_MAX bytes is copied as those bytes: keeping the whole binary
// alive for them would cost more. A larger view is copied as a view of the same counted data.
//
// Thread: any that may read the term; the destination is the caller's.
#include "base/stack.h"
#include "heap/heap_int.h"
#include "term/bits.h"
#include "term/ident.h"

#define EMPTY_TUPLE HEADER(KIND_TUPLE, 0)

static uint64_t view_size_bits(const Term *object) {
    return object[3] & ~SUB_BITS_WRITABLE;
}

static bool is_private_magic(const Term *object) {
    return ((const MagicBin *)object[MAGIC_REF_BIN])->private;
}

// Words of an object without what its terms point to; a view includes its base.
static size_t object_copy_words(const Term *object) {
    Kind kind = header_kind(object[0]);
    if (kind == KIND_MAGIC_REF && is_private_magic(object)) return LOCAL_REF_WORDS;
    if (kind != KIND_SUB_BITS) return header_words(object[0]) + 1;
    uint64_t bits = view_size_bits(object);
    return bits <= HEAP_BITS_BYTES_MAX * 8 ? HEAP_BITS_WORDS(bits)
                                           : SUB_BITS_WORDS + REFC_BITS_WORDS;
}

static bool is_copied(const LiteralRange *lits, Term t) {
    return term_is_pointer(t) && !(lits != NULL && term_is_literal(lits, t));
}

// Words of the tree that `t` is; `empty_tuple_words` for each empty tuple.
static size_t tree_words(Mem *m, const LiteralRange *lits, Term t, size_t empty_tuple_words) {
    size_t words = 0;
    WorkStack todo;
    work_stack_init(&todo, m);
    for (;;) {
        while (is_copied(lits, t) && term_is_cons(t)) {
            words += CONS_WORDS;
            if (is_copied(lits, term_head(t))) work_stack_push(&todo, term_head(t));
            t = term_tail(t);
        }
        if (is_copied(lits, t)) {
            const Term *object = term_boxed_ptr(t);
            words += object[0] == EMPTY_TUPLE ? empty_tuple_words : object_copy_words(object);
            if (header_kind(object[0]) != KIND_SUB_BITS) {
                TermRange r = object_term_range(object[0]);
                for (size_t i = 0; i < r.count; i++) {
                    Term e = object[r.first + i];
                    if (is_copied(lits, e)) work_stack_push(&todo, e);
                }
            }
        }
        if (work_stack_empty(&todo)) break;
        t = work_stack_pop(&todo);
    }
    work_stack_deinit(&todo);
    return words;
}

size_t heap_copy_words(Mem *m, const LiteralRange *lits, Term t) {
    return tree_words(m, lits, t, 1);
}

// --- copying -------------------------------------------------------------------------------------

typedef struct Copier {
    const LiteralRange *lits;
    Hp *hp;
    Term *start; // of what this copy has written
} Copier;

static bool is_done(const Copier *c, Term t) {
    return t - (uintptr_t)c->start < (uintptr_t)c->hp->top - (uintptr_t)c->start;
}

static Term copy_list(const Copier *c, Term list) {
    Term first = term_cons(c->hp->top);
    for (;;) {
        Term tail = term_tail(list);
        Term *to = hp_take(c->hp, CONS_WORDS);
        to[0] = term_head(list);
        to[1] = tail;
        if (!term_is_cons(tail) || !is_copied(c->lits, tail)) return first;
        to[1] = term_cons(to + 2);
        list = tail;
    }
}

// A counted object of the same data.
static Term copy_refc(Hp *hp, const Term *object) {
    BitsData *data = (BitsData *)object[REFC_BITS_DATA];
    atomic_fetch_add_explicit(&data->refs, 1, memory_order_relaxed);
    return hp_refc_bits(hp, data, object[1]);
}

static Term copy_view(Hp *hp, Term view) {
    const Term *object = term_boxed_ptr(view);
    uint64_t bits = view_size_bits(object);
    if (bits <= HEAP_BITS_BYTES_MAX * 8) return hp_bits_copy(NULL, hp, bits_of(view));
    Term *to = hp_take(hp, SUB_BITS_WORDS);
    to[0] = object[0];
    to[1] = copy_refc(hp, term_boxed_ptr(object[1]));
    to[2] = object[2];
    to[3] = bits; // the copy may not be written behind
    return term_boxed(to);
}

static Term copy_magic(Hp *hp, const Term *object) {
    MagicBin *bin = (MagicBin *)object[MAGIC_REF_BIN];
    Ident id = {.node = TERM_NONE,
                .id_count = 3,
                .ids = {(uint32_t)object[1], (uint32_t)(object[1] >> 32), (uint32_t)object[2]}};
    if (is_private_magic(object)) return hp_ref(hp, &id);
    atomic_fetch_add_explicit(&bin->refs, 1, memory_order_relaxed);
    return hp_magic_ref(hp, id.ids, bin);
}

// Copies one object (or the spine of a list); what it points to is still in the old place.
static Term copy_object(const Copier *c, Term t) {
    if (term_is_cons(t)) return copy_list(c, t);
    const Term *object = term_boxed_ptr(t);
    switch (header_kind(object[0])) {
    case KIND_SUB_BITS: return copy_view(c->hp, t);
    case KIND_REFC_BITS: return copy_refc(c->hp, object);
    case KIND_MAGIC_REF: return copy_magic(c->hp, object);
    default: break;
    }
    ASSERT(header_kind(object[0]) != KIND_MATCH_CTX);
    size_t words = header_words(object[0]) + 1;
    Term *to = hp_take(c->hp, words);
    memcpy(to, object, words * sizeof(Term));
    return term_boxed(to);
}

// The destination is its own worklist, as in the collector.
Term heap_copy(Mem *m UNUSED, const LiteralRange *lits, Hp *hp, Term t) {
    if (!is_copied(lits, t)) return t;
    Copier c = {lits, hp, hp->top};
    Term copied = copy_object(&c, t);
    for (Term *scan = c.start; scan < hp->top;) {
        Term word = *scan;
        if (term_is_pointer(word)) {
            if (is_copied(lits, word) && !is_done(&c, word)) *scan = copy_object(&c, word);
            scan++;
        } else if (term_is_header(word)) {
            // A view's base was copied with it; all other kinds end with their terms.
            bool view = header_kind(word) == KIND_SUB_BITS;
            scan += view ? header_words(word) + 1 : object_term_range(word).first;
        } else {
            scan++;
        }
    }
    return copied;
}

// --- sizes ---------------------------------------------------------------------------------------

// Programs are told that an empty tuple takes no room, as on the reference, where there is only
// one.
size_t heap_flat_words(Mem *m, Term t) {
    return tree_words(m, NULL, t, 0);
}

// What a walk over a bit string's bytes costs, in words.
static size_t bits_cost_words(const Term *object) {
    Kind k = header_kind(object[0]);
    if (k != KIND_REFC_BITS && k != KIND_SUB_BITS) return 0;
    return (size_t)(bits_size(term_boxed((Term *)(uintptr_t)object)) / 64);
}

bool heap_is_larger(Mem *m, Term t, size_t words) {
    size_t seen = 0;
    WorkStack todo;
    work_stack_init(&todo, m);
    for (;;) {
        for (; term_is_cons(t) && seen <= words; t = term_tail(t)) {
            seen += CONS_WORDS;
            if (term_is_pointer(term_head(t))) work_stack_push(&todo, term_head(t));
        }
        if (term_is_boxed(t)) {
            const Term *object = term_boxed_ptr(t);
            seen += header_words(object[0]) + 1 + bits_cost_words(object);
            TermRange r = object_term_range(object[0]);
            for (size_t i = 0; i < r.count && seen <= words; i++)
                if (term_is_pointer(object[r.first + i]))
                    work_stack_push(&todo, object[r.first + i]);
        }
        if (seen > words || work_stack_empty(&todo)) break;
        t = work_stack_pop(&todo);
    }
    work_stack_deinit(&todo);
    return seen > words;
}

// A set of addresses: open addressing, a power of two of slots, at most half of them used.
typedef struct PtrSet {
    Mem *mem;
    Term *slots; // 0: free
    size_t count, cap;
} PtrSet;

static Term *set_slot(Term *slots, size_t cap, Term t) {
    size_t i = (size_t)((t * 0x9e3779b97f4a7c15u) >> 20) & (cap - 1);
    while (slots[i] != 0 && slots[i] != t) i = (i + 1) & (cap - 1);
    return &slots[i];
}

static void set_grow(PtrSet *s) {
    size_t cap = MAX(s->cap * 2, (size_t)64);
    Term *slots = mem_must_alloc(s->mem, cap * sizeof(Term));
    memset(slots, 0, cap * sizeof(Term));
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i] != 0) *set_slot(slots, cap, s->slots[i]) = s->slots[i];
    mem_free(s->mem, s->slots, s->cap * sizeof(Term));
    s->slots = slots;
    s->cap = cap;
}

// false: it was there.
static bool set_add(PtrSet *s, Term t) {
    if (s->count * 2 >= s->cap) set_grow(s);
    Term *slot = set_slot(s->slots, s->cap, t);
    if (*slot != 0) return false;
    *slot = t;
    s->count++;
    return true;
}

size_t heap_shared_words(Mem *m, const LiteralRange *lits, Term t) {
    size_t words = 0;
    WorkStack todo;
    PtrSet seen = {.mem = m};
    work_stack_init(&todo, m);
    for (;;) {
        while (is_copied(lits, t) && term_is_cons(t) && set_add(&seen, t)) {
            words += CONS_WORDS;
            if (is_copied(lits, term_head(t))) work_stack_push(&todo, term_head(t));
            t = term_tail(t);
        }
        if (is_copied(lits, t) && term_is_boxed(t) && set_add(&seen, t)) {
            const Term *object = term_boxed_ptr(t);
            words += object[0] == EMPTY_TUPLE ? 0 : header_words(object[0]) + 1;
            TermRange r = object_term_range(object[0]);
            for (size_t i = 0; i < r.count; i++)
                if (is_copied(lits, object[r.first + i]))
                    work_stack_push(&todo, object[r.first + i]);
        }
        if (work_stack_empty(&todo)) break;
        t = work_stack_pop(&todo);
    }
    mem_free(m, seen.slots, seen.cap * sizeof(Term));
    work_stack_deinit(&todo);
    return words;
}
