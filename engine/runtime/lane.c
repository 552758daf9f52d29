#include "engine/runtime/lane.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

// Parcels of LOCAL output or dead letters that may wait for their turn before no further chunk is claimed.
#define PARCELS_MAX 4

// Buffers of a lane that a worker may have in use: one being parsed, the others under batches on their way home.
#define BUFFERS_MAX 16

// A row's place in its source, comparable over all lanes: lane, chunk, row.
static uint64_t row_position(const struct leat_lane_worker *self, uint32_t row) {
    return (uint64_t)self->lane->index << 56 | (self->chunk.number & 0xfffffff) << 28 | ((self->chunk_rows + row) & 0xfffffff);
}

static int report_letter(struct leat_lane_worker *self, uint64_t offset, const char *raw, size_t length, const char *reason,
                         const char *field) {
    if (!self->letters && !(self->letters = leat_outbox_take(&self->letter_outbox)))
        return -1;
    struct leat_dead_letter letter = {.table = self->lane->plan->table,
                                      .file = self->lane->env.path,
                                      .offset = offset,
                                      .reason = reason,
                                      .field = field,
                                      .raw = raw,
                                      .raw_length = length};
    size_t begin = self->letters->bytes.length;
    if (leat_dead_letter_append(self->lane->letters, &self->letters->bytes, &letter))
        return -1;
    return self->letters->bytes.length == begin ? 0 : leat_letter_order_note(&self->letter_order, offset, begin);
}

static void report_bad_row(struct leat_bad_rows *bad, const struct leat_batch *batch, uint32_t row, const char *reason) {
    struct leat_lane_worker *self = LEAT_CONTAINER_OF(bad, struct leat_lane_worker, bad);
    (void)batch; // rows of the batch stand where the decoder put them
    uint32_t begin = self->decoded->good_begin[row];
    if (report_letter(self, self->chunk.offset + begin, self->chunk.text + begin, self->decoded->good_length[row], reason, NULL))
        self->failed = -1;
}

static int evaluator_create(struct leat_lane_worker *self) {
    const struct leat_graph_source *plan = self->lane->plan;
    uint32_t count = plan->compute_count + (plan->watermark != NULL);
    if (count == 0)
        return 0;
    size_t bytes = sizeof(struct leat_expr *) * count;
    const struct leat_expr **exprs = leat_memory_alloc(&self->budget, bytes);
    if (!exprs)
        return -1;
    for (uint32_t i = 0; i < plan->compute_count; i++)
        exprs[i] = plan->computes[i].expr;
    if (plan->watermark)
        exprs[count - 1] = plan->watermark;
    self->evaluator = leat_evaluator_create(&self->budget, exprs, count);
    leat_memory_free(&self->budget, exprs, bytes);
    return self->evaluator ? 0 : -1;
}

int leat_lane_worker_create(struct leat_lane_worker *self, struct leat_lane *lane, const struct leat_sender_shape *shape) {
    *self = (struct leat_lane_worker){.lane = lane,
                                      .budget = {.owner = lane->plan->table},
                                      .account = &shape->accounts[lane->plan->node],
                                      .bad = {.report = report_bad_row}};
    struct leat_budget *budget = &self->budget;
    self->buffers = (struct leat_buffer_pool){.budget = budget, .count_max = BUFFERS_MAX};
    self->letter_outbox = (struct leat_outbox){
        .budget = budget, .turnstile = &lane->letter_turnstile, .run = &lane->letter_run, .account = &self->letter_account};
    self->letter_order.entries.budget = self->letter_order.sorted.budget = budget;
    leat_counter_set(&self->watermark_us, (uint64_t)LEAT_TIME_MIN);
    self->watermark.physical = LEAT_PHYSICAL_INT64;
    if (leat_sender_create(&self->sender, shape, budget) ||
        lane->plan->format->decoder->create(lane->plan->decode, budget, &self->decoder) || evaluator_create(self))
        return -1;
    self->decoded = leat_memory_zalloc(budget, sizeof(*self->decoded));
    self->errors = self->decoded ? leat_memory_zalloc(budget, sizeof(*self->errors)) : NULL;
    self->rows = self->errors ? leat_memory_zalloc(budget, sizeof(uint16_t) * LEAT_BATCH_ROWS) : NULL;
    self->watermark.data = self->rows ? leat_memory_zalloc(budget, sizeof(int64_t) * LEAT_BATCH_ROWS) : NULL;
    self->watermark.valid = self->watermark.data ? leat_memory_zalloc(budget, sizeof(uint64_t) * LEAT_BATCH_WORDS) : NULL;
    return self->watermark.valid ? 0 : -1;
}

