// Snapshot and restore of SERIES JOIN.
//
// A key group's run: the watermark (zigzag), the number of rows that came without a position, then key after key: the key, and per side
// (left, right) `kept`, `since`, the number of rows and the rows, each: time less that of the row before (zigzag for the first), 1 if
// joined, position (0 where it is not kept), and per payload column 0 for NULL or 1 and the value.
#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "operators/series_join_state.h"

static void put_row(const struct leat_series_side *side, const uint64_t *row, struct leat_snapshot_writer *writer) {
    leat_snapshot_put_u64(writer, row[LEAT_SERIES_FLAGS] & LEAT_SERIES_JOINED);
    leat_snapshot_put_u64(writer, side->position ? row[side->position] : 0);
    for (uint32_t c = 0; c < side->input->payload_count; c++) {
        bool valid = leat_series_row_is_valid(row, c);
        const uint64_t *cell = row + side->cell[c];
        leat_snapshot_put_u64(writer, valid);
        if (!valid)
            continue;
        if (side->input->payload_physical[c] == LEAT_PHYSICAL_TEXT)
            leat_snapshot_put_text(writer, (const struct leat_text *)(const void *)cell);
        else if (side->input->payload_physical[c] == LEAT_PHYSICAL_DOUBLE)
            leat_snapshot_put_word(writer, *cell);
        else
            leat_snapshot_put_i64(writer, (int64_t)*cell);
    }
}

static void put_timeline(const struct leat_series_side *side, struct leat_series_timeline *timeline, struct leat_snapshot_writer *writer) {
    uint32_t stride = side->leaves.stride;
    leat_series_settle(timeline, &side->leaves);
    uint64_t rows = 0;
    for (uint32_t i = timeline->place_first; i < timeline->place_end; i++)
        rows += timeline->places[i].leaf->low - (uint64_t)timeline->places[i].leaf->first;
    leat_snapshot_put_u64(writer, timeline->kept);
    leat_snapshot_put_u64(writer, timeline->since);
    leat_snapshot_put_u64(writer, rows);
    int64_t before = 0;
    for (struct leat_series_cursor at = leat_series_walk(timeline, stride, 0); at.at != at.end; leat_series_next(timeline, stride, &at)) {
        int64_t time = (int64_t)at.at[LEAT_SERIES_TIME];
        leat_snapshot_put_i64(writer, (int64_t)((uint64_t)time - (uint64_t)before));
        put_row(side, at.at, writer);
        before = time;
    }
}

int leat_series_snapshot(void *state, struct leat_snapshot_writer *writer) {
    struct leat_series_join *join = state;
    leat_assert(!join->advancing);
    uint64_t cursor = 0;
    for (struct leat_series_key *key; (key = leat_keymap_next(&join->keys, &cursor));) {
        if (leat_snapshot_select(writer, leat_key_group(leat_keymap_hash(key)), LEAT_SERIES_JOIN_VERSION)) {
            leat_snapshot_put_i64(writer, join->watermark);
            leat_snapshot_put_u64(writer, join->arrivals);
        }
        leat_keymap_save_key(&join->keys, key, writer);
        for (uint32_t i = 0; i < 2; i++)
            put_timeline(&join->sides[i], &key->sides[i], writer);
    }
    return leat_snapshot_writer_status(writer);
}

// Reads one payload value into its cell. False: damaged, or the budget is spent.
static bool get_cell(struct leat_series_join *join, uint8_t physical, struct leat_snapshot_reader *reader, uint64_t *cell) {
    struct leat_text view, kept;
    int64_t number;
    switch (physical) {
    case LEAT_PHYSICAL_TEXT:
        if (!leat_snapshot_get_text(reader, &view) || !leat_store_keep(&join->store, &view, &kept))
            return false;
        memcpy(cell, &kept, sizeof(kept));
        return true;
    case LEAT_PHYSICAL_DOUBLE:
        return leat_snapshot_get_word(reader, cell);
    default:
        if (!leat_snapshot_get_i64(reader, &number))
            return false;
        if ((physical == LEAT_PHYSICAL_BOOL && (uint64_t)number > 1) || (physical == LEAT_PHYSICAL_INT32 && number != (int32_t)number))
            return leat_snapshot_damage(reader);
        *cell = (uint64_t)number;
        return true;
    }
}

// Reads all of a row but its time, into zeroed words.
static bool get_row(struct leat_series_join *join, const struct leat_series_side *side, struct leat_snapshot_reader *reader,
                    uint64_t *row) {
    uint64_t joined, position, valid;
    if (!leat_snapshot_get_u64(reader, &joined) || joined > 1 || !leat_snapshot_get_u64(reader, &position))
        return leat_snapshot_damage(reader);
    if (side->position)
        row[side->position] = position;
    row[LEAT_SERIES_FLAGS] |= joined;
    for (uint32_t c = 0; c < side->input->payload_count; c++) {
        if (!leat_snapshot_get_u64(reader, &valid) || valid > 1)
            return leat_snapshot_damage(reader);
        row[LEAT_SERIES_FLAGS + (c + 1) / 64] |= valid << ((c + 1) % 64);
        if (valid && !get_cell(join, side->input->payload_physical[c], reader, row + side->cell[c]))
            return false;
    }
    return true;
}

