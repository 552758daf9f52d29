// The bounds of tumbling windows as expressions, for TUMBLE without an aggregation. Not callable by name.
#ifndef LEAT_ENGINE_EXPR_WINDOW_BOUND_H
#define LEAT_ENGINE_EXPR_WINDOW_BOUND_H

#include "engine/expr/expr.h"

enum leat_window_bound { LEAT_WINDOW_BOUND_START, LEAT_WINDOW_BOUND_END, LEAT_WINDOW_BOUND_TIME }; // TIME: end - 1 ms

// The bound, of type `type`, of the window of `size_us` > 0 that the timestamp `time` falls into; windows start at offset + n * size.
// The first argument of the call is `time`. NULL with the builder's error set when the expression gets too deep.
const struct leat_expr *leat_expr_window_bound(struct leat_expr_builder *builder, enum leat_window_bound bound,
                                               const struct leat_expr *time, int64_t size_us, int64_t offset_us, struct leat_type type);

#endif
