#include "tests/support/series_join.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "operators/series_join.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEY, TIME, ID, NUMBER, TEXT, COLUMNS };

static const uint8_t left_physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                        LEAT_PHYSICAL_TEXT};
static const uint8_t right_physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT32,
                                         LEAT_PHYSICAL_BOOL};
static const uint16_t key_column[] = {KEY};
static const uint16_t left_payload[] = {ID, NUMBER, TEXT, TIME};
static const uint8_t left_payload_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64};
static const uint16_t right_payload[] = {TIME, ID, NUMBER, TEXT};
static const uint8_t right_payload_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_BOOL};
static const struct leat_series_join_output outputs[] = {
    {LEAT_SERIES_LEFT, 0}, {LEAT_SERIES_RIGHT, 1}, {LEAT_SERIES_KEY, 0},   {LEAT_SERIES_LEFT, 3},  {LEAT_SERIES_RIGHT, 0},
    {LEAT_SERIES_LEFT, 1}, {LEAT_SERIES_LEFT, 2},  {LEAT_SERIES_RIGHT, 2}, {LEAT_SERIES_RIGHT, 3},
};
static const uint8_t output_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT,
                                          LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                          LEAT_PHYSICAL_TEXT,  LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_BOOL};
// The same columns in the same order as far as they go, see leat_test_join_open_plain.
static const uint16_t plain_payload[2][3] = {{ID, TIME, NUMBER}, {TIME, ID}};
static const uint8_t plain_payload_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE};
static const struct leat_series_join_output plain_outputs[] = {
    {LEAT_SERIES_LEFT, 0}, {LEAT_SERIES_RIGHT, 1}, {LEAT_SERIES_KEY, 0},
    {LEAT_SERIES_LEFT, 1}, {LEAT_SERIES_RIGHT, 0}, {LEAT_SERIES_LEFT, 2},
};
static const char *const key_names[] = {"a", "b", "machine number three, with a long name", "", "dddddddddddd", "eeeeeeeeeeeee", "f", "g"};
static const char long_text[] = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";

_Static_assert(LEAT_ARRAY_LEN(key_names) == LEAT_TEST_JOIN_KEYS, "every key has a name");

static void fail(struct leat_test_join *join, const char *what) {
    if (!join->wrong)
        join->wrong = what;
}

// What a row with that id holds: some values are NULL, some texts long.
static bool has_number(uint64_t id) {
    return id % 5 != 0;
}
static bool has_text(uint64_t id) {
    return id % 7 != 3;
}
static struct leat_text text_of(uint64_t id) {
    uint32_t start = (uint32_t)(id % 11);
    return leat_text_view(long_text + start, (uint32_t)(id * 3 % (sizeof(long_text) - 11)));
}

static void add_pair(struct leat_test_join_pairs *pairs, struct leat_test_join_pair pair) {
    if (pairs->count == pairs->capacity) {
        uint32_t capacity = LEAT_MAX(pairs->capacity * 2, 1024);
        pairs->at = realloc(pairs->at, capacity * sizeof(pair)); // not through the door where tests make allocations fail
        leat_assert(pairs->at != NULL);
        pairs->capacity = capacity;
    }
    pairs->at[pairs->count++] = pair;
}

static bool payload_is_right(const struct leat_test_join *join, const struct leat_batch *batch, uint32_t row, uint64_t left_id,
                             uint64_t right_id) {
    const struct leat_column *columns = batch->columns;
    if (join->plain)
        return leat_column_is_valid(&columns[5], row) == has_number(left_id) &&
               (!has_number(left_id) || leat_column_double(&columns[5])[row] == (double)left_id / 8);
    if (leat_column_is_valid(&columns[5], row) != has_number(left_id) || leat_column_is_valid(&columns[6], row) != has_text(left_id) ||
        leat_column_is_valid(&columns[7], row) != has_number(right_id) || leat_column_is_valid(&columns[8], row) != has_text(right_id))
        return false;
    struct leat_text text = text_of(left_id);
    return (!has_number(left_id) || leat_column_double(&columns[5])[row] == (double)left_id / 8) &&
           (!has_text(left_id) || leat_text_equal(&leat_column_text(&columns[6])[row], &text)) &&
           (!has_number(right_id) || leat_column_int32(&columns[7])[row] == -(int32_t)right_id) &&
           (!has_text(right_id) || leat_column_bool(&columns[8])[row] == (right_id & 1));
}

