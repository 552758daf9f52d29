// The tumbling window against a slow model: random small cases with NULLs, ties, negative times, every edge of lateness, outputs that fill
// up, any number of workers, and snapshots restored into another number of them. A failing case says its seed; LEAT_SEED replays it.
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/state/snapshot.h"
#include "tests/support/window_plan.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS           1000
#define CASES        120000
#define CASES_LONG   2000000
#define ROWS_MAX     64
#define WORKERS_MAX  5
#define LINE_BYTES   768
#define LINES_MAX    (ROWS_MAX + 1)
#define WINDOW_NEVER INT64_MIN

// ---- Lines: output rows as text -------------------------------------------------------------------------------------------------

struct lines {
    uint32_t count;
    char line[LINES_MAX][LINE_BYTES];
};

LEAT_PRINTF(2, 3) static void line_add(char *line, const char *format, ...) {
    size_t length = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + length, LINE_BYTES - length, format, args);
    va_end(args);
    assert_true(strlen(line) < LINE_BYTES - 1);
}

static void line_add_double(char *line, double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    if (isnan(value))
        line_add(line, "|nan");
    else
        line_add(line, "|%016" PRIx64, bits);
}

static void line_add_column(char *line, const struct leat_column *column, uint32_t row) {
    if (!leat_column_is_valid(column, row)) {
        line_add(line, "|~");
        return;
    }
    switch (column->physical) {
    case LEAT_PHYSICAL_BOOL:
        line_add(line, "|%d", leat_column_bool(column)[row]);
        return;
    case LEAT_PHYSICAL_INT32:
        line_add(line, "|%" PRId32, leat_column_int32(column)[row]);
        return;
    case LEAT_PHYSICAL_INT64:
        line_add(line, "|%" PRId64, leat_column_int64(column)[row]);
        return;
    case LEAT_PHYSICAL_DOUBLE:
        line_add_double(line, leat_column_double(column)[row]);
        return;
    default: {
        const struct leat_text *text = &leat_column_text(column)[row];
        line_add(line, "|'%.*s'", (int)text->length, leat_text_bytes(text));
    }
    }
}

// Takes what an operator has handed on. All rows of one worker and one advance come in the order of their windows.
static void take_lines(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count) {
    struct lines *lines = context;
    for (uint32_t row = first; row < first + count; row++) {
        assert_true(lines->count < LINES_MAX);
        char *line = lines->line[lines->count++];
        line[0] = 0;
        for (uint32_t i = 0; i < batch->column_count; i++)
            line_add_column(line, &batch->columns[i], row);
        line_add(line, " from %" PRId64 " %" PRIu64, batch->time[row], batch->position[row]);
    }
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(a, b);
}

// ---- The model ------------------------------------------------------------------------------------------------------------------

struct model_row {
    int64_t time_us;
    bool has[LEAT_TEST_INPUTS];
    const char *key_text;
    int32_t key_int;
    int32_t int32;
    int64_t int64;
    double float64;
    const char *text;
    bool flag;
    int64_t start_us; // of its window; WINDOW_NEVER: late, bad, or fired
    uint64_t position;
};

struct model {
    const struct leat_test_window *plan;
    struct model_row rows[ROWS_MAX];
    uint32_t count;
    uint64_t late, bad, taken, out;
};

static int64_t floor_to(int64_t time_us, int64_t size_us, int64_t offset_us) {
    int64_t n = (time_us - offset_us) / size_us;
    while (n * size_us + offset_us > time_us)
        n--;
    return n * size_us + offset_us;
}

static bool same_key(const struct leat_test_window *plan, const struct model_row *a, const struct model_row *b) {
    for (uint32_t i = 0; i < plan->spec.key_count; i++) {
        uint16_t column = plan->key[i];
        if (a->has[column] != b->has[column])
            return false;
        if (a->has[column] && (column == LEAT_TEST_KEY_TEXT ? strcmp(a->key_text, b->key_text) != 0 : a->key_int != b->key_int))
            return false;
    }
    return true;
}

