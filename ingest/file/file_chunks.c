// A regular file in chunks of equal length, read by whoever draws them.
//
// Chunk [from, to) owns the lines whose first byte lies in it. A line begins behind a line end, so the chunk is read from the byte before
// it, and on behind its end until its last line has ended.
#include "ingest/file/file_internal.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <inttypes.h>

// Bytes read at once behind a chunk: the end of its last line is nearly always among them, and no second call is needed.
#define AHEAD_BYTES ((size_t)1024)

// A chunk being read. Places are counted from the buffer's start.
struct reading {
    struct leat_file_source *self;
    struct leat_buffer *buffer;
    uint64_t base; // offset of the buffer's start in the file
    size_t from;   // the chunk
    size_t to;
    size_t loaded;  // bytes in the buffer
    size_t in_file; // bytes from the buffer's start to the end of the file
};

// Reads on to place `until`, which the file had when it was opened.
static int load(struct reading *reading, size_t until) {
    const struct leat_file_source *self = reading->self;
    while (reading->loaded < until) {
        uint64_t offset = reading->base + reading->loaded;
        ssize_t count = self->env->files->pread(self->fd, reading->buffer->data + reading->loaded, until - reading->loaded, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return leat_error_set(LEAT_ERROR_IO, "cannot read %s at byte %" PRIu64 ": %s", leat_file_source_name(self), offset,
                                  strerror(errno));
        if (count == 0)
            return leat_error_set(LEAT_ERROR_IO, "%s has become shorter while it was read: byte %" PRIu64 " of %" PRIu64 " is gone",
                                  leat_file_source_name(self), offset, self->size);
        reading->loaded += (size_t)count;
    }
    return 0;
}

// Where the line that begins at `line` ends, its line end included; it reaches to the chunk's end at least. 0: it is too long. -1: error.
static ssize_t find_end(struct reading *reading, size_t line) {
    size_t sought = reading->to;
    for (;;) {
        const char *data = reading->buffer->data;
        const char *newline = memchr(data + sought, '\n', reading->loaded - sought);
        size_t length = (newline ? (size_t)(newline - data) : reading->loaded) - line;
        if (length > LEAT_RECORD_BYTES_MAX)
            return 0;
        if (newline || reading->loaded == reading->in_file)
            return (ssize_t)(line + length + (newline != NULL));
        sought = reading->loaded;
        size_t until = LEAT_MIN(LEAT_MIN(2 * reading->loaded, line + LEAT_RECORD_BYTES_MAX + 1), reading->in_file);
        if (leat_buffer_grow(reading->buffer, reading->loaded, until) || load(reading, until))
            return -1;
    }
}

// Finds the chunk's own lines in the buffer.
static int frame(struct reading *reading, struct leat_chunk *chunk) {
    const char *data = reading->buffer->data;
    size_t begin = reading->from;
    leat_assert(reading->base + reading->to == chunk->end_offset && reading->to <= reading->loaded);
    if (chunk->offset > 0) {
        const char *newline = memchr(data + reading->from - 1, '\n', reading->to - reading->from);
        if (!newline)
            return 0; // the chunk lies inside a line
        begin = (size_t)(newline + 1 - data);
    }
    size_t end = reading->to;
    if (data[end - 1] != '\n') {
        const char *newline = memrchr(data + begin, '\n', end - begin);
        size_t line = newline ? (size_t)(newline + 1 - data) : begin;
        ssize_t found = find_end(reading, line);
        if (found < 0)
            return -1;
        if (found == 0)
            chunk->too_long_at = reading->base + line;
        end = found == 0 ? line : (size_t)found;
    }
    chunk->text = reading->buffer->data + begin;
    chunk->length = end - begin;
    chunk->offset = reading->base + begin;
    return 0;
}

static int read_chunk(struct leat_file_source *self, struct leat_buffer *buffer, uint64_t number, struct leat_chunk *chunk) {
    uint64_t from = self->env->start_offset + number * self->chunk_bytes;
    uint64_t to = LEAT_MIN(from + self->chunk_bytes, self->size);
    uint64_t base = from > 0 ? (from - 1) & ~(uint64_t)(LEAT_CACHE_LINE - 1) : 0; // copies are faster between whole cache lines
    *chunk = (struct leat_chunk){
        .number = number, .buffer = buffer, .text = buffer->data, .offset = from, .end_offset = to, .too_long_at = UINT64_MAX};
    struct reading reading = {.self = self,
                              .buffer = buffer,
                              .base = base,
                              .from = (size_t)(from - base),
                              .to = (size_t)(to - base),
                              .in_file = (size_t)(self->size - base)};
    return load(&reading, LEAT_MIN(reading.to + AHEAD_BYTES, reading.in_file)) || frame(&reading, chunk) ? -1 : 0;
}

enum leat_claim leat_file_claim_chunk(struct leat_file_source *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    // Relaxed, like the addition below: the number says only itself, and an old one only costs a buffer taken for nothing.
    if (atomic_load_explicit(&self->next_number, memory_order_relaxed) > self->chunk_count)
        return LEAT_CLAIM_ENDED;
    // The buffer first: a number that has been drawn must be used.
    struct leat_buffer *buffer;
    enum leat_claim claim = leat_file_take_buffer(buffers, LEAT_CACHE_LINE + self->chunk_bytes + AHEAD_BYTES, &buffer);
    if (claim != LEAT_CLAIM_CHUNK)
        return claim;
    // Relaxed: the number says which bytes are ours and nothing about any memory.
    uint64_t number = atomic_fetch_add_explicit(&self->next_number, 1, memory_order_relaxed);
    if (number < self->chunk_count) {
        if (read_chunk(self, buffer, number, chunk) == 0)
            return LEAT_CLAIM_CHUNK;
        leat_buffer_release(buffer);
        chunk->buffer = NULL;
        return LEAT_CLAIM_FAILED;
    }
    leat_buffer_release(buffer);
    if (number > self->chunk_count)
        return LEAT_CLAIM_ENDED;
    *chunk = (struct leat_chunk){.number = number, .text = "", .offset = self->size, .end_offset = self->size, .too_long_at = UINT64_MAX};
    return LEAT_CLAIM_LAST;
}
