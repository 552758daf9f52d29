// What the folder's own files share: the layout of a registry entry and what a kernel gets. Nothing outside engine/expr includes it.
#ifndef LEAT_ENGINE_EXPR_KERNEL_H
#define LEAT_ENGINE_EXPR_KERNEL_H

#include "engine/base/assert.h"
#include "engine/expr/function.h"

// Deepest nesting of an expression: it bounds the stack that evaluation takes.
#define LEAT_EXPR_DEPTH_MAX 1000

// Nodes of one expression, shared ones counted as often as they are evaluated: it bounds time where views repeat each other's columns.
#define LEAT_EXPR_SIZE_MAX 100000

// One argument of a kernel: a column or a constant. The value of a row is data[row & mask]; its validity is bit `row`, constants included.
struct leat_vector {
    const void *data;
    const uint64_t *valid; // NULL: every row has a value
    uint32_t mask;         // UINT32_MAX for a column, 0 for a constant
};

// What a kernel gets. It computes the result of the given rows into out->data; never touches other rows.
struct leat_kernel_call {
    const struct leat_expr *expr; // types, prepared state
    const struct leat_vector *args;
    const uint16_t *rows; // NULL: 0 .. count - 1
    uint32_t count;
    struct leat_column *out;
    struct leat_heap *heap; // where long texts go
    struct leat_eval_errors *errors;
};

// A vectorised function. Kernels that get texts, may fail or may return NULL see only rows where all arguments have values; others may
// compute with whatever stands there. 0, or -1 with the error set when memory ran out.
typedef int leat_kernel(struct leat_kernel_call *call);

// The row number of the ith row of a call.
static inline uint32_t leat_kernel_row(const struct leat_kernel_call *call, uint32_t i) {
    return call->rows ? call->rows[i] : i;
}

// True when argument `i` has a value in `row`.
static inline bool leat_vector_is_valid(const struct leat_vector *vector, uint32_t row) {
    return !vector->valid || (vector->valid[row / 64] >> (row % 64) & 1);
}

// The text of argument `i` in `row`.
static inline const struct leat_text *leat_kernel_text(const struct leat_kernel_call *call, uint32_t i, uint32_t row) {
    return (const struct leat_text *)call->args[i].data + (row & call->args[i].mask);
}

// The INT of argument `i` in `row`.
static inline int32_t leat_kernel_int32(const struct leat_kernel_call *call, uint32_t i, uint32_t row) {
    return ((const int32_t *)call->args[i].data)[row & call->args[i].mask];
}

// Makes the result of `row` NULL. Only for functions with LEAT_FUNCTION_NULLS or LEAT_FUNCTION_FAILS.
static inline void leat_kernel_null(struct leat_kernel_call *call, uint32_t row) {
    leat_column_set_null(call->out, row);
}

// Records that `row` failed and makes its result NULL; TRY_CAST only does the latter. `reason` is static text.
void leat_kernel_fail(struct leat_kernel_call *call, uint32_t row, const char *reason);

// Makes the result of `row` a text of these bytes, copied: long ones to the heap. -1 with the error set when memory ran out.
int leat_kernel_put_text(struct leat_kernel_call *call, uint32_t row, const char *bytes, size_t length);

// Parameters and results that are not one fixed enum leat_type_kind.
enum leat_param {
    LEAT_PARAM_NUMERIC = LEAT_TYPE_KINDS, // INT, BIGINT, DOUBLE; all arguments of this kind are brought to the widest of them
    LEAT_PARAM_INTEGER,                   // INT, BIGINT; likewise
    LEAT_PARAM_COMMON,                    // any type; all arguments of this kind are brought to one type
    LEAT_PARAM_ANY,                       // any type, left as it is, NULL included
    LEAT_PARAM_TIME,                      // TIMESTAMP or TIMESTAMP_LTZ, left as it is
    LEAT_RESULT_FIRST,                    // result only: the type of the first argument after coercion
    LEAT_RESULT_SECOND,                   // result only: the type of the second one
};

// What is special about a function.
enum leat_function_flags {
    LEAT_FUNCTION_LENIENT = 1, // sees NULL arguments itself and never returns NULL; others return NULL for a NULL argument
    LEAT_FUNCTION_NULLS = 2,   // returns NULL for some arguments that are not
    LEAT_FUNCTION_FAILS = 4,   // fails for some arguments
    LEAT_FUNCTION_COMPARE = 8, // compares its COMMON arguments, so that exact decimals and texts of timestamps may be converted
    LEAT_FUNCTION_FIRST = 16   // only its first argument is evaluated; the others are constants that `prepare` has seen
};

// How a call is written.
enum leat_function_form {
    LEAT_FORM_CALL,   // NAME(a, b)
    LEAT_FORM_INFIX,  // (a NAME b)
    LEAT_FORM_PREFIX, // (NAME a)
    LEAT_FORM_POSTFIX // (a NAME)
};

