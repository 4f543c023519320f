// SPDX-License-Identifier: Apache-2.0
// The table of a process's links, monitors and aliases. See relations.h.
//
// Linear hashing (Witold Litwin, 1980; in memory: Per-Ake Larson, 1988): with n buckets and m the
// largest power of two that is not above n, a hash belongs to bucket h mod 2m, or h mod m where
// that is not there yet. Growing by one splits bucket n - m; shrinking joins the last one with the
// one it was split from. Buckets are kept in segments, so that nothing large is ever copied but the
// list of segments. A process with few relations has one bucket, in Links itself.
#include "proc/relations.h"

enum {
    SEGMENT_BITS = 6,
    SEGMENT_BUCKETS = 1 << SEGMENT_BITS,
    CHAIN_MAX = 2, // relations a bucket, on average, before it grows
    FEW = 8,       // so many may be in the first bucket alone
};

typedef struct Segment {
    Relation *buckets[SEGMENT_BUCKETS];
} Segment;

struct Links {
    size_t count;    // of all kinds
    Relation *spare; // kept from the last removal: who calls servers makes and removes one all day
    size_t buckets;
    Relation *first; // the bucket while there is one
    Segment **segments;
    size_t segment_count, segment_capacity;
};

static uint64_t hash(RelationKind kind, RefKey key) {
    uint64_t h = (key.low ^ key.high << 32 ^ (uint64_t)kind << 61) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

static uint64_t relation_hash(const Relation *r) {
    return hash((RelationKind)r->kind, r->key);
}

static Relation **bucket_at(Links *l, size_t i) {
    DEBUG_ASSERT(i < l->buckets);
    if (l->segments == NULL) return &l->first;
    return &l->segments[i >> SEGMENT_BITS]->buckets[i & (SEGMENT_BUCKETS - 1)];
}

// The largest power of two that is not above the number of buckets.
static size_t round_size(size_t buckets) {
    return (size_t)1 << (63 - __builtin_clzll(buckets));
}

static Relation **bucket_of(Links *l, uint64_t h) {
    if (LIKELY(l->segments == NULL)) return &l->first;
    size_t m = round_size(l->buckets);
    size_t i = h & (2 * m - 1);
    return bucket_at(l, i < l->buckets ? i : i & (m - 1));
}

// --- growing and shrinking -----------------------------------------------------------------------

// Room for bucket number `buckets`. Without memory the chains just get longer.
static bool add_segment(VmCore *vm, Links *l) {
    if (l->buckets >> SEGMENT_BITS < l->segment_count) return true;
    if (l->segment_count == l->segment_capacity) {
        size_t capacity = MAX(l->segment_capacity * 2, 1);
        Segment **segments =
            mem_realloc(&vm->mem, l->segments, l->segment_capacity * sizeof *segments,
                        capacity * sizeof *segments);
        if (segments == NULL) return false;
        l->segments = segments;
        l->segment_capacity = capacity;
    }
    Segment *segment = mem_alloc_zero(&vm->mem, sizeof *segment);
    if (segment == NULL) return false;
    l->segments[l->segment_count++] = segment;
    return true;
}

static void grow(VmCore *vm, Links *l) {
    if (l->segments == NULL) {
        Segment **segments = mem_alloc(&vm->mem, sizeof *segments);
        if (segments == NULL) return;
        Segment *segment = mem_alloc_zero(&vm->mem, sizeof *segment);
        if (segment == NULL) {
            mem_free(&vm->mem, segments, sizeof *segments);
            return;
        }
        segments[0] = segment;
        segment->buckets[0] = l->first;
        l->first = NULL;
        l->segments = segments;
        l->segment_count = l->segment_capacity = 1;
    }
    if (!add_segment(vm, l)) return;
    size_t m = round_size(l->buckets), at = l->buckets++;
    Relation **stay = bucket_at(l, at - m), **go = bucket_at(l, at);
    DEBUG_ASSERT(*go == NULL);
    for (Relation *r = *stay; r != NULL; r = *stay) {
        if ((relation_hash(r) & (2 * m - 1)) == at) {
            *stay = r->next;
            r->next = *go;
            *go = r;
        } else {
            stay = &r->next;
        }
    }
}

static void free_segments(VmCore *vm, Links *l) {
    for (size_t i = 0; i < l->segment_count; i++)
        mem_free(&vm->mem, l->segments[i], sizeof(Segment));
    mem_free(&vm->mem, l->segments, l->segment_capacity * sizeof *l->segments);
    l->segments = NULL;
    l->segment_count = l->segment_capacity = 0;
}

static void shrink(VmCore *vm, Links *l) {
    size_t last = l->buckets - 1;
    Relation **from = bucket_at(l, last);
    Relation *r = *from;
    *from = NULL;
    l->buckets = last;
    Relation **to = bucket_at(l, last - round_size(last));
    while (*to != NULL) to = &(*to)->next;
    *to = r;
    if ((last & (SEGMENT_BUCKETS - 1)) == 0)
        mem_free(&vm->mem, l->segments[--l->segment_count], sizeof(Segment));
    if (last > 1) return;
    l->first = l->segments[0]->buckets[0];
    free_segments(vm, l);
}

static void links_free(VmCore *vm, Links *l) {
    free_segments(vm, l);
    mem_free(&vm->mem, l->spare, sizeof(Relation));
    mem_free(&vm->mem, l, sizeof *l);
}

// --- finding, adding, removing -------------------------------------------------------------------

Relation *relation_find(const Process *p, RelationKind kind, RefKey key) {
    if (p->links == NULL) return NULL;
    Relation *r = *bucket_of(p->links, hash(kind, key));
    while (r != NULL && (r->key.low != key.low || r->key.high != key.high || r->kind != kind))
        r = r->next;
    return r;
}

Relation *relation_add(Process *p, RelationKind kind, RefKey key, Term peer) {
    DEBUG_ASSERT(relation_find(p, kind, key) == NULL);
    VmCore *vm = p->vm;
    if (p->links == NULL) {
        p->links = mem_alloc_zero(&vm->mem, sizeof *p->links);
        if (p->links == NULL) return NULL;
        p->links->buckets = 1;
    }
    Links *l = p->links;
    Relation *r = l->spare;
    l->spare = NULL;
    if (r == NULL) r = mem_alloc(&vm->mem, sizeof *r);
    if (r == NULL) return NULL;
    *r = (Relation){.kind = (uint8_t)kind, .key = key, .peer = peer};
    if (kind != RELATION_LINK) r->name = TERM_NONE;
    Relation **bucket = bucket_of(l, relation_hash(r));
    r->next = *bucket;
    *bucket = r;
    l->count++;
    if (l->count > FEW && l->count > l->buckets * CHAIN_MAX) grow(vm, l);
    return r;
}

void relation_free(VmCore *vm, Relation *r) {
    if (r->tag != NULL) signal_free(vm, r->tag);
    mem_free(&vm->mem, r, sizeof *r);
}

void relation_remove(Process *p, Relation *r) {
    Links *l = p->links;
    Relation **at = bucket_of(l, relation_hash(r));
    while (*at != r) {
        ASSERT(*at != NULL);
        at = &(*at)->next;
    }
    *at = r->next;
    l->count--;
    if (l->spare == NULL && r->tag == NULL)
        l->spare = r;
    else
        relation_free(p->vm, r);
    if (l->buckets > 1 && l->count * 2 < l->buckets) shrink(p->vm, l);
}

// From the last bucket on down, so that the table shrinks without joining anything.
Relation *relation_take_any(Process *p) {
    Links *l = p->links;
    if (l == NULL) return NULL;
    if (l->count == 0) {
        links_free(p->vm, l);
        p->links = NULL;
        return NULL;
    }
    Relation **at = bucket_at(l, l->buckets - 1);
    while (*at == NULL) {
        shrink(p->vm, l);
        at = bucket_at(l, l->buckets - 1);
    }
    Relation *r = *at;
    *at = r->next;
    l->count--;
    return r;
}

// --- all of them ---------------------------------------------------------------------------------

void relation_each(const Process *p, RelationKind kind, void (*fn)(void *ctx, const Relation *r),
                   void *ctx) {
    Links *l = p->links;
    for (size_t i = 0; l != NULL && i < l->buckets; i++) {
        for (const Relation *r = *bucket_at(l, i); r != NULL; r = r->next)
            if (r->kind == kind && (kind != RELATION_LINK || r->unlink_id == 0)) fn(ctx, r);
    }
}

static void count_one(void *ctx, const Relation *r) {
    (void)r;
    ++*(size_t *)ctx;
}

size_t relation_count(const Process *p, RelationKind kind) {
    size_t count = 0;
    relation_each(p, kind, count_one, &count);
    return count;
}

void relations_free(Process *p) {
    for (Relation *r = relation_take_any(p); r != NULL; r = relation_take_any(p))
        relation_free(p->vm, r);
}
