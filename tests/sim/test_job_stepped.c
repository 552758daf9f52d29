// Whole jobs stepped on one thread: random inputs, cuts, worker numbers and schedules, against a model and against one worker.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "tests/support/rows.h"
#include "tests/support/tiny_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// One random case: inputs and the plan they go through.
struct tiny_case {
    uint64_t seed, random;
    enum leat_tiny_shape shape;
    struct leat_tiny_options options;
    struct leat_tiny_graph tiny;
    struct leat_tiny_input inputs[LEAT_TINY_INPUTS];
    uint32_t input_count;
    bool gather;
};

static uint64_t below(struct tiny_case *c, uint64_t bound) {
    return leat_test_below(&c->random, bound);
}

static void case_open(struct tiny_case *c, uint64_t seed, enum leat_tiny_shape shape, uint32_t rows_max) {
    static const int64_t delays_ms[] = {0, 5, 100, 5000, 1000000};
    *c = (struct tiny_case){.seed = seed, .random = seed, .shape = shape};
    c->options = (struct leat_tiny_options){.delay_us = delays_ms[below(c, LEAT_ARRAY_LEN(delays_ms))] * 1000,
                                            .tolerance_us = (int64_t)below(c, 200) * 1000,
                                            .size_us = (int64_t)(1 + below(c, 300)) * 1000,
                                            .no_watermark = below(c, 10) == 0,
                                            .compute = below(c, 2) == 0,
                                            .failing_filter = below(c, 3) == 0,
                                            .dead_letter_path = "/dev/null"};
    c->gather = below(c, 4) == 0;
    bool two = shape == LEAT_TINY_UNION || shape == LEAT_TINY_UNION_FILTER || shape == LEAT_TINY_TWO_INPUTS;
    c->input_count = 1 + two;
    for (uint32_t i = 0; i < c->input_count; i++) {
        const struct leat_tiny_kind kind = {.rows = (uint32_t)below(c, rows_max),
                                            .skew_percent = below(c, 2) ? 87 : (uint32_t)below(c, 100),
                                            .step_ms = (int64_t)below(c, 20),
                                            .jitter_ms = (int64_t)below(c, 300),
                                            .odd_percent = (uint32_t)below(c, 12),
                                            .zero_percent = (uint32_t)below(c, 10),
                                            .first_v = 1 + 1000000 * (int64_t)i};
        uint32_t chunks = 1 + (uint32_t)below(c, below(c, 3) ? 8 : 1 + kind.rows / 2);
        leat_tiny_input_make(&c->inputs[i], &kind, chunks, &c->random);
    }
    leat_tiny_graph_make(&c->tiny, shape, &c->options);
}

static void case_close(struct tiny_case *c) {
    leat_tiny_graph_free(&c->tiny);
    for (uint32_t i = 0; i < c->input_count; i++)
        leat_tiny_input_free(&c->inputs[i]);
}

static void fail_case(const struct tiny_case *c, uint32_t workers, const char *what) {
    print_message("LEAT_SEED=%" PRIu64 " shape %s, %" PRIu32 " workers: %s\n", c->seed, leat_tiny_shape_name(c->shape), workers, what);
    fail();
}

static enum leat_tiny_order order_of(enum leat_tiny_shape shape) {
    if (shape == LEAT_TINY_FILTER || shape == LEAT_TINY_TUMBLE_ALL)
        return LEAT_TINY_ORDER_ALL;
    return shape == LEAT_TINY_UNION_FILTER ? LEAT_TINY_ORDER_NONE : LEAT_TINY_ORDER_BY_KEY;
}

