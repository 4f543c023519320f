// SPDX-License-Identifier: Apache-2.0
// Growable byte buffer; see buf.h.
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_init(Buf *b, Mem *m) {
    *b = (Buf){.mem = m};
}

void buf_init_fixed(Buf *b, void *data, size_t cap_bytes) {
    *b = (Buf){.data = data, .cap_bytes = cap_bytes};
}

void buf_deinit(Buf *b) {
    mem_free(b->mem, b->data, b->cap_bytes);
    *b = (Buf){.mem = b->mem};
}

bool buf_reserve(Buf *b, size_t more_bytes) {
    if (b->failed) return false;
    if (LIKELY(b->cap_bytes - b->size_bytes >= more_bytes)) return true;
    if (b->mem == NULL) {
        b->failed = true;
        return false;
    }
    size_t cap = MAX(b->cap_bytes + b->cap_bytes / 2, b->size_bytes + more_bytes);
    cap = MAX(cap, (size_t)128);
    uint8_t *data = mem_realloc(b->mem, b->data, b->cap_bytes, cap);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap_bytes = cap;
    return true;
}

void buf_put(Buf *b, const void *bytes, size_t count) {
    if (count == 0 || !buf_reserve(b, count)) return;
    memcpy(b->data + b->size_bytes, bytes, count);
    b->size_bytes += count;
}

void buf_put_byte(Buf *b, uint8_t byte) {
    if (!buf_reserve(b, 1)) return;
    b->data[b->size_bytes++] = byte;
}

void buf_put_str(Buf *b, const char *str) {
    buf_put(b, str, strlen(str));
}

void buf_printf(Buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    ASSERT(n >= 0);
    if (buf_reserve(b, (size_t)n + 1)) {
        vsnprintf((char *)b->data + b->size_bytes, (size_t)n + 1, fmt, again);
        b->size_bytes += (size_t)n;
    }
    va_end(again);
}
