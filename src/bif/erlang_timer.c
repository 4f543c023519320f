// SPDX-License-Identifier: Apache-2.0
// erlang:start_timer, send_after, cancel_timer and read_timer. The work is in proc/erl_timer.c.
#include "bif/bif_int.h"
#include "proc/clock.h"
#include "proc/erl_timer.h"
#include "term/integer.h"

enum { NS_PER_MS = 1000000 };

typedef enum TimerMessage { MESSAGE_PLAIN, MESSAGE_TIMEOUT } TimerMessage;

// --- options: lists of {Name, Bool} --------------------------------------------------------------

typedef struct TimerOption {
    Term name;
    bool *value;
} TimerOption;

static bool read_option(Term t, const TimerOption *options, size_t count) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 2) return false;
    const Term *e = term_tuple_elements(t);
    if (e[1] != ATOM_true && e[1] != ATOM_false) return false;
    for (size_t i = 0; i < count; i++) {
        if (options[i].name != e[0]) continue;
        *options[i].value = e[1] == ATOM_true;
        return true;
    }
    return false;
}

static bool read_options(Term list, const TimerOption *options, size_t count) {
    for (; term_is_cons(list); list = term_tail(list))
        if (!read_option(term_head(list), options, count)) return false;
    return term_is_nil(list);
}

// --- starting ------------------------------------------------------------------------------------

// So many milliseconds from now lie before the end of time as long as the machine is less than 150
// years old: no need to read the clock.
#define SURELY_MS_MAX ((int64_t)1 << 42)

static bool is_before_end(const Process *p, int64_t ms) {
    return ms <= CLOCK_END_NS / NS_PER_MS - clock_monotonic_ns(p->vm->clock) / NS_PER_MS;
}

// When sched_now_ns will have reached the time that the argument says.
static bool read_time(const Process *p, Term time, bool absolute, int64_t *at_ns) {
    if (!term_is_small(time)) return false;
    int64_t ms = term_small_value(time), left_ns;
    if (absolute) {
        if (ms < CLOCK_START_NS / NS_PER_MS || ms > CLOCK_END_NS / NS_PER_MS) return false;
        // Between the ends of time lie more nanoseconds than 64 bits count.
        int64_t now = clock_monotonic_ns(p->vm->clock);
        if (__builtin_sub_overflow(ms * NS_PER_MS, now, &left_ns)) left_ns = INT64_MAX;
    } else {
        if (ms < 0 || (ms > SURELY_MS_MAX && !is_before_end(p, ms))) return false;
        if (__builtin_mul_overflow(ms, NS_PER_MS, &left_ns)) left_ns = INT64_MAX;
    }
    int64_t sched_now = sched_now_ns(p->regs->scheduler);
    if (__builtin_add_overflow(sched_now, MAX(left_ns, 0), at_ns)) *at_ns = INT64_MAX;
    return true;
}

// The signal that a timer will send, with room for the timer; *ref: its reference in the message.
// NULL: no memory. Literals are copied: the module that they belong to may go while the timer runs.
static Signal *timer_signal(Process *p, TimerMessage kind, Term message, Term *ref) {
    VmCore *vm = p->vm;
    size_t words = heap_copy_words(&vm->mem, NULL, message);
    bif_charge_units(p, words, BIF_CELLS_PER_REDUCTION);
    if (kind == MESSAGE_TIMEOUT) words += 4 + LOCAL_REF_WORDS;
    Signal *sig = signal_new(vm, SIGNAL_MESSAGE, words + ERL_TIMER_WORDS);
    if (sig == NULL) return NULL;
    Hp hp = signal_hp(sig);
    sig->value = heap_copy(&vm->mem, NULL, &hp, message);
    *ref = TERM_NONE;
    if (kind == MESSAGE_TIMEOUT) {
        // Its numbers are known when the timer is.
        *ref = hp_ref(&hp, &(Ident){.node = TERM_NONE, .id_count = 3});
        sig->value = hp_tuple3(&hp, ATOM_timeout, *ref, sig->value);
    }
    signal_close(sig, &hp);
    return sig;
}

static Term start(Process *p, Term *a, TimerMessage kind, bool absolute) {
    int64_t at_ns;
    if (!read_time(p, a[0], absolute, &at_ns)) return bif_badarg_cause(p, ATOM_time);
    if (!term_is_local_pid(a[1]) && !term_is_atom(a[1])) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term inner;
    Ident id = {.node = TERM_NONE, .id_count = 3};
    Signal *sig = timer_signal(p, kind, a[2], &inner);
    ErlTimerStart started = ERL_TIMER_NO_MEMORY;
    if (sig != NULL)
        started = erl_timer_start(p->regs->scheduler, p->vm, a[1], sig, at_ns, inner, id.ids);
    // The dead get nothing, but whoever asked a reference like any other.
    if (started == ERL_TIMER_IS_DEAD) process_next_ref(p, id.ids);
    if (started == ERL_TIMER_NO_MEMORY) {
        process_commit(p, &hp);
        return bif_system_limit(p);
    }
    Term ref = hp_ref(&hp, &id);
    process_commit(p, &hp);
    return ref;
}

