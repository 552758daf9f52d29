// Shortest digits of eight doubles at once, for values of everyday size (1e-6 to below 1e17, and zero); others go one by one.
// For these the power of ten in Schubfach is at most 10^22, which has 52 significant bits: one product of 52 by 52 bits is exact,
// and so are all comparisons, without sticky bits. The place of the point is a byte permutation looked up by its position.
#include "engine/expr/number.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define LANES  8
#define GROUPS 8         // of lanes, taken apart before any is placed: one group's latency hides behind the others
#define POWERS 24        // 10^0 .. 10^22 and one more
#define EIGHT  100000000 // 10^8

// Eight numbers taken apart: digit `first`, then 16 digits. If the first is zero, the number has its first digit behind it.
struct parts {
    alignas(64) uint8_t rest[LANES][16]; // characters, of numbers 0 2 4 6 1 3 5 7
    alignas(64) uint64_t others[LANES];  // the other characters of the text: first digit, point, zero
    alignas(64) uint64_t row[LANES];     // of leat_number_point_order
    alignas(64) int64_t point[LANES];    // its place among the digits of the number
    alignas(64) int64_t point_17[LANES]; // its place among all 17 digits
    alignas(64) int64_t extra[LANES];    // characters that are not among the 17 digits, less the first where it is not written
    uint64_t used[2];                    // bit b of 16-bit word number i / 2 of word i % 2: digit b of number i is not zero
    uint8_t far;                         // numbers that are not here
    uint8_t negative;
};

struct eights {
    __m512i high;
    __m512i low;
    __m512i k;
    __mmask8 not_zero;
};

// value / 10^8 for value < 2^57, as (value / 2^8) / 5^8.
static inline __m512i divide_by_eight(__m512i value) {
    const __m512i reciprocal = _mm512_set1_epi64(3022314549036573); // ceil(2^70 / 5^8)
    __m512i quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), _mm512_srli_epi64(value, 8), reciprocal);
    return _mm512_srli_epi64(quotient, 18);
}

// The digits of four numbers, each as its high and low eight digits in one 128-bit lane.
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

