// Functions of timestamps. A TIMESTAMP_LTZ is taken apart in the session's zone, which is UTC.
#include "engine/expr/kernel.h"
#include "engine/expr/time.h"
#include "engine/expr/time_format.h"

// ---- Texts

// Without a format, or where the format does not fit, Flink reads what a CAST reads; a text that is no timestamp gives NULL.
static int to_timestamp(struct leat_kernel_call *call) {
    const struct leat_time_format *format = call->expr->prepared;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row);
        const char *bytes = leat_text_bytes(text), *end = bytes + text->length;
        int64_t micros;
        bool found = format && leat_time_format_parse(format, bytes, text->length, &micros);
        while (format && !found && bytes < end && *bytes == ' ')
            bytes++;
        while (format && !found && bytes < end && end[-1] == ' ')
            end--;
        bool pointed = format && bytes < end && end[-1] == '.'; // only a CAST takes a point without digits
        if (found || (!pointed && leat_timestamp_parse(bytes, (size_t)(end - bytes), LEAT_TIMESTAMP_CAST, false, &micros)))
            out[row] = leat_time_truncate(micros, 3);
        else
            leat_kernel_null(call, row);
    }
    return 0;
}

// The format that is the second argument; it must be known now.
static bool prepare_format(struct leat_expr_builder *builder, struct leat_expr *expr) {
    const char *wrong;
    if (expr->arg_count < 2)
        return true;
    if (!leat_expr_is_value(expr->args[1])) {
        leat_expr_refuse(builder, "write the format as a literal", "the format of `%s` must be a constant", expr->function->name);
        return false;
    }
    const struct leat_text *text = &expr->args[1]->constant.text;
    expr->prepared = leat_time_format_compile(builder->arena, leat_text_bytes(text), text->length, &wrong);
    if (!expr->prepared)
        leat_expr_refuse(builder, "yyyy MM M dd d HH H mm m ss s, S to SSSSSSSSS and text in quotes are",
                         "`%.20s` is not supported in a format",
                         leat_arena_copy(builder->arena, wrong, text->length - (size_t)(wrong - leat_text_bytes(text))));
    return expr->prepared != NULL;
}

static int date_format(struct leat_kernel_call *call) {
    const struct leat_time_format *format = call->expr->prepared;
    const int64_t *from = call->args[0].data;
    size_t room = leat_time_format_room(format);
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        char small[128];
        char *to = room <= sizeof(small) ? small : leat_heap_alloc(call->heap, room);
        if (!to)
            return -1;
        size_t length = leat_time_format_print(format, from[row & call->args[0].mask], to);
        if (to != small)
            ((struct leat_text *)call->out->data)[row] = leat_text_view(to, (uint32_t)length);
        else if (leat_kernel_put_text(call, row, to, length))
            return -1;
    }
    return 0;
}

// ---- Numbers

// Seconds or milliseconds since 1970 as an instant; NULL outside the years 0000 to 9999.
static int to_instant_int64(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    const int64_t unit = call->expr->args[1]->constant.int32 == 3 ? 1000 : LEAT_MICROS_PER_SECOND;
    const int64_t min = LEAT_TIMESTAMP_MIN / unit, max = LEAT_TIMESTAMP_MAX / unit;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const int64_t value = from[row & call->args[0].mask];
        if (LEAT_LIKELY(value >= min && value <= max))
            out[row] = value * unit;
        else
            leat_kernel_null(call, row);
    }
    return 0;
}

// Likewise for a number with a fraction.
static int to_instant_double(struct leat_kernel_call *call) {
    const double *from = call->args[0].data;
    const bool millis = call->expr->args[1]->constant.int32 == 3;
    const double first_millis = (double)(LEAT_TIMESTAMP_MIN / 1000), last_millis = (double)(LEAT_TIMESTAMP_MAX / 1000);
    const double first_second = (double)(LEAT_TIMESTAMP_MIN / 1000000), last_second = (double)(LEAT_TIMESTAMP_MAX / 1000000);
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        double value = from[row & call->args[0].mask];
        // Seconds are judged before they are cut to milliseconds, milliseconds afterwards; NaN is cut to 0.
        bool good = millis ? !(value <= first_millis - 1 || value >= last_millis + 1) : value >= first_second && value <= last_second;
        if (good)
            out[row] = value != value ? 0 : (int64_t)(millis ? value : value * 1000) * 1000;
        else
            leat_kernel_null(call, row);
    }
    return 0;
}

