// SPDX-License-Identifier: Apache-2.0
// Copy and patch. Each instruction takes the best of three forms:
//
// - register form: operands among X0 to X4 are in machine registers, which the stencil's copy
// names;
// - memory form, for what calls C: X0 to X4 are written to x[] before it and read again after it;
// - a bridge to the slow handler.
//
// Two passes over the instructions: what each becomes and how long it is, then the bytes. Hot code
// comes first, in the order of the instructions; behind it the cold parts: what stencils have left
// out of line, jumps to slow handlers, jumps from memory forms to labels.
#include "engine/jit/jit_int.h"
#include "engine/jit/listing.h"
#include "engine/stencils.inc"

// --- what there is -------------------------------------------------------------------------------

struct Jit {
    Mem *mem;
    CodeMemory *memory;
    NativeWatch watch;
    const NativeListing *listing; // what is made now is to be listed, not run; NULL: no
    // What stencils call, in reach of machine code: the C library's functions by a jump in `jumps`.
    uint64_t functions[ARRAY_COUNT(stencil_functions)];
    CodeBlock jumps;
    Variant variants[OP_VARIANT_COUNT];
};

// By instruction: its stencils in both forms, up to those of the next.
typedef struct FirstStencil {
    uint16_t registers, memory;
    bool looks_at_x; // at X registers that are no operands
} FirstStencil;
static const FirstStencil first_stencil[OP_COUNT + 1] = {
#include "engine/first_stencil.inc"
};

bool jit_looks_at_x(unsigned op) {
    return first_stencil[op].looks_at_x;
}

// jmp [rip]; address
enum { FAR_JUMP_BYTES = 14 };
static bool reach_functions(Jit *jit) {
    static const uint8_t jump[] = {0xff, 0x25, 0, 0, 0, 0};
    size_t count = ARRAY_COUNT(stencil_functions);
    if (!code_block_new(jit->memory, count * FAR_JUMP_BYTES, &jit->jumps)) return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t to = (uint64_t)(uintptr_t)stencil_functions[i];
        uint64_t near = (uint64_t)(uintptr_t)slow_unwind;
        // Other functions of the program are at most as far away as it is long.
        bool far = to - near + ((uint64_t)1 << 28) > (uint64_t)1 << 29;
        memcpy(jit->jumps.write + i * FAR_JUMP_BYTES, jump, sizeof jump);
        memcpy(jit->jumps.write + i * FAR_JUMP_BYTES + sizeof jump, &to, sizeof to);
        jit->functions[i] = far ? (uint64_t)(uintptr_t)(jit->jumps.exec + i * FAR_JUMP_BYTES) : to;
    }
    return code_block_finish(jit->memory, &jit->jumps);
}

Jit *jit_new(Mem *m, Os *os, const TermEnv *env, OsCodeViews views) {
    Jit *jit = mem_alloc_zero(m, sizeof *jit);
    if (jit == NULL) return NULL;
    jit->mem = m;
    native_watch_init(&jit->watch, m, os, env);
    jit->memory = code_memory_new(m, os, (const void *)(uintptr_t)slow_unwind, views);
    if (jit->memory == NULL || !reach_functions(jit)) {
        jit_free(jit);
        return NULL;
    }
    for (uint32_t op = 0; op < OP_COUNT; op++) {
        uint32_t v = op_table[op].first_variant;
        uint32_t end = op + 1 < OP_COUNT ? op_table[op + 1].first_variant : OP_VARIANT_COUNT;
        for (uint32_t i = v; i < end; i++) jit_describe(&jit->variants[i], &op_table[op], i - v);
    }
    return jit;
}

void jit_free(Jit *jit) {
    if (jit == NULL) return;
    native_watch_deinit(&jit->watch);
    if (jit->memory != NULL) {
        if (jit->jumps.exec != NULL) code_block_free(jit->memory, &jit->jumps);
        code_memory_free(jit->memory);
    }
    mem_free(jit->mem, jit, sizeof *jit);
}

NativeWatch *jit_watch(Jit *jit) {
    return &jit->watch;
}

// --- one instruction -----------------------------------------------------------------------------

