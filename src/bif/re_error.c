// SPDX-License-Identifier: Apache-2.0
// Regular expressions that do not compile. Programs see the messages and positions that the
// reference gives, whose library is PCRE 8; PCRE2 numbers its errors in the same order, but words
// them differently and often points one character further. Both were found by trying.
#include "bif/re_pattern.h"

typedef struct Message {
    int code;
    int8_t shift; // of the position
    const char *text;
} Message;

#define NO_CASE_ESCAPES "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u"

static const Message messages[] = {
    {101, 0, "\\ at end of pattern"},
    {102, 0, "\\c at end of pattern"},
    {103, 0, "unrecognized character follows \\"},
    {104, 0, "numbers out of order in {} quantifier"},
    {105, 0, "number too big in {} quantifier"},
    {106, 0, "missing terminating ] for character class"},
    {108, 0, "range out of order in character class"},
    {109, 0, "nothing to repeat"},
    {111, 0, "unrecognized character after (? or (?-"},
    {112, 0, "POSIX named classes are supported only within a class"},
    {113, 0, "POSIX collating elements are not supported"},
    {114, 0, "missing )"},
    {115, 0, "reference to non-existent subpattern"},
    {118, 0, "missing ) after comment"},
    {120, 0, "regular expression is too large"},
    {122, 0, "unmatched parentheses"},
    {124, 0, "malformed number or name after (?("},
    {125, 0, "lookbehind assertion is not fixed length"},
    {126, 0, "a numbered reference must not be zero"},
    {127, 0, "conditional group contains more than two branches"},
    {128, 1, "assertion expected after (?( or (?(?C)"},
    {130, 0, "unknown POSIX class name"},
    {134, 0, "character value in \\x{} or \\o{} is too large"},
    {136, 0, "\\C not allowed in lookbehind assertion"},
    {137, -1, NO_CASE_ESCAPES},
    {138, 0, "number after (?C is > 255"},
    {139, 0, "closing ) for (?C expected"},
    {141, 0, "unrecognized character after (?P"},
    {142, 0, "syntax error in subpattern name (missing terminator)"},
    {143, -1, "two named subpatterns have the same name"},
    {144, 0, "group name must start with a non-digit"},
    {146, 0, "malformed \\P or \\p sequence"},
    {147, -1, "unknown property name after \\P or \\p"},
    {148, 0, "subpattern name is too long (maximum 32 characters)"},
    {150, -1, "invalid range in character class"},
    {151, -1, "octal value is greater than \\377 in 8-bit non-UTF-8 mode"},
    {154, 0, "DEFINE group contains more than one branch"},
    {155, 0, "missing opening brace after \\o"},
    {157, 0,
     "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain "
     "number"},
    {158, 0, "(?R or (?[+-]digits must be followed by )"},
    {160, 0, "(*VERB) not recognized or malformed"},
    {162, 0, "subpattern name expected"},
    {164, 0, "non-octal character in \\o{} (closing brace missing?)"},
    {165, -1, "different names for subpatterns of the same number are not allowed"},
    {166, 0, "(*MARK) must have an argument"},
    {167, 0, "non-hex character in \\x{} (closing brace missing?)"},
    {169, -1, "\\k is not followed by a braced, angle-bracketed, or quoted name"},
    {171, -1, "\\N is not supported in a class"},
    {173, 0, "disallowed Unicode code point (>= 0xd800 && <= 0xdfff)"},
    {174, 0, "setting UTF is disabled by the application"},
    {178, 0, "digits missing in \\x{} or \\o{}"},
    {182, 0, "closing ) for (?C expected"},
    {193, -1, NO_CASE_ESCAPES},
};

