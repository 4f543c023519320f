// SPDX-License-Identifier: Apache-2.0
// The atom table of a VM. An atom is an index; its text is UTF-8, at most 255 characters.
// Atoms live as long as the VM. Any thread may read and intern: reading and finding take no lock,
// interning a new text takes a short spinlock. Atoms that the C code names are in atoms.def and
// have the same index in every VM.
#pragma once

#include "base/mem.h"
#include "term/term.h"
#include <stdatomic.h>

enum { ATOM_CHARS_MAX = 255, ATOM_BYTES_MAX = 255 * 4, ATOM_COUNT_MAX_DEFAULT = 1048576 };

typedef struct Atom {
    const uint8_t *text; // UTF-8, not terminated
    uint16_t size_bytes;
    uint16_t chars;
    uint32_t hash; // atom_text_hash (hash.h), what phash2 gives
    uint32_t ord0; // first four bytes, big-endian, zero padded: decides most comparisons
    // Which process or port has registered this name (proc/names.c); ATOM_HOLDER_NONE: none.
    _Atomic Term holder;
} Atom;
// What fresh memory says.
#define ATOM_HOLDER_NONE ((Term)0)

typedef struct Atoms Atoms;

// NULL: no memory. `count_max` is the most atoms that it will hold, at least the predefined ones.
WARN_UNUSED Atoms *atoms_new(Mem *m, uint32_t count_max);
void atoms_free(Atoms *at);

// The text must be valid UTF-8 of at most ATOM_CHARS_MAX characters (atom_text_check). TERM_NONE:
// the table is full or there is no memory (system_limit).
WARN_UNUSED Term atom_intern(Atoms *at, const uint8_t *text, size_t size_bytes);
// At most ATOM_CHARS_MAX bytes.
WARN_UNUSED Term atom_intern_latin1(Atoms *at, const uint8_t *text, size_t size_bytes);
// TERM_NONE when there is no such atom. Any bytes may be asked for.
Term atom_find(const Atoms *at, const uint8_t *text, size_t size_bytes);
const Atom *atom_get(const Atoms *at, Term atom);
_Atomic Term *atom_holder(const Atoms *at, Term atom);
// Atoms interned so far, or about to be: the newest may not be readable yet for other threads.
uint32_t atoms_count(const Atoms *at);
uint32_t atoms_count_max(const Atoms *at);
// Term order of two atoms: -1, 0, 1, by the characters of their texts.
int atom_compare(const Atoms *at, Term a, Term b);

typedef enum AtomText { ATOM_TEXT_OK, ATOM_TEXT_BAD_UTF8, ATOM_TEXT_TOO_LONG } AtomText;
// What stands first decides: too many characters, or a malformed one.
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
