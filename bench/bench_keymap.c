#include "bench/bench_keymap.h"

#include "engine/base/assert.h"
#include "engine/state/keymap.h"

#include <stdio.h>
#include <stdlib.h>

#define MESSAGES 64

struct message {
    struct leat_batch *batch;
    uint64_t hash[LEAT_BATCH_ROWS];
};

struct bench_keymap {
    struct leat_budget budget;
    struct leat_keymap map;
    struct message messages[MESSAGES];
    void *values[LEAT_BATCH_ROWS];
    uint64_t sum;
};

static const uint8_t physical[] = {LEAT_PHYSICAL_TEXT};
static const uint16_t columns[] = {0};
static const struct leat_selection all = {.count = LEAT_BATCH_ROWS};

struct bench_keymap *bench_keymap_open(uint32_t keys, int skewed) {
    struct bench_keymap *bench = calloc(1, sizeof(*bench));
    leat_assert(bench != NULL);
    leat_assert(leat_keymap_open(&bench->map, &bench->budget, physical, 1, sizeof(uint64_t)) == 0);
    uint64_t random = 1;
    for (uint32_t m = 0; m < MESSAGES; m++) {
        struct message *message = &bench->messages[m];
        message->batch = leat_batch_create(NULL, physical, 1, false, false);
        leat_assert(message->batch != NULL);
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            random = leat_hash_word(random, row);
            char name[16];
            uint32_t key = skewed && (random & 1023) < 891 ? 0 : (uint32_t)((random >> 32) % keys);
            int length = snprintf(name, sizeof(name), "M%u", key);
            leat_column_text(&message->batch->columns[0])[row] = leat_text_view(name, (uint32_t)length);
        }
        message->batch->rows = LEAT_BATCH_ROWS;
        leat_key_hash(message->batch, columns, 1, &all, message->hash);
    }
    return bench;
}

void bench_keymap_close(struct bench_keymap *bench) {
    leat_keymap_close(&bench->map);
    leat_assert(bench->budget.used_bytes == 0);
    for (uint32_t m = 0; m < MESSAGES; m++)
        leat_batch_destroy(NULL, bench->messages[m].batch);
    free(bench);
}

uint64_t bench_keymap_take(struct bench_keymap *bench) {
    for (uint32_t m = 0; m < MESSAGES; m++) {
        struct message *message = &bench->messages[m];
        leat_assert(leat_keymap_take_rows(&bench->map, message->hash, message->batch, columns, &all, bench->values));
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++)
            bench->sum += ++*(uint64_t *)bench->values[row];
    }
    return (uint64_t)MESSAGES * LEAT_BATCH_ROWS;
}

uint64_t bench_keymap_hash(struct bench_keymap *bench) {
    uint64_t hash[LEAT_BATCH_ROWS];
    for (uint32_t m = 0; m < MESSAGES; m++) {
        leat_key_hash(bench->messages[m].batch, columns, 1, &all, hash);
        bench->sum += hash[m];
    }
    return (uint64_t)MESSAGES * LEAT_BATCH_ROWS;
}

uint64_t bench_keymap_churn(struct bench_keymap *bench) {
    bench_keymap_take(bench);
    uint64_t keys = bench->map.count;
    for (uint32_t m = 0; m < MESSAGES; m++) {
        struct message *message = &bench->messages[m];
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            void *value = leat_keymap_find(&bench->map, message->hash[row], message->batch, columns, row);
            if (value)
                leat_keymap_remove(&bench->map, value);
        }
    }
    leat_assert(bench->map.count == 0);
    return keys;
}

uint64_t bench_keymap_sum(const struct bench_keymap *bench) {
    return bench->sum;
}
