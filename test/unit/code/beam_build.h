// SPDX-License-Identifier: Apache-2.0
// A small assembler for the tests of this room: from text to the bytes of a .beam file. Statements
// are separated by ';' or newlines, tokens by blanks:
//
//   fun name/arity         a function: its labels are L(2n+1) for func_info, L(2n+2) for the entry,
//                          n counted from 0; F is short for the former
//   label 100              labels of the test's own start at 100
//   lambda name/arity 2    fun 0, 1, ...: of that function, 2 of its arguments are free variables
//   hidden name            its functions are not exported
//   instruction operands
//
// Operands: x1 y1 fr1 L1 F; 7 (number), i7 (integer), 'ok (atom), [] and lit0 (literals, below),
// lists:map/2 (import), { ... } (list), {alloc words 3 floats 1 funs 2}, x1:t0 (typed).
#pragma once

#include "code/beam.h"
#include "code/generic.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { BUILD_BYTES_MAX = 1 << 20, BUILD_ATOMS_MAX = 64, BUILD_FUNS_MAX = 32 };

typedef struct Bytes {
    uint8_t *at;
    size_t size;
} Bytes;

typedef struct Build {
    char atoms[BUILD_ATOMS_MAX][64];
    uint32_t atom_count;
    uint32_t imports[BUILD_FUNS_MAX][3], import_count;
    uint32_t functions[BUILD_FUNS_MAX][2], function_count;
    uint32_t lambdas[BUILD_FUNS_MAX][3], lambda_count; // name, arity, free
    uint32_t hidden[BUILD_FUNS_MAX], hidden_count;     // names
    uint32_t label_max;
    Bytes code, file;
} Build;

static inline void build_bytes(Bytes *b, const void *bytes, size_t count) {
    ASSERT(b->size + count <= BUILD_BYTES_MAX);
    memcpy(b->at + b->size, bytes, count);
    b->size += count;
}
static inline void build_byte(Bytes *b, unsigned byte) {
    build_bytes(b, &(uint8_t){(uint8_t)byte}, 1);
}
static inline void build_u32(Bytes *b, uint32_t n) {
    for (int shift = 24; shift >= 0; shift -= 8) build_byte(b, n >> shift);
}
// A compact number: tags as in beam_int.h, u 0, i 1, a 2, x 3, y 4, f 5, z 7.
static inline void build_compact(Bytes *b, unsigned tag, int64_t n) {
    if (n >= 0 && n < 16) {
        build_byte(b, (unsigned)n << 4 | tag);
    } else if (n >= 0 && n < 0x800) {
        build_byte(b, (unsigned)(n >> 8) << 5 | 8 | tag);
        build_byte(b, (unsigned)n & 0xff);
    } else {
        build_byte(b, 6u << 5 | 0x18 | tag); // eight bytes
        for (int shift = 56; shift >= 0; shift -= 8) build_byte(b, (unsigned)(n >> shift) & 0xff);
    }
}

static inline uint32_t build_atom(Build *b, const char *text, size_t size) {
    for (uint32_t i = 0; i < b->atom_count; i++)
        if (strlen(b->atoms[i]) == size && memcmp(b->atoms[i], text, size) == 0) return i + 1;
    ASSERT(b->atom_count < BUILD_ATOMS_MAX && size < sizeof b->atoms[0]);
    memcpy(b->atoms[b->atom_count], text, size);
    return ++b->atom_count;
}

static inline uint32_t build_import(Build *b, const char *token) {
    const char *colon = strchr(token, ':'), *slash = strchr(token, '/');
    uint32_t im[3] = {build_atom(b, token, (size_t)(colon - token)),
                      build_atom(b, colon + 1, (size_t)(slash - colon - 1)),
                      (uint32_t)atoi(slash + 1)};
    for (uint32_t i = 0; i < b->import_count; i++)
        if (memcmp(b->imports[i], im, sizeof im) == 0) return i;
    memcpy(b->imports[b->import_count], im, sizeof im);
    return b->import_count++;
}

static inline void build_label(Build *b, uint32_t label) {
    b->label_max = MAX(b->label_max, label);
    build_byte(&b->code, GENOP_label);
    build_compact(&b->code, 0, label);
}

static inline void build_function(Build *b, const char *token) {
    const char *slash = strchr(token, '/');
    uint32_t n = b->function_count++, name = build_atom(b, token, (size_t)(slash - token));
    uint32_t arity = (uint32_t)atoi(slash + 1);
    b->functions[n][0] = name;
    b->functions[n][1] = arity;
    build_label(b, 2 * n + 1);
    build_byte(&b->code, GENOP_func_info);
    build_compact(&b->code, 2, 1);
    build_compact(&b->code, 2, name);
    build_compact(&b->code, 0, arity);
    build_label(b, 2 * n + 2);
}

