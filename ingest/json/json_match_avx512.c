#include "ingest/json/json_fast.h"

#include <immintrin.h>

// Goes down the chain of a hash and compares the ends of long names; rare.
__attribute__((noinline)) static uint32_t match_chain(const struct leat_json_keys *keys, const struct leat_json_key *key, const char *name,
                                                      const char *end) {
    for (; key != keys->keys; key = &keys->keys[key->next]) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)name);
        if (_mm256_mask_cmpneq_epu8_mask(key->mask, bytes, _mm256_loadu_si256((const __m256i *)(const void *)key->bytes)))
            continue;
        if (!key->name || ((size_t)(end - name) > key->length && memcmp(name, key->name, key->length) == 0 && name[key->length] == '"'))
            return key->field;
    }
    return keys->nothing;
}

size_t leat_json_match_avx512(const struct leat_json_keys *keys, const char *text, size_t length, const uint32_t *items, size_t count,
                              struct leat_json_rows *rows) {
    uint32_t row = rows->count, *places = rows->places;
    size_t i = 0;
    while (i < count && row < LEAT_BATCH_ROWS) {
        uint32_t place = items[i++];
        const char *p = text + place;
        const struct leat_json_key *key = &keys->keys[keys->slots[leat_json_keys_slot(keys, p + 1)]];
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
        __mmask32 differs = _mm256_mask_cmpneq_epu8_mask(key->mask, bytes, _mm256_loadu_si256((const __m256i *)(const void *)key->bytes));
        uint32_t field = differs ? keys->nothing : key->field;
        if (LEAT_UNLIKELY(key->next != 0 || key->name != NULL))
            field = match_chain(keys, key, p + 1, text + length);
        places[field * LEAT_BATCH_ROWS + row] = place;
        rows->line_end[row] = place; // the last of the line's items, which is its end, stays
        row += *p == '\n';
    }
    rows->count = row;
    return i;
}
