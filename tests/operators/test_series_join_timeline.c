// The ordered rows of SERIES JOIN against a plain sorted array, with leaves of several sizes.
#include "operators/series_join_timeline.h"

#include "engine/base/error.h"
#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROWS_MAX = 20000, STRIDE = 3 };

static struct {
    int64_t time[ROWS_MAX];
    uint64_t id[ROWS_MAX];
    uint32_t count;
} model;

static struct leat_series_timeline timeline;
static struct leat_budget budget;
static struct leat_store store;
static struct leat_series_leaves leaves;

static void open_timeline(uint32_t rows_max) {
    budget = (struct leat_budget){.owner = "test"};
    model.count = 0;
    leat_store_open(&store, &budget);
    leaves = (struct leat_series_leaves){.store = &store, .stride = STRIDE, .rows_max = rows_max};
}

static void close_timeline(void) {
    leat_series_clear(&timeline, &leaves);
    leat_store_close(&store);
    assert_int_equal(budget.used_bytes, 0);
}

static uint32_t model_find(int64_t time) {
    uint32_t low = 0, high = model.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (model.time[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// False, and nothing changed, when there is no memory.
static bool try_insert(int64_t time, uint64_t id) {
    uint32_t at = model_find(time);
    bool known = at < model.count && model.time[at] == time, replaces;
    uint64_t *row = leat_series_insert(&timeline, &leaves, time, &replaces);
    if (!row)
        return false;
    assert_int_equal(replaces, known);
    if (known)
        assert_int_equal(row[1], model.id[at]);
    row[0] = (uint64_t)time;
    row[1] = id;
    row[2] = ~id;
    if (!known) {
        assert_in_range(model.count, 0, ROWS_MAX - 1);
        memmove(model.time + at + 1, model.time + at, (model.count - at) * sizeof(*model.time));
        memmove(model.id + at + 1, model.id + at, (model.count - at) * sizeof(*model.id));
        model.count++;
    }
    model.time[at] = time;
    model.id[at] = id;
    return true;
}

static void insert(int64_t time, uint64_t id) {
    assert_true(try_insert(time, id));
}

static void check(void) {
    leat_series_settle(&timeline, &leaves);
    assert_int_equal(leat_series_is_empty(&timeline), model.count == 0);
    struct leat_series_cursor at = leat_series_walk(&timeline, STRIDE, 0);
    for (uint32_t i = 0; i < model.count; i++) {
        if (at.at == at.end || (int64_t)at.at[0] != model.time[i] || at.at[1] != model.id[i] || at.at[2] != ~model.id[i])
            fail_msg("row %u is wrong", i);
        leat_series_next(&timeline, STRIDE, &at);
    }
    assert_ptr_equal(at.at, at.end);
}

static void pop(uint32_t count) {
    leat_series_settle(&timeline, &leaves);
    struct leat_series_cursor to = leat_series_walk(&timeline, STRIDE, count);
    if (count < model.count)
        assert_int_equal(*to.at, model.time[count]);
    for (struct leat_series_leaf *leaf; (leaf = leat_series_pop_leaf(&timeline, &to));)
        leat_series_free_leaf(&leaves, leaf);
    leat_series_pop_rows(&timeline, STRIDE, &to);
    model.count -= count;
    memmove(model.time, model.time + count, model.count * sizeof(*model.time));
    memmove(model.id, model.id + count, model.count * sizeof(*model.id));
}

// Stretches up or down of `stretch` rows on average, jumps of up to `jump`, rows leaving at the front so that about `state` stay.
static void live(uint64_t *random, uint32_t rows, uint32_t stretch, int64_t jump, uint32_t stay, int64_t direction) {
    int64_t time = 0, gone = INT64_MIN;
    for (uint32_t i = 0; i < rows; i++) {
        if (leat_test_below(random, stretch) == 0)
            time += (int64_t)leat_test_below(random, (uint64_t)(2 * jump + 1)) - jump;
        time += direction * (int64_t)leat_test_below(random, 4);
        time = LEAT_MAX(time, gone + 1); // what has left never comes again
        insert(time, i + 1);
        if (leat_test_below(random, 400) != 0)
            continue;
        check();
        if (model.count > stay) {
            uint32_t count = model.count - stay + (uint32_t)leat_test_below(random, stay + 1);
            count = LEAT_MIN(count, model.count);
            gone = model.time[count - 1];
            pop(count);
            check();
        }
    }
    check();
    pop(model.count);
    check();
}

static void rows_in_any_order_are_those_of_a_sorted_array(void **state) {
    (void)state;
    static const uint32_t leaf_rows[] = {4, 5, 16, 50}, stretches[] = {1, 3, 10, 1000}, stays[] = {0, 3, 100, 3000};
    uint64_t random = leat_test_seed(23);
    for (uint32_t i = 0; i < 128; i++) {
        open_timeline(leaf_rows[i % 4]);
        int64_t jump = 1 + (int64_t)leat_test_below(&random, i % 3 ? 100 : 20000);
        live(&random, 4000, stretches[i / 4 % 4], jump, stays[i / 16 % 4], i % 8 == 7 ? -1 : 1);
        close_timeline();
    }
}

static void the_smallest_and_largest_times_are_rows_like_others(void **state) {
    (void)state;
    static const int64_t times[] = {0, INT64_MAX, INT64_MIN, INT64_MAX - 1, 5, INT64_MIN + 1, INT64_MAX, INT64_MIN, 4};
    open_timeline(4);
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(times); i++)
        insert(times[i], i + 1);
    check();
    close_timeline();
}

static void rows_in_order_fill_leaves_wholly(void **state) {
    (void)state;
    open_timeline(50);
    for (uint32_t i = 0; i < 5000; i++)
        insert(i, i + 1);
    check();
    assert_in_range(timeline.place_end - timeline.place_first, 100, 101);
    close_timeline();
}

static void without_memory_nothing_changes(void **state) {
    (void)state;
    uint64_t random = leat_test_seed(31);
    uint32_t refused = 0;
    open_timeline(200); // too long for the pages of the store, so that each leaf is an allocation
    for (uint32_t i = 0; i < 10000; i++) {
        int64_t time = (int64_t)leat_test_below(&random, 1000000000);
        leat_memory_fail_at(1);
        bool taken = try_insert(time, i + 1);
        leat_memory_fail_at(0);
        if (taken)
            continue;
        leat_error_clear();
        refused++;
        check();
        insert(time, i + 1);
    }
    check();
    assert_in_range(refused, 50, 1000);
    close_timeline();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_any_order_are_those_of_a_sorted_array),
        cmocka_unit_test(the_smallest_and_largest_times_are_rows_like_others),
        cmocka_unit_test(rows_in_order_fill_leaves_wholly),
        cmocka_unit_test(without_memory_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
