// SPDX-License-Identifier: Apache-2.0
// Timers that send: see erl_timer.h and docs/internal/timers.md.
//
// The table is divided into shards, each with its own lock. A timer is in the shard that the pid or
// name chooses, so that one lock guards the timer, its place and the list of the process's
// timers. Its reference is (mark, shard, place, generation): a place is used again with the next
// generation, so that an old reference finds nothing.
//
// Who takes a timer out of its place owns it: the one that fires it, cancels it, or ends its
// process. Order of locks: the wheel's (while a timer fires), the shard's, then whatever
// signal_push takes. So nobody calls timer_start or timer_cancel with a shard locked.
#include "proc/erl_timer.h"

#include "base/spin.h"
#include "proc/table.h"
#include "term/ident.h"

enum {
    SHARD_BITS = 8,
    SHARDS = 1 << SHARD_BITS,
    CHUNK_PLACES = 64,               // a power of two: memory that a shard takes at a time
    KEEP_PLACES = 16 * CHUNK_PLACES, // what an empty shard may keep
    EXIT_BATCH = 32,                 // timers of an ending process taken under one lock
    // The numbers of a reference. [0]: the low bits of its place, moved by a hash of all the rest,
    // as hashes of references look at nothing else. [1]: the rest of the place, then the
    // generation. [2]: generation, 0 where other references say whether they are aliases,
    // generation, shard, and the mark.
    PLACE_BITS = 25,
    ID0_BITS = 18,
    ID1_PLACE_BITS = PLACE_BITS - ID0_BITS,
    ID1_BITS = 32 - ID1_PLACE_BITS,
    ID2_LOW_BITS = 3,
    ID2_HIGH_AT = 4,
    ID2_SHARD_AT = 31 - SHARD_BITS,
    ID2_HIGH_BITS = ID2_SHARD_AT - ID2_HIGH_AT,
    // A message of a gigabyte and more is no timer's.
    MESSAGE_BITS = 27,
    GENERATION_BITS = ID1_BITS + ID2_LOW_BITS + ID2_HIGH_BITS,
};
// In other references that are no aliases (ref.c) all bits from ID2_HIGH_AT on are 0.
#define ID2_TIMER ((uint32_t)1 << 31)
#define ID2_ALIAS ((uint32_t)1 << 3)
// A place that is used three million times a second gives the same reference again in 1.5 years.
#define GENERATION_MASK (((uint64_t)1 << GENERATION_BITS) - 1)
#define NO_PLACE        UINT32_MAX

typedef enum TimerState {
    TIMER_NEW,      // being started: not in its place yet
    TIMER_PLACED,   // can be found
    TIMER_TOO_SOON, // its time came while it was new: who starts it sends
    TIMER_TAKEN,    // taken out of its place by who cancels it and frees it
} TimerState;

// What lies behind the message in the signal's memory. The fields of the signal that a message does
// not need before it is sent serve the timer: `from` is the process or, for a name, the VM; `next`
// is the next timer of the process; `ref` whom it is for, which says the shard, too.
struct ErlTimer {
    Timer timer;
    ErlTimer **link; // what points here, in the list of the process's timers
    // Known before it is started; and with the shard locked. They are words apart, so that the one
    // can be read while the other is written.
    uint32_t message_words : MESSAGE_BITS; // between the signal's head and this
    uint32_t named : 1;
    uint32_t : 0;
    uint32_t place : PLACE_BITS;
    uint32_t state : 2; // TimerState
};
_Static_assert(sizeof(ErlTimer) == ERL_TIMER_WORDS * sizeof(Term), "room that callers leave");

static Signal *sig_of(const ErlTimer *t) {
    return (Signal *)((uintptr_t)t - t->message_words * sizeof(Term) - offsetof(Signal, mem));
}
// Pids and names are spread by all their bits.
static uint32_t shard_of(Term to) {
    return (uint32_t)((to * 0x9e3779b97f4a7c15u) >> (64 - SHARD_BITS));
}
static Process *process_of(const ErlTimer *t) {
    DEBUG_ASSERT(!t->named);
    return (Process *)sig_of(t)->from;
}
static VmCore *vm_of(const ErlTimer *t) {
    return t->named ? (VmCore *)sig_of(t)->from : process_of(t)->vm;
}
static ErlTimer *next_of(const ErlTimer *t) {
    return (ErlTimer *)(void *)sig_of(t)->next;
}
// The list's pointer to the next timer has the type of what the field is for otherwise.
static ErlTimer **next_place(ErlTimer *t) {
    return (ErlTimer **)(void *)&sig_of(t)->next;
}

