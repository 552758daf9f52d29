// The tumbling window case by case: the edges of lateness and of time, memory, snapshots that are damaged.
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/state/snapshot.h"
#include "tests/support/window_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MS 1000

static struct leat_test_rows message;

// One worker of a plan; rows come one by one.
struct single {
    struct leat_test_window plan;
    struct leat_budget budget;
    void *state;
    struct leat_test_output output;
};

static void single_open(struct single *single, int64_t size_us, uint32_t key_mask, uint32_t aggregate_mask) {
    leat_test_window_make(&single->plan, size_us, 0, key_mask, aggregate_mask);
    single->budget = (struct leat_budget){.owner = "window"};
    struct leat_operator_env env = {.budget = &single->budget, .workers = 1};
    assert_int_equal(leat_window_tumble_ops.open(&single->plan.spec, &env, &single->state), 0);
    leat_test_output_open(&single->output, single->plan.output_physical, single->plan.spec.output_count, true, NULL, NULL);
    leat_test_rows_open(&message, leat_test_window_physical, LEAT_TEST_INPUTS, true);
}

static void single_close(struct single *single) {
    leat_window_tumble_ops.close(single->state);
    assert_int_equal(single->budget.used_bytes, 0);
    leat_test_output_close(&single->output);
    leat_test_rows_close(&message);
}

static const struct leat_account *account_of(const struct single *single) {
    return leat_window_tumble_ops.account(single->state);
}

static enum leat_step push_message_of(struct single *single) {
    struct leat_rows *rows = leat_test_rows_finish(&message, single->plan.key, single->plan.spec.key_count, LEAT_TIME_MIN, LEAT_TIME_MAX);
    return leat_window_tumble_ops.push(single->state, 0, rows);
}

static void push_time(struct single *single, int64_t time_us, int64_t watermark_us) {
    leat_test_rows_clear(&message);
    uint32_t row = leat_test_rows_add(&message, watermark_us);
    leat_test_rows_set_int64(&message, row, LEAT_TEST_TIME, time_us);
    assert_int_equal(push_message_of(single), LEAT_DONE);
}

static enum leat_step advance(struct single *single, int64_t watermark_us) {
    return leat_window_tumble_ops.advance(single->state, watermark_us, &single->output.output);
}

static void a_row_is_late_from_the_last_millisecond_of_its_window(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 60000 * MS, 0, LEAT_TEST_COUNT_ALL_MASK);
    push_time(&single, 0, 59999 * MS - 1);
    assert_int_equal(account_of(&single)->late, 0);
    push_time(&single, 59999 * MS + 999, 59999 * MS);
    assert_int_equal(account_of(&single)->late, 1);
    push_time(&single, -1, -MS - 1);
    assert_int_equal(account_of(&single)->late, 1);
    push_time(&single, -60000 * MS, -MS);
    assert_int_equal(account_of(&single)->late, 2);
    single_close(&single);
}

static void a_window_fires_from_its_last_millisecond(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 60000 * MS, 0, LEAT_TEST_COUNT_ALL_MASK);
    push_time(&single, 7, LEAT_TIME_MIN);
    assert_int_equal(advance(&single, 59999 * MS - 1), LEAT_DONE);
    assert_int_equal(single.output.committed_rows, 0);
    assert_int_equal(advance(&single, 59999 * MS), LEAT_DONE);
    assert_int_equal(single.output.committed_rows, 1);
    assert_int_equal(account_of(&single)->out, 1);
    assert_int_equal(leat_window_tumble_ops.output_watermark(single.state, 59999 * MS), 59999 * MS);
    // It has fired: no row of it is taken again, whatever watermark that row comes with.
    push_time(&single, 7, LEAT_TIME_MIN);
    assert_int_equal(account_of(&single)->late, 1);
    single_close(&single);
}

