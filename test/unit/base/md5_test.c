// SPDX-License-Identifier: Apache-2.0
// MD5 against the test suite of RFC 1321, and fed in pieces of every size.
#include "base/md5.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void digest_text(const char *text, size_t piece, char hex[33]) {
    Md5 m;
    uint8_t digest[MD5_BYTES];
    md5_init(&m);
    for (size_t at = 0, size = strlen(text); at < size; at += piece)
        md5_update(&m, text + at, MIN(piece, size - at));
    md5_final(&m, digest);
    for (int i = 0; i < MD5_BYTES; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void test_rfc_suite(void **state) {
    static const char *const suite[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"1234567890123456789012345678901234567890"
         "1234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    char hex[33], other[33];
    for (size_t i = 0; i < ARRAY_COUNT(suite); i++) {
        digest_text(suite[i][0], 1000, hex);
        assert_string_equal(hex, suite[i][1]);
        for (size_t piece = 1; piece < 80; piece++) {
            digest_text(suite[i][0], piece, other);
            assert_string_equal(hex, other);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rfc_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
