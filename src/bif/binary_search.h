// SPDX-License-Identifier: Apache-2.0
// Searching bytes for one pattern or the leftmost, then longest, of several. What binary:match,
// matches and split are made of. Knows bytes only; a search can stop anywhere and go on later.
// Thread: a pattern is constant once made: any. A search: one.
#pragma once

#include "base/mem.h"
#include "term/ident.h"

typedef struct PatternBytes {
    const uint8_t *bytes;
    size_t size; // not 0
} PatternBytes;

// Node of an Aho-Corasick automaton. Nodes are numbered breadth first, so that the children of one
// stand in a row; labels[i] is the byte that leads to node i.
typedef struct PatternNode {
    uint32_t first_child, child_count;
    uint32_t fail;  // the node of the longest proper suffix that is a node
    uint32_t depth; // bytes from the root
    uint32_t match; // size of the longest pattern that ends here; 0: none
} PatternNode;

// A compiled pattern: what a magic reference of binary:compile_pattern/1 owns.
typedef struct Pattern {
    MagicBin bin;
    Mem *mem;
    size_t size_bytes;  // of this object, all in one block
    PatternBytes one;   // bytes is NULL: use the nodes
    uint32_t root[256]; // from the root by byte; 0: stay
    uint32_t node_count;
    PatternNode *nodes;
    uint8_t *labels;
} Pattern;

typedef enum PatternStatus { PATTERN_OK, PATTERN_NO_MEMORY, PATTERN_TOO_LARGE } PatternStatus;

// Copies the bytes. `parts` is reordered. One count; released by magic_bin_release.
WARN_UNUSED PatternStatus pattern_new(Mem *m, PatternBytes *parts, size_t count, Pattern **out);
void pattern_destroy(MagicBin *bin);

typedef struct Match {
    uint64_t start, size;
} Match;

// A search under way: in bytes [position, end) of the text.
typedef struct Search {
    uint64_t position, end;
    uint32_t node; // several patterns: where the automaton is, and the best match so far
    Match best;    // size 0: none yet
} Search;

typedef enum SearchStatus { SEARCH_FOUND, SEARCH_END, SEARCH_AGAIN } SearchStatus;

// The next match, which the search then stands behind; SEARCH_AGAIN: the budget is used up.
// *budget is in units of a byte, roughly: a single pattern is found faster than it counts.
SearchStatus search_one(Search *s, PatternBytes pattern, const uint8_t *text, uint64_t *budget,
                        Match *found);
SearchStatus search_several(Search *s, const Pattern *pattern, const uint8_t *text,
                            uint64_t *budget, Match *found);
