// SPDX-License-Identifier: Apache-2.0
// Reading the options of spawn. See spawn_options.h.
// Thread: the scheduler that runs the process.
#include "bif/spawn_options.h"

#include "bif/bif_int.h"
#include "bif/heap_settings.h"
#include "bif/monitor_options.h"

static bool read_reply(Term value, SpawnReplyMode *mode) {
    switch (value) {
    case ATOM_yes: *mode = SPAWN_REPLY_YES; return true;
    case ATOM_no: *mode = SPAWN_REPLY_NO; return true;
    case ATOM_error_only: *mode = SPAWN_REPLY_ERROR_ONLY; return true;
    case ATOM_success_only: *mode = SPAWN_REPLY_SUCCESS_ONLY; return true;
    default: return false;
    }
}

static bool read_monitor(Term list, SpawnOptions *o) {
    AliasMode alias = ALIAS_NONE;
    Term tag = TERM_NONE;
    if (!bif_monitor_options(list, &alias, &tag)) return false;
    o->monitor = true;
    o->alias = (uint8_t)alias;
    o->monitor_tag = tag;
    return true;
}

// The scheduler on which it should run. There is none that a process would be bound to, but the
// number must be one of them, or 0.
static bool read_scheduler(const Process *p, Term value) {
    int64_t n;
    return bif_small_arg(value, 0, UINT32_MAX, &n) &&
           n <= (int64_t)sched_info(p->vm->sched).schedulers;
}

// What becomes of the process itself: of a process of another node, that one looks at it.
static bool read_own(const Process *p, Term key, Term value, SpawnRequest *r) {
    SpawnOptions *o = &r->options;
    TaskPriority priority;
    switch (key) {
    case ATOM_priority:
        if (!bif_priority(value, &priority)) return false;
        o->priority = (uint8_t)priority;
        return true;
    case ATOM_message_queue_data:
        o->off_heap = value == ATOM_off_heap;
        return o->off_heap || value == ATOM_on_heap;
    case ATOM_scheduler: return read_scheduler(p, value);
    case ATOM_min_bin_vheap_size: {
        HeapConfig ignored; // the reference takes it, too, and does nothing with it
        return bif_heap_setting_read(p, HEAP_SETTING_PROCESS, key, value, &ignored);
    }
    default:
        if (!bif_is_heap_setting(key)) return false;
        o->heap = &r->heap;
        return bif_heap_setting_read(p, HEAP_SETTING_PROCESS, key, value, &r->heap);
    }
}

static bool read_option(const Process *p, SpawnKind kind, Term option, SpawnRequest *r) {
    bool dist = kind == SPAWN_DIST_OPT || kind == SPAWN_DIST_REQUEST;
    bool request = kind == SPAWN_REQUEST || kind == SPAWN_DIST_REQUEST;
    if (option == ATOM_link) {
        r->options.link = true;
        return true;
    }
    if (option == ATOM_monitor) return read_monitor(TERM_NIL, &r->options);
    if (!term_is_tuple(option) || term_tuple_arity(option) != 2) return dist;
    Term key = term_tuple_elements(option)[0], value = term_tuple_elements(option)[1];
    switch (key) {
    case ATOM_monitor: return read_monitor(value, &r->options);
    case ATOM_reply: return request && read_reply(value, &r->reply);
    case ATOM_reply_tag:
        if (request) r->reply_tag = value;
        return request;
    default: return dist || read_own(p, key, value, r);
    }
}

SpawnOptionsResult bif_spawn_options(const Process *p, SpawnKind kind, Term list, SpawnRequest *r) {
    spawn_options_init(&r->options, p->vm);
    r->heap = *r->options.heap;
    r->reply = SPAWN_REPLY_YES;
    r->reply_tag = ATOM_spawn_reply;
    bool ok = true;
    for (; term_is_cons(list); list = term_tail(list))
        if (!read_option(p, kind, term_head(list), r)) ok = false;
    if (!term_is_nil(list)) return SPAWN_OPTIONS_NO_LIST;
    return ok && bif_heap_settings_fit(r->options.heap) ? SPAWN_OPTIONS_OK : SPAWN_OPTIONS_BAD;
}
