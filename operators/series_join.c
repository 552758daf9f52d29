#include "operators/series_join.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "operators/series_join_state.h"

// Memory that is not needed is given back every so many advances.
#define ADVANCES_PER_TRIM 256

// Bytes of a leaf, so that with the store's own 8 it fills a size class; a leaf has at least LEAF_ROWS_MIN rows all the same.
#define LEAF_BYTES    2040
#define LEAF_ROWS_MIN 4

// Payload columns that are put straight into a leaf; more are packed first.
#define WORDS_MAX 32

static int open_side(struct leat_series_join *join, uint32_t i, bool with_origin) {
    struct leat_series_side *side = &join->sides[i];
    side->input = &join->spec->inputs[i];
    uint32_t count = side->input->payload_count;
    side->flag_words = leat_key_valid_words(count + 1);
    side->cell = leat_memory_alloc(join->budget, (count + 1) * sizeof(*side->cell));
    if (!side->cell)
        return -1;
    side->all_words = true;
    uint32_t words = LEAT_SERIES_FLAGS + side->flag_words;
    for (uint32_t c = 0; c < count; c++) {
        uint8_t physical = side->input->payload_physical[c];
        bool text = physical == LEAT_PHYSICAL_TEXT;
        side->cell[c] = (uint16_t)words;
        words += 1 + text;
        side->has_text |= text;
        side->all_words &= physical == LEAT_PHYSICAL_INT64 || physical == LEAT_PHYSICAL_DOUBLE;
    }
    if (with_origin)
        side->position = words++;
    side->all_words &= count <= WORDS_MAX && !with_origin;
    uint32_t rows_max = (LEAF_BYTES - (uint32_t)sizeof(struct leat_series_leaf)) / (words * 8);
    side->leaves = (struct leat_series_leaves){.store = &join->store, .stride = words, .rows_max = LEAT_MAX(rows_max, LEAF_ROWS_MIN)};
    return 0;
}

static size_t packed_bytes(const struct leat_series_join *join) {
    return LEAT_BATCH_ROWS * sizeof(uint64_t) * LEAT_MAX(join->sides[0].leaves.stride, join->sides[1].leaves.stride);
}

static void free_timelines(struct leat_series_join *join, struct leat_series_key *key) {
    for (uint32_t i = 0; i < 2; i++) {
        const struct leat_series_leaves *leaves = &join->sides[i].leaves;
        struct leat_series_timeline *timeline = &key->sides[i];
        leat_series_settle(timeline, leaves);
        for (struct leat_series_cursor at = leat_series_walk(timeline, leaves->stride, 0); at.at != at.end;
             leat_series_next(timeline, leaves->stride, &at))
            leat_series_drop_texts(join, &join->sides[i], at.at, 1);
        leat_series_clear(timeline, leaves);
    }
}

static void series_join_close(void *state) {
    struct leat_series_join *join = state;
    uint64_t cursor = 0;
    leat_series_release_gone(join);
    leat_memory_free(join->budget, join->gone, join->gone_capacity * sizeof(*join->gone));
    if (join->keys.slots)
        for (struct leat_series_key *key; (key = leat_keymap_next(&join->keys, &cursor));)
            free_timelines(join, key);
    if (join->packed)
        leat_memory_free(join->budget, join->packed, packed_bytes(join));
    for (uint32_t i = 0; i < 2; i++)
        leat_memory_free(join->budget, join->sides[i].cell, (join->spec->inputs[i].payload_count + 1u) * sizeof(uint16_t));
    leat_keymap_close(&join->keys);
    leat_store_close(&join->store);
    leat_memory_free(join->budget, join, sizeof(*join));
}

static int series_join_open(const void *spec, const struct leat_operator_env *env, void **state) {
    struct leat_series_join *join = leat_memory_zalloc(env->budget, sizeof(*join));
    if (!join)
        return -1;
    join->spec = spec;
    join->budget = env->budget;
    join->watermark = LEAT_TIME_MIN;
    leat_assert(join->spec->tolerance_us >= 0);
    leat_store_open(&join->store, join->budget);
    if (leat_keymap_open(&join->keys, env->budget, join->spec->key_physical, join->spec->key_count, sizeof(struct leat_series_key)) ||
        open_side(join, 0, env->with_origin) || open_side(join, 1, env->with_origin) ||
        !(join->packed = leat_memory_alloc(env->budget, packed_bytes(join)))) {
        series_join_close(join);
        return -1;
    }
    *state = join;
    return 0;
}

static int64_t earliest(const int64_t *time, const uint16_t *rows, uint32_t count) {
    int64_t lowest = INT64_MAX;
    for (uint32_t i = 0; i < count; i++)
        lowest = LEAT_MIN(lowest, time[rows[i]]);
    return lowest;
}

