#include "ingest/file/pace.h"

#define SECOND_NS UINT64_C(1000000000)

// Records that come due within `ns`. Whole seconds apart, so that the product stays within 64 bits.
static uint64_t records_within(uint64_t rate_per_second, uint64_t ns) {
    return ns / SECOND_NS * rate_per_second + ns % SECOND_NS * rate_per_second / SECOND_NS;
}

uint64_t leat_pace_due(struct leat_pace *pace) {
    uint64_t now_ns = leat_clock_now_ns(pace->clock);
    if (!pace->started) {
        pace->started = true;
        pace->epoch_ns = now_ns;
    }
    uint64_t elapsed_ns = now_ns - pace->epoch_ns;
    uint64_t due = records_within(pace->rate_per_second, elapsed_ns - elapsed_ns % LEAT_PACE_STEP_NS) + 1 - pace->handed;
    if (due > pace->rate_per_second + 1) {
        pace->epoch_ns = now_ns - SECOND_NS;
        pace->handed = 0;
        due = pace->rate_per_second + 1;
    }
    return due;
}

void leat_pace_hand_on(struct leat_pace *pace, uint64_t records) {
    pace->handed += records;
}

uint64_t leat_pace_next_ns(const struct leat_pace *pace) {
    uint64_t rate = pace->rate_per_second, rest = pace->handed % rate;
    uint64_t ns = pace->handed / rate * SECOND_NS + (rest * SECOND_NS + rate - 1) / rate;
    return pace->epoch_ns + (ns + LEAT_PACE_STEP_NS - 1) / LEAT_PACE_STEP_NS * LEAT_PACE_STEP_NS;
}
