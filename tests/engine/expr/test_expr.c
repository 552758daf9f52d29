// Building expressions: types, NULLs, folding, equality, substitution, text, the registry, aggregates.
#include "tests/engine/expr/fixture.h"

struct setup {
    struct leat_arena arena;
    struct leat_expr_builder builder;
    const struct leat_expr *column[5];
};

static const struct leat_field fields[] = {
    {"i", {LEAT_TYPE_INT, 0, true}},      {"j", {LEAT_TYPE_INT, 0, false}},      {"d", {LEAT_TYPE_DOUBLE, 0, true}},
    {"s`s", {LEAT_TYPE_STRING, 0, true}}, {"t", {LEAT_TYPE_TIMESTAMP, 3, true}},
};

static int set_up(void **state) {
    struct setup *setup = test_calloc(1, sizeof(*setup));
    setup->builder.arena = &setup->arena;
    for (uint32_t i = 0; i < 5; i++)
        setup->column[i] = leat_expr_column(&setup->builder, i, fields[i].type);
    *state = setup;
    return 0;
}

static int tear_down(void **state) {
    struct setup *setup = *state;
    leat_arena_free(&setup->arena);
    test_free(setup);
    return 0;
}

static const struct leat_expr *call(struct setup *setup, const char *name, const struct leat_expr *a, const struct leat_expr *b) {
    const struct leat_expr *args[] = {a, b};
    return leat_expr_call(&setup->builder, name, args, b ? 2 : a ? 1 : 0);
}

static const struct leat_expr *number(struct setup *setup, int32_t value) {
    return leat_expr_constant(&setup->builder, (struct leat_value){.type = {.kind = LEAT_TYPE_INT}, .int32 = value});
}

static void assert_text(struct setup *setup, const struct leat_expr *expr, const char *expected) {
    assert_non_null(expr);
    assert_string_equal(leat_expr_text(&setup->arena, expr, fields), expected);
}

static void results_are_null_only_where_an_argument_may_be(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *i = setup->column[0], *j = setup->column[1], *d = setup->column[2], *s = setup->column[3];
    assert_true(call(setup, "+", i, j)->type.nullable);
    assert_false(call(setup, "+", j, number(setup, 1))->type.nullable);
    assert_false(call(setup, "/", j, j)->type.nullable);
    assert_false(call(setup, "IS NULL", i, NULL)->type.nullable);
    assert_false(call(setup, "IS DISTINCT FROM", i, j)->type.nullable);
    assert_false(call(setup, "COALESCE", i, j)->type.nullable);
    assert_true(call(setup, "COALESCE", i, i)->type.nullable);
    assert_true(call(setup, "NULLIF", j, j)->type.nullable);
    assert_true(call(setup, "SUBSTRING", s, j)->type.nullable);
    assert_int_equal(call(setup, "+", j, d)->type.kind, LEAT_TYPE_DOUBLE);
    struct leat_type bigint = {.kind = LEAT_TYPE_BIGINT};
    assert_false(leat_expr_cast(&setup->builder, j, bigint, false)->type.nullable);
    assert_true(leat_expr_cast(&setup->builder, j, bigint, true)->type.nullable);
    assert_true(leat_expr_cast(&setup->builder, i, bigint, false)->type.nullable);
}

