#include "engine/state/keymap.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#define SLOTS_MIN 64

int leat_keymap_open(struct leat_keymap *map, struct leat_budget *budget, const uint8_t *physical, uint32_t columns, size_t value_bytes) {
    leat_assert(columns <= LEAT_COLUMNS_MAX);
    leat_assert(value_bytes < UINT32_MAX / 16);
    uint32_t words = leat_key_valid_words(columns);
    for (uint32_t i = 0; i < columns; i++)
        words += physical[i] == LEAT_PHYSICAL_TEXT ? 2 : 1;
    uint32_t key_offset = (uint32_t)leat_align_up(value_bytes, 8);
    *map = (struct leat_keymap){
        .mask = SLOTS_MIN - 1,
        .budget = budget,
        .physical = physical,
        .columns = columns,
        .key_offset = key_offset,
        .key_bytes = words * 8,
    };
    map->single_text = columns == 1 && physical[0] == LEAT_PHYSICAL_TEXT;
    leat_store_open(&map->texts, budget);
    leat_slab_open(&map->entries, budget, 8 + (size_t)key_offset + map->key_bytes); // the hash stands before the value
    map->slots = leat_memory_zalloc(budget, SLOTS_MIN * sizeof(*map->slots));
    return map->slots ? 0 : -1;
}

static uint64_t *key_of(const struct leat_keymap *map, const void *value) {
    return (uint64_t *)(void *)((char *)(uintptr_t)value + map->key_offset);
}

// Calls drop for each long text of a key; cells without a value are zero, hence short texts.
static void free_entry(struct leat_keymap *map, void *value) {
    uint64_t *cell = key_of(map, value) + leat_key_valid_words(map->columns);
    for (uint32_t i = 0; i < map->columns; i++) {
        bool text = map->physical[i] == LEAT_PHYSICAL_TEXT;
        if (text)
            leat_store_drop(&map->texts, (struct leat_text *)(void *)cell);
        cell += 1 + text;
    }
    void *entry = (uint64_t *)value - 1;
    leat_slab_free(&map->entries, &entry, 1);
}

void leat_keymap_close(struct leat_keymap *map) {
    if (!map->slots)
        return;
    uint64_t cursor = 0;
    for (void *value; (value = leat_keymap_next(map, &cursor));)
        free_entry(map, value);
    leat_slab_close(&map->entries);
    leat_store_close(&map->texts);
    leat_memory_free(map->budget, map->slots, (map->mask + 1) * sizeof(*map->slots));
    *map = (struct leat_keymap){0};
}

static inline bool text_equal_batch(const uint64_t *key, const struct leat_column *column, uint32_t row) {
    bool valid = leat_column_is_valid(column, row);
    if (LEAT_UNLIKELY(!valid || !(key[0] & 1)))
        return valid == (key[0] & 1);
    return leat_text_equal((const struct leat_text *)(const void *)(key + 1), &leat_column_text(column)[row]);
}

// The value of a cell that is no text, as a packed key holds it.
static inline uint64_t cell_word(const struct leat_column *column, uint32_t row) {
    switch (column->physical) {
    case LEAT_PHYSICAL_BOOL:
        return leat_column_bool(column)[row];
    case LEAT_PHYSICAL_INT32:
        return (uint64_t)(int64_t)leat_column_int32(column)[row];
    case LEAT_PHYSICAL_INT64:
        return (uint64_t)leat_column_int64(column)[row];
    default:
        return leat_key_double_bits(leat_column_double(column)[row]);
    }
}

static bool key_equal_batch(const struct leat_keymap *map, const uint64_t *key, const struct leat_batch *batch, const uint16_t *columns,
                            uint32_t row) {
    const uint64_t *cell = key + leat_key_valid_words(map->columns);
    for (uint32_t i = 0; i < map->columns; i++) {
        const struct leat_column *column = &batch->columns[columns[i]];
        bool text = map->physical[i] == LEAT_PHYSICAL_TEXT;
        bool valid = leat_column_is_valid(column, row);
        if (valid != (key[i / 64] >> (i % 64) & 1))
            return false;
        if (valid && text && !leat_text_equal((const struct leat_text *)(const void *)cell, &leat_column_text(column)[row]))
            return false;
        if (valid && !text && cell_word(column, row) != *cell)
            return false;
        cell += 1 + text;
    }
    return true;
}

static inline bool is_key(const struct leat_keymap *map, const void *value, const struct leat_batch *batch, const uint16_t *columns,
                          uint32_t row) {
    const uint64_t *key = key_of(map, value);
    return map->single_text ? text_equal_batch(key, &batch->columns[columns[0]], row) : key_equal_batch(map, key, batch, columns, row);
}

// The slot where the key stands, or the free one where it would.
static inline struct leat_keymap_slot *locate(const struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch,
                                              const uint16_t *columns, uint32_t row) {
    for (uint64_t at = hash & map->mask;; at = (at + 1) & map->mask) {
        struct leat_keymap_slot *slot = &map->slots[at];
        if (!slot->value || (slot->hash == hash && is_key(map, slot->value, batch, columns, row)))
            return slot;
    }
}

