// SPDX-License-Identifier: Apache-2.0
// What the machine itself has to say about processes: an error that nothing caught, a heap above
// its maximal size. It goes as a message {log, Level, Format, Args, Metadata} to the process that
// system_flag(system_logger, ...) names, `logger` unless told otherwise; where no such process
// exists, as text to standard error.
//
// Thread: the one that runs the process.
#include "bif/report.h"
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/process_info.h"
#include "proc/clock.h"
#include "proc/table.h"
#include "term/map.h"
#include "term/print.h"

// --- the message ---------------------------------------------------------------------------------

static Term text(Hp *hp, const char *s) {
    Term list = TERM_NIL;
    for (size_t i = strlen(s); i-- > 0;) list = hp_cons(hp, term_small((uint8_t)s[i]), list);
    return list;
}

static size_t copied_words(VmCore *vm, Term t) {
    return term_is_immediate(t) ? 0 : heap_copy_words(&vm->mem, vm->heap_config.literals, t);
}
static Term copied(VmCore *vm, Hp *hp, Term t) {
    return term_is_immediate(t) ? t : heap_copy(&vm->mem, vm->heap_config.literals, hp, t);
}

enum { EVENT_TUPLE = 5 };

// All but the arguments.
static size_t event_words(Process *p, const char *format) {
    return EVENT_TUPLE + 1 + strlen(format) * CONS_WORDS + map_build_words(2) + map_build_words(4) +
           INT64_WORDS + copied_words(p->vm, p->group_leader);
}

static Term event(Process *p, Hp *hp, const char *format, Term args) {
    VmCore *vm = p->vm;
    Term tags[4] = {ATOM_emulator, ATOM_true, ATOM_tag, ATOM_error};
    Term tag_map = map_build(&vm->env, hp, tags, 2);
    Term meta[8] = {
        ATOM_pid,          p->pid,  ATOM_gl,   copied(vm, hp, p->group_leader),
        ATOM_error_logger, tag_map, ATOM_time, hp_int64(hp, clock_system_ns(vm->clock) / 1000)};
    Term meta_map = map_build(&vm->env, hp, meta, 4);
    Term t = hp_tuple(hp, EVENT_TUPLE);
    Term *e = term_tuple_elements(t);
    e[0] = ATOM_log;
    e[1] = ATOM_error;
    e[2] = text(hp, format);
    e[3] = args;
    e[4] = meta_map;
    return t;
}

// --- where it goes -------------------------------------------------------------------------------

// The process that logs; NULL: none. *drop: it is to be forgotten.
static Process *logger_process(const VmCore *vm, bool *drop) {
    Term to = atomic_load_explicit(&bif_vm(vm)->system_logger, memory_order_relaxed);
    *drop = to == ATOM_undefined;
    Process *q = term_is_local_pid(to) ? process_lookup(vm, to) : NULL;
    if (q != NULL || *drop) return q;
    Term pid = name_lookup(vm, ATOM_logger);
    return pid != TERM_NONE && term_is_local_pid(pid) ? process_lookup(vm, pid) : NULL;
}

static void print(const VmCore *vm, Term message) {
    Buf out;
    buf_init(&out, &((VmCore *)vm)->mem);
    buf_put_str(&out, "(no logger present) unexpected logger message: ");
    term_print(&vm->env, &out, message, PRINT_STRINGS, 0);
    buf_put_str(&out, "\r\n");
    // Nobody is left to tell when that is gone, too.
    if (!out.failed) (void)os_write(vm->os, OS_STDERR, out.data, out.size_bytes);
    buf_deinit(&out);
}

static void send_or_print(Process *p, Process *to, Signal *sig_take) {
    if (to != NULL) {
        signal_push(p->regs->scheduler, to, sig_take);
        return;
    }
    print(p->vm, sig_take->value);
    signal_free(p->vm, sig_take);
}

// --- what is said --------------------------------------------------------------------------------

void report_error(Process *p) {
    VmCore *vm = p->vm;
    bool drop, alone = vm->env.node == ATOM_nonode_at_nohost;
    Process *to = logger_process(vm, &drop);
    if (drop) return;
    const char *format = alone ? "Error in process ~p with exit value:~n~p~n"
                               : "Error in process ~p on node ~p with exit value:~n~p~n";
    size_t words = event_words(p, format) + 3 * CONS_WORDS + copied_words(vm, p->exit_reason);
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words);
    if (sig == NULL) return;
    Hp hp = signal_hp(sig);
    Term args = hp_cons(&hp, copied(vm, &hp, p->exit_reason), TERM_NIL);
    if (!alone) args = hp_cons(&hp, vm->env.node, args);
    args = hp_cons(&hp, p->pid, args);
    sig->value = event(p, &hp, format, args);
    signal_close(sig, &hp);
    send_or_print(p, to, sig);
}

void report_max_heap(Process *p) {
    VmCore *vm = p->vm;
    bool drop;
    Process *to = logger_process(vm, &drop);
    if (drop) return;
    static const char format[] = "     Process:            ~p ~n"
                                 "     Context:            maximum heap size reached~n"
                                 "     Max Heap Size:      ~p~n"
                                 "     Total Heap Size:    ~p~n"
                                 "     Kill:               ~p~n"
                                 "     Error Logger:       ~p~n"
                                 "     Message Queue Len:  ~p~n"
                                 "     GC Info:            ~p~n";
    enum { ARGS = 7 };
    size_t words = event_words(p, format) + ARGS * CONS_WORDS + info_heap_numbers_words();
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words);
    if (sig == NULL) return;
    Hp hp = signal_hp(sig);
    const Term args[ARGS] = {
        p->pid,
        term_small((int64_t)p->heap.config->max_words),
        term_small((int64_t)heap_total_words(&p->heap)),
        bif_bool(p->heap.config->max_kill),
        bif_bool(p->heap.config->max_log),
        term_small((int64_t)p->mailbox.count),
        info_heap_numbers(p, &hp),
    };
    Term list = TERM_NIL;
    for (size_t i = ARGS; i-- > 0;) list = hp_cons(&hp, args[i], list);
    sig->value = event(p, &hp, format, list);
    signal_close(sig, &hp);
    send_or_print(p, to, sig);
}

void report_limit(Process *p, const char *line) {
    VmCore *vm = p->vm;
    bool drop;
    Process *to = logger_process(vm, &drop);
    if (drop) return;
    static const char format[] = "~s~n";
    size_t words = event_words(p, format) + CONS_WORDS + strlen(line) * CONS_WORDS;
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words);
    if (sig == NULL) return;
    Hp hp = signal_hp(sig);
    Term args = hp_cons(&hp, text(&hp, line), TERM_NIL);
    sig->value = event(p, &hp, format, args);
    signal_close(sig, &hp);
    send_or_print(p, to, sig);
}
