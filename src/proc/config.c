// SPDX-License-Identifier: Apache-2.0
// Settings of heaps. Nearly all processes have the same, so a heap only points to its settings.
// Those that differ are kept in a list, where equal ones are found again; it only grows, up to a
// bound, and lives as long as the VM, so nobody counts who uses them. Beyond the bound a heap has a
// copy of its own; but what the system gives to new processes always goes to the list.
//
// Thread: any. The release in add pairs with the acquires of who walks the list or asks for the
// defaults.
#include "proc/table_int.h"

// As many as a program with spawn options for each kind of its processes has, and a list of them is
// quickly searched.
enum { SHARED_CONFIGS_MAX = 64 };

typedef struct SharedConfig {
    struct SharedConfig *next;
    size_t number;
    HeapConfig config;
} SharedConfig;

static bool equal(const HeapConfig *a, const HeapConfig *b) {
    return a->min_words == b->min_words && a->min_vheap_bytes == b->min_vheap_bytes &&
           a->max_words == b->max_words && a->max_kill == b->max_kill && a->max_log == b->max_log &&
           a->fullsweep_after == b->fullsweep_after;
}

static const HeapConfig *find(const ProcessTable *t, const HeapConfig *config) {
    SharedConfig *c = atomic_load_explicit(&t->configs, memory_order_acquire);
    while (c != NULL && !equal(&c->config, config)) c = c->next;
    return c == NULL ? NULL : &c->config;
}

static const HeapConfig *add(ProcessTable *t, const HeapConfig *config, size_t most) {
    SharedConfig *fresh = mem_alloc(t->mem, sizeof *fresh);
    if (fresh == NULL) return NULL;
    spin_lock(&t->config_lock);
    const HeapConfig *found = find(t, config);
    SharedConfig *first = atomic_load_explicit(&t->configs, memory_order_relaxed);
    if (found == NULL && (first == NULL || first->number < most)) {
        *fresh = (SharedConfig){first, first == NULL ? 1 : first->number + 1, *config};
        found = &fresh->config;
        atomic_store_explicit(&t->configs, fresh, memory_order_release);
        fresh = NULL;
    }
    spin_unlock(&t->config_lock);
    mem_free(t->mem, fresh, sizeof *fresh);
    return found;
}

static const HeapConfig *share(VmCore *vm, const HeapConfig *config, size_t most) {
    const HeapConfig *defaults = process_heap_defaults(vm);
    if (config == defaults || equal(config, defaults)) return defaults;
    if (equal(config, &vm->heap_config)) return &vm->heap_config;
    ProcessTable *t = vm->processes;
    const HeapConfig *found = find(t, config);
    return found != NULL ? found : add(t, config, most);
}

const HeapConfig *process_heap_config_shared(VmCore *vm, const HeapConfig *config) {
    return share(vm, config, SHARED_CONFIGS_MAX);
}

const HeapConfig *process_heap_defaults(const VmCore *vm) {
    const ProcessTable *t = vm->processes;
    const HeapConfig *c =
        t == NULL ? NULL : atomic_load_explicit(&t->config_default, memory_order_acquire);
    return c == NULL ? &vm->heap_config : c;
}

DefaultsResult process_set_heap_defaults(VmCore *vm, const HeapConfig *was,
                                         const HeapConfig *config) {
    const HeapConfig *shared = share(vm, config, SIZE_MAX);
    if (shared == NULL) return DEFAULTS_NO_MEMORY;
    const HeapConfig *expected = was == &vm->heap_config ? NULL : was;
    if (shared == &vm->heap_config) shared = NULL;
    return atomic_compare_exchange_strong_explicit(&vm->processes->config_default, &expected,
                                                   shared, memory_order_acq_rel,
                                                   memory_order_relaxed)
               ? DEFAULTS_SET
               : DEFAULTS_CHANGED;
}

bool process_set_heap_config(Process *p, const HeapConfig *config) {
    const HeapConfig *shared = process_heap_config_shared(p->vm, config);
    if (shared == NULL) return heap_set_config(&p->heap, config);
    heap_share_config(&p->heap, shared);
    return true;
}

void configs_free(ProcessTable *t) {
    SharedConfig *c = atomic_load_explicit(&t->configs, memory_order_relaxed);
    while (c != NULL) {
        SharedConfig *next = c->next;
        mem_free(t->mem, c, sizeof *c);
        c = next;
    }
}
