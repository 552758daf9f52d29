// State is one block per (key, window). A key knows the block it used last, which is the right one for most rows; where it has
// several windows open the index finds the others. A pane holds all blocks of one window in the order of their first rows; a heap
// tells which pane ends next, so that a watermark costs what fires and nothing else.
#include "operators/window_tumble.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/state/keymap.h"
#include "operators/aggregate.h"
#include "operators/window_index.h"

#define SNAPSHOT_VERSION 1
#define PANES_MIN        16
#define TRIM_FIRINGS     16 // memory is given back when it was not needed for so many firings

// What the keymap holds for a key.
struct tumble_key {
    struct block *last; // the block of its last row; NULL when that window has fired
    uint64_t open;      // its blocks, `last` included
};

// One key in one window.
struct block {
    struct block *next; // of the same pane
    struct tumble_key *key;
    int64_t start_us;
    uint64_t position; // origin of the last row
    bool indexed;      // the index knows it
    uint64_t cells[];
};

// One window that is open.
struct pane {
    int64_t start_us;
    struct block *first;
    struct block *last;
};

struct tumble {
    const struct leat_window_tumble_spec *spec;
    struct leat_budget *budget;
    struct leat_account account;
    int64_t watermark_us; // of the last advance: these windows have fired
    uint32_t firings;     // since the last trim

    struct leat_keymap keys;
    struct leat_window_index index; // owner: the key, or NULL for the panes
    struct leat_slab blocks;
    struct leat_slab pane_slab;
    struct leat_aggregates aggregates;
    struct pane **panes; // a heap by start
    size_t pane_count;
    size_t pane_room;

    // Of the message being taken: the rows that are neither late nor bad, and what they belong to. Also used when windows fire.
    uint16_t *key_columns; // batch columns
    uint16_t kept[LEAT_BATCH_ROWS];
    int64_t start_us[LEAT_BATCH_ROWS];
    void *row_keys[LEAT_BATCH_ROWS];
    void *row_blocks[LEAT_BATCH_ROWS];
    void *row_cells[LEAT_BATCH_ROWS];
};

// ---- Windows --------------------------------------------------------------------------------------------------------------------

static inline int64_t window_time(const struct tumble *self, int64_t start_us) {
    return start_us + self->spec->size_us - LEAT_MICROS_PER_MILLI;
}

// The start of the window that `time_us` is in; false when start, end or window_time have no place in 64 bits.
static bool window_of(const struct leat_window_tumble_spec *spec, int64_t time_us, int64_t *start_us) {
    int64_t from_offset, rest, start, end, time;
    if (__builtin_sub_overflow(time_us, spec->offset_us, &from_offset))
        return false;
    rest = from_offset % spec->size_us;
    if (rest < 0)
        rest += spec->size_us;
    if (__builtin_sub_overflow(time_us, rest, &start) || __builtin_add_overflow(start, spec->size_us, &end) ||
        __builtin_sub_overflow(end, (int64_t)LEAT_MICROS_PER_MILLI, &time) || time == LEAT_TIME_MIN)
        return false;
    *start_us = start;
    return true;
}

// ---- Panes ----------------------------------------------------------------------------------------------------------------------

static void heap_up(struct pane **panes, size_t at) {
    struct pane *pane = panes[at];
    for (; at > 0 && panes[(at - 1) / 2]->start_us > pane->start_us; at = (at - 1) / 2)
        panes[at] = panes[(at - 1) / 2];
    panes[at] = pane;
}

static void heap_down(struct pane **panes, size_t count, size_t at) {
    struct pane *pane = panes[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && panes[child + 1]->start_us < panes[child]->start_us;
        if (panes[child]->start_us >= pane->start_us)
            break;
        panes[at] = panes[child];
    }
    panes[at] = pane;
}

static bool panes_reserve(struct tumble *self) {
    if (self->pane_count < self->pane_room)
        return true;
    size_t room = LEAT_MAX(self->pane_room * 2, (size_t)PANES_MIN), bytes = sizeof(*self->panes);
    struct pane **panes = leat_memory_realloc(self->budget, self->panes, self->pane_room * bytes, room * bytes);
    if (!panes)
        return false;
    self->panes = panes;
    self->pane_room = room;
    return true;
}

