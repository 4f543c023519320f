// SPDX-License-Identifier: Apache-2.0
// What the files of this room share: see bif_int.h.
#include "bif/bif_int.h"

#include "base/stack.h"
#include "term/bits.h"

Term bif_badarg_as_gc(Process *p, BifId id, uint32_t arity, Term *args) {
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, args, arity);
    bool room = process_reserve_gc(p, (size_t)arity * CONS_WORDS, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term list = TERM_NIL;
    for (uint32_t i = arity; i-- > 0;) list = hp_cons(&hp, args[i], list);
    process_commit(p, &hp);
    bif_badarg(p);
    p->regs->exc.args = list;
    p->regs->exc.function = bif_export(p, id);
    return TERM_NONE;
}

Term bif_priority_atom(uint8_t priority) {
    static const Term atoms[TASK_PRIORITIES] = {[TASK_MAX] = ATOM_max,
                                                [TASK_HIGH] = ATOM_high,
                                                [TASK_NORMAL] = ATOM_normal,
                                                [TASK_LOW] = ATOM_low};
    ASSERT(priority < TASK_PRIORITIES);
    return atoms[priority];
}

bool bif_priority(Term t, TaskPriority *priority) {
    for (uint8_t i = 0; i < TASK_PRIORITIES; i++) {
        if (bif_priority_atom(i) != t) continue;
        *priority = i;
        return true;
    }
    return false;
}

void bif_roots_unlink(Process *p, RootFrame *frames, size_t count) {
    RootFrame **at = &p->roots;
    while (*at != NULL) {
        if (*at >= frames && *at < frames + count)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
}

Term bif_text_list_gc(Process *p, const uint8_t *bytes, size_t count) {
    Hp hp;
    if (!process_reserve_gc(p, count * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) list = hp_cons(&hp, term_small(bytes[i]), list);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return list;
}

Term bif_buf_list_gc(Process *p, Buf *buf) {
    Term list = buf->failed ? bif_system_limit(p) : bif_text_list_gc(p, buf->data, buf->size_bytes);
    buf_deinit(buf);
    return list;
}

int64_t bif_list_text(Term list, uint8_t *bytes, size_t max) {
    size_t count = 0;
    for (; term_is_cons(list); list = term_tail(list)) {
        int64_t byte;
        if (count == max || !bif_small_arg(term_head(list), 0, 255, &byte)) return -1;
        bytes[count++] = (uint8_t)byte;
    }
    return term_is_nil(list) ? (int64_t)count : -1;
}

static bool put_binary(Buf *out, Term t) {
    Bits b = bits_of(t);
    if (!bits_is_binary(b) || b.size == 0) return bits_is_binary(b);
    if (!buf_reserve(out, b.size / 8)) return true; // out->failed says it
    memset(out->data + out->size_bytes, 0, b.size / 8);
    bits_copy(out->data, out->size_bytes * 8, b.bytes, b.offset, b.size);
    out->size_bytes += b.size / 8;
    return true;
}

bool bif_iolist_put(Buf *out, Term iodata) {
    WorkStack tails;
    work_stack_init(&tails, out->mem);
    bool ok = true;
    for (Term t = iodata; ok;) {
        int64_t byte;
        if (term_is_cons(t)) {
            Term head = term_head(t);
            t = term_tail(t);
            if (term_is_list(head)) {
                work_stack_push(&tails, t);
                t = head;
            } else if (term_is_bitstring(head)) {
                ok = put_binary(out, head);
            } else {
                ok = bif_small_arg(head, 0, 255, &byte);
                if (ok) buf_put_byte(out, (uint8_t)byte);
            }
            continue;
        }
        if (!term_is_nil(t)) ok = term_is_bitstring(t) && put_binary(out, t);
        if (work_stack_empty(&tails)) break;
        t = work_stack_pop(&tails);
    }
    work_stack_deinit(&tails);
    return ok;
}
