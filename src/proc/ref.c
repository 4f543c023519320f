// SPDX-License-Identifier: Apache-2.0
// References: see relations.h for what is in one.
//
// The counter's low 53 bits fill ids[0] (18), ids[1] (32) and the low 3 of ids[2]; above them comes
// the flag, above it the pid. So ids[0], which is all that hashes look at, differs from one
// reference to the next, and references of one kind grow in term order.
#include "proc/relations.h"

#include "term/ident.h"

enum { REF_BLOCK = 1024, PID_NUMBER_BITS = 15, PID_SERIAL_BITS = 13 };
static const uint32_t ALIAS_FLAG = 1 << 3;
enum { ALIAS_PID_SHIFT = 4 };

static uint64_t next_number(Process *p) {
    Registers *r = p->regs;
    if (r == NULL) return atomic_fetch_add_explicit(&p->vm->next_ref, 1, memory_order_relaxed);
    if (UNLIKELY(r->ref_next == r->ref_end)) {
        r->ref_next = atomic_fetch_add_explicit(&p->vm->next_ref, REF_BLOCK, memory_order_relaxed);
        r->ref_end = r->ref_next + REF_BLOCK;
    }
    return r->ref_next++;
}

void process_next_ref(Process *p, uint32_t ids[3]) {
    uint64_t n = next_number(p);
    ids[0] = (uint32_t)n & 0x3ffff;
    ids[1] = (uint32_t)(n >> 18);
    ids[2] = (uint32_t)(n >> 50) & (ALIAS_FLAG - 1);
}

Term process_make_ref(Process *p, Hp *hp) {
    Ident id = {.node = TERM_NONE, .id_count = 3};
    process_next_ref(p, id.ids);
    return hp_ref(hp, &id);
}

Term process_make_alias(Process *p, Hp *hp) {
    Ident id = {.node = TERM_NONE, .id_count = 3};
    process_next_ref(p, id.ids);
    Ident pid = ident_pid(p->pid);
    ASSERT(pid.number >> PID_NUMBER_BITS == 0 && pid.serial >> PID_SERIAL_BITS == 0);
    uint32_t packed = pid.serial << PID_NUMBER_BITS | pid.number;
    id.ids[2] |= ALIAS_FLAG | packed << ALIAS_PID_SHIFT;
    return hp_ref(hp, &id);
}

bool ref_is_local(Term ref) {
    return term_is_kind(ref, KIND_REF) || term_is_kind(ref, KIND_MAGIC_REF);
}

RefKey ref_key(Term ref) {
    DEBUG_ASSERT(ref_is_local(ref));
    const Term *object = term_boxed_ptr(ref);
    return (RefKey){object[1], object[2]};
}

bool ref_is_alias(Term ref) {
    return term_is_kind(ref, KIND_REF) && (ref_key(ref).high & ALIAS_FLAG) != 0;
}

Term ref_alias_pid(Term ref) {
    ASSERT(ref_is_alias(ref));
    uint32_t packed = (uint32_t)ref_key(ref).high >> ALIAS_PID_SHIFT;
    Ident id = {.node = TERM_NONE,
                .number = packed & ((1 << PID_NUMBER_BITS) - 1),
                .serial = packed >> PID_NUMBER_BITS};
    return hp_pid(NULL, &id); // an immediate: nothing is written
}
