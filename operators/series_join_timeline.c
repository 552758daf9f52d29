#include "operators/series_join_timeline.h"

#include "engine/base/assert.h"

#include <emmintrin.h>

// Capacities of a leaf: with its head and the store's own 8 bytes they fill size classes of the store.
#define LEAF_ENTRIES_MIN 6
#define LEAF_ENTRIES_MAX 62
#define PLACES_MIN       8
#define NO_PLACE         UINT32_MAX

static size_t leaf_bytes(uint32_t capacity) {
    return sizeof(struct leat_series_leaf) + capacity * sizeof(struct leat_series_entry);
}

static struct leat_series_leaf *new_leaf(struct leat_store *store, uint32_t capacity) {
    struct leat_series_leaf *leaf = leat_store_alloc(store, leaf_bytes(capacity));
    if (leaf)
        *leaf = (struct leat_series_leaf){.capacity = (uint16_t)capacity};
    return leaf;
}

_Static_assert(sizeof(struct leat_series_entry) == sizeof(__m128i), "an entry is moved with one load and one store");

// Few entries at a time, of ever other numbers: plain loops beat memmove, whose choice of a way goes wrong too often.
static void move_down(struct leat_series_entry *to, const struct leat_series_entry *from, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        _mm_storeu_si128((__m128i *)(void *)(to + i), _mm_loadu_si128((const __m128i *)(const void *)(from + i)));
}

static void move_up(struct leat_series_entry *to, const struct leat_series_entry *from, uint32_t count) {
    for (uint32_t i = count; i-- > 0;)
        _mm_storeu_si128((__m128i *)(void *)(to + i), _mm_loadu_si128((const __m128i *)(const void *)(from + i)));
}

static void close_gap(struct leat_series_leaf *leaf) {
    move_down(leaf->entries + leaf->low, leaf->entries + leaf->capacity - leaf->high, leaf->high);
    leaf->low = (uint16_t)(leaf->low + leaf->high);
    leaf->high = 0;
}

static void set_finger(struct leat_series_timeline *timeline, uint32_t place) {
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    timeline->finger = place;
    timeline->leaf = leaf;
    timeline->below = leaf->low > leaf->first ? leaf->entries[leaf->low - 1].time : INT64_MAX;
    timeline->above = INT64_MAX;
    if (leaf->high)
        timeline->above = leaf->entries[leaf->capacity - leaf->high].time;
    else if (place + 1 < timeline->place_end)
        timeline->above = timeline->places[place + 1].time;
}

static void lift_finger(struct leat_series_timeline *timeline) {
    timeline->leaf = NULL;
    timeline->below = INT64_MAX;
}

void leat_series_settle(struct leat_series_timeline *timeline) {
    struct leat_series_leaf *leaf = timeline->leaf;
    if (!leaf || !leaf->high)
        return;
    close_gap(leaf);
    set_finger(timeline, timeline->finger);
}

// Room for one more place at the end: slides the places down where half of them are free in front, doubles them otherwise.
static bool make_place(struct leat_series_timeline *timeline, struct leat_store *store, uint32_t *place) {
    if (timeline->place_end < timeline->place_capacity)
        return true;
    uint32_t used = timeline->place_end - timeline->place_first;
    struct leat_series_leaf_place *to = timeline->places;
    uint32_t capacity = timeline->place_capacity;
    if (used > capacity / 2) {
        capacity = LEAT_MAX(capacity * 2, PLACES_MIN);
        to = leat_store_alloc(store, capacity * sizeof(*to));
        if (!to)
            return false;
    }
    memmove(to, timeline->places + timeline->place_first, used * sizeof(*to));
    if (to != timeline->places && timeline->places != &timeline->own)
        leat_store_free(store, timeline->places, timeline->place_capacity * sizeof(*to));
    *place -= timeline->place_first;
    timeline->finger -= timeline->place_first;
    timeline->places = to;
    timeline->place_capacity = capacity;
    timeline->place_end = used;
    timeline->place_first = 0;
    return true;
}

// An empty leaf at *place + 1, whose time the caller sets. *place may be renumbered.
static struct leat_series_leaf *add_leaf(struct leat_series_timeline *timeline, struct leat_store *store, uint32_t *place) {
    if (!make_place(timeline, store, place))
        return NULL;
    struct leat_series_leaf *leaf = new_leaf(store, LEAF_ENTRIES_MAX);
    if (!leaf)
        return NULL;
    struct leat_series_leaf_place *at = timeline->places + *place + 1;
    memmove(at + 1, at, (timeline->place_end - (*place + 1)) * sizeof(*at));
    at->leaf = leaf;
    timeline->place_end++;
    return leaf;
}

