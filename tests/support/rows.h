// Rows for operators under test: messages made value by value, and an output that hands every finished row to a function.
#ifndef LEAT_TESTS_SUPPORT_ROWS_H
#define LEAT_TESTS_SUPPORT_ROWS_H

#include "engine/runtime/operator.h"

// Most columns of a test message.
#define LEAT_TEST_COLUMNS_MAX 16

// One message being made. Columns stand in the batch in reverse order, so that who takes input columns for batch columns is found out.
struct leat_test_rows {
    struct leat_batch *batch;
    uint16_t columns[LEAT_TEST_COLUMNS_MAX];
    uint64_t hash[LEAT_BATCH_ROWS];
    struct leat_rows rows; // what the operator gets: see leat_test_rows_finish
};

// Makes room for messages of `count` input columns; with or without time and position of the origin. The watermark column is always there.
void leat_test_rows_open(struct leat_test_rows *rows, const uint8_t *physical, uint32_t count, bool with_origin);

// Gives the memory back.
void leat_test_rows_close(struct leat_test_rows *rows);

// Empties the message.
void leat_test_rows_clear(struct leat_test_rows *rows);

// Adds a row with that watermark, all of its columns valid (and zero), and returns its number. There must be room.
uint32_t leat_test_rows_add(struct leat_test_rows *rows, int64_t watermark);

// Sets where a row comes from; the batch must have been made with origins.
void leat_test_rows_set_origin(struct leat_test_rows *rows, uint32_t row, int64_t time, uint64_t position);

// Set input column `column` of a row. Texts are copied; the slot of a NULL text points nowhere, and must not be looked at.
void leat_test_rows_set_null(struct leat_test_rows *rows, uint32_t row, uint32_t column);
void leat_test_rows_set_bool(struct leat_test_rows *rows, uint32_t row, uint32_t column, bool value);             // as above
void leat_test_rows_set_int32(struct leat_test_rows *rows, uint32_t row, uint32_t column, int32_t value);         // as above
void leat_test_rows_set_int64(struct leat_test_rows *rows, uint32_t row, uint32_t column, int64_t value);         // as above
void leat_test_rows_set_double(struct leat_test_rows *rows, uint32_t row, uint32_t column, double value);         // as above
void leat_test_rows_set_text(struct leat_test_rows *rows, uint32_t row, uint32_t column, const char *zero_ended); // as above
void leat_test_rows_set_text_bytes(struct leat_test_rows *rows, uint32_t row, uint32_t column, const char *bytes,
                                   uint32_t length); // as above

// Hashes the key of all rows (input columns key[0 .. key_count - 1]) and returns the message, selecting all rows. The caller may narrow
// rows->rows.selection afterwards.
struct leat_rows *leat_test_rows_finish(struct leat_test_rows *rows, const uint16_t *key, uint32_t key_count, int64_t watermark_before,
                                        int64_t watermark_others);

// An output with as much room as a test wants.
struct leat_test_output {
    struct leat_output output; // give the address of this one to the operator
    struct leat_batch *batch;
    uint64_t room_rows;      // reserve says NULL when it is 0; commit takes from it
    uint32_t batch_rows;     // rows that one batch takes, 1 .. LEAT_BATCH_ROWS
    uint64_t committed_rows; // so far
    uint64_t refusals;       // how often reserve has said NULL
    // Called for the rows first .. first + count - 1 of each commit.
    void (*take)(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count);
    void *context;
};

// Opens an output of those columns with endless room and full batches; `take` may be NULL.
void leat_test_output_open(struct leat_test_output *output, const uint8_t *physical, uint32_t count, bool with_origin,
                           void (*take)(void *context, const struct leat_batch *batch, uint32_t first, uint32_t count), void *context);

// Gives the memory back.
void leat_test_output_close(struct leat_test_output *output);

// A generator of test cases (SplitMix64: Steele, Lea, Flood, 2014): the next 64 bits.
static inline uint64_t leat_test_random(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// A number below `bound` > 0.
static inline uint64_t leat_test_below(uint64_t *state, uint64_t bound) {
    return leat_test_random(state) % bound; // uneven by less than tests can tell
}

// The seed to start from: LEAT_SEED of the environment, otherwise `usual`.
uint64_t leat_test_seed(uint64_t usual);

// True when LEAT_LONG is set: run many more cases.
bool leat_test_is_long(void);

// The path of a file of the shared material: `relative` below LEAT_SHARED, default ../shared. NULL when it is not there. Static storage.
const char *leat_test_shared_path(const char *relative);

#endif
