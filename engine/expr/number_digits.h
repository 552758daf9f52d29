// Sixteen decimal digits at once, and shortest digits of one double; shared by the printers of number text.
#ifndef LEAT_ENGINE_EXPR_NUMBER_DIGITS_H
#define LEAT_ENGINE_EXPR_NUMBER_DIGITS_H

#include "engine/base/base.h"

#include <immintrin.h>

// A finite double other than zero, sign apart: digits * 10^(point - 17), with 10^16 <= digits < 10^17.
struct leat_digits {
    uint64_t digits;
    int point; // where the decimal point stands: 1 is behind the first digit
};

// The shortest digits that round to the double with these bits (sign ignored; finite, not zero); of those the nearest.
// `java`: where that is one digit, the nearest of two digits instead.
struct leat_digits leat_number_shortest(uint64_t bits, bool java);

// Writes `digits` in the notation of leat_double_print_shortest; returns the length. `out` as there.
size_t leat_number_print_digits(struct leat_digits digits, bool negative, char *out);

// The digits of value < 10^16 as bytes 0..9, the most significant first. Both halves, then fours, pairs and single digits are
// divided out in parallel by multiplication with a reciprocal.
static inline __m128i leat_number_digits_16(uint64_t value) {
    uint64_t high = value / 100000000;
    uint64_t low = value - high * 100000000;
    __m128i eights = _mm_set_epi64x((int64_t)low, (int64_t)high);
    __m128i fours_high = _mm_srli_epi64(_mm_mul_epu32(eights, _mm_set1_epi64x(0xd1b71759)), 45); // / 10000
    __m128i fours_low = _mm_sub_epi64(eights, _mm_mul_epu32(fours_high, _mm_set1_epi64x(10000)));
    __m128i fours = _mm_or_si128(fours_high, _mm_slli_epi64(fours_low, 32));
    __m128i pairs_high = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi32(5243)), 3); // / 100
    __m128i pairs_low = _mm_sub_epi32(fours, _mm_mullo_epi16(pairs_high, _mm_set1_epi32(100)));
    __m128i pairs = _mm_or_si128(pairs_high, _mm_slli_epi32(pairs_low, 16));
    __m128i ones_high = _mm_mulhi_epu16(pairs, _mm_set1_epi16(6554)); // / 10
    __m128i ones_low = _mm_sub_epi16(pairs, _mm_mullo_epi16(ones_high, _mm_set1_epi16(10)));
    return _mm_or_si128(ones_high, _mm_slli_epi16(ones_low, 8));
}

// Loaded at n in 0..16 it moves the last 16 - n of 16 bytes to the front and clears the rest.
extern const uint8_t leat_number_left_align[32];

// `bytes` without its first n in 0..16 bytes.
static inline __m128i leat_number_drop_front(__m128i bytes, unsigned n) {
    return _mm_shuffle_epi8(bytes, _mm_loadu_si128((const __m128i *)(const void *)(leat_number_left_align + n)));
}

#endif
