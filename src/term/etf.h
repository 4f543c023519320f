// SPDX-License-Identifier: Apache-2.0
// The external term format, as documented in erts' "External Term Format" (erl_ext_dist), every tag
// that OTP 25 to 29 write or must read. Decoding is two passes over the bytes: etf_scan checks all
// and says how much heap the term takes, without interning anything; etf_decode then builds.
#pragma once

#include "base/buf.h"
#include "term/env.h"
#include "term/hp.h"

typedef enum EtfDecodeFlags { ETF_SAFE = 1 } EtfDecodeFlags; // no new atoms, no new exports

typedef struct EtfScan {
    size_t heap_words; // that etf_decode writes at most
    size_t used_bytes; // of the input, version byte included
    const char *error; // NULL: well formed; else why it is refused (badarg)
    bool no_memory;    // not looked at to the end (system_limit)
    // the payload after decompression: owned when `inflated` is set
    const uint8_t *payload;
    size_t payload_bytes;
    uint8_t *inflated;
    size_t inflated_bytes; // as allocated
} EtfScan;

// `bytes` starts with the version byte 131, and stays as it is until the term is built. Call
// etf_scan_deinit whatever the outcome.
void etf_scan(const TermEnv *env, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
              EtfScan *scan);
void etf_scan_deinit(const TermEnv *env, EtfScan *scan);
// TERM_NONE: *error (which may be NULL) says what only building could find, equal keys in a map
// or a pid, port or reference of this node that cannot be; or that is NULL, and a limit was met
// (atom table full, no memory). Nothing has been chained to hp->off then.
// Funs keep no creator, and one index: of NEW_FUN_EXT's two, the one in the module's fun table.
Term etf_decode_why(const TermEnv *env, Hp *hp, const EtfScan *scan, const char **error);
Term etf_decode(const TermEnv *env, Hp *hp, const EtfScan *scan);

typedef struct EtfEncodeOpts {
    int minor_version; // 0, 1, 2
    int compressed;    // 0..9
    bool deterministic;
    Term self; // a pid, written as the creator of funs; anything else: <0.0.0>
} EtfEncodeOpts;
// Appends the version byte and the term. Check out->failed.
void etf_encode(const TermEnv *env, Buf *out, Term t, const EtfEncodeOpts *opts);
// Bytes, version byte included, as erlang:external_size/2 gives it: exact, but for the integers of
// funs, which count as 5 bytes each.
uint64_t etf_external_size(const TermEnv *env, Term t, int minor_version);
// Resumable forms for huge terms and inputs: etf_job.h
