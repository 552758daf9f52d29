// The sweep over the final rows of one key, and the heap that says which keys have any.
#include "engine/base/assert.h"
#include "operators/series_join_state.h"

// One side of a sweep. The timeline itself is told of it at the end: see take_out.
struct side {
    struct leat_series_timeline *timeline;
    uint32_t stride;
    struct leat_series_cursor front; // the first kept row
    struct leat_series_cursor next;  // the first row that is not swept yet
    int64_t next_time;               // time of `next`, LEAT_TIME_MAX when there is none
    uint32_t kept;
    bool since;
};

// The state of a sweep over one key.
struct sweep {
    struct leat_series_join *join;
    struct leat_series_key *key;
    struct leat_output *output;
    struct side sides[2];
    uint64_t joined; // rows joined for the first time
    uint64_t alone;  // rows that went without a partner
    uint64_t number; // of the next pair within the time step
};

static uint64_t ordered(int64_t time) {
    return (uint64_t)time ^ UINT64_C(1) << 63;
}

void leat_series_link(struct leat_series_join *join, struct leat_series_key *key) {
    // What came out of a snapshot may already be due; the next advance will see to it.
    int64_t due = LEAT_MAX(key->due, join->watermark + (join->watermark < LEAT_TIME_MAX));
    uint32_t bucket = 64 - (uint32_t)__builtin_clzll((ordered(due) ^ ordered(join->watermark)) | 1);
    key->due = due;
    key->bucket = bucket;
    key->previous = NULL;
    key->next = join->buckets[bucket];
    if (key->next)
        key->next->previous = key;
    join->buckets[bucket] = key;
    join->occupied |= UINT64_C(1) << (bucket - 1);
}

void leat_series_unlink(struct leat_series_join *join, struct leat_series_key *key) {
    *(key->previous ? &key->previous->next : &join->buckets[key->bucket]) = key->next;
    if (key->next)
        key->next->previous = key->previous;
    if (!join->buckets[key->bucket])
        join->occupied &= ~(UINT64_C(1) << (key->bucket - 1));
    key->bucket = 0;
}

// Empties a bucket: what is due goes to the work list, the rest to a bucket nearer to the watermark.
static void empty_bucket(struct leat_series_join *join, uint32_t bucket) {
    struct leat_series_key *key = join->buckets[bucket];
    join->buckets[bucket] = NULL;
    join->occupied &= ~(UINT64_C(1) << (bucket - 1));
    while (key) {
        struct leat_series_key *next = key->next;
        key->bucket = 0;
        if (key->due <= join->watermark) {
            key->next = join->work;
            join->work = key;
        } else {
            leat_series_link(join, key);
        }
        key = next;
    }
}

void leat_series_take_due(struct leat_series_join *join, int64_t watermark_us) {
    uint32_t highest = 64 - (uint32_t)__builtin_clzll(ordered(watermark_us) ^ ordered(join->watermark));
    join->watermark = watermark_us;
    // Due times of the buckets below agree with the old watermark in the highest bit that has changed: all are due. Those of the bucket
    // itself may be. Higher ones differ from the new watermark in the same bit as from the old.
    uint64_t concerned = highest == 64 ? UINT64_MAX : (UINT64_C(1) << highest) - 1;
    for (uint64_t left = join->occupied & concerned; left; left &= left - 1)
        empty_bucket(join, 1 + (uint32_t)__builtin_ctzll(left));
}

int64_t leat_series_due(const struct leat_series_join *join, const struct leat_series_key *key) {
    int64_t due = LEAT_TIME_MAX;
    for (uint32_t i = 0; i < 2; i++) {
        const struct leat_series_timeline *timeline = &key->sides[i];
        uint32_t stride = join->sides[i].leaves.stride;
        struct leat_series_cursor first = leat_series_walk(timeline, stride, timeline->kept);
        if (first.at != first.end)
            due = LEAT_MIN(due, (int64_t)*first.at);
        if (timeline->kept)
            due = LEAT_MIN(due, leat_series_plus((int64_t)*leat_series_walk(timeline, stride, 0).at, join->spec->tolerance_us));
    }
    return due;
}

// The row after the last of a leaf. By value: a cursor whose address is taken would not stay in registers.
static struct leat_series_cursor next_leaf(const struct side *side, struct leat_series_cursor cursor) {
    leat_series_next_leaf(side->timeline, side->stride, &cursor);
    return cursor;
}

static inline void step_forward(const struct side *side, struct leat_series_cursor *cursor) {
    cursor->at += side->stride;
    if (LEAT_UNLIKELY(cursor->at == cursor->end))
        *cursor = next_leaf(side, *cursor);
}

// Takes the first kept row of a side out: nothing can be joined with it any more.
static inline void retire(struct sweep *sweep, struct side *side) {
    sweep->alone += ~side->front.at[LEAT_SERIES_FLAGS] & LEAT_SERIES_JOINED;
    step_forward(side, &side->front);
    side->kept--;
}

