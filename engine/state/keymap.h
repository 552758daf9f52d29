// The map from keys to the state an operator keeps for each: one per operator instance, used by one thread.
//
// Open addressing with linear probing over slots of (hash, entry); deletion shifts back (Knuth, TAOCP 3, 6.4, algorithm R), so there are no
// tombstones. Entries stand in pages and never move. What equality of keys means is told in key.h. All memory comes from the budget
// given at opening; the table doubles with the number of keys, leat_keymap_trim makes everything small again.
//
// An operator knows a key by the address of its value: value_bytes bytes, zeroed when the key is added, aligned to 8.
#ifndef LEAT_ENGINE_STATE_KEYMAP_H
#define LEAT_ENGINE_STATE_KEYMAP_H

#include "engine/state/key.h"
#include "engine/state/slab.h"
#include "engine/state/snapshot.h"

// A slot of the table.
struct leat_keymap_slot {
    uint64_t hash;
    void *value; // NULL: the slot is free
};

// A map; see the head of this file.
struct leat_keymap {
    // Of the current state.
    struct leat_keymap_slot *slots;
    uint64_t mask; // number of slots - 1
    uint64_t count;
    struct leat_slab entries;
    struct leat_store texts; // bytes of the keys' long texts
    // Fixed when the map is opened.
    struct leat_budget *budget;
    const uint8_t *physical; // enum leat_physical per key column; not copied
    uint32_t columns;
    uint32_t key_offset; // from the value to its key: words of bits (set: there is a value), then 8 bytes a column, 16 for a text
    uint32_t key_bytes;
    bool single_text; // the key is one text, the common case
};

// Opens a map for keys of `columns` columns (0 is allowed: one key). `physical` must outlive the map. 0, or -1 with the error set.
int leat_keymap_open(struct leat_keymap *map, struct leat_budget *budget, const uint8_t *physical, uint32_t columns, size_t value_bytes);

// Gives everything back; the values are not looked at. A zeroed map may be closed.
void leat_keymap_close(struct leat_keymap *map);

// The value of the key that stands in columns[0 ..] of `row`, whose leat_key_hash is `hash`; NULL when there is none.
void *leat_keymap_find(const struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch, const uint16_t *columns, uint32_t row);

// The same, but adds the key when it is not there, with a zeroed value. NULL with the error set when the budget is spent; the map is then
// as before.
void *leat_keymap_take(struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch, const uint16_t *columns, uint32_t row);

// leat_keymap_take for every selected row: values[i] belongs to the ith selected row, hash[] has the batch's row numbers. False with
// the error set when the budget is spent; keys taken before stay.
bool leat_keymap_take_rows(struct leat_keymap *map, const uint64_t *hash, const struct leat_batch *batch, const uint16_t *columns,
                           const struct leat_selection *selection, void **values);

// Deletes a key; its value's address must not be used again.
void leat_keymap_remove(struct leat_keymap *map, void *value);

// Iterates over all keys in no particular order: start with *cursor 0; NULL at the end. Keys must not be added or removed meanwhile.
void *leat_keymap_next(const struct leat_keymap *map, uint64_t *cursor);

// The hash of a value's key; leat_key_group of it is its key group.
static inline uint64_t leat_keymap_hash(const void *value) {
    return ((const uint64_t *)value)[-1];
}

// Key column i of a value: NULL when it is SQL's NULL, otherwise 8 bytes that hold the value (BOOL and INT32 widened to int64_t) or a
// struct leat_text. Valid until the key is removed.
const void *leat_keymap_column(const struct leat_keymap *map, const void *value, uint32_t i);

// Writes key column i of values[0 .. count - 1] into rows first .. first + count - 1 of an output column of the same physical form. Long
// texts are copied into `heap`, that of the output batch, once for neighbours with the same value. NULLs are marked and the valid bits of
// these rows kept right; the rows before `first` must be right already. False with the error set when the heap is over its budget.
bool leat_keymap_write_column(const struct leat_keymap *map, void *const *values, uint32_t count, uint32_t i, struct leat_column *column,
                              uint32_t first, struct leat_heap *heap);

// Gives back memory that has not been needed since the last call: pages, and half of a table that has become too large. Values do not move.
// To be called now and then, not every round.
void leat_keymap_trim(struct leat_keymap *map);

// Puts the key of a value into a snapshot, whose group the caller has selected.
void leat_keymap_save_key(const struct leat_keymap *map, const void *value, struct leat_snapshot_writer *writer);

// Reads a key that leat_keymap_save_key has put, and takes it. NULL with the error set when the bytes are damaged or the key is of another
// group than the reader's, or the budget is spent.
void *leat_keymap_load_key(struct leat_keymap *map, struct leat_snapshot_reader *reader);

#endif
