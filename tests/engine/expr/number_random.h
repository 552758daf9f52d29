// Random numbers for the tests of number text: reproducible by the environment variable LEAT_SEED.
#ifndef LEAT_TESTS_ENGINE_EXPR_NUMBER_RANDOM_H
#define LEAT_TESTS_ENGINE_EXPR_NUMBER_RANDOM_H

#include "engine/base/base.h"
#include "engine/expr/number_tables.h"

#include <stdlib.h>

// The state of random_u64; seed_random sets it.
static uint64_t random_state;

// SplitMix64 (Steele, Lea, Flood 2014).
static inline uint64_t random_u64(void) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// Sets the seed from LEAT_SEED, 1 without; a group set-up of cmocka.
static inline int seed_random(void **state) {
    (void)state;
    const char *seed = getenv("LEAT_SEED");
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : 1;
    return 0;
}

// The bits of a double.
static inline uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// The double with these bits.
static inline double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// A finite double; eight kinds take turns with i.
static inline double random_double(int i) {
    uint64_t bits = random_u64();
    switch (i % 8) {
    case 0: // few bits
        bits &= 0xffffffff00000000 << random_u64() % 20;
        break;
    case 1: // subnormal
        bits &= 0x800fffffffffffff >> random_u64() % 52;
        break;
    case 2: // power of two
        bits &= 0xfff0000000000000;
        break;
    case 3: // short decimal, as sensors give
        return (double)(int64_t)(random_u64() >> (20 + random_u64() % 40)) / leat_pow10_exact[random_u64() % 12];
    case 4: // about 1
        bits = (bits & 0x800fffffffffffff) | (1010 + random_u64() % 40) << 52;
        break;
    case 5: // integers beyond 2^53, where the ends of rounding intervals are integers too
        return (double)(random_u64() >> (6 + random_u64() % 6));
    default:
        break;
    }
    return (bits & 0x7ffull << 52) == 0x7ffull << 52 ? 1 : double_of(bits);
}

#endif
