// The inside of a job, shared by job.c (running) and job_build.c (building and taking apart).
#ifndef LEAT_ENGINE_RUNTIME_JOB_INTERNAL_H
#define LEAT_ENGINE_RUNTIME_JOB_INTERNAL_H

#include "engine/base/arena.h"
#include "engine/base/error.h"
#include "engine/runtime/worker.h"
#include "engine/state/snapshot.h"

// A job and everything it owns.
struct leat_job {
    // Immutable once built.
    const struct leat_graph *graph;
    struct leat_job_options options;
    struct leat_arena arena;   // fixed structures
    struct leat_budget budget; // rings
    uint32_t workers;
    struct leat_cpus pin_cpus; // empty: not pinned
    struct leat_dead_letters letters;
    struct leat_sink_run *sinks; // [graph->sink_count]
    struct leat_lane *lanes;     // one per input
    uint32_t lane_count;
    struct leat_channel **stage_channels; // [graph->stage_count], each with stage_channel_counts[] channels
    uint32_t *stage_channel_counts;
    struct leat_gather_spec **gathers; // [graph->sink_count]; NULL where the sink does not gather
    uint32_t gather_count;
    uint32_t **group_lanes; // [stage][group]: the lane of an inlet's group
    struct leat_worker *worker;
    struct leat_parking *parking;
    struct leat_snapshot *snapshots; // [stage * workers + worker]
    int64_t *barrier_watermarks;     // [lane]
    void (*tick)(void *context, struct leat_job *job);
    void *tick_context;
    int ended_fd; // counts workers that have ended
    // Written while workers run.
    _Atomic bool stop;   // everybody ends soon; says only itself
    _Atomic bool failed; // whoever sets it writes the two lines below
    enum leat_error_kind error_kind;
    char error_text[8 * LEAT_ERROR_MESSAGE_BYTES];
    bool committed;
};

// A stage's hook for snapshots; context is the job.
int leat_job_on_snapshot(void *context, uint32_t stage, uint32_t worker, const struct leat_operator_ops *ops, void *state);

#endif
