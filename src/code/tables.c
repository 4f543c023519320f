// SPDX-License-Identifier: Apache-2.0
// What code is loaded and how calls find it: exports, fun entries, modules, and the way back from a
// code address. Entries are made once and live as long as the VM; lookups take no lock.
// Thread: lookups: any. Making entries: any, serialised by a spinlock.
#include "code/module_int.h"

#include <stdlib.h>

// --- keys ----------------------------------------------------------------------------------------
static uint64_t export_hash(const void *entry) {
    const Export *ex = entry;
    return lookup_mix(lookup_mix(ex->module, ex->function), ex->arity);
}

static bool export_same(const void *a, const void *b) {
    const Export *x = a, *y = b;
    return x->function == y->function && x->module == y->module && x->arity == y->arity;
}

static uint64_t fun_hash(const void *entry) {
    const FunEntry *fe = entry;
    uint64_t uniq;
    memcpy(&uniq, fe->uniq, sizeof uniq);
    return lookup_mix(lookup_mix(fe->module, fe->index), uniq);
}

static bool fun_same(const void *a, const void *b) {
    const FunEntry *x = a, *y = b;
    // A fun from outside that says another arity or number of variables than the module's is
    // another fun: nothing that code relies on comes from there.
    return x->module == y->module && x->index == y->index && x->arity == y->arity &&
           x->free_count == y->free_count && memcmp(x->uniq, y->uniq, sizeof x->uniq) == 0;
}

static uint64_t module_hash(const void *entry) {
    return lookup_mix(0, ((const ModuleSlot *)entry)->name);
}

static bool module_same(const void *a, const void *b) {
    return ((const ModuleSlot *)a)->name == ((const ModuleSlot *)b)->name;
}

// --- the tables ----------------------------------------------------------------------------------
static Export *hook_export(void *ctx, Term module, Term function, uint32_t arity) {
    return code_export(ctx, module, function, arity);
}

// Built in, or exported by what is loaded now: the stub is no longer its code.
static Export *hook_export_find(void *ctx, Term module, Term function, uint32_t arity) {
    Export *ex = code_export_find(ctx, module, function, arity);
    if (ex == NULL || ex->bif != NULL) return ex;
    return ex->entry[code_active_index(ctx)] != ((const ExportSlot *)ex)->stub ? ex : NULL;
}

static FunEntry *hook_fun(void *ctx, Term module, const uint8_t uniq[16], uint32_t index,
                          uint32_t old_uniq, uint32_t arity, uint32_t free_count) {
    return code_fun_entry(ctx, module, uniq, index, old_uniq, arity, free_count);
}

CodeTables *code_tables_new(TermEnv *env, Literals *lits) {
    CodeTables *ct = mem_alloc_zero(env->mem, sizeof *ct);
    if (ct == NULL) return NULL;
    ct->mem = env->mem;
    ct->env = env;
    ct->literals = lits;
    atomic_init(&ct->pending, TERM_NONE);
    bool ok = lookup_init(&ct->exports, ct->mem, export_hash, export_same);
    ok = lookup_init(&ct->funs, ct->mem, fun_hash, fun_same) && ok;
    ok = lookup_init(&ct->modules, ct->mem, module_hash, module_same) && ok;
    if (!ok) {
        code_tables_free(ct);
        return NULL;
    }
    env->hook_ctx = ct;
    env->export_get = hook_export;
    env->export_find = hook_export_find;
    env->fun_get = hook_fun;
    return ct;
}

void code_tables_free(CodeTables *ct) {
    Mem *m = ct->mem;
    unsigned active = code_active_index(ct);
    ASSERT(!atomic_load_explicit(&ct->writing, memory_order_relaxed));
    code_waiters_wake(NULL, ct->waiters);
    purge_deinit(ct);
    for (ModuleSlot *s = ct->module_list, *next; s != NULL; s = next) {
        next = s->next;
        // The current version chains the old ones.
        Module *old = atomic_load_explicit(&s->old, memory_order_relaxed);
        modules_free(ct, s->current[active] != NULL ? s->current[active] : old);
        mem_free(m, s, sizeof *s);
    }
    for (FunSlot *f = ct->fun_list, *next; f != NULL; f = next) {
        next = f->next;
        mem_free(m, f, sizeof *f);
    }
    for (ExportSlab *s = ct->slabs, *next; s != NULL; s = next) {
        next = s->next;
        mem_free(m, s, sizeof *s);
    }
    for (int i = 0; i < CODE_INDEXES; i++) {
        mem_free(m, ct->index[i].ranges, ct->index[i].range_cap * sizeof(CodeRange));
        mem_free(m, ct->index[i].modules, ct->index[i].module_cap * sizeof(Module *));
    }
    mem_free(m, ct->changed, ct->changed_cap * sizeof(Export *));
    mem_free(m, ct->changed_modules, ct->changed_module_cap * sizeof(ModuleSlot *));
    lookup_deinit(&ct->exports);
    lookup_deinit(&ct->funs);
    lookup_deinit(&ct->modules);
    mem_free(m, ct, sizeof *ct);
}