static void take(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count) {
    struct leat_test_join *join = context;
    for (uint32_t row = first; row < first + count; row++) {
        const struct leat_column *columns = batch->columns;
        struct leat_test_join_pair pair = {.left_id = (uint64_t)leat_column_int64(&columns[0])[row],
                                           .right_id = (uint64_t)leat_column_int64(&columns[1])[row],
                                           .left_time = leat_column_int64(&columns[3])[row],
                                           .right_time = leat_column_int64(&columns[4])[row],
                                           .position = join->with_origin ? batch->position[row] : 0};
        const struct leat_text *key = &leat_column_text(&columns[2])[row];
        while (pair.key < LEAT_TEST_JOIN_KEYS &&
               (strlen(key_names[pair.key]) != key->length || memcmp(key_names[pair.key], leat_text_bytes(key), key->length) != 0))
            pair.key++;
        if (join->with_origin && batch->time[row] != LEAT_MAX(pair.left_time, pair.right_time))
            fail(join, "an output row has the wrong origin time");
        if (!payload_is_right(join, batch, row, pair.left_id, pair.right_id))
            fail(join, "an output row holds wrong values");
        add_pair(&join->found, pair);
    }
}

static void open_instance(struct leat_test_join *join, uint32_t i) {
    struct leat_operator_env env = {.budget = &join->budget, .worker = i, .workers = join->instances, .with_origin = join->with_origin};
    if (leat_series_join_ops.open(&join->spec, &env, &join->state[i]))
        fail(join, "an instance cannot be opened");
}

// Messages and outputs without and with origins, made once: the time of a case should not go into making them.
static void take_stage(struct leat_test_join *join) {
    static struct {
        struct leat_test_rows rows[2];
        struct leat_test_output output;
    } stages[3];
    uint32_t i = join->plain ? 2 : join->with_origin;
    if (!stages[i].output.batch) {
        leat_test_rows_open(&stages[i].rows[0], left_physical, COLUMNS, join->with_origin);
        leat_test_rows_open(&stages[i].rows[1], right_physical, COLUMNS, join->with_origin);
        leat_test_output_open(&stages[i].output, output_physical, join->spec.output_count, join->with_origin, take, NULL);
    }
    join->rows = stages[i].rows;
    join->output = &stages[i].output;
    join->output->context = join;
    join->output->room_rows = UINT64_MAX;
    join->output->batch_rows = LEAT_BATCH_ROWS;
    for (uint32_t side = 0; side < 2; side++)
        leat_test_rows_clear(&join->rows[side]);
}

static void open_spec(struct leat_test_join *join) {
    join->watermark = LEAT_TIME_MIN;
    take_stage(join);
    for (uint32_t i = 0; i < join->instances; i++)
        open_instance(join, i);
}

void leat_test_join_open(struct leat_test_join *join, int64_t tolerance_us, uint32_t instances, bool with_origin) {
    *join = (struct leat_test_join){.budget = {.owner = "series_join #1"}, .instances = instances, .with_origin = with_origin};
    join->spec = (struct leat_series_join_spec){
        .inputs =
            {{.key = key_column, .time = TIME, .payload = left_payload, .payload_count = 4, .payload_physical = left_payload_physical},
             {.key = key_column, .time = TIME, .payload = right_payload, .payload_count = 4, .payload_physical = right_payload_physical}},
        .key_count = 1,
        .key_physical = left_physical,
        .tolerance_us = tolerance_us,
        .outputs = outputs,
        .output_count = LEAT_ARRAY_LEN(outputs),
    };
    open_spec(join);
}