// Runs the case to its end in random steps and leaves the run open.
static void run_case(struct tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    leat_tiny_run_prepare(run, &c->tiny, c->inputs, c->input_count, workers, c->gather);
    for (uint32_t i = 0; i < c->input_count; i++)
        run->sources[i].none_every = below(c, 2) ? 0 : 2 + (uint32_t)below(c, 5);
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++)
        run->sinks[i].later_every = c->gather || below(c, 2) ? 0 : 2 + (uint32_t)below(c, 5); // who gathers cannot put off
    if (leat_tiny_run_create(run))
        fail_case(c, workers, leat_error_text());
    int end = leat_tiny_run_step(run, &c->random, 100000000);
    if (end)
        fail_case(c, workers, run->wrong[0] ? run->wrong : leat_error_text());
    if (!leat_tiny_run_balances(run, true))
        fail_case(c, workers, run->wrong);
    if (leat_job_commit(run->job))
        fail_case(c, workers, leat_error_text());
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++)
        if (!run->sinks[i].committed || (!c->gather && run->sinks[i].written != run->sinks[i].length))
            fail_case(c, workers, "the sink has not been given everything");
}

// Both runs have written the same, and counted the same at every node.
static void compare_runs(struct tiny_case *c, uint32_t workers, struct leat_tiny_run *one, struct leat_tiny_run *many) {
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++) {
        const char *a, *b;
        size_t a_length = leat_tiny_run_output(one, i, &a), b_length = leat_tiny_run_output(many, i, &b);
        enum leat_tiny_order order = c->shape == LEAT_TINY_FAN && i == 2 ? LEAT_TINY_ORDER_ALL : order_of(c->shape);
        if (!leat_tiny_same_lines(a, a_length, b, b_length, order))
            fail_case(c, workers, "writes other lines than one worker");
    }
    for (uint32_t node = 0; node < c->tiny.graph.node_count; node++) {
        struct leat_account a = leat_job_account(one->job, node), b = leat_job_account(many->job, node);
        if (memcmp(&a, &b, sizeof(a)) != 0)
            fail_case(c, workers, c->tiny.graph.nodes[node].name);
    }
}

static void compare_with_model(struct tiny_case *c, struct leat_tiny_run *run) {
    struct leat_tiny_expected expected;
    const char *bytes;
    leat_tiny_model(&expected, c->shape, &c->options, &c->inputs[0]);
    size_t length = leat_tiny_run_output(run, 0, &bytes);
    if (!leat_tiny_same_lines(expected.text, expected.length, bytes, length, order_of(c->shape)))
        fail_case(c, 1, "writes other lines than the model");
    struct leat_account source = leat_tiny_run_account(run, "source first");
    if (source.in != expected.rows_in)
        fail_case(c, 1, "rows_in");
    if (source.bad != expected.bad)
        fail_case(c, 1, "bad");
    uint64_t late = 0, failed = 0;
    for (uint32_t node = 0; node < c->tiny.graph.node_count; node++) {
        struct leat_account account = leat_job_account(run->job, node);
        late += account.late;
        failed += strcmp(c->tiny.graph.nodes[node].kind, "filter") == 0 ? account.bad : 0;
    }
    if (late != expected.late)
        fail_case(c, 1, "late");
    if (failed != expected.failed)
        fail_case(c, 1, "bad in filters");
    leat_tiny_expected_free(&expected);
}

static void run_cases(enum leat_tiny_shape shape, uint32_t count, uint32_t rows_max) {
    bool single = getenv("LEAT_SEED") != NULL;
    uint64_t first = leat_test_seed(1000 * (uint64_t)shape + 1);
    bool modelled = shape == LEAT_TINY_FILTER || shape == LEAT_TINY_JOIN || shape == LEAT_TINY_TUMBLE || shape == LEAT_TINY_TUMBLE_ALL;
    for (uint32_t i = 0; i < (single ? 1 : leat_test_is_long() ? 100 * count : count); i++) {
        struct tiny_case c;
        struct leat_tiny_run one, many;
        case_open(&c, first + i, shape, rows_max);
        run_case(&c, &one, 1);
        if (modelled)
            compare_with_model(&c, &one);
        uint32_t workers = 2 + (uint32_t)below(&c, 7);
        run_case(&c, &many, workers);
        compare_runs(&c, workers, &one, &many);
        leat_tiny_run_free(&one);
        leat_tiny_run_free(&many);
        case_close(&c);
    }
}

