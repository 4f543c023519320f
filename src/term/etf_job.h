// SPDX-License-Identifier: Apache-2.0
// The external term format in slices, for builtins that yield. A run works until it is done or
// `*budget` is used up; budget counts about one a term and one for a few hundred bytes, and what is
// left of it (possibly less than 0) is for the caller to turn into reductions.
// Thread: one at a time.
#pragma once

#include "term/bits.h"
#include "term/etf.h"

typedef enum EtfStatus { ETF_MORE, ETF_DONE, ETF_FAILED } EtfStatus;

// --- reading -------------------------------------------------------------------------------------
// `bytes` (version byte first) must stay where they are and as they are until the job is freed.
typedef struct EtfDecodeJob EtfDecodeJob;
WARN_UNUSED EtfDecodeJob *etf_decode_job_new(const TermEnv *env, const uint8_t *bytes, size_t count,
                                             EtfDecodeFlags flags); // NULL: no memory
void etf_decode_job_free(EtfDecodeJob *job);                        // NULL is fine
// First part, without a heap. ETF_DONE: see etf_decode_job_scanned for the words.
EtfStatus etf_decode_job_scan(EtfDecodeJob *job, int64_t *budget);
const EtfScan *etf_decode_job_scanned(const EtfDecodeJob *job);
// Second part: builds through `hp`, which must be the same memory in all runs and not move between
// them (a heap fragment).
EtfStatus etf_decode_job_build(EtfDecodeJob *job, Hp *hp, int64_t *budget, Term *result);
// Why either part has failed (badarg); NULL: a limit (system_limit).
const char *etf_decode_job_error(const EtfDecodeJob *job);

// --- writing -------------------------------------------------------------------------------------
typedef enum EtfEncodeKind {
    ETF_ENCODE_BYTES,
    ETF_ENCODE_IOVEC, // binaries of more than HEAP_BITS_BYTES_MAX bytes are referred to, not copied
    ETF_ENCODE_COUNT, // nothing is written: external_size
} EtfEncodeKind;

// A term that takes at most `cap` bytes and a few dozen steps, at once and without compression:
// gives how many bytes; 0: not such a term.
size_t etf_encode_short(const TermEnv *env, Term t, const EtfEncodeOpts *opts, uint8_t *out,
                        size_t cap);

typedef struct EtfEncodeJob EtfEncodeJob;
WARN_UNUSED EtfEncodeJob *etf_encode_job_new(const TermEnv *env, Term t, const EtfEncodeOpts *opts,
                                             EtfEncodeKind kind); // NULL: no memory
void etf_encode_job_free(EtfEncodeJob *job);                      // NULL is fine
// ETF_FAILED: no memory (system_limit).
EtfStatus etf_encode_job_run(EtfEncodeJob *job, int64_t *budget);
// The job refers to terms of the heap until its result is taken: between two runs, and before the
// result is taken, a collection must update these ranges. They change with every run.
enum { ETF_JOB_ROOTS = 2 };
void etf_encode_job_roots(EtfEncodeJob *job, Term *starts[ETF_JOB_ROOTS],
                          size_t counts[ETF_JOB_ROOTS]);
// What a finished job gives. Size: bytes, version byte included.
uint64_t etf_encode_job_size(const EtfEncodeJob *job);
// The binary. TERM_NONE: no memory. Words: bits_words(8 * size). Once.
Term etf_encode_job_binary(EtfEncodeJob *job, Hp *hp);
// The list of binaries of an ETF_ENCODE_IOVEC job. Words: etf_encode_job_iovec_words.
size_t etf_encode_job_iovec_words(const EtfEncodeJob *job);
Term etf_encode_job_iovec(EtfEncodeJob *job, Hp *hp);
