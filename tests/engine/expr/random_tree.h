// Random well-typed expressions from a stream of bytes, and what must hold for all of them: shared by a test and a fuzz target.
#ifndef LEAT_TESTS_ENGINE_EXPR_RANDOM_TREE_H
#define LEAT_TESTS_ENGINE_EXPR_RANDOM_TREE_H

#include "engine/base/error.h"
#include "engine/expr/function.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TREE_ROWS    130
#define TREE_COLUMNS 12

// Where the choices come from; past the end they are all 0.
struct tree_source {
    const uint8_t *at;
    const uint8_t *end;
};

struct tree {
    struct tree_source *source;
    struct leat_arena *arena;
    struct leat_expr_builder builder;
};

static inline uint32_t tree_choose(struct tree_source *source, uint32_t below) {
    if (source->at == source->end)
        return 0;
    uint32_t value = *source->at++;
    if (below > 256 && source->at < source->end)
        value = value << 8 | *source->at++;
    return value % below;
}

static const struct leat_field tree_fields[TREE_COLUMNS] = {
    {"b", {LEAT_TYPE_BOOLEAN, 0, true}},       {"i", {LEAT_TYPE_INT, 0, true}},          {"j", {LEAT_TYPE_INT, 0, false}},
    {"l", {LEAT_TYPE_BIGINT, 0, true}},        {"d", {LEAT_TYPE_DOUBLE, 0, true}},       {"e", {LEAT_TYPE_DOUBLE, 0, false}},
    {"s", {LEAT_TYPE_STRING, 0, true}},        {"r", {LEAT_TYPE_STRING, 0, false}},      {"t", {LEAT_TYPE_TIMESTAMP, 3, true}},
    {"z", {LEAT_TYPE_TIMESTAMP_LTZ, 6, true}}, {"D", {LEAT_TYPE_INTERVAL_DAY, 0, true}}, {"M", {LEAT_TYPE_INTERVAL_MONTH, 0, true}},
};

// A value of a type, often a special one.
static inline struct leat_value tree_value(struct tree_source *source, struct leat_type type) {
    static const int64_t integers[] = {0, 1, -1, 2, 3, 10, 1000, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1700000000000, 4294967296, -7};
    static const double doubles[] = {0.0, -0.0, 1.0, -1.5, 0.1, 2.675, 1e10, 1e300, -1e-300, 5e-324, NAN, INFINITY, -INFINITY, 123456.789};
    static const char *const texts[] = {"",
                                        "a",
                                        "abc",
                                        "12",
                                        " -3.5 ",
                                        "1e5",
                                        "true",
                                        "2024-02-29 12:34:56.789",
                                        "2024-2-9",
                                        "%",
                                        "a%c_",
                                        "h\xc3\xa9llo w\xc3\xb6rld, so gro\xc3\x9f",
                                        "a text that is longer than twelve bytes",
                                        "\xf0\x9f\x98\x80\xe6\x97\xa5"};
    struct leat_value value = {.type = type};
    uint32_t choice = tree_choose(source, 14);
    switch (leat_type_physical(type.kind)) {
    case LEAT_PHYSICAL_BOOL:
        value.boolean = choice & 1;
        break;
    case LEAT_PHYSICAL_INT32:
        value.int32 = (int32_t)integers[choice];
        break;
    case LEAT_PHYSICAL_INT64:
        value.int64 = integers[choice];
        break;
    case LEAT_PHYSICAL_DOUBLE:
        value.float64 = doubles[choice];
        break;
    case LEAT_PHYSICAL_TEXT:
        value.text = leat_text_view(texts[choice], (uint32_t)strlen(texts[choice]));
        break;
    }
    value.is_null = type.nullable && tree_choose(source, 4) == 3;
    return value;
}

// A random expression of at most `depth` levels; never NULL. Calls that have no meaning become one of their arguments.
// Operators to choose from; those that stand twice are chosen more often.
static const char *const tree_operators[] = {
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "||",
    "NOT",
    "IS NULL",
    "IS NOT NULL",
    "IS TRUE",
    "IS NOT TRUE",
    "IS FALSE",
    "IS NOT FALSE",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
    "LIKE",
    "BETWEEN",
    "IN",
    "AND",
    "OR",
    "CASE",
    "COALESCE",
    "NEGATE",
    "PLUS",
    "AND",
    "OR",
    "CASE",
    "IF",
    "NULLIF",
    "IN",
};

