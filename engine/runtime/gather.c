#include "engine/runtime/gather.h"

#include "engine/base/assert.h"

// Bytes that may wait for a slow reader before nothing more is taken.
#define HELD_BYTES_MAX ((size_t)1 << 20)

struct gather {
    const struct leat_gather_spec *spec;
    struct leat_budget *budget;
    void **encoders;         // [port_count]
    struct leat_bytes bytes; // that the sink has not taken whole yet
    struct leat_account account;
};

static void gather_close(void *state) {
    struct gather *self = state;
    for (uint32_t i = 0; self->encoders && i < self->spec->port_count; i++)
        if (self->encoders[i])
            self->spec->ports[i].encoder->destroy(self->encoders[i]);
    leat_memory_free(self->budget, self->encoders, sizeof(void *) * self->spec->port_count);
    leat_bytes_free(&self->bytes);
    leat_memory_free(self->budget, self, sizeof(*self));
}

static int gather_open(const void *spec, const struct leat_operator_env *env, void **state) {
    struct gather *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->spec = spec;
    self->budget = self->bytes.budget = env->budget;
    self->encoders = leat_memory_zalloc(env->budget, sizeof(void *) * self->spec->port_count);
    for (uint32_t i = 0; self->encoders && i < self->spec->port_count; i++) {
        const struct leat_gather_port *port = &self->spec->ports[i];
        if (port->encoder->create(port->encode, env->budget, &self->encoders[i])) {
            gather_close(self);
            return -1;
        }
    }
    if (!self->encoders) {
        gather_close(self);
        return -1;
    }
    *state = self;
    return 0;
}

// Writes what is held. LEAT_FULL when some of it has to wait.
static enum leat_step write_held(struct gather *self) {
    if (self->bytes.length == 0)
        return LEAT_DONE;
    const struct leat_sink_run *run = self->spec->run;
    switch (run->ops->write(run->sink, 0, self->bytes.data, self->bytes.length)) {
    case LEAT_SINK_DONE:
        self->bytes.length = 0;
        return LEAT_DONE;
    case LEAT_SINK_LATER:
        return LEAT_FULL;
    case LEAT_SINK_FAILED:
        return LEAT_FAILED;
    }
    leat_unreachable();
}

static enum leat_step gather_push(void *state, uint32_t port, const struct leat_rows *rows) {
    struct gather *self = state;
    if (self->spec->ports[port].encoder->encode(self->encoders[port], rows->batch, &rows->selection, &self->bytes))
        return LEAT_FAILED;
    self->account.in += rows->selection.count;
    self->account.taken += rows->selection.count;
    self->account.out += rows->selection.count;
    return write_held(self) == LEAT_FAILED ? LEAT_FAILED : LEAT_DONE;
}

static enum leat_step gather_settle(void *state, bool all) {
    struct gather *self = state;
    enum leat_step step = write_held(self);
    return step == LEAT_FULL && !all && self->bytes.length < HELD_BYTES_MAX ? LEAT_DONE : step;
}

static int gather_wait_fd(const void *state) {
    const struct gather *self = state;
    const struct leat_sink_run *run = self->spec->run;
    return self->bytes.length && run->ops->wait_fd ? run->ops->wait_fd(run->sink) : -1;
}

static enum leat_step gather_advance(void *state, int64_t watermark_us, struct leat_output *output) {
    (void)state, (void)watermark_us, (void)output;
    return LEAT_DONE;
}

static int64_t gather_output_watermark(const void *state, int64_t watermark_us) {
    (void)state;
    return watermark_us;
}

static int gather_snapshot(void *state, struct leat_snapshot_writer *writer) {
    (void)state, (void)writer;
    return 0; // has been settled: keeps nothing
}

static int gather_restore(void *state, struct leat_snapshot_reader *reader) {
    (void)state, (void)reader;
    return 0;
}

static const struct leat_account *gather_account(void *state) {
    return &((struct gather *)state)->account;
}

const struct leat_operator_ops leat_gather_ops = {
    .kind = "sink",
    .open = gather_open,
    .close = gather_close,
    .push = gather_push,
    .advance = gather_advance,
    .settle = gather_settle,
    .wait_fd = gather_wait_fd,
    .output_watermark = gather_output_watermark,
    .snapshot = gather_snapshot,
    .restore = gather_restore,
    .account = gather_account,
};
