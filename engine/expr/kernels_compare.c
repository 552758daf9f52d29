// Comparisons, tests for NULL and truth, the larger and the smaller of two, and IN over a list of constants.
#include "engine/base/hash.h"
#include "engine/expr/loops.h"

#include <math.h>

// The order of GREATEST and LEAST; for doubles it is that of Java's Double.compare: -0.0 is below 0.0, NaN above everything.
static inline bool above_bool(uint8_t x, uint8_t y) {
    return x > y;
}

static inline bool above_int32(int32_t x, int32_t y) {
    return x > y;
}

static inline bool above_int64(int64_t x, int64_t y) {
    return x > y;
}

static inline bool above_double(double x, double y) {
    if (x != x || y != y)
        return x != x && y == y;
    return x > y || (x == y && !signbit(x) && signbit(y));
}

// The six comparisons of one type. Doubles compare as IEEE 754 says, as in Flink: NaN equals nothing.
#define KERNEL_COMPARE(type_name, type)                                                                                                    \
    LEAT_KERNEL_BINARY(equal_##type_name, type, type, uint8_t, x == y)                                                                     \
    LEAT_KERNEL_BINARY(unequal_##type_name, type, type, uint8_t, x != y)                                                                   \
    LEAT_KERNEL_BINARY(less_##type_name, type, type, uint8_t, x < y)                                                                       \
    LEAT_KERNEL_BINARY(less_equal_##type_name, type, type, uint8_t, x <= y)                                                                \
    LEAT_KERNEL_BINARY(greater_##type_name, type, type, uint8_t, x > y)                                                                    \
    LEAT_KERNEL_BINARY(greater_equal_##type_name, type, type, uint8_t, x >= y)                                                             \
    LEAT_KERNEL_BINARY(greatest_##type_name, type, type, type, above_##type_name(y, x) ? y : x)                                            \
    LEAT_KERNEL_BINARY(least_##type_name, type, type, type, above_##type_name(x, y) ? y : x)                                               \
    static bool same_##type_name(const void *a, const void *b) {                                                                           \
        return *(const type *)a == *(const type *)b;                                                                                       \
    }

KERNEL_COMPARE(bool, uint8_t)
KERNEL_COMPARE(int32, int32_t)
KERNEL_COMPARE(int64, int64_t)
KERNEL_COMPARE(double, double)

#define KERNEL_COMPARE_TEXT(name, expression)                                                                                              \
    static int name(struct leat_kernel_call *call) {                                                                                       \
        uint8_t *out = call->out->data;                                                                                                    \
        for (uint32_t i = 0; i < call->count; i++) {                                                                                       \
            const uint32_t row = leat_kernel_row(call, i);                                                                                 \
            const struct leat_text *a = leat_kernel_text(call, 0, row), *b = leat_kernel_text(call, 1, row);                               \
            out[row] = expression;                                                                                                         \
        }                                                                                                                                  \
        return 0;                                                                                                                          \
    }

KERNEL_COMPARE_TEXT(equal_text, leat_text_equal(a, b))
KERNEL_COMPARE_TEXT(unequal_text, !leat_text_equal(a, b))
KERNEL_COMPARE_TEXT(less_text, leat_text_compare(a, b) < 0)
KERNEL_COMPARE_TEXT(less_equal_text, leat_text_compare(a, b) <= 0)
KERNEL_COMPARE_TEXT(greater_text, leat_text_compare(a, b) > 0)
KERNEL_COMPARE_TEXT(greater_equal_text, leat_text_compare(a, b) >= 0)

static bool same_text(const void *a, const void *b) {
    return leat_text_equal(a, b);
}

static int greatest_text(struct leat_kernel_call *call) {
    struct leat_text *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *a = leat_kernel_text(call, 0, row), *b = leat_kernel_text(call, 1, row);
        out[row] = leat_text_compare(b, a) > 0 ? *b : *a;
    }
    return 0;
}

static int least_text(struct leat_kernel_call *call) {
    struct leat_text *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *a = leat_kernel_text(call, 0, row), *b = leat_kernel_text(call, 1, row);
        out[row] = leat_text_compare(b, a) < 0 ? *b : *a;
    }
    return 0;
}

// ---- NULL and truth

static void test_null(struct leat_kernel_call *call, bool wanted) {
    uint8_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = leat_vector_is_valid(&call->args[0], row) == wanted;
    }
}

static int is_null(struct leat_kernel_call *call) {
    test_null(call, false);
    return 0;
}

static int is_not_null(struct leat_kernel_call *call) {
    test_null(call, true);
    return 0;
}

static void test_truth(struct leat_kernel_call *call, uint8_t truth, bool negated) {
    uint8_t *out = call->out->data;
    const uint8_t *value = call->args[0].data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = (leat_vector_is_valid(&call->args[0], row) && value[row & call->args[0].mask] == truth) != negated;
    }
}

static int is_true(struct leat_kernel_call *call) {
    test_truth(call, 1, false);
    return 0;
}

static int is_not_true(struct leat_kernel_call *call) {
    test_truth(call, 1, true);
    return 0;
}

static int is_false(struct leat_kernel_call *call) {
    test_truth(call, 0, false);
    return 0;
}

static int is_not_false(struct leat_kernel_call *call) {
    test_truth(call, 0, true);
    return 0;
}

LEAT_KERNEL_UNARY(not_bool, uint8_t, uint8_t, !x)

typedef bool leat_same(const void *a, const void *b);

static leat_same *const same_functions[] = {[LEAT_PHYSICAL_BOOL] = same_bool,
                                            [LEAT_PHYSICAL_INT32] = same_int32,
                                            [LEAT_PHYSICAL_INT64] = same_int64,
                                            [LEAT_PHYSICAL_DOUBLE] = same_double,
                                            [LEAT_PHYSICAL_TEXT] = same_text};

static void test_distinct(struct leat_kernel_call *call, bool negated) {
    const struct leat_vector *a = &call->args[0], *b = &call->args[1];
    uint8_t physical = leat_type_physical(call->expr->args[0]->type.kind);
    size_t bytes = leat_physical_bytes(physical);
    uint8_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        bool a_valid = leat_vector_is_valid(a, row), b_valid = leat_vector_is_valid(b, row);
        bool distinct = a_valid != b_valid;
        if (a_valid && b_valid)
            distinct =
                !same_functions[physical]((const char *)a->data + (row & a->mask) * bytes, (const char *)b->data + (row & b->mask) * bytes);
        out[row] = distinct != negated;
    }
}

static int is_distinct(struct leat_kernel_call *call) {
    test_distinct(call, false);
    return 0;
}

static int is_not_distinct(struct leat_kernel_call *call) {
    test_distinct(call, true);
    return 0;
}

// ---- IN over constants

// A hash table of the values; open addressing, at most half full.
struct value_set {
    const struct leat_value **slots;
    uint32_t mask;
    bool has_null;
};

// The bits of a number such that equal ones are the same: both zeros are equal.
static uint64_t number_bits(uint8_t physical, const void *data) {
    double number;
    int32_t int32;
    uint64_t bits = 0;
    switch (physical) {
    case LEAT_PHYSICAL_INT32:
        memcpy(&int32, data, sizeof(int32));
        return (uint64_t)int32;
    case LEAT_PHYSICAL_DOUBLE:
        memcpy(&number, data, sizeof(number));
        number += 0.0;
        memcpy(&bits, &number, sizeof(bits));
        return bits;
    case LEAT_PHYSICAL_INT64:
        memcpy(&bits, data, sizeof(bits));
        return bits;
    default:
        return *(const uint8_t *)data;
    }
}

static bool set_has(const struct value_set *set, uint8_t physical, const void *data) {
    uint64_t hash = physical == LEAT_PHYSICAL_TEXT ? leat_hash_text(0, data) : leat_hash_word(0, number_bits(physical, data));
    for (uint32_t slot = (uint32_t)hash & set->mask; set->slots[slot]; slot = (slot + 1) & set->mask)
        if (same_functions[physical](&set->slots[slot]->int64, data))
            return true;
    return false;
}

static bool prepare_in(struct leat_expr_builder *builder, struct leat_expr *expr) {
    struct value_set *set = leat_arena_alloc(builder->arena, sizeof(*set));
    uint8_t physical = leat_type_physical(expr->args[0]->type.kind);
    uint32_t slots = 2;
    while (slots < 2 * expr->arg_count)
        slots *= 2;
    set->mask = slots - 1;
    set->slots = leat_arena_alloc(builder->arena, slots * sizeof(*set->slots));
    for (uint32_t i = 1; i < expr->arg_count; i++) {
        const struct leat_value *value = &expr->args[i]->constant;
        set->has_null |= value->is_null;
        if (value->is_null || set_has(set, physical, &value->int64))
            continue;
        uint64_t hash =
            physical == LEAT_PHYSICAL_TEXT ? leat_hash_text(0, &value->text) : leat_hash_word(0, number_bits(physical, &value->int64));
        uint32_t slot = (uint32_t)hash & set->mask;
        while (set->slots[slot])
            slot = (slot + 1) & set->mask;
        set->slots[slot] = value;
    }
    expr->prepared = set;
    expr->type.nullable = expr->args[0]->type.nullable || set->has_null;
    return true;
}

static int in_list(struct leat_kernel_call *call) {
    const struct value_set *set = call->expr->prepared;
    uint8_t physical = leat_type_physical(call->expr->args[0]->type.kind);
    size_t bytes = leat_physical_bytes(physical);
    uint8_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = set_has(set, physical, (const char *)call->args[0].data + (row & call->args[0].mask) * bytes);
        if (set->has_null && !out[row])
            leat_kernel_null(call, row);
    }
    return 0;
}

// ---- The table

#define EVERY(operation)                                                                                                                   \
    {                                                                                                                                      \
        [LEAT_PHYSICAL_BOOL] = operation##_bool, [LEAT_PHYSICAL_INT32] = operation##_int32, [LEAT_PHYSICAL_INT64] = operation##_int64,     \
        [LEAT_PHYSICAL_DOUBLE] = operation##_double, [LEAT_PHYSICAL_TEXT] = operation##_text                                               \
    }
#define SAME(kernel)                                                                                                                       \
    { kernel, kernel, kernel, kernel, kernel }
#define COMPARE(operator, kernel_list, flag_list)                                                                                          \
    {                                                                                                                                      \
        .name = operator, .form = LEAT_FORM_INFIX, .args_min = 2, .args_max = 2, .params = {LEAT_PARAM_COMMON},                            \
        .result = LEAT_TYPE_BOOLEAN, .flags = LEAT_FUNCTION_COMPARE | (flag_list), .kernels = kernel_list                                  \
    }
#define TEST(operator, param, kernel)                                                                                                      \
    {                                                                                                                                      \
        .name = operator, .form = LEAT_FORM_POSTFIX, .args_min = 1, .args_max = 1, .params = {param}, .result = LEAT_TYPE_BOOLEAN,         \
        .flags = LEAT_FUNCTION_LENIENT, .kernels = SAME(kernel)                                                                            \
    }
#define EXTREME(text_name, operation, signature_text, doc_text)                                                                            \
    {                                                                                                                                      \
        .name = text_name, .args_min = 2, .args_max = 2, .params = {LEAT_PARAM_COMMON}, .result = LEAT_RESULT_FIRST,                       \
        .kernels = EVERY(operation), .doc = {                                                                                              \
            text_name,                                                                                                                     \
            signature_text,                                                                                                                \
            doc_text                                                                                                                       \
        }                                                                                                                                  \
    }

const struct leat_function leat_functions_compare[] = {
    COMPARE("=", EVERY(equal), 0),
    COMPARE("<>", EVERY(unequal), 0),
    COMPARE("<", EVERY(less), 0),
    COMPARE("<=", EVERY(less_equal), 0),
    COMPARE(">", EVERY(greater), 0),
    COMPARE(">=", EVERY(greater_equal), 0),
    COMPARE("IS DISTINCT FROM", SAME(is_distinct), LEAT_FUNCTION_LENIENT),
    COMPARE("IS NOT DISTINCT FROM", SAME(is_not_distinct), LEAT_FUNCTION_LENIENT),
    TEST("IS NULL", LEAT_PARAM_ANY, is_null),
    TEST("IS NOT NULL", LEAT_PARAM_ANY, is_not_null),
    TEST("IS UNKNOWN", LEAT_TYPE_BOOLEAN, is_null),
    TEST("IS NOT UNKNOWN", LEAT_TYPE_BOOLEAN, is_not_null),
    TEST("IS TRUE", LEAT_TYPE_BOOLEAN, is_true),
    TEST("IS NOT TRUE", LEAT_TYPE_BOOLEAN, is_not_true),
    TEST("IS FALSE", LEAT_TYPE_BOOLEAN, is_false),
    TEST("IS NOT FALSE", LEAT_TYPE_BOOLEAN, is_not_false),
    {.name = "NOT",
     .form = LEAT_FORM_PREFIX,
     .args_min = 1,
     .args_max = 1,
     .params = {LEAT_TYPE_BOOLEAN},
     .result = LEAT_TYPE_BOOLEAN,
     .kernels = SAME(not_bool)},
    {.name = "IN",
     .args_min = 2,
     .args_max = LEAT_FUNCTION_VARIADIC,
     .params = {LEAT_PARAM_COMMON},
     .result = LEAT_TYPE_BOOLEAN,
     .flags = LEAT_FUNCTION_COMPARE | LEAT_FUNCTION_FIRST | LEAT_FUNCTION_NULLS,
     .prepare = prepare_in,
     .kernels = SAME(in_list)},
    EXTREME("GREATEST", greatest, "GREATEST(T, T, ...) -> T", "The largest of its arguments; NULL if one of them is NULL."),
    EXTREME("LEAST", least, "LEAST(T, T, ...) -> T", "The smallest of its arguments; NULL if one of them is NULL."),
    {.name = NULL},
};
