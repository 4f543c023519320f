// SPDX-License-Identifier: Apache-2.0
// Terms as text: a walk with an explicit stack of what is still to be written. What is quoted and
// escaped, and how, was taken from what erlang:display/1 prints in OTP 25.
#include "term/print.h"

#include "base/stack.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map.h"
#include "term/real.h"
#include <stdio.h>

// Frames, topmost word last: FRAME_TEXT address, tag; FRAME_TERM term, tag; FRAME_VECTOR
// address, count left, tag (a comma before each); FRAME_LIST rest of the list, tag; FRAME_MAP
// MapIter, tag (a comma before each pair but the first).
enum { FRAME_TEXT, FRAME_TERM, FRAME_VECTOR, FRAME_LIST, FRAME_MAP, FRAME_MAP_FIRST };

typedef struct Printer {
    const TermEnv *env;
    Buf *out;
    WorkStack stack;
    PrintFlags flags;
    size_t chars_left; // SIZE_MAX: no limit
    bool full;         // the limit has been met
} Printer;

// --- characters ----------------------------------------------------------------------------------

// Writes UTF-8 (or bytes) up to the limit.
static void put(Printer *pr, const void *text, size_t count) {
    if (pr->full) return;
    if (pr->chars_left == SIZE_MAX) {
        buf_put(pr->out, text, count);
        return;
    }
    const uint8_t *c = text;
    size_t fits = 0;
    for (; fits < count; fits++) {
        if ((c[fits] & 0xc0) == 0x80 && fits > 0) continue; // goes with the character before
        if (pr->chars_left == 0) break;
        pr->chars_left--;
    }
    buf_put(pr->out, text, fits);
    if (fits == count) return;
    pr->full = true;
    buf_put_str(pr->out, "...");
}

static void put_str(Printer *pr, const char *text) {
    put(pr, text, strlen(text));
}

static bool latin1_lower(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0xff && c != 0xf7);
}
static bool latin1_word(uint32_t c) {
    return latin1_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c >= 0xc0 && c <= 0xde && c != 0xd7);
}

// The character at `text`, valid UTF-8; *size its bytes.
static uint32_t utf8_char(const uint8_t *text, unsigned *size) {
    uint8_t c = text[0];
    *size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t ch = *size == 1 ? c : c & (0xffu >> (*size + 1));
    for (unsigned i = 1; i < *size; i++) ch = ch << 6 | (text[i] & 0x3f);
    return ch;
}

static bool atom_is_bare(const Atom *a) {
    if (a->size_bytes == 0) return false;
    for (unsigned i = 0, size; i < a->size_bytes; i += size) {
        uint32_t c = utf8_char(a->text + i, &size);
        if (i == 0 ? !latin1_lower(c) : !latin1_word(c)) return false;
    }
    return true;
}

static void put_atom(Printer *pr, Term atom) {
    const Atom *a = atom_get(pr->env->atoms, atom);
    if (atom_is_bare(a)) {
        put(pr, a->text, a->size_bytes);
        return;
    }
    put_str(pr, "'");
    for (unsigned i = 0, size; i < a->size_bytes; i += size) {
        uint32_t c = utf8_char(a->text + i, &size);
        char escaped[8];
        static const char named[] = "btnvfr"; // 8 to 13
        if (c == '\'' || c == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", (char)c);
        else if (c >= 8 && c <= 13)
            snprintf(escaped, sizeof escaped, "\\%c", named[c - 8]);
        else if (c < 0x20 || (c >= 0x80 && c < 0xa0))
            snprintf(escaped, sizeof escaped, "\\%03o", (unsigned)c);
        else
            escaped[0] = 0;
        if (escaped[0] != 0)
            put_str(pr, escaped);
        else
            put(pr, a->text + i, size);
    }
    put_str(pr, "'");
}

// --- strings -------------------------------------------------------------------------------------

static bool latin1_printable(Term t) {
    if (!term_is_small(t)) return false;
    int64_t c = term_small_value(t);
    return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c <= 0xff) || c == '\t' || c == '\n' ||
           c == '\r';
}

