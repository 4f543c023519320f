// SPDX-License-Identifier: Apache-2.0
// Terms for tests, written as in Erlang: term(b, "{a, [1|x], #{k => 2.5}, <<1, 5:3>>, \"str\"}").
// Integers may be of any size. <node.number.serial> is a pid, #Ref<node.id2.id1.id0> a reference
// and #Port<node.number> a port; node 0 is this one, n the node named `node_n`, creation n. A shape
// that a test needs and that has no syntax (sub-binaries, funs) it builds itself with b->hp.
#pragma once

#include "term/bits.h"
#include "term/env.h"
#include "term/ident.h"
#include "term/integer.h"
#include "term/map.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct Bench {
    Mem mem;
    TermEnv env;
    Term *words;
    size_t word_count;
    OffHeap off;
    Hp hp;
    const char *text; // while parsing
} Bench;

static inline void bench_init(Bench *b, size_t word_count) {
    memset(b, 0, sizeof *b);
    mem_init(&b->mem);
    b->env.mem = &b->mem;
    b->env.atoms = atoms_new(&b->mem, ATOM_COUNT_MAX_DEFAULT);
    ASSERT(b->env.atoms != NULL);
    b->env.node = ATOM_nonode_at_nohost;
    b->word_count = word_count;
    b->words = malloc(word_count * sizeof(Term));
    b->hp = (Hp){b->words, b->words + word_count, &b->off};
}

// Gives all memory back; what is then still counted was lost.
static inline uint64_t bench_deinit(Bench *b) {
    for (Term *p = b->off.first, *next; p != NULL; p = next) {
        ASSERT(header_kind(p[0]) == KIND_REFC_BITS);
        next = (Term *)p[REFC_BITS_LINK];
        bits_data_release((BitsData *)p[REFC_BITS_DATA]);
    }
    atoms_free(b->env.atoms);
    free(b->words);
    return mem_bytes(&b->mem);
}

static inline Term bench_atom(Bench *b, const char *text) {
    return atom_intern(b->env.atoms, (const uint8_t *)text, strlen(text));
}

static inline Term text_term(Bench *b);

static inline void text_space(Bench *b) {
    while (*b->text == ' ' || *b->text == '\n') b->text++;
}
static inline bool text_skip(Bench *b, const char *what) {
    text_space(b);
    size_t n = strlen(what);
    if (strncmp(b->text, what, n) != 0) return false;
    b->text += n;
    return true;
}
static inline void text_expect(Bench *b, const char *what) {
    bool there = text_skip(b, what);
    if (!there) fprintf(stderr, "expected %s at: %s\n", what, b->text);
    ASSERT(there);
}

static inline Term text_number(Bench *b) {
    const char *start = b->text, *end = start + (*start == '-');
    while (*end >= '0' && *end <= '9') end++;
    if (end[0] == '.' && end[1] >= '0' && end[1] <= '9') {
        char *stop;
        double d = strtod(start, &stop);
        b->text = stop;
        return hp_float(&b->hp, d);
    }
    b->text = end;
    return integer_parse(&b->mem, &b->hp, (const uint8_t *)start, (size_t)(end - start), 10);
}

static inline Term text_atom(Bench *b) {
    char name[ATOM_BYTES_MAX + 1];
    size_t n = 0;
    bool quoted = text_skip(b, "'");
    for (;; b->text++) {
        char c = *b->text;
        bool word = c == '_' || c == '@' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || (c & 0x80);
        if (quoted ? c == '\'' : !word) break;
        ASSERT(c != 0 && n < sizeof name - 1);
        name[n++] = c;
    }
    b->text += quoted;
    ASSERT(quoted || n > 0);
    return atom_intern(b->env.atoms, (uint8_t *)name, n);
}

// The terms up to `close`, each pushed onto *items (malloc'd).
static inline size_t text_items(Bench *b, const char *close, const char *between, Term **items) {
    size_t count = 0, cap = 16;
    *items = malloc(cap * sizeof(Term));
    if (text_skip(b, close)) return 0;
    for (;;) {
        if (count + 2 > cap) *items = realloc(*items, (cap *= 2) * sizeof(Term));
        (*items)[count++] = text_term(b);
        if (between != NULL) {
            text_expect(b, between);
            (*items)[count++] = text_term(b);
        }
        if (!text_skip(b, ",")) return count;
    }
}