typedef enum Form { FORM_BRIDGE, FORM_REGISTERS, FORM_MEMORY } Form;
// Constants that are too wide for an instruction are first moved to scratch registers.
enum { WIDE_MAX = ARRAY_COUNT(((Work *)0)->wide), SCRATCH_FIRST = X_REGISTERS + 8 };
struct Plan {
    const Stencil *stencil;
    uint32_t hot, cold; // offsets of its code
    uint8_t form;
    uint8_t wide_count;          // constants moved before it
    RegisterSet spills, reloads; // of a memory form: stored before it, loaded behind it
    uint16_t hot_bytes;          // without those moves
    uint16_t cold_bytes;
};

enum { MOVE_BYTES = 4, BRIDGE_BYTES = 15, JUMP_BYTES = 5 };

static uint32_t moves_bytes(RegisterSet set) {
    return (uint32_t)__builtin_popcount(set) * MOVE_BYTES;
}

// In a stencil the order in which two destinations are written is the C compiler's.
static bool same_destinations(const Work *w) {
    uint64_t seen = 0;
    for (int k = 0; k < w->variant->field_count; k++) {
        const Value *v = &w->values[k];
        if ((w->variant->fields[k].kind | 32) != 'd' || v->choice != 'r') continue;
        if ((seen >> v->bits & 1) != 0) return true;
        seen |= (uint64_t)1 << v->bits;
    }
    return false;
}

static bool is_register_kind(char kind) {
    return kind == 'S' || kind == 'D' || kind == 's' || kind == 'd';
}

// A form for these operands: a mixed-radix number over their choices, of which `kinds` names those
// that the form has, in order.
static const Stencil *form_of(const Work *w, uint32_t first, uint32_t end, const char *kinds) {
    const OpInfo *info = &op_table[w->in->op];
    uint32_t index = 0;
    if (first == end) return NULL;
    for (int k = 0; k < w->variant->field_count; k++) {
        char kind = info->operands[k].kind;
        if (!is_register_kind(kind)) continue;
        unsigned mask = kind == 's' ? 7 : kind == 'd' ? 3 : info->operands[k].mask;
        unsigned count = 0, at = 0;
        for (const char *c = kinds; *c != '\0'; c++) {
            unsigned bit = *c == 'r' || *c == 'x' ? 1 : *c == 'y' ? 2 : *c == 'c' ? 4 : 8;
            if ((mask & bit) == 0) continue;
            if (*c == w->values[k].choice) at = count;
            count++;
        }
        index = index * count + at;
    }
    const Stencil *s = &stencils[first + index];
    return s->there ? s : NULL;
}

static const Stencil *register_form(Work *w) {
    for (int k = 0; k < w->variant->field_count; k++) {
        Value *v = &w->values[k];
        if (v->choice == 'x' && v->bits < NATIVE_X_COUNT) v->choice = 'r';
    }
    if (same_destinations(w)) return NULL;
    const FirstStencil *f = &first_stencil[w->in->op];
    return form_of(w, f[0].registers, f[1].registers, "rxycw");
}
static const Stencil *memory_form(const Work *w) {
    const FirstStencil *f = &first_stencil[w->in->op];
    return form_of(w, f[0].memory, f[1].memory, "xyc");
}

// Holes name operands, counted as if each took a unit.
static const Value *hole_operand(const Work *w, const StencilHole *h) {
    return &w->values[h->number - OP_HEAD_UNITS];
}
static const Unit *hole_units(const Work *w, const StencilHole *h) {
    return w->code + w->variant->fields[h->number - OP_HEAD_UNITS].unit;
}

// What goes into a hole of 32 bits.
static int64_t small_value(const Work *w, const StencilHole *h) {
    const Value *v = hole_operand(w, h);
    bool slot = v->choice == 'x' || v->choice == 'y';
    bool words = h->kind == STENCIL_WORDS_U || h->kind == STENCIL_WORDS_S;
    return (int64_t)(v->bits * (slot || words ? sizeof(Term) : 1));
}

static bool is_small_hole(const StencilHole *h) {
    return h->kind == STENCIL_SMALL_U || h->kind == STENCIL_SMALL_S || h->kind == STENCIL_WORDS_U ||
           h->kind == STENCIL_WORDS_S;
}

