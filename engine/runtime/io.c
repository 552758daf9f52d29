#include "engine/runtime/io.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int system_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode); // open itself is variadic and so cannot stand in the table
}

const struct leat_file_ops leat_file_ops_system = {
    .open = system_open,
    .close = close,
    .read = read,
    .pread = pread,
    .write = write,
    .pwrite = pwrite,
    .fsync = fsync,
    .rename = rename,
    .unlink = unlink,
};

struct leat_io *leat_io_create(enum leat_io_kind kind, struct leat_budget *budget) {
    if (kind == LEAT_IO_EPOLL)
        return leat_io_epoll_ops.create(budget);
    struct leat_io *io = leat_io_uring_ops.create(budget);
    if (!io && kind == LEAT_IO_AUTO) {
        leat_error_clear();
        io = leat_io_epoll_ops.create(budget);
    }
    return io;
}

int leat_file_write_all(const struct leat_file_ops *files, int fd, const char *bytes, size_t count, off_t offset) {
    while (count > 0) {
        ssize_t written = offset < 0 ? files->write(fd, bytes, count) : files->pwrite(fd, bytes, count, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written == 0 ? EIO : errno;
            return -1;
        }
        leat_assert((size_t)written <= count);
        bytes += written;
        count -= (size_t)written;
        offset = offset < 0 ? offset : offset + written;
    }
    return 0;
}
