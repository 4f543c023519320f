// SPDX-License-Identifier: Apache-2.0
// Atoms to and from text, and printing for debugging: functions of module erlang.
#include "bif/bif_int.h"
#include "term/print.h"

// --- from atoms ----------------------------------------------------------------------------------

typedef enum Encoding { ENCODING_NONE, ENCODING_LATIN1, ENCODING_UTF8 } Encoding;

static Encoding encoding_of(Term t) {
    switch (t) {
    case ATOM_latin1: return ENCODING_LATIN1;
    case ATOM_utf8:
    case ATOM_unicode: return ENCODING_UTF8;
    default: return ENCODING_NONE;
    }
}

BIF(erlang_atom_to_list_1, "erlang", "atom_to_list", "Atom", 0, "The characters of Atom.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    const Atom *atom = atom_get(p->vm->env.atoms, a[0]);
    Hp hp;
    if (!process_reserve_gc(p, (size_t)atom->chars * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = atom->size_bytes, end = i; i > 0; end = i) {
        do i--;
        while ((atom->text[i] & 0xc0) == 0x80);
        int32_t ch = 0;
        bits_get_utf8((Bits){atom->text + i, 0, 8 * (end - i)}, &ch);
        list = hp_cons(&hp, term_small(ch), list);
    }
    process_commit(p, &hp);
    return list;
}

BIF(erlang_atom_to_binary_2, "erlang", "atom_to_binary", "Atom, Encoding", 0,
    "The characters of Atom as a binary in latin1, utf8 or unicode, which is utf8.") {
    Encoding encoding = encoding_of(a[1]);
    if (!term_is_atom(a[0]) || encoding == ENCODING_NONE) return bif_badarg(p);
    const Atom *atom = atom_get(p->vm->env.atoms, a[0]);
    const uint8_t *text = atom->text;
    size_t count = atom->size_bytes;
    uint8_t latin1[ATOM_CHARS_MAX];
    if (encoding == ENCODING_LATIN1) {
        count = 0;
        for (size_t i = 0; i < atom->size_bytes; i++) {
            uint8_t c = text[i];
            if (c > 0xc3) return bif_badarg(p);
            if (c >= 0x80) c = (uint8_t)(c << 6 | (text[++i] & 0x3f));
            latin1[count++] = c;
        }
        text = latin1;
    }
    Hp hp;
    if (!process_reserve_gc(p, bits_words(8 * count), &hp)) return TERM_NONE;
    Term result = hp_binary(&p->vm->mem, &hp, text, count);
    if (result == TERM_NONE) return bif_system_limit(p);
    process_commit(p, &hp);
    return result;
}

// --- to atoms ------------------------------------------------------------------------------------

// The text of an atom to be, as UTF-8.
typedef struct AtomName {
    uint8_t text[ATOM_BYTES_MAX];
    size_t size_bytes;
} AtomName;

// Characters that come after the longest possible atom are not looked at, as on the reference.
static AtomText name_of_list(Term list, AtomName *name) {
    name->size_bytes = 0;
    for (size_t chars = 0; term_is_cons(list); list = term_tail(list), chars++) {
        if (chars == ATOM_CHARS_MAX) return ATOM_TEXT_TOO_LONG;
        Term ch = term_head(list);
        unsigned size = term_is_small(ch) ? bits_utf8_size(term_small_value(ch)) : 0;
        if (size == 0) return ATOM_TEXT_BAD_UTF8;
        bits_put_utf8(name->text, 8 * name->size_bytes, (int32_t)term_small_value(ch));
        name->size_bytes += size;
    }
    return term_is_nil(list) ? ATOM_TEXT_OK : ATOM_TEXT_BAD_UTF8;
}

static AtomText name_of_binary(Term binary, Term encoding_name, AtomName *name) {
    Encoding encoding = encoding_of(encoding_name);
    if (!term_is_bitstring(binary) || encoding == ENCODING_NONE) return ATOM_TEXT_BAD_UTF8;
    Bits b = bits_of(binary);
    if (!bits_is_binary(b)) return ATOM_TEXT_BAD_UTF8;
    size_t count = b.size / 8;
    if (encoding == ENCODING_UTF8) {
        if (count > ATOM_BYTES_MAX) return ATOM_TEXT_TOO_LONG;
        bits_copy(name->text, 0, b.bytes, b.offset, b.size);
        name->size_bytes = count;
        return atom_text_check(name->text, count);
    }
    if (count > ATOM_CHARS_MAX) return ATOM_TEXT_TOO_LONG;
    uint8_t latin1[ATOM_CHARS_MAX];
    bits_copy(latin1, 0, b.bytes, b.offset, b.size);
    name->size_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bits_put_utf8(name->text, 8 * name->size_bytes, latin1[i]);
        name->size_bytes += bits_utf8_size(latin1[i]);
    }
    return ATOM_TEXT_OK;
}

