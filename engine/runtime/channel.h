// The run-time side of an edge: the rings by which rows travel, and the sender that a lane or a stage puts its batches into.
#ifndef LEAT_ENGINE_RUNTIME_CHANNEL_H
#define LEAT_ENGINE_RUNTIME_CHANNEL_H

#include "engine/runtime/outbox.h"
#include "engine/runtime/parking.h"
#include "engine/runtime/pool.h"
#include "engine/runtime/steps.h"

// How rows find their worker.
enum leat_channel_kind {
    LEAT_CHANNEL_KEYED,  // to a stage: rows go to the owner of their key (no key: all to one); to a sink that gathers: to worker 0
    LEAT_CHANNEL_SPREAD, // from a stage to a sink: whole batches go to whichever worker has the least to encode
    LEAT_CHANNEL_LOCAL,  // from a lane to a sink: encoded by the worker that parsed
};

// One edge from one producer (a lane or a stage), shared by all workers. Immutable but for rings and turnstile.
struct leat_channel {
    const struct leat_graph_edge *edge;
    enum leat_channel_kind kind;
    bool steps_at_receiver;          // SPREAD that is its producer's only channel: the encoder runs the steps
    struct leat_ring *rings;         // [from * workers + to]; NULL for LOCAL
    struct leat_turnstile turnstile; // SPREAD and LOCAL
    const struct leat_sink_run *sink;
    const struct leat_encoder_ops *encoder;
};

// What one worker needs to send by one channel.
struct leat_channel_sender {
    struct leat_channel *channel;
    struct leat_steps steps;         // run at the sender
    struct leat_selection selection; // of the batch that is being put: what the steps have left
    uint32_t hash_like;              // KEYED: the first channel that has the same key, from columns that no step writes; or itself
    struct leat_outbox outbox;       // LOCAL
    struct leat_parcel *parcel;      // LOCAL: the open chunk's output
    void *encoder;                   // LOCAL
};

// The sending end of a producer in one worker. Sends one batch at a time, target by target; where a ring is full it stops and goes on there
// later.
struct leat_sender {
    struct leat_pool pool;
    struct leat_channel_sender *channels;
    uint32_t channel_count;
    uint32_t worker, workers;
    struct leat_parking *parking; // [workers]
    struct leat_budget *budget;
    // What is on its way.
    struct leat_batch *batch; // or NULL
    bool ending;
    struct leat_message message; // the number of the batch, or the END
    uint32_t channel, target;    // where to go on
    uint32_t spread_next;        // SPREAD: the worker to try first
};

// What makes a sender.
struct leat_sender_shape {
    const struct leat_graph_layout *layout;
    bool with_watermark, with_origin;
    uint32_t batch_count;
    struct leat_channel *channels; // the producer's, [channel_count]
    uint32_t channel_count;
    uint32_t worker, workers;
    struct leat_parking *parking;
    struct leat_account *accounts; // this worker's, by node
};

// 0, or -1 with the error set; leat_sender_destroy in both cases.
int leat_sender_create(struct leat_sender *sender, const struct leat_sender_shape *shape, struct leat_budget *budget);

void leat_sender_destroy(struct leat_sender *sender); // gives everything back; no other worker may be running

// True when a batch or an END is still on its way.
static inline bool leat_sender_is_busy(const struct leat_sender *sender) {
    return sender->batch != NULL || sender->ending;
}

// Runs every channel's steps on the batch (all rows of `selection`), finds out where each row goes, encodes for LOCAL channels, and starts
// to send. Only when not busy. LEAT_DONE (sent or on its way: see leat_sender_go) or LEAT_FAILED.
enum leat_step leat_sender_put(struct leat_sender *sender, struct leat_batch *batch, struct leat_selection selection, uint64_t number,
                               struct leat_bad_rows *bad);

// Starts to send END(number) with these flags to every target of every channel (SPREAD: only LAST), and closes the chunk's LOCAL output.
enum leat_step leat_sender_end(struct leat_sender *sender, uint64_t number, int64_t watermark_us, uint32_t flags);

// Goes on sending. LEAT_DONE when nothing is on its way any more, LEAT_FULL when a ring is full. *work grows by the messages sent.
enum leat_step leat_sender_go(struct leat_sender *sender, uint32_t *work);

// Writes LOCAL output whose turn has come. -1 with the error set; *held is how many parcels wait for their turn at the fullest channel.
int leat_sender_flush_outboxes(struct leat_sender *sender, uint32_t *held, uint32_t *work);

#endif