void leat_lane_worker_destroy(struct leat_lane_worker *self) {
    struct leat_budget *budget = &self->budget;
    leat_sender_destroy(&self->sender); // its batches let go of their buffers
    leat_buffer_release(self->chunk.buffer);
    leat_buffer_pool_destroy(&self->buffers);
    if (self->decoder)
        self->lane->plan->format->decoder->destroy(self->decoder);
    if (self->evaluator)
        leat_evaluator_destroy(self->evaluator);
    if (self->letters)
        leat_outbox_put(&self->letter_outbox, self->letters);
    leat_outbox_destroy(&self->letter_outbox);
    leat_letter_order_free(&self->letter_order);
    leat_memory_free(budget, self->decoded, sizeof(*self->decoded));
    leat_memory_free(budget, self->errors, sizeof(*self->errors));
    leat_memory_free(budget, self->rows, sizeof(uint16_t) * LEAT_BATCH_ROWS);
    leat_memory_free(budget, self->watermark.data, sizeof(int64_t) * LEAT_BATCH_ROWS);
    leat_memory_free(budget, self->watermark.valid, sizeof(uint64_t) * LEAT_BATCH_WORDS);
    leat_assert(budget->used_bytes == 0);
}

// The rows without a value in this column are bad records.
static int drop_nulls(struct leat_lane_worker *self, struct leat_batch *batch, struct leat_selection *selection, uint32_t slot,
                      enum leat_bad_reason reason) {
    const struct leat_column *column = &batch->columns[slot];
    if (LEAT_LIKELY(!column->has_null))
        return 0;
    for (uint32_t i = 0; i < selection->count; i++) {
        uint32_t row = leat_selection_row(selection, i);
        if (leat_column_is_valid(column, row))
            continue;
        self->errors->rows[row / 64] |= UINT64_C(1) << (row % 64);
        self->errors->reason[row] = leat_bad_reason_text(reason);
        self->errors->count++;
    }
    leat_bad_rows_remove(self->errors, batch, selection, self->rows, &self->bad);
    return self->failed;
}

// What the planner takes for NOT NULL is NOT NULL.
static int drop_forbidden_nulls(struct leat_lane_worker *self, struct leat_batch *batch, struct leat_selection *selection) {
    const struct leat_decode_config *decode = self->lane->plan->decode;
    for (uint32_t i = 0; i < decode->field_count; i++)
        if (!decode->fields[i].type.nullable && drop_nulls(self, batch, selection, i, LEAT_BAD_NULL))
            return -1;
    return 0;
}

// Each row's W within the chunk: the largest watermark of the earlier rows. A row without a watermark value does not advance it.
static void running_maximum(struct leat_lane_worker *self, struct leat_batch *batch, const struct leat_selection *selection) {
    int64_t largest = self->chunk_watermark_us;
    const int64_t *value = leat_column_int64(&self->watermark);
    if (!selection->rows && !self->watermark.has_null) {
        for (uint32_t row = 0; row < selection->count; row++) {
            batch->watermark[row] = largest;
            largest = LEAT_MAX(largest, value[row]);
        }
    } else {
        for (uint32_t i = 0; i < selection->count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            batch->watermark[row] = largest;
            if (leat_column_is_valid(&self->watermark, row))
                largest = LEAT_MAX(largest, value[row]);
        }
    }
    self->chunk_watermark_us = largest;
}

static int compute_watermarks(struct leat_lane_worker *self, struct leat_batch *batch, struct leat_selection *selection) {
    const struct leat_graph_source *plan = self->lane->plan;
    if (!plan->watermark) {
        for (uint32_t row = 0; row < batch->rows; row++)
            batch->watermark[row] = LEAT_TIME_MIN;
        return 0;
    }
    if (leat_evaluate(self->evaluator, plan->watermark, batch, selection, &self->watermark, self->errors))
        return -1;
    leat_bad_rows_remove(self->errors, batch, selection, self->rows, &self->bad);
    running_maximum(self, batch, selection);
    return self->failed;
}

static int list_bad_records(struct leat_lane_worker *self) {
    const struct leat_decoded *decoded = self->decoded;
    for (uint32_t i = 0; i < decoded->bad; i++)
        if (report_letter(self, self->chunk.offset + decoded->bad_begin[i], self->chunk.text + decoded->bad_begin[i],
                          decoded->bad_length[i], leat_bad_reason_text(decoded->bad_reason[i]), decoded->bad_field[i]))
            return -1;
    return 0;
}