// Retires kept rows of a side but the last `left`.
static inline void retire_to(struct sweep *sweep, struct side *side, uint32_t left) {
    while (side->kept > left)
        retire(sweep, side);
}

// Retires kept rows of a side that lie before `time`.
static inline void retire_before(struct sweep *sweep, struct side *side, int64_t time) {
    while (side->kept && (int64_t)*side->front.at < time)
        retire(sweep, side);
}

// Makes room for one more pair, unless it has been collected before the sweep was interrupted: *again says so.
static enum leat_step make_pair_room(struct sweep *sweep, bool *again) {
    struct leat_series_join *join = sweep->join;
    *again = sweep->number < join->step_done;
    if (*again || join->pairs.count < LEAT_SERIES_PAIRS)
        return LEAT_DONE;
    enum leat_step step = leat_series_flush(join, sweep->output);
    if (step != LEAT_DONE)
        join->step_done = sweep->number;
    return step;
}

static inline enum leat_step collect(struct sweep *sweep, uint64_t *left, uint64_t *right) {
    struct leat_series_pairs *pairs = &sweep->join->pairs;
    bool again = false;
    if (LEAT_UNLIKELY(pairs->count == LEAT_SERIES_PAIRS || sweep->join->step_done)) {
        enum leat_step step = make_pair_room(sweep, &again);
        if (step != LEAT_DONE)
            return step;
    }
    sweep->number++;
    if (again)
        return LEAT_DONE;
    uint32_t n = pairs->count++;
    sweep->joined += (~left[LEAT_SERIES_FLAGS] & LEAT_SERIES_JOINED) + (~right[LEAT_SERIES_FLAGS] & LEAT_SERIES_JOINED);
    left[LEAT_SERIES_FLAGS] |= LEAT_SERIES_JOINED;
    right[LEAT_SERIES_FLAGS] |= LEAT_SERIES_JOINED;
    pairs->rows[0][n] = left;
    pairs->rows[1][n] = right;
    pairs->keys[n] = sweep->key;
    return LEAT_DONE;
}

// Pairs `row` of one side with all kept rows of the other, `side`, which is the left one or not.
static inline enum leat_step collect_kept(struct sweep *sweep, const struct side *side, bool is_left, uint64_t *row) {
    struct leat_series_cursor kept = side->front;
    for (uint32_t n = side->kept; n > 0; n--) {
        enum leat_step step = is_left ? collect(sweep, kept.at, row) : collect(sweep, row, kept.at);
        if (LEAT_UNLIKELY(step != LEAT_DONE))
            return step;
        step_forward(side, &kept);
    }
    return LEAT_DONE;
}

static inline int64_t next_time(const struct side *side) {
    return side->next.at != side->next.end ? (int64_t)*side->next.at : LEAT_TIME_MAX;
}

// The kept rows of a side now are `count` in number, the last of them the row that has just been swept.
static inline void keep(struct side *side, uint32_t count, bool since) {
    side->kept = count;
    side->since = since;
    step_forward(side, &side->next);
    side->next_time = next_time(side);
}

// Both sides have a row at this point in time. Each is joined with what the other side has kept since its own side's last row, and with the
// other; then each is the last of its side and nothing came since.
static inline enum leat_step sweep_both(struct sweep *sweep, struct side *left, struct side *right, int64_t oldest) {
    enum leat_step step = LEAT_DONE;
    if (left->since) {
        retire_before(sweep, left, oldest);
        step = collect_kept(sweep, left, true, right->next.at);
    }
    if (step == LEAT_DONE && right->since) {
        retire_before(sweep, right, oldest);
        step = collect_kept(sweep, right, false, left->next.at);
    }
    if (step == LEAT_DONE)
        step = collect(sweep, left->next.at, right->next.at);
    if (step != LEAT_DONE)
        return step;
    retire_to(sweep, left, 0);
    retire_to(sweep, right, 0);
    keep(left, 1, false);
    keep(right, 1, false);
    return LEAT_DONE;
}

// Only one side has a row at this point in time. It is joined with all that the other side has kept: what came since the last row of its
// own side, or the last row of all.
static inline enum leat_step sweep_one(struct sweep *sweep, struct side *side, struct side *other, bool other_is_left, int64_t oldest) {
    retire_before(sweep, other, oldest);
    enum leat_step step = collect_kept(sweep, other, other_is_left, side->next.at);
    if (step != LEAT_DONE)
        return step;
    retire_to(sweep, other, 1);
    if (!side->since)
        retire_to(sweep, side, 0);
    other->since = false;
    keep(side, side->kept + 1, true);
    return LEAT_DONE;
}

