// SPDX-License-Identifier: Apache-2.0
// erlang:system_info/1 on schedulers, processors, and the heaps of new processes.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/heap_settings.h"
#include "bif/system_info.h"
#include "proc/table.h"
#include "term/map.h"

#define HEAP_SIZE_MAX ((size_t)885767171276247) // the largest that the reference has

static SchedInfo info_of(const Process *p) {
    return sched_info(p->vm->sched);
}

static Term pair_gc(Process *p, Term name, Term value) {
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term t = hp_tuple2(&hp, name, value);
    process_commit(p, &hp);
    return t;
}

// --- schedulers ----------------------------------------------------------------------------------

static Term info_schedulers(Process *p) {
    return term_small(info_of(p).schedulers);
}
static Term info_schedulers_online(Process *p) {
    return term_small(info_of(p).online);
}
static Term info_dirty_cpu(Process *p) {
    return term_small(info_of(p).dirty_cpu);
}
static Term info_dirty_cpu_online(Process *p) {
    return term_small(info_of(p).dirty_cpu_online);
}
static Term info_dirty_io(Process *p) {
    return term_small(info_of(p).dirty_io);
}
static Term info_scheduler_id(Process *p) {
    return term_small(scheduler_id(p->regs->scheduler));
}

static Term info_schedulers_state(Process *p) {
    SchedInfo i = info_of(p);
    Hp hp;
    if (!process_reserve_gc(p, 4, &hp)) return TERM_NONE;
    Term t = hp_tuple3(&hp, term_small(i.schedulers), term_small(i.online), term_small(i.active));
    process_commit(p, &hp);
    return t;
}

