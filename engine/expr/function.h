// The one registry of scalar and aggregate functions that the binder, EXPLAIN and the documentation read.
#ifndef LEAT_ENGINE_EXPR_FUNCTION_H
#define LEAT_ENGINE_EXPR_FUNCTION_H

#include "engine/expr/expr.h"

// Aggregate functions that windows know.
enum leat_aggregate_kind {
    LEAT_AGGREGATE_COUNT_ALL,
    LEAT_AGGREGATE_COUNT,
    LEAT_AGGREGATE_SUM,
    LEAT_AGGREGATE_AVG,
    LEAT_AGGREGATE_MIN,
    LEAT_AGGREGATE_MAX
};

// An aggregate function by name and argument type with Flink's result type (AVG of INT is INT, COUNT is BIGINT NOT NULL, ...).
// COUNT(*) has no argument: pass NULL. Returns false with builder->error and builder->hint set when there is none.
bool leat_aggregate_resolve(struct leat_expr_builder *builder, const char *name, const struct leat_type *arg,
                            enum leat_aggregate_kind *kind, struct leat_type *result);

// True when `name` (any case) is an aggregate function.
bool leat_aggregate_is_name(const char *name);

// What the documentation and `leat list functions` show of one function.
struct leat_function_doc {
    const char *name;      // "CHAR_LENGTH"
    const char *signature; // "CHAR_LENGTH(STRING) -> INT"
    const char *text;      // one sentence
};

// The ith documented function (scalar, then aggregate), or NULL past the last.
const struct leat_function_doc *leat_function_doc(uint32_t i);

// Names of all functions for "did you mean"; returns how many, writes at most `max` pointers.
uint32_t leat_function_names(const char **names, uint32_t max);

#endif
