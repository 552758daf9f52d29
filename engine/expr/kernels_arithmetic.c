// Arithmetic on numbers, intervals and timestamps. Integers wrap around as Java's do, so they are computed unsigned.
#include "engine/expr/loops.h"
#include "engine/expr/time.h"

LEAT_KERNEL_BINARY(add_int32, uint32_t, uint32_t, uint32_t, x + y)
LEAT_KERNEL_BINARY(add_int64, uint64_t, uint64_t, uint64_t, x + y)
LEAT_KERNEL_BINARY(add_double, double, double, double, x + y)
LEAT_KERNEL_BINARY(subtract_int32, uint32_t, uint32_t, uint32_t, x - y)
LEAT_KERNEL_BINARY(subtract_int64, uint64_t, uint64_t, uint64_t, x - y)
LEAT_KERNEL_BINARY(subtract_double, double, double, double, x - y)
LEAT_KERNEL_BINARY(multiply_int32, uint32_t, uint32_t, uint32_t, (x) * (y))
LEAT_KERNEL_BINARY(multiply_int64, uint64_t, uint64_t, uint64_t, (x) * (y))
LEAT_KERNEL_BINARY(multiply_double, double, double, double, (x) * (y))
LEAT_KERNEL_BINARY(divide_double, double, double, double, x / y)
LEAT_KERNEL_UNARY(negate_int32, uint32_t, uint32_t, 0 - x)
LEAT_KERNEL_UNARY(negate_int64, uint64_t, uint64_t, 0 - x)
LEAT_KERNEL_UNARY(negate_double, double, double, -x)
LEAT_KERNEL_UNARY(same_int32, int32_t, int32_t, x)
LEAT_KERNEL_UNARY(same_int64, int64_t, int64_t, x)
LEAT_KERNEL_UNARY(same_double, double, double, x)
LEAT_KERNEL_BINARY(add_months, int64_t, int32_t, int64_t, leat_time_add_months(x, y))
LEAT_KERNEL_BINARY(add_months_turned, int32_t, int64_t, int64_t, leat_time_add_months(y, x))
// -INT32_MIN months would overflow; it is one month more than the nearest that fits, far outside the calendar anyway.
LEAT_KERNEL_BINARY(subtract_months, int64_t, int32_t, int64_t, leat_time_add_months(x, y == INT32_MIN ? INT32_MAX : -y))

static const char division_by_zero[] = "division by zero";

// The one overflow of a division: INT_MIN / -1 is INT_MIN again, and its remainder 0. The processor would trap.
static int64_t divide(int64_t x, int64_t y) {
    return y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y;
}

static int64_t modulo(int64_t x, int64_t y) {
    return y == -1 ? 0 : x % y;
}

// Kernels of the operators that fail: the rows they get have both values.
#define KERNEL_DIVISION(name, type, operation)                                                                                             \
    static int name(struct leat_kernel_call *call) {                                                                                       \
        const type *a = call->args[0].data, *b = call->args[1].data;                                                                       \
        const uint32_t a_mask = call->args[0].mask, b_mask = call->args[1].mask;                                                           \
        type *out = call->out->data;                                                                                                       \
        for (uint32_t i = 0; i < call->count; i++) {                                                                                       \
            const uint32_t row = leat_kernel_row(call, i);                                                                                 \
            const type y = b[row & b_mask];                                                                                                \
            if (LEAT_UNLIKELY(y == 0))                                                                                                     \
                leat_kernel_fail(call, row, division_by_zero);                                                                             \
            else                                                                                                                           \
                out[row] = (type)operation(a[row & a_mask], y);                                                                            \
        }                                                                                                                                  \
        return 0;                                                                                                                          \
    }

KERNEL_DIVISION(divide_int32, int32_t, divide)
KERNEL_DIVISION(divide_int64_any, int64_t, divide)
KERNEL_DIVISION(modulo_int32, int32_t, modulo)
KERNEL_DIVISION(modulo_int64, int64_t, modulo)

// The quotient by 2^shift: rounding towards zero is rounding down once a negative dividend has been raised by 2^shift - 1.
static int divide_int64_shift(struct leat_kernel_call *call, uint32_t shift) {
    const int64_t *a = call->args[0].data;
    const uint32_t a_mask = call->args[0].mask;
    const uint64_t raise = (UINT64_C(1) << shift) - 1;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const int64_t x = a[row & a_mask];
        out[row] = (int64_t)((uint64_t)x + ((uint64_t)(x >> 63) & raise)) >> shift;
    }
    return 0;
}

// Means and units divide by constants, often by 2: that need not cost a division a row.
static int divide_int64(struct leat_kernel_call *call) {
    const int64_t divisor = call->args[1].mask == 0 ? *(const int64_t *)call->args[1].data : 0;
    if (divisor > 0 && (divisor & (divisor - 1)) == 0)
        return divide_int64_shift(call, (uint32_t)__builtin_ctzll((uint64_t)divisor));
    return divide_int64_any(call);
}

// The remainder has the type of the divisor (as in Calcite), whatever the dividend is.
static int modulo_int64_int32(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const int32_t y = leat_kernel_int32(call, 1, row);
        if (LEAT_UNLIKELY(y == 0))
            leat_kernel_fail(call, row, division_by_zero);
        else
            out[row] = (int32_t)modulo(((const int64_t *)call->args[0].data)[row & call->args[0].mask], y);
    }
    return 0;
}

