#include "operators/sinks/blackhole.h"

static int blackhole_open(const struct leat_sink_env *env, void **sink) {
    (void)env;
    *sink = NULL; // there is nothing to keep
    return 0;
}

static uint64_t blackhole_reserve(void *sink, size_t count) {
    (void)sink, (void)count;
    return 0;
}

static enum leat_sink_result blackhole_write(void *sink, uint64_t place, const char *bytes, size_t count) {
    (void)sink, (void)place, (void)bytes, (void)count;
    return LEAT_SINK_DONE;
}

static int blackhole_commit(void *sink) {
    (void)sink;
    return 0;
}

static void blackhole_end(void *sink) {
    (void)sink;
}

const struct leat_sink_ops leat_blackhole_sink_ops = {
    .name = "blackhole",
    .discards = true,
    .open = blackhole_open,
    .reserve = blackhole_reserve,
    .write = blackhole_write,
    .commit = blackhole_commit,
    .abort = blackhole_end,
    .close = blackhole_end,
};