// Columns, time, watermark and origin of the rows that the decoder found, and off they go.
static int prepare(struct leat_lane_worker *self, struct leat_batch *batch) {
    const struct leat_graph_source *plan = self->lane->plan;
    struct leat_selection selection = {.count = batch->rows};
    if (drop_forbidden_nulls(self, batch, &selection))
        return -1;
    if (plan->compute_count &&
        leat_computes_run(self->evaluator, plan->computes, plan->compute_count, batch, &selection, self->rows, self->errors, &self->bad))
        return -1;
    if (self->failed || (plan->has_time && drop_nulls(self, batch, &selection, plan->time, LEAT_BAD_NULL_TIME)) ||
        compute_watermarks(self, batch, &selection))
        return -1;
    for (uint32_t row = 0; self->lane->with_origin && row < batch->rows; row++)
        batch->position[row] = row_position(self, row);
    self->account->in += batch->rows + self->decoded->bad;
    self->account->taken += selection.count;
    self->account->out += selection.count;
    self->account->bad += batch->rows - selection.count + self->decoded->bad;
    self->chunk_rows += batch->rows;
    enum leat_step step = leat_sender_put(&self->sender, batch, selection, self->chunk.number, &self->bad);
    return step == LEAT_FAILED || self->failed ? -1 : 0;
}

// Decodes one batch. True when the chunk is at its end.
static int decode(struct leat_lane_worker *self, uint32_t *work) {
    struct leat_batch *batch = leat_pool_take(&self->sender.pool);
    if (!batch)
        return 0;
    int found = self->lane->plan->format->decoder->next(self->decoder, batch, self->decoded);
    if (found <= 0 || list_bad_records(self)) {
        leat_pool_give(&self->sender.pool, batch);
        return found == 0 ? 1 : -1;
    }
    *work += 1;
    batch->rows = self->decoded->good;
    batch->buffer = self->chunk.buffer;
    leat_buffer_hold(batch->buffer);
    if (prepare(self, batch))
        return -1;
    self->phase = LEAT_LANE_SEND;
    return 0;
}

static int end_chunk(struct leat_lane_worker *self) {
    if (self->chunk.buffer) {
        leat_counter_set(&self->bytes, leat_counter_get(&self->bytes) + self->chunk.length);
        if (self->chunk.too_long_at != UINT64_MAX) {
            self->account->in++;
            self->account->bad++;
            if (report_letter(self, self->chunk.too_long_at, NULL, 0, leat_bad_reason_text(LEAT_BAD_TOO_LONG), NULL))
                return -1;
        }
    }
    leat_buffer_release(self->chunk.buffer);
    self->chunk.buffer = NULL;
    if (!self->letters && !(self->letters = leat_outbox_take(&self->letter_outbox)))
        return -1;
    if (leat_letter_order_apply(&self->letter_order, &self->letters->bytes))
        return -1;
    self->letters->ticket = self->chunk.number;
    leat_outbox_put(&self->letter_outbox, self->letters);
    self->letters = NULL;
    leat_counter_set(&self->watermark_us, (uint64_t)LEAT_MAX((int64_t)leat_counter_get(&self->watermark_us), self->chunk_watermark_us));
    int64_t watermark_us = self->flags & LEAT_MESSAGE_LAST ? LEAT_TIME_MAX : self->chunk_watermark_us;
    if (leat_sender_end(&self->sender, self->chunk.number, watermark_us, self->flags) == LEAT_FAILED)
        return -1;
    self->phase = LEAT_LANE_END;
    return 0;
}

// What the chunks from `number` on leave for sinks and dead letters is dropped: another job starts there.
static void stop_output(struct leat_lane *lane, uint64_t number) {
    // Relaxed: parcels see it because those before them pass the turn on later than this (see struct leat_turnstile).
    for (uint32_t i = 0; i < lane->channel_count; i++)
        if (lane->channels[i].kind == LEAT_CHANNEL_LOCAL)
            atomic_store_explicit(&lane->channels[i].turnstile.stop, number, memory_order_relaxed);
    atomic_store_explicit(&lane->letter_turnstile.stop, number, memory_order_relaxed); // likewise
}

