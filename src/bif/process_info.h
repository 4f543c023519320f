// SPDX-License-Identifier: Apache-2.0
// What erlang:process_info can tell. An answer is built in two steps: how many words it takes, then
// its terms through a cursor, which may lie on the heap of the process itself or in the signal that
// carries the answer to another.
// Thread: the one that runs the process asked about.
#pragma once

#include "base/buf.h"
#include "engine/engine.h"

enum {
    INFO_IN_CONTEXT = 1, // on the reference the process itself is what answers: it is running
    INFO_WHERE = 2,      // looks at code addresses
    INFO_TEXT = 4,       // looks at the stack as text
    INFO_MESSAGES = 8,   // all that was sent before is to be in the mailbox
};

typedef struct InfoQuestion {
    Process *p;
    bool other;       // another process asks: terms are copied
    uint32_t flags;   // of all items asked for
    bool unsupported; // an item that this machine cannot tell
    EngineWhere where;
    Buf text;
} InfoQuestion;

typedef struct InfoItem {
    Term name;
    uint32_t flags, fixed_words;
    size_t (*words)(const InfoQuestion *q); // on top of fixed_words; NULL: none
    Term (*value)(const InfoQuestion *q, Hp *hp);
} InfoItem;

const InfoItem *info_item(Term name); // NULL: no such item
const InfoItem *info_items(size_t *count);

// The pairs of garbage_collection_info. Words: info_heap_numbers_words.
size_t info_heap_numbers_words(void);
Term info_heap_numbers(const Process *p, Hp *hp);
