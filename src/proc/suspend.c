// SPDX-License-Identifier: Apache-2.0
// Suspending and resuming: see suspend.h. What goes to and fro, as signals of kind CALL:
//
//     suspender                       suspendee
//     first suspend: SUSPEND id  -->  puts it on its list; stops
//                                <--  STARTED id: what was outstanding is active
//     last resume:   RESUME      -->  takes it off; goes on when nobody is left
//     exit:          RESUME      -->  the same
//                                <--  GONE id, when it ends or has ended
//
// The id tells an answer to an earlier time from one to this: a suspender may resume and suspend
// again before the first answer comes.
#include "proc/suspend.h"

#include "proc/table.h"
#include "term/ident.h"

typedef struct Suspendee {
    struct Suspendee *next;
    Term pid;
    uint32_t id;
    uint32_t count;
    bool active; // STARTED has come
} Suspendee;

typedef struct Suspender {
    struct Suspender *next;
    Term pid;
    uint32_t id;
} Suspender;

// Lifetime: from the first time to the end of the process.
struct Suspensions {
    Suspendee *suspendees;
    Suspender *suspenders;
    uint32_t last_id;
};

// --- signals -------------------------------------------------------------------------------------

// What a SUSPEND or SYNC says: {Suspender, Suspendee} or {Suspender, Suspendee, Tag}; detail: id;
// ref: of who waits for the answer.
enum { CALL_BY, CALL_OF, CALL_TAG, CALL_WORDS };

static Term call_part(const Signal *sig, uint32_t which) {
    return which < term_tuple_arity(sig->value) ? term_tuple_elements(sig->value)[which]
                                                : TERM_NONE;
}

static bool push_call(Process *p, Process *to, SignalFn fn, uint32_t id, Term ref, Term tag) {
    VmCore *vm = p->vm;
    const LiteralRange *lits = vm->heap_config.literals;
    size_t words = 1 + CALL_WORDS;
    if (ref != TERM_NONE) words += heap_copy_words(&vm->mem, lits, ref);
    if (tag != TERM_NONE) words += heap_copy_words(&vm->mem, lits, tag);
    Signal *sig = signal_new(vm, SIGNAL_CALL, words);
    if (sig == NULL) return false;
    Hp hp = signal_hp(sig);
    if (ref != TERM_NONE) sig->ref = heap_copy(&vm->mem, lits, &hp, ref);
    if (tag != TERM_NONE) tag = heap_copy(&vm->mem, lits, &hp, tag);
    sig->value =
        tag != TERM_NONE ? hp_tuple3(&hp, p->pid, to->pid, tag) : hp_tuple2(&hp, p->pid, to->pid);
    signal_close(sig, &hp);
    sig->detail = id;
    signal_set_call(sig, fn);
    signal_push(p->regs->scheduler, to, sig);
    return true;
}

// STARTED, RESUME and GONE say who in `value`. They must not fail: without them the other would
// stay suspended, or keep what is not so.
static void push_must(Scheduler *s, VmCore *vm, Term to, SignalFn fn, Term who, uint32_t id) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return;
    Signal *sig = signal_must_copy(vm, SIGNAL_CALL, who, TERM_NONE, 0);
    sig->detail = id;
    signal_set_call(sig, fn);
    signal_push(s, q, sig);
}

// {Tag, State} to who suspends asynchronously. Without memory there is no such message.
static void post_state(Scheduler *s, VmCore *vm, Term to, Term tag, Term state) {
    Process *q = process_lookup(vm, to);
    if (q == NULL) return;
    const LiteralRange *lits = vm->heap_config.literals;
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, 3 + heap_copy_words(&vm->mem, lits, tag));
    if (sig == NULL) return;
    Hp hp = signal_hp(sig);
    sig->value = hp_tuple2(&hp, heap_copy(&vm->mem, lits, &hp, tag), state);
    signal_close(sig, &hp);
    signal_push(s, q, sig);
}

static void answer(Scheduler *s, VmCore *vm, const Signal *sig, Term reply, Term state) {
    Term to = call_part(sig, CALL_BY), tag = call_part(sig, CALL_TAG);
    if (sig->ref != TERM_NONE) (void)signal_reply(s, vm, to, sig->ref, reply);
    if (tag != TERM_NONE) post_state(s, vm, to, tag, state);
}

// --- the suspender -------------------------------------------------------------------------------

// The link that holds the entry of `pid`, or the last one, which is NULL.
static Suspendee **find(Suspensions *s, Term pid) {
    Suspendee **at = &s->suspendees;
    while (*at != NULL && (*at)->pid != pid) at = &(*at)->next;
    return at;
}

static void forget(Process *p, Suspendee **at) {
    Suspendee *e = *at;
    *at = e->next;
    mem_free(&p->vm->mem, e, sizeof *e);
}

static void started_serve(Scheduler *s UNUSED, VmCore *vm UNUSED, Process *p, Signal *sig) {
    if (p == NULL || p->suspensions == NULL) return;
    Suspendee *e = *find(p->suspensions, sig->value);
    if (e != NULL && e->id == sig->detail) e->active = true;
}

static void gone_serve(Scheduler *s UNUSED, VmCore *vm UNUSED, Process *p, Signal *sig) {
    if (p == NULL || p->suspensions == NULL) return;
    Suspendee **at = find(p->suspensions, sig->value);
    if (*at != NULL && (*at)->id == sig->detail) forget(p, at);
}

// --- the suspendee -------------------------------------------------------------------------------

static bool remove_suspender(Process *p, Term pid) {
    if (p->suspensions == NULL) return false;
    Suspender **at = &p->suspensions->suspenders;
    while (*at != NULL && (*at)->pid != pid) at = &(*at)->next;
    Suspender *e = *at;
    if (e == NULL) return false;
    *at = e->next;
    mem_free(&p->vm->mem, e, sizeof *e);
    return true;
}