static Term intern_name(Process *p, AtomText status, const AtomName *name) {
    if (status == ATOM_TEXT_BAD_UTF8) return bif_badarg(p);
    if (status == ATOM_TEXT_TOO_LONG) return bif_system_limit(p);
    Term atom = atom_intern(p->vm->env.atoms, name->text, name->size_bytes);
    return atom == TERM_NONE ? bif_system_limit(p) : atom;
}

static Term find_name(Process *p, AtomText status, const AtomName *name) {
    if (status != ATOM_TEXT_OK) return bif_badarg(p);
    Term atom = atom_find(p->vm->env.atoms, name->text, name->size_bytes);
    return atom == TERM_NONE ? bif_badarg(p) : atom;
}

BIF(erlang_list_to_atom_1, "erlang", "list_to_atom", "String", 0,
    "The atom of these characters, at most 255.") {
    AtomName name;
    return intern_name(p, name_of_list(a[0], &name), &name);
}
BIF(erlang_list_to_existing_atom_1, "erlang", "list_to_existing_atom", "String", 0,
    "The atom of these characters, if there is one.") {
    AtomName name;
    return find_name(p, name_of_list(a[0], &name), &name);
}
BIF(erlang_binary_to_atom_2, "erlang", "binary_to_atom", "Binary, Encoding", 0,
    "The atom of the characters in Binary, at most 255.") {
    AtomName name;
    return intern_name(p, name_of_binary(a[0], a[1], &name), &name);
}
BIF(erlang_binary_to_existing_atom_2, "erlang", "binary_to_existing_atom", "Binary, Encoding", 0,
    "The atom of the characters in Binary, if there is one.") {
    AtomName name;
    return find_name(p, name_of_binary(a[0], a[1], &name), &name);
}

// --- printing ------------------------------------------------------------------------------------

// Writes the text and deinits the buffer.
static Term write_text(Process *p, Buf *text) {
    bool failed = text->failed;
    if (!failed) p->vm->write_out(p->vm, text->data, text->size_bytes);
    buf_deinit(text);
    return failed ? bif_system_limit(p) : ATOM_true;
}

BIF(erlang_display_1, "erlang", "display", "Term", 0,
    "Prints Term and a new line on standard output, for debugging.") {
    Buf text;
    buf_init(&text, &p->vm->mem);
    term_print(&p->vm->env, &text, a[0], PRINT_STRINGS, 0);
    buf_put_str(&text, "\r\n");
    return write_text(p, &text);
}

BIF(erlang_display_nl_0, "erlang", "display_nl", "", 0, "Prints a new line.") {
    Buf text;
    buf_init(&text, &p->vm->mem);
    buf_put_str(&text, "\r\n");
    return write_text(p, &text);
}

// As the reference does, ends at a character 0, and writes a carriage return before a line feed.
BIF(erlang_display_string_1, "erlang", "display_string", "String", 0,
    "Prints the characters of String.") {
    Buf text;
    buf_init(&text, &p->vm->mem);
    bool ended = false;
    Term list = a[0];
    for (; term_is_cons(list); list = term_tail(list)) {
        Term ch = term_head(list);
        unsigned size = term_is_small(ch) ? bits_utf8_size(term_small_value(ch)) : 0;
        if (size == 0) break;
        int32_t c = (int32_t)term_small_value(ch);
        ended |= c == 0;
        if (ended) continue;
        uint8_t utf8[4] = {0};
        bits_put_utf8(utf8, 0, c);
        if (c == '\n') buf_put_byte(&text, '\r');
        buf_put(&text, utf8, size);
    }
    if (term_is_nil(list)) return write_text(p, &text);
    buf_deinit(&text);
    return bif_badarg(p);
}
