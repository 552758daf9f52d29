#include "engine/state/keymap.h"

#include "engine/base/error.h"
#include "tests/support/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t all_physical[] = {LEAT_PHYSICAL_BOOL, LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                       LEAT_PHYSICAL_TEXT};
static const uint16_t all_columns[] = {0, 1, 2, 3, 4};
static struct leat_test_rows rows;

// Batch column numbers of input columns first .. first + count - 1.
static const uint16_t *batch_columns(uint32_t first) {
    return rows.columns + first;
}

static void open_rows(const uint8_t *physical, uint32_t count) {
    leat_test_rows_open(&rows, physical, count, false);
}

// A message with one row for each number: text column 0 holds a name made from it, short for most, long for every third.
static void add_names(const uint64_t *numbers, uint32_t count) {
    leat_test_rows_clear(&rows);
    for (uint32_t i = 0; i < count; i++) {
        char name[80];
        snprintf(name, sizeof(name), numbers[i] % 3 ? "%llu" : "a long name that ends in a number: %llu", (unsigned long long)numbers[i]);
        uint32_t row = leat_test_rows_add(&rows, 0);
        leat_test_rows_set_text(&rows, row, 0, name);
    }
    leat_test_rows_finish(&rows, (const uint16_t[]){0}, 1, 0, 0);
}

struct value {
    uint64_t number;
    uint64_t visits;
};

enum { MODEL_KEYS = 5000 };