// The pane of a window, made if need be. NULL with the error set when the budget is spent.
static struct pane *take_pane(struct tumble *self, int64_t start_us) {
    struct pane *pane = leat_window_index_find(&self->index, NULL, start_us);
    if (pane)
        return pane;
    void *memory;
    if (!panes_reserve(self) || !leat_slab_alloc(&self->pane_slab, &memory, 1))
        return NULL;
    pane = memory;
    *pane = (struct pane){.start_us = start_us};
    if (!leat_window_index_add(&self->index, NULL, start_us, pane)) {
        leat_slab_free(&self->pane_slab, &memory, 1);
        return NULL;
    }
    self->panes[self->pane_count++] = pane;
    heap_up(self->panes, self->pane_count - 1);
    return pane;
}

// Drops the pane that ends first, which is empty.
static void drop_first_pane(struct tumble *self) {
    struct pane *pane = self->panes[0];
    leat_window_index_remove(&self->index, NULL, pane->start_us);
    self->panes[0] = self->panes[--self->pane_count];
    if (self->pane_count)
        heap_down(self->panes, self->pane_count, 0);
    void *memory = pane;
    leat_slab_free(&self->pane_slab, &memory, 1);
}

// ---- Blocks ---------------------------------------------------------------------------------------------------------------------

static struct block *find_block(const struct tumble *self, const struct tumble_key *key, int64_t start_us) {
    if (key->last && key->last->start_us == start_us)
        return key->last;
    if (key->open == (key->last != NULL))
        return NULL; // there are no others
    return leat_window_index_find(&self->index, key, start_us);
}

static bool index_block(struct tumble *self, struct block *block) {
    if (!block->indexed)
        block->indexed = leat_window_index_add(&self->index, block->key, block->start_us, block);
    return block->indexed;
}

// Makes the block of a key in a window, which is not there. NULL with the error set when the budget is spent.
static struct block *make_block(struct tumble *self, struct tumble_key *key, int64_t start_us) {
    void *memory;
    struct pane *pane = take_pane(self, start_us);
    if (!pane || !leat_slab_alloc(&self->blocks, &memory, 1))
        return NULL;
    struct block *block = memory;
    *block = (struct block){.key = key, .start_us = start_us};
    // A key with one window needs no index: `last` leads there. With a second one both go in.
    if (key->open && (!index_block(self, block) || (key->last && !index_block(self, key->last)))) {
        leat_slab_free(&self->blocks, &memory, 1);
        return NULL;
    }
    leat_aggregates_init(&self->aggregates, block->cells);
    if (pane->last)
        pane->last->next = block;
    else
        pane->first = block;
    pane->last = block;
    key->open++;
    return block;
}

// Forgets a block that has been handed on and taken out of its pane; its key goes with its last window.
static void drop_block(struct tumble *self, struct block *block) {
    struct tumble_key *key = block->key;
    if (block->indexed)
        leat_window_index_remove(&self->index, key, block->start_us);
    leat_aggregates_clear(&self->aggregates, block->cells);
    if (key->last == block)
        key->last = NULL;
    if (--key->open == 0)
        leat_keymap_remove(&self->keys, key);
}

// ---- Opening and closing --------------------------------------------------------------------------------------------------------

static void tumble_close(void *state) {
    struct tumble *self = state;
    for (size_t i = 0; i < self->pane_count; i++) {
        for (struct block *block = self->panes[i]->first; block;) {
            void *memory = block;
            block = block->next;
            leat_aggregates_clear(&self->aggregates, ((struct block *)memory)->cells);
            leat_slab_free(&self->blocks, &memory, 1);
        }
        void *memory = self->panes[i];
        leat_slab_free(&self->pane_slab, &memory, 1);
    }
    leat_slab_close(&self->blocks);
    leat_slab_close(&self->pane_slab);
    leat_aggregates_close(&self->aggregates);
    leat_window_index_close(&self->index);
    leat_keymap_close(&self->keys);
    leat_memory_free(self->budget, self->panes, self->pane_room * sizeof(*self->panes));
    leat_memory_free(self->budget, self->key_columns, LEAT_MAX(self->spec->key_count, 1) * sizeof(*self->key_columns));
    leat_memory_free(self->budget, self, sizeof(*self));
}

