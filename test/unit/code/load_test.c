// SPDX-License-Identifier: Apache-2.0
// Preparing, committing, deleting and purging modules, and what the tables say meanwhile. No
// engine: stubs and handlers are addresses that nobody runs.
#include "bare_vm.h"

#include <glob.h>

static void load(Vm *vm, const char *text) {
    Prepared *pr = prepare(vm, text);
    BeamError err;
    assert_true(commit_alone(vm, &pr, 1, &err));
    assert_null(pr);
}

static const uint32_t *entry(Vm *vm, const char *function, uint32_t arity) {
    const Export *ex = code_export_find(vm->code, atom(vm, "m"), atom(vm, function), arity);
    return ex == NULL ? NULL : ex->entry[code_active_index(vm->code)];
}

static const char version1[] = "fun f/1; return; fun g/0; move lit1 x0; return";
static const char version2[] = "fun h/0; move [] x0; return; fun f/1; move lit0 x0; return";

static void test_exports(void **state) {
    Vm *vm = vm_new();
    Term m = atom(vm, "m"), f = atom(vm, "f");
    assert_null(code_export_find(vm->code, m, f, 1));
    Export *ex = code_export(vm->code, m, f, 1);
    assert_ptr_equal(ex->entry[0], &vm->stubs[0]);
    assert_ptr_equal(ex->entry[1], &vm->stubs[0]);
    assert_ptr_equal(code_export(vm->code, m, f, 1), ex);
    assert_null(code_export_find(vm->code, m, f, 2));
    assert_null(code_export_find(vm->code, f, m, 1));
    enum { MANY = 5000 };
    Export **all = malloc(MANY * sizeof *all);
    for (uint32_t i = 0; i < MANY; i++)
        all[i] = code_export(vm->code, f, term_atom(i / 100), i % 100);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_ptr_equal(code_export_find(vm->code, f, term_atom(i / 100), i % 100), all[i]);
        assert_int_equal(all[i]->slot, i + 1);
    }
    assert_int_equal(vm->export_stubs, MANY + 1);
    free(all);
    uint8_t uniq[16] = {1}, other[16] = {2};
    FunEntry *fe = code_fun_entry(vm->code, m, uniq, 3, 77, 2, 1);
    assert_int_equal(fe->arity, 2);
    assert_int_equal(fe->free_count, 1);
    assert_int_equal(fe->name, TERM_NONE);
    assert_ptr_equal(fe->entry, &vm->stubs[1]);
    assert_ptr_equal(code_fun_entry(vm->code, m, uniq, 3, 77, 2, 1), fe);
    assert_ptr_not_equal(code_fun_entry(vm->code, m, other, 3, 77, 2, 1), fe);
    assert_ptr_not_equal(code_fun_entry(vm->code, m, uniq, 4, 77, 2, 1), fe);
    vm_free(vm);
}

static void test_load(void **state) {
    Vm *vm = vm_new();
    Prepared *pr = prepare(vm, version1);
    assert_int_equal(code_prepared_name(pr), atom(vm, "m"));
    assert_null(code_module_find(vm->code, atom(vm, "m"))); // not before it is committed
    assert_null(entry(vm, "f", 1));
    BeamError err;
    assert_true(commit_alone(vm, &pr, 1, &err));
    const Module *m = code_module_find(vm->code, atom(vm, "m"));
    assert_non_null(m);
    assert_true(in_module(m, entry(vm, "f", 1)));
    assert_true(in_module(m, entry(vm, "g", 0)));
    assert_ptr_not_equal(entry(vm, "f", 1), entry(vm, "g", 0));
    assert_int_equal(m->literal_count, 6);
    assert_true(term_is_tuple(m->literal_terms[0]));
    assert_int_equal(term_tuple_elements(m->literal_terms[0])[1], atom(vm, "b"));
    assert_true(term_is_literal(literals_range(vm->literals), m->literal_terms[1]));
    assert_int_equal(m->on_load_offset, UINT32_MAX);
    assert_int_equal(m->attributes, TERM_NIL);
    // exports are sorted by name
    assert_int_equal(m->exports[0].name, atom(vm, "f"));
    assert_int_equal(m->exports[1].name, atom(vm, "g"));
    CodePlace place;
    assert_true(code_place(vm->code, entry(vm, "g", 0), &place));
    assert_ptr_equal(place.module, m);
    assert_int_equal(place.function->name, atom(vm, "g"));
    assert_true(code_place(vm->code, entry(vm, "f", 1), &place));
    assert_int_equal(place.function->name, atom(vm, "f"));
    assert_false(code_place(vm->code, m->code + m->code_units, &place));
    assert_false(code_place(vm->code, m->code - 1, &place));
    assert_false(code_place(vm->code, vm->stubs, &place));
    size_t count;
    assert_ptr_equal(code_modules(vm->code, &count)[0], m);
    assert_int_equal(count, 1);
    vm_free(vm);
}

