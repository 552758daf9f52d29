// Eisel-Lemire for eight decimals at once. Lanes whose rounding the high half of one product does not settle are done again one by
// one; to keep these rare, decimals short enough to be quotients of two exact doubles (Clinger 1990) are divided, which rounds
// once and so is right even for ties.
#include "engine/expr/number.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define LANES 8

// Powers 10^0, 10^-1 .. 10^-31: what nearly all decimals of sensors need fits four registers each.
#define NEAR_POWERS 32

struct near_powers {
    __m512i high[NEAR_POWERS / LANES];  // of leat_pow10_table
    __m512d exact[NEAR_POWERS / LANES]; // 10^i where a double holds it, else 1
};

static struct near_powers near_powers_load(void) {
    uint64_t high[NEAR_POWERS];
    double exact[NEAR_POWERS];
    for (int i = 0; i < NEAR_POWERS; i++) {
        high[i] = leat_pow10_table[-i - LEAT_POW10_MIN].high;
        exact[i] = i <= LEAT_POW10_EXACT_MAX ? leat_pow10_exact[i] : 1;
    }
    struct near_powers powers;
    for (int i = 0; i < NEAR_POWERS / LANES; i++) {
        powers.high[i] = _mm512_loadu_si512(high + i * LANES);
        powers.exact[i] = _mm512_loadu_pd(exact + i * LANES);
    }
    return powers;
}

// floor(a * b / 2^64), or up to 2 less: the carry out of the low half is left out.
static inline __m512i multiply_high_nearly(__m512i a, __m512i b) {
    __m512i a_high = _mm512_srli_epi64(a, 32);
    __m512i b_high = _mm512_srli_epi64(b, 32);
    __m512i middle_1 = _mm512_srli_epi64(_mm512_mul_epu32(a_high, b), 32);
    __m512i middle_2 = _mm512_srli_epi64(_mm512_mul_epu32(a, b_high), 32);
    return _mm512_add_epi64(_mm512_mul_epu32(a_high, b_high), _mm512_add_epi64(middle_1, middle_2));
}

// The doubles without sign; lanes that are not settled are set in *hard.
static inline __m512i nearest_bits(const struct near_powers *powers, __m512i w, __m256i q, __mmask8 *hard) {
    __m512i q_negated = _mm512_cvtepi32_epi64(_mm256_sub_epi32(_mm256_setzero_si256(), q));
    __mmask8 near = _mm512_cmplt_epu64_mask(q_negated, _mm512_set1_epi64(NEAR_POWERS));
    __mmask8 in_range = 0xff;
    __m512i power;
    if (LEAT_LIKELY(near == 0xff)) {
        __m512i below_16 = _mm512_permutex2var_epi64(powers->high[0], q_negated, powers->high[1]);
        __m512i from_16 = _mm512_permutex2var_epi64(powers->high[2], q_negated, powers->high[3]);
        power = _mm512_mask_mov_epi64(below_16, _mm512_test_epi64_mask(q_negated, _mm512_set1_epi64(16)), from_16);
    } else {
        __m256i clamped = _mm256_max_epi32(_mm256_min_epi32(q, _mm256_set1_epi32(308)), _mm256_set1_epi32(LEAT_POW10_MIN));
        in_range = _mm256_cmpeq_epi32_mask(q, clamped);
        __m256i index = _mm256_sub_epi32(clamped, _mm256_set1_epi32(LEAT_POW10_MIN));
        power = _mm512_i32gather_epi64(_mm256_slli_epi32(index, 1), (const void *)leat_pow10_table, 8);
    }
    __m512i zeros = _mm512_lzcnt_epi64(w);
    __m512i high = multiply_high_nearly(_mm512_sllv_epi64(w, zeros), power);
    __m512i top = _mm512_srli_epi64(high, 63);
    __m512i mantissa = _mm512_srlv_epi64(high, _mm512_add_epi64(top, _mm512_set1_epi64(9)));
    mantissa = _mm512_srli_epi64(_mm512_add_epi64(mantissa, _mm512_set1_epi64(1)), 1);
    __m256i log2 = _mm256_srai_epi32(_mm256_mullo_epi32(q, _mm256_set1_epi32(217706)), 16); // leat_log2_of_pow10
    __m512i exponent = _mm512_add_epi64(_mm512_cvtepi32_epi64(log2), _mm512_sub_epi64(top, zeros));
    exponent = _mm512_add_epi64(exponent, _mm512_set1_epi64(1085));
    __m512i bits = _mm512_add_epi64(_mm512_slli_epi64(exponent, 52), mantissa);

    // The true high half is at most 3 more. Unless that carries out of the low 9 bits, or they may all be zero, rounding is settled.
    __m512i low_9 = _mm512_and_si512(_mm512_sub_epi64(high, _mm512_set1_epi64(1)), _mm512_set1_epi64(0x1ff));
    __mmask8 settled = _mm512_cmplt_epu64_mask(low_9, _mm512_set1_epi64(0x1fb)) & in_range;
    settled &= _mm512_cmplt_epu64_mask(exponent, _mm512_set1_epi64(2045)); // neither subnormal nor near overflow

    __mmask8 divides = near & _mm512_cmple_epu64_mask(q_negated, _mm512_set1_epi64(LEAT_POW10_EXACT_MAX));
    divides &= _mm512_cmplt_epu64_mask(w, _mm512_set1_epi64(1ll << 53));
    __m512d below_16 = _mm512_permutex2var_pd(powers->exact[0], q_negated, powers->exact[1]);
    __m512d exact =
        _mm512_mask_permutexvar_pd(below_16, _mm512_test_epi64_mask(q_negated, _mm512_set1_epi64(16)), q_negated, powers->exact[2]);
    __m512d quotient = _mm512_div_pd(_mm512_cvtepu64_pd(w), exact);
    *hard = (__mmask8) ~(settled | divides);
    return _mm512_mask_mov_epi64(bits, divides, _mm512_castpd_si512(quotient));
}

void leat_double_from_decimals_avx512(const uint64_t *mantissa, const int32_t *exponent10, const uint8_t *negative, double *out, size_t n) {
    const struct near_powers powers = near_powers_load();
    for (size_t i = 0; i < n; i += LANES) {
        __mmask8 lanes = n - i >= LANES ? 0xff : (__mmask8)((1u << (n - i)) - 1);
        __m512i w = _mm512_maskz_loadu_epi64(lanes, mantissa + i);
        __m256i q = _mm256_maskz_loadu_epi32(lanes, exponent10 + i);
        __m512i sign = _mm512_slli_epi64(_mm512_cvtepu8_epi64(_mm_maskz_loadu_epi8(lanes, negative + i)), 63);
        __mmask8 hard;
        __m512i bits = nearest_bits(&powers, w, q, &hard);
        _mm512_mask_storeu_epi64(out + i, lanes, _mm512_or_si512(bits, sign));
        for (unsigned left = hard & lanes; LEAT_UNLIKELY(left != 0); left &= left - 1) {
            size_t at = i + (size_t)__builtin_ctz(left);
            out[at] = leat_double_from_decimal(negative[at], mantissa[at], exponent10[at], false, NULL, NULL);
        }
    }
}
