// The random numbers of the simulators: the same seed gives the same numbers on every machine.
// xoshiro256** 1.0 by David Blackman and Sebastiano Vigna (2018), its state filled by SplitMix64 (Steele, Lea, Flood, 2014).
#ifndef LEAT_ENGINE_CLI_SIMULATE_RANDOM_H
#define LEAT_ENGINE_CLI_SIMULATE_RANDOM_H

#include "engine/base/base.h"

// One stream of random numbers; used by one thread at a time.
struct leat_random {
    uint64_t state[4];
};

// Starts the stream that belongs to `seed`; every seed is as good as another.
static inline void leat_random_init(struct leat_random *random, uint64_t seed) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(random->state); i++) {
        uint64_t x = seed += UINT64_C(0x9e3779b97f4a7c15);
        x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
        random->state[i] = x ^ (x >> 31);
    }
}

// The next 64 random bits.
static inline uint64_t leat_random_next(struct leat_random *random) {
    uint64_t *s = random->state;
    uint64_t five = s[1] * 5;
    uint64_t result = ((five << 7) | (five >> 57)) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

// A number from 0 to limit - 1, for limit > 0; its bias, below limit / 2^32, does not matter to a simulator.
static inline uint32_t leat_random_below(struct leat_random *random, uint32_t limit) {
    return (uint32_t)(((leat_random_next(random) >> 32) * limit) >> 32);
}

// A number from low to high, both included; high - low must be less than 2^32 - 1.
static inline int64_t leat_random_between(struct leat_random *random, int64_t low, int64_t high) {
    return low + (int64_t)leat_random_below(random, (uint32_t)(high - low + 1));
}

// A number from 0 up to and without 1, a multiple of 2^-53.
static inline double leat_random_unit(struct leat_random *random) {
    return (double)(leat_random_next(random) >> 11) * 0x1p-53;
}

// True in `percent` of 100 cases.
static inline bool leat_random_chance(struct leat_random *random, uint32_t percent) {
    return leat_random_below(random, 100) < percent;
}

#endif
