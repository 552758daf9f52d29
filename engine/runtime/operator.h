// The table of functions that every stateful operator fills in, and what the runtime gives it to work with.
//
// An operator takes rows (`push`) and, when all rows of a round have come, learns the watermark (`advance`), on which it hands on what has
// become final. It never waits and never sees a ring: when there is no room for output, `advance` returns FULL and is called again with the
// same watermark.
#ifndef LEAT_ENGINE_RUNTIME_OPERATOR_H
#define LEAT_ENGINE_RUNTIME_OPERATOR_H

#include "engine/base/limits.h"
#include "engine/runtime/batch.h"

// Every row that enters an operator meets exactly one fate: in = taken + filtered + late + bad + pending. `out` is counted apart.
// Written by one worker, read by any thread (see engine/base/counters.h for the published copy).
struct leat_account {
    uint64_t in;
    uint64_t taken;    // forwarded, aggregated, joined at least once, replaced by a newer one, or expired unmatched
    uint64_t filtered; // refused by a filter, or a NULL join key
    uint64_t late;
    uint64_t bad;
    uint64_t pending;   // held in state with none of these fates yet
    uint64_t unmatched; // of taken: expired without a partner
    uint64_t out;
};

// Rows of one message for one input of an operator.
struct leat_rows {
    const struct leat_batch *batch;
    struct leat_selection selection;
    const uint16_t *columns;  // input column i stands in batch column columns[i]
    const uint64_t *hash;     // key hash per batch row (same row numbers as the batch)
    int64_t watermark_before; // largest watermark of this split before the batch's chunk
    int64_t watermark_others; // smallest watermark of the other splits and inputs; LEAT_TIME_MAX when there are none
};

// The watermark that the batch row `row` meets: its own W for a single split, the minimum with the others' otherwise.
static inline int64_t leat_rows_watermark(const struct leat_rows *rows, uint32_t row) {
    int64_t own = rows->watermark_before;
    if (rows->batch->watermark)
        own = LEAT_MAX(own, rows->batch->watermark[row]);
    return LEAT_MIN(own, rows->watermark_others);
}

// Input column i of the rows.
static inline const struct leat_column *leat_rows_column(const struct leat_rows *rows, uint32_t i) {
    return &rows->batch->columns[rows->columns[i]];
}

// Where an operator writes its output; implemented by the runtime (and by tests).
struct leat_output {
    // A batch with room for at least one more row (batch->rows < LEAT_BATCH_ROWS) whose columns are the operator's output columns, or NULL
    // when there is no room anywhere: return LEAT_FULL then. The caller writes rows at batch->rows and then calls commit.
    struct leat_batch *(*reserve)(struct leat_output *output);
    // The caller has written `rows` more rows. Batches with time and position columns need those written too.
    void (*commit)(struct leat_output *output, uint32_t rows);
};

// What a step of an operator or sender came to.
enum leat_step {
    LEAT_DONE,  // everything asked for is done
    LEAT_FULL,  // no room for output: call again later
    LEAT_FAILED // the error stack is set: the job ends
};

// What an operator is told when it is opened. Lives as long as the operator.
struct leat_operator_env {
    struct leat_budget *budget; // all its memory
    uint32_t worker;            // 0 .. workers - 1
    uint32_t workers;
    bool with_origin; // output batches have `time` and `position`
};

struct leat_snapshot_writer;
struct leat_snapshot_reader;

// One kind of stateful operator. Each worker opens its own instance, which holds the keys of the worker's key groups and is called by that
// worker only.
struct leat_operator_ops {
    const char *kind; // "series_join"
    // Makes an instance from `spec`, the operator's own plan structure (see its header). 0, or -1 with the error set.
    int (*open)(const void *spec, const struct leat_operator_env *env, void **state);
    void (*close)(void *state);
    // Takes the rows of one message for input `port`, in order. LEAT_DONE or LEAT_FAILED: taking never needs room for output.
    enum leat_step (*push)(void *state, uint32_t port, const struct leat_rows *rows);
    // The watermark is now `watermark_us` (LEAT_TIME_MAX: the end): hands on all that is final. May return LEAT_FULL with part of it done.
    enum leat_step (*advance)(void *state, int64_t watermark_us, struct leat_output *output);
    // Optional, for an operator whose rows leave by a sink: gets rid of what it holds back as far as that goes without waiting. LEAT_DONE
    // when it may take more (with `all`: when nothing is left), LEAT_FULL when it may not yet. Called before each push, and with `all`
    // before the end and before a snapshot.
    enum leat_step (*settle)(void *state, bool all);
    // With settle: a descriptor that is readable when settle can go on, or -1.
    int (*wait_fd)(const void *state);
    // The watermark of the output when that of the input is `watermark_us`.
    int64_t (*output_watermark)(const void *state, int64_t watermark_us);
    // Writes the state, key group by key group / adds the key groups that this worker owns out of a snapshot. Only between rounds.
    int (*snapshot)(void *state, struct leat_snapshot_writer *writer);
    int (*restore)(void *state, struct leat_snapshot_reader *reader);
    // The accounts of this instance; pending is exact between calls.
    const struct leat_account *(*account)(void *state);
};

#endif
