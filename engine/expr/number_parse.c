// Doubles and integers from text. The common shapes take a path without loops over single characters; everything else is
// scanned byte by byte, and only numbers of more than 19 significant digits can ever need number_exact.c.
#include "engine/expr/number.h"

#include "engine/base/cpu.h"
#include "engine/expr/number_exact.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define DIGITS_U64_MAX 19
#define EXPONENT_LIMIT 100000
#define ASCII_ZEROS    0x3030303030303030u

// A number taken apart: value = mantissa * 10^exponent10, or a little more in magnitude when truncated.
struct decimal {
    uint64_t mantissa;
    int32_t exponent10;
    bool negative;
    bool truncated;
};

static inline double double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t bits_from_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// 1 if c is `wanted`, else 0. Not a comparison, for which compilers set one byte of a register: whatever computed the rest of the
// register before, such as the previous number in a loop, would have to be waited for.
static inline uint64_t is_char(char c, char wanted) {
    return ((uint64_t)(uint8_t)(c ^ wanted) - 1) >> 63;
}

static inline bool is_digit(char c) {
    return (uint8_t)(c - '0') < 10;
}

// The bits of the double nearest to w * 10^q, without sign. Eisel and Lemire: one 64 by 64 bit product holds enough of
// w * 10^q to round it, except where its low bits are all ones; then the low half of the power is added in.
// `near`: the caller knows q to be in -22..0, so that the result is neither subnormal nor infinite.
__attribute__((always_inline)) static inline uint64_t nearest_double_bits(uint64_t w, int32_t q, bool near) {
    if (LEAT_UNLIKELY(w == 0 || (!near && q < LEAT_POW10_MIN))) {
        return 0;
    }
    if (LEAT_UNLIKELY(!near && q > 308)) {
        return 0x7ffull << 52;
    }
    const struct leat_pow10 *power = &leat_pow10_table[q - LEAT_POW10_MIN];
    int zeros = 63 - (int)leat_number_highest_bit(w);
    w <<= zeros;
    leat_u128 product = (leat_u128)w * power->high;
    uint64_t high = (uint64_t)(product >> 64);
    uint64_t low = (uint64_t)product;
    if (LEAT_UNLIKELY((high & 0x1ff) == 0x1ff)) {
        // The proof is for powers >= 1 rounded down; the table rounds up those of more than 128 bits.
        uint64_t power_low = power->low - (q > LEAT_POW10_BITS128_MAX);
        uint64_t carry_in = (uint64_t)(((leat_u128)w * power_low) >> 64);
        low += carry_in;
        high += low < carry_in;
    }
    int top = (int)(high >> 63);
    uint64_t mantissa = high >> (top + 9); // 54 bits: one more than a double has, to round by
    int exponent = leat_log2_of_pow10(q) + top - zeros + 1086;
    if (LEAT_UNLIKELY(!near && exponent <= 0)) {
        if (exponent < -62) {
            return 0;
        }
        mantissa >>= 1 - exponent;
        return (mantissa + (mantissa & 1)) >> 1; // a carry into bit 52 gives the smallest normal number
    }
    // An exact tie is only possible for small powers; it was rounded up so far, and goes to even.
    if (LEAT_UNLIKELY(low <= 1 && (mantissa & 3) == 1 && q >= -4 && q <= 23 && mantissa << (top + 9) == high)) {
        mantissa &= ~1ull;
    }
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    uint64_t bits = ((uint64_t)(exponent - 1) << 52) + mantissa; // the hidden bit adds one to the exponent
    return LEAT_UNLIKELY(!near && bits > 0x7ffull << 52) ? 0x7ffull << 52 : bits;
}

double leat_double_from_decimal(bool negative, uint64_t mantissa, int32_t exponent10, bool truncated, const char *text, const char *end) {
    uint64_t bits = nearest_double_bits(mantissa, exponent10, false);
    if (LEAT_UNLIKELY(truncated)) {
        uint64_t next = nearest_double_bits(mantissa + 1, exponent10, false);
        if (bits != next) {
            bits = leat_number_round_exact(bits, text, end);
        }
    }
    return double_from_bits(bits | (uint64_t)negative << 63);
}

