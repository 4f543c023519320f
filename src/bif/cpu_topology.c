// SPDX-License-Identifier: Apache-2.0
// How the machine's processors are made up, as erlang:system_info(cpu_topology) tells it: read from
// the kernel's files, or defined by the program. Erlang code of module erlang turns the list of
// {cpu, Node, Processor, ProcessorNode, Core, Thread, Logical} into the nested one and back.
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/system_info.h"

#include <stdio.h>

enum { CPU_FIELDS = 6, CPU_NUMBER_MAX = 65535, LOGICAL = 5, PROCESSOR = 1, CORE = 3, THREAD = 4 };

typedef struct Cpu {
    int32_t fields[CPU_FIELDS]; // node, processor, its node, core, thread, logical; -1: none
} Cpu;

struct CpuTopology {
    size_t count;
    Cpu cpus[];
};

static size_t topology_bytes(size_t count) {
    return sizeof(CpuTopology) + count * sizeof(Cpu);
}

void cpu_topology_free(Mem *m, CpuTopology *t) {
    if (t != NULL) mem_free(m, t, topology_bytes(t->count));
}

// --- as terms ------------------------------------------------------------------------------------

static size_t topology_words(const CpuTopology *t) {
    return t == NULL ? 0 : t->count * (CONS_WORDS + 2 + CPU_FIELDS);
}

static Term hp_topology(Hp *hp, const CpuTopology *t) {
    if (t == NULL) return ATOM_undefined;
    Term list = TERM_NIL;
    for (size_t i = t->count; i-- > 0;) {
        Term cpu = hp_tuple(hp, 1 + CPU_FIELDS);
        Term *e = term_tuple_elements(cpu);
        e[0] = ATOM_cpu;
        for (int k = 0; k < CPU_FIELDS; k++) e[1 + k] = term_small(t->cpus[i].fields[k]);
        list = hp_cons(hp, cpu, list);
    }
    return list;
}

static bool read_cpu(Term t, Cpu *cpu) {
    if (!term_is_tuple(t) || term_tuple_arity(t) != 1 + CPU_FIELDS) return false;
    const Term *e = term_tuple_elements(t);
    if (e[0] != ATOM_cpu) return false;
    for (int k = 0; k < CPU_FIELDS; k++) {
        int64_t n;
        if (!bif_small_arg(e[1 + k], -1, CPU_NUMBER_MAX, &n)) return false;
        cpu->fields[k] = (int32_t)n;
    }
    return cpu->fields[LOGICAL] >= 0;
}

// --- what the kernel says ------------------------------------------------------------------------

// A number in a file of a processor's; -1: there is none.
static int32_t read_number(const Process *p, uint32_t cpu, const char *file) {
    char path[96];
    (void)snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%u/topology/%s", cpu, file);
    uint8_t *bytes;
    size_t size;
    if (os_file_read(p->vm->os, &p->vm->mem, path, &bytes, &size) < 0) return -1;
    int32_t n = -1;
    for (size_t i = 0; i < size && bytes[i] >= '0' && bytes[i] <= '9' && n < CPU_NUMBER_MAX; i++)
        n = MAX(n, 0) * 10 + (bytes[i] - '0');
    os_file_free(&p->vm->mem, bytes, size);
    return n;
}

static bool comes_before(const Cpu *a, const Cpu *b) {
    for (int k = 0; k < CPU_FIELDS; k++)
        if (a->fields[k] != b->fields[k]) return a->fields[k] < b->fields[k];
    return false;
}

// The kernel's numbers as numbers that count from 0: processors, cores of a processor, threads of a
// core, in the order of the list, which is sorted.
static void number_from_zero(CpuTopology *t) {
    int32_t processor = -1, core = -1, thread = -1;
    Cpu last = {{-1, -1, -1, -1, -1, -1}};
    for (size_t i = 0; i < t->count; i++) {
        Cpu *c = &t->cpus[i], seen = *c;
        bool same_processor = i > 0 && c->fields[PROCESSOR] == last.fields[PROCESSOR];
        bool same_core = same_processor && c->fields[CORE] == last.fields[CORE];
        if (!same_processor) {
            processor++;
            core = -1;
        }
        if (!same_core) {
            core++;
            thread = -1;
        }
        thread++;
        c->fields[PROCESSOR] = processor;
        c->fields[CORE] = core;
        c->fields[THREAD] = thread;
        last = seen;
    }
}

