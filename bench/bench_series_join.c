#include "bench/bench_series_join.h"

#include "engine/base/assert.h"
#include "engine/runtime/operator.h"
#include "engine/state/key.h"
#include "operators/series_join.h"

#include <stdio.h>
#include <stdlib.h>

#define CHUNKS          12
#define CHUNK_ROWS      8192
#define CHUNK_BATCHES   (CHUNK_ROWS / LEAT_BATCH_ROWS)
#define SAMPLE_ROWS_MAX 8192
#define SECOND_US       INT64_C(1000000)

enum { THING, TIMESTAMP, TIME, VALUE, COLUMNS };

static const uint8_t physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE};
static const uint16_t key[] = {THING};
static const uint16_t columns[] = {THING, TIMESTAMP, TIME, VALUE};
static const uint16_t payload[] = {TIMESTAMP, VALUE};
static const uint8_t payload_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE};
static const struct leat_series_join_output outputs[] = {
    {LEAT_SERIES_KEY, 0}, {LEAT_SERIES_LEFT, 0}, {LEAT_SERIES_RIGHT, 0}, {LEAT_SERIES_LEFT, 1}, {LEAT_SERIES_RIGHT, 1},
};
static const uint8_t output_physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                          LEAT_PHYSICAL_DOUBLE};
static const struct leat_series_join_spec spec = {
    .inputs = {{.key = key, .time = TIME, .payload = payload, .payload_count = 2, .payload_physical = payload_physical},
               {.key = key, .time = TIME, .payload = payload, .payload_count = 2, .payload_physical = payload_physical}},
    .key_count = 1,
    .key_physical = physical,
    .tolerance_us = SECOND_US,
    .outputs = outputs,
    .output_count = LEAT_ARRAY_LEN(outputs),
};

// A row of the source, which may feed both sides.
struct source_row {
    uint32_t thing;
    int64_t time;
    bool has[2];
    double value[2];
};

struct message {
    struct leat_batch *batch;
    uint64_t hash[LEAT_BATCH_ROWS];
    struct leat_rows rows;
};

struct bench_join {
    struct message messages[CHUNKS][2][CHUNK_BATCHES];
    int64_t watermark[CHUNKS];
    struct leat_output output; // first reserved, then refilled from its beginning
    struct leat_batch *batch;
    uint64_t rows;
    uint64_t pairs;
    double sum;
};

static uint64_t random_word(uint64_t *state) {
    *state = leat_hash_word(*state, 1);
    return *state;
}

static bool member(const char *line, const char *name, double *value) {
    const char *at = strstr(line, name);
    if (at)
        *value = strtod(at + strlen(name), NULL);
    return at != NULL;
}

static uint32_t read_sample(struct source_row *rows) {
    char path[1024], line[4096];
    const char *shared = getenv("LEAT_SHARED");
    snprintf(path, sizeof(path), "%s/data/machine/test_events.json", shared ? shared : "../shared");
    FILE *file = fopen(path, "r");
    uint32_t count = 0;
    double time = 0;
    while (file && count < SAMPLE_ROWS_MAX && fgets(line, sizeof(line), file)) {
        struct source_row *row = &rows[count++];
        row->thing = strstr(line, "R0815") ? 0 : strstr(line, "H31415") ? 1 : 2;
        member(line, "\"Timestamp\": ", &time);
        row->time = (int64_t)time * 1000;
        row->has[0] = member(line, "\"actSpeed_C11\": ", &row->value[0]);
        row->has[1] = member(line, "\"vaTorque_C11\": ", &row->value[1]);
    }
    if (file)
        fclose(file);
    return count;
}

// Row n of the made orders: speed in half of the rows, torque in nearly all.
static struct source_row made_row(enum bench_order order, uint32_t keys, uint64_t n, uint64_t *random, int64_t *shift_us) {
    uint64_t word = random_word(random);
    struct source_row row = {.has = {word & 1, word % 16 != 0}, .value = {(double)(word >> 40), (double)(word >> 44)}};
    uint32_t draw = (uint32_t)(word >> 8 & 0xffff);
    if (keys == 3)
        row.thing = draw < 57016 ? 0 : draw < 65400 ? 1 : 2;
    else
        row.thing = (uint32_t)((uint64_t)draw * keys >> 16);
    if (order == BENCH_STRETCHES && (word >> 24 & 7) == 0)
        *shift_us = (int64_t)(random_word(random) >> 33 & 0xfff) * SECOND_US; // up to 68 minutes
    row.time = (int64_t)n * SECOND_US - *shift_us + (int64_t)(word >> 50 & 0x3ff);
    return row;
}

static void open_message(struct message *message) {
    message->batch = leat_batch_create(NULL, physical, COLUMNS, true, false);
    leat_assert(message->batch != NULL);
    memset(message->batch->watermark, 0, sizeof(int64_t) * LEAT_BATCH_ROWS);
}

