// The sorter behind a second exchange, against sorting an array.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/sorter.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COLUMN_TEXT, COLUMN_ID, COLUMN_FLAG, COLUMNS };
static const uint8_t physical[COLUMNS] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_BOOL};
static const uint16_t columns[COLUMNS] = {2, 0, 1}; // where they stand in the batches
static const uint8_t batch_physical[COLUMNS] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_BOOL, LEAT_PHYSICAL_TEXT};

struct row {
    int64_t time;
    uint64_t position;
    uint64_t id; // also the order of arrival
};

struct model {
    struct row *rows;
    size_t count, seen;
    bool wrong;
    size_t fail_after; // batches
};

static size_t text_of(uint64_t id, char *text) {
    size_t length = id * 7 % 40;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('a' + (id + i) % 26);
    return length;
}

static int compare(const void *x, const void *y) {
    const struct row *a = x, *b = y;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return a->id < b->id ? -1 : 1; // equal ones stay as they came
}

static enum leat_step check(void *context, struct leat_rows *rows) {
    struct model *model = context;
    const struct leat_column *text = leat_rows_column(rows, COLUMN_TEXT), *id = leat_rows_column(rows, COLUMN_ID),
                             *flag = leat_rows_column(rows, COLUMN_FLAG);
    for (uint32_t i = 0; i < rows->selection.count; i++, model->seen++) {
        uint32_t row = leat_selection_row(&rows->selection, i);
        const struct row *expected = &model->rows[model->seen];
        char bytes[64];
        size_t length = text_of(expected->id, bytes);
        bool has_text = expected->id % 5 != 0, has_flag = expected->id % 3 != 0;
        const struct leat_text *found = &leat_column_text(text)[row];
        model->wrong |= model->seen >= model->count || (uint64_t)leat_column_int64(id)[row] != expected->id ||
                        rows->batch->time[row] != expected->time || rows->batch->position[row] != expected->position ||
                        rows->hash[row] != expected->id * 3 || leat_column_is_valid(text, row) != has_text ||
                        leat_column_is_valid(flag, row) != has_flag;
        model->wrong |= has_text && (found->length != length || memcmp(leat_text_bytes(found), bytes, length) != 0);
        model->wrong |= has_flag && leat_column_bool(flag)[row] != (expected->id & 1);
    }
    return model->fail_after && --model->fail_after == 0 ? LEAT_FAILED : LEAT_DONE;
}

// Fills a batch with the rows from `first` on, spoils it afterwards: the sorter must have copied everything.
static int add(struct leat_sorter *sorter, struct leat_batch *batch, const struct row *rows, uint32_t count, uint64_t *random) {
    uint64_t hash[LEAT_BATCH_ROWS];
    uint16_t chosen[LEAT_BATCH_ROWS];
    char bytes[LEAT_BATCH_ROWS][64];
    uint32_t at = 0;
    leat_batch_reset(batch);
    for (uint32_t c = 0; c < COLUMNS; c++)
        leat_column_fill_valid(&batch->columns[c], LEAT_BATCH_ROWS);
    for (uint32_t i = 0; i < count; i++) {
        at += (uint32_t)leat_test_below(random, (LEAT_BATCH_ROWS - at) / (count - i)); // gaps between the chosen rows
        uint64_t id = rows[i].id;
        chosen[i] = (uint16_t)at;
        leat_column_int64(&batch->columns[0])[at] = (int64_t)id;
        leat_column_bool(&batch->columns[1])[at] = id & 1;
        leat_column_text(&batch->columns[2])[at] = leat_text_view(bytes[i], (uint32_t)text_of(id, bytes[i]));
        if (id % 3 == 0)
            leat_column_set_null(&batch->columns[1], at);
        if (id % 5 == 0)
            leat_column_set_null(&batch->columns[2], at);
        batch->time[at] = rows[i].time;
        batch->position[at] = rows[i].position;
        hash[at] = id * 3;
        at++;
    }
    batch->rows = LEAT_BATCH_ROWS;
    struct leat_message message = {.batch = batch, .rows = chosen, .hash = hash, .row_count = count};
    int failed = leat_sorter_add(sorter, &message, columns);
    memset(bytes, '#', sizeof(bytes));
    memset(batch->time, 0x55, sizeof(int64_t) * LEAT_BATCH_ROWS);
    return failed;
}

