// SPDX-License-Identifier: Apache-2.0
// What all heaps of a VM share, used by several threads at once: the pool of blocks, the range of
// literals, counted binaries that one process goes on appending to while others read them, and
// references to C objects.
#include "base/spin.h"
#include "heap/heap_int.h"
#include "term/bits.h"
#include "term/ident.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { THREADS = 4 };

typedef struct Shared {
    Mem mem;
    Os *os;
    BlockPool *pool;
    Literals *literals;
} Shared;

typedef struct Worker {
    Shared *shared;
    uint64_t random;
} Worker;

static uint64_t next(Worker *w) {
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return w->random >> 33;
}

static void run(Shared *s, void *(*fn)(void *)) {
    pthread_t threads[THREADS];
    Worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (Worker){s, i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, fn, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static Shared shared_new(void) {
    return (Shared){0};
}
static void shared_init(Shared *s) {
    mem_init(&s->mem);
    s->os = os_real_new(&s->mem);
    assert_non_null(s->os);
    s->pool = block_pool_new(&s->mem, s->os);
    assert_non_null(s->pool);
    s->literals = literals_new(&s->mem, s->os, 64 << 20);
    assert_non_null(s->literals);
}
static void shared_deinit(Shared *s) {
    literals_free(s->literals);
    block_pool_free(s->pool);
    os_free(s->os);
    assert_int_equal(mem_bytes(&s->mem), 0);
}

// --- blocks --------------------------------------------------------------------------------------
// Each word at the ends of a block says whose it is.
static void *use_blocks(void *arg) {
    Worker *w = arg;
    const HeapConfig c = {
        .mem = &w->shared->mem, .os = w->shared->os, .pool = w->shared->pool, .min_words = 233};
    enum { HELD = 6 };
    Block held[HELD] = {{0}};
    for (int i = 0; i < 800; i++) {
        Block *b = &held[next(w) % HELD];
        if (b->start != NULL) {
            assert_true(b->start[0] == (Term)(uintptr_t)w);
            assert_true(b->start[b->words - 1] == (Term)(uintptr_t)w);
            block_free(&c, *b);
            b->start = NULL;
            continue;
        }
        size_t words = 1000 + next(w) % 150000;
        assert_true(block_alloc(&c, words, words + words / 2, b));
        assert_true(b->words >= words);
        if (next(w) % 4 == 0) *b = block_trim(&c, *b, words);
        b->start[0] = b->start[b->words - 1] = (Term)(uintptr_t)w;
        if (next(w) % 200 == 0) block_pool_clear(c.pool);
    }
    for (int i = 0; i < HELD; i++) block_free(&c, held[i]);
    return NULL;
}

static void test_blocks(void **state) {
    (void)state;
    Shared s = shared_new();
    shared_init(&s);
    run(&s, use_blocks);
    shared_deinit(&s);
}

// --- literals ------------------------------------------------------------------------------------
static void *use_literals(void *arg) {
    Worker *w = arg;
    enum { HELD = 40 };
    LiteralArea *held[HELD] = {0};
    for (int i = 0; i < 2000; i++) {
        LiteralArea **a = &held[next(w) % HELD];
        if (*a != NULL) {
            for (Term *t = (*a)->start; t < (*a)->end; t++) assert_true(*t == (Term)(uintptr_t)w);
            literal_area_free(w->shared->literals, *a);
            *a = NULL;
            continue;
        }
        *a = literal_area_new(w->shared->literals, 1 + next(w) % 2000);
        assert_non_null(*a);
        assert_true(term_is_literal(literals_range(w->shared->literals), term_boxed((*a)->start)));
        for (Term *t = (*a)->start; t < (*a)->end; t++) *t = (Term)(uintptr_t)w;
    }
    for (int i = 0; i < HELD; i++) literal_area_free(w->shared->literals, held[i]);
    return NULL;
}

static void test_literals(void **state) {
    (void)state;
    Shared s = shared_new();
    shared_init(&s);
    run(&s, use_literals);
    // All is one free piece again.
    LiteralArea *all = literal_area_new(s.literals, (64 << 20) / sizeof(Term));
    assert_non_null(all);
    literal_area_free(s.literals, all);
    shared_deinit(&s);
}

// --- binaries that are appended to ---------------------------------------------------------------
// One thread appends bits that follow a rule, and now and then hands a copy to the readers, who
// check all of it, and append to it themselves.
enum { COPIES = 300, PIECE_MAX = 40 };

typedef struct Sent {
    HeapFragment *fragment;
    Term copy;
} Sent;

typedef struct Letters {
    Mem mem;
    unsigned unit; // bits of a piece are multiples of it
    Spin lock;
    Sent sent[COPIES];
    size_t count, taken;
    bool done;
} Letters;

static unsigned bit_at(uint64_t i) {
    return (unsigned)(i * 0x9e3779b97f4a7c15u >> 63);
}

static void write_bits(uint8_t *to, uint64_t from, uint64_t end, unsigned flip) {
    for (uint64_t i = from; i < end; i++) bits_store(to, i, 1, bit_at(i) ^ flip);
}

static void check_bits(Bits b, uint64_t end) {
    for (uint64_t i = 0; i < end; i++)
        assert_int_equal(bits_load(b.bytes, b.offset + i, 1), bit_at(i));
}

static void *append_and_send(void *arg) {
    Letters *l = arg;
    Worker w = {NULL, 99};
    enum { WORDS = 1 << 20 };
    HeapFragment *heap = heap_fragment_new(&l->mem, WORDS);
    assert_non_null(heap);
    Hp hp = {heap->mem, heap->mem + WORDS, &heap->off};
    Term t = hp_bits_writable(&l->mem, &hp, 0);
    uint64_t size = 0;
    for (int i = 0; i < COPIES; i++) {
        for (int k = 0; k < 10; k++) {
            uint64_t more = (1 + next(&w) % PIECE_MAX) * l->unit, at;
            uint8_t *to;
            t = hp_bits_append(&l->mem, &hp, t, more, &to, &at);
            assert_int_not_equal(t, TERM_NONE);
            assert_int_equal(at, size);
            write_bits(to, at, at + more, 0);
            size += more;
        }
        size_t words = heap_copy_words(&l->mem, NULL, t);
        HeapFragment *f = heap_fragment_new(&l->mem, words);
        assert_non_null(f);
        Hp out = {f->mem, f->mem + words, &f->off};
        Term copy = heap_copy(&l->mem, NULL, &out, t);
        spin_lock(&l->lock);
        l->sent[l->count++] = (Sent){f, copy};
        spin_unlock(&l->lock);
        check_bits(bits_of(t), size); // takes as long as a reader does
    }
    spin_lock(&l->lock);
    l->done = true;
    spin_unlock(&l->lock);
    heap_fragment_free(&l->mem, heap);
    return NULL;
}

static void read_letter(Letters *l, Sent letter) {
    uint64_t size = bits_size(letter.copy), at;
    check_bits(bits_of(letter.copy), size);
    HeapFragment *mine = heap_fragment_new(&l->mem, BITS_APPEND_WORDS);
    assert_non_null(mine);
    Hp hp = {mine->mem, mine->mem + mine->words, &mine->off};
    uint8_t *to;
    Term longer = hp_bits_append(&l->mem, &hp, letter.copy, 100, &to, &at);
    assert_int_not_equal(longer, TERM_NONE);
    write_bits(to, at, at + 100, 1); // not what the sender writes there
    check_bits(bits_of(longer), size);
    check_bits(bits_of(letter.copy), size);
    heap_fragment_free(&l->mem, mine);
    heap_fragment_free(&l->mem, letter.fragment);
}

static void *read_letters(void *arg) {
    Letters *l = arg;
    for (;;) {
        spin_lock(&l->lock);
        // The newest first: its end is where the sender writes now.
        bool some = l->count > 0, done = l->done;
        Sent letter = {0};
        if (some) letter = l->sent[--l->count];
        if (some) l->taken++;
        spin_unlock(&l->lock);
        if (some) read_letter(l, letter);
        if (!some && done) return NULL;
    }
}

static void appended(unsigned unit) {
    static const Letters none;
    Letters *l = test_malloc(sizeof *l);
    *l = none;
    l->unit = unit;
    mem_init(&l->mem);
    pthread_t threads[3];
    assert_int_equal(pthread_create(&threads[0], NULL, append_and_send, l), 0);
    for (int i = 1; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_letters, l), 0);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    assert_int_equal(l->taken, COPIES);
    assert_int_equal(mem_bytes(&l->mem), 0);
    test_free(l);
}
static void test_appended_bytes(void **state) {
    (void)state;
    appended(8);
}
static void test_appended_bits(void **state) {
    (void)state;
    appended(1);
}

// --- references ----------------------------------------------------------------------------------
typedef struct Counted {
    MagicBin bin;
    _Atomic int destroyed;
} Counted;

static void destroy(MagicBin *bin) {
    atomic_fetch_add(&((Counted *)bin)->destroyed, 1);
}

typedef struct Refs {
    Mem mem;
    Term ref;
} Refs;

static void *copy_refs(void *arg) {
    Refs *r = arg;
    for (int i = 0; i < 20000; i++) {
        HeapFragment *f = heap_fragment_new(&r->mem, heap_copy_words(&r->mem, NULL, r->ref));
        assert_non_null(f);
        Hp hp = {f->mem, f->mem + f->words, &f->off};
        Term copy = heap_copy(&r->mem, NULL, &hp, r->ref);
        assert_true(magic_ref_bin(copy) == magic_ref_bin(r->ref));
        heap_fragment_free(&r->mem, f);
    }
    return NULL;
}

static void test_references(void **state) {
    (void)state;
    Counted c = {.bin = {.refs = 1, .destroy = destroy}};
    Refs r = {0};
    mem_init(&r.mem);
    HeapFragment *f = heap_fragment_new(&r.mem, MAGIC_REF_WORDS);
    Hp hp = {f->mem, f->mem + f->words, &f->off};
    const uint32_t ids[3] = {1, 2, 3};
    r.ref = hp_magic_ref(&hp, ids, &c.bin);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, copy_refs, &r), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&c.destroyed), 0);
    heap_fragment_free(&r.mem, f);
    assert_int_equal(atomic_load(&c.destroyed), 1);
    assert_int_equal(mem_bytes(&r.mem), 0);
}

