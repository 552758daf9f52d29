// Evaluation: branches see only their rows, filters are exact, nothing allocates per batch, random expressions agree in every way of
// evaluating them.
#include "tests/engine/expr/fixture.h"
#include "tests/engine/expr/random_tree.h"

static void random_expressions_agree_dense_selected_filtered_and_folded(void **state) {
    (void)state;
    const char *seed_text = getenv("LEAT_SEED");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 20240301;
    uint8_t bytes[400];
    for (uint32_t round = 0; round < 3000; round++) {
        uint64_t x = seed + round * UINT64_C(0x9e3779b97f4a7c15);
        for (size_t i = 0; i < sizeof(bytes); i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (uint8_t)(x >> 56);
        }
        if (seed_text)
            fprintf(stderr, "seed %llu round %u\n", (unsigned long long)seed, round); // the last one printed is the one that failed
        struct tree_source source = {bytes, bytes + sizeof(bytes)};
        tree_check(&source);
    }
}

struct bench {
    struct leat_arena arena;
    struct leat_expr_builder builder;
    struct leat_batch *batch;
    struct leat_batch *out;
    const struct leat_expr *a, *s;
};

// A batch with an INT column (row - 2, every fifth NULL) and a STRING column.
static struct bench *make(void) {
    struct bench *bench = test_calloc(1, sizeof(*bench));
    static const uint8_t forms[] = {LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_TEXT};
    static const uint8_t result[] = {LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_BOOL};
    bench->builder.arena = &bench->arena;
    bench->batch = leat_batch_create(NULL, forms, 2, false, false);
    bench->out = leat_batch_create(NULL, result, 3, false, false);
    bench->batch->rows = LEAT_BATCH_ROWS;
    struct leat_column *numbers = &bench->batch->columns[0], *texts = &bench->batch->columns[1];
    leat_column_fill_valid(numbers, LEAT_BATCH_ROWS);
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        leat_column_int32(numbers)[row] = (int32_t)row - 2;
        leat_column_text(texts)[row] = row % 2 ? leat_text_view("12", 2) : leat_text_view("a text of many more bytes", 25);
        if (row % 5 == 4)
            leat_column_set_null(numbers, row);
    }
    bench->a = leat_expr_column(&bench->builder, 0, (struct leat_type){LEAT_TYPE_INT, 0, true});
    bench->s = leat_expr_column(&bench->builder, 1, (struct leat_type){LEAT_TYPE_STRING, 0, false});
    return bench;
}

static void unmake(struct bench *bench) {
    leat_batch_destroy(NULL, bench->batch);
    leat_batch_destroy(NULL, bench->out);
    leat_arena_free(&bench->arena);
    test_free(bench);
}

static const struct leat_expr *number(struct bench *bench, int32_t value) {
    return leat_expr_constant(&bench->builder, (struct leat_value){.type = {.kind = LEAT_TYPE_INT}, .int32 = value});
}

static const struct leat_expr *call2(struct bench *bench, const char *name, const struct leat_expr *x, const struct leat_expr *y) {
    const struct leat_expr *args[] = {x, y};
    const struct leat_expr *expr = leat_expr_call(&bench->builder, name, args, 2);
    assert_non_null(expr);
    return expr;
}

static const struct leat_expr *call3(struct bench *bench, const char *name, const struct leat_expr *x, const struct leat_expr *y,
                                     const struct leat_expr *z) {
    const struct leat_expr *args[] = {x, y, z};
    const struct leat_expr *expr = leat_expr_call(&bench->builder, name, args, 3);
    assert_non_null(expr);
    return expr;
}

// Evaluates over the whole batch into the column of the right form.
static struct leat_column *evaluate(struct bench *bench, const struct leat_expr *expr, struct leat_eval_errors *errors) {
    struct leat_selection all = {NULL, LEAT_BATCH_ROWS};
    struct leat_evaluator *evaluator = leat_evaluator_create(NULL, &expr, 1);
    struct leat_column *out = bench->out->columns;
    while (out->physical != leat_type_physical(expr->type.kind))
        out++;
    memset(errors, 0, sizeof(*errors));
    assert_int_equal(leat_evaluate(evaluator, expr, bench->batch, &all, out, errors), 0);
    leat_evaluator_destroy(evaluator);
    return out;
}

