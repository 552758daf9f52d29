// Whole jobs on threads: the output of any number of workers, stops at any moment, and errors of every part.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "operators/sinks/encode_json.h"
#include "tests/support/tiny_case.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void create(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    leat_tiny_run_prepare(run, &c->tiny, c->inputs, c->input_count, workers, c->gather);
    for (uint32_t i = 0; i < c->input_count; i++)
        run->sources[i].none_every = leat_tiny_below(c, 2) ? 0 : 5;
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++)
        run->sinks[i].later_every = c->gather || leat_tiny_below(c, 2) ? 0 : 3;
    run->options.io = leat_tiny_below(c, 2) ? LEAT_IO_AUTO : LEAT_IO_EPOLL;
    run->options.pin = leat_tiny_below(c, 2) ? LEAT_PIN_AUTO : LEAT_PIN_NONE;
    if (leat_tiny_run_create(run))
        leat_tiny_case_fail(c, workers, leat_error_text());
}

static void run_whole(struct leat_tiny_case *c, struct leat_tiny_run *run, uint32_t workers) {
    create(c, run, workers);
    if (leat_job_run(run->job))
        leat_tiny_case_fail(c, workers, leat_error_text());
    if (!leat_job_is_finished(run->job) || leat_job_commit(run->job))
        leat_tiny_case_fail(c, workers, "has not finished, or not committed");
    if (!leat_tiny_run_balances(run, true))
        leat_tiny_case_fail(c, workers, run->wrong);
}

static void run_cases(enum leat_tiny_shape shape, uint32_t count, uint32_t rows_max) {
    static const uint32_t workers[] = {2, 3, 8};
    uint64_t seed = leat_test_seed(200000 + 1000 * (uint64_t)shape);
    for (uint32_t i = 0; i < leat_tiny_case_count(count, true); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run one, many;
        leat_tiny_case_open(&c, seed + i, shape, rows_max, false);
        run_whole(&c, &one, 1);
        for (uint32_t w = 0; w < LEAT_ARRAY_LEN(workers); w++) {
            run_whole(&c, &many, workers[w]);
            leat_tiny_case_same_output(&c, workers[w], &one, &many);
            for (uint32_t node = 0; node < c.tiny.graph.node_count; node++) {
                struct leat_account a = leat_job_account(one.job, node), b = leat_job_account(many.job, node);
                if (memcmp(&a, &b, sizeof(a)) != 0)
                    leat_tiny_case_fail(&c, workers[w], c.tiny.graph.nodes[node].name);
            }
            leat_tiny_run_free(&many);
        }
        leat_tiny_run_free(&one);
        leat_tiny_case_close(&c);
    }
}

static void any_number_of_threads_writes_the_same(void **state) {
    (void)state;
    for (enum leat_tiny_shape shape = 0; shape < LEAT_TINY_SHAPES; shape++)
        run_cases(shape, 5, 400);
}

static void long_inputs_on_threads_write_the_same(void **state) {
    (void)state;
    for (enum leat_tiny_shape shape = 0; shape < LEAT_TINY_SHAPES; shape++)
        run_cases(shape, 1, 20000);
}

// ---- Dead letters ----

static size_t read_file(const char *path, char *bytes, size_t room) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, room, file);
    fclose(file);
    return length;
}

static void dead_letters_are_the_same_for_any_number_of_threads(void **state) {
    (void)state;
    enum { ROOM = 1 << 20 };
    char path[4200], *one = malloc(ROOM), *many = malloc(ROOM);
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%s/leat-test-XXXXXX", base ? base : P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && one && many);
    close(fd);
    for (uint64_t seed = 1; seed < 8; seed++) {
        struct leat_tiny_case c;
        struct leat_tiny_run run;
        size_t length = 0;
        leat_tiny_case_open(&c, seed, LEAT_TINY_FILTER, 3000, false);
        c.tiny.graph.settings.dead_letter_path = path;
        for (uint32_t workers = 1; workers <= 8; workers *= 2) {
            run_whole(&c, &run, workers);
            struct leat_account source = leat_tiny_run_account(&run, "source first"), filter = leat_tiny_run_account(&run, "filter #1");
            leat_tiny_run_free(&run);
            size_t found = read_file(path, workers == 1 ? one : many, ROOM);
            uint64_t lines = 0;
            for (size_t i = 0; i < found; i++)
                lines += (workers == 1 ? one : many)[i] == '\n';
            assert_int_equal(lines, source.bad + filter.bad); // every record that was counted bad can be named
            if (workers == 1)
                length = found;
            else if (found != length || memcmp(one, many, length) != 0)
                leat_tiny_case_fail(&c, workers, "writes other dead letters than one worker");
        }
        leat_tiny_case_close(&c);
    }
    unlink(path);
    free(one);
    free(many);
}