// A copy of a private one is a plain reference with the same ids, in the words that were announced.
static void test_private_reference(void **state) {
    (void)state;
    Counted c = {.bin = {.refs = 1, .private = true, .destroy = destroy}};
    Mem mem;
    mem_init(&mem);
    HeapFragment *f = heap_fragment_new(&mem, MAGIC_REF_WORDS + 3);
    Hp hp = {f->mem, f->mem + f->words, &f->off};
    const uint32_t ids[3] = {7, 8, 9};
    Term ref = hp_magic_ref(&hp, ids, &c.bin);
    Term pair = hp_tuple2(&hp, ref, TERM_NIL);
    size_t words = heap_copy_words(&mem, NULL, pair);
    assert_int_equal(words, 3 + LOCAL_REF_WORDS);
    HeapFragment *g = heap_fragment_new(&mem, words);
    Hp to = {g->mem, g->mem + words, &g->off};
    Term copy = term_tuple_elements(heap_copy(&mem, NULL, &to, pair))[0];
    assert_ptr_equal(to.top, to.end);
    assert_true(term_is_kind(copy, KIND_REF));
    Ident a = ident_ref(ref), b = ident_ref(copy);
    assert_memory_equal(a.ids, b.ids, sizeof ids);
    heap_fragment_free(&mem, f);
    assert_int_equal(atomic_load(&c.destroyed), 1);
    heap_fragment_free(&mem, g);
    assert_int_equal(mem_bytes(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),         cmocka_unit_test(test_literals),
        cmocka_unit_test(test_appended_bytes), cmocka_unit_test(test_appended_bits),
        cmocka_unit_test(test_references),     cmocka_unit_test(test_private_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
