#include "ingest/file/file_source.h"

#include "engine/base/error.h"
#include "ingest/file/file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

const char *leat_file_source_name(const struct leat_file_source *self) {
    return self->is_stdin ? "standard input" : self->env->path;
}

enum leat_claim leat_file_take_buffer(struct leat_buffer_pool *buffers, size_t bytes, struct leat_buffer **buffer) {
    *buffer = leat_buffer_take(buffers, bytes);
    if (*buffer)
        return LEAT_CLAIM_CHUNK;
    return leat_error_kind() == LEAT_ERROR_NONE ? LEAT_CLAIM_FULL : LEAT_CLAIM_FAILED;
}

static int fail_to_open(const struct leat_file_source *self, int error) {
    enum leat_error_kind kind = error == ENOENT || error == ENOTDIR || error == EISDIR ? LEAT_ERROR_NO_INPUT
                                : error == EACCES || error == EPERM                    ? LEAT_ERROR_PERMISSION
                                                                                       : LEAT_ERROR_IO;
    return leat_error_set(kind, "cannot open %s: %s", leat_file_source_name(self), strerror(error));
}

// Opens the descriptor and learns what it is.
static int open_input(struct leat_file_source *self) {
    // Not blocking: a FIFO is opened without waiting for its writer, and no read of ours can hang. Standard input belongs to others too,
    // and is left as it is.
    self->fd = self->is_stdin ? STDIN_FILENO : self->env->files->open(self->env->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    struct stat status;
    if (self->fd < 0 || fstat(self->fd, &status))
        return fail_to_open(self, errno);
    if (S_ISDIR(status.st_mode))
        return fail_to_open(self, EISDIR);
    self->is_regular = S_ISREG(status.st_mode);
    self->size = self->is_regular ? (uint64_t)status.st_size : 0;
    return 0;
}

static int check_start(const struct leat_file_source *self) {
    uint64_t start = self->env->start_offset;
    if (start > 0 && (self->is_stdin || !self->is_regular))
        return leat_error_set(LEAT_ERROR_IO, "cannot go on at byte %" PRIu64 " of %s: it is no regular file", start,
                              leat_file_source_name(self));
    if (start > self->size && self->is_regular)
        return leat_error_set(LEAT_ERROR_IO, "cannot go on at byte %" PRIu64 " of %s: it has only %" PRIu64, start,
                              leat_file_source_name(self), self->size);
    return 0;
}

static void file_close(void *source) {
    struct leat_file_source *self = source;
    if (!self->is_stdin && self->fd >= 0)
        self->env->files->close(self->fd); // read only: nothing can be lost any more
    leat_memory_free(&self->stream.budget, self->stream.data, self->stream.capacity);
    leat_memory_free(self->env->budget, self, sizeof(*self));
}

static int file_open(const struct leat_source_env *env, void **source) {
    struct leat_file_source *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->env = env;
    self->is_stdin = strcmp(env->path, "-") == 0;
    self->chunk_bytes = LEAT_MIN(LEAT_MAX(env->chunk_bytes, (size_t)1), (size_t)LEAT_RECORD_BYTES_MAX);
    if (open_input(self) || check_start(self)) {
        file_close(self);
        return -1;
    }
    self->is_parallel = self->is_regular && !self->is_stdin && !env->rate_per_second && !env->limit;
    if (self->is_parallel)
        self->chunk_count = (self->size - env->start_offset + self->chunk_bytes - 1) / self->chunk_bytes;
    // Going on at a border: its line begins there only if the byte before is a line end, so look at that byte, and skip to a line end.
    self->stream = (struct leat_file_stream){
        .budget = {.owner = env->table},
        .offset = env->start_offset - (env->start_offset > 0),
        .skips = env->start_offset > 0,
        .too_long_at = UINT64_MAX,
        .pace = {.clock = env->clock, .rate_per_second = LEAT_MIN(env->rate_per_second, LEAT_PACE_RATE_MAX)},
    };
    *source = self;
    return 0;
}

static enum leat_claim file_claim(void *source, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    struct leat_file_source *self = source;
    return self->is_parallel ? leat_file_claim_chunk(self, buffers, chunk) : leat_file_claim_lines(self, buffers, chunk);
}

static int file_wait_fd(void *source) {
    struct leat_file_source *self = source;
    // Relaxed: an old value wakes the asker too early, or with the one that stored the new one.
    uint64_t ask_at_ns = atomic_load_explicit(&self->stream.ask_at_ns, memory_order_relaxed);
    return !self->is_regular && ask_at_ns == UINT64_MAX ? self->fd : -1;
}

static uint64_t file_wait_ns(void *source) {
    struct leat_file_source *self = source;
    uint64_t ask_at_ns = atomic_load_explicit(&self->stream.ask_at_ns, memory_order_relaxed); // as in file_wait_fd
    if (ask_at_ns == UINT64_MAX || ask_at_ns == 0)
        return ask_at_ns;
    uint64_t now_ns = leat_clock_now_ns(self->env->clock);
    return ask_at_ns > now_ns ? ask_at_ns - now_ns : 0;
}

static uint64_t file_size_bytes(void *source) {
    return ((struct leat_file_source *)source)->size;
}

const struct leat_source_ops leat_file_source_ops = {
    .name = "file",
    .open = file_open,
    .close = file_close,
    .claim = file_claim,
    .wait_fd = file_wait_fd,
    .wait_ns = file_wait_ns,
    .size_bytes = file_size_bytes,
};
