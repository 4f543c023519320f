// SPDX-License-Identifier: Apache-2.0
// A small generator of random numbers for choices that must replay from a seed (simulation, which
// victim to steal from). Not for secrets. The mixing is SplitMix64 (Steele, Lea, Flood: "Fast
// Splittable Pseudorandom Number Generators", 2014).
// Thread: the owner of the Prng.
#pragma once

#include "base/base.h"

typedef struct Prng {
    uint64_t state;
} Prng;

static inline Prng prng_new(uint64_t seed) {
    return (Prng){seed};
}

static inline uint64_t prng_next(Prng *g) {
    uint64_t z = (g->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// In [0, count); the bias of at most count / 2^64 does not matter for choices.
static inline uint64_t prng_below(Prng *g, uint64_t count) {
    DEBUG_ASSERT(count > 0);
    return (uint64_t)(((unsigned __int128)prng_next(g) * count) >> 64);
}
