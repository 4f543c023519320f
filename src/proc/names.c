// SPDX-License-Identifier: Apache-2.0
// Registered names. Who holds a name stands in the name's entry in the atom table (Atom.holder), so
// that a lookup is one load. Both are changed under one lock; but a process without a name that
// begins to exit closes its `name` without it, by the same exchange by which it would get one.
// A process gives its name up (name_drop) before anyone is told that it ends; NAME_CLOSED then
// keeps it from getting another.
//
// The release in set_holder pairs with the acquire in name_lookup: who finds the pid finds the
// process in the table.
#include "proc/table_int.h"

#include "term/atom.h"

enum { NAMES_MIN = 32 };

static void set_holder(VmCore *vm, Term name, Term holder) {
    atomic_store_explicit(atom_holder(vm->env.atoms, name), holder, memory_order_release);
}

Term name_lookup(const VmCore *vm, Term name) {
    Term holder = atomic_load_explicit(atom_holder(vm->env.atoms, name), memory_order_acquire);
    return holder == ATOM_HOLDER_NONE ? TERM_NONE : holder;
}

// --- the list of all -----------------------------------------------------------------------------

static bool list_make_room(ProcessTable *t) {
    if (t->name_count < t->name_capacity) return true;
    size_t capacity = MAX((size_t)NAMES_MIN, t->name_capacity * 2);
    Term *names =
        mem_realloc(t->mem, t->names, t->name_capacity * sizeof(Term), capacity * sizeof(Term));
    if (names == NULL) return false;
    t->names = names;
    t->name_capacity = capacity;
    return true;
}

// The newest name is the likeliest to go.
static void list_remove(ProcessTable *t, Term name) {
    size_t i = t->name_count;
    do {
        ASSERT(i > 0);
        i--;
    } while (t->names[i] != name);
    t->names[i] = t->names[--t->name_count];
}

void names_free(ProcessTable *t) {
    if (t->names != NULL) mem_free(t->mem, t->names, t->name_capacity * sizeof(Term));
}

size_t name_list(VmCore *vm, Term *names, size_t capacity) {
    ProcessTable *t = vm->processes;
    spin_lock(&t->name_lock);
    size_t count = t->name_count;
    if (count > 0) memcpy(names, t->names, MIN(count, capacity) * sizeof(Term));
    spin_unlock(&t->name_lock);
    return count;
}

// --- changes -------------------------------------------------------------------------------------

static Term name_of(const Process *p) {
    return atomic_load_explicit(&p->name, memory_order_relaxed);
}
// From no name to `name`, unless it gets another first.
static bool set_first_name(Process *p, Term name) {
    Term none = TERM_NONE;
    return atomic_compare_exchange_strong_explicit(&p->name, &none, name, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

// With the lock held. The order of the checks is the reference's.
static NameResult register_locked(VmCore *vm, Term name, Term pid) {
    ProcessTable *t = vm->processes;
    if (!list_make_room(t)) return NAME_NO_MEMORY;
    if (term_is_local_pid(pid)) {
        Process *p = process_lookup(vm, pid);
        if (p == NULL || name_of(p) == NAME_CLOSED) return NAME_NO_PROCESS;
        if (name_of(p) != TERM_NONE) return NAME_HAS_ONE;
        if (name_lookup(vm, name) != TERM_NONE) return NAME_TAKEN;
        if (!set_first_name(p, name)) return NAME_NO_PROCESS; // it has just begun to exit
    } else if (name_lookup(vm, name) != TERM_NONE) {
        return NAME_TAKEN;
    }
    t->names[t->name_count++] = name;
    set_holder(vm, name, pid);
    return NAME_OK;
}

NameResult name_register(VmCore *vm, Term name, Term pid) {
    ASSERT(term_is_atom(name) && (term_is_local_pid(pid) || term_is_local_port(pid)));
    spin_lock(&vm->processes->name_lock);
    NameResult result = register_locked(vm, name, pid);
    spin_unlock(&vm->processes->name_lock);
    return result;
}

static void release_locked(VmCore *vm, Term name) {
    set_holder(vm, name, ATOM_HOLDER_NONE);
    list_remove(vm->processes, name);
}

bool name_unregister(VmCore *vm, Term name) {
    spin_lock(&vm->processes->name_lock);
    Term holder = name_lookup(vm, name);
    if (holder != TERM_NONE) {
        release_locked(vm, name);
        if (term_is_local_pid(holder)) {
            // Who holds a name has not left the table.
            Process *p = process_lookup(vm, holder);
            ASSERT(p != NULL);
            atomic_store_explicit(&p->name, TERM_NONE, memory_order_release);
        }
    }
    spin_unlock(&vm->processes->name_lock);
    return holder != TERM_NONE;
}

void name_drop(Process *p) {
    // Most have none: no lock for them.
    if (set_first_name(p, NAME_CLOSED)) return;
    spin_lock(&p->vm->processes->name_lock);
    Term name = name_of(p);
    if (name != TERM_NONE && name != NAME_CLOSED) release_locked(p->vm, name);
    atomic_store_explicit(&p->name, NAME_CLOSED, memory_order_relaxed);
    spin_unlock(&p->vm->processes->name_lock);
}
