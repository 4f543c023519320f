// SPDX-License-Identifier: Apache-2.0
// Compiled regular expressions (PCRE2) and the cache of them that a VM has.
//
// What a program holds as compiled pattern is a binary: a header, the options, and the source text.
// So it can be sent, stored and read back anywhere; the machine code is made when it is first used
// and kept in the cache.
// Thread: any. A compiled pattern is constant and counted; what a match writes to is the match's.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"

typedef enum ReNewline {
    RE_NEWLINE_DEFAULT = 0,
    RE_NEWLINE_CR = PCRE2_NEWLINE_CR,
    RE_NEWLINE_LF = PCRE2_NEWLINE_LF,
    RE_NEWLINE_CRLF = PCRE2_NEWLINE_CRLF,
    RE_NEWLINE_ANY = PCRE2_NEWLINE_ANY,
    RE_NEWLINE_ANYCRLF = PCRE2_NEWLINE_ANYCRLF,
} ReNewline;

// Asked for both ways, which makes a pattern that does not compile.
enum { RE_BSR_BOTH = PCRE2_BSR_UNICODE | PCRE2_BSR_ANYCRLF };

// What a pattern is compiled with.
typedef struct ReSource {
    uint32_t flags;       // PCRE2_*, those of RE_FLAGS
    uint8_t newline, bsr; // 0: the default
    const uint8_t *text;
    size_t size;
} ReSource;
#define RE_FLAGS                                                                                   \
    (PCRE2_UTF | PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL |           \
     PCRE2_EXTENDED | PCRE2_FIRSTLINE | PCRE2_MULTILINE | PCRE2_NO_AUTO_CAPTURE | PCRE2_DUPNAMES | \
     PCRE2_UNGREEDY | PCRE2_NO_START_OPTIMIZE | PCRE2_UCP | PCRE2_NEVER_UTF)

// One compiled pattern: the cache holds a count while it keeps it, and whoever uses it one.
typedef struct RePattern {
    Mem *mem;
    _Atomic uint32_t refs;
    pcre2_code *code;
    ReSource source; // its text is ours
    uint64_t hash;   // of the source
    uint32_t capture_count;
    bool crlf; // the newline convention lets CR LF count as one
    // Data of a match that has ended, for the next one; NULL: none, or a match has it.
    _Atomic(pcre2_match_data *) spare;
} RePattern;

typedef struct ReError {
    const char *text;
    size_t offset;
} ReError;

typedef struct ReCache ReCache;
WARN_UNUSED ReCache *re_cache_new(Mem *m);
void re_cache_free(ReCache *c);
// One count. NULL: *err says why; its text is NULL when there is no memory.
RePattern *re_pattern(ReCache *c, const ReSource *source, ReError *err);
void re_pattern_release(RePattern *pt);
// What a match of the pattern writes to; NULL: no memory. Given back before the pattern is.
pcre2_match_data *re_match_data_take(ReCache *c, RePattern *pt);
void re_match_data_give(RePattern *pt, pcre2_match_data *data); // or NULL
// Limits of a match: constant. A match with others sets them in a copy. RE_SHORT: what takes a
// millisecond or two.
typedef enum ReLimits { RE_SHORT, RE_LONG } ReLimits;
pcre2_match_context *re_match_context(ReCache *c, ReLimits limits);
enum { RE_MATCH_LIMIT_DEFAULT = 10000000, RE_MATCH_LIMIT_SHORT = 100000 };

// The binary form.
void re_source_put(Buf *out, const ReSource *source);
bool re_source_get(const uint8_t *bytes, size_t size, ReSource *source);

// re_error.c: the text and position that programs see for PCRE2's error number.
ReError re_error(int code, const uint8_t *text, size_t size, size_t offset);
// What PCRE 8 took and PCRE2 refuses: changes the text and gives true if the pattern may now be
// compiled again. *literal_escapes: set for that.
bool re_mend(int code, Buf *text, size_t offset, bool *literal_escapes);
