#include "engine/runtime/channel.h"

#include "engine/base/assert.h"
#include "engine/base/hash.h"
#include "engine/state/key.h"

// Workers for which picking the rows of each is faster than sorting.
#define PICK_WORKERS_MAX 4

_Static_assert(LEAT_WORKERS_MAX <= UINT8_MAX, "a target fits a byte");

static int channel_sender_create(struct leat_channel_sender *self, struct leat_channel *channel, const struct leat_sender_shape *shape,
                                 struct leat_budget *budget) {
    self->channel = channel;
    const struct leat_graph_edge *edge = channel->edge;
    if (!channel->steps_at_receiver && leat_steps_create(&self->steps, edge->steps, edge->step_count, shape->accounts, budget))
        return -1;
    if (channel->kind != LEAT_CHANNEL_LOCAL)
        return 0;
    self->outbox = (struct leat_outbox){
        .budget = budget, .turnstile = &channel->turnstile, .run = channel->sink, .account = &shape->accounts[channel->sink->node]};
    if (channel->sink->ops->discards)
        return 0;
    return channel->encoder->create(edge->encode, budget, &self->encoder);
}

static bool steps_write(const struct leat_graph_edge *edge, uint16_t column) {
    for (uint32_t i = 0; i < edge->step_count; i++)
        for (uint32_t k = 0; k < edge->steps[i].compute_count; k++)
            if (edge->steps[i].computes[k].slot == column)
                return true;
    return false;
}

// True when rows have the same key hash for both edges, whether or not they have passed the edges' steps.
static bool same_key(const struct leat_graph_edge *a, const struct leat_graph_edge *b) {
    if (a->key_count != b->key_count)
        return false;
    for (uint32_t i = 0; i < a->key_count; i++)
        if (a->key[i] != b->key[i] || steps_write(a, a->key[i]) || steps_write(b, b->key[i]))
            return false;
    return true;
}

static uint32_t find_hash_like(const struct leat_channel *channels, uint32_t index) {
    for (uint32_t i = 0; i < index; i++)
        if (channels[i].kind == LEAT_CHANNEL_KEYED && channels[index].kind == LEAT_CHANNEL_KEYED &&
            same_key(channels[i].edge, channels[index].edge))
            return i;
    return index;
}

int leat_sender_create(struct leat_sender *sender, const struct leat_sender_shape *shape, struct leat_budget *budget) {
    *sender = (struct leat_sender){.channel_count = shape->channel_count,
                                   .worker = shape->worker,
                                   .workers = shape->workers,
                                   .parking = shape->parking,
                                   .budget = budget,
                                   .spread_next = shape->worker};
    struct leat_pool_shape pool = {.physical = shape->layout->physical,
                                   .column_count = shape->layout->slot_count,
                                   .with_watermark = shape->with_watermark,
                                   .with_origin = shape->with_origin,
                                   .batch_count = shape->batch_count,
                                   .channel_count = shape->channel_count,
                                   .workers = shape->workers,
                                   .home_worker = shape->worker};
    sender->channels = leat_memory_zalloc(budget, sizeof(*sender->channels) * LEAT_MAX(shape->channel_count, 1u));
    if (!sender->channels || leat_pool_create(&sender->pool, &pool, budget))
        return -1;
    for (uint32_t i = 0; i < shape->channel_count; i++)
        sender->channels[i].hash_like = find_hash_like(shape->channels, i);
    for (uint32_t i = 0; i < shape->channel_count; i++)
        if (channel_sender_create(&sender->channels[i], &shape->channels[i], shape, budget))
            return -1;
    return 0;
}

void leat_sender_destroy(struct leat_sender *sender) {
    for (uint32_t i = 0; sender->channels && i < sender->channel_count; i++) {
        struct leat_channel_sender *self = &sender->channels[i];
        leat_steps_destroy(&self->steps);
        if (self->encoder)
            self->channel->encoder->destroy(self->encoder);
        if (self->parcel)
            leat_outbox_put(&self->outbox, self->parcel);
        leat_outbox_destroy(&self->outbox);
    }
    if (sender->channels)
        leat_memory_free(sender->budget, sender->channels, sizeof(*sender->channels) * LEAT_MAX(sender->channel_count, 1u));
    if (sender->pool.batches)
        leat_pool_destroy(&sender->pool);
    *sender = (struct leat_sender){0};
}

