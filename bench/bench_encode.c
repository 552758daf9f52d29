#include "bench/bench_encode.h"

#include "engine/base/memory.h"
#include "operators/sinks/encode_json.h"

enum { THING, QUANTITY, TIME, RESULT, COLUMNS };

struct bench_encode {
    struct leat_batch *batch;
    void *encoder;
    struct leat_encode_field fields[COLUMNS];
    struct leat_bytes out;
};

static void fill(struct leat_batch *batch, uint32_t quantity_bytes) {
    static const char quantity[] = "vaPower_C11_of_the_main_spindle_of_this_machine_as_it_was_measured";
    uint64_t random = 1;
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        char thing[] = "R0000";
        for (int i = 1; i < 5; i++)
            thing[i] = (char)('0' + (random >> (8 * i + 24)) % 10);
        leat_column_text(&batch->columns[THING])[row] = leat_text_view(thing, sizeof(thing) - 1);
        leat_column_text(&batch->columns[QUANTITY])[row] = leat_text_view(quantity, quantity_bytes);
        leat_column_int64(&batch->columns[TIME])[row] = 1554096460415 + (int64_t)row * 137;
        leat_column_double(&batch->columns[RESULT])[row] = (double)((random >> 8) % 200000000000) / 1e9;
    }
    batch->rows = LEAT_BATCH_ROWS;
}

struct bench_encode *bench_encode_open(size_t quantity_bytes) {
    static const uint8_t physical[COLUMNS] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE};
    struct bench_encode *bench = leat_memory_zalloc(NULL, sizeof(*bench));
    if (!bench || !(bench->batch = leat_batch_create(NULL, physical, COLUMNS, false, false)))
        return NULL;
    fill(bench->batch, (uint32_t)quantity_bytes);
    bench->fields[THING] = (struct leat_encode_field){.name = "thing", .type.kind = LEAT_TYPE_STRING, .column = THING};
    bench->fields[QUANTITY] = (struct leat_encode_field){.name = "quantity", .type.kind = LEAT_TYPE_STRING, .column = QUANTITY};
    bench->fields[TIME] = (struct leat_encode_field){.name = "phenomenonTime", .type.kind = LEAT_TYPE_BIGINT, .column = TIME};
    bench->fields[RESULT] = (struct leat_encode_field){.name = "result", .type.kind = LEAT_TYPE_DOUBLE, .column = RESULT};
    struct leat_encode_config config = {.fields = bench->fields, .field_count = COLUMNS};
    return leat_json_encoder_ops.create(&config, NULL, &bench->encoder) ? NULL : bench;
}

void bench_encode_close(struct bench_encode *bench) {
    leat_json_encoder_ops.destroy(bench->encoder);
    leat_bytes_free(&bench->out);
    leat_batch_destroy(NULL, bench->batch);
    leat_memory_free(NULL, bench, sizeof(*bench));
}

uint32_t bench_encode_rows(const struct bench_encode *bench) {
    return bench->batch->rows;
}

void bench_encode_get(const struct bench_encode *bench, uint32_t i, struct bench_encode_row *row) {
    const struct leat_column *columns = bench->batch->columns;
    const struct leat_text *thing = &leat_column_text(&columns[THING])[i], *quantity = &leat_column_text(&columns[QUANTITY])[i];
    *row = (struct bench_encode_row){.thing = leat_text_bytes(thing),
                                     .quantity = leat_text_bytes(quantity),
                                     .thing_bytes = thing->length,
                                     .quantity_bytes = quantity->length,
                                     .time = leat_column_int64(&columns[TIME])[i],
                                     .result = leat_column_double(&columns[RESULT])[i]};
}

const char *bench_encode_run(struct bench_encode *bench, size_t *length) {
    struct leat_selection all = {.count = bench->batch->rows};
    bench->out.length = 0;
    if (leat_json_encoder_ops.encode(bench->encoder, bench->batch, &all, &bench->out))
        return NULL;
    *length = bench->out.length;
    return bench->out.data;
}
