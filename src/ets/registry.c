// SPDX-License-Identifier: Apache-2.0
// Chains of tables by reference, name and owner: see registry.h.
//
// A process that ends asks for the tables it owns. That is the common case with none, so it first
// reads how many tables there are of all owners that hash alike: a load of a word that hardly ever
// changes. Whoever makes a process the owner of a table counts before that process can have ended:
// it is that process itself, or it sends it a signal afterwards (bif/ets_owner.c).
#include "ets/registry.h"

static size_t slot_of(uint64_t key) {
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 32) % REGISTRY_SLOTS;
}
static size_t id_slot(const uint32_t ids[3]) {
    return slot_of((uint64_t)ids[0] ^ (uint64_t)ids[1] << 18 ^ (uint64_t)ids[2] << 50);
}

void registry_init(Registry *r) {
    memset(r, 0, sizeof *r);
}

void registry_deinit(Registry *r) {
    for (size_t i = 0; i < REGISTRY_SLOTS; i++) {
        while (r->owned[i] != NULL) {
            Table *t = r->owned[i];
            registry_hide(r, t);
            registry_drop(r, t);
        }
    }
}

static void unlink_id(Registry *r, Table *t) {
    Table **at = &r->ids[id_slot(t->ids)];
    while (*at != t) at = &(*at)->next_id;
    *at = t->next_id;
}

static void link_name(Registry *r, Table *t) {
    Table **at = &r->names[slot_of(t->name)];
    t->next_name = *at;
    *at = t;
}
static void unlink_name(Registry *r, Table *t) {
    Table **at = &r->names[slot_of(t->name)];
    while (*at != t) at = &(*at)->next_name;
    *at = t->next_name;
}
static Table *find_name(const Registry *r, Term name) {
    Table *t = r->names[slot_of(name)];
    while (t != NULL && t->name != name) t = t->next_name;
    return t;
}

static void link_owned(Registry *r, Table *t) {
    size_t slot = slot_of(t->owner);
    t->next_owned = r->owned[slot];
    r->owned[slot] = t;
    atomic_fetch_add_explicit(&r->owned_count[slot], 1, memory_order_relaxed);
}
static void unlink_owned(Registry *r, Table *t) {
    size_t slot = slot_of(t->owner);
    Table **at = &r->owned[slot];
    while (*at != t) at = &(*at)->next_owned;
    *at = t->next_owned;
    atomic_fetch_sub_explicit(&r->owned_count[slot], 1, memory_order_relaxed);
}

bool registry_add(Registry *r, Table *t) {
    spin_lock(&r->lock);
    bool ok = !t->named || find_name(r, t->name) == NULL;
    if (ok) {
        Table **at = &r->ids[id_slot(t->ids)];
        t->next_id = *at;
        *at = t;
        if (t->named) link_name(r, t);
        link_owned(r, t);
        table_retain(t);
    }
    spin_unlock(&r->lock);
    return ok;
}

Table *registry_by_name(Registry *r, Term name) {
    spin_lock(&r->lock);
    Table *t = find_name(r, name);
    if (t != NULL) table_retain(t);
    spin_unlock(&r->lock);
    return t;
}

Table *registry_by_ref(Registry *r, Term ref) {
    if (term_is_kind(ref, KIND_MAGIC_REF)) {
        MagicBin *bin = magic_ref_bin(ref);
        if (bin->destroy != table_destroy) return NULL;
        table_retain((Table *)bin); // the reference has a count
        return (Table *)bin;
    }
    if (!term_is_kind(ref, KIND_REF)) return NULL;
    Ident id = ident_ref(ref);
    spin_lock(&r->lock);
    Table *t = r->ids[id_slot(id.ids)];
    while (t != NULL && memcmp(t->ids, id.ids, sizeof t->ids) != 0) t = t->next_id;
    if (t != NULL) table_retain(t);
    spin_unlock(&r->lock);
    return t;
}

void registry_hide(Registry *r, Table *t) {
    spin_lock(&r->lock);
    unlink_id(r, t);
    if (t->named) unlink_name(r, t);
    spin_unlock(&r->lock);
}

void registry_drop(Registry *r, Table *t) {
    spin_lock(&r->lock);
    unlink_owned(r, t);
    spin_unlock(&r->lock);
    table_release(t);
}

void registry_set_owner(Registry *r, Table *t, Term owner) {
    spin_lock(&r->lock);
    unlink_owned(r, t);
    t->owner = owner;
    link_owned(r, t);
    spin_unlock(&r->lock);
}

bool registry_rename(Registry *r, Table *t, Term name) {
    spin_lock(&r->lock);
    bool ok = !t->named || find_name(r, name) == NULL;
    if (ok && t->named) unlink_name(r, t);
    if (ok) t->name = name;
    if (ok && t->named) link_name(r, t);
    spin_unlock(&r->lock);
    return ok;
}

Table *registry_owned_by(Registry *r, Term pid) {
    size_t slot = slot_of(pid);
    if (atomic_load_explicit(&r->owned_count[slot], memory_order_relaxed) == 0) return NULL;
    spin_lock(&r->lock);
    Table *t = r->owned[slot];
    while (t != NULL && t->owner != pid) t = t->next_owned;
    if (t != NULL) table_retain(t);
    spin_unlock(&r->lock);
    return t;
}

size_t registry_all(Registry *r, Table **tables, size_t capacity) {
    size_t count = 0;
    spin_lock(&r->lock);
    for (size_t i = 0; i < REGISTRY_SLOTS; i++)
        for (Table *t = r->ids[i]; t != NULL; t = t->next_id, count++) {
            if (count >= capacity) continue;
            table_retain(t);
            tables[count] = t;
        }
    spin_unlock(&r->lock);
    return count;
}