static void rows_come_back_by_time_and_origin(void **state) {
    (void)state;
    uint64_t first = leat_test_seed(7);
    for (uint64_t seed = first; seed < first + (getenv("LEAT_SEED") ? 1 : 30); seed++) {
        uint64_t random = seed;
        struct leat_budget budget = {.owner = "test"};
        struct leat_sorter sorter;
        struct leat_batch *batch = leat_batch_create(NULL, batch_physical, COLUMNS, false, true);
        assert_non_null(batch);
        assert_int_equal(leat_sorter_create(&sorter, physical, COLUMNS, &budget), 0);
        for (uint32_t round = 0; round < 4; round++) {
            uint32_t count = (uint32_t)leat_test_below(&random, leat_test_below(&random, 2) ? 50 : 5000), at = 0;
            struct model model = {.rows = calloc(count + 1, sizeof(struct row)), .count = count};
            for (uint32_t i = 0; i < count; i++)
                model.rows[i] =
                    (struct row){.time = (int64_t)leat_test_below(&random, 100) - 50,
                                 .position = leat_test_below(&random, 2) ? leat_test_random(&random) : leat_test_below(&random, 5),
                                 .id = i};
            while (at < count) {
                uint32_t some = 1 + (uint32_t)leat_test_below(&random, LEAT_MIN(count - at, (uint32_t)LEAT_BATCH_ROWS));
                assert_int_equal(add(&sorter, batch, model.rows + at, some, &random), 0);
                at += some;
            }
            qsort(model.rows, count, sizeof(*model.rows), compare);
            assert_int_equal(leat_sorter_flush(&sorter, check, &model), LEAT_DONE);
            if (model.wrong || model.seen != count)
                fail_msg("LEAT_SEED=%" PRIu64 ": %zu of %zu rows came, or came wrong", seed, model.seen, model.count);
            free(model.rows);
        }
        leat_batch_destroy(NULL, batch);
        leat_sorter_destroy(&sorter);
        assert_int_equal(budget.used_bytes, 0);
    }
}

static void the_first_failure_of_a_flush_is_told(void **state) {
    (void)state;
    uint64_t random = 1;
    struct leat_sorter sorter;
    struct leat_batch *batch = leat_batch_create(NULL, batch_physical, COLUMNS, false, true);
    struct row rows[1000] = {0};
    assert_int_equal(leat_sorter_create(&sorter, physical, COLUMNS, NULL), 0);
    for (uint64_t i = 0; i < 1000; i++)
        rows[i].id = i;
    for (int i = 0; i < 3; i++)
        assert_int_equal(add(&sorter, batch, rows, 1000, &random), 0);
    struct model model = {.rows = rows, .count = 0, .fail_after = 2};
    struct row many[3000];
    for (size_t i = 0; i < 3000; i++)
        many[i] = rows[i % 1000];
    model.rows = many;
    model.count = 3000;
    assert_int_equal(leat_sorter_flush(&sorter, check, &model), LEAT_FAILED);
    assert_int_equal(model.seen, 2 * LEAT_BATCH_ROWS);
    leat_batch_destroy(NULL, batch);
    leat_sorter_destroy(&sorter);
}

static void a_sorter_without_memory_says_so_and_gives_everything_back(void **state) {
    (void)state;
    struct row rows[1000];
    struct leat_batch *batch = leat_batch_create(NULL, batch_physical, COLUMNS, false, true);
    for (uint64_t i = 0; i < 1000; i++)
        rows[i] = (struct row){.id = i};
    for (uint64_t fail_at = 1, done = 0; !done; fail_at++) {
        uint64_t random = 1;
        struct leat_budget budget = {.owner = "test"};
        struct leat_sorter sorter;
        leat_error_clear();
        leat_memory_fail_at(fail_at);
        int failed = leat_sorter_create(&sorter, physical, COLUMNS, &budget);
        for (int i = 0; i < 6 && !failed; i++)
            failed = add(&sorter, batch, rows, 1000, &random);
        leat_memory_fail_at(0);
        assert_int_equal(failed != 0, leat_error_kind() == LEAT_ERROR_INTERNAL);
        leat_sorter_destroy(&sorter);
        assert_int_equal(budget.used_bytes, 0);
        done = failed == 0;
    }
    leat_batch_destroy(NULL, batch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_by_time_and_origin),
        cmocka_unit_test(the_first_failure_of_a_flush_is_told),
        cmocka_unit_test(a_sorter_without_memory_says_so_and_gives_everything_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