static void add_row(struct message *message, const struct source_row *row, uint32_t side, int64_t watermark) {
    static const char *const things[] = {"R0815", "H31415", "R27182"};
    struct leat_batch *batch = message->batch;
    uint32_t n = batch->rows++;
    char name[16];
    int length = row->thing < 3 ? snprintf(name, sizeof(name), "%s", things[row->thing]) : snprintf(name, sizeof(name), "M%u", row->thing);
    leat_column_text(&batch->columns[THING])[n] = leat_text_view(name, (uint32_t)length);
    leat_column_int64(&batch->columns[TIMESTAMP])[n] = row->time / 1000;
    leat_column_int64(&batch->columns[TIME])[n] = row->time;
    leat_column_double(&batch->columns[VALUE])[n] = row->value[side];
    batch->watermark[n] = watermark;
}

static struct leat_batch *reserve(struct leat_output *output) {
    struct bench_join *bench = LEAT_CONTAINER_OF(output, struct bench_join, output);
    leat_batch_reset(bench->batch);
    return bench->batch;
}

static void commit(struct leat_output *output, uint32_t rows) {
    struct bench_join *bench = LEAT_CONTAINER_OF(output, struct bench_join, output);
    bench->pairs += rows;
    for (uint32_t i = 0; i < rows; i++)
        bench->sum += leat_column_double(&bench->batch->columns[3])[i] * leat_column_double(&bench->batch->columns[4])[i];
}

static void finish_message(struct bench_join *bench, struct message *message) {
    message->rows = (struct leat_rows){
        .batch = message->batch,
        .selection = {.count = message->batch->rows},
        .columns = columns,
        .hash = message->hash,
        .watermark_before = LEAT_TIME_MIN,
        .watermark_others = LEAT_TIME_MAX,
    };
    leat_key_hash(message->batch, key, 1, &message->rows.selection, message->hash);
    bench->rows += message->batch->rows;
}

struct bench_join *bench_join_open(enum bench_order order, uint32_t keys, int64_t delay_us) {
    static struct source_row sample[SAMPLE_ROWS_MAX];
    uint32_t sample_rows = order == BENCH_SAMPLE ? read_sample(sample) : 0;
    if (order == BENCH_SAMPLE && sample_rows == 0)
        return NULL;
    struct bench_join *bench = calloc(1, sizeof(*bench));
    leat_assert(bench != NULL);
    bench->output = (struct leat_output){.reserve = reserve, .commit = commit};
    bench->batch = leat_batch_create(NULL, output_physical, LEAT_ARRAY_LEN(outputs), false, false);
    uint64_t random = 1;
    int64_t newest = INT64_MIN / 2, shift_us = 0;
    for (uint64_t n = 0; n < CHUNKS * CHUNK_ROWS; n++) {
        uint64_t chunk = n / CHUNK_ROWS, at = n % CHUNK_ROWS / LEAT_BATCH_ROWS;
        struct source_row row = order == BENCH_SAMPLE ? sample[n % sample_rows] : made_row(order, keys, n, &random, &shift_us);
        if (order == BENCH_SAMPLE)
            row.time += (int64_t)(n / sample_rows) * 240 * 3600 * SECOND_US;
        for (uint32_t side = 0; side < 2; side++) {
            struct message *message = &bench->messages[chunk][side][at];
            if (!message->batch)
                open_message(message);
            if (row.has[side])
                add_row(message, &row, side, newest - delay_us);
        }
        newest = LEAT_MAX(newest, row.time);
        bench->watermark[chunk] = newest - delay_us;
    }
    for (uint32_t i = 0; i < CHUNKS * 2 * CHUNK_BATCHES; i++)
        finish_message(bench, &(&bench->messages[0][0][0])[i]);
    return bench;
}

void bench_join_close(struct bench_join *bench) {
    for (uint32_t i = 0; i < CHUNKS * 2 * CHUNK_BATCHES; i++)
        leat_batch_destroy(NULL, (&bench->messages[0][0][0])[i].batch);
    leat_batch_destroy(NULL, bench->batch);
    free(bench);
}

void bench_join_run(struct bench_join *bench) {
    struct leat_budget budget = {.owner = "series_join"};
    struct leat_operator_env env = {.budget = &budget, .workers = 1};
    void *join;
    enum leat_step step = LEAT_DONE;
    leat_assert(leat_series_join_ops.open(&spec, &env, &join) == 0);
    bench->pairs = 0;
    bench->sum = 0;
    for (uint32_t chunk = 0; chunk < CHUNKS && step == LEAT_DONE; chunk++) {
        for (uint32_t side = 0; side < 2; side++)
            for (uint32_t i = 0; i < CHUNK_BATCHES && step == LEAT_DONE; i++)
                step = leat_series_join_ops.push(join, side, &bench->messages[chunk][side][i].rows);
        if (step == LEAT_DONE)
            step = leat_series_join_ops.advance(join, chunk + 1 == CHUNKS ? LEAT_TIME_MAX : bench->watermark[chunk], &bench->output);
    }
    const struct leat_account *account = leat_series_join_ops.account(join);
    leat_assert(step == LEAT_DONE && account->pending == 0 && account->in == bench->rows && account->out == bench->pairs);
    leat_series_join_ops.close(join);
}

uint64_t bench_join_rows(const struct bench_join *bench) {
    return bench->rows;
}

uint64_t bench_join_pairs(const struct bench_join *bench) {
    return bench->pairs;
}

double bench_join_sum(const struct bench_join *bench) {
    return bench->sum;
}
