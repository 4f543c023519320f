// SPDX-License-Identifier: Apache-2.0
// Calls from outside: arguments come as text and results go as text, read and written by OTP's own
// scanner, parser and formatter running on the machine.
#include "engine/engine.h"
#include "os/os.h"
#include "proc/bif.h"
#include "proc/spawn.h"
#include "term/bits.h"
#include "term/print.h"
#include "vm/vm.h"

#include <stdio.h>

// The terms of a call from outside that live across the machine's runs.
enum { ROOT_ARGS, ROOT_VALUE, ROOT_TRACE, ROOT_SCRATCH, ROOT_COUNT };

// A process that is this thread's between two runs of it (attached), and the schedulers' during
// one.
typedef struct Call {
    Vm *vm;
    Scheduler *guest; // while attached
    Process *p;       // NULL: it has ended, or the machine was halted
    HeldCall held;
    Term roots[ROOT_COUNT];
    RootFrame frame;
    ExcClass cls; // of the last run
} Call;

static bool call_begin(Call *c, Vm *vm) {
    *c = (Call){.vm = vm, .roots = {TERM_NIL, TERM_NIL, TERM_NIL, TERM_NIL}};
    if (!vm_start(vm)) return false;
    c->guest = sched_enter(vm->core.sched);
    c->p = process_new_held(&vm->core, &c->held, vm->io_server);
    if (c->p == NULL) {
        vm_error(vm, "out of memory, or too many processes");
        sched_leave(c->guest);
        return false;
    }
    engine_attach(c->p, scheduler_local(c->guest));
    process_push_roots(c->p, &c->frame, c->roots, ROOT_COUNT);
    return true;
}

// The process ends as one that returns from its first function.
static void call_end(Call *c) {
    if (c->p != NULL) {
        process_pop_roots(c->p, &c->frame);
        c->p->live = 0;
        c->p->held = NULL;
        process_begin_exit(c->p, ATOM_normal);
        engine_detach_gc(c->p);
        task_resume(c->guest, &c->p->task);
    }
    if (c->held.reason != NULL) signal_free(&c->vm->core, c->held.reason);
    if (c->guest != NULL) sched_leave(c->guest);
}

static bool is_over(void *ctx) {
    Call *c = ctx;
    return atomic_load_explicit(&c->held.state, memory_order_acquire) >= HELD_RETURNED ||
           atomic_load_explicit(&c->vm->core.halted, memory_order_acquire);
}

// Gives the process to the schedulers until its function has ended. false: it cannot come back;
// c->p is NULL.
static bool hand_over(Call *c) {
    Sched *sched = c->vm->core.sched;
    engine_detach_gc(c->p);
    atomic_store_explicit(&c->held.state, HELD_RUNNING, memory_order_relaxed);
    task_resume(c->guest, &c->p->task);
    sched_leave(c->guest);
    c->guest = NULL;
    bool stuck = false;
    sched_run_until(sched, is_over, c, &stuck);
    if (stuck) vm_error(c->vm, "all processes wait, and nothing can wake them any more");
    if (atomic_load_explicit(&c->vm->core.halted, memory_order_acquire)) {
        // A turn may be under way, of a process that has roots here: nothing may run when we leave.
        sched_stop(sched);
        c->vm->started = false;
        c->p = NULL;
        return false;
    }
    c->guest = sched_enter(sched);
    if (stuck || atomic_load_explicit(&c->held.state, memory_order_acquire) != HELD_RETURNED) {
        c->p = NULL;
        return false;
    }
    engine_attach(c->p, scheduler_local(c->guest));
    return true;
}

static Term atom_of(Vm *vm, const char *text) {
    size_t size = strlen(text);
    if (atom_text_check((const uint8_t *)text, size) != ATOM_TEXT_OK) return TERM_NONE;
    return atom_intern(vm->core.env.atoms, (const uint8_t *)text, size);
}

