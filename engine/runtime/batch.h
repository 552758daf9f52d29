// The unit of travel: a columnar batch of up to LEAT_BATCH_ROWS rows, its memory fixed when its pool is made.
#ifndef LEAT_ENGINE_RUNTIME_BATCH_H
#define LEAT_ENGINE_RUNTIME_BATCH_H

#include "engine/base/heap.h"
#include "engine/base/limits.h"
#include "engine/base/type.h"

struct leat_buffer;
struct leat_pool;

// One column. When has_null is false every row is there and `valid` is not maintained: do not read it then.
// The slot of a missing value holds some value that was written before (never uninitialised memory).
struct leat_column {
    void *data;      // LEAT_BATCH_ROWS values of the physical form, aligned to a cache line
    uint64_t *valid; // LEAT_BATCH_WORDS words, bit row % 64 of word row / 64 set: the value is there
    uint8_t physical;
    bool has_null;
};

// True when the column has a value in `row`.
static inline bool leat_column_is_valid(const struct leat_column *column, uint32_t row) {
    return !column->has_null || (column->valid[row / 64] >> (row % 64) & 1);
}

// Marks all of the first `rows` rows as valid and switches to the maintained bitmap, so that single rows can be cleared.
static inline void leat_column_fill_valid(struct leat_column *column, uint32_t rows) {
    memset(column->valid, 0xff, (rows + 63) / 64 * 8);
}

// Records that `row` has no value; leat_column_fill_valid must have run for this batch. Sets has_null.
static inline void leat_column_set_null(struct leat_column *column, uint32_t row) {
    column->valid[row / 64] &= ~(UINT64_C(1) << (row % 64));
    column->has_null = true;
}

static inline int64_t *leat_column_int64(const struct leat_column *column) { // typed views of the data
    return column->data;
}
static inline int32_t *leat_column_int32(const struct leat_column *column) { // as above
    return column->data;
}
static inline double *leat_column_double(const struct leat_column *column) { // as above
    return column->data;
}
static inline uint8_t *leat_column_bool(const struct leat_column *column) { // as above
    return column->data;
}
static inline struct leat_text *leat_column_text(const struct leat_column *column) { // as above
    return column->data;
}

// Rows chosen out of a batch, ascending; `rows` NULL means 0 .. count - 1.
struct leat_selection {
    const uint16_t *rows;
    uint32_t count;
};

// The row number of the ith selected row.
static inline uint32_t leat_selection_row(const struct leat_selection *selection, uint32_t i) {
    return selection->rows ? selection->rows[i] : i;
}

// A batch is filled by the worker that took it from its pool and read-only once handed on; it goes home to that pool.
struct leat_batch {
    // Written by the filling worker before the batch is handed on.
    uint32_t rows;
    uint32_t column_count;
    struct leat_column *columns;
    int64_t *watermark;             // per row: largest watermark of the earlier rows of the same chunk (LEAT_TIME_MIN at its start);
                                    // NULL in batches that come from an operator
    int64_t *time;                  // event time per row that orders rows behind a second exchange; NULL where not needed
    uint64_t *position;             // origin of the row: its place in its split; NULL where not needed
    struct leat_heap heap;          // long texts made for this batch
    struct leat_budget heap_budget; // of the heap alone: the batch may be filled by one worker and used by another
    struct leat_buffer *buffer;     // input bytes that texts point into; one reference is held; NULL if none

    // Belongs to the home worker.
    struct leat_pool *home;
    struct leat_batch *next_free;
    uint32_t messages_out; // hand-ons not yet returned
    uint32_t index;        // within the pool
};

// Makes a batch with columns of the given physical forms; `with_watermark` and `with_origin` add the hidden columns.
// All memory comes from `budget`. NULL with the error set when there is none.
struct leat_batch *leat_batch_create(struct leat_budget *budget, const uint8_t *physical, uint32_t column_count, bool with_watermark,
                                     bool with_origin);

// Gives a batch back to the budget; it must hold no buffer.
void leat_batch_destroy(struct leat_budget *budget, struct leat_batch *batch);

// Empties a batch for its next use: no rows, empty heap, no nulls. The buffer must have been released.
void leat_batch_reset(struct leat_batch *batch);

#endif
