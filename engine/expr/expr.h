// Bound expressions: typed trees over the columns of a batch, built by the binder and evaluated a batch at a time.
#ifndef LEAT_ENGINE_EXPR_EXPR_H
#define LEAT_ENGINE_EXPR_EXPR_H

#include "engine/base/arena.h"
#include "engine/base/memory.h"
#include "engine/base/type.h"
#include "engine/runtime/batch.h"

struct leat_function;

// Forms that decide themselves which operands they look at; everything else is a call.
enum leat_expr_kind {
    LEAT_EXPR_COLUMN,   // a column of the input
    LEAT_EXPR_CONSTANT, // a literal or a folded expression
    LEAT_EXPR_CALL,     // function or operator of the registry, CAST included
    LEAT_EXPR_AND,      // three-valued; n operands
    LEAT_EXPR_OR,       // three-valued; n operands
    LEAT_EXPR_CASE,     // args: condition, result, condition, result, ..., else (always there, may be a NULL constant)
    LEAT_EXPR_COALESCE, // n operands of one type
};

// A bound expression. Immutable, arena-allocated, shared between threads.
struct leat_expr {
    enum leat_expr_kind kind;
    struct leat_type type;
    uint32_t column;                      // LEAT_EXPR_COLUMN
    struct leat_value constant;           // LEAT_EXPR_CONSTANT
    const struct leat_function *function; // LEAT_EXPR_CALL
    uint32_t arg_count;
    const struct leat_expr *const *args;
    const char *decimal;  // a constant written as an exact decimal ("1.50"), DECIMAL in Flink and DOUBLE here; otherwise NULL
    const void *prepared; // LEAT_EXPR_CALL: what the function made of its constant arguments
    uint32_t size;        // nodes, itself included; shared ones as often as they are evaluated
    uint16_t depth;       // levels below
    bool can_fail;        // it or something below may fail for a row
    bool try_cast;        // LEAT_EXPR_CALL: a failing conversion gives NULL
};

// Builders. All allocate from `arena`, insert the implicit casts of Flink, derive the result type and fold constants.
// They return NULL and put a message without position into *error (arena text, e.g. "no function `FOO` takes (STRING)")
// when the expression has no meaning; *hint may be set to a hint or NULL.
struct leat_expr_builder {
    struct leat_arena *arena;
    const char *error;
    const char *hint;
};

const struct leat_expr *leat_expr_column(struct leat_expr_builder *builder, uint32_t column, struct leat_type type); // a column
const struct leat_expr *leat_expr_constant(struct leat_expr_builder *builder, struct leat_value value);              // a literal

// An exact decimal literal: digits with a point, as written ("1.5"). Flink types it DECIMAL, which leat has not: it takes part as DOUBLE
// where Flink's result is DOUBLE or BOOLEAN anyway, and every call whose result Flink would type DECIMAL is refused with a hint. It has
// `decimal` set until then, so that a binder can refuse it elsewhere; leat_expr_cast to DOUBLE makes it a plain DOUBLE.
const struct leat_expr *leat_expr_decimal(struct leat_expr_builder *builder, const char *text, size_t length);

// A function or operator by its SQL name: "+", "-", "*", "/", "%", "=", "<>", "<", "<=", ">", ">=", "||", "NOT", "IS NULL", "IS NOT NULL",
// "IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "LIKE"
// (2 or 3 arguments), "BETWEEN", "IN" (value, then the list), "AND", "OR", "CASE", "COALESCE", unary "-" and "+" as "NEGATE" and "PLUS",
// and every scalar function of the registry, in any case. SQL's own forms map to plain arguments: TRIM(LEADING x FROM s) is "LTRIM"(s, x),
// EXTRACT(DAY FROM t) is "DAYOFMONTH"(t), DOY "DAYOFYEAR", DOW "DAYOFWEEK", other units by their name; x NOT LIKE y is "NOT" of "LIKE".
const struct leat_expr *leat_expr_call(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                       uint32_t arg_count);

// CAST(arg AS type), or TRY_CAST when `try_cast`.
const struct leat_expr *leat_expr_cast(struct leat_expr_builder *builder, const struct leat_expr *arg, struct leat_type type,
                                       bool try_cast);

// The same expression with every column i replaced by columns[i] (an expression over another input).
const struct leat_expr *leat_expr_substitute(struct leat_expr_builder *builder, const struct leat_expr *expr,
                                             const struct leat_expr *const *columns);

// Calls visit(context, column) for every column that the expression reads.
void leat_expr_visit_columns(const struct leat_expr *expr, void (*visit)(void *context, uint32_t column), void *context);

// True when both compute the same value from the same input.
bool leat_expr_equal(const struct leat_expr *a, const struct leat_expr *b);

// SQL text of the expression for EXPLAIN, with the given column names, e.g. "(`Timestamp` / 2)".
const char *leat_expr_text(struct leat_arena *arena, const struct leat_expr *expr, const struct leat_field *columns);

// SQL text of a type, e.g. "TIMESTAMP_LTZ(3)"; arena may be NULL only for types without parameters.
const char *leat_type_text(struct leat_arena *arena, struct leat_type type);

// Evaluation. One evaluator per worker and use; not shared between threads.
struct leat_evaluator;

// Rows whose expression failed (a CAST of 'abc' to INT, a division of integers by zero): Flink fails the job, leat makes them bad records.
struct leat_eval_errors {
    uint32_t count;
    uint64_t rows[LEAT_BATCH_WORDS];     // bit set: this row failed
    const char *reason[LEAT_BATCH_ROWS]; // set where the bit is; static text
};

// An evaluator able to evaluate any of the `count` expressions; its scratch columns come from `budget`. NULL with the error set when it has
// no memory.
struct leat_evaluator *leat_evaluator_create(struct leat_budget *budget, const struct leat_expr *const *exprs, uint32_t count);

void leat_evaluator_destroy(struct leat_evaluator *evaluator); // gives everything back

// Computes `expr` for the selected rows of `batch` into `out` (a column of the expression's physical form, LEAT_BATCH_ROWS long), at the
// same row numbers; rows that are not selected get unspecified values. Long texts made on the way live in batch->heap or stand in the
// batch's own texts. `out` is no column of the batch. Failing rows are added to `errors` (their value is NULL). 0, or -1 with the error set
// when memory ran out.
int leat_evaluate(struct leat_evaluator *evaluator, const struct leat_expr *expr, struct leat_batch *batch,
                  const struct leat_selection *rows, struct leat_column *out, struct leat_eval_errors *errors);

// Keeps the rows of `rows` for which the BOOLEAN `expr` is TRUE: writes them to `kept` (LEAT_BATCH_ROWS entries; may be the array of `rows`
// itself) and their number to *kept_count. 0, or -1 with the error set when memory ran out.
int leat_evaluate_filter(struct leat_evaluator *evaluator, const struct leat_expr *expr, struct leat_batch *batch,
                         const struct leat_selection *rows, uint16_t *kept, uint32_t *kept_count, struct leat_eval_errors *errors);

#endif
