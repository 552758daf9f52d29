// The clock seam: everything that measures time asks a clock that was handed to it, so that tests can bring their own.
#ifndef LEAT_ENGINE_BASE_CLOCK_H
#define LEAT_ENGINE_BASE_CLOCK_H

#include "engine/base/base.h"

// A monotonic clock. Any thread may ask.
struct leat_clock {
    uint64_t (*now_ns)(struct leat_clock *clock);
};

// The system's CLOCK_MONOTONIC.
extern struct leat_clock leat_clock_system;

// Nanoseconds since some fixed moment; never goes back.
static inline uint64_t leat_clock_now_ns(struct leat_clock *clock) {
    return clock->now_ns(clock);
}

#endif
