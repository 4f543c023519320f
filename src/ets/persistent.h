// SPDX-License-Identifier: Apache-2.0
// Persistent terms: a table of keys and values that lie in literal areas of their own, so that
// reading one copies nothing. What a put or an erase replaces stays until the VM ends: a process
// may still hold it.
// Thread: any, but for new and free. Reading takes no lock; those that change take turns.
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
size_t persistent_count(PersistentTerms *pt);
size_t persistent_bytes(PersistentTerms *pt); // of the table and what is in it
// At most `capacity` keys with their values, one after the other, as they are at one moment; how
// many there are.
size_t persistent_list(PersistentTerms *pt, Term *keys_values, size_t capacity);
