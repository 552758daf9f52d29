// Doubles and integers to text. Digits are made 16 at a time and placed by shuffles, so that no shape of number but the
// place of the point costs a branch.
#include "engine/expr/number.h"

#include "engine/base/cpu.h"
#include "engine/expr/number_simd.h"
#include "engine/expr/number_tables.h"

#include <immintrin.h>

#define DIGITS_MAX      17
#define FRACTION_BITS   52
#define TEN_16          10000000000000000u
#define INTEGER_MAX     1e15
#define SIGN_BIT        (1ull << 63)
#define POINT_PLAIN_MIN (-5)
#define POINT_PLAIN_MAX 21

// A finite double other than zero, sign apart: digits * 10^(point - 17), with 10^16 <= digits < 10^17.
struct decimal {
    uint64_t digits;
    int point; // where the decimal point stands: 1 is behind the first digit
};

// Loaded at n in 0..16 it moves the last 16 - n of 16 bytes to the front and clears the rest.
static const uint8_t left_align[32] = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
                                       0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

// The digits of value < 10^16 as bytes 0..9, the most significant first. Both halves, then fours, pairs and single digits are
// divided out in parallel by multiplication with a reciprocal.
static inline __m128i digits_16(uint64_t value) {
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

// `bytes` without its first n in 0..16 bytes.
static inline __m128i drop_front(__m128i bytes, unsigned n) {
    return _mm_shuffle_epi8(bytes, _mm_loadu_si128((const __m128i *)(const void *)(left_align + n)));
}

static inline void store_16(char *out, __m128i bytes) {
    _mm_storeu_si128((__m128i *)(void *)out, bytes);
}

static inline uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Schubfach for the double c * 2^q. With k = floor(log10 of the width of its rounding interval) that interval, divided by 10^k, holds
// one or more integers and at most one multiple of ten: these are the candidates. All is computed times four, so that half-way
// points and interval ends are integers too; what lies between integers is kept as one sticky bit. The three products of the
// paper are one here: the ends differ from the middle by a shift of the power of ten, taken with all its 192 bits.
// Multiples of ten are only tried from `tens_from` on.
// `narrow_below`: the double below is only half as far away (c is a power of two).
__attribute__((always_inline)) static inline uint64_t shortest_integer(uint64_t c, int q, bool narrow_below, uint64_t tens_from, int *k) {
    *k = narrow_below ? leat_log10_of_pow2_three_quarters(q) : leat_log10_of_pow2(q);
    const struct leat_pow10 *power = &leat_pow10_table[-*k - LEAT_POW10_MIN];
    int shift = q + leat_log2_of_pow10(-*k) + 3; // 3..6
    uint64_t scaled = c << shift;
    leat_u128 low = (leat_u128)scaled * power->low;
    leat_u128 middle = (leat_u128)scaled * power->high + (uint64_t)(low >> 64);
    leat_u128 power_all = (leat_u128)power->high << 64 | power->low;
    uint64_t half_above_low = power->low << (shift - 1);
    leat_u128 upper = middle + (power_all >> (65 - shift)) + ((uint64_t)low + half_above_low < half_above_low);
    int shift_below = shift - narrow_below;
    uint64_t half_below_low = power->low << (shift_below - 1);
    leat_u128 lower = middle - (power_all >> (65 - shift_below)) - ((uint64_t)low < half_below_low);

    uint64_t odd = c & 1; // the ends of the interval round to even doubles only
    uint64_t at = (uint64_t)(middle >> 64) | ((uint64_t)middle != 0);
    uint64_t from = ((uint64_t)(lower >> 64) | ((uint64_t)lower != 0)) + odd;
    uint64_t to = ((uint64_t)(upper >> 64) | ((uint64_t)upper != 0)) - odd;
    uint64_t floor = at >> 2;
    uint64_t ten_below = floor / 10 * 10;
    bool ten_below_in = from <= ten_below * 4 && floor >= tens_from;
    bool ten_above_in = ten_below * 4 + 40 <= to && floor >= tens_from;
    uint64_t rest = at & 3;
    uint64_t nearest = floor + (rest + (floor & 1) > 2);
    if (narrow_below) {
        bool floor_in = from <= floor * 4;
        bool next_in = floor * 4 + 4 <= to;
        nearest = floor_in == next_in ? nearest : floor + next_in;
    }
    nearest = ten_below_in ? ten_below : nearest;
    return ten_above_in ? ten_below + 10 : nearest;
}

// Subnormals have any number of digits from 1 on.
static struct decimal shortest_of_subnormal(uint64_t c, bool java) {
    int k;
    bool tiny = java && c < 3; // has one digit before the point; Java wants two
    uint64_t digits = shortest_integer(tiny ? c * 10 : c, -1074, false, java ? 100 : 0, &k);
    int point = DIGITS_MAX + k - tiny;
    while (digits < TEN_16) {
        digits *= 10;
        point--;
    }
    return (struct decimal){digits, point};
}

// The shortest digits that round to the double with these bits (sign ignored; finite, not zero); of those the nearest.
// `java`: where that is one digit, the nearest of two digits instead.
__attribute__((always_inline)) static inline struct decimal shortest_decimal(uint64_t bits, bool java) {
    uint64_t fraction = bits & ((1ull << FRACTION_BITS) - 1);
    int biased = (int)(bits >> FRACTION_BITS & 0x7ff);
    if (LEAT_UNLIKELY(biased == 0)) {
        return shortest_of_subnormal(fraction, java);
    }
    uint64_t c = fraction | 1ull << FRACTION_BITS;
    int k;
    uint64_t digits;
    if (LEAT_UNLIKELY(fraction == 0 && biased > 1)) {
        digits = shortest_integer(c, biased - 1075, true, 0, &k);
    } else {
        digits = shortest_integer(c, biased - 1075, false, 0, &k);
    }
    bool short_by_one = digits < TEN_16;
    return (struct decimal){short_by_one ? digits * 10 : digits, DIGITS_MAX + k - short_by_one};
}

// The first digit and the other sixteen as characters, and how many there are without zeros at the end.
struct characters {
    __m128i rest;
    unsigned count;
    char first;
};

static inline struct characters characters_of(uint64_t digits) {
    uint64_t first = digits / TEN_16;
    __m128i rest = digits_16(digits - first * TEN_16);
    unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(rest, _mm_setzero_si128()));
    unsigned used = (~zeros & 0xffff) << 1 | 1;
    return (struct characters){_mm_or_si128(rest, _mm_set1_epi8('0')), leat_number_highest_bit(used) + 1, (char)('0' + first)};
}

