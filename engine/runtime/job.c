#include "engine/runtime/job_internal.h"

#include "engine/base/arena.h"
#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

uint32_t leat_job_workers(const struct leat_job *job) {
    return job->workers;
}

uint32_t leat_job_node_count(const struct leat_job *job) {
    return job->graph->node_count;
}

const char *leat_job_io_name(const struct leat_job *job) {
    return job->worker[0].io->ops->name;
}

int leat_job_step(struct leat_job *job, uint32_t worker) {
    leat_assert(worker < job->workers);
    int work = leat_worker_work(&job->worker[worker]);
    leat_worker_publish(&job->worker[worker], job->graph->node_count);
    return work;
}

bool leat_job_is_finished(const struct leat_job *job) {
    for (uint32_t w = 0; w < job->workers; w++)
        if (!job->worker[w].finished)
            return false;
    return true;
}

void leat_job_stop(struct leat_job *job) {
    atomic_store_explicit(&job->stop, true, memory_order_seq_cst); // before the wakes: a worker that wakes must see it
    for (uint32_t w = 0; w < job->workers; w++)
        job->worker[w].io->ops->wake(job->worker[w].io);
}

void leat_job_suspend(struct leat_job *job) {
    for (uint32_t i = 0; i < job->lane_count; i++)
        atomic_store_explicit(&job->lanes[i].barrier_asked, 1, memory_order_relaxed); // taken by an exchange in lane.c; says only itself
}

uint64_t leat_job_input_offset(const struct leat_job *job, uint32_t input) {
    return atomic_load_explicit(&job->lanes[input].barrier_offset, memory_order_relaxed); // the workers have been joined
}

int64_t leat_job_input_watermark(const struct leat_job *job, uint32_t input) {
    return job->barrier_watermarks[input];
}

int leat_job_take_snapshot(struct leat_job *job, uint32_t stage, struct leat_snapshot *into) {
    for (uint32_t w = 0; w < job->workers; w++)
        leat_snapshot_move(into, &job->snapshots[stage * job->workers + w]);
    return 0;
}

// Runs in the worker's thread when its instance has met its barrier.
int leat_job_on_snapshot(void *context, uint32_t stage, uint32_t worker, const struct leat_operator_ops *ops, void *state) {
    struct leat_job *job = context;
    if (stage >= job->graph->stage_count)
        return 0; // a sink that gathers keeps nothing
    struct leat_snapshot_writer writer = {.snapshot = &job->snapshots[stage * job->workers + worker]};
    if (ops->snapshot(state, &writer) || leat_snapshot_writer_status(&writer))
        return -1;
    if (worker == 0) { // the inputs that lead here stand at their barriers now
        const struct leat_inlet *inlet = &job->worker[0].stages[stage].inlet;
        for (uint32_t g = 0; g < inlet->group_count; g++)
            if (!inlet->groups[g].from_stage)
                job->barrier_watermarks[job->group_lanes[stage][g]] = inlet->groups[g].watermark_us;
    }
    return 0;
}

struct leat_account leat_job_account(const struct leat_job *job, uint32_t node) {
    struct leat_account sum = {0};
    leat_assert(node < job->graph->node_count);
    for (uint32_t w = 0; w < job->workers; w++) {
        const struct leat_published_account *from = &job->worker[w].published[node];
        sum.in += leat_counter_get(&from->in);
        sum.taken += leat_counter_get(&from->taken);
        sum.filtered += leat_counter_get(&from->filtered);
        sum.late += leat_counter_get(&from->late);
        sum.bad += leat_counter_get(&from->bad);
        sum.pending += leat_counter_get(&from->pending);
        sum.unmatched += leat_counter_get(&from->unmatched);
        sum.out += leat_counter_get(&from->out);
    }
    return sum;
}

struct leat_job_progress leat_job_progress(const struct leat_job *job) {
    struct leat_job_progress progress = {.watermark_us = LEAT_TIME_MIN};
    for (uint32_t i = 0; i < job->lane_count; i++)
        progress.bytes_all += job->lanes[i].ops->size_bytes(job->lanes[i].source);
    for (uint32_t w = 0; w < job->workers; w++)
        for (uint32_t i = 0; i < job->lane_count; i++) {
            progress.bytes_done += leat_counter_get(&job->worker[w].lanes[i].bytes);
            int64_t watermark_us = (int64_t)leat_counter_get(&job->worker[w].lanes[i].watermark_us);
            progress.watermark_us = LEAT_MAX(progress.watermark_us, watermark_us);
        }
    return progress;
}

// The first worker that fails says why; the others stop.
static void keep_error(struct leat_job *job) {
    bool expected = false;
    // Acquire and release: the text is written by the one that wins, and read after all threads have been joined.
    if (atomic_compare_exchange_strong_explicit(&job->failed, &expected, true, memory_order_acq_rel, memory_order_acquire)) {
        job->error_kind = leat_error_kind();
        snprintf(job->error_text, sizeof(job->error_text), "%s", leat_error_text());
    }
    leat_job_stop(job);
}

static void *worker_thread(void *argument) {
    struct leat_worker *worker = argument;
    struct leat_job *job = worker->job;
    bool pinned = job->pin_cpus.count > 0;
    if ((pinned && leat_cpus_pin_self(job->pin_cpus.cpu[worker->index % job->pin_cpus.count])) ||
        leat_worker_run(worker, &job->parking[worker->index], &job->stop))
        keep_error(job);
    leat_worker_publish(worker, job->graph->node_count);
    uint64_t one = 1;
    ssize_t written = write(job->ended_fd, &one, sizeof(one));
    leat_assert(written == sizeof(one)); // far from full
    return NULL;
}

// Waits until `running` workers have ended, calling tick meanwhile.
static void await_workers(struct leat_job *job, uint32_t running) {
    const int tick_ms = 100;
    while (running > 0) {
        struct pollfd ended = {.fd = job->ended_fd, .events = POLLIN};
        int ready = poll(&ended, 1, job->tick ? tick_ms : -1);
        uint64_t count = 0;
        if (ready > 0 && read(job->ended_fd, &count, sizeof(count)) == sizeof(count))
            running -= (uint32_t)count;
        if (job->tick && running > 0)
            job->tick(job->tick_context, job);
    }
}

int leat_job_run(struct leat_job *job) {
    pthread_t threads[LEAT_WORKERS_MAX];
    uint32_t started = 0;
    for (; started < job->workers; started++) {
        int failed = pthread_create(&threads[started], NULL, worker_thread, &job->worker[started]);
        if (failed) {
            leat_error_set(LEAT_ERROR_INTERNAL, "cannot start worker %u: %s", started, strerror(failed));
            keep_error(job);
            break;
        }
    }
    await_workers(job, started);
    for (uint32_t w = 0; w < started; w++) {
        int failed = pthread_join(threads[w], NULL);
        leat_assert(failed == 0);
    }
    // The threads have been joined: whatever they stored is seen.
    if (atomic_load_explicit(&job->failed, memory_order_relaxed))
        return leat_error_set(job->error_kind, "%s", job->error_text);
    return 0;
}

int leat_job_commit(struct leat_job *job) {
    leat_assert(leat_job_is_finished(job) && !job->committed);
    for (uint32_t w = 0; w < job->workers; w++)
        leat_worker_publish(&job->worker[w], job->graph->node_count);
    job->committed = true;
    for (uint32_t i = 0; i < job->graph->sink_count; i++)
        if (job->sinks[i].ops->commit(job->sinks[i].sink))
            return leat_error_append("cannot finish table `%s`", job->graph->sinks[i].table);
    return leat_dead_letters_close(&job->letters);
}