static int tumble_open(const void *spec_data, const struct leat_operator_env *env, void **state) {
    const struct leat_window_tumble_spec *spec = spec_data;
    leat_assert(spec->size_us > 0);
    struct tumble *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return leat_error_append("cannot open the window");
    self->spec = spec;
    self->budget = self->index.budget = env->budget;
    self->watermark_us = LEAT_TIME_MIN;
    leat_slab_open(&self->pane_slab, env->budget, sizeof(struct pane));
    self->key_columns = leat_memory_zalloc(env->budget, LEAT_MAX(spec->key_count, 1) * sizeof(*self->key_columns));
    int rc = leat_aggregates_open(&self->aggregates, env->budget, spec->aggregates, spec->aggregate_count);
    leat_slab_open(&self->blocks, env->budget, sizeof(struct block) + self->aggregates.cells_bytes);
    if (rc || !self->key_columns ||
        leat_keymap_open(&self->keys, env->budget, spec->key_physical, spec->key_count, sizeof(struct tumble_key))) {
        tumble_close(self);
        return leat_error_append("cannot open the window");
    }
    *state = self;
    return 0;
}

// ---- Taking rows ----------------------------------------------------------------------------------------------------------------

// Finds the window of every row; counts and leaves out those that are bad or late. Returns how many are kept.
static uint32_t keep_rows(struct tumble *self, const struct leat_rows *rows) {
    const struct leat_column *time = leat_rows_column(rows, self->spec->time);
    int64_t start_us = 0, end_us = 0; // the window of the row before; the next is mostly the same
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows->selection.count; i++) {
        uint32_t row = leat_selection_row(&rows->selection, i);
        int64_t time_us = leat_column_int64(time)[row];
        if (LEAT_UNLIKELY(!leat_column_is_valid(time, row))) {
            self->account.bad++;
            continue;
        }
        if (time_us < start_us || time_us >= end_us) {
            if (!window_of(self->spec, time_us, &start_us)) {
                self->account.bad++;
                start_us = end_us = 0;
                continue;
            }
            end_us = start_us + self->spec->size_us;
        }
        // What has fired stays closed, whatever watermark a row of another split comes with.
        int64_t watermark_us = LEAT_MAX(leat_rows_watermark(rows, row), self->watermark_us);
        if (end_us - LEAT_MICROS_PER_MILLI <= watermark_us) {
            self->account.late++;
            continue;
        }
        self->kept[kept] = (uint16_t)row;
        self->start_us[kept++] = start_us;
    }
    return kept;
}

// Finds or makes the block of every kept row.
static bool resolve_blocks(struct tumble *self, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct tumble_key *key = self->row_keys[i];
        struct block *block = key->last;
        if (LEAT_UNLIKELY(!block || block->start_us != self->start_us[i])) {
            block = find_block(self, key, self->start_us[i]);
            if (!block && !(block = make_block(self, key, self->start_us[i])))
                return false;
            key->last = block;
        }
        self->row_blocks[i] = block;
        self->row_cells[i] = block->cells;
    }
    return true;
}

static enum leat_step tumble_push(void *state, uint32_t port, const struct leat_rows *rows) {
    struct tumble *self = state;
    leat_assert(port == 0);
    self->account.in += rows->selection.count;
    uint32_t count = keep_rows(self, rows);
    for (uint32_t i = 0; i < self->spec->key_count; i++)
        self->key_columns[i] = rows->columns[self->spec->key[i]];
    struct leat_selection kept = {.rows = self->kept, .count = count};
    if (!leat_keymap_take_rows(&self->keys, rows->hash, rows->batch, self->key_columns, &kept, self->row_keys) ||
        !resolve_blocks(self, count) || !leat_aggregates_add(&self->aggregates, rows, self->kept, count, self->row_cells)) {
        leat_error_append("the window has no memory for more keys and windows");
        return LEAT_FAILED;
    }
    if (rows->batch->position)
        for (uint32_t i = 0; i < count; i++)
            ((struct block *)self->row_blocks[i])->position = rows->batch->position[self->kept[i]];
    self->account.taken += count;
    return LEAT_DONE;
}

