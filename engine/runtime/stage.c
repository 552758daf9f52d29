#include "engine/runtime/stage.h"

#include "engine/base/assert.h"

// Messages that one call takes at most, so that the worker looks downstream again.
#define MESSAGES_PER_CALL 8

static void copy_account(struct leat_stage *stage) {
    const struct leat_account *account = stage->ops->account(stage->state);
    leat_assert(account->in == account->taken + account->filtered + account->late + account->bad + account->pending);
    *stage->account = *account;
}

// Gives the open batch to the sender. The sender must be free.
static bool send_open(struct leat_stage *stage) {
    struct leat_batch *batch = stage->open;
    stage->open = NULL;
    struct leat_selection all = {.count = batch->rows};
    if (leat_sender_put(&stage->sender, batch, all, stage->round, stage->bad) == LEAT_FAILED)
        stage->failed = true;
    return !stage->failed;
}

static struct leat_batch *output_reserve(struct leat_output *output) {
    struct leat_stage *stage = LEAT_CONTAINER_OF(output, struct leat_stage, output);
    if (stage->open)
        return stage->open;
    if (stage->failed || leat_sender_go(&stage->sender, &stage->work) != LEAT_DONE)
        return NULL;
    return stage->open = leat_pool_take(&stage->sender.pool);
}

static void output_commit(struct leat_output *output, uint32_t rows) {
    struct leat_stage *stage = LEAT_CONTAINER_OF(output, struct leat_stage, output);
    leat_assert(stage->open && rows <= LEAT_BATCH_ROWS - stage->open->rows);
    stage->open->rows += rows;
    stage->work += 1;
    if (stage->open->rows == LEAT_BATCH_ROWS && send_open(stage)) { // a batch is only opened when the sender is free
        enum leat_step sent = leat_sender_go(&stage->sender, &stage->work);
        leat_maybe(sent == LEAT_FULL);
    }
}

void leat_stage_start(struct leat_stage *stage) {
    stage->output = (struct leat_output){.reserve = output_reserve, .commit = output_commit};
}

static enum leat_step push_rows(struct leat_stage *stage, uint32_t port, const struct leat_rows *rows) {
    enum leat_step step = stage->ops->push(stage->state, port, rows);
    leat_assert(step != LEAT_FULL); // taking never needs room for output
    return step;
}

struct sorted_push {
    struct leat_stage *stage;
    const struct leat_inlet_edge *edge;
};

static enum leat_step push_sorted(void *context, struct leat_rows *rows) {
    struct sorted_push *push = context;
    const struct leat_inlet *inlet = &push->stage->inlet;
    rows->watermark_before = inlet->groups[inlet->current].watermark_us;
    rows->watermark_others = leat_inlet_others_watermark(inlet);
    return push_rows(push->stage, push->edge->port, rows);
}

static enum leat_step push_round(struct leat_stage *stage) {
    struct leat_inlet_group *group = &stage->inlet.groups[stage->inlet.current];
    for (uint32_t i = 0; group->sorted && i < group->edge_count; i++) {
        struct sorted_push push = {.stage = stage, .edge = &group->edges[i]};
        enum leat_step step = leat_sorter_flush(&group->edges[i].sorter, push_sorted, &push);
        if (step != LEAT_DONE)
            return step;
    }
    return LEAT_DONE;
}

static enum leat_step settle(struct leat_stage *stage, bool all) {
    return stage->ops->settle ? stage->ops->settle(stage->state, all) : LEAT_DONE;
}

// Takes messages until the round is complete, nothing comes, or enough has been done. True when the round is complete.
static int receive(struct leat_stage *stage, bool discard) {
    for (uint32_t i = 0; i < MESSAGES_PER_CALL; i++) {
        struct leat_message message;
        struct leat_inlet_edge *edge;
        enum leat_step settled = discard ? LEAT_DONE : settle(stage, false);
        if (settled != LEAT_DONE)
            return settled == LEAT_FAILED ? -1 : 0;
        enum leat_inlet_event event = leat_inlet_next(&stage->inlet, &message, &edge);
        if (event == LEAT_INLET_FAILED)
            return -1;
        if (event == LEAT_INLET_NONE)
            return 0;
        stage->work += 1;
        if (event == LEAT_INLET_ROUND)
            return 1;
        if (event != LEAT_INLET_BATCH)
            continue;
        struct leat_rows rows = leat_inlet_rows(&stage->inlet, edge, &message);
        enum leat_step step = discard ? LEAT_DONE : push_rows(stage, edge->port, &rows);
        leat_inlet_done(&stage->inlet, &message);
        if (step == LEAT_FAILED)
            return -1;
    }
    return 0;
}