static void texts_read_as_sql(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *i = setup->column[0], *d = setup->column[2], *s = setup->column[3], *t = setup->column[4];
    assert_text(setup, call(setup, "/", i, number(setup, 2)), "(`i` / 2)");
    assert_text(setup, call(setup, "+", i, d), "(CAST(`i` AS DOUBLE) + `d`)");
    assert_text(setup, call(setup, "NEGATE", i, NULL), "(- `i`)");
    assert_text(setup, call(setup, "is not null", s, NULL), "(`s``s` IS NOT NULL)");
    assert_text(setup, call(setup, "UPPER", s, NULL), "UPPER(`s``s`)");
    assert_text(setup, leat_expr_cast(&setup->builder, s, t->type, true), "TRY_CAST(`s``s` AS TIMESTAMP(3))");
    // A CAST to fewer digits keeps its type under a CAST to more.
    const struct leat_expr *cut = leat_expr_cast(&setup->builder, t, (struct leat_type){.kind = LEAT_TYPE_TIMESTAMP}, false);
    cut = leat_expr_cast(&setup->builder, cut, (struct leat_type){.kind = LEAT_TYPE_TIMESTAMP, .precision = 6}, false);
    assert_text(setup, cut, "CAST(CAST(`t` AS TIMESTAMP(0)) AS TIMESTAMP(6))");
    struct leat_value text = {.type = {.kind = LEAT_TYPE_STRING}, .text = leat_text_view("it's", 4)};
    assert_text(setup, leat_expr_constant(&setup->builder, text), "'it''s'");
    struct leat_value real = {.type = {.kind = LEAT_TYPE_DOUBLE}, .float64 = 2};
    assert_text(setup, leat_expr_constant(&setup->builder, real), "2e0");
    struct leat_value days = {.type = {.kind = LEAT_TYPE_INTERVAL_DAY}, .int64 = -INT64_C(93784005000)};
    assert_text(setup, leat_expr_constant(&setup->builder, days), "INTERVAL '-1 02:03:04.005' DAY TO SECOND");
    const struct leat_expr *parts[] = {call(setup, ">", i, number(setup, 0)), i, number(setup, 0)};
    assert_text(setup, leat_expr_call(&setup->builder, "CASE", parts, 3), "CASE WHEN (`i` > 0) THEN `i` ELSE 0 END");
    const struct leat_expr *list[] = {i, number(setup, 1), number(setup, 2)};
    assert_text(setup, leat_expr_call(&setup->builder, "IN", list, 3), "(`i` IN (1, 2))");
    assert_text(setup, leat_expr_call(&setup->builder, "BETWEEN", list, 3), "((`i` >= 1) AND (`i` <= 2))");
    const struct leat_expr *both = call(setup, "AND", call(setup, ">", i, number(setup, 0)), call(setup, "<", i, number(setup, 9)));
    assert_text(setup, call(setup, "AND", both, call(setup, "IS NULL", d, NULL)), "((`i` > 0) AND (`i` < 9) AND (`d` IS NULL))");
}

static void constants_fold_to_what_evaluation_gives(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *sixty = call(setup, "/", call(setup, "PI", NULL, NULL), number(setup, 60));
    const struct leat_expr *rate = call(setup, "*", sixty, number(setup, 2));
    assert_int_equal(rate->kind, LEAT_EXPR_CONSTANT);
    double wanted = 3.14159265358979323846 / 60.0;
    wanted *= 2.0;
    assert_memory_equal(&rate->constant.float64, &wanted, sizeof(wanted));
    // What fails is left for the rows that meet it.
    const struct leat_expr *zero = call(setup, "/", number(setup, 1), number(setup, 0));
    assert_int_equal(zero->kind, LEAT_EXPR_CALL);
    assert_true(zero->can_fail);
    const struct leat_expr *never[] = {leat_expr_constant(&setup->builder, (struct leat_value){.type = {.kind = LEAT_TYPE_BOOLEAN}}), zero,
                                       setup->column[0]};
    assert_ptr_equal(leat_expr_call(&setup->builder, "CASE", never, 3), setup->column[0]);
    assert_false(call(setup, "/", setup->column[0], number(setup, 2))->can_fail);
    assert_true(call(setup, "/", setup->column[0], setup->column[1])->can_fail);
    assert_false(call(setup, "/", setup->column[2], setup->column[2])->can_fail);
}

static void equal_expressions_are_equal(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *a = call(setup, "+", setup->column[0], number(setup, 1));
    assert_true(leat_expr_equal(a, call(setup, "+", setup->column[0], number(setup, 1))));
    assert_false(leat_expr_equal(a, call(setup, "+", setup->column[0], number(setup, 2))));
    assert_false(leat_expr_equal(a, call(setup, "+", setup->column[1], number(setup, 1))));
    assert_false(leat_expr_equal(a, call(setup, "-", setup->column[0], number(setup, 1))));
    assert_false(leat_expr_equal(leat_expr_cast(&setup->builder, setup->column[3], fields[0].type, false),
                                 leat_expr_cast(&setup->builder, setup->column[3], fields[0].type, true)));
}

static void visit(void *context, uint32_t column) {
    *(uint32_t *)context |= 1u << column;
}

static void substitution_replaces_columns_and_folds(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *expr = call(setup, "*", call(setup, "+", setup->column[0], setup->column[1]), number(setup, 3));
    uint32_t seen = 0;
    leat_expr_visit_columns(expr, visit, &seen);
    assert_int_equal(seen, 3);
    const struct leat_expr *columns[] = {number(setup, 4), setup->column[0], setup->column[2], setup->column[3], setup->column[4]};
    assert_text(setup, leat_expr_substitute(&setup->builder, expr, columns), "((4 + `i`) * 3)");
    columns[1] = number(setup, 5);
    assert_text(setup, leat_expr_substitute(&setup->builder, expr, columns), "27");
    const struct leat_expr *same = call(setup, "UPPER", setup->column[3], NULL);
    assert_ptr_equal(leat_expr_substitute(&setup->builder, same, setup->column), same);
}

