// A lane: one split of a source with its own chunk numbers, channels and pools. All workers claim its chunks; each parses what it claimed.
#ifndef LEAT_ENGINE_RUNTIME_LANE_H
#define LEAT_ENGINE_RUNTIME_LANE_H

#include "engine/base/counters.h"
#include "engine/runtime/channel.h"
#include "engine/runtime/dead_letter.h"
#include "engine/runtime/letter_order.h"
#include "engine/runtime/source.h"

// Shared by all workers; immutable but for the atomics and the channels' insides.
struct leat_lane {
    uint32_t index;
    const struct leat_graph_source *plan;
    const struct leat_source_ops *ops;
    void *source;
    struct leat_source_env env;
    int64_t start_watermark_us; // of a restored lane; else LEAT_TIME_MIN
    struct leat_channel *channels;
    uint32_t channel_count;
    bool with_origin;
    struct leat_dead_letters *letters;
    struct leat_turnstile letter_turnstile;
    struct leat_sink_run letter_run;
    _Atomic uint32_t barrier_asked;  // a checkpoint is wanted; taken by whoever claims the next number
    _Atomic uint64_t barrier_offset; // where a restored source goes on; UINT64_MAX while no barrier was taken
};

// What a worker is doing with a lane.
enum leat_lane_phase {
    LEAT_LANE_CLAIM,
    LEAT_LANE_DECODE,
    LEAT_LANE_SEND, // a batch is on its way
    LEAT_LANE_END,  // END(s) is on its way
    LEAT_LANE_ENDED,
};

// A lane in one worker.
struct leat_lane_worker {
    struct leat_lane *lane;
    struct leat_budget budget;
    struct leat_account *account;       // the source's node, this worker's
    struct leat_account letter_account; // dead letters are counted as bad where they are found
    struct leat_sender sender;
    struct leat_buffer_pool buffers;
    void *decoder;
    struct leat_decoded *decoded;
    struct leat_evaluator *evaluator;
    struct leat_eval_errors *errors;
    struct leat_column watermark; // scratch
    uint16_t *rows;               // scratch selection
    struct leat_outbox letter_outbox;
    struct leat_parcel *letters; // of the open chunk
    struct leat_letter_order letter_order;
    struct leat_bad_rows bad; // what expressions report to
    int failed;               // set inside a report
    enum leat_lane_phase phase;
    struct leat_chunk chunk;
    uint32_t chunk_rows;
    int64_t chunk_watermark_us;       // largest so far
    uint32_t flags;                   // of the chunk's END
    bool idle;                        // the last claim found nothing to read
    struct leat_counter bytes;        // parsed
    struct leat_counter watermark_us; // largest seen by this worker, as bits
};

// Makes one worker's part of a lane. 0, or -1 with the error set; leat_lane_worker_destroy in both cases.
int leat_lane_worker_create(struct leat_lane_worker *self, struct leat_lane *lane, const struct leat_sender_shape *shape);

void leat_lane_worker_destroy(struct leat_lane_worker *self); // gives everything back

// Parses and sends one batch, or claims a chunk if it `may_claim`; returns how much was done, or -1 with the error set.
int leat_lane_work(struct leat_lane_worker *self, bool may_claim);

// True when every number has been claimed and everything this worker claimed has left it.
bool leat_lane_worker_is_finished(const struct leat_lane_worker *self);

#endif
