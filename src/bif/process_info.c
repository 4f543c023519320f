// SPDX-License-Identifier: Apache-2.0
// erlang:process_info/1,2: what there is to know of a process. Of itself a process reads it; others
// are asked by a signal, answer when they come to it, and so tell what is true after all that the
// asker has sent them before. process_info_items.c has what each item says.
#include "bif/process_info.h"
#include "bif/bif_int.h"
#include "proc/table.h"

// How the answer looks: {Item, Value} (or [] for no name); a list of such; the same, but without
// the name if there is none.
typedef enum InfoForm { FORM_ONE, FORM_LIST, FORM_ALL } InfoForm;

// What is asked for, as it travels: {Asker, Form, Index of item, ...}.
enum { ASK_PID, ASK_FORM, ASK_ITEMS };

enum { WORDS_PER_REDUCTION = 16 };

static const InfoItem *nth_item(Term what, size_t i) {
    size_t count;
    const InfoItem *all = info_items(&count);
    size_t index = (size_t)term_small_value(term_tuple_elements(what)[ASK_ITEMS + i]);
    ASSERT(index < count);
    return &all[index];
}
static size_t items_count(Term what) {
    return term_tuple_arity(what) - ASK_ITEMS;
}

// --- answering -----------------------------------------------------------------------------------

static void question_init(InfoQuestion *q, Process *p, bool other, Term what) {
    *q = (InfoQuestion){.p = p, .other = other};
    buf_init(&q->text, &p->vm->mem);
    for (size_t i = 0; i < items_count(what); i++) {
        const InfoItem *item = nth_item(what, i);
        q->flags |= item->flags;
        q->unsupported |= item->name == ATOM_last_calls && p->flags.save_calls > 0;
    }
    if ((q->flags & INFO_WHERE) != 0)
        engine_where(p, other ? ENGINE_IN_CALLEE : ENGINE_IN_CALLER, &q->where);
    if ((q->flags & INFO_TEXT) != 0 && !p->flags.sensitive) engine_backtrace(p, &q->text);
}
static void question_deinit(InfoQuestion *q) {
    buf_deinit(&q->text);
}

static size_t answer_words(const InfoQuestion *q, Term what) {
    size_t words = 0;
    for (size_t i = 0; i < items_count(what); i++) {
        const InfoItem *item = nth_item(what, i);
        words += CONS_WORDS + 3 + item->fixed_words;
        if (item->words != NULL) words += item->words(q);
    }
    return words;
}

static Term answer(const InfoQuestion *q, Hp *hp, Term what) {
    int64_t form = term_small_value(term_tuple_elements(what)[ASK_FORM]);
    Term list = TERM_NIL;
    for (size_t i = items_count(what); i-- > 0;) {
        const InfoItem *item = nth_item(what, i);
        Term value = item->value(q, hp);
        bool no_name = item->name == ATOM_registered_name && value == TERM_NIL;
        if (no_name && form == FORM_ONE) return TERM_NIL;
        if (no_name && form == FORM_ALL) continue;
        Term pair = hp_tuple2(hp, item->name, value);
        if (form == FORM_ONE) return pair;
        list = hp_cons(hp, pair, list);
    }
    return list;
}

// Another process asks: SignalFn.
static void serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    Term what = sig->value;
    Term asker = term_tuple_elements(what)[ASK_PID];
    Process *to = process_lookup(vm, asker);
    if (to == NULL) return;
    if (p == NULL) {
        (void)signal_reply(s, vm, asker, sig->ref, ATOM_undefined);
        return;
    }
    InfoQuestion q;
    question_init(&q, p, true, what);
    size_t words = answer_words(&q, what);
    const LiteralRange *lits = vm->heap_config.literals;
    bool cannot = q.text.failed || q.unsupported;
    Signal *reply =
        cannot ? NULL
               : signal_new(vm, SIGNAL_REPLY, words + heap_copy_words(&vm->mem, lits, sig->ref));
    if (reply != NULL) {
        Hp hp = signal_hp(reply);
        reply->value = answer(&q, &hp, what);
        reply->ref = heap_copy(&vm->mem, lits, &hp, sig->ref);
        signal_close(reply, &hp);
        signal_push(s, to, reply);
    } else {
        (void)signal_reply_error(s, vm, asker, sig->ref,
                                 q.unsupported ? ATOM_notsup : ATOM_system_limit);
    }
    question_deinit(&q);
    bif_charge_units(p, words, WORDS_PER_REDUCTION);
}