// A constant divisor that is not zero cannot fail, and then a filter may skip rows.
static bool prepare_division(struct leat_expr_builder *builder, struct leat_expr *expr) {
    (void)builder;
    const struct leat_expr *divisor = expr->args[1];
    bool zero = true;
    if (leat_expr_is_value(divisor))
        zero = divisor->type.kind == LEAT_TYPE_INT ? divisor->constant.int32 == 0 : divisor->constant.int64 == 0;
    if (!zero || expr->type.kind == LEAT_TYPE_DOUBLE)
        expr->can_fail = expr->args[0]->can_fail | divisor->can_fail;
    return true;
}

#define NUMBERS(i32, i64, f64)                                                                                                             \
    { [LEAT_PHYSICAL_INT32] = i32, [LEAT_PHYSICAL_INT64] = i64, [LEAT_PHYSICAL_DOUBLE] = f64 }
#define OPERATOR(text, a, b, result_type, ...)                                                                                             \
    { .name = text, .form = LEAT_FORM_INFIX, .args_min = 2, .args_max = 2, .params = {a, b}, .result = result_type, __VA_ARGS__ }
#define PREFIX(text, a, ...)                                                                                                               \
    { .name = text, .form = LEAT_FORM_PREFIX, .args_min = 1, .args_max = 1, .params = {a}, .result = LEAT_RESULT_FIRST, __VA_ARGS__ }
#define DIVIDES .flags = LEAT_FUNCTION_FAILS, .prepare = prepare_division

// Short names for the table.
enum {
    NUMERIC = LEAT_PARAM_NUMERIC,
    TIME = LEAT_PARAM_TIME,
    INT = LEAT_TYPE_INT,
    BIGINT = LEAT_TYPE_BIGINT,
    DAYS = LEAT_TYPE_INTERVAL_DAY,
    MONTHS = LEAT_TYPE_INTERVAL_MONTH,
    FIRST = LEAT_RESULT_FIRST,
    SECOND = LEAT_RESULT_SECOND
};

const struct leat_function leat_functions_arithmetic[] = {
    OPERATOR("+", NUMERIC, NUMERIC, FIRST, .kernels = NUMBERS(add_int32, add_int64, add_double)),
    OPERATOR("+", TIME, DAYS, FIRST, .kernels = NUMBERS(NULL, add_int64, NULL)),
    OPERATOR("+", DAYS, TIME, SECOND, .kernels = NUMBERS(NULL, add_int64, NULL)),
    OPERATOR("+", TIME, MONTHS, FIRST, .kernels = NUMBERS(NULL, add_months, NULL)),
    OPERATOR("+", MONTHS, TIME, SECOND, .kernels = NUMBERS(add_months_turned, NULL, NULL)),
    OPERATOR("+", DAYS, DAYS, FIRST, .kernels = NUMBERS(NULL, add_int64, NULL)),
    OPERATOR("+", MONTHS, MONTHS, FIRST, .kernels = NUMBERS(add_int32, NULL, NULL)),
    OPERATOR("-", NUMERIC, NUMERIC, FIRST, .kernels = NUMBERS(subtract_int32, subtract_int64, subtract_double)),
    OPERATOR("-", TIME, DAYS, FIRST, .kernels = NUMBERS(NULL, subtract_int64, NULL)),
    OPERATOR("-", TIME, MONTHS, FIRST, .kernels = NUMBERS(NULL, subtract_months, NULL)),
    OPERATOR("-", DAYS, DAYS, FIRST, .kernels = NUMBERS(NULL, subtract_int64, NULL)),
    OPERATOR("-", MONTHS, MONTHS, FIRST, .kernels = NUMBERS(subtract_int32, NULL, NULL)),
    OPERATOR("*", NUMERIC, NUMERIC, FIRST, .kernels = NUMBERS(multiply_int32, multiply_int64, multiply_double)),
    OPERATOR("*", DAYS, BIGINT, FIRST, .kernels = NUMBERS(NULL, multiply_int64, NULL)),
    OPERATOR("*", MONTHS, INT, FIRST, .kernels = NUMBERS(multiply_int32, NULL, NULL)),
    OPERATOR("/", NUMERIC, NUMERIC, FIRST, DIVIDES, .kernels = NUMBERS(divide_int32, divide_int64, divide_double)),
    OPERATOR("%", INT, INT, INT, DIVIDES, .kernels = NUMBERS(modulo_int32, NULL, NULL)),
    OPERATOR("%", BIGINT, INT, INT, DIVIDES, .kernels = NUMBERS(NULL, modulo_int64_int32, NULL)),
    OPERATOR("%", BIGINT, BIGINT, BIGINT, DIVIDES, .kernels = NUMBERS(NULL, modulo_int64, NULL)),
    PREFIX("NEGATE", NUMERIC, .kernels = NUMBERS(negate_int32, negate_int64, negate_double)),
    PREFIX("NEGATE", DAYS, .kernels = NUMBERS(NULL, negate_int64, NULL)),
    PREFIX("NEGATE", MONTHS, .kernels = NUMBERS(negate_int32, NULL, NULL)),
    PREFIX("PLUS", NUMERIC, .kernels = NUMBERS(same_int32, same_int64, same_double)),
    {.name = NULL},
};