static inline Term text_list(Bench *b) {
    Term *items;
    size_t count = text_items(b, "]", NULL, &items);
    Term tail = TERM_NIL;
    if (count > 0) {
        if (text_skip(b, "|")) tail = text_term(b);
        text_expect(b, "]");
    }
    while (count > 0) tail = hp_cons(&b->hp, items[--count], tail);
    free(items);
    return tail;
}

static inline Term text_string(Bench *b) {
    const char *end = strchr(b->text, '"');
    Term list = TERM_NIL;
    for (const char *c = end; c > b->text;) list = hp_cons(&b->hp, term_small((uint8_t)*--c), list);
    b->text = end + 1;
    return list;
}

static inline Term text_tuple(Bench *b) {
    Term *items;
    size_t count = text_items(b, "}", NULL, &items);
    if (count > 0) text_expect(b, "}");
    Term t = hp_tuple(&b->hp, count);
    memcpy(term_tuple_elements(t), items, count * sizeof(Term));
    free(items);
    return t;
}

static inline Term text_map(Bench *b) {
    Term *items;
    size_t count = text_items(b, "}", "=>", &items);
    if (count > 0) text_expect(b, "}");
    Term t = map_build(&b->env, &b->hp, items, count / 2);
    free(items);
    return t;
}

static inline Term text_bits(Bench *b) {
    uint8_t bytes[1024] = {0};
    uint64_t size = 0;
    while (!text_skip(b, ">>")) {
        text_space(b);
        unsigned long value = strtoul(b->text, (char **)&b->text, 10), width = 8;
        if (text_skip(b, ":")) width = strtoul(b->text, (char **)&b->text, 10);
        bits_put_integer(bytes, size, term_small((int64_t)value), width, 0);
        size += width;
        text_skip(b, ",");
    }
    return hp_bits_copy(&b->mem, &b->hp, (Bits){bytes, 0, size});
}

static inline void text_ident(Bench *b, Ident *id, uint64_t *numbers, uint32_t *count) {
    unsigned long node = strtoul(b->text, (char **)&b->text, 10);
    char name[32];
    snprintf(name, sizeof name, "node_%lu", node);
    *id = (Ident){.node = node == 0 ? TERM_NONE : bench_atom(b, name), .creation = (uint32_t)node};
    *count = 0;
    while (text_skip(b, ".")) numbers[(*count)++] = strtoull(b->text, (char **)&b->text, 10);
    text_expect(b, ">");
}

static inline Term text_identifier(Bench *b, ExternalWhat what) {
    Ident id;
    uint64_t numbers[8];
    uint32_t count;
    text_ident(b, &id, numbers, &count);
    switch (what) {
    case EXTERNAL_PID:
        id.number = (uint32_t)numbers[0];
        id.serial = (uint32_t)numbers[1];
        return hp_pid(&b->hp, &id);
    case EXTERNAL_PORT: id.port = numbers[0]; return hp_port(&b->hp, &id);
    default:
        id.id_count = count;
        for (uint32_t i = 0; i < count; i++) id.ids[i] = (uint32_t)numbers[count - 1 - i];
        return hp_ref(&b->hp, &id);
    }
}

static inline Term text_term(Bench *b) {
    text_space(b);
    if (text_skip(b, "[")) return text_list(b);
    if (text_skip(b, "\"")) return text_string(b);
    if (text_skip(b, "{")) return text_tuple(b);
    if (text_skip(b, "#{")) return text_map(b);
    if (text_skip(b, "<<")) return text_bits(b);
    if (text_skip(b, "#Ref<")) return text_identifier(b, EXTERNAL_REF);
    if (text_skip(b, "#Port<")) return text_identifier(b, EXTERNAL_PORT);
    if (text_skip(b, "<")) return text_identifier(b, EXTERNAL_PID);
    if (*b->text == '-' || (*b->text >= '0' && *b->text <= '9')) return text_number(b);
    return text_atom(b);
}

static inline Term term(Bench *b, const char *text) {
    b->text = text;
    Term t = text_term(b);
    text_space(b);
    ASSERT(*b->text == 0);
    return t;
}
