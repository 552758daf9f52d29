#include "engine/expr/round.h"

#include "engine/expr/number.h"

#include <math.h>

int64_t leat_round_int64(int64_t value, int32_t digits) {
    if (digits >= 0)
        return value;
    if (digits < -19)
        return 0;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, unit = 1;
    for (int32_t i = digits; i < 0; i++)
        unit *= 10; // 10^19 still fits
    uint64_t rest = magnitude % unit;
    magnitude -= rest;
    if (rest >= unit - rest)
        magnitude += unit; // may wrap around, as it should
    return (int64_t)(value < 0 ? 0 - magnitude : magnitude);
}

// The digits of the shortest text of a double and where its point is: 0.d1d2d3... * 10^point.
struct decimal {
    char digits[LEAT_DOUBLE_TEXT_BYTES];
    int32_t count;
    int32_t point;
};

static void take_apart(double magnitude, struct decimal *decimal) {
    char text[LEAT_DOUBLE_TEXT_BYTES];
    size_t length = leat_double_print_shortest(magnitude, text);
    int32_t exponent = 0, before_point = 0;
    bool point = false;
    decimal->count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == 'e') {
            bool negative = text[i + 1] == '-';
            for (i += 1 + (negative || text[i + 1] == '+'); i < length; i++)
                exponent = exponent * 10 + (text[i] - '0');
            exponent = negative ? -exponent : exponent;
        } else if (text[i] == '.') {
            point = true;
        } else {
            before_point += !point;
            decimal->digits[decimal->count++] = text[i];
        }
    }
    while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0')
        decimal->count--; // up to 1e21 the text has more digits than a word holds, the last of them zeros
    decimal->point = before_point + exponent;
}

// Exact: rounds the decimal text.
static double round_text(double magnitude, int32_t digits) {
    struct decimal decimal;
    take_apart(magnitude, &decimal);
    int64_t keep = (int64_t)decimal.point + digits; // digits that stay
    if (keep >= decimal.count)
        return magnitude;
    if (keep < 0)
        return 0.0;
    uint64_t mantissa = 0;
    bool up = decimal.digits[keep] >= '5';
    for (int64_t i = 0; i < keep; i++)
        mantissa = mantissa * 10 + (uint64_t)(decimal.digits[i] - '0');
    return leat_double_from_decimal(false, mantissa + up, (int32_t)(decimal.point - keep), false, NULL, NULL);
}

double leat_round_double(double value, int32_t digits) {
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    double magnitude = fabs(value), rounded;
    if (digits >= 0 && digits <= 15) {
        // Where the scaled number is surely not near a half, its rounding is that of the decimal; both operands of the division are
        // then exact integers, so that it gives the double nearest to the decimal.
        double scaled = magnitude * powers[digits], whole = floor(scaled), part = scaled - whole;
        if (scaled < 1e14 && fabs(part - 0.5) > 0.0625 + scaled * 1e-15) {
            rounded = (whole + (part > 0.5)) / powers[digits];
            return value < 0 ? 0.0 - rounded : rounded;
        }
    }
    rounded = round_text(magnitude, digits);
    return value < 0 ? 0.0 - rounded : rounded; // BigDecimal has no negative zero
}
