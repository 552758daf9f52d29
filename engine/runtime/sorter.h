// Behind a second exchange: collects the rows of one round from all workers and gives them back in the order (event time, origin). The rows
// and their texts are copied, so that batches go home at once and nobody waits for a round to be complete.
#ifndef LEAT_ENGINE_RUNTIME_SORTER_H
#define LEAT_ENGINE_RUNTIME_SORTER_H

#include "engine/runtime/message.h"
#include "engine/runtime/operator.h"

// One row's place and order.
struct leat_sorter_entry {
    int64_t time;
    uint64_t position;
    uint32_t block, row;
};

// The collected rows of one edge. A worker's own.
struct leat_sorter {
    struct leat_budget *budget;
    const uint8_t *physical; // of the port's columns
    uint32_t column_count;   // without the hash, which is one column more
    struct leat_batch **blocks;
    uint32_t block_count, block_capacity;
    uint32_t block_used; // blocks holding rows of this round
    struct leat_sorter_entry *entries, *scratch;
    uint32_t entry_count, entry_capacity;
    struct leat_batch *out;
    uint16_t *identity; // columns 0 .. column_count - 1
};

// Makes a sorter for rows whose port columns have these physical forms. 0, or -1 with the error set; leat_sorter_destroy in both cases.
int leat_sorter_create(struct leat_sorter *sorter, const uint8_t *physical, uint32_t column_count, struct leat_budget *budget);

void leat_sorter_destroy(struct leat_sorter *sorter); // gives everything back

// Copies the rows of a message; `columns` are the batch columns of the port's columns. The batch must have time and position. -1 with the
// error set.
int leat_sorter_add(struct leat_sorter *sorter, const struct leat_message *message, const uint16_t *columns);

// Sorts what has been collected and calls push(context, rows) for batch after batch, with hash, time and position columns; then forgets the
// rows. `rows` comes with watermarks unset. Returns the first result that is not LEAT_DONE.
enum leat_step leat_sorter_flush(struct leat_sorter *sorter, enum leat_step (*push)(void *context, struct leat_rows *rows), void *context);

#endif