// NULL: the system does not say, or no memory.
static CpuTopology *detect(const Process *p) {
    uint32_t count = 0;
    while (count <= CPU_NUMBER_MAX && read_number(p, count, "core_id") >= 0) count++;
    if (count == 0) return NULL;
    CpuTopology *t = mem_alloc(&p->vm->mem, topology_bytes(count));
    if (t == NULL) return NULL;
    t->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        Cpu c = {{-1, read_number(p, i, "physical_package_id"), -1, read_number(p, i, "core_id"), 0,
                  (int32_t)i}};
        size_t at = t->count++;
        for (; at > 0 && comes_before(&c, &t->cpus[at - 1]); at--) t->cpus[at] = t->cpus[at - 1];
        t->cpus[at] = c;
    }
    number_from_zero(t);
    return t;
}

// --- asking and setting --------------------------------------------------------------------------

Term system_cpu_topology_gc(Process *p, Term which) {
    BifVm *b = bif_vm(p->vm);
    Mem *m = &p->vm->mem;
    CpuTopology *detected = which == ATOM_defined ? NULL : detect(p);
    // What a program defined may be replaced while the lock is not held: it is copied out.
    spin_lock(&b->topology_lock);
    size_t defined_words = topology_words(b->topology);
    spin_unlock(&b->topology_lock);
    size_t words = MAX(defined_words, topology_words(detected));
    Hp hp;
    Term list = TERM_NONE;
    if (process_reserve_gc(p, words, &hp)) {
        spin_lock(&b->topology_lock);
        const CpuTopology *t = which == ATOM_detected || (which == ATOM_used && b->topology == NULL)
                                   ? detected
                                   : b->topology;
        bool fits = topology_words(t) <= words;
        if (fits) list = hp_topology(&hp, t);
        spin_unlock(&b->topology_lock);
        process_commit(p, &hp);
        if (!fits) bif_system_limit(p);
    }
    cpu_topology_free(m, detected);
    if (list == TERM_NONE) return TERM_NONE;
    Export *ex = code_export(p->vm->code, ATOM_erlang, ATOM_format_cpu_topology, 1);
    if (ex == NULL) return bif_system_limit(p);
    return bif_trap(p, ex, 1, &list);
}

Term system_set_cpu_topology_gc(Process *p, const Term *value) {
    BifVm *b = bif_vm(p->vm);
    Mem *m = &p->vm->mem;
    int64_t count = bif_list_length(*value);
    if (*value != ATOM_undefined && (count < 1 || count > CPU_NUMBER_MAX)) return bif_badarg(p);
    CpuTopology *t = NULL;
    if (count > 0) {
        t = mem_alloc(m, topology_bytes((size_t)count));
        if (t == NULL) return bif_system_limit(p);
        t->count = (size_t)count;
        Term l = *value;
        for (size_t i = 0; i < t->count; i++, l = term_tail(l)) {
            if (read_cpu(term_head(l), &t->cpus[i])) continue;
            cpu_topology_free(m, t);
            return bif_badarg(p);
        }
    }
    CpuTopology *detected = detect(p);
    spin_lock(&b->topology_lock);
    CpuTopology *old = b->topology;
    b->topology = t;
    spin_unlock(&b->topology_lock);
    const CpuTopology *was = old != NULL ? old : detected;
    Hp hp;
    Term list = TERM_NONE;
    if (process_reserve_gc(p, topology_words(was), &hp)) {
        list = hp_topology(&hp, was);
        process_commit(p, &hp);
    }
    cpu_topology_free(m, old);
    cpu_topology_free(m, detected);
    return list;
}