static void times_whose_window_has_no_place_are_bad(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 60000 * MS, 0, LEAT_TEST_COUNT_ALL_MASK);
    push_time(&single, INT64_MAX, LEAT_TIME_MIN);
    push_time(&single, INT64_MIN, LEAT_TIME_MIN);
    push_time(&single, INT64_MIN + 1, LEAT_TIME_MIN);
    assert_int_equal(account_of(&single)->bad, 3);
    push_time(&single, INT64_MAX - 120000 * MS, LEAT_TIME_MIN);
    push_time(&single, INT64_MIN + 120000 * MS, LEAT_TIME_MIN);
    assert_int_equal(account_of(&single)->taken, 2);
    assert_int_equal(advance(&single, LEAT_TIME_MAX), LEAT_DONE);
    assert_int_equal(single.output.committed_rows, 2);
    single_close(&single);
}

static void offsets_at_the_edge_of_time_are_safe(void **state) {
    (void)state;
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    leat_test_rows_open(&message, leat_test_window_physical, LEAT_TEST_INPUTS, true);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(edges) * LEAT_ARRAY_LEN(edges) * 2; i++) {
        struct leat_test_window plan;
        int64_t size_us = i % 2 ? 1 : INT64_MAX;
        leat_test_window_make(&plan, size_us, edges[i / 2 % LEAT_ARRAY_LEN(edges)], 0, LEAT_TEST_COUNT_ALL_MASK);
        struct leat_operator_env env = {.workers = 1};
        void *instance;
        assert_int_equal(leat_window_tumble_ops.open(&plan.spec, &env, &instance), 0);
        leat_test_rows_clear(&message);
        uint32_t row = leat_test_rows_add(&message, LEAT_TIME_MIN);
        leat_test_rows_set_int64(&message, row, LEAT_TEST_TIME, edges[i / 2 / LEAT_ARRAY_LEN(edges)]);
        struct leat_rows *rows = leat_test_rows_finish(&message, NULL, 0, LEAT_TIME_MIN, LEAT_TIME_MAX);
        assert_int_equal(leat_window_tumble_ops.push(instance, 0, rows), LEAT_DONE);
        const struct leat_account *account = leat_window_tumble_ops.account(instance);
        assert_int_equal(account->taken + account->bad, 1);
        leat_window_tumble_ops.close(instance);
    }
    leat_test_rows_close(&message);
}

// One key with thousands of windows open at once, visited in no order: the index must find each.
static void a_key_may_have_any_number_of_open_windows(void **state) {
    (void)state;
    enum { WINDOWS = 5000, VISITS = 40000 };
    static uint32_t visits[WINDOWS];
    memset(visits, 0, sizeof(visits));
    struct single single;
    single_open(&single, 10 * MS, 0, LEAT_TEST_COUNT_ALL_MASK);
    uint64_t random = leat_test_seed(1);
    for (uint32_t i = 0; i < VISITS; i++) {
        uint64_t window = leat_test_below(&random, WINDOWS);
        visits[window]++;
        push_time(&single, (int64_t)window * 10 * MS + (int64_t)leat_test_below(&random, 10 * MS), LEAT_TIME_MIN);
    }
    uint64_t windows = 0;
    for (uint32_t window = 0; window < WINDOWS; window++) {
        assert_int_equal(advance(&single, (int64_t)(window + 1) * 10 * MS - MS), LEAT_DONE);
        windows += visits[window] != 0;
        assert_int_equal(single.output.committed_rows, windows);
        if (!visits[window])
            continue;
        uint32_t row = single.output.batch->rows - 1;
        assert_int_equal(leat_column_int64(&single.output.batch->columns[0])[row], window * 10 * MS);
        assert_int_equal(leat_column_int64(&single.output.batch->columns[1])[row], visits[window]);
    }
    single_close(&single);
}

static void fill_message(uint32_t rows, int64_t time_us, const char *text) {
    leat_test_rows_clear(&message);
    for (uint32_t i = 0; i < rows; i++) {
        char key[40];
        snprintf(key, sizeof(key), "the key number %u", i);
        uint32_t row = leat_test_rows_add(&message, LEAT_TIME_MIN);
        leat_test_rows_set_int64(&message, row, LEAT_TEST_TIME, time_us);
        leat_test_rows_set_text(&message, row, LEAT_TEST_KEY_TEXT, key);
        leat_test_rows_set_text(&message, row, LEAT_TEST_TEXT, text);
    }
}

