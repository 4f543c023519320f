// SPDX-License-Identifier: Apache-2.0
// erlang:system_info/1: facts about the machine. An item is a row of a table: an atom and the
// function that gives its value. Those on schedulers and heaps are in system_sched.c.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/system_info.h"
#include "bif/table.h"
#include "proc/table.h"
#include "term/bits.h"
#include "term/map.h"

#include <stdio.h>

// The release whose libraries and behaviour this is; what programs ask for by these names.
#define OTP_RELEASE    "25"
#define ERTS_VERSION   "13.1.5"
#define NIF_VERSION    "2.16"
#define DRIVER_VERSION "3.3"
#define ARCHITECTURE   "x86_64-pc-linux-gnu"
enum {
    COMPAT_REL = 25,
    DELAYED_NODE_TABLE_GC_S = 60,
    PORT_LIMIT = 65536,
    ETS_LIMIT = 8192,
    DIST_BUF_BUSY_LIMIT = 1048576,
};

static Term text(Process *p, const char *s) {
    return bif_text_list_gc(p, (const uint8_t *)s, strlen(s));
}

static Term number(Process *p, int64_t n) {
    Hp hp;
    if (!process_reserve_gc(p, INT64_WORDS, &hp)) return TERM_NONE;
    Term t = hp_int64(&hp, n);
    process_commit(p, &hp);
    return t;
}

static Term pair(Process *p, Term a, Term b) {
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term t = hp_tuple2(&hp, a, b);
    process_commit(p, &hp);
    return t;
}

// --- what this is --------------------------------------------------------------------------------

static Term info_otp_release(Process *p) {
    return text(p, OTP_RELEASE);
}
static Term info_version(Process *p) {
    return text(p, ERTS_VERSION);
}
static Term info_machine(Process *p) {
    return text(p, "BEAM");
}
static Term info_nif_version(Process *p) {
    return text(p, NIF_VERSION);
}
static Term info_driver_version(Process *p) {
    return text(p, DRIVER_VERSION);
}
static Term info_system_architecture(Process *p) {
    return text(p, ARCHITECTURE);
}
static Term info_system_version(Process *p) {
    SchedInfo i = sched_info(p->vm->sched);
    char line[160];
    int n = snprintf(line, sizeof line,
                     "Erlang/OTP " OTP_RELEASE " [Dialtone] [erts-" ERTS_VERSION
                     "] [64-bit] [smp:%u:%u] [ds:%u:%u:%u]\n",
                     i.schedulers, i.online, i.dirty_cpu, i.dirty_cpu_online, i.dirty_io);
    ASSERT(n > 0 && n < (int)sizeof line);
    return text(p, line);
}
static Term info_wordsize(Process *p UNUSED) {
    return term_small(sizeof(Term));
}
static Term info_compat_rel(Process *p UNUSED) {
    return term_small(COMPAT_REL);
}
static Term info_emu_type(Process *p UNUSED) {
#ifdef DT_DEBUG
    return ATOM_debug;
#else
    return ATOM_opt;
#endif
}
static Term info_debug_compiled(Process *p UNUSED) {
    return bif_bool(info_emu_type(NULL) == ATOM_debug);
}
static Term info_c_compiler_used(Process *p) {
    Hp hp;
    if (!process_reserve_gc(p, 4 + 3, &hp)) return TERM_NONE;
    Term version = hp_tuple3(&hp, term_small(__GNUC__), term_small(__GNUC_MINOR__),
                             term_small(__GNUC_PATCHLEVEL__));
    Term t = hp_tuple2(&hp, ATOM_gnuc, version);
    process_commit(p, &hp);
    return t;
}

static Term info_zero(Process *p UNUSED) {
    return term_small(0);
}

// --- the operating system ------------------------------------------------------------------------

static Term info_os_type(Process *p) {
    return pair(p, ATOM_unix, ATOM_linux);
}

// {Major, Minor, Patch} from the kernel's name of itself.
static Term info_os_version(Process *p) {
    uint8_t *bytes;
    size_t count;
    Mem *m = p->vm->env.mem;
    if (os_file_read(p->vm->os, m, "/proc/sys/kernel/osrelease", &bytes, &count) < 0)
        return text(p, "unknown");
    int64_t n[3] = {0, 0, 0};
    for (size_t i = 0, part = 0; i < count && part < 3; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9')
            n[part] = (n[part] * 10 + (bytes[i] - '0')) & 0xffffff;
        else if (bytes[i] == '.')
            part++;
        else
            break;
    }
    os_file_free(m, bytes, count);
    Hp hp;
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    Term t = hp_tuple3(&hp, term_small(n[0]), term_small(n[1]), term_small(n[2]));
    process_commit(p, &hp);
    return t;
}

