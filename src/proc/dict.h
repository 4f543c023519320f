// SPDX-License-Identifier: Apache-2.0
// The process dictionary: a hash table of key and value terms that live on the process heap.
// Its slots are roots. Thread: only the scheduler that runs the process.
#pragma once

#include "proc/process.h"

Term dict_get(Process *p, Term key); // TERM_NONE: not there
// The old value, or TERM_NONE. *failed: no memory; nothing has changed.
Term dict_put(Process *p, Term key, Term value, bool *failed);
Term dict_erase(Process *p, Term key);
size_t dict_count(const Process *p);
// Calls fn for each pair, in table order; fn must not touch the dictionary nor collect.
void dict_each(Process *p, void (*fn)(void *ctx, Term key, Term value), void *ctx);
void dict_clear(Process *p);
void dict_roots(Process *p, RootSet *roots);
void dict_free(Process *p);