// Double.compare of Java.
static int compare_doubles(double a, double b) {
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    if (a != b)
        return a < b ? -1 : 1;
    return !!signbit(b) - !!signbit(a);
}

// The values of one column in one group, in the order of their rows.
struct values {
    uint32_t count;
    const struct model_row *rows[ROWS_MAX];
};

static int64_t model_value(const struct model_row *row, uint32_t column) {
    switch (column) {
    case LEAT_TEST_INT:
        return row->int32;
    case LEAT_TEST_TIME:
        return row->time_us;
    case LEAT_TEST_FLAG:
        return row->flag;
    default:
        return row->int64;
    }
}

static void model_integer(const struct leat_window_aggregate *aggregate, const struct values *values, char *line) {
    int64_t result = 0;
    bool narrow = aggregate->column == LEAT_TEST_INT;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct model_row *row = values->rows[i];
        int64_t value = model_value(row, aggregate->column);
        if (aggregate->kind == LEAT_AGGREGATE_SUM || aggregate->kind == LEAT_AGGREGATE_AVG)
            result = (int64_t)((uint64_t)result + (uint64_t)value);
        else if (i == 0 || (aggregate->kind == LEAT_AGGREGATE_MIN ? value < result : value > result))
            result = value;
    }
    if (aggregate->kind == LEAT_AGGREGATE_AVG)
        result /= (int64_t)values->count;
    line_add(line, "|%" PRId64, narrow ? (int32_t)(uint32_t)result : result);
}

static void model_double(const struct leat_window_aggregate *aggregate, const struct values *values, char *line) {
    double result = values->rows[0]->float64;
    if (aggregate->kind == LEAT_AGGREGATE_AVG)
        result = 0.0 + result;
    for (uint32_t i = 1; i < values->count; i++) {
        double value = values->rows[i]->float64;
        if (aggregate->kind == LEAT_AGGREGATE_SUM || aggregate->kind == LEAT_AGGREGATE_AVG)
            result += value;
        else if (aggregate->kind == LEAT_AGGREGATE_MIN ? compare_doubles(value, result) < 0 : compare_doubles(value, result) > 0)
            result = value;
    }
    line_add_double(line, aggregate->kind == LEAT_AGGREGATE_AVG ? result / values->count : result);
}

static void model_text(const struct leat_window_aggregate *aggregate, const struct values *values, char *line) {
    const char *result = values->rows[0]->text;
    for (uint32_t i = 1; i < values->count; i++) {
        int order = strcmp(values->rows[i]->text, result);
        if (aggregate->kind == LEAT_AGGREGATE_MIN ? order < 0 : order > 0)
            result = values->rows[i]->text;
    }
    line_add(line, "|'%s'", result);
}

static void model_aggregate(const struct leat_window_aggregate *aggregate, const struct values *group, char *line) {
    struct values values = {0};
    for (uint32_t i = 0; i < group->count; i++)
        if (aggregate->kind == LEAT_AGGREGATE_COUNT_ALL || group->rows[i]->has[aggregate->column])
            values.rows[values.count++] = group->rows[i];
    if (aggregate->kind == LEAT_AGGREGATE_COUNT_ALL || aggregate->kind == LEAT_AGGREGATE_COUNT)
        line_add(line, "|%" PRIu32, values.count);
    else if (values.count == 0)
        line_add(line, "|~");
    else if (aggregate->column == LEAT_TEST_DOUBLE)
        model_double(aggregate, &values, line);
    else if (aggregate->column == LEAT_TEST_TEXT)
        model_text(aggregate, &values, line);
    else
        model_integer(aggregate, &values, line);
}

