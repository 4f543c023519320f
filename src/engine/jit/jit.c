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
#include "engine/jit/jit.h"
#include "engine/jit/listing.h"
#include "engine/jit/native.h"
#include "engine/jit/stencil.h"
#include "engine/stencils.inc"

// --- what there is -------------------------------------------------------------------------------

// An operand's place among the units of a variant.
typedef struct Field {
    uint8_t unit;
    char kind;   // as in OpOperand
    char choice; // of S and D: 'x', 'y', 'c'
} Field;
typedef struct Variant {
    uint8_t field_count, units; // without the variable part
    Field fields[OP_OPERANDS_MAX];
} Variant;

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

static const uint16_t first_stencil[OP_COUNT + 1] = {
#include "engine/first_stencil.inc"
};
static const Stencil *const memory_forms = stencils + ARRAY_COUNT(stencils) - OP_VARIANT_COUNT;

static void describe(Variant *out, const OpInfo *info, uint32_t v) {
    char choices[OP_OPERANDS_MAX] = {0};
    for (int i = info->operand_count - 1; i >= 0; i--) {
        const OpOperand *o = &info->operands[i];
        if (o->kind != 'S' && o->kind != 'D') continue;
        unsigned count = (unsigned)__builtin_popcount(o->mask & 7), at = v % count;
        v /= count;
        for (unsigned bit = 0; bit < 3; bit++)
            if ((o->mask >> bit & 1) != 0 && at-- == 0) choices[i] = "xyc"[bit];
    }
    out->units = OP_HEAD_UNITS;
    for (int i = 0; i < info->operand_count; i++) {
        char kind = info->operands[i].kind;
        out->fields[out->field_count++] = (Field){out->units, kind, choices[i]};
        bool reg = (kind == 'S' || kind == 'D') && choices[i] != 'c';
        bool one = kind == 'u' || kind == 'l' || kind == 'f' || kind == 'd';
        out->units += kind == 'v' ? 0 : reg || one ? 1 : 2;
    }
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
        for (uint32_t i = v; i < end; i++) describe(&jit->variants[i], &op_table[op], i - v);
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

// An operand as the stencil sees it.
typedef struct Value {
    char choice;   // 'r' register number, 'x' 'y' slot number, 'c' constant, 'n' number, 'l' label
    uint64_t bits; //
} Value;

typedef enum Form { FORM_BRIDGE, FORM_REGISTERS, FORM_MEMORY } Form;
// Constants that are too wide for an instruction are first moved to scratch registers.
enum { WIDE_MAX = 4, SCRATCH_FIRST = X_REGISTERS + 8 };
typedef struct Plan {
    const Stencil *stencil;
    uint32_t hot, cold; // offsets of its code
    uint8_t form;
    uint8_t wide_count; // constants moved before it
    uint16_t hot_bytes; // without those moves
    uint16_t cold_bytes;
} Plan;

typedef struct Work {
    Jit *jit;
    const Module *m;
    Plan *plans;       // by instruction
    uint32_t *at_unit; // by unit: offset of the hot code there
    Counted *counted;  // by instruction; NULL: they are not counted
    CodeBlock block;
    // Of the instruction being looked at:
    const CodeInstruction *in;
    const Variant *variant;
    const Unit *code;
    Value values[OP_OPERANDS_MAX];
    uint64_t wide[WIDE_MAX];
} Work;

enum { SPILL_BYTES = 20, BRIDGE_BYTES = 15, RELOAD_JUMP_BYTES = SPILL_BYTES + 5 };

static Value any_value(uint64_t word) {
    if (!op_any_is_register(word)) return (Value){'c', word};
    return (Value){op_any_is_y(word) ? 'y' : 'x', op_any_number(word)};
}

static Value value_of(const Unit *code, const Field *f) {
    const Unit *at = code + f->unit;
    switch (f->kind) {
    case 'S':
    case 'D': return f->choice == 'c' ? (Value){'c', units_load64(at)} : (Value){f->choice, *at};
    case 's': return any_value(units_load64(at));
    case 'd': return (Value){(*at & 1) != 0 ? 'y' : 'x', *at >> 1};
    case 'u': return (Value){'n', *at};
    case 'l':
    case 'f': return (Value){'l', *at};
    case 'v': return (Value){0, 0};
    default: return (Value){'n', units_load64(at)}; // t p n
    }
}

static void look_at(Work *w, size_t i) {
    w->in = &w->m->instructions[i];
    w->variant = &w->jit->variants[w->in->variant];
    w->code = w->m->code + w->in->offset;
    for (int k = 0; k < w->variant->field_count; k++)
        w->values[k] = value_of(w->code, &w->variant->fields[k]);
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

// The register form for these operands: a mixed-radix number over their choices.
static const Stencil *register_form(Work *w) {
    const OpInfo *info = &op_table[w->in->op];
    uint32_t first = first_stencil[w->in->op], index = 0;
    if (first == first_stencil[w->in->op + 1]) return NULL;
    for (int k = 0; k < w->variant->field_count; k++) {
        char kind = info->operands[k].kind;
        if (kind != 'S' && kind != 'D' && kind != 's' && kind != 'd') continue;
        unsigned mask = kind == 's' ? 7 : kind == 'd' ? 3 : info->operands[k].mask;
        Value *v = &w->values[k];
        if (v->choice == 'x' && v->bits < NATIVE_X_COUNT) v->choice = 'r';
        // r x y c w, of those that the mask has
        unsigned x = mask & 1, y = mask >> 1 & 1, c = mask >> 2 & 1, wide = mask >> 3 & 1;
        unsigned at = v->choice == 'r'   ? 0
                      : v->choice == 'x' ? 1
                      : v->choice == 'y' ? 2 * x
                      : v->choice == 'c' ? 2 * x + y
                                         : 2 * x + y + c;
        index = index * (2 * x + y + c + wide) + at;
    }
    const Stencil *s = &stencils[first + index];
    return s->there && !same_destinations(w) ? s : NULL;
}

// Holes of register forms name the operand, those of memory forms its unit.
static int operand_at(const Work *w, const Stencil *s, unsigned number) {
    if (s < memory_forms) return (int)number - OP_HEAD_UNITS;
    unsigned unit = number;
    for (int k = 0; k < w->variant->field_count; k++)
        if (w->variant->fields[k].unit == unit) return k;
    ASSERT(false);
    return 0;
}

// What goes into a hole of 32 bits.
static int64_t small_value(const Work *w, const Stencil *s, const StencilHole *h) {
    const Value *v = &w->values[operand_at(w, s, h->number)];
    bool slot = v->choice == 'x' || v->choice == 'y';
    bool words = h->kind == STENCIL_WORDS_U || h->kind == STENCIL_WORDS_S;
    return (int64_t)(v->bits * (slot || words ? sizeof(Term) : 1));
}

static bool is_small_hole(const StencilHole *h) {
    return h->kind == STENCIL_SMALL_U || h->kind == STENCIL_SMALL_S || h->kind == STENCIL_WORDS_U ||
           h->kind == STENCIL_WORDS_S;
}

static bool hole_fits(const Work *w, const Stencil *s, const StencilHole *h) {
    if (!is_small_hole(h)) return true;
    int64_t value = small_value(w, s, h), sum;
    if (__builtin_add_overflow(value, (int64_t)h->addend, &sum)) return false;
    return h->kind == STENCIL_SMALL_U || h->kind == STENCIL_WORDS_U
               ? sum >= 0 && sum <= UINT32_MAX
               : sum >= INT32_MIN && sum <= INT32_MAX;
}

// The first hole that is too small for its value; NULL: all fit.
static const StencilHole *too_small(const Work *w, const Stencil *s) {
    for (uint32_t i = 0; i < s->hole_count; i++)
        if (!hole_fits(w, s, &stencil_holes[s->first_hole + i]))
            return &stencil_holes[s->first_hole + i];
    return NULL;
}

// Chooses the register form, moving wide constants out of the instruction. NULL: there is none.
static const Stencil *choose_registers(Work *w, Plan *plan) {
    const Stencil *s = register_form(w);
    const StencilHole *bad;
    while (s != NULL && (bad = too_small(w, s)) != NULL) {
        Value *v = &w->values[operand_at(w, s, bad->number)];
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

static uint32_t count_holes(const Stencil *s, StencilHoleKind kind) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->hole_count; i++) n += stencil_holes[s->first_hole + i].kind == kind;
    return n;
}

static void plan_one(Work *w, Plan *plan) {
    const Stencil *s = choose_registers(w, plan);
    if (s != NULL) {
        *plan = (Plan){s, 0, 0, FORM_REGISTERS, plan->wide_count, s->hot_bytes, s->cold_bytes};
        if (has_hole(s, STENCIL_JUMP_SLOW)) plan->cold_bytes += BRIDGE_BYTES;
        return;
    }
    look_at(w, (size_t)(w->in - w->m->instructions));
    s = &memory_forms[w->in->variant];
    if (s->there && too_small(w, s) == NULL) {
        *plan =
            (Plan){s,
                   0,
                   0,
                   FORM_MEMORY,
                   0,
                   (uint16_t)(s->hot_bytes + (s->on ? 2 : 1) * SPILL_BYTES),
                   (uint16_t)(s->cold_bytes + count_holes(s, STENCIL_JUMP) * RELOAD_JUMP_BYTES)};
        ASSERT(!has_hole(s, STENCIL_JUMP_SLOW));
        return;
    }
    *plan = (Plan){NULL, 0, 0, FORM_BRIDGE, 0, BRIDGE_BYTES, 0};
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
static uint8_t *put_moves(uint8_t *at, Move move) {
    for (unsigned i = 0; i < NATIVE_X_COUNT; i++) {
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

static uint64_t native_at(const Work *w, const Unit *units) {
    return (uint64_t)(uintptr_t)w->block.exec + w->at_unit[units - w->m->code];
}

// Where a stencil's copy and what belongs to it goes.
typedef struct Copy {
    const Plan *plan;
    uint8_t *hot, *cold; // the stencil's own bytes
    uint8_t *slow;       // jump to the slow handler
    uint8_t *jumps;      // next jump from a memory form to a label
} Copy;

// The units that the label operand of a hole leads to.
static const Unit *label_units(const Work *w, const Stencil *s, const StencilHole *h) {
    unsigned unit = w->variant->fields[operand_at(w, s, h->number)].unit;
    return w->code + (int32_t)w->code[unit];
}

static uint64_t label_target(Work *w, Copy *c, const StencilHole *h) {
    const Unit *label = label_units(w, c->plan->stencil, h);
    // A label may be "none" where the stencil asks before it jumps.
    uint64_t target = native_at(w, label);
    if (c->plan->form == FORM_REGISTERS) return target;
    uint8_t *jump = c->jumps;
    c->jumps = put_jump(w, put_moves(jump, MOVE_IN), target);
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
    case STENCIL_WORDS_S: put32(at, (uint64_t)(small_value(w, s, h) + h->addend)); return;
    case STENCIL_UNIT:
        put32(at, w->code[w->variant->fields[operand_at(w, s, h->number)].unit]);
        return;
    case STENCIL_WIDE: {
        int k = operand_at(w, s, h->number);
        bool any = w->variant->fields[k].kind == 's' && s >= memory_forms;
        uint64_t word = units_load64(w->code + w->variant->fields[k].unit);
        put64(at, (any ? word : w->values[k].bits) + (uint64_t)(int64_t)h->addend);
        return;
    }
    case STENCIL_LABEL:
        put64(at, (uint64_t)(uintptr_t)label_units(w, s, h) + (uint64_t)(int64_t)h->addend);
        return;
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
        const Value *v = &w->values[operand_at(w, s, patch->unit)];
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
    if (plan->form == FORM_MEMORY) c.hot = put_moves(hot, MOVE_OUT);
    copy_stencil(w, &c);
    if (plan->form == FORM_MEMORY && s->on) put_moves(c.hot + s->hot_bytes, MOVE_IN);
    if (!may_be_slow(plan)) return;
    uint8_t *slow = c.slow;
    if (counted != NULL) slow = put_count(slow, &counted->slow);
    put_bridge(w, slow);
}

// --- one module ----------------------------------------------------------------------------------

static void plan_all(Work *w, size_t *bytes) {
    size_t count = w->m->instruction_count, at = 0;
    for (size_t i = 0; i < count; i++) {
        Plan *plan = &w->plans[i];
        *plan = (Plan){0};
        look_at(w, i);
        plan_one(w, plan);
        if (w->counted != NULL && plan->form == FORM_BRIDGE) plan->hot_bytes += COUNT_BYTES;
        if (w->counted != NULL && may_be_slow(plan)) plan->cold_bytes += COUNT_BYTES;
        plan->hot = (uint32_t)at;
        w->at_unit[w->in->offset] = (uint32_t)at;
        at += plan->hot_bytes + bytes_before(w, plan);
    }
    for (size_t i = 0; i < count; i++) {
        w->plans[i].cold = (uint32_t)at;
        at += w->plans[i].cold_bytes;
    }
    *bytes = at;
}

static void write_all(Work *w) {
    for (size_t i = 0; i < w->m->instruction_count; i++) {
        look_at(w, i);
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
    if (plan->form == FORM_MEMORY) out->copied[NATIVE_HOT] += SPILL_BYTES;
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
    Work w = {.jit = jit, .m = m};
    w.plans = mem_alloc(jit->mem, count * sizeof *w.plans);
    w.at_unit = mem_alloc_zero(jit->mem, unit_bytes);
    if (w.plans != NULL && w.at_unit != NULL) m->native = make(&w);
    mem_free(jit->mem, w.plans, count * sizeof *w.plans);
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
