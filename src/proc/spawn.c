// SPDX-License-Identifier: Apache-2.0
// Making processes. The parent does all of it: it reserves the pid, copies the arguments into the
// child's first heap, lays out the stack from which the child's first turn starts, and gives the
// child to the schedulers. Until then nobody else can know the child, except that its pid can be
// looked up once it is published.
//
// A new process's stack, top first: x[0..2] = module, function, arguments; the return address of
// VmCore.exit_code. VmCore.start_code calls the function.
#include "proc/spawn.h"

#include "proc/bif.h"
#include "proc/relations.h"
#include "proc/table.h"

enum {
    START_REGISTERS = 3,                     // module, function, arguments
    START_STACK_WORDS = START_REGISTERS + 1, // and the return address
};

void spawn_options_init(SpawnOptions *o, const VmCore *vm) {
    *o = (SpawnOptions){
        .monitor_tag = TERM_NONE, .priority = TASK_NORMAL, .heap = process_heap_defaults(vm)};
}

// Who asks for a process.
typedef struct Maker {
    VmCore *vm;
    uint32_t scheduler; // whose thread this is; 0: none's
    Process *process;   // NULL: the machine
} Maker;

// A process in the table, with room for `words` of heap and stack. Nothing else is said of it yet,
// and it is nobody's task. NULL: no memory, or too many processes.
static Process *make(const Maker *by, const SpawnOptions *o, size_t words) {
    VmCore *vm = by->vm;
    Term pid = process_table_reserve(vm->processes, by->scheduler);
    if (pid == TERM_NONE) {
        if (by->process != NULL && vm->hooks.report_limit != NULL)
            vm->hooks.report_limit(by->process, "Too many processes\n");
        return NULL;
    }
    Process *p = process_new_sized(vm, o->heap, words);
    if (p == NULL) {
        process_table_cancel(vm->processes, pid, by->scheduler);
        return NULL;
    }
    p->pid = pid;
    p->parent = by->process == NULL ? TERM_NONE : by->process->pid;
    task_init(&p->task, o->priority);
    p->flags.off_heap_queue = o->off_heap;
    return p;
}

// What the first turn starts with. `args` is the child's own already.
static void lay_out_start(Process *p, Term module, Term function, Term args) {
    Term *stack = p->heap.stack;
    *--stack = term_return_address(p->vm->exit_code);
    *--stack = args;
    *--stack = function;
    *--stack = module;
    p->heap.stack = stack;
    p->live = START_REGISTERS;
    p->ip = p->vm->start_code;
}

static const Export *initial_call(const Maker *by, Term module, Term function, uint32_t arity) {
    Registers *regs = by->process == NULL ? NULL : by->process->regs;
    const Export *ex = regs == NULL ? NULL : regs->spawned;
    if (ex != NULL && ex->module == module && ex->function == function && ex->arity == arity)
        return ex;
    ex = code_export(by->vm->code, module, function, arity);
    if (regs != NULL) regs->spawned = ex;
    return ex;
}

static Process *make_started(const Maker *by, const SpawnOptions *o, Term module, Term function,
                             Term args, size_t *copied_words) {
    VmCore *vm = by->vm;
    const LiteralRange *lits = vm->heap_config.literals;
    size_t words = heap_copy_words(&vm->mem, lits, args);
    Term leader = by->process == NULL ? TERM_NIL : by->process->group_leader;
    size_t leader_words = heap_copy_words(&vm->mem, lits, leader);
    const Export *initial = initial_call(by, module, function, (uint32_t)bif_list_length(args));
    if (initial == NULL) return NULL;
    *copied_words = words + leader_words;
    size_t room = *copied_words + START_STACK_WORDS + HEAP_STACK_RESERVE;
    Process *p = make(by, o, room);
    if (p == NULL) return NULL;
    Hp hp = heap_hp(&p->heap, *copied_words);
    Term own_args = heap_copy(&vm->mem, lits, &hp, args);
    p->group_leader = heap_copy(&vm->mem, lits, &hp, leader);
    heap_commit(&p->heap, &hp);
    p->initial = initial;
    lay_out_start(p, module, function, own_args);
    return p;
}