static void a_branch_that_is_not_taken_never_fails(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors;
    const struct leat_expr *quotient = call2(bench, "/", number(bench, 100), bench->a);
    const struct leat_expr *not_zero = call2(bench, "<>", bench->a, number(bench, 0));
    evaluate(bench, call3(bench, "CASE", not_zero, quotient, number(bench, -1)), &errors);
    assert_int_equal(errors.count, 0);
    evaluate(bench, call2(bench, "AND", not_zero, call2(bench, ">", quotient, number(bench, 3))), &errors);
    assert_int_equal(errors.count, 0);
    evaluate(bench, call2(bench, "OR", call2(bench, "=", bench->a, number(bench, 0)), call2(bench, ">", quotient, number(bench, 3))),
             &errors);
    assert_int_equal(errors.count, 0);
    const struct leat_expr *parsed = leat_expr_cast(&bench->builder, bench->s, (struct leat_type){LEAT_TYPE_INT, 0, true}, false);
    evaluate(bench, call2(bench, "COALESCE", number(bench, 1), parsed), &errors);
    assert_int_equal(errors.count, 0);
    unmake(bench);
}

static void failing_rows_are_named_once_and_null(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors;
    const struct leat_expr *quotient = call2(bench, "/", number(bench, 100), bench->a);
    struct leat_column *out = evaluate(bench, call2(bench, "+", quotient, quotient), &errors);
    assert_int_equal(errors.count, 1); // of the row with 0, though it was computed twice
    assert_int_equal(errors.rows[0], 4);
    assert_string_equal(errors.reason[2], "division by zero");
    assert_false(leat_column_is_valid(out, 2));
    assert_true(leat_column_is_valid(out, 3));
    const struct leat_expr *parsed = leat_expr_cast(&bench->builder, bench->s, (struct leat_type){LEAT_TYPE_INT, 0, true}, false);
    evaluate(bench, call2(bench, "COALESCE", parsed, number(bench, 1)), &errors);
    assert_int_equal(errors.count, LEAT_BATCH_ROWS / 2); // a failed row has failed, whatever is made of its NULL
    unmake(bench);
}

static void filters_keep_the_rows_that_are_true(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors = {0};
    uint16_t kept[LEAT_BATCH_ROWS], rows[LEAT_BATCH_ROWS];
    uint32_t count;
    const struct leat_expr *there = leat_expr_call(&bench->builder, "IS NOT NULL", &bench->a, 1);
    const struct leat_expr *missing = leat_expr_call(&bench->builder, "IS NULL", &bench->a, 1);
    const struct leat_expr *large = call2(bench, ">", bench->a, number(bench, 500));
    const struct leat_expr *exprs[] = {there, missing, large, call2(bench, "AND", there, large)};
    struct leat_evaluator *evaluator = leat_evaluator_create(NULL, exprs, 4);
    for (uint32_t n = 1; n <= LEAT_BATCH_ROWS; n += n < 140 ? 1 : 127) {
        for (size_t e = 0; e < LEAT_ARRAY_LEN(exprs); e++) {
            for (int dense = 0; dense < 2; dense++) {
                struct leat_selection in = {dense ? NULL : rows, n};
                uint32_t wanted = 0;
                for (uint32_t i = 0; i < n; i++)
                    rows[i] = (uint16_t)(i * LEAT_BATCH_ROWS / n);
                assert_int_equal(leat_evaluate_filter(evaluator, exprs[e], bench->batch, &in, kept, &count, &errors), 0);
                for (uint32_t i = 0; i < n; i++) {
                    uint32_t row = leat_selection_row(&in, i);
                    bool is_there = row % 5 != 4, is_large = is_there && row > 502;
                    bool keep = e == 0 ? is_there : e == 1 ? !is_there : is_large;
                    if (keep && kept[wanted] != row)
                        fail_msg("filter %zu of %u rows: %u, not %u", e, n, kept[wanted], row);
                    wanted += keep;
                }
                assert_int_equal(count, wanted);
            }
        }
    }
    // Without a bitmap all rows are there.
    bench->batch->columns[0].has_null = false;
    struct leat_selection all = {NULL, 1000};
    assert_int_equal(leat_evaluate_filter(evaluator, there, bench->batch, &all, kept, &count, &errors), 0);
    assert_int_equal(count, 1000);
    assert_int_equal(kept[999], 999);
    assert_int_equal(leat_evaluate_filter(evaluator, missing, bench->batch, &all, kept, &count, &errors), 0);
    assert_int_equal(count, 0);
    leat_evaluator_destroy(evaluator);
    unmake(bench);
}

