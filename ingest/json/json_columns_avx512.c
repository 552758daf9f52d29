// The loops over one column with AVX-512. The digits of each number are brought together and set down; those of eight numbers are then
// summed at once in pairs, fours and eights, and doubles rounded by the number library.
#include "engine/expr/number.h"
#include "ingest/json/json_columns.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

// The values of the sixteen digits of eight numbers, of 0 to 9.
static inline __m512i values_of_sixteen(const uint8_t (*digits)[16]) {
    const __m512i tens = _mm512_set1_epi16(0x010a), hundreds = _mm512_set1_epi32(0x00010064), myriads = _mm512_set1_epi32(0x00012710);
    __m512i low = _mm512_madd_epi16(_mm512_maddubs_epi16(_mm512_loadu_si512(digits), tens), hundreds);
    __m512i high = _mm512_madd_epi16(_mm512_maddubs_epi16(_mm512_loadu_si512(digits + 4), tens), hundreds);
    __m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(low, high), myriads);
    __m512i values = _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), values); // the packing took turns between the halves
}

// The sums of four digits of eight numbers, each digit times its weight, and each pair times its own: the first is the lowest part.
static inline __m512i values_of_four(const uint32_t *digits, uint32_t weights, uint32_t pair_weights) {
    __m256i pairs = _mm256_maddubs_epi16(load_32(digits), _mm256_set1_epi32((int)weights));
    return _mm512_cvtepu32_epi64(_mm256_madd_epi16(pairs, _mm256_set1_epi32((int)pair_weights)));
}

// Converts the members that a loop has left over.
static int fill_others(const struct leat_json_fill *fill, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (leat_json_fill_any(fill, fill->others[i], fill->text + fill->places[fill->others[i]]) != 0)
            return -1;
    return 0;
}

// Sets down the digits of the numbers from `begin` to `end`; returns the new number of others. The numbers here are right, and have
// no exponent: a minus perhaps, digits, perhaps a point and digits. Of the characters that may come next none lies between '-' and '9'.
static inline uint32_t take_decimals(const struct leat_json_fill *fill, uint32_t begin, uint32_t end, uint32_t other) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    struct leat_json_digits *const digits = &decimals->digits;
    for (uint32_t i = begin; i < end; i++) {
        __m256i bytes = load_32(fill->text + fill->places[i]), numbers = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
        uint32_t behind = ~_mm256_cmple_epu8_mask(_mm256_sub_epi8(bytes, _mm256_set1_epi8('-')), _mm256_set1_epi8('9' - '-'));
        unsigned length = _tzcnt_u32(behind);
        uint32_t is_digit = _bzhi_u32(_mm256_cmple_epu8_mask(numbers, _mm256_set1_epi8(9)), length);
        if (LEAT_UNLIKELY(length - 1 > 30 || _mm_popcnt_u32(is_digit) > 19)) {
            fill->others[other++] = (uint16_t)i; // left for later: a call here would cost the loop its registers
            continue;
        }
        // As 19 digits, those behind the last being zeros, so that the exponent is where the point stands, or the end.
        uint32_t point = _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('.')), negative = ~is_digit & 1;
        __m256i together = _mm256_maskz_compress_epi8(is_digit, numbers);
        _mm_storeu_si128((__m128i *)(void *)digits->sixteen[i - begin], _mm256_castsi256_si128(together));
        digits->four[i - begin] = (uint32_t)_mm_cvtsi128_si32(_mm256_extracti128_si256(together, 1));
        decimals->exponent10[i] = (int32_t)(_tzcnt_u32(point | behind) - negative) - 19;
        decimals->negative[i] = (uint8_t)negative;
    }
    return other;
}

int leat_json_fill_double_avx512(const struct leat_json_fill *fill) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    const struct leat_json_digits *const digits = &decimals->digits;
    const uint32_t count = fill->count;
    double *const out = leat_column_double(fill->column);
    uint32_t other = 0;
    for (uint32_t begin = 0; begin < count; begin += LEAT_JSON_DIGITS) {
        uint32_t end = LEAT_MIN(count, begin + LEAT_JSON_DIGITS);
        other = take_decimals(fill, begin, end, other);
        for (uint32_t i = begin; i < end; i += 8) {
            __m512i first = _mm512_mullo_epi64(values_of_sixteen(digits->sixteen + (i - begin)), _mm512_set1_epi64(1000));
            __m512i mantissa = _mm512_add_epi64(first, values_of_four(digits->four + (i - begin), 0x00010a64, 0x00010001));
            _mm512_storeu_si512(decimals->mantissa + i, mantissa);
        }
    }
    leat_double_from_decimals(decimals->mantissa, decimals->exponent10, decimals->negative, decimals->number, count);
    for (uint32_t i = 0; i < count; i++)
        out[fill->rows[i]] = decimals->number[i];
    return fill_others(fill, other);
}

