#include "bench/bench_window.h"

#include "engine/base/memory.h"
#include "engine/state/key.h"
#include "operators/window_tumble.h"

#include <stdio.h>

#define SIZE_US      (60 * INT64_C(1000000))
#define MESSAGES_MAX 1024

enum { TIME, KEY, VALUE, COLUMNS };
enum { COUNT, SUM, AVG, MIN, MAX, AGGREGATES };

struct message {
    struct leat_batch *batch;
    uint64_t hash[LEAT_BATCH_ROWS];
};

struct bench_window {
    struct leat_output output;
    struct leat_batch *out;
    double count_sum;
    void *state;
    struct leat_budget budget;
    struct message messages[MESSAGES_MAX];
    uint32_t message_count;
    uint32_t open_windows;
    uint64_t next;
    uint64_t window_messages; // that make up one window
    uint64_t random;
};

static const uint16_t key_columns[] = {KEY};
static const uint8_t key_physical[] = {LEAT_PHYSICAL_TEXT};
static const uint8_t physical[COLUMNS] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_DOUBLE};

#define OF_VALUE(k)                                                                                                                        \
    { .kind = LEAT_AGGREGATE_##k, .column = VALUE, .arg_physical = LEAT_PHYSICAL_DOUBLE, .type.kind = LEAT_TYPE_DOUBLE }
static const struct leat_window_aggregate aggregates[AGGREGATES] = {
    {.kind = LEAT_AGGREGATE_COUNT_ALL, .type.kind = LEAT_TYPE_BIGINT}, OF_VALUE(SUM), OF_VALUE(AVG), OF_VALUE(MIN), OF_VALUE(MAX),
};

#define FROM_AGGREGATE(i)                                                                                                                  \
    { .from = LEAT_WINDOW_AGGREGATE, .index = (i) }
static const struct leat_window_output outputs[] = {
    {.from = LEAT_WINDOW_START}, {.from = LEAT_WINDOW_KEY}, FROM_AGGREGATE(COUNT), FROM_AGGREGATE(SUM),
    FROM_AGGREGATE(AVG),         FROM_AGGREGATE(MIN),       FROM_AGGREGATE(MAX),
};
static const uint8_t output_physical[] = {LEAT_PHYSICAL_INT64,  LEAT_PHYSICAL_TEXT,   LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                          LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_DOUBLE};

static const struct leat_window_tumble_spec spec = {
    .time = TIME,
    .size_us = SIZE_US,
    .key = key_columns,
    .key_count = 1,
    .key_physical = key_physical,
    .aggregates = aggregates,
    .aggregate_count = AGGREGATES,
    .outputs = outputs,
    .output_count = LEAT_ARRAY_LEN(outputs),
};

static uint64_t next_random(struct bench_window *bench) {
    bench->random = bench->random * 6364136223846793005u + 1442695040888963407u;
    return bench->random >> 24;
}

static struct leat_batch *reserve(struct leat_output *output) {
    struct bench_window *bench = LEAT_CONTAINER_OF(output, struct bench_window, output);
    if (bench->out->rows == LEAT_BATCH_ROWS)
        leat_batch_reset(bench->out);
    return bench->out;
}

static void commit(struct leat_output *output, uint32_t rows) {
    struct bench_window *bench = LEAT_CONTAINER_OF(output, struct bench_window, output);
    const int64_t *counts = leat_column_int64(&bench->out->columns[1 + 1 + COUNT]);
    for (uint32_t i = 0; i < rows; i++)
        bench->count_sum += (double)counts[bench->out->rows + i];
    bench->out->rows += rows;
}

static bool fill_message(struct bench_window *bench, struct message *message, uint32_t keys) {
    message->batch = leat_batch_create(NULL, physical, COLUMNS, false, false);
    if (!message->batch)
        return false;
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        char key[16];
        int length = snprintf(key, sizeof(key), "R%04u", (unsigned)(next_random(bench) % keys));
        leat_column_text(&message->batch->columns[KEY])[row] = leat_text_view(key, (uint32_t)length);
        leat_column_double(&message->batch->columns[VALUE])[row] = (double)(next_random(bench) % 1000000) / 1000;
    }
    message->batch->rows = LEAT_BATCH_ROWS;
    struct leat_selection all = {.count = LEAT_BATCH_ROWS};
    leat_key_hash(message->batch, key_columns, 1, &all, message->hash);
    return true;
}

struct bench_window *bench_window_open(uint32_t keys, uint32_t open_windows) {
    struct bench_window *bench = leat_memory_zalloc(NULL, sizeof(*bench));
    if (!bench)
        return NULL;
    bench->output = (struct leat_output){.reserve = reserve, .commit = commit};
    bench->budget.owner = "window";
    bench->random = 1;
    bench->open_windows = open_windows;
    bench->message_count = LEAT_MIN(LEAT_MAX(keys / LEAT_BATCH_ROWS, 64u), (uint32_t)MESSAGES_MAX);
    bench->window_messages = 4 * bench->message_count; // a key has about four rows in a window, or more
    bench->out = leat_batch_create(NULL, output_physical, LEAT_ARRAY_LEN(outputs), false, false);
    struct leat_operator_env env = {.budget = &bench->budget, .workers = 1};
    if (!bench->out || leat_window_tumble_ops.open(&spec, &env, &bench->state))
        return NULL;
    for (uint32_t i = 0; i < bench->message_count; i++)
        if (!fill_message(bench, &bench->messages[i], keys))
            return NULL;
    return bench;
}

void bench_window_close(struct bench_window *bench) {
    leat_window_tumble_ops.close(bench->state);
    for (uint32_t i = 0; i < bench->message_count; i++)
        leat_batch_destroy(NULL, bench->messages[i].batch);
    leat_batch_destroy(NULL, bench->out);
    leat_memory_free(NULL, bench, sizeof(*bench));
}

uint32_t bench_window_step(struct bench_window *bench) {
    static const uint16_t columns[COLUMNS] = {TIME, KEY, VALUE};
    struct message *message = &bench->messages[bench->next % bench->message_count];
    int64_t now_us = (int64_t)bench->next++ * (SIZE_US / (int64_t)bench->window_messages);
    int64_t delay_us = (bench->open_windows - 1) * SIZE_US;
    int64_t *times = leat_column_int64(&message->batch->columns[TIME]);
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++)
        times[row] = now_us - (delay_us ? (int64_t)((next_random(bench) & 0xffff) * (uint64_t)delay_us >> 16) : 0);
    struct leat_rows rows = {.batch = message->batch,
                             .selection = {.count = LEAT_BATCH_ROWS},
                             .columns = columns,
                             .hash = message->hash,
                             .watermark_before = LEAT_TIME_MIN,
                             .watermark_others = LEAT_TIME_MAX};
    if (leat_window_tumble_ops.push(bench->state, 0, &rows) != LEAT_DONE ||
        leat_window_tumble_ops.advance(bench->state, now_us - delay_us - 1, &bench->output) != LEAT_DONE)
        return 0;
    return LEAT_BATCH_ROWS;
}

uint64_t bench_window_out(const struct bench_window *bench) {
    return leat_window_tumble_ops.account(bench->state)->out;
}

double bench_window_sum(const struct bench_window *bench) {
    return bench->count_sum;
}

uint64_t bench_window_peak_bytes(const struct bench_window *bench) {
    return bench->budget.peak_bytes;
}
