#include "ingest/json/json_fast.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

// Not zero where a key is not what stands at `quote`.
static inline uint32_t differences(const struct leat_json_key *key, const char *quote) {
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load_32(quote), load_32(key->bytes))) & key->mask;
}

// The key whose opening quote is at `quote`; keys->keys where there is none.
static inline const struct leat_json_key *find_key(const struct leat_json_keys *keys, const char *quote, const char *end) {
    const char *name = quote + 1;
    const struct leat_json_key *key = &keys->keys[keys->slots[leat_json_keys_slot(keys, name)]];
    for (; key != keys->keys; key = &keys->keys[key->next]) {
        if (differences(key, quote))
            continue;
        if (!key->name || ((size_t)(end - name) > key->length && memcmp(name, key->name, key->length) == 0 && name[key->length] == '"'))
            break;
    }
    return key;
}

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

void leat_json_match_avx2(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                          struct leat_json_rows *rows) {
    if (!keys->plain || items->scan->colon_gap == LEAT_JSON_GAPS_VARY) {
        match_any(keys, text, text + length, items, rows);
        return;
    }
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
        uint32_t hit = (uint32_t)(differences(key, p) == 0) * UINT32_MAX; // no branch: members come in any order
        places[(key->places_at & hit) + row] = place + ((key->value_at + gap) & hit);
        row += *p == '\n';
    }
    items->next = (size_t)(item - items->places);
    rows->count = row;
}
