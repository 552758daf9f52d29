#include "engine/cli/simulate_output.h"

#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *what, const char *path, int code) {
    enum leat_error_kind kind = code == EACCES || code == EPERM ? LEAT_ERROR_PERMISSION : LEAT_ERROR_IO;
    return leat_error_set(kind, "cannot %s '%s': %s", what, path, strerror(code));
}

// The last "/" of `path` + 1, or its start.
static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int open_temporary(struct leat_simulate_output *output) {
    const char *base = base_name(output->path);
    int directory_bytes = (int)(base - output->path);
    // The process id makes the name ours; the number is for what a process of the same id may have left behind.
    for (int attempt = 0; attempt < 100; attempt++) {
        int length = snprintf(output->temporary_path, sizeof(output->temporary_path), "%.*s.%.200s.%ld-%d.part", directory_bytes,
                              output->path, base, (long)getpid(), attempt);
        if (length < 0 || (size_t)length >= sizeof(output->temporary_path))
            return fail("create", output->path, ENAMETOOLONG);
        output->fd = open(output->temporary_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (output->fd >= 0)
            break;
        if (errno != EEXIST)
            return fail("create", output->path, errno);
    }
    if (output->fd < 0)
        return fail("create", output->path, EEXIST);
    output->temporary = true;
    return 0;
}

int leat_simulate_output_open(struct leat_simulate_output *output, const char *path, const volatile sig_atomic_t *stop) {
    *output = (struct leat_simulate_output){.fd = -1, .stop = stop};
    if (strcmp(path, "-") == 0) {
        output->fd = STDOUT_FILENO;
        output->standard = true;
        memcpy(output->path, "standard output", 16);
        return 0;
    }
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof(output->path))
        return fail("create", path, length == 0 ? ENOENT : ENAMETOOLONG);
    struct stat status;
    if (stat(path, &status) != 0) {
        if (errno != ENOENT)
            return fail("create", path, errno);
        memcpy(output->path, path, length + 1);
        return open_temporary(output);
    }
    if (S_ISDIR(status.st_mode))
        return fail("create", path, EISDIR);
    // The file that a link leads to is replaced, not the link.
    if (realpath(path, output->path) == NULL)
        return fail("open", path, errno);
    if (S_ISREG(status.st_mode))
        return open_temporary(output);
    output->fd = open(path, O_WRONLY | O_CLOEXEC);
    return output->fd < 0 ? fail("open", path, errno) : 0;
}

enum leat_simulate_output_result leat_simulate_output_write(struct leat_simulate_output *output, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(output->fd, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EPIPE && output->standard) {
            return LEAT_SIMULATE_OUTPUT_CLOSED;
        } else if (errno == EAGAIN) {
            // Standard output may have been made non-blocking by whoever shares it.
            struct pollfd ready = {.fd = output->fd, .events = POLLOUT};
            poll(&ready, 1, 1000);
        } else if (errno != EINTR) {
            fail("write to", output->path, errno);
            return LEAT_SIMULATE_OUTPUT_ERROR;
        }
        if (*output->stop)
            return LEAT_SIMULATE_OUTPUT_STOPPED;
    }
    return LEAT_SIMULATE_OUTPUT_OK;
}

int leat_simulate_output_finish(struct leat_simulate_output *output) {
    if (output->standard)
        return 0;
    int fd = output->fd;
    output->fd = -1;
    int result = 0;
    if (close(fd) != 0)
        result = fail("write to", output->path, errno);
    else if (output->temporary && rename(output->temporary_path, output->path) != 0)
        result = fail("create", output->path, errno);
    if (result)
        leat_simulate_output_abandon(output);
    return result;
}

void leat_simulate_output_abandon(struct leat_simulate_output *output) {
    if (output->standard)
        return;
    if (output->fd >= 0)
        close(output->fd);
    output->fd = -1;
    if (output->temporary)
        unlink(output->temporary_path);
}
