// Shortest digits of eight doubles at once, for values of everyday size (1e-6 to below 1e17, and zero); others go one by one.
// For these the power of ten in Schubfach is at most 10^23, whose 64 highest bits are all there is of it: one product is exact,
// and so are all comparisons, without sticky bits. The place of the point is a byte permutation looked up by its position.
#include "engine/expr/number.h"
#include "engine/expr/number_digits.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define LANES  8
#define POWERS 24        // 10^0 .. 10^23
#define EIGHT  100000000 // 10^8

// Eight numbers taken apart: digit `first`, then 16 digits, the point behind `point` of these 17.
struct parts {
    alignas(64) uint8_t rest[LANES][16]; // characters, of numbers 0 2 4 6 1 3 5 7
    alignas(64) int64_t point[LANES];
    alignas(64) int64_t extra[LANES];   // characters in front of the digits and between them
    alignas(64) uint64_t others[LANES]; // the other characters of the text: first digit, point, zero
    uint64_t used[2];                   // bit b of 16-bit word number i / 2 of word i % 2: digit b of number i is not zero
    __mmask8 far;                       // numbers that are not here
};

// floor(a * b / 2^64) and the low half.
static inline __m512i multiply_wide(__m512i a, __m512i b, __m512i *low) {
    const __m512i word = _mm512_set1_epi64(0xffffffff);
    __m512i a_high = _mm512_srli_epi64(a, 32);
    __m512i b_high = _mm512_srli_epi64(b, 32);
    __m512i low_low = _mm512_mul_epu32(a, b);
    __m512i high_low = _mm512_mul_epu32(a_high, b);
    __m512i low_high = _mm512_mul_epu32(a, b_high);
    __m512i middle = _mm512_add_epi64(high_low, _mm512_srli_epi64(low_low, 32)); // cannot overflow
    __m512i middle_low = _mm512_add_epi64(low_high, _mm512_and_si512(middle, word));
    *low = _mm512_mask_blend_epi32(0xaaaa, low_low, _mm512_slli_epi64(middle_low, 32));
    __m512i high = _mm512_add_epi64(_mm512_mul_epu32(a_high, b_high), _mm512_srli_epi64(middle, 32));
    return _mm512_add_epi64(high, _mm512_srli_epi64(middle_low, 32));
}

// value / 10^8 for value < 2^57, as (value / 2^8) / 5^8.
static inline __m512i divide_by_eight(__m512i value) {
    const __m512i reciprocal = _mm512_set1_epi64(3022314549036573); // ceil(2^70 / 5^8)
    __m512i quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), _mm512_srli_epi64(value, 8), reciprocal);
    return _mm512_srli_epi64(quotient, 18);
}

// leat_number_digits_16 for four numbers, each as its high and low eight digits in one 128-bit lane.
static inline __m512i digits_of_eights(__m512i eights) {
    __m512i fours_high = _mm512_srli_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(0xd1b71759)), 45);
    __m512i fours_low = _mm512_sub_epi64(eights, _mm512_mul_epu32(fours_high, _mm512_set1_epi64(10000)));
    __m512i fours = _mm512_or_si512(fours_high, _mm512_slli_epi64(fours_low, 32));
    __m512i pairs_high = _mm512_srli_epi16(_mm512_mulhi_epu16(fours, _mm512_set1_epi32(5243)), 3);
    __m512i pairs_low = _mm512_sub_epi32(fours, _mm512_mullo_epi16(pairs_high, _mm512_set1_epi32(100)));
    __m512i pairs = _mm512_or_si512(pairs_high, _mm512_slli_epi32(pairs_low, 16));
    __m512i ones_high = _mm512_mulhi_epu16(pairs, _mm512_set1_epi16(6554));
    __m512i ones_low = _mm512_sub_epi16(pairs, _mm512_mullo_epi16(ones_high, _mm512_set1_epi16(10)));
    return _mm512_or_si512(ones_high, _mm512_slli_epi16(ones_low, 8));
}

