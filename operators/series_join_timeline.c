#include "operators/series_join_timeline.h"

#include "engine/base/assert.h"

#define LEAF_ROWS_MIN 6 // of a timeline's first leaf, which doubles until it is as large as all others
#define PLACES_MIN    8

static size_t leaf_bytes(const struct leat_series_leaves *leaves, uint32_t capacity) {
    return sizeof(struct leat_series_leaf) + (size_t)capacity * leaves->stride * sizeof(uint64_t);
}

static struct leat_series_leaf *new_leaf(const struct leat_series_leaves *leaves, uint32_t capacity) {
    struct leat_series_leaf *leaf = leat_store_alloc(leaves->store, leaf_bytes(leaves, capacity));
    if (leaf)
        *leaf = (struct leat_series_leaf){.capacity = (uint16_t)capacity};
    return leaf;
}

void leat_series_free_leaf(const struct leat_series_leaves *leaves, struct leat_series_leaf *leaf) {
    leat_store_free(leaves->store, leaf, leaf_bytes(leaves, leaf->capacity));
}

// Moves `count` rows of a leaf, which may overlap.
static void move_rows(struct leat_series_leaf *leaf, uint32_t stride, uint32_t to, uint32_t from, uint32_t count) {
    memmove(leat_series_leaf_row(leaf, stride, to), leat_series_leaf_row(leaf, stride, from), (size_t)count * stride * sizeof(uint64_t));
}

static int64_t time_at(struct leat_series_leaf *leaf, uint32_t stride, uint32_t i) {
    return (int64_t)*leat_series_leaf_row(leaf, stride, i);
}

// Puts the finger behind the row of `time` that stands or will stand at low - 1.
static void set_finger(struct leat_series_timeline *timeline, uint32_t stride, uint32_t place, int64_t time) {
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    timeline->finger = place;
    timeline->leaf = leaf;
    timeline->low = leaf->low;
    timeline->limit = leaf->capacity - (uint32_t)leaf->high;
    timeline->below = time;
    timeline->above = INT64_MAX;
    if (leaf->high)
        timeline->above = time_at(leaf, stride, timeline->limit);
    else if (place + 1 < timeline->place_end)
        timeline->above = timeline->places[place + 1].time;
}

static void lift_finger(struct leat_series_timeline *timeline) {
    timeline->leaf = NULL;
    timeline->below = INT64_MAX;
}

// Tells the finger's leaf what has been put in.
static void write_low(struct leat_series_timeline *timeline) {
    if (timeline->leaf)
        timeline->leaf->low = (uint16_t)timeline->low;
}

void leat_series_settle(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves) {
    struct leat_series_leaf *leaf = timeline->leaf;
    write_low(timeline);
    if (!leaf || !leaf->high)
        return;
    move_rows(leaf, leaves->stride, leaf->low, leaf->capacity - (uint32_t)leaf->high, leaf->high);
    leaf->low = (uint16_t)(leaf->low + leaf->high);
    leaf->high = 0;
    set_finger(timeline, leaves->stride, timeline->finger, time_at(leaf, leaves->stride, leaf->low - 1u));
}

// Room for one more place at the end: slides the places down where half of them are free in front, doubles them otherwise.
static bool make_place(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, uint32_t *place) {
    if (timeline->place_end < timeline->place_capacity)
        return true;
    uint32_t used = timeline->place_end - timeline->place_first;
    struct leat_series_place *to = timeline->places;
    uint32_t capacity = timeline->place_capacity;
    if (used > capacity / 2) {
        capacity = LEAT_MAX(capacity * 2, PLACES_MIN);
        to = leat_store_alloc(leaves->store, capacity * sizeof(*to));
        if (!to)
            return false;
    }
    memmove(to, timeline->places + timeline->place_first, used * sizeof(*to));
    if (to != timeline->places && timeline->places != &timeline->own)
        leat_store_free(leaves->store, timeline->places, timeline->place_capacity * sizeof(*to));
    *place -= timeline->place_first;
    timeline->finger -= timeline->place_first;
    timeline->places = to;
    timeline->place_capacity = capacity;
    timeline->place_end = used;
    timeline->place_first = 0;
    return true;
}

