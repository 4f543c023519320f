// SPDX-License-Identifier: Apache-2.0
// The option lists of re:compile and re:run. Constant functions: any thread.
#pragma once

#include "bif/re_pattern.h"
#include "term/atom.h"

typedef struct ReOptions {
    uint32_t flags;       // for compiling: PCRE2_*
    uint32_t match_flags; // for matching: PCRE2_*
    uint8_t newline, bsr; // 0: not given
    bool compile_only;    // an option was given that a compiled pattern cannot take any more
    bool global, report_errors;
    bool has_match_limit, has_depth_limit;
    uint32_t match_limit, depth_limit;
    uint64_t offset;
    Term capture, capture_type; // {capture, What, Type}: roots are the options themselves
} ReOptions;

typedef enum ReOptionsFor { RE_FOR_COMPILE, RE_FOR_RUN } ReOptionsFor;
// false: there is an option that is none.
bool re_options(Term list, ReOptionsFor what, ReOptions *o);
