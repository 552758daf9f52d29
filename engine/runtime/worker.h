// A worker: one thread's share of a job. It shares nothing with its peers but the rings.
#ifndef LEAT_ENGINE_RUNTIME_WORKER_H
#define LEAT_ENGINE_RUNTIME_WORKER_H

#include "engine/runtime/encoder_task.h"
#include "engine/runtime/gather.h"
#include "engine/runtime/job.h"

// A node's account as other threads may read it.
struct leat_published_account {
    struct leat_counter in, taken, filtered, late, bad, pending, unmatched, out;
};

// One worker and all that is its own.
struct leat_worker {
    uint32_t index;
    struct leat_job *job;
    struct leat_budget budget;
    struct leat_io *io;
    struct leat_account *accounts;            // by node
    struct leat_published_account *published; // by node
    struct leat_lane_worker *lanes;
    uint32_t lane_count;
    struct leat_stage *stages; // the graph's, then one for each sink that gathers; producers first
    uint32_t stage_count;
    struct leat_encoder_task *encoders;
    uint32_t encoder_count;
    struct leat_bad_rows bad; // for steps behind a stage, where no record's bytes are known
    bool finished;
};

// Does a bounded piece of everything that can go on, in the order that empties the pipeline: encoding, receiving (the last stage first),
// kept sends, parsing. Returns how much was done, or -1 with the error set.
int leat_worker_work(struct leat_worker *worker);

// Works until finished or stopped: spins, yields, then parks when there is nothing to do. 0, or -1 with the error set.
int leat_worker_run(struct leat_worker *worker, struct leat_parking *parking, const _Atomic bool *stop);

// Copies the accounts to where other threads read them.
void leat_worker_publish(struct leat_worker *worker, uint32_t node_count);

#endif