void leat_test_join_open_plain(struct leat_test_join *join, int64_t tolerance_us, uint32_t instances) {
    *join = (struct leat_test_join){.budget = {.owner = "series_join #1"}, .instances = instances, .plain = true};
    join->spec = (struct leat_series_join_spec){.key_count = 1,
                                                .key_physical = left_physical,
                                                .tolerance_us = tolerance_us,
                                                .outputs = plain_outputs,
                                                .output_count = LEAT_ARRAY_LEN(plain_outputs)};
    for (uint16_t side = 0; side < 2; side++)
        join->spec.inputs[side] = (struct leat_series_join_input){.key = key_column,
                                                                  .time = TIME,
                                                                  .payload = plain_payload[side],
                                                                  .payload_count = (uint16_t)(3 - side),
                                                                  .payload_physical = plain_payload_physical};
    open_spec(join);
}

void leat_test_join_close(struct leat_test_join *join) {
    for (uint32_t i = 0; i < join->instances; i++)
        leat_series_join_ops.close(join->state[i]);
    free(join->found.at);
    free(join->expected.at);
    if (join->budget.used_bytes != 0)
        fail(join, "memory is left after closing");
}

static void model_add(struct leat_test_join *join, struct leat_test_join_row row, int64_t met) {
    join->model.in++;
    if (row.time <= met) {
        join->model.late++;
        return;
    }
    if (row.key == LEAT_TEST_JOIN_KEYS) {
        join->model.filtered++;
        return;
    }
    for (uint32_t i = 0; i < join->model_count; i++) {
        struct leat_test_join_row *other = &join->model_rows[i];
        if (other->key == row.key && other->side == row.side && other->time == row.time) {
            *other = row;
            join->model.taken++;
            return;
        }
    }
    leat_assert(join->model_count < LEAT_TEST_JOIN_ROWS);
    join->model_rows[join->model_count++] = row;
}

void leat_test_join_add(struct leat_test_join *join, uint32_t side, uint32_t key, int64_t time, uint64_t id, int64_t own, int64_t met) {
    struct leat_test_rows *rows = &join->rows[side];
    uint32_t row = leat_test_rows_add(rows, own);
    uint64_t position = id * 2;
    if (join->with_origin)
        leat_test_rows_set_origin(rows, row, time, position);
    leat_test_rows_set_int64(rows, row, TIME, time);
    leat_test_rows_set_int64(rows, row, ID, (int64_t)id);
    if (key == LEAT_TEST_JOIN_KEYS)
        leat_test_rows_set_null(rows, row, KEY);
    else
        leat_test_rows_set_text(rows, row, KEY, key_names[key]);
    if (!has_number(id))
        leat_test_rows_set_null(rows, row, NUMBER);
    else if (side == 0)
        leat_test_rows_set_double(rows, row, NUMBER, (double)id / 8);
    else
        leat_test_rows_set_int32(rows, row, NUMBER, -(int32_t)id);
    struct leat_text text = text_of(id);
    if (side == 1 && has_text(id))
        leat_test_rows_set_bool(rows, row, TEXT, id & 1);
    else if (side == 0)
        leat_test_rows_set_text_bytes(rows, row, TEXT, leat_text_bytes(&text), text.length);
    if (!has_text(id))
        leat_test_rows_set_null(rows, row, TEXT);
    model_add(join, (struct leat_test_join_row){.time = time, .id = id, .position = position, .side = side, .key = key}, met);
}

void leat_test_join_push(struct leat_test_join *join, uint32_t side, int64_t before, int64_t others) {
    struct leat_rows *rows = leat_test_rows_finish(&join->rows[side], key_column, 1, before, others);
    uint16_t selected[LEAT_BATCH_ROWS];
    for (uint32_t instance = 0; instance < join->instances; instance++) {
        rows->selection = (struct leat_selection){.rows = selected};
        for (uint32_t row = 0; row < rows->batch->rows; row++) {
            selected[rows->selection.count] = (uint16_t)row;
            rows->selection.count += leat_key_group_worker(leat_key_group(rows->hash[row]), join->instances) == instance;
        }
        if (join->instances == 1)
            rows->selection.rows = NULL; // all rows
        if (leat_series_join_ops.push(join->state[instance], side, rows) != LEAT_DONE)
            fail(join, "push failed");
    }
    leat_test_rows_clear(&join->rows[side]);
}

