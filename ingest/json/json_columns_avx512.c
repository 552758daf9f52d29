// The loops over one column with AVX-512: the digits of a number are brought together, moved to the end of a register and summed
// in pairs, fours and eights; doubles are rounded eight at a time by the number library.
#include "engine/expr/number.h"
#include "ingest/json/json_columns.h"

#include <immintrin.h>

// Loaded at n: lane i of 32 takes what is in lane (i + n) % 32.
static const int8_t rotation[64] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

// The value of the first `count` lanes, 1 to 19 digits of 0 to 9; the others are zero.
static inline uint64_t value_of_digits(__m256i digits, unsigned count) {
    digits = _mm256_permutexvar_epi8(load_32(rotation + count), digits); // the last digit goes to the last lane
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010a));
    __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
    __m128i low = _mm256_extracti128_si256(fours, 1);
    __m128i eights = _mm_madd_epi16(_mm_packus_epi32(low, low), _mm_set1_epi32(0x00012710));
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    uint64_t top = (uint32_t)_mm_extract_epi32(_mm256_castsi256_si128(fours), 3);
    return top * UINT64_C(10000000000000000) + (both & 0xffffffff) * 100000000 + (both >> 32);
}

// Converts the members that a loop has left over.
static int fill_others(const struct leat_json_fill *fill, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (leat_json_fill_any(fill, fill->others[i], fill->text + fill->places[fill->others[i]]) != 0)
            return -1;
    return 0;
}

// The numbers here are right, and have no exponent: a minus perhaps, digits, perhaps a point and digits. Of the characters that may
// come next none lies between '-' and '9'.
int leat_json_fill_double_avx512(const struct leat_json_fill *fill) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    const char *const text = fill->text;
    const uint32_t *const places = fill->places, count = fill->count;
    double *out = leat_column_double(fill->column);
    uint16_t *const others = fill->others;
    uint32_t plain = 0, other = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *p = text + places[i];
        __m256i bytes = load_32(p), digits = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
        uint32_t number = _mm256_cmple_epu8_mask(_mm256_sub_epi8(bytes, _mm256_set1_epi8('-')), _mm256_set1_epi8('9' - '-'));
        unsigned length = _tzcnt_u32(~number);
        uint32_t is_digit = _bzhi_u32(_mm256_cmple_epu8_mask(digits, _mm256_set1_epi8(9)), length);
        unsigned digit_count = (unsigned)_mm_popcnt_u32(is_digit);
        if (LEAT_UNLIKELY(length - 1 > 30 || digit_count > 19)) {
            others[other++] = (uint16_t)i; // left for later: a call here would cost the loop its registers
            continue;
        }
        // Without a point the last digit is taken for it, behind which no digits count either.
        uint32_t point = _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('.')) | 1u << (length - 1);
        decimals->mantissa[plain] = value_of_digits(_mm256_maskz_compress_epi8(is_digit, digits), digit_count);
        decimals->exponent10[plain] = (int32_t)(_tzcnt_u32(point) + 1 - length);
        decimals->negative[plain] = *p == '-';
        decimals->rows[plain++] = fill->rows[i];
    }
    leat_double_from_decimals(decimals->mantissa, decimals->exponent10, decimals->negative, decimals->number, plain);
    for (uint32_t i = 0; i < plain; i++)
        out[decimals->rows[i]] = decimals->number[i];
    return fill_others(fill, other);
}

int leat_json_fill_int64_avx512(const struct leat_json_fill *fill) {
    int64_t *const out = leat_column_int64(fill->column);
    const char *const text = fill->text;
    const uint32_t *const places = fill->places, count = fill->count;
    const uint16_t *const rows = fill->rows;
    uint16_t *const others = fill->others;
    uint32_t other = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *p = text + places[i];
        __m256i bytes = load_32(p), digits = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
        uint32_t is_digit = _mm256_cmple_epu8_mask(digits, _mm256_set1_epi8(9));
        int64_t negative = *p == '-';
        unsigned length = _tzcnt_u32(~(is_digit | (uint32_t)negative)); // a minus counts as a leading zero
        if (LEAT_UNLIKELY(length - 1 > 17 || p[length] == '.')) {
            others[other++] = (uint16_t)i;
            continue;
        }
        uint64_t number = value_of_digits(_mm256_maskz_mov_epi8(_bzhi_u32(is_digit, length), digits), length);
        out[rows[i]] = ((int64_t)number ^ -negative) + negative;
    }
    return fill_others(fill, other);
}

int leat_json_fill_text_avx512(const struct leat_json_fill *fill) {
    struct leat_text *out = leat_column_text(fill->column);
    uint16_t *const others = fill->others;
    uint32_t other = 0;
    const __m512i quotes = _mm512_set1_epi8('"');
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = fill->text + fill->places[i];
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
            __m128i text = _mm_maskz_loadu_epi8((__mmask16)(((1u << length) - 1) << 4), p - 4);
            _mm_storeu_si128((__m128i *)(void *)&out[fill->rows[i]], _mm_insert_epi32(text, (int)length, 0));
        } else {
            out[fill->rows[i]] = leat_text_view(p, length);
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
