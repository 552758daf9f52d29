// The steps of an edge: filters and projections over selections, rows that fail, and their accounts.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/steps.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SLOT_A, SLOT_B, SLOT_COMPUTED, SLOTS };
enum { NODE_UNION, NODE_FILTER, NODE_PROJECT, NODE_LAST_FILTER, NODES };
static const uint8_t physical[SLOTS] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64};

// The steps under test: UNION, a > 0 AND 100 / b > 2, c = 1000 / (b - 7), c <> 500.
struct plan {
    struct leat_arena arena;
    struct leat_expr_builder builder;
    struct leat_graph_compute compute;
    struct leat_graph_step steps[4];
};

static const struct leat_expr *column(struct plan *plan, uint32_t slot) {
    return leat_expr_column(&plan->builder, slot, (struct leat_type){.kind = LEAT_TYPE_BIGINT, .nullable = true});
}

static const struct leat_expr *number(struct plan *plan, int64_t value) {
    return leat_expr_constant(&plan->builder, (struct leat_value){.type.kind = LEAT_TYPE_BIGINT, .int64 = value});
}

static const struct leat_expr *call(struct plan *plan, const char *name, const struct leat_expr *a, const struct leat_expr *b) {
    const struct leat_expr *result = leat_expr_call(&plan->builder, name, (const struct leat_expr *const[]){a, b}, 2);
    assert_non_null(result);
    return result;
}

static void plan_open(struct plan *p) {
    *p = (struct plan){0};
    p->builder.arena = &p->arena;
    const struct leat_expr *quotient = call(p, "/", number(p, 100), column(p, SLOT_B));
    const struct leat_expr *first = call(p, "AND", call(p, ">", column(p, SLOT_A), number(p, 0)), call(p, ">", quotient, number(p, 2)));
    p->compute = (struct leat_graph_compute){.expr = call(p, "/", number(p, 1000), call(p, "-", column(p, SLOT_B), number(p, 7))),
                                             .slot = SLOT_COMPUTED};
    p->steps[0] = (struct leat_graph_step){.kind = LEAT_GRAPH_UNION, .node = NODE_UNION};
    p->steps[1] = (struct leat_graph_step){.kind = LEAT_GRAPH_FILTER, .node = NODE_FILTER, .condition = first};
    p->steps[2] = (struct leat_graph_step){.kind = LEAT_GRAPH_PROJECT, .node = NODE_PROJECT, .computes = &p->compute, .compute_count = 1};
    p->steps[3] = (struct leat_graph_step){
        .kind = LEAT_GRAPH_FILTER, .node = NODE_LAST_FILTER, .condition = call(p, "<>", column(p, SLOT_COMPUTED), number(p, 500))};
}

// Who is told of rows that fail.
struct listener {
    struct leat_bad_rows bad;
    uint32_t count;
    bool reported[LEAT_BATCH_ROWS];
};

static void listen(struct leat_bad_rows *bad, const struct leat_batch *batch, uint32_t row, const char *reason) {
    struct listener *self = LEAT_CONTAINER_OF(bad, struct listener, bad);
    assert_non_null(reason);
    assert_true(row < batch->rows && !self->reported[row]);
    self->reported[row] = true;
    self->count++;
}

// What becomes of one row: its fate at the nodes, and whether it comes through. NULL is INT64_MIN.
enum fate { PASSES, FILTERED_FIRST, BAD_FIRST, BAD_PROJECT, FILTERED_LAST };

static enum fate fate_of(int64_t a, int64_t b) {
    bool a_null = a == INT64_MIN, b_null = b == INT64_MIN;
    if (!a_null && a <= 0)
        return FILTERED_FIRST; // FALSE AND anything, which is not looked at
    if (b_null)
        return FILTERED_FIRST;
    if (b == 0)
        return BAD_FIRST;
    if (100 / b <= 2 || a_null)
        return FILTERED_FIRST;
    if (b == 7)
        return BAD_PROJECT;
    return 1000 / (b - 7) == 500 ? FILTERED_LAST : PASSES;
}

static void fill(struct leat_batch *batch, uint64_t *random, uint32_t rows) {
    leat_batch_reset(batch);
    batch->rows = rows;
    for (uint32_t c = 0; c < 2; c++) {
        leat_column_fill_valid(&batch->columns[c], LEAT_BATCH_ROWS);
        for (uint32_t row = 0; row < rows; row++) {
            leat_column_int64(&batch->columns[c])[row] = (int64_t)leat_test_below(random, 12) - (c == 0 ? 4 : 0);
            if (leat_test_below(random, 10) == 0)
                leat_column_set_null(&batch->columns[c], row);
        }
    }
}

static int64_t value_of(const struct leat_batch *batch, uint32_t c, uint32_t row) {
    return leat_column_is_valid(&batch->columns[c], row) ? leat_column_int64(&batch->columns[c])[row] : INT64_MIN;
}

static void check_account(const struct leat_account *account, uint64_t in, uint64_t out, uint64_t filtered, uint64_t bad) {
    assert_int_equal(account->in, in);
    assert_int_equal(account->taken, out);
    assert_int_equal(account->out, out);
    assert_int_equal(account->filtered, filtered);
    assert_int_equal(account->bad, bad);
}