// The shortest integer of 16 or 17 digits, times a power of ten, as its high and low eight digits (the high may have nine).
static inline void shortest_eights(const __m512i powers[POWERS / LANES], __m512i bits, __m512i *high_out, __m512i *low_out,
                                   __m512i *k_out) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i fraction_mask = _mm512_set1_epi64((1ll << 52) - 1);
    __m512i fraction = _mm512_and_si512(bits, fraction_mask);
    __m512i biased = _mm512_and_si512(_mm512_srli_epi64(bits, 52), _mm512_set1_epi64(0x7ff));
    __mmask8 narrow_below = _mm512_testn_epi64_mask(fraction, fraction);
    __m512i c = _mm512_or_si512(fraction, _mm512_set1_epi64(1ll << 52));
    __m512i q = _mm512_sub_epi64(biased, _mm512_set1_epi64(1075));
    __m512i log10 = _mm512_mullo_epi32(q, _mm512_set1_epi64(1262611)); // the low words; leat_log10_of_pow2 and its sibling
    log10 = _mm512_mask_sub_epi64(log10, narrow_below, log10, _mm512_set1_epi64(524031));
    __m512i k = _mm512_srai_epi64(_mm512_slli_epi64(log10, 32), 54);
    __m512i k_negated = _mm512_sub_epi64(_mm512_setzero_si512(), k);
    __m512i power = _mm512_permutex2var_epi64(powers[0], k_negated, powers[1]);
    power = _mm512_mask_permutexvar_epi64(power, _mm512_test_epi64_mask(k_negated, _mm512_set1_epi64(16)), k_negated, powers[2]);
    __m512i log2 = _mm512_srai_epi64(_mm512_mul_epi32(k_negated, _mm512_set1_epi64(217706)), 16);
    __m512i shift = _mm512_add_epi64(q, log2); // 0..3

    // whole + fraction is the double divided by 10^k. All below is in units of 2^-60, which lose nothing: the power ends in zeros.
    __m512i low;
    __m512i whole = multiply_wide(_mm512_sllv_epi64(c, _mm512_add_epi64(shift, one)), power, &low);
    __m512i half_above = _mm512_srlv_epi64(power, _mm512_sub_epi64(_mm512_set1_epi64(4), shift));
    __m512i half_below = _mm512_mask_srli_epi64(half_above, narrow_below, half_above, 1);
    __m512i odd = _mm512_and_si512(c, one);
    __m512i high_8 = divide_by_eight(whole);
    __m512i low_8 = _mm512_sub_epi64(whole, _mm512_mul_epu32(high_8, _mm512_set1_epi64(EIGHT)));
    __m512i tens = _mm512_srli_epi64(_mm512_mul_epu32(low_8, _mm512_set1_epi64(0xcccccccd)), 35);
    tens = _mm512_mul_epu32(tens, _mm512_set1_epi64(10));
    __m512i ones = _mm512_sub_epi64(low_8, tens);
    __m512i part = _mm512_srli_epi64(low, 4);
    __m512i above_ten = _mm512_or_si512(_mm512_slli_epi64(ones, 60), part);
    __m512i below_ten = _mm512_sub_epi64(_mm512_set1_epi64((long long)(10ull << 60)), above_ten);
    __mmask8 ten_below_in = _mm512_cmple_epu64_mask(above_ten, _mm512_sub_epi64(half_below, odd));
    __mmask8 ten_above_in = _mm512_cmple_epu64_mask(below_ten, _mm512_sub_epi64(half_above, odd));
    __mmask8 round_up = _mm512_cmpgt_epu64_mask(_mm512_add_epi64(part, _mm512_and_si512(whole, one)), _mm512_set1_epi64(1ll << 59));
    low_8 = _mm512_mask_add_epi64(low_8, round_up, low_8, one);
    low_8 = _mm512_mask_mov_epi64(low_8, ten_below_in, tens);
    low_8 = _mm512_mask_add_epi64(low_8, ten_above_in, tens, _mm512_set1_epi64(10));
    __mmask8 carry = _mm512_cmpeq_epi64_mask(low_8, _mm512_set1_epi64(EIGHT));
    *low_out = _mm512_mask_mov_epi64(low_8, carry, _mm512_setzero_si512());
    *high_out = _mm512_mask_add_epi64(high_8, carry, high_8, one);
    *k_out = k;
}

