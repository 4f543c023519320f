// SPDX-License-Identifier: Apache-2.0
// Makes prepared modules current, takes modules away, frees old versions. Each change is written to
// the staging half of the tables (module_int.h) and becomes visible by one store. What can fail
// comes first, so that a commit is done whole or not at all.
// Thread: who has the right to change code, which is taken and given up here.
#include "code/load_int.h"

#include <stdio.h>

static bool no_memory(BeamError *err) {
    snprintf(err->text, sizeof err->text, "out of memory");
    return false;
}

static const ExportSlot *slot_of(const Export *ex) {
    return (const ExportSlot *)ex;
}

static unsigned staging_index(const CodeTables *ct) {
    return 1 - code_active_index(ct);
}
_Static_assert(CODE_INDEXES == 2, "staging is the one that is not active");

// --- the right to change code --------------------------------------------------------------------
// Acquire pairs with the release in `released`: what the one before did to the tables is seen.
bool code_write_begin(CodeTables *ct) {
    if (atomic_exchange_explicit(&ct->writing, true, memory_order_acquire)) return false;
    ASSERT(!ct->flipped && ct->purged == NULL);
    return true;
}

// Under the lock, so that who does not find it given up is on the list.
static void released(CodeTables *ct, Scheduler *s) {
    modules_free(ct, ct->purged);
    ct->purged = NULL;
    ct->flipped = false;
    spin_lock(&ct->waiters_lock);
    CodeWaiter *waiters = ct->waiters;
    ct->waiters = NULL;
    atomic_store_explicit(&ct->writing, false, memory_order_release);
    spin_unlock(&ct->waiters_lock);
    code_waiters_wake(s, waiters);
}

void code_waiters_wake(Scheduler *s, CodeWaiter *waiters) {
    for (CodeWaiter *next; waiters != NULL; waiters = next) {
        next = waiters->next;
        waiters->wake(s, waiters);
    }
}

bool code_write_wait(CodeTables *ct, CodeWaiter *w_take) {
    spin_lock(&ct->waiters_lock);
    bool taken = atomic_load_explicit(&ct->writing, memory_order_relaxed);
    if (taken) {
        w_take->next = ct->waiters;
        ct->waiters = w_take;
    }
    spin_unlock(&ct->waiters_lock);
    return taken;
}

static void progress_made(Scheduler *s, Retired *r) {
    released(CONTAINER_OF(r, CodeTables, retired), s);
}

// In a simulation a guest is inside only between two turns, when nobody reads anything.
static bool nobody_reads(Scheduler *s) {
    return s == NULL ||
           (scheduler_kind(s) == SCHEDULER_GUEST && sched_is_simulated(scheduler_sched(s)));
}

void code_write_end(CodeTables *ct, Scheduler *s) {
    ASSERT(atomic_load_explicit(&ct->writing, memory_order_relaxed));
    if (!ct->flipped || nobody_reads(s))
        released(ct, s);
    else
        sched_retire(s, &ct->retired, progress_made);
}

// --- the staging half ----------------------------------------------------------------------------
// Starts from what is active: the list of modules, the ranges, and what the last commit changed.
static bool start_staging(CodeTables *ct, size_t modules_more) {
    ASSERT(atomic_load_explicit(&ct->writing, memory_order_relaxed) && !ct->flipped);
    CodeIndex *active = &ct->index[code_active_index(ct)];
    unsigned staging = staging_index(ct);
    CodeIndex *stage = &ct->index[staging];
    if (!room_for(ct->mem, (void **)&stage->ranges, &stage->range_cap, 0,
                  active->range_count + modules_more, sizeof(CodeRange)) ||
        !room_for(ct->mem, (void **)&stage->modules, &stage->module_cap, 0,
                  active->module_count + modules_more, sizeof(Module *)))
        return false;
    // An empty table may have no memory yet.
    if (active->range_count != 0)
        memcpy(stage->ranges, active->ranges, active->range_count * sizeof(CodeRange));
    if (active->module_count != 0)
        memcpy(stage->modules, active->modules, active->module_count * sizeof(Module *));
    stage->range_count = active->range_count;
    stage->module_count = active->module_count;
    for (size_t i = 0; i < ct->changed_count; i++)
        ct->changed[i]->entry[staging] = ct->changed[i]->entry[1 - staging];
    for (size_t i = 0; i < ct->changed_module_count; i++)
        ct->changed_modules[i]->current[staging] = ct->changed_modules[i]->current[1 - staging];
    ct->changed_count = ct->changed_module_count = 0;
    return true;
}

// Pairs with the acquire in code_active_index: who sees the new index sees all of the new half.
static void flip(CodeTables *ct) {
    ct->flipped = true;
    atomic_store_explicit(&ct->active, staging_index(ct), memory_order_release);
}

