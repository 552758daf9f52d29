// Waiting with epoll and an eventfd: where io_uring is refused.
#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/runtime/io.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct io_epoll {
    struct leat_io head;
    int epoll_fd;
    int event_fd;
};

static void epoll_io_destroy(struct leat_io *io, struct leat_budget *budget) {
    struct io_epoll *self = LEAT_CONTAINER_OF(io, struct io_epoll, head);
    if (self->epoll_fd >= 0)
        close(self->epoll_fd);
    if (self->event_fd >= 0)
        close(self->event_fd);
    leat_memory_free(budget, self, sizeof(*self));
}

static struct leat_io *epoll_io_create(struct leat_budget *budget) {
    struct io_epoll *self = leat_memory_zalloc(budget, sizeof(*self));
    if (!self)
        return NULL;
    self->head.ops = &leat_io_epoll_ops;
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    self->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = self->event_fd};
    if (self->epoll_fd >= 0 && self->event_fd >= 0 && epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, self->event_fd, &event) == 0)
        return &self->head;
    leat_error_set(LEAT_ERROR_INTERNAL, "cannot set up epoll: %s", strerror(errno));
    epoll_io_destroy(&self->head, budget);
    return NULL;
}

static int epoll_io_watch(struct leat_io *io, int fd) {
    struct io_epoll *self = LEAT_CONTAINER_OF(io, struct io_epoll, head);
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = fd};
    if (epoll_ctl(self->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
        return 0;
    if (errno == ENOENT && epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    if (errno == EPERM) { // a regular file is always readable
        io->ops->wake(io);
        return 0;
    }
    return leat_error_set(LEAT_ERROR_IO, "cannot wait for a descriptor with epoll: %s", strerror(errno));
}

static void epoll_io_wait(struct leat_io *io, uint64_t timeout_ns) {
    struct io_epoll *self = LEAT_CONTAINER_OF(io, struct io_epoll, head);
    struct epoll_event events[8];
    uint64_t timeout_ms = (timeout_ns + 999999) / 1000000;
    int count = epoll_wait(self->epoll_fd, events, LEAT_ARRAY_LEN(events), (int)LEAT_MIN(timeout_ms, (uint64_t)INT32_MAX));
    for (int i = 0; i < count; i++) {
        uint64_t wakes;
        if (events[i].data.fd == self->event_fd) {
            ssize_t got = read(self->event_fd, &wakes, sizeof(wakes)); // empties it
            leat_maybe(got == sizeof(wakes));
        }
    }
}

static void epoll_io_wake(struct leat_io *io) {
    struct io_epoll *self = LEAT_CONTAINER_OF(io, struct io_epoll, head);
    uint64_t one = 1;
    ssize_t written = write(self->event_fd, &one, sizeof(one));
    leat_maybe(written == sizeof(one)); // full means awake already
}

const struct leat_io_ops leat_io_epoll_ops = {
    .name = "epoll",
    .create = epoll_io_create,
    .destroy = epoll_io_destroy,
    .watch = epoll_io_watch,
    .wait = epoll_io_wait,
    .wake = epoll_io_wake,
};