static bool prepare_instant(struct leat_expr_builder *builder, struct leat_expr *expr) {
    const struct leat_expr *precision = expr->args[1];
    bool good = leat_expr_is_value(precision) && (precision->constant.int32 == 0 || precision->constant.int32 == 3);
    if (!good)
        leat_expr_refuse(builder, "0 means seconds, 3 milliseconds", "the precision of TO_TIMESTAMP_LTZ must be 0 or 3");
    return good;
}

// ---- Fields

enum part {
    PART_YEAR,
    PART_QUARTER,
    PART_MONTH,
    PART_WEEK,
    PART_DAYOFYEAR,
    PART_DAYOFMONTH,
    PART_DAYOFWEEK,
    PART_HOUR,
    PART_MINUTE,
    PART_SECOND
};

// Days since 1970-01-01, which was a Thursday.
static int64_t day_of(int64_t micros) {
    return micros / LEAT_MICROS_PER_DAY - (micros % LEAT_MICROS_PER_DAY < 0);
}

static int64_t first_day(int32_t year) {
    const struct leat_civil first = {.year = year, .month = 1, .day = 1};
    return day_of(leat_time_from_civil(&first));
}

// 1 (Sunday) to 7.
static int64_t day_of_week(int64_t day) {
    return ((day + 4) % 7 + 7) % 7 + 1;
}

// The week of ISO 8601: weeks start on Mondays and belong to the year that has their Thursday.
static int64_t iso_week(int64_t day) {
    struct leat_civil thursday;
    int64_t from_monday = (day_of_week(day) + 5) % 7;
    int64_t thursday_day = day - from_monday + 3;
    // Near the ends of 64 bits this wraps around, to some other week.
    leat_time_to_civil((int64_t)((uint64_t)thursday_day * (uint64_t)LEAT_MICROS_PER_DAY), &thursday);
    return (thursday_day - first_day(thursday.year)) / 7 + 1;
}

static int64_t part_of(int64_t micros, enum part part) {
    struct leat_civil civil;
    leat_time_to_civil(micros, &civil);
    switch (part) {
    case PART_YEAR:
        return civil.year;
    case PART_QUARTER:
        return (civil.month + 2) / 3;
    case PART_MONTH:
        return civil.month;
    case PART_WEEK:
        return iso_week(day_of(micros));
    case PART_DAYOFYEAR:
        return day_of(micros) - first_day(civil.year) + 1;
    case PART_DAYOFMONTH:
        return civil.day;
    case PART_DAYOFWEEK:
        return day_of_week(day_of(micros));
    case PART_HOUR:
        return civil.hour;
    case PART_MINUTE:
        return civil.minute;
    default:
        return civil.second;
    }
}

static int extract(struct leat_kernel_call *call, enum part part) {
    const int64_t *from = call->args[0].data;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = part_of(from[row & call->args[0].mask], part);
    }
    return 0;
}

#define KERNEL_PART(name, part)                                                                                                            \
    static int name(struct leat_kernel_call *call) {                                                                                       \
        return extract(call, part);                                                                                                        \
    }

KERNEL_PART(year, PART_YEAR)
KERNEL_PART(quarter, PART_QUARTER)
KERNEL_PART(month, PART_MONTH)
KERNEL_PART(week, PART_WEEK)
KERNEL_PART(day_of_year, PART_DAYOFYEAR)
KERNEL_PART(day_of_month, PART_DAYOFMONTH)
KERNEL_PART(weekday, PART_DAYOFWEEK)
KERNEL_PART(hour, PART_HOUR)
KERNEL_PART(minute, PART_MINUTE)
KERNEL_PART(second, PART_SECOND)

