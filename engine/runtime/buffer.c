#include "engine/runtime/buffer.h"

#include "engine/base/assert.h"
#include "engine/base/limits.h"

static int buffer_resize(struct leat_buffer *buffer, size_t keep, size_t bytes) {
    char *data = leat_memory_alloc(buffer->home->budget, bytes + LEAT_INPUT_PADDING);
    if (!data)
        return -1;
    memset(data + bytes, 0, LEAT_INPUT_PADDING);
    if (keep)
        memcpy(data, buffer->data, keep);
    leat_memory_free(buffer->home->budget, buffer->data, buffer->data ? buffer->bytes + LEAT_INPUT_PADDING : 0);
    buffer->data = data;
    buffer->bytes = bytes;
    return 0;
}

struct leat_buffer *leat_buffer_take(struct leat_buffer_pool *pool, size_t bytes) {
    struct leat_buffer *buffer = pool->free;
    if (buffer) {
        pool->free = buffer->next_free;
    } else {
        if (pool->count == pool->count_max)
            return NULL;
        buffer = leat_memory_zalloc(pool->budget, sizeof(*buffer));
        if (!buffer)
            return NULL;
        buffer->home = pool;
        pool->count++;
    }
    if (buffer->bytes < bytes && buffer_resize(buffer, 0, bytes)) {
        buffer->next_free = pool->free;
        pool->free = buffer;
        return NULL;
    }
    buffer->references = 1;
    return buffer;
}

int leat_buffer_grow(struct leat_buffer *buffer, size_t keep, size_t bytes) {
    leat_assert(buffer->references == 1 && keep <= buffer->bytes);
    return bytes <= buffer->bytes ? 0 : buffer_resize(buffer, keep, bytes);
}

void leat_buffer_hold(struct leat_buffer *buffer) {
    leat_assert(buffer->references > 0);
    buffer->references++;
}

void leat_buffer_release(struct leat_buffer *buffer) {
    if (!buffer)
        return;
    leat_assert(buffer->references > 0);
    if (--buffer->references > 0)
        return;
    buffer->next_free = buffer->home->free;
    buffer->home->free = buffer;
}

void leat_buffer_pool_destroy(struct leat_buffer_pool *pool) {
    while (pool->free) {
        struct leat_buffer *buffer = pool->free;
        pool->free = buffer->next_free;
        leat_memory_free(pool->budget, buffer->data, buffer->data ? buffer->bytes + LEAT_INPUT_PADDING : 0);
        leat_memory_free(pool->budget, buffer, sizeof(*buffer));
        pool->count--;
    }
    leat_assert(pool->count == 0);
}
