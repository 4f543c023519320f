// SPDX-License-Identifier: Apache-2.0
// The MD5 message digest (RFC 1321). For identifying modules and for erlang:md5; no security.
// Thread: any; the state is the caller's.
#pragma once

#include "base/base.h"

enum { MD5_BYTES = 16, MD5_BLOCK_BYTES = 64 };

typedef struct Md5 {
    uint32_t state[4];
    uint64_t size_bytes;            // fed so far
    uint8_t block[MD5_BLOCK_BYTES]; // what does not fill a block yet
} Md5;

void md5_init(Md5 *m);
void md5_update(Md5 *m, const void *bytes, size_t count);
void md5_final(Md5 *m, uint8_t digest[MD5_BYTES]);
