#include "engine/expr/window_bound.h"

#include "engine/expr/kernel.h"

static int64_t value_of(const struct leat_kernel_call *call, uint32_t arg, uint32_t row) {
    return ((const int64_t *)call->args[arg].data)[row & call->args[arg].mask];
}

// Arguments: time, size, offset, what to add to the start. Sums wrap around at the ends of the calendar, as Java's do.
static int bound_kernel(struct leat_kernel_call *call) {
    int64_t *out = leat_column_int64(call->out);
    for (uint32_t i = 0; i < call->count; i++) {
        uint32_t row = leat_kernel_row(call, i);
        int64_t size = value_of(call, 1, row), time = value_of(call, 0, row);
        int64_t past = (int64_t)((uint64_t)time - (uint64_t)value_of(call, 2, row)) % size;
        past = past < 0 ? past + size : past;
        out[row] = (int64_t)((uint64_t)time - (uint64_t)past + (uint64_t)value_of(call, 3, row));
    }
    return 0;
}

#define BOUND(NAME)                                                                                                                        \
    {                                                                                                                                      \
        .name = NAME, .form = LEAT_FORM_CALL, .args_min = 4, .args_max = 4, .result = LEAT_TYPE_TIMESTAMP,                                 \
        .params = {LEAT_PARAM_TIME, LEAT_TYPE_INTERVAL_DAY, LEAT_TYPE_INTERVAL_DAY, LEAT_TYPE_INTERVAL_DAY},                               \
        .kernels = {[LEAT_PHYSICAL_INT64] = bound_kernel},                                                                                 \
    }

static const struct leat_function bounds[] = {
    [LEAT_WINDOW_BOUND_START] = BOUND("WINDOW_START"),
    [LEAT_WINDOW_BOUND_END] = BOUND("WINDOW_END"),
    [LEAT_WINDOW_BOUND_TIME] = BOUND("WINDOW_TIME"),
};

static const struct leat_expr *interval(struct leat_expr_builder *builder, int64_t micros) {
    return leat_expr_constant(builder, (struct leat_value){.type = {.kind = LEAT_TYPE_INTERVAL_DAY}, .int64 = micros});
}

const struct leat_expr *leat_expr_window_bound(struct leat_expr_builder *builder, enum leat_window_bound bound,
                                               const struct leat_expr *time, int64_t size_us, int64_t offset_us, struct leat_type type) {
    int64_t after = bound == LEAT_WINDOW_BOUND_START ? 0 : size_us;
    after -= bound == LEAT_WINDOW_BOUND_TIME ? LEAT_MICROS_PER_MILLI : 0;
    const struct leat_expr *args[] = {time, interval(builder, size_us), interval(builder, offset_us), interval(builder, after)};
    return leat_expr_make_call(builder, &bounds[bound], type, args, LEAT_ARRAY_LEN(args), false);
}
