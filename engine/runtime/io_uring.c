// Waiting with io_uring. The only file that includes <liburing.h>.
#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/runtime/io.h"

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RING_ENTRIES 64

// Descriptors that are watched at once at most: one per input.
#define WATCHES_MAX 256

// What a completion belongs to: the eventfd, or the watched descriptor whose number it is.
#define TAG_EVENT UINT64_MAX

struct io_uring_io {
    struct leat_io head;
    struct io_uring ring;
    int event_fd;
    bool armed; // a poll of event_fd is under way
    uint32_t watched_count;
    int watched[WATCHES_MAX]; // descriptors whose poll is under way
};

static struct io_uring_sqe *uring_entry(struct io_uring_io *self) {
    struct io_uring_sqe *entry = io_uring_get_sqe(&self->ring);
    if (!entry) { // the queue is full of what was not submitted yet
        io_uring_submit(&self->ring);
        entry = io_uring_get_sqe(&self->ring);
    }
    leat_assert(entry != NULL);
    return entry;
}

static struct leat_io *uring_io_create(struct leat_budget *budget) {
    struct io_uring_io *self = leat_memory_zalloc(budget, sizeof(*self));
    if (!self)
        return NULL;
    self->head.ops = &leat_io_uring_ops;
    int failed = io_uring_queue_init(RING_ENTRIES, &self->ring, 0);
    if (failed) {
        leat_error_set(LEAT_ERROR_UNAVAILABLE, "io_uring is not available here (%s); use --io epoll or auto", strerror(-failed));
        leat_memory_free(budget, self, sizeof(*self));
        return NULL;
    }
    self->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->event_fd < 0) {
        leat_error_set(LEAT_ERROR_INTERNAL, "cannot make an eventfd: %s", strerror(errno));
        io_uring_queue_exit(&self->ring);
        leat_memory_free(budget, self, sizeof(*self));
        return NULL;
    }
    return &self->head;
}

static void uring_io_destroy(struct leat_io *io, struct leat_budget *budget) {
    struct io_uring_io *self = LEAT_CONTAINER_OF(io, struct io_uring_io, head);
    io_uring_queue_exit(&self->ring);
    close(self->event_fd);
    leat_memory_free(budget, self, sizeof(*self));
}

static int uring_io_watch(struct leat_io *io, int fd) {
    struct io_uring_io *self = LEAT_CONTAINER_OF(io, struct io_uring_io, head);
    // A worker that is woken by its peers asks again: a second poll would stay in the kernel beside the first.
    for (uint32_t i = 0; i < self->watched_count; i++)
        if (self->watched[i] == fd)
            return 0;
    leat_assert(self->watched_count < WATCHES_MAX);
    self->watched[self->watched_count++] = fd;
    struct io_uring_sqe *entry = uring_entry(self);
    io_uring_prep_poll_add(entry, fd, POLLIN);
    io_uring_sqe_set_data64(entry, (uint64_t)fd);
    return 0;
}

// The poll that this completion ends may be asked for again.
static void uring_complete(struct io_uring_io *self, uint64_t tag) {
    uint64_t wakes;
    if (tag == TAG_EVENT) {
        ssize_t got = read(self->event_fd, &wakes, sizeof(wakes)); // empties it
        leat_maybe(got == sizeof(wakes));
        self->armed = false;
    }
    for (uint32_t i = 0; i < self->watched_count; i++)
        if ((uint64_t)self->watched[i] == tag)
            self->watched[i] = self->watched[--self->watched_count];
}

static void uring_io_wait(struct leat_io *io, uint64_t timeout_ns) {
    struct io_uring_io *self = LEAT_CONTAINER_OF(io, struct io_uring_io, head);
    if (!self->armed) {
        struct io_uring_sqe *entry = uring_entry(self);
        io_uring_prep_poll_add(entry, self->event_fd, POLLIN);
        io_uring_sqe_set_data64(entry, TAG_EVENT);
        self->armed = true;
    }
    struct __kernel_timespec timeout = {.tv_sec = (long long)(timeout_ns / 1000000000u), .tv_nsec = (long long)(timeout_ns % 1000000000u)};
    struct io_uring_cqe *completion;
    int failed = io_uring_submit_and_wait_timeout(&self->ring, &completion, timeout_ns ? 1 : 0, &timeout, NULL);
    leat_maybe(failed < 0); // -ETIME and -EINTR: the caller looks around and waits again
    unsigned head, seen = 0;
    io_uring_for_each_cqe(&self->ring, head, completion) {
        uring_complete(self, io_uring_cqe_get_data64(completion));
        seen++;
    }
    io_uring_cq_advance(&self->ring, seen);
}

static void uring_io_wake(struct leat_io *io) {
    struct io_uring_io *self = LEAT_CONTAINER_OF(io, struct io_uring_io, head);
    uint64_t one = 1;
    ssize_t written = write(self->event_fd, &one, sizeof(one));
    leat_maybe(written == sizeof(one)); // full means awake already
}

const struct leat_io_ops leat_io_uring_ops = {
    .name = "uring",
    .create = uring_io_create,
    .destroy = uring_io_destroy,
    .watch = uring_io_watch,
    .wait = uring_io_wait,
    .wake = uring_io_wake,
};
