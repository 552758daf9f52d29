// The loops over one column with AVX2: a number is loaded so that its last digit comes to the end of the register, its point is
// passed over by a second load, and its digits are summed in pairs, fours and eights.
#include "engine/expr/number.h"
#include "ingest/json/json_columns.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline uint32_t bits(__m256i lanes) {
    return (uint32_t)_mm256_movemask_epi8(lanes);
}

static inline __m256i at_most(__m256i bytes, char c) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(c)), bytes);
}

// All ones in the last `count` lanes.
static inline __m256i last_lanes(unsigned count) {
    const __m256i left = _mm256_setr_epi8(32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8,
                                          7, 6, 5, 4, 3, 2, 1);
    return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(count + 1)), left);
}

// The value of the last `count` lanes, 1 to 19 digits.
static inline uint64_t value_of_digits(__m256i text, unsigned count) {
    __m256i digits = _mm256_and_si256(_mm256_sub_epi8(text, _mm256_set1_epi8('0')), last_lanes(count));
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

// What json_columns_avx512.c says of numbers holds here. A number so near to the start of the text that the loads would begin in
// front of it is left over.
int leat_json_fill_double_avx2(const struct leat_json_fill *fill) {
    struct leat_json_decimals *const decimals = &fill->decoder->fast.decimals;
    const char *const text = fill->text;
    const uint32_t *const places = fill->places, count = fill->count;
    double *out = leat_column_double(fill->column);
    uint16_t *const others = fill->others;
    uint32_t plain = 0, other = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *p = text + places[i];
        __m256i bytes = load_32(p);
        unsigned length = _tzcnt_u32(~bits(at_most(_mm256_sub_epi8(bytes, _mm256_set1_epi8('-')), '9' - '-')));
        uint32_t is_digit = _bzhi_u32(bits(at_most(_mm256_sub_epi8(bytes, _mm256_set1_epi8('0')), 9)), length);
        unsigned digit_count = (unsigned)_mm_popcnt_u32(is_digit);
        if (LEAT_UNLIKELY(length - 1 > 30 || digit_count > 19 || places[i] < 33)) {
            others[other++] = (uint16_t)i; // left for later: a call here would cost the loop its registers
            continue;
        }
        // Without a point the last digit is taken for it, behind which no digits count either.
        uint32_t point = _bzhi_u32(bits(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.'))), length);
        unsigned fraction = length - 1 - _tzcnt_u32(point | 1u << (length - 1));
        const char *last = p + length - 32;
        __m256i digits = _mm256_blendv_epi8(load_32(last - (point != 0)), load_32(last), last_lanes(fraction));
        decimals->mantissa[plain] = value_of_digits(digits, digit_count);
        decimals->exponent10[plain] = -(int32_t)fraction;
        decimals->negative[plain] = *p == '-';
        decimals->rows[plain++] = fill->rows[i];
    }
    leat_double_from_decimals(decimals->mantissa, decimals->exponent10, decimals->negative, decimals->number, plain);
    for (uint32_t i = 0; i < plain; i++)
        out[decimals->rows[i]] = decimals->number[i];
    return fill_others(fill, other);
}

int leat_json_fill_int64_avx2(const struct leat_json_fill *fill) {
    int64_t *const out = leat_column_int64(fill->column);
    const char *const text = fill->text;
    const uint32_t *const places = fill->places, count = fill->count;
    const uint16_t *const rows = fill->rows;
    uint16_t *const others = fill->others;
    uint32_t other = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *p = text + places[i];
        uint32_t is_digit = bits(at_most(_mm256_sub_epi8(load_32(p), _mm256_set1_epi8('0')), 9));
        int64_t negative = *p == '-';
        unsigned length = _tzcnt_u32(~(is_digit | (uint32_t)negative)); // a minus counts as a leading zero
        if (LEAT_UNLIKELY(length - 1 > 17 || p[length] == '.' || places[i] < 32)) {
            others[other++] = (uint16_t)i;
            continue;
        }
        uint64_t number = value_of_digits(load_32(p + length - 32), length - (unsigned)negative);
        out[rows[i]] = ((int64_t)number ^ -negative) + negative;
    }
    return fill_others(fill, other);
}

int leat_json_fill_text_avx2(const struct leat_json_fill *fill) {
    struct leat_text *out = leat_column_text(fill->column);
    uint16_t *const others = fill->others;
    uint32_t other = 0;
    const __m256i quotes = _mm256_set1_epi8('"');
    const __m128i lanes = _mm_setr_epi8(0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = fill->text + fill->places[i];
        if (LEAT_UNLIKELY(*p++ != '"')) {
            others[other++] = (uint16_t)i;
            continue;
        }
        const char *part = p;
        uint32_t quote;
        while (LEAT_UNLIKELY((quote = bits(_mm256_cmpeq_epi8(load_32(part), quotes))) == 0))
            part += 32;
        uint32_t length = (uint32_t)(part - p) + _tzcnt_u32(quote);
        if (LEAT_LIKELY(length <= LEAT_TEXT_INLINE_BYTES)) {
            __m128i inside = _mm_cmpgt_epi8(_mm_set1_epi8((char)length), lanes);
            __m128i text = _mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)(p - 4)), inside);
            _mm_storeu_si128((__m128i *)(void *)&out[fill->rows[i]], _mm_insert_epi32(text, (int)length, 0));
        } else {
            out[fill->rows[i]] = leat_text_view(p, length);
        }
    }
    return fill_others(fill, other);
}

uint32_t leat_json_list_members_avx2(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid) {
    const __m256i shifts = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28), zero = _mm256_setzero_si256();
    uint32_t members = 0;
    memset(valid, 0xff, LEAT_BATCH_WORDS * sizeof *valid);
    for (uint32_t row = 0; row < count; row += 8) {
        uint32_t asked = count - row >= 8 ? 0xff : (1u << (count - row)) - 1;
        __m256i place = load_32(places + row);
        uint32_t absent = asked & (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(place, zero)));
        // Four bits a row: the numbers of the rows that are there, moved together, choose the lanes.
        uint32_t there = _pdep_u32(asked & ~absent, 0x11111111) * 15;
        __m256i lanes = _mm256_srlv_epi32(_mm256_set1_epi32((int)_pext_u32(0x76543210, there)), shifts);
        __m256i number = _mm256_add_epi32(_mm256_and_si256(lanes, _mm256_set1_epi32(7)), _mm256_set1_epi32((int)row));
        __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(number), _mm256_extracti128_si256(number, 1));
        _mm256_storeu_si256((__m256i *)(void *)(member_places + members), _mm256_permutevar8x32_epi32(place, lanes));
        _mm_storeu_si128((__m128i *)(void *)(rows + members), packed);
        members += (uint32_t)_mm_popcnt_u32(asked & ~absent);
        valid[row / 64] ^= (uint64_t)absent << row % 64;
    }
    return members;
}
