// SPDX-License-Identifier: Apache-2.0
// The mailbox: messages that have arrived, in order, as a list of the fragments in which they came.
// A message's terms stay in its fragment, which no collection looks at, until the message is taken:
// then the fragment is the heap's. So a long mailbox costs a collection nothing.
//
// One message is special, the one that the receive is looking at: registers point into it. When a
// collection happens then (a guard may allocate), it becomes the heap's first (`held`), and goes
// back to the mailbox, as a copy, should the receive pass over it.
//
// Receive markers are nodes among the messages. Each knows the link that points to it, which
// unlink_at keeps true, so that one is taken out in constant time. They come from a block of a few,
// made at first use; when all are in use the oldest is forgotten, and the receive that wanted it
// looks at all messages. A marker is placed behind all that has arrived, so when the inbox is not
// empty it goes through it, as a signal of the process to itself.
//
// Thread: only the scheduler that runs the process.
#include "proc/inbox.h"
#include "proc/relations.h"

enum { MARKERS = 6 };

typedef enum MarkerState {
    MARKER_FREE,
    MARKER_PLACED,   // in the mailbox; from: the link that points to it
    MARKER_COMING,   // in the inbox
    MARKER_UNWANTED, // in the inbox, to be free when it arrives
} MarkerState;

// A marker is a Signal of which only the following fields are in use: next, kind, detail (its
// state), from (its link), value and ref (the key it is bound to; 0, 0: none), used (its age).
struct MarkerBlock {
    Signal *reserved; // placed for a reference yet to come
    Signal *awaited;  // Mailbox.awaits: receive starts there as soon as it has arrived
    size_t age;
    _Alignas(Signal) unsigned char nodes[MARKERS][sizeof(Signal)];
};

static Signal *marker_at(MarkerBlock *b, size_t i) {
    return (Signal *)b->nodes[i];
}
static MarkerState marker_state(const Signal *marker) {
    return (MarkerState)marker->detail;
}
static bool marker_is_for(const Signal *marker, RefKey key) {
    return marker->value == key.low && marker->ref == key.high;
}
static Signal **marker_link(const Signal *marker) {
    return (Signal **)(uintptr_t)marker->from;
}
static void set_link(Signal *marker, Signal **link) {
    marker->from = (Term)(uintptr_t)link;
}

void mailbox_init(Mailbox *m) {
    *m = (Mailbox){.held = TERM_NONE};
    m->last = m->save = &m->first;
}

// --- the list ------------------------------------------------------------------------------------

void mailbox_append(Mailbox *m, Signal *sig) {
    DEBUG_ASSERT(sig->kind == SIGNAL_MESSAGE && *m->last == NULL);
    sig->next = NULL;
    *m->last = sig;
    m->last = &sig->next;
    m->count++;
}

static void moved(Mailbox *m, Signal **from, Signal **to) {
    if (m->last == from) m->last = to;
    if (m->save == from) m->save = to;
    if (*to != NULL && (*to)->kind == SIGNAL_MARKER) set_link(*to, to);
}

// Takes out the node that `link` points to.
static Signal *unlink_at(Mailbox *m, Signal **link) {
    Signal *sig = *link;
    *link = sig->next;
    moved(m, &sig->next, link);
    return sig;
}

static void link_at(Mailbox *m, Signal **link, Signal *sig) {
    sig->next = *link;
    *link = sig;
    if (m->last == link) m->last = &sig->next;
    if (sig->next != NULL && sig->next->kind == SIGNAL_MARKER) set_link(sig->next, &sig->next);
    if (sig->kind == SIGNAL_MARKER) set_link(sig, link);
}

// --- receive -------------------------------------------------------------------------------------

// Fragments of messages that were taken are freed by a collection. Who receives a lot and allocates
// little has to be told to collect.
static bool collect_if_due_gc(Process *p) {
    const Heap *h = &p->heap;
    bool due = h->fragment_words > heap_block_words(h);
    if (LIKELY(!due && !heap_wants_collection(h))) return true;
    p->live = 0;
    // Making room alone would find that there is room.
    if (due ? process_collect_gc(p, false) : process_reserve_slow_gc(p, 0)) return true;
    p->regs->exc.cls = EXC_NONE;
    if (p->dead) process_begin_exit(p, p->exit_reason);
    return !p->exiting; // without memory it goes on as it is
}

