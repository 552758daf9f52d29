// Counters with one writer and any number of readers.
#ifndef LEAT_ENGINE_BASE_COUNTERS_H
#define LEAT_ENGINE_BASE_COUNTERS_H

#include "engine/base/base.h"

#include <stdatomic.h>

// One number that its owner stores and anybody may read; says nothing about any other memory.
struct leat_counter {
    _Atomic uint64_t value; // relaxed on both sides: only the number itself is shared
};

// Owner only.
static inline void leat_counter_set(struct leat_counter *counter, uint64_t value) {
    atomic_store_explicit(&counter->value, value, memory_order_relaxed); // pairs with leat_counter_get; orders nothing
}

// Any thread; may be a moment old.
static inline uint64_t leat_counter_get(const struct leat_counter *counter) {
    return atomic_load_explicit(&counter->value, memory_order_relaxed); // pairs with leat_counter_set; orders nothing
}

#endif