static void a_bad_record_fails_the_job_when_that_is_wanted(void **state) {
    (void)state;
    static const char text[] = "{\"k\":\"a\",\"t\":1000,\"v\":1}\n{\"k\":\"a\",\"t\":oops}\n";
    static const size_t borders[] = {sizeof(text) - 1};
    const struct leat_tiny_options options = {.size_us = 1000, .fail_on_bad_record = true};
    const struct leat_tiny_input input = {
        .text = (char *)(uintptr_t)text, .length = sizeof(text) - 1, .borders = (size_t *)(uintptr_t)borders, .border_count = 1};
    struct leat_tiny_graph tiny;
    struct leat_tiny_run run;
    leat_tiny_graph_make(&tiny, LEAT_TINY_TUMBLE, &options);
    leat_tiny_run_prepare(&run, &tiny, &input, 1, 2, false);
    assert_int_equal(leat_tiny_run_create(&run), 0);
    assert_int_equal(leat_job_run(run.job), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_DATA);
    assert_non_null(strstr(leat_error_text(), "byte 25"));
    assert_non_null(strstr(leat_error_text(), "oops"));
    leat_tiny_run_free(&run);
    assert_true(run.sinks[0].aborted);
    leat_tiny_graph_free(&tiny);
    leat_error_clear();
}

static void a_record_that_is_too_long_is_counted_and_named(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run run;
    leat_tiny_case_open(&c, 3, LEAT_TINY_TUMBLE_ALL, 100, false);
    for (uint32_t workers = 1; workers < 4; workers++) {
        leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 1, workers, false);
        assert_int_equal(leat_tiny_run_create(&run), 0);
        assert_int_equal(leat_job_run(run.job), 0);
        struct leat_account before = leat_tiny_run_account(&run, "source first");
        leat_tiny_run_free(&run);
        leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 1, workers, false);
        run.sources[0].too_long_at = c.inputs[0].rows[c.inputs[0].row_count - 1].at; // the last line
        assert_int_equal(leat_tiny_run_create(&run), 0);
        assert_int_equal(leat_job_run(run.job), 0);
        struct leat_account after = leat_tiny_run_account(&run, "source first");
        assert_int_equal(after.in, before.in);
        assert_int_equal(after.bad, before.bad + 1);
        leat_tiny_run_free(&run);
    }
    leat_tiny_case_close(&c);
}

// ---- Stopping ----

struct stopper {
    struct leat_job *job;
    uint64_t spins;
    _Atomic uint64_t sink;
};

static void *stop_later(void *argument) {
    struct stopper *stopper = argument;
    for (uint64_t i = 0; i < stopper->spins; i++)
        atomic_fetch_add(&stopper->sink, i);
    leat_job_stop(stopper->job);
    return NULL;
}

static void a_job_stops_at_any_moment(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(300000);
    for (uint32_t i = 0; i < leat_tiny_case_count(60, true); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run run;
        leat_tiny_case_open(&c, seed + i, (enum leat_tiny_shape)(i % LEAT_TINY_SHAPES), 5000, false);
        uint32_t workers = 1 + (uint32_t)leat_tiny_below(&c, 8);
        create(&c, &run, workers);
        if (leat_tiny_below(&c, 3) == 0)
            run.sources[0].none_every = 1; // never anything to read: all workers park
        struct stopper stopper = {.job = run.job, .spins = leat_tiny_below(&c, 1u << leat_tiny_below(&c, 20))};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, stop_later, &stopper), 0);
        if (leat_job_run(run.job))
            leat_tiny_case_fail(&c, workers, leat_error_text());
        assert_int_equal(pthread_join(thread, NULL), 0);
        bool finished = leat_job_is_finished(run.job);
        leat_maybe(finished);
        for (uint32_t s = 0; s < c.tiny.graph.sink_count; s++)
            assert_false(run.sinks[s].committed);
        leat_job_destroy(run.job);
        run.job = NULL;
        for (uint32_t s = 0; s < c.tiny.graph.sink_count; s++)
            assert_true(run.sinks[s].aborted);
        leat_tiny_run_free(&run);
        leat_tiny_case_close(&c);
    }
}