// Whoever claims a number takes a checkpoint request that is waiting: the chunk's END then carries the barrier to every receiver.
static uint32_t take_barrier(struct leat_lane *lane, const struct leat_chunk *chunk) {
    // Relaxed: the request says nothing but itself; the exchange makes sure that one claimer gets it.
    if (LEAT_LIKELY(atomic_load_explicit(&lane->barrier_asked, memory_order_relaxed) == 0))
        return 0;
    if (atomic_exchange_explicit(&lane->barrier_asked, 0, memory_order_relaxed) == 0)
        return 0;
    atomic_store_explicit(&lane->barrier_offset, chunk->end_offset, memory_order_relaxed); // read after the threads have been joined
    stop_output(lane, chunk->number + 1);
    return LEAT_MESSAGE_BARRIER;
}

static int claim(struct leat_lane_worker *self, uint32_t *work) {
    struct leat_lane *lane = self->lane;
    leat_pool_collect(&self->sender.pool); // lets go of buffers
    enum leat_claim claimed = lane->ops->claim(lane->source, &self->buffers, &self->chunk);
    self->idle = claimed == LEAT_CLAIM_NONE;
    switch (claimed) {
    case LEAT_CLAIM_FAILED:
        return -1;
    case LEAT_CLAIM_NONE:
    case LEAT_CLAIM_FULL:
        return 0;
    case LEAT_CLAIM_ENDED:
        self->phase = LEAT_LANE_ENDED;
        *work += 1;
        return 0;
    case LEAT_CLAIM_LAST:
    case LEAT_CLAIM_CHUNK:
        break;
    }
    *work += 1;
    self->chunk_rows = 0;
    self->chunk_watermark_us = self->chunk.number == 0 ? lane->start_watermark_us : LEAT_TIME_MIN;
    self->flags = claimed == LEAT_CLAIM_LAST ? LEAT_MESSAGE_LAST : take_barrier(lane, &self->chunk);
    if (claimed == LEAT_CLAIM_LAST)
        return end_chunk(self);
    lane->plan->format->decoder->begin(self->decoder, self->chunk.text, self->chunk.length);
    self->phase = LEAT_LANE_DECODE;
    return 0;
}

static int flush_letters(struct leat_lane_worker *self, uint32_t *held, uint32_t *work) {
    if (!self->letter_outbox.first)
        return 0;
    bool passed = false;
    int left = leat_outbox_flush(&self->letter_outbox, &passed);
    if (left < 0)
        return -1;
    *work += (uint32_t)left;
    *held = LEAT_MAX(*held, self->letter_outbox.count);
    for (uint32_t w = 0; passed && w < self->sender.workers; w++)
        if (w != self->sender.worker)
            leat_parking_wake(&self->sender.parking[w]);
    return 0;
}

static int lane_step(struct leat_lane_worker *self, bool may_claim, uint32_t *work) {
    switch (self->phase) {
    case LEAT_LANE_CLAIM:
        return may_claim ? claim(self, work) : 0;
    case LEAT_LANE_DECODE: {
        int at_end = decode(self, work);
        if (at_end <= 0)
            return at_end;
        *work += 1; // the next chunk can be claimed: a worker that has done nothing goes to sleep
        return end_chunk(self);
    }
    case LEAT_LANE_SEND:
    case LEAT_LANE_END:
        if (leat_sender_go(&self->sender, work) == LEAT_DONE)
            self->phase = self->phase == LEAT_LANE_SEND ? LEAT_LANE_DECODE : LEAT_LANE_CLAIM;
        return 0;
    case LEAT_LANE_ENDED:
        return 0;
    }
    leat_unreachable();
}

int leat_lane_work(struct leat_lane_worker *self, bool may_claim) {
    uint32_t held = 0, work = 0;
    if (leat_sender_flush_outboxes(&self->sender, &held, &work) || flush_letters(self, &held, &work))
        return -1;
    enum leat_lane_phase before;
    do { // on, until a ring is full, a pool is empty, or one batch has been sent
        before = self->phase;
        if (lane_step(self, may_claim && held < PARCELS_MAX, &work))
            return -1;
    } while (self->phase != before && before != LEAT_LANE_SEND && before != LEAT_LANE_END);
    return (int)work;
}

bool leat_lane_worker_is_finished(const struct leat_lane_worker *self) {
    if (self->phase != LEAT_LANE_ENDED || leat_sender_is_busy(&self->sender) || self->letter_outbox.first)
        return false;
    for (uint32_t i = 0; i < self->sender.channel_count; i++)
        if (self->sender.channels[i].outbox.first)
            return false;
    return true;
}
