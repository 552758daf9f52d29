#include "engine/runtime/pool.h"

#include "engine/base/assert.h"
#include "engine/runtime/buffer.h"

static int routes_create(struct leat_pool *pool) {
    uint32_t count = pool->batch_count * pool->channel_count;
    size_t rows_bytes = leat_align_up(sizeof(uint16_t) * (LEAT_BATCH_ROWS + 1), LEAT_CACHE_LINE),
           hash_bytes = sizeof(uint64_t) * LEAT_BATCH_ROWS;
    size_t offsets_bytes = leat_align_up(sizeof(uint16_t) * (pool->workers + 1), LEAT_CACHE_LINE);
    size_t each = rows_bytes + hash_bytes + offsets_bytes;
    pool->block_bytes = leat_align_up(sizeof(struct leat_route) * count, LEAT_CACHE_LINE) + each * count;
    if (count == 0) {
        pool->block_bytes = 0;
        return 0;
    }
    char *at = pool->block = leat_memory_zalloc(pool->budget, pool->block_bytes);
    if (!at)
        return -1;
    pool->routes = pool->block;
    at += leat_align_up(sizeof(struct leat_route) * count, LEAT_CACHE_LINE);
    for (uint32_t i = 0; i < count; i++, at += each) {
        pool->routes[i].hash = (uint64_t *)(void *)at;
        pool->routes[i].rows = (uint16_t *)(void *)(at + hash_bytes);
        pool->routes[i].offsets = (uint16_t *)(void *)(at + hash_bytes + rows_bytes);
    }
    return 0;
}

static int returns_create(struct leat_pool *pool) {
    pool->returns = leat_memory_zalloc(pool->budget, sizeof(struct leat_ring) * pool->workers);
    if (!pool->returns)
        return -1;
    uint32_t entries = LEAT_MAX(pool->batch_count * pool->channel_count, 1u);
    for (uint32_t w = 0; w < pool->workers; w++)
        if (leat_ring_create(&pool->returns[w], pool->budget, entries, sizeof(void *)))
            return -1;
    return 0;
}

int leat_pool_create(struct leat_pool *pool, const struct leat_pool_shape *shape, struct leat_budget *budget) {
    *pool = (struct leat_pool){.budget = budget,
                               .batch_count = shape->batch_count,
                               .channel_count = shape->channel_count,
                               .workers = shape->workers,
                               .home_worker = shape->home_worker};
    pool->batches = leat_memory_zalloc(budget, sizeof(struct leat_batch *) * shape->batch_count);
    if (!pool->batches)
        return -1;
    for (uint32_t i = 0; i < shape->batch_count; i++) {
        struct leat_batch *batch =
            leat_batch_create(budget, shape->physical, shape->column_count, shape->with_watermark, shape->with_origin);
        if (!batch)
            return -1;
        batch->home = pool;
        batch->index = i;
        batch->next_free = pool->free;
        pool->batches[i] = pool->free = batch;
    }
    return routes_create(pool) || returns_create(pool) ? -1 : 0;
}

void leat_pool_destroy(struct leat_pool *pool) {
    for (uint32_t i = 0; pool->batches && i < pool->batch_count && pool->batches[i]; i++) {
        leat_buffer_release(pool->batches[i]->buffer);
        pool->batches[i]->buffer = NULL;
        leat_batch_destroy(pool->budget, pool->batches[i]);
    }
    leat_memory_free(pool->budget, pool->batches, sizeof(struct leat_batch *) * pool->batch_count);
    for (uint32_t w = 0; pool->returns && w < pool->workers; w++)
        leat_ring_destroy(&pool->returns[w], pool->budget);
    leat_memory_free(pool->budget, pool->returns, sizeof(struct leat_ring) * pool->workers);
    leat_memory_free(pool->budget, pool->block, pool->block_bytes);
    *pool = (struct leat_pool){0};
}

struct leat_batch *leat_pool_take(struct leat_pool *pool) {
    if (!pool->free)
        leat_pool_collect(pool);
    struct leat_batch *batch = pool->free;
    if (!batch)
        return NULL;
    pool->free = batch->next_free;
    leat_assert(batch->messages_out == 0);
    leat_batch_reset(batch);
    return batch;
}

void leat_pool_give(struct leat_pool *pool, struct leat_batch *batch) {
    leat_assert(batch->home == pool && batch->messages_out == 0);
    leat_buffer_release(batch->buffer);
    batch->buffer = NULL;
    batch->next_free = pool->free;
    pool->free = batch;
}

uint32_t leat_pool_collect(struct leat_pool *pool) {
    uint32_t came_home = 0;
    for (uint32_t w = 0; w < pool->workers; w++) {
        struct leat_batch *batch;
        while ((batch = leat_ring_pop_pointer(&pool->returns[w]))) {
            came_home++;
            leat_assert(batch->messages_out > 0);
            if (--batch->messages_out == 0)
                leat_pool_give(pool, batch);
        }
    }
    return came_home;
}

void leat_pool_return(struct leat_batch *batch, uint32_t worker) {
    bool pushed = leat_ring_push_pointer(&batch->home->returns[worker], batch);
    leat_assert(pushed); // the ring holds every message the pool can have out
}
