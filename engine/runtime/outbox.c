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

// What stands behind a barrier is dropped.
static void parcel_stop(const struct leat_outbox *outbox, struct leat_parcel *parcel) {
    // Relaxed: it was stored by a holder of the turn before us, and the acquire in leat_outbox_flush orders it.
    uint64_t stop = atomic_load_explicit(&outbox->turnstile->stop, memory_order_relaxed);
    if (stop && parcel->ticket >= stop)
        parcel->bytes.length = parcel->records = 0;
}

// Writes a parcel whose turn it is. The turn is passed on only afterwards: file systems let one writer at a time into a file, so a second
// one would spin or sleep in the kernel, while out here it has other work to do.
static enum leat_sink_result parcel_write(struct leat_outbox *outbox, struct leat_parcel *parcel) {
    if (!parcel->placed) {
        parcel_stop(outbox, parcel);
        parcel->place = outbox->run->ops->reserve(outbox->run->sink, parcel->bytes.length);
        parcel->placed = true;
    }
    return parcel->bytes.length ? outbox->run->ops->write(outbox->run->sink, parcel->place, parcel->bytes.data, parcel->bytes.length)
                                : LEAT_SINK_DONE;
}

int leat_outbox_flush(struct leat_outbox *outbox, bool *passed) {
    int left = 0;
    for (struct leat_parcel *parcel; (parcel = outbox->first); left++) {
        // Pairs with the release below: all smaller tickets have been written.
        if (atomic_load_explicit(&outbox->turnstile->turn, memory_order_acquire) != parcel->ticket)
            break;
        enum leat_sink_result result = parcel_write(outbox, parcel);
        if (result == LEAT_SINK_FAILED)
            return -1;
        if (result == LEAT_SINK_LATER)
            break;
        outbox->account->in += parcel->records;
        outbox->account->taken += parcel->records;
        outbox->account->out += parcel->records;
        outbox->first = parcel->next;
        outbox->count--;
        // Passes the turn on: publishes what the sink and the turnstile's `stop` have become to the next ticket's holder.
        atomic_store_explicit(&outbox->turnstile->turn, parcel->ticket + 1, memory_order_release);
        *passed = true;
        parcel->next = outbox->free;
        outbox->free = parcel;
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