// ---- Firing ---------------------------------------------------------------------------------------------------------------------

static void fill_times(int64_t *times, uint32_t count, int64_t time_us) {
    for (uint32_t i = 0; i < count; i++)
        times[i] = time_us;
}

// Writes one output column of `count` blocks of the window that starts at start_us.
static bool write_column(const struct tumble *self, uint32_t i, int64_t start_us, uint32_t count, struct leat_batch *batch) {
    const struct leat_window_output *output = &self->spec->outputs[i];
    struct leat_column *column = &batch->columns[i];
    uint32_t first = batch->rows;
    switch (output->from) {
    case LEAT_WINDOW_KEY:
        return leat_keymap_write_column(&self->keys, self->row_keys, count, output->index, column, first, &batch->heap);
    case LEAT_WINDOW_AGGREGATE:
        return leat_aggregates_write(&self->aggregates, output->index, self->row_cells, count, column, first, &batch->heap);
    case LEAT_WINDOW_START:
        fill_times(leat_column_int64(column) + first, count, start_us);
        return true;
    case LEAT_WINDOW_END:
        fill_times(leat_column_int64(column) + first, count, start_us + self->spec->size_us);
        return true;
    default:
        fill_times(leat_column_int64(column) + first, count, window_time(self, start_us));
        return true;
    }
}

// Hands on as many blocks of a pane as fit into `batch`, and drops them.
static bool fire_batch(struct tumble *self, struct pane *pane, struct leat_batch *batch, struct leat_output *output) {
    uint32_t first = batch->rows, count = 0;
    struct block *block = pane->first;
    for (; block && first + count < LEAT_BATCH_ROWS; block = block->next) {
        self->row_keys[count] = block->key;
        self->row_cells[count] = block->cells;
        self->row_blocks[count++] = block;
    }
    for (uint32_t i = 0; i < self->spec->output_count; i++)
        if (!write_column(self, i, pane->start_us, count, batch))
            return false;
    if (batch->time)
        fill_times(batch->time + first, count, window_time(self, pane->start_us));
    if (batch->position)
        for (uint32_t i = 0; i < count; i++)
            batch->position[first + i] = ((const struct block *)self->row_blocks[i])->position;
    pane->first = block;
    for (uint32_t i = 0; i < count; i++)
        drop_block(self, self->row_blocks[i]);
    leat_slab_free(&self->blocks, self->row_blocks, count);
    self->account.out += count;
    output->commit(output, count);
    return true;
}

static void trim(struct tumble *self) {
    if (++self->firings < TRIM_FIRINGS)
        return;
    self->firings = 0;
    leat_keymap_trim(&self->keys);
    leat_window_index_trim(&self->index);
    leat_slab_trim(&self->blocks);
    leat_slab_trim(&self->pane_slab);
    leat_aggregates_trim(&self->aggregates);
}

static enum leat_step tumble_advance(void *state, int64_t watermark_us, struct leat_output *output) {
    struct tumble *self = state;
    self->watermark_us = LEAT_MAX(self->watermark_us, watermark_us);
    while (self->pane_count && window_time(self, self->panes[0]->start_us) <= watermark_us) {
        while (self->panes[0]->first) {
            struct leat_batch *batch = output->reserve(output);
            if (!batch)
                return LEAT_FULL;
            if (!fire_batch(self, self->panes[0], batch, output)) {
                leat_error_append("the window has no memory for its output");
                return LEAT_FAILED;
            }
        }
        drop_first_pane(self);
        trim(self);
    }
    return LEAT_DONE;
}