// Runs module:function with roots[ROOT_SCRATCH] as arguments; its value comes in roots[ROOT_VALUE].
// Raised: value and stack trace in ROOT_VALUE and ROOT_TRACE. false: it cannot be started, or the
// process is gone.
static bool run(Call *c, const char *module, const char *function) {
    Term m = atom_of(c->vm, module), f = atom_of(c->vm, function);
    if (c->p == NULL) return false;
    if (m == TERM_NONE || f == TERM_NONE || !engine_start(c->p, m, f, c->roots[ROOT_SCRATCH])) {
        vm_error(c->vm, "%s:%s cannot be called: bad name, too many arguments, or out of memory",
                 module, function);
        return false;
    }
    if (!hand_over(c)) return false;
    c->cls = c->p->regs->exc.cls;
    c->p->live = 0;
    if (c->cls == EXC_NONE) {
        c->roots[ROOT_VALUE] = c->p->regs->x[0];
    } else {
        c->roots[ROOT_VALUE] = c->p->regs->exc.value;
        c->roots[ROOT_TRACE] = c->p->regs->exc.trace;
    }
    return true;
}

// roots[to] = list of the characters, then `tail`, of text that is UTF-8 or else bytes.
static bool text_to_list(Call *c, const char *text, Term last, int to) {
    size_t size = strlen(text);
    Hp hp;
    if (!process_reserve_gc(c->p, CONS_WORDS * (size + 1), &hp)) return false;
    Term list = last == TERM_NONE ? TERM_NIL : hp_cons(&hp, last, TERM_NIL);
    for (size_t i = size; i > 0;) {
        size_t start = i - 1;
        while (start > 0 && ((uint8_t)text[start] & 0xc0) == 0x80) start--;
        uint32_t ch = (uint8_t)text[start];
        size_t more = i - start - 1;
        if (more > 0) ch &= 0x3fu >> more;
        for (size_t k = 1; k <= more; k++) ch = ch << 6 | ((uint8_t)text[start + k] & 0x3fu);
        list = hp_cons(&hp, term_small(ch), list);
        i = start;
    }
    process_commit(c->p, &hp);
    c->roots[to] = list;
    return true;
}

static bool push_arg(Call *c, int list, Term head) {
    c->roots[ROOT_VALUE] = head;
    Hp hp;
    if (!process_reserve_gc(c->p, CONS_WORDS, &hp)) return false;
    c->roots[list] = hp_cons(&hp, c->roots[ROOT_VALUE], c->roots[list]);
    process_commit(c->p, &hp);
    return true;
}

// {ok, Value, ...} in ROOT_VALUE: gives Value.
static bool second_of_ok(const Call *c, Term *value) {
    Term t = c->roots[ROOT_VALUE];
    if (c->cls != EXC_NONE || !term_is_tuple(t) || term_tuple_arity(t) < 2 ||
        term_tuple_elements(t)[0] != ATOM_ok)
        return false;
    *value = term_tuple_elements(t)[1];
    return true;
}

// Puts the term that `text` says in front of roots[ROOT_ARGS].
static bool parse_arg(Call *c, const char *text) {
    Term value;
    bool ok = text_to_list(c, text, term_small('.'), ROOT_SCRATCH);
    if (ok) {
        Term chars = c->roots[ROOT_SCRATCH];
        c->roots[ROOT_SCRATCH] = TERM_NIL;
        ok = push_arg(c, ROOT_SCRATCH, chars) && run(c, "erl_scan", "string");
    }
    if (!ok) return false;
    if (c->cls != EXC_NONE) {
        vm_error(c->vm, "arguments need Erlang/OTP's stdlib to be read: set DIALTONE_OTP");
        return false;
    }
    if (second_of_ok(c, &value)) {
        c->roots[ROOT_SCRATCH] = TERM_NIL;
        if (!push_arg(c, ROOT_SCRATCH, value) || !run(c, "erl_parse", "parse_term")) return false;
        if (second_of_ok(c, &value)) return push_arg(c, ROOT_ARGS, value);
    }
    vm_error(c->vm, "not an Erlang term: %s", text);
    return false;
}

