// SERIES JOIN: the time-series join of neighbours (docs/SQL.md). Keyed, event time, two inputs.
#ifndef LEAT_OPERATORS_SERIES_JOIN_H
#define LEAT_OPERATORS_SERIES_JOIN_H

#include "engine/runtime/operator.h"

// One input: which of its columns are the key, the time and the payload. Numbers are input columns (see leat_rows).
struct leat_series_join_input {
    const uint16_t *key;     // key_count columns; the physical forms of both inputs' keys agree
    uint16_t time;           // event time, microseconds, never NULL
    const uint16_t *payload; // columns that are kept for the output
    uint16_t payload_count;
    const uint8_t *payload_physical; // enum leat_physical of each
};

// Where an output column comes from.
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

extern const struct leat_operator_ops leat_series_join_ops; // spec: struct leat_series_join_spec

#endif
