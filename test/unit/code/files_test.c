// SPDX-License-Identifier: Apache-2.0
// The .beam files of the installed libraries: every one is read, decoded and verified; and small
// changes to them, the same in every run, crash nothing.
#include "beam_build.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Mem mem;
static TermEnv env = {.mem = &mem};

static Bytes file_bytes(const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return (Bytes){NULL, 0};
    fseek(f, 0, SEEK_END);
    Bytes b = {NULL, (size_t)ftell(f)};
    rewind(f);
    b.at = malloc(b.size + 1);
    size_t got = fread(b.at, 1, b.size, f);
    fclose(f);
    ASSERT(got == b.size);
    return b;
}

// A module compiled without a vsn of its own has its MD5 there, as an integer: in external format
// a big one of 16 bytes, least significant first.
static bool has_md5_as_vsn(const BeamFile *file) {
    uint8_t big[18] = {16, 0};
    for (int i = 0; i < 16; i++) big[2 + i] = file->md5[15 - i];
    const Slice *a = &file->attributes;
    for (size_t at = 0; at + sizeof big <= a->size; at++)
        if (memcmp(a->bytes + at, big, sizeof big) == 0) return true;
    return false;
}

static void test_installed(void **state) {
    static const char *const patterns[] = {
        "/usr/lib/erlang/lib/stdlib-*/ebin/*.beam", "/usr/lib/erlang/lib/kernel-*/ebin/*.beam",
        "/usr/lib/erlang/lib/compiler-*/ebin/*.beam", "/usr/lib/elixir/lib/elixir/ebin/*.beam"};
    size_t files = 0, bad = 0, md5_found = 0;
    for (size_t i = 0; i < ARRAY_COUNT(patterns); i++) {
        glob_t g;
        if (glob(patterns[i], 0, NULL, &g) != 0) continue;
        for (size_t k = 0; k < g.gl_pathc; k++, files++) {
            Bytes b = file_bytes(g.gl_pathv[k]);
            BeamFile file;
            BeamError err;
            bool ok = beam_read(&env, b.at, b.size, &file, &err);
            if (ok) {
                ok = beam_verify(&file, &err);
                md5_found += has_md5_as_vsn(&file);
                beam_free(&file);
            }
            if (!ok) print_error("%s: %s\n", g.gl_pathv[k], err.text);
            bad += !ok;
            free(b.at);
            assert_int_equal(mem_bytes(&mem), 0);
        }
        globfree(&g);
    }
    if (files == 0) skip();
    assert_int_equal(bad, 0);
    // All but the few with a -vsn of their own or a value that takes fewer bytes.
    assert_true(md5_found * 10 > files * 9);
}

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

// One to four changes: a bit, a byte, a piece copied over another.
static void change(Bytes b, uint64_t *seed) {
    for (uint64_t n = next_random(seed) % 4 + 1; n > 0; n--) {
        size_t at = next_random(seed) % b.size, from = next_random(seed) % b.size;
        size_t count = MIN(next_random(seed) % 16, b.size - MAX(at, from));
        switch (next_random(seed) % 3) {
        case 0: b.at[at] ^= (uint8_t)(1 << next_random(seed) % 8); break;
        case 1: b.at[at] = (uint8_t)next_random(seed); break;
        default: memmove(b.at + at, b.at + from, count); break;
        }
    }
}

static void test_changed(void **state) {
    enum { CHANGES = 100, SIZE_MAX_BYTES = 6000 };
    glob_t g;
    if (glob("/usr/lib/erlang/lib/stdlib-*/ebin/*.beam", 0, NULL, &g) != 0) skip();
    uint64_t seed = 88172645463325252u;
    size_t refused = 0, all = 0;
    for (size_t k = 0; k < g.gl_pathc; k++) {
        Bytes b = file_bytes(g.gl_pathv[k]);
        if (b.size > SIZE_MAX_BYTES) {
            free(b.at);
            continue;
        }
        for (int i = 0; i < CHANGES; i++, all++) {
            Bytes copy = {malloc(b.size), b.size};
            memcpy(copy.at, b.at, b.size);
            change(copy, &seed);
            BeamFile file;
            BeamError err = {""};
            bool ok = beam_read(&env, copy.at, copy.size, &file, &err);
            if (ok) {
                ok = beam_verify(&file, &err);
                beam_free(&file);
            }
            refused += !ok;
            assert_true(ok || err.text[0] != 0);
            assert_int_equal(mem_bytes(&mem), 0);
            free(copy.at);
        }
        free(b.at);
    }
    globfree(&g);
    assert_true(all > 0 && refused > all / 10 && refused < all);
}

int main(void) {
    mem_init(&mem);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_installed),
        cmocka_unit_test(test_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
