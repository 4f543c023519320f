// SPDX-License-Identifier: Apache-2.0
// The documented hashes, to the bit as the reference gives them.
#pragma once

#include "term/env.h"

uint32_t term_phash2(const TermEnv *env, Term t); // 32 bits; erlang:phash2/1 takes the low 27
uint32_t term_phash(const TermEnv *env, Term t);
// The hash of an atom's text that phash2 and phash use.
uint32_t atom_text_hash(const uint8_t *text, size_t size_bytes);
// Resumable form for huge terms: see hash.c.
