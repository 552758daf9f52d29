// The rows of one key and one side of a SERIES JOIN, in ascending order of time, no time twice.
//
// Machine data come in ascending stretches broken by jumps back, so a row is put next to where the last one went: leaves of about 2 KB (the
// bottom level of a B-tree) with a gap, as in a text editor's gap buffer, at the finger. A stretch costs two comparisons a row; a jump
// costs a binary search and moving the gap. Rows leave at the front. What has been swept (its time is at or before the watermark) but may
// still find a partner stays there: the first `kept` rows.
//
// A row is `stride` words, the first of which is its time. Rows move when others are put in, never when they are swept or leave.
#ifndef LEAT_OPERATORS_SERIES_JOIN_TIMELINE_H
#define LEAT_OPERATORS_SERIES_JOIN_TIMELINE_H

#include "engine/state/slab.h"

// How the leaves of one side are made.
struct leat_series_leaves {
    struct leat_store *store;
    uint32_t stride;   // words of a row
    uint32_t rows_max; // rows of a leaf
};

// Rows first .. low - 1 and capacity - high .. capacity - 1 are in use; high is 0 in every leaf but the finger's, whose low stands in the
// timeline.
struct leat_series_leaf {
    uint16_t first;
    uint16_t low;
    uint16_t high;
    uint16_t capacity;
    uint64_t words[];
};

// Row i of a leaf.
static inline uint64_t *leat_series_leaf_row(struct leat_series_leaf *leaf, uint32_t stride, uint32_t i) {
    return leaf->words + (size_t)i * stride;
}

// Where a leaf stands in the order of time.
struct leat_series_place {
    int64_t time; // of the row at the leaf's beginning, or of one that stood there before it left: at or before all in it
    struct leat_series_leaf *leaf;
};

// All zero is empty.
struct leat_series_timeline {
    // The finger: a time strictly between these two belongs right behind row low - 1 of `leaf`. NULL, and no such time, where there is
    // none.
    struct leat_series_leaf *leaf;
    int64_t below;
    int64_t above;
    uint32_t low;   // of `leaf`
    uint32_t limit; // where the gap ends
    // The leaves in order stand at places[place_first .. place_end - 1].
    struct leat_series_place *places;
    uint32_t place_first;
    uint32_t place_end;
    uint32_t place_capacity;
    uint32_t finger; // place of `leaf`
    struct leat_series_place own;
    uint32_t kept; // rows at the front that have been swept
    bool since;    // the kept ones came after the last row of the other side; otherwise only the last row of this side is kept
};

// leat_series_insert where the finger is elsewhere.
uint64_t *leat_series_insert_elsewhere(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, int64_t time,
                                       bool *replaces);

// The place for a row of that time, later than all that has been swept: the caller writes all of its words at once. *replaces says that the
// row of the same time stands there. NULL with the error set when the budget is spent; nothing has changed then.
static inline uint64_t *leat_series_insert(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves, int64_t time,
                                           bool *replaces) {
    if (LEAT_LIKELY(time > timeline->below && time < timeline->above && timeline->low < timeline->limit)) {
        timeline->below = time;
        *replaces = false;
        return leat_series_leaf_row(timeline->leaf, leaves->stride, timeline->low++);
    }
    return leat_series_insert_elsewhere(timeline, leaves, time, replaces);
}

// Closes the gap, so that the rows of every leaf are first .. low - 1. Before anything below, and after the last insert.
void leat_series_settle(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves);

// True when there is no row.
static inline bool leat_series_is_empty(const struct leat_series_timeline *timeline) {
    if (timeline->place_first == timeline->place_end)
        return true;
    const struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
    return leaf->first == leaf->low;
}

// Gives a leaf back that leat_series_pop_leaf has taken out.
void leat_series_free_leaf(const struct leat_series_leaves *leaves, struct leat_series_leaf *leaf);

// Gives all memory of the timeline back and makes it empty; the rows are not looked at.
void leat_series_clear(struct leat_series_timeline *timeline, const struct leat_series_leaves *leaves);

// Walks over rows in order.
struct leat_series_cursor {
    uint64_t *at; // equal to `end` behind the last row
    uint64_t *end;
    uint32_t place;
};

// A cursor at the row with `skip` rows before it.
struct leat_series_cursor leat_series_walk(const struct leat_series_timeline *timeline, uint32_t stride, uint32_t skip);

// Goes to the following leaf: see leat_series_next.
void leat_series_next_leaf(const struct leat_series_timeline *timeline, uint32_t stride, struct leat_series_cursor *cursor);

// Goes to the next row.
static inline void leat_series_next(const struct leat_series_timeline *timeline, uint32_t stride, struct leat_series_cursor *cursor) {
    cursor->at += stride;
    if (LEAT_UNLIKELY(cursor->at == cursor->end))
        leat_series_next_leaf(timeline, stride, cursor);
}

// Takes the first leaf out if it lies wholly before the cursor; the caller frees it when its rows are not needed any more. NULL if there is
// none such.
struct leat_series_leaf *leat_series_pop_leaf(struct leat_series_timeline *timeline, const struct leat_series_cursor *cursor);

// Takes the rows of the cursor's leaf before the cursor out; that leaf is the first. They stay readable until the next insert.
void leat_series_pop_rows(struct leat_series_timeline *timeline, uint32_t stride, const struct leat_series_cursor *cursor);

#endif
