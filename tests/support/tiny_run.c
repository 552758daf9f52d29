#include "tests/support/tiny_run.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "operators/sinks/encode_json.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>

// Rounds in which every worker was asked and none did anything, after which a job counts as stuck.
#define IDLE_ROUNDS_MAX 50

void leat_tiny_run_prepare(struct leat_tiny_run *run, const struct leat_tiny_graph *tiny, const struct leat_tiny_input *inputs,
                           uint32_t input_count, uint32_t workers, bool gather) {
    *run = (struct leat_tiny_run){.tiny = tiny};
    size_t bytes = 0;
    leat_assert(input_count <= LEAT_TINY_INPUTS && tiny->graph.sink_count <= LEAT_TINY_SINKS);
    for (uint32_t i = 0; i < input_count; i++) {
        leat_memory_source_init(&run->sources[i], inputs[i].text, inputs[i].length, inputs[i].borders, inputs[i].border_count);
        run->inputs[i] = (struct leat_job_input){.source = i % tiny->graph.source_count,
                                                 .ops = &leat_memory_source_ops,
                                                 .path = run->sources[i].path,
                                                 .start_watermark_us = LEAT_TIME_MIN};
        bytes += inputs[i].length;
    }
    for (uint32_t i = 0; i < tiny->graph.sink_count; i++) {
        leat_collect_sink_init(&run->sinks[i], 8 * bytes + 4096);
        run->outputs[i] = (struct leat_job_output){.ops = gather ? &leat_collect_gathering_ops : &leat_collect_placed_ops,
                                                   .encoder = &leat_json_encoder_ops,
                                                   .path = run->sinks[i].path};
    }
    run->options = (struct leat_job_options){.workers = workers,
                                             .pin = LEAT_PIN_NONE,
                                             .io = LEAT_IO_EPOLL,
                                             .chunk_bytes = LEAT_CHUNK_BYTES_MIN,
                                             .inputs = run->inputs,
                                             .input_count = input_count,
                                             .outputs = run->outputs};
}

int leat_tiny_run_create(struct leat_tiny_run *run) {
    return leat_job_create(&run->tiny->graph, &run->options, &run->job);
}

void leat_tiny_run_free(struct leat_tiny_run *run) {
    if (run->job)
        leat_job_destroy(run->job);
    run->job = NULL;
    for (uint32_t i = 0; i < run->tiny->graph.sink_count; i++)
        leat_collect_sink_free(&run->sinks[i]);
    for (uint32_t i = 0; i < LEAT_TINY_INPUTS; i++)
        leat_assert(!run->sources[i].open);
}

struct leat_account leat_tiny_run_account(const struct leat_tiny_run *run, const char *node) {
    return leat_job_account(run->job, leat_tiny_graph_node(run->tiny, node));
}

size_t leat_tiny_run_output(const struct leat_tiny_run *run, uint32_t sink, const char **bytes) {
    *bytes = run->sinks[sink].bytes;
    return (size_t)run->sinks[sink].written;
}

static void wrong(struct leat_tiny_run *run, const char *node, const struct leat_account *a, const char *what) {
    if (!run->wrong[0])
        snprintf(run->wrong, sizeof(run->wrong),
                 "%s: %s: in %" PRIu64 " taken %" PRIu64 " filtered %" PRIu64 " late %" PRIu64 " bad %" PRIu64 " pending %" PRIu64
                 " unmatched %" PRIu64 " out %" PRIu64,
                 node, what, a->in, a->taken, a->filtered, a->late, a->bad, a->pending, a->unmatched, a->out);
}

bool leat_tiny_run_balances(struct leat_tiny_run *run, bool finished) {
    const struct leat_graph *graph = &run->tiny->graph;
    for (uint32_t node = 0; node < graph->node_count; node++) {
        struct leat_account a = leat_job_account(run->job, node);
        if (a.in != a.taken + a.filtered + a.late + a.bad + a.pending)
            wrong(run, graph->nodes[node].name, &a, "does not balance");
        if (finished && a.pending)
            wrong(run, graph->nodes[node].name, &a, "holds rows at the end");
        if (a.unmatched > a.taken)
            wrong(run, graph->nodes[node].name, &a, "more unmatched than taken");
    }
    return !run->wrong[0];
}

int leat_tiny_run_step(struct leat_tiny_run *run, uint64_t *random, uint64_t steps_max) {
    uint32_t workers = leat_job_workers(run->job);
    uint32_t favourite = (uint32_t)leat_test_below(random, workers), idle_rounds = 0;
    for (uint64_t step = 0; step < steps_max; step++) {
        if (leat_job_is_finished(run->job))
            return 0;
        // Some workers are slow for a while, as on a machine that does other things, too.
        if (leat_test_below(random, 50) == 0)
            favourite = (uint32_t)leat_test_below(random, workers);
        uint32_t worker = leat_test_below(random, 3) ? favourite : (uint32_t)leat_test_below(random, workers);
        int work = leat_job_step(run->job, worker);
        if (work < 0)
            return -1;
        if (step % 16 == 0 && !leat_tiny_run_balances(run, false))
            return -1;
        if (work > 0)
            continue;
        uint32_t done = 0;
        for (uint32_t i = 0; i < workers && !done; i++) {
            work = leat_job_step(run->job, i);
            if (work < 0)
                return -1;
            done += (uint32_t)work;
        }
        idle_rounds = done ? 0 : idle_rounds + 1;
        if (idle_rounds > IDLE_ROUNDS_MAX && !leat_job_is_finished(run->job)) {
            snprintf(run->wrong, sizeof(run->wrong), "stuck: no worker has anything to do, and yet it has not finished");
            return -1;
        }
    }
    return leat_job_is_finished(run->job) ? 0 : 1;
}
