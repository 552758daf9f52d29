// Keys on their way out of the map: into output columns and snapshots.
#include "engine/base/error.h"
#include "engine/state/keymap.h"

struct cells {
    void *const *values;
    uint32_t count;
    uint32_t valid_offset; // from a value to the word with its valid bit, in words
    uint32_t cell_offset;  // from a value to its cell, in words
    uint64_t valid_bit;
};

static inline const uint64_t *cell_at(const struct cells *cells, uint32_t k) {
    return (const uint64_t *)cells->values[k] + cells->cell_offset;
}

static struct cells cells_of(const struct leat_keymap *map, void *const *values, uint32_t count, uint32_t i) {
    struct cells cells = {.values = values, .count = count, .valid_bit = UINT64_C(1) << (i % 64)};
    cells.valid_offset = map->key_offset / 8 + i / 64;
    cells.cell_offset = map->key_offset / 8 + leat_key_valid_words(map->columns);
    for (uint32_t c = 0; c < i; c++)
        cells.cell_offset += map->physical[c] == LEAT_PHYSICAL_TEXT ? 2 : 1;
    return cells;
}

static void write_valid(const struct cells *cells, struct leat_column *column, uint32_t first) {
    uint64_t all = cells->valid_bit;
    const void *last = NULL;
    for (uint32_t k = 0; k < cells->count; k++) { // keys come in runs
        if (cells->values[k] != last)
            all &= ((const uint64_t *)cells->values[k])[cells->valid_offset];
        last = cells->values[k];
    }
    if (all && !column->has_null)
        return;
    if (!column->has_null)
        leat_column_fill_valid(column, LEAT_BATCH_ROWS);
    for (uint32_t k = 0; k < cells->count; k++) {
        uint32_t row = first + k;
        uint64_t bit = UINT64_C(1) << (row % 64);
        if (((const uint64_t *)cells->values[k])[cells->valid_offset] & cells->valid_bit)
            column->valid[row / 64] |= bit;
        else
            leat_column_set_null(column, row);
    }
}

static bool write_texts(const struct cells *cells, struct leat_text *out, struct leat_heap *heap) {
    for (uint32_t k = 0; k < cells->count;) { // keys come in runs
        const void *run = cells->values[k];
        struct leat_text text;
        if (!leat_heap_keep(heap, (const struct leat_text *)(const void *)cell_at(cells, k), &text))
            return false;
        do
            out[k] = text;
        while (++k < cells->count && cells->values[k] == run);
    }
    return true;
}

bool leat_keymap_write_column(const struct leat_keymap *map, void *const *values, uint32_t count, uint32_t i, struct leat_column *column,
                              uint32_t first, struct leat_heap *heap) {
    struct cells cells = cells_of(map, values, count, i);
    write_valid(&cells, column, first);
    switch (map->physical[i]) {
    case LEAT_PHYSICAL_BOOL:
        for (uint32_t k = 0; k < count; k++)
            leat_column_bool(column)[first + k] = (uint8_t)*cell_at(&cells, k);
        return true;
    case LEAT_PHYSICAL_INT32:
        for (uint32_t k = 0; k < count; k++)
            leat_column_int32(column)[first + k] = (int32_t)*cell_at(&cells, k);
        return true;
    case LEAT_PHYSICAL_TEXT:
        return write_texts(&cells, leat_column_text(column) + first, heap);
    default:
        for (uint32_t k = 0; k < count; k++)
            memcpy(leat_column_int64(column) + first + k, cell_at(&cells, k), 8);
        return true;
    }
}

void leat_keymap_save_key(const struct leat_keymap *map, const void *value, struct leat_snapshot_writer *writer) {
    for (uint32_t i = 0; i < map->columns; i++) {
        const void *cell = leat_keymap_column(map, value, i);
        leat_snapshot_put_u64(writer, cell != NULL);
        if (cell && map->physical[i] == LEAT_PHYSICAL_TEXT) {
            leat_snapshot_put_text(writer, cell);
        } else if (cell) {
            uint64_t word;
            memcpy(&word, cell, 8);
            leat_snapshot_put_word(writer, word);
        }
    }
}
