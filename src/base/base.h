// SPDX-License-Identifier: Apache-2.0
// What every file of the project may assume: fixed-width integers, assertions, branch hints.
// Nothing here knows of an operating system or of Erlang.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define WARN_UNUSED   __attribute__((warn_unused_result))
#define NOINLINE      __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNUSED        __attribute__((unused))

#define MIN(a, b)       ((a) < (b) ? (a) : (b))
#define MAX(a, b)       ((a) > (b) ? (a) : (b))
#define ARRAY_COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(n, to) (((n) + (to) - 1) / (to) * (to))

#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

_Static_assert(sizeof(void *) == 8, "terms are 64-bit words");

// Says where an invariant broke and aborts. Never returns.
_Noreturn void base_assert_failed(const char *file, int line, const char *what);

// ASSERT is for our own bugs; it stays in release builds where its cost cannot be measured.
// DEBUG_ASSERT may sit in the hottest code: only debug, sanitizer and stress builds have it.
#define ASSERT(cond) ((void)(LIKELY(cond) || (base_assert_failed(__FILE__, __LINE__, #cond), 0)))
#ifdef DT_DEBUG
#define DEBUG_ASSERT(cond) ASSERT(cond)
#else
#define DEBUG_ASSERT(cond) ((void)0)
#endif
#define UNREACHABLE() base_assert_failed(__FILE__, __LINE__, "unreachable")