static void every_row_meets_one_fate(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(8), random = seed;
    struct plan plan;
    struct leat_budget budget = {.owner = "test"};
    struct leat_account accounts[NODES] = {0};
    struct leat_steps run;
    struct leat_batch *batch = leat_batch_create(NULL, physical, SLOTS, false, false);
    uint64_t fates[5] = {0}, in = 0;
    plan_open(&plan);
    assert_int_equal(leat_steps_create(&run, plan.steps, 4, accounts, &budget), 0);
    for (int i = 0; i < 300; i++) {
        uint16_t chosen[LEAT_BATCH_ROWS];
        struct listener listener = {.bad.report = listen};
        uint32_t rows = (uint32_t)leat_test_below(&random, leat_test_below(&random, 2) ? LEAT_BATCH_ROWS + 1 : 4), bad = 0, expected = 0;
        fill(batch, &random, rows);
        bool dense = leat_test_below(&random, 2);
        struct leat_selection selection = {.count = dense ? rows : 0};
        for (uint32_t row = 0; row < rows && !dense; row++)
            if (leat_test_below(&random, 3))
                chosen[selection.count++] = (uint16_t)row;
        selection.rows = dense ? NULL : chosen;
        const struct leat_selection before = selection;
        assert_int_equal(leat_steps_run(&run, batch, &selection, &listener.bad), 0);
        for (uint32_t k = 0; k < before.count; k++) {
            uint32_t row = leat_selection_row(&before, k);
            enum fate fate = fate_of(value_of(batch, SLOT_A, row), value_of(batch, SLOT_B, row));
            fates[fate]++;
            in++;
            bool is_bad = fate == BAD_FIRST || fate == BAD_PROJECT;
            bad += is_bad;
            if (listener.reported[row] != is_bad)
                fail_msg("LEAT_SEED=%" PRIu64 ": row %" PRIu32 " is %s", seed, row, is_bad ? "not reported" : "reported");
            if (fate != PASSES)
                continue;
            if (expected >= selection.count || leat_selection_row(&selection, expected) != row ||
                value_of(batch, SLOT_COMPUTED, row) != 1000 / (value_of(batch, SLOT_B, row) - 7))
                fail_msg("LEAT_SEED=%" PRIu64 ": row %" PRIu32 " has not come through as it should", seed, row);
            expected++;
        }
        assert_int_equal(selection.count, expected);
        assert_int_equal(listener.count, bad);
    }
    uint64_t first = in - fates[FILTERED_FIRST] - fates[BAD_FIRST];
    check_account(&accounts[NODE_UNION], in, in, 0, 0);
    check_account(&accounts[NODE_FILTER], in, first, fates[FILTERED_FIRST], fates[BAD_FIRST]);
    check_account(&accounts[NODE_PROJECT], first, first - fates[BAD_PROJECT], 0, fates[BAD_PROJECT]);
    check_account(&accounts[NODE_LAST_FILTER], first - fates[BAD_PROJECT], fates[PASSES], fates[FILTERED_LAST], 0);
    for (int i = 0; i < 5; i++)
        assert_true(fates[i] > 0);
    leat_batch_destroy(NULL, batch);
    leat_steps_destroy(&run);
    assert_int_equal(budget.used_bytes, 0);
    leat_arena_free(&plan.arena);
}

static void nobody_needs_to_listen(void **state) {
    (void)state;
    struct plan plan;
    struct leat_account accounts[NODES] = {0};
    struct leat_steps run;
    struct leat_batch *batch = leat_batch_create(NULL, physical, SLOTS, false, false);
    plan_open(&plan);
    assert_int_equal(leat_steps_create(&run, plan.steps, 4, accounts, NULL), 0);
    batch->rows = 3;
    for (uint32_t row = 0; row < 3; row++) {
        leat_column_int64(&batch->columns[SLOT_A])[row] = 1;
        leat_column_int64(&batch->columns[SLOT_B])[row] = row == 1 ? 0 : 5;
    }
    struct leat_selection selection = {.count = 3};
    assert_int_equal(leat_steps_run(&run, batch, &selection, NULL), 0);
    assert_int_equal(selection.count, 2);
    assert_int_equal(accounts[NODE_FILTER].bad, 1);
    leat_batch_destroy(NULL, batch);
    leat_steps_destroy(&run);
    leat_arena_free(&plan.arena);
}

static void no_steps_change_nothing(void **state) {
    (void)state;
    struct leat_steps run;
    uint64_t calls = leat_memory_calls();
    assert_int_equal(leat_steps_create(&run, NULL, 0, NULL, NULL), 0);
    struct leat_selection selection = {.count = 5};
    assert_int_equal(leat_steps_run(&run, NULL, &selection, NULL), 0);
    assert_int_equal(selection.count, 5);
    leat_steps_destroy(&run);
    assert_int_equal(leat_memory_calls(), calls);
}

static void steps_without_memory_say_so_and_give_everything_back(void **state) {
    (void)state;
    struct plan plan;
    struct leat_account accounts[NODES] = {0};
    plan_open(&plan);
    for (uint64_t fail_at = 1, done = 0; !done; fail_at++) {
        struct leat_budget budget = {.owner = "test"};
        struct leat_steps run;
        leat_error_clear();
        leat_memory_fail_at(fail_at);
        int failed = leat_steps_create(&run, plan.steps, 4, accounts, &budget);
        leat_memory_fail_at(0);
        assert_int_equal(failed != 0, leat_error_kind() == LEAT_ERROR_INTERNAL);
        leat_steps_destroy(&run);
        assert_int_equal(budget.used_bytes, 0);
        done = failed == 0;
    }
    leat_arena_free(&plan.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_meets_one_fate),
        cmocka_unit_test(nobody_needs_to_listen),
        cmocka_unit_test(no_steps_change_nothing),
        cmocka_unit_test(steps_without_memory_say_so_and_give_everything_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
