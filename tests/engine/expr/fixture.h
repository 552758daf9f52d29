// What the tests of expressions share: values written as texts, and calls evaluated in every way there is.
//
// A value is a letter and a text: "i:5" INT, "l:5" BIGINT, "d:1.5" DOUBLE, "s:abc" STRING, "b:true" BOOLEAN, "t3:2024-01-01 00:00:00"
// TIMESTAMP(3), "z3:..." TIMESTAMP_LTZ(3), "D:5" a day interval of microseconds, "M:5" months; "i:NULL" is a NULL of the type, "n" a bare
// NULL, "x:1.5" an exact decimal. A '!' before it keeps it a constant where others become columns.
#ifndef LEAT_TESTS_ENGINE_EXPR_FIXTURE_H
#define LEAT_TESTS_ENGINE_EXPR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/expr/function.h"
#include "engine/expr/number.h"
#include "engine/expr/time.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FIXTURE_ARGS 8
#define FIXTURE_ROWS 200

struct fixture_value {
    struct leat_value value;
    const char *decimal;
    bool constant;
};

// Reads one value; fails the test on a mistake.
static inline struct fixture_value fixture_read(struct leat_arena *arena, const char *text) {
    struct fixture_value read = {.constant = *text == '!'};
    struct leat_value *value = &read.value;
    text += read.constant;
    if (strcmp(text, "n") == 0) {
        value->type.nullable = value->is_null = true;
        return read;
    }
    const char *body = strchr(text, ':') + 1;
    value->is_null = value->type.nullable = strcmp(body, "NULL") == 0;
    if (text[1] >= '0' && text[1] <= '6')
        value->type.precision = (uint8_t)(text[1] - '0');
    static const char letters[] = " bildstzDMx";
    const char *letter = strchr(letters, *text);
    assert_non_null(letter);
    value->type.kind = (uint8_t)(letter - letters);
    if (*text == 'x') {
        value->type.kind = LEAT_TYPE_DOUBLE;
        read.decimal = body;
        return read;
    }
    if (value->is_null)
        return read;
    switch (value->type.kind) {
    case LEAT_TYPE_BOOLEAN:
        value->boolean = strcmp(body, "true") == 0;
        break;
    case LEAT_TYPE_INT:
    case LEAT_TYPE_INTERVAL_MONTH:
        value->int32 = (int32_t)strtoll(body, NULL, 10);
        break;
    case LEAT_TYPE_BIGINT:
    case LEAT_TYPE_INTERVAL_DAY:
        value->int64 = strtoll(body, NULL, 10);
        break;
    case LEAT_TYPE_DOUBLE:
        value->float64 = strtod(body, NULL);
        break;
    case LEAT_TYPE_STRING:
        value->text = leat_text_view(leat_arena_copy(arena, body, strlen(body)), (uint32_t)strlen(body));
        break;
    default:
        assert_true(leat_timestamp_parse(body, strlen(body), LEAT_TIMESTAMP_CAST, false, &value->int64));
    }
    return read;
}

// The value of a row as a text.
static inline const char *fixture_show(struct leat_arena *arena, struct leat_type type, const struct leat_column *column, uint32_t row) {
    char number[LEAT_DOUBLE_TEXT_BYTES];
    const char *letter = &" bildstzDM"[type.kind];
    const char *prefix = leat_type_physical(type.kind) == LEAT_PHYSICAL_INT64 && (*letter == 't' || *letter == 'z')
                             ? leat_arena_printf(arena, "%c%u", *letter, type.precision)
                             : leat_arena_printf(arena, "%c", *letter);
    if (!leat_column_is_valid(column, row))
        return leat_arena_printf(arena, "%s:NULL", prefix);
    switch (type.kind) {
    case LEAT_TYPE_NULL:
        return "n";
    case LEAT_TYPE_BOOLEAN:
        return leat_column_bool(column)[row] ? "b:true" : "b:false";
    case LEAT_TYPE_INT:
    case LEAT_TYPE_INTERVAL_MONTH:
        return leat_arena_printf(arena, "%s:%d", prefix, leat_column_int32(column)[row]);
    case LEAT_TYPE_BIGINT:
    case LEAT_TYPE_INTERVAL_DAY:
        return leat_arena_printf(arena, "%s:%" PRId64, prefix, leat_column_int64(column)[row]);
    case LEAT_TYPE_DOUBLE:
        return leat_arena_printf(arena, "d:%.*s", (int)leat_double_print_java(leat_column_double(column)[row], number), number);
    case LEAT_TYPE_STRING: {
        const struct leat_text *text = &leat_column_text(column)[row];
        return leat_arena_printf(arena, "s:%.*s", (int)text->length, leat_text_bytes(text));
    }
    default: {
        char text[LEAT_TIMESTAMP_TEXT_BYTES];
        size_t length = leat_timestamp_print(leat_column_int64(column)[row], type.precision, LEAT_TIMESTAMP_CAST, false, text);
        return leat_arena_printf(arena, "%s:%.*s", prefix, (int)length, text);
    }
    }
}

