#include "tests/support/collect_sink.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <pthread.h>
#include <stdlib.h>

void leat_collect_sink_init(struct leat_collect_sink *sink, size_t capacity) {
    *sink = (struct leat_collect_sink){.bytes = calloc(capacity + 1, 1), .capacity = capacity};
    memcpy(sink->path, "memory", sizeof("memory"));
    leat_assert(sink->bytes != NULL);
}

void leat_collect_sink_free(struct leat_collect_sink *sink) {
    leat_assert(!sink->open);
    free(sink->bytes);
    sink->bytes = NULL;
}

static int collect_open(const struct leat_sink_env *env, void **opened) {
    struct leat_collect_sink *sink = LEAT_CONTAINER_OF(env->path, struct leat_collect_sink, path);
    if (sink->fail_open)
        return leat_error_set(LEAT_ERROR_IO, "collect: told not to open");
    leat_assert(!sink->open);
    sink->open = true;
    *opened = sink;
    return 0;
}

static uint64_t collect_reserve(void *self, size_t count) {
    struct leat_collect_sink *sink = self;
    uint64_t place = atomic_fetch_add(&sink->length, count);
    leat_assert(place + count <= sink->capacity);
    return place;
}

// What a test wants to go wrong with this write; DONE: nothing.
static enum leat_sink_result planned(struct leat_collect_sink *sink) {
    uint64_t number = atomic_fetch_add(&sink->writes, 1) + 1;
    leat_assert(sink->open && !sink->committed && !sink->aborted);
    if (number == sink->fail_at) {
        leat_error_set(LEAT_ERROR_IO, "collect: told to fail");
        return LEAT_SINK_FAILED;
    }
    return sink->later_every && number % sink->later_every == 0 ? LEAT_SINK_LATER : LEAT_SINK_DONE;
}

static enum leat_sink_result write_placed(void *self, uint64_t place, const char *bytes, size_t count) {
    struct leat_collect_sink *sink = self;
    enum leat_sink_result result = planned(sink);
    if (result != LEAT_SINK_DONE)
        return result;
    leat_assert(place + count <= atomic_load(&sink->length));
    if (count)
        memcpy(sink->bytes + place, bytes, count);
    atomic_fetch_add(&sink->written, count);
    return LEAT_SINK_DONE;
}

static enum leat_sink_result write_gathering(void *self, uint64_t place, const char *bytes, size_t count) {
    struct leat_collect_sink *sink = self;
    (void)place;
    uint64_t nobody = 0, me = (uint64_t)(uintptr_t)pthread_self();
    leat_assert(atomic_compare_exchange_strong(&sink->gather_thread, &nobody, me) || nobody == me);
    enum leat_sink_result result = planned(sink);
    if (result != LEAT_SINK_DONE)
        return result;
    uint64_t at = atomic_fetch_add(&sink->written, count);
    leat_assert(at + count <= sink->capacity);
    if (count)
        memcpy(sink->bytes + at, bytes, count);
    return LEAT_SINK_DONE;
}

static int collect_commit(void *self) {
    struct leat_collect_sink *sink = self;
    leat_assert(!sink->committed && !sink->aborted);
    if (sink->fail_commit)
        return leat_error_set(LEAT_ERROR_IO, "collect: told not to commit");
    sink->committed = true;
    return 0;
}

static void collect_abort(void *self) {
    struct leat_collect_sink *sink = self;
    leat_assert(!sink->committed && !sink->aborted);
    sink->aborted = true;
}

static void collect_close(void *self) {
    struct leat_collect_sink *sink = self;
    leat_assert(sink->open && (sink->committed || sink->aborted));
    sink->open = false;
}

const struct leat_sink_ops leat_collect_placed_ops = {
    .name = "collect_placed",
    .open = collect_open,
    .reserve = collect_reserve,
    .write = write_placed,
    .commit = collect_commit,
    .abort = collect_abort,
    .close = collect_close,
};

const struct leat_sink_ops leat_collect_gathering_ops = {
    .name = "collect_gathering",
    .gathers = true,
    .open = collect_open,
    .reserve = collect_reserve,
    .write = write_gathering,
    .commit = collect_commit,
    .abort = collect_abort,
    .close = collect_close,
};

static enum leat_sink_result write_nothing(void *self, uint64_t place, const char *bytes, size_t count) {
    (void)self, (void)place, (void)bytes;
    leat_assert(count == 0);
    return LEAT_SINK_DONE;
}

const struct leat_sink_ops leat_collect_discarding_ops = {
    .name = "collect_discarding",
    .discards = true,
    .open = collect_open,
    .reserve = collect_reserve,
    .write = write_nothing,
    .commit = collect_commit,
    .abort = collect_abort,
    .close = collect_close,
};