static inline const struct leat_expr *tree_build(struct tree *tree, uint32_t depth) {
    struct tree_source *source = tree->source;
    if (depth == 0 || tree_choose(source, 5) == 0) {
        uint32_t column = tree_choose(source, TREE_COLUMNS + 4);
        if (column < TREE_COLUMNS)
            return leat_expr_column(&tree->builder, column, tree_fields[column].type);
        if (column == TREE_COLUMNS)
            return leat_expr_decimal(&tree->builder, "2.50", 4);
        return leat_expr_constant(&tree->builder, tree_value(source, tree_fields[tree_choose(source, TREE_COLUMNS)].type));
    }
    const char *names[256];
    uint32_t name_count = leat_function_names(names, 256);
    uint32_t what = tree_choose(source, 8);
    const struct leat_expr *args[5];
    uint32_t arg_count = 1 + tree_choose(source, 5);
    const char *name =
        what < 5 ? tree_operators[tree_choose(source, LEAT_ARRAY_LEN(tree_operators))] : names[tree_choose(source, name_count)];
    if (strcmp(name, "CASE") == 0)
        arg_count = arg_count == 4 ? 4 : 3 + 2 * (arg_count & 1);
    else if (strlen(name) <= 2 && strcmp(name, "IN") != 0 && strcmp(name, "OR") != 0)
        arg_count = 2;
    for (uint32_t i = 0; i < arg_count; i++)
        args[i] = tree_build(tree, depth - 1);
    const struct leat_expr *expr;
    if (what == 7) {
        struct leat_type type = tree_fields[tree_choose(source, TREE_COLUMNS)].type;
        expr = leat_expr_cast(&tree->builder, args[0], type, tree_choose(source, 3) == 0);
    } else {
        expr = leat_expr_call(&tree->builder, name, args, arg_count);
    }
    if (!expr && (!tree->builder.error || !*tree->builder.error)) {
        fprintf(stderr, "`%s` was refused without a reason\n", name);
        abort();
    }
    return expr ? expr : args[0];
}

static inline struct leat_batch *tree_batch(struct tree_source *source) {
    uint8_t physical[TREE_COLUMNS];
    for (uint32_t i = 0; i < TREE_COLUMNS; i++)
        physical[i] = (uint8_t)leat_type_physical(tree_fields[i].type.kind);
    struct leat_batch *batch = leat_batch_create(NULL, physical, TREE_COLUMNS, false, false);
    batch->rows = TREE_ROWS;
    // A few different values a column, scattered over the rows without asking the source for each.
    for (uint32_t i = 0; i < TREE_COLUMNS; i++) {
        struct leat_value values[5];
        size_t bytes = leat_physical_bytes((enum leat_physical)physical[i]);
        for (uint32_t k = 0; k < 5; k++)
            values[k] = tree_value(source, tree_fields[i].type);
        leat_column_fill_valid(&batch->columns[i], TREE_ROWS);
        for (uint32_t row = 0; row < TREE_ROWS; row++) {
            const struct leat_value *value = &values[row * (i + 3) % 7 % 5];
            memcpy((char *)batch->columns[i].data + row * bytes, &value->int64, bytes);
            if (value->is_null)
                leat_column_set_null(&batch->columns[i], row);
        }
    }
    return batch;
}

static inline bool tree_failed(const struct leat_eval_errors *errors, uint32_t row) {
    return errors->rows[row / 64] >> (row % 64) & 1;
}

static inline bool tree_same(const struct leat_column *a, uint32_t a_row, const struct leat_column *b, uint32_t b_row) {
    if (leat_column_is_valid(a, a_row) != leat_column_is_valid(b, b_row))
        return false;
    if (!leat_column_is_valid(a, a_row))
        return true;
    if (a->physical == LEAT_PHYSICAL_TEXT)
        return leat_text_equal(&leat_column_text(a)[a_row], &leat_column_text(b)[b_row]);
    if (a->physical == LEAT_PHYSICAL_DOUBLE && isnan(leat_column_double(a)[a_row]) && isnan(leat_column_double(b)[b_row]))
        return true; // whose sign and payload mean nothing
    size_t bytes = leat_physical_bytes((enum leat_physical)a->physical);
    return memcmp((char *)a->data + a_row * bytes, (char *)b->data + b_row * bytes, bytes) == 0;
}

static inline void tree_complain(struct tree *tree, const struct leat_expr *expr, const char *what, uint32_t row) {
    fprintf(stderr, "%s differ in row %u: %s\n", what, row, leat_expr_text(tree->arena, expr, tree_fields));
    abort();
}

struct tree_result {
    struct leat_batch *values;
    struct leat_eval_errors errors;
};

// Evaluates one expression; false when memory ran out (a text may grow without an end).
static inline bool tree_evaluate(const struct leat_expr *expr, struct leat_batch *batch, const struct leat_selection *rows,
                                 struct tree_result *result) {
    uint8_t physical = (uint8_t)leat_type_physical(expr->type.kind);
    struct leat_budget budget = {.owner = "test", .limit_bytes = 64u << 20};
    struct leat_evaluator *evaluator = leat_evaluator_create(&budget, &expr, 1);
    if (!evaluator)
        abort();
    result->values = leat_batch_create(NULL, &physical, 1, false, false);
    memset(&result->errors, 0, sizeof(result->errors));
    int status = leat_evaluate(evaluator, expr, batch, rows, &result->values->columns[0], &result->errors);
    leat_evaluator_destroy(evaluator);
    if (budget.used_bytes)
        abort();
    return status == 0;
}

