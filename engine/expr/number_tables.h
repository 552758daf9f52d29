// Tables and helpers shared by the parser and the printer of number text; nothing outside engine/expr/number_*.c includes it.
#ifndef LEAT_ENGINE_EXPR_NUMBER_TABLES_H
#define LEAT_ENGINE_EXPR_NUMBER_TABLES_H

#include "engine/base/base.h"

// Exponents that the table holds: parsing needs -342..308, printing -292..324.
#define LEAT_POW10_MIN (-342)
#define LEAT_POW10_MAX 324

// Powers of ten that a double holds exactly end here.
#define LEAT_POW10_EXACT_MAX 22

// Up to this exponent a non-negative power of ten has at most 128 significant bits, so its entry is exact.
#define LEAT_POW10_BITS128_MAX 55

// The 128 most significant bits of 10^e as an integer in [2^127, 2^128): ceil(10^e * 2^(127 - floor(log2(10^e)))).
struct leat_pow10 {
    uint64_t high;
    uint64_t low;
};

// 10^(LEAT_POW10_MIN + i) at index i.
extern const struct leat_pow10 leat_pow10_table[LEAT_POW10_MAX - LEAT_POW10_MIN + 1];

// 10^i as a double, exact.
extern const double leat_pow10_exact[LEAT_POW10_EXACT_MAX + 1];

// 10^i as an integer, i in 0..19.
extern const uint64_t leat_pow10_u64[20];

// Places of the decimal point (1: behind the first digit) that leat_number_point_order knows: -5..17.
#define LEAT_POINT_MIN (-5)
#define LEAT_POINTS    23

// Which byte of a source stands where in the plain decimal notation of 17 digits, for every place of the point; then the same
// for 16 digits. Source bytes: 0..15 the last 16 digits, 16 the digit before them if there are 17, 17 '.', 18 '0'.
extern const uint8_t leat_number_point_order[2 * LEAT_POINTS][32];

// A product of 64 by 64 bits (gcc and clang have it; __extension__ keeps -Wpedantic quiet).
__extension__ typedef unsigned __int128 leat_u128;

// floor(log2(10^e)) for |e| <= 642.
static inline int leat_log2_of_pow10(int e) {
    return (e * 217706) >> 16;
}

// floor(log10(2^e)) for |e| <= 1650.
static inline int leat_log10_of_pow2(int e) {
    return (e * 315653) >> 20;
}

// floor(log10(2^e * 3/4)) for |e| <= 1650.
static inline int leat_log10_of_pow2_three_quarters(int e) {
    return (e * 1262611 - 524031) >> 22;
}

// The number of the lowest bit set in x != 0. TZCNT where the processor has it, else BSF: both give this. Spelt out because
// compilers for the baseline may emit plain BSF, whose result formally depends on the old value of its register: a false
// dependency on the previous number in a loop, which was measured to double the time of parsing.
static inline unsigned leat_number_lowest_bit(uint64_t x) {
    uint64_t index;
    __asm__("rep bsfq %1, %0" : "=r"(index) : "r"(x) : "cc");
    return (unsigned)index;
}

// The number of the highest bit set in x != 0. BSR into a register just cleared, for the reason above.
static inline unsigned leat_number_highest_bit(uint64_t x) {
    uint64_t index = 0;
    __asm__("bsrq %1, %0" : "+r"(index) : "r"(x) : "cc");
    return (unsigned)index;
}

#endif
