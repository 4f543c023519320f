// SPDX-License-Identifier: Apache-2.0
// Starting and running a process; the code that the engine makes itself.
#include "engine/engine_int.h"
#include "engine/jit/jit.h"
#include "engine/jit/native.h"

#include <stdio.h>

_Static_assert(offsetof(StubChunk, units) % 4 == 0, "code addresses are multiples of 4");

// A piece of code memory that lives as long as the VM. NULL: no memory.
static Unit *stub_units(EngineState *es, uint32_t count) {
    ASSERT(count <= STUB_CHUNK_UNITS);
    if (es->stubs == NULL || es->stubs->used + count > STUB_CHUNK_UNITS) {
        StubChunk *c = mem_alloc(&es->vm->mem, sizeof *c);
        if (c == NULL) return NULL;
        c->next = es->stubs;
        c->used = 0;
        es->stubs = c;
    }
    Unit *u = es->stubs->units + es->stubs->used;
    es->stubs->used += count;
    return u;
}

static const uint64_t *handlers(const EngineState *es) {
    return es->jit != NULL ? (const uint64_t *)(const void *)slow_handlers()
                           : (const uint64_t *)(const void *)interp_handlers();
}
static uint64_t handler(const EngineState *es, enum OpId op) {
    return handlers(es)[op_table[op].first_variant];
}

_Static_assert(CODE_FUNC_INFO_UNITS == OP_HEAD_UNITS + 5, "module, function, arity");
enum { FUNC_INFO_UNITS = CODE_FUNC_INFO_UNITS, ENTRY_UNITS = OP_HEAD_UNITS + 2 };

// func_info, then an instruction with one operand of 64 bits (or of 32, with room to spare).
static const Unit *make_stub(EngineState *es, Term module, Term function, uint32_t arity,
                             enum OpId op, uint64_t operand) {
    Unit *u = stub_units(es, FUNC_INFO_UNITS + ENTRY_UNITS);
    if (u == NULL) return NULL;
    units_store64(u, handler(es, OP_func_info));
    units_store64(u + 2, module);
    units_store64(u + 4, function);
    u[6] = arity;
    Unit *entry = u + FUNC_INFO_UNITS;
    units_store64(entry, handler(es, op));
    units_store64(entry + 2, operand);
    return entry;
}

static const uint32_t *export_stub(void *ctx, Export *ex) {
    EngineState *es = ctx;
    if (ex->module == ATOM_erlang && ex->function == ATOM_apply &&
        (ex->arity == 2 || ex->arity == 3))
        return make_stub(es, ex->module, ex->function, ex->arity, OP_apply_entry, ex->arity);
    enum OpId op = OP_undefined_entry;
    if (ex->bif != NULL)
        op = (ex->bif->flags & (BIF_DIRTY_CPU | BIF_DIRTY_IO)) != 0 ? OP_dirty_entry : OP_bif_entry;
    return make_stub(es, ex->module, ex->function, ex->arity, op, (uint64_t)(uintptr_t)ex);
}

static const uint32_t *fun_stub(void *ctx, FunEntry *fe) {
    EngineState *es = ctx;
    return make_stub(es, fe->module, ATOM_undefined, fe->arity + 1, OP_undefined_fun_entry,
                     (uint64_t)(uintptr_t)fe);
}

static void make_native(void *ctx, Module *m) {
    jit_module(((EngineState *)ctx)->jit, m);
}
static void free_native(void *ctx, Module *m) {
    jit_free_native(((EngineState *)ctx)->jit, m->native);
    m->native = NULL;
}

static bool operator_exports(EngineState *es) {
    static const struct {
        IntegerOp op;
        Term name;
    } names[ARITH_OPS] = {
        {INTEGER_ADD, ATOM_plus}, {INTEGER_SUB, ATOM_minus}, {INTEGER_MUL, ATOM_times},
        {INTEGER_DIV, ATOM_div},  {INTEGER_REM, ATOM_rem},   {INTEGER_BAND, ATOM_band},
        {INTEGER_BOR, ATOM_bor},  {INTEGER_BXOR, ATOM_bxor}, {INTEGER_BSL, ATOM_bsl},
        {INTEGER_BSR, ATOM_bsr},
    };
    for (size_t i = 0; i < ARITH_OPS; i++) {
        Export *ex = code_export(es->vm->code, ATOM_erlang, names[i].name, 2);
        if (ex == NULL) return false;
        es->arith_exports[names[i].op] = ex;
    }
    return true;
}