// A process that was made and never became known.
static void unmake(Process *p, uint32_t scheduler) {
    process_table_cancel(p->vm->processes, p->pid, scheduler);
    process_free(p);
}

bool spawn_reply(Process *p, Term tag, Term ref, Term status, Term value) {
    VmCore *vm = p->vm;
    const LiteralRange *lits = vm->heap_config.literals;
    size_t words = heap_copy_words(&vm->mem, lits, tag) + LOCAL_REF_WORDS + 5;
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words);
    if (sig == NULL) return false;
    Hp hp = signal_hp(sig);
    Term message = hp_tuple(&hp, 4);
    Term *e = term_tuple_elements(message);
    e[0] = heap_copy(&vm->mem, lits, &hp, tag);
    e[1] = heap_copy(&vm->mem, lits, &hp, ref);
    e[2] = status;
    e[3] = value;
    sig->value = message;
    sig->from = p->pid;
    signal_close(sig, &hp);
    p->mailbox.own = true;
    signal_push(p->regs->scheduler, p, sig);
    return true;
}

static void untie(Process *parent, const Process *child, const SpawnOptions *o) {
    Relation *r =
        o->monitor ? relation_find(parent, RELATION_MONITOR, ref_key(o->monitor_ref)) : NULL;
    if (r != NULL) relation_remove(parent, r);
    r = o->link ? relation_find(parent, RELATION_LINK, (RefKey){child->pid, 0}) : NULL;
    if (r != NULL) relation_remove(parent, r);
}

// All that is to be there before the child runs.
static bool tie(Process *parent, Process *child, const SpawnOptions *o) {
    if (o->monitor) {
        const MonitorRequest request = {.type = MONITOR_PROCESS,
                                        .target = child->pid,
                                        .name = TERM_NONE,
                                        .tag = o->monitor_tag,
                                        .ref = o->monitor_ref,
                                        .alias = o->alias};
        if (!process_monitor_new(parent, child, &request)) return false;
    }
    if ((!o->link || process_link_new(parent, child)) &&
        (!o->reply || spawn_reply(parent, o->reply_tag, o->monitor_ref, ATOM_ok, child->pid)))
        return true;
    untie(parent, child, o);
    return false;
}

SpawnResult process_spawn(Process *parent, const SpawnOptions *o, Term module, Term function,
                          Term args, Term *child, size_t *copied_words) {
    VmCore *vm = parent->vm;
    const Maker by = {vm, scheduler_id(parent->regs->scheduler), parent};
    Process *p = make_started(&by, o, module, function, args, copied_words);
    if (p == NULL) return SPAWN_SYSTEM_LIMIT;
    if (!tie(parent, p, o)) {
        unmake(p, by.scheduler);
        return SPAWN_SYSTEM_LIMIT;
    }
    *child = p->pid;
    process_table_publish(vm->processes, p);
    task_resume(parent->regs->scheduler, &p->task);
    return SPAWNED;
}

Process *process_spawn_first(Scheduler *s, VmCore *vm, Term module, Term function, Term args) {
    SpawnOptions o;
    spawn_options_init(&o, vm);
    size_t copied_words;
    const Maker by = {vm, scheduler_id(s), NULL};
    Process *p = make_started(&by, &o, module, function, args, &copied_words);
    if (p == NULL) return NULL;
    p->group_leader = p->pid;
    process_table_publish(vm->processes, p);
    task_resume(s, &p->task);
    return p;
}

Process *process_new_held(VmCore *vm, HeldCall *held, Term group_leader) {
    SpawnOptions o;
    spawn_options_init(&o, vm);
    const Maker by = {vm, 0, NULL};
    Process *p = make(&by, &o, 0);
    if (p == NULL) return NULL;
    p->group_leader = group_leader == TERM_NONE ? p->pid : group_leader;
    p->held = held;
    process_table_publish(vm->processes, p);
    return p;
}