static bool hole_fits(const Work *w, const StencilHole *h) {
    if (!is_small_hole(h)) return true;
    int64_t value = small_value(w, h), sum;
    if (__builtin_add_overflow(value, (int64_t)h->addend, &sum)) return false;
    return h->kind == STENCIL_SMALL_U || h->kind == STENCIL_WORDS_U
               ? sum >= 0 && sum <= UINT32_MAX
               : sum >= INT32_MIN && sum <= INT32_MAX;
}

// The first hole that is too small for its value; NULL: all fit.
static const StencilHole *too_small(const Work *w, const Stencil *s) {
    for (uint32_t i = 0; i < s->hole_count; i++)
        if (!hole_fits(w, &stencil_holes[s->first_hole + i]))
            return &stencil_holes[s->first_hole + i];
    return NULL;
}

// Chooses the register form, moving wide constants out of the instruction. NULL: there is none.
static const Stencil *choose_registers(Work *w, Plan *plan) {
    const Stencil *s = register_form(w);
    const StencilHole *bad;
    while (s != NULL && (bad = too_small(w, s)) != NULL) {
        Value *v = &w->values[bad->number - OP_HEAD_UNITS];
        if (v->choice != 'c') return NULL;
        if (w->in->op == OP_move) {
            v->choice = 'w';
        } else {
            if (plan->wide_count == WIDE_MAX) return NULL;
            w->wide[plan->wide_count] = v->bits;
            *v = (Value){'x', (uint64_t)(SCRATCH_FIRST + plan->wide_count++)};
        }
        s = register_form(w);
    }
    return s;
}

static bool has_hole(const Stencil *s, StencilHoleKind kind) {
    for (uint32_t i = 0; i < s->hole_count; i++)
        if (stencil_holes[s->first_hole + i].kind == kind) return true;
    return false;
}

// The bytes of a memory form: which registers it stores before and loads behind, and at labels.
static void plan_memory(Work *w, Plan *plan, const Stencil *s, RegisterSet valid) {
    const Live *live = &w->live[w->in - w->m->instructions];
    plan->stencil = s;
    plan->form = FORM_MEMORY;
    plan->spills = (RegisterSet)(live->in & ~valid);
    plan->reloads = s->on ? live->out : 0;
    uint32_t cold = s->cold_bytes;
    for (uint32_t i = 0; i < s->hole_count; i++) {
        const StencilHole *h = &stencil_holes[s->first_hole + i];
        if (h->kind == STENCIL_JUMP)
            cold += moves_bytes(w->live[label_instruction(w, hole_operand(w, h)->bits)].in) +
                    JUMP_BYTES;
    }
    plan->hot_bytes =
        (uint16_t)(moves_bytes(plan->spills) + s->hot_bytes + moves_bytes(plan->reloads));
    plan->cold_bytes = (uint16_t)cold;
    ASSERT(!has_hole(s, STENCIL_JUMP_SLOW));
}

static RegisterSet defined(const Work *w) {
    RegisterSet set = 0;
    for (int k = 0; k < w->variant->field_count; k++)
        if ((w->variant->fields[k].kind | 32) == 'd' &&
            value_register(&w->values[k]) < NATIVE_X_COUNT)
            set |= (RegisterSet)(1 << w->values[k].bits);
    return set;
}

// `valid`: registers whose slots in x[] hold the same; gives those behind the instruction.
static RegisterSet plan_one(Work *w, Plan *plan, RegisterSet valid) {
    size_t i = (size_t)(w->in - w->m->instructions);
    const Stencil *s = choose_registers(w, plan);
    if (s != NULL) {
        plan->stencil = s;
        plan->form = FORM_REGISTERS;
        plan->hot_bytes = s->hot_bytes;
        plan->cold_bytes =
            (uint16_t)(s->cold_bytes + (has_hole(s, STENCIL_JUMP_SLOW) ? BRIDGE_BYTES : 0));
        return (RegisterSet)(valid & ~defined(w));
    }
    jit_look_at(w, i);
    *plan = (Plan){.form = FORM_BRIDGE, .hot_bytes = BRIDGE_BYTES};
    s = memory_form(w);
    if (s != NULL && too_small(w, s) == NULL) plan_memory(w, plan, s, valid);
    return ALL_REGISTERS;
}