void *leat_keymap_find(const struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch, const uint16_t *columns,
                       uint32_t row) {
    return locate(map, hash, batch, columns, row)->value;
}

// Moves all keys to a table of `slots` slots. The old one stays where there is no memory.
static bool resize(struct leat_keymap *map, uint64_t slots) {
    struct leat_keymap_slot *table = leat_memory_zalloc(map->budget, slots * sizeof(*table));
    if (!table)
        return false;
    for (uint64_t i = 0; i <= map->mask; i++) {
        if (!map->slots[i].value)
            continue;
        uint64_t at = map->slots[i].hash & (slots - 1);
        while (table[at].value)
            at = (at + 1) & (slots - 1);
        table[at] = map->slots[i];
    }
    leat_memory_free(map->budget, map->slots, (map->mask + 1) * sizeof(*map->slots));
    map->slots = table;
    map->mask = slots - 1;
    return true;
}

// Puts a new entry into the table, which has a free slot for it.
static void add_slot(struct leat_keymap *map, uint64_t hash, void *value) {
    uint64_t at = hash & map->mask;
    while (map->slots[at].value)
        at = (at + 1) & map->mask;
    map->slots[at] = (struct leat_keymap_slot){.hash = hash, .value = value};
    map->count++;
}

// An entry whose value and key are zero, with room for it in the table. Probes stay short up to five eighths.
static void *new_entry(struct leat_keymap *map, uint64_t hash) {
    if ((map->count + 1) * 8 > (map->mask + 1) * 5 && !resize(map, (map->mask + 1) * 2))
        return NULL;
    void *entry;
    if (!leat_slab_alloc(&map->entries, &entry, 1))
        return NULL;
    uint64_t *value = (uint64_t *)entry + 1;
    value[-1] = hash;
    memset(value, 0, map->key_offset + map->key_bytes);
    return value;
}

static bool copy_key(struct leat_keymap *map, void *value, const struct leat_batch *batch, const uint16_t *columns, uint32_t row) {
    uint64_t *key = key_of(map, value);
    uint64_t *cell = key + leat_key_valid_words(map->columns);
    for (uint32_t i = 0; i < map->columns; i++) {
        const struct leat_column *column = &batch->columns[columns[i]];
        bool text = map->physical[i] == LEAT_PHYSICAL_TEXT;
        if (leat_column_is_valid(column, row)) {
            key[i / 64] |= UINT64_C(1) << (i % 64);
            struct leat_text kept = {0};
            if (text && !leat_store_keep(&map->texts, &leat_column_text(column)[row], &kept))
                return false;
            if (text)
                memcpy(cell, &kept, sizeof(kept));
            else
                *cell = cell_word(column, row);
        }
        cell += 1 + text;
    }
    return true;
}

static void *add_key(struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch, const uint16_t *columns, uint32_t row) {
    uint64_t *value = new_entry(map, hash);
    if (!value)
        return NULL;
    if (!copy_key(map, value, batch, columns, row)) {
        free_entry(map, value);
        return NULL;
    }
    add_slot(map, hash, value);
    return value;
}

void *leat_keymap_take(struct leat_keymap *map, uint64_t hash, const struct leat_batch *batch, const uint16_t *columns, uint32_t row) {
    void *value = leat_keymap_find(map, hash, batch, columns, row);
    return value ? value : add_key(map, hash, batch, columns, row);
}

// The commonest case by far, one text without NULLs, found at its first slot. NULL where it is not: the caller looks on.
static inline void *find_text_at_home(const struct leat_keymap *map, uint64_t hash, const struct leat_text *text) {
    const struct leat_keymap_slot *slot = &map->slots[hash & map->mask];
    if (LEAT_UNLIKELY(slot->hash != hash || !slot->value))
        return NULL;
    const uint64_t *key = key_of(map, slot->value);
    return LEAT_LIKELY((key[0] & 1) && leat_text_equal((const struct leat_text *)(const void *)(key + 1), text)) ? slot->value : NULL;
}

bool leat_keymap_take_rows(struct leat_keymap *map, const uint64_t *hash, const struct leat_batch *batch, const uint16_t *columns,
                           const struct leat_selection *selection, void **values) {
    const struct leat_text *text = NULL;
    if (map->single_text && !batch->columns[columns[0]].has_null)
        text = leat_column_text(&batch->columns[columns[0]]);
    for (uint32_t i = 0; i < selection->count; i++) {
        uint32_t row = leat_selection_row(selection, i);
        values[i] = text ? find_text_at_home(map, hash[row], &text[row]) : NULL;
        if (LEAT_UNLIKELY(!values[i]) && !(values[i] = leat_keymap_take(map, hash[row], batch, columns, row)))
            return false;
    }
    return true;
}