// take_decimals for integers of up to 18 digits; the digits are set down with the last one last.
static inline uint32_t take_integers(const struct leat_json_fill *fill, uint32_t begin, uint32_t end, uint32_t other) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    struct leat_json_digits *const digits = &decimals->digits;
    const __m256i zeros = _mm256_set1_epi8('0');
    for (uint32_t i = begin; i < end; i++) {
        const char *p = fill->text + fill->places[i];
        uint32_t is_digit = _mm256_cmple_epu8_mask(_mm256_sub_epi8(load_32(p), zeros), _mm256_set1_epi8(9)), negative = *p == '-';
        unsigned length = _tzcnt_u32(~(is_digit | negative)); // a minus counts as a leading zero
        if (LEAT_UNLIKELY(length - 1 > 17 || p[length] == '.')) {
            fill->others[other++] = (uint16_t)i;
            continue;
        }
        uint32_t last = UINT32_MAX << (32 - length + negative); // what is not asked for is not read
        __m256i text = _mm256_maskz_sub_epi8(last, _mm256_maskz_loadu_epi8(last, p + length - 32), zeros);
        _mm_storeu_si128((__m128i *)(void *)digits->sixteen[i - begin], _mm256_extracti128_si256(text, 1));
        digits->four[i - begin] = (uint32_t)_mm_extract_epi32(_mm256_castsi256_si128(text), 3);
        decimals->negative[i - begin] = (uint8_t)negative;
    }
    return other;
}

int leat_json_fill_int64_avx512(const struct leat_json_fill *fill) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    const struct leat_json_digits *const digits = &decimals->digits;
    const uint32_t count = fill->count;
    int64_t *const out = leat_column_int64(fill->column);
    uint32_t other = 0;
    for (uint32_t begin = 0; begin < count; begin += LEAT_JSON_DIGITS) {
        uint32_t end = LEAT_MIN(count, begin + LEAT_JSON_DIGITS);
        other = take_integers(fill, begin, end, other);
        for (uint32_t i = 0; i < end - begin; i += 8) {
            __m512i top =
                _mm512_mullo_epi64(values_of_four(digits->four + i, 0x010a010a, 0x00010064), _mm512_set1_epi64(10000000000000000));
            __m512i values = _mm512_add_epi64(values_of_sixteen(digits->sixteen + i), top);
            __m512i negative = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(const void *)(decimals->negative + i)));
            values = _mm512_mask_sub_epi64(values, _mm512_test_epi64_mask(negative, negative), _mm512_setzero_si512(), values);
            _mm512_storeu_si512(decimals->mantissa + begin + i, values);
        }
    }
    for (uint32_t i = 0; i < count; i++)
        out[fill->rows[i]] = (int64_t)decimals->mantissa[i];
    return fill_others(fill, other);
}

int leat_json_fill_text_avx512(const struct leat_json_fill *fill) {
    struct leat_text *const out = leat_column_text(fill->column);
    const char *const text = fill->text;
    const uint32_t *const places = fill->places, count = fill->count;
    const uint16_t *const rows = fill->rows;
    uint16_t *const others = fill->others;
    uint32_t other = 0;
    const __m512i quotes = _mm512_set1_epi8('"');
    for (uint32_t i = 0; i < count; i++) {
        const char *p = text + places[i];
        if (LEAT_UNLIKELY(*p++ != '"')) {
            others[other++] = (uint16_t)i;
            continue;
        }
        const char *part = p;
        uint64_t quote;
        while (LEAT_UNLIKELY((quote = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(part), quotes)) == 0))
            part += 64;
        uint32_t length = (uint32_t)(part - p) + (uint32_t)_tzcnt_u64(quote);
        if (LEAT_LIKELY(length <= LEAT_TEXT_INLINE_BYTES)) {
            __m128i bytes = _mm_maskz_loadu_epi8((__mmask16)(((1u << length) - 1) << 4), p - 4);
            _mm_storeu_si128((__m128i *)(void *)&out[rows[i]], _mm_insert_epi32(bytes, (int)length, 0));
        } else {
            out[rows[i]] = leat_text_view(p, length);
        }
    }
    return fill_others(fill, other);
}

uint32_t leat_json_list_members_avx512(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid) {
    const __m512i iota = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    uint32_t members = 0;
    memset(valid, 0xff, LEAT_BATCH_WORDS * sizeof *valid);
    for (uint32_t row = 0; row < count; row += 16) {
        __mmask16 asked = count - row >= 16 ? 0xffff : (__mmask16)((1u << (count - row)) - 1);
        __m512i place = _mm512_maskz_loadu_epi32(asked, places + row);
        __mmask16 there = _mm512_test_epi32_mask(place, place);
        __m512i number = _mm512_add_epi32(iota, _mm512_set1_epi32((int)row));
        _mm512_storeu_si512(member_places + members, _mm512_maskz_compress_epi32(there, place));
        _mm256_storeu_si256((__m256i *)(void *)(rows + members), _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(there, number)));
        members += (uint32_t)__builtin_popcount(there);
        valid[row / 64] ^= (uint64_t)(asked & (__mmask16)~there) << row % 64;
    }
    return members;
}
