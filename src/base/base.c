// SPDX-License-Identifier: Apache-2.0
// The end of the road for a broken invariant.
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void base_assert_failed(const char *file, int line, const char *what) {
    fprintf(stderr, "dialtone: internal error at %s:%d: %s\n", file, line, what);
    abort();
}