// Whether a row of `side` and that key has its time in (from, to), or in [from, to] with `closed`.
static bool any_between(const struct leat_test_join *join, uint32_t side, uint32_t key, int64_t from, int64_t to, bool with_from,
                        bool with_to) {
    for (uint32_t i = 0; i < join->model_count; i++) {
        const struct leat_test_join_row *row = &join->model_rows[i];
        if (row->side == side && row->key == key && (row->time > from || (with_from && row->time == from)) &&
            (row->time < to || (with_to && row->time == to)))
            return true;
    }
    return false;
}

static bool is_near(int64_t a, int64_t b, int64_t tolerance_us) {
    uint64_t distance = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
    return distance <= (uint64_t)tolerance_us;
}

// The definition: a pair is within the tolerance, and one is the other's neighbour on its side.
static bool is_pair(const struct leat_test_join *join, const struct leat_test_join_row *l, const struct leat_test_join_row *r) {
    if (!is_near(l->time, r->time, join->spec.tolerance_us))
        return false;
    if (r->time <= l->time && !any_between(join, 1, l->key, r->time, l->time, false, true))
        return true; // r is the last right row at or before l
    if (r->time >= l->time && !any_between(join, 1, l->key, l->time, r->time, true, false))
        return true; // r is the first right row at or after l
    if (l->time <= r->time && !any_between(join, 0, l->key, l->time, r->time, false, true))
        return true; // l is the last left row at or before r
    return l->time >= r->time && !any_between(join, 0, l->key, r->time, l->time, true, false);
}

// Whether a row of the other side could still come, later than the watermark, and be joined with this one: if at all, then right behind it.
static bool has_hope(const struct leat_test_join *join, const struct leat_test_join_row *row, int64_t watermark_us) {
    if (watermark_us == LEAT_TIME_MAX || !is_near(row->time, watermark_us + 1, join->spec.tolerance_us))
        return false;
    return !any_between(join, 1 - row->side, row->key, row->time, watermark_us, true, true) ||
           !any_between(join, row->side, row->key, row->time, watermark_us, false, true);
}

static void model_advance(struct leat_test_join *join, int64_t watermark_us) {
    for (uint32_t i = 0; i < join->model_count; i++) {
        struct leat_test_join_row *l = &join->model_rows[i];
        for (uint32_t k = 0; k < join->model_count && l->side == 0; k++) {
            struct leat_test_join_row *r = &join->model_rows[k];
            int64_t final = LEAT_MAX(l->time, r->time);
            if (r->side == 0 || r->key != l->key || final <= join->watermark || final > watermark_us || !is_pair(join, l, r))
                continue;
            join->model.taken += !l->joined + (uint64_t)!r->joined;
            l->joined = r->joined = true;
            uint64_t position = l->time > r->time || (l->time == r->time && l->position > r->position) ? l->position : r->position;
            add_pair(&join->expected, (struct leat_test_join_pair){.key = l->key,
                                                                   .left_time = l->time,
                                                                   .right_time = r->time,
                                                                   .left_id = l->id,
                                                                   .right_id = r->id,
                                                                   .position = join->with_origin ? position : 0});
            join->model.out++;
        }
    }
    join->model.pending = 0;
    for (uint32_t i = 0; i < join->model_count; i++) {
        struct leat_test_join_row *row = &join->model_rows[i];
        if (!row->joined && !row->dead && row->time <= watermark_us && !has_hope(join, row, watermark_us)) {
            row->dead = true;
            join->model.taken++;
            join->model.unmatched++;
        }
        join->model.pending += !row->joined && !row->dead;
    }
    join->watermark = LEAT_MAX(join->watermark, watermark_us);
}

static int by_key_and_time(const void *a, const void *b) {
    const struct leat_test_join_pair *x = a, *y = b;
    int64_t x_final = LEAT_MAX(x->left_time, x->right_time), y_final = LEAT_MAX(y->left_time, y->right_time);
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x_final != y_final)
        return x_final < y_final ? -1 : 1;
    if (x->left_time != y->left_time)
        return x->left_time < y->left_time ? -1 : 1;
    return (x->right_time > y->right_time) - (x->right_time < y->right_time);
}