static inline const char *fixture_show_value(struct leat_arena *arena, const struct leat_value *value) {
    uint64_t valid[LEAT_BATCH_WORDS] = {!value->is_null};
    struct leat_value copy = *value;
    struct leat_column column = {.data = &copy.int64, .valid = valid, .has_null = value->is_null};
    return fixture_show(arena, value->type, &column, 0);
}

// Puts a value into a row.
static inline void fixture_put(struct leat_column *column, uint32_t row, const struct leat_value *value) {
    size_t bytes = leat_physical_bytes(column->physical);
    if (value->is_null)
        leat_column_set_null(column, row);
    else
        memcpy((char *)column->data + row * bytes, &value->int64, bytes);
}

struct fixture_call {
    struct leat_arena arena;
    struct leat_expr_builder builder;
    struct fixture_value values[FIXTURE_ARGS];
    uint32_t count;
};

// Reads arguments separated by " | ".
static inline void fixture_args(struct fixture_call *call, const char *args) {
    call->builder.arena = &call->arena;
    while (*args) {
        const char *end = strstr(args, " | ");
        size_t length = end ? (size_t)(end - args) : strlen(args);
        assert_true(call->count < FIXTURE_ARGS);
        call->values[call->count++] = fixture_read(&call->arena, leat_arena_copy(&call->arena, args, length));
        args += length + (end ? 3 : 0);
    }
}

// The call over constants, or over columns where its arguments are not kept constant. CAST and TRY_CAST take their type from `expected`.
static inline const struct leat_expr *fixture_build(struct fixture_call *call, const char *name, bool columns, const char *expected) {
    const struct leat_expr *args[FIXTURE_ARGS];
    for (uint32_t i = 0; i < call->count; i++) {
        const struct fixture_value *value = &call->values[i];
        struct leat_type type = value->value.type;
        type.nullable = true;
        if (value->decimal)
            args[i] = leat_expr_decimal(&call->builder, value->decimal, strlen(value->decimal));
        else if (columns && !value->constant && type.kind != LEAT_TYPE_NULL)
            args[i] = leat_expr_column(&call->builder, i, type);
        else
            args[i] = leat_expr_constant(&call->builder, value->value);
    }
    if (strstr(name, "CAST")) {
        char type_text[8] = "";
        memcpy(type_text, expected, strcspn(expected, ":"));
        struct leat_type type = fixture_read(&call->arena, leat_arena_printf(&call->arena, "%s:NULL", type_text)).value.type;
        return leat_expr_cast(&call->builder, args[0], type, *name == 'T');
    }
    return leat_expr_call(&call->builder, name, args, call->count);
}

static inline struct leat_batch *fixture_batch(const struct fixture_call *call) {
    uint8_t physical[FIXTURE_ARGS];
    for (uint32_t i = 0; i < call->count; i++)
        physical[i] = (uint8_t)leat_type_physical(call->values[i].value.type.kind);
    struct leat_batch *batch = leat_batch_create(NULL, physical, call->count, false, false);
    assert_non_null(batch);
    batch->rows = FIXTURE_ROWS;
    return batch;
}

