// SPDX-License-Identifier: Apache-2.0
// Module string: the number at the start of a list of characters, and what follows it.
#include "bif/bif_int.h"
#include "term/integer.h"
#include "term/real.h"

typedef struct Scan {
    Term at; // what has not been read
    Buf *text;
} Scan;

// The next character if it is one of `set`, moved to the text as `as` (0: as it is).
static bool take(Scan *s, const char *set, char as) {
    int64_t ch;
    if (!term_is_cons(s->at) || !bif_small_arg(term_head(s->at), 1, 127, &ch)) return false;
    if (!strchr(set, (int)ch)) return false;
    buf_put_byte(s->text, as ? (uint8_t)as : (uint8_t)ch);
    s->at = term_tail(s->at);
    return true;
}

static size_t take_digits(Scan *s) {
    size_t count = 0;
    while (take(s, "0123456789", 0)) count++;
    return count;
}

// {Number, Rest}, or {error, Reason} with a TERM_NONE number.
static Term number_and_rest(Hp *hp, Term number, Term rest, Term reason) {
    return number == TERM_NONE ? hp_tuple2(hp, ATOM_error, reason) : hp_tuple2(hp, number, rest);
}

BIF(string_list_to_integer_1, "string", "list_to_integer", "String", 0,
    "{Integer, Rest} for the integer that String starts with, or {error, Reason}.") {
    Buf text;
    buf_init(&text, p->vm->env.mem);
    Scan s = {a[0], &text};
    take(&s, "+-", 0);
    size_t digits = take_digits(&s);
    bif_charge_units(p, text.size_bytes, BIF_CELLS_PER_REDUCTION);
    Term result = TERM_NONE;
    Hp hp;
    size_t words = integer_parse_words(digits, 10);
    RootFrame roots;
    process_push_roots(p, &roots, &s.at, 1);
    if (text.failed || words == SIZE_MAX) {
        bif_system_limit(p);
    } else if (process_reserve_gc(p, words + 3, &hp)) {
        Term number = digits == 0
                          ? TERM_NONE
                          : integer_parse(p->vm->env.mem, &hp, text.data, text.size_bytes, 10);
        Term reason = term_is_list(a[0]) ? ATOM_no_integer : ATOM_not_a_list;
        result = number_and_rest(&hp, number, s.at, reason);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &roots);
    buf_deinit(&text);
    return result;
}

// Reads [+-]digits(.|,)digits[(e|E)[+-]digits]; an exponent without digits is left unread.
static bool take_float(Scan *s) {
    take(s, "+-", 0);
    if (take_digits(s) == 0 || !take(s, ".,", '.') || take_digits(s) == 0) return false;
    Term before = s->at;
    size_t size = s->text->size_bytes;
    if (!take(s, "eE", 'e')) return true;
    take(s, "+-", 0);
    if (take_digits(s) == 0) {
        s->at = before;
        s->text->size_bytes = size;
    }
    return true;
}

BIF(string_list_to_float_1, "string", "list_to_float", "String", 0,
    "{Float, Rest} for the float that String starts with, or {error, Reason}.") {
    Buf text;
    buf_init(&text, p->vm->env.mem);
    Scan s = {a[0], &text};
    double d = 0;
    bool found = take_float(&s) && !text.failed && real_parse(text.data, text.size_bytes, &d);
    bif_charge_units(p, text.size_bytes, BIF_CELLS_PER_REDUCTION);
    bool failed = text.failed;
    buf_deinit(&text);
    if (failed) return bif_system_limit(p);
    Hp hp;
    RootFrame roots;
    process_push_roots(p, &roots, &s.at, 1);
    bool room = process_reserve_gc(p, FLOAT_WORDS + 3, &hp);
    process_pop_roots(p, &roots);
    if (!room) return TERM_NONE;
    Term number = found ? hp_float(&hp, d) : TERM_NONE;
    Term reason = term_is_list(a[0]) ? ATOM_no_float : ATOM_not_a_list;
    Term result = number_and_rest(&hp, number, s.at, reason);
    process_commit(p, &hp);
    return result;
}
