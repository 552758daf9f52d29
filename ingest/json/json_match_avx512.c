#include "ingest/json/json_fast.h"

#include <immintrin.h>

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline bool differs(const struct leat_json_key *key, const char *name) {
    return _mm256_mask_cmpneq_epu8_mask(key->mask, load_32(name), load_32(key->bytes)) != 0;
}

// The field of the key whose first character is at `name`, for any set of names.
static uint32_t match_any(const struct leat_json_keys *keys, const char *name, const char *end) {
    const struct leat_json_key *key = &keys->keys[keys->slots[leat_json_keys_slot(keys, name)]];
    for (; key != keys->keys; key = &keys->keys[key->next]) {
        if (differs(key, name))
            continue;
        if (!key->name || ((size_t)(end - name) > key->length && memcmp(name, key->name, key->length) == 0 && name[key->length] == '"'))
            return key->field;
    }
    return keys->nothing;
}

static size_t match_items(const struct leat_json_keys *keys, const char *text, const char *end, const uint32_t *items, size_t count,
                          struct leat_json_rows *rows) {
    uint32_t row = rows->count;
    size_t i = 0;
    while (i < count && row < LEAT_BATCH_ROWS) {
        uint32_t place = items[i++];
        const char *p = text + place;
        rows->places[match_any(keys, p + 1, end) * LEAT_JSON_PLACES_PITCH + row] = place;
        rows->line_end[row] = place;
        row += *p == '\n';
    }
    rows->count = row;
    return i;
}

size_t leat_json_match_avx512(const struct leat_json_keys *keys, const char *text, size_t length, const uint8_t *names, size_t window,
                              const uint32_t *items, size_t count, struct leat_json_rows *rows) {
    if (!keys->by_sight)
        return match_items(keys, text, text + length, items, count, rows);
    const struct leat_json_key *const first = keys->keys + 1;
    uint32_t row = rows->count, *const places = rows->places, *const line_end = rows->line_end;
    const uint32_t nothing = keys->nothing * LEAT_JSON_PLACES_PITCH;
    size_t i = 0;
    while (i < count && row < LEAT_BATCH_ROWS) {
        uint32_t place = items[i++];
        const char *p = text + place;
        const struct leat_json_key *key = first + _tzcnt_u32(names[place - window] | 1u << keys->nothing);
        uint32_t hit = (uint32_t)differs(key, p + 1) - 1; // no branch: members come in any order
        places[(nothing ^ ((key->places_at ^ nothing) & hit)) + row] = place;
        line_end[row] = place; // the last of the line's items, which is its end, stays
        row += *p == '\n';
    }
    rows->count = row;
    return i;
}