static Term info_all_schedulers_state(Process *p) {
    enum { KINDS = 3, ITEMS = 4 };
    SchedInfo i = info_of(p);
    const uint32_t dirty_active = i.blocked ? 0 : i.dirty_cpu_online;
    const Term rows[KINDS][ITEMS] = {
        {ATOM_normal, term_small(i.schedulers), term_small(i.online), term_small(i.active)},
        {ATOM_dirty_cpu, term_small(i.dirty_cpu), term_small(i.dirty_cpu_online),
         term_small(dirty_active)},
        {ATOM_dirty_io, term_small(i.dirty_io), term_small(i.dirty_io),
         term_small(i.blocked ? 0 : i.dirty_io)},
    };
    Hp hp;
    if (!process_reserve_gc(p, KINDS * (CONS_WORDS + 1 + ITEMS), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (int k = KINDS; k-- > 0;) {
        Term t = hp_tuple(&hp, ITEMS);
        memcpy(term_tuple_elements(t), rows[k], sizeof rows[k]);
        list = hp_cons(&hp, t, list);
    }
    process_commit(p, &hp);
    return list;
}

Term system_multi_scheduling(Process *p) {
    SchedInfo i = info_of(p);
    return i.blocked ? ATOM_blocked : i.blocked_normal ? ATOM_blocked_normal : ATOM_enabled;
}

static Term blockers_gc(Process *p, SchedBlock what) {
    enum { MAX = 64 };
    Term pids[MAX];
    size_t count = sched_settings_blockers(&bif_vm(p->vm)->sched_settings, what, pids, MAX);
    count = MIN(count, (size_t)MAX);
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) list = hp_cons(&hp, pids[i], list);
    process_commit(p, &hp);
    return list;
}
static Term info_blockers(Process *p) {
    return blockers_gc(p, SCHED_BLOCK_ALL);
}
static Term info_normal_blockers(Process *p) {
    return blockers_gc(p, SCHED_BLOCK_NORMAL);
}

// --- processors ----------------------------------------------------------------------------------

static Term info_scheduler_bind_type(Process *p) {
    return atomic_load_explicit(&bif_vm(p->vm)->bind_type, memory_order_relaxed);
}
static Term info_scheduler_bindings(Process *p) {
    uint32_t count = info_of(p).schedulers;
    Hp hp;
    if (!process_reserve_gc(p, 1 + (size_t)count, &hp)) return TERM_NONE;
    Term t = hp_tuple(&hp, count);
    for (uint32_t i = 0; i < count; i++) term_tuple_elements(t)[i] = ATOM_unbound;
    process_commit(p, &hp);
    return t;
}
static Term info_cpu_topology(Process *p) {
    return system_cpu_topology_gc(p, ATOM_used);
}

// How many processors a list like "0-3,8" of the kernel names; 0: there is no such file.
static uint32_t count_processors(const Process *p, const char *path) {
    uint8_t *bytes;
    size_t size;
    Mem *m = &p->vm->mem;
    if (os_file_read(p->vm->os, m, path, &bytes, &size) < 0) return 0;
    uint32_t count = 0, first = 0, n = 0;
    bool range = false, digits = false;
    for (size_t i = 0; i <= size; i++) {
        uint8_t c = i < size ? bytes[i] : ',';
        if (c >= '0' && c <= '9') {
            n = (n * 10 + (c - '0')) & 0xffff;
            digits = true;
        } else if (c == '-') {
            first = n;
            n = 0;
            range = true;
        } else if (c == ',' || c == '\n') {
            if (digits) count += range ? n - MIN(first, n) + 1 : 1;
            n = 0;
            range = digits = false;
        }
    }
    os_file_free(m, bytes, size);
    return count;
}
static Term processors(const Process *p, const char *path) {
    uint32_t count = count_processors(p, path);
    return count == 0 ? ATOM_unknown : term_small(count);
}
static Term info_processors(Process *p) {
    return processors(p, "/sys/devices/system/cpu/possible");
}
static Term info_processors_online(Process *p) {
    return processors(p, "/sys/devices/system/cpu/online");
}
static Term info_processors_available(Process *p) {
    return term_small(os_cores(p->vm->os));
}

// --- heaps of new processes ----------------------------------------------------------------------

static Term heap_setting(Process *p, Term key) {
    return bif_heap_setting_gc(p, key, process_heap_defaults(p->vm));
}
static Term info_min_heap_size(Process *p) {
    return pair_gc(p, ATOM_min_heap_size, heap_setting(p, ATOM_min_heap_size));
}
static Term info_min_bin_vheap_size(Process *p) {
    return pair_gc(p, ATOM_min_bin_vheap_size, heap_setting(p, ATOM_min_bin_vheap_size));
}
static Term info_fullsweep_after(Process *p) {
    return pair_gc(p, ATOM_fullsweep_after, heap_setting(p, ATOM_fullsweep_after));
}
static Term info_max_heap_size(Process *p) {
    return heap_setting(p, ATOM_max_heap_size);
}

static Term info_garbage_collection(Process *p) {
    const HeapConfig c = *process_heap_defaults(p->vm);
    enum { COUNT = 4 };
    Term keys[COUNT] = {ATOM_max_heap_size, ATOM_min_bin_vheap_size, ATOM_min_heap_size,
                        ATOM_fullsweep_after};
    int64_t values[COUNT] = {(int64_t)c.max_words, (int64_t)(c.min_vheap_bytes / sizeof(Term)),
                             (int64_t)c.min_words, c.fullsweep_after};
    Hp hp;
    if (!process_reserve_gc(p, COUNT * (3 + CONS_WORDS), &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (int i = COUNT; i-- > 0;)
        list = hp_cons(&hp, hp_tuple2(&hp, keys[i], term_small(values[i])), list);
    process_commit(p, &hp);
    return list;
}

static Term info_heap_sizes(Process *p) {
    enum { COUNT_MAX = 256 };
    size_t sizes[COUNT_MAX], count = 0;
    // The last one is above what any memory holds.
    for (size_t size = 0; size < HEAP_SIZE_MAX; count++) {
        ASSERT(count < COUNT_MAX);
        size = sizes[count] = heap_size_setting(size + 1);
    }
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    while (count-- > 0) list = hp_cons(&hp, term_small((int64_t)sizes[count]), list);
    process_commit(p, &hp);
    return list;
}

// --- what never changes --------------------------------------------------------------------------

static Term info_thread_pool_size(Process *p UNUSED) {
    return term_small(1);
}

const InfoItem system_sched_items[] = {
    {ATOM_all_schedulers_state, info_all_schedulers_state},
    {ATOM_cpu_topology, info_cpu_topology},
    {ATOM_dirty_cpu_schedulers, info_dirty_cpu},
    {ATOM_dirty_cpu_schedulers_online, info_dirty_cpu_online},
    {ATOM_dirty_io_schedulers, info_dirty_io},
    {ATOM_fullsweep_after, info_fullsweep_after},
    {ATOM_garbage_collection, info_garbage_collection},
    {ATOM_heap_sizes, info_heap_sizes},
    {ATOM_logical_processors, info_processors},
    {ATOM_logical_processors_available, info_processors_available},
    {ATOM_logical_processors_online, info_processors_online},
    {ATOM_max_heap_size, info_max_heap_size},
    {ATOM_min_bin_vheap_size, info_min_bin_vheap_size},
    {ATOM_min_heap_size, info_min_heap_size},
    {ATOM_multi_scheduling, system_multi_scheduling},
    {ATOM_multi_scheduling_blockers, info_blockers},
    {ATOM_normal_multi_scheduling_blockers, info_normal_blockers},
    {ATOM_scheduler_bind_type, info_scheduler_bind_type},
    {ATOM_scheduler_bindings, info_scheduler_bindings},
    {ATOM_scheduler_id, info_scheduler_id},
    {ATOM_schedulers, info_schedulers},
    {ATOM_schedulers_online, info_schedulers_online},
    {ATOM_schedulers_state, info_schedulers_state},
    {ATOM_schedulers_total, info_schedulers},
    {ATOM_thread_pool_size, info_thread_pool_size},
};
const size_t system_sched_item_count = ARRAY_COUNT(system_sched_items);