// --- asking --------------------------------------------------------------------------------------

static Term ask_other_gc(Process *p, Term pid, Term *what) {
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, what, 1);
    bool room = process_reserve_gc(p, LOCAL_REF_WORDS, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Process *q = process_lookup(p->vm, pid);
    if (q == NULL) return ATOM_undefined;
    Term ref = process_make_ref(p, &hp);
    process_commit(p, &hp);
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, *what, ref, 0);
    if (sig == NULL) return bif_system_limit(p);
    signal_set_call(sig, serve);
    signal_push(p->regs->scheduler, q, sig);
    return process_await(p, ref);
}

static Term ask_self_gc(Process *p, Term *what) {
    InfoQuestion q;
    question_init(&q, p, false, *what);
    size_t words = answer_words(&q, *what);
    RootFrame roots;
    process_push_roots(p, &roots, what, 1);
    Hp hp;
    bool cannot = q.text.failed || q.unsupported;
    bool room = !cannot && process_reserve_gc(p, words, &hp);
    process_pop_roots(p, &roots);
    Term result = TERM_NONE;
    if (room) {
        result = answer(&q, &hp, *what);
        process_commit(p, &hp);
        bif_charge_units(p, words, WORDS_PER_REDUCTION);
    } else if (cannot) {
        (void)bif_error(p, q.unsupported ? ATOM_notsup : ATOM_system_limit);
    }
    question_deinit(&q);
    return result;
}

static Term index_of(const InfoItem *item) {
    size_t count;
    return term_small(item - info_items(&count));
}

// The tuple that travels, for the items of the list a[1] or the one item that it is. TERM_NONE: an
// exception is set. *flags: what they need.
static Term what_gc(Process *p, Term *a, InfoForm form, uint32_t *flags) {
    *flags = 0;
    size_t count = 0;
    Term l = a[1];
    for (; form != FORM_ONE && term_is_cons(l); l = term_tail(l), count++)
        if (info_item(term_head(l)) == NULL) return bif_badarg(p);
    if (form == FORM_ONE ? info_item(l) == NULL : !term_is_nil(l)) return bif_badarg(p);
    if (form == FORM_ONE) count = 1;
    if (count > TUPLE_ARITY_MAX - ASK_ITEMS) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, 1 + ASK_ITEMS + count, &hp)) return TERM_NONE;
    Term what = hp_tuple(&hp, ASK_ITEMS + count);
    Term *e = term_tuple_elements(what);
    e[ASK_PID] = p->pid;
    e[ASK_FORM] = term_small(form);
    l = a[1];
    for (size_t i = 0; i < count; i++) {
        const InfoItem *item = info_item(form == FORM_ONE ? l : term_head(l));
        e[ASK_ITEMS + i] = index_of(item);
        *flags |= item->flags;
        if (form != FORM_ONE) l = term_tail(l);
    }
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return what;
}

// Whether all that has been sent to the process so far is in its mailbox. With `again`: not yet,
// there is a lot.
static bool take_messages_gc(Process *p, bool *again) {
    *again = false;
    if (inbox_is_empty(&p->inbox)) return true;
    if (!process_handle_signals_gc(p)) return false;
    *again = !inbox_is_empty(&p->inbox);
    return true;
}