// Chooses the rows that are not late and returns how many they are.
static uint32_t select_timely(struct leat_series_join *join, const int64_t *time, const struct leat_rows *rows) {
    // The watermark a row meets (leat_rows_watermark), and never less than what has been told: rows before that have been swept.
    int64_t before = LEAT_MAX(rows->watermark_before, join->watermark), others = LEAT_MAX(rows->watermark_others, join->watermark);
    const int64_t *own = rows->batch->watermark;
    const struct leat_selection *selection = &rows->selection;
    uint32_t count = selection->count;
    join->chosen = join->selected;
    if (count == 0)
        return 0;
    // A batch's own watermarks ascend, so its last one says whether any row can be late; mostly none is.
    int64_t highest = own ? LEAT_MAX(own[leat_selection_row(selection, count - 1)], before) : before;
    if (selection->rows && earliest(time, selection->rows, count) > LEAT_MIN(highest, others)) {
        join->chosen = selection->rows;
        return count;
    }
    uint32_t timely = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = leat_selection_row(selection, i);
        int64_t met = own && own[row] > before ? own[row] : before;
        join->selected[timely] = (uint16_t)row;
        timely += time[row] > LEAT_MIN(met, others);
    }
    return timely;
}

// Chooses the rows that are neither late nor without a key, counts the others, and returns how many are left.
static uint32_t select_rows(struct leat_series_join *join, const struct leat_series_join_input *input, const struct leat_rows *rows) {
    uint16_t key[LEAT_COLUMNS_MAX];
    uint32_t timely = select_timely(join, leat_column_int64(leat_rows_column(rows, input->time)), rows);
    join->account.in += rows->selection.count;
    join->account.late += rows->selection.count - timely;
    bool has_null = false;
    for (uint32_t i = 0; i < join->spec->key_count; i++) {
        key[i] = rows->columns[input->key[i]];
        has_null |= rows->batch->columns[key[i]].has_null;
    }
    if (!has_null)
        return timely;
    struct leat_selection kept = {.rows = join->chosen, .count = timely};
    uint32_t whole = leat_key_select_whole(rows->batch, key, join->spec->key_count, &kept, join->selected);
    join->chosen = join->selected;
    join->account.filtered += timely - whole;
    return whole;
}

// Words time, flags and position of the rows; without NULLs so far.
static void pack_head(struct leat_series_join *join, const struct leat_series_side *side, const struct leat_rows *rows, uint32_t count) {
    const uint64_t *position = rows->batch->position;
    const int64_t *time = leat_column_int64(leat_rows_column(rows, side->input->time));
    uint64_t *row = join->packed;
    for (uint32_t i = 0; i < count; i++, row += side->leaves.stride) {
        row[LEAT_SERIES_TIME] = (uint64_t)time[join->chosen[i]];
        memset(row + LEAT_SERIES_FLAGS, 0xff, side->flag_words * sizeof(uint64_t));
        row[LEAT_SERIES_FLAGS] &= ~LEAT_SERIES_JOINED;
        if (side->position)
            row[side->position] = position ? position[join->chosen[i]] : join->arrivals + i;
    }
    if (side->position && !position)
        join->arrivals += count;
}

static void pack_nulls(struct leat_series_join *join, const struct leat_series_side *side, uint32_t c, const struct leat_column *column,
                       uint32_t count) {
    uint64_t *flags = join->packed + LEAT_SERIES_FLAGS + (c + 1) / 64;
    for (uint32_t i = 0; i < count; i++, flags += side->leaves.stride)
        if (!leat_column_is_valid(column, join->chosen[i]))
            *flags &= ~(UINT64_C(1) << ((c + 1) % 64));
}

// Empties the texts of column c in rows first .. count - 1, so that dropping them is harmless.
static void clear_texts(struct leat_series_join *join, const struct leat_series_side *side, uint32_t c, uint32_t first, uint32_t count) {
    for (uint32_t i = first; i < count; i++)
        memset(join->packed + (size_t)i * side->leaves.stride + side->cell[c], 0, sizeof(struct leat_text));
}

static bool pack_texts(struct leat_series_join *join, const struct leat_series_side *side, uint32_t c, const struct leat_column *column,
                       uint32_t count) {
    const struct leat_text *text = leat_column_text(column);
    const struct leat_text none = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = join->chosen[i];
        // The slot of a missing text may hold an old one whose bytes are gone.
        const struct leat_text *value = leat_column_is_valid(column, from) ? &text[from] : &none;
        struct leat_text kept;
        if (!leat_store_keep(&join->store, value, &kept)) {
            clear_texts(join, side, c, i, count);
            return false;
        }
        memcpy(join->packed + (size_t)i * side->leaves.stride + side->cell[c], &kept, sizeof(kept));
    }
    return true;
}

