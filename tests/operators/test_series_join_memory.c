// SERIES JOIN: what it does with memory, with damaged snapshots, and with the real machine data.
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "operators/series_join.h"
#include "tests/support/series_join.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// The join of the machine: key `thing`, event time, one number on each side.
enum { THING, TIME, VALUE, COLUMNS };
static const uint8_t physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE};
static const uint16_t key[] = {THING};
static const uint16_t payload[] = {VALUE};
static const uint8_t payload_physical[] = {LEAT_PHYSICAL_DOUBLE};
static const struct leat_series_join_output outputs[] = {{LEAT_SERIES_KEY, 0}, {LEAT_SERIES_LEFT, 0}, {LEAT_SERIES_RIGHT, 0}};
static const uint8_t output_physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_DOUBLE};
static const struct leat_series_join_spec spec = {
    .inputs = {{.key = key, .time = TIME, .payload = payload, .payload_count = 1, .payload_physical = payload_physical},
               {.key = key, .time = TIME, .payload = payload, .payload_count = 1, .payload_physical = payload_physical}},
    .key_count = 1,
    .key_physical = physical,
    .tolerance_us = 1000000,
    .outputs = outputs,
    .output_count = LEAT_ARRAY_LEN(outputs),
};

struct machine {
    struct leat_budget budget;
    void *state;
    struct leat_test_rows rows[2];
    struct leat_test_output output;
    long double power; // sum over the pairs
};

static void add_power(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count) {
    struct machine *machine = context;
    for (uint32_t i = first; i < first + count; i++)
        machine->power += 2 * M_PI / 60 * leat_column_double(&batch->columns[1])[i] * leat_column_double(&batch->columns[2])[i];
}

static void open_machine(struct machine *machine, size_t limit_bytes) {
    *machine = (struct machine){.budget = {.owner = "series_join #7", .limit_bytes = limit_bytes}};
    struct leat_operator_env env = {.budget = &machine->budget, .workers = 1};
    assert_int_equal(leat_series_join_ops.open(&spec, &env, &machine->state), 0);
    for (uint32_t side = 0; side < 2; side++)
        leat_test_rows_open(&machine->rows[side], physical, COLUMNS, false);
    leat_test_output_open(&machine->output, output_physical, COLUMNS, false, add_power, machine);
}

static void close_machine(struct machine *machine) {
    leat_series_join_ops.close(machine->state);
    for (uint32_t side = 0; side < 2; side++)
        leat_test_rows_close(&machine->rows[side]);
    leat_test_output_close(&machine->output);
    assert_int_equal(machine->budget.used_bytes, 0);
}

static void add_sample(struct machine *machine, uint32_t side, const char *thing, int64_t time, double value) {
    uint32_t row = leat_test_rows_add(&machine->rows[side], LEAT_TIME_MIN);
    leat_test_rows_set_text(&machine->rows[side], row, THING, thing);
    leat_test_rows_set_int64(&machine->rows[side], row, TIME, time);
    leat_test_rows_set_double(&machine->rows[side], row, VALUE, value);
}

static enum leat_step push_samples(struct machine *machine, uint32_t side, int64_t watermark) {
    struct leat_rows *rows = leat_test_rows_finish(&machine->rows[side], key, 1, watermark, LEAT_TIME_MAX);
    enum leat_step step = leat_series_join_ops.push(machine->state, side, rows);
    leat_test_rows_clear(&machine->rows[side]);
    return step;
}

static enum leat_step advance(struct machine *machine, int64_t watermark) {
    return leat_series_join_ops.advance(machine->state, watermark, &machine->output.output);
}

// The number after `"name": ` in a line; false where the line has no such member. Enough for the sample file, and for nothing else.
static bool member(const char *line, const char *name, double *value) {
    const char *at = strstr(line, name);
    if (at)
        *value = strtod(at + strlen(name), NULL);
    return at != NULL;
}

static void read_line(struct machine *machine, const char *line, double *newest) {
    char thing[64] = "";
    double time = 0, value;
    assert_int_equal(sscanf(line, "{\"Thing\": \"%63[^\"]", thing), 1);
    assert_true(member(line, "\"Timestamp\": ", &time));
    if (member(line, "\"actSpeed_C11\": ", &value))
        add_sample(machine, 0, thing, (int64_t)time * 1000, value);
    if (member(line, "\"vaTorque_C11\": ", &value))
        add_sample(machine, 1, thing, (int64_t)time * 1000, value);
    *newest = fmax(*newest, time);
}

