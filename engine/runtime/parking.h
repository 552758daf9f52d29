// Parking: a worker with nothing to do sleeps until a peer that gave it something wakes it.
//
// The parker announces itself, fences, looks around once more and only then sleeps; the peer publishes its message, fences, and reads the
// announcement. One of the two must see the other (Dekker's argument): without the fences both may miss, and the worker sleeps for ever.
// tests/model/parking.pml checks exactly this.
#ifndef LEAT_ENGINE_RUNTIME_PARKING_H
#define LEAT_ENGINE_RUNTIME_PARKING_H

#include "engine/runtime/io.h"

#include <stdatomic.h>

// One per worker, written by the worker and by those who wake it.
struct leat_parking {
    alignas(LEAT_CACHE_LINE) _Atomic uint32_t parked; // 1: asleep or about to be
    struct leat_io *io;                               // of the worker; set before any thread starts
};

// Owner: announces that it is going to sleep. It must look for work once more before it does.
static inline void leat_parking_announce(struct leat_parking *parking) {
    atomic_store_explicit(&parking->parked, 1, memory_order_relaxed); // the fence below orders it
    atomic_thread_fence(memory_order_seq_cst);                        // pairs with the fence in leat_parking_wake
}

// Owner: awake again.
static inline void leat_parking_leave(struct leat_parking *parking) {
    atomic_store_explicit(&parking->parked, 0, memory_order_relaxed); // a wake that comes too late only costs one look around
}

// Any worker, after it has pushed to, popped from, or returned something to the owner.
static inline void leat_parking_wake(struct leat_parking *parking) {
    atomic_thread_fence(memory_order_seq_cst); // pairs with the fence in leat_parking_announce: the push before it is seen by the last look
    if (LEAT_LIKELY(atomic_load_explicit(&parking->parked, memory_order_relaxed) == 0)) // ordered by the fence above
        return;
    if (atomic_exchange_explicit(&parking->parked, 0, memory_order_relaxed)) // one waker is enough; the eventfd orders the rest
        parking->io->ops->wake(parking->io);
}

#endif
