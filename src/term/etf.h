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
    const char *error; // NULL: well formed
    // the payload after decompression: owned when `inflated` is set
    const uint8_t *payload;
    size_t payload_bytes;
    uint8_t *inflated;
} EtfScan;

// `bytes` starts with the version byte 131. Call etf_scan_deinit whatever the outcome.
void etf_scan(const TermEnv *env, const uint8_t *bytes, size_t count, EtfDecodeFlags flags,
              EtfScan *scan);
void etf_scan_deinit(const TermEnv *env, EtfScan *scan);
// TERM_NONE only where a limit is met (atom table full, no memory for off-heap data).
Term etf_decode(const TermEnv *env, Hp *hp, const EtfScan *scan);

typedef struct EtfEncodeOpts {
    int minor_version; // 0, 1, 2
    int compressed;    // 0..9
    bool deterministic;
} EtfEncodeOpts;
// Appends the version byte and the term. Check out->failed.
void etf_encode(const TermEnv *env, Buf *out, Term t, const EtfEncodeOpts *opts);
// Upper bound of the bytes, version byte included, as erlang:external_size/2 gives it.
uint64_t etf_external_size(const TermEnv *env, Term t, int minor_version);
// Resumable forms for huge terms and inputs: etf_job.h
