#include "engine/runtime/outbox.h"

#include "engine/base/assert.h"

struct leat_parcel *leat_outbox_take(struct leat_outbox *outbox) {
    struct leat_parcel *parcel = outbox->free;
    if (parcel) {
        outbox->free = parcel->next;
    } else {
        parcel = leat_memory_zalloc(outbox->budget, sizeof(*parcel));
        if (!parcel)
            return NULL;
        parcel->bytes.budget = outbox->budget;
    }
    parcel->bytes.length = 0;
    parcel->records = 0;
    parcel->placed = false;
    return parcel;
}

void leat_outbox_put(struct leat_outbox *outbox, struct leat_parcel *parcel) {
    struct leat_parcel **link = &outbox->first;
    while (*link && (*link)->ticket < parcel->ticket)
        link = &(*link)->next;
    parcel->next = *link;
    *link = parcel;
    outbox->count++;
}

// Takes the place in the output and passes the turn on. Only when it is this parcel's turn.
static void parcel_place(struct leat_outbox *outbox, struct leat_parcel *parcel) {
    // Relaxed: it was stored by a holder of the turn before us, and the acquire in leat_outbox_flush orders it.
    uint64_t stop = atomic_load_explicit(&outbox->turnstile->stop, memory_order_relaxed);
    if (stop && parcel->ticket >= stop)
        parcel->bytes.length = parcel->records = 0;
    parcel->place = outbox->run->ops->reserve(outbox->run->sink, parcel->bytes.length);
    parcel->placed = true;
    // Publishes our place to the next ticket's holder; pairs with the acquire in leat_outbox_flush.
    atomic_store_explicit(&outbox->turnstile->turn, parcel->ticket + 1, memory_order_release);
}

int leat_outbox_flush(struct leat_outbox *outbox, bool *passed) {
    int left = 0;
    for (struct leat_parcel **link = &outbox->first, *parcel; (parcel = *link);) {
        if (!parcel->placed) {
            // Pairs with the release in parcel_place: all smaller tickets have their places.
            if (atomic_load_explicit(&outbox->turnstile->turn, memory_order_acquire) != parcel->ticket)
                break;
            parcel_place(outbox, parcel);
            *passed = true;
        }
        enum leat_sink_result result = LEAT_SINK_DONE;
        if (parcel->bytes.length)
            result = outbox->run->ops->write(outbox->run->sink, parcel->place, parcel->bytes.data, parcel->bytes.length);
        if (result == LEAT_SINK_FAILED)
            return -1;
        if (result == LEAT_SINK_LATER) {
            link = &parcel->next;
            continue;
        }
        outbox->account->in += parcel->records;
        outbox->account->taken += parcel->records;
        outbox->account->out += parcel->records;
        *link = parcel->next;
        parcel->next = outbox->free;
        outbox->free = parcel;
        outbox->count--;
        left++;
    }
    return left;
}

static void parcels_destroy(struct leat_outbox *outbox, struct leat_parcel *parcel) {
    for (struct leat_parcel *next; parcel; parcel = next) {
        next = parcel->next;
        leat_bytes_free(&parcel->bytes);
        leat_memory_free(outbox->budget, parcel, sizeof(*parcel));
    }
}

void leat_outbox_destroy(struct leat_outbox *outbox) {
    parcels_destroy(outbox, outbox->first);
    parcels_destroy(outbox, outbox->free);
    outbox->first = outbox->free = NULL;
}
