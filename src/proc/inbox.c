// SPDX-License-Identifier: Apache-2.0
// The queue that all signals to a process go through: many producers, one consumer, no lock. After
// Dmitry Vyukov's intrusive queue, with one change: the consumer takes all that is there over in
// one exchange, so that it does not meet the producers at each signal.
//
// `newest` points to what was pushed last. A producer puts its signal there by an exchange and then
// links it behind the one that was there: wait-free. Between those two steps the queue is cut in
// two; the consumer sees the older part only, and hears of the rest when that producer wakes the
// process, which it does after linking.
//
// When the queue is empty `newest` points to the stub: the signal whose link `oldest` would be, and
// of which nothing else exists.
//
// Orders: the release of a link in inbox_push pairs with the acquire of that link in inbox_next and
// take_over: what is in the signal is seen. The exchanges are acquire and release: a signal's link
// is NULL before the next producer writes it, the stub's before it is linked behind again.
#include "proc/inbox.h"

void inbox_init(Inbox *in) {
    atomic_init(&in->newest, inbox_stub(in));
    atomic_init(&in->oldest, NULL);
    atomic_init(&in->taken, NULL);
    in->taken_last = NULL;
}

// Takes all over: NULL when there is nothing, or the first push is half done.
static Signal *take_over(Inbox *in) {
    Signal *first = atomic_load_explicit(&in->oldest, memory_order_acquire);
    if (first == NULL) return NULL;
    atomic_store_explicit(&in->oldest, NULL, memory_order_relaxed);
    in->taken_last = atomic_exchange_explicit(&in->newest, inbox_stub(in), memory_order_acq_rel);
    ASSERT(in->taken_last != inbox_stub(in));
    return first;
}

Signal *inbox_next(Inbox *in) {
    Signal *sig = atomic_load_explicit(&in->taken, memory_order_relaxed);
    if (sig == NULL) {
        sig = take_over(in);
        if (sig == NULL) return NULL;
        atomic_store_explicit(&in->taken, sig, memory_order_relaxed);
    }
    Signal *next = NULL;
    if (sig != in->taken_last) {
        next = __atomic_load_n(&sig->next, __ATOMIC_ACQUIRE);
        if (next == NULL) return NULL; // half done
    }
    atomic_store_explicit(&in->taken, next, memory_order_relaxed);
    return sig;
}

size_t inbox_ready(Inbox *in, size_t most) {
    Signal *sig = atomic_load_explicit(&in->taken, memory_order_relaxed);
    if (sig == NULL) {
        sig = take_over(in);
        if (sig == NULL) return 0;
        atomic_store_explicit(&in->taken, sig, memory_order_relaxed);
    }
    size_t count = 0;
    while (sig != in->taken_last && count < most) {
        sig = __atomic_load_n(&sig->next, __ATOMIC_ACQUIRE);
        if (sig == NULL) return count;
        count++;
    }
    return count < most ? count + 1 : count;
}