static void model_line(const struct leat_test_window *plan, const struct values *group, char *line) {
    const struct model_row *first = group->rows[0];
    int64_t end_us = first->start_us + plan->spec.size_us;
    line_add(line, "|%" PRId64, first->start_us);
    for (uint32_t i = 0; i < plan->spec.key_count; i++) {
        if (!first->has[plan->key[i]])
            line_add(line, "|~");
        else if (plan->key[i] == LEAT_TEST_KEY_TEXT)
            line_add(line, "|'%s'", first->key_text);
        else
            line_add(line, "|%" PRId32, first->key_int);
    }
    for (uint32_t i = 0; i < plan->spec.aggregate_count; i++)
        model_aggregate(&plan->aggregates[i], group, line);
    line_add(line, "|%" PRId64 "|%" PRId64, end_us, end_us - MS);
    line_add(line, " from %" PRId64 " %" PRIu64, end_us - MS, group->rows[group->count - 1]->position);
}

static void model_push(struct model *model, struct model_row row, int64_t watermark_us) {
    const struct leat_window_tumble_spec *spec = &model->plan->spec;
    row.start_us = WINDOW_NEVER;
    if (!row.has[LEAT_TEST_TIME]) {
        model->bad++;
    } else if (floor_to(row.time_us, spec->size_us, spec->offset_us) + spec->size_us - MS <= watermark_us) {
        model->late++;
    } else {
        row.start_us = floor_to(row.time_us, spec->size_us, spec->offset_us);
        model->taken++;
    }
    model->rows[model->count++] = row;
}

// The lines of all windows that a watermark completes, by their ends, then by the first row of each key.
static void model_advance(struct model *model, int64_t watermark_us, struct lines *lines) {
    const struct leat_window_tumble_spec *spec = &model->plan->spec;
    for (;;) {
        int64_t start_us = INT64_MAX;
        for (uint32_t i = 0; i < model->count; i++)
            if (model->rows[i].start_us != WINDOW_NEVER)
                start_us = LEAT_MIN(start_us, model->rows[i].start_us);
        if (start_us == INT64_MAX || start_us + spec->size_us - MS > watermark_us)
            return;
        for (uint32_t i = 0; i < model->count; i++) {
            if (model->rows[i].start_us != start_us)
                continue;
            struct values group = {0};
            for (uint32_t k = i; k < model->count; k++)
                if (model->rows[k].start_us == start_us && same_key(model->plan, &model->rows[i], &model->rows[k]))
                    group.rows[group.count++] = &model->rows[k];
            char *line = lines->line[lines->count++];
            line[0] = 0;
            model_line(model->plan, &group, line);
            model->out++;
            for (uint32_t k = group.count; k-- > 0;)
                ((struct model_row *)(uintptr_t)group.rows[k])->start_us = WINDOW_NEVER;
        }
    }
}

// ---- Running a case -------------------------------------------------------------------------------------------------------------

struct test_case {
    struct leat_test_window plan;
    struct model model;
    uint64_t random;
    struct leat_budget budgets[WORKERS_MAX];
    void *states[WORKERS_MAX];
    struct leat_account before; // of instances that are gone
    uint32_t workers;
    bool restored;
    int64_t watermark_us; // of the split so far
    int64_t advanced_us;
    uint64_t position;
    struct leat_test_output output;
};

static struct leat_test_rows message;
static struct lines have, want;

static const char *const keys[] = {"", "a", "R0815", "a key of more than twelve bytes", "a key of more than twelve bytez"};
static const char *const texts[] = {
    "", "b", "bb", "twelve bytes", "thirteen byte", "a long text, kept apart", "a long text, kept apart!", "\xc3\xa4"};

static int64_t random_integer(uint64_t *random, bool narrow) {
    static const int64_t edges[] = {INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, -1, 0, 1};
    int64_t value =
        leat_test_below(random, 4) ? (int64_t)leat_test_below(random, 21) - 10 : edges[leat_test_below(random, LEAT_ARRAY_LEN(edges))];
    return narrow ? (int32_t)(uint32_t)(uint64_t)value : value;
}

