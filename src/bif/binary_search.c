// SPDX-License-Identifier: Apache-2.0
// Searching bytes: blocks of bytes for one pattern, an Aho-Corasick automaton for several.
//
// The automaton (Aho and Corasick, "Efficient string matching", 1975) is built from the sorted
// patterns: a node is the range of them that share its bytes, and the children of a node are the
// runs of equal bytes that follow. So nodes come out breadth first without a tree in between.
//
// Of the matches, the one that starts first counts, and of those the longest. A match found is kept
// as the best so far for as long as the automaton's state starts no later than it: only then can
// there be an earlier or a longer one.
#define _GNU_SOURCE // memmem
#include "bif/binary_search.h"

#include <stdlib.h>

// What one search of a single pattern may cost where nothing matches: a window of the text.
enum { ONE_BYTES_PER_UNIT = 4 };

static int part_compare(const void *a, const void *b) {
    const PatternBytes *x = a, *y = b;
    int c = memcmp(x->bytes, y->bytes, MIN(x->size, y->size));
    return c != 0 ? c : x->size < y->size ? -1 : x->size > y->size;
}

void pattern_destroy(MagicBin *bin) {
    Pattern *pt = (Pattern *)bin;
    mem_free(pt->mem, pt, pt->size_bytes);
}

static PatternStatus pattern_one(Mem *m, PatternBytes part, Pattern **out) {
    size_t size_bytes = sizeof(Pattern) + part.size;
    Pattern *pt = mem_alloc(m, size_bytes);
    if (!pt) return PATTERN_NO_MEMORY;
    uint8_t *copy = (uint8_t *)(pt + 1);
    memcpy(copy, part.bytes, part.size);
    *pt = (Pattern){.mem = m, .size_bytes = size_bytes, .one = {copy, part.size}};
    pt->bin.destroy = pattern_destroy;
    atomic_init(&pt->bin.refs, 1);
    *out = pt;
    return PATTERN_OK;
}

// --- the automaton -------------------------------------------------------------------------------

// The node that `byte` leads to from `node`; 0: none.
static inline uint32_t node_child(const Pattern *pt, uint32_t node, uint8_t byte) {
    if (node == 0) return pt->root[byte];
    const PatternNode *n = &pt->nodes[node];
    const uint8_t *labels = pt->labels + n->first_child;
    if (n->child_count <= 4) {
        for (uint32_t i = 0; i < n->child_count; i++)
            if (labels[i] == byte) return n->first_child + i;
        return 0;
    }
    const uint8_t *at = memchr(labels, byte, n->child_count);
    return at ? n->first_child + (uint32_t)(at - labels) : 0;
}

static inline uint32_t node_step(const Pattern *pt, uint32_t node, uint8_t byte) {
    for (;;) {
        uint32_t child = node_child(pt, node, byte);
        if (child != 0 || node == 0) return child;
        node = pt->nodes[node].fail;
    }
}

typedef struct PartRange {
    size_t from, to;
} PartRange;

// Makes the children of `node`, whose patterns are parts[range].
static void add_children(Pattern *pt, const PatternBytes *parts, PartRange *ranges, uint32_t node) {
    PatternNode *n = &pt->nodes[node];
    PartRange r = ranges[node];
    n->first_child = pt->node_count;
    // Patterns that end here sort before those that go on.
    for (; r.from < r.to && parts[r.from].size == n->depth; r.from++) n->match = n->depth;
    while (r.from < r.to) {
        uint8_t byte = parts[r.from].bytes[n->depth];
        size_t end = r.from + 1;
        while (end < r.to && parts[end].bytes[n->depth] == byte) end++;
        uint32_t child = pt->node_count++;
        pt->labels[child] = byte;
        pt->nodes[child] = (PatternNode){.depth = n->depth + 1};
        ranges[child] = (PartRange){r.from, end};
        n->child_count++;
        r.from = end;
    }
}

// Fail links lead to nodes of less depth, which stand earlier.
static void add_fails(Pattern *pt) {
    for (uint32_t i = 0; i < pt->nodes[0].child_count; i++) pt->root[pt->labels[1 + i]] = 1 + i;
    for (uint32_t node = 0; node < pt->node_count; node++) {
        PatternNode n = pt->nodes[node];
        for (uint32_t i = n.first_child; i < n.first_child + n.child_count; i++) {
            PatternNode *child = &pt->nodes[i];
            child->fail = node == 0 ? 0 : node_step(pt, n.fail, pt->labels[i]);
            if (child->match == 0) child->match = pt->nodes[child->fail].match;
        }
    }
}

static PatternStatus pattern_several(Mem *m, PatternBytes *parts, size_t count, Pattern **out) {
    size_t nodes_max = 1;
    for (size_t i = 0; i < count; i++) nodes_max += parts[i].size;
    if (nodes_max > UINT32_MAX) return PATTERN_TOO_LARGE;
    size_t size_bytes = sizeof(Pattern) + nodes_max * (sizeof(PatternNode) + 1);
    PartRange *ranges = mem_alloc(m, nodes_max * sizeof *ranges);
    Pattern *pt = mem_alloc(m, size_bytes);
    if (!pt || !ranges) {
        if (pt) mem_free(m, pt, size_bytes);
        if (ranges) mem_free(m, ranges, nodes_max * sizeof *ranges);
        return PATTERN_NO_MEMORY;
    }
    *pt = (Pattern){.mem = m, .size_bytes = size_bytes, .node_count = 1};
    pt->bin.destroy = pattern_destroy;
    atomic_init(&pt->bin.refs, 1);
    pt->nodes = (PatternNode *)(pt + 1);
    pt->labels = (uint8_t *)(pt->nodes + nodes_max);
    qsort(parts, count, sizeof *parts, part_compare);
    pt->nodes[0] = (PatternNode){0};
    ranges[0] = (PartRange){0, count};
    // A node's own match must be known before its children inherit one by a fail link.
    for (uint32_t node = 0; node < pt->node_count; node++) add_children(pt, parts, ranges, node);
    add_fails(pt);
    mem_free(m, ranges, nodes_max * sizeof *ranges);
    *out = pt;
    return PATTERN_OK;
}

