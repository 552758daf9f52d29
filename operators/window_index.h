// A table from (owner, window start) to an address: finds the open windows of a key when it has several, and the panes.
// Open addressing with linear probing; deletion shifts back (Knuth, TAOCP 3, 6.4, algorithm R). Used by one thread at a time.
#ifndef LEAT_OPERATORS_WINDOW_INDEX_H
#define LEAT_OPERATORS_WINDOW_INDEX_H

#include "engine/base/memory.h"

// One place of the table.
struct leat_window_slot {
    const void *owner;
    int64_t start_us;
    void *item; // NULL: the slot is free
};

// Zero-initialise with a budget (may be NULL).
struct leat_window_index {
    struct leat_budget *budget;
    struct leat_window_slot *slots;
    size_t slot_count; // a power of two, or 0
    size_t used;
    size_t peak; // most used since the last trim
};

// What was added for this owner and start, or NULL.
void *leat_window_index_find(const struct leat_window_index *index, const void *owner, int64_t start_us);

// Adds an item, which is not there yet. False with the error set, and nothing changed, when the budget is spent.
bool leat_window_index_add(struct leat_window_index *index, const void *owner, int64_t start_us, void *item);

// Removes an item that is there.
void leat_window_index_remove(struct leat_window_index *index, const void *owner, int64_t start_us);

// Halves the table when it has been nearly empty since the trim before.
void leat_window_index_trim(struct leat_window_index *index);

// Gives everything back.
void leat_window_index_close(struct leat_window_index *index);

#endif
