// The I/O seam: every system call of a worker goes through one of these tables, so that tests can inject faults and simulations can replace
// the world. (Interposing libc would not do: io_uring operations are invisible to it.)
#ifndef LEAT_ENGINE_RUNTIME_IO_H
#define LEAT_ENGINE_RUNTIME_IO_H

#include "engine/base/memory.h"

#include <sys/types.h>

// Calls on files, with the meaning and the return values of the system calls of the same names (-1 and errno).
struct leat_file_ops {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *bytes, size_t count);
    ssize_t (*pread)(int fd, void *bytes, size_t count, off_t offset);
    ssize_t (*write)(int fd, const void *bytes, size_t count);
    ssize_t (*pwrite)(int fd, const void *bytes, size_t count, off_t offset);
    int (*fsync)(int fd);
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *path);
};

// The system's own calls.
extern const struct leat_file_ops leat_file_ops_system;

// How a worker waits: for a wake-up by another worker or for a file descriptor to become readable.
enum leat_io_kind { LEAT_IO_AUTO, LEAT_IO_URING, LEAT_IO_EPOLL };

struct leat_io;

// One way of waiting. Everything but wake is for the owning worker alone.
struct leat_io_ops {
    const char *name; // "uring", "epoll"
    struct leat_io *(*create)(struct leat_budget *budget);
    void (*destroy)(struct leat_io *io, struct leat_budget *budget);
    // Asks that the next `wait` end when `fd` is readable; once. 0, or -1 with the error set.
    int (*watch)(struct leat_io *io, int fd);
    // Sleeps until wake, a watched descriptor is readable, or timeout_ns have passed (0: does not sleep). Owner only.
    void (*wait)(struct leat_io *io, uint64_t timeout_ns);
    // Ends the present or the next wait. Any thread; async-signal-safe.
    void (*wake)(struct leat_io *io);
};

// Head of every io object.
struct leat_io {
    const struct leat_io_ops *ops;
};

extern const struct leat_io_ops leat_io_uring_ops; // io_uring
extern const struct leat_io_ops leat_io_epoll_ops; // epoll

// Makes the I/O of one worker. AUTO takes io_uring and falls back to epoll where the kernel or a seccomp filter refuses it; URING then
// fails instead. NULL with the error set.
struct leat_io *leat_io_create(enum leat_io_kind kind, struct leat_budget *budget);

// Writes all of `bytes` at `offset`, or at the descriptor's own position when offset is -1. 0, or -1 with errno set.
int leat_file_write_all(const struct leat_file_ops *files, int fd, const char *bytes, size_t count, off_t offset);

#endif