static bool add_first_leaf(struct leat_series_timeline *timeline, struct leat_store *store, int64_t time) {
    struct leat_series_leaf *leaf = new_leaf(store, LEAF_ENTRIES_MIN);
    if (!leaf)
        return false;
    if (!timeline->places) {
        timeline->places = &timeline->own;
        timeline->place_capacity = 1;
    }
    timeline->place_first = 0;
    timeline->place_end = 1;
    timeline->places[0] = (struct leat_series_leaf_place){.time = time, .leaf = leaf};
    return true;
}

// The last place whose leaf begins at or before `time`, or the first one.
static uint32_t find_place(const struct leat_series_timeline *timeline, int64_t time) {
    const struct leat_series_leaf_place *base = timeline->places + timeline->place_first;
    for (uint32_t count = timeline->place_end - timeline->place_first; count > 1;) {
        uint32_t half = count / 2;
        base += half & (0 - (size_t)(base[half].time <= time)); // without a branch, which would be guessed wrong half of the time
        count -= half;
    }
    return (uint32_t)(base - timeline->places);
}

// How many of `count` entries lie before `time`.
static uint32_t count_before(const struct leat_series_entry *entries, uint32_t count, int64_t time) {
    const struct leat_series_entry *base = entries;
    while (count > 1) {
        uint32_t half = count / 2;
        base += half & (0 - (size_t)(base[half - 1].time < time));
        count -= half;
    }
    return (uint32_t)(base - entries) + (count == 1 && base->time < time);
}

static bool grow_leaf(struct leat_series_timeline *timeline, struct leat_store *store, uint32_t place) {
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    struct leat_series_leaf *grown = new_leaf(store, leaf->capacity * 2u + 2);
    if (!grown)
        return false;
    grown->first = leaf->first;
    grown->low = leaf->low;
    move_down(grown->entries, leaf->entries, leaf->low);
    timeline->places[place].leaf = grown;
    leat_store_free(store, leaf, leaf_bytes(leaf->capacity));
    lift_finger(timeline); // it may have pointed there
    return true;
}

static bool split_leaf(struct leat_series_timeline *timeline, struct leat_store *store, uint32_t *place, uint32_t *entry) {
    struct leat_series_leaf *upper = add_leaf(timeline, store, place);
    if (!upper)
        return false;
    struct leat_series_leaf *leaf = timeline->places[*place].leaf;
    uint32_t middle = (leaf->first + leaf->low + 1u) / 2;
    upper->low = (uint16_t)(leaf->low - middle);
    move_down(upper->entries, leaf->entries + middle, upper->low);
    leaf->low = (uint16_t)middle;
    timeline->places[*place + 1].time = upper->entries[0].time;
    if (*entry > middle) {
        ++*place;
        *entry -= middle;
    }
    return true;
}

// Finds room for one more entry at *entry of the full leaf at *place; both may change.
static bool make_room(struct leat_series_timeline *timeline, struct leat_store *store, uint32_t *place, uint32_t *entry) {
    struct leat_series_leaf *leaf = timeline->places[*place].leaf;
    if (leaf->first * 4u >= leaf->capacity) {
        uint32_t used = leaf->low - (uint32_t)leaf->first;
        move_down(leaf->entries, leaf->entries + leaf->first, used);
        *entry -= leaf->first;
        leaf->first = 0;
        leaf->low = (uint16_t)used;
        return true;
    }
    if (leaf->capacity < LEAF_ENTRIES_MAX)
        return grow_leaf(timeline, store, *place);
    if (*entry < leaf->low)
        return split_leaf(timeline, store, place, entry);
    // Behind the last entry: the next leaf's beginning will do, and rows in ascending order fill leaves wholly.
    *entry = 0;
    if (*place + 1 < timeline->place_end) {
        struct leat_series_leaf *next = timeline->places[*place + 1].leaf;
        if (next->low < next->capacity) {
            ++*place;
            return true;
        }
    }
    if (!add_leaf(timeline, store, place))
        return false;
    ++*place;
    return true;
}

// The entry of a leaf at or after `time`, as a number within `entries`; low when there is none below the gap and nothing above it.
static uint32_t find_entry(const struct leat_series_leaf *leaf, int64_t time) {
    uint32_t above = leaf->capacity - (uint32_t)leaf->high;
    if (leaf->high && leaf->entries[above].time <= time)
        return above + count_before(leaf->entries + above, leaf->high, time);
    return leaf->first + count_before(leaf->entries + leaf->first, leaf->low - (uint32_t)leaf->first, time);
}