static bool list_is_string(Term list) {
    for (; term_is_cons(list); list = term_tail(list)) {
        if (!latin1_printable(term_head(list))) return false;
    }
    return term_is_nil(list);
}

static void put_string_byte(Printer *pr, uint8_t c) {
    if (c == '\n')
        put_str(pr, "\\n");
    else if (c == '"')
        put_str(pr, "\\\"");
    else
        put(pr, &c, 1);
}

static void put_string(Printer *pr, Term list) {
    put_str(pr, "\"");
    for (; term_is_cons(list) && !pr->full; list = term_tail(list))
        put_string_byte(pr, (uint8_t)term_small_value(term_head(list)));
    put_str(pr, "\"");
}

static uint8_t bits_byte(Bits b, uint64_t index, unsigned size_bits) {
    uint8_t byte = 0;
    bits_copy(&byte, 8 - size_bits, b.bytes, b.offset + 8 * index, size_bits);
    return byte;
}

static bool bits_are_string(Bits b) {
    if (b.size == 0 || !bits_is_binary(b)) return false;
    for (uint64_t i = 0; i < b.size / 8; i++) {
        uint8_t c = bits_byte(b, i, 8);
        if (c < 0x20 || c >= 0x7f) return false;
    }
    return true;
}

static void put_bits(Printer *pr, Term t) {
    Bits b = bits_of(t);
    uint64_t whole = b.size / 8;
    unsigned rest = b.size & 7;
    if ((pr->flags & PRINT_STRINGS) && bits_are_string(b)) {
        put_str(pr, "<<\"");
        for (uint64_t i = 0; i < whole && !pr->full; i++) put_string_byte(pr, bits_byte(b, i, 8));
        put_str(pr, "\">>");
        return;
    }
    put_str(pr, "<<");
    char text[16];
    for (uint64_t i = 0; i < whole && !pr->full; i++) {
        snprintf(text, sizeof text, "%s%u", i == 0 ? "" : ",", bits_byte(b, i, 8));
        put_str(pr, text);
    }
    if (rest != 0) {
        snprintf(text, sizeof text, "%s%u:%u", whole == 0 ? "" : ",", bits_byte(b, whole, rest),
                 rest);
        put_str(pr, text);
    }
    put_str(pr, ">>");
}

// --- numbers and identifiers ---------------------------------------------------------------------

static void put_integer(Printer *pr, Term t) {
    if (term_is_small(t)) {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)term_small_value(t));
        put_str(pr, text);
        return;
    }
    Buf digits;
    buf_init(&digits, pr->env->mem);
    integer_print(pr->env->mem, &digits, t, 10);
    if (digits.failed)
        pr->out->failed = true;
    else
        put(pr, digits.data, digits.size_bytes);
    buf_deinit(&digits);
}

static void put_float(Printer *pr, double d) {
    char text[64];
    if (pr->flags & PRINT_STRINGS) {
        snprintf(text, sizeof text, "%e", d);
        put_str(pr, text);
    } else {
        put(pr, text, real_print_short(text, d));
    }
}

// The number that stands for the node: 0 is this one.
static uint32_t node_number(const Printer *pr, const Ident *id) {
    return id->node == TERM_NONE || id->node == pr->env->node ? 0 : term_atom_index(id->node);
}

static void put_ident(Printer *pr, Term t) {
    char text[128];
    if (term_is_pid(t)) {
        Ident id = ident_pid(t);
        snprintf(text, sizeof text, "<%u.%u.%u>", node_number(pr, &id), id.number, id.serial);
    } else if (term_is_port(t)) {
        Ident id = ident_port(t);
        snprintf(text, sizeof text, "#Port<%u.%llu>", node_number(pr, &id),
                 (unsigned long long)id.port);
    } else {
        Ident id = ident_ref(t);
        size_t n = (size_t)snprintf(text, sizeof text, "#Ref<%u", node_number(pr, &id));
        for (uint32_t i = id.id_count; i-- > 0;)
            n += (size_t)snprintf(text + n, sizeof text - n, ".%u", id.ids[i]);
        snprintf(text + n, sizeof text - n, ">");
    }
    put_str(pr, text);
}

