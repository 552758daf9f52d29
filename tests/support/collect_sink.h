// A sink that keeps all bytes in memory, and does what a test tells it to do wrong.
#ifndef LEAT_TESTS_SUPPORT_COLLECT_SINK_H
#define LEAT_TESTS_SUPPORT_COLLECT_SINK_H

#include "engine/runtime/sink.h"

#include <stdatomic.h>

// What has been written. Give `path` as the path of the output: the sink finds the rest by it.
struct leat_collect_sink {
    char path[8]; // "memory"
    char *bytes;  // malloc'ed; room for `capacity`
    size_t capacity;
    uint32_t later_every;           // every so many writes is told LATER; 0: none is
    uint64_t fail_at;               // the write of this number fails, from 1; 0: none does
    bool fail_open, fail_commit;    // these fail
    _Atomic uint64_t length;        // reserved (placed) or written (gathering) so far
    _Atomic uint64_t written;       // bytes that have come
    _Atomic uint64_t writes;        // calls of write
    _Atomic uint64_t gather_thread; // a gathering sink's only thread; 0: nobody has written
    bool open, committed, aborted;
};

// Prepares a sink for at most `capacity` bytes; leat_collect_sink_free gives them back.
void leat_collect_sink_init(struct leat_collect_sink *sink, size_t capacity);
void leat_collect_sink_free(struct leat_collect_sink *sink); // as said

extern const struct leat_sink_ops leat_collect_placed_ops;     // any worker writes, at its place
extern const struct leat_sink_ops leat_collect_gathering_ops;  // one worker writes, in order
extern const struct leat_sink_ops leat_collect_discarding_ops; // takes no bytes

#endif