static void from_decimals_scalar(const uint64_t *mantissa, const int32_t *exponent10, const uint8_t *negative, double *out, size_t n) {
    for (size_t i = 0; i < n; i++) {
        out[i] = double_from_bits(nearest_double_bits(mantissa[i], exponent10[i], false) | (uint64_t)negative[i] << 63);
    }
}

void leat_double_from_decimals(const uint64_t *mantissa, const int32_t *exponent10, const uint8_t *negative, double *out, size_t n) {
    if (leat_simd_level() >= LEAT_SIMD_AVX512) {
        leat_double_from_decimals_avx512(mantissa, exponent10, negative, out, n);
    } else {
        from_decimals_scalar(mantissa, exponent10, negative, out, n);
    }
}

// Takes digits from `p`; zeros in front of the first other digit do not count as significant. `scale` is added to the exponent for
// every digit taken into the mantissa, `skipped` for every one that finds no room there.
static const char *scan_digits(const char *p, const char *end, struct decimal *number, int *digits, int64_t *exponent, int scale,
                               int skipped) {
    for (; p < end && is_digit(*p); p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (*digits < DIGITS_U64_MAX) {
            number->mantissa = number->mantissa * 10 + digit;
            *digits += number->mantissa != 0;
            *exponent += scale;
        } else {
            number->truncated |= digit != 0;
            *exponent += skipped;
        }
    }
    return p;
}

// The exponent behind 'e', at `p`; NULL when there is no digit. Saturates far beyond what a text of any length could cancel.
static const char *scan_exponent(const char *p, const char *end, int64_t *exponent) {
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p == end || !is_digit(*p)) {
        return NULL;
    }
    int64_t value = 0;
    for (; p < end && is_digit(*p); p++) {
        if (value < (INT64_C(1) << 50)) {
            value = value * 10 + (*p - '0');
        }
    }
    *exponent += negative ? -value : value;
    return p;
}

// Far outside the range of doubles one exponent is as good as another.
static inline int32_t clamp_exponent(int64_t exponent) {
    return (int32_t)(exponent < -EXPONENT_LIMIT ? -EXPONENT_LIMIT : LEAT_MIN(exponent, EXPONENT_LIMIT));
}

// Scans any JSON number, byte by byte, reading nothing behind `end`. Returns where it ends, NULL when there is none.
static const char *scan_any(const char *text, const char *end, struct decimal *number) {
    const char *p = text;
    *number = (struct decimal){.negative = p < end && *p == '-'};
    p += number->negative;
    if (p == end || !is_digit(*p) || (*p == '0' && p + 1 < end && is_digit(p[1]))) {
        return NULL;
    }
    int digits = 0;
    int64_t exponent = 0;
    p = scan_digits(p, end, number, &digits, &exponent, 0, 1);
    if (p < end && *p == '.') {
        const char *fraction = p + 1;
        p = scan_digits(fraction, end, number, &digits, &exponent, -1, 0);
        if (p == fraction) {
            return NULL;
        }
    }
    if (p < end && (*p | 0x20) == 'e') {
        p = scan_exponent(p + 1, end, &exponent);
    }
    number->exponent10 = clamp_exponent(exponent);
    return p;
}

static double double_from_scan(const struct decimal *number, const char *text, const char *end) {
    return leat_double_from_decimal(number->negative, number->mantissa, number->exponent10, number->truncated, text, end);
}

static const char *parse_any(const char *text, const char *end, double *out) {
    struct decimal number;
    const char *stop = scan_any(text, end, &number);
    if (stop != NULL) {
        *out = double_from_scan(&number, text, stop);
    }
    return stop;
}

static inline uint64_t load_8(const char *p) {
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return bytes;
}