// "ddd.ddd" with the point behind digit `point` in 1..17; writes all 17 digits and the point, the caller knows where to cut.
static inline void place_point_inside(const struct characters *c, unsigned point, char *out) {
    out[0] = c->first;
    store_16(out + 1, c->rest);
    store_16(out + 1 + point, drop_front(c->rest, point - 1));
    out[point] = '.';
}

// "0.000ddd" for `point` in -5..0; returns the length.
static inline size_t place_point_before(const struct characters *c, int point, char *out) {
    memcpy(out, "0.000000", 8);
    char *digits = out + 2 - point;
    digits[0] = c->first;
    store_16(digits + 1, c->rest);
    return (size_t)(2 - point) + c->count;
}

// The digits of exponent in 0..999.
static char *write_exponent(char *out, unsigned exponent) {
    if (exponent >= 100) {
        *out++ = (char)('0' + exponent / 100);
    }
    if (exponent >= 10) {
        *out++ = (char)('0' + exponent / 10 % 10);
    }
    *out++ = (char)('0' + exponent % 10);
    return out;
}

// Writes `digits` in the notation of leat_double_print_shortest; returns the length.
__attribute__((always_inline)) static inline size_t print_plain(struct decimal digits, bool negative, char *out) {
    struct characters c = characters_of(digits.digits);
    int point = digits.point;
    out[0] = '-';
    out += negative;
    if (point >= 1 && point <= DIGITS_MAX) {
        place_point_inside(&c, (unsigned)point, out);
        return negative + (c.count > (unsigned)point ? c.count + 1 : (unsigned)point);
    }
    if (point >= POINT_PLAIN_MIN && point <= 0) {
        return negative + place_point_before(&c, point, out);
    }
    place_point_inside(&c, 1, out);
    if (point > DIGITS_MAX && point <= POINT_PLAIN_MAX) {
        store_16(out + 1, c.rest);
        memset(out + DIGITS_MAX, '0', POINT_PLAIN_MAX - DIGITS_MAX);
        return negative + (unsigned)point;
    }
    char *end = out + (c.count > 1 ? c.count + 1 : 1);
    *end++ = 'e';
    *end++ = point > 0 ? '+' : '-';
    end = write_exponent(end, (unsigned)(point > 0 ? point - 1 : 1 - point));
    return negative + (size_t)(end - out);
}

