// A job: a physical plan bound to its inputs and outputs, and the workers that run it.
//
// The same worker code runs on one thread a worker (leat_job_run), or is stepped by its caller on one thread, worker by worker in any order
// (leat_job_step): that is how tests run seeded schedules.
#ifndef LEAT_ENGINE_RUNTIME_JOB_H
#define LEAT_ENGINE_RUNTIME_JOB_H

#include "engine/base/topology.h"
#include "engine/runtime/lane.h"
#include "engine/runtime/stage.h"

struct leat_job;
struct leat_snapshot;

// One split that is read. Several may belong to one source; their order decides ties between equal watermarks.
struct leat_job_input {
    uint32_t source; // of the graph
    const struct leat_source_ops *ops;
    const char *path;
    uint64_t start_offset;      // 0, or what leat_job_input_offset told of the run that is gone on with
    int64_t start_watermark_us; // LEAT_TIME_MIN, or likewise
};

// Where a table that is written goes; one per sink of the graph, in that order.
struct leat_job_output {
    const struct leat_sink_ops *ops;
    const struct leat_encoder_ops *encoder; // NULL for a sink that discards
    const char *path;                       // of --to, or NULL
};

// Whether workers are bound to CPUs.
enum leat_pin { LEAT_PIN_AUTO, LEAT_PIN_NONE, LEAT_PIN_LIST };

// How a job runs. What is zero has its default; all of it must live as long as the job.
struct leat_job_options {
    uint32_t workers; // 0: one per allowed CPU
    enum leat_pin pin;
    struct leat_cpus pin_cpus; // LEAT_PIN_LIST
    enum leat_io_kind io;
    size_t chunk_bytes;                // 0: LEAT_CHUNK_BYTES_DEFAULT
    uint64_t rate_per_second;          // per input; 0: as fast as can be
    uint64_t limit;                    // records per input; 0: all
    bool sync;                         // fsync outputs before they become visible
    const struct leat_file_ops *files; // NULL: the system's
    struct leat_clock *clock;          // NULL: the system's
    const struct leat_job_input *inputs;
    uint32_t input_count;
    const struct leat_job_output *outputs;             // [graph->sink_count]
    const struct leat_snapshot *restore;               // [graph->stage_count], or NULL
    void (*tick)(void *context, struct leat_job *job); // called by leat_job_run's thread about ten times a second, or NULL
    void *tick_context;
};

// Bytes of a chunk when nothing else is said: as measured (docs/BENCHMARKS.md).
#define LEAT_CHUNK_BYTES_DEFAULT ((size_t)256 << 10)

// Binds a plan. Opens inputs and outputs. 0, or -1 with the error set (nothing is left open then).
int leat_job_create(const struct leat_graph *graph, const struct leat_job_options *options, struct leat_job **job);

// Closes everything and gives the memory back; outputs that were not committed are removed. No worker may be running.
void leat_job_destroy(struct leat_job *job);

// Runs all workers on threads of their own until the end of all inputs, an error (-1, error set), or leat_job_stop (0; leat_job_is_finished
// is false).
int leat_job_run(struct leat_job *job);

// Does one bounded piece of work of one worker on the calling thread; returns how much, or -1 with the error set.
int leat_job_step(struct leat_job *job, uint32_t worker);

// True when every worker has done all it ever will. Between steps, or after leat_job_run.
bool leat_job_is_finished(const struct leat_job *job);

// Makes the outputs visible. After the job has finished. 0, or -1 with the error set.
int leat_job_commit(struct leat_job *job);

// Asks all workers to stop where they are. Any thread; async-signal-safe.
void leat_job_stop(struct leat_job *job);

// Asks for a checkpoint barrier in every input; the job takes it at the next claims. Every stage instance snapshots when it meets the
// barrier, and what comes behind it is dropped: the snapshot and the inputs' offsets are where another job goes on.
void leat_job_suspend(struct leat_job *job);

// Where an input goes on after a suspension: the border of the chunk that carried the barrier; UINT64_MAX if it ended before.
uint64_t leat_job_input_offset(const struct leat_job *job, uint32_t input);

// The watermark of an input at its barrier, as the stages saw it; after the job has finished. LEAT_TIME_MAX if the input ended before.
int64_t leat_job_input_watermark(const struct leat_job *job, uint32_t input);

// The state that the stages snapshot at the barrier; [stage], moved out to the caller, who frees them.
int leat_job_take_snapshot(struct leat_job *job, uint32_t stage, struct leat_snapshot *into);

// Sum of a node's accounts over all workers. While threads run the numbers may be a moment old and need not balance; between steps they
// are exact.
struct leat_account leat_job_account(const struct leat_job *job, uint32_t node);

// How far it is, for a progress line.
struct leat_job_progress {
    uint64_t bytes_done;
    uint64_t bytes_all;   // 0 when unknown
    int64_t watermark_us; // largest that any worker has seen; LEAT_TIME_MIN when none
};

// Any thread, while workers run.
struct leat_job_progress leat_job_progress(const struct leat_job *job);

uint32_t leat_job_workers(const struct leat_job *job);    // how many there are
uint32_t leat_job_node_count(const struct leat_job *job); // of the graph
const char *leat_job_io_name(const struct leat_job *job); // "uring" or "epoll"

#endif