// The bit number of the topmost bit of the first of eight bytes that is above 9, or 64: one byte is never counted too early, for
// carries only disturb bytes behind the first.
static inline unsigned first_above_9(uint64_t bytes) {
    uint64_t above = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
    return above == 0 ? 64 : leat_number_lowest_bit(above);
}

// The value of eight digits, the first in the lowest byte, each 0..9: pairs, then fours, then eight.
static inline uint32_t value_of_8(uint64_t digits) {
    digits = digits * 10 + (digits >> 8);
    uint64_t even = (digits & 0x000000ff000000ff) * 0x000f424000000064;
    uint64_t odd = ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
    return (uint32_t)((even + odd) >> 32);
}

// Loaded at 16 - n it moves the first n of 16 bytes to the end and clears the rest.
static const uint8_t right_align[32] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                        0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15};

// Counts the digits, 0..16, at `p` and gives their value. Reads 16 bytes.
static inline unsigned scan_16(const char *p, uint64_t *value) {
    __m128i digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
    unsigned count = leat_number_lowest_bit(~(uint64_t)(unsigned)_mm_movemask_epi8(is_digit));
    __m128i order = _mm_loadu_si128((const __m128i *)(const void *)(right_align + count));
    digits = _mm_shuffle_epi8(digits, order);
    __m128i pairs = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010a));
    __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x00012710));
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    *value = (both & 0xffffffff) * 100000000 + (both >> 32);
    return count;
}

// Apart from the function below, so that its registers are not spilled for this.
__attribute__((noinline)) static const char *finish_with_exponent(const char *p, const char *end, struct decimal number, double *out) {
    int64_t exponent = number.exponent10;
    p = scan_exponent(p, end, &exponent);
    if (p != NULL) {
        *out = leat_double_from_decimal(number.negative, number.mantissa, clamp_exponent(exponent), false, NULL, NULL);
    }
    return p;
}

// The common shape is a minus sign or none, up to 7 digits, and perhaps a point and up to 16 digits. It is scanned without regard to
// `end`, reading at most 33 bytes from `text`; only then is it seen whether it ran over. Any other shape starts again in parse_any.
const char *leat_double_parse_prefix(const char *text, const char *end, double *out) {
    if (LEAT_UNLIKELY(text >= end)) {
        return NULL;
    }
    uint64_t negative = is_char(*text, '-');
    const char *p = text + negative;
    uint64_t digits = load_8(p) ^ ASCII_ZEROS;
    unsigned stop = first_above_9(digits); // 8 * whole_digits + 7
    unsigned whole_digits = stop / 8;
    bool leading_zero = stop > 15 + ((digits & 0xff) << 8); // the first byte is 0 and not the only one
    if (LEAT_UNLIKELY(whole_digits - 1 > 6 || leading_zero)) {
        return parse_any(text, end, out);
    }
    uint64_t mantissa = value_of_8(digits << ((7 - stop) & 63));
    p += whole_digits;
    int32_t exponent10 = 0;
    uint64_t bits;
    if (LEAT_LIKELY(*p == '.')) {
        uint64_t fraction;
        unsigned count = scan_16(p + 1, &fraction);
        // Beyond 19 digits the mantissa could overflow, and 16 may not be the end of them.
        if (LEAT_UNLIKELY(count - 1 > 14) && (count == 0 || is_digit(p[17]))) {
            return parse_any(text, end, out);
        }
        if (LEAT_UNLIKELY(whole_digits + count > DIGITS_U64_MAX)) {
            return parse_any(text, end, out);
        }
        mantissa = mantissa * leat_pow10_u64[count] + fraction;
        exponent10 = -(int32_t)count;
        p += 1 + count;
        bits = nearest_double_bits(mantissa, exponent10, true);
    } else {
        bits = bits_from_double((double)(int64_t)mantissa);
    }
    if (LEAT_UNLIKELY(p > end)) {
        return parse_any(text, end, out);
    }
    if (LEAT_UNLIKELY((*p | 0x20) == 'e') && p < end) {
        return finish_with_exponent(p + 1, end, (struct decimal){mantissa, exponent10, negative != 0, false}, out);
    }
    *out = double_from_bits(bits | negative << 63);
    return p;
}