// `extended`: how a clock of fewer bits is made longer, for those that say it; else TERM_NONE.
static Term clock_info(Process *p, Term id, Term extended, int64_t now_ns) {
    enum { COUNT = 6 };
    Hp hp;
    if (!process_reserve_gc(p, COUNT * (3 + CONS_WORDS) + INT64_WORDS, &hp)) return TERM_NONE;
    Term keys[COUNT] = {ATOM_function, ATOM_clock_id, ATOM_resolution,
                        ATOM_extended, ATOM_parallel, ATOM_time};
    Term values[COUNT] = {ATOM_clock_gettime, id,       term_small(1000000000),
                          extended,           ATOM_yes, hp_int64(&hp, now_ns)};
    Term list = TERM_NIL;
    for (int i = COUNT; i-- > 0;)
        if (values[i] != TERM_NONE) list = hp_cons(&hp, hp_tuple2(&hp, keys[i], values[i]), list);
    process_commit(p, &hp);
    return list;
}
static Term info_os_monotonic_time_source(Process *p) {
    return clock_info(p, ATOM_CLOCK_MONOTONIC, ATOM_no, os_monotonic_ns(p->vm->os));
}
static Term info_os_system_time_source(Process *p) {
    return clock_info(p, ATOM_CLOCK_REALTIME, TERM_NONE, os_system_ns(p->vm->os));
}
static Term info_start_time(Process *p) {
    return number(p, CLOCK_START_NS);
}
static Term info_end_time(Process *p) {
    return number(p, CLOCK_END_NS);
}
static Term info_time_offset(Process *p) {
    return bif_offset_state(clock_offset_state(p->vm->clock));
}
static Term info_time_warp_mode(Process *p) {
    ClockWarp warp = clock_config(p->vm->clock).warp;
    return warp == CLOCK_NO_WARP       ? ATOM_no_time_warp
           : warp == CLOCK_SINGLE_WARP ? ATOM_single_time_warp
                                       : ATOM_multi_time_warp;
}
static Term info_time_correction(Process *p) {
    return bif_bool(!clock_config(p->vm->clock).no_correction);
}

// --- limits and counts ---------------------------------------------------------------------------

static Term info_atom_count(Process *p) {
    return term_small(atoms_count(p->vm->env.atoms));
}
static Term info_atom_limit(Process *p) {
    return term_small(atoms_count_max(p->vm->env.atoms));
}
static Term info_process_limit(Process *p) {
    return term_small(process_table_limit(p->vm->processes));
}
static Term info_process_count(Process *p) {
    return term_small(process_table_count(p->vm->processes));
}
static Term info_port_limit(Process *p UNUSED) {
    return term_small(PORT_LIMIT);
}
static Term info_ets_limit(Process *p UNUSED) {
    return term_small(ETS_LIMIT);
}
static Term info_dist_buf_busy_limit(Process *p UNUSED) {
    return term_small(DIST_BUF_BUSY_LIMIT);
}
static Term info_delayed_node_table_gc(Process *p UNUSED) {
    return term_small(DELAYED_NODE_TABLE_GC_S);
}
static Term info_system_requests_limit(Process *p) {
    return number(p, bif_vm(p->vm)->system_requests_limit);
}
static Term info_system_logger(Process *p) {
    return atomic_load_explicit(&bif_vm(p->vm)->system_logger, memory_order_relaxed);
}
static Term info_context_reductions(Process *p) {
    return term_small(p->vm->slice_reductions);
}
static Term info_creation(Process *p) {
    return number(p, p->vm->env.creation);
}
static Term info_sequential_tracer(Process *p) {
    Term tracer = atomic_load_explicit(&bif_vm(p->vm)->sequential_tracer, memory_order_relaxed);
    return pair(p, ATOM_sequential_tracer, tracer);
}
static Term info_trace_control_word(Process *p) {
    return number(p, bif_vm(p->vm)->trace_control_word);
}

// --- builtins ------------------------------------------------------------------------------------