static void an_operand_fails_in_a_filter_where_it_fails_in_a_value(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors = {0};
    uint16_t kept[LEAT_BATCH_ROWS];
    uint32_t count;
    struct leat_selection all = {NULL, LEAT_BATCH_ROWS};
    // Where a is NULL the first operand is unknown, so that the second is evaluated and fails, as it would in Flink.
    const struct leat_expr *parsed = leat_expr_cast(&bench->builder, bench->s, (struct leat_type){LEAT_TYPE_INT, 0, true}, false);
    const struct leat_expr *expr =
        call2(bench, "AND", call2(bench, "<", bench->a, number(bench, 0)), call2(bench, "=", parsed, number(bench, 12)));
    struct leat_evaluator *evaluator = leat_evaluator_create(NULL, &expr, 1);
    assert_int_equal(leat_evaluate_filter(evaluator, expr, bench->batch, &all, kept, &count, &errors), 0);
    assert_int_equal(count, 1); // row 1; row 0 fails
    assert_int_equal(kept[0], 1);
    assert_int_equal(errors.count, 1 + 102); // row 0, and the even ones of the 204 rows with NULL
    leat_evaluator_destroy(evaluator);
    unmake(bench);
}

static void evaluation_in_steady_use_allocates_nothing(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors = {0};
    struct leat_budget budget = {.owner = "test"};
    struct leat_selection all = {NULL, LEAT_BATCH_ROWS};
    const struct leat_expr *longer = call2(bench, "||", bench->s, bench->s);
    const struct leat_expr *expr = call3(bench, "CASE", call2(bench, ">", bench->a, number(bench, 9)), longer, bench->s);
    struct leat_evaluator *evaluator = leat_evaluator_create(&budget, &expr, 1);
    uint64_t calls = 0;
    for (int round = 0; round < 5; round++) {
        if (round == 2)
            calls = leat_memory_calls();
        leat_heap_reset(&bench->batch->heap);
        assert_int_equal(leat_evaluate(evaluator, expr, bench->batch, &all, &bench->out->columns[1], &errors), 0);
    }
    assert_int_equal(leat_memory_calls(), calls);
    leat_evaluator_destroy(evaluator);
    assert_int_equal(budget.used_bytes, 0);
    unmake(bench);
}

static void want_of_memory_is_an_error_and_leaks_nothing(void **state) {
    (void)state;
    struct bench *bench = make();
    struct leat_eval_errors errors = {0};
    struct leat_budget budget = {.owner = "test"};
    struct leat_selection all = {NULL, LEAT_BATCH_ROWS};
    const struct leat_expr *expr = call2(bench, "||", bench->s, bench->s);
    for (uint64_t nth = 1; nth <= 4; nth++) {
        leat_memory_fail_at(nth);
        assert_null(leat_evaluator_create(&budget, &expr, 1));
        leat_error_clear();
    }
    leat_memory_fail_at(0);
    assert_int_equal(budget.used_bytes, 0);
    struct leat_evaluator *evaluator = leat_evaluator_create(&budget, &expr, 1);
    leat_memory_fail_at(1);
    assert_int_equal(leat_evaluate(evaluator, expr, bench->batch, &all, &bench->out->columns[1], &errors), -1);
    leat_memory_fail_at(0);
    leat_error_clear();
    assert_int_equal(leat_evaluate(evaluator, expr, bench->batch, &all, &bench->out->columns[1], &errors), 0);
    leat_evaluator_destroy(evaluator);
    unmake(bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_expressions_agree_dense_selected_filtered_and_folded),
        cmocka_unit_test(a_branch_that_is_not_taken_never_fails),
        cmocka_unit_test(failing_rows_are_named_once_and_null),
        cmocka_unit_test(filters_keep_the_rows_that_are_true),
        cmocka_unit_test(an_operand_fails_in_a_filter_where_it_fails_in_a_value),
        cmocka_unit_test(evaluation_in_steady_use_allocates_nothing),
        cmocka_unit_test(want_of_memory_is_an_error_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
