// The rows of one key and one side of a SERIES JOIN, in ascending order of time, no time twice.
//
// Machine data come in ascending stretches broken by jumps back, so rows are put next to where the last one went: leaves of up to 62
// entries (the bottom level of a B-tree) with a gap, as in a text editor's gap buffer, at the finger. A stretch costs two comparisons a
// row; a jump costs a binary search and closing one gap and opening another. Rows leave at the front. What has been swept (its time is at
// or before the watermark) but may still find a partner stays there: the first `kept` entries.
#ifndef LEAT_OPERATORS_SERIES_JOIN_TIMELINE_H
#define LEAT_OPERATORS_SERIES_JOIN_TIMELINE_H

#include "engine/state/slab.h"

// Set in an entry's row: it has been joined at least once.
#define LEAT_SERIES_JOINED ((uintptr_t)1)

struct leat_series_entry {
    int64_t time;
    uintptr_t row; // address of the packed row, and LEAT_SERIES_JOINED
};

// Entries first .. low - 1 and capacity - high .. capacity - 1 are in use; high is 0 in every leaf but the finger's.
struct leat_series_leaf {
    uint16_t first;
    uint16_t low;
    uint16_t high;
    uint16_t capacity;
    struct leat_series_entry entries[];
};

struct leat_series_leaf_place {
    int64_t time; // of the first entry that ever stood at the leaf's beginning: at or before all in it
    struct leat_series_leaf *leaf;
};

// All zero is empty.
struct leat_series_timeline {
    // The finger: a time strictly between these two belongs right behind entry low - 1 of `leaf`. NULL, and no such time, where there is
    // none.
    struct leat_series_leaf *leaf;
    int64_t below;
    int64_t above;
    // The leaves in order stand at places[place_first .. place_end - 1].
    struct leat_series_leaf_place *places;
    uint32_t place_first;
    uint32_t place_end;
    uint32_t place_capacity;
    uint32_t finger; // place of `leaf`
    struct leat_series_leaf_place own;
    uint32_t kept; // entries at the front that have been swept
    bool since;    // the kept ones came after the last row of the other side; otherwise only the last row of this side is kept
};

// leat_series_insert where the finger is elsewhere.
bool leat_series_insert_elsewhere(struct leat_series_timeline *timeline, struct leat_store *store, int64_t time, uintptr_t row,
                                  uintptr_t *replaced);

// Puts a row in, later than all that has been swept. *replaced becomes the row of the same time that it replaces, 0 where there is none.
// False with the error set when the budget is spent; nothing has changed then.
static inline bool leat_series_insert(struct leat_series_timeline *timeline, struct leat_store *store, int64_t time, uintptr_t row,
                                      uintptr_t *replaced) {
    struct leat_series_leaf *leaf = timeline->leaf;
    if (LEAT_LIKELY(time > timeline->below && time < timeline->above && leaf->low + leaf->high < leaf->capacity)) {
        leaf->entries[leaf->low++] = (struct leat_series_entry){.time = time, .row = row};
        timeline->below = time;
        *replaced = 0;
        return true;
    }
    return leat_series_insert_elsewhere(timeline, store, time, row, replaced);
}

// Closes the gap, so that the entries of every leaf are first .. low - 1. Before anything below, and after the last insert.
void leat_series_settle(struct leat_series_timeline *timeline);

// The first entry, NULL when there is none.
static inline struct leat_series_entry *leat_series_front(const struct leat_series_timeline *timeline) {
    if (timeline->place_first == timeline->place_end)
        return NULL;
    struct leat_series_leaf *leaf = timeline->places[timeline->place_first].leaf;
    return leaf->first < leaf->low ? &leaf->entries[leaf->first] : NULL;
}

// Gives all memory of the timeline back and makes it empty; the rows are not looked at.
void leat_series_clear(struct leat_series_timeline *timeline, struct leat_store *store);

// Walks over entries in order.
struct leat_series_cursor {
    struct leat_series_entry *at; // equal to `end` behind the last entry
    struct leat_series_entry *end;
    uint32_t place;
};

// A cursor at the entry with `skip` entries before it.
struct leat_series_cursor leat_series_walk(const struct leat_series_timeline *timeline, uint32_t skip);

// Goes to the following leaf: see leat_series_next.
void leat_series_next_leaf(const struct leat_series_timeline *timeline, struct leat_series_cursor *cursor);

// Goes to the next entry.
static inline void leat_series_next(const struct leat_series_timeline *timeline, struct leat_series_cursor *cursor) {
    if (LEAT_UNLIKELY(++cursor->at == cursor->end))
        leat_series_next_leaf(timeline, cursor);
}

// Takes the entries before the cursor out.
void leat_series_pop_to(struct leat_series_timeline *timeline, struct leat_store *store, const struct leat_series_cursor *cursor);

#endif
