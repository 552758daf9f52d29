// Functions of timestamps that are told a unit: TIMESTAMPDIFF, FLOOR and CEIL. The unit is a constant text among the arguments.
#include "engine/expr/kernel.h"
#include "engine/expr/time.h"

// A unit of time: a fixed length or a number of months.
struct unit {
    const char *name;
    int64_t micros; // 0: months
    int32_t months;
    int64_t start; // where one begins, in microseconds since 1970-01-01, a Thursday
};

static const struct unit units[] = {
    {"SECOND", LEAT_MICROS_PER_SECOND, 0, 0},
    {"MINUTE", LEAT_MICROS_PER_MINUTE, 0, 0},
    {"HOUR", LEAT_MICROS_PER_HOUR, 0, 0},
    {"DAY", LEAT_MICROS_PER_DAY, 0, 0},
    {"WEEK", 7 * LEAT_MICROS_PER_DAY, 0, 3 * LEAT_MICROS_PER_DAY}, // from Sunday on, as Flink has it
    {"MONTH", 0, 1, 0},
    {"QUARTER", 0, 3, 0},
    {"YEAR", 0, 12, 0},
};

// Finds the unit that the text among the arguments names.
static bool prepare_unit(struct leat_expr_builder *builder, struct leat_expr *expr) {
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        if (expr->args[i]->type.kind != LEAT_TYPE_STRING || !leat_expr_is_value(expr->args[i]))
            continue;
        const struct leat_text *text = &expr->args[i]->constant.text;
        for (size_t k = 0; k < LEAT_ARRAY_LEN(units); k++)
            if (text->length == strlen(units[k].name) && memcmp(leat_text_bytes(text), units[k].name, text->length) == 0)
                expr->prepared = &units[k];
    }
    if (!expr->prepared)
        leat_expr_refuse(builder, "units: SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR", "`%s` needs a unit of time",
                         expr->function->name);
    return expr->prepared != NULL;
}

// ---- TIMESTAMPDIFF

// Whole months from one time to a later one: as many as can be added to the first without passing the second.
static int64_t months_between(int64_t from, int64_t to) {
    struct leat_civil first, last;
    leat_time_to_civil(from, &first);
    leat_time_to_civil(to, &last);
    int64_t months = ((int64_t)last.year - first.year) * 12 + last.month - first.month;
    return months - (leat_time_add_months(from, (int32_t)months) > to);
}

// As in Flink what is finer than a millisecond is cut off first, and the result wraps around.
static int32_t difference(const struct unit *unit, int64_t from, int64_t to) {
    from = leat_time_truncate(from, 3);
    to = leat_time_truncate(to, 3);
    if (unit->micros)
        return (int32_t)((int64_t)((uint64_t)to - (uint64_t)from) / unit->micros);
    int64_t months = to >= from ? months_between(from, to) : -months_between(to, from);
    return (int32_t)(months / unit->months);
}

static int timestamp_diff(struct leat_kernel_call *call) {
    const int64_t *from = call->args[1].data, *to = call->args[2].data;
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = difference(call->expr->prepared, from[row & call->args[1].mask], to[row & call->args[2].mask]);
    }
    return 0;
}

// ---- FLOOR, CEIL

// The start of the unit that `micros` lies in; wraps around at the very first ones.
static int64_t floor_to(const struct unit *unit, int64_t micros) {
    if (unit->micros) {
        int64_t rest = (micros % unit->micros - unit->start) % unit->micros;
        return (int64_t)((uint64_t)micros - (uint64_t)(rest < 0 ? rest + unit->micros : rest));
    }
    struct leat_civil civil;
    leat_time_to_civil(micros, &civil);
    int32_t month = (civil.month - 1) / unit->months * unit->months + 1;
    const struct leat_civil first = {.year = civil.year, .month = (uint8_t)month, .day = 1};
    return leat_time_from_civil(&first);
}

static int64_t ceil_to(const struct unit *unit, int64_t micros) {
    int64_t start = floor_to(unit, micros);
    if (start == micros)
        return micros;
    return unit->micros ? (int64_t)((uint64_t)start + (uint64_t)unit->micros) : leat_time_add_months(start, unit->months);
}

static int timestamp_floor(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = floor_to(call->expr->prepared, from[row & call->args[0].mask]);
    }
    return 0;
}

static int timestamp_ceil(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = ceil_to(call->expr->prepared, from[row & call->args[0].mask]);
    }
    return 0;
}

// ---- The table

#define ROUND_TO(function, kernel, text)                                                                                                   \
    {                                                                                                                                      \
        .name = function, .args_min = 2, .args_max = 2, .params = {LEAT_PARAM_TIME, LEAT_TYPE_STRING}, .result = LEAT_RESULT_FIRST,        \
        .prepare = prepare_unit, .kernels = {[LEAT_PHYSICAL_INT64] = kernel}, .doc = {                                                     \
            function,                                                                                                                      \
            function "(timestamp TO unit) -> the same type",                                                                               \
            text                                                                                                                           \
        }                                                                                                                                  \
    }

const struct leat_function leat_functions_unit[] = {
    {.name = "TIMESTAMPDIFF",
     .args_min = 3,
     .args_max = 3,
     .params = {LEAT_TYPE_STRING, LEAT_PARAM_TIME, LEAT_PARAM_TIME},
     .result = LEAT_TYPE_INT,
     .prepare = prepare_unit,
     .kernels = {[LEAT_PHYSICAL_TEXT] = timestamp_diff},
     .doc = {"TIMESTAMPDIFF", "TIMESTAMPDIFF(unit, timestamp, timestamp) -> INT",
             "Whole units from the first to the second, cut towards zero; negative where the second is earlier."}},
    ROUND_TO("FLOOR", timestamp_floor, "The start of the second, ..., week (from Sunday on), month, quarter, year that it lies in."),
    ROUND_TO("CEIL", timestamp_ceil, "The next such start, or the timestamp itself where it is one."),
    {.name = "CEILING",
     .args_min = 2,
     .args_max = 2,
     .params = {LEAT_PARAM_TIME, LEAT_TYPE_STRING},
     .result = LEAT_RESULT_FIRST,
     .prepare = prepare_unit,
     .kernels = {[LEAT_PHYSICAL_INT64] = timestamp_ceil}},
    {.name = NULL},
};