static bool is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}
static bool is_word(uint8_t c) {
    return is_digit(c) || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

// Behind the reference that starts or ends at `at`: PCRE 8 looks at a plain number at the end of
// the pattern, at others when it has read them.
static size_t reference_end(const uint8_t *s, size_t size, size_t at) {
    size_t digits = at;
    while (digits > 0 && is_digit(s[digits - 1])) digits--;
    bool escape = digits > 0 && s[digits - 1] == '\\';
    if (escape && at < size && (at > digits || is_digit(s[at]))) return size;
    bool condition = at < size && s[at] == '(';
    if (condition) at++;
    if (at < size && s[at] == '}') return at + 1; // \g{1}
    while (at < size && is_word(s[at])) at++;
    for (size_t i = at; i > 2 && s[i - 1] != ')' && !condition; i--)
        condition = s[i - 1] == '(' && s[i - 2] == '?' && s[i - 3] == '(';
    if (!condition) return at;
    if (at < size && (s[at] == '>' || s[at] == '\'')) at++;
    if (at < size && s[at] == ')') at++;
    return at;
}

// The parenthesis that closes the first lookbehind; it is where PCRE 8 has measured it.
static size_t lookbehind_end(const uint8_t *s, size_t size, size_t offset) {
    for (size_t i = 0; i + 3 < size; i++) {
        if (s[i] == '\\') i++;
        if (s[i] != '(' || s[i + 1] != '?' || s[i + 2] != '<') continue;
        if (s[i + 3] != '=' && s[i + 3] != '!') continue;
        size_t depth = 0;
        for (size_t j = i; j < size; j++) {
            if (s[j] == '\\')
                j++;
            else if (s[j] == '(')
                depth++;
            else if (s[j] == ')' && --depth == 0)
                return j;
        }
    }
    return offset;
}

static size_t last_parenthesis(const uint8_t *s, size_t size, size_t offset) {
    for (size_t i = size; i > 0; i--)
        if (s[i - 1] == ')') return i - 1;
    return offset;
}

static bool ends_with(const uint8_t *s, size_t size, const char *end) {
    size_t n = strlen(end);
    return size >= n && memcmp(s + size - n, end, n) == 0;
}

// The reference \g{0} or \g0 that ends at `at`; *offset: where PCRE 8 says that it is wrong.
static bool is_zero_reference(const uint8_t *s, size_t at, size_t *offset) {
    bool brace = at > 0 && s[at - 1] == '}';
    if (brace) at--;
    size_t end = at;
    while (at > 0 && s[at - 1] == '0') at--;
    if (at == end || at < 2 || s[at - 1] != (brace ? '{' : 'g')) return false;
    *offset = brace ? end : at;
    return true;
}

ReError re_error(int code, const uint8_t *text, size_t size, size_t offset) {
    if (code < 0) return (ReError){"invalid UTF-8 string", offset};
    if (code == 115 && is_zero_reference(text, offset, &offset)) code = 126;
    if (code == 174) offset = 0;
    if (code == 178 && offset > 1 && text[offset - 2] == 'x') code = 167;
    if (code == 178 && offset > 1) offset -= 2;
    if (code == 157 && offset > 0 && text[offset - 1] == 'g') {
        code = 126;
        offset--;
    }
    if (code == 114 && (ends_with(text, size, "(?") || ends_with(text, size, "(?-"))) code = 111;
    ReError e = {"internal error: unexpected repeat", offset};
    for (size_t i = 0; i < ARRAY_COUNT(messages); i++) {
        if (messages[i].code != code) continue;
        e.text = messages[i].text;
        if (messages[i].shift >= 0 || offset > 0) e.offset = offset + (size_t)messages[i].shift;
    }
    if (code == 115) e.offset = reference_end(text, size, offset);
    if (code == 125) e.offset = lookbehind_end(text, size, offset);
    if (code == 127 || code == 154) e.offset = last_parenthesis(text, size, offset);
    return e;
}

// --- what PCRE 8 takes ---------------------------------------------------------------------------

static void remove_byte(Buf *text, size_t at) {
    memmove(text->data + at, text->data + at + 1, text->size_bytes - at - 1);
    text->size_bytes--;
}

static bool insert_backslash(Buf *text, size_t at) {
    buf_put_byte(text, 0);
    if (text->failed) return false;
    memmove(text->data + at + 1, text->data + at, text->size_bytes - at - 1);
    text->data[at] = '\\';
    return true;
}

bool re_mend(int code, Buf *text, size_t offset, bool *literal_escapes) {
    const uint8_t *s = text->data;
    size_t size = text->size_bytes;
    switch (code) {
    case 103: // an escape that means nothing: the character itself
        if (*literal_escapes) return false;
        *literal_escapes = true;
        return true;
    case 137: // \F
        if (offset == 0 || offset > size || s[offset - 1] != 'F') return false;
        remove_byte(text, offset - 2);
        return true;
    case 150: // a hyphen behind a class within a class: the character itself
        return offset < size && s[offset] == '-' && insert_backslash(text, offset);
    case 107: // \B, \R and \X in a class: the letters
        if (offset == 0 || offset >= size || s[offset - 1] != '\\') return false;
        remove_byte(text, offset - 1);
        return true;
    case 115: // \8 and \9, where there are no so many groups: the digits
        while (offset > 0 && is_digit(s[offset - 1])) offset--;
        if (offset == 0 || offset >= size || s[offset - 1] != '\\' || s[offset] < '8') return false;
        remove_byte(text, offset - 1);
        return true;
    default: return false;
    }
}