// Random takes, finds and removals beside a plain array.
static void keys_come_and_go_as_in_a_plain_array(void **state) {
    (void)state;
    static struct value *model[MODEL_KEYS];
    struct leat_budget budget = {.owner = "test"};
    struct leat_keymap map;
    uint64_t random = leat_test_seed(3), visits[MODEL_KEYS] = {0}, present = 0;
    open_rows((const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1);
    assert_int_equal(leat_keymap_open(&map, &budget, (const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1, sizeof(struct value)), 0);
    size_t start_bytes = budget.used_bytes;
    memset(model, 0, sizeof(model));
    for (uint32_t step = 0; step < 200000; step++) {
        uint64_t number = leat_test_below(&random, step % 50000 < 25000 ? MODEL_KEYS : 50);
        add_names(&number, 1);
        struct value *found = leat_keymap_find(&map, rows.hash[0], rows.batch, batch_columns(0), 0);
        assert_ptr_equal(found, model[number]);
        if (found && leat_test_below(&random, step / 25000 % 2 ? 2 : 20) == 0) {
            leat_keymap_remove(&map, found);
            model[number] = NULL;
            present--;
        } else {
            struct value *value = leat_keymap_take(&map, rows.hash[0], rows.batch, batch_columns(0), 0);
            assert_non_null(value);
            present += !found;
            assert_int_equal(leat_keymap_hash(value), rows.hash[0]);
            assert_int_equal(value->visits, found ? visits[number] : 0); // zeroed when new
            value->number = number;
            visits[number] = ++value->visits;
            model[number] = value;
        }
        assert_int_equal(map.count, present);
        if (step % 1000 == 0)
            leat_keymap_trim(&map);
    }
    uint64_t cursor = 0, seen = 0;
    for (struct value *value; (value = leat_keymap_next(&map, &cursor)); seen++)
        assert_ptr_equal(model[value->number], value);
    assert_int_equal(seen, present);
    for (uint32_t number = 0; number < MODEL_KEYS; number++)
        if (model[number])
            leat_keymap_remove(&map, model[number]);
    for (uint32_t i = 0; i < 30; i++)
        leat_keymap_trim(&map);
    assert_int_equal(budget.used_bytes, start_bytes);
    leat_keymap_close(&map);
    assert_int_equal(budget.used_bytes, 0);
    leat_test_rows_close(&rows);
}

static void many_rows_are_taken_at_once(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_keymap map;
    void *values[LEAT_BATCH_ROWS];
    uint64_t numbers[LEAT_BATCH_ROWS], random = 9;
    open_rows((const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1);
    assert_int_equal(leat_keymap_open(&map, &budget, (const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1, sizeof(struct value)), 0);
    for (uint32_t round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < LEAT_BATCH_ROWS; i++)
            numbers[i] = leat_test_below(&random, 1 + round * 20);
        add_names(numbers, LEAT_BATCH_ROWS);
        uint16_t selected[] = {1, 5, 6, 700, 1023};
        struct leat_selection some = {.rows = selected, .count = LEAT_ARRAY_LEN(selected)};
        const struct leat_selection *selection = round % 2 ? &rows.rows.selection : &some;
        assert_true(leat_keymap_take_rows(&map, rows.hash, rows.batch, batch_columns(0), selection, values));
        for (uint32_t i = 0; i < selection->count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            assert_ptr_equal(values[i], leat_keymap_find(&map, rows.hash[row], rows.batch, batch_columns(0), row));
        }
    }
    leat_keymap_close(&map);
    leat_test_rows_close(&rows);
}

// Row 0 and row 1 of a message with all types; `change` makes row 1 differ.
static bool are_one_key(void (*change)(uint32_t row)) {
    struct leat_keymap map;
    leat_test_rows_clear(&rows);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t row = leat_test_rows_add(&rows, 0);
        leat_test_rows_set_bool(&rows, row, 0, true);
        leat_test_rows_set_int32(&rows, row, 1, -5);
        leat_test_rows_set_int64(&rows, row, 2, INT64_MIN);
        leat_test_rows_set_double(&rows, row, 3, 0.5);
        leat_test_rows_set_text(&rows, row, 4, "a text that is long enough to stand elsewhere");
    }
    if (change)
        change(1);
    leat_test_rows_finish(&rows, all_columns, 5, 0, 0);
    assert_int_equal(leat_keymap_open(&map, NULL, all_physical, 5, 8), 0);
    void *first = leat_keymap_take(&map, rows.hash[0], rows.batch, batch_columns(0), 0);
    void *second = leat_keymap_take(&map, rows.hash[1], rows.batch, batch_columns(0), 1);
    assert_non_null(first);
    assert_int_equal(rows.hash[0] == rows.hash[1], first == second);
    leat_keymap_close(&map);
    return first == second;
}

static double changed_double;
static void change_bool(uint32_t row) {
    leat_test_rows_set_bool(&rows, row, 0, false);
}
static void change_int32(uint32_t row) {
    leat_test_rows_set_int32(&rows, row, 1, 5);
}
static void change_int64(uint32_t row) {
    leat_test_rows_set_int64(&rows, row, 2, INT64_MAX);
}
static void change_double(uint32_t row) {
    leat_test_rows_set_double(&rows, row, 3, changed_double);
}
static void change_text(uint32_t row) {
    leat_test_rows_set_text(&rows, row, 4, "a text that is long enough to stand elsewherf");
}
static void change_null(uint32_t row) {
    leat_test_rows_set_null(&rows, row, 2);
}
static void change_both_nan(uint32_t row) {
    leat_test_rows_set_double(&rows, 0, 3, (double)NAN);
    uint64_t other = UINT64_C(0xfff8000000001234);
    double number;
    memcpy(&number, &other, 8);
    leat_test_rows_set_double(&rows, row, 3, number);
}
static void change_zeros(uint32_t row) {
    leat_test_rows_set_double(&rows, 0, 3, 0.0);
    leat_test_rows_set_double(&rows, row, 3, -0.0);
}
static void change_both_null(uint32_t row) {
    leat_test_rows_set_null(&rows, 0, 4);
    leat_test_rows_set_null(&rows, row, 4);
    leat_test_rows_set_null(&rows, 0, 1);
    leat_test_rows_set_null(&rows, row, 1);
}

static void keys_are_equal_as_in_java(void **state) {
    (void)state;
    open_rows(all_physical, 5);
    assert_true(are_one_key(NULL));
    assert_false(are_one_key(change_bool));
    assert_false(are_one_key(change_int32));
    assert_false(are_one_key(change_int64));
    changed_double = 0.25;
    assert_false(are_one_key(change_double));
    assert_false(are_one_key(change_text));
    assert_false(are_one_key(change_null));
    assert_true(are_one_key(change_both_null)); // NULL equals NULL
    assert_true(are_one_key(change_both_nan));  // all NaN are one
    assert_false(are_one_key(change_zeros));    // 0.0 is not -0.0
    leat_test_rows_close(&rows);
}

static void no_columns_are_one_key(void **state) {
    (void)state;
    struct leat_keymap map;
    open_rows(all_physical, 5);
    leat_test_rows_add(&rows, 0);
    leat_test_rows_add(&rows, 0);
    leat_test_rows_finish(&rows, NULL, 0, 0, 0);
    assert_int_equal(rows.hash[0], leat_key_hash_words(NULL, 0, NULL));
    assert_int_equal(leat_keymap_open(&map, NULL, NULL, 0, 8), 0);
    void *first = leat_keymap_take(&map, rows.hash[0], rows.batch, NULL, 0);
    assert_ptr_equal(leat_keymap_take(&map, rows.hash[1], rows.batch, NULL, 1), first);
    leat_keymap_close(&map);
    leat_test_rows_close(&rows);
}

// Fills a message with random keys of all types.
static void add_random_keys(uint64_t *random, uint32_t count) {
    leat_test_rows_clear(&rows);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = leat_test_rows_add(&rows, 0);
        char text[64];
        snprintf(text, sizeof(text), "%0*llu", (int)leat_test_below(random, 40), (unsigned long long)leat_test_below(random, 3));
        leat_test_rows_set_bool(&rows, row, 0, leat_test_below(random, 2));
        leat_test_rows_set_int32(&rows, row, 1, (int32_t)leat_test_random(random));
        leat_test_rows_set_int64(&rows, row, 2, (int64_t)leat_test_random(random));
        leat_test_rows_set_double(&rows, row, 3, (double)leat_test_below(random, 9) / 8);
        leat_test_rows_set_text(&rows, row, 4, text);
        for (uint32_t column = 0; column < 5; column++)
            if (leat_test_below(random, 6) == 0)
                leat_test_rows_set_null(&rows, row, column);
    }
    leat_test_rows_finish(&rows, all_columns, 5, 0, 0);
}

static void keys_come_back_in_columns_and_out_of_snapshots(void **state) {
    (void)state;
    struct leat_keymap map, restored;
    struct leat_snapshot snapshot = {0};
    struct leat_snapshot_writer writer = {.snapshot = &snapshot};
    uint64_t random = leat_test_seed(17), cursor = 0;
    void *values[LEAT_BATCH_ROWS];
    open_rows(all_physical, 5);
    add_random_keys(&random, LEAT_BATCH_ROWS);
    assert_int_equal(leat_keymap_open(&map, NULL, all_physical, 5, 0), 0);
    assert_true(leat_keymap_take_rows(&map, rows.hash, rows.batch, batch_columns(0), &rows.rows.selection, values));
    struct leat_batch *out = leat_batch_create(NULL, all_physical, 5, false, false);
    for (uint32_t column = 0; column < 5; column++) { // in two steps, as batches are filled
        assert_true(leat_keymap_write_column(&map, values, 100, column, &out->columns[column], 0, &out->heap));
        assert_true(leat_keymap_write_column(&map, values + 100, LEAT_BATCH_ROWS - 100, column, &out->columns[column], 100, &out->heap));
    }
    uint64_t hash[LEAT_BATCH_ROWS];
    out->rows = LEAT_BATCH_ROWS;
    leat_key_hash(out, all_columns, 5, &rows.rows.selection, hash);
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        assert_ptr_equal(leat_keymap_find(&map, hash[row], out, all_columns, row), values[row]);
        for (uint32_t column = 0; column < 5; column++)
            assert_int_equal(leat_column_is_valid(&out->columns[column], row), leat_keymap_column(&map, values[row], column) != NULL);
    }
    for (void *value; (value = leat_keymap_next(&map, &cursor));) {
        leat_snapshot_select(&writer, leat_key_group(leat_keymap_hash(value)), 1);
        leat_keymap_save_key(&map, value, &writer);
    }
    assert_int_equal(leat_snapshot_writer_status(&writer), 0);
    assert_int_equal(leat_keymap_open(&restored, NULL, all_physical, 5, 0), 0);
    struct leat_snapshot_reader reader = {.snapshot = &snapshot, .workers = 1};
    while (leat_snapshot_next_group(&reader, 1) == 1)
        while (leat_snapshot_has_more(&reader))
            assert_non_null(leat_keymap_load_key(&restored, &reader));
    assert_int_equal(restored.count, map.count);
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++)
        assert_non_null(leat_keymap_find(&restored, rows.hash[row], rows.batch, batch_columns(0), row));
    leat_snapshot_free(&snapshot);
    leat_keymap_close(&map);
    leat_keymap_close(&restored);
    leat_batch_destroy(NULL, out);
    leat_test_rows_close(&rows);
}

