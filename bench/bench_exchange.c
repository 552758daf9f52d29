#include "bench/bench_exchange.h"

#include "engine/base/assert.h"
#include "engine/runtime/job.h"

#include <stdatomic.h>

// A record as it stands in the input.
struct record {
    int64_t key, time, value;
};

#define RECORDS_PER_CHUNK 8192

struct bench_exchange {
    struct record *records, *copy;
    uint32_t rows, workers;
    int64_t sum;
    _Atomic uint64_t next_chunk;
    _Atomic int64_t found_sum;
    _Atomic uint64_t found_rows;
    struct leat_job_options options;
    struct leat_job_input input;
    struct leat_job *job;
};

static struct bench_exchange *present; // the source and the operator find their bench here

// ---- The source and its decoder ----

static int source_open(const struct leat_source_env *env, void **source) {
    (void)env;
    atomic_store(&present->next_chunk, 0);
    *source = present;
    return 0;
}

static void source_close(void *source) {
    (void)source;
}

static enum leat_claim source_claim(void *source, struct leat_buffer_pool *buffers, struct leat_chunk *chunk) {
    struct bench_exchange *bench = source;
    uint64_t count = (bench->rows + RECORDS_PER_CHUNK - 1) / RECORDS_PER_CHUNK;
    struct leat_buffer *buffer = leat_buffer_take(buffers, 1); // the records stay where they are: it only stands for them
    if (!buffer)
        return LEAT_CLAIM_FULL;
    uint64_t number = atomic_fetch_add(&bench->next_chunk, 1);
    uint64_t from = LEAT_MIN(number * RECORDS_PER_CHUNK, bench->rows), to = LEAT_MIN(from + RECORDS_PER_CHUNK, bench->rows);
    *chunk = (struct leat_chunk){.number = number,
                                 .buffer = buffer,
                                 .text = (const char *)(bench->records + from),
                                 .length = (to - from) * sizeof(struct record),
                                 .too_long_at = UINT64_MAX};
    if (number < count)
        return LEAT_CLAIM_CHUNK;
    leat_buffer_release(buffer);
    chunk->buffer = NULL;
    return number == count ? LEAT_CLAIM_LAST : LEAT_CLAIM_ENDED;
}

static int source_wait_fd(void *source) {
    (void)source;
    return -1;
}

static uint64_t source_wait_ns(void *source) {
    (void)source;
    return UINT64_MAX;
}

static uint64_t source_size_bytes(void *source) {
    return bench_exchange_bytes(source);
}

static const struct leat_source_ops source_ops = {.name = "records",
                                                  .open = source_open,
                                                  .close = source_close,
                                                  .claim = source_claim,
                                                  .wait_fd = source_wait_fd,
                                                  .wait_ns = source_wait_ns,
                                                  .size_bytes = source_size_bytes};

struct decoder {
    struct leat_budget *budget;
    const struct record *at, *end;
};

static int decoder_create(const struct leat_decode_config *config, struct leat_budget *budget, void **decoder) {
    (void)config;
    struct decoder *self = leat_memory_zalloc(budget, sizeof(*self));
    if (!self)
        return -1;
    self->budget = budget;
    *decoder = self;
    return 0;
}

static void decoder_destroy(void *decoder) {
    struct decoder *self = decoder;
    leat_memory_free(self->budget, self, sizeof(*self));
}

static void decoder_begin(void *decoder, const char *text, size_t length) {
    struct decoder *self = decoder;
    self->at = (const struct record *)(const void *)text;
    self->end = self->at + length / sizeof(struct record);
}

static int decoder_next(void *decoder, struct leat_batch *batch, struct leat_decoded *decoded) {
    struct decoder *self = decoder;
    uint32_t count = (uint32_t)LEAT_MIN(self->end - self->at, (ptrdiff_t)LEAT_BATCH_ROWS);
    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        leat_column_int64(&batch->columns[0])[i] = self->at[i].key;
        leat_column_int64(&batch->columns[1])[i] = self->at[i].time;
        leat_column_int64(&batch->columns[2])[i] = self->at[i].value;
    }
    self->at += count;
    batch->rows = decoded->good = count;
    decoded->bad = 0;
    decoded->blank = 0;
    return 1;
}

static const struct leat_decoder_ops decoder_ops = {
    .name = "records", .create = decoder_create, .destroy = decoder_destroy, .begin = decoder_begin, .next = decoder_next};

// ---- An operator that adds up ----

struct adder {
    struct leat_budget *budget;
    struct leat_account account;
    int64_t sum;
};

static int adder_open(const void *spec, const struct leat_operator_env *env, void **state) {
    (void)spec;
    struct adder *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->budget = env->budget;
    *state = self;
    return 0;
}

static void adder_close(void *state) {
    struct adder *self = state;
    atomic_fetch_add(&present->found_sum, self->sum);
    atomic_fetch_add(&present->found_rows, self->account.in);
    leat_memory_free(self->budget, self, sizeof(*self));
}