// Evaluates over columns that hold the values in all rows, or only in every third where `nulls`, for all rows or a selection of them.
static inline void fixture_evaluate(struct fixture_call *call, const char *name, const char *expected, bool nulls, bool selected) {
    const struct leat_expr *expr = fixture_build(call, name, true, expected);
    const char *wanted = strstr(expected, "fail: ") ? strstr(expected, "fail: ") : expected;
    uint16_t rows[FIXTURE_ROWS];
    struct leat_selection selection = {selected ? rows : NULL, selected ? 0 : FIXTURE_ROWS};
    for (uint16_t row = 0; selected && row < FIXTURE_ROWS; row += row % 7 ? 3 : 1)
        rows[selection.count++] = row;
    if (!expr)
        fail_msg("%s: %s", name, call->builder.error);
    struct leat_batch *batch = fixture_batch(call);
    const struct leat_value nothing = {.is_null = true};
    for (uint32_t i = 0; i < call->count; i++) {
        leat_column_fill_valid(&batch->columns[i], FIXTURE_ROWS);
        for (uint32_t row = 0; row < FIXTURE_ROWS; row++)
            fixture_put(&batch->columns[i], row, nulls && row % 3 ? &nothing : &call->values[i].value);
    }
    uint8_t physical = (uint8_t)leat_type_physical(expr->type.kind);
    struct leat_batch *result = leat_batch_create(NULL, &physical, 1, false, false);
    struct leat_evaluator *evaluator = leat_evaluator_create(NULL, &expr, 1);
    struct leat_eval_errors errors = {0};
    assert_int_equal(leat_evaluate(evaluator, expr, batch, &selection, &result->columns[0], &errors), 0);
    for (uint32_t i = 0; i < selection.count; i++) {
        uint32_t row = leat_selection_row(&selection, i);
        if (nulls && row % 3)
            continue; // some functions are not strict: the tables cannot say what they give
        const char *got = errors.rows[row / 64] >> (row % 64) & 1 ? leat_arena_printf(&call->arena, "fail: %s", errors.reason[row])
                                                                  : fixture_show(&call->arena, expr->type, &result->columns[0], row);
        if (strcmp(got, wanted) != 0)
            fail_msg("%s row %u%s%s: %s, not %s",
                     leat_expr_text(&call->arena, expr, (const struct leat_field[8]){{"a", {0}}, {"b", {0}}, {"c", {0}}, {"d", {0}}}), row,
                     nulls ? " with NULLs" : "", selected ? " selected" : "", got, wanted);
        assert_true(expr->type.nullable || leat_column_is_valid(&result->columns[0], row) || *got == 'f');
    }
    leat_evaluator_destroy(evaluator);
    leat_batch_destroy(NULL, batch);
    leat_batch_destroy(NULL, result);
}

// Checks one call: folded, dense, with NULLs around, and for a selection of rows. `expected` is a value, "fail: REASON" for a row that
// fails, or "refuse: PART OF THE MESSAGE"; before both stands the type of a CAST: "i:fail: REASON".
static inline void fixture_check(const char *name, const char *args, const char *expected) {
    struct fixture_call call = {.count = 0};
    fixture_args(&call, args);
    const struct leat_expr *folded = fixture_build(&call, name, false, expected);
    const char *wanted = strstr(expected, "refuse: ") ? strstr(expected, "refuse: ") : strstr(expected, "fail: ");
    wanted = wanted ? wanted : expected;
    if (*wanted == 'r') {
        if (folded || !strstr(call.builder.error, wanted + 8))
            fail_msg("%s(%s): %s, not %s", name, args, folded ? "accepted" : call.builder.error, wanted);
        leat_arena_free(&call.arena);
        return;
    }
    if (!folded)
        fail_msg("%s(%s): %s", name, args, call.builder.error);
    bool fails = strncmp(wanted, "fail: ", 6) == 0;
    if (fails && folded->kind == LEAT_EXPR_CONSTANT)
        fail_msg("%s(%s) was folded", name, args);
    if (!fails && folded->kind != LEAT_EXPR_CONSTANT)
        fail_msg("%s(%s) was not folded", name, args);
    if (!fails && strcmp(fixture_show_value(&call.arena, &folded->constant), wanted) != 0)
        fail_msg("%s(%s) folded: %s, not %s", name, args, fixture_show_value(&call.arena, &folded->constant), wanted);
    for (int way = 0; way < 4; way++)
        fixture_evaluate(&call, name, expected, way & 1, way & 2);
    leat_arena_free(&call.arena);
}

struct fixture_case {
    const char *name;
    const char *args;
    const char *expected;
};

static inline void fixture_check_all(const struct fixture_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        fixture_check(cases[i].name, cases[i].args, cases[i].expected);
}

#endif
