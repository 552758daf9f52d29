#include "bench/bench_json.h"

#include "engine/base/assert.h"
#include "engine/base/cpu.h"
#include "ingest/json/json_reader.h"

#define CHUNK_BYTES (256u << 10)

struct bench_json {
    struct leat_decode_field fields[4];
    struct leat_decode_config config;
    struct leat_batch *batch;
    void *decoder;
    struct leat_decoded decoded;
};

struct bench_json *bench_json_open(int level) {
    static const uint8_t physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_DOUBLE};
    struct bench_json *bench = leat_memory_zalloc(NULL, sizeof *bench);
    leat_assert(bench != NULL);
    bench->fields[0] = (struct leat_decode_field){"Thing", {.kind = LEAT_TYPE_STRING, .nullable = true}};
    bench->fields[1] = (struct leat_decode_field){"Timestamp", {.kind = LEAT_TYPE_BIGINT, .nullable = true}};
    bench->fields[2] = (struct leat_decode_field){"actSpeed_C11", {.kind = LEAT_TYPE_DOUBLE, .nullable = true}};
    bench->fields[3] = (struct leat_decode_field){"vaTorque_C11", {.kind = LEAT_TYPE_DOUBLE, .nullable = true}};
    bench->config = (struct leat_decode_config){.fields = bench->fields, .field_count = 4};
    leat_simd_level_force((enum leat_simd_level)level);
    bench->batch = leat_batch_create(NULL, physical, 4, false, false);
    leat_assert(bench->batch && leat_json_decoder_ops.create(&bench->config, NULL, &bench->decoder) == 0);
    return bench;
}

static void add_batch(const struct bench_json *bench, struct bench_json_sums *sums) {
    const struct leat_column *columns = bench->batch->columns;
    sums->rows += bench->decoded.good;
    for (uint32_t row = 0; row < bench->decoded.good; row++) {
        sums->times += leat_column_int64(&columns[1])[row] + leat_column_text(&columns[0])[row].length;
        for (int i = 2; i < 4; i++) {
            double value = leat_column_double(&columns[i])[row];
            sums->values += leat_column_is_valid(&columns[i], row) ? value : 0;
        }
    }
}

struct bench_json_sums bench_json_read(struct bench_json *bench, const char *text, size_t length) {
    struct bench_json_sums sums = {0};
    for (size_t begin = 0, end; begin < length; begin = end) {
        end = LEAT_MIN(begin + CHUNK_BYTES, length);
        while (text[end - 1] != '\n')
            end--;
        leat_json_decoder_ops.begin(bench->decoder, text + begin, end - begin);
        while (leat_json_decoder_ops.next(bench->decoder, bench->batch, &bench->decoded) == 1) {
            add_batch(bench, &sums);
            leat_batch_reset(bench->batch);
        }
    }
    return sums;
}

void bench_json_close(struct bench_json *bench) {
    leat_json_decoder_ops.destroy(bench->decoder);
    leat_batch_destroy(NULL, bench->batch);
    leat_memory_free(NULL, bench, sizeof *bench);
}