// The markers' part of moving on: past them, and to the one awaited.
static void find_place(Mailbox *m) {
    if (UNLIKELY(m->awaits)) m->save = m->last;
    while (*m->save != NULL && (*m->save)->kind == SIGNAL_MARKER) m->save = &(*m->save)->next;
}

Term mailbox_peek_gc(Process *p) {
    Mailbox *m = &p->mailbox;
    DEBUG_ASSERT(!m->holding);
    m->peeked = m->more = false;
    if (!collect_if_due_gc(p)) return TERM_NONE;
    for (;;) {
        find_place(m);
        if (*m->save != NULL) {
            m->peeked = true;
            return (*m->save)->value;
        }
        if (inbox_is_empty(&p->inbox)) return TERM_NONE;
        if (p->reds <= 0) {
            m->more = true;
            return TERM_NONE;
        }
        bool own = m->own;
        size_t count = m->count;
        int64_t reds = p->reds;
        if (!process_handle_signals_gc(p)) return TERM_NONE;
        // Who has suspended it has been told that it runs no more.
        if (UNLIKELY(p->suspended > 0)) {
            m->more = true;
            return TERM_NONE;
        }
        // Nothing came: it is half pushed, or a simulated run holds it back. What the process has
        // sent to itself must not be missed by a receive that does not wait.
        if (m->count == count && p->reds == reds) {
            m->more = own;
            return TERM_NONE;
        }
    }
}

void mailbox_before_collection(Process *p) {
    Mailbox *m = &p->mailbox;
    if (LIKELY(!m->peeked) || m->holding) return;
    if ((*m->save)->used == 0) return; // nothing in it that could move
    Signal *sig = unlink_at(m, m->save);
    m->held = sig->value;
    m->holding = true;
    heap_adopt_fragment(&p->heap, sig);
}

// Back into the mailbox. Without memory the process ends.
static void put_back(Process *p) {
    Mailbox *m = &p->mailbox;
    Signal *sig = signal_copy_new(p->vm, SIGNAL_MESSAGE, m->held, TERM_NONE, 0);
    m->held = TERM_NONE;
    m->holding = false;
    if (sig == NULL) {
        m->count--;
        process_begin_exit(p, ATOM_system_limit);
        return;
    }
    link_at(m, m->save, sig);
}

void mailbox_skip(Process *p) {
    Mailbox *m = &p->mailbox;
    ASSERT(m->peeked);
    if (UNLIKELY(m->holding)) put_back(p);
    m->peeked = false;
    if (*m->save != NULL) m->save = &(*m->save)->next;
}

static void from_first(Mailbox *m) {
    m->save = &m->first;
    m->awaits = false;
}

void mailbox_rewind(Process *p) {
    Mailbox *m = &p->mailbox;
    if (UNLIKELY(m->holding)) put_back(p);
    m->peeked = false;
    from_first(m);
}

void mailbox_remove(Process *p) {
    Mailbox *m = &p->mailbox;
    ASSERT(m->peeked && m->count > 0);
    m->count--;
    m->peeked = false;
    if (UNLIKELY(m->holding)) {
        m->held = TERM_NONE;
        m->holding = false;
    } else {
        Signal *sig = unlink_at(m, m->save);
        if (sig->used == 0)
            signal_free(p->vm, sig);
        else
            heap_adopt_fragment(&p->heap, sig);
    }
    from_first(m);
}

// --- markers -------------------------------------------------------------------------------------

// Takes the marker back, wherever it is.
static void marker_drop(Mailbox *m, Signal *marker) {
    MarkerBlock *b = m->markers;
    if (b->reserved == marker) b->reserved = NULL;
    if (b->awaited == marker) m->awaits = false;
    marker->value = marker->ref = 0;
    if (marker_state(marker) == MARKER_PLACED) {
        (void)unlink_at(m, marker_link(marker));
        marker->detail = MARKER_FREE;
    } else if (marker_state(marker) == MARKER_COMING) {
        marker->detail = MARKER_UNWANTED;
    }
}

// A free one; else the oldest in the mailbox is taken from whom it was for. NULL: none of both.
static Signal *marker_take(Mailbox *m) {
    MarkerBlock *b = m->markers;
    Signal *oldest = NULL;
    for (size_t i = 0; i < MARKERS; i++) {
        Signal *marker = marker_at(b, i);
        if (marker_state(marker) == MARKER_FREE) return marker;
        if (marker_state(marker) == MARKER_PLACED &&
            (oldest == NULL || marker->used < oldest->used))
            oldest = marker;
    }
    if (oldest != NULL) marker_drop(m, oldest);
    return oldest;
}