// Groups the selected rows by target[], keeping their order: a counting sort.
static void group_rows(const struct leat_selection *selection, const uint8_t *target, struct leat_route *route, uint32_t workers) {
    uint16_t next[LEAT_WORKERS_MAX + 1] = {0};
    for (uint32_t i = 0; i < selection->count; i++)
        next[target[i] + 1]++;
    for (uint32_t t = 0; t < workers; t++) {
        next[t + 1] = (uint16_t)(next[t + 1] + next[t]);
        route->offsets[t] = next[t];
    }
    route->offsets[workers] = next[workers];
    for (uint32_t i = 0; i < selection->count; i++)
        route->rows[next[target[i]]++] = (uint16_t)leat_selection_row(selection, i);
}

// The same for few workers, target after target: there are more steps, but none that waits for a counter in memory.
static void pick_rows(const struct leat_selection *selection, const uint8_t *target, struct leat_route *route, uint32_t workers) {
    const uint16_t *rows = selection->rows;
    uint16_t *picked = route->rows; // one more than may be picked is written, see leat_route
    route->offsets[0] = 0;
    for (uint32_t t = 0; t < workers; t++) {
        for (uint32_t i = 0; i < selection->count && rows; i++) {
            *picked = rows[i];
            picked += target[i] == t;
        }
        for (uint32_t i = 0; i < selection->count && !rows; i++) {
            *picked = (uint16_t)i;
            picked += target[i] == t;
        }
        route->offsets[t + 1] = (uint16_t)(picked - route->rows);
    }
}

// The same for two workers, in one go.
static void split_rows(const struct leat_selection *selection, const uint64_t *hash, struct leat_route *route) {
    uint16_t second[LEAT_BATCH_ROWS + 1];
    uint32_t counts[2] = {0, 0};
    for (uint32_t i = 0; i < selection->count; i++) {
        uint32_t row = leat_selection_row(selection, i), target = leat_key_group_worker(leat_key_group(hash[row]), 2);
        route->rows[counts[0]] = second[counts[1]] = (uint16_t)row; // one of the two is written again
        counts[0] += 1 - target;
        counts[1] += target;
    }
    memcpy(route->rows + counts[0], second, counts[1] * sizeof(*second));
    route->offsets[0] = 0;
    route->offsets[1] = (uint16_t)counts[0];
    route->offsets[2] = (uint16_t)selection->count;
}

// Groups the selected rows by the worker that owns their key, keeping their order.
static void route_by_key(const struct leat_selection *selection, const uint64_t *hash, struct leat_route *route, uint32_t workers) {
    uint8_t target[LEAT_BATCH_ROWS];
    route->dense = false;
    if (workers == 2) {
        split_rows(selection, hash, route);
        return;
    }
    for (uint32_t i = 0; i < selection->count; i++)
        target[i] = (uint8_t)leat_key_group_worker(leat_key_group(hash[leat_selection_row(selection, i)]), workers);
    (workers <= PICK_WORKERS_MAX ? pick_rows : group_rows)(selection, target, route, workers);
}

// All selected rows go to worker 0 (or, for SPREAD, to whoever gets the batch): to a sink, where no state is kept by key.
static void route_whole(const struct leat_selection *selection, struct leat_route *route, uint32_t workers) {
    route->dense = !selection->rows;
    if (!route->dense)
        memcpy(route->rows, selection->rows, selection->count * sizeof(*route->rows));
    route->offsets[0] = 0;
    for (uint32_t t = 1; t <= workers; t++)
        route->offsets[t] = (uint16_t)selection->count;
}

static int encode_local(struct leat_channel_sender *self, const struct leat_batch *batch, const struct leat_selection *selection) {
    if (!self->parcel && !(self->parcel = leat_outbox_take(&self->outbox)))
        return -1;
    self->parcel->records += selection->count;
    if (!self->encoder || selection->count == 0)
        return 0;
    return self->channel->encoder->encode(self->encoder, batch, selection, &self->parcel->bytes);
}

