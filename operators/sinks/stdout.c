#include "operators/sinks/stdout.h"

#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

struct stdout_sink {
    const struct leat_sink_env *env;
    const char *name; // for errors
    int fd;
    bool owns_fd;
    bool is_stdout;
    int wait_fd;    // an epoll that is readable when fd is writable; -1 while none was needed
    size_t written; // of the bytes whose write was put off
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

// Opens a pipe or a terminal once more, so that its writes say that they would wait instead of waiting: on the descriptor itself the flag
// would be set for everybody who shares it. Where that cannot be, the descriptor is used as it is.
static int open_again(const struct stdout_sink *self, int fd) {
    struct stat status;
    char name[32];
    if (fstat(fd, &status) || !(S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
        return -1;
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    return self->env->files->open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
}

static int open_descriptor(struct stdout_sink *self) {
    const char *path = self->env->path;
    if (path && strcmp(path, "-") != 0) {
        self->name = path;
        self->owns_fd = true;
        self->fd = self->env->files->open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
        if (self->fd < 0)
            return fail(self, "open", errno);
        struct stat status;
        if (fstat(self->fd, &status) == 0 && S_ISFIFO(status.st_mode))
            fcntl(self->fd, F_SETFL, O_WRONLY | O_NONBLOCK); // opened, its reader is there: from now on writes may say that they would wait
        return 0;
    }
    self->is_stdout = path || !wants_standard_error(self->env->plan);
    self->name = self->is_stdout ? "standard output" : "standard error";
    self->fd = self->is_stdout ? STDOUT_FILENO : STDERR_FILENO;
    int again = open_again(self, self->fd);
    self->owns_fd = again >= 0;
    self->fd = again >= 0 ? again : self->fd;
    return 0;
}

static int stdout_open(const struct leat_sink_env *env, void **sink) {
    struct stdout_sink *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->env = env;
    self->wait_fd = -1;
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
    while (self->written < count) {
        ssize_t written = self->env->files->write(self->fd, bytes + self->written, count - self->written);
        if (written > 0) {
            self->written += (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            return LEAT_SINK_LATER;
        } else if (written == 0 || errno != EINTR) {
            if (written < 0 && errno == EPIPE && self->is_stdout)
                atomic_store_explicit(&is_closed_pipe, true, memory_order_relaxed); // see its declaration
            fail(self, "write", written == 0 ? EIO : errno);
            return LEAT_SINK_FAILED;
        }
    }
    self->written = 0;
    return LEAT_SINK_DONE;
}

// Workers wait for descriptors to become readable; an epoll turns writable into that. Without one the worker looks again now and then.
static int stdout_wait_fd(void *sink) {
    struct stdout_sink *self = sink;
    if (self->wait_fd >= 0)
        return self->wait_fd;
    struct epoll_event event = {.events = EPOLLOUT};
    self->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    if (self->wait_fd >= 0 && epoll_ctl(self->wait_fd, EPOLL_CTL_ADD, self->fd, &event)) {
        close(self->wait_fd);
        self->wait_fd = -1;
    }
    return self->wait_fd;
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
    if (self->wait_fd >= 0)
        close(self->wait_fd);
    leat_memory_free(self->env->budget, self, sizeof(*self));
}

const struct leat_sink_ops leat_stdout_sink_ops = {
    .name = "stdout",
    .gathers = true,
    .open = stdout_open,
    .reserve = stdout_reserve,
    .write = stdout_write,
    .wait_fd = stdout_wait_fd,
    .commit = stdout_commit,
    .abort = stdout_abort,
    .close = stdout_close,
};