// An empty leaf at *place + 1, whose time the caller sets. *place may be renumbered.
static struct leat_series_leaf *add_leaf(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, uint32_t *place) {
    if (!make_place(timeline, leaves, place))
        return NULL;
    struct leat_series_leaf *leaf = new_leaf(leaves, leaves->rows_max);
    if (!leaf)
        return NULL;
    struct leat_series_place *at = timeline->places + *place + 1;
    memmove(at + 1, at, (timeline->place_end - (*place + 1)) * sizeof(*at));
    at->leaf = leaf;
    timeline->place_end++;
    return leaf;
}

static bool add_first_leaf(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, int64_t time) {
    struct leat_series_leaf *leaf = new_leaf(leaves, LEAT_MIN(LEAF_ROWS_MIN, leaves->rows_max));
    if (!leaf)
        return false;
    if (!timeline->places) {
        timeline->places = &timeline->own;
        timeline->place_capacity = 1;
    }
    timeline->place_first = 0;
    timeline->place_end = 1;
    timeline->places[0] = (struct leat_series_place){.time = time, .leaf = leaf};
    return true;
}

// The last place whose leaf begins at or before `time`, or the first one. The finger's is tried first: most jumps are short.
static uint32_t find_place(const struct leat_series_timeline *timeline, int64_t time) {
    const struct leat_series_place *places = timeline->places;
    uint32_t finger = timeline->finger;
    if (timeline->leaf && places[finger].time <= time && (finger + 1 == timeline->place_end || time < places[finger + 1].time))
        return finger;
    const struct leat_series_place *base = places + timeline->place_first;
    for (uint32_t count = timeline->place_end - timeline->place_first; count > 1;) {
        uint32_t half = count / 2;
        base += half & (0 - (size_t)(base[half].time <= time)); // without a branch, which would be guessed wrong half of the time
        count -= half;
    }
    return (uint32_t)(base - places);
}

// The first of rows from .. from + count - 1 at or after `time`, from + count when there is none.
static uint32_t find_among(struct leat_series_leaf *leaf, uint32_t stride, uint32_t from, uint32_t count, int64_t time) {
    const uint64_t *base = leat_series_leaf_row(leaf, stride, from);
    for (; count > 1; count -= count / 2) {
        uint32_t half = count / 2;
        uint64_t skip = 0 - (uint64_t)((int64_t) * (base + (size_t)(half - 1) * stride) < time);
        base += (size_t)half * stride & skip;
        from += half & (uint32_t)skip;
    }
    return from + (count == 1 && (int64_t)*base < time);
}

// The row of a leaf at or after `time`; low when there is none below the gap and none before it above.
static uint32_t find_row(struct leat_series_leaf *leaf, uint32_t stride, int64_t time) {
    uint32_t above = leaf->capacity - (uint32_t)leaf->high;
    if (leaf->high && time_at(leaf, stride, above) <= time)
        return find_among(leaf, stride, above, leaf->high, time);
    return find_among(leaf, stride, leaf->first, leaf->low - (uint32_t)leaf->first, time);
}

// Moves the gap of a leaf to right before a row.
static void move_gap(struct leat_series_leaf *leaf, uint32_t stride, uint32_t row) {
    uint32_t above = leaf->capacity - (uint32_t)leaf->high;
    if (row <= leaf->low) {
        uint32_t count = leaf->low - row;
        move_rows(leaf, stride, above - count, row, count);
        leaf->low = (uint16_t)row;
        leaf->high = (uint16_t)(leaf->high + count);
    } else {
        uint32_t count = row - above;
        move_rows(leaf, stride, leaf->low, above, count);
        leaf->low = (uint16_t)(leaf->low + count);
        leaf->high = (uint16_t)(leaf->high - count);
    }
}

static bool grow_leaf(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, uint32_t place) {
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    struct leat_series_leaf *grown = new_leaf(leaves, LEAT_MIN(leaf->capacity * 2u + 2, leaves->rows_max));
    if (!grown)
        return false;
    grown->first = leaf->first;
    grown->low = leaf->low;
    memcpy(grown->words, leaf->words, (size_t)leaf->low * leaves->stride * sizeof(uint64_t));
    timeline->places[place].leaf = grown;
    leat_series_free_leaf(leaves, leaf);
    lift_finger(timeline); // it may have pointed there
    return true;
}