// Hashes the keys of what the steps have left, for `index` and all channels like it; for all rows at once where that is less work.
static void hash_keys(struct leat_sender *sender, uint32_t index, const struct leat_batch *batch, const struct leat_selection *whole) {
    const struct leat_graph_edge *edge = sender->channels[index].channel->edge;
    uint32_t rows = 0, channels = 0;
    for (uint32_t i = index; i < sender->channel_count; i++) {
        if (sender->channels[i].hash_like != index)
            continue;
        rows += sender->channels[i].selection.count;
        channels++;
    }
    uint64_t *hash = leat_pool_route(&sender->pool, batch, index)->hash;
    if (channels > 1 && rows > whole->count) {
        leat_key_hash(batch, edge->key, edge->key_count, whole, hash);
        return;
    }
    for (uint32_t i = index; i < sender->channel_count; i++)
        if (sender->channels[i].hash_like == index)
            leat_key_hash(batch, edge->key, edge->key_count, &sender->channels[i].selection, hash);
}

static int channel_put(struct leat_sender *sender, uint32_t index, struct leat_batch *batch, const struct leat_selection *whole) {
    struct leat_channel_sender *self = &sender->channels[index];
    const struct leat_selection *selection = &self->selection;
    if (self->channel->kind == LEAT_CHANNEL_LOCAL)
        return encode_local(self, batch, selection);
    struct leat_route *route = leat_pool_route(&sender->pool, batch, index);
    if (self->channel->kind == LEAT_CHANNEL_KEYED && self->hash_like == index)
        hash_keys(sender, index, batch, whole);
    // Without a key, too, a stage's rows go to the owner of their key group, which is where a restored job puts their state.
    if (self->channel->edge->to_kind == LEAT_GRAPH_STAGE && sender->workers > 1)
        route_by_key(selection, leat_pool_route(&sender->pool, batch, self->hash_like)->hash, route, sender->workers);
    else
        route_whole(selection, route, sender->workers);
    return 0;
}

enum leat_step leat_sender_put(struct leat_sender *sender, struct leat_batch *batch, struct leat_selection selection, uint64_t number,
                               struct leat_bad_rows *bad) {
    leat_assert(!leat_sender_is_busy(sender));
    leat_assert(batch->messages_out == 0);
    for (uint32_t i = 0; i < sender->channel_count; i++) {
        struct leat_channel_sender *self = &sender->channels[i];
        self->selection = selection;
        if (self->steps.count && leat_steps_run(&self->steps, batch, &self->selection, bad))
            return LEAT_FAILED;
    }
    for (uint32_t i = 0; i < sender->channel_count; i++)
        if (channel_put(sender, i, batch, &selection))
            return LEAT_FAILED;
    sender->batch = batch;
    sender->message = (struct leat_message){.batch = batch, .number = number};
    sender->channel = sender->target = 0;
    return LEAT_DONE;
}

enum leat_step leat_sender_end(struct leat_sender *sender, uint64_t number, int64_t watermark_us, uint32_t flags) {
    leat_assert(!leat_sender_is_busy(sender));
    for (uint32_t i = 0; i < sender->channel_count; i++) {
        struct leat_channel_sender *self = &sender->channels[i];
        if (self->channel->kind != LEAT_CHANNEL_LOCAL)
            continue;
        if (!self->parcel && !(self->parcel = leat_outbox_take(&self->outbox)))
            return LEAT_FAILED;
        self->parcel->ticket = number;
        leat_outbox_put(&self->outbox, self->parcel);
        self->parcel = NULL;
    }
    sender->ending = true;
    sender->message = (struct leat_message){.number = number, .watermark = watermark_us, .flags = LEAT_MESSAGE_END | flags};
    sender->channel = sender->target = 0;
    return LEAT_DONE;
}

static bool push_to(struct leat_sender *sender, const struct leat_channel *channel, uint32_t target, const struct leat_message *message) {
    // Counted before it can come home; only this worker touches the count.
    if (message->batch)
        message->batch->messages_out++;
    if (leat_ring_push(&channel->rings[sender->worker * sender->workers + target], message)) {
        if (target != sender->worker)
            leat_parking_wake(&sender->parking[target]);
        return true;
    }
    if (message->batch)
        message->batch->messages_out--;
    return false;
}

