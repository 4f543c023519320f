// SPDX-License-Identifier: Apache-2.0
// The atom table of a VM. An atom is an index; its text is UTF-8, at most 255 characters.
// Atoms live as long as the VM. Reading needs no lock; interning takes one (in a later step: any
// thread). Atoms that the C code names are in atoms.def and have the same index in every VM.
#pragma once

#include "base/mem.h"
#include "term/term.h"

enum { ATOM_CHARS_MAX = 255, ATOM_BYTES_MAX = 255 * 4, ATOM_COUNT_MAX_DEFAULT = 1048576 };

typedef struct Atom {
    const uint8_t *text; // UTF-8, not terminated
    uint16_t size_bytes;
    uint16_t chars;
    uint32_t hash; // of the text; part of what phash2 gives
    uint32_t ord0; // first four bytes, big-endian: decides most comparisons
} Atom;

typedef struct Atoms Atoms;

WARN_UNUSED Atoms *atoms_new(Mem *m, uint32_t count_max);
void atoms_free(Atoms *at);

// The text must be valid UTF-8 (atom_text_check). TERM_NONE: the table is full (system_limit).
WARN_UNUSED Term atom_intern(Atoms *at, const uint8_t *text, size_t size_bytes);
WARN_UNUSED Term atom_intern_latin1(Atoms *at, const uint8_t *text, size_t size_bytes);
// TERM_NONE when there is no such atom.
Term atom_find(const Atoms *at, const uint8_t *text, size_t size_bytes);
const Atom *atom_get(const Atoms *at, Term atom);
uint32_t atoms_count(const Atoms *at);
uint32_t atoms_count_max(const Atoms *at);

typedef enum AtomText { ATOM_TEXT_OK, ATOM_TEXT_BAD_UTF8, ATOM_TEXT_TOO_LONG } AtomText;
AtomText atom_text_check(const uint8_t *text, size_t size_bytes);

enum {
#define ATOM(name, text) ATOM_INDEX_##name,
#include "term/atoms.def"
#undef ATOM
    ATOM_INDEX_COUNT
};
enum { // the terms themselves; small enough for an int, so that they can be case labels
#define ATOM(name, text) ATOM_##name = (ATOM_INDEX_##name << 6) | TAG_ATOM,
#include "term/atoms.def"
#undef ATOM
};