static void nothing_is_allocated_in_steady_use(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 10 * MS, 1, UINT32_MAX);
    uint64_t calls = 0;
    for (int64_t window = 0; window < 200; window++) {
        if (window == 100)
            calls = leat_memory_calls();
        fill_message(500, window * 10 * MS, "a text of more than twelve bytes");
        uint64_t filling = leat_memory_calls();
        assert_int_equal(push_message_of(&single), LEAT_DONE);
        assert_int_equal(advance(&single, (window - 1) * 10 * MS + 9 * MS), LEAT_DONE);
        if (window >= 100)
            assert_int_equal(leat_memory_calls(), filling);
    }
    assert_true(calls > 0);
    single_close(&single);
}

static void memory_goes_back_when_windows_have_fired(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 10 * MS, 1, UINT32_MAX);
    size_t small_bytes = 0;
    for (int64_t window = 0; window < 200; window++) {
        if (window == 100)
            small_bytes = single.budget.used_bytes;
        fill_message(window == 100 ? LEAT_BATCH_ROWS : 2, window * 10 * MS, "a text of more than twelve bytes");
        assert_int_equal(push_message_of(&single), LEAT_DONE);
        assert_int_equal(advance(&single, window * 10 * MS + 9 * MS), LEAT_DONE);
    }
    assert_true(single.budget.peak_bytes > small_bytes + LEAT_BATCH_ROWS * 100);
    assert_true(single.budget.used_bytes <= small_bytes + small_bytes / 4);
    single_close(&single);
}

static void a_spent_budget_fails_with_its_reason(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 10 * MS, 1, UINT32_MAX);
    single.budget.limit_bytes = single.budget.used_bytes + 100000;
    fill_message(LEAT_BATCH_ROWS, 0, "a text of more than twelve bytes");
    assert_int_equal(push_message_of(&single), LEAT_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_non_null(strstr(leat_error_text(), "window"));
    leat_error_clear();
    single_close(&single);
}

// Every call of the allocator fails once; nothing leaks or crashes, and the failure is reported.
static void failures_of_memory_are_reported(void **state) {
    (void)state;
    leat_test_rows_open(&message, leat_test_window_physical, LEAT_TEST_INPUTS, true);
    fill_message(200, 0, "a text of more than twelve bytes");
    struct leat_test_window plan;
    leat_test_window_make(&plan, 10 * MS, 0, 1, UINT32_MAX);
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        struct leat_budget budget = {.owner = "window"};
        struct leat_operator_env env = {.budget = &budget, .workers = 1};
        void *instance;
        leat_memory_fail_at(nth);
        failed = leat_window_tumble_ops.open(&plan.spec, &env, &instance) != 0;
        if (!failed) {
            struct leat_rows *rows = leat_test_rows_finish(&message, plan.key, plan.spec.key_count, LEAT_TIME_MIN, LEAT_TIME_MAX);
            for (int64_t window = 0; window < 3 && !failed; window++) {
                for (uint32_t row = 0; row < 200; row++)
                    leat_test_rows_set_int64(&message, row, LEAT_TEST_TIME, window * 10 * MS);
                failed = leat_window_tumble_ops.push(instance, 0, rows) == LEAT_FAILED;
            }
            leat_window_tumble_ops.close(instance);
        }
        leat_memory_fail_at(0);
        assert_int_equal(budget.used_bytes, 0);
        assert_int_equal(leat_error_kind(), failed ? LEAT_ERROR_INTERNAL : LEAT_ERROR_NONE);
        leat_error_clear();
    }
    leat_test_rows_close(&message);
}

// ---- Damaged snapshots ----------------------------------------------------------------------------------------------------------

static void take_snapshot(struct single *single, struct leat_snapshot *snapshot) {
    *snapshot = (struct leat_snapshot){0};
    struct leat_snapshot_writer writer = {.snapshot = snapshot};
    assert_int_equal(leat_window_tumble_ops.snapshot(single->state, &writer), 0);
}