static bool have_block(Process *p) {
    Mailbox *m = &p->mailbox;
    if (LIKELY(m->markers != NULL)) return true;
    m->markers = mem_alloc_zero(&p->vm->mem, sizeof *m->markers);
    return m->markers != NULL;
}

void mailbox_mark_reserve(Process *p) {
    Mailbox *m = &p->mailbox;
    if (!have_block(p)) return; // it is a hint
    MarkerBlock *b = m->markers;
    if (b->reserved != NULL) marker_drop(m, b->reserved); // what it was for has failed
    Signal *marker = marker_take(m);
    if (marker == NULL) return;
    marker->kind = SIGNAL_MARKER;
    marker->used = ++b->age;
    marker->value = marker->ref = 0;
    b->reserved = marker;
    if (inbox_is_empty(&p->inbox)) {
        marker->detail = MARKER_PLACED;
        marker->next = NULL;
        link_at(m, m->last, marker);
    } else {
        marker->detail = MARKER_COMING;
        inbox_push(&p->inbox, marker);
        m->own = true;
    }
}

void mailbox_marker_arrived(Mailbox *m, Signal *marker) {
    if (marker_state(marker) == MARKER_UNWANTED) {
        marker->detail = MARKER_FREE;
        return;
    }
    ASSERT(marker_state(marker) == MARKER_COMING);
    marker->detail = MARKER_PLACED;
    link_at(m, m->last, marker);
    if (m->awaits && m->markers->awaited == marker) {
        m->awaits = false;
        m->save = &marker->next;
    }
}

static Signal *marker_find(const Mailbox *m, Term ref) {
    if (m->markers == NULL || !ref_is_local(ref)) return NULL;
    RefKey key = ref_key(ref);
    for (size_t i = 0; i < MARKERS; i++) {
        Signal *marker = marker_at(m->markers, i);
        if ((marker_state(marker) == MARKER_PLACED || marker_state(marker) == MARKER_COMING) &&
            marker_is_for(marker, key))
            return marker;
    }
    return NULL;
}

void mailbox_mark_bind(Process *p, Term ref) {
    MarkerBlock *b = p->mailbox.markers;
    if (b == NULL || b->reserved == NULL || !ref_is_local(ref)) return;
    RefKey key = ref_key(ref);
    b->reserved->value = key.low;
    b->reserved->ref = key.high;
    b->reserved = NULL;
}

void mailbox_mark_clear(Process *p, Term ref) {
    Signal *marker = marker_find(&p->mailbox, ref);
    if (marker != NULL) marker_drop(&p->mailbox, marker);
}

void mailbox_mark_use(Process *p, Term ref) {
    Mailbox *m = &p->mailbox;
    Signal *marker = marker_find(m, ref);
    if (marker == NULL) return;
    if (marker_state(marker) == MARKER_PLACED) {
        m->save = &marker->next;
    } else {
        m->markers->awaited = marker;
        m->awaits = true;
    }
}

// --- showing -------------------------------------------------------------------------------------

MailboxCursor mailbox_cursor(const Mailbox *m) {
    return (MailboxCursor){m, &m->first, !m->holding};
}

Term mailbox_next(MailboxCursor *c) {
    for (;;) {
        if (!c->held_shown && c->at == c->m->save) {
            c->held_shown = true;
            return c->m->held;
        }
        Signal *sig = *c->at;
        if (sig == NULL) return TERM_NONE;
        c->at = &sig->next;
        if (sig->kind == SIGNAL_MESSAGE) return sig->value;
    }
}

// --- the end -------------------------------------------------------------------------------------

bool mailbox_drop(Process *p, size_t count) {
    Mailbox *m = &p->mailbox;
    m->peeked = m->holding = false;
    m->held = TERM_NONE;
    for (; m->first != NULL && count > 0; count--) {
        Signal *sig = m->first;
        m->first = sig->next;
        if (sig->kind == SIGNAL_MARKER)
            sig->detail = MARKER_FREE;
        else
            signal_free(p->vm, sig);
    }
    if (m->first != NULL) return false;
    m->last = m->save = &m->first;
    m->count = 0;
    return true;
}

void mailbox_deinit(Process *p) {
    while (!mailbox_drop(p, SIZE_MAX)) continue;
    mem_free(&p->vm->mem, p->mailbox.markers, sizeof *p->mailbox.markers);
    p->mailbox.markers = NULL;
}