static double random_double(uint64_t *random) {
    static const double edges[] = {NAN, -NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e308, 5e-324};
    if (leat_test_below(random, 3) == 0)
        return edges[leat_test_below(random, LEAT_ARRAY_LEN(edges))];
    return (double)((int64_t)leat_test_below(random, 2001) - 1000) / 7;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b) {
    return a > b ? a : b;
}

// A time around the windows of the case, often next to an edge of one.
static int64_t random_time(struct test_case *c) {
    const struct leat_window_tumble_spec *spec = &c->plan.spec;
    static const int64_t steps[] = {0, -1, 1, MS, -MS, 1 - MS, -1 - MS, MS / 2};
    int64_t window = (int64_t)leat_test_below(&c->random, 9) - 4;
    int64_t edge = spec->offset_us + window * spec->size_us;
    if (leat_test_below(&c->random, 2))
        return edge + steps[leat_test_below(&c->random, LEAT_ARRAY_LEN(steps))];
    return edge + (int64_t)leat_test_below(&c->random, (uint64_t)spec->size_us);
}

static struct model_row random_row(struct test_case *c) {
    struct model_row row = {.time_us = random_time(c), .position = c->position++};
    for (uint32_t i = 0; i < LEAT_TEST_INPUTS; i++)
        row.has[i] = leat_test_below(&c->random, i == LEAT_TEST_TIME ? 40 : 5) != 0;
    row.key_text = keys[leat_test_below(&c->random, LEAT_ARRAY_LEN(keys))];
    row.key_int = (int32_t)leat_test_below(&c->random, 2) - 1;
    row.int32 = (int32_t)random_integer(&c->random, true);
    row.int64 = random_integer(&c->random, false);
    row.float64 = random_double(&c->random);
    row.flag = leat_test_below(&c->random, 2);
    row.text = texts[leat_test_below(&c->random, LEAT_ARRAY_LEN(texts))];
    return row;
}

static void message_add(const struct model_row *row, int64_t watermark_us) {
    uint32_t at = leat_test_rows_add(&message, watermark_us);
    leat_test_rows_set_origin(&message, at, row->time_us, row->position);
    leat_test_rows_set_int64(&message, at, LEAT_TEST_TIME, row->time_us);
    leat_test_rows_set_text(&message, at, LEAT_TEST_KEY_TEXT, row->key_text);
    leat_test_rows_set_int32(&message, at, LEAT_TEST_KEY_INT, row->key_int);
    leat_test_rows_set_int32(&message, at, LEAT_TEST_INT, row->int32);
    leat_test_rows_set_int64(&message, at, LEAT_TEST_BIGINT, row->int64);
    leat_test_rows_set_double(&message, at, LEAT_TEST_DOUBLE, row->float64);
    leat_test_rows_set_text(&message, at, LEAT_TEST_TEXT, row->text);
    leat_test_rows_set_bool(&message, at, LEAT_TEST_FLAG, row->flag);
    for (uint32_t i = 0; i < LEAT_TEST_INPUTS; i++)
        if (!row->has[i])
            leat_test_rows_set_null(&message, at, i);
}

static void open_workers(struct test_case *c, uint32_t workers) {
    c->workers = workers;
    for (uint32_t w = 0; w < workers; w++) {
        c->budgets[w] = (struct leat_budget){.owner = "window"};
        struct leat_operator_env env = {.budget = &c->budgets[w], .worker = w, .workers = workers};
        assert_int_equal(leat_window_tumble_ops.open(&c->plan.spec, &env, &c->states[w]), 0);
    }
}

