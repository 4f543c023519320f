// SPDX-License-Identifier: Apache-2.0
// Funs, and which functions there are.
#include "bif/bif_int.h"
#include "bif/table.h"
#include "term/bits.h"
#include "term/print.h"

enum { FUN_ARITY_MAX = 255 };

// --- about a fun ---------------------------------------------------------------------------------

static bool is_external(Term fun) {
    return term_is_kind(fun, KIND_EXPORT);
}

static Term local_name(const FunEntry *fe) {
    Term name = fun_entry_name(fe);
    return name == TERM_NONE ? TERM_NIL : name; // [] while its module is not loaded
}

// The free variables as a list. The words are reserved.
static Term env_list(Hp *hp, Term fun) {
    Term list = TERM_NIL;
    if (is_external(fun)) return list;
    for (size_t i = fun_free_count(fun); i-- > 0;) list = hp_cons(hp, fun_free_vars(fun)[i], list);
    return list;
}

static Term external_item(const Export *ex, Term item) {
    switch (item) {
    case ATOM_module: return ex->module;
    case ATOM_name: return ex->function;
    case ATOM_arity: return term_small(ex->arity);
    case ATOM_type: return ATOM_external;
    case ATOM_index:
    case ATOM_new_index:
    case ATOM_uniq:
    case ATOM_new_uniq:
    case ATOM_pid:
    case ATOM_refc: return ATOM_undefined;
    default: return TERM_NONE;
    }
}

// A fun does not say who made it: `pid` gives whoever asks, which is nearly always right. Fun
// entries are not counted, they live as long as the VM: the one count is the VM's.
static Term local_item(Process *p, Hp *hp, const FunEntry *fe, Term item) {
    switch (item) {
    case ATOM_module: return fe->module;
    case ATOM_name: return local_name(fe);
    case ATOM_arity: return term_small(fe->arity);
    case ATOM_type: return ATOM_local;
    case ATOM_index:
    case ATOM_new_index: return term_small(fe->index);
    case ATOM_uniq: return term_small(fe->old_uniq);
    case ATOM_new_uniq: return hp_binary(p->vm->env.mem, hp, fe->uniq, sizeof fe->uniq);
    case ATOM_pid: return p->pid;
    case ATOM_refc: return term_small(1);
    default: return TERM_NONE;
    }
}

BIF(erlang_fun_info_2, "erlang", "fun_info", "Fun, Item", 0,
    "{Item, Info}: module, name, arity, env, type, pid, index, new_index, uniq, new_uniq, refc.") {
    if (!term_is_fun(a[0])) return bif_badarg(p);
    bool external = is_external(a[0]);
    size_t words = 3 + bits_words(128) + (external ? 0 : fun_free_count(a[0]) * CONS_WORDS);
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term info = a[1] == ATOM_env ? env_list(&hp, a[0])
                : external       ? external_item(fun_export(a[0]), a[1])
                                 : local_item(p, &hp, fun_entry(a[0]), a[1]);
    if (info == TERM_NONE) return bif_badarg(p);
    Term result = hp_tuple2(&hp, a[1], info);
    process_commit(p, &hp);
    return result;
}

BIF(erlang_fun_info_mfa_1, "erlang", "fun_info_mfa", "Fun", 0, "{Module, Name, Arity} of Fun.") {
    if (!term_is_fun(a[0])) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    Term result;
    if (is_external(a[0])) {
        const Export *ex = fun_export(a[0]);
        result = hp_tuple3(&hp, ex->module, ex->function, term_small(ex->arity));
    } else {
        const FunEntry *fe = fun_entry(a[0]);
        result = hp_tuple3(&hp, fe->module, local_name(fe), term_small(fe->arity));
    }
    process_commit(p, &hp);
    return result;
}

BIF(erlang_fun_to_list_1, "erlang", "fun_to_list", "Fun", 0, "Fun as text.") {
    if (!term_is_fun(a[0])) return bif_badarg(p);
    Buf text;
    buf_init(&text, p->vm->env.mem);
    term_print(&p->vm->env, &text, a[0], PRINT_PLAIN, 0);
    return bif_buf_list_gc(p, &text);
}

BIF(erlang_make_fun_3, "erlang", "make_fun", "Module, Function, Arity", 0,
    "fun Module:Function/Arity.") {
    int64_t arity;
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) ||
        !bif_small_arg(a[2], 0, FUN_ARITY_MAX, &arity))
        return bif_badarg(p);
    Export *ex = code_export(p->vm->code, a[0], a[1], (uint32_t)arity);
    if (!ex) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, EXPORT_FUN_WORDS, &hp)) return TERM_NONE;
    Term fun = hp_export_fun(&hp, ex);
    process_commit(p, &hp);
    return fun;
}

// --- which functions there are -------------------------------------------------------------------

// Module:Function/Arity as three arguments. *found: NULL if nobody has named it yet.
static bool mfa_args(Process *p, const Term *a, const Export **found) {
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) || !term_is_small(a[2])) return false;
    int64_t arity = term_small_value(a[2]);
    *found = arity < 0 || arity > FUN_ARITY_MAX
                 ? NULL
                 : code_export_find(p->vm->code, a[0], a[1], (uint32_t)arity);
    return true;
}

// Builtins that are instructions of the engine are called through code of its own.
static bool is_engine_builtin(const Export *ex) {
    return ex->module == ATOM_erlang && ex->function == ATOM_apply &&
           (ex->arity == 2 || ex->arity == 3);
}

BIF(erlang_is_builtin_3, "erlang", "is_builtin", "Module, Function, Arity", 0,
    "Whether the function is built in.") {
    const Export *ex;
    if (!mfa_args(p, a, &ex)) return bif_badarg(p);
    return bif_bool(ex && (ex->bif || is_engine_builtin(ex)));
}

BIF(erlang_function_exported_3, "erlang", "function_exported", "Module, Function, Arity", 0,
    "Whether the function is built in, or its module is loaded and exports it.") {
    const Export *ex;
    if (!mfa_args(p, a, &ex)) return bif_badarg(p);
    if (!ex) return ATOM_false;
    if (ex->bif || is_engine_builtin(ex)) return ATOM_true;
    // The entry of a function that is not defined is a stub, which lies in no module.
    CodePlace place;
    return bif_bool(code_place(p->vm->code, ex->entry[p->regs->code_index], &place));
}