static void a_job_stopped_before_it_runs_does_nothing(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run run;
    leat_tiny_case_open(&c, 7, LEAT_TINY_JOIN, 500, false);
    create(&c, &run, 3);
    leat_job_stop(run.job);
    assert_int_equal(leat_job_run(run.job), 0);
    assert_false(leat_job_is_finished(run.job));
    leat_tiny_run_free(&run);
    leat_tiny_case_close(&c);
}

// ---- Errors ----

static _Atomic int64_t encodes_left; // calls of encode until one fails

static int failing_encode(void *encoder, const struct leat_batch *batch, const struct leat_selection *rows, struct leat_bytes *out) {
    if (atomic_fetch_sub(&encodes_left, 1) <= 1)
        return leat_error_set(LEAT_ERROR_DATA, "encoder: told to fail");
    return leat_json_encoder_ops.encode(encoder, batch, rows, out);
}

static _Atomic int64_t pushes_left; // calls of push until one fails
static const struct leat_operator_ops *real_operator;

static enum leat_step failing_push(void *state, uint32_t port, const struct leat_rows *rows) {
    if (atomic_fetch_sub(&pushes_left, 1) <= 1) {
        leat_error_set(LEAT_ERROR_INTERNAL, "operator: told to fail");
        return LEAT_FAILED;
    }
    return real_operator->push(state, port, rows);
}

static enum leat_step failing_advance(void *state, int64_t watermark_us, struct leat_output *output) {
    if (watermark_us > LEAT_TIME_MIN && atomic_fetch_sub(&pushes_left, 1) <= 1) {
        leat_error_set(LEAT_ERROR_INTERNAL, "operator: told to fail");
        return LEAT_FAILED;
    }
    return real_operator->advance(state, watermark_us, output);
}

// Runs a case that something ends with an error, and checks that this error is told and that nothing is left.
static void run_failing(struct leat_tiny_case *c, struct leat_tiny_run *run, const char *error, bool stepped) {
    leat_error_clear();
    int end = stepped ? leat_tiny_run_step(run, &c->random, UINT64_MAX) : leat_job_run(run->job);
    if (run->wrong[0])
        leat_tiny_case_fail(c, run->options.workers, run->wrong);
    if (end == 0 && leat_job_is_finished(run->job)) // the fault was planned behind the end
        return;
    if (end != -1 || !strstr(leat_error_text(), error))
        leat_tiny_case_fail(c, run->options.workers, leat_error_text());
    leat_job_destroy(run->job);
    run->job = NULL;
    for (uint32_t s = 0; s < c->tiny.graph.sink_count; s++)
        if (!run->sinks[s].aborted || run->sinks[s].committed)
            leat_tiny_case_fail(c, run->options.workers, "an output was not removed");
}

enum fault { FAULT_SOURCE, FAULT_SINK, FAULT_ENCODER, FAULT_PUSH, FAULT_ADVANCE, FAULTS };

static void plan_fault(struct leat_tiny_case *c, struct leat_tiny_run *run, enum fault fault) {
    static struct leat_encoder_ops encoder;
    static struct leat_operator_ops failing;
    uint32_t nth = 1 + (uint32_t)leat_tiny_below(c, 6);
    encoder = leat_json_encoder_ops;
    encoder.encode = failing_encode;
    if (fault == FAULT_SOURCE)
        run->sources[0].fail_at = nth - 1;
    if (fault == FAULT_SINK)
        run->sinks[0].fail_at = nth;
    if (fault == FAULT_ENCODER) {
        atomic_store(&encodes_left, nth);
        for (uint32_t s = 0; s < c->tiny.graph.sink_count; s++)
            run->outputs[s].encoder = &encoder;
    }
    if (fault >= FAULT_PUSH && c->tiny.graph.stage_count) {
        uint32_t stage = c->tiny.graph.stage_count - 1;
        atomic_store(&pushes_left, nth);
        real_operator = c->tiny.stages[stage].ops;
        failing = *real_operator;
        if (fault == FAULT_PUSH)
            failing.push = failing_push;
        else
            failing.advance = failing_advance;
        c->tiny.stages[stage].ops = &failing;
    }
}

