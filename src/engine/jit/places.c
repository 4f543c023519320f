// SPDX-License-Identifier: Apache-2.0
// From addresses of machine code to functions; see places.h.
#include "engine/jit/places.h"

static size_t starts_bytes(const NativeCode *n) {
    return ((size_t)n->start_count + 1) * sizeof *n->starts;
}

bool native_places_begin(Mem *m, NativeCode *n, const Module *of) {
    n->module = of;
    n->start_count = of->function_count;
    n->starts = mem_alloc(m, starts_bytes(n));
    if (n->starts == NULL) return false;
    mem_note(m, MEM_CODE, (int64_t)starts_bytes(n));
    n->start_count = 0; // so far
    return true;
}

void native_places_add(NativeCode *n, uint32_t unit, uint32_t native_offset) {
    const Module *m = n->module;
    if (n->start_count == m->function_count || m->functions[n->start_count].offset != unit) return;
    ASSERT(n->start_count == 0 || n->starts[n->start_count - 1] <= native_offset);
    n->starts[n->start_count++] = native_offset;
}

void native_places_end(NativeCode *n, uint32_t native_bytes) {
    ASSERT(n->start_count == n->module->function_count); // each function begins an instruction
    n->starts[n->start_count] = native_bytes;
}

void native_places_free(Mem *m, NativeCode *n) {
    if (n->starts == NULL) return;
    n->start_count = n->module->function_count;
    mem_note(m, MEM_CODE, -(int64_t)starts_bytes(n));
    mem_free(m, n->starts, starts_bytes(n));
    n->starts = NULL;
}

const FuncInfo *native_function_at(const NativeCode *n, uint32_t offset) {
    if (n->start_count == 0 || offset < n->starts[0] || offset >= n->starts[n->start_count])
        return NULL;
    uint32_t low = 0, high = n->start_count; // starts[low] <= offset < starts[high]
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (n->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return &n->module->functions[low];
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