static void test_reload(void **state) {
    Vm *vm = vm_new();
    BeamError err;
    load(vm, version1);
    Module *first = code_module_find(vm->code, atom(vm, "m"));
    const uint32_t *old_g = entry(vm, "g", 0);
    assert_false(purge_alone(vm, atom(vm, "m"), &err)); // nothing old yet
    load(vm, version2);
    Module *second = code_module_find(vm->code, atom(vm, "m"));
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(second->next_old, first);
    assert_ptr_equal(code_module_old(vm->code, atom(vm, "m")), first);
    assert_true(in_module(second, entry(vm, "f", 1)));
    assert_true(in_module(second, entry(vm, "h", 0)));
    assert_ptr_equal(entry(vm, "g", 0), &vm->stubs[0]); // gone from the new version
    CodePlace place;
    assert_true(code_place(vm->code, old_g, &place)); // but somebody may still run it
    assert_ptr_equal(place.module, first);
    size_t count;
    assert_ptr_equal(code_modules(vm->code, &count)[0], second);
    assert_int_equal(count, 1);
    load(vm, version1);
    Module *third = code_module_find(vm->code, atom(vm, "m"));
    assert_ptr_equal(third->next_old, second);
    assert_ptr_equal(second->next_old, first);
    assert_true(in_module(third, entry(vm, "g", 0)));
    assert_ptr_equal(entry(vm, "h", 0), &vm->stubs[0]);
    assert_true(purge_alone(vm, atom(vm, "m"), &err));
    assert_null(third->next_old);
    assert_null(code_module_old(vm->code, atom(vm, "m")));
    assert_false(code_place(vm->code, old_g, &place));
    assert_true(code_place(vm->code, entry(vm, "f", 1), &place));
    vm_free(vm);
}

static void test_delete(void **state) {
    Vm *vm = vm_new();
    BeamError err;
    assert_false(delete_alone(vm, atom(vm, "m"), &err));
    load(vm, version1);
    const uint32_t *f = entry(vm, "f", 1);
    assert_true(delete_alone(vm, atom(vm, "m"), &err));
    assert_null(code_module_find(vm->code, atom(vm, "m")));
    assert_ptr_equal(entry(vm, "f", 1), &vm->stubs[0]);
    CodePlace place;
    assert_true(code_place(vm->code, f, &place));
    size_t count;
    (void)code_modules(vm->code, &count);
    assert_int_equal(count, 0);
    load(vm, version2); // after which the deleted version is still old
    assert_non_null(code_module_find(vm->code, atom(vm, "m"))->next_old);
    assert_true(purge_alone(vm, atom(vm, "m"), &err));
    assert_true(delete_alone(vm, atom(vm, "m"), &err));
    assert_true(purge_alone(vm, atom(vm, "m"), &err));
    assert_false(code_place(vm->code, f, &place));
    vm_free(vm);
}

static void test_funs(void **state) {
    static const char text[] =
        "lambda g/2 1; fun f/1; test_heap 9 1; make_fun3 0 x0 { x0 }; return; "
        "fun g/2; return";
    Vm *vm = vm_new();
    BeamError err;
    load(vm, text);
    Module *m = code_module_find(vm->code, atom(vm, "m"));
    FunEntry *fe = m->funs[0];
    assert_int_equal(fe->name, atom(vm, "g"));
    assert_int_equal(fe->arity, 1);
    assert_int_equal(fe->free_count, 1);
    assert_true(in_module(m, fe->entry));
    assert_memory_equal(fe->uniq, m->md5, 16);
    load(vm, text); // the same again: its funs go on with the new code
    Module *again = code_module_find(vm->code, atom(vm, "m"));
    assert_ptr_equal(again->funs[0], fe);
    assert_true(in_module(again, fe->entry));
    assert_true(purge_alone(vm, atom(vm, "m"), &err));
    assert_true(in_module(again, fe->entry));
    load(vm, version1); // another one: they stay with theirs until it is purged
    assert_true(in_module(again, fe->entry));
    assert_true(purge_alone(vm, atom(vm, "m"), &err));
    assert_ptr_equal(fe->entry, &vm->stubs[1]);
    assert_int_equal(fe->name, TERM_NONE);
    vm_free(vm);
}

// A builtin keeps its name: what the module's file has there is a placeholder.
static void test_builtins(void **state) {
    Vm *vm = vm_new();
    static const uint32_t builtin[1];
    Export *ex = code_export(vm->code, atom(vm, "m"), atom(vm, "g"), 0);
    ex->bif = (const struct Bif *)builtin;
    ex->entry[0] = ex->entry[1] = builtin;
    load(vm, version1);
    assert_ptr_equal(entry(vm, "g", 0), builtin);
    load(vm, version2);
    assert_ptr_equal(entry(vm, "g", 0), builtin);
    vm_free(vm);
}