static void close_workers(struct test_case *c) {
    for (uint32_t w = 0; w < c->workers; w++) {
        const struct leat_account *account = leat_window_tumble_ops.account(c->states[w]);
        assert_int_equal(account->in, account->taken + account->filtered + account->late + account->bad + account->pending);
        c->before.in += account->in;
        c->before.taken += account->taken;
        c->before.late += account->late;
        c->before.bad += account->bad;
        c->before.out += account->out;
        leat_window_tumble_ops.close(c->states[w]);
        assert_int_equal(c->budgets[w].used_bytes, 0);
    }
}

// Gives every worker the rows of its key groups, as the exchange does.
static void push_all(struct test_case *c, struct leat_rows *rows) {
    struct leat_selection whole = rows->selection;
    for (uint32_t w = 0; w < c->workers; w++) {
        uint16_t own[LEAT_BATCH_ROWS];
        struct leat_selection selection = {.rows = own};
        for (uint32_t i = 0; i < whole.count; i++) {
            uint32_t row = leat_selection_row(&whole, i);
            if (leat_key_group_worker(leat_key_group(rows->hash[row]), c->workers) == w)
                own[selection.count++] = (uint16_t)row;
        }
        rows->selection = selection;
        assert_int_equal(leat_window_tumble_ops.push(c->states[w], 0, rows), LEAT_DONE);
    }
}

static void push_message(struct test_case *c, uint32_t count) {
    int64_t before_us = c->watermark_us, others_us = LEAT_TIME_MAX;
    if (leat_test_below(&c->random, 4) == 0)
        others_us = most(c->advanced_us, random_time(c));
    leat_test_rows_clear(&message);
    for (uint32_t i = 0; i < count; i++) {
        struct model_row row = random_row(c);
        if (leat_test_below(&c->random, 8) == 0)
            c->watermark_us = most(c->watermark_us, random_time(c));
        message_add(&row, leat_test_below(&c->random, 2) ? c->watermark_us : LEAT_MIN(before_us, c->watermark_us));
        int64_t own_us = LEAT_MAX(before_us, message.batch->watermark[i]);
        model_push(&c->model, row, LEAT_MIN(own_us, others_us));
    }
    push_all(c, leat_test_rows_finish(&message, c->plan.key, c->plan.spec.key_count, before_us, others_us));
}

static void advance_worker(struct test_case *c, uint32_t worker, int64_t watermark_us, bool interrupted) {
    struct leat_test_output *output = &c->output;
    output->batch_rows = interrupted ? 1 + (uint32_t)leat_test_below(&c->random, 4) : LEAT_BATCH_ROWS;
    output->room_rows = interrupted ? leat_test_below(&c->random, 3) : UINT64_MAX;
    enum leat_step step;
    while ((step = leat_window_tumble_ops.advance(c->states[worker], watermark_us, &output->output)) == LEAT_FULL) {
        assert_int_equal(output->room_rows, 0);
        output->room_rows = 1 + leat_test_below(&c->random, 3);
    }
    assert_int_equal(step, LEAT_DONE);
}

static void advance_all(struct test_case *c, int64_t watermark_us) {
    have.count = want.count = 0;
    model_advance(&c->model, watermark_us, &want);
    bool interrupted = leat_test_below(&c->random, 2);
    for (uint32_t w = 0; w < c->workers; w++)
        advance_worker(c, w, watermark_us, interrupted);
    c->advanced_us = watermark_us;
    assert_int_equal(have.count, want.count);
    if (c->workers > 1 || c->restored) {
        qsort(have.line, have.count, LINE_BYTES, compare_lines);
        qsort(want.line, want.count, LINE_BYTES, compare_lines);
    }
    for (uint32_t i = 0; i < want.count; i++)
        assert_string_equal(have.line[i], want.line[i]);
}

