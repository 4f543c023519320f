// SPDX-License-Identifier: Apache-2.0
// Which words of a heap object are terms: the one place that says so. Collector, copier and size
// functions all ask here.
#pragma once

#include "term/term.h"

// Words [first, first + count) of the object, counted from its header, are terms; all others are
// raw: numbers, addresses, bytes. They may look like anything.
typedef struct TermRange {
    size_t first, count;
} TermRange;

static ALWAYS_INLINE TermRange object_term_range(Term header) {
    size_t words = header_words(header);
    switch (header_kind(header)) {
    case KIND_TUPLE:
    case KIND_MAP_FLAT: return (TermRange){1, words};
    case KIND_FUN:                                        // after FunEntry*
    case KIND_MAP_NODE: return (TermRange){2, words - 1}; // after the bitmap
    case KIND_MAP_TRIE: return (TermRange){3, words - 2}; // after size and bitmap
    case KIND_SUB_BITS:
    case KIND_MATCH_CTX: return (TermRange){1, 1}; // the base; positions follow
    case KIND_BIG_POS:
    case KIND_BIG_NEG:
    case KIND_FLOAT:
    case KIND_EXPORT:
    case KIND_REF:
    case KIND_MAGIC_REF:
    case KIND_EXTERNAL: // its node is an atom: nothing to follow
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS: break;
    }
    return (TermRange){words + 1, 0};
}

static inline bool kind_is_off_heap(Kind k) {
    return k == KIND_REFC_BITS || k == KIND_MAGIC_REF;
}