static enum leat_step sweep_rows(struct sweep *sweep, int64_t watermark_us) {
    struct side left = sweep->sides[0], right = sweep->sides[1]; // in registers for the time of the loop
    int64_t tolerance_us = sweep->join->spec->tolerance_us;
    enum leat_step step = LEAT_DONE;
    while (step == LEAT_DONE) {
        int64_t time = LEAT_MIN(left.next_time, right.next_time);
        if (time > watermark_us)
            break;
        bool has_left = left.next_time == time, has_right = right.next_time == time;
        if (LEAT_UNLIKELY(time == LEAT_TIME_MAX)) { // which stands for "no row", too
            has_left = left.next.at != left.next.end;
            has_right = right.next.at != right.next.end;
            if (!has_left && !has_right)
                break;
        }
        // Whether a kept row is too old is asked only where it would be joined: mostly it leaves without the question.
        int64_t oldest = leat_series_minus(time, tolerance_us);
        sweep->number = 0;
        if (has_left && has_right)
            step = sweep_both(sweep, &left, &right, oldest);
        else if (has_left)
            step = sweep_one(sweep, &left, &right, false, oldest);
        else
            step = sweep_one(sweep, &right, &left, true, oldest);
        if (LEAT_LIKELY(step == LEAT_DONE))
            sweep->join->step_done = 0;
    }
    sweep->sides[0] = left;
    sweep->sides[1] = right;
    return step;
}

// Lets go what is too old for every row that may still come.
static void expire(struct sweep *sweep, int64_t watermark_us) {
    int64_t oldest;
    if (watermark_us == LEAT_TIME_MAX) {
        retire_to(sweep, &sweep->sides[0], 0);
        retire_to(sweep, &sweep->sides[1], 0);
    } else if (!__builtin_sub_overflow(watermark_us, sweep->join->spec->tolerance_us, &oldest)) {
        retire_before(sweep, &sweep->sides[0], oldest + 1); // no overflow: it is at most the watermark, which is not the largest time
        retire_before(sweep, &sweep->sides[1], oldest + 1);
    }
}

// Notes rows from .. to - 1 of a leaf as gone. Without pairs to be written, what has gone is freed at once.
static bool note_gone(struct leat_series_join *join, struct leat_series_gone gone) {
    if (join->gone_count == join->gone_capacity && join->pairs.count == 0)
        leat_series_release_gone(join);
    if (join->gone_count == join->gone_capacity) {
        uint32_t capacity = LEAT_MAX(join->gone_capacity * 2, 256);
        struct leat_series_gone *grown =
            leat_memory_realloc(join->budget, join->gone, join->gone_capacity * sizeof(gone), capacity * sizeof(gone));
        if (!grown)
            return false;
        join->gone = grown;
        join->gone_capacity = capacity;
    }
    join->gone[join->gone_count++] = gone;
    return true;
}

// Takes the retired rows of a side out of its timeline.
static bool take_out(struct sweep *sweep, uint32_t i) {
    struct leat_series_join *join = sweep->join;
    struct side *side = &sweep->sides[i];
    struct leat_series_timeline *timeline = side->timeline;
    timeline->kept = side->kept;
    timeline->since = side->since;
    if (timeline->place_first == timeline->place_end)
        return true;
    while (timeline->place_first < side->front.place) {
        struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
        if (!note_gone(join,
                       (struct leat_series_gone){.leaf = leaf, .from = leaf->first, .to = leaf->low, .side = (uint16_t)i, .whole = true}))
            return false;
        leat_series_pop_leaf(timeline, &side->front);
    }
    struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
    struct leat_series_gone gone = {.leaf = leaf, .from = leaf->first, .side = (uint16_t)i};
    gone.to = (uint16_t)((size_t)(side->front.at - leaf->words) / side->stride);
    if (join->sides[i].has_text && gone.to > gone.from && !note_gone(join, gone))
        return false;
    leat_series_pop_rows(timeline, side->stride, &side->front);
    return true;
}

static bool put_back(struct sweep *sweep) {
    sweep->join->account.taken += sweep->joined + sweep->alone;
    sweep->join->account.unmatched += sweep->alone;
    sweep->join->account.pending -= sweep->joined + sweep->alone;
    return take_out(sweep, 0) && take_out(sweep, 1);
}

enum leat_step leat_series_sweep(struct leat_series_join *join, struct leat_series_key *key, int64_t watermark_us,
                                 struct leat_output *output) {
    struct sweep sweep = {.join = join, .key = key, .output = output};
    for (uint32_t i = 0; i < 2; i++) {
        struct leat_series_timeline *timeline = &key->sides[i];
        leat_series_settle(timeline, &join->sides[i].leaves);
        struct side *side = &sweep.sides[i];
        *side = (struct side){.timeline = timeline, .stride = join->sides[i].leaves.stride};
        side->kept = timeline->kept;
        side->since = timeline->since;
        side->front = leat_series_walk(timeline, side->stride, 0);
        side->next = leat_series_walk(timeline, side->stride, side->kept);
        side->next_time = next_time(side);
    }
    enum leat_step step = sweep_rows(&sweep, watermark_us);
    if (step == LEAT_DONE)
        expire(&sweep, watermark_us);
    return put_back(&sweep) ? step : LEAT_FAILED;
}