// erlang:apply/2,3, which are instructions of the engine.
static bool is_apply(const Export *ex) {
    return ex->module == ATOM_erlang && ex->function == ATOM_apply &&
           (ex->arity == 2 || ex->arity == 3);
}

// Room has been made by reserve_changes. A builtin stays what it is: the function of that name in
// its module's file is only a placeholder, and that of apply calls itself.
static void stage_export(CodeTables *ct, Export *ex, const uint32_t *entry) {
    if (ex->bif != NULL || is_apply(ex)) return;
    DEBUG_ASSERT(ct->changed_count < ct->changed_cap);
    ex->entry[staging_index(ct)] = entry;
    ct->changed[ct->changed_count++] = ex;
}

static void stage_current(CodeTables *ct, ModuleSlot *slot, Module *m) {
    DEBUG_ASSERT(ct->changed_module_count < ct->changed_module_cap);
    slot->current[staging_index(ct)] = m;
    ct->changed_modules[ct->changed_module_count++] = slot;
}

static bool reserve_changes(CodeTables *ct, size_t exports, size_t modules) {
    return room_for(ct->mem, (void **)&ct->changed, &ct->changed_cap, 0, exports,
                    sizeof(Export *)) &&
           room_for(ct->mem, (void **)&ct->changed_modules, &ct->changed_module_cap, 0, modules,
                    sizeof(ModuleSlot *));
}

static void add_range(CodeIndex *stage, const Module *m) {
    size_t low = 0, high = stage->range_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (stage->ranges[mid].start < m->code)
            low = mid + 1;
        else
            high = mid;
    }
    CodeRange *at = &stage->ranges[low];
    memmove(at + 1, at, (stage->range_count - low) * sizeof *at);
    *at = (CodeRange){m->code, m->code + m->code_units, m};
    stage->range_count++;
}

static void drop_range(CodeIndex *stage, const Module *m) {
    size_t kept = 0;
    for (size_t i = 0; i < stage->range_count; i++)
        if (stage->ranges[i].module != m) stage->ranges[kept++] = stage->ranges[i];
    stage->range_count = kept;
}

// --- commit --------------------------------------------------------------------------------------
// Everything that can fail for one module: its exports and slot exist afterwards.
static bool reserve_for(CodeTables *ct, const Module *m) {
    for (uint32_t i = 0; i < m->export_count; i++)
        if (code_export(ct, m->name, m->exports[i].name, m->exports[i].arity) == NULL) return false;
    return module_slot(ct, m->name) != NULL;
}

// Exports of a version that goes: back to the code of undefined functions. Those that the next
// version has too are set again after this.
static void stage_withdraw(CodeTables *ct, const Module *old) {
    for (uint32_t i = 0; i < old->export_count; i++) {
        Export *ex = code_export_find(ct, old->name, old->exports[i].name, old->exports[i].arity);
        ASSERT(ex != NULL);
        stage_export(ct, ex, slot_of(ex)->stub);
    }
}

// Funs that were made of the same file before go on with this code, which is the same: once its
// addresses can be found, after the flip. The others must not find their stub when the flip lets
// new code make them.
typedef enum FunsWhen { FUNS_BEFORE_FLIP, FUNS_AFTER_FLIP } FunsWhen;
static void enter_funs(const Prepared *pr, const Module *m, FunsWhen when) {
    for (uint32_t i = 0; i < m->fun_count; i++) {
        FunSlot *slot = CONTAINER_OF(m->funs[i], FunSlot, fe);
        bool loaded = fun_entry_code(&slot->fe) != slot->stub;
        if (loaded == (when == FUNS_AFTER_FLIP))
            fun_entry_set(&slot->fe, pr->bodies[i].name, m->code + pr->bodies[i].offset);
    }
}

static void set_old(ModuleSlot *slot, Module *m) {
    atomic_store_explicit(&slot->old, m, memory_order_release);
}
static Module *get_old(const ModuleSlot *slot) {
    return atomic_load_explicit(&slot->old, memory_order_relaxed);
}

static void stage_module(CodeTables *ct, const Prepared *pr) {
    Module *m = pr->module;
    CodeIndex *stage = &ct->index[staging_index(ct)];
    ModuleSlot *slot = module_slot(ct, m->name);
    ASSERT(slot != NULL);
    Module *before = slot->current[staging_index(ct)];
    if (before != NULL) {
        stage_withdraw(ct, before);
        set_old(slot, before); // it chains the older ones already
    }
    m->next_old = get_old(slot);
    for (uint32_t i = 0; i < m->export_count; i++) {
        const ModuleExport *e = &m->exports[i];
        Export *ex = code_export_find(ct, m->name, e->name, e->arity);
        ASSERT(ex != NULL);
        stage_export(ct, ex, m->code + e->offset);
    }
    enter_funs(pr, m, FUNS_BEFORE_FLIP);
    stage_current(ct, slot, m);
    add_range(stage, m);
    size_t at = 0;
    if (before == NULL)
        at = stage->module_count++;
    else
        while (stage->modules[at] != before) at++;
    stage->modules[at] = m;
}