// Both in order within each key; the found ones must have come so.
static void compare_pairs(struct leat_test_join *join) {
    struct leat_test_join_pairs *found = &join->found, *expected = &join->expected;
    if (expected->count)
        qsort(expected->at, expected->count, sizeof(*expected->at), by_key_and_time);
    if (found->count != expected->count)
        fail(join, "the number of pairs is wrong");
    uint32_t at = 0;
    for (uint64_t key = 0; key < LEAT_TEST_JOIN_KEYS && !join->wrong; key++)
        for (uint32_t i = 0; i < found->count; i++)
            if (found->at[i].key == key && (at == expected->count || memcmp(&found->at[i], &expected->at[at++], sizeof(*found->at)) != 0))
                fail(join, "a pair is wrong or out of order");
    if (at != expected->count)
        fail(join, "pairs are missing");
    found->count = expected->count = 0;
}

static struct leat_account account_of(struct leat_test_join *join) {
    struct leat_account sum = join->closed;
    for (uint32_t i = 0; i < join->instances; i++) {
        const struct leat_account *one = leat_series_join_ops.account(join->state[i]);
        if (one->in != one->taken + one->filtered + one->late + one->bad + one->pending)
            fail(join, "the account of an instance does not balance");
        const uint64_t *from = (const uint64_t *)one;
        for (size_t k = 0; k < sizeof(sum) / sizeof(uint64_t); k++)
            ((uint64_t *)&sum)[k] += from[k];
    }
    return sum;
}

void leat_test_join_advance(struct leat_test_join *join, int64_t watermark_us, uint64_t *random) {
    for (uint32_t i = 0; i < join->instances; i++) {
        enum leat_step step = LEAT_FULL;
        while (step == LEAT_FULL) {
            if (random) {
                join->output->room_rows = leat_test_below(random, 4) == 0 ? 0 : leat_test_below(random, 6);
                join->output->batch_rows = 1 + (uint32_t)leat_test_below(random, 4);
            }
            uint64_t refusals = join->output->refusals;
            step = leat_series_join_ops.advance(join->state[i], watermark_us, &join->output->output);
            if ((step == LEAT_FULL) != (join->output->refusals > refusals))
                fail(join, "advance and reserve disagree on FULL");
            account_of(join);
        }
        if (step != LEAT_DONE)
            fail(join, "advance failed");
    }
    join->output->room_rows = UINT64_MAX;
    model_advance(join, watermark_us);
    compare_pairs(join);
    struct leat_account found = account_of(join);
    if (memcmp(&found, &join->model, sizeof(found)) != 0) {
        static char text[300];
        snprintf(text, sizeof(text),
                 "accounts: late %llu, taken %llu, unmatched %llu, pending %llu, out %llu; the model's: %llu, %llu, %llu, %llu, %llu",
                 (unsigned long long)found.late, (unsigned long long)found.taken, (unsigned long long)found.unmatched,
                 (unsigned long long)found.pending, (unsigned long long)found.out, (unsigned long long)join->model.late,
                 (unsigned long long)join->model.taken, (unsigned long long)join->model.unmatched, (unsigned long long)join->model.pending,
                 (unsigned long long)join->model.out);
        fail(join, text);
    }
}

void leat_test_join_move(struct leat_test_join *join, uint32_t instances) {
    struct leat_budget budget = {.owner = "snapshot"};
    struct leat_snapshot all = {.budget = &budget};
    struct leat_account sum = account_of(join);
    for (uint32_t i = 0; i < join->instances; i++) {
        struct leat_snapshot one = {.budget = &budget};
        struct leat_snapshot_writer writer = {.snapshot = &one};
        if (leat_series_join_ops.snapshot(join->state[i], &writer))
            fail(join, "snapshot failed");
        leat_snapshot_move(&all, &one);
        leat_series_join_ops.close(join->state[i]);
    }
    if (join->budget.used_bytes != 0)
        fail(join, "memory is left after closing");
    join->closed = sum;
    join->closed.in -= sum.pending;
    join->closed.pending = 0;
    join->instances = instances;
    for (uint32_t i = 0; i < instances; i++) {
        open_instance(join, i);
        struct leat_snapshot_reader reader = {.snapshot = &all, .worker = i, .workers = instances};
        if (leat_series_join_ops.restore(join->state[i], &reader))
            fail(join, "restore failed");
    }
    leat_snapshot_free(&all);
    if (budget.used_bytes != 0)
        fail(join, "memory of the snapshot is left");
}