static void expressions_have_bounds(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *deep = setup->column[0], *last = deep;
    for (uint32_t i = 0; deep && i < 100000; i++)
        last = deep, deep = call(setup, "+", deep, number(setup, 1));
    assert_null(deep);
    assert_non_null(strstr(setup->builder.error, "levels deep"));
    assert_non_null(last);
    const struct leat_expr *wide = setup->column[0];
    for (uint32_t i = 0; wide && i < 64; i++)
        wide = call(setup, "+", wide, wide);
    assert_null(wide);
    assert_non_null(strstr(setup->builder.error, "parts"));
    // A long chain of OR is flat.
    const struct leat_expr *any = call(setup, "=", setup->column[0], number(setup, 0));
    for (int32_t i = 1; i < 5000; i++)
        any = call(setup, "OR", any, call(setup, "=", setup->column[0], number(setup, i)));
    assert_non_null(any);
    assert_true(any->depth < 50);
}

static void decimals_are_doubles_only_where_flink_makes_them_so(void **state) {
    struct setup *setup = *state;
    const struct leat_expr *half = leat_expr_decimal(&setup->builder, "00.50", 5);
    assert_string_equal(half->decimal, "0.50");
    assert_true(half->constant.float64 == 0.5);
    const struct leat_expr *minus = call(setup, "NEGATE", half, NULL);
    assert_string_equal(minus->decimal, "-0.50");
    assert_null(call(setup, "*", setup->column[0], half));
    assert_non_null(setup->builder.hint);
    assert_null(call(setup, "*", setup->column[2], half)->decimal);
    assert_null(leat_expr_cast(&setup->builder, half, fields[2].type, false)->decimal);
    assert_non_null(call(setup, ">", setup->column[0], half));
    assert_null(leat_expr_decimal(&setup->builder, "1.2.3", 5));
}

static void unknown_names_and_documented_ones(void **state) {
    struct setup *setup = *state;
    assert_null(call(setup, "FROBNICATE", setup->column[0], NULL));
    assert_string_equal(setup->builder.error, "there is no function `FROBNICATE`");
    char longest[500];
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = 0;
    assert_null(call(setup, longest, setup->column[0], NULL));
    const char *names[300];
    uint32_t count = leat_function_names(names, 300);
    assert_in_range(count, 50, 300);
    assert_int_equal(leat_function_names(names, 3), count);
    bool case_seen = false;
    for (uint32_t i = 0; leat_function_doc(i); i++) {
        const struct leat_function_doc *doc = leat_function_doc(i);
        assert_true(strncmp(doc->name, doc->signature, strlen(doc->name)) == 0);
        assert_true(doc->text[strlen(doc->text) - 1] == '.');
        case_seen |= strcmp(doc->name, "MAX") == 0;
    }
    assert_true(case_seen);
}

static void aggregates_have_flinks_types(void **state) {
    struct setup *setup = *state;
    enum leat_aggregate_kind kind;
    struct leat_type type;
    struct leat_expr_builder *builder = &setup->builder;
    assert_true(leat_aggregate_is_name("count") && leat_aggregate_is_name("AVG") && !leat_aggregate_is_name("ABS"));
    assert_true(leat_aggregate_resolve(builder, "COUNT", NULL, &kind, &type));
    assert_int_equal(kind, LEAT_AGGREGATE_COUNT_ALL);
    assert_true(type.kind == LEAT_TYPE_BIGINT && !type.nullable);
    assert_true(leat_aggregate_resolve(builder, "count", &fields[3].type, &kind, &type));
    assert_int_equal(kind, LEAT_AGGREGATE_COUNT);
    assert_true(leat_aggregate_resolve(builder, "AVG", &fields[0].type, &kind, &type));
    assert_int_equal(type.kind, LEAT_TYPE_INT);
    assert_true(leat_aggregate_resolve(builder, "SUM", &fields[2].type, &kind, &type));
    assert_int_equal(type.kind, LEAT_TYPE_DOUBLE);
    assert_true(leat_aggregate_resolve(builder, "MAX", &fields[3].type, &kind, &type));
    assert_int_equal(type.kind, LEAT_TYPE_STRING);
    assert_false(leat_aggregate_resolve(builder, "SUM", &fields[3].type, &kind, &type));
    assert_string_equal(builder->error, "`SUM` does not take STRING");
    assert_false(leat_aggregate_resolve(builder, "SUM", NULL, &kind, &type));
    assert_false(leat_aggregate_resolve(builder, "MEDIAN", &fields[0].type, &kind, &type));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_are_null_only_where_an_argument_may_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_read_as_sql, set_up, tear_down),
        cmocka_unit_test_setup_teardown(constants_fold_to_what_evaluation_gives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_expressions_are_equal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(substitution_replaces_columns_and_folds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expressions_have_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decimals_are_doubles_only_where_flink_makes_them_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_names_and_documented_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(aggregates_have_flinks_types, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