static void test_refused(void **state) {
    Vm *vm = vm_new();
    BeamError err;
    uint32_t atoms = atoms_count(vm->env.atoms);
    size_t bytes = mem_bytes(&vm->mem);
    Bytes b = build_module("fun some_name/0; move 'another_name x1; return");
    assert_null(code_prepare(vm->code, b.at, b.size, &err));
    assert_non_null(strstr(err.text, "some_name/0"));
    assert_null(code_prepare(vm->code, b.at, b.size - 1, &err));
    free(b.at);
    assert_int_equal(atoms_count(vm->env.atoms), atoms);
    assert_int_equal(mem_bytes(&vm->mem), bytes);
    // Twice the same module in one commit: neither becomes current.
    Prepared *both[] = {prepare(vm, version1), prepare(vm, version2)};
    assert_false(commit_alone(vm, both, 2, &err));
    assert_non_null(strstr(err.text, "module m is given twice"));
    assert_null(code_module_find(vm->code, atom(vm, "m")));
    vm_free(vm);
}

// Memory that runs out anywhere is an error with nothing left behind and nothing half done.
static void test_no_memory(void **state) {
    Vm *vm = vm_new();
    BeamError err;
    load(vm, version1);
    size_t failed = 0;
    for (uint64_t n = 1; n < 120; n++) {
        Module *before = code_module_find(vm->code, atom(vm, "m"));
        Bytes b = build_module(version2);
        vm->mem.fail_count = 0;
        vm->mem.fail_every = n;
        Prepared *pr = code_prepare(vm->code, b.at, b.size, &err);
        bool ok = pr != NULL && commit_alone(vm, &pr, 1, &err);
        vm->mem.fail_every = 0;
        free(b.at);
        if (ok) {
            assert_ptr_not_equal(code_module_find(vm->code, atom(vm, "m")), before);
            assert_true(purge_alone(vm, atom(vm, "m"), &err));
            load(vm, version1);
            assert_true(purge_alone(vm, atom(vm, "m"), &err));
        } else {
            failed++;
            assert_ptr_equal(code_module_find(vm->code, atom(vm, "m")), before);
            assert_true(in_module(before, entry(vm, "g", 0)));
        }
    }
    assert_true(failed > 20);
    vm_free(vm);
}

// All modules of a library, each prepared, then all committed at once.
static void test_library(void **state) {
    glob_t g;
    if (glob("/usr/lib/erlang/lib/stdlib-*/ebin/*.beam", 0, NULL, &g) != 0) skip();
    Vm *vm = vm_new();
    BeamError err;
    Prepared **all = malloc(g.gl_pathc * sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < g.gl_pathc; i++) {
        FILE *f = fopen(g.gl_pathv[i], "rb");
        fseek(f, 0, SEEK_END);
        size_t size = (size_t)ftell(f);
        rewind(f);
        uint8_t *bytes = malloc(size);
        assert_int_equal(fread(bytes, 1, size, f), size);
        fclose(f);
        Prepared *pr = code_prepare(vm->code, bytes, size, &err);
        if (pr == NULL) print_error("%s: %s\n", g.gl_pathv[i], err.text);
        assert_non_null(pr);
        all[count++] = pr;
        free(bytes);
    }
    assert_true(commit_alone(vm, all, count, &err));
    size_t loaded;
    Module *const *modules = code_modules(vm->code, &loaded);
    assert_int_equal(loaded, count);
    for (size_t i = 0; i < loaded; i++) {
        const Module *m = modules[i];
        for (uint32_t k = 0; k < m->function_count; k++) {
            CodePlace place;
            assert_true(code_place(vm->code, m->code + m->functions[k].offset, &place));
            assert_ptr_equal(place.module, m);
            assert_ptr_equal(place.function, &m->functions[k]);
        }
    }
    const Module *lists = code_module_find(vm->code, atom(vm, "lists"));
    const Export *reverse = code_export_find(vm->code, atom(vm, "lists"), atom(vm, "reverse"), 1);
    const uint32_t *pc = reverse->entry[code_active_index(vm->code)];
    assert_true(in_module(lists, pc));
    Term file;
    uint32_t line;
    bool found = false;
    for (uint32_t i = 0; i < lists->code_units && !found; i++)
        found = code_line(lists, lists->code + i, &file, &line);
    assert_true(found && line > 0 && term_head(file) == term_small('l'));
    free(all);
    globfree(&g);
    vm_free(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exports), cmocka_unit_test(test_load),
        cmocka_unit_test(test_reload),  cmocka_unit_test(test_delete),
        cmocka_unit_test(test_funs),    cmocka_unit_test(test_builtins),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
