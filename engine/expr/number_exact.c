// Decides between two neighbouring doubles by comparing the decimal text with the point half-way between them, as integers.
#include "engine/expr/number_exact.h"

#include "engine/base/assert.h"
#include "engine/expr/number_tables.h"

// A point half-way between doubles has at most 767 significant decimal digits, so of more digits it only matters whether
// any is not zero.
#define SIGNIFICANT_DIGITS_MAX 800

// Largest integers that meet: 800 digits (2658 bits) shifted by at most 1075, or a 54-bit number times 5^1142 (2652 bits).
#define LIMBS_MAX 72

struct big {
    uint32_t used; // limbs; the topmost is not zero
    uint64_t limb[LIMBS_MAX];
};

static void big_multiply_add(struct big *big, uint64_t factor, uint64_t addend) {
    uint64_t carry = addend;
    for (uint32_t i = 0; i < big->used; i++) {
        leat_u128 product = (leat_u128)big->limb[i] * factor + carry;
        big->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    if (carry != 0) {
        leat_assert(big->used < LIMBS_MAX);
        big->limb[big->used++] = carry;
    }
}

static void big_multiply_pow5(struct big *big, int exponent) {
    const uint64_t pow5_27 = 7450580596923828125u;
    for (; exponent >= 27; exponent -= 27) {
        big_multiply_add(big, pow5_27, 0);
    }
    for (; exponent > 0; exponent--) {
        big_multiply_add(big, 5, 0);
    }
}

static void big_shift_left(struct big *big, int bits) {
    uint32_t limbs = (uint32_t)bits / 64;
    big_multiply_add(big, 1ull << (bits % 64), 0);
    if (limbs > 0 && big->used > 0) {
        leat_assert(big->used + limbs <= LIMBS_MAX);
        memmove(big->limb + limbs, big->limb, big->used * sizeof big->limb[0]);
        memset(big->limb, 0, limbs * sizeof big->limb[0]);
        big->used += limbs;
    }
}

static int big_compare(const struct big *a, const struct big *b) {
    if (a->used != b->used) {
        return a->used < b->used ? -1 : 1;
    }
    for (uint32_t i = a->used; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

// Reads the significant digits into `digits` and returns the power of ten they are multiplied with.
static int64_t read_digits(struct big *digits, const char *p, const char *end) {
    int count = 0;
    int64_t exponent = 0;
    bool fraction = false;
    bool more = false;
    for (; p < end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') {
            fraction = true;
        }
        if ((uint8_t)(*p - '0') > 9) {
            continue;
        }
        if (count < SIGNIFICANT_DIGITS_MAX) {
            big_multiply_add(digits, 10, (uint64_t)(*p - '0'));
            count += digits->used > 0;
            exponent -= fraction;
        } else {
            more |= *p != '0';
            exponent += !fraction;
        }
    }
    if (more) {
        // Stands for all further digits: it makes the number a little larger, which is all that can matter.
        big_multiply_add(digits, 10, 1);
        exponent--;
    }
    if (p < end) {
        p++;
        bool negative = *p == '-';
        p += *p == '-' || *p == '+';
        int64_t value = 0;
        for (; p < end && value < INT64_C(1) << 50; p++) {
            value = value * 10 + (*p - '0');
        }
        exponent += negative ? -value : value;
    }
    return exponent;
}

uint64_t leat_number_round_exact(uint64_t below, const char *text, const char *end) {
    struct big decimal = {0};
    struct big halfway = {0};
    int64_t exponent10 = read_digits(&decimal, text, end);
    // Whoever calls has found the number within the range of doubles, give or take one, so the work is bounded.
    leat_assert(exponent10 > -1200 && exponent10 < 400);
    int exponent = (int)exponent10;
    uint64_t fraction = below & ((1ull << 52) - 1);
    int biased = (int)(below >> 52);
    uint64_t mantissa = biased == 0 ? fraction : fraction | 1ull << 52;
    int exponent2 = (biased == 0 ? 1 : biased) - 1075 - 1;
    big_multiply_add(&halfway, 1, 2 * mantissa + 1);
    // decimal * 5^exponent * 2^exponent against halfway * 2^exponent2, with all factors on the side where they are integers.
    if (exponent >= 0) {
        big_multiply_pow5(&decimal, exponent);
    } else {
        big_multiply_pow5(&halfway, -exponent);
    }
    int shift = exponent - exponent2;
    if (shift >= 0) {
        big_shift_left(&decimal, shift);
    } else {
        big_shift_left(&halfway, -shift);
    }
    int order = big_compare(&decimal, &halfway);
    return below + (order > 0 || (order == 0 && (below & 1) != 0));
}