// Reads a row and puts it at the end of the timeline; *time is that of the one before and becomes its own.
static bool get_entry(struct leat_series_join *join, uint32_t i, struct leat_series_timeline *timeline, struct leat_snapshot_reader *reader,
                      int64_t *time) {
    const struct leat_series_side *side = &join->sides[i];
    bool first = leat_series_is_empty(timeline), replaces;
    uint64_t *row = join->packed, *place = NULL;
    int64_t step;
    memset(row, 0, side->leaves.stride * sizeof(*row));
    if (!leat_snapshot_get_i64(reader, &step))
        return false;
    int64_t at = (int64_t)((uint64_t)*time + (uint64_t)step);
    row[LEAT_SERIES_TIME] = (uint64_t)at;
    bool sound = get_row(join, side, reader, row);
    if (sound && !first && at <= *time)
        sound = leat_snapshot_damage(reader);
    if (!sound || !(place = leat_series_insert(timeline, &side->leaves, at, &replaces))) {
        leat_series_drop_texts(join, side, row, 1);
        return false;
    }
    memcpy(place, row, side->leaves.stride * sizeof(*row));
    uint64_t alone = ~row[LEAT_SERIES_FLAGS] & LEAT_SERIES_JOINED;
    join->account.pending += alone;
    join->account.in += alone;
    *time = at;
    return true;
}

// Reads one side of a key; `watermark_us` is that of its group.
static bool get_timeline(struct leat_series_join *join, struct leat_series_key *key, uint32_t i, int64_t watermark_us,
                         struct leat_snapshot_reader *reader) {
    struct leat_series_timeline *timeline = &key->sides[i];
    uint64_t kept, since, rows;
    if (!leat_snapshot_get_u64(reader, &kept) || !leat_snapshot_get_u64(reader, &since) || !leat_snapshot_get_u64(reader, &rows) ||
        kept > rows || kept > UINT32_MAX || since > 1 || (!since && kept > 1) || !leat_series_is_empty(timeline))
        return leat_snapshot_damage(reader);
    int64_t time = 0;
    for (uint64_t n = 0; n < rows; n++) {
        if (!get_entry(join, i, timeline, reader, &time))
            return false;
        bool swept = n < kept;
        if (swept != (time <= watermark_us) || (swept && leat_series_plus(time, join->spec->tolerance_us) <= watermark_us))
            return leat_snapshot_damage(reader);
    }
    timeline->kept = (uint32_t)kept;
    timeline->since = since;
    return true;
}

static bool get_key(struct leat_series_join *join, int64_t watermark_us, struct leat_snapshot_reader *reader) {
    struct leat_series_key *key = leat_keymap_load_key(&join->keys, reader);
    if (!key)
        return false;
    for (uint32_t i = 0; i < 2; i++)
        if (!get_timeline(join, key, i, watermark_us, reader))
            return false;
    for (uint32_t i = 0; i < 2; i++)
        leat_series_settle(&key->sides[i], &join->sides[i].leaves);
    if (leat_series_is_empty(&key->sides[0]) && leat_series_is_empty(&key->sides[1]))
        return leat_snapshot_damage(reader);
    if (key->sides[0].since && key->sides[1].since)
        return leat_snapshot_damage(reader);
    key->due = leat_series_due(join, key);
    return true;
}

// Sorts all keys into the heap again: the watermark may have changed.
static void link_all(struct leat_series_join *join) {
    join->occupied = 0;
    memset(join->buckets, 0, sizeof(join->buckets));
    uint64_t cursor = 0;
    for (struct leat_series_key *key; (key = leat_keymap_next(&join->keys, &cursor));)
        leat_series_link(join, key);
}

int leat_series_restore(void *state, struct leat_snapshot_reader *reader) {
    struct leat_series_join *join = state;
    int more;
    while ((more = leat_snapshot_next_group(reader, LEAT_SERIES_JOIN_VERSION)) > 0) {
        int64_t watermark_us;
        uint64_t arrivals;
        bool sound = leat_snapshot_get_i64(reader, &watermark_us) && leat_snapshot_get_u64(reader, &arrivals);
        while (sound && leat_snapshot_has_more(reader))
            sound = get_key(join, watermark_us, reader);
        if (!sound) {
            if (reader->damaged)
                leat_snapshot_reader_error(reader);
            return leat_error_append("SERIES JOIN cannot be restored");
        }
        join->watermark = LEAT_MAX(join->watermark, watermark_us);
        join->arrivals = LEAT_MAX(join->arrivals, arrivals);
    }
    if (more < 0)
        return leat_error_append("SERIES JOIN cannot be restored");
    link_all(join);
    return 0;
}