// Moves the gap of a leaf to right before an entry.
static void move_gap(struct leat_series_leaf *leaf, uint32_t entry) {
    uint32_t above = leaf->capacity - (uint32_t)leaf->high;
    if (entry <= leaf->low) {
        uint32_t count = leaf->low - entry;
        move_up(leaf->entries + above - count, leaf->entries + entry, count);
        leaf->low = (uint16_t)entry;
        leaf->high = (uint16_t)(leaf->high + count);
    } else {
        uint32_t count = entry - above;
        move_down(leaf->entries + leaf->low, leaf->entries + above, count);
        leaf->low = (uint16_t)(leaf->low + count);
        leaf->high = (uint16_t)(leaf->high - count);
    }
}

// True for an entry, found by find_entry, that has this very time.
static bool has_time(const struct leat_series_leaf *leaf, uint32_t entry, int64_t time) {
    return (entry < leaf->low || (entry >= leaf->capacity - (uint32_t)leaf->high && entry < leaf->capacity)) &&
           leaf->entries[entry].time == time;
}

bool leat_series_insert_elsewhere(struct leat_series_timeline *timeline, struct leat_store *store, int64_t time, uintptr_t row,
                                  uintptr_t *replaced) {
    if (timeline->place_first == timeline->place_end && !add_first_leaf(timeline, store, time))
        return false;
    uint32_t place = find_place(timeline, time);
    struct leat_series_leaf *leaf = timeline->places[place].leaf;
    if (leaf->low + leaf->high == leaf->capacity || (timeline->leaf && timeline->leaf != leaf))
        leat_series_settle(timeline);
    uint32_t entry = find_entry(leaf, time);
    *replaced = 0;
    if (has_time(leaf, entry, time)) {
        *replaced = leaf->entries[entry].row;
        leaf->entries[entry].row = row;
        return true;
    }
    if (leaf->low == leaf->capacity && !make_room(timeline, store, &place, &entry))
        return false;
    leaf = timeline->places[place].leaf;
    move_gap(leaf, entry);
    leaf->entries[leaf->low++] = (struct leat_series_entry){.time = time, .row = row};
    if (leaf->low == leaf->first + 1)
        timeline->places[place].time = time;
    set_finger(timeline, place);
    return true;
}

void leat_series_clear(struct leat_series_timeline *timeline, struct leat_store *store) {
    for (uint32_t i = timeline->place_first; i < timeline->place_end; i++)
        leat_store_free(store, timeline->places[i].leaf, leaf_bytes(timeline->places[i].leaf->capacity));
    if (timeline->places != &timeline->own)
        leat_store_free(store, timeline->places, timeline->place_capacity * sizeof(*timeline->places));
    *timeline = (struct leat_series_timeline){0};
}

struct leat_series_cursor leat_series_walk(const struct leat_series_timeline *timeline, uint32_t skip) {
    struct leat_series_cursor cursor = {.place = timeline->place_first};
    for (; cursor.place < timeline->place_end; cursor.place++) {
        struct leat_series_leaf *leaf = timeline->places[cursor.place].leaf;
        uint32_t used = leaf->low - (uint32_t)leaf->first;
        cursor.at = leaf->entries + leaf->first + LEAT_MIN(skip, used);
        cursor.end = leaf->entries + leaf->low;
        if (skip < used || cursor.place + 1 == timeline->place_end)
            break;
        skip -= used;
    }
    return cursor;
}

void leat_series_next_leaf(const struct leat_series_timeline *timeline, struct leat_series_cursor *cursor) {
    if (cursor->place + 1 >= timeline->place_end)
        return;
    struct leat_series_leaf *leaf = timeline->places[++cursor->place].leaf;
    cursor->at = leaf->entries + leaf->first;
    cursor->end = leaf->entries + leaf->low;
}

void leat_series_pop_to(struct leat_series_timeline *timeline, struct leat_store *store, const struct leat_series_cursor *cursor) {
    if (timeline->place_first == timeline->place_end)
        return;
    for (; timeline->place_first < cursor->place; timeline->place_first++) {
        struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
        if (timeline->leaf == leaf)
            lift_finger(timeline);
        leat_store_free(store, leaf, leaf_bytes(leaf->capacity));
    }
    struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
    leaf->first = (uint16_t)(cursor->at - leaf->entries);
    if (leaf->first < leaf->low)
        return;
    leaf->first = leaf->low = 0; // it is the last one: elsewhere the cursor would stand in the next
    if (timeline->leaf == leaf)
        lift_finger(timeline);
}
