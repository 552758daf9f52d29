#include "operators/sinks/file.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "operators/sinks/stdout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_sink {
    // Immutable while workers write.
    const struct leat_sink_env *env;
    int fd;                   // -1: closed
    bool has_temporary;       // there is one to remove
    char directory[PATH_MAX]; // of target and temporary; ends with '/' or is empty
    char target[PATH_MAX];
    char temporary[PATH_MAX];

    alignas(LEAT_CACHE_LINE) _Atomic uint64_t length; // reserved so far; orders nothing: the bytes are handed on by nobody
};

const struct leat_sink_ops *leat_file_sink_choose(const char *path) {
    struct stat status;
    bool gathers = strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
    return gathers ? &leat_stdout_sink_ops : &leat_file_sink_ops;
}

static int fail(const struct file_sink *self, const char *what, int error) {
    enum leat_error_kind kind = error == EACCES || error == EPERM || error == EROFS ? LEAT_ERROR_PERMISSION
                                : error == EISDIR                                   ? LEAT_ERROR_USAGE
                                                                                    : LEAT_ERROR_IO;
    return leat_error_set(kind, "cannot %s %s: %s", what, self->target, strerror(error));
}

// Makes the names of target, temporary and directory.
static int name_files(struct file_sink *self, const char *path) {
    if (strlen(path) >= PATH_MAX)
        return leat_error_set(LEAT_ERROR_IO, "cannot write %.64s...: %s", path, strerror(ENAMETOOLONG));
    if (!realpath(path, self->target)) // follows links; a file that does not exist yet keeps its name
        memcpy(self->target, path, strlen(path) + 1);
    const char *slash = strrchr(self->target, '/');
    const char *name = slash ? slash + 1 : self->target;
    if (*name == '\0')
        return fail(self, "write", EISDIR);
    memcpy(self->directory, self->target, (size_t)(name - self->target));
    // The name is cut so that what is added does not make it longer than a name may be.
    int length = snprintf(self->temporary, sizeof(self->temporary), "%s.%.200s.tmp-%d", self->directory, name, (int)getpid());
    return length < (int)sizeof(self->temporary) ? 0 : fail(self, "write", ENAMETOOLONG);
}

// Removes what is not wanted, or not finished.
static void discard(struct file_sink *self) {
    if (self->fd >= 0)
        self->env->files->close(self->fd);
    if (self->has_temporary)
        self->env->files->unlink(self->temporary);
    self->fd = -1;
    self->has_temporary = false;
}

static int open_temporary(struct file_sink *self) {
    const struct leat_file_ops *files = self->env->files;
    struct stat status;
    if (stat(self->target, &status) == 0 && S_ISDIR(status.st_mode))
        return fail(self, "write", EISDIR);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    self->fd = files->open(self->temporary, flags, 0666);
    if (self->fd < 0 && errno == EEXIST) { // of a process that had our number and was killed
        files->unlink(self->temporary);
        self->fd = files->open(self->temporary, flags, 0666);
    }
    if (self->fd < 0)
        return fail(self, "write", errno);
    self->has_temporary = true;
    return 0;
}

static int file_open(const struct leat_sink_env *env, void **sink) {
    leat_assert(env->path);
    struct file_sink *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->env = env;
    self->fd = -1;
    if (name_files(self, env->path) || open_temporary(self)) {
        leat_memory_free(env->budget, self, sizeof(*self));
        return -1;
    }
    *sink = self;
    return 0;
}

static uint64_t file_reserve(void *sink, size_t count) {
    struct file_sink *self = sink;
    // Relaxed: the order of calls is the caller's, and nothing but the number is shared.
    return atomic_fetch_add_explicit(&self->length, count, memory_order_relaxed);
}

static enum leat_sink_result file_write(void *sink, uint64_t place, const char *bytes, size_t count) {
    struct file_sink *self = sink;
    if (leat_file_write_all(self->env->files, self->fd, bytes, count, (off_t)place) == 0)
        return LEAT_SINK_DONE;
    fail(self, "write", errno);
    return LEAT_SINK_FAILED;
}

// Makes the new name last through a loss of power.
static int sync_directory(const struct file_sink *self) {
    const struct leat_file_ops *files = self->env->files;
    int fd = files->open(self->directory[0] ? self->directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0)
        return fail(self, "sync the directory of", errno);
    int failed = files->fsync(fd) ? errno : 0;
    files->close(fd);
    return failed ? fail(self, "sync the directory of", failed) : 0;
}

static int close_and_rename(struct file_sink *self) {
    const struct leat_file_ops *files = self->env->files;
    if (self->env->sync && files->fsync(self->fd))
        return fail(self, "sync", errno);
    int fd = self->fd;
    self->fd = -1;
    if (files->close(fd))
        return fail(self, "write", errno);
    if (files->rename(self->temporary, self->target))
        return fail(self, "replace", errno);
    self->has_temporary = false;
    return 0;
}

static int file_commit(void *sink) {
    struct file_sink *self = sink;
    if (close_and_rename(self)) {
        discard(self);
        return -1;
    }
    return self->env->sync ? sync_directory(self) : 0;
}

static void file_abort(void *sink) {
    discard(sink);
}

static void file_close(void *sink) {
    struct file_sink *self = sink;
    discard(self);
    leat_memory_free(self->env->budget, self, sizeof(*self));
}

const struct leat_sink_ops leat_file_sink_ops = {
    .name = "file",
    .open = file_open,
    .reserve = file_reserve,
    .write = file_write,
    .commit = file_commit,
    .abort = file_abort,
    .close = file_close,
};
