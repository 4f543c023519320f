// SPDX-License-Identifier: Apache-2.0
// Purging while others run, in three steps: prepare; every process says whether it runs the old
// code (in between, by whoever purges); then code_purge, or abort.
//
// The only ways into old code are return addresses, which the processes look for, and funs. So that
// nobody enters it after having said that he is not in it, the funs are put out of reach first: who
// calls one in the meantime waits (code_fun_is_pending) until it is there again or gone for good.
//
// Literals of the old code may be anywhere: in messages, in heaps. They stay until the machine
// ends.
//
// Thread: who has the right to change code; code_fun_is_pending: any. The module is named before
// its funs lose their code, and forgotten after they have it again.
#include "code/module_int.h"

typedef struct PendingFun {
    FunSlot *slot;
    Term name;
    const uint32_t *code;
} PendingFun;

struct Purge {
    Term module;
    PendingFun *funs;
    size_t count, cap;
};

static bool lies_in(const Module *old, const uint32_t *code) {
    for (; old != NULL; old = old->next_old)
        if (code >= old->code && code < old->code + old->code_units) return true;
    return false;
}

static void purge_free(CodeTables *ct, Purge *g) {
    if (g == NULL) return;
    mem_free(ct->mem, g->funs, MAX(g->cap, (size_t)1) * sizeof *g->funs);
    mem_free(ct->mem, g, sizeof *g);
}

static FunSlot *all_funs(CodeTables *ct) {
    spin_lock(&ct->lock); // entries are only ever put in front: the list is good as it is now
    FunSlot *funs = ct->fun_list;
    spin_unlock(&ct->lock);
    return funs;
}

// NULL: no memory.
static Purge *purge_new(CodeTables *ct, Term name, const Module *old) {
    Purge *g = mem_alloc_zero(ct->mem, sizeof *g);
    if (g == NULL) return NULL;
    g->module = name;
    FunSlot *funs = all_funs(ct);
    for (FunSlot *f = funs; f != NULL; f = f->next) g->cap += lies_in(old, fun_entry_code(&f->fe));
    g->funs = mem_alloc(ct->mem, MAX(g->cap, (size_t)1) * sizeof *g->funs);
    if (g->funs == NULL) {
        mem_free(ct->mem, g, sizeof *g);
        return NULL;
    }
    for (FunSlot *f = funs; f != NULL; f = f->next) {
        const uint32_t *code = fun_entry_code(&f->fe);
        if (lies_in(old, code)) g->funs[g->count++] = (PendingFun){f, fun_entry_name(&f->fe), code};
    }
    return g;
}

PurgeResult code_purge_prepare(CodeTables *ct, Term name) {
    code_purge_abort(ct);
    size_t versions = 0;
    const Module *old = code_module_old(ct, name);
    if (old == NULL) return PURGE_NOTHING;
    for (const Module *m = old; m != NULL; m = m->next_old) versions++;
    if (!room_for(ct->mem, (void **)&ct->kept, &ct->kept_cap, ct->kept_count, versions,
                  sizeof *ct->kept))
        return PURGE_NO_MEMORY;
    Purge *g = purge_new(ct, name, old);
    if (g == NULL) return PURGE_NO_MEMORY;
    ct->purge = g;
    atomic_store_explicit(&ct->pending, name, memory_order_release);
    for (size_t i = 0; i < g->count; i++)
        fun_entry_set(&g->funs[i].slot->fe, TERM_NONE, g->funs[i].slot->stub);
    return PURGE_READY;
}

static void forget(CodeTables *ct) {
    purge_free(ct, ct->purge);
    ct->purge = NULL;
    atomic_store_explicit(&ct->pending, TERM_NONE, memory_order_release);
}

void code_purge_abort(CodeTables *ct) {
    const Purge *g = ct->purge;
    if (g == NULL) return;
    for (size_t i = 0; i < g->count; i++) {
        FunSlot *slot = g->funs[i].slot;
        // The same code may have been loaded again meanwhile.
        if (fun_entry_code(&slot->fe) == slot->stub)
            fun_entry_set(&slot->fe, g->funs[i].name, g->funs[i].code);
    }
    forget(ct);
}

bool code_purge_complete(CodeTables *ct, Term name, BeamError *err) {
    if (ct->purge == NULL || ct->purge->module != name) return false;
    Module *old = code_module_old(ct, name);
    if (!code_purge(ct, name, err)) return false;
    for (Module *m = old; m != NULL; m = m->next_old) {
        if (m->literals == NULL) continue;
        ASSERT(ct->kept_count < ct->kept_cap);
        ct->kept[ct->kept_count++] = m->literals;
        m->literals = NULL;
    }
    forget(ct);
    return true;
}

bool code_fun_is_pending(const CodeTables *ct, const FunEntry *fe) {
    return atomic_load_explicit(&ct->pending, memory_order_acquire) == fe->module;
}

void purge_deinit(CodeTables *ct) {
    purge_free(ct, ct->purge);
    for (size_t i = 0; i < ct->kept_count; i++) literal_area_free(ct->literals, ct->kept[i]);
    mem_free(ct->mem, ct->kept, ct->kept_cap * sizeof *ct->kept);
}
