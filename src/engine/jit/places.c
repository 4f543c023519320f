// SPDX-License-Identifier: Apache-2.0
// From addresses of machine code to functions; see places.h.
#include "engine/jit/places.h"

// Of both parts: they are one block.
static size_t starts_bytes(const Module *m) {
    return NATIVE_PARTS * ((size_t)m->function_count + 1) * sizeof(uint32_t);
}

bool native_places_begin(Mem *m, NativeCode *n, const Module *of) {
    n->module = of;
    n->start_count = 0; // so far
    n->starts[NATIVE_HOT] = mem_alloc(m, starts_bytes(of));
    if (n->starts[NATIVE_HOT] == NULL) return false;
    mem_note(m, MEM_CODE, (int64_t)starts_bytes(of));
    n->starts[NATIVE_COLD] = n->starts[NATIVE_HOT] + of->function_count + 1;
    return true;
}

static void set(NativeCode *n, uint32_t hot, uint32_t cold) {
    uint32_t i = n->start_count;
    ASSERT(i == 0 ||
           (n->starts[NATIVE_HOT][i - 1] <= hot && n->starts[NATIVE_COLD][i - 1] <= cold));
    n->starts[NATIVE_HOT][i] = hot;
    n->starts[NATIVE_COLD][i] = cold;
}

void native_places_add(NativeCode *n, uint32_t unit, uint32_t hot, uint32_t cold) {
    const Module *m = n->module;
    if (n->start_count == m->function_count || m->functions[n->start_count].offset != unit) return;
    set(n, hot, cold);
    n->start_count++;
}

void native_places_end(NativeCode *n, uint32_t hot_end, uint32_t cold_end) {
    ASSERT(n->start_count == n->module->function_count); // each function begins an instruction
    ASSERT(n->start_count == 0 || hot_end <= n->starts[NATIVE_COLD][0]);
    set(n, hot_end, cold_end);
}

void native_places_free(Mem *m, NativeCode *n) {
    if (n->starts[NATIVE_HOT] == NULL) return;
    mem_note(m, MEM_CODE, -(int64_t)starts_bytes(n->module));
    mem_free(m, n->starts[NATIVE_HOT], starts_bytes(n->module));
    n->starts[NATIVE_HOT] = n->starts[NATIVE_COLD] = NULL;
}

const FuncInfo *native_function_at(const NativeCode *n, uint32_t offset) {
    for (NativePart part = NATIVE_HOT; part < NATIVE_PARTS; part++) {
        const uint32_t *starts = n->starts[part];
        uint32_t low = 0, high = n->start_count;
        if (high == 0 || offset < starts[0] || offset >= starts[high]) continue;
        while (high - low > 1) { // starts[low] <= offset < starts[high]
            uint32_t middle = low + (high - low) / 2;
            if (starts[middle] <= offset)
                low = middle;
            else
                high = middle;
        }
        return &n->module->functions[low];
    }
    return NULL;
}

// --- the table -----------------------------------------------------------------------------------

void native_table_init(NativeTable *t) {
    *t = (NativeTable){0};
}

void native_table_deinit(NativeTable *t, Mem *m) {
    mem_free(m, t->at, t->cap * sizeof(NativeCode *));
    *t = (NativeTable){0};
}

// Index of the first that starts behind `address`.
static size_t first_behind(const NativeTable *t, const uint8_t *address) {
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->at[middle]->block.exec <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool native_table_add(NativeTable *t, Mem *m, NativeCode *n) {
    ASSERT(n->block.exec != NULL && n->block.write == NULL);
    spin_lock(&t->lock);
    bool ok = t->count < t->cap;
    if (!ok) {
        size_t cap = MAX(t->cap * 2, (size_t)64);
        NativeCode **more = mem_realloc(m, t->at, t->cap * sizeof *more, cap * sizeof *more);
        ok = more != NULL;
        if (ok) {
            t->at = more;
            t->cap = cap;
        }
    }
    if (ok) {
        size_t i = first_behind(t, n->block.exec);
        ASSERT(i == 0 ||
               t->at[i - 1]->block.exec + t->at[i - 1]->block.size_bytes <= n->block.exec);
        memmove(t->at + i + 1, t->at + i, (t->count - i) * sizeof(NativeCode *));
        t->at[i] = n;
        t->count++;
    }
    spin_unlock(&t->lock);
    return ok;
}

void native_table_remove(NativeTable *t, NativeCode *n) {
    spin_lock(&t->lock);
    size_t i = n->block.exec == NULL ? 0 : first_behind(t, n->block.exec);
    if (i > 0 && t->at[i - 1] == n) {
        t->count--;
        memmove(t->at + i - 1, t->at + i, (t->count - (i - 1)) * sizeof(NativeCode *));
    }
    spin_unlock(&t->lock);
}

bool native_table_find(NativeTable *t, const void *address, NativePlace *place) {
    const uint8_t *at = address;
    spin_lock(&t->lock);
    size_t i = first_behind(t, at);
    const NativeCode *n = i == 0 ? NULL : t->at[i - 1];
    bool found = n != NULL && at < n->block.exec + n->block.size_bytes;
    spin_unlock(&t->lock);
    if (!found) return false;
    place->code = n;
    place->offset = (uint32_t)(at - n->block.exec);
    place->function = native_function_at(n, place->offset);
    return true;
}