static inline void build_operand(Build *b, const char *t) {
    Bytes *c = &b->code;
    const char *type = strstr(t, ":t");
    if (type != NULL && (t[0] == 'x' || t[0] == 'y')) build_compact(c, 7, 5);
    if (strcmp(t, "F") == 0)
        build_compact(c, 5, 2 * b->function_count - 1);
    else if (strcmp(t, "[]") == 0)
        build_compact(c, 2, 0);
    else if (strncmp(t, "lit", 3) == 0)
        build_compact(c, 7, 4), build_compact(c, 0, atoi(t + 3));
    else if (strncmp(t, "fr", 2) == 0)
        build_compact(c, 7, 2), build_compact(c, 0, atoi(t + 2));
    else if (t[0] == '\'')
        build_compact(c, 2, build_atom(b, t + 1, strlen(t + 1)));
    else if (t[0] == 'x' && t[1] >= '0' && t[1] <= '9')
        build_compact(c, 3, atoi(t + 1));
    else if (t[0] == 'y' && t[1] >= '0' && t[1] <= '9')
        build_compact(c, 4, atoi(t + 1));
    else if (t[0] == 'L')
        build_compact(c, 5, atoi(t + 1));
    else if (t[0] == 'i' && (t[1] == '-' || (t[1] >= '0' && t[1] <= '9')))
        build_compact(c, 1, atoll(t + 1));
    else if (strchr(t, ':') != NULL && strchr(t, '/') != NULL)
        build_compact(c, 0, build_import(b, t));
    else
        build_compact(c, 0, atoll(t));
    if (type != NULL && (t[0] == 'x' || t[0] == 'y')) build_compact(c, 0, atoi(type + 2));
}

// A list: its members are counted first.
static inline void build_list(Build *b, char *save[]) {
    char *members[256];
    int count = 0;
    for (char *m; (m = strtok_r(NULL, " ", save)) != NULL && strcmp(m, "}") != 0;)
        members[count++] = m;
    build_compact(&b->code, 7, 1);
    build_compact(&b->code, 0, count);
    for (int i = 0; i < count; i++) build_operand(b, members[i]);
}

static inline void build_alloc(Build *b, char *save[]) {
    static const char *const kinds[] = {"words", "floats", "funs"};
    int64_t pairs[8][2];
    int count = 0;
    for (char *m; (m = strtok_r(NULL, " ", save)) != NULL && strcmp(m, "}") != 0; count++) {
        for (int k = 0; k < 3; k++)
            if (strcmp(m, kinds[k]) == 0) pairs[count][0] = k;
        pairs[count][1] = atoll(strtok_r(NULL, " ", save));
    }
    build_compact(&b->code, 7, 3);
    build_compact(&b->code, 0, count);
    for (int i = 0; i < count; i++)
        build_compact(&b->code, 0, pairs[i][0]), build_compact(&b->code, 0, pairs[i][1]);
}

static inline void build_statement(Build *b, char *text) {
    char *save, *word = strtok_r(text, " ", &save);
    if (word == NULL) return;
    if (strcmp(word, "fun") == 0) {
        build_function(b, strtok_r(NULL, " ", &save));
        return;
    }
    if (strcmp(word, "hidden") == 0) {
        char *name = strtok_r(NULL, " ", &save);
        b->hidden[b->hidden_count++] = build_atom(b, name, strlen(name));
        return;
    }
    if (strcmp(word, "label") == 0) {
        build_label(b, (uint32_t)atoi(strtok_r(NULL, " ", &save)));
        return;
    }
    if (strcmp(word, "lambda") == 0) {
        char *name = strtok_r(NULL, " ", &save), *slash = strchr(name, '/');
        uint32_t *l = b->lambdas[b->lambda_count++];
        l[0] = build_atom(b, name, (size_t)(slash - name));
        l[1] = (uint32_t)atoi(slash + 1);
        l[2] = (uint32_t)atoi(strtok_r(NULL, " ", &save));
        return;
    }
    unsigned op = 1;
    while (op <= GENERIC_MAX && (generic_info(op) == NULL || strcmp(generic_info(op)->name, word)))
        op++;
    if (op > GENERIC_MAX) fprintf(stderr, "no such instruction: %s\n", word), abort();
    build_byte(&b->code, op);
    for (char *t; (t = strtok_r(NULL, " ", &save)) != NULL;) {
        if (strcmp(t, "{") == 0)
            build_list(b, &save);
        else if (strcmp(t, "{alloc") == 0)
            build_alloc(b, &save);
        else
            build_operand(b, t);
    }
}

static inline void build_chunk(Bytes *file, const char *name, const void *bytes, size_t size) {
    build_bytes(file, name, 4);
    build_u32(file, (uint32_t)size);
    build_bytes(file, bytes, size);
    while (file->size % 4 != 0) build_byte(file, 0);
}