typedef struct Place {
    uint64_t generation; // of the timer that is here, or the next one
    union {
        ErlTimer *timer;
        uint64_t free; // next free place * 2 + 1: odd, so that it is no pointer
    };
} Place;

typedef struct Shard {
    _Alignas(64) Spin lock;
    uint32_t free;         // first free place
    uint32_t place_count;  // in chunks
    _Atomic uint32_t used; // places with a timer; any thread reads
    Place **chunks;
    size_t chunk_cap;
    uint64_t generation; // with which new places start: no place given up has had it
} Shard;

struct ErlTimers {
    Mem *mem;
    Shard shards[SHARDS];
};

// Process.timers when no timer may be started for it any more.
#define CLOSED ((ErlTimer *)(uintptr_t)1)

ErlTimers *erl_timers_new(Mem *m) {
    ErlTimers *ts = mem_alloc_zero(m, sizeof *ts);
    if (ts == NULL) return NULL;
    ts->mem = m;
    for (int i = 0; i < SHARDS; i++) ts->shards[i].free = NO_PLACE;
    return ts;
}

static Place *place_at(const Shard *sh, uint32_t place) {
    return &sh->chunks[place / CHUNK_PLACES][place % CHUNK_PLACES];
}

static ErlTimer *place_timer(const Place *pl) {
    return pl->free % 2 != 0 ? NULL : pl->timer;
}

static void chunks_free(Mem *m, Place **chunks, size_t cap, uint32_t place_count) {
    for (uint32_t i = 0; i < place_count / CHUNK_PLACES; i++)
        mem_free(m, chunks[i], CHUNK_PLACES * sizeof(Place));
    if (chunks != NULL) mem_free(m, chunks, cap * sizeof *chunks);
}

void erl_timers_free(ErlTimers *ts, VmCore *vm) {
    if (ts == NULL) return;
    for (Shard *sh = ts->shards; sh < ts->shards + SHARDS; sh++) {
        for (uint32_t i = 0; i < sh->place_count; i++) {
            ErlTimer *t = place_timer(place_at(sh, i));
            if (t != NULL) signal_free(vm, sig_of(t));
        }
        chunks_free(ts->mem, sh->chunks, sh->chunk_cap, sh->place_count);
    }
    mem_free(ts->mem, ts, sizeof *ts);
}

size_t erl_timers_count(const ErlTimers *ts) {
    size_t count = 0;
    for (int i = 0; i < SHARDS; i++)
        count += atomic_load_explicit(&ts->shards[i].used, memory_order_relaxed);
    return count;
}

// --- places: with the shard locked ---------------------------------------------------------------

static bool add_chunk(Mem *m, Shard *sh) {
    uint32_t chunk = sh->place_count / CHUNK_PLACES;
    if (sh->place_count >> PLACE_BITS != 0) return false;
    if (chunk == sh->chunk_cap) {
        size_t cap = MAX(sh->chunk_cap * 2, (size_t)4);
        Place **chunks =
            mem_realloc(m, sh->chunks, sh->chunk_cap * sizeof *chunks, cap * sizeof *chunks);
        if (chunks == NULL) return false;
        sh->chunks = chunks;
        sh->chunk_cap = cap;
    }
    Place *places = mem_alloc(m, CHUNK_PLACES * sizeof *places);
    if (places == NULL) return false;
    for (uint32_t i = 0; i < CHUNK_PLACES; i++) {
        uint64_t next = i + 1 < CHUNK_PLACES ? sh->place_count + i + 1 : sh->free;
        places[i] = (Place){.generation = sh->generation, .free = next * 2 + 1};
    }
    sh->chunks[chunk] = places;
    sh->free = sh->place_count;
    sh->place_count += CHUNK_PLACES;
    return true;
}

