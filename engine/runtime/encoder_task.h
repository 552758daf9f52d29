// The encoding end of a SPREAD channel in one worker: takes batches from any worker, runs the edge's last steps, encodes, and writes in
// ticket order.
#ifndef LEAT_ENGINE_RUNTIME_ENCODER_TASK_H
#define LEAT_ENGINE_RUNTIME_ENCODER_TASK_H

#include "engine/runtime/channel.h"

// One worker's share of encoding for one channel.
struct leat_encoder_task {
    struct leat_channel *channel;
    uint32_t worker, workers;
    struct leat_parking *parking;
    struct leat_budget *budget;
    struct leat_steps steps; // when channel->steps_at_receiver
    void *encoder;           // NULL for a sink that discards
    struct leat_outbox outbox;
    struct leat_message *heads; // [workers]
    uint64_t head_from;         // bit per worker: its head is filled
    uint64_t last_from;         // bit per worker: it has ended
    struct leat_bad_rows *bad;
};

// Takes, encodes and writes; returns how much was done, or -1 with the error set.
int leat_encoder_task_work(struct leat_encoder_task *task);

// True when every producer has ended and everything is written.
bool leat_encoder_task_is_finished(const struct leat_encoder_task *task);

void leat_encoder_task_destroy(struct leat_encoder_task *task); // gives everything back

#endif
