#include "engine/runtime/worker.h"

#include "engine/base/assert.h"

#include <sched.h>

// Empty rounds before the worker yields its CPU; with more workers than CPUs spinning takes time from the peer that has the work.
#define SPIN_ROUNDS 64

// Empty rounds before it parks. Waking a parked peer costs a call, and tens of microseconds where the CPU has gone to sleep in a virtual
// machine, so a worker in the thick of work waits longer for its peers; one that is woken now and then for a row parks soon.
#define PATIENCE_MIN      80
#define PATIENCE_MAX      2000
#define PATIENCE_PER_WORK 16

// Rounds with work between two publications of the accounts.
#define PUBLISH_ROUNDS 16

// Longest sleep: a safety net, not a mechanism (every message wakes).
#define PARK_NS UINT64_C(500000000)

static void check_finished(struct leat_worker *worker) {
    for (uint32_t i = 0; i < worker->lane_count; i++)
        if (!leat_lane_worker_is_finished(&worker->lanes[i]))
            return;
    for (uint32_t i = 0; i < worker->stage_count; i++)
        if (worker->stages[i].phase != LEAT_STAGE_FINISHED)
            return;
    for (uint32_t i = 0; i < worker->encoder_count; i++)
        if (!leat_encoder_task_is_finished(&worker->encoders[i]))
            return;
    worker->finished = true;
}

int leat_worker_work(struct leat_worker *worker) {
    int total = 0;
    for (uint32_t i = 0; i < worker->encoder_count; i++) {
        int work = leat_encoder_task_work(&worker->encoders[i]);
        if (work < 0)
            return -1;
        total += work;
    }
    for (uint32_t i = worker->stage_count; i-- > 0;) {
        int work = leat_stage_work(&worker->stages[i]);
        if (work < 0)
            return -1;
        total += work;
    }
    // A chunk begun is parsed to its end, since others wait for it. A further one is claimed only by a worker that has nothing else to do:
    // so the owner of a hot key joins, and the others parse for it.
    bool may_claim = total == 0;
    for (uint32_t i = 0; i < worker->lane_count; i++) {
        int work = leat_lane_work(&worker->lanes[i], may_claim);
        if (work < 0)
            return -1;
        total += work;
    }
    if (total == 0)
        check_finished(worker);
    return total;
}

void leat_worker_publish(struct leat_worker *worker, uint32_t node_count) {
    for (uint32_t i = 0; i < node_count; i++) {
        const struct leat_account *from = &worker->accounts[i];
        struct leat_published_account *to = &worker->published[i];
        leat_counter_set(&to->in, from->in);
        leat_counter_set(&to->taken, from->taken);
        leat_counter_set(&to->filtered, from->filtered);
        leat_counter_set(&to->late, from->late);
        leat_counter_set(&to->bad, from->bad);
        leat_counter_set(&to->pending, from->pending);
        leat_counter_set(&to->unmatched, from->unmatched);
        leat_counter_set(&to->out, from->out);
    }
}

// Asks that the sleep end when an output takes bytes again. 0, or -1 with the error set.
static int watch_outputs(struct leat_worker *worker) {
    for (uint32_t i = 0; i < worker->stage_count; i++) {
        const struct leat_stage *stage = &worker->stages[i];
        int fd = stage->ops->wait_fd ? stage->ops->wait_fd(stage->state) : -1;
        if (fd >= 0 && worker->io->ops->watch(worker->io, fd))
            return -1;
    }
    return 0;
}

// Sleeps until a peer, an input, an output or the clock calls.
static int park(struct leat_worker *worker, struct leat_parking *parking, const _Atomic bool *stop) {
    leat_parking_announce(parking);
    int work = leat_worker_work(worker); // the look around that the announcement asks for
    uint64_t sleep_ns = PARK_NS;
    for (uint32_t i = 0; work == 0 && i < worker->lane_count; i++) {
        const struct leat_lane_worker *lane = &worker->lanes[i];
        if (!lane->idle)
            continue;
        int fd = lane->lane->ops->wait_fd(lane->lane->source);
        if (fd >= 0 && worker->io->ops->watch(worker->io, fd))
            work = -1;
        sleep_ns = LEAT_MIN(sleep_ns, lane->lane->ops->wait_ns(lane->lane->source));
    }
    if (work == 0 && watch_outputs(worker))
        work = -1;
    // Relaxed: a stop that is missed here finds the announcement, and wakes.
    if (work == 0 && !worker->finished && !atomic_load_explicit(stop, memory_order_relaxed))
        worker->io->ops->wait(worker->io, sleep_ns);
    leat_parking_leave(parking);
    return work;
}

// `stop` publishes nothing but itself.
int leat_worker_run(struct leat_worker *worker, struct leat_parking *parking, const _Atomic bool *stop) {
    uint32_t empty_rounds = 0, rounds = 0, patience = PATIENCE_MIN;
    // Relaxed: the flag says only itself.
    while (!worker->finished && !atomic_load_explicit(stop, memory_order_relaxed)) {
        int work = leat_worker_work(worker);
        if (work < 0)
            return -1;
        if (work > 0) {
            empty_rounds = 0;
            patience = LEAT_MIN(patience + PATIENCE_PER_WORK, PATIENCE_MAX);
            if (++rounds % PUBLISH_ROUNDS == 0)
                leat_worker_publish(worker, leat_job_node_count(worker->job));
            continue;
        }
        empty_rounds++;
        if (empty_rounds < SPIN_ROUNDS) {
            __builtin_ia32_pause();
        } else if (empty_rounds < patience) {
            sched_yield();
        } else {
            leat_worker_publish(worker, leat_job_node_count(worker->job));
            patience = PATIENCE_MIN;
            work = park(worker, parking, stop);
            if (work < 0)
                return -1;
            empty_rounds = work > 0 ? 0 : SPIN_ROUNDS;
        }
    }
    return 0;
}