static bool split_leaf(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, uint32_t *place, uint32_t *row) {
    struct leat_series_leaf *upper = add_leaf(timeline, leaves, place);
    if (!upper)
        return false;
    struct leat_series_leaf *leaf = timeline->places[*place].leaf;
    uint32_t middle = (leaf->first + leaf->low + 1u) / 2;
    upper->low = (uint16_t)(leaf->low - middle);
    memcpy(upper->words, leat_series_leaf_row(leaf, leaves->stride, middle), (size_t)upper->low * leaves->stride * sizeof(uint64_t));
    leaf->low = (uint16_t)middle;
    timeline->places[*place + 1].time = (int64_t)upper->words[0];
    if (*row > middle) {
        ++*place;
        *row -= middle;
    }
    return true;
}

// Finds room for one more row at *row of the full and settled leaf at *place; both may change.
static bool make_room(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, uint32_t *place, uint32_t *row) {
    struct leat_series_leaf *leaf = timeline->places[*place].leaf;
    if (leaf->first > 0 && leaf->first * 4u >= leaf->capacity) {
        uint32_t used = leaf->low - (uint32_t)leaf->first;
        move_rows(leaf, leaves->stride, 0, leaf->first, used);
        *row -= leaf->first;
        leaf->first = 0;
        leaf->low = (uint16_t)used;
        return true;
    }
    if (leaf->capacity < leaves->rows_max)
        return grow_leaf(timeline, leaves, *place);
    if (*row < leaf->low)
        return split_leaf(timeline, leaves, place, row);
    // Behind the last row: the next leaf's beginning will do, and rows in ascending order fill leaves wholly.
    *row = 0;
    if (*place + 1 < timeline->place_end) {
        struct leat_series_leaf *next = timeline->places[*place + 1].leaf;
        if (next->low < next->capacity) {
            ++*place;
            return true;
        }
    }
    if (!add_leaf(timeline, leaves, place))
        return false;
    ++*place;
    return true;
}

// True for a row, found by find_row, that has this very time.
static bool has_time(struct leat_series_leaf *leaf, uint32_t stride, uint32_t row, int64_t time) {
    return (row < leaf->low || (row >= leaf->capacity - (uint32_t)leaf->high && row < leaf->capacity)) &&
           time_at(leaf, stride, row) == time;
}

// True when the finger's leaf has room and is where a row of that time belongs.
static bool is_nearby(const struct leat_series_timeline *timeline, int64_t time) {
    if (!timeline->leaf || timeline->low == timeline->limit)
        return false;
    const struct leat_series_place *place = timeline->places + timeline->finger;
    return place->time <= time && (timeline->finger + 1 == timeline->place_end || time < place[1].time);
}

// Two words at a time: rows are too short for memcpy to be worth its call.
static inline void copy_row(uint64_t *to, const uint64_t *from, uint32_t stride) {
    uint32_t w = 0;
    for (; w + 2 <= stride; w += 2)
        memcpy(to + w, from + w, 16);
    if (w < stride)
        to[w] = from[w];
}

// leat_series_insert_elsewhere within the finger's leaf, see is_nearby: the gap wanders row by row, since most jumps are short.
static uint64_t *insert_nearby(struct leat_series_timeline *timeline, uint32_t stride, int64_t time, bool *replaces) {
    struct leat_series_leaf *leaf = timeline->leaf;
    uint64_t *low = leat_series_leaf_row(leaf, stride, timeline->low), *above = leat_series_leaf_row(leaf, stride, timeline->limit);
    uint64_t *first = leat_series_leaf_row(leaf, stride, leaf->first), *end = leat_series_leaf_row(leaf, stride, leaf->capacity);
    uint32_t moved = 0;
    for (; low > first && (int64_t)low[0 - (ptrdiff_t)stride] > time; moved++) {
        low -= stride, above -= stride;
        copy_row(above, low, stride);
    }
    timeline->low -= moved;
    timeline->limit -= moved;
    for (moved = 0; above < end && (int64_t)*above <= time; moved++) {
        copy_row(low, above, stride);
        low += stride, above += stride;
    }
    timeline->low += moved;
    timeline->limit += moved;
    leaf->high = (uint16_t)(leaf->capacity - timeline->limit);
    timeline->below = time;
    if (above < end)
        timeline->above = (int64_t)*above;
    else
        timeline->above = timeline->finger + 1 == timeline->place_end ? INT64_MAX : timeline->places[timeline->finger + 1].time;
    *replaces = low > first && (int64_t)low[0 - (ptrdiff_t)stride] == time;
    if (*replaces)
        return low - stride;
    timeline->low++;
    return low;
}

