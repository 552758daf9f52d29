#include "engine/state/key.h"

// What hashing starts from, and what stands for a NULL. Part of the format of state: they never change.
#define SEED      UINT64_C(0x6c656174206b6579)
#define NULL_WORD UINT64_C(0x9b1a3c5d7e8f0214)

static uint64_t hash_cell(uint64_t hash, const struct leat_column *column, uint32_t row) {
    switch (column->physical) {
    case LEAT_PHYSICAL_BOOL:
        return leat_hash_word(hash, leat_column_bool(column)[row]);
    case LEAT_PHYSICAL_INT32:
        return leat_hash_word(hash, (uint64_t)(int64_t)leat_column_int32(column)[row]);
    case LEAT_PHYSICAL_INT64:
        return leat_hash_word(hash, (uint64_t)leat_column_int64(column)[row]);
    case LEAT_PHYSICAL_DOUBLE:
        return leat_hash_word(hash, leat_key_double_bits(leat_column_double(column)[row]));
    default:
        return leat_hash_text(hash, &leat_column_text(column)[row]);
    }
}

static void hash_column(const struct leat_column *column, const struct leat_selection *selection, uint64_t *hash) {
    uint32_t count = selection->count;
    if (column->has_null) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            hash[row] = leat_column_is_valid(column, row) ? hash_cell(hash[row], column, row) : leat_hash_word(hash[row], NULL_WORD);
        }
    } else if (column->physical == LEAT_PHYSICAL_TEXT) {
        const struct leat_text *text = leat_column_text(column);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            hash[row] = leat_hash_text(hash[row], &text[row]);
        }
    } else if (column->physical == LEAT_PHYSICAL_INT64) {
        const int64_t *value = leat_column_int64(column);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            hash[row] = leat_hash_word(hash[row], (uint64_t)value[row]);
        }
    } else {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = leat_selection_row(selection, i);
            hash[row] = hash_cell(hash[row], column, row);
        }
    }
}

// The whole of a key that is one text without NULLs, the commonest by far.
static void hash_one_text(const struct leat_text *text, const struct leat_selection *selection, uint64_t *hash) {
    const uint16_t *rows = selection->rows;
    uint32_t count = selection->count;
    for (uint32_t i = 0; i < count && !rows; i++)
        hash[i] = leat_hash_text(SEED, &text[i]);
    for (uint32_t i = 0; i < count && rows; i++)
        hash[rows[i]] = leat_hash_text(SEED, &text[rows[i]]);
}

void leat_key_hash(const struct leat_batch *batch, const uint16_t *columns, uint32_t count, const struct leat_selection *selection,
                   uint64_t *hash) {
    const struct leat_column *first = count == 1 ? &batch->columns[columns[0]] : NULL;
    if (first && first->physical == LEAT_PHYSICAL_TEXT && !first->has_null) {
        hash_one_text(leat_column_text(first), selection, hash);
        return;
    }
    for (uint32_t i = 0; i < selection->count; i++)
        hash[leat_selection_row(selection, i)] = SEED;
    for (uint32_t i = 0; i < count; i++)
        hash_column(&batch->columns[columns[i]], selection, hash);
    if (count == 0)
        for (uint32_t i = 0; i < selection->count; i++)
            hash[leat_selection_row(selection, i)] = leat_hash_word(SEED, 0);
}

uint64_t leat_key_hash_words(const uint8_t *physical, uint32_t count, const uint64_t *key) {
    if (count == 0)
        return leat_hash_word(SEED, 0);
    uint64_t hash = SEED;
    const uint64_t *cell = key + leat_key_valid_words(count);
    for (uint32_t i = 0; i < count; i++) {
        bool text = physical[i] == LEAT_PHYSICAL_TEXT;
        if (!(key[i / 64] >> (i % 64) & 1))
            hash = leat_hash_word(hash, NULL_WORD);
        else if (text)
            hash = leat_hash_text(hash, (const struct leat_text *)(const void *)cell);
        else
            hash = leat_hash_word(hash, *cell);
        cell += 1 + text;
    }
    return hash;
}

bool leat_key_has_null(const struct leat_batch *batch, const uint16_t *columns, uint32_t count, uint32_t row) {
    for (uint32_t i = 0; i < count; i++)
        if (!leat_column_is_valid(&batch->columns[columns[i]], row))
            return true;
    return false;
}

uint32_t leat_key_select_whole(const struct leat_batch *batch, const uint16_t *columns, uint32_t count,
                               const struct leat_selection *selection, uint16_t *kept) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < selection->count; i++) {
        uint32_t row = leat_selection_row(selection, i);
        kept[n] = (uint16_t)row;
        n += !leat_key_has_null(batch, columns, count, row);
    }
    return n;
}
