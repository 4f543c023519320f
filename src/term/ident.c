// SPDX-License-Identifier: Apache-2.0
// Pids, ports and references to and from their parts; see ident.h for the layouts.
// Thread: any that may read the terms; building belongs to who owns the cursor.
#include "term/ident.h"

enum {
    PID_NUMBER_BITS = 28,
    EXTERNAL_FIXED_WORDS = 3, // header, what and creation, node
    REF_ID_COUNT = 3,         // word offsets from the header
    REF_IDS = 4,
};

static Ident ident_external(Term t) {
    return (Ident){.node = external_node(t), .creation = external_creation(t)};
}

Ident ident_pid(Term pid) {
    DEBUG_ASSERT(term_is_pid(pid));
    if (term_is_local_pid(pid)) {
        uint64_t data = term_local_pid_data(pid);
        return (Ident){.node = TERM_NONE,
                       .number = (uint32_t)(data & (((uint64_t)1 << PID_NUMBER_BITS) - 1)),
                       .serial = (uint32_t)(data >> PID_NUMBER_BITS)};
    }
    Ident id = ident_external(pid);
    uint64_t data = term_boxed_ptr(pid)[EXTERNAL_FIXED_WORDS];
    id.number = (uint32_t)data;
    id.serial = (uint32_t)(data >> 32);
    return id;
}

Ident ident_port(Term port) {
    DEBUG_ASSERT(term_is_port(port));
    if (term_is_local_port(port))
        return (Ident){.node = TERM_NONE, .port = term_local_port_data(port)};
    Ident id = ident_external(port);
    id.port = term_boxed_ptr(port)[EXTERNAL_FIXED_WORDS];
    return id;
}

Ident ident_ref(Term ref) {
    DEBUG_ASSERT(term_is_ref(ref));
    const Term *p = term_boxed_ptr(ref);
    if (header_kind(p[0]) != KIND_EXTERNAL)
        return (Ident){.node = TERM_NONE,
                       .id_count = 3,
                       .ids = {(uint32_t)p[1], (uint32_t)(p[1] >> 32), (uint32_t)p[2]}};
    Ident id = ident_external(ref);
    id.id_count = (uint32_t)p[REF_ID_COUNT];
    ASSERT(id.id_count <= REF_IDS_MAX);
    for (uint32_t i = 0; i < id.id_count; i++)
        id.ids[i] = (uint32_t)(p[REF_IDS + i / 2] >> (i & 1 ? 32 : 0));
    return id;
}

// The words that all terms of other nodes start with.
static Term *external_take(Hp *hp, const Ident *id, ExternalWhat what, size_t own_words) {
    DEBUG_ASSERT(term_is_atom(id->node));
    Term *p = hp_take(hp, EXTERNAL_FIXED_WORDS + own_words);
    p[0] = HEADER(KIND_EXTERNAL, EXTERNAL_FIXED_WORDS - 1 + own_words);
    p[1] = (Term)what | (Term)id->creation << 32;
    p[2] = id->node;
    return p;
}

Term hp_pid(Hp *hp, const Ident *id) {
    if (id->node == TERM_NONE) {
        DEBUG_ASSERT(id->number >> PID_NUMBER_BITS == 0);
        return term_local_pid((uint64_t)id->serial << PID_NUMBER_BITS | id->number);
    }
    Term *p = external_take(hp, id, EXTERNAL_PID, 1);
    p[EXTERNAL_FIXED_WORDS] = (Term)id->number | (Term)id->serial << 32;
    return term_boxed(p);
}

Term hp_port(Hp *hp, const Ident *id) {
    if (id->node == TERM_NONE) {
        DEBUG_ASSERT(id->port >> 58 == 0);
        return term_local_port(id->port);
    }
    Term *p = external_take(hp, id, EXTERNAL_PORT, 1);
    p[EXTERNAL_FIXED_WORDS] = id->port;
    return term_boxed(p);
}

static void local_ref_fill(Term *p, const uint32_t ids[3]) {
    p[1] = (Term)ids[0] | (Term)ids[1] << 32;
    p[2] = ids[2];
}

Term hp_ref(Hp *hp, const Ident *id) {
    ASSERT(id->id_count <= REF_IDS_MAX); // the reference makes some without ids, too
    if (id->node == TERM_NONE) {
        ASSERT(id->id_count <= 3);
        uint32_t ids[3] = {0};
        for (uint32_t i = 0; i < id->id_count; i++) ids[i] = id->ids[i];
        Term *p = hp_take(hp, LOCAL_REF_WORDS);
        p[0] = HEADER(KIND_REF, LOCAL_REF_WORDS - 1);
        local_ref_fill(p, ids);
        return term_boxed(p);
    }
    Term *p = external_take(hp, id, EXTERNAL_REF, 1 + (id->id_count + 1) / 2);
    p[REF_ID_COUNT] = id->id_count;
    for (uint32_t i = 0; i < id->id_count; i += 2) {
        Term high = i + 1 < id->id_count ? id->ids[i + 1] : 0;
        p[REF_IDS + i / 2] = high << 32 | id->ids[i];
    }
    return term_boxed(p);
}

Term hp_magic_ref(Hp *hp, const uint32_t ids[3], MagicBin *bin_take) {
    ASSERT(hp->off != NULL && bin_take != NULL);
    Term *p = hp_take(hp, MAGIC_REF_WORDS);
    p[0] = HEADER(KIND_MAGIC_REF, MAGIC_REF_WORDS - 1);
    local_ref_fill(p, ids);
    p[MAGIC_REF_BIN] = (Term)(uintptr_t)bin_take;
    p[MAGIC_REF_LINK] = (Term)(uintptr_t)hp->off->first;
    hp->off->first = p;
    return term_boxed(p);
}

// Releases pair with the acquire of whoever drops the last count and runs `destroy`.
void magic_bin_release(MagicBin *bin) {
    uint32_t before = atomic_fetch_sub_explicit(&bin->refs, 1, memory_order_acq_rel);
    ASSERT(before > 0);
    if (before == 1) bin->destroy(bin);
}
