// Tumbling event-time window with aggregates: one output row per key and window, when the watermark has passed its end.
#ifndef LEAT_OPERATORS_WINDOW_TUMBLE_H
#define LEAT_OPERATORS_WINDOW_TUMBLE_H

#include "engine/runtime/operator.h"
#include "engine/runtime/opspec.h"

extern const struct leat_operator_ops leat_window_tumble_ops; // spec: struct leat_window_tumble_spec

#endif