static void null_keys_are_found_and_left_out(void **state) {
    (void)state;
    uint16_t kept[LEAT_BATCH_ROWS];
    open_rows(all_physical, 5);
    for (uint32_t i = 0; i < 4; i++)
        leat_test_rows_add(&rows, 0);
    leat_test_rows_set_null(&rows, 1, 2);
    leat_test_rows_set_null(&rows, 3, 4);
    struct leat_selection all = {.count = 4};
    assert_false(leat_key_has_null(rows.batch, batch_columns(0), 5, 0));
    assert_true(leat_key_has_null(rows.batch, batch_columns(0), 5, 1));
    assert_false(leat_key_has_null(rows.batch, batch_columns(0), 2, 1));
    assert_int_equal(leat_key_select_whole(rows.batch, batch_columns(0), 5, &all, kept), 2);
    assert_int_equal(kept[0], 0);
    assert_int_equal(kept[1], 2);
    leat_test_rows_close(&rows);
}

// State is split by it: a change would make old snapshots unreadable.
static void the_hash_of_a_key_never_changes(void **state) {
    (void)state;
    open_rows(all_physical, 5);
    leat_test_rows_add(&rows, 0);
    leat_test_rows_set_text(&rows, 0, 4, "R0815");
    leat_test_rows_set_int64(&rows, 0, 2, 42);
    leat_test_rows_finish(&rows, (const uint16_t[]){4, 2}, 2, 0, 0);
    assert_int_equal(rows.hash[0], UINT64_C(0xde8d1484d9eed7b4));
    leat_test_rows_close(&rows);
}