// Schubfach: the shortest integer of 16 or 17 digits, times 10^k, as its high and low eight digits (the high may have nine).
// A double of zero gives zero with the k of 1.0.
static inline struct eights shortest_eights(const __m512i powers[POWERS / LANES], __m512i bits) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i ten = _mm512_set1_epi64(10);
    __m512i fraction = _mm512_and_si512(bits, _mm512_set1_epi64((1ll << 52) - 1));
    __mmask8 narrow_below = _mm512_testn_epi64_mask(fraction, fraction);
    __m512i biased = _mm512_and_si512(_mm512_srli_epi64(bits, 52), _mm512_set1_epi64(0x7ff));
    __mmask8 not_zero = _mm512_test_epi64_mask(bits, bits);
    __m512i q = _mm512_mask_sub_epi64(_mm512_set1_epi64(-52), not_zero, biased, _mm512_set1_epi64(1075));
    __m512i log10 = _mm512_mul_epi32(q, _mm512_set1_epi64(1262611)); // leat_log10_of_pow2 and its sibling
    log10 = _mm512_mask_sub_epi64(log10, narrow_below, log10, _mm512_set1_epi64(524031));
    __m512i k = _mm512_srai_epi64(log10, 22);
    __m512i index = _mm512_sub_epi64(_mm512_setzero_si512(), k);
    __m512i power = _mm512_permutex2var_epi64(powers[0], index, powers[1]);
    power = _mm512_mask_permutexvar_epi64(power, _mm512_test_epi64_mask(index, _mm512_set1_epi64(16)), index, powers[2]);
    __m512i log2 = _mm512_srai_epi64(_mm512_mul_epi32(k, _mm512_set1_epi64(-217706)), 16); // leat_log2_of_pow10(-k)
    __m512i shift = _mm512_add_epi64(q, log2);                                             // 0..3

    // With c = 2^52 + fraction the double is c * 2^q and, divided by 10^k, c * power * 2^(shift - 51) = whole + part / 2^60.
    __m512i product_high = _mm512_madd52hi_epu64(power, fraction, power);
    __m512i product_low = _mm512_madd52lo_epu64(_mm512_setzero_si512(), fraction, power);
    __m512i whole_high = _mm512_sllv_epi64(product_high, _mm512_add_epi64(shift, one));
    __m512i whole_low = _mm512_srlv_epi64(product_low, _mm512_sub_epi64(_mm512_set1_epi64(51), shift));
    __m512i whole = _mm512_maskz_add_epi64(not_zero, whole_high, whole_low);
    __m512i part = _mm512_sllv_epi64(product_low, _mm512_add_epi64(shift, _mm512_set1_epi64(9)));
    part = _mm512_and_si512(part, _mm512_set1_epi64((1ll << 60) - 1));
    __m512i half_above = _mm512_sllv_epi64(power, _mm512_add_epi64(shift, _mm512_set1_epi64(8)));
    __m512i half_below = _mm512_mask_srli_epi64(half_above, narrow_below, half_above, 1);
    __m512i odd = _mm512_and_si512(fraction, one); // the ends of the rounding interval belong to even doubles only
    half_above = _mm512_sub_epi64(half_above, odd);
    half_below = _mm512_sub_epi64(half_below, odd);

    __m512i high = divide_by_eight(whole);
    __m512i low = _mm512_sub_epi64(whole, _mm512_mul_epu32(high, _mm512_set1_epi64(EIGHT)));
    __m512i tens = _mm512_mul_epu32(_mm512_srli_epi64(_mm512_mul_epu32(low, _mm512_set1_epi64(0xcccccccd)), 35), ten);
    __m512i above_ten = _mm512_add_epi64(_mm512_slli_epi64(_mm512_sub_epi64(low, tens), 60), part);
    __m512i below_ten = _mm512_sub_epi64(_mm512_set1_epi64((long long)(10ull << 60)), above_ten);
    __mmask8 ten_below_in = _mm512_cmple_epu64_mask(above_ten, half_below);
    __mmask8 ten_above_in = _mm512_cmple_epu64_mask(below_ten, half_above);
    __m512i tie_to_even = _mm512_add_epi64(part, _mm512_and_si512(low, one));
    low = _mm512_mask_add_epi64(low, _mm512_cmpgt_epu64_mask(tie_to_even, _mm512_set1_epi64(1ll << 59)), low, one);
    low = _mm512_mask_mov_epi64(low, ten_below_in, tens);
    low = _mm512_mask_add_epi64(low, ten_above_in, tens, ten);
    __mmask8 carry = _mm512_cmpeq_epi64_mask(low, _mm512_set1_epi64(EIGHT));
    return (struct eights){
        .high = _mm512_mask_add_epi64(high, carry, high, one),
        .low = _mm512_mask_mov_epi64(low, carry, _mm512_setzero_si512()),
        .k = k,
        .not_zero = not_zero,
    };
}