static void the_first_error_ends_a_job(void **state) {
    (void)state;
    static const char *const texts[FAULTS] = {"memory: told to fail", "collect: told to fail", "encoder: told to fail",
                                              "operator: told to fail", "operator: told to fail"};
    uint64_t seed = leat_test_seed(400000);
    for (uint32_t i = 0; i < leat_tiny_case_count(90, true); i++) {
        struct leat_tiny_case c;
        struct leat_tiny_run run;
        leat_tiny_case_open(&c, seed + i, (enum leat_tiny_shape)(i % LEAT_TINY_SHAPES), 1000, false);
        enum fault fault = (enum fault)leat_tiny_below(&c, FAULTS);
        uint32_t workers = 1 + (uint32_t)leat_tiny_below(&c, 4);
        leat_tiny_run_prepare(&run, &c.tiny, c.inputs, c.input_count, workers, c.gather);
        plan_fault(&c, &run, fault);
        if (leat_tiny_run_create(&run))
            leat_tiny_case_fail(&c, workers, leat_error_text());
        run_failing(&c, &run, texts[fault], leat_tiny_below(&c, 2));
        leat_tiny_run_free(&run);
        leat_tiny_case_close(&c);
    }
}

static void what_cannot_be_opened_is_told_and_the_rest_closed(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run run;
    leat_tiny_case_open(&c, 11, LEAT_TINY_UNION, 50, false);
    leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 2, 2, false);
    run.sources[1].fail_open = true;
    assert_int_equal(leat_tiny_run_create(&run), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NO_INPUT);
    assert_non_null(strstr(leat_error_text(), "second")); // the table
    assert_null(run.job);
    leat_tiny_run_free(&run);
    leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 2, 2, false);
    run.sinks[0].fail_open = true;
    assert_int_equal(leat_tiny_run_create(&run), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_non_null(strstr(leat_error_text(), "out"));
    leat_tiny_run_free(&run);
    leat_tiny_case_close(&c);
    leat_error_clear();
}

static void too_many_workers_are_refused(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run run;
    leat_tiny_case_open(&c, 11, LEAT_TINY_JOIN, 50, false);
    leat_tiny_run_prepare(&run, &c.tiny, c.inputs, 1, LEAT_WORKERS_MAX + 1, false);
    assert_int_equal(leat_tiny_run_create(&run), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_USAGE);
    leat_tiny_run_free(&run);
    leat_tiny_case_close(&c);
    leat_error_clear();
}

static void the_most_workers_there_may_be_work(void **state) {
    (void)state;
    struct leat_tiny_case c;
    struct leat_tiny_run one, many;
    leat_tiny_case_open(&c, 12, LEAT_TINY_JOIN_TUMBLE, 500, false);
    run_whole(&c, &one, 1);
    leat_tiny_run_prepare(&many, &c.tiny, c.inputs, c.input_count, LEAT_WORKERS_MAX, false);
    assert_int_equal(leat_tiny_run_create(&many), 0);
    assert_int_equal(leat_tiny_run_step(&many, &c.random, UINT64_MAX), 0);
    leat_tiny_case_same_output(&c, LEAT_WORKERS_MAX, &one, &many);
    leat_tiny_run_free(&one);
    leat_tiny_run_free(&many);
    leat_tiny_case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_writes_the_same),
        cmocka_unit_test(long_inputs_on_threads_write_the_same),
        cmocka_unit_test(dead_letters_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(a_bad_record_fails_the_job_when_that_is_wanted),
        cmocka_unit_test(a_record_that_is_too_long_is_counted_and_named),
        cmocka_unit_test(a_job_stops_at_any_moment),
        cmocka_unit_test(a_job_stopped_before_it_runs_does_nothing),
        cmocka_unit_test(the_first_error_ends_a_job),
        cmocka_unit_test(what_cannot_be_opened_is_told_and_the_rest_closed),
        cmocka_unit_test(too_many_workers_are_refused),
        cmocka_unit_test(the_most_workers_there_may_be_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