static inline Bytes bytes_new(void) {
    return (Bytes){malloc(BUILD_BYTES_MAX), 0};
}

// lit0 {a,b}, lit1 [1], lit2 #{}, lit3 1.5, lit4 <<"ab">>, lit5 {}
static inline void build_literals(Bytes *file) {
    static const struct {
        uint8_t size;
        const char *bytes;
    } terms[] = {{9, "\203h\2w\1aw\1b"},         {8, "\203l\0\0\0\1a\1j"}, {6, "\203t\0\0\0\0"},
                 {10, "\203F?\370\0\0\0\0\0\0"}, {8, "\203m\0\0\0\2ab"},   {3, "\203h\0"}};
    Bytes table = bytes_new(), chunk = bytes_new();
    build_u32(&table, ARRAY_COUNT(terms));
    for (size_t i = 0; i < ARRAY_COUNT(terms); i++) {
        // The list ends in one more byte than its string constant can say with an octal escape.
        build_u32(&table, terms[i].size + (i == 1 ? 1u : 0u));
        build_bytes(&table, terms[i].bytes, terms[i].size + (i == 1 ? 1u : 0u));
    }
    uLongf packed = BUILD_BYTES_MAX - 4;
    build_u32(&chunk, (uint32_t)table.size);
    int status = compress(chunk.at + 4, &packed, table.at, table.size);
    ASSERT(status == Z_OK);
    build_chunk(file, "LitT", chunk.at, 4 + packed);
    free(table.at);
    free(chunk.at);
}

static inline void build_tables(Build *b) {
    Bytes t = bytes_new();
    build_u32(&t, b->atom_count);
    for (uint32_t i = 0; i < b->atom_count; i++) {
        build_byte(&t, (unsigned)strlen(b->atoms[i]));
        build_bytes(&t, b->atoms[i], strlen(b->atoms[i]));
    }
    build_chunk(&b->file, "AtU8", t.at, t.size);
    t.size = 0;
    build_u32(&t, b->import_count);
    for (uint32_t i = 0; i < b->import_count; i++)
        for (int k = 0; k < 3; k++) build_u32(&t, b->imports[i][k]);
    build_chunk(&b->file, "ImpT", t.at, t.size);
    t.size = 0;
    uint32_t exports = 0;
    build_u32(&t, 0);
    for (uint32_t i = 0; i < b->function_count; i++) {
        bool hidden = false;
        for (uint32_t h = 0; h < b->hidden_count; h++) hidden |= b->hidden[h] == b->functions[i][0];
        if (hidden) continue;
        build_u32(&t, b->functions[i][0]);
        build_u32(&t, b->functions[i][1]);
        build_u32(&t, 2 * i + 2);
        exports++;
    }
    Bytes count = {t.at, 0};
    build_u32(&count, exports);
    build_chunk(&b->file, "ExpT", t.at, t.size);
    t.size = 0;
    build_u32(&t, b->lambda_count);
    for (uint32_t i = 0; i < b->lambda_count; i++) {
        uint32_t *l = b->lambdas[i], label = 0;
        for (uint32_t f = 0; f < b->function_count; f++)
            if (b->functions[f][0] == l[0] && b->functions[f][1] == l[1]) label = 2 * f + 2;
        build_u32(&t, l[0]), build_u32(&t, l[1]), build_u32(&t, label), build_u32(&t, i);
        build_u32(&t, l[2]), build_u32(&t, 0);
    }
    if (b->lambda_count > 0) build_chunk(&b->file, "FunT", t.at, t.size);
    free(t.at);
}

// The module is called m. free() the bytes.
static inline Bytes build_module(const char *text) {
    Build b = {.code = bytes_new(), .file = bytes_new()};
    build_atom(&b, "m", 1);
    char *copy = strdup(text), *save;
    for (char *s = strtok_r(copy, ";\n", &save); s != NULL; s = strtok_r(NULL, ";\n", &save))
        build_statement(&b, s);
    free(copy);
    build_byte(&b.code, GENOP_int_code_end);
    build_bytes(&b.file, "FOR1\0\0\0\0BEAM", 12);
    build_tables(&b);
    Bytes chunk = bytes_new();
    uint32_t head[] = {16, 0, 0, b.label_max + 1, b.function_count};
    for (size_t i = 0; i < ARRAY_COUNT(head); i++) build_u32(&chunk, head[i]);
    build_bytes(&chunk, b.code.at, b.code.size);
    build_chunk(&b.file, "Code", chunk.at, chunk.size);
    build_chunk(&b.file, "StrT", "abcdef", 6);
    build_literals(&b.file);
    Bytes size = {b.file.at + 4, 0};
    build_u32(&size, (uint32_t)b.file.size - 8);
    free(b.code.at);
    free(chunk.at);
    return b.file;
}
