// Keys in batches: hashing them column by column, and finding the rows whose key has a NULL.
//
// Two keys are equal when every column is: NULL equals NULL, texts by their bytes, numbers by value, DOUBLE as Java's Double.equals has
// it (which is what Flink groups and joins by): 0.0 and -0.0 differ, all NaN are one. Equal keys have equal hashes.
#ifndef LEAT_ENGINE_STATE_KEY_H
#define LEAT_ENGINE_STATE_KEY_H

#include "engine/base/hash.h"
#include "engine/runtime/batch.h"

// The bits that stand for a DOUBLE in keys: its own, and those of one quiet NaN for every NaN.
static inline uint64_t leat_key_double_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return value != value ? UINT64_C(0x7ff8000000000000) : bits;
}

// Writes hash[row] for every selected row: the hash of the batch columns columns[0 .. count - 1], in that order. Other places of `hash` are
// left alone; it has room for batch->rows. With no columns every row gets the same hash. Any thread.
void leat_key_hash(const struct leat_batch *batch, const uint16_t *columns, uint32_t count, const struct leat_selection *selection,
                   uint64_t *hash);

// True when a key column of `row` is NULL.
bool leat_key_has_null(const struct leat_batch *batch, const uint16_t *columns, uint32_t count, uint32_t row);

// Writes the selected rows whose key has no NULL into kept (room for LEAT_BATCH_ROWS), in order, and returns how many they are.
uint32_t leat_key_select_whole(const struct leat_batch *batch, const uint16_t *columns, uint32_t count,
                               const struct leat_selection *selection, uint16_t *kept);

// Words of valid bits before the cells of a packed key or row of `columns` columns: bit i % 64 of word i / 64 set says column i has a
// value.
static inline uint32_t leat_key_valid_words(uint32_t columns) {
    return (columns + 63) / 64;
}

// The hash of a packed key: its valid words, then 8 bytes a column (BOOL and INT32 widened to int64_t, leat_key_double_bits of a DOUBLE),
// 16 for a text, all zero where there is no value. The same as leat_key_hash of these values.
uint64_t leat_key_hash_words(const uint8_t *physical, uint32_t count, const uint64_t *key);

#endif