// True when a barrier has been seen on every input that has not ended, and so the state is that of exactly the rounds before it.
static bool barrier_is_aligned(struct leat_inlet *inlet) {
    bool any = false;
    for (uint32_t i = 0; i < inlet->group_count; i++) {
        any |= inlet->groups[i].barrier;
        if (!inlet->groups[i].barrier && !inlet->groups[i].finished)
            return false;
    }
    return any;
}

static int round_complete(struct leat_stage *stage) {
    if (push_round(stage) == LEAT_FAILED)
        return -1;
    copy_account(stage);
    leat_inlet_close_round(&stage->inlet);
    stage->phase = LEAT_STAGE_ADVANCE;
    return 0;
}

static int advance(struct leat_stage *stage) {
    int64_t watermark_us = leat_inlet_watermark(&stage->inlet);
    leat_assert(watermark_us >= stage->watermark_us);
    enum leat_step step = LEAT_DONE;
    if (watermark_us > stage->watermark_us)
        step = stage->ops->advance(stage->state, watermark_us, &stage->output);
    copy_account(stage);
    if (step == LEAT_FAILED || stage->failed)
        return -1;
    if (step == LEAT_DONE) {
        stage->watermark_us = watermark_us;
        stage->phase = LEAT_STAGE_FLUSH;
    }
    return 0;
}

static int flush(struct leat_stage *stage) {
    if (leat_sender_go(&stage->sender, &stage->work) != LEAT_DONE)
        return 0;
    if (stage->open && stage->open->rows == 0) {
        leat_pool_give(&stage->sender.pool, stage->open);
        stage->open = NULL;
    }
    if (stage->open)
        return send_open(stage) ? 0 : -1;
    bool barrier = barrier_is_aligned(&stage->inlet), last = leat_inlet_is_finished(&stage->inlet);
    enum leat_step settled = barrier || last ? settle(stage, true) : LEAT_DONE;
    if (settled != LEAT_DONE)
        return settled == LEAT_FAILED ? -1 : 0;
    if (barrier && stage->snapshot && stage->snapshot(stage->snapshot_context, stage->index, stage->inlet.worker, stage->ops, stage->state))
        return -1;
    if (barrier)
        leat_inlet_forget_barriers(&stage->inlet);
    uint32_t flags = (last || barrier ? LEAT_MESSAGE_LAST : 0) | (barrier ? LEAT_MESSAGE_BARRIER : 0);
    int64_t watermark_us = stage->ops->output_watermark(stage->state, stage->watermark_us);
    if (leat_sender_end(&stage->sender, stage->round++, watermark_us, flags) == LEAT_FAILED)
        return -1;
    stage->phase = LEAT_STAGE_END;
    return 0;
}

static int end(struct leat_stage *stage) {
    if (leat_sender_go(&stage->sender, &stage->work) != LEAT_DONE)
        return 0;
    bool stopped = stage->sender.message.flags & LEAT_MESSAGE_BARRIER, last = stage->sender.message.flags & LEAT_MESSAGE_LAST;
    stage->work += 1;
    if (stopped && !leat_inlet_is_finished(&stage->inlet))
        stage->phase = LEAT_STAGE_DISCARD;
    else
        stage->phase = last ? LEAT_STAGE_FINISHED : LEAT_STAGE_RECEIVE;
    return 0;
}

static int discard(struct leat_stage *stage) {
    int complete = receive(stage, true);
    if (complete > 0) {
        leat_inlet_close_round(&stage->inlet);
        leat_inlet_forget_barriers(&stage->inlet);
        if (leat_inlet_is_finished(&stage->inlet))
            stage->phase = LEAT_STAGE_FINISHED;
    }
    return complete < 0 ? -1 : 0;
}

static int stage_step(struct leat_stage *stage) {
    switch (stage->phase) {
    case LEAT_STAGE_RECEIVE: {
        int complete = receive(stage, false);
        return complete > 0 ? round_complete(stage) : complete;
    }
    case LEAT_STAGE_ADVANCE:
        return advance(stage);
    case LEAT_STAGE_FLUSH:
        return flush(stage);
    case LEAT_STAGE_END:
        return end(stage);
    case LEAT_STAGE_DISCARD:
        return discard(stage);
    case LEAT_STAGE_FINISHED:
        return 0;
    }
    leat_unreachable();
}

int leat_stage_work(struct leat_stage *stage) {
    stage->work = 0;
    enum leat_stage_phase before;
    do { // a round that is complete goes through its phases at once unless a ring is full
        before = stage->phase;
        if (stage_step(stage))
            return -1;
    } while (stage->phase != before && stage->phase != LEAT_STAGE_RECEIVE);
    return (int)stage->work;
}