BIF(erlang_process_info_2, "erlang", "process_info", "Pid, ItemOrItems", 0,
    "What is known of the process: {Item, Value}, or a list of such for a list of items.") {
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    uint32_t flags;
    InfoForm form = term_is_list(a[1]) ? FORM_LIST : FORM_ONE;
    Term what = what_gc(p, a, form, &flags);
    if (what == TERM_NONE) return TERM_NONE;
    if (a[0] != p->pid) return ask_other_gc(p, a[0], &what);
    if ((flags & INFO_MESSAGES) == 0) return ask_self_gc(p, &what);
    RootFrame roots;
    process_push_roots(p, &roots, &what, 1);
    bool again, lives = take_messages_gc(p, &again);
    process_pop_roots(p, &roots);
    if (!lives) return bif_ending(p);
    return again ? bif_go_on(p, BIF_ID_erlang_process_info_2, 2, a) : ask_self_gc(p, &what);
}

BIF(erlang_process_info_1, "erlang", "process_info", "Pid", 0,
    "A list of {Item, Value} for the items that people want most.") {
    static const Term items[] = {
        ATOM_registered_name,   ATOM_current_function,
        ATOM_initial_call,      ATOM_status,
        ATOM_message_queue_len, ATOM_links,
        ATOM_dictionary,        ATOM_trap_exit,
        ATOM_error_handler,     ATOM_priority,
        ATOM_group_leader,      ATOM_total_heap_size,
        ATOM_heap_size,         ATOM_stack_size,
        ATOM_reductions,        ATOM_garbage_collection,
        ATOM_suspending,
    };
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[0] == p->pid) {
        bool again;
        if (!take_messages_gc(p, &again)) return bif_ending(p);
        if (again) return bif_go_on(p, BIF_ID_erlang_process_info_1, 1, a);
    }
    Hp hp;
    if (!process_reserve_gc(p, CONS_WORDS * ARRAY_COUNT(items), &hp)) return TERM_NONE;
    Term args[2] = {a[0], TERM_NIL};
    for (size_t i = ARRAY_COUNT(items); i-- > 0;) args[1] = hp_cons(&hp, items[i], args[1]);
    process_commit(p, &hp);
    RootFrame frame;
    process_push_roots(p, &frame, args, 2);
    uint32_t flags;
    Term what = what_gc(p, args, FORM_ALL, &flags);
    process_pop_roots(p, &frame);
    if (what == TERM_NONE) return TERM_NONE;
    return a[0] == p->pid ? ask_self_gc(p, &what) : ask_other_gc(p, a[0], &what);
}

// --- process_display -----------------------------------------------------------------------------

static void display(Process *p) {
    Buf text, out;
    buf_init(&text, &p->vm->mem);
    buf_init(&out, &p->vm->mem);
    engine_backtrace(p, &text);
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.data[i] == '\n') buf_put_byte(&out, '\r');
        buf_put_byte(&out, text.data[i]);
    }
    if (!text.failed && !out.failed) (void)os_write(p->vm->os, OS_STDERR, out.data, out.size_bytes);
    buf_deinit(&out);
    buf_deinit(&text);
}

// SignalFn. value: who asks.
static void display_serve(Scheduler *s, VmCore *vm, Process *p, Signal *sig) {
    if (p != NULL) display(p);
    (void)signal_reply(s, vm, sig->value, sig->ref, p != NULL ? ATOM_true : ATOM_badarg);
}

BIF(erts_internal_process_display_2, "erts_internal", "process_display", "Pid, Type", 0,
    "Prints what is on the stack of the process on standard error; Type: backtrace.") {
    if (a[1] != ATOM_backtrace) return ATOM_badopt;
    if (!term_is_local_pid(a[0])) return ATOM_badarg;
    if (a[0] == p->pid) {
        display(p);
        return ATOM_true;
    }
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Process *q = process_lookup(p->vm, a[0]);
    if (q == NULL) return ATOM_badarg;
    Term ref = process_make_ref(p, &hp);
    process_commit(p, &hp);
    Signal *sig = signal_copy_new(p->vm, SIGNAL_CALL, p->pid, ref, 0);
    if (sig == NULL) return bif_system_limit(p);
    signal_set_call(sig, display_serve);
    signal_push(p->regs->scheduler, q, sig);
    return process_await(p, ref);
}
