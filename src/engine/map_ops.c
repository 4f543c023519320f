// SPDX-License-Identifier: Apache-2.0
// Map construction and update for the instructions: room first, then the operands are read (a
// collection may have moved them), then the map is built.
#include "engine/map_ops.h"
#include "engine/engine_int.h"
#include "term/map.h"

enum { LOCAL_PAIRS = 64 };

Term engine_any(const Process *p, const Unit *at) {
    uint64_t word = units_load64(at);
    if (!op_any_is_register(word)) return word;
    uint32_t n = op_any_number(word);
    return op_any_is_y(word) ? p->heap.stack[n] : p->regs->x[n];
}

Term engine_put_map_gc(Process *p, MapUpdate u) {
    Term map = engine_any(p, u.src);
    if (!term_is_map(map)) {
        engine_error_tuple(p, ATOM_badmap, map);
        return TERM_NONE;
    }
    Hp hp;
    if (!process_reserve_gc(p, map_update_words(map, u.count), &hp)) return TERM_NONE;
    map = engine_any(p, u.src);
    Term local[2 * LOCAL_PAIRS], *kv = local;
    size_t bytes = 2 * (size_t)u.count * sizeof(Term);
    if (u.count > LOCAL_PAIRS) {
        kv = mem_alloc(&p->vm->mem, bytes);
        if (kv == NULL) return bif_system_limit(p);
    }
    for (size_t i = 0; i < 2 * (size_t)u.count; i++) kv[i] = engine_any(p, u.pairs + 2 * i);
    Term missing;
    Term result = map_update(&p->vm->env, &hp, map, kv, u.count, u.exact, &missing);
    if (kv != local) mem_free(&p->vm->mem, kv, bytes);
    process_commit(p, &hp);
    if (result == TERM_NONE) engine_error_tuple(p, ATOM_badkey, missing);
    return result;
}
