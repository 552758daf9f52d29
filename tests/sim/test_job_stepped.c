// Whole jobs stepped on one thread: random inputs, cuts, worker numbers and schedules, against a model and against one worker.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/job_internal.h"
#include "tests/support/tiny_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// Runs the case to its end in random steps and leaves the run open.
static void run_case(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    leat_tiny_run_prepare(run, &c->tiny, c->inputs, c->input_count, workers, c->gather);
    for (uint32_t i = 0; i < c->input_count; i++)
        run->sources[i].none_every = leat_tiny_below(c, 2) ? 0 : 2 + (uint32_t)leat_tiny_below(c, 5);
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++)
        run->sinks[i].later_every =
            c->gather || leat_tiny_below(c, 2) ? 0 : 2 + (uint32_t)leat_tiny_below(c, 5); // who gathers cannot put off
    if (leat_tiny_run_create(run))
        leat_tiny_case_fail(c, workers, leat_error_text());
    int end = leat_tiny_run_step(run, &c->random, 100000000);
    if (end)
        leat_tiny_case_fail(c, workers, run->wrong[0] ? run->wrong : leat_error_text());
    if (!leat_tiny_run_balances(run, true))
        leat_tiny_case_fail(c, workers, run->wrong);
    if (leat_job_commit(run->job))
        leat_tiny_case_fail(c, workers, leat_error_text());
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++)
        if (!run->sinks[i].committed || (!c->gather && run->sinks[i].written != run->sinks[i].length))
            leat_tiny_case_fail(c, workers, "the sink has not been given everything");
}

// Both runs have written the same, and counted the same at every node.
static void compare_runs(struct leat_tiny_case *c, uint32_t workers, struct leat_tiny_run *one, struct leat_tiny_run *many) {
    leat_tiny_case_same_output(c, workers, one, many);
    for (uint32_t node = 0; node < c->tiny.graph.node_count; node++) {
        struct leat_account a = leat_job_account(one->job, node), b = leat_job_account(many->job, node);
        if (memcmp(&a, &b, sizeof(a)) != 0)
            leat_tiny_case_fail(c, workers, c->tiny.graph.nodes[node].name);
    }
}

static void compare_with_model(struct leat_tiny_case *c, struct leat_tiny_run *run) {
    struct leat_tiny_expected expected;
    const char *bytes;
    leat_tiny_model(&expected, c->shape, &c->options, c->inputs, c->input_count);
    size_t length = leat_tiny_run_output(run, 0, &bytes);
    if (!leat_tiny_same_lines(expected.text, expected.length, bytes, length, leat_tiny_order_of(c->shape, 0)))
        leat_tiny_case_fail(c, 1, "writes other lines than the model");
    uint64_t rows_in = 0, bad = 0, late = 0, failed = 0;
    for (uint32_t node = 0; node < c->tiny.graph.node_count; node++) {
        struct leat_account account = leat_job_account(run->job, node);
        bool source = strcmp(c->tiny.graph.nodes[node].kind, "source") == 0, filter = strcmp(c->tiny.graph.nodes[node].kind, "filter") == 0;
        rows_in += source ? account.in : 0;
        bad += source ? account.bad : 0;
        late += account.late;
        failed += filter ? account.bad : 0;
    }
    if (rows_in != expected.rows_in)
        leat_tiny_case_fail(c, 1, "rows_in");
    if (bad != expected.bad)
        leat_tiny_case_fail(c, 1, "bad");
    if (late != expected.late)
        leat_tiny_case_fail(c, 1, "late");
    if (failed != expected.failed)
        leat_tiny_case_fail(c, 1, "bad in filters");
    leat_tiny_expected_free(&expected);
}

// What a join hands on is never late for the window behind it: its watermark is behind by the tolerance.
static void check_second_exchange(struct leat_tiny_case *c, struct leat_tiny_run *run) {
    struct leat_account join = leat_tiny_run_account(run, "series_join #1"), tumble = leat_tiny_run_account(run, "window_tumble #1");
    if (join.out != tumble.in || tumble.late != 0)
        leat_tiny_case_fail(c, 1, "the window has not taken every pair");
}