static bool send_keyed(struct leat_sender *sender, uint32_t index, uint32_t *work) {
    const struct leat_channel *channel = sender->channels[index].channel;
    for (; sender->target < sender->workers; sender->target++) {
        struct leat_message message = sender->message;
        if (sender->batch) {
            const struct leat_route *route = leat_pool_route(&sender->pool, sender->batch, index);
            message.row_count = (uint32_t)(route->offsets[sender->target + 1] - route->offsets[sender->target]);
            if (message.row_count == 0)
                continue;
            message.rows = route->dense ? NULL : route->rows + route->offsets[sender->target];
            message.hash = leat_pool_route(&sender->pool, sender->batch, sender->channels[index].hash_like)->hash;
        }
        if (!push_to(sender, channel, sender->target, &message))
            return false;
        ++*work;
    }
    return true;
}

// The worker with the shortest queue and room for one more, beginning with the one after the last; workers when there is none.
static uint32_t spread_target(const struct leat_sender *sender, const struct leat_channel *channel) {
    uint32_t best = sender->workers, best_length = UINT32_MAX;
    for (uint32_t i = 0; i < sender->workers; i++) {
        uint32_t target = (sender->spread_next + i) % sender->workers;
        const struct leat_ring *ring = &channel->rings[sender->worker * sender->workers + target];
        uint32_t length = leat_ring_length(ring);
        if (length < best_length && leat_ring_has_room(ring))
            best = target, best_length = length;
    }
    return best;
}

static bool send_spread(struct leat_sender *sender, uint32_t index, uint32_t *work) {
    struct leat_channel *channel = sender->channels[index].channel;
    const struct leat_route *route = leat_pool_route(&sender->pool, sender->batch, index);
    struct leat_message message = sender->message;
    message.row_count = route->offsets[1];
    message.rows = route->dense ? NULL : route->rows;
    if (message.row_count == 0)
        return true;
    uint32_t target = spread_target(sender, channel);
    if (target == sender->workers)
        return false;
    // Relaxed: only the numbers' order per producer matters, and one thread's draws are in order.
    message.number = atomic_fetch_add_explicit(&channel->turnstile.next, 1, memory_order_relaxed);
    bool pushed = push_to(sender, channel, target, &message);
    leat_assert(pushed); // there was room, and only we push
    sender->spread_next = (target + 1) % sender->workers;
    ++*work;
    return true;
}

static bool send_channel(struct leat_sender *sender, uint32_t index, uint32_t *work) {
    switch (sender->channels[index].channel->kind) {
    case LEAT_CHANNEL_KEYED:
        return send_keyed(sender, index, work);
    case LEAT_CHANNEL_SPREAD:
        if (sender->batch)
            return send_spread(sender, index, work);
        return !(sender->message.flags & LEAT_MESSAGE_LAST) || send_keyed(sender, index, work); // LAST goes to every encoder
    case LEAT_CHANNEL_LOCAL:
        return true;
    }
    leat_unreachable();
}

enum leat_step leat_sender_go(struct leat_sender *sender, uint32_t *work) {
    if (!leat_sender_is_busy(sender))
        return LEAT_DONE;
    for (; sender->channel < sender->channel_count; sender->channel++, sender->target = 0)
        if (!send_channel(sender, sender->channel, work))
            return LEAT_FULL;
    if (sender->batch && sender->batch->messages_out == 0)
        leat_pool_give(&sender->pool, sender->batch);
    sender->batch = NULL;
    sender->ending = false;
    return LEAT_DONE;
}

int leat_sender_flush_outboxes(struct leat_sender *sender, uint32_t *held, uint32_t *work) {
    *held = 0;
    for (uint32_t i = 0; i < sender->channel_count; i++) {
        struct leat_outbox *outbox = &sender->channels[i].outbox;
        if (!outbox->first)
            continue;
        bool passed = false;
        int left = leat_outbox_flush(outbox, &passed);
        if (left < 0)
            return -1;
        *work += (uint32_t)left;
        *held = LEAT_MAX(*held, outbox->count);
        for (uint32_t w = 0; passed && w < sender->workers; w++)
            if (w != sender->worker)
                leat_parking_wake(&sender->parking[w]);
    }
    return 0;
}
