#include "engine/runtime/batch.h"

#include "engine/base/assert.h"
#include "engine/base/memory.h"

static size_t column_bytes(uint8_t physical) {
    return leat_align_up(leat_physical_bytes(physical) * LEAT_BATCH_ROWS, LEAT_CACHE_LINE) + LEAT_BATCH_WORDS * 8;
}

static size_t batch_bytes(const struct leat_batch *batch, bool with_watermark, bool with_origin) {
    size_t bytes = leat_align_up(sizeof(*batch), LEAT_CACHE_LINE);
    bytes += leat_align_up(batch->column_count * sizeof(struct leat_column), LEAT_CACHE_LINE);
    return bytes + ((size_t)with_watermark + 2 * (size_t)with_origin) * 8 * LEAT_BATCH_ROWS;
}

static size_t columns_bytes(const uint8_t *physical, uint32_t count) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += column_bytes(physical[i]);
    return bytes;
}

struct leat_batch *leat_batch_create(struct leat_budget *budget, const uint8_t *physical, uint32_t column_count, bool with_watermark,
                                     bool with_origin) {
    leat_assert(column_count <= LEAT_COLUMNS_MAX);
    struct leat_batch shape = {.column_count = column_count};
    size_t fixed_bytes = batch_bytes(&shape, with_watermark, with_origin);
    char *block = leat_memory_zalloc(budget, fixed_bytes + columns_bytes(physical, column_count));
    if (!block)
        return NULL;
    struct leat_batch *batch = (struct leat_batch *)(void *)block;
    batch->column_count = column_count;
    batch->heap_budget = (struct leat_budget){.owner = "texts of a batch", .limit_bytes = LEAT_BATCH_TEXT_BYTES_MAX};
    batch->heap.budget = &batch->heap_budget;
    char *at = block + leat_align_up(sizeof(*batch), LEAT_CACHE_LINE);
    batch->columns = (struct leat_column *)(void *)at;
    at += leat_align_up(column_count * sizeof(struct leat_column), LEAT_CACHE_LINE);
    int64_t **hidden[] = {with_watermark ? &batch->watermark : NULL, with_origin ? &batch->time : NULL};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(hidden); i++)
        if (hidden[i])
            *hidden[i] = (int64_t *)(void *)at, at += sizeof(int64_t) * LEAT_BATCH_ROWS;
    if (with_origin)
        batch->position = (uint64_t *)(void *)at, at += sizeof(uint64_t) * LEAT_BATCH_ROWS;
    for (uint32_t i = 0; i < column_count; i++) {
        struct leat_column *column = &batch->columns[i];
        column->physical = physical[i];
        column->data = at;
        at += leat_align_up(leat_physical_bytes(physical[i]) * LEAT_BATCH_ROWS, LEAT_CACHE_LINE);
        column->valid = (uint64_t *)(void *)at;
        at += LEAT_BATCH_WORDS * 8;
    }
    return batch;
}

void leat_batch_destroy(struct leat_budget *budget, struct leat_batch *batch) {
    leat_assert(batch->buffer == NULL);
    leat_heap_free(&batch->heap);
    size_t bytes = batch_bytes(batch, batch->watermark != NULL, batch->position != NULL);
    for (uint32_t i = 0; i < batch->column_count; i++)
        bytes += column_bytes(batch->columns[i].physical);
    leat_memory_free(budget, batch, bytes);
}

void leat_batch_reset(struct leat_batch *batch) {
    leat_assert(batch->buffer == NULL);
    batch->rows = 0;
    leat_heap_reset(&batch->heap);
    for (uint32_t i = 0; i < batch->column_count; i++)
        batch->columns[i].has_null = false;
}