static bool pack_column(struct leat_series_join *join, const struct leat_series_side *side, uint32_t c, const struct leat_column *column,
                        uint32_t count) {
    uint64_t *cell = join->packed + side->cell[c];
    uint32_t stride = side->leaves.stride;
    const uint16_t *selected = join->chosen;
    if (column->has_null)
        pack_nulls(join, side, c, column, count);
    switch (column->physical) {
    case LEAT_PHYSICAL_TEXT:
        return pack_texts(join, side, c, column, count);
    case LEAT_PHYSICAL_BOOL:
        for (uint32_t i = 0; i < count; i++, cell += stride)
            *cell = leat_column_bool(column)[selected[i]];
        return true;
    case LEAT_PHYSICAL_INT32:
        for (uint32_t i = 0; i < count; i++, cell += stride)
            *cell = (uint64_t)(int64_t)leat_column_int32(column)[selected[i]];
        return true;
    default:
        for (uint32_t i = 0; i < count; i++, cell += stride)
            memcpy(cell, leat_column_int64(column) + selected[i], 8); // a DOUBLE's bits too
        return true;
    }
}

// Packs the selected rows into join->packed.
static bool pack_rows(struct leat_series_join *join, const struct leat_series_side *side, const struct leat_rows *rows, uint32_t count) {
    pack_head(join, side, rows, count);
    for (uint32_t c = 0; c < side->input->payload_count; c++) {
        if (pack_column(join, side, c, leat_rows_column(rows, side->input->payload[c]), count))
            continue;
        for (uint32_t rest = c + 1; rest < side->input->payload_count; rest++)
            if (side->input->payload_physical[rest] == LEAT_PHYSICAL_TEXT)
                clear_texts(join, side, rest, 0, count);
        leat_series_drop_texts(join, side, join->packed, count);
        return false;
    }
    return true;
}

// Something falls due for the key at `time`, earlier than it knew.
static void hasten(struct leat_series_join *join, struct leat_series_key *key, int64_t time) {
    if (key->bucket)
        leat_series_unlink(join, key);
    key->due = time;
    leat_series_link(join, key);
}

// A row's words; two at a time, since rows are too short for memcpy to be worth its call.
static inline void copy_row(uint64_t *to, const uint64_t *from, uint32_t words) {
    uint32_t w = 0;
    for (; w + 2 <= words; w += 2)
        memcpy(to + w, from + w, 16);
    if (w < words)
        to[w] = from[w];
}

static bool insert_rows(struct leat_series_join *join, uint32_t port, uint32_t count) {
    const struct leat_series_side *side = &join->sides[port];
    uint32_t stride = side->leaves.stride;
    const uint64_t *row = join->packed;
    for (uint32_t i = 0; i < count; i++, row += stride) {
        struct leat_series_key *key = join->row_keys[i];
        int64_t time = (int64_t)row[LEAT_SERIES_TIME];
        bool replaces;
        uint64_t *place = leat_series_insert(&key->sides[port], &side->leaves, time, &replaces);
        if (LEAT_UNLIKELY(!place)) {
            leat_series_drop_texts(join, side, row, count - i);
            join->account.pending += i;
            return false;
        }
        if (LEAT_UNLIKELY(replaces)) { // a row not yet swept, hence not joined
            leat_series_drop_texts(join, side, place, 1);
            join->account.taken++;
            join->account.pending--;
        }
        copy_row(place, row, stride);
        if (LEAT_UNLIKELY(time < key->due || !key->bucket))
            hasten(join, key, time);
    }
    join->account.pending += count;
    return true;
}

// True when the payload columns have a value in all of the first `count` selected rows.
static bool is_whole(const struct leat_series_join *join, const struct leat_series_side *side, const struct leat_rows *rows,
                     uint32_t count) {
    const uint16_t *selected = join->chosen;
    for (uint32_t c = 0; c < side->input->payload_count; c++) {
        const struct leat_column *column = leat_rows_column(rows, side->input->payload[c]);
        uint64_t all = 1;
        for (uint32_t i = 0; i < count && column->has_null; i++)
            all &= column->valid[selected[i] / 64] >> (selected[i] % 64);
        if (!all)
            return false;
    }
    return true;
}

