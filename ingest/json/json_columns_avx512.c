// The loops over one column with AVX-512: the digits of a number are brought together, moved to the end of a register and summed
// in pairs, fours and eights; doubles are rounded eight at a time by the number library.
#include "engine/expr/number.h"
#include "ingest/json/json_columns.h"

#include <immintrin.h>

// Loaded at n: lane i of 32 takes what is in lane i - (32 - n); lanes without such a one are to be masked.
static const int8_t move_to_end[64] = {
    -32, -31, -30, -29, -28, -27, -26, -25, -24, -23, -22, -21, -20, -19, -18, -17, -16, -15, -14, -13, -12, -11,
    -10, -9,  -8,  -7,  -6,  -5,  -4,  -3,  -2,  -1,  0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,
    12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,  29,  30,  31,
};

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

// The value of the `count` digits, 1 to 19, that `digits` starts with, each 0 to 9.
static inline uint64_t value_of_digits(__m256i digits, unsigned count) {
    digits = _mm256_maskz_permutexvar_epi8(UINT32_MAX << (32 - count), load_32(move_to_end + count), digits);
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010a));
    __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
    __m128i low = _mm256_extracti128_si256(fours, 1);
    __m128i eights = _mm_madd_epi16(_mm_packus_epi32(low, low), _mm_set1_epi32(0x00012710));
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    uint64_t top = (uint32_t)_mm_extract_epi32(_mm256_castsi256_si128(fours), 3);
    return top * UINT64_C(10000000000000000) + (both & 0xffffffff) * 100000000 + (both >> 32);
}

int leat_json_fill_double_avx512(const struct leat_json_fill *fill) {
    struct leat_json_decimals *decimals = &fill->decoder->fast.decimals;
    double *out = leat_column_double(fill->column);
    uint32_t plain = 0;
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *start = leat_json_value_at(fill, fill->places[i]), *p = start + (*start == '-');
        __m256i digits = _mm256_sub_epi8(load_32(p), _mm256_set1_epi8('0'));
        uint32_t is_digit = _mm256_cmple_epu8_mask(digits, _mm256_set1_epi8(9));
        unsigned whole = _tzcnt_u32(~is_digit);
        // Behind a point there are digits, behind anything else in the grammar there are none.
        uint32_t is_point = _mm256_cmpeq_epi8_mask(digits, _mm256_set1_epi8('.' - '0'));
        unsigned point = _bextr_u32(is_point, whole, 1);
        unsigned length = _tzcnt_u32(~(is_digit | point << (whole & 31)));
        unsigned count = length - point;
        if (LEAT_UNLIKELY(whole - 1 > 30 || count > 19)) {
            if (leat_json_fill_any(fill, i, start) != 0)
                return -1;
            continue;
        }
        decimals->mantissa[plain] = value_of_digits(_mm256_maskz_compress_epi8(_bzhi_u32(is_digit, length), digits), count);
        decimals->exponent10[plain] = (int32_t)(whole - length + point);
        decimals->negative[plain] = *start == '-';
        decimals->rows[plain++] = fill->rows[i];
    }
    leat_double_from_decimals(decimals->mantissa, decimals->exponent10, decimals->negative, decimals->number, plain);
    for (uint32_t i = 0; i < plain; i++)
        out[decimals->rows[i]] = decimals->number[i];
    return 0;
}

int leat_json_fill_int64_avx512(const struct leat_json_fill *fill) {
    int64_t *out = leat_column_int64(fill->column);
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *start = leat_json_value_at(fill, fill->places[i]);
        int64_t negative = *start == '-';
        const char *p = start + negative;
        __m256i digits = _mm256_sub_epi8(load_32(p), _mm256_set1_epi8('0'));
        unsigned count = _tzcnt_u32(~_mm256_cmple_epu8_mask(digits, _mm256_set1_epi8(9)));
        if (LEAT_UNLIKELY(count - 1 > 17 || p[count] == '.')) {
            if (leat_json_fill_any(fill, i, start) != 0)
                return -1;
            continue;
        }
        out[fill->rows[i]] = ((int64_t)value_of_digits(digits, count) ^ -negative) + negative;
    }
    return 0;
}

int leat_json_fill_text_avx512(const struct leat_json_fill *fill) {
    struct leat_text *out = leat_column_text(fill->column);
    const __m512i quotes = _mm512_set1_epi8('"');
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = leat_json_value_at(fill, fill->places[i]);
        if (LEAT_UNLIKELY(*p++ != '"')) {
            if (leat_json_fill_any(fill, i, p - 1) != 0)
                return -1;
            continue;
        }
        const char *part = p;
        uint64_t quote;
        while (LEAT_UNLIKELY((quote = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(part), quotes)) == 0))
            part += 64;
        uint32_t length = (uint32_t)(part - p) + (uint32_t)_tzcnt_u64(quote);
        if (LEAT_LIKELY(length <= LEAT_TEXT_INLINE_BYTES)) {
            __m128i text = _mm_maskz_loadu_epi8((__mmask16)(((1u << length) - 1) << 4), p - 4);
            _mm_storeu_si128((__m128i *)(void *)&out[fill->rows[i]], _mm_insert_epi32(text, (int)length, 0));
        } else {
            out[fill->rows[i]] = leat_text_view(p, length);
        }
    }
    return 0;
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