static char *take_text(Call *c, Buf *out) {
    buf_put_byte(out, '\0');
    char *text = out->failed ? NULL : vm_strdup(c->vm, (const char *)out->data);
    if (text == NULL) vm_error(c->vm, "out of memory");
    buf_deinit(out);
    return text;
}

// Appends a term as io_lib's ~tp prints it; where stdlib is not there, as the machine prints it.
static void put_term(Call *c, Buf *out, Term t) {
    c->roots[ROOT_ARGS] = t;
    c->roots[ROOT_SCRATCH] = TERM_NIL;
    Term chars;
    if (push_arg(c, ROOT_SCRATCH, c->roots[ROOT_ARGS])) {
        Term list = c->roots[ROOT_SCRATCH]; // [T]
        c->roots[ROOT_SCRATCH] = TERM_NIL;
        bool ok = push_arg(c, ROOT_SCRATCH, list); // [[T]]
        c->roots[ROOT_TRACE] = c->roots[ROOT_SCRATCH];
        ok = ok && text_to_list(c, "~tp", TERM_NONE, ROOT_SCRATCH);
        chars = c->roots[ROOT_SCRATCH];
        c->roots[ROOT_SCRATCH] = c->roots[ROOT_TRACE];
        ok = ok && push_arg(c, ROOT_SCRATCH, chars) && run(c, "io_lib", "format") &&
             c->cls == EXC_NONE;
        if (ok) {
            c->roots[ROOT_SCRATCH] = TERM_NIL;
            ok = push_arg(c, ROOT_SCRATCH, c->roots[ROOT_VALUE]) &&
                 run(c, "unicode", "characters_to_binary") && c->cls == EXC_NONE &&
                 term_is_bitstring(c->roots[ROOT_VALUE]);
        }
        if (ok) {
            Buf scratch;
            buf_init(&scratch, &c->vm->core.mem);
            Bits b = bits_of(c->roots[ROOT_VALUE]);
            const uint8_t *bytes = bits_bytes(b, &scratch);
            if (bytes != NULL) buf_put(out, bytes, b.size / 8);
            buf_deinit(&scratch);
            return;
        }
    }
    term_print(&c->vm->core.env, out, c->roots[ROOT_ARGS], PRINT_STRINGS, 0);
}

// One frame of a stack trace: "  module:function/arity (file, line N)".
static void put_frame(Call *c, Buf *out, Term frame) {
    const TermEnv *env = &c->vm->core.env;
    if (!term_is_tuple(frame) || term_tuple_arity(frame) != 4) return;
    Term *e = term_tuple_elements(frame);
    buf_put_str(out, "\n  ");
    term_print(env, out, e[0], PRINT_PLAIN, 0);
    buf_put_byte(out, ':');
    term_print(env, out, e[1], PRINT_PLAIN, 0);
    if (term_is_small(e[2])) {
        buf_printf(out, "/%lld", (long long)term_small_value(e[2]));
    } else {
        const char *before = "(";
        for (Term l = e[2]; term_is_cons(l); l = term_tail(l), before = ", ") {
            buf_put_str(out, before);
            term_print(env, out, term_head(l), PRINT_STRINGS, 200);
        }
        buf_put_str(out, e[2] == TERM_NIL ? "()" : ")");
    }
    for (Term l = e[3]; term_is_cons(l); l = term_tail(l)) {
        Term pair = term_head(l);
        if (!term_is_tuple(pair) || term_tuple_arity(pair) != 2) continue;
        Term key = term_tuple_elements(pair)[0], value = term_tuple_elements(pair)[1];
        if (key == ATOM_file) {
            buf_put_str(out, " (");
            for (Term s = value; term_is_cons(s); s = term_tail(s))
                if (term_is_small(term_head(s)))
                    buf_put_byte(out, (uint8_t)term_small_value(term_head(s)));
        } else if (key == ATOM_line && term_is_small(value)) {
            buf_printf(out, ":%lld)", (long long)term_small_value(value));
        }
    }
}

