// SPDX-License-Identifier: Apache-2.0
// Building bit strings step by step, as compilers up to OTP 24 wrote it: bs_init or bs_append
// makes the string with room for everything, bs_put_* fill it. What is being filled is
// p->regs->builder: its term is a root, and nothing is written outside of it whatever the code does
// in between. Until it is filled, the new bits are 0.
#include "engine/bitsyntax.h"
#include "engine/engine_int.h"

static Term fault_error(Process *p, BitsFault fault) {
    return fault == BITS_LIMIT ? bif_system_limit(p) : bif_badarg(p);
}

static void builder_start(Process *p, Term result, uint64_t at, uint64_t more) {
    Term *r = term_boxed_ptr(result);
    Term base = header_kind(r[0]) == KIND_SUB_BITS ? r[SUB_BITS_BASE] : result;
    p->regs->builder = (BitsBuilder){more == 0 ? TERM_NONE : base, at, at + more};
    uint8_t *bytes = bits_base_bytes(base);
    uint64_t end = at + more;
    if (more == 0) return;
    if ((at & 7) != 0) bytes[at / 8] &= (uint8_t)(0xff00u >> (at & 7));
    memset(bytes + (at + 7) / 8, 0, (end + 7) / 8 - (at + 7) / 8);
    bits_charge(p, more);
}

Term builder_init_gc(Process *p, Term size, uint32_t unit, uint32_t heap_words) {
    uint64_t bits;
    BitsFault fault = segment_size(size, unit, &bits);
    if (fault != BITS_OK) return fault_error(p, fault);
    Hp hp;
    if (!process_reserve_gc(p, bits_words(bits) + heap_words, &hp)) return TERM_NONE;
    uint8_t *bytes;
    Term result = hp_bits(&p->vm->mem, &hp, bits, &bytes);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    builder_start(p, result, 0, bits);
    return result;
}

// The size in bits and the base, checked. The base may be read again after this.
static bool append_check(Process *p, const BuilderAppend *a, uint64_t *bits) {
    BitsFault fault = segment_size(a->size, 1, bits);
    if (fault == BITS_OK && (!term_is_bitstring(a->base) || bits_size(a->base) % a->unit != 0))
        fault = BITS_TYPE;
    if (fault != BITS_OK) (void)fault_error(p, fault);
    return fault == BITS_OK;
}

Term builder_append_gc(Process *p, BuilderAppend a) {
    uint64_t bits, at;
    if (!append_check(p, &a, &bits)) return TERM_NONE;
    RootFrame frame;
    process_push_roots(p, &frame, &a.base, 1);
    Hp hp;
    bool room = process_reserve_gc(p, BITS_APPEND_WORDS + a.heap_words, &hp);
    process_pop_roots(p, &frame);
    if (!room) return TERM_NONE;
    uint8_t *bytes;
    Term result = hp_bits_append(&p->vm->mem, &hp, a.base, bits, &bytes, &at);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    builder_start(p, result, at, bits);
    return result;
}

Term builder_private_append(Process *p, BuilderAppend a) {
    uint64_t bits, at;
    if (!append_check(p, &a, &bits)) return TERM_NONE;
    Hp hp;
    size_t words = hp_bits_append_private_words(a.base, bits);
    if (words == 0) {
        hp = heap_hp(&p->heap, 0);
    } else {
        p->regs->no_gc = true; // the instruction does not say which registers are live
        bool room = process_reserve_gc(p, words, &hp);
        p->regs->no_gc = false;
        if (!room) return TERM_NONE;
    }
    uint8_t *bytes;
    Term result = hp_bits_append_private(&p->vm->mem, &hp, a.base, bits, &bytes, &at);
    process_commit(p, &hp);
    if (result == TERM_NONE) return bif_system_limit(p);
    builder_start(p, result, at, bits);
    return result;
}

// Bytes of the base may have moved since the last time.
static BitsTarget target(const Process *p) {
    const BitsBuilder *b = &p->regs->builder;
    if (b->base == TERM_NONE) return (BitsTarget){NULL, 0, 0};
    return (BitsTarget){bits_base_bytes(b->base), b->at, b->end};
}
static bool put_done(Process *p, const BitsTarget *to, BitsFault fault) {
    if (fault != BITS_OK) {
        (void)fault_error(p, fault);
        return false;
    }
    p->regs->builder.at = to->at;
    if (to->at == to->end) p->regs->builder.base = TERM_NONE;
    return true;
}

bool builder_put(Process *p, BuilderPut put) {
    BitsTarget to = target(p);
    uint64_t bits = 0;
    BitsFault fault = BITS_OK;
    bool is_char = put.kind >= SEGMENT_UTF8;
    if (put.size == ATOM_all && put.kind == SEGMENT_BINARY) {
        if (!term_is_bitstring(put.value) || bits_size(put.value) % put.unit != 0)
            fault = BITS_TYPE;
        else
            bits = bits_size(put.value);
    } else if (!is_char) {
        fault = segment_size(put.size, put.unit, &bits);
    }
    if (fault == BITS_OK) fault = segment_put(&to, put.kind, put.value, bits, put.flags);
    return put_done(p, &to, fault);
}

bool builder_put_text(Process *p, const uint8_t *bytes, uint64_t size_bytes) {
    BitsTarget to = target(p);
    BitsFault fault = segment_put_text(&to, bytes, 8 * size_bytes);
    return put_done(p, &to, fault);
}

Term bits_add(Process *p, Term old, Term size, uint32_t unit) {
    uint64_t start, more;
    BitsFault fault = segment_size(size, unit, &more);
    if (fault == BITS_OK) fault = segment_size(old, 1, &start);
    if (fault == BITS_OK && (start > BITS_SIZE_MAX || more > BITS_SIZE_MAX - start))
        fault = BITS_LIMIT;
    return fault == BITS_OK ? term_small((int64_t)(start + more)) : fault_error(p, fault);
}
