// Mathematical functions. Those of the C library may differ from Java's in the last bit; where Java defines another result, it is made
// here.
#include "engine/expr/kernel.h"
#include "engine/expr/loops.h"
#include "engine/expr/round.h"

#include <math.h>

// Java: anything to the power of NaN is NaN, and so is one to an infinite power; C says 1.
static double power(double x, double y) {
    if (isnan(y) || (fabs(x) == 1.0 && isinf(y)))
        return NAN;
    return pow(x, y);
}

static double sign(double x) {
    return x > 0 ? 1.0 : x < 0 ? -1.0 : x; // zeros and NaN are their own sign
}

// Flink computes it as a power of 0.5, which makes 0.0 of -0.0 and Infinity of -Infinity; the addition does the former.
static double square_root(double x) {
    return x == -INFINITY ? INFINITY : sqrt(x) + 0.0;
}

LEAT_KERNEL_UNARY(abs_int32, int32_t, int32_t, (uint32_t)(x < 0 ? 0 - (uint32_t)x : (uint32_t)x))
LEAT_KERNEL_UNARY(abs_int64, int64_t, int64_t, (uint64_t)(x < 0 ? 0 - (uint64_t)x : (uint64_t)x))
LEAT_KERNEL_UNARY(abs_double, double, double, fabs(x))
LEAT_KERNEL_UNARY(sign_int32, int32_t, int32_t, (x > 0) - (x < 0))
LEAT_KERNEL_UNARY(sign_int64, int64_t, int64_t, (x > 0) - (x < 0))
LEAT_KERNEL_UNARY(sign_double, double, double, sign(x))
LEAT_KERNEL_UNARY(same_int32, int32_t, int32_t, x)
LEAT_KERNEL_UNARY(same_int64, int64_t, int64_t, x)
LEAT_KERNEL_UNARY(floor_double, double, double, floor(x))
LEAT_KERNEL_UNARY(ceil_double, double, double, ceil(x))
LEAT_KERNEL_UNARY(sqrt_double, double, double, square_root(x))
LEAT_KERNEL_UNARY(exp_double, double, double, exp(x))
LEAT_KERNEL_UNARY(ln_double, double, double, log(x))
LEAT_KERNEL_UNARY(log10_double, double, double, log10(x))
LEAT_KERNEL_UNARY(log2_double, double, double, log(x) / log(2.0)) // as Flink computes it
LEAT_KERNEL_BINARY(log_base, double, double, double, log(y) / log(x))
LEAT_KERNEL_BINARY(power_double, double, double, double, power(x, y))
LEAT_KERNEL_UNARY(sin_double, double, double, sin(x))
LEAT_KERNEL_UNARY(cos_double, double, double, cos(x))
LEAT_KERNEL_UNARY(tan_double, double, double, tan(x))
LEAT_KERNEL_UNARY(cot_double, double, double, 1.0 / tan(x))
LEAT_KERNEL_UNARY(asin_double, double, double, asin(x))
LEAT_KERNEL_UNARY(acos_double, double, double, acos(x))
LEAT_KERNEL_UNARY(atan_double, double, double, atan(x))
LEAT_KERNEL_BINARY(atan2_double, double, double, double, atan2(x, y))
LEAT_KERNEL_UNARY(sinh_double, double, double, sinh(x))
LEAT_KERNEL_UNARY(cosh_double, double, double, cosh(x))
LEAT_KERNEL_UNARY(tanh_double, double, double, tanh(x))
LEAT_KERNEL_UNARY(degrees_double, double, double, (x) * (180.0 / M_PI))
LEAT_KERNEL_UNARY(radians_double, double, double, (x) * (M_PI / 180.0))

// Functions of no argument have one value; it is folded, so that only the first row counts in practice.
static int fill_double(struct leat_kernel_call *call, double value) {
    double *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++)
        out[leat_kernel_row(call, i)] = value;
    return 0;
}

static int pi(struct leat_kernel_call *call) {
    return fill_double(call, M_PI);
}

static int euler(struct leat_kernel_call *call) {
    return fill_double(call, M_E);
}

static int32_t round_digits(const struct leat_kernel_call *call, uint32_t row) {
    return call->expr->arg_count > 1 ? leat_kernel_int32(call, 1, row) : 0;
}

static int round_int32(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = (int32_t)(uint32_t)leat_round_int64(leat_kernel_int32(call, 0, row), round_digits(call, row));
    }
    return 0;
}

static int round_int64(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = leat_round_int64(from[row & call->args[0].mask], round_digits(call, row));
    }
    return 0;
}

static int round_double(struct leat_kernel_call *call) {
    const double *from = call->args[0].data;
    double *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const double x = from[row & call->args[0].mask];
        if (isfinite(x))
            out[row] = leat_round_double(x, round_digits(call, row));
        else
            leat_kernel_fail(call, row, "ROUND of NaN or an infinity");
    }
    return 0;
}

#define NUMBERS(i32, i64, f64)                                                                                                             \
    { [LEAT_PHYSICAL_INT32] = i32, [LEAT_PHYSICAL_INT64] = i64, [LEAT_PHYSICAL_DOUBLE] = f64 }
#define NUMERIC(function, i32, i64, f64, signature, text)                                                                                  \
    {                                                                                                                                      \
        .name = function, .args_min = 1, .args_max = 1, .params = {LEAT_PARAM_NUMERIC}, .result = LEAT_RESULT_FIRST,                       \
        .kernels = NUMBERS(i32, i64, f64), .doc = {                                                                                        \
            function,                                                                                                                      \
            signature,                                                                                                                     \
            text                                                                                                                           \
        }                                                                                                                                  \
    }
