#include "tests/support/memory_source.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/limits.h"

#include <inttypes.h>
#include <stdio.h>

void leat_memory_source_init(struct leat_memory_source *source, const char *text, size_t length, const size_t *borders,
                             uint32_t border_count) {
    *source = (struct leat_memory_source){
        .text = text,
        .length = length,
        .borders = borders,
        .border_count = border_count,
        .fail_at = UINT64_MAX,
        .too_long_at = UINT64_MAX,
    };
    memcpy(source->path, "memory", sizeof("memory"));
    leat_assert(border_count == 0 ? length == 0 : borders[border_count - 1] == length);
}

// The first line that begins at `from` or behind it.
static size_t line_at(const struct leat_memory_source *source, size_t from) {
    if (from == 0 || from >= source->length)
        return LEAT_MIN(from, source->length);
    const char *newline = memchr(source->text + from - 1, '\n', source->length - from + 1);
    return newline ? (size_t)(newline + 1 - source->text) : source->length;
}

// Where the lines of chunk i begin.
static size_t chunk_at(const struct leat_memory_source *source, size_t i) {
    return line_at(source, i ? source->borders[i - 1] : 0);
}

static int memory_open(const struct leat_source_env *env, void **opened) {
    struct leat_memory_source *source = LEAT_CONTAINER_OF(env->path, struct leat_memory_source, path);
    if (source->fail_open)
        return leat_error_set(LEAT_ERROR_NO_INPUT, "memory: told not to open");
    source->env = env;
    source->first = 0;
    while (source->first < source->border_count && source->borders[source->first] <= env->start_offset)
        source->first++;
    // Where a run goes on must be a border that one before it has told.
    leat_assert(env->start_offset == 0 || source->borders[source->first - 1] == env->start_offset);
    if (env->start_offset == 0)
        source->first = 0; // chunks without a byte at the beginning are chunks, too
    source->chunk_bytes = 1;
    for (uint32_t i = 0; i < source->border_count; i++)
        source->chunk_bytes = LEAT_MAX(source->chunk_bytes, chunk_at(source, i + 1) - chunk_at(source, i));
    atomic_store(&source->next, 0);
    atomic_store(&source->claims, 0);
    source->open = true;
    *opened = source;
    return 0;
}

static void memory_close(void *self) {
    struct leat_memory_source *source = self;
    leat_assert(source->open);
    source->open = false;
}

static enum leat_claim memory_claim(void *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    struct leat_memory_source *source = self;
    uint64_t count = source->border_count - source->first;
    if (atomic_load(&source->next) > count)
        return LEAT_CLAIM_ENDED;
    if (source->none_every && atomic_fetch_add(&source->claims, 1) % source->none_every == source->none_every - 1)
        return LEAT_CLAIM_NONE;
    struct leat_buffer *buffer = leat_buffer_take(buffers, source->chunk_bytes);
    if (!buffer)
        return leat_error_kind() == LEAT_ERROR_NONE ? LEAT_CLAIM_FULL : LEAT_CLAIM_FAILED;
    uint64_t number = atomic_fetch_add(&source->next, 1);
    if (number >= count) {
        leat_buffer_release(buffer);
        *chunk = (struct leat_chunk){
            .number = number, .text = "", .offset = source->length, .end_offset = source->length, .too_long_at = UINT64_MAX};
        return number == count ? LEAT_CLAIM_LAST : LEAT_CLAIM_ENDED;
    }
    size_t i = source->first + (size_t)number;
    size_t from = chunk_at(source, i), to = chunk_at(source, i + 1);
    bool too_long = source->too_long_at >= from && source->too_long_at < to;
    size_t end = too_long ? (size_t)source->too_long_at : to;
    if (number == source->fail_at) {
        leat_buffer_release(buffer);
        leat_error_set(LEAT_ERROR_IO, "memory: told to fail at chunk %" PRIu64, number);
        return LEAT_CLAIM_FAILED;
    }
    memcpy(buffer->data, source->text + from, end - from);
    memset(buffer->data + (end - from), '"', LEAT_INPUT_PADDING); // whoever takes it for input will notice
    *chunk = (struct leat_chunk){.number = number,
                                 .buffer = buffer,
                                 .text = buffer->data,
                                 .length = end - from,
                                 .offset = from,
                                 .end_offset = source->borders[i],
                                 .too_long_at = too_long ? end : UINT64_MAX};
    return LEAT_CLAIM_CHUNK;
}

static int memory_wait_fd(void *self) {
    (void)self;
    return -1;
}

static uint64_t memory_wait_ns(void *self) {
    (void)self;
    return 1000;
}

static uint64_t memory_size(void *self) {
    return ((struct leat_memory_source *)self)->length;
}

const struct leat_source_ops leat_memory_source_ops = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .claim = memory_claim,
    .wait_fd = memory_wait_fd,
    .wait_ns = memory_wait_ns,
    .size_bytes = memory_size,
};
