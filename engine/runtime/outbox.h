// Encoded output on its way to a sink: any worker encodes, and yet the output has one order.
//
// Everything that goes to a sink by one channel carries a ticket (from a lane the chunk's number, from a stage a number drawn when the
// batch was handed to its encoder). A turnstile says whose turn it is. A worker whose bytes are ready and whose turn it is not keeps them
// and does other work; when it is, it writes and passes the turn on. Nobody waits.
#ifndef LEAT_ENGINE_RUNTIME_OUTBOX_H
#define LEAT_ENGINE_RUNTIME_OUTBOX_H

#include "engine/runtime/sink.h"

#include <stdatomic.h>

// One per channel to a sink, shared by all workers.
struct leat_turnstile {
    alignas(LEAT_CACHE_LINE) _Atomic uint64_t turn; // the ticket that may be written; stored by its holder alone
    alignas(LEAT_CACHE_LINE) _Atomic uint64_t next; // the ticket to draw next; producers only
    _Atomic uint64_t stop; // tickets from this one on only pass the turn; 0: none does. Stored before the ticket before it passes the turn
};

// A sink with what counts it.
struct leat_sink_run {
    const struct leat_sink_ops *ops;
    void *sink;
    uint32_t node;
};

// Bytes of one ticket.
struct leat_parcel {
    struct leat_bytes bytes;
    uint64_t ticket;
    uint64_t records;
    uint64_t place;
    bool placed;
    struct leat_parcel *next;
};

// What one worker holds for one channel.
struct leat_outbox {
    struct leat_budget *budget;
    struct leat_turnstile *turnstile;
    const struct leat_sink_run *run;
    struct leat_account *account; // of the sink's node; this worker's
    struct leat_parcel *first;    // by ticket, ascending
    struct leat_parcel *free;
    uint32_t count; // in `first`
};

// A parcel to encode into, or NULL with the error set.
struct leat_parcel *leat_outbox_take(struct leat_outbox *outbox);

// Queues a filled parcel (it may be empty: then it only passes the turn on).
void leat_outbox_put(struct leat_outbox *outbox, struct leat_parcel *parcel);

// Writes what may be written now. Returns how many parcels left, or -1 with the error set. *passed becomes true when the turn moved: wake
// the others.
int leat_outbox_flush(struct leat_outbox *outbox, bool *passed);

// Gives everything back, written or not.
void leat_outbox_destroy(struct leat_outbox *outbox);

#endif
