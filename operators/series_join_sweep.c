// The sweep over the final rows of one key, and the heap that says which keys have any.
#include "engine/base/assert.h"
#include "operators/series_join_state.h"

// The state of a sweep; lives in registers for the most part.
struct sweep {
    struct leat_series_join *join;
    struct leat_series_key *key;
    struct leat_output *output;
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
        struct leat_series_cursor first = leat_series_walk(timeline, timeline->kept);
        if (first.at != first.end)
            due = LEAT_MIN(due, first.at->time);
        if (timeline->kept)
            due = LEAT_MIN(due, leat_series_plus(leat_series_front(timeline)->time, join->spec->tolerance_us));
    }
    return due;
}

// Makes room for one more row that has gone; without pairs to be written they can be freed at once.
static bool make_gone_room(struct leat_series_join *join, struct leat_series_side *side) {
    if (join->pairs.count == 0 && side->gone_count > 0) {
        leat_series_free_rows(join, side, side->gone, side->gone_count);
        side->gone_count = 0;
        return true;
    }
    uint32_t capacity = LEAT_MAX(side->gone_capacity * 2, LEAT_BATCH_ROWS);
    void **grown = leat_memory_realloc(join->budget, side->gone, side->gone_capacity * sizeof(*grown), capacity * sizeof(*grown));
    if (!grown)
        return false;
    side->gone = grown;
    side->gone_capacity = capacity;
    return true;
}

// Takes the first row of a side out: nothing can be joined with it any more.
static bool retire(struct sweep *sweep, uint32_t i) {
    struct leat_series_join *join = sweep->join;
    struct leat_series_side *side = &join->sides[i];
    struct leat_series_timeline *timeline = &sweep->key->sides[i];
    if (LEAT_UNLIKELY(side->gone_count == side->gone_capacity) && !make_gone_room(join, side))
        return false;
    uintptr_t row = leat_series_front(timeline)->row;
    uint64_t alone = !(row & LEAT_SERIES_JOINED);
    join->account.taken += alone;
    join->account.unmatched += alone;
    join->account.pending -= alone;
    side->gone[side->gone_count++] = (void *)(row & ~LEAT_SERIES_JOINED);
    leat_series_pop(timeline, &join->store);
    timeline->kept--;
    return true;
}

// Retires kept rows of a side but the last `left`.
static bool retire_to(struct sweep *sweep, uint32_t i, uint32_t left) {
    while (sweep->key->sides[i].kept > left)
        if (!retire(sweep, i))
            return false;
    return true;
}

// Retires kept rows of both sides that lie before `time`.
static bool retire_before(struct sweep *sweep, int64_t time) {
    for (uint32_t i = 0; i < 2; i++)
        while (sweep->key->sides[i].kept && leat_series_front(&sweep->key->sides[i])->time < time)
            if (!retire(sweep, i))
                return false;
    return true;
}

static enum leat_step collect(struct sweep *sweep, struct leat_series_entry *left, struct leat_series_entry *right,
                              enum leat_series_later later) {
    struct leat_series_join *join = sweep->join;
    struct leat_series_pairs *pairs = &join->pairs;
    if (LEAT_UNLIKELY(sweep->number < join->step_done)) { // before it was interrupted
        sweep->number++;
        return LEAT_DONE;
    }
    if (LEAT_UNLIKELY(pairs->count == LEAT_SERIES_PAIRS)) {
        enum leat_step step = leat_series_flush(join, sweep->output);
        if (step != LEAT_DONE) {
            join->step_done = sweep->number;
            return step;
        }
    }
    uint32_t n = pairs->count++;
    uint64_t fresh = !(left->row & LEAT_SERIES_JOINED) + (uint64_t) !(right->row & LEAT_SERIES_JOINED);
    join->account.taken += fresh;
    join->account.pending -= fresh;
    left->row |= LEAT_SERIES_JOINED;
    right->row |= LEAT_SERIES_JOINED;
    pairs->rows[0][n] = (const uint64_t *)(left->row & ~LEAT_SERIES_JOINED);
    pairs->rows[1][n] = (const uint64_t *)(right->row & ~LEAT_SERIES_JOINED);
    pairs->keys[n] = sweep->key;
    pairs->time[n] = LEAT_MAX(left->time, right->time);
    pairs->later[n] = (uint8_t)later;
    sweep->number++;
    return LEAT_DONE;
}