static void run_cases(enum leat_tiny_shape shape, uint32_t count, uint32_t rows_max) {
    uint64_t first = leat_test_seed(1000 * (uint64_t)shape + 1);
    for (uint32_t i = 0; i < leat_tiny_case_count(count, false); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run one, many;
        leat_tiny_case_open(&c, first + i, shape, rows_max, false);
        run_case(&c, &one, 1);
        if (leat_tiny_has_model(shape) && rows_max <= 1000) // it is slow
            compare_with_model(&c, &one);
        if (shape == LEAT_TINY_JOIN_TUMBLE || shape == LEAT_TINY_FAN)
            check_second_exchange(&c, &one);
        uint32_t workers = 2 + (uint32_t)leat_tiny_below(&c, 7);
        run_case(&c, &many, workers);
        compare_runs(&c, workers, &one, &many);
        leat_tiny_run_free(&one);
        leat_tiny_run_free(&many);
        leat_tiny_case_close(&c);
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
        run_cases(shape, 2, 40000);
}

static void a_sink_that_discards_only_counts(void **state) {
    (void)state;
    for (enum leat_tiny_shape shape = 0; shape < LEAT_TINY_SHAPES; shape++) {
        struct leat_tiny_case c;
        struct leat_tiny_run writing, discarding;
        leat_tiny_case_open(&c, 77 + shape, shape, 300, false);
        run_case(&c, &writing, 2);
        leat_tiny_run_prepare(&discarding, &c.tiny, c.inputs, c.input_count, 3, false);
        for (uint32_t i = 0; i < c.tiny.graph.sink_count; i++) {
            discarding.outputs[i].ops = &leat_collect_discarding_ops;
            discarding.outputs[i].encoder = NULL;
        }
        if (leat_tiny_run_create(&discarding) || leat_tiny_run_step(&discarding, &c.random, UINT64_MAX))
            leat_tiny_case_fail(&c, 3, discarding.wrong[0] ? discarding.wrong : leat_error_text());
        for (uint32_t node = 0; node < c.tiny.graph.node_count; node++) {
            struct leat_account a = leat_job_account(writing.job, node), b = leat_job_account(discarding.job, node);
            if (memcmp(&a, &b, sizeof(a)) != 0)
                leat_tiny_case_fail(&c, 3, c.tiny.graph.nodes[node].name);
        }
        leat_tiny_run_free(&writing);
        leat_tiny_run_free(&discarding);
        leat_tiny_case_close(&c);
    }
}

// Steps workers that go to sleep when they find nothing to do, as parked threads do, and are stepped again only when a peer has woken them.
static void run_sleepy(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    bool asleep[LEAT_WORKERS_MAX] = {0};
    for (uint32_t idle = 0; !leat_job_is_finished(run->job);) {
        uint32_t worker = (uint32_t)leat_tiny_below(c, workers), awake = 0;
        struct leat_parking *parking = &run->job->parking[worker];
        asleep[worker] = asleep[worker] && atomic_load(&parking->parked);
        if (!asleep[worker]) {
            bool parks = leat_tiny_below(c, 2);
            if (parks)
                leat_parking_announce(parking);
            int work = leat_job_step(run->job, worker);
            if (work < 0)
                leat_tiny_case_fail(c, workers, leat_error_text());
            asleep[worker] = parks && work == 0 && atomic_load(&parking->parked);
            if (parks && !asleep[worker])
                leat_parking_leave(parking);
        }
        for (uint32_t w = 0; w < workers; w++)
            awake += !asleep[w] || !atomic_load(&run->job->parking[w].parked);
        idle = awake ? 0 : idle + 1;
        if (idle > 10 && !leat_job_is_finished(run->job))
            leat_tiny_case_fail(c, workers, "all workers sleep, and yet it has not finished");
    }
}

// Whoever makes a sleeping worker able to go on must wake it: the time-out of the sleep is a safety net.
static void workers_that_sleep_are_woken_for_all_there_is_to_do(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(500000);
    for (uint32_t i = 0; i < leat_tiny_case_count(150, false); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run run;
        leat_tiny_case_open(&c, seed + i, (enum leat_tiny_shape)(i % LEAT_TINY_SHAPES), i % 10 ? 300 : 30000, false);
        uint32_t workers = 2 + (uint32_t)leat_tiny_below(&c, 7);
        leat_tiny_run_prepare(&run, &c.tiny, c.inputs, c.input_count, workers, c.gather);
        if (leat_tiny_run_create(&run))
            leat_tiny_case_fail(&c, workers, leat_error_text());
        run_sleepy(&c, &run, workers);
        if (!leat_tiny_run_balances(&run, true))
            leat_tiny_case_fail(&c, workers, run.wrong);
        leat_tiny_run_free(&run);
        leat_tiny_case_close(&c);
    }
}

static void accounts_are_exact_between_steps(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run run;
    leat_tiny_case_open(&c, 12345, LEAT_TINY_FILTER, 1, false);
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
    leat_tiny_case_close(&c);
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
        cmocka_unit_test(a_sink_that_discards_only_counts),
        cmocka_unit_test(workers_that_sleep_are_woken_for_all_there_is_to_do),
        cmocka_unit_test(accounts_are_exact_between_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