static inline void take_apart(const __m512i powers[POWERS / LANES], __m512i bits, struct parts *parts) {
    __m512i high, low, k;
    shortest_eights(powers, bits, &high, &low, &k);
    // Sixteen digits become seventeen, the last one zero.
    __mmask8 sixteen = _mm512_cmplt_epu64_mask(high, _mm512_set1_epi64(EIGHT));
    __m512i moved = _mm512_srli_epi64(_mm512_mul_epu32(low, _mm512_set1_epi64(0x6b5fca6b)), 54); // low / 10^7
    __m512i left = _mm512_sub_epi64(low, _mm512_mul_epu32(moved, _mm512_set1_epi64(10000000)));
    low = _mm512_mask_mul_epu32(low, sixteen, left, _mm512_set1_epi64(10));
    __m512i high_moved = _mm512_add_epi64(_mm512_mul_epu32(high, _mm512_set1_epi64(10)), moved);
    high = _mm512_mask_mov_epi64(high, sixteen, high_moved);
    __m512i point = _mm512_add_epi64(k, _mm512_set1_epi64(17));
    point = _mm512_mask_sub_epi64(point, sixteen, point, _mm512_set1_epi64(1));

    __mmask8 zero = _mm512_testn_epi64_mask(bits, bits);
    high = _mm512_mask_mov_epi64(high, zero, _mm512_setzero_si512());
    low = _mm512_mask_mov_epi64(low, zero, _mm512_setzero_si512());
    point = _mm512_mask_mov_epi64(point, zero, _mm512_set1_epi64(1));
    __mmask8 near = _mm512_cmpge_epi64_mask(point, _mm512_set1_epi64(LEAT_POINT_MIN)) & _mm512_cmple_epi64_mask(k, _mm512_setzero_si512());
    parts->far = (__mmask8) ~(near | zero);
    _mm512_store_si512(parts->point, point);
    __mmask8 below_one = _mm512_cmple_epi64_mask(point, _mm512_setzero_si512());
    __m512i extra = _mm512_mask_sub_epi64(_mm512_set1_epi64(1), below_one, _mm512_set1_epi64(2), point);
    _mm512_store_si512(parts->extra, extra);

    __m512i first = _mm512_srli_epi64(_mm512_mul_epu32(high, _mm512_set1_epi64(0x55e63b89)), 57); // high / 10^8
    high = _mm512_sub_epi64(high, _mm512_mul_epu32(first, _mm512_set1_epi64(EIGHT)));
    _mm512_store_si512(parts->others, _mm512_add_epi64(first, _mm512_set1_epi64('0' | '.' << 8 | '0' << 16)));
    __m512i even = digits_of_eights(_mm512_unpacklo_epi64(high, low));
    __m512i odd = digits_of_eights(_mm512_unpackhi_epi64(high, low));
    parts->used[0] = _mm512_test_epi8_mask(even, even);
    parts->used[1] = _mm512_test_epi8_mask(odd, odd);
    const __m512i ascii = _mm512_set1_epi8('0');
    _mm512_store_si512(parts->rest[0], _mm512_or_si512(even, ascii));
    _mm512_store_si512(parts->rest[LANES / 2], _mm512_or_si512(odd, ascii));
}

// Writes number i of `parts` and returns its length without the sign; writes 32 bytes.
static inline size_t place(const struct parts *parts, size_t i, char *out) {
    size_t half = i % 2;
    size_t at = i / 2;
    __m128i rest = _mm_load_si128((const __m128i *)(const void *)parts->rest[half * (LANES / 2) + at]);
    __m128i others = _mm_loadl_epi64((const __m128i *)(const void *)&parts->others[i]);
    int64_t point = parts->point[i];
    __m256i order = _mm256_loadu_si256((const __m256i *)(const void *)leat_number_point_order[point - LEAT_POINT_MIN]);
    __m256i text = _mm256_permutexvar_epi8(order, _mm256_inserti128_si256(_mm256_castsi128_si256(rest), others, 1));
    _mm256_storeu_si256((__m256i *)(void *)out, text);
    uint32_t used = (uint32_t)(parts->used[half] >> 16 * at & 0xffff) << 1 | 1;
    int64_t count = 32 - (int64_t)_lzcnt_u32(used);
    return (size_t)(count > point ? count + parts->extra[i] : point);
}

size_t leat_double_print_batch_avx512(const double *value, size_t n, char *out, uint32_t *offset) {
    __m512i powers[POWERS / LANES];
    const __m256i index = _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14);
    for (int i = 0; i < POWERS / LANES; i++) {
        powers[i] = _mm512_i32gather_epi64(index, (const void *)&leat_pow10_table[i * LANES - LEAT_POW10_MIN], 8);
    }
    uint32_t at = 0;
    for (size_t i = 0; i < n; i += LANES) {
        size_t lanes = LEAT_MIN(n - i, LANES);
        __m512i bits = _mm512_maskz_loadu_epi64((__mmask8)((1u << lanes) - 1), value + i);
        struct parts parts;
        take_apart(powers, bits, &parts);
        unsigned negative = _mm512_movepi64_mask(bits);
        for (size_t j = 0; j < lanes; j++) {
            offset[i + j] = at;
            if (LEAT_UNLIKELY(parts.far >> j & 1)) {
                at += (uint32_t)leat_double_print_shortest(value[i + j], out + at);
                continue;
            }
            out[at] = '-';
            at += negative >> j & 1;
            at += (uint32_t)place(&parts, j, out + at);
        }
    }
    offset[n] = at;
    return at;
}