static inline void take_apart(const __m512i powers[POWERS / LANES], __m512i bits, struct parts *parts) {
    const __m512i one = _mm512_set1_epi64(1);
    struct eights eights = shortest_eights(powers, bits);
    __mmask8 sixteen = _mm512_mask_cmplt_epu64_mask(eights.not_zero, eights.high, _mm512_set1_epi64(EIGHT));
    __m512i point_17 = _mm512_add_epi64(eights.k, _mm512_set1_epi64(17));
    __m512i point = _mm512_mask_sub_epi64(point_17, sixteen, point_17, one);
    __mmask8 below_one = _mm512_cmple_epi64_mask(point, _mm512_setzero_si512());
    __m512i extra = _mm512_mask_sub_epi64(one, below_one, _mm512_set1_epi64(2), point);
    extra = _mm512_mask_sub_epi64(extra, sixteen, extra, one);
    __m512i row = _mm512_sub_epi64(point, _mm512_set1_epi64(LEAT_POINT_MIN));
    __mmask8 near = _mm512_cmplt_epu64_mask(row, _mm512_set1_epi64(LEAT_POINTS));
    near = _mm512_mask_cmple_epi64_mask(near, eights.k, _mm512_setzero_si512());
    row = _mm512_mask_add_epi64(row, sixteen, row, _mm512_set1_epi64(LEAT_POINTS));
    parts->far = (uint8_t)~near;
    parts->negative = (uint8_t)_mm512_movepi64_mask(bits);
    _mm512_store_si512(parts->row, row);
    _mm512_store_si512(parts->point, point);
    _mm512_store_si512(parts->point_17, point_17);
    _mm512_store_si512(parts->extra, extra);

    __m512i first = _mm512_srli_epi64(_mm512_mul_epu32(eights.high, _mm512_set1_epi64(0x55e63b89)), 57); // high / 10^8
    __m512i high = _mm512_sub_epi64(eights.high, _mm512_mul_epu32(first, _mm512_set1_epi64(EIGHT)));
    _mm512_store_si512(parts->others, _mm512_add_epi64(first, _mm512_set1_epi64('0' | '.' << 8 | '0' << 16)));
    __m512i even = digits_of_eights(_mm512_unpacklo_epi64(high, eights.low));
    __m512i odd = digits_of_eights(_mm512_unpackhi_epi64(high, eights.low));
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
    __m256i order = _mm256_loadu_si256((const __m256i *)(const void *)leat_number_point_order[parts->row[i]]);
    __m256i text = _mm256_permutexvar_epi8(order, _mm256_inserti128_si256(_mm256_castsi128_si256(rest), others, 1));
    _mm256_storeu_si256((__m256i *)(void *)out, text);
    uint32_t used = (uint32_t)(parts->used[half] >> 16 * at & 0xffff) << 1 | 1;
    int64_t count_17 = 32 - (int64_t)_lzcnt_u32(used);
    return (size_t)(count_17 > parts->point_17[i] ? count_17 + parts->extra[i] : parts->point[i]);
}

// Places n <= LANES numbers behind each other from out + at on; returns where they end.
static inline uint32_t place_all(const struct parts *parts, const double *value, size_t n, char *out, uint32_t at, uint32_t *offset) {
    for (size_t i = 0; i < n; i++) {
        offset[i] = at;
        if (LEAT_UNLIKELY(parts->far >> i & 1)) {
            at += (uint32_t)leat_double_print_shortest(value[i], out + at);
            continue;
        }
        out[at] = '-';
        at += parts->negative >> i & 1;
        at += (uint32_t)place(parts, i, out + at);
    }
    return at;
}

size_t leat_double_print_batch_avx512(const double *value, size_t n, char *out, uint32_t *offset) {
    __m512i powers[POWERS / LANES];
    const __m256i index = _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14);
    for (int i = 0; i < POWERS / LANES; i++) {
        powers[i] = _mm512_i32gather_epi64(index, (const void *)&leat_pow10_table[i * LANES - LEAT_POW10_MIN], 8);
        powers[i] = _mm512_srli_epi64(powers[i], 12);
    }
    uint32_t at = 0;
    struct parts parts[GROUPS];
    for (size_t block = 0; block < n; block += LANES * GROUPS) {
        size_t end = LEAT_MIN(n, block + LANES * GROUPS);
        for (size_t i = block; i < end; i += LANES) {
            __mmask8 lanes = end - i >= LANES ? 0xff : (__mmask8)((1u << (end - i)) - 1);
            take_apart(powers, _mm512_maskz_loadu_epi64(lanes, value + i), &parts[(i - block) / LANES]);
        }
        for (size_t i = block; i < end; i += LANES) {
            at = place_all(&parts[(i - block) / LANES], value + i, LEAT_MIN(end - i, LANES), out, at, offset + i);
        }
    }
    offset[n] = at;
    return at;
}