static Term start_with(Process *p, Term *a, TimerMessage kind) {
    bool absolute = false;
    if (!read_options(a[3], &(TimerOption){ATOM_abs, &absolute}, 1))
        return bif_badarg_cause(p, ATOM_badopt);
    return start(p, a, kind, absolute);
}

BIF(erlang_send_after_3, "erlang", "send_after", "Time, Dest, Msg", 0,
    "Sends Msg to Dest, a pid or a name, in Time milliseconds. Gives the timer's reference.") {
    return start(p, a, MESSAGE_PLAIN, false);
}
BIF(erlang_send_after_4, "erlang", "send_after", "Time, Dest, Msg, Options", 0,
    "The same; Options: {abs, true} for Time as monotonic time.") {
    return start_with(p, a, MESSAGE_PLAIN);
}
BIF(erlang_start_timer_3, "erlang", "start_timer", "Time, Dest, Msg", 0,
    "Sends {timeout, TimerRef, Msg} to Dest, a pid or a name, in Time milliseconds.") {
    return start(p, a, MESSAGE_TIMEOUT, false);
}
BIF(erlang_start_timer_4, "erlang", "start_timer", "Time, Dest, Msg, Options", 0,
    "The same; Options: {abs, true} for Time as monotonic time.") {
    return start_with(p, a, MESSAGE_TIMEOUT);
}

// --- cancelling and asking -----------------------------------------------------------------------

typedef int64_t (*TimerFn)(Scheduler *s, VmCore *vm, const uint32_t ids[3]);
typedef struct TimerAsk {
    TimerFn fn;
    Term name; // of the answer that comes as a message
    bool async, info;
} TimerAsk;

// The milliseconds that were left, rounded up, as an integer; or false.
static Term ask(Process *p, TimerFn fn, Term ref) {
    if (term_is_kind(ref, KIND_EXTERNAL)) return ATOM_false;
    Ident id = ident_ref(ref);
    int64_t left_ns = fn(p->regs->scheduler, p->vm, id.ids);
    if (left_ns < 0) return ATOM_false;
    return term_small(left_ns / NS_PER_MS + (left_ns % NS_PER_MS != 0));
}

static Term answer(Process *p, Term *a, const TimerAsk *how) {
    if (!term_is_ref(a[0])) return bif_badarg(p);
    if (!how->async) {
        Term result = ask(p, how->fn, a[0]);
        return how->info ? result : ATOM_ok;
    }
    Hp hp;
    // Reserved first: once the timer is cancelled, its answer must come.
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    Term result = ask(p, how->fn, a[0]);
    Term message = hp_tuple3(&hp, how->name, a[0], result);
    process_commit(p, &hp);
    if (how->info && !process_post(p->regs->scheduler, p, message)) return bif_system_limit(p);
    return ATOM_ok;
}

BIF(erlang_cancel_timer_1, "erlang", "cancel_timer", "TimerRef", 0,
    "Cancels a timer: the milliseconds that were left, or false.") {
    return answer(p, a, &(TimerAsk){erl_timer_cancel, ATOM_cancel_timer, false, true});
}
BIF(erlang_cancel_timer_2, "erlang", "cancel_timer", "TimerRef, Options", 0,
    "The same; Options: {async, true} for the answer as a message, {info, false} for none.") {
    TimerAsk how = {erl_timer_cancel, ATOM_cancel_timer, false, true};
    TimerOption options[] = {{ATOM_async, &how.async}, {ATOM_info, &how.info}};
    if (!read_options(a[1], options, ARRAY_COUNT(options))) return bif_badarg(p);
    return answer(p, a, &how);
}
BIF(erlang_read_timer_1, "erlang", "read_timer", "TimerRef", 0,
    "The milliseconds that are left of a timer, or false.") {
    return answer(p, a, &(TimerAsk){erl_timer_read, ATOM_read_timer, false, true});
}
BIF(erlang_read_timer_2, "erlang", "read_timer", "TimerRef, Options", 0,
    "The same; Options: {async, true} for the answer as a message.") {
    TimerAsk how = {erl_timer_read, ATOM_read_timer, false, true};
    if (!read_options(a[1], &(TimerOption){ATOM_async, &how.async}, 1)) return bif_badarg(p);
    return answer(p, a, &how);
}
