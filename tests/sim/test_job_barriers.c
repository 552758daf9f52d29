// Jobs suspended at a random step and gone on with by another number of workers: both halves together are the unbroken run.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/state/snapshot.h"
#include "tests/support/tiny_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define STAGES_MAX 2

static void finish(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    if (leat_tiny_run_step(run, &c->random, UINT64_MAX))
        leat_tiny_case_fail(c, workers, run->wrong[0] ? run->wrong : leat_error_text());
    if (!leat_tiny_run_balances(run, false) || leat_job_commit(run->job))
        leat_tiny_case_fail(c, workers, run->wrong[0] ? run->wrong : leat_error_text());
}

static void open_run(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    leat_tiny_run_prepare(run, &c->tiny, c->inputs, c->input_count, workers, c->gather);
    for (uint32_t i = 0; i < c->input_count; i++)
        run->sources[i].none_every = leat_tiny_below(c, 2) ? 0 : 3;
}

static void create(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    if (leat_tiny_run_create(run))
        leat_tiny_case_fail(c, workers, leat_error_text());
}

// Writes what `second` has written behind what `first` has.
static void append_output(struct leat_tiny_run *first, const struct leat_tiny_run *second) {
    for (uint32_t i = 0; i < first->tiny->graph.sink_count; i++) {
        const char *bytes;
        size_t length = leat_tiny_run_output(second, i, &bytes);
        struct leat_collect_sink *sink = &first->sinks[i];
        if (sink->written + length > sink->capacity) {
            print_message("the two halves together are far more than the whole\n");
            length = sink->capacity - sink->written;
        }
        memcpy(sink->bytes + sink->written, bytes, length);
        sink->written += length;
    }
}

// Runs the case with a suspension after `steps` steps.
static void run_broken(struct leat_tiny_case *c, struct leat_tiny_run *first, struct leat_tiny_run *second, uint64_t steps) {
    uint32_t before = 1 + (uint32_t)leat_tiny_below(c, 8), after = 1 + (uint32_t)leat_tiny_below(c, 8);
    struct leat_snapshot snapshots[STAGES_MAX] = {0};
    open_run(c, first, before);
    create(c, first, before);
    if (leat_tiny_run_step(first, &c->random, steps) < 0)
        leat_tiny_case_fail(c, before, first->wrong[0] ? first->wrong : leat_error_text());
    leat_job_suspend(first->job);
    finish(c, first, before);
    open_run(c, second, after);
    for (uint32_t s = 0; s < c->tiny.graph.stage_count; s++)
        leat_job_take_snapshot(first->job, s, &snapshots[s]);
    for (uint32_t i = 0; i < c->input_count; i++) {
        uint64_t offset = leat_job_input_offset(first->job, i);
        second->inputs[i].start_offset = offset == UINT64_MAX ? c->inputs[i].length : offset;
        second->inputs[i].start_watermark_us = leat_job_input_watermark(first->job, i);
        if (offset > c->inputs[i].length && offset != UINT64_MAX)
            leat_tiny_case_fail(c, before, "an offset behind the end");
    }
    second->options.restore = snapshots;
    create(c, second, after);
    finish(c, second, after);
    if (!leat_tiny_run_balances(second, true))
        leat_tiny_case_fail(c, after, second->wrong);
    append_output(first, second);
    for (uint32_t s = 0; s < c->tiny.graph.stage_count; s++)
        leat_snapshot_free(&snapshots[s]);
}

static void run_cases(enum leat_tiny_shape shape, uint32_t count) {
    uint64_t seed = leat_test_seed(100000 + 1000 * (uint64_t)shape);
    for (uint32_t i = 0; i < leat_tiny_case_count(count, false); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run whole, first, second;
        leat_tiny_case_open(&c, seed + i, shape, 300, true);
        open_run(&c, &whole, 1);
        create(&c, &whole, 1);
        finish(&c, &whole, 1);
        run_broken(&c, &first, &second, leat_tiny_below(&c, leat_tiny_below(&c, 2) ? 20 : 200));
        leat_tiny_case_same_output(&c, 0, &whole, &first);
        leat_tiny_run_free(&whole);
        leat_tiny_run_free(&first);
        leat_tiny_run_free(&second);
        leat_tiny_case_close(&c);
    }
}

static void a_filter_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_FILTER, 100);
}

static void a_series_join_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_JOIN, 150);
}

static void a_window_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_TUMBLE, 100);
}

static void a_window_without_a_key_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_TUMBLE_ALL, 50);
}

static void a_window_behind_a_join_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_JOIN_TUMBLE, 150);
}

static void two_inputs_go_on_where_they_were_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_UNION, 100);
    run_cases(LEAT_TINY_TWO_INPUTS, 100);
}

static void two_filters_go_on_where_they_were_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_UNION_FILTER, 50);
}

static void all_that_one_source_feeds_goes_on_where_it_was_suspended(void **state) {
    (void)state;
    run_cases(LEAT_TINY_FAN, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_join_goes_on_where_it_was_suspended),
        cmocka_unit_test(a_window_goes_on_where_it_was_suspended),
        cmocka_unit_test(a_window_without_a_key_goes_on_where_it_was_suspended),
        cmocka_unit_test(a_window_behind_a_join_goes_on_where_it_was_suspended),
        cmocka_unit_test(two_inputs_go_on_where_they_were_suspended),
        cmocka_unit_test(a_filter_goes_on_where_it_was_suspended),
        cmocka_unit_test(two_filters_go_on_where_they_were_suspended),
        cmocka_unit_test(all_that_one_source_feeds_goes_on_where_it_was_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
