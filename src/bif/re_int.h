// SPDX-License-Identifier: Apache-2.0
// What re.c and re_run.c share. Thread: the scheduler that runs the process.
#pragma once

#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "bif/re_options.h"

static inline ReCache *re_cache(const Process *p) {
    return bif_vm(p->vm)->re;
}

// Bytes of a binary or of iodata.
typedef struct ReBytes {
    const uint8_t *at;
    size_t size;
    Buf scratch;
} ReBytes;
// false: not iodata, or no memory (scratch.failed). The caller deinits the scratch.
bool re_bytes(Process *p, Term t, ReBytes *b);
Term re_bytes_error(Process *p, const ReBytes *b);

// Goes over to re:function/arity.
Term re_trap(Process *p, Term function, uint32_t arity, const Term *args);
// {re_pattern, Groups, Unicode, UseCRLF, Binary}
Term re_pattern_tuple_gc(Process *p, const RePattern *pt, const ReSource *source);
// The source in such a tuple; `b` holds its bytes, and is deinited by the caller. false: it is
// none.
bool re_pattern_source(Process *p, Term tuple, ReBytes *b, ReSource *source);
// {Text, Position}
Term re_compile_error_gc(Process *p, const ReError *err);
// {Tag, Value}; TERM_NONE for a value that is TERM_NONE.
Term re_tagged_gc(Process *p, Term tag, Term value);
void re_charge_compile(Process *p, size_t size);

// The named groups in the order of their names; entry i starts with the number, two bytes.
typedef struct ReNames {
    const uint8_t *table;
    uint32_t count, entry_size;
} ReNames;
enum { RE_NAME_BYTES_MAX = 64 }; // of a group that is asked for; PCRE2's limit is 32
ReNames re_names(const RePattern *pt);
static inline const char *re_name_at(ReNames n, uint32_t i) {
    return (const char *)n.table + (size_t)i * n.entry_size + 2;
}
static inline uint32_t re_name_group(ReNames n, uint32_t i) {
    const uint8_t *e = n.table + (size_t)i * n.entry_size;
    return (uint32_t)e[0] << 8 | e[1];
}
// Groups may share a name.
static inline bool re_name_is_first(ReNames n, uint32_t i) {
    return i == 0 || strcmp(re_name_at(n, i), re_name_at(n, i - 1)) != 0;
}