void code_set_stubs(CodeTables *ct, const CodeStubs *stubs) {
    ct->stubs = *stubs;
}

unsigned code_active_index(const CodeTables *ct) {
    return atomic_load_explicit(&ct->active, memory_order_acquire);
}

bool room_for(Mem *m, void **array, size_t *cap, size_t count, size_t more, size_t each_bytes) {
    if (count + more <= *cap) return true;
    size_t grown = MAX(MAX(*cap * 2, count + more), (size_t)16);
    void *p = mem_realloc(m, *array, *cap * each_bytes, grown * each_bytes);
    if (p == NULL) return false;
    *array = p;
    *cap = grown;
    return true;
}

// --- exports -------------------------------------------------------------------------------------
Export *code_export_find(const CodeTables *ct, Term module, Term function, uint32_t arity) {
    Export key = {.module = module, .function = function, .arity = arity};
    return lookup_find(&ct->exports, &key);
}

// A place for an export; NULL: no memory.
static ExportSlot *next_export(CodeTables *ct) {
    uint32_t place = ct->export_count % EXPORTS_PER_SLAB;
    if (place == 0) {
        ExportSlab *slab = mem_alloc_zero(ct->mem, sizeof *slab);
        if (slab == NULL) return NULL;
        slab->next = ct->slabs;
        ct->slabs = slab;
    }
    return &ct->slabs->at[place];
}

static Export *make_export(CodeTables *ct, Term module, Term function, uint32_t arity,
                           const struct Bif *bif) {
    ASSERT(ct->stubs.export_stub != NULL);
    ExportSlot *slot = next_export(ct);
    if (slot == NULL) return NULL;
    slot->ex =
        (Export){.module = module, .function = function, .arity = arity, .slot = ct->export_count};
    slot->ex.bif = bif; // the stub depends on it
    slot->stub = ct->stubs.export_stub(ct->stubs.ctx, &slot->ex);
    bool ok = slot->stub != NULL;
    if (ok) {
        for (int i = 0; i < CODE_INDEXES; i++) slot->ex.entry[i] = slot->stub;
        ok = lookup_add(&ct->exports, slot);
    }
    ct->export_count++; // a place that failed stays empty: its slab may be new
    return ok ? &slot->ex : NULL;
}

Export *code_export(CodeTables *ct, Term module, Term function, uint32_t arity) {
    Export *ex = code_export_find(ct, module, function, arity);
    if (ex != NULL) return ex;
    spin_lock(&ct->lock);
    ex = code_export_find(ct, module, function, arity);
    if (ex == NULL) ex = make_export(ct, module, function, arity, NULL);
    spin_unlock(&ct->lock);
    return ex;
}

Export *code_export_bif(CodeTables *ct, Term module, Term function, uint32_t arity,
                        const struct Bif *bif) {
    ASSERT(code_export_find(ct, module, function, arity) == NULL);
    spin_lock(&ct->lock);
    Export *ex = make_export(ct, module, function, arity, bif);
    spin_unlock(&ct->lock);
    return ex;
}

const uint32_t *code_export_stub(const Export *ex) {
    return ((const ExportSlot *)ex)->stub;
}

// --- fun entries ---------------------------------------------------------------------------------
static FunEntry *make_fun(CodeTables *ct, const FunEntry *key) {
    ASSERT(ct->stubs.fun_stub != NULL);
    FunSlot *slot = mem_alloc_zero(ct->mem, sizeof *slot);
    if (slot == NULL) return NULL;
    slot->fe = *key;
    slot->stub = ct->stubs.fun_stub(ct->stubs.ctx, &slot->fe);
    fun_entry_set(&slot->fe, TERM_NONE, slot->stub);
    if (slot->stub == NULL || !lookup_add(&ct->funs, slot)) {
        mem_free(ct->mem, slot, sizeof *slot);
        return NULL;
    }
    slot->next = ct->fun_list;
    ct->fun_list = slot;
    return &slot->fe;
}

