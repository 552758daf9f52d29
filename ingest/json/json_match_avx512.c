#include "ingest/json/json_fast.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline bool differs(const struct leat_json_key *key, const char *quote) {
    return _mm256_mask_cmpneq_epu8_mask(key->mask, load_32(quote), load_32(key->bytes)) != 0;
}

// The key whose opening quote is at `quote`, for any set of names.
static const struct leat_json_key *find_key(const struct leat_json_keys *keys, const char *quote, const char *end) {
    const char *name = quote + 1;
    const struct leat_json_key *key = &keys->keys[keys->slots[leat_json_keys_slot(keys, name)]];
    for (; key != keys->keys; key = &keys->keys[key->next]) {
        if (differs(key, quote))
            continue;
        if (!key->name || ((size_t)(end - name) > key->length && memcmp(name, key->name, key->length) == 0 && name[key->length] == '"'))
            break;
    }
    return key;
}

// For any names and any gaps.
static void match_any(const struct leat_json_keys *keys, const char *text, const char *end, struct leat_json_items *items,
                      struct leat_json_rows *rows) {
    while (items->next < items->count && rows->count < LEAT_BATCH_ROWS) {
        uint32_t place = items->places[items->next++];
        const char *p = text + place;
        const struct leat_json_key *key = find_key(keys, p, end);
        if (key != keys->keys && end - p > (ptrdiff_t)key->value_at)
            rows->places[key->places_at + rows->count] = leat_json_value_place(text, place, key);
        rows->places[rows->count] = place;
        rows->count += *p == '\n';
    }
}

// For names told apart by their beginnings.
static void match_plain(const struct leat_json_keys *keys, const char *text, struct leat_json_items *items, struct leat_json_rows *rows) {
    const struct leat_json_key *const all = keys->keys;
    const uint16_t *const slots = keys->slots;
    const uint64_t prefix_mask = keys->prefix_mask;
    const uint32_t slot_shift = keys->slot_shift, gap = items->scan->colon_gap;
    const uint32_t *item = items->places + items->next, *const end = items->places + items->count;
    uint32_t row = rows->count, *const places = rows->places;
    while (item < end && row < LEAT_BATCH_ROWS) {
        uint32_t place = *item++;
        const char *p = text + place;
        const struct leat_json_key *key = &all[slots[leat_json_prefix_slot(p + 1, prefix_mask, slot_shift)]];
        uint32_t hit = differs(key, p) - 1u; // no branch: members come in any order
        places[(key->places_at & hit) + row] = place + ((key->value_at + gap) & hit);
        row += *p == '\n';
    }
    items->next = (size_t)(item - items->places);
    rows->count = row;
}

// For names told apart by sight.
static void match_by_sight(const struct leat_json_keys *keys, const char *text, struct leat_json_items *items,
                           struct leat_json_rows *rows) {
    const struct leat_json_key *const first = keys->by_gap[items->scan->colon_gap];
    const uint8_t *const names = items->scan->names;
    const char *const window = text + items->window;
    const uint32_t *item = items->places + items->next, *const end = items->places + items->count;
    const size_t nothing = keys->nothing, base = items->window;
    size_t row = rows->count;
    uint32_t *const places = rows->places;
    while (item < end && row < LEAT_BATCH_ROWS) {
        size_t place = *item++ - base;
        const char *p = window + place;
        size_t sight = _tzcnt_u32(names[place] | 1u << nothing);
        if (differs(first + sight, p)) // a conditional move: members come in any order
            sight = nothing;
        const struct leat_json_key *key = first + sight;
        places[key->places_at + row] = (uint32_t)(place + base) + key->value_at;
        row += *p == '\n';
    }
    items->next = (size_t)(item - items->places);
    rows->count = (uint32_t)row;
}

void leat_json_match_avx512(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                            struct leat_json_rows *rows) {
    if (items->scan->colon_gap == LEAT_JSON_GAPS_VARY || !(keys->by_sight || keys->plain))
        match_any(keys, text, text + length, items, rows);
    else if (keys->by_sight)
        match_by_sight(keys, text, items, rows);
    else
        match_plain(keys, text, items, rows);
}