// ---- The table

#define PART(function, kernel, text)                                                                                                       \
    {                                                                                                                                      \
        .name = function, .args_min = 1, .args_max = 1, .params = {LEAT_PARAM_TIME}, .result = LEAT_TYPE_BIGINT,                           \
        .kernels = {[LEAT_PHYSICAL_INT64] = kernel}, .doc = {                                                                              \
            function,                                                                                                                      \
            function "(timestamp) -> BIGINT",                                                                                              \
            text                                                                                                                           \
        }                                                                                                                                  \
    }

const struct leat_function leat_functions_time[] = {
    {.name = "TO_TIMESTAMP",
     .args_min = 1,
     .args_max = 2,
     .params = {LEAT_TYPE_STRING},
     .result = LEAT_TYPE_TIMESTAMP,
     .result_precision = 3,
     .flags = LEAT_FUNCTION_NULLS,
     .prepare = prepare_format,
     .kernels = {[LEAT_PHYSICAL_TEXT] = to_timestamp},
     .doc = {"TO_TIMESTAMP", "TO_TIMESTAMP(STRING [, format STRING]) -> TIMESTAMP(3)",
             "Reads 'yyyy-MM-dd HH:mm:ss[.fraction]' or the given constant format; NULL where the text is no timestamp."}},
    {.name = "TO_TIMESTAMP_LTZ",
     .args_min = 2,
     .args_max = 2,
     .params = {LEAT_TYPE_BIGINT, LEAT_TYPE_INT},
     .result = LEAT_TYPE_TIMESTAMP_LTZ,
     .result_precision = 3,
     .flags = LEAT_FUNCTION_NULLS,
     .prepare = prepare_instant,
     .kernels = {[LEAT_PHYSICAL_INT64] = to_instant_int64},
     .doc = {"TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_LTZ(numeric, 0 or 3) -> TIMESTAMP_LTZ(3)",
             "Seconds (0) or milliseconds (3) since 1970 as an instant; NULL outside the years 0000 to 9999."}},
    {.name = "TO_TIMESTAMP_LTZ",
     .args_min = 2,
     .args_max = 2,
     .params = {LEAT_TYPE_DOUBLE, LEAT_TYPE_INT},
     .result = LEAT_TYPE_TIMESTAMP_LTZ,
     .result_precision = 3,
     .flags = LEAT_FUNCTION_NULLS,
     .prepare = prepare_instant,
     .kernels = {[LEAT_PHYSICAL_DOUBLE] = to_instant_double}},
    {.name = "DATE_FORMAT",
     .args_min = 2,
     .args_max = 2,
     .params = {LEAT_PARAM_TIME, LEAT_TYPE_STRING},
     .result = LEAT_TYPE_STRING,
     .prepare = prepare_format,
     .kernels = {[LEAT_PHYSICAL_INT64] = date_format},
     .doc = {"DATE_FORMAT", "DATE_FORMAT(timestamp, format STRING) -> STRING", "The timestamp in the given constant format."}},
    PART("YEAR", year, "The year; EXTRACT(YEAR FROM ...)."),
    PART("QUARTER", quarter, "The quarter of the year, 1 to 4."),
    PART("MONTH", month, "The month, 1 to 12."),
    PART("WEEK", week, "The week of ISO 8601, 1 to 53."),
    PART("DAYOFYEAR", day_of_year, "The day of the year, 1 to 366; EXTRACT(DOY FROM ...)."),
    PART("DAYOFMONTH", day_of_month, "The day of the month, 1 to 31; EXTRACT(DAY FROM ...)."),
    PART("DAYOFWEEK", weekday, "The day of the week, 1 (Sunday) to 7; EXTRACT(DOW FROM ...)."),
    PART("HOUR", hour, "The hour, 0 to 23."),
    PART("MINUTE", minute, "The minute, 0 to 59."),
    PART("SECOND", second, "The whole second, 0 to 59."),
    {.name = NULL},
};
