// Pacing: how many records may go by now, when at most so many a second are wanted.
#ifndef LEAT_INGEST_FILE_PACE_H
#define LEAT_INGEST_FILE_PACE_H

#include "engine/base/clock.h"

// Largest rate that is told from "as fast as can be": one record a nanosecond.
#define LEAT_PACE_RATE_MAX UINT64_C(1000000000)

// Records come due in steps of this length, so that a fast rate makes chunks of many records instead of one each.
#define LEAT_PACE_STEP_NS UINT64_C(1000000)

// One paced stream; used by one thread at a time. Zero-initialise, then set clock and rate (1..LEAT_PACE_RATE_MAX records a second).
struct leat_pace {
    struct leat_clock *clock;
    uint64_t rate_per_second;
    uint64_t epoch_ns;
    uint64_t handed; // records since the epoch
    bool started;
};

// Records that may go now. The first is due at the first call. Who falls behind catches up on one second at most.
uint64_t leat_pace_due(struct leat_pace *pace);

// Says that `records` of those that were due have gone.
void leat_pace_hand_on(struct leat_pace *pace, uint64_t records);

// When the next record is due, on the pace's clock.
uint64_t leat_pace_next_ns(const struct leat_pace *pace);

#endif
