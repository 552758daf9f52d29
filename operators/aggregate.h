// The aggregates of a group of rows: COUNT, SUM, AVG, MIN and MAX, kept in one block of bytes per group.
//
// Results are Flink's: NULL is skipped, and the result of no value at all is NULL (0 for COUNT); SUM keeps the type of its argument and
// wraps around; AVG of integers keeps the type and truncates towards zero, over a sum of 64 bits that wraps around; AVG of DOUBLE is sum
// by count, added in the order of the rows. MIN and MAX of DOUBLE follow Double.compare (-0.0 before 0.0, NaN after everything), where
// Flink's own answer depends on which row came first; texts are ordered by their bytes.
#ifndef LEAT_OPERATORS_AGGREGATE_H
#define LEAT_OPERATORS_AGGREGATE_H

#include "engine/runtime/operator.h"
#include "engine/runtime/opspec.h"
#include "engine/state/slab.h"
#include "engine/state/snapshot.h"

// The aggregates of one operator instance. Used by one thread at a time.
struct leat_aggregates {
    struct leat_budget *budget;
    const struct leat_window_aggregate *plan; // not copied
    uint32_t count;
    uint32_t cells_bytes; // of one group; a multiple of 8
    uint32_t *offset;     // of each aggregate in a group's cells
    void *empty;          // the cells of a group without rows
    struct leat_store texts;
};

// Prepares; `plan` must outlive it. 0, or -1 with the error set.
int leat_aggregates_open(struct leat_aggregates *aggregates, struct leat_budget *budget, const struct leat_window_aggregate *plan,
                         uint32_t count);

// Gives everything back; the cells of every group must have been cleared. Zeroed ones may be closed.
void leat_aggregates_close(struct leat_aggregates *aggregates);

// Gives back memory that has not been needed since the trim before.
void leat_aggregates_trim(struct leat_aggregates *aggregates);

// Makes `cells`, cells_bytes bytes aligned to 8, those of a group without rows.
void leat_aggregates_init(const struct leat_aggregates *aggregates, void *cells);

// Gives back what the cells hold outside themselves; they are dead afterwards.
void leat_aggregates_clear(struct leat_aggregates *aggregates, void *cells);

// Adds batch row kept[i] to cells[i], for count rows in their order; one group may stand there several times. False with the error
// set when the budget is spent.
bool leat_aggregates_add(struct leat_aggregates *aggregates, const struct leat_rows *rows, const uint16_t *kept, uint32_t count,
                         void *const *cells);

// Writes the results of aggregate `i` of `count` groups into rows first .. first + count - 1 of a column of its type; long texts go into
// `heap`. False with the error set when the heap is over its budget.
bool leat_aggregates_write(const struct leat_aggregates *aggregates, uint32_t i, void *const *cells, uint32_t count,
                           struct leat_column *column, uint32_t first, struct leat_heap *heap);

// Puts the cells of one group into a snapshot.
void leat_aggregates_save(const struct leat_aggregates *aggregates, const void *cells, struct leat_snapshot_writer *writer);

// Reads what leat_aggregates_save has put into cells that have been initialised. False when the bytes are damaged, which the reader then
// knows, or the budget is spent, and then the error is set.
bool leat_aggregates_load(struct leat_aggregates *aggregates, void *cells, struct leat_snapshot_reader *reader);

#endif
