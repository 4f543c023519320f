// SPDX-License-Identifier: Apache-2.0
// Which tables there are, by reference, by name, and by owner.
//
// Thread: any. Order of locks: a table's, then the registry's, which is a spinlock for a few links.
// Who finds a table gets a count of it, then locks it, and looks whether it was deleted meanwhile.
#pragma once

#include "ets/table.h"

enum { REGISTRY_SLOTS = 1024 };

typedef struct Registry {
    Spin lock; // guards the chains, and the fields of tables that name it
    Table *ids[REGISTRY_SLOTS];
    Table *names[REGISTRY_SLOTS];
    Table *owned[REGISTRY_SLOTS];
    // How many are in the chain, for who ends and most likely owns none: read without the lock.
    _Atomic uint32_t owned_count[REGISTRY_SLOTS];
} Registry;

void registry_init(Registry *r);
void registry_deinit(Registry *r); // deletes all tables

// Takes one count more. false: there is a table of that name.
WARN_UNUSED bool registry_add(Registry *r, Table *t);
// One count, or NULL. By a named table's name, and by its reference, magic or not.
Table *registry_by_name(Registry *r, Term name);
Table *registry_by_ref(Registry *r, Term ref);
// Not by its name nor its plain reference will anybody find it any more. It still has an owner.
void registry_hide(Registry *r, Table *t);
// A hidden one's end: it has no owner any more; the registry's count goes.
void registry_drop(Registry *r, Table *t);
// With the table's lock. registry_rename: false: there is a table of that name.
void registry_set_owner(Registry *r, Table *t, Term owner);
WARN_UNUSED bool registry_rename(Registry *r, Table *t, Term name);
// Counts of at most `capacity` tables, all that can be found at one moment; how many there are.
size_t registry_all(Registry *r, Table **tables, size_t capacity);
// One count of some table that the process owns, hidden ones too; NULL: none.
Table *registry_owned_by(Registry *r, Term pid);