static void put_fun(Printer *pr, Term t) {
    char text[64];
    if (term_is_kind(t, KIND_EXPORT)) {
        const Export *e = fun_export(t);
        put_str(pr, "fun ");
        put_atom(pr, e->module);
        put_str(pr, ":");
        put_atom(pr, e->function);
        snprintf(text, sizeof text, "/%u", e->arity);
        put_str(pr, text);
        return;
    }
    const FunEntry *e = fun_entry(t);
    put_str(pr, "#Fun<");
    put_atom(pr, e->module);
    snprintf(text, sizeof text, ".%u.%u>", e->index, e->old_uniq);
    put_str(pr, text);
}

// --- the walk ------------------------------------------------------------------------------------

static void push_text(Printer *pr, const char *text) {
    work_stack_push(&pr->stack, (uintptr_t)text);
    work_stack_push(&pr->stack, FRAME_TEXT);
}
static void push_term(Printer *pr, Term t) {
    work_stack_push(&pr->stack, t);
    work_stack_push(&pr->stack, FRAME_TERM);
}

static void start_list(Printer *pr, Term t) {
    if ((pr->flags & PRINT_STRINGS) && list_is_string(t)) {
        put_string(pr, t);
        return;
    }
    put_str(pr, "[");
    work_stack_push(&pr->stack, term_tail(t));
    work_stack_push(&pr->stack, FRAME_LIST);
    push_term(pr, term_head(t));
}

static void start_map(Printer *pr, Term t) {
    put_str(pr, "#{");
    MapIter *it = mem_must_alloc(pr->env->mem, sizeof *it);
    map_iter_init(it, t);
    work_stack_push(&pr->stack, (uintptr_t)it);
    work_stack_push(&pr->stack, FRAME_MAP_FIRST);
}

static void start_boxed(Printer *pr, Term t) {
    switch (header_kind(term_header(t))) {
    case KIND_TUPLE: {
        const Term *e = term_tuple_elements(t);
        size_t arity = term_tuple_arity(t);
        put_str(pr, "{");
        if (arity > 1) {
            work_stack_push(&pr->stack, (uintptr_t)(e + 1));
            work_stack_push(&pr->stack, arity - 1);
            work_stack_push(&pr->stack, FRAME_VECTOR);
        } else {
            push_text(pr, "}");
        }
        if (arity > 0) push_term(pr, e[0]);
        return;
    }
    case KIND_BIG_POS:
    case KIND_BIG_NEG: put_integer(pr, t); return;
    case KIND_FLOAT: put_float(pr, term_float_value(t)); return;
    case KIND_FUN:
    case KIND_EXPORT: put_fun(pr, t); return;
    case KIND_REF:
    case KIND_MAGIC_REF:
    case KIND_EXTERNAL: put_ident(pr, t); return;
    case KIND_HEAP_BITS:
    case KIND_REFC_BITS:
    case KIND_SUB_BITS: put_bits(pr, t); return;
    case KIND_MAP_FLAT:
    case KIND_MAP_TRIE: start_map(pr, t); return;
    // No terms, but this is also how we look at ourselves.
    case KIND_MATCH_CTX: put_str(pr, "#MatchContext<>"); return;
    case KIND_MAP_NODE: put_str(pr, "#MapNode<>"); return;
    }
}