static void filtered_rows_come_in_their_order(void **state) {
    (void)state;
    run_cases(LEAT_TINY_FILTER, 60, 500);
}

static void joined_rows_are_those_of_the_definition(void **state) {
    (void)state;
    run_cases(LEAT_TINY_JOIN, 100, 300);
}

static void windows_hold_the_rows_that_were_not_late(void **state) {
    (void)state;
    run_cases(LEAT_TINY_TUMBLE, 100, 300);
}

static void windows_without_a_key_work_alike(void **state) {
    (void)state;
    run_cases(LEAT_TINY_TUMBLE_ALL, 60, 300);
}

static void windows_behind_a_join_do_not_depend_on_the_schedule(void **state) {
    (void)state;
    run_cases(LEAT_TINY_JOIN_TUMBLE, 100, 400);
}

static void two_inputs_of_one_port_are_taken_by_watermark(void **state) {
    (void)state;
    run_cases(LEAT_TINY_UNION, 100, 300);
}

static void two_inputs_of_one_sink_lose_nothing(void **state) {
    (void)state;
    run_cases(LEAT_TINY_UNION_FILTER, 60, 300);
}

static void two_inputs_are_joined_by_watermark(void **state) {
    (void)state;
    run_cases(LEAT_TINY_TWO_INPUTS, 100, 300);
}

static void one_source_feeds_many(void **state) {
    (void)state;
    run_cases(LEAT_TINY_FAN, 60, 300);
}

static void large_inputs_fill_rings_and_pools(void **state) {
    (void)state;
    for (enum leat_tiny_shape shape = 0; shape < LEAT_TINY_SHAPES; shape++)
        if (shape != LEAT_TINY_JOIN && shape != LEAT_TINY_TUMBLE && shape != LEAT_TINY_TUMBLE_ALL) // the model is too slow for these
            run_cases(shape, 2, 40000);
}

static void accounts_are_exact_between_steps(void **state) {
    (void)state;
    struct tiny_case c;
    struct leat_tiny_run run;
    case_open(&c, 12345, LEAT_TINY_FILTER, 1);
    leat_tiny_input_free(&c.inputs[0]);
    const struct leat_tiny_kind kind = {.rows = 500, .first_v = 1};
    leat_tiny_input_make(&c.inputs[0], &kind, 10, &c.random);
    leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 1, 1, false);
    assert_int_equal(leat_tiny_run_create(&run), 0);
    uint64_t seen = 0;
    for (uint32_t i = 0; !leat_job_is_finished(run.job); i++) {
        assert_true(leat_job_step(run.job, 0) >= 0);
        struct leat_account source = leat_tiny_run_account(&run, "source first"), filter = leat_tiny_run_account(&run, "filter #1");
        assert_int_equal(source.out, filter.in);
        assert_int_equal(filter.out, leat_tiny_run_account(&run, "project #1").in);
        assert_int_equal(source.in, source.out + source.bad);
        seen += source.in > 0 && source.in < 500;
    }
    assert_true(seen > 0);
    assert_int_equal(leat_tiny_run_account(&run, "source first").in, 500);
    leat_tiny_run_free(&run);
    case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filtered_rows_come_in_their_order),
        cmocka_unit_test(joined_rows_are_those_of_the_definition),
        cmocka_unit_test(windows_hold_the_rows_that_were_not_late),
        cmocka_unit_test(windows_without_a_key_work_alike),
        cmocka_unit_test(windows_behind_a_join_do_not_depend_on_the_schedule),
        cmocka_unit_test(two_inputs_of_one_port_are_taken_by_watermark),
        cmocka_unit_test(two_inputs_of_one_sink_lose_nothing),
        cmocka_unit_test(two_inputs_are_joined_by_watermark),
        cmocka_unit_test(one_source_feeds_many),
        cmocka_unit_test(large_inputs_fill_rings_and_pools),
        cmocka_unit_test(accounts_are_exact_between_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
