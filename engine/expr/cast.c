// CAST: which conversions there are, and those that read or write no text.
#include "engine/expr/cast.h"

#include "engine/expr/loops.h"
#include "engine/expr/time.h"

#include <math.h>

// Java's conversion of a double to an integer: towards zero, saturating, NaN to 0.
static int32_t int32_of_double(double x) {
    if (x >= -2147483648.0 && x < 2147483648.0)
        return (int32_t)x;
    return isnan(x) ? 0 : x < 0 ? INT32_MIN : INT32_MAX;
}

static int64_t int64_of_double(double x) {
    if (x >= -9223372036854775808.0 && x < 9223372036854775808.0)
        return (int64_t)x;
    return isnan(x) ? 0 : x < 0 ? INT64_MIN : INT64_MAX;
}

LEAT_KERNEL_UNARY(bool_to_int32, uint8_t, int32_t, x)
LEAT_KERNEL_UNARY(bool_to_int64, uint8_t, int64_t, x)
LEAT_KERNEL_UNARY(bool_to_double, uint8_t, double, x)
LEAT_KERNEL_UNARY(int32_to_bool, int32_t, uint8_t, x != 0)
LEAT_KERNEL_UNARY(int32_to_int64, int32_t, int64_t, x)
LEAT_KERNEL_UNARY(int32_to_double, int32_t, double, x)
LEAT_KERNEL_UNARY(int64_to_bool, int64_t, uint8_t, x != 0)
LEAT_KERNEL_UNARY(int64_to_int32, uint64_t, uint32_t, x) // the low half, as in Java
LEAT_KERNEL_UNARY(int64_to_double, int64_t, double, x)
LEAT_KERNEL_UNARY(int64_same, int64_t, int64_t, x)
LEAT_KERNEL_UNARY(double_to_bool, double, uint8_t, x != 0)
LEAT_KERNEL_UNARY(double_to_int32, double, int32_t, int32_of_double(x))
LEAT_KERNEL_UNARY(double_to_int64, double, int64_t, int64_of_double(x))

// Flink cuts a timestamp to milliseconds, or to what is left of one, towards the past, but the milliseconds themselves towards 1970.
static int64_t narrowed(int64_t micros, uint8_t precision) {
    static const int64_t units[] = {1000000, 100000, 10000};
    int64_t cut = leat_time_truncate(micros, LEAT_MAX(precision, (uint8_t)3));
    return precision < 3 ? cut - cut % units[precision] : cut;
}

// A timestamp with fewer digits; with the session's zone UTC the same for both kinds.
static int time_to_time(struct leat_kernel_call *call) {
    const uint8_t precision = call->expr->type.precision;
    const int64_t *from = call->args[0].data;
    int64_t *out = call->out->data;
    if (precision >= call->expr->args[0]->type.precision)
        return int64_same(call);
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = narrowed(from[row & call->args[0].mask], precision);
    }
    return 0;
}

// An entry of the table: the physical form of what is converted says where its kernel stands.
#define CAST(from, physical, to, kernel, flag_list)                                                                                        \
    {                                                                                                                                      \
        .name = "CAST", .args_min = 1, .args_max = 1, .params = {from}, .result = to, .flags = flag_list, .kernels = {                     \
            [physical] = kernel                                                                                                            \
        }                                                                                                                                  \
    }
#define FAILS LEAT_FUNCTION_FAILS