// Writes the state of all workers, ends them, and goes on with another number of them.
static void restart(struct test_case *c) {
    struct leat_snapshot all = {0};
    for (uint32_t w = 0; w < c->workers; w++) {
        struct leat_snapshot part = {0};
        struct leat_snapshot_writer writer = {.snapshot = &part};
        assert_int_equal(leat_window_tumble_ops.snapshot(c->states[w], &writer), 0);
        leat_snapshot_move(&all, &part);
        leat_snapshot_free(&part);
    }
    close_workers(c);
    open_workers(c, 1 + (uint32_t)leat_test_below(&c->random, WORKERS_MAX));
    for (uint32_t w = 0; w < c->workers; w++) {
        struct leat_snapshot_reader reader = {.snapshot = &all, .worker = w, .workers = c->workers};
        assert_int_equal(leat_window_tumble_ops.restore(c->states[w], &reader), 0);
    }
    leat_snapshot_free(&all);
    c->restored = true;
}

static void random_plan(struct test_case *c) {
    static const int64_t sizes[] = {1, 999, MS, 1001, 5 * MS, 60000 * MS, 3600000000};
    int64_t size_us = sizes[leat_test_below(&c->random, LEAT_ARRAY_LEN(sizes))];
    int64_t offset_us = leat_test_below(&c->random, 2) ? 0 : (int64_t)leat_test_below(&c->random, 3 * (uint64_t)size_us) - size_us;
    uint32_t aggregates = (uint32_t)leat_test_random(&c->random);
    if (leat_test_below(&c->random, 4) == 0)
        aggregates = 1u << leat_test_below(&c->random, leat_test_window_aggregates());
    leat_test_window_make(&c->plan, size_us, offset_us, (uint32_t)leat_test_below(&c->random, 4), aggregates);
}

static void run_case(uint64_t seed) {
    static struct test_case c;
    c = (struct test_case){.random = seed, .watermark_us = LEAT_TIME_MIN, .advanced_us = LEAT_TIME_MIN};
    random_plan(&c);
    c.model.plan = &c.plan;
    leat_test_output_open(&c.output, c.plan.output_physical, c.plan.spec.output_count, true, take_lines, &have);
    open_workers(&c, leat_test_below(&c.random, 2) ? 1 : 1 + (uint32_t)leat_test_below(&c.random, WORKERS_MAX));
    uint32_t rounds = (uint32_t)leat_test_below(&c.random, 6);
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t messages = (uint32_t)leat_test_below(&c.random, 3);
        for (uint32_t i = 0; i < messages; i++)
            push_message(&c, (uint32_t)leat_test_below(&c.random, LEAT_MIN(9, ROWS_MAX - c.model.count + 1)));
        int64_t watermark_us = leat_test_below(&c.random, 2) ? c.watermark_us : least(c.watermark_us, random_time(&c));
        if (watermark_us > c.advanced_us)
            advance_all(&c, watermark_us);
        if (leat_test_below(&c.random, 3) == 0)
            restart(&c);
    }
    advance_all(&c, LEAT_TIME_MAX);
    close_workers(&c);
    leat_test_output_close(&c.output);
    assert_int_equal(c.before.in, c.model.count);
    assert_int_equal(c.before.taken, c.model.taken);
    assert_int_equal(c.before.late, c.model.late);
    assert_int_equal(c.before.bad, c.model.bad);
    assert_int_equal(c.before.out, c.model.out);
}

static uint64_t running_seed;

static int say_seed(void **state) {
    (void)state;
    if (running_seed)
        print_message("last seed: LEAT_SEED=%" PRIu64 "\n", running_seed);
    running_seed = 0;
    return 0;
}

static void random_cases_agree_with_the_model(void **state) {
    (void)state;
    leat_test_rows_open(&message, leat_test_window_physical, LEAT_TEST_INPUTS, true);
    uint64_t first = leat_test_seed(1), cases = leat_test_is_long() ? CASES_LONG : CASES;
    if (getenv("LEAT_SEED"))
        cases = 1;
    for (uint64_t i = 0; i < cases; i++) {
        running_seed = first + i;
        run_case(running_seed);
    }
    running_seed = 0;
    leat_test_rows_close(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(random_cases_agree_with_the_model, say_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
