#include "operators/window_index.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"

#define SLOTS_MIN 16

static size_t home_of(const void *owner, int64_t start_us, size_t mask) {
    return leat_hash_word((uint64_t)(uintptr_t)owner, (uint64_t)start_us) & mask;
}

// The slot that holds the item, or the free one where it belongs.
static size_t slot_of(const struct leat_window_index *index, const void *owner, int64_t start_us) {
    size_t mask = index->slot_count - 1;
    size_t at = home_of(owner, start_us, mask);
    while (index->slots[at].item && (index->slots[at].owner != owner || index->slots[at].start_us != start_us))
        at = (at + 1) & mask;
    return at;
}

void *leat_window_index_find(const struct leat_window_index *index, const void *owner, int64_t start_us) {
    return index->slot_count ? index->slots[slot_of(index, owner, start_us)].item : NULL;
}

static bool resize(struct leat_window_index *index, size_t slot_count) {
    struct leat_window_index larger = {.budget = index->budget, .slot_count = slot_count, .used = index->used, .peak = index->peak};
    larger.slots = leat_memory_zalloc(index->budget, slot_count * sizeof(*larger.slots));
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < index->slot_count; i++) {
        const struct leat_window_slot *slot = &index->slots[i];
        if (slot->item)
            larger.slots[slot_of(&larger, slot->owner, slot->start_us)] = *slot;
    }
    leat_window_index_close(index);
    *index = larger;
    return true;
}

bool leat_window_index_add(struct leat_window_index *index, const void *owner, int64_t start_us, void *item) {
    if ((index->used + 1) * 2 > index->slot_count && !resize(index, LEAT_MAX(index->slot_count * 2, (size_t)SLOTS_MIN)))
        return false;
    size_t at = slot_of(index, owner, start_us);
    leat_assert(!index->slots[at].item);
    index->slots[at] = (struct leat_window_slot){.owner = owner, .start_us = start_us, .item = item};
    index->used++;
    index->peak = LEAT_MAX(index->peak, index->used);
    return true;
}

void leat_window_index_remove(struct leat_window_index *index, const void *owner, int64_t start_us) {
    size_t mask = index->slot_count - 1;
    size_t hole = slot_of(index, owner, start_us);
    leat_assert(index->slots[hole].item);
    for (size_t at = (hole + 1) & mask; index->slots[at].item; at = (at + 1) & mask) {
        size_t home = home_of(index->slots[at].owner, index->slots[at].start_us, mask);
        if (((at - home) & mask) >= ((at - hole) & mask)) { // its way from home leads over the hole
            index->slots[hole] = index->slots[at];
            hole = at;
        }
    }
    index->slots[hole] = (struct leat_window_slot){0};
    index->used--;
}

void leat_window_index_trim(struct leat_window_index *index) {
    size_t peak = index->peak;
    index->peak = index->used;
    // Where there is no memory to save memory with, the large table does as well.
    if (index->slot_count > SLOTS_MIN && peak * 8 < index->slot_count && !resize(index, index->slot_count / 2))
        leat_error_clear();
}

void leat_window_index_close(struct leat_window_index *index) {
    leat_memory_free(index->budget, index->slots, index->slot_count * sizeof(*index->slots));
    *index = (struct leat_window_index){.budget = index->budget};
}
