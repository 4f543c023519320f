// SPDX-License-Identifier: Apache-2.0
// A growable byte buffer; what printing and encoding write to. Lifetime: its owner's.
// Growth that fails sets `failed`, and further writes are ignored: check once, at the end.
#pragma once

#include "base/mem.h"

typedef struct Buf {
    Mem *mem;
    uint8_t *data;
    size_t size_bytes;
    size_t cap_bytes;
    bool failed;
} Buf;

void buf_init(Buf *b, Mem *m);
// On the caller's memory, which never grows: what does not fit sets `failed`. Needs no deinit.
void buf_init_fixed(Buf *b, void *data, size_t cap_bytes);
void buf_deinit(Buf *b);
WARN_UNUSED bool buf_reserve(Buf *b, size_t more_bytes);
void buf_put(Buf *b, const void *bytes, size_t count);
void buf_put_byte(Buf *b, uint8_t byte);
void buf_put_str(Buf *b, const char *str);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