static Term info_snifs(Process *p) {
    size_t count;
    bif_table_all(&count);
    Hp hp;
    if (!process_reserve_gc(p, count * (4 + CONS_WORDS), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) {
        const Export *ex = p->vm->bif_exports[i];
        Term mfa = hp_tuple3(&hp, ex->module, ex->function, term_small(ex->arity));
        list = hp_cons(&hp, mfa, list);
    }
    process_commit(p, &hp);
    return list;
}

// Items whose value never changes.
static const struct {
    Term item, value;
} info_constants[] = {
    {ATOM_beam_jump_table, ATOM_true},
    {ATOM_break_ignored, ATOM_false},
    {ATOM_constant_pool_support, ATOM_true},
    {ATOM_cpu_quota, ATOM_unknown},
    {ATOM_dist_ctrl, TERM_NIL},
    {ATOM_dynamic_trace, ATOM_none},
    {ATOM_dynamic_trace_probes, ATOM_false},
    {ATOM_eager_check_io, ATOM_true},
    {ATOM_emu_flavor, ATOM_emu},
    {ATOM_endian, ATOM_little},
    {ATOM_ets_always_compress, ATOM_false},
    {ATOM_ets_realloc_moves, ATOM_false},
    {ATOM_heap_type, ATOM_private},
    {ATOM_kernel_poll, ATOM_false},
    {ATOM_message_queue_data, ATOM_on_heap},
    {ATOM_modified_timing_level, ATOM_undefined},
    {ATOM_port_parallelism, ATOM_false},
    {ATOM_smp_support, ATOM_true},
    {ATOM_taints, TERM_NIL},
    {ATOM_threads, ATOM_true},
    {ATOM_tolerant_timeofday, ATOM_enabled},
    {ATOM_update_cpu_info, ATOM_unchanged},
};

static const InfoItem info_items[] = {
    {ATOM_atom_count, info_atom_count},
    {ATOM_atom_limit, info_atom_limit},
    {ATOM_build_type, info_emu_type},
    {ATOM_c_compiler_used, info_c_compiler_used},
    {ATOM_compat_rel, info_compat_rel},
    {ATOM_context_reductions, info_context_reductions},
    {ATOM_creation, info_creation},
    {ATOM_debug_compiled, info_debug_compiled},
    {ATOM_delayed_node_table_gc, info_delayed_node_table_gc},
    {ATOM_dist_buf_busy_limit, info_dist_buf_busy_limit},
    {ATOM_driver_version, info_driver_version},
    {ATOM_emu_type, info_emu_type},
    {ATOM_end_time, info_end_time},
    {ATOM_ets_limit, info_ets_limit},
    {ATOM_machine, info_machine},
    {ATOM_nif_version, info_nif_version},
    {ATOM_os_monotonic_time_source, info_os_monotonic_time_source},
    {ATOM_os_system_time_source, info_os_system_time_source},
    {ATOM_os_type, info_os_type},
    {ATOM_os_version, info_os_version},
    {ATOM_otp_release, info_otp_release},
    {ATOM_outstanding_system_requests_limit, info_system_requests_limit},
    {ATOM_port_count, info_zero},
    {ATOM_port_limit, info_port_limit},
    {ATOM_process_count, info_process_count},
    {ATOM_process_limit, info_process_limit},
    {ATOM_sequential_tracer, info_sequential_tracer},
    {ATOM_snifs, info_snifs},
    {ATOM_start_time, info_start_time},
    {ATOM_system_architecture, info_system_architecture},
    {ATOM_system_logger, info_system_logger},
    {ATOM_system_version, info_system_version},
    {ATOM_time_correction, info_time_correction},
    {ATOM_time_offset, info_time_offset},
    {ATOM_time_warp_mode, info_time_warp_mode},
    {ATOM_trace_control_word, info_trace_control_word},
    {ATOM_version, info_version},
    {ATOM_wordsize, info_wordsize},
};

BIF(erlang_system_info_1, "erlang", "system_info", "Item", 0, "A fact about the machine.") {
    for (size_t i = 0; i < ARRAY_COUNT(info_items); i++)
        if (info_items[i].item == a[0]) return info_items[i].fn(p);
    for (size_t i = 0; i < ARRAY_COUNT(info_constants); i++)
        if (info_constants[i].item == a[0]) return info_constants[i].value;
    for (size_t i = 0; i < system_sched_item_count; i++)
        if (system_sched_items[i].item == a[0]) return system_sched_items[i].fn(p);
    if (term_is_tuple(a[0]) && term_tuple_arity(a[0]) == 2) {
        const Term *e = term_tuple_elements(a[0]);
        if (e[0] == ATOM_wordsize && (e[1] == ATOM_internal || e[1] == ATOM_external))
            return info_wordsize(p);
        if (e[0] == ATOM_cpu_topology &&
            (e[1] == ATOM_defined || e[1] == ATOM_detected || e[1] == ATOM_used))
            return system_cpu_topology_gc(p, e[1]);
    }
    return bif_badarg(p);
}