static int restore_into_new(const struct leat_test_window *plan, const struct leat_snapshot *snapshot) {
    struct leat_budget budget = {.owner = "window", .limit_bytes = 16 << 20};
    struct leat_operator_env env = {.budget = &budget, .workers = 1};
    void *instance;
    assert_int_equal(leat_window_tumble_ops.open(&plan->spec, &env, &instance), 0);
    struct leat_snapshot_reader reader = {.snapshot = snapshot, .workers = 1};
    leat_error_clear();
    int rc = leat_window_tumble_ops.restore(instance, &reader);
    if (rc)
        assert_int_not_equal(leat_error_kind(), LEAT_ERROR_NONE);
    leat_error_clear();
    leat_window_tumble_ops.close(instance);
    assert_int_equal(budget.used_bytes, 0);
    return rc;
}

static void damaged_snapshots_are_refused_or_read(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 10 * MS, 3, UINT32_MAX);
    fill_message(20, 0, "a text of more than twelve bytes");
    for (uint32_t row = 0; row < 20; row++)
        leat_test_rows_set_int64(&message, row, LEAT_TEST_TIME, row * 5 * MS);
    assert_int_equal(push_message_of(&single), LEAT_DONE);
    struct leat_snapshot snapshot;
    take_snapshot(&single, &snapshot);
    assert_int_equal(restore_into_new(&single.plan, &snapshot), 0);
    uint64_t random = leat_test_seed(1);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
        struct leat_snapshot_run *run;
        do {
            run = &snapshot.runs[leat_test_below(&random, LEAT_KEY_GROUPS)];
        } while (run->used_bytes == 0);
        size_t used_bytes = run->used_bytes, at = leat_test_below(&random, used_bytes);
        uint8_t byte = run->bytes[at];
        if (leat_test_below(&random, 2))
            run->used_bytes = at;
        else
            run->bytes[at] = (uint8_t)leat_test_random(&random);
        refused += restore_into_new(&single.plan, &snapshot) != 0;
        run->bytes[at] = byte;
        run->used_bytes = used_bytes;
    }
    assert_true(refused > 1000);
    leat_snapshot_free(&snapshot);
    single_close(&single);
}

static void snapshots_of_another_window_are_refused(void **state) {
    (void)state;
    struct single single;
    single_open(&single, 10 * MS, 1, LEAT_TEST_TEXTS_MASK);
    fill_message(3, 0, "text");
    assert_int_equal(push_message_of(&single), LEAT_DONE);
    struct leat_snapshot snapshot;
    take_snapshot(&single, &snapshot);
    struct leat_test_window other;
    leat_test_window_make(&other, 20 * MS, 0, 1, LEAT_TEST_TEXTS_MASK);
    assert_int_equal(restore_into_new(&other, &snapshot), -1);
    leat_test_window_make(&other, 10 * MS, 10 * MS, 1, LEAT_TEST_TEXTS_MASK);
    assert_int_equal(restore_into_new(&other, &snapshot), -1);
    leat_test_window_make(&other, 10 * MS, 0, 1, LEAT_TEST_COUNT_ALL_MASK);
    assert_int_equal(restore_into_new(&other, &snapshot), -1);
    leat_snapshot_free(&snapshot);
    single_close(&single);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_late_from_the_last_millisecond_of_its_window),
        cmocka_unit_test(a_window_fires_from_its_last_millisecond),
        cmocka_unit_test(times_whose_window_has_no_place_are_bad),
        cmocka_unit_test(offsets_at_the_edge_of_time_are_safe),
        cmocka_unit_test(a_key_may_have_any_number_of_open_windows),
        cmocka_unit_test(nothing_is_allocated_in_steady_use),
        cmocka_unit_test(memory_goes_back_when_windows_have_fired),
        cmocka_unit_test(a_spent_budget_fails_with_its_reason),
        cmocka_unit_test(failures_of_memory_are_reported),
        cmocka_unit_test(damaged_snapshots_are_refused_or_read),
        cmocka_unit_test(snapshots_of_another_window_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