static void the_real_machine_data_give_the_known_pairs_and_power(void **state) {
    (void)state;
    const char *path = leat_test_shared_path("data/machine/test_events.json");
    if (!path) {
        print_message("the shared machine data are not there\n");
        skip();
    }
    static struct machine machine;
    static char line[4096];
    open_machine(&machine, 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    double newest = 0;
    int64_t watermark = LEAT_TIME_MIN;
    for (uint32_t n = 1; fgets(line, sizeof(line), file); n++) {
        read_line(&machine, line, &newest);
        if (n % 500)
            continue;
        assert_int_equal(push_samples(&machine, n / 500 % 2, watermark), LEAT_DONE);
        assert_int_equal(push_samples(&machine, 1 - n / 500 % 2, watermark), LEAT_DONE);
        watermark = ((int64_t)newest - 864000000) * 1000;
        assert_int_equal(advance(&machine, watermark), LEAT_DONE);
    }
    fclose(file);
    assert_int_equal(advance(&machine, LEAT_TIME_MAX), LEAT_DONE);
    const struct leat_account *account = leat_series_join_ops.account(machine.state);
    assert_int_equal(account->late, 0);
    assert_int_equal(account->pending, 0);
    assert_int_equal(account->out, 2748);
    assert_true(fabsl(machine.power - 3121171.253586L) < 1e-6L);
    close_machine(&machine);
}

// One round of samples of 20 things, out of order within `disorder` microseconds.
static void run_round(struct machine *machine, int64_t round, int64_t disorder, uint64_t *random) {
    int64_t watermark = (round - 1) * 1000000 - disorder;
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < 1000; i++) {
            char thing[64];
            uint32_t number = (uint32_t)leat_test_below(random, 20);
            snprintf(thing, sizeof(thing), "a machine whose name is rather long: %u", number * number);
            int64_t late = disorder ? (int64_t)leat_test_below(random, (uint64_t)disorder) : 0;
            add_sample(machine, side, thing, round * 1000000 + i * 1000 - late, i);
        }
        assert_int_equal(push_samples(machine, side, watermark), LEAT_DONE);
    }
    assert_int_equal(advance(machine, round * 1000000 - disorder), LEAT_DONE);
}

static void in_steady_state_nothing_is_allocated(void **state) {
    (void)state;
    static const int64_t disorders[] = {0, 3000000, 20000000};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(disorders); i++) {
        static struct machine machine;
        uint64_t random = 1;
        open_machine(&machine, 0);
        int64_t round = 1;
        for (; round < 600; round++)
            run_round(&machine, round, disorders[i], &random);
        uint64_t calls = leat_memory_calls();
        size_t used_bytes = machine.budget.used_bytes;
        for (; round < 1200; round++)
            run_round(&machine, round, disorders[i], &random);
        // A page or two when a maximum is passed, in 1,200,000 rows.
        assert_in_range(leat_memory_calls() - calls, 0, 20);
        assert_in_range(machine.budget.used_bytes, used_bytes / 2, used_bytes + used_bytes / 8);
        close_machine(&machine);
    }
}

static void memory_goes_back_when_all_rows_have_expired(void **state) {
    (void)state;
    static struct machine machine;
    open_machine(&machine, 0);
    size_t start_bytes = machine.budget.used_bytes;
    uint64_t random = 2;
    for (int64_t round = 1; round < 100; round++)
        run_round(&machine, round, 90000000, &random);
    assert_true(machine.budget.used_bytes > start_bytes + (3u << 20));
    for (int64_t i = 0; i < 3000; i++)
        assert_int_equal(advance(&machine, 200000000 + i), LEAT_DONE);
    assert_int_equal(leat_series_join_ops.account(machine.state)->pending, 0);
    assert_in_range(machine.budget.used_bytes, 0, start_bytes + 4 * 8192); // the list of rows that have gone keeps its length
    close_machine(&machine);
}