static void start_term(Printer *pr, Term t) {
    if (term_is_small(t))
        put_integer(pr, t);
    else if (term_is_atom(t))
        put_atom(pr, t);
    else if (term_is_nil(t))
        put_str(pr, "[]");
    else if (term_is_cons(t))
        start_list(pr, t);
    else if (term_is_boxed(t))
        start_boxed(pr, t);
    else if (term_is_immediate_float(t))
        put_float(pr, term_float_value(t));
    else if (term_is_local_pid(t) || term_is_local_port(t))
        put_ident(pr, t);
    else
        put_str(pr, "#NoTerm<>");
}

static void next_of_list(Printer *pr) {
    uint64_t *frame = &pr->stack.items[pr->stack.count - 2];
    Term rest = frame[0];
    if (term_is_cons(rest)) {
        frame[0] = term_tail(rest);
        put_str(pr, ",");
        push_term(pr, term_head(rest));
        return;
    }
    pr->stack.count -= 2;
    push_text(pr, "]");
    if (term_is_nil(rest)) return;
    put_str(pr, "|");
    push_term(pr, rest);
}

static void next_of_vector(Printer *pr) {
    uint64_t *frame = &pr->stack.items[pr->stack.count - 3];
    Term t = *(const Term *)frame[0];
    frame[0] += sizeof(Term);
    if (--frame[1] == 0) {
        pr->stack.count -= 3;
        push_text(pr, "}");
    }
    put_str(pr, ",");
    push_term(pr, t);
}

static void next_of_map(Printer *pr, bool first) {
    uint64_t *frame = &pr->stack.items[pr->stack.count - 2];
    MapIter *it = (MapIter *)frame[0];
    frame[1] = FRAME_MAP;
    Term key, value;
    if (!map_iter_next(it, &key, &value)) {
        mem_free(pr->env->mem, it, sizeof *it);
        pr->stack.count -= 2;
        put_str(pr, "}");
        return;
    }
    if (!first) put_str(pr, ",");
    push_term(pr, value);
    push_text(pr, pr->flags & PRINT_STRINGS ? "=>" : " => ");
    push_term(pr, key);
}

static void next(Printer *pr) {
    uint64_t word = pr->stack.items[pr->stack.count - 2];
    switch (pr->stack.items[pr->stack.count - 1]) {
    case FRAME_TEXT:
        pr->stack.count -= 2;
        put_str(pr, (const char *)word);
        return;
    case FRAME_TERM:
        pr->stack.count -= 2;
        start_term(pr, word);
        return;
    case FRAME_VECTOR: next_of_vector(pr); return;
    case FRAME_LIST: next_of_list(pr); return;
    case FRAME_MAP: next_of_map(pr, false); return;
    default: next_of_map(pr, true); return;
    }
}

// After the limit has been met only what the frames own is of interest.
static void drop_frames(Printer *pr) {
    while (pr->stack.count > 0) {
        uint64_t tag = pr->stack.items[pr->stack.count - 1];
        if (tag == FRAME_MAP || tag == FRAME_MAP_FIRST)
            mem_free(pr->env->mem, (void *)pr->stack.items[pr->stack.count - 2], sizeof(MapIter));
        pr->stack.count -= tag == FRAME_VECTOR ? 3 : 2;
    }
}

static Printer printer(const TermEnv *env, Buf *out, PrintFlags flags, size_t chars_max) {
    return (Printer){.env = env,
                     .out = out,
                     .flags = flags,
                     .chars_left = chars_max == 0 ? SIZE_MAX : chars_max};
}

void term_print(const TermEnv *env, Buf *out, Term t, PrintFlags flags, size_t chars_max) {
    Printer pr = printer(env, out, flags, chars_max);
    work_stack_init(&pr.stack, env->mem);
    start_term(&pr, t);
    while (!work_stack_empty(&pr.stack) && !pr.full && !out->failed) next(&pr);
    drop_frames(&pr);
    work_stack_deinit(&pr.stack);
}

void atom_print(const TermEnv *env, Buf *out, Term atom) {
    Printer pr = printer(env, out, PRINT_PLAIN, 0);
    put_atom(&pr, atom);
}