// --- bytes ---------------------------------------------------------------------------------------

static uint8_t *put8(uint8_t *at, uint8_t byte) {
    *at = byte;
    return at + 1;
}
static uint8_t *put32(uint8_t *at, uint64_t value) {
    uint32_t word = (uint32_t)value;
    memcpy(at, &word, 4);
    return at + 4;
}
static uint8_t *put64(uint8_t *at, uint64_t value) {
    memcpy(at, &value, 8);
    return at + 8;
}
// Where the code that is written at `at` will run.
static uint64_t exec_at(const Work *w, const uint8_t *at) {
    return (uint64_t)(uintptr_t)w->block.exec + (uint64_t)(at - w->block.write);
}
static void put_relative(const Work *w, uint8_t *at, uint64_t target, int64_t addend) {
    int64_t distance = (int64_t)(target + (uint64_t)addend - exec_at(w, at));
    ASSERT(distance == (int32_t)distance);
    put32(at, (uint64_t)distance);
}
static uint8_t *put_jump(const Work *w, uint8_t *at, uint64_t target) {
    at = put8(at, 0xe9);
    put_relative(w, at, target, -4);
    return at + 4;
}

// mov [r13 + 8 i], Xi or the other way round.
typedef enum Move { MOVE_OUT = 0x89, MOVE_IN = 0x8b } Move;
static const uint8_t x_registers[NATIVE_X_COUNT] = {6, 7, 0, 1, 3}; // low bits of r14 r15 r8 r9 r11
static uint8_t *put_moves(uint8_t *at, Move move, RegisterSet set) {
    for (unsigned i = 0; i < NATIVE_X_COUNT; i++) {
        if ((set >> i & 1) == 0) continue;
        at = put8(at, 0x4d);
        at = put8(at, (uint8_t)move);
        at = put8(at, (uint8_t)(0x45 | x_registers[i] << 3));
        at = put8(at, (uint8_t)(8 * i));
    }
    return at;
}

// movabs rcx, units; jmp handler
static uint8_t *put_bridge(const Work *w, uint8_t *at) {
    at = put8(at, 0x48);
    at = put8(at, 0xb9);
    at = put64(at, (uint64_t)(uintptr_t)w->code);
    return put_jump(w, at, (uint64_t)(uintptr_t)slow_handlers()[w->in->variant]);
}

// Where a stencil's copy and what belongs to it goes.
typedef struct Copy {
    const Plan *plan;
    uint8_t *hot, *cold; // the stencil's own bytes
    uint8_t *slow;       // jump to the slow handler
    uint8_t *jumps;      // next jump from a memory form to a label
} Copy;

static uint64_t label_target(Work *w, Copy *c, const StencilHole *h) {
    // A label may be "none" where the stencil asks before it jumps: then it is the instruction.
    uint32_t to = label_instruction(w, hole_operand(w, h)->bits);
    uint64_t target = (uint64_t)(uintptr_t)w->block.exec + w->plans[to].hot;
    if (c->plan->form == FORM_REGISTERS) return target;
    uint8_t *jump = c->jumps;
    c->jumps = put_jump(w, put_moves(jump, MOVE_IN, w->live[to].in), target);
    return exec_at(w, jump);
}

