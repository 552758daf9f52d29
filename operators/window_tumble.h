// Tumbling event-time window with aggregates: one output row per key and window, when the watermark has passed its end.
#ifndef LEAT_OPERATORS_WINDOW_TUMBLE_H
#define LEAT_OPERATORS_WINDOW_TUMBLE_H

#include "engine/expr/function.h"
#include "engine/runtime/operator.h"

// One aggregate of the window.
struct leat_window_aggregate {
    enum leat_aggregate_kind kind;
    uint16_t column;       // input column; unused for COUNT(*)
    uint8_t arg_physical;  // enum leat_physical of that column
    struct leat_type type; // of the result
};

// Where an output column comes from.
struct leat_window_output {
    enum { LEAT_WINDOW_KEY, LEAT_WINDOW_AGGREGATE, LEAT_WINDOW_START, LEAT_WINDOW_END, LEAT_WINDOW_TIME } from; // TIME: end - 1 ms
    uint16_t index; // of the key column or aggregate
};

// The plan of one tumbling window; immutable while the operator lives.
struct leat_window_tumble_spec {
    uint16_t time;       // input column with the event time, microseconds, never NULL
    int64_t size_us;     // > 0
    int64_t offset_us;   // windows start at offset + n * size
    const uint16_t *key; // key_count input columns; may be none
    uint16_t key_count;
    const uint8_t *key_physical;
    const struct leat_window_aggregate *aggregates;
    uint16_t aggregate_count;
    const struct leat_window_output *outputs;
    uint16_t output_count;
};

extern const struct leat_operator_ops leat_window_tumble_ops; // spec: struct leat_window_tumble_spec

#endif