// A window that fires later has a window_time later than the watermark.
static int64_t tumble_output_watermark(const void *state, int64_t watermark_us) {
    (void)state;
    return watermark_us;
}

// ---- Snapshots ------------------------------------------------------------------------------------------------------------------

// A key group: size, offset and number of aggregates of the window, then for each key in each open window the start, the origin of the last
// row, the key and the aggregates; per window in the order of the keys' first rows. The watermark is no part of it: it comes back with the
// positions of the sources.
static int tumble_snapshot(void *state, struct leat_snapshot_writer *writer) {
    struct tumble *self = state;
    for (size_t i = 0; i < self->pane_count; i++) {
        for (const struct block *block = self->panes[i]->first; block; block = block->next) {
            uint32_t group = leat_key_group(leat_keymap_hash(block->key));
            if (leat_snapshot_select(writer, group, SNAPSHOT_VERSION)) {
                leat_snapshot_put_i64(writer, self->spec->size_us);
                leat_snapshot_put_i64(writer, self->spec->offset_us);
                leat_snapshot_put_u64(writer, self->spec->aggregate_count);
            }
            leat_snapshot_put_i64(writer, block->start_us);
            leat_snapshot_put_u64(writer, block->position);
            leat_keymap_save_key(&self->keys, block->key, writer);
            leat_aggregates_save(&self->aggregates, block->cells, writer);
        }
    }
    return leat_snapshot_writer_status(writer);
}

// -1 with the error set; `reader` is told that the group is damaged unless the error is already there.
static int restore_block(struct tumble *self, struct leat_snapshot_reader *reader) {
    int64_t start_us, aligned_us;
    uint64_t position;
    if (!leat_snapshot_get_i64(reader, &start_us) || !leat_snapshot_get_u64(reader, &position))
        return leat_snapshot_reader_error(reader);
    if (!window_of(self->spec, start_us, &aligned_us) || aligned_us != start_us) {
        leat_snapshot_damage(reader);
        return leat_snapshot_reader_error(reader);
    }
    struct tumble_key *key = leat_keymap_load_key(&self->keys, reader);
    if (!key)
        return -1;
    if (find_block(self, key, start_us)) {
        leat_snapshot_damage(reader); // the same key twice in a window
        return leat_snapshot_reader_error(reader);
    }
    struct block *block = make_block(self, key, start_us);
    if (!block)
        return -1;
    key->last = block;
    block->position = position;
    if (!leat_aggregates_load(&self->aggregates, block->cells, reader))
        return reader->damaged ? leat_snapshot_reader_error(reader) : -1;
    return 0;
}

static bool is_same_plan(const struct tumble *self, struct leat_snapshot_reader *reader) {
    int64_t size_us, offset_us;
    uint64_t aggregates;
    if (!leat_snapshot_get_i64(reader, &size_us) || !leat_snapshot_get_i64(reader, &offset_us) ||
        !leat_snapshot_get_u64(reader, &aggregates))
        return false;
    return size_us == self->spec->size_us && offset_us == self->spec->offset_us && aggregates == self->spec->aggregate_count;
}

static int tumble_restore(void *state, struct leat_snapshot_reader *reader) {
    struct tumble *self = state;
    int more;
    while ((more = leat_snapshot_next_group(reader, SNAPSHOT_VERSION)) > 0) {
        if (!is_same_plan(self, reader)) {
            leat_snapshot_damage(reader);
            return leat_snapshot_reader_error(reader);
        }
        while (leat_snapshot_has_more(reader))
            if (restore_block(self, reader))
                return -1;
    }
    return more;
}

static const struct leat_account *tumble_account(void *state) {
    return &((struct tumble *)state)->account;
}

const struct leat_operator_ops leat_window_tumble_ops = {
    .kind = "window_tumble",
    .open = tumble_open,
    .close = tumble_close,
    .push = tumble_push,
    .advance = tumble_advance,
    .output_watermark = tumble_output_watermark,
    .snapshot = tumble_snapshot,
    .restore = tumble_restore,
    .account = tumble_account,
};
