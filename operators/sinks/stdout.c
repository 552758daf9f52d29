#include "operators/sinks/stdout.h"

#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

struct stdout_sink {
    const struct leat_sink_env *env;
    const char *name; // for errors
    int fd;
    bool owns_fd;
};

// Set by the worker that writes, read after it has ended; says only itself.
static _Atomic bool is_closed_pipe;

bool leat_stdout_sink_is_closed_pipe(void) {
    return atomic_load_explicit(&is_closed_pipe, memory_order_relaxed); // see its declaration
}

static int fail(const struct stdout_sink *self, const char *what, int error) {
    enum leat_error_kind kind = error == EACCES || error == EPERM ? LEAT_ERROR_PERMISSION : LEAT_ERROR_IO;
    return leat_error_set(kind, "cannot %s %s: %s", what, self->name, strerror(error));
}

static bool wants_standard_error(const struct leat_graph_sink *plan) {
    return plan && strcmp(leat_graph_option_value(plan->options, plan->option_count, "standard-error", "false"), "true") == 0;
}

static int open_descriptor(struct stdout_sink *self) {
    const char *path = self->env->path;
    if (path && strcmp(path, "-") != 0) {
        self->name = path;
        self->owns_fd = true;
        self->fd = self->env->files->open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
        return self->fd < 0 ? fail(self, "open", errno) : 0;
    }
    bool to_error = !path && wants_standard_error(self->env->plan);
    self->fd = to_error ? STDERR_FILENO : STDOUT_FILENO;
    self->name = to_error ? "standard error" : "standard output";
    return 0;
}

static int stdout_open(const struct leat_sink_env *env, void **sink) {
    struct stdout_sink *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->env = env;
    if (open_descriptor(self)) {
        leat_memory_free(env->budget, self, sizeof(*self));
        return -1;
    }
    *sink = self;
    return 0;
}

static uint64_t stdout_reserve(void *sink, size_t count) {
    (void)sink, (void)count;
    return 0; // the place is where the last write ended
}

static enum leat_sink_result stdout_write(void *sink, uint64_t place, const char *bytes, size_t count) {
    struct stdout_sink *self = sink;
    (void)place;
    while (count > 0) {
        ssize_t written = self->env->files->write(self->fd, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) { // somebody who shares the descriptor made it so
            struct pollfd asked = {.fd = self->fd, .events = POLLOUT};
            poll(&asked, 1, -1);
        } else if (written == 0 || errno != EINTR) {
            if (written < 0 && errno == EPIPE && self->fd == STDOUT_FILENO)
                atomic_store_explicit(&is_closed_pipe, true, memory_order_relaxed); // see its declaration
            fail(self, "write", written == 0 ? EIO : errno);
            return LEAT_SINK_FAILED;
        }
    }
    return LEAT_SINK_DONE;
}

static void close_own(struct stdout_sink *self) {
    if (self->owns_fd)
        self->env->files->close(self->fd);
    self->owns_fd = false;
}

static int stdout_commit(void *sink) {
    struct stdout_sink *self = sink;
    // What cannot be synced (a pipe, a terminal) says EINVAL or the like, and is left at that.
    if (self->env->sync && self->env->files->fsync(self->fd) && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
        return fail(self, "sync", errno);
    bool owned = self->owns_fd;
    self->owns_fd = false;
    return owned && self->env->files->close(self->fd) ? fail(self, "write", errno) : 0;
}

static void stdout_abort(void *sink) {
    close_own(sink);
}

static void stdout_close(void *sink) {
    struct stdout_sink *self = sink;
    close_own(self);
    leat_memory_free(self->env->budget, self, sizeof(*self));
}

const struct leat_sink_ops leat_stdout_sink_ops = {
    .name = "stdout",
    .gathers = true,
    .open = stdout_open,
    .reserve = stdout_reserve,
    .write = stdout_write,
    .commit = stdout_commit,
    .abort = stdout_abort,
    .close = stdout_close,
};