static inline size_t print_shortest(double value, char *out) {
    // Integers are frequent and need no powers of ten.
    if (value > -INTEGER_MAX && value < INTEGER_MAX && (double)(int64_t)value == value) {
        uint64_t bits = bits_of(value);
        if (bits == SIGN_BIT) {
            memcpy(out, "-0.0", 4);
            return 4;
        }
        return leat_int64_print((int64_t)value, out);
    }
    uint64_t bits = bits_of(value);
    return print_plain(shortest_decimal(bits, false), bits >> 63, out);
}

size_t leat_double_print_shortest(double value, char *out) {
    return print_shortest(value, out);
}

static size_t print_batch_scalar(const double *value, size_t n, char *out, uint32_t *offset) {
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        offset[i] = at;
        at += (uint32_t)print_shortest(value[i], out + at);
    }
    offset[n] = at;
    return at;
}

size_t leat_double_print_batch(const double *value, size_t n, char *out, uint32_t *offset) {
    return leat_simd_level() >= LEAT_SIMD_AVX512 ? leat_double_print_batch_avx512(value, n, out, offset)
                                                 : print_batch_scalar(value, n, out, offset);
}

static size_t copy_text(char *out, const char *text) {
    size_t length = strlen(text);
    memcpy(out, text, length);
    return length;
}

size_t leat_double_print_java(double value, char *out) {
    uint64_t bits = bits_of(value);
    bool negative = bits >> 63;
    if (value != value) {
        return copy_text(out, "NaN");
    }
    out[0] = '-';
    out += negative;
    if ((bits & ~SIGN_BIT) == 0) {
        return negative + copy_text(out, "0.0");
    }
    if ((bits & ~SIGN_BIT) == 0x7ffull << FRACTION_BITS) {
        return negative + copy_text(out, "Infinity");
    }
    struct decimal digits = shortest_decimal(bits, true);
    struct characters c = characters_of(digits.digits);
    int point = digits.point;
    if (point >= 1 && point <= 7) {
        place_point_inside(&c, (unsigned)point, out);
        return negative + LEAT_MAX(c.count, (unsigned)point + 1) + 1;
    }
    if (point >= -2 && point <= 0) {
        return negative + place_point_before(&c, point, out);
    }
    place_point_inside(&c, 1, out);
    char *end = out + LEAT_MAX(c.count, 2) + 1;
    *end++ = 'E';
    if (point < 1) {
        *end++ = '-';
    }
    end = write_exponent(end, (unsigned)(point > 0 ? point - 1 : 1 - point));
    return negative + (size_t)(end - out);
}

size_t leat_int64_print(int64_t value, char *out) {
    bool negative = value < 0;
    uint64_t magnitude = negative ? 0 - (uint64_t)value : (uint64_t)value;
    out[0] = '-';
    char *p = out + negative;
    if (LEAT_UNLIKELY(magnitude >= TEN_16)) {
        uint64_t head = magnitude / TEN_16; // 1..922
        p = write_exponent(p, (unsigned)head);
        store_16(p, _mm_or_si128(digits_16(magnitude - head * TEN_16), _mm_set1_epi8('0')));
        return (size_t)(p + 16 - out);
    }
    __m128i digits = digits_16(magnitude);
    unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(digits, _mm_setzero_si128()));
    unsigned leading = leat_number_lowest_bit((~zeros & 0xffff) | 0x8000); // zero has one digit
    store_16(p, drop_front(_mm_or_si128(digits, _mm_set1_epi8('0')), leading));
    return negative + 16 - leading;
}
