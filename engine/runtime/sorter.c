#include "engine/runtime/sorter.h"

#include "engine/base/assert.h"

int leat_sorter_create(struct leat_sorter *sorter, const uint8_t *physical, uint32_t column_count, struct leat_budget *budget) {
    *sorter = (struct leat_sorter){.budget = budget, .column_count = column_count};
    uint8_t *forms = leat_memory_alloc(budget, column_count + 1);
    if (!forms)
        return -1;
    memcpy(forms, physical, column_count);
    forms[column_count] = LEAT_PHYSICAL_INT64; // the hash
    sorter->physical = forms;
    sorter->identity = leat_memory_alloc(budget, sizeof(uint16_t) * (column_count + 1));
    sorter->out = sorter->identity ? leat_batch_create(budget, forms, column_count + 1, false, true) : NULL;
    for (uint32_t i = 0; sorter->identity && i <= column_count; i++)
        sorter->identity[i] = (uint16_t)i;
    return sorter->out ? 0 : -1;
}

void leat_sorter_destroy(struct leat_sorter *sorter) {
    for (uint32_t i = 0; i < sorter->block_count; i++)
        leat_batch_destroy(sorter->budget, sorter->blocks[i]);
    leat_memory_free(sorter->budget, sorter->blocks, sizeof(*sorter->blocks) * sorter->block_capacity);
    leat_memory_free(sorter->budget, sorter->entries, sizeof(*sorter->entries) * sorter->entry_capacity);
    leat_memory_free(sorter->budget, sorter->scratch, sizeof(*sorter->scratch) * sorter->entry_capacity);
    leat_memory_free(sorter->budget, sorter->identity, sizeof(uint16_t) * (sorter->column_count + 1));
    if (sorter->out)
        leat_batch_destroy(sorter->budget, sorter->out);
    leat_memory_free(sorter->budget, (void *)(uintptr_t)sorter->physical, sorter->physical ? sorter->column_count + 1 : 0);
    *sorter = (struct leat_sorter){0};
}

static struct leat_batch *sorter_block(struct leat_sorter *sorter) {
    if (sorter->block_used > 0 && sorter->blocks[sorter->block_used - 1]->rows < LEAT_BATCH_ROWS)
        return sorter->blocks[sorter->block_used - 1];
    if (sorter->block_used == sorter->block_count) {
        if (sorter->block_count == sorter->block_capacity) {
            uint32_t capacity = LEAT_MAX(4u, sorter->block_capacity * 2);
            struct leat_batch **blocks =
                leat_memory_realloc(sorter->budget, sorter->blocks, sizeof(*blocks) * sorter->block_capacity, sizeof(*blocks) * capacity);
            if (!blocks)
                return NULL;
            sorter->blocks = blocks;
            sorter->block_capacity = capacity;
        }
        struct leat_batch *block = leat_batch_create(sorter->budget, sorter->physical, sorter->column_count + 1, false, true);
        if (!block)
            return NULL;
        sorter->blocks[sorter->block_count++] = block;
    }
    struct leat_batch *block = sorter->blocks[sorter->block_used++];
    leat_batch_reset(block);
    return block;
}

static int entries_reserve(struct leat_sorter *sorter, uint32_t more) {
    if (more <= sorter->entry_capacity - sorter->entry_count)
        return 0;
    uint32_t capacity = LEAT_MAX(LEAT_MAX(sorter->entry_capacity * 2, sorter->entry_count + more), 1024u);
    size_t old_bytes = sizeof(*sorter->entries) * sorter->entry_capacity, new_bytes = sizeof(*sorter->entries) * capacity;
    struct leat_sorter_entry *entries = leat_memory_realloc(sorter->budget, sorter->entries, old_bytes, new_bytes);
    if (!entries)
        return -1;
    sorter->entries = entries;
    struct leat_sorter_entry *scratch = leat_memory_alloc(sorter->budget, new_bytes);
    if (!scratch) { // the entries keep their larger block; its size must stay what entry_capacity says
        struct leat_sorter_entry *shrunk = old_bytes ? leat_memory_realloc(sorter->budget, entries, new_bytes, old_bytes) : NULL;
        if (!old_bytes)
            leat_memory_free(sorter->budget, entries, new_bytes);
        sorter->entries = old_bytes ? shrunk : NULL;
        return -1;
    }
    leat_memory_free(sorter->budget, sorter->scratch, old_bytes);
    sorter->scratch = scratch;
    sorter->entry_capacity = capacity;
    return 0;
}