#define DOUBLES(function, arguments, kernel, signature, text)                                                                              \
    {                                                                                                                                      \
        .name = function, .args_min = arguments, .args_max = arguments, .params = {LEAT_TYPE_DOUBLE}, .result = LEAT_TYPE_DOUBLE,          \
        .kernels = NUMBERS(NULL, NULL, kernel), .doc = {                                                                                   \
            function,                                                                                                                      \
            signature,                                                                                                                     \
            text                                                                                                                           \
        }                                                                                                                                  \
    }

const struct leat_function leat_functions_math[] = {
    NUMERIC("ABS", abs_int32, abs_int64, abs_double, "ABS(numeric) -> the same type", "The absolute value; the smallest integer stays."),
    NUMERIC("SIGN", sign_int32, sign_int64, sign_double, "SIGN(numeric) -> the same type", "-1, 0 or 1; NaN and -0.0 stay."),
    NUMERIC("FLOOR", same_int32, same_int64, floor_double, "FLOOR(numeric) -> the same type", "The largest whole number not above."),
    NUMERIC("CEIL", same_int32, same_int64, ceil_double, "CEIL(numeric) -> the same type", "The smallest whole number not below."),
    NUMERIC("CEILING", same_int32, same_int64, ceil_double, "CEILING(numeric) -> the same type", "CEIL."),
    {.name = "ROUND",
     .args_min = 1,
     .args_max = 2,
     .params = {LEAT_PARAM_NUMERIC, LEAT_TYPE_INT},
     .result = LEAT_RESULT_FIRST,
     .flags = LEAT_FUNCTION_FAILS,
     .kernels = NUMBERS(round_int32, round_int64, round_double),
     .doc = {"ROUND", "ROUND(numeric [, INT]) -> the same type",
             "Rounds the shortest decimal text of the number to so many digits behind the point, half away from zero; NaN and infinities "
             "fail."}},
    DOUBLES("SQRT", 1, sqrt_double, "SQRT(numeric) -> DOUBLE",
            "The square root, correctly rounded; NaN of a negative number, Infinity of -Infinity."),
    DOUBLES("POWER", 2, power_double, "POWER(numeric, numeric) -> DOUBLE",
            "The first to the power of the second, with Java's rules: NaN as exponent and one to an infinity give NaN."),
    DOUBLES("EXP", 1, exp_double, "EXP(numeric) -> DOUBLE", "e to the power of the argument."),
    DOUBLES("LN", 1, ln_double, "LN(numeric) -> DOUBLE", "The natural logarithm; -Infinity of 0, NaN of a negative number."),
    DOUBLES("LOG10", 1, log10_double, "LOG10(numeric) -> DOUBLE", "The logarithm to base 10."),
    DOUBLES("LOG2", 1, log2_double, "LOG2(numeric) -> DOUBLE", "The logarithm to base 2, as LN(x) / LN(2)."),
    DOUBLES("LOG", 1, ln_double, "LOG(numeric) -> DOUBLE", "LN."),
    {.name = "LOG",
     .args_min = 2,
     .args_max = 2,
     .params = {LEAT_TYPE_DOUBLE},
     .result = LEAT_TYPE_DOUBLE,
     .kernels = NUMBERS(NULL, NULL, log_base),
     .doc = {"LOG", "LOG(base numeric, numeric) -> DOUBLE", "The logarithm of the second to the base of the first."}},
    DOUBLES("SIN", 1, sin_double, "SIN(numeric) -> DOUBLE", "The sine of radians."),
    DOUBLES("COS", 1, cos_double, "COS(numeric) -> DOUBLE", "The cosine of radians."),
    DOUBLES("TAN", 1, tan_double, "TAN(numeric) -> DOUBLE", "The tangent of radians."),
    DOUBLES("COT", 1, cot_double, "COT(numeric) -> DOUBLE", "The cotangent of radians."),
    DOUBLES("ASIN", 1, asin_double, "ASIN(numeric) -> DOUBLE", "The arc sine."),
    DOUBLES("ACOS", 1, acos_double, "ACOS(numeric) -> DOUBLE", "The arc cosine."),
    DOUBLES("ATAN", 1, atan_double, "ATAN(numeric) -> DOUBLE", "The arc tangent."),
    DOUBLES("ATAN2", 2, atan2_double, "ATAN2(y numeric, x numeric) -> DOUBLE", "The angle of the point (x, y)."),
    DOUBLES("SINH", 1, sinh_double, "SINH(numeric) -> DOUBLE", "The hyperbolic sine."),
    DOUBLES("COSH", 1, cosh_double, "COSH(numeric) -> DOUBLE", "The hyperbolic cosine."),
    DOUBLES("TANH", 1, tanh_double, "TANH(numeric) -> DOUBLE", "The hyperbolic tangent."),
    DOUBLES("DEGREES", 1, degrees_double, "DEGREES(numeric) -> DOUBLE", "Radians as degrees."),
    DOUBLES("RADIANS", 1, radians_double, "RADIANS(numeric) -> DOUBLE", "Degrees as radians."),
    {.name = "PI",
     .result = LEAT_TYPE_DOUBLE,
     .kernels = NUMBERS(NULL, NULL, pi),
     .doc = {"PI", "PI() -> DOUBLE", "The number nearest to pi."}},
    {.name = "E",
     .result = LEAT_TYPE_DOUBLE,
     .kernels = NUMBERS(NULL, NULL, euler),
     .doc = {"E", "E() -> DOUBLE", "The number nearest to e."}},
    {.name = NULL},
};
