// An input read from front to back: standard input, a pipe, a file at a given rate or up to a limit.
//
// One worker at a time reads. What it has read and not handed on is kept here, at most one record more than it takes to fill a chunk. A
// line is looked at twice at most, however small the pieces are in which it arrives.
#include "ingest/file/file_internal.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

enum filled { FILLED, FILLED_NOTHING, FILLED_FAILED };

static bool has_lines(const struct leat_file_stream *stream) {
    return stream->lines_end > stream->begin || stream->too_long_at != UINT64_MAX;
}

// Forgets the first bytes of what is kept.
static void drop(struct leat_file_stream *stream, size_t count) {
    stream->begin += count;
    stream->offset += count;
    stream->lines_end = LEAT_MAX(stream->lines_end, stream->begin);
}

// Room for `count` bytes behind what is kept, which is less than one line.
static int make_room(struct leat_file_stream *stream, size_t count) {
    size_t kept = stream->end - stream->begin;
    leat_assert(stream->lines_end == stream->begin && kept <= LEAT_RECORD_BYTES_MAX);
    if (stream->begin > 0 && kept > 0)
        memmove(stream->data, stream->data + stream->begin, kept);
    stream->begin = stream->lines_end = 0;
    stream->end = kept;
    if (stream->capacity - kept >= count)
        return 0;
    size_t capacity = LEAT_MAX(kept + count, 2 * stream->capacity);
    char *data = leat_memory_realloc(&stream->budget, stream->data, stream->capacity, capacity);
    if (!data)
        return -1;
    stream->data = data;
    stream->capacity = capacity;
    return 0;
}

// Goes over the bytes that came last: ends a skip, finds a line that is too long, and how far whole lines reach.
static void note_lines(struct leat_file_stream *stream, size_t count) {
    const char *fresh = stream->data + stream->end;
    stream->end += count;
    const char *end = stream->data + stream->end, *newline = memchr(fresh, '\n', count);
    if (!stream->skips && (size_t)((newline ? newline : end) - stream->data) - stream->begin > LEAT_RECORD_BYTES_MAX) {
        stream->too_long_at = stream->offset;
        stream->skips = true;
    }
    if (stream->skips) {
        fresh = newline ? newline + 1 : end;
        drop(stream, (size_t)(fresh - stream->data) - stream->begin);
        stream->skips = newline == NULL;
    }
    const char *last = memrchr(fresh, '\n', (size_t)(end - fresh));
    if (last)
        stream->lines_end = (size_t)(last + 1 - stream->data);
}

static bool is_readable(int fd) {
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, 0) != 0; // an error of poll itself is met again by the read
}

// One system call's worth. Called by the reader when there are no lines left.
static enum filled fill(struct leat_file_source *self) {
    struct leat_file_stream *stream = &self->stream;
    const struct leat_file_ops *files = self->env->files;
    size_t kept = stream->end - stream->begin;
    size_t count = kept < self->chunk_bytes / 2 ? self->chunk_bytes - kept : self->chunk_bytes;
    uint64_t offset = stream->offset + kept;
    bool has_place = self->is_regular && !self->is_stdin;
    if (has_place)
        count = (size_t)LEAT_MIN((uint64_t)count, self->size - offset);
    if (!self->is_regular && !is_readable(self->fd))
        return FILLED_NOTHING;
    if (make_room(stream, count))
        return FILLED_FAILED;
    ssize_t got = 0;
    if (count > 0)
        got = has_place ? files->pread(self->fd, stream->data + stream->end, count, (off_t)offset)
                        : files->read(self->fd, stream->data + stream->end, count);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return FILLED_NOTHING;
    if (got < 0) {
        leat_error_set(LEAT_ERROR_IO, "cannot read %s at byte %" PRIu64 ": %s", leat_file_source_name(self), offset, strerror(errno));
        return FILLED_FAILED;
    }
    if (got == 0 && count > 0 && has_place) {
        leat_error_set(LEAT_ERROR_IO, "%s has become shorter while it was read: byte %" PRIu64 " of %" PRIu64 " is gone",
                       leat_file_source_name(self), offset, self->size);
        return FILLED_FAILED;
    }
    if (got > 0) {
        note_lines(stream, (size_t)got);
    } else {
        stream->at_end = true;
        stream->lines_end = stream->end; // the last line needs no line end
    }
    return FILLED;
}

static bool is_blank(const char *line, const char *end) {
    while (line < end && (*line == ' ' || *line == '\t' || *line == '\r'))
        line++;
    return line == end;
}