// insert_rows for rows whose payload is all there and has 8 bytes a column: straight out of the batch, without packing.
static inline bool insert_words(struct leat_series_join *join, uint32_t port, const struct leat_rows *rows, uint32_t count,
                                uint32_t payload_count) {
    const struct leat_series_side *side = &join->sides[port];
    const int64_t *times = leat_column_int64(leat_rows_column(rows, side->input->time));
    const uint64_t *payload[WORDS_MAX];
    for (uint32_t c = 0; c < payload_count; c++)
        payload[c] = leat_rows_column(rows, side->input->payload[c])->data;
    for (uint32_t i = 0; i < count; i++) {
        struct leat_series_key *key = join->row_keys[i];
        uint32_t from = join->chosen[i];
        int64_t time = times[from];
        bool replaces;
        uint64_t *place = leat_series_insert(&key->sides[port], &side->leaves, time, &replaces);
        if (LEAT_UNLIKELY(!place)) {
            join->account.pending += i;
            return false;
        }
        if (LEAT_UNLIKELY(replaces)) { // as in insert_rows
            join->account.taken++;
            join->account.pending--;
        }
        place[LEAT_SERIES_TIME] = (uint64_t)time;
        place[LEAT_SERIES_FLAGS] = ~LEAT_SERIES_JOINED;
        for (uint32_t c = 0; c < payload_count; c++)
            place[LEAT_SERIES_FLAGS + 1 + c] = payload[c][from];
        if (LEAT_UNLIKELY(time < key->due || !key->bucket))
            hasten(join, key, time);
    }
    join->account.pending += count;
    return true;
}

static bool take_rows(struct leat_series_join *join, uint32_t port, const struct leat_rows *rows, uint32_t count) {
    const struct leat_series_side *side = &join->sides[port];
    if (!side->all_words || !is_whole(join, side, rows, count))
        return pack_rows(join, side, rows, count) && insert_rows(join, port, count);
    uint32_t payload_count = side->input->payload_count;
    // A number the compiler knows makes the commonest case one straight line.
    return payload_count == 2 ? insert_words(join, port, rows, count, 2) : insert_words(join, port, rows, count, payload_count);
}

static enum leat_step series_join_push(void *state, uint32_t port, const struct leat_rows *rows) {
    struct leat_series_join *join = state;
    const struct leat_series_side *side = &join->sides[port];
    leat_assert(port < 2 && !join->advancing);
    uint16_t key[LEAT_COLUMNS_MAX];
    for (uint32_t i = 0; i < join->spec->key_count; i++)
        key[i] = rows->columns[side->input->key[i]];
    uint32_t count = select_rows(join, side->input, rows);
    struct leat_selection selection = {.rows = join->chosen, .count = count};
    if (leat_keymap_take_rows(&join->keys, rows->hash, rows->batch, key, &selection, join->row_keys) && take_rows(join, port, rows, count))
        return LEAT_DONE;
    leat_error_append("SERIES JOIN cannot keep its rows");
    return LEAT_FAILED;
}

static void trim(struct leat_series_join *join) {
    leat_store_trim(&join->store);
    leat_keymap_trim(&join->keys);
}

// Sweeps the key at the head of the work list and puts it where it belongs afterwards.
static enum leat_step sweep_first(struct leat_series_join *join, int64_t watermark_us, struct leat_output *output) {
    struct leat_series_key *key = join->work;
    enum leat_step step = leat_series_sweep(join, key, watermark_us, output);
    if (step != LEAT_DONE)
        return step;
    join->work = key->next;
    if (!leat_series_is_empty(&key->sides[0]) || !leat_series_is_empty(&key->sides[1])) {
        key->due = leat_series_due(join, key);
        leat_series_link(join, key);
    } else {
        key->next = join->doomed;
        join->doomed = key;
    }
    return LEAT_DONE;
}

static enum leat_step series_join_advance(void *state, int64_t watermark_us, struct leat_output *output) {
    struct leat_series_join *join = state;
    if (!join->advancing) {
        if (watermark_us <= join->watermark)
            return LEAT_DONE; // nothing can have become final
        leat_series_take_due(join, watermark_us);
        join->advancing = true;
    }
    leat_assert(watermark_us == join->watermark);
    enum leat_step step = LEAT_DONE;
    while (join->work && step == LEAT_DONE)
        step = sweep_first(join, watermark_us, output);
    if (step == LEAT_DONE)
        step = leat_series_flush(join, output);
    if (step == LEAT_FAILED)
        leat_error_append("SERIES JOIN cannot hand on its pairs");
    if (step != LEAT_DONE)
        return step;
    join->advancing = false;
    if (++join->advances % ADVANCES_PER_TRIM == 0 || watermark_us == LEAT_TIME_MAX)
        trim(join);
    return LEAT_DONE;
}

static int64_t series_join_output_watermark(const void *state, int64_t watermark_us) {
    const struct leat_series_join *join = state;
    return watermark_us == LEAT_TIME_MAX ? watermark_us : leat_series_minus(watermark_us, join->spec->tolerance_us);
}

static const struct leat_account *series_join_account(void *state) {
    return &((struct leat_series_join *)state)->account;
}

const struct leat_operator_ops leat_series_join_ops = {
    .kind = "series_join",
    .open = series_join_open,
    .close = series_join_close,
    .push = series_join_push,
    .advance = series_join_advance,
    .output_watermark = series_join_output_watermark,
    .snapshot = leat_series_snapshot,
    .restore = leat_series_restore,
    .account = series_join_account,
};
