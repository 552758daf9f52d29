// Writing the collected pairs, column by column, and freeing what they no longer need.
#include "engine/base/assert.h"
#include "operators/series_join_state.h"

void leat_series_drop_texts(struct leat_series_join *join, const struct leat_series_side *side, const uint64_t *rows, uint32_t count) {
    for (uint32_t c = 0; c < side->input->payload_count && side->has_text; c++) {
        if (side->input->payload_physical[c] != LEAT_PHYSICAL_TEXT)
            continue;
        const uint64_t *cell = rows + side->cell[c];
        for (uint32_t i = 0; i < count; i++, cell += side->leaves.stride) {
            struct leat_text text;
            memcpy(&text, cell, sizeof(text));
            leat_store_drop(&join->store, &text);
        }
    }
}

void leat_series_release_gone(struct leat_series_join *join) {
    for (uint32_t i = 0; i < join->gone_count; i++) {
        const struct leat_series_gone *gone = &join->gone[i];
        const struct leat_series_side *side = &join->sides[gone->side];
        leat_series_drop_texts(join, side, leat_series_leaf_row(gone->leaf, side->leaves.stride, gone->from),
                               (uint32_t)gone->to - gone->from);
        if (gone->whole)
            leat_series_free_leaf(&side->leaves, gone->leaf);
    }
    join->gone_count = 0;
}

// Marks where payload column i of the rows has no value; see leat_column about bitmaps that are not maintained.
static void write_valid(struct leat_column *column, uint32_t first, const uint64_t *const *rows, uint32_t count, uint32_t i) {
    uint64_t all = UINT64_MAX;
    for (uint32_t k = 0; k < count; k++)
        all &= rows[k][LEAT_SERIES_FLAGS + (i + 1) / 64];
    bool whole = all >> ((i + 1) % 64) & 1;
    if (whole && !column->has_null)
        return;
    if (!column->has_null)
        leat_column_fill_valid(column, LEAT_BATCH_ROWS);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t row = first + k;
        if (leat_series_row_is_valid(rows[k], i))
            column->valid[row / 64] |= UINT64_C(1) << (row % 64);
        else
            leat_column_set_null(column, row);
    }
}

static bool write_texts(struct leat_column *column, uint32_t first, const uint64_t *const *rows, uint32_t count, uint32_t cell,
                        struct leat_heap *heap) {
    struct leat_text *out = leat_column_text(column) + first;
    for (uint32_t k = 0; k < count; k++) {
        struct leat_text text;
        memcpy(&text, rows[k] + cell, sizeof(text));
        if (!leat_heap_keep(heap, &text, &out[k]))
            return false;
    }
    return true;
}

static bool write_payload(const struct leat_series_side *side, uint32_t i, struct leat_column *column, uint32_t first,
                          const uint64_t *const *rows, uint32_t count, struct leat_heap *heap) {
    uint32_t cell = side->cell[i];
    write_valid(column, first, rows, count, i);
    switch (side->input->payload_physical[i]) {
    case LEAT_PHYSICAL_TEXT:
        return write_texts(column, first, rows, count, cell, heap);
    case LEAT_PHYSICAL_BOOL:
        for (uint32_t k = 0; k < count; k++)
            leat_column_bool(column)[first + k] = (uint8_t)rows[k][cell];
        return true;
    case LEAT_PHYSICAL_INT32:
        for (uint32_t k = 0; k < count; k++)
            leat_column_int32(column)[first + k] = (int32_t)rows[k][cell];
        return true;
    default:
        for (uint32_t k = 0; k < count; k++)
            memcpy(leat_column_int64(column) + first + k, &rows[k][cell], 8);
        return true;
    }
}

// The origin of a pair is that of its later row; of two rows of the same time, of the one that came later.
static void write_origin(const struct leat_series_join *join, struct leat_batch *batch, uint32_t first, uint32_t from, uint32_t count) {
    const struct leat_series_pairs *pairs = &join->pairs;
    uint32_t left_word = join->sides[0].position, right_word = join->sides[1].position;
    leat_assert(!batch->position || left_word);
    for (uint32_t k = 0; k < count && (batch->time || batch->position); k++) {
        const uint64_t *left = pairs->rows[0][from + k], *right = pairs->rows[1][from + k];
        int64_t left_time = (int64_t)left[LEAT_SERIES_TIME], right_time = (int64_t)right[LEAT_SERIES_TIME];
        if (batch->time)
            batch->time[first + k] = LEAT_MAX(left_time, right_time);
        if (batch->position)
            batch->position[first + k] = left_time > right_time || (left_time == right_time && left[left_word] > right[right_word])
                                             ? left[left_word]
                                             : right[right_word];
    }
}

static bool write_pairs(struct leat_series_join *join, struct leat_batch *batch, uint32_t count) {
    const struct leat_series_pairs *pairs = &join->pairs;
    uint32_t first = batch->rows, from = pairs->done;
    for (uint32_t c = 0; c < join->spec->output_count; c++) {
        const struct leat_series_join_output *output = &join->spec->outputs[c];
        struct leat_column *column = &batch->columns[c];
        uint32_t side = output->from == LEAT_SERIES_RIGHT;
        bool written = output->from == LEAT_SERIES_KEY
                           ? leat_keymap_write_column(&join->keys, pairs->keys + from, count, output->index, column, first, &batch->heap)
                           : write_payload(&join->sides[side], output->index, column, first, pairs->rows[side] + from, count, &batch->heap);
        if (!written)
            return false;
    }
    write_origin(join, batch, first, from, count);
    return true;
}

enum leat_step leat_series_flush(struct leat_series_join *join, struct leat_output *output) {
    struct leat_series_pairs *pairs = &join->pairs;
    while (pairs->done < pairs->count) {
        struct leat_batch *batch = output->reserve(output);
        if (!batch)
            return LEAT_FULL;
        leat_assert(batch->rows < LEAT_BATCH_ROWS && batch->column_count >= join->spec->output_count);
        uint32_t count = LEAT_MIN(pairs->count - pairs->done, LEAT_BATCH_ROWS - batch->rows);
        if (!write_pairs(join, batch, count))
            return LEAT_FAILED;
        output->commit(output, count);
        join->account.out += count;
        pairs->done += count;
    }
    pairs->count = pairs->done = 0;
    leat_series_release_gone(join);
    while (join->doomed) {
        struct leat_series_key *key = join->doomed;
        join->doomed = key->next;
        for (uint32_t i = 0; i < 2; i++)
            leat_series_clear(&key->sides[i], &join->sides[i].leaves);
        leat_keymap_remove(&join->keys, key);
    }
    return LEAT_DONE;
}