static void parse_batch_scalar(const char *base, const uint32_t *start, size_t n, const char *end, double *out, uint32_t *stop) {
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        const char *behind = start[i] == LEAT_NUMBER_ABSENT ? NULL : leat_double_parse_prefix(base + start[i], end, &out[i]);
        stop[i] = behind == NULL ? 0 : (uint32_t)(behind - base);
    }
}

void leat_double_parse_batch(const char *base, const uint32_t *start, size_t n, const char *end, double *out, uint32_t *stop) {
    if (leat_simd_level() >= LEAT_SIMD_AVX512) {
        leat_double_parse_batch_avx512(base, start, n, end, out, stop);
    } else {
        parse_batch_scalar(base, start, n, end, out, stop);
    }
}

bool leat_double_parse(const char *text, size_t length, double *out) {
    const char *end = text + length;
    struct decimal number;
    if (length == 0 || scan_any(text, end, &number) != end) {
        return false;
    }
    *out = double_from_scan(&number, text, end);
    return true;
}

// Takes digits from `p` as a negative number, whose range is the larger one; NULL when out of range.
static const char *scan_int64(const char *p, const char *end, bool negative, int64_t *out) {
    int64_t value = 0;
    for (; p < end && is_digit(*p); p++) {
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, *p - '0', &value)) {
            return NULL;
        }
    }
    if (!negative && value == INT64_MIN) {
        return NULL;
    }
    *out = negative ? value : -value;
    return p;
}

bool leat_int64_parse(const char *text, size_t length, int64_t *out) {
    const char *end = text + length;
    bool negative = length > 0 && *text == '-';
    const char *p = text + negative;
    int64_t value;
    if (p == end || scan_int64(p, end, negative, &value) != end) {
        return false;
    }
    *out = value;
    return true;
}

// Any JSON integer, byte by byte.
static const char *scan_any_int64(const char *text, const char *end, int64_t *out) {
    bool negative = *text == '-';
    const char *p = text + negative;
    if (p >= end || !is_digit(*p) || (*p == '0' && p + 1 < end && is_digit(p[1]))) {
        return NULL;
    }
    return scan_int64(p, end, negative, out);
}

// The value of the first `stop` / 8 of eight digits.
static inline uint64_t value_until(uint64_t digits, unsigned stop) {
    return stop < 8 ? 0 : value_of_8(digits << ((7 - stop) & 63));
}

// Up to 15 digits are taken eight at a time without regard to `end`; it is looked at afterwards.
const char *leat_int64_parse_prefix(const char *text, const char *end, int64_t *out) {
    if (LEAT_UNLIKELY(text >= end)) {
        return NULL;
    }
    uint64_t negative = is_char(*text, '-');
    const char *p = text + negative;
    uint64_t digits = load_8(p) ^ ASCII_ZEROS;
    unsigned stop = first_above_9(digits);
    if (LEAT_UNLIKELY(stop < 8 || stop > 15 + ((digits & 0xff) << 8))) {
        return scan_any_int64(text, end, out);
    }
    uint64_t value;
    if (stop < 64) {
        value = value_of_8(digits << ((7 - stop) & 63));
    } else {
        uint64_t more = load_8(p + 8) ^ ASCII_ZEROS;
        unsigned more_stop = first_above_9(more);
        if (LEAT_UNLIKELY(more_stop == 64)) {
            return scan_any_int64(text, end, out);
        }
        value = value_of_8(digits) * leat_pow10_u64[more_stop / 8] + value_until(more, more_stop);
        stop += more_stop;
    }
    p += stop / 8;
    if (LEAT_UNLIKELY(p > end)) {
        return scan_any_int64(text, end, out);
    }
    *out = (int64_t)((value ^ (0 - negative)) + negative);
    return p;
}
