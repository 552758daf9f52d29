#include "engine/runtime/encoder_task.h"

#include "engine/base/assert.h"

// Parcels that may wait for their turn before no further batch is taken, unless its turn is earlier than all of theirs: the batch whose
// turn it is must never wait behind those that wait for it.
#define PARCELS_MAX 8

static void fill_heads(struct leat_encoder_task *task) {
    for (uint32_t from = 0; from < task->workers; from++) {
        uint64_t bit = UINT64_C(1) << from;
        if ((task->head_from | task->last_from) & bit)
            continue;
        if (!leat_ring_pop(&task->channel->rings[from * task->workers + task->worker], &task->heads[from]))
            continue;
        if (from != task->worker)
            leat_parking_wake(&task->parking[from]); // there is room again
        if (task->heads[from].flags & LEAT_MESSAGE_LAST)
            task->last_from |= bit;
        else
            task->head_from |= bit;
    }
}

// The head with the lowest ticket; workers when there is none.
static uint32_t lowest_head(const struct leat_encoder_task *task) {
    uint32_t lowest = task->workers;
    for (uint32_t from = 0; from < task->workers; from++)
        if (task->head_from >> from & 1 && (lowest == task->workers || task->heads[from].number < task->heads[lowest].number))
            lowest = from;
    return lowest;
}

static int encode_batch(struct leat_encoder_task *task, const struct leat_message *message) {
    struct leat_selection selection = {.rows = message->rows, .count = message->row_count};
    if (message->row_count == message->batch->rows)
        selection.rows = NULL; // all of them: the dense loops are faster
    if (task->steps.count && leat_steps_run(&task->steps, message->batch, &selection, task->bad))
        return -1;
    struct leat_parcel *parcel = leat_outbox_take(&task->outbox);
    if (!parcel)
        return -1;
    parcel->ticket = message->number;
    parcel->records = selection.count;
    int failed = 0;
    if (task->encoder && selection.count)
        failed = task->channel->encoder->encode(task->encoder, message->batch, &selection, &parcel->bytes);
    leat_outbox_put(&task->outbox, parcel);
    return failed;
}

static int flush(struct leat_encoder_task *task) {
    bool passed = false;
    int left = leat_outbox_flush(&task->outbox, &passed);
    for (uint32_t w = 0; passed && w < task->workers; w++)
        if (w != task->worker)
            leat_parking_wake(&task->parking[w]);
    return left;
}

int leat_encoder_task_work(struct leat_encoder_task *task) {
    int work = task->outbox.first ? flush(task) : 0;
    if (work < 0)
        return -1;
    fill_heads(task);
    uint32_t from = lowest_head(task);
    if (from == task->workers)
        return work;
    if (task->outbox.count >= PARCELS_MAX && task->heads[from].number > task->outbox.first->ticket)
        return work;
    struct leat_message *message = &task->heads[from];
    int failed = encode_batch(task, message);
    task->head_from &= ~(UINT64_C(1) << from);
    uint32_t home = message->batch->home->home_worker; // read before the batch can be used again
    leat_pool_return(message->batch, task->worker);
    if (home != task->worker)
        leat_parking_wake(&task->parking[home]);
    if (failed)
        return -1;
    int left = flush(task);
    return left < 0 ? -1 : work + left + 1;
}

bool leat_encoder_task_is_finished(const struct leat_encoder_task *task) {
    uint64_t all = task->workers == 64 ? UINT64_MAX : (UINT64_C(1) << task->workers) - 1;
    return task->last_from == all && task->head_from == 0 && task->outbox.first == NULL;
}

void leat_encoder_task_destroy(struct leat_encoder_task *task) {
    leat_steps_destroy(&task->steps);
    if (task->encoder)
        task->channel->encoder->destroy(task->encoder);
    leat_outbox_destroy(&task->outbox);
    leat_memory_free(task->budget, task->heads, sizeof(*task->heads) * task->workers);
    *task = (struct leat_encoder_task){0};
}