static void put_raised(Call *c, Buf *out) {
    buf_put_str(out, c->cls == EXC_ERROR ? "error: " : c->cls == EXC_EXIT ? "exit: " : "throw: ");
    Buf frames;
    buf_init(&frames, &c->vm->core.mem);
    for (Term l = c->roots[ROOT_TRACE]; term_is_cons(l); l = term_tail(l))
        put_frame(c, &frames, term_head(l));
    put_term(c, out, c->roots[ROOT_VALUE]);
    buf_put(out, frames.data, frames.size_bytes);
    buf_deinit(&frames);
}

// Puts what became of the call into *text.
static dt_outcome give_outcome(Call *c, char **text) {
    Buf out;
    buf_init(&out, &c->vm->core.mem);
    bool value = c->cls == EXC_NONE;
    if (value)
        put_term(c, &out, c->roots[ROOT_VALUE]);
    else
        put_raised(c, &out);
    *text = take_text(c, &out);
    return *text == NULL ? DT_FAILED : value ? DT_VALUE : DT_RAISED;
}

// The process that ran the function was ended by a signal: another one says why.
static dt_outcome give_reason(Call *c, char **text) {
    Vm *vm = c->vm;
    Signal *reason = c->held.reason;
    c->held.reason = NULL;
    call_end(c);
    dt_outcome outcome = DT_FAILED;
    if (!call_begin(c, vm)) {
        c->p = NULL;
        c->guest = NULL;
    } else if (reason != NULL) {
        c->roots[ROOT_VALUE] = reason->value;
        heap_adopt_fragment(&c->p->heap, reason);
        reason = NULL;
        c->cls = EXC_EXIT;
        outcome = give_outcome(c, text);
    }
    if (reason != NULL) signal_free(&vm->core, reason);
    return outcome;
}

static dt_outcome give_halt(Vm *vm, char **text) {
    *text = vm_strdup(vm, vm->core.halt.slogan);
    if (*text == NULL) vm_error(vm, "out of memory");
    return *text == NULL ? DT_FAILED : DT_HALTED;
}

dt_outcome dt_call(dt_vm *vm, const char *module, const char *function, const char *const *args,
                   size_t arg_count, char **text) {
    *text = NULL;
    Call c;
    if (atomic_load_explicit(&vm->core.halted, memory_order_acquire)) {
        vm_error(vm, "the machine has been halted");
        return DT_FAILED;
    }
    if (!call_begin(&c, vm)) return DT_FAILED;
    bool ok = true;
    for (size_t i = arg_count; ok && i > 0; i--) ok = parse_arg(&c, args[i - 1]);
    c.roots[ROOT_SCRATCH] = c.roots[ROOT_ARGS];
    ok = ok && run(&c, module, function);
    dt_outcome outcome = DT_FAILED;
    if (ok)
        outcome = give_outcome(&c, text);
    else if (c.held.reason != NULL)
        outcome = give_reason(&c, text);
    call_end(&c);
    if (atomic_load_explicit(&vm->core.halted, memory_order_acquire)) {
        dt_text_free(vm, *text);
        outcome = give_halt(vm, text);
    }
    return outcome;
}

int dt_halt_status(const dt_vm *vm) {
    // What a shell sees of a program that was aborted.
    enum { ABORT_STATUS = 134 };
    const Halt *h = &vm->core.halt;
    return h->kind == HALT_ABORT ? ABORT_STATUS : h->status;
}

void dt_text_free(dt_vm *vm, char *text) {
    vm_strfree(vm, text);
}