FunEntry *code_fun_entry(CodeTables *ct, Term module, const uint8_t uniq[16], uint32_t index,
                         uint32_t old_uniq, uint32_t arity, uint32_t free_count) {
    FunEntry key = {.module = module,
                    .index = index,
                    .old_uniq = old_uniq,
                    .arity = arity,
                    .free_count = free_count};
    memcpy(key.uniq, uniq, sizeof key.uniq);
    FunEntry *fe = lookup_find(&ct->funs, &key);
    if (fe != NULL) return fe;
    spin_lock(&ct->lock);
    fe = lookup_find(&ct->funs, &key);
    if (fe == NULL) fe = make_fun(ct, &key);
    spin_unlock(&ct->lock);
    return fe;
}

// --- modules -------------------------------------------------------------------------------------
static ModuleSlot *find_slot(const CodeTables *ct, Term name) {
    ModuleSlot key = {.name = name};
    return lookup_find(&ct->modules, &key);
}

ModuleSlot *module_slot(CodeTables *ct, Term name) {
    ModuleSlot *slot = find_slot(ct, name);
    if (slot != NULL) return slot;
    slot = mem_alloc_zero(ct->mem, sizeof *slot);
    if (slot == NULL) return NULL;
    slot->name = name;
    if (!lookup_add(&ct->modules, slot)) {
        mem_free(ct->mem, slot, sizeof *slot);
        return NULL;
    }
    slot->next = ct->module_list;
    ct->module_list = slot;
    return slot;
}

Module *code_module_find(const CodeTables *ct, Term name) {
    const ModuleSlot *slot = find_slot(ct, name);
    return slot == NULL ? NULL : slot->current[code_active_index(ct)];
}

Module *code_module_old(const CodeTables *ct, Term name) {
    const ModuleSlot *slot = find_slot(ct, name);
    return slot == NULL ? NULL : atomic_load_explicit(&slot->old, memory_order_acquire);
}

Module *const *code_modules(const CodeTables *ct, size_t *count) {
    const CodeIndex *index = &ct->index[code_active_index(ct)];
    *count = index->module_count;
    return index->modules;
}

// --- from an address back to the source ----------------------------------------------------------
static bool lies_in(const Module *m, const uint32_t *pc) {
    return m != NULL && pc >= m->code && pc < m->code + m->code_units;
}

static const Module *module_at(const CodeTables *ct, const uint32_t *pc) {
    const CodeIndex *index = &ct->index[code_active_index(ct)];
    size_t low = 0, high = index->range_count;
    while (low < high) { // the first range that starts behind pc
        size_t mid = low + (high - low) / 2;
        if (index->ranges[mid].start <= pc)
            low = mid + 1;
        else
            high = mid;
    }
    return low == 0 || pc >= index->ranges[low - 1].end ? NULL : index->ranges[low - 1].module;
}

bool code_place_near(const CodeTables *ct, const uint32_t *pc, CodePlace *place) {
    const Module *m = lies_in(place->module, pc) ? place->module : module_at(ct, pc);
    if (m == NULL) return false;
    uint32_t offset = (uint32_t)(pc - m->code), first = 0, last = m->function_count;
    while (first < last) { // the first function that starts behind it
        uint32_t mid = first + (last - first) / 2;
        if (m->functions[mid].offset <= offset)
            first = mid + 1;
        else
            last = mid;
    }
    if (first == 0) return false;
    *place = (CodePlace){m, &m->functions[first - 1]};
    return true;
}

bool code_place(const CodeTables *ct, const uint32_t *pc, CodePlace *place) {
    *place = (CodePlace){0};
    return code_place_near(ct, pc, place);
}

bool code_line(const Module *m, const uint32_t *pc, Term *file, uint32_t *line) {
    if (pc < m->code || pc >= m->code + m->code_units) return false;
    uint32_t offset = (uint32_t)(pc - m->code), first = 0, last = m->line_count;
    while (first < last) { // the first entry behind it
        uint32_t mid = first + (last - first) / 2;
        if (m->lines[mid].offset <= offset)
            first = mid + 1;
        else
            last = mid;
    }
    if (first == 0 || m->lines[first - 1].line == 0) return false;
    const LineEntry *entry = &m->lines[first - 1];
    if (entry->file >= m->file_count) return false;
    *file = m->files[entry->file];
    *line = entry->line;
    return true;
}

const CodeStubs *code_stubs(const CodeTables *ct) {
    return &ct->stubs;
}