static void fill(Work *w, Copy *c, const StencilHole *h) {
    const Stencil *s = c->plan->stencil;
    uint8_t *at =
        h->offset < s->hot_bytes ? c->hot + h->offset : c->cold + h->offset - s->hot_bytes;
    const Unit *next = w->code + w->variant->units;
    uint64_t target = 0;
    switch ((StencilHoleKind)h->kind) {
    case STENCIL_SMALL_U:
    case STENCIL_SMALL_S:
    case STENCIL_WORDS_U:
    case STENCIL_WORDS_S: put32(at, (uint64_t)(small_value(w, h) + h->addend)); return;
    case STENCIL_UNIT: put32(at, *hole_units(w, h)); return;
    case STENCIL_WIDE: put64(at, hole_operand(w, h)->bits + (uint64_t)(int64_t)h->addend); return;
    case STENCIL_LABEL: {
        const Unit *label = w->code + (int32_t)(uint32_t)hole_operand(w, h)->bits;
        put64(at, (uint64_t)(uintptr_t)label + (uint64_t)(int64_t)h->addend);
        return;
    }
    case STENCIL_SELF:
        put64(at, (uint64_t)(uintptr_t)w->code + (uint64_t)(int64_t)h->addend);
        return;
    case STENCIL_NEXT_UNIT:
        put64(at, (uint64_t)(uintptr_t)next + (uint64_t)(int64_t)h->addend);
        return;
    case STENCIL_RETURN: put64(at, term_return_address(next)); return;
    case STENCIL_JUMP: target = label_target(w, c, h); break;
    case STENCIL_JUMP_NEXT: target = exec_at(w, c->hot + s->hot_bytes); break;
    case STENCIL_JUMP_SLOW: target = exec_at(w, c->slow); break;
    case STENCIL_FUNCTION: target = w->jit->functions[h->number]; break;
    case STENCIL_HOT: target = exec_at(w, c->hot); break;
    case STENCIL_COLD: target = exec_at(w, c->cold); break;
    }
    put_relative(w, at, target, h->addend);
}

static void copy_stencil(Work *w, Copy *c) {
    const Stencil *s = c->plan->stencil;
    memcpy(c->hot, stencil_bytes + s->first_byte, s->hot_bytes);
    memcpy(c->cold, stencil_bytes + s->first_byte + s->hot_bytes, s->cold_bytes);
    for (uint32_t i = 0; i < s->hole_count; i++) fill(w, c, &stencil_holes[s->first_hole + i]);
    for (uint32_t i = 0; i < s->patch_count; i++) {
        const StencilPatch *patch = &stencil_patches[s->first_patch + i];
        uint8_t *at = patch->offset < s->hot_bytes ? c->hot + patch->offset
                                                   : c->cold + patch->offset - s->hot_bytes;
        const Value *v = &w->values[patch->unit - OP_HEAD_UNITS];
        ASSERT(v->choice == 'r' && v->bits < NATIVE_X_COUNT);
        *at = (uint8_t)((*at & ~(7u << patch->shift)) | (unsigned)x_registers[v->bits]
                                                            << patch->shift);
    }
}

// movabs rax, word; mov [r13 + offset of the scratch register], rax
enum { WIDE_MOVE_BYTES = 17 };
static uint8_t *put_wide_moves(const Work *w, const Plan *plan, uint8_t *at) {
    for (unsigned i = 0; i < plan->wide_count; i++) {
        at = put8(put8(at, 0x48), 0xb8);
        at = put64(at, w->wide[i]);
        at = put8(put8(put8(at, 0x49), 0x89), 0x85);
        at = put32(at, (SCRATCH_FIRST + i) * sizeof(Term));
    }
    return at;
}

// movabs rax, counter; lock inc qword [rax]
enum { COUNT_BYTES = 14 };
static uint8_t *put_count(uint8_t *at, const _Atomic uint64_t *counter) {
    at = put8(put8(at, 0x48), 0xb8);
    at = put64(at, (uint64_t)(uintptr_t)counter);
    return put8(put8(put8(put8(at, 0xf0), 0x48), 0xff), 0x00);
}

// What there is of an instruction in front of what was copied.
static uint32_t bytes_before(const Work *w, const Plan *plan) {
    return (w->counted != NULL ? COUNT_BYTES : 0) + plan->wide_count * (uint32_t)WIDE_MOVE_BYTES;
}

static bool may_be_slow(const Plan *plan) {
    return plan->form == FORM_REGISTERS && has_hole(plan->stencil, STENCIL_JUMP_SLOW);
}