#define LEAT_FUNCTION_PARAMS   4
#define LEAT_FUNCTION_VARIADIC UINT8_MAX

// One entry of the registry: a function or one overload of it (overloads of a name are tried in their order).
struct leat_function {
    const char *name; // upper case
    uint8_t form;     // enum leat_function_form
    uint8_t args_min;
    uint8_t args_max; // or LEAT_FUNCTION_VARIADIC: the last parameter repeats
    uint8_t flags;
    uint8_t result;                       // enum leat_type_kind or LEAT_RESULT_*
    uint8_t result_precision;             // of a TIMESTAMP
    uint8_t params[LEAT_FUNCTION_PARAMS]; // enum leat_type_kind or LEAT_PARAM_*
    leat_kernel *kernels[5];              // by the physical form of the first argument; of the result where there is none
    // Plan time, may be NULL: looks at constant arguments and sets expr->prepared. False with the builder's error set to refuse.
    bool (*prepare)(struct leat_expr_builder *builder, struct leat_expr *expr);
    struct leat_function_doc doc; // without a name: an overload or operator that the documentation does not list
};

// A call of `function` with arguments that have its types already; folds it. Never fails except by `prepare` and depth.
const struct leat_expr *leat_expr_make_call(struct leat_expr_builder *builder, const struct leat_function *function, struct leat_type type,
                                            const struct leat_expr *const *args, uint32_t arg_count, bool try_cast);

// A new node of the builder's arena with its arguments copied, depth and can_fail derived; NULL when it would be too deep.
struct leat_expr *leat_expr_new(struct leat_expr_builder *builder, enum leat_expr_kind kind, struct leat_type type,
                                const struct leat_expr *const *args, uint32_t arg_count);

// The value of a call of constants, or NULL when it fails or memory is short: then it stays as it is.
const struct leat_expr *leat_expr_fold(struct leat_expr_builder *builder, const struct leat_expr *call);

// Sets the builder's error and hint; returns NULL.
const struct leat_expr *leat_expr_refuse(struct leat_expr_builder *builder, const char *hint, const char *format, ...) LEAT_PRINTF(3, 4);

// A NULL of a type.
const struct leat_expr *leat_expr_null(struct leat_expr_builder *builder, struct leat_type type);

// True for a constant that is not NULL.
static inline bool leat_expr_is_value(const struct leat_expr *expr) {
    return expr->kind == LEAT_EXPR_CONSTANT && !expr->constant.is_null;
}

// The special forms by name ("AND", "CASE", "BETWEEN", ...); *known false when `name` is none of them.
const struct leat_expr *leat_expr_special(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                          uint32_t arg_count, bool *known);

// The entry of a conversion that needs code, or NULL when Flink has none.
const struct leat_function *leat_cast_find(uint8_t from_kind, uint8_t to_kind);

// The type that all `args` can be brought to without loss by Flink's rules, or a kind of LEAT_TYPE_NULL when there is none or all are
// NULL. Nullable if one of them is. Exact decimals count as DOUBLE where a DOUBLE is among them, else only if `compare`.
struct leat_type leat_type_common(const struct leat_expr *const *args, uint32_t arg_count, bool compare);

// True when both are the same but for being nullable.
static inline bool leat_type_same(struct leat_type a, struct leat_type b) {
    return a.kind == b.kind && a.precision == b.precision;
}

static inline bool leat_type_is_numeric(uint8_t kind) { // INT, BIGINT or DOUBLE
    return kind == LEAT_TYPE_INT || kind == LEAT_TYPE_BIGINT || kind == LEAT_TYPE_DOUBLE;
}
static inline bool leat_type_is_time(uint8_t kind) { // TIMESTAMP or TIMESTAMP_LTZ
    return kind == LEAT_TYPE_TIMESTAMP || kind == LEAT_TYPE_TIMESTAMP_LTZ;
}

// How many of the arguments of a call are evaluated.
static inline uint32_t leat_call_evaluated(const struct leat_expr *call) {
    return call->function->flags & LEAT_FUNCTION_FIRST ? 1 : call->arg_count;
}

// Evaluates one call: `args` are there, `out` gets data and validity. `rows` as in leat_kernel_call; `narrow` is room for
// LEAT_BATCH_ROWS row numbers.
int leat_kernel_run(struct leat_kernel_call *call, uint16_t *narrow);

// The parts of the registry; each ends with an entry without a name.
extern const struct leat_function leat_functions_arithmetic[];
extern const struct leat_function leat_functions_compare[]; // as above
extern const struct leat_function leat_functions_math[];    // as above
extern const struct leat_function leat_functions_text[];    // as above
extern const struct leat_function leat_functions_time[];    // as above
extern const struct leat_function leat_functions_unit[];    // as above

#endif