static void a_spent_budget_leaves_the_map_as_it_was(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "window #3", .limit_bytes = 60000};
    struct leat_keymap map;
    open_rows((const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1);
    assert_int_equal(leat_keymap_open(&map, &budget, (const uint8_t[]){LEAT_PHYSICAL_TEXT}, 1, 100), 0);
    uint64_t number = 0;
    for (;; number++) {
        add_names(&number, 1);
        if (!leat_keymap_take(&map, rows.hash[0], rows.batch, batch_columns(0), 0))
            break;
        assert_in_range(number, 0, 1000);
    }
    assert_non_null(strstr(leat_error_text(), "window #3"));
    leat_error_clear();
    assert_int_equal(map.count, number);
    assert_null(leat_keymap_find(&map, rows.hash[0], rows.batch, batch_columns(0), 0));
    leat_keymap_close(&map);
    assert_int_equal(budget.used_bytes, 0);
    leat_test_rows_close(&rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_and_go_as_in_a_plain_array),
        cmocka_unit_test(many_rows_are_taken_at_once),
        cmocka_unit_test(keys_are_equal_as_in_java),
        cmocka_unit_test(no_columns_are_one_key),
        cmocka_unit_test(keys_come_back_in_columns_and_out_of_snapshots),
        cmocka_unit_test(null_keys_are_found_and_left_out),
        cmocka_unit_test(the_hash_of_a_key_never_changes),
        cmocka_unit_test(a_spent_budget_leaves_the_map_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