// Copies one value; texts go into `heap` when it is given.
static int copy_value(struct leat_column *to, uint32_t to_row, const struct leat_column *from, uint32_t from_row, struct leat_heap *heap) {
    if (from->has_null && !leat_column_is_valid(from, from_row)) {
        leat_column_set_null(to, to_row);
        return 0;
    }
    if (from->physical == LEAT_PHYSICAL_TEXT && heap)
        return leat_heap_keep(heap, &leat_column_text(from)[from_row], &leat_column_text(to)[to_row]) ? 0 : -1;
    size_t bytes = leat_physical_bytes(from->physical);
    memcpy((char *)to->data + to_row * bytes, (const char *)from->data + from_row * bytes, bytes);
    return 0;
}

static int sorter_add_row(struct leat_sorter *sorter, const struct leat_message *message, const uint16_t *columns, uint32_t row) {
    struct leat_batch *block = sorter_block(sorter);
    if (!block)
        return -1;
    uint32_t at = block->rows;
    if (at == 0)
        for (uint32_t c = 0; c <= sorter->column_count; c++)
            leat_column_fill_valid(&block->columns[c], LEAT_BATCH_ROWS);
    for (uint32_t c = 0; c < sorter->column_count; c++)
        if (copy_value(&block->columns[c], at, &message->batch->columns[columns[c]], row, &block->heap))
            return -1;
    leat_column_int64(&block->columns[sorter->column_count])[at] = (int64_t)message->hash[row];
    sorter->entries[sorter->entry_count++] = (struct leat_sorter_entry){
        .time = message->batch->time[row], .position = message->batch->position[row], .block = sorter->block_used - 1, .row = at};
    block->rows++;
    return 0;
}

int leat_sorter_add(struct leat_sorter *sorter, const struct leat_message *message, const uint16_t *columns) {
    leat_assert(message->batch->time && message->batch->position);
    if (entries_reserve(sorter, message->row_count))
        return -1;
    for (uint32_t i = 0; i < message->row_count; i++)
        if (sorter_add_row(sorter, message, columns, message->rows ? message->rows[i] : i))
            return -1;
    return 0;
}

static bool entry_before(const struct leat_sorter_entry *a, const struct leat_sorter_entry *b) {
    return a->time != b->time ? a->time < b->time : a->position < b->position;
}

// Bottom-up merge sort: stable, so that rows of equal order stay as their worker sent them.
static void entries_sort(struct leat_sorter *sorter) {
    for (uint32_t width = 1; width < sorter->entry_count; width *= 2) {
        for (uint32_t start = 0; start < sorter->entry_count; start += 2 * width) {
            uint32_t a = start, middle = LEAT_MIN(start + width, sorter->entry_count);
            uint32_t b = middle, end = LEAT_MIN(start + 2 * width, sorter->entry_count);
            for (uint32_t to = start; to < end; to++) {
                bool take_b = a == middle || (b < end && entry_before(&sorter->entries[b], &sorter->entries[a]));
                sorter->scratch[to] = sorter->entries[take_b ? b++ : a++];
            }
        }
        struct leat_sorter_entry *sorted = sorter->scratch;
        sorter->scratch = sorter->entries;
        sorter->entries = sorted;
    }
}

// Fills `out` with the sorted rows from `first` on; texts stay in the blocks.
static uint32_t sorter_fill(struct leat_sorter *sorter, uint32_t first) {
    uint32_t count = LEAT_MIN(sorter->entry_count - first, (uint32_t)LEAT_BATCH_ROWS);
    leat_batch_reset(sorter->out);
    for (uint32_t c = 0; c <= sorter->column_count; c++) {
        struct leat_column *to = &sorter->out->columns[c];
        leat_column_fill_valid(to, count);
        for (uint32_t i = 0; i < count; i++) {
            const struct leat_sorter_entry *entry = &sorter->entries[first + i];
            int failed = copy_value(to, i, &sorter->blocks[entry->block]->columns[c], entry->row, NULL);
            leat_assert(!failed); // only texts that are copied can fail
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        sorter->out->time[i] = sorter->entries[first + i].time;
        sorter->out->position[i] = sorter->entries[first + i].position;
    }
    sorter->out->rows = count;
    return count;
}

enum leat_step leat_sorter_flush(struct leat_sorter *sorter, enum leat_step (*push)(void *context, struct leat_rows *rows), void *context) {
    entries_sort(sorter);
    enum leat_step step = LEAT_DONE;
    for (uint32_t first = 0; first < sorter->entry_count && step == LEAT_DONE; first += LEAT_BATCH_ROWS) {
        uint32_t count = sorter_fill(sorter, first);
        struct leat_rows rows = {.batch = sorter->out,
                                 .selection = {.count = count},
                                 .columns = sorter->identity,
                                 .hash = (const uint64_t *)(const void *)leat_column_int64(&sorter->out->columns[sorter->column_count])};
        step = push(context, &rows);
    }
    sorter->entry_count = 0;
    sorter->block_used = 0;
    return step;
}