// Two versions of one module in one commit would make one of them old before it was ever current.
static bool check_distinct(const CodeTables *ct, Prepared **pr, size_t count, BeamError *err) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (pr[i]->module->name == pr[j]->module->name) {
                const Atom *a = atom_get(ct->env->atoms, pr[i]->module->name);
                snprintf(err->text, sizeof err->text, "module %.*s is given twice",
                         (int)MIN(a->size_bytes, 200), (const char *)a->text);
                return false;
            }
    return true;
}

static void forget_instructions(CodeTables *ct, Module *m) {
    mem_free(ct->mem, m->instructions, m->instruction_count * sizeof *m->instructions);
    m->instructions = NULL;
    m->instruction_count = 0;
}

bool code_commit(CodeTables *ct, Prepared **prepared_take, size_t count, BeamError *err) {
    bool ok = check_distinct(ct, prepared_take, count, err);
    size_t exports = 0;
    for (size_t i = 0; ok && i < count; i++) {
        const Module *m = prepared_take[i]->module;
        const Module *before = code_module_find(ct, m->name);
        exports += m->export_count + (before == NULL ? 0 : before->export_count);
        ok = reserve_for(ct, m) || no_memory(err);
    }
    if (ok)
        ok = (start_staging(ct, count) && reserve_changes(ct, exports, count)) || no_memory(err);
    for (size_t i = 0; ok && i < count; i++) {
        Module *m = prepared_take[i]->module;
        if (ct->stubs.make_native != NULL) ct->stubs.make_native(ct->stubs.ctx, m);
        forget_instructions(ct, m);
    }
    for (size_t i = 0; ok && i < count; i++) stage_module(ct, prepared_take[i]);
    if (ok) flip(ct);
    for (size_t i = 0; i < count; i++) {
        Prepared *pr = prepared_take[i];
        if (ok) {
            enter_funs(pr, pr->module, FUNS_AFTER_FLIP);
            pr->module = NULL; // the tables own it now
        }
        code_prepared_free(pr);
        prepared_take[i] = NULL;
    }
    return ok;
}

// --- taking away ---------------------------------------------------------------------------------
bool code_delete(CodeTables *ct, Term name, BeamError *err) {
    Module *m = code_module_find(ct, name);
    if (m == NULL) {
        snprintf(err->text, sizeof err->text, "the module is not loaded");
        return false;
    }
    if (!start_staging(ct, 0) || !reserve_changes(ct, m->export_count, 1)) return no_memory(err);
    ModuleSlot *slot = module_slot(ct, name);
    stage_withdraw(ct, m);
    stage_current(ct, slot, NULL);
    set_old(slot, m);
    CodeIndex *stage = &ct->index[staging_index(ct)];
    size_t kept = 0;
    for (size_t i = 0; i < stage->module_count; i++)
        if (stage->modules[i] != m) stage->modules[kept++] = stage->modules[i];
    stage->module_count = kept;
    flip(ct);
    return true;
}

bool code_purge(CodeTables *ct, Term name, BeamError *err) {
    Module *old = code_module_old(ct, name);
    if (old == NULL) {
        snprintf(err->text, sizeof err->text, "the module has no old code");
        return false;
    }
    if (!start_staging(ct, 0)) return no_memory(err);
    CodeIndex *stage = &ct->index[staging_index(ct)];
    spin_lock(&ct->lock); // entries are only ever put in front: the list is good as it is now
    FunSlot *funs = ct->fun_list;
    spin_unlock(&ct->lock);
    for (const Module *m = old; m != NULL; m = m->next_old) {
        drop_range(stage, m);
        for (FunSlot *f = funs; f != NULL; f = f->next) {
            const uint32_t *entry = fun_entry_code(&f->fe);
            if (entry >= m->code && entry < m->code + m->code_units)
                fun_entry_set(&f->fe, TERM_NONE, f->stub);
        }
    }
    ModuleSlot *slot = module_slot(ct, name);
    set_old(slot, NULL);
    Module *current = slot->current[code_active_index(ct)];
    if (current != NULL) current->next_old = NULL;
    flip(ct);
    // The half that was active still has the ranges of what will be freed; the next commit starts
    // by overwriting it.
    ct->purged = old;
    return true;
}
