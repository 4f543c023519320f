// SPDX-License-Identifier: Apache-2.0
// Tables that several threads make, find, change, rename, hand over and delete at once.
#include "ets/registry.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THREADS = 4, NAMES = 6, KEYS = 40, ROUNDS = 8000 };

typedef struct World {
    Mem mem;
    TermEnv env;
    Os *os;
    Registry registry;
    _Atomic uint32_t next_id;
    _Atomic int64_t made, dropped;
} World;

typedef struct Worker {
    World *world;
    uint64_t random;
    Term pid;
} Worker;

static uint64_t next(Worker *w) {
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return w->random >> 33;
}

static Term pid_of(uint64_t n) {
    return term_local_pid(100 + n);
}

static void make(Worker *w, Term name) {
    World *world = w->world;
    Table like = {.named = true, .name = name, .owner = w->pid, .access = TABLE_PUBLIC};
    like.ids[0] = atomic_fetch_add(&world->next_id, 1);
    Table *t = table_new(&world->env, &like);
    ASSERT(t != NULL);
    if (registry_add(&world->registry, t)) atomic_fetch_add(&world->made, 1);
    table_release(t);
}

// {Key, {N, N}}: whoever finds one finds it whole.
static void insert(Worker *w, Table *t) {
    Term words[6];
    Hp hp = {words, words + 6, NULL};
    Term n = term_small((int64_t)next(w));
    Term value = hp_tuple2(&hp, n, n);
    Term object = hp_tuple2(&hp, term_small((int64_t)(next(w) % KEYS)), value);
    ASSERT(table_insert(t, object));
}
static void look(Worker *w, const Table *t) {
    size_t count = 0;
    for (TableEntry *e = table_next(t, NULL); e != NULL; e = table_next(t, e), count++) {
        const Term *value = term_tuple_elements(term_tuple_elements(e->object)[1]);
        ASSERT(value[0] == value[1]);
    }
    ASSERT(count == t->count && count <= KEYS);
    Term key = term_small((int64_t)(next(w) % KEYS));
    TableEntry *e = table_find(t, key);
    ASSERT(e == NULL || table_key(t, e->object) == key);
}

// The owner's: as ets:delete/1 does, in parts.
static void delete(Worker *w, Table *t) {
    World *world = w->world;
    t->deleted = true;
    registry_hide(&world->registry, t);
    if (t->owner != w->pid) registry_set_owner(&world->registry, t, w->pid);
    mutex_unlock(world->os, &t->lock);
    while (!table_clear(t, 3)) {
    }
    registry_drop(&world->registry, t);
    atomic_fetch_add(&world->dropped, 1);
}

static void use(Worker *w, Table *t) {
    World *world = w->world;
    mutex_lock(world->os, &t->lock);
    if (t->deleted) {
        mutex_unlock(world->os, &t->lock);
        return;
    }
    switch (next(w) % 24) {
    case 0: delete (w, t); return;
    case 1: registry_set_owner(&world->registry, t, pid_of(next(w) % THREADS)); break;
    case 2:
        (void)registry_rename(&world->registry, t, term_atom((uint32_t)(next(w) % NAMES)));
        break;
    case 3:
    case 4: (void)table_delete_key(t, term_small((int64_t)(next(w) % KEYS))); break;
    case 5: ASSERT(table_set_heir(t, pid_of(1), t->name)); break;
    case 6:
    case 7: look(w, t); break;
    default: insert(w, t);
    }
    mutex_unlock(world->os, &t->lock);
}

static void *work(void *arg) {
    Worker *w = arg;
    Registry *r = &w->world->registry;
    for (int i = 0; i < ROUNDS; i++) {
        Term name = term_atom((uint32_t)(next(w) % NAMES));
        Table *t = next(w) % 8 == 0 ? registry_owned_by(r, w->pid) : registry_by_name(r, name);
        if (t == NULL) {
            make(w, name);
            continue;
        }
        use(w, t);
        table_release(t);
        Table *all[NAMES];
        if (i % 50 != 0) continue;
        size_t count = registry_all(r, all, NAMES);
        ASSERT(count <= NAMES);
        while (count > 0) table_release(all[--count]);
    }
    return NULL;
}

static void several_threads(void **state) {
    (void)state;
    World *w = calloc(1, sizeof *w);
    mem_init(&w->mem);
    w->env.mem = &w->mem;
    w->env.atoms = atoms_new(&w->mem, 4096);
    w->os = os_real_new(&w->mem);
    registry_init(&w->registry);
    pthread_t threads[THREADS];
    Worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (Worker){w, i + 1, pid_of(i)};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    Table *all[NAMES];
    size_t count = registry_all(&w->registry, all, NAMES);
    assert_int_equal((int64_t)count, w->made - w->dropped);
    for (size_t i = 0; i < count; i++) table_release(all[i]);
    registry_deinit(&w->registry);
    atoms_free(w->env.atoms);
    os_free(w->os);
    assert_int_equal(mem_bytes(&w->mem), 0);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
