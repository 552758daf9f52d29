// What travels through the rings between workers.
#ifndef LEAT_ENGINE_RUNTIME_MESSAGE_H
#define LEAT_ENGINE_RUNTIME_MESSAGE_H

#include "engine/runtime/batch.h"

// The last message of a chunk or round for one target: nothing of that number follows it.
#define LEAT_MESSAGE_END 1u
// With END: nothing at all follows; the producer has ended.
#define LEAT_MESSAGE_LAST 2u
// With END: a checkpoint barrier; the receiver snapshots when it has taken it.
#define LEAT_MESSAGE_BARRIER 4u

// One message. Copied through the ring by value; `batch` goes home by its return ring when the receiver is done with it.
struct leat_message {
    struct leat_batch *batch; // NULL for an END
    const uint16_t *rows;     // the rows meant for this target, inside the batch's route; NULL: the first row_count
    const uint64_t *hash;     // key hash per batch row
    uint64_t number;          // chunk of a lane, round of a stage, ticket to a sink
    int64_t watermark;        // with END: the producer's watermark after this chunk or round
    uint32_t row_count;       // of `rows`
    uint32_t flags;           // LEAT_MESSAGE_*
};

#endif