// Pairs `row` of side 1 - i with all kept rows of side i.
static enum leat_step collect_kept(struct sweep *sweep, uint32_t i, struct leat_series_entry *row) {
    const struct leat_series_timeline *timeline = &sweep->key->sides[i];
    struct leat_series_cursor kept = leat_series_walk(timeline, 0);
    for (uint32_t n = timeline->kept; n > 0; n--) {
        enum leat_step step =
            i == 0 ? collect(sweep, kept.at, row, LEAT_SERIES_LATER_RIGHT) : collect(sweep, row, kept.at, LEAT_SERIES_LATER_LEFT);
        if (step != LEAT_DONE)
            return step;
        leat_series_next(timeline, &kept);
    }
    return LEAT_DONE;
}

// The pairs of one point in time; `left` and `right` are the rows that stand there, one of them may be NULL. All kept rows are within the
// tolerance. A kept row that has the other side's last row behind it pairs only when no row of its own side stands here.
static enum leat_step collect_step(struct sweep *sweep, struct leat_series_entry *left, struct leat_series_entry *right) {
    struct leat_series_timeline *sides = sweep->key->sides;
    enum leat_step step = LEAT_DONE;
    sweep->number = 0;
    if (right && (sides[0].since || !left))
        step = collect_kept(sweep, 0, right);
    if (step == LEAT_DONE && left && (sides[1].since || !right))
        step = collect_kept(sweep, 1, left);
    if (step == LEAT_DONE && left && right)
        step = collect(sweep, left, right, LEAT_SERIES_LATER_NONE);
    if (step == LEAT_DONE)
        sweep->join->step_done = 0;
    return step;
}

// Rows of both sides stand at this point in time: each is the last of its side and nothing came since.
static bool keep_both(struct sweep *sweep) {
    if (!retire_to(sweep, 0, 0) || !retire_to(sweep, 1, 0))
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        sweep->key->sides[i].kept = 1;
        sweep->key->sides[i].since = false;
    }
    return true;
}

// Only side i has a row at this point in time.
static bool keep_one(struct sweep *sweep, uint32_t i) {
    struct leat_series_timeline *side = &sweep->key->sides[i];
    if (!retire_to(sweep, 1 - i, 1) || (!side->since && !retire_to(sweep, i, 0)))
        return false;
    sweep->key->sides[1 - i].since = false;
    side->since = true;
    side->kept++;
    return true;
}

// Lets go what is too old for every row that may still come.
static bool expire(struct sweep *sweep, int64_t watermark_us) {
    if (watermark_us == LEAT_TIME_MAX)
        return retire_to(sweep, 0, 0) && retire_to(sweep, 1, 0);
    int64_t oldest;
    if (__builtin_sub_overflow(watermark_us, sweep->join->spec->tolerance_us, &oldest))
        return true;
    return retire_before(sweep, oldest + 1); // it is below the watermark, which is not the largest number
}

enum leat_step leat_series_sweep(struct leat_series_join *join, struct leat_series_key *key, int64_t watermark_us,
                                 struct leat_output *output) {
    struct sweep sweep = {.join = join, .key = key, .output = output};
    struct leat_series_timeline *sides = key->sides;
    leat_series_settle(&sides[0]);
    leat_series_settle(&sides[1]);
    struct leat_series_cursor left = leat_series_walk(&sides[0], sides[0].kept);
    struct leat_series_cursor right = leat_series_walk(&sides[1], sides[1].kept);
    while (left.at != left.end || right.at != right.end) {
        int64_t left_time = left.at != left.end ? left.at->time : LEAT_TIME_MAX;
        int64_t right_time = right.at != right.end ? right.at->time : LEAT_TIME_MAX;
        int64_t time = LEAT_MIN(left_time, right_time);
        if (time > watermark_us)
            break;
        struct leat_series_entry *left_row = left.at != left.end && left_time == time ? left.at : NULL;
        struct leat_series_entry *right_row = right.at != right.end && right_time == time ? right.at : NULL;
        if (!retire_before(&sweep, leat_series_minus(time, join->spec->tolerance_us)))
            return LEAT_FAILED;
        enum leat_step step = collect_step(&sweep, left_row, right_row);
        if (step != LEAT_DONE)
            return step;
        if (!(left_row && right_row ? keep_both(&sweep) : keep_one(&sweep, left_row ? 0 : 1)))
            return LEAT_FAILED;
        if (left_row)
            leat_series_next(&sides[0], &left);
        if (right_row)
            leat_series_next(&sides[1], &right);
    }
    return expire(&sweep, watermark_us) ? LEAT_DONE : LEAT_FAILED;
}