uint64_t *leat_series_insert_elsewhere(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, int64_t time,
                                       bool *replaces) {
    uint32_t stride = leaves->stride;
    if (is_nearby(timeline, time))
        return insert_nearby(timeline, stride, time, replaces);
    if (timeline->place_first == timeline->place_end && !add_first_leaf(timeline, leaves, time))
        return NULL;
    write_low(timeline);
    uint32_t place = find_place(timeline, time);
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    if (timeline->leaf != leaf || leaf->low + leaf->high == leaf->capacity)
        leat_series_settle(timeline, leaves);
    uint32_t row = find_row(leaf, stride, time);
    *replaces = has_time(leaf, stride, row, time);
    if (*replaces)
        return leat_series_leaf_row(leaf, stride, row);
    if (leaf->low == leaf->capacity && !make_room(timeline, leaves, &place, &row))
        return NULL;
    leaf = timeline->places[place].leaf;
    move_gap(leaf, stride, row);
    if (leaf->low == leaf->first)
        timeline->places[place].time = time;
    leaf->low++;
    set_finger(timeline, stride, place, time);
    return leat_series_leaf_row(leaf, stride, leaf->low - 1u);
}

void leat_series_clear(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves) {
    for (uint32_t i = timeline->place_first; i < timeline->place_end; i++)
        leat_series_free_leaf(leaves, timeline->places[i].leaf);
    if (timeline->places != &timeline->own)
        leat_store_free(leaves->store, timeline->places, timeline->place_capacity * sizeof(*timeline->places));
    *timeline = (struct leat_series_timeline){0};
}

struct leat_series_cursor leat_series_walk(const struct leat_series_timeline *timeline, uint32_t stride, uint32_t skip) {
    struct leat_series_cursor cursor = {.place = timeline->place_first};
    for (; cursor.place < timeline->place_end; cursor.place++) {
        struct leat_series_leaf *leaf = timeline->places[cursor.place].leaf;
        uint32_t used = leaf->low - (uint32_t)leaf->first;
        cursor.at = leat_series_leaf_row(leaf, stride, leaf->first + LEAT_MIN(skip, used));
        cursor.end = leat_series_leaf_row(leaf, stride, leaf->low);
        if (skip < used || cursor.place + 1 == timeline->place_end)
            break;
        skip -= used;
    }
    return cursor;
}

void leat_series_next_leaf(const struct leat_series_timeline *timeline, uint32_t stride, struct leat_series_cursor *cursor) {
    if (cursor->place + 1 >= timeline->place_end)
        return;
    struct leat_series_leaf *leaf = timeline->places[++cursor->place].leaf;
    cursor->at = leat_series_leaf_row(leaf, stride, leaf->first);
    cursor->end = leat_series_leaf_row(leaf, stride, leaf->low);
}

struct leat_series_leaf *leat_series_pop_leaf(struct leat_series_timeline *timeline, const struct leat_series_cursor *cursor) {
    if (timeline->place_first >= cursor->place || timeline->place_first == timeline->place_end)
        return NULL;
    struct leat_series_leaf *leaf = timeline->places[timeline->place_first++].leaf;
    leat_assert(leaf->high == 0);
    if (timeline->leaf == leaf)
        lift_finger(timeline);
    return leaf;
}

void leat_series_pop_rows(struct leat_series_timeline *timeline, uint32_t stride, const struct leat_series_cursor *cursor) {
    if (timeline->place_first == timeline->place_end)
        return;
    struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
    leaf->first = (uint16_t)((size_t)(cursor->at - leaf->words) / stride);
    if (leaf->first < leaf->low)
        return;
    leaf->first = leaf->low = 0; // it is the last one: elsewhere the cursor would stand in the next
    if (timeline->leaf == leaf)
        lift_finger(timeline);
}
