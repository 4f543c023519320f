// SPDX-License-Identifier: Apache-2.0
// What modules there are, what is in one, and which versions: the functions of module erlang that
// look at code. Loading is in code_loading.c.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "term/bits.h"

BIF(erlang_module_loaded_1, "erlang", "module_loaded", "Module", 0,
    "Whether Module has current code.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    return bif_bool(code_module_find(p->vm->code, a[0]) != NULL);
}

BIF(erlang_check_old_code_1, "erlang", "check_old_code", "Module", 0,
    "Whether Module has old code.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    return bif_bool(code_module_old(p->vm->code, a[0]) != NULL);
}

// The first `count` loaded modules, the newest first.
static Term module_list(Process *p, size_t count) {
    size_t loaded;
    Module *const *modules = code_modules(p->vm->code, &loaded);
    Hp hp;
    count = MIN(count, loaded);
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i++) list = hp_cons(&hp, modules[i]->name, list);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return list;
}

BIF(erlang_loaded_0, "erlang", "loaded", "", 0, "All modules that have current code.") {
    return module_list(p, SIZE_MAX);
}

BIF(erlang_pre_loaded_0, "erlang", "pre_loaded", "", 0, "The modules that the VM started with.") {
    return module_list(p, bif_vm(p->vm)->preloaded_count);
}

// --- what is in a module -------------------------------------------------------------------------

static Term name_arity_cons(Hp *hp, Term name, uint32_t arity, Term list) {
    return hp_cons(hp, hp_tuple2(hp, name, term_small(arity)), list);
}

static const size_t name_arity_words = 3 + CONS_WORDS;

// Whether the function with that entry is exported. Exports are few, functions many: each export
// marks its function.
static void mark_exported(const Module *m, uint8_t *marks) {
    for (uint32_t i = 0; i < m->export_count; i++) {
        uint32_t low = 0, high = m->function_count;
        uint32_t offset = m->exports[i].offset - CODE_FUNC_INFO_UNITS; // of its func_info
        while (low < high) {
            uint32_t mid = low + (high - low) / 2;
            if (m->functions[mid].offset < offset)
                low = mid + 1;
            else
                high = mid;
        }
        if (low < m->function_count && m->functions[low].offset == offset) marks[low] = 1;
    }
}

// [{Name, Arity}] in the order of the code.
static Term function_list_gc(Process *p, const Module *m, bool exported_only) {
    Mem *mem = p->vm->env.mem;
    uint8_t *marks = mem_alloc_zero(mem, m->function_count + 1);
    if (!marks) return bif_system_limit(p);
    if (exported_only)
        mark_exported(m, marks);
    else
        memset(marks, 1, m->function_count);
    Hp hp;
    Term list = TERM_NONE;
    if (process_reserve_gc(p, m->function_count * name_arity_words, &hp)) {
        list = TERM_NIL;
        for (uint32_t i = m->function_count; i-- > 0;)
            if (marks[i])
                list = name_arity_cons(&hp, m->functions[i].name, m->functions[i].arity, list);
        process_commit(p, &hp);
        bif_charge_units(p, m->function_count, BIF_CELLS_PER_REDUCTION);
    }
    mem_free(mem, marks, m->function_count + 1);
    return list;
}

static Term md5_gc(Process *p, const Module *m) {
    Hp hp;
    if (!process_reserve_gc(p, bits_words(sizeof m->md5 * 8), &hp)) return TERM_NONE;
    Term md5 = hp_binary(p->vm->env.mem, &hp, m->md5, sizeof m->md5);
    process_commit(p, &hp);
    return md5;
}

static Term module_item_gc(Process *p, const Module *m, Term item) {
    switch (item) {
    case ATOM_module: return m->name;
    case ATOM_md5: return md5_gc(p, m);
    case ATOM_exports: return function_list_gc(p, m, true);
    case ATOM_functions: return function_list_gc(p, m, false);
    case ATOM_attributes: return m->attributes;
    case ATOM_compile: return m->compile_info;
    case ATOM_nifs:
    case ATOM_native_addresses: return TERM_NIL;
    case ATOM_native: return ATOM_false;
    default: return bif_badarg(p);
    }
}

static const Module *loaded_module(Process *p, Term name) {
    return term_is_atom(name) ? code_module_find(p->vm->code, name) : NULL;
}

BIF(erlang_get_module_info_2, "erlang", "get_module_info", "Module, Item", 0,
    "What Module:module_info(Item) gives.") {
    const Module *m = loaded_module(p, a[0]);
    return m ? module_item_gc(p, m, a[1]) : bif_badarg(p);
}

BIF(erlang_get_module_info_1, "erlang", "get_module_info", "Module", 0,
    "What Module:module_info() gives.") {
    static const Term items[] = {ATOM_module, ATOM_exports, ATOM_attributes, ATOM_compile,
                                 ATOM_md5};
    enum { COUNT = ARRAY_COUNT(items) };
    const Module *m = loaded_module(p, a[0]);
    if (!m) return bif_badarg(p);
    Term values[COUNT];
    for (size_t i = 0; i < COUNT; i++) values[i] = TERM_NIL;
    RootFrame roots;
    process_push_roots(p, &roots, values, COUNT);
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT; i++) {
        Term value = module_item_gc(p, m, items[i]);
        ok = value != TERM_NONE;
        if (ok) values[i] = value;
    }
    Hp hp;
    ok = ok && process_reserve_gc(p, COUNT * (3 + CONS_WORDS), &hp);
    process_pop_roots(p, &roots);
    if (!ok) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = COUNT; i-- > 0;) list = hp_cons(&hp, hp_tuple2(&hp, items[i], values[i]), list);
    process_commit(p, &hp);
    return list;
}