static bool place_take(Mem *m, Shard *sh, ErlTimer *t) {
    if (UNLIKELY(sh->free == NO_PLACE) && !add_chunk(m, sh)) return false;
    Place *pl = place_at(sh, sh->free);
    t->place = sh->free;
    sh->free = (uint32_t)(pl->free / 2);
    pl->timer = t;
    uint32_t used = atomic_load_explicit(&sh->used, memory_order_relaxed);
    atomic_store_explicit(&sh->used, used + 1, memory_order_relaxed);
    return true;
}

static void place_give(Shard *sh, const ErlTimer *t) {
    Place *pl = place_at(sh, t->place);
    DEBUG_ASSERT(pl->timer == t);
    pl->generation = (pl->generation + 1) & GENERATION_MASK;
    // Not exact once a generation has wrapped around: then references are old enough.
    sh->generation = MAX(sh->generation, pl->generation);
    pl->free = (uint64_t)sh->free * 2 + 1;
    sh->free = t->place;
    uint32_t used = atomic_load_explicit(&sh->used, memory_order_relaxed);
    atomic_store_explicit(&sh->used, used - 1, memory_order_relaxed);
}

// Takes a timer out of its place and its process's list.
static void take_out(Shard *sh, ErlTimer *t) {
    DEBUG_ASSERT(t->state == TIMER_PLACED);
    place_give(sh, t);
    if (!t->named) {
        ErlTimer *next = next_of(t);
        __atomic_store_n(t->link, next, __ATOMIC_RELEASE);
        if (next != NULL) next->link = t->link;
    }
    t->state = TIMER_TAKEN;
}

// Unlocks the shard, and gives back what it has grown to when nothing is left in it.
static void shard_unlock(Mem *m, Shard *sh) {
    bool empty = atomic_load_explicit(&sh->used, memory_order_relaxed) == 0;
    if (LIKELY(!empty || sh->place_count <= KEEP_PLACES)) {
        spin_unlock(&sh->lock);
        return;
    }
    Place **chunks = sh->chunks;
    size_t cap = sh->chunk_cap;
    uint32_t count = sh->place_count;
    sh->chunks = NULL;
    sh->chunk_cap = 0;
    sh->place_count = 0;
    sh->free = NO_PLACE;
    spin_unlock(&sh->lock);
    chunks_free(m, chunks, cap, count);
}

// --- references ----------------------------------------------------------------------------------

// Where a timer is, as its reference says.
typedef struct TimerKey {
    uint32_t shard, place;
    uint64_t generation;
} TimerKey;

static uint32_t bits_at(uint32_t word, unsigned at, unsigned count) {
    return word >> at & (uint32_t)(((uint64_t)1 << count) - 1);
}

static uint32_t spread(const TimerKey *k) {
    return (uint32_t)k->generation * 40503 + k->shard * 1021;
}

static void pack_ids(uint32_t ids[3], const TimerKey *k) {
    uint64_t g = k->generation;
    ids[0] = bits_at(k->place + spread(k), 0, ID0_BITS);
    ids[1] = k->place >> ID0_BITS | (uint32_t)g << ID1_PLACE_BITS;
    g >>= ID1_BITS;
    ids[2] = bits_at((uint32_t)g, 0, ID2_LOW_BITS) | k->shard << ID2_SHARD_AT | ID2_TIMER;
    g >>= ID2_LOW_BITS;
    ids[2] |= (uint32_t)g << ID2_HIGH_AT;
}

static TimerKey unpack_ids(const uint32_t ids[3]) {
    TimerKey k = {.shard = bits_at(ids[2], ID2_SHARD_AT, SHARD_BITS)};
    k.generation = bits_at(ids[2], ID2_HIGH_AT, ID2_HIGH_BITS);
    k.generation = k.generation << ID2_LOW_BITS | bits_at(ids[2], 0, ID2_LOW_BITS);
    k.generation = k.generation << ID1_BITS | ids[1] >> ID1_PLACE_BITS;
    k.place =
        bits_at(ids[1], 0, ID1_PLACE_BITS) << ID0_BITS | bits_at(ids[0] - spread(&k), 0, ID0_BITS);
    return k;
}

