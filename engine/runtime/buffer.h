// Input buffers: bytes read from a source that the texts of batches point into. A worker's own; counted, not shared between threads,
// because batches come home before they let go of their buffer.
#ifndef LEAT_ENGINE_RUNTIME_BUFFER_H
#define LEAT_ENGINE_RUNTIME_BUFFER_H

#include "engine/base/memory.h"

struct leat_buffer_pool;

// One buffer; `bytes` of it are usable, with LEAT_INPUT_PADDING readable bytes behind them.
struct leat_buffer {
    char *data;
    size_t bytes;
    uint32_t references;
    struct leat_buffer_pool *home;
    struct leat_buffer *next_free;
};

// Buffers of one worker for one source; at most `count_max` exist at a time.
struct leat_buffer_pool {
    struct leat_budget *budget;
    struct leat_buffer *free;
    uint32_t count;
    uint32_t count_max;
};

// A buffer of at least `bytes` with one reference, or NULL: with the error stack set when memory ran out, empty when all count_max are in
// use.
struct leat_buffer *leat_buffer_take(struct leat_buffer_pool *pool, size_t bytes);

// Makes the buffer hold at least `bytes`, keeping the first `keep`; only while the caller has the only reference. -1 with the error set.
int leat_buffer_grow(struct leat_buffer *buffer, size_t keep, size_t bytes);

// One more owner.
void leat_buffer_hold(struct leat_buffer *buffer);

// One owner less; the last one sends it back to its pool. NULL is allowed.
void leat_buffer_release(struct leat_buffer *buffer);

// Gives the free buffers back to the budget; none may be in use.
void leat_buffer_pool_destroy(struct leat_buffer_pool *pool);

#endif
