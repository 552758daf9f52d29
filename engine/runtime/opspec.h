// The plans of the stateful operators: what the planner writes and the operators in operators/ are opened with. They stand here because
// the planner knows no operator's header.
#ifndef LEAT_ENGINE_RUNTIME_OPSPEC_H
#define LEAT_ENGINE_RUNTIME_OPSPEC_H

#include "engine/expr/function.h"

// One input of a SERIES JOIN: which of its columns are the key, the time and the payload. Numbers are input columns (see leat_rows).
struct leat_series_join_input {
    const uint16_t *key;     // key_count columns; the physical forms of both inputs' keys agree
    uint16_t time;           // event time, microseconds, never NULL
    const uint16_t *payload; // columns that are kept for the output
    uint16_t payload_count;
    const uint8_t *payload_physical; // enum leat_physical of each
};

// Where an output column of a SERIES JOIN comes from.
struct leat_series_join_output {
    enum { LEAT_SERIES_KEY, LEAT_SERIES_LEFT, LEAT_SERIES_RIGHT } from;
    uint16_t index; // of the key column, or of the payload column of that side
};

// The plan of one SERIES JOIN; immutable while the operator lives.
struct leat_series_join_spec {
    struct leat_series_join_input inputs[2]; // 0 left, 1 right
    uint16_t key_count;
    const uint8_t *key_physical;
    int64_t tolerance_us; // >= 0
    const struct leat_series_join_output *outputs;
    uint16_t output_count;
};

// One aggregate of a window.
struct leat_window_aggregate {
    enum leat_aggregate_kind kind;
    uint16_t column;       // input column; unused for COUNT(*)
    uint8_t arg_physical;  // enum leat_physical of that column
    struct leat_type type; // of the result
};

// Where an output column of a window comes from.
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

#endif