static void a_spent_budget_fails_with_the_name_of_the_operator(void **state) {
    (void)state;
    static struct machine machine;
    open_machine(&machine, 1u << 20);
    enum leat_step step = LEAT_DONE;
    for (uint32_t i = 0; i < 1000 && step == LEAT_DONE; i++) {
        for (uint32_t k = 0; k < 1000; k++)
            add_sample(&machine, 0, "thing", (int64_t)i * 1000 + k, k);
        step = push_samples(&machine, 0, LEAT_TIME_MIN);
    }
    assert_int_equal(step, LEAT_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_non_null(strstr(leat_error_text(), "SERIES JOIN"));
    assert_non_null(strstr(leat_error_text(), "series_join #7"));
    assert_non_null(strstr(leat_error_text(), "1048576"));
    leat_error_clear();
    close_machine(&machine);
}

static struct leat_test_join join;

// A short life of a join in which every kind of memory is asked for. False when something has failed.
static bool live(void) {
    uint64_t random = 5, id = 1;
    for (uint32_t round = 0; round < 4 && !join.wrong; round++) {
        for (uint32_t i = 0; i < 150; i++)
            leat_test_join_add(&join, i & 1, (uint32_t)leat_test_below(&random, LEAT_TEST_JOIN_KEYS + 1),
                               (int64_t)leat_test_below(&random, 3000), id++, LEAT_TIME_MIN, join.watermark);
        leat_test_join_push(&join, 0, LEAT_TIME_MIN, LEAT_TIME_MAX);
        if (!join.wrong)
            leat_test_join_push(&join, 1, LEAT_TIME_MIN, LEAT_TIME_MAX);
        if (!join.wrong && round % 2)
            leat_test_join_advance(&join, round * 300, NULL);
    }
    return !join.wrong;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    leat_test_join_open(&join, 50, 1, true);
    bool whole = live(); // the messages have their memory from now on
    leat_test_join_close(&join);
    assert_true(whole);
    whole = false;
    for (uint64_t nth = 1; !whole; nth++) {
        leat_test_join_open(&join, 50, 1, true);
        leat_memory_fail_at(nth);
        whole = live();
        leat_memory_fail_at(0);
        leat_error_clear();
        join.wrong = NULL;
        leat_test_join_close(&join);
        assert_null(join.wrong); // no memory is left
        assert_in_range(nth, 1, 5000);
    }
}

static void restore_survives_damaged_snapshots(void **state) {
    (void)state;
    uint64_t random = leat_test_seed(99);
    leat_test_join_open(&join, 50, 1, true);
    assert_true(live());
    struct leat_snapshot good = {0};
    struct leat_snapshot_writer writer = {.snapshot = &good};
    assert_int_equal(leat_series_join_ops.snapshot(join.state[0], &writer), 0);
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        struct leat_snapshot bad = good;
        uint32_t group = (uint32_t)leat_test_below(&random, LEAT_KEY_GROUPS);
        while (bad.runs[group].used_bytes == 0)
            group = (group + 1) % LEAT_KEY_GROUPS;
        struct leat_snapshot_run *run = &bad.runs[group];
        uint8_t *copy = malloc(run->used_bytes); // so that reading past the end is found out
        memcpy(copy, run->bytes, run->used_bytes);
        run->bytes = copy;
        if (leat_test_below(&random, 4) == 0)
            run->used_bytes = leat_test_below(&random, run->used_bytes);
        else
            copy[leat_test_below(&random, run->used_bytes)] ^= (uint8_t)(1 << leat_test_below(&random, 8));
        struct leat_budget budget = {.owner = "series_join #1", .limit_bytes = 16u << 20};
        struct leat_operator_env env = {.budget = &budget, .workers = 1, .with_origin = true};
        void *instance;
        assert_int_equal(leat_series_join_ops.open(&join.spec, &env, &instance), 0);
        struct leat_snapshot_reader reader = {.snapshot = &bad, .workers = 1};
        if (leat_series_join_ops.restore(instance, &reader)) {
            refused++;
            assert_int_equal(leat_error_kind(), LEAT_ERROR_DATA);
            leat_error_clear();
        } else {
            struct leat_test_output *output = join.output;
            output->take = NULL;
            assert_int_equal(leat_series_join_ops.advance(instance, LEAT_TIME_MAX, &output->output), LEAT_DONE);
            assert_int_equal(leat_series_join_ops.account(instance)->pending, 0);
        }
        leat_series_join_ops.close(instance);
        assert_int_equal(budget.used_bytes, 0);
        free(copy);
    }
    assert_in_range(refused, 5000, 20000);
    leat_snapshot_free(&good);
    leat_test_join_close(&join);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_machine_data_give_the_known_pairs_and_power),
        cmocka_unit_test(in_steady_state_nothing_is_allocated),
        cmocka_unit_test(memory_goes_back_when_all_rows_have_expired),
        cmocka_unit_test(a_spent_budget_fails_with_the_name_of_the_operator),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(restore_survives_damaged_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