// The timer with these numbers, with its shard locked; NULL: none, and nothing is locked.
static ErlTimer *find_lock(ErlTimers *ts, const uint32_t ids[3], Shard **shard) {
    if ((ids[2] & (ID2_TIMER | ID2_ALIAS)) != ID2_TIMER) return NULL;
    TimerKey k = unpack_ids(ids);
    Shard *sh = &ts->shards[k.shard];
    spin_lock(&sh->lock);
    if (k.place < sh->place_count) {
        const Place *pl = place_at(sh, k.place);
        ErlTimer *t = place_timer(pl);
        if (t != NULL && pl->generation == k.generation) {
            *shard = sh;
            return t;
        }
    }
    spin_unlock(&sh->lock);
    return NULL;
}

// --- firing --------------------------------------------------------------------------------------

// With the shard locked, so that who cancels and finds no timer also finds its message sent.
static void send(Scheduler *s, ErlTimer *t) {
    Signal *sig = sig_of(t);
    VmCore *vm = vm_of(t);
    Term name = sig->ref, from = sig->from;
    sig->from = sig->ref = TERM_NONE;
    if (!t->named) {
        signal_push(s, (Process *)from, sig);
        return;
    }
    Term pid = name_lookup(vm, name);
    Process *to = pid == TERM_NONE || !term_is_local_pid(pid) ? NULL : process_lookup(vm, pid);
    if (to != NULL)
        signal_push(s, to, sig);
    else
        signal_free(vm, sig);
}

// Called with the wheel locked.
static void fire(Scheduler *s, Timer *timer) {
    ErlTimer *t = CONTAINER_OF(timer, ErlTimer, timer);
    ErlTimers *ts = vm_of(t)->timers;
    Shard *sh = &ts->shards[shard_of(sig_of(t)->ref)];
    spin_lock(&sh->lock);
    if (t->state == TIMER_NEW) {
        t->state = TIMER_TOO_SOON;
    } else if (t->state == TIMER_PLACED) {
        take_out(sh, t);
        send(s, t);
    }
    shard_unlock(ts->mem, sh);
}

// --- starting ------------------------------------------------------------------------------------

static void set_ref(Term ref, const uint32_t ids[3]) {
    DEBUG_ASSERT(term_is_kind(ref, KIND_REF));
    Term *w = term_boxed_ptr(ref);
    w[1] = (Term)ids[0] | (Term)ids[1] << 32;
    w[2] = ids[2];
}

// A process without timers that ends closes its list without the lock; otherwise the list changes
// under it. Who finds the list empty puts the first timer there by the same exchange.
static ErlTimer *first_timer(const Process *p) {
    return __atomic_load_n(&p->timers, __ATOMIC_ACQUIRE);
}