// Length of the first lines that hold at most *records records; *records becomes how many they hold.
static size_t measure(const struct leat_file_stream *stream, uint64_t *records) {
    const char *line = stream->data + stream->begin, *end = stream->data + stream->lines_end;
    uint64_t wanted = *records;
    *records = 0;
    while (line < end && *records < wanted) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        *records += !is_blank(line, newline ? newline : end);
        line = newline ? newline + 1 : end;
    }
    return (size_t)(line - stream->data) - stream->begin;
}

// Makes a chunk of what may go: `records` at most, UINT64_MAX: all.
static enum leat_claim hand_on(struct leat_file_source *self, uint64_t records, struct leat_buffer_pool *buffers,
                               struct leat_chunk *chunk) {
    struct leat_file_stream *stream = &self->stream;
    bool is_too_long = stream->too_long_at != UINT64_MAX;
    size_t length = stream->lines_end - stream->begin;
    if (is_too_long) {
        length = 0;
        records = 1;
    } else if (records != UINT64_MAX) {
        length = measure(stream, &records);
    }
    struct leat_buffer *buffer;
    enum leat_claim claim = leat_file_take_buffer(buffers, LEAT_MAX(length, self->chunk_bytes), &buffer);
    if (claim != LEAT_CLAIM_CHUNK)
        return claim;
    if (length)
        memcpy(buffer->data, stream->data + stream->begin, length);
    uint64_t offset = is_too_long ? stream->too_long_at : stream->offset;
    drop(stream, length);
    *chunk = (struct leat_chunk){.number = stream->next_number++,
                                 .buffer = buffer,
                                 .text = buffer->data,
                                 .length = length,
                                 .offset = offset,
                                 .end_offset = stream->offset,
                                 .too_long_at = stream->too_long_at};
    stream->too_long_at = UINT64_MAX;
    if (records != UINT64_MAX) { // counted where somebody asks
        stream->records += records;
        leat_pace_hand_on(&stream->pace, records);
    }
    return LEAT_CLAIM_CHUNK;
}

static enum leat_claim hand_on_last(struct leat_file_stream *stream, struct leat_chunk *chunk) {
    *chunk = (struct leat_chunk){
        .number = stream->next_number, .text = "", .offset = stream->offset, .end_offset = stream->offset, .too_long_at = UINT64_MAX};
    // Relaxed: who reads an old value asks for the stream, and is told the same there.
    atomic_store_explicit(&stream->is_ended, true, memory_order_relaxed);
    return LEAT_CLAIM_LAST;
}

static enum leat_claim wait_until(struct leat_file_stream *stream, uint64_t ask_at_ns) {
    // Relaxed: see file_wait_fd.
    atomic_store_explicit(&stream->ask_at_ns, ask_at_ns, memory_order_relaxed);
    return LEAT_CLAIM_NONE;
}

// The reader's turn.
static enum leat_claim claim_as_reader(struct leat_file_source *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    struct leat_file_stream *stream = &self->stream;
    const struct leat_source_env *env = self->env;
    if (atomic_load_explicit(&stream->is_ended, memory_order_relaxed)) // stored by an earlier reader
        return LEAT_CLAIM_ENDED;
    if (env->limit && stream->records >= env->limit)
        return hand_on_last(stream, chunk);
    if (!has_lines(stream) && !stream->at_end) {
        enum filled filled = fill(self);
        if (filled == FILLED_FAILED)
            return LEAT_CLAIM_FAILED;
        if (!has_lines(stream) && !stream->at_end)
            return wait_until(stream, filled == FILLED || self->is_regular ? 0 : UINT64_MAX);
    }
    if (!has_lines(stream))
        return hand_on_last(stream, chunk);
    uint64_t records = env->limit ? env->limit - stream->records : UINT64_MAX;
    if (env->rate_per_second) {
        uint64_t due = leat_pace_due(&stream->pace);
        if (due == 0)
            return wait_until(stream, leat_pace_next_ns(&stream->pace));
        records = LEAT_MIN(records, due);
    }
    return hand_on(self, records, buffers, chunk);
}

enum leat_claim leat_file_claim_lines(struct leat_file_source *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    struct leat_file_stream *stream = &self->stream;
    if (atomic_load_explicit(&stream->is_ended, memory_order_relaxed)) // an old value only costs the exchange below
        return LEAT_CLAIM_ENDED;
    // Acquire: all that earlier readers left; pairs with the release below.
    if (atomic_exchange_explicit(&stream->is_read, true, memory_order_acquire))
        return LEAT_CLAIM_NONE;
    enum leat_claim claim = claim_as_reader(self, buffers, chunk);
    // Release: hands the stream on to the next reader; pairs with the acquire above.
    atomic_store_explicit(&stream->is_read, false, memory_order_release);
    return claim;
}
