// SERIES JOIN: the time-series join of neighbours (docs/SQL.md). Keyed, event time, two inputs.
#ifndef LEAT_OPERATORS_SERIES_JOIN_H
#define LEAT_OPERATORS_SERIES_JOIN_H

#include "engine/runtime/operator.h"
#include "engine/runtime/opspec.h"

extern const struct leat_operator_ops leat_series_join_ops; // spec: struct leat_series_join_spec

#endif