static void write_one(Work *w, const Plan *plan) {
    uint8_t *hot = w->block.write + plan->hot, *cold = w->block.write + plan->cold;
    Counted *counted = w->counted == NULL ? NULL : &w->counted[w->in - w->m->instructions];
    if (counted != NULL) hot = put_count(hot, &counted->runs);
    hot = put_wide_moves(w, plan, hot);
    if (plan->form == FORM_BRIDGE) {
        if (counted != NULL) hot = put_count(hot, &counted->slow);
        put_bridge(w, hot);
        return;
    }
    const Stencil *s = plan->stencil;
    Copy c = {.plan = plan, .hot = hot, .cold = cold};
    c.slow = c.jumps = cold + s->cold_bytes;
    if (plan->form == FORM_MEMORY) c.hot = put_moves(hot, MOVE_OUT, plan->spills);
    copy_stencil(w, &c);
    if (plan->form == FORM_MEMORY) put_moves(c.hot + s->hot_bytes, MOVE_IN, plan->reloads);
    if (!may_be_slow(plan)) return;
    uint8_t *slow = c.slow;
    if (counted != NULL) slow = put_count(slow, &counted->slow);
    put_bridge(w, slow);
}

// --- one module ----------------------------------------------------------------------------------

// Between two memory forms the registers need not be loaded, if nothing else leads to the second.
static void leave_out_reloads(Work *w, size_t i) {
    Plan *before = &w->plans[i - 1];
    if (w->plans[i].form != FORM_MEMORY || before->form != FORM_MEMORY || w->live[i].entered)
        return;
    before->hot_bytes = (uint16_t)(before->hot_bytes - moves_bytes(before->reloads));
    before->reloads = 0;
}

static void plan_all(Work *w, size_t *bytes) {
    size_t count = w->m->instruction_count, at = 0;
    RegisterSet valid = 0;
    for (size_t i = 0; i < count; i++) {
        Plan *plan = &w->plans[i];
        *plan = (Plan){0};
        jit_look_at(w, i);
        valid = plan_one(w, plan, w->live[i].entered ? 0 : valid);
        if (w->counted != NULL && plan->form == FORM_BRIDGE) plan->hot_bytes += COUNT_BYTES;
        if (w->counted != NULL && may_be_slow(plan)) plan->cold_bytes += COUNT_BYTES;
        if (i > 0) leave_out_reloads(w, i);
    }
    for (size_t i = 0; i < count; i++) {
        w->plans[i].hot = (uint32_t)at;
        at += w->plans[i].hot_bytes + bytes_before(w, &w->plans[i]);
    }
    for (size_t i = 0; i < count; i++) {
        w->plans[i].cold = (uint32_t)at;
        at += w->plans[i].cold_bytes;
    }
    *bytes = at;
}

static void write_all(Work *w) {
    for (size_t i = 0; i < w->m->instruction_count; i++) {
        jit_look_at(w, i);
        Plan again = {0};
        if (w->plans[i].form == FORM_REGISTERS) choose_registers(w, &again);
        write_one(w, &w->plans[i]);
    }
}

// Where functions are, for who looks at addresses. false: no memory.
static bool note_places(Work *w, NativeCode *n, size_t bytes) {
    const Module *m = w->m;
    if (!native_places_begin(w->jit->mem, n, m)) return false;
    for (size_t i = 0; i < m->instruction_count; i++)
        native_places_add(n, m->instructions[i].offset, w->plans[i].hot, w->plans[i].cold);
    native_places_end(n, w->plans[0].cold, (uint32_t)bytes);
    return true;
}

// For who wants to know: what was made of an instruction.
static void step_of(void *ctx, size_t i, NativeStep *out) {
    const Work *w = ctx;
    const Plan *plan = &w->plans[i];
    const CodeInstruction *in = &w->m->instructions[i];
    const Stencil *s = plan->stencil;
    uint32_t before = bytes_before(w, plan);
    *out = (NativeStep){.unit = in->offset,
                        .op = in->op,
                        .variant = in->variant,
                        .form = plan->form == FORM_REGISTERS ? COUNT_IN_REGISTERS
                                : plan->form == FORM_MEMORY  ? COUNT_IN_MEMORY
                                                             : COUNT_ALWAYS_SLOW,
                        .start = {plan->hot, plan->cold},
                        .size_bytes = {before + plan->hot_bytes, plan->cold_bytes},
                        .copied = {plan->hot + before, plan->cold}};
    if (s == NULL) return;
    if (plan->form == FORM_MEMORY) out->copied[NATIVE_HOT] += moves_bytes(plan->spills);
    out->stencil_hot_bytes = s->hot_bytes;
    out->frames = &stencil_frames[s->first_frame];
    out->frame_count = s->frame_count;
}

