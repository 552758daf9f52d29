#include "engine/runtime/letter_order.h"

#include "engine/base/assert.h"

#include <stdlib.h>

struct letter_entry {
    uint64_t offset; // of the record in its file
    size_t begin;    // of its letter
    size_t length;   // set when sorting
};

int leat_letter_order_note(struct leat_letter_order *order, uint64_t offset, size_t begin) {
    struct leat_bytes *entries = &order->entries;
    if (!leat_bytes_reserve(entries, sizeof(struct letter_entry)))
        return -1;
    order->is_disordered |= entries->length && offset < order->last_offset;
    order->last_offset = offset;
    memcpy(entries->data + entries->length, &(struct letter_entry){.offset = offset, .begin = begin}, sizeof(struct letter_entry));
    entries->length += sizeof(struct letter_entry);
    return 0;
}

static int compare_entries(const void *left, const void *right) {
    const struct letter_entry *a = left, *b = right;
    return a->offset != b->offset ? (a->offset < b->offset ? -1 : 1) : a->begin < b->begin ? -1 : a->begin > b->begin;
}

int leat_letter_order_apply(struct leat_letter_order *order, struct leat_bytes *letters) {
    size_t count = order->entries.length / sizeof(struct letter_entry);
    order->entries.length = 0;
    if (!order->is_disordered)
        return 0;
    order->is_disordered = false;
    order->sorted.length = 0;
    if (!leat_bytes_reserve(&order->sorted, letters->length))
        return -1;
    struct letter_entry *entries = (struct letter_entry *)(void *)order->entries.data;
    for (size_t i = 0; i < count; i++)
        entries[i].length = (i + 1 < count ? entries[i + 1].begin : letters->length) - entries[i].begin;
    qsort(entries, count, sizeof(*entries), compare_entries);
    for (size_t i = 0; i < count; i++) {
        memcpy(order->sorted.data + order->sorted.length, letters->data + entries[i].begin, entries[i].length);
        order->sorted.length += entries[i].length;
    }
    leat_assert(order->sorted.length == letters->length);
    memcpy(letters->data, order->sorted.data, letters->length);
    return 0;
}

void leat_letter_order_free(struct leat_letter_order *order) {
    leat_bytes_free(&order->entries);
    leat_bytes_free(&order->sorted);
}