static const struct leat_function casts[] = {
    CAST(LEAT_TYPE_BOOLEAN, LEAT_PHYSICAL_BOOL, LEAT_TYPE_INT, bool_to_int32, 0),
    CAST(LEAT_TYPE_BOOLEAN, LEAT_PHYSICAL_BOOL, LEAT_TYPE_BIGINT, bool_to_int64, 0),
    CAST(LEAT_TYPE_BOOLEAN, LEAT_PHYSICAL_BOOL, LEAT_TYPE_DOUBLE, bool_to_double, 0),
    CAST(LEAT_TYPE_BOOLEAN, LEAT_PHYSICAL_BOOL, LEAT_TYPE_STRING, leat_cast_bool_to_text, 0),
    CAST(LEAT_TYPE_INT, LEAT_PHYSICAL_INT32, LEAT_TYPE_BOOLEAN, int32_to_bool, 0),
    CAST(LEAT_TYPE_INT, LEAT_PHYSICAL_INT32, LEAT_TYPE_BIGINT, int32_to_int64, 0),
    CAST(LEAT_TYPE_INT, LEAT_PHYSICAL_INT32, LEAT_TYPE_DOUBLE, int32_to_double, 0),
    CAST(LEAT_TYPE_INT, LEAT_PHYSICAL_INT32, LEAT_TYPE_STRING, leat_cast_int32_to_text, 0),
    CAST(LEAT_TYPE_BIGINT, LEAT_PHYSICAL_INT64, LEAT_TYPE_BOOLEAN, int64_to_bool, 0),
    CAST(LEAT_TYPE_BIGINT, LEAT_PHYSICAL_INT64, LEAT_TYPE_INT, int64_to_int32, 0),
    CAST(LEAT_TYPE_BIGINT, LEAT_PHYSICAL_INT64, LEAT_TYPE_DOUBLE, int64_to_double, 0),
    CAST(LEAT_TYPE_BIGINT, LEAT_PHYSICAL_INT64, LEAT_TYPE_STRING, leat_cast_int64_to_text, 0),
    CAST(LEAT_TYPE_DOUBLE, LEAT_PHYSICAL_DOUBLE, LEAT_TYPE_BOOLEAN, double_to_bool, 0),
    CAST(LEAT_TYPE_DOUBLE, LEAT_PHYSICAL_DOUBLE, LEAT_TYPE_INT, double_to_int32, 0),
    CAST(LEAT_TYPE_DOUBLE, LEAT_PHYSICAL_DOUBLE, LEAT_TYPE_BIGINT, double_to_int64, 0),
    CAST(LEAT_TYPE_DOUBLE, LEAT_PHYSICAL_DOUBLE, LEAT_TYPE_STRING, leat_cast_double_to_text, 0),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_BOOLEAN, leat_cast_text_to_bool, FAILS),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_INT, leat_cast_text_to_int32, FAILS),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_BIGINT, leat_cast_text_to_int64, FAILS),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_DOUBLE, leat_cast_text_to_double, FAILS),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_TIMESTAMP, leat_cast_text_to_time, FAILS),
    CAST(LEAT_TYPE_STRING, LEAT_PHYSICAL_TEXT, LEAT_TYPE_TIMESTAMP_LTZ, leat_cast_text_to_time, FAILS),
    CAST(LEAT_TYPE_TIMESTAMP, LEAT_PHYSICAL_INT64, LEAT_TYPE_STRING, leat_cast_time_to_text, 0),
    CAST(LEAT_TYPE_TIMESTAMP, LEAT_PHYSICAL_INT64, LEAT_TYPE_TIMESTAMP, time_to_time, 0),
    CAST(LEAT_TYPE_TIMESTAMP, LEAT_PHYSICAL_INT64, LEAT_TYPE_TIMESTAMP_LTZ, time_to_time, 0),
    CAST(LEAT_TYPE_TIMESTAMP_LTZ, LEAT_PHYSICAL_INT64, LEAT_TYPE_STRING, leat_cast_time_to_text, 0),
    CAST(LEAT_TYPE_TIMESTAMP_LTZ, LEAT_PHYSICAL_INT64, LEAT_TYPE_TIMESTAMP, time_to_time, 0),
    CAST(LEAT_TYPE_TIMESTAMP_LTZ, LEAT_PHYSICAL_INT64, LEAT_TYPE_TIMESTAMP_LTZ, time_to_time, 0),
};

const struct leat_function *leat_cast_find(uint8_t from_kind, uint8_t to_kind) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(casts); i++)
        if (casts[i].params[0] == from_kind && casts[i].result == to_kind)
            return &casts[i];
    return NULL;
}

// An exact decimal becomes a plain constant: a DOUBLE, or whatever Flink makes of the DECIMAL.
static const struct leat_expr *cast_decimal(struct leat_expr_builder *builder, const struct leat_expr *arg, struct leat_type type) {
    struct leat_value value = arg->constant;
    if (type.kind == LEAT_TYPE_STRING) {
        value.type = type;
        value.text = leat_text_view(arg->decimal, (uint32_t)strlen(arg->decimal));
    } else if ((type.kind == LEAT_TYPE_INT || type.kind == LEAT_TYPE_BIGINT) && fabs(value.float64) >= 9007199254740992.0) {
        return leat_expr_refuse(builder, "write an integer", "the DECIMAL %.40s is too large to be an exact number here", arg->decimal);
    }
    return leat_expr_constant(builder, value);
}

const struct leat_expr *leat_expr_cast(struct leat_expr_builder *builder, const struct leat_expr *arg, struct leat_type type,
                                       bool try_cast) {
    uint8_t from = arg->type.kind;
    if (from == LEAT_TYPE_NULL)
        return leat_expr_null(builder, type);
    if (arg->decimal) {
        arg = cast_decimal(builder, arg, type);
        if (!arg)
            return NULL;
        from = arg->type.kind;
    }
    type.nullable = arg->type.nullable || try_cast;
    bool time = leat_type_is_time(from) && from == type.kind;
    if (from == type.kind && (!time || type.precision == arg->type.precision))
        return arg;
    if (time && type.precision > arg->type.precision && arg->kind == LEAT_EXPR_COLUMN) {
        // More digits of the same number of microseconds: the same column under another type. (A call may look at its own type.)
        struct leat_expr *wider = leat_arena_alloc(builder->arena, sizeof(*wider));
        *wider = *arg;
        wider->type.precision = type.precision;
        return wider;
    }
    const struct leat_function *function = leat_cast_find(from, type.kind);
    if (!function) {
        bool to_time = leat_type_is_numeric(from) && leat_type_is_time(type.kind);
        bool from_time = leat_type_is_numeric(type.kind) && leat_type_is_time(from);
        const char *hint = to_time     ? "TO_TIMESTAMP_LTZ(n, 3) makes a timestamp of milliseconds, TO_TIMESTAMP_LTZ(n, 0) of seconds"
                           : from_time ? "Flink does not convert timestamps to numbers by CAST"
                                       : NULL;
        return leat_expr_refuse(builder, hint, "there is no CAST from %s to %s", leat_type_text(builder->arena, arg->type),
                                leat_type_text(builder->arena, type));
    }
    return leat_expr_make_call(builder, function, type, &arg, 1, try_cast);
}