static void describe_counted(Work *w) {
    for (size_t i = 0; i < w->m->instruction_count; i++) {
        NativeStep s;
        step_of(w, i, &s);
        Counted *c = &w->counted[i];
        c->unit = s.unit;
        c->op = s.op;
        c->variant = s.variant;
        c->form = (uint8_t)s.form;
        c->hot_bytes = (uint16_t)(s.size_bytes[NATIVE_HOT] - COUNT_BYTES);
        c->cold_bytes = (uint16_t)s.size_bytes[NATIVE_COLD];
    }
    counts_module_done(w->jit->watch.counts, w->m);
}

// From now on the module runs it.
static void enter_all(const Work *w) {
    for (size_t i = 0; i < w->m->instruction_count; i++)
        units_store64(w->m->code + w->m->instructions[i].offset,
                      (uint64_t)(uintptr_t)(w->block.exec + w->plans[i].hot));
}

static NativeCode *make(Work *w) {
    Jit *jit = w->jit;
    size_t bytes = 0, count = w->m->instruction_count;
    if (jit->watch.counts != NULL && jit->listing == NULL)
        w->counted = counts_module(jit->watch.counts, w->m, count);
    plan_all(w, &bytes);
    if (w->counted != NULL) describe_counted(w);
    NativeCode *n = mem_alloc_zero(jit->mem, sizeof *n);
    if (n == NULL || !code_block_new(jit->memory, bytes, &w->block)) {
        mem_free(jit->mem, n, sizeof *n);
        return NULL;
    }
    n->module = w->m;
    write_all(w);
    if (!code_block_finish(jit->memory, &w->block)) {
        mem_free(jit->mem, n, sizeof *n);
        return NULL;
    }
    n->block = w->block;
    if (!note_places(w, n, bytes)) {
        jit_free_native(jit, n);
        return NULL;
    }
    if (jit->listing != NULL) {
        native_list(jit->listing, n, count, step_of, w);
        return n;
    }
    enter_all(w);
    native_watch_add(&jit->watch, n, count, step_of, w);
    return n;
}

void jit_module(Jit *jit, Module *m) {
    size_t count = m->instruction_count;
    if (count == 0) return;
    size_t unit_bytes = ((size_t)m->code_units + 1) * sizeof(uint32_t);
    Work w = {.jit = jit, .variants = jit->variants, .m = m};
    w.plans = mem_alloc(jit->mem, count * sizeof *w.plans);
    w.live = mem_alloc(jit->mem, count * sizeof *w.live);
    w.at_unit = mem_alloc_zero(jit->mem, unit_bytes);
    if (w.plans != NULL && w.live != NULL && w.at_unit != NULL) {
        for (size_t i = 0; i < count; i++) w.at_unit[m->instructions[i].offset] = (uint32_t)i;
        jit_find_live(&w);
        m->native = make(&w);
    }
    mem_free(jit->mem, w.plans, count * sizeof *w.plans);
    mem_free(jit->mem, w.live, count * sizeof *w.live);
    mem_free(jit->mem, w.at_unit, unit_bytes);
}

void jit_free_native(Jit *jit, NativeCode *n) {
    native_watch_remove(&jit->watch, n);
    native_places_free(jit->mem, n);
    code_block_free(jit->memory, &n->block);
    mem_free(jit->mem, n, sizeof *n);
}

bool jit_list(Jit *jit, VmCore *vm, Module *m, Buf *out, const char *function) {
    NativeName names[ARRAY_COUNT(stencil_functions)];
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        names[i] =
            (NativeName){(const void *)(uintptr_t)jit->functions[i], stencil_function_names[i]};
    NativeListing l = {vm, function, names, ARRAY_COUNT(names), out};
    jit->listing = &l;
    jit_module(jit, m);
    jit->listing = NULL;
    return m->native != NULL;
}