static enum leat_step adder_push(void *state, uint32_t port, const struct leat_rows *rows) {
    struct adder *self = state;
    (void)port;
    const int64_t *value = leat_column_int64(leat_rows_column(rows, 0));
    for (uint32_t i = 0; i < rows->selection.count; i++)
        self->sum += value[leat_selection_row(&rows->selection, i)];
    self->account.in += rows->selection.count;
    self->account.taken += rows->selection.count;
    return LEAT_DONE;
}

static enum leat_step adder_advance(void *state, int64_t watermark_us, struct leat_output *output) {
    (void)state, (void)watermark_us, (void)output;
    return LEAT_DONE;
}

static int64_t adder_watermark(const void *state, int64_t watermark_us) {
    (void)state;
    return watermark_us;
}

static const struct leat_account *adder_account(void *state) {
    return &((struct adder *)state)->account;
}

static const struct leat_operator_ops adder_ops = {.kind = "adder",
                                                   .open = adder_open,
                                                   .close = adder_close,
                                                   .push = adder_push,
                                                   .advance = adder_advance,
                                                   .output_watermark = adder_watermark,
                                                   .account = adder_account};

// ---- The plan ----

static const uint8_t physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64};
static const struct leat_format format = {.name = "records", .decoder = &decoder_ops};
static const struct leat_graph_node nodes[] = {{"source", "source"}, {"adder", "adder"}};
static const struct leat_decode_config decode_config; // the decoder knows its columns
static const struct leat_graph_source sources[] = {{.table = "records",
                                                    .format = &format,
                                                    .decode = &decode_config,
                                                    .layout = {.physical = physical, .slot_count = 3, .base_count = 3},
                                                    .has_time = true,
                                                    .time = 1}};
static const struct leat_graph_stage stages[] = {{.node = 1, .ops = &adder_ops, .port_count = 1}};
static const uint16_t value_column[] = {2}, key_column[] = {0};
static const struct leat_graph_edge edges[] = {{.from_kind = LEAT_GRAPH_SOURCE,
                                                .to_kind = LEAT_GRAPH_STAGE,
                                                .columns = value_column,
                                                .column_count = 1,
                                                .key = key_column,
                                                .key_count = 1}};
static const struct leat_graph graph = {.nodes = nodes,
                                        .node_count = 2,
                                        .sources = sources,
                                        .source_count = 1,
                                        .stages = stages,
                                        .stage_count = 1,
                                        .edges = edges,
                                        .edge_count = 1,
                                        .settings = {.pipeline_name = "bench", .time_zone = "UTC"}};

struct bench_exchange *bench_exchange_open(uint32_t rows, uint32_t workers, uint32_t skew_percent) {
    struct bench_exchange *bench = leat_memory_zalloc(NULL, sizeof(*bench));
    leat_assert(bench != NULL);
    bench->rows = rows;
    bench->workers = workers;
    bench->records = leat_memory_alloc(NULL, rows * sizeof(struct record));
    bench->copy = leat_memory_zalloc(NULL, rows * sizeof(struct record));
    leat_assert(bench->records && bench->copy);
    uint64_t random = 1;
    for (uint32_t i = 0; i < rows; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u; // Knuth's MMIX generator
        bool first = (random >> 33) % 100 < skew_percent;
        bench->records[i] = (struct record){.key = first ? 0 : (int64_t)(random >> 40) % 1000, .time = i, .value = (int64_t)(random >> 50)};
        bench->sum += bench->records[i].value;
    }
    bench->input = (struct leat_job_input){.ops = &source_ops, .path = "records", .start_watermark_us = LEAT_TIME_MIN};
    bench->options = (struct leat_job_options){.workers = workers, .inputs = &bench->input, .input_count = 1};
    return bench;
}

void bench_exchange_close(struct bench_exchange *bench) {
    leat_memory_free(NULL, bench->records, bench->rows * sizeof(struct record));
    leat_memory_free(NULL, bench->copy, bench->rows * sizeof(struct record));
    leat_memory_free(NULL, bench, sizeof(*bench));
}

void bench_exchange_prepare(struct bench_exchange *bench) {
    present = bench;
    int failed = leat_job_create(&graph, &bench->options, &bench->job);
    leat_assert(failed == 0);
}

void bench_exchange_run(struct bench_exchange *bench, int stepped) {
    int failed = 0;
    if (!stepped)
        failed = leat_job_run(bench->job);
    else
        for (uint32_t w = 0; !failed && !leat_job_is_finished(bench->job); w = (w + 1) % bench->workers)
            failed = leat_job_step(bench->job, w) < 0;
    leat_assert(failed == 0 && leat_job_is_finished(bench->job));
}

void bench_exchange_check(struct bench_exchange *bench) {
    atomic_store(&bench->found_sum, 0);
    atomic_store(&bench->found_rows, 0);
    leat_job_destroy(bench->job);
    bench->job = NULL;
    leat_assert(atomic_load(&bench->found_rows) == bench->rows && atomic_load(&bench->found_sum) == bench->sum);
}

uint64_t bench_exchange_bytes(const struct bench_exchange *bench) {
    return bench->rows * sizeof(struct record);
}

void bench_exchange_copy(struct bench_exchange *bench) {
    memcpy(bench->copy, bench->records, bench->rows * sizeof(struct record));
}