static inline void tree_check_filter(struct tree *tree, const struct leat_expr *expr, struct leat_batch *batch,
                                     const struct leat_selection *rows, const struct tree_result *dense) {
    uint16_t kept[LEAT_BATCH_ROWS];
    uint32_t kept_count = 0, k = 0;
    struct leat_eval_errors errors = {0};
    struct leat_evaluator *evaluator = leat_evaluator_create(NULL, &expr, 1);
    struct leat_selection in = *rows;
    if (rows->rows) { // in place
        memcpy(kept, rows->rows, rows->count * sizeof(*kept));
        in.rows = kept;
    }
    if (leat_evaluate_filter(evaluator, expr, batch, &in, kept, &kept_count, &errors))
        abort();
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = leat_selection_row(rows, i);
        const struct leat_column *value = &dense->values->columns[0];
        bool wanted = leat_column_is_valid(value, row) && leat_column_bool(value)[row];
        bool is_kept = k < kept_count && kept[k] == row;
        k += is_kept;
        if (wanted != is_kept || tree_failed(&errors, row) != tree_failed(&dense->errors, row))
            tree_complain(tree, expr, "filter and evaluation", row);
    }
    if (k != kept_count)
        tree_complain(tree, expr, "filter and rows", 0);
    leat_evaluator_destroy(evaluator);
}

// The expression with the values of a row in place of its columns gives what the row gave, folded or not.
static inline void tree_check_folded(struct tree *tree, const struct leat_expr *expr, struct leat_batch *batch, uint32_t row,
                                     const struct tree_result *dense) {
    const struct leat_expr *columns[TREE_COLUMNS];
    for (uint32_t i = 0; i < TREE_COLUMNS; i++) {
        struct leat_value value = {.type = tree_fields[i].type, .is_null = !leat_column_is_valid(&batch->columns[i], row)};
        size_t bytes = leat_physical_bytes((enum leat_physical)batch->columns[i].physical);
        memcpy(&value.int64, (char *)batch->columns[i].data + row * bytes, bytes);
        columns[i] = leat_expr_constant(&tree->builder, value);
    }
    const struct leat_expr *folded = leat_expr_substitute(&tree->builder, expr, columns);
    if (!folded) // a constant may be refused where a value would fail: patterns, formats
        return;
    struct tree_result result;
    struct leat_selection first = {NULL, 1};
    if (tree_evaluate(folded, batch, &first, &result)) {
        bool failed = tree_failed(&result.errors, 0);
        if (failed != tree_failed(&dense->errors, row) ||
            (!failed && !tree_same(&dense->values->columns[0], row, &result.values->columns[0], 0)))
            tree_complain(tree, expr, "folding and evaluation", row);
        if (failed && folded->kind == LEAT_EXPR_CONSTANT)
            tree_complain(tree, expr, "folding and failure", row);
    }
    leat_batch_destroy(NULL, result.values);
}

// Builds one random expression from the source and checks everything about it; aborts with a message where something does not hold.
static inline void tree_check(struct tree_source *source) {
    struct leat_arena arena = {0};
    struct tree tree = {.source = source, .arena = &arena, .builder = {.arena = &arena}};
    struct leat_batch *batch = tree_batch(source);
    const struct leat_expr *expr = tree_build(&tree, 1 + tree_choose(source, 5));
    struct leat_selection all = {NULL, TREE_ROWS};
    uint16_t some_rows[TREE_ROWS];
    struct leat_selection some = {some_rows, 0};
    for (uint16_t row = (uint16_t)tree_choose(source, 9); row < TREE_ROWS; row += (uint16_t)(1 + tree_choose(source, 6)))
        some_rows[some.count++] = row;
    struct tree_result dense, selected = {0};
    if (!leat_expr_equal(expr, expr) || !leat_expr_text(&arena, expr, tree_fields))
        abort();
    bool ran = tree_evaluate(expr, batch, &all, &dense);
    if (ran && tree_evaluate(expr, batch, &some, &selected)) {
        for (uint32_t i = 0; i < some.count; i++) {
            uint32_t row = some.rows[i];
            if (tree_failed(&dense.errors, row) != tree_failed(&selected.errors, row) ||
                !tree_same(&dense.values->columns[0], row, &selected.values->columns[0], row))
                tree_complain(&tree, expr, "dense and selected rows", row);
        }
        for (uint32_t row = 0; row < TREE_ROWS; row++)
            if (!expr->type.nullable && !tree_failed(&dense.errors, row) && !leat_column_is_valid(&dense.values->columns[0], row))
                tree_complain(&tree, expr, "NOT NULL and NULL", row);
        if (dense.errors.count && !expr->can_fail)
            tree_complain(&tree, expr, "can_fail and failure", 0);
        if (leat_type_physical(expr->type.kind) == LEAT_PHYSICAL_BOOL) {
            tree_check_filter(&tree, expr, batch, &all, &dense);
            tree_check_filter(&tree, expr, batch, &some, &dense);
        }
        for (uint32_t row = 0; row < 35; row += 5)
            tree_check_folded(&tree, expr, batch, row, &dense);
    }
    leat_error_clear();
    if (selected.values)
        leat_batch_destroy(NULL, selected.values);
    leat_batch_destroy(NULL, dense.values);
    leat_batch_destroy(NULL, batch);
    leat_arena_free(&arena);
}

#endif
