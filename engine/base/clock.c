#include "engine/base/clock.h"

#include "engine/base/assert.h"

#include <time.h>

static uint64_t system_now_ns(struct leat_clock *clock) {
    (void)clock;
    struct timespec now;
    leat_assert(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct leat_clock leat_clock_system = {.now_ns = system_now_ns};