bool engine_init(VmCore *vm) {
    EngineState *es = mem_alloc_zero(&vm->mem, sizeof *es);
    if (es == NULL) return false;
    es->vm = vm;
    vm->engine = es;
    if (!vm->interpret)
        es->jit = jit_new(&vm->mem, vm->os, &vm->env,
                          vm->code_one_view ? OS_CODE_ONE_VIEW : OS_CODE_TWO_VIEWS);
    const CodeStubs stubs = {.ctx = es,
                             .export_stub = export_stub,
                             .fun_stub = fun_stub,
                             .make_native = es->jit != NULL ? make_native : NULL,
                             .free_native = free_native,
                             .handlers = handlers(es)};
    code_set_stubs(vm->code, &stubs);
    Unit *bottom = stub_units(es, OP_HEAD_UNITS);
    if (bottom == NULL) return false;
    units_store64(bottom, handler(es, OP_normal_exit));
    vm->exit_code = bottom;
    vm->start_code = make_stub(es, ATOM_erlang, ATOM_apply, 3, OP_apply_entry, 3);
    Unit *raise = stub_units(es, OP_HEAD_UNITS);
    if (vm->start_code == NULL || raise == NULL) return false;
    units_store64(raise, handler(es, OP_raise_pending));
    vm->raise_code = raise;
    return true;
}

// Once the builtins' exports are there.
bool engine_ready(VmCore *vm) {
    return operator_exports(vm->engine);
}

void engine_deinit(VmCore *vm) {
    EngineState *es = vm->engine;
    if (es == NULL) return;
    while (es->stubs != NULL) {
        StubChunk *next = es->stubs->next;
        mem_free(&vm->mem, es->stubs, sizeof *es->stubs);
        es->stubs = next;
    }
    jit_free(es->jit);
    mem_free(&vm->mem, es, sizeof *es);
    vm->engine = NULL;
}

bool engine_start(Process *p, Term module, Term function, Term args_list) {
    uint32_t arity = 0;
    for (Term l = args_list; term_is_cons(l); l = term_tail(l)) {
        if (arity == MAX_CALL_ARITY) return false;
        p->regs->x[arity++] = term_head(l);
    }
    p->live = arity;
    Export *ex = code_export(p->vm->code, module, function, arity);
    if (ex == NULL) return false;
    if (!heap_has_room(&p->heap, 1) && !process_reserve_slow_gc(p, 1)) return false;
    p->regs->code_index = code_active_index(p->vm->code);
    *--p->heap.stack = term_return_address(p->vm->exit_code);
    p->ip = ex->entry[p->regs->code_index];
    engine_clear_exception(p);
    return true;
}

void engine_enter(Process *p, const Unit *at) {
    if (((EngineState *)p->vm->engine)->jit != NULL)
        native_run(p, at);
    else
        interp_run(p, at);
}

EngineResult engine_run(Process *p, int64_t reductions) {
    ASSERT(p->regs != NULL && p->ip != NULL);
    p->reds = p->regs->slice_reds = reductions;
    p->regs->code_index = code_active_index(p->vm->code);
    engine_enter(p, p->ip);
    p->reductions += (uint64_t)(reductions - p->reds);
    atomic_fetch_add_explicit(&p->vm->reductions, (uint64_t)(reductions - p->reds),
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&p->vm->slices, 1, memory_order_relaxed);
    return p->regs->run_status == RUN_EXITED || p->exiting ? ENGINE_EXITED : ENGINE_YIELDED;
}

Term engine_result(const Process *p) {
    ASSERT(p->regs->run_status == RUN_EXITED && p->regs->exc.cls == EXC_NONE);
    return p->regs->x[0];
}

// --- who looks at machine code -------------------------------------------------------------------

bool engine_watch(VmCore *vm, const EngineWatch *who, char *why, size_t why_bytes) {
    if (vm->engine->jit != NULL)
        return native_watch_tell(jit_watch(vm->engine->jit), who, why, why_bytes);
    snprintf(why, why_bytes, "no machine code is made");
    return false;
}

void engine_counts(VmCore *vm, size_t rows, Buf *out) {
    if (vm->engine->jit == NULL) return;
    const NativeWatch *w = jit_watch(vm->engine->jit);
    if (w->counts != NULL) counts_report(w->counts, &vm->env, rows, out);
}

bool engine_list_native(VmCore *vm, Module *m, Buf *out, const char *function_filter) {
    return vm->engine->jit != NULL && jit_list(vm->engine->jit, vm, m, out, function_filter);
}