static bool exchange_none(Process *p, ErlTimer *by) {
    ErlTimer *none = NULL;
    return __atomic_compare_exchange_n(&p->timers, &none, by, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

// With the shard locked. false: the list is closed.
static bool chain(ErlTimer *t) {
    Process *p = process_of(t);
    ErlTimer *next = first_timer(p);
    *next_place(t) = next;
    t->link = &p->timers;
    if (next == CLOSED || (next == NULL && !exchange_none(p, t))) return false;
    if (next == NULL) return true;
    next->link = next_place(t);
    __atomic_store_n(&p->timers, t, __ATOMIC_RELEASE);
    return true;
}

// With the shard locked. A timer that runs already gets its place, and its reference.
static ErlTimerStart put(ErlTimers *ts, uint32_t shard, ErlTimer *t, Term ref, uint32_t ids[3]) {
    Shard *sh = &ts->shards[shard];
    if (!t->named && first_timer(process_of(t)) == CLOSED) return ERL_TIMER_IS_DEAD;
    if (!place_take(ts->mem, sh, t)) return ERL_TIMER_NO_MEMORY;
    if (!t->named && !chain(t)) {
        place_give(sh, t);
        return ERL_TIMER_IS_DEAD;
    }
    pack_ids(ids, &(TimerKey){shard, t->place, place_at(sh, t->place)->generation});
    if (ref != TERM_NONE) set_ref(ref, ids);
    return ERL_TIMER_STARTED;
}

ErlTimerStart erl_timer_start(Scheduler *s, VmCore *vm, Term to, Signal *sig_take, int64_t at_ns,
                              Term ref, uint32_t ids[3]) {
    ASSERT(sig_take->words - sig_take->used >= ERL_TIMER_WORDS);
    ErlTimers *ts = vm->timers;
    Process *process = term_is_atom(to) ? NULL : process_lookup(vm, to);
    bool dead = process == NULL && !term_is_atom(to);
    if (dead || sig_take->used >> MESSAGE_BITS != 0) {
        signal_free(vm, sig_take);
        return dead ? ERL_TIMER_IS_DEAD : ERL_TIMER_NO_MEMORY;
    }
    ErlTimer *t = (ErlTimer *)(void *)(sig_take->mem + sig_take->used);
    *t = (ErlTimer){.message_words = sig_take->used, .named = process == NULL, .state = TIMER_NEW};
    sig_take->from = process != NULL ? (Term)(uintptr_t)process : (Term)(uintptr_t)vm;
    sig_take->ref = to;
    uint32_t shard = shard_of(to);
    Shard *sh = &ts->shards[shard];
    // First the wheel, then the place: once it has a place others may cancel and free it.
    timer_start(s, &t->timer, at_ns, fire);
    spin_lock(&sh->lock);
    bool too_soon = t->state == TIMER_TOO_SOON;
    ErlTimerStart result = put(ts, shard, t, ref, ids);
    if (result == ERL_TIMER_STARTED) {
        t->state = TIMER_PLACED;
        if (too_soon) {
            take_out(sh, t);
            send(s, t);
        }
    } else {
        t->state = TIMER_TAKEN;
    }
    shard_unlock(ts->mem, sh);
    if (result != ERL_TIMER_STARTED) {
        (void)timer_cancel(s, &t->timer);
        signal_free(vm, sig_take);
    }
    return result;
}

// --- cancelling ----------------------------------------------------------------------------------

static int64_t ns_left(Scheduler *s, int64_t at_ns) {
    int64_t now = sched_now_ns(s);
    return at_ns > now ? at_ns - now : 0;
}

int64_t erl_timer_cancel(Scheduler *s, VmCore *vm, const uint32_t ids[3]) {
    Shard *sh;
    ErlTimer *t = find_lock(vm->timers, ids, &sh);
    if (t == NULL) return -1;
    take_out(sh, t);
    shard_unlock(vm->timers->mem, sh);
    int64_t left = ns_left(s, t->timer.at_ns);
    // Should it fire now, it finds itself taken. It has returned when this does.
    (void)timer_cancel(s, &t->timer);
    signal_free(vm, sig_of(t));
    return left;
}

int64_t erl_timer_read(Scheduler *s, VmCore *vm, const uint32_t ids[3]) {
    Shard *sh;
    const ErlTimer *t = find_lock(vm->timers, ids, &sh);
    if (t == NULL) return -1;
    int64_t at_ns = t->timer.at_ns;
    spin_unlock(&sh->lock);
    return ns_left(s, at_ns);
}

bool erl_timers_process_exited(Process *p) {
    if (LIKELY(exchange_none(p, CLOSED))) return true;
    VmCore *vm = p->vm;
    Scheduler *s = p->regs->scheduler;
    Shard *sh = &vm->timers->shards[shard_of(p->pid)];
    for (;;) {
        ErlTimer *taken[EXIT_BATCH];
        size_t count = 0;
        spin_lock(&sh->lock);
        ErlTimer *t;
        while (count < EXIT_BATCH && (t = first_timer(p)) != NULL && t != CLOSED) {
            taken[count++] = t;
            take_out(sh, t);
        }
        bool done = count < EXIT_BATCH;
        if (done) __atomic_store_n(&p->timers, CLOSED, __ATOMIC_RELEASE);
        shard_unlock(vm->timers->mem, sh);
        for (size_t i = 0; i < count; i++) {
            (void)timer_cancel(s, &taken[i]->timer);
            signal_free(vm, sig_of(taken[i]));
        }
        p->reds -= (int64_t)count;
        if (done) return true;
        if (p->reds <= 0) return false;
    }
}