PatternStatus pattern_new(Mem *m, PatternBytes *parts, size_t count, Pattern **out) {
    ASSERT(count > 0);
    return count == 1 ? pattern_one(m, parts[0], out) : pattern_several(m, parts, count, out);
}

// --- one pattern ---------------------------------------------------------------------------------

#ifdef __SSE2__
enum { BLOCK = 16, FALSE_STARTS_MAX = 64 };
typedef char Block __attribute__((vector_size(16)));

static inline Block block_at(const uint8_t *p) {
    Block b;
    memcpy(&b, p, sizeof b);
    return b;
}
static inline Block block_of(uint8_t byte) {
    Block b = {0};
    return b + (char)byte;
}

// Where `pattern`, of two bytes or more, is in `size` bytes; NULL: nowhere. Blocks of starts are
// tried by the pattern's first and last byte at once. Where those are found too often without
// the rest, memmem takes over, whose time is linear.
static const uint8_t *find(const uint8_t *text, size_t size, PatternBytes pattern) {
    if (size < pattern.size) return NULL;
    const uint8_t *at = memchr(text, pattern.bytes[0], size - pattern.size + 1);
    if (!at) return NULL;
    const uint8_t *end = text + size - pattern.size + 1; // of where it may start
    size_t last = pattern.size - 1, tried = 0;
    const Block first_byte = block_of(pattern.bytes[0]), last_byte = block_of(pattern.bytes[last]);
    for (; end - at >= BLOCK; at += BLOCK) {
        Block both = (block_at(at) == first_byte) & (block_at(at + last) == last_byte);
        unsigned hits = (unsigned)__builtin_ia32_pmovmskb128(both);
        for (; hits != 0; hits &= hits - 1, tried++) {
            const uint8_t *start = at + __builtin_ctz(hits);
            if (memcmp(start + 1, pattern.bytes + 1, last) == 0) return start;
        }
        if (tried > FALSE_STARTS_MAX && tried > (size_t)(at - text) / BLOCK) break;
    }
    return memmem(at, (size_t)(text + size - at), pattern.bytes, pattern.size);
}
#else
static const uint8_t *find(const uint8_t *text, size_t size, PatternBytes pattern) {
    return memmem(text, size, pattern.bytes, pattern.size);
}
#endif

// --- searching -----------------------------------------------------------------------------------

SearchStatus search_one(Search *s, PatternBytes pattern, const uint8_t *text, uint64_t *budget,
                        Match *found) {
    for (;;) {
        uint64_t left = s->end - s->position;
        if (left < pattern.size) return SEARCH_END;
        if (*budget == 0) return SEARCH_AGAIN;
        uint64_t starts = MIN(left - pattern.size + 1, *budget * ONE_BYTES_PER_UNIT);
        const uint8_t *from = text + s->position;
        const uint8_t *at = pattern.size == 1 ? memchr(from, pattern.bytes[0], starts)
                                              : find(from, starts + pattern.size - 1, pattern);
        uint64_t seen = at ? (uint64_t)(at - from) + pattern.size : starts;
        *budget -= MIN(*budget, seen / ONE_BYTES_PER_UNIT + 1);
        s->position += seen;
        if (at) {
            *found = (Match){s->position - pattern.size, pattern.size};
            return SEARCH_FOUND;
        }
    }
}

SearchStatus search_several(Search *s, const Pattern *pattern, const uint8_t *text,
                            uint64_t *budget, Match *found) {
    uint64_t position = s->position,
             stop = s->end - position > *budget ? position + *budget : s->end;
    const uint64_t from = position;
    uint32_t node = s->node;
    Match best = s->best;
    while (position < stop) {
        if (node == 0 && pattern->root[text[position]] == 0) {
            position++;
            continue;
        }
        node = node_step(pattern, node, text[position++]);
        const PatternNode *n = &pattern->nodes[node];
        if (n->match != 0) {
            Match m = {position - n->match, n->match};
            if (best.size == 0 || m.start < best.start ||
                (m.start == best.start && m.size > best.size))
                best = m;
        }
        if (best.size != 0 && position - n->depth > best.start) break;
    }
    *budget -= position - from;
    bool done = position == s->end ||
                (best.size != 0 && position - pattern->nodes[node].depth > best.start);
    if (!done) {
        s->position = position;
        s->node = node;
        s->best = best;
        return SEARCH_AGAIN;
    }
    s->node = 0;
    s->best = (Match){0, 0};
    if (best.size == 0) {
        s->position = s->end;
        return SEARCH_END;
    }
    s->position = best.start + best.size;
    *found = best;
    return SEARCH_FOUND;
}
