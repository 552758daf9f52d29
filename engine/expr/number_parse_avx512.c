// Eisel-Lemire for eight decimals at once. Lanes whose rounding the high half of one product does not settle are done again one by
// one; to keep these rare, decimals short enough to be quotients of two exact doubles (Clinger 1990) are divided, which rounds
// once and so is right even for ties.
#include "engine/expr/number.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define LANES  8
#define GROUPS 8 // of lanes, scanned before any is converted: one group's latency hides behind the others

#define DIGITS_U64_MAX 19

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

// Numbers scanned: up to 19 digits each, the last one at the end of its 32 bytes, zeros in front.
struct scans {
    alignas(64) uint8_t digits[LANES][32];
    alignas(32) int32_t exponent10[LANES];
    uint8_t negative;
    uint8_t rare; // those to be parsed one by one
};

// One of them, less its digits.
struct shape {
    const char *end;
    uint32_t negative;
    int32_t exponent10;
    bool rare;
};

// Scans the number at `text` and stores its digits. Reads 33 bytes. No branches: what does not fit here is rare.
// Bits come by movemask rather than mask registers, between which and the integer unit every trip takes long.
static inline struct shape scan(const char *text, const char *end, uint8_t digits_out[32]) {
    uint32_t negative = ((uint32_t)(uint8_t)(*text ^ '-') - 1) >> 31;
    const char *p = text + negative;
    __m256i bytes = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)(const void *)p), _mm256_set1_epi8('0'));
    __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(9)), bytes);
    uint32_t stops = ~(uint32_t)_mm256_movemask_epi8(is_digit);
    uint32_t points = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.' - '0')));
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    uint32_t exponents = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lower, _mm256_set1_epi8('e' - '0')));
    uint32_t whole = _tzcnt_u32(stops);
    uint32_t point = points & _blsi_u32(stops); // its bit, if it ends the whole digits
    uint32_t length = _tzcnt_u32(stops ^ point);
    uint32_t has_point = _tzcnt_u32(point) >> 5 ^ 1;
    uint32_t count = length - has_point;

    // Not the common shape: no digit, a leading zero, no digit behind the point, an exponent, too many digits, past the end.
    uint32_t zero_first = ((uint32_t)(uint8_t)(*p ^ '0') - 1) >> 31;
    uint64_t rare = (stops & 1) | (zero_first & ~(stops >> 1)) | (point << 1 & stops) | ((uint64_t)exponents >> length & 1);
    rare |= (DIGITS_U64_MAX - (uint64_t)count) >> 63 | (uint64_t)(end - p - (ptrdiff_t)length) >> 63;

    __m256i digits = _mm256_maskz_compress_epi8(_bzhi_u32(~stops, length), bytes);
    const __m256i iota = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                                          27, 28, 29, 30, 31);
    __m256i order = _mm256_add_epi8(iota, _mm256_set1_epi8((char)count)); // modulo 32; behind the digits there are zeros
    _mm256_store_si256((__m256i *)(void *)digits_out, _mm256_permutexvar_epi8(order, digits));
    return (struct shape){p + length, negative, (int32_t)((whole - count) & (0 - has_point)), rare != 0};
}

// Scans n <= LANES numbers. Absent ones cost no branch: a zero stands for them.
static inline void scan_group(struct scans *scans, const char *base, const uint32_t *start, size_t n, const char *end, uint32_t *stop) {
    static const char absent[33] = "0";
    uint32_t negative = 0;
    uint32_t rare = 0;
    for (size_t i = 0; i < n; i++) {
        bool here = start[i] != LEAT_NUMBER_ABSENT;
        struct shape shape = scan(here ? base + start[i] : absent, here ? end : absent + 1, scans->digits[i]);
        stop[i] = here ? (uint32_t)(shape.end - base) : 0;
        scans->exponent10[i] = shape.exponent10;
        negative |= shape.negative << i;
        rare |= (uint32_t)shape.rare << i;
    }
    scans->negative = (uint8_t)negative;
    scans->rare = (uint8_t)rare;
}

// The values of eight times up to 19 digits: pairs, fours, eights, then sums of three eights.
static inline __m512i values_of_digits(const struct scans *scans) {
    __m512i fours[LANES / 2];
    for (int i = 0; i < LANES / 2; i++) {
        __m512i digits = _mm512_load_si512(scans->digits[2 * i]);
        fours[i] = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010a)), _mm512_set1_epi32(0x00010064));
    }
    const __m512i ten_thousands = _mm512_set1_epi32(0x00012710);
    __m512i low_half = _mm512_madd_epi16(_mm512_packus_epi32(fours[0], fours[1]), ten_thousands);
    __m512i high_half = _mm512_madd_epi16(_mm512_packus_epi32(fours[2], fours[3]), ten_thousands);
    // Packing works in 128-bit lanes: 64-bit words are now digits 0..15 of numbers 0 2, 16..31 of 0 2, 0..15 of 1 3, 16..31 of 1 3.
    __m512i front = _mm512_permutex2var_epi64(low_half, _mm512_setr_epi64(0, 4, 1, 5, 8, 12, 9, 13), high_half);
    __m512i back = _mm512_permutex2var_epi64(low_half, _mm512_setr_epi64(2, 6, 3, 7, 10, 14, 11, 15), high_half);
    const __m512i eight = _mm512_set1_epi64(100000000);
    __m512i sum = _mm512_mul_epu32(_mm512_srli_epi64(front, 32), eight);
    sum = _mm512_add_epi64(sum, _mm512_and_si512(back, _mm512_set1_epi64(0xffffffff)));
    return _mm512_add_epi64(_mm512_mullo_epi64(sum, eight), _mm512_srli_epi64(back, 32));
}

// Converts n <= LANES numbers; returns those that have to be parsed one by one.
static inline unsigned convert(const struct near_powers *powers, const struct scans *scans, size_t n, double *out) {
    __mmask8 lanes = (__mmask8)((1u << n) - 1);
    __mmask8 hard;
    __m256i exponent10 = _mm256_load_si256((const __m256i *)(const void *)scans->exponent10);
    __m512i bits = nearest_bits(powers, values_of_digits(scans), exponent10, &hard);
    const __m512i sign = _mm512_set1_epi64((long long)(1ull << 63));
    _mm512_mask_storeu_epi64(out, lanes, _mm512_mask_or_epi64(bits, scans->negative, bits, sign));
    return (unsigned)(hard | scans->rare) & lanes;
}

void leat_double_parse_batch_avx512(const char *base, const uint32_t *start, size_t n, const char *end, double *out, uint32_t *stop) {
    const struct near_powers powers = near_powers_load();
    struct scans scans[GROUPS] = {0};
    for (size_t block = 0; block < n; block += LANES * GROUPS) {
        size_t count = LEAT_MIN(n - block, LANES * GROUPS);
        for (size_t i = 0; i < count; i += LANES) {
            size_t at = block + i;
            scan_group(&scans[i / LANES], base, start + at, LEAT_MIN(count - i, LANES), end, stop + at);
        }
        for (size_t i = 0; i < count; i += LANES) {
            size_t at = block + i;
            for (unsigned left = convert(&powers, &scans[i / LANES], LEAT_MIN(count - i, LANES), out + at); LEAT_UNLIKELY(left != 0);
                 left &= left - 1) {
                size_t rare = at + (size_t)__builtin_ctz(left);
                out[rare] = 0;
                const char *behind = leat_double_parse_prefix(base + start[rare], end, &out[rare]);
                stop[rare] = behind == NULL ? 0 : (uint32_t)(behind - base);
            }
        }
    }
}