static void suspend_serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    Term by = call_part(sig, CALL_BY), of = call_part(sig, CALL_OF);
    if (p == NULL) {
        push_must(s, vm, by, gone_serve, of, sig->detail);
        answer(s, vm, sig, ATOM_badarg, ATOM_exited);
        return;
    }
    ASSERT(p->pid == of);
    if (p->suspensions == NULL) {
        p->suspensions = mem_must_alloc(&vm->mem, sizeof(Suspensions));
        *p->suspensions = (Suspensions){0};
    }
    Suspender *e = mem_must_alloc(&vm->mem, sizeof *e);
    *e = (Suspender){p->suspensions->suspenders, by, sig->detail};
    p->suspensions->suspenders = e;
    p->suspended++;
    p->reds = 0; // it may be in a builtin: as soon as that is over, the slice is, too
    push_must(s, vm, by, started_serve, of, sig->detail);
    answer(s, vm, sig, ATOM_true, ATOM_suspended);
}

// Who suspends it once more wants to know when the first time has come about.
static void sync_serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    answer(s, vm, sig, p == NULL ? ATOM_badarg : ATOM_true,
           p == NULL ? ATOM_exited : ATOM_suspended);
}

static void resume_serve(Scheduler *s UNUSED, VmCore *vm UNUSED, Process *p, Signal *sig) {
    if (p == NULL || !remove_suspender(p, sig->value)) return;
    ASSERT(p->suspended > 0);
    p->suspended--;
}

// --- what builtins call --------------------------------------------------------------------------

static Suspendee *add(Process *p, Term pid) {
    Mem *m = &p->vm->mem;
    if (p->suspensions == NULL) p->suspensions = mem_alloc_zero(m, sizeof(Suspensions));
    if (p->suspensions == NULL) return NULL;
    Suspendee *e = mem_alloc(m, sizeof *e);
    if (e == NULL) return NULL;
    Suspensions *s = p->suspensions;
    *e = (Suspendee){s->suspendees, pid, ++s->last_id, 1, false};
    s->suspendees = e;
    return e;
}

SuspendResult process_suspend_gc(Process *p, Term pid, const SuspendOptions *o, Term *await) {
    ASSERT(pid != p->pid && term_is_local_pid(pid));
    *await = TERM_NONE;
    if (!o->asynchronous) {
        // Made first: afterwards nothing may fail.
        Hp hp;
        if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return SUSPEND_LIMIT;
        *await = process_make_ref(p, &hp);
        process_commit(p, &hp);
    }
    Suspendee *e = p->suspensions == NULL ? NULL : *find(p->suspensions, pid);
    if (e != NULL && o->unless_suspending) return SUSPEND_NOT;
    if (e != NULL && e->count == UINT32_MAX) return SUSPEND_LIMIT;
    Process *q = process_lookup(p->vm, pid);
    if (q == NULL) return SUSPEND_NO_PROCESS;
    bool first = e == NULL;
    if (!first && e->active) {
        e->count++;
        if (o->asynchronous && o->tag != TERM_NONE)
            post_state(p->regs->scheduler, p->vm, p->pid, o->tag, ATOM_suspended);
        return SUSPEND_DONE;
    }
    if (first && (e = add(p, pid)) == NULL) return SUSPEND_LIMIT;
    Term tag = o->asynchronous ? o->tag : TERM_NONE;
    if ((first || *await != TERM_NONE || tag != TERM_NONE) &&
        !push_call(p, q, first ? suspend_serve : sync_serve, e->id, *await, tag)) {
        if (first) forget(p, find(p->suspensions, pid));
        return SUSPEND_LIMIT;
    }
    if (!first) e->count++;
    return o->asynchronous ? SUSPEND_DONE : SUSPEND_WAIT;
}

bool process_resume(Process *p, Term pid) {
    if (p->suspensions == NULL) return false;
    Suspendee **at = find(p->suspensions, pid), *e = *at;
    if (e == NULL) return false;
    if (--e->count == 0) {
        push_must(p->regs->scheduler, p->vm, pid, resume_serve, p->pid, e->id);
        forget(p, at);
    }
    return true;
}

size_t process_suspending_count(const Process *p) {
    size_t count = 0;
    if (p->suspensions != NULL)
        for (const Suspendee *e = p->suspensions->suspendees; e != NULL; e = e->next) count++;
    return count;
}

void process_suspending_each(const Process *p, void (*fn)(void *ctx, const SuspendInfo *info),
                             void *ctx) {
    if (p->suspensions == NULL) return;
    for (const Suspendee *e = p->suspensions->suspendees; e != NULL; e = e->next) {
        SuspendInfo info = {e->pid, e->active ? e->count : 0, e->active ? 0 : e->count};
        fn(ctx, &info);
    }
}

bool process_suspend_exited(Process *p) {
    Suspensions *s = p->suspensions;
    if (s == NULL) return true;
    Scheduler *scheduler = p->regs->scheduler;
    while (s->suspendees != NULL) {
        Suspendee *e = s->suspendees;
        push_must(scheduler, p->vm, e->pid, resume_serve, p->pid, e->id);
        forget(p, &s->suspendees);
    }
    while (s->suspenders != NULL) {
        Suspender *e = s->suspenders;
        push_must(scheduler, p->vm, e->pid, gone_serve, p->pid, e->id);
        s->suspenders = e->next;
        mem_free(&p->vm->mem, e, sizeof *e);
    }
    p->suspended = 0;
    mem_free(&p->vm->mem, s, sizeof *s);
    p->suspensions = NULL;
    return true;
}
