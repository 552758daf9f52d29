// The memory of whole jobs: nothing is asked for once they run, whatever fails is given back, and a failure is told.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "tests/support/tiny_case.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

// A long, even input: the second half asks for nothing that the first has not.
static void make_even(struct leat_tiny_case *c, enum leat_tiny_shape shape, uint32_t rows) {
    leat_tiny_case_open(c, 31, shape, 1, false);
    c->options = (struct leat_tiny_options){
        .delay_us = 50000, .tolerance_us = 20000, .size_us = 100000, .compute = true, .dead_letter_path = "/dev/null"};
    leat_tiny_graph_free(&c->tiny);
    leat_tiny_graph_make(&c->tiny, shape, &c->options);
    for (uint32_t i = 0; i < c->input_count; i++) {
        const struct leat_tiny_kind kind = {
            .rows = rows, .skew_percent = 50, .step_ms = 10, .jitter_ms = 60, .odd_percent = 2, .first_v = 1 + 1000000 * (int64_t)i};
        leat_tiny_input_free(&c->inputs[i]);
        leat_tiny_input_make(&c->inputs[i], &kind, 100, &c->random);
        for (uint32_t b = 0; b < 100; b++)
            c->inputs[i].borders[b] = c->inputs[i].length / 100 * (b + 1);
        c->inputs[i].borders[99] = c->inputs[i].length;
    }
}

static void nothing_is_asked_for_once_a_job_runs(void **state) {
    (void)state;
    const uint32_t rows = 40000;
    for (enum leat_tiny_shape shape = 0; shape < LEAT_TINY_SHAPES; shape++)
        for (uint32_t gather = 0; gather < 2; gather++) {
            struct leat_tiny_case c;
            struct leat_tiny_run run;
            uint64_t at_half = 0;
            make_even(&c, shape, rows);
            leat_tiny_run_prepare(&run, &c.tiny, c.inputs, c.input_count, 3, gather);
            assert_int_equal(leat_tiny_run_create(&run), 0);
            while (!leat_job_is_finished(run.job)) {
                for (uint32_t w = 0; w < 3; w++)
                    assert_true(leat_job_step(run.job, w) >= 0);
                if (at_half == 0 && leat_tiny_run_account(&run, "source first").in >= rows / 2)
                    at_half = leat_memory_calls();
            }
            uint64_t later = leat_memory_calls() - at_half;
            // Outputs longer than any before may still come, a worker may claim its first chunk late, and windows give pages of texts back
            // and ask for them again.
            bool windows =
                shape != LEAT_TINY_FILTER && shape != LEAT_TINY_UNION_FILTER && shape != LEAT_TINY_JOIN && shape != LEAT_TINY_TWO_INPUTS;
            uint64_t enough = windows ? rows / 100 : 24;
            if (later > enough)
                print_message("shape %s: %" PRIu64 " calls in the second half\n", leat_tiny_shape_name(shape), later);
            assert_true(later <= enough);
            leat_tiny_run_free(&run);
            leat_tiny_case_close(&c);
        }
}

// What a child process tells of its run.
struct told {
    bool created, done;
};

// Runs a case in which the nth call to the allocator fails. Ends the process by itself only while the job is made: plans and what is fixed
// come from arenas, without which a process cannot go on.
static void run_failing(struct leat_tiny_case *c, bool gather, uint64_t fail_at, struct told *told) {
    struct leat_tiny_run run, whole;
    leat_tiny_run_prepare(&run, &c->tiny, c->inputs, c->input_count, 2, gather);
    leat_error_clear();
    leat_memory_fail_at(fail_at);
    uint64_t before = leat_memory_calls();
    int saved = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY); // hundreds of processes say the same
    assert_true(saved >= 0 && nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0);
    int end = leat_tiny_run_create(&run);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    close(nowhere);
    told->created = true;
    if (end == 0)
        end = leat_tiny_run_step(&run, &c->random, UINT64_MAX);
    told->done = leat_memory_calls() - before < fail_at;
    leat_memory_fail_at(0);
    if (run.wrong[0])
        leat_tiny_case_fail(c, 2, run.wrong);
    if (end != 0 && leat_error_kind() != LEAT_ERROR_INTERNAL)
        leat_tiny_case_fail(c, 2, "fails without saying that memory ran out");
    if (end == 0 && !told->done) { // a failure that was survived must not have changed the output
        leat_tiny_run_prepare(&whole, &c->tiny, c->inputs, c->input_count, 1, gather);
        assert_int_equal(leat_tiny_run_create(&whole), 0);
        assert_int_equal(leat_tiny_run_step(&whole, &c->random, UINT64_MAX), 0);
        leat_tiny_case_same_output(c, 2, &whole, &run);
        leat_tiny_run_free(&whole);
    }
    leat_tiny_run_free(&run); // asserts that all budgets are empty
}

// Fails every `stride`th call in turn, each in a process of its own, until a run needs fewer calls; all of them with LEAT_LONG.
static void run_with_failures(enum leat_tiny_shape shape, bool gather, uint64_t stride) {
    struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(told != MAP_FAILED);
    struct leat_tiny_case c;
    leat_tiny_case_open(&c, 42, shape, 60, false);
    uint64_t fail_at = 1;
    for (told->done = false; !told->done; fail_at += leat_test_is_long() ? 1 : stride) {
        told->created = false;
        fflush(NULL); // or the child writes it once more
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            run_failing(&c, gather, fail_at, told);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        bool by_arena = !told->created && WIFEXITED(status) && WEXITSTATUS(status) == LEAT_ERROR_INTERNAL;
        if (!by_arena && status != 0)
            leat_tiny_case_fail(&c, 2, "does not survive a failing call to the allocator");
        assert_true(fail_at < 100000);
    }
    assert_true(fail_at > 20);
    leat_tiny_case_close(&c);
    munmap(told, sizeof(*told));
}

static void a_failing_allocation_ends_a_job_cleanly(void **state) {
    (void)state;
    run_with_failures(LEAT_TINY_FILTER, false, 1);
    run_with_failures(LEAT_TINY_UNION, false, 3);
    run_with_failures(LEAT_TINY_FAN, false, 5);
}

static void a_failing_allocation_ends_a_gathering_job_cleanly(void **state) {
    (void)state;
    run_with_failures(LEAT_TINY_FILTER, true, 1);
    run_with_failures(LEAT_TINY_JOIN, true, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_for_once_a_job_runs),
        cmocka_unit_test(a_failing_allocation_ends_a_job_cleanly),
        cmocka_unit_test(a_failing_allocation_ends_a_gathering_job_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
