#include "ingest/json/json_fast.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

// The key whose opening quote is at `quote`; keys->keys where there is none.
static inline const struct leat_json_key *find_key(const struct leat_json_keys *keys, const char *quote, const char *end) {
    const char *name = quote + 1;
    const struct leat_json_key *key = &keys->keys[keys->slots[leat_json_keys_slot(keys, name)]];
    for (; key != keys->keys; key = &keys->keys[key->next]) {
        uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load_32(quote), load_32(key->bytes)));
        if (~same & key->mask)
            continue;
        if (!key->name || ((size_t)(end - name) > key->length && memcmp(name, key->name, key->length) == 0 && name[key->length] == '"'))
            break;
    }
    return key;
}

void leat_json_match_avx2(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                          struct leat_json_rows *rows) {
    const char *const end = text + length;
    const uint32_t *item = items->places + items->next, *const last = items->places + items->count;
    uint32_t row = rows->count, *const places = rows->places;
    while (item < last && row < LEAT_BATCH_ROWS) {
        uint32_t place = *item++;
        const char *p = text + place;
        const struct leat_json_key *key = find_key(keys, p, end);
        if (key != keys->keys && end - p > (ptrdiff_t)key->value_at) {
            const char *value = p + key->value_at - 1;
            value += *value != ':';
            value += 1 + ((uint8_t)value[1] <= ' ');
            places[key->places_at + row] = (uint32_t)(value - text);
        }
        places[row] = place; // the last of the line's items, which is its end, stays
        row += *p == '\n';
    }
    items->next = (size_t)(item - items->places);
    rows->count = row;
}
