// The fast path's second half: from scanned windows to rows of places, and from places to columns.
#ifndef LEAT_INGEST_JSON_JSON_FAST_H
#define LEAT_INGEST_JSON_JSON_FAST_H

#include "engine/base/limits.h"
#include "ingest/json/json_scan.h"

// Bytes of a name, with its quotes, that are compared at once.
#define LEAT_JSON_KEY_BYTES 32

// A wanted name as it stands in the text.
struct leat_json_key {
    uint8_t bytes[LEAT_JSON_KEY_BYTES]; // name and quotes, or the first 32 bytes of them
    uint32_t mask;                      // bit i set: byte i counts
    uint32_t field;
    uint32_t places_at; // where the field's places start
    uint32_t length;    // of the name
    uint32_t value_at;  // from the opening quote to behind the colon, nothing standing between
    uint32_t next;      // the next key with the same hash, 0 if none
    const char *name;   // when longer than can be compared at once, else NULL
};

// All wanted names, hashed by the bytes that even the shortest has. keys[i].field is i - 1, but
// `nothing` for key 0.
struct leat_json_keys {
    struct leat_json_key *keys;
    uint16_t *slots; // key numbers
    uint64_t prefix_mask;
    uint32_t slot_shift;
    uint32_t nothing; // field number of keys that are not wanted
    bool plain;       // no two names share a slot, and no name is longer than is compared at once
    bool by_sight;    // the signature is there, and no name is longer than is compared at once
    struct leat_json_signature signature;
    // by_gap[g]: the keys by sight, and one for what is not wanted, where g bytes stand between colons and values.
    struct leat_json_key by_gap[2][LEAT_JSON_SIGNATURES_MAX + 1];
};

// From one field's places to the next one's: a batch and a cache line, so that the fields of a row fall into different sets.
#define LEAT_JSON_PLACES_PITCH (LEAT_BATCH_ROWS + LEAT_CACHE_LINE / sizeof(uint32_t))

// Rows found in windows. places[row] is the row's line end (everything that is not wanted is entered there first, the line end
// last); places[(field + 1) * LEAT_JSON_PLACES_PITCH + row] is the field's value, 0 where it is absent.
struct leat_json_rows {
    uint32_t *places;
    uint32_t count;
};

// The slot of a name that starts at `p`, 8 bytes of which are readable.
static inline uint32_t leat_json_prefix_slot(const void *p, uint64_t prefix_mask, uint32_t slot_shift) {
    uint64_t prefix;
    memcpy(&prefix, p, 8);
    return (uint32_t)(((prefix & prefix_mask) * UINT64_C(0x9e3779b97f4a7c15)) >> slot_shift);
}

// leat_json_prefix_slot for a table.
static inline uint32_t leat_json_keys_slot(const struct leat_json_keys *keys, const void *p) {
    return leat_json_prefix_slot(p, keys->prefix_mask, keys->slot_shift);
}

// The place of the value of `key`, whose opening quote is at `place`, whatever the gaps around the colon.
static inline uint32_t leat_json_value_place(const char *text, uint32_t place, const struct leat_json_key *key) {
    const char *p = text + place + key->value_at - 1;
    p += *p != ':';
    return (uint32_t)(p + 1 - text) + ((uint8_t)p[1] <= ' ');
}

// The items of a window: places of keys and of line ends, ascending.
struct leat_json_items {
    const struct leat_json_scan *scan;
    size_t window; // where the window starts in the text
    uint32_t *places;
    size_t count;
    size_t next; // the first that is in no row yet
};

// Enters items into rows until the items or the rows run out. `length` bytes of text and LEAT_INPUT_PADDING behind them are
// readable; where the line is faulty anything may be entered.
void leat_json_match_avx512(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                            struct leat_json_rows *rows);

// leat_json_match_avx512 with AVX2.
void leat_json_match_avx2(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                          struct leat_json_rows *rows);

#endif
