#include "tests/support/rows.h"

#include "engine/base/assert.h"
#include "engine/state/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void leat_test_rows_open(struct leat_test_rows *rows, const uint8_t *physical, uint32_t count, bool with_origin) {
    leat_assert(count <= LEAT_TEST_COLUMNS_MAX);
    uint8_t reversed[LEAT_TEST_COLUMNS_MAX];
    *rows = (struct leat_test_rows){0};
    for (uint32_t i = 0; i < count; i++) {
        reversed[count - 1 - i] = physical[i];
        rows->columns[i] = (uint16_t)(count - 1 - i);
    }
    rows->batch = leat_batch_create(NULL, reversed, count, true, with_origin);
    leat_assert(rows->batch != NULL);
}

void leat_test_rows_close(struct leat_test_rows *rows) {
    leat_batch_destroy(NULL, rows->batch);
}

void leat_test_rows_clear(struct leat_test_rows *rows) {
    leat_batch_reset(rows->batch);
}

static struct leat_column *column_of(struct leat_test_rows *rows, uint32_t column) {
    return &rows->batch->columns[rows->columns[column]];
}

uint32_t leat_test_rows_add(struct leat_test_rows *rows, int64_t watermark) {
    struct leat_batch *batch = rows->batch;
    leat_assert(batch->rows < LEAT_BATCH_ROWS);
    uint32_t row = batch->rows++;
    batch->watermark[row] = watermark;
    for (uint32_t i = 0; i < batch->column_count; i++) {
        size_t bytes = leat_physical_bytes(batch->columns[i].physical);
        memset((char *)batch->columns[i].data + row * bytes, 0, bytes);
    }
    return row;
}

void leat_test_rows_set_origin(struct leat_test_rows *rows, uint32_t row, int64_t time, uint64_t position) {
    rows->batch->time[row] = time;
    rows->batch->position[row] = position;
}

void leat_test_rows_set_null(struct leat_test_rows *rows, uint32_t row, uint32_t column) {
    struct leat_column *target = column_of(rows, column);
    if (!target->has_null)
        leat_column_fill_valid(target, LEAT_BATCH_ROWS);
    leat_column_set_null(target, row);
    // What stands there may be of a batch long gone.
    if (target->physical == LEAT_PHYSICAL_TEXT)
        leat_column_text(target)[row] = (struct leat_text){.length = 1000, .pointer = (const char *)(uintptr_t)1};
}

void leat_test_rows_set_bool(struct leat_test_rows *rows, uint32_t row, uint32_t column, bool value) {
    leat_column_bool(column_of(rows, column))[row] = value;
}

void leat_test_rows_set_int32(struct leat_test_rows *rows, uint32_t row, uint32_t column, int32_t value) {
    leat_column_int32(column_of(rows, column))[row] = value;
}

void leat_test_rows_set_int64(struct leat_test_rows *rows, uint32_t row, uint32_t column, int64_t value) {
    leat_column_int64(column_of(rows, column))[row] = value;
}

void leat_test_rows_set_double(struct leat_test_rows *rows, uint32_t row, uint32_t column, double value) {
    leat_column_double(column_of(rows, column))[row] = value;
}

void leat_test_rows_set_text(struct leat_test_rows *rows, uint32_t row, uint32_t column, const char *zero_ended) {
    leat_test_rows_set_text_bytes(rows, row, column, zero_ended, (uint32_t)strlen(zero_ended));
}

void leat_test_rows_set_text_bytes(struct leat_test_rows *rows, uint32_t row, uint32_t column, const char *bytes, uint32_t length) {
    struct leat_text view = leat_text_view(bytes, length);
    bool kept = leat_heap_keep(&rows->batch->heap, &view, &leat_column_text(column_of(rows, column))[row]);
    leat_assert(kept);
}

struct leat_rows *leat_test_rows_finish(struct leat_test_rows *rows, const uint16_t *key, uint32_t key_count, int64_t watermark_before,
                                        int64_t watermark_others) {
    uint16_t columns[LEAT_TEST_COLUMNS_MAX];
    leat_assert(key_count <= LEAT_TEST_COLUMNS_MAX);
    for (uint32_t i = 0; i < key_count; i++)
        columns[i] = rows->columns[key[i]];
    rows->rows = (struct leat_rows){
        .batch = rows->batch,
        .selection = {.count = rows->batch->rows},
        .columns = rows->columns,
        .hash = rows->hash,
        .watermark_before = watermark_before,
        .watermark_others = watermark_others,
    };
    leat_key_hash(rows->batch, columns, key_count, &rows->rows.selection, rows->hash);
    return &rows->rows;
}

static struct leat_batch *reserve(struct leat_output *base) {
    struct leat_test_output *output = LEAT_CONTAINER_OF(base, struct leat_test_output, output);
    if (output->room_rows == 0) {
        output->refusals++;
        return NULL;
    }
    if (output->room_rows < LEAT_BATCH_ROWS - output->batch->rows || output->batch->rows == LEAT_BATCH_ROWS) {
        leat_batch_reset(output->batch);
        output->batch->rows = LEAT_BATCH_ROWS - (uint32_t)LEAT_MIN(output->room_rows, output->batch_rows);
    }
    return output->batch;
}

static void commit(struct leat_output *base, uint32_t count) {
    struct leat_test_output *output = LEAT_CONTAINER_OF(base, struct leat_test_output, output);
    uint32_t first = output->batch->rows;
    leat_assert(count > 0 && count <= LEAT_BATCH_ROWS - first && count <= output->room_rows);
    output->batch->rows += count;
    output->room_rows -= count;
    output->committed_rows += count;
    if (output->take)
        output->take(output->context, output->batch, first, count);
}

void leat_test_output_open(struct leat_test_output *output, const uint8_t *physical, uint32_t count, bool with_origin,
                           void (*take)(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count), void *context) {
    *output = (struct leat_test_output){
        .output = {.reserve = reserve, .commit = commit},
        .batch = leat_batch_create(NULL, physical, count, false, with_origin),
        .room_rows = UINT64_MAX,
        .batch_rows = LEAT_BATCH_ROWS,
        .take = take,
        .context = context,
    };
    leat_assert(output->batch != NULL);
    output->batch->rows = LEAT_BATCH_ROWS; // the first reserve starts a batch
}

void leat_test_output_close(struct leat_test_output *output) {
    leat_batch_destroy(NULL, output->batch);
}

uint64_t leat_test_seed(uint64_t usual) {
    const char *text = getenv("LEAT_SEED");
    return text ? strtoull(text, NULL, 0) : usual;
}

bool leat_test_is_long(void) {
    const char *text = getenv("LEAT_LONG");
    return text && *text && *text != '0';
}

const char *leat_test_shared_path(const char *relative) {
    static char path[4096];
    const char *shared = getenv("LEAT_SHARED");
    int length = snprintf(path, sizeof(path), "%s/%s", shared ? shared : "../shared", relative);
    return length > 0 && (size_t)length < sizeof(path) && access(path, R_OK) == 0 ? path : NULL;
}
