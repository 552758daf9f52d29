// Runs plans of tests/support/tiny_graph.h as jobs over memory: worker by worker in a random order, or on threads.
#ifndef LEAT_TESTS_SUPPORT_TINY_RUN_H
#define LEAT_TESTS_SUPPORT_TINY_RUN_H

#include "engine/runtime/job.h"
#include "tests/support/collect_sink.h"
#include "tests/support/memory_source.h"
#include "tests/support/tiny_input.h"

// Most inputs and outputs of one run.
#define LEAT_TINY_INPUTS 3
#define LEAT_TINY_SINKS  3

// A job with what it reads and writes. What stands in options, inputs, sources and sinks may be changed between prepare and create.
struct leat_tiny_run {
    const struct leat_tiny_graph *tiny;
    struct leat_memory_source sources[LEAT_TINY_INPUTS];
    struct leat_collect_sink sinks[LEAT_TINY_SINKS];
    struct leat_job_input inputs[LEAT_TINY_INPUTS];
    struct leat_job_output outputs[LEAT_TINY_SINKS];
    struct leat_job_options options;
    struct leat_job *job;
    char wrong[300]; // the first thing found wrong, empty while all is well
};

// Prepares a run of `workers` workers; `inputs` go to the graph's sources in turn. Sinks gather if told so.
void leat_tiny_run_prepare(struct leat_tiny_run *run, const struct leat_tiny_graph *tiny, const struct leat_tiny_input *inputs,
                           uint32_t input_count, uint32_t workers, bool gather);

// Makes the job. 0, or -1 with the error set.
int leat_tiny_run_create(struct leat_tiny_run *run);

// Gives everything back, the job included where there is one.
void leat_tiny_run_free(struct leat_tiny_run *run);

// Steps the workers in an order drawn from `random` until the job has finished (0), a step fails (-1, error set), or `steps_max` steps are
// done (1). Checks the accounts again and again and that there is progress: otherwise -1 and run->wrong.
int leat_tiny_run_step(struct leat_tiny_run *run, uint64_t *random, uint64_t steps_max);

// Checks that every node's account balances, and where `finished`, that nothing is pending and everything produced has been consumed.
bool leat_tiny_run_balances(struct leat_tiny_run *run, bool finished);

// The sum over the accounts of all nodes of one name.
struct leat_account leat_tiny_run_account(const struct leat_tiny_run *run, const char *node);

// What has been written to a sink.
size_t leat_tiny_run_output(const struct leat_tiny_run *run, uint32_t sink, const char **bytes);

#endif
