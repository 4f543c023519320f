// SPDX-License-Identifier: Apache-2.0
// erlang:memory/0,1. Binaries, code, atoms and tables are counted where they are allocated
// (mem_note); what the machine has taken for itself is known from its start; the processes have the
// rest: heaps, messages, links, timers. So counting them costs nothing.
#include "bif/bif_int.h"

typedef enum MemoryType {
    MEMORY_TOTAL,
    MEMORY_PROCESSES,
    MEMORY_PROCESSES_USED,
    MEMORY_SYSTEM,
    MEMORY_ATOM,
    MEMORY_ATOM_USED,
    MEMORY_BINARY,
    MEMORY_CODE,
    MEMORY_ETS,
    MEMORY_TYPES
} MemoryType;

static const Term types[MEMORY_TYPES] = {
    ATOM_total,     ATOM_processes, ATOM_processes_used, ATOM_system, ATOM_atom,
    ATOM_atom_used, ATOM_binary,    ATOM_code,           ATOM_ets,
};

static void read_memory(const VmCore *vm, uint64_t bytes[MEMORY_TYPES]) {
    const Mem *m = &vm->mem;
    uint64_t total = mem_bytes(m), others = vm->system_bytes;
    for (MemKind k = 0; k < MEM_KINDS; k++) others += mem_noted(m, k);
    uint64_t processes = total - MIN(total, others);
    bytes[MEMORY_TOTAL] = total;
    bytes[MEMORY_PROCESSES] = bytes[MEMORY_PROCESSES_USED] = processes;
    bytes[MEMORY_SYSTEM] = total - processes;
    bytes[MEMORY_ATOM] = bytes[MEMORY_ATOM_USED] = mem_noted(m, MEM_ATOMS);
    bytes[MEMORY_BINARY] = mem_noted(m, MEM_BINARIES);
    bytes[MEMORY_CODE] = mem_noted(m, MEM_CODE);
    bytes[MEMORY_ETS] = mem_noted(m, MEM_TABLES);
}

// MEMORY_TYPES: there is no such type.
static size_t find_type(Term t) {
    size_t i = 0;
    while (i < MEMORY_TYPES && types[i] != t) i++;
    return i;
}

enum { PAIR_WORDS = CONS_WORDS + 3 + INT64_WORDS };
static Term hp_memory(Hp *hp, size_t type, const uint64_t *bytes, Term tail) {
    Term value = hp_uint64(hp, bytes[type]);
    return hp_cons(hp, hp_tuple2(hp, types[type], value), tail);
}

BIF(erlang_memory_0, "erlang", "memory", "", 0,
    "What memory is used for: a list of {Type, Bytes}.") {
    uint64_t bytes[MEMORY_TYPES];
    Hp hp;
    if (!process_reserve_gc(p, MEMORY_TYPES * PAIR_WORDS, &hp)) return TERM_NONE;
    read_memory(p->vm, bytes);
    Term list = TERM_NIL;
    for (size_t i = MEMORY_TYPES; i-- > 0;) list = hp_memory(&hp, i, bytes, list);
    process_commit(p, &hp);
    return list;
}

// A list of types, in pairs of that order, built from its end.
static Term memory_list_gc(Process *p, Term *a) {
    enum { COUNT_MAX = 1000 };
    uint8_t asked[COUNT_MAX];
    size_t count = 0;
    for (Term l = a[0]; term_is_cons(l); l = term_tail(l)) {
        size_t type = find_type(term_head(l));
        if (type == MEMORY_TYPES) return bif_badarg(p);
        if (count == COUNT_MAX) return bif_system_limit(p);
        asked[count++] = (uint8_t)type;
    }
    uint64_t bytes[MEMORY_TYPES];
    Hp hp;
    if (!process_reserve_gc(p, count * PAIR_WORDS, &hp)) return TERM_NONE;
    read_memory(p->vm, bytes);
    Term list = TERM_NIL;
    while (count-- > 0) list = hp_memory(&hp, asked[count], bytes, list);
    process_commit(p, &hp);
    return list;
}

BIF(erlang_memory_1, "erlang", "memory", "Type", 0,
    "Bytes used for Type; for a list of types a list of {Type, Bytes}.") {
    if (bif_list_length(a[0]) >= 0) return memory_list_gc(p, a);
    size_t type = find_type(a[0]);
    if (type == MEMORY_TYPES) return bif_badarg(p);
    uint64_t bytes[MEMORY_TYPES];
    Hp hp;
    if (!process_reserve_gc(p, INT64_WORDS, &hp)) return TERM_NONE;
    read_memory(p->vm, bytes);
    Term t = hp_uint64(&hp, bytes[type]);
    process_commit(p, &hp);
    return t;
}