void leat_keymap_remove(struct leat_keymap *map, void *value) {
    uint64_t hole = leat_keymap_hash(value) & map->mask;
    while (map->slots[hole].value != value)
        hole = (hole + 1) & map->mask;
    for (uint64_t at = (hole + 1) & map->mask; map->slots[at].value; at = (at + 1) & map->mask) {
        uint64_t home = map->slots[at].hash & map->mask;
        if (((at - home) & map->mask) >= ((at - hole) & map->mask)) { // its home is not after the hole
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole].value = NULL;
    map->count--;
    free_entry(map, value);
}

void *leat_keymap_next(const struct leat_keymap *map, uint64_t *cursor) {
    while (*cursor <= map->mask) {
        void *value = map->slots[(*cursor)++].value;
        if (value)
            return value;
    }
    return NULL;
}

void leat_keymap_trim(struct leat_keymap *map) {
    leat_slab_trim(&map->entries);
    leat_store_trim(&map->texts);
    uint64_t slots = map->mask + 1;
    if (slots > SLOTS_MIN && map->count * 8 < slots && !resize(map, slots / 2))
        leat_error_clear(); // no memory to save memory with: the large table does as well
}

// The offset of a column's cell in a packed key, in words.
static uint32_t cell_offset(const struct leat_keymap *map, uint32_t i) {
    uint32_t offset = leat_key_valid_words(map->columns);
    for (uint32_t c = 0; c < i; c++)
        offset += map->physical[c] == LEAT_PHYSICAL_TEXT ? 2 : 1;
    return offset;
}

const void *leat_keymap_column(const struct leat_keymap *map, const void *value, uint32_t i) {
    const uint64_t *key = key_of(map, value);
    return key[i / 64] >> (i % 64) & 1 ? key + cell_offset(map, i) : NULL;
}

// True for words that the packed form of a physical type can hold.
static bool word_is_sound(uint8_t physical, uint64_t word) {
    double number;
    switch (physical) {
    case LEAT_PHYSICAL_BOOL:
        return word <= 1;
    case LEAT_PHYSICAL_INT32:
        return (int64_t)word == (int32_t)word;
    case LEAT_PHYSICAL_DOUBLE:
        memcpy(&number, &word, 8);
        return leat_key_double_bits(number) == word;
    default:
        return true;
    }
}

static bool load_cells(struct leat_keymap *map, void *value, struct leat_snapshot_reader *reader) {
    uint64_t *key = key_of(map, value);
    uint64_t *cell = key + leat_key_valid_words(map->columns);
    for (uint32_t i = 0; i < map->columns; i++) {
        bool text = map->physical[i] == LEAT_PHYSICAL_TEXT;
        uint64_t valid, word;
        struct leat_text view, kept;
        if (!leat_snapshot_get_u64(reader, &valid) || valid > 1)
            return leat_snapshot_damage(reader);
        key[i / 64] |= valid << (i % 64);
        if (valid && text) {
            if (!leat_snapshot_get_text(reader, &view) || !leat_store_keep(&map->texts, &view, &kept))
                return false;
            memcpy(cell, &kept, sizeof(kept));
        } else if (valid) {
            if (!leat_snapshot_get_word(reader, &word) || !word_is_sound(map->physical[i], word))
                return leat_snapshot_damage(reader);
            *cell = word;
        }
        cell += 1 + text;
    }
    return true;
}

static bool packed_equal(const struct leat_keymap *map, const uint64_t *a, const uint64_t *b) {
    uint32_t at = leat_key_valid_words(map->columns);
    if (memcmp(a, b, at * sizeof(*a)) != 0)
        return false;
    for (uint32_t i = 0; i < map->columns; i++) {
        bool text = map->physical[i] == LEAT_PHYSICAL_TEXT;
        if (text ? !leat_text_equal((const struct leat_text *)(const void *)(a + at), (const struct leat_text *)(const void *)(b + at))
                 : a[at] != b[at])
            return false;
        at += 1 + text;
    }
    return true;
}

void *leat_keymap_load_key(struct leat_keymap *map, struct leat_snapshot_reader *reader) {
    uint64_t *value = new_entry(map, 0);
    if (!value)
        return NULL;
    if (!load_cells(map, value, reader)) {
        free_entry(map, value);
        if (reader->damaged)
            leat_snapshot_reader_error(reader);
        return NULL;
    }
    uint64_t hash = leat_key_hash_words(map->physical, map->columns, key_of(map, value));
    value[-1] = hash;
    if (leat_key_group(hash) != reader->group) {
        free_entry(map, value);
        leat_snapshot_damage(reader);
        leat_snapshot_reader_error(reader);
        return NULL;
    }
    for (uint64_t at = hash & map->mask; map->slots[at].value; at = (at + 1) & map->mask) {
        void *other = map->slots[at].value;
        if (map->slots[at].hash == hash && packed_equal(map, key_of(map, value), key_of(map, other))) {
            free_entry(map, value);
            return other;
        }
    }
    add_slot(map, hash, value);
    return value;
}
