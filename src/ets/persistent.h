// SPDX-License-Identifier: Apache-2.0
// Persistent terms: a table of keys and values that lie in literal areas of their own, so that
// reading one copies nothing. What a put or an erase replaces stays until the VM ends: a process
// may still hold it.
// Thread: one at a time.
#pragma once

#include "heap/heap.h"
#include "term/env.h"

typedef struct PersistentTerms PersistentTerms;

WARN_UNUSED PersistentTerms *persistent_new(const TermEnv *env, Literals *literals);
void persistent_free(PersistentTerms *pt);

Term persistent_get(const PersistentTerms *pt, Term key); // TERM_NONE: not there
// false: no memory or no room for literals; nothing has changed.
WARN_UNUSED bool persistent_put(PersistentTerms *pt, Term key, Term value);
bool persistent_erase(PersistentTerms *pt, Term key); // false: not there
void persistent_erase_all(PersistentTerms *pt);
size_t persistent_count(const PersistentTerms *pt);
size_t persistent_bytes(const PersistentTerms *pt); // of the table and what is in it
// The i-th pair in table order, 0 <= i < count.
void persistent_at(const PersistentTerms *pt, size_t i, Term *key, Term *value);
