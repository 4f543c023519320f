// SPDX-License-Identifier: Apache-2.0
// Stand-ins for what OTP's `init` and `code_server` processes answer, while no such processes run:
// libraries ask them from plain functions (erl_features, and through it the scanner and the
// formatter; io_lib when a format is wrong). They go when the machine boots OTP.
#include "bif/bif_int.h"
#include "proc/code_wait.h"

BIF(init_get_arguments_0, "init", "get_arguments", "", 0,
    "The flags of the command line: none, until OTP's init runs.") {
    return TERM_NIL;
}

BIF(init_get_plain_arguments_0, "init", "get_plain_arguments", "", 0,
    "The plain arguments of the command line: none, until OTP's init runs.") {
    return TERM_NIL;
}

BIF(init_get_argument_1, "init", "get_argument", "Flag", 0,
    "The values of a flag of the command line: error, until OTP's init runs.") {
    return ATOM_error;
}

// Whether the module is there, if need be after loading it. LOAD_BUSY: ask again in a later slice.
static LoadResult ensure_loaded(Process *p, Term module) {
    VmCore *vm = p->vm;
    if (code_module_find(vm->code, module) != NULL) return LOAD_DONE;
    LoadResult result = LOAD_FAILED;
    if (vm->load_module != NULL) result = vm->load_module(vm, p->regs->scheduler, module);
    p->regs->code_index = code_active_index(vm->code); // the caller may use it from now on
    return result;
}

BIF(code_ensure_loaded_1, "code", "ensure_loaded", "Module", 0,
    "{module, Module} once it is loaded, or {error, nofile}; until OTP's code server runs.") {
    if (!term_is_atom(a[0])) return bif_error(p, ATOM_function_clause);
    LoadResult loaded = ensure_loaded(p, a[0]);
    if (loaded == LOAD_BUSY)
        return bif_wait_for_code(p, bif_export(p, BIF_ID_code_ensure_loaded_1), 1, a);
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term result = loaded == LOAD_DONE ? hp_tuple2(&hp, ATOM_module, a[0])
                                      : hp_tuple2(&hp, ATOM_error, ATOM_nofile);
    process_commit(p, &hp);
    return result;
}

BIF(code_ensure_modules_loaded_1, "code", "ensure_modules_loaded", "Modules", 0,
    "ok, or {error, [{Module, nofile}]}; until OTP's code server runs.") {
    int64_t count = bif_list_length(a[0]);
    if (count < 0) return bif_error(p, ATOM_function_clause);
    Hp hp;
    if (!process_reserve_gc(p, 3 + (size_t)count * (CONS_WORDS + 3), &hp)) return TERM_NONE;
    Term missing = TERM_NIL;
    for (Term l = a[0]; term_is_cons(l); l = term_tail(l)) {
        Term module = term_head(l);
        LoadResult loaded = term_is_atom(module) ? ensure_loaded(p, module) : LOAD_FAILED;
        // Those before this one are there the next time.
        if (loaded == LOAD_BUSY)
            return bif_wait_for_code(p, bif_export(p, BIF_ID_code_ensure_modules_loaded_1), 1, a);
        if (loaded == LOAD_FAILED)
            missing = hp_cons(&hp, hp_tuple2(&hp, module, ATOM_nofile), missing);
    }
    Term result = missing == TERM_NIL ? ATOM_ok : hp_tuple2(&hp, ATOM_error, missing);
    process_commit(p, &hp);
    return result;
}

// --- purging: OTP's process for it is started when it is first asked -----------------------------

static Term ask_purger(Process *p, Term function, const Term *module) {
    if (!term_is_atom(*module)) return bif_error(p, ATOM_function_clause);
    Export *ex = code_export(p->vm->code, ATOM_dialtone_code, function, 1);
    return ex == NULL ? bif_system_limit(p) : bif_trap(p, ex, 1, module);
}

BIF(erts_code_purger_purge_1, "erts_code_purger", "purge", "Module", 0,
    "Ends all processes that run old code of Module, and frees it: {WasOld, DidEnd}.") {
    return ask_purger(p, ATOM_purge, a);
}
BIF(erts_code_purger_soft_purge_1, "erts_code_purger", "soft_purge", "Module", 0,
    "Frees the old code of Module unless a process runs it: whether there is none any more.") {
    return ask_purger(p, ATOM_soft_purge, a);
}
