// Batches of one worker for one producer (a lane or a stage), with the routes by which their rows go to other workers.
//
// A batch leaves as several messages (one per channel and target); each comes home through the return ring of the worker that took it. The
// home worker alone counts, so no counter is shared. A return ring holds all messages that can be out at once: returning never fails.
#ifndef LEAT_ENGINE_RUNTIME_POOL_H
#define LEAT_ENGINE_RUNTIME_POOL_H

#include "engine/runtime/batch.h"
#include "engine/runtime/ring.h"

// Where the rows of a batch go by one channel: grouped by target worker, in their order.
struct leat_route {
    uint16_t *rows;    // LEAT_BATCH_ROWS row numbers, and room for one more
    uint64_t *hash;    // key hash per batch row; NULL where there is no key
    uint16_t *offsets; // workers + 1: target t gets rows[offsets[t]] .. rows[offsets[t + 1] - 1]
    bool dense;        // the first rows of the batch go to one target: `rows` is not written
};

// A pool; see the head of this file. The home worker's but for the return rings' other ends.
struct leat_pool {
    struct leat_budget *budget;
    struct leat_batch **batches;
    uint32_t batch_count;
    struct leat_batch *free;
    struct leat_route *routes; // [batch_count * channel_count]
    uint32_t channel_count;
    uint32_t workers;
    struct leat_ring *returns; // [workers]: from each worker to this one
    void *block;               // one block behind routes
    size_t block_bytes;
    uint32_t home_worker;
};

// What a pool is made of.
struct leat_pool_shape {
    const uint8_t *physical;
    uint32_t column_count;
    bool with_watermark, with_origin;
    uint32_t batch_count;
    uint32_t channel_count;
    uint32_t workers, home_worker;
};

// Makes a pool with all its batches. 0, or -1 with the error set.
int leat_pool_create(struct leat_pool *pool, const struct leat_pool_shape *shape, struct leat_budget *budget);

// Gives everything back; every batch must have come home or be out for ever (a job that failed).
void leat_pool_destroy(struct leat_pool *pool);

// An empty batch, or NULL when all are out. Home worker only.
struct leat_batch *leat_pool_take(struct leat_pool *pool);

// Gives back a batch that has no messages out. Home worker only.
void leat_pool_give(struct leat_pool *pool, struct leat_batch *batch);

// Takes what the return rings hold; returns how many messages came home. Home worker only.
uint32_t leat_pool_collect(struct leat_pool *pool);

// Sends one message of `batch` home from `worker`, which must have taken it from a ring.
void leat_pool_return(struct leat_batch *batch, uint32_t worker);

// The route of a batch for a channel.
static inline struct leat_route *leat_pool_route(const struct leat_pool *pool, const struct leat_batch *batch, uint32_t channel) {
    return &pool->routes[batch->index * pool->channel_count + channel];
}

#endif
