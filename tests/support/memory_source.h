// A source whose bytes stand in memory, cut into chunks wherever a test wants.
#ifndef LEAT_TESTS_SUPPORT_MEMORY_SOURCE_H
#define LEAT_TESTS_SUPPORT_MEMORY_SOURCE_H

#include "engine/runtime/source.h"

#include <stdatomic.h>

// A text and how it is handed out. Chunk i owns the lines whose first byte lies between border i - 1 and border i, as a file's does, so
// that borders may stand anywhere. Give `path` as the path of the input: the source finds the rest by it.
struct leat_memory_source {
    char path[24]; // for messages, "memory" unless set
    const char *text;
    size_t length;
    const size_t *borders; // ascending, the last one at `length`; not copied
    uint32_t border_count;
    uint32_t none_every;           // every so many claims find nothing to read; 0: none does
    uint64_t fail_at;              // the claim of this chunk fails; UINT64_MAX: none does
    uint64_t too_long_at;          // a line that begins at this offset is left out as too long; UINT64_MAX: none
    bool fail_open;                // open fails
    _Atomic uint64_t next, claims; // of the run; any worker
    size_t chunk_bytes;            // of the longest chunk
    uint32_t first;                // chunk that start_offset stands for
    const struct leat_source_env *env;
    bool open;
};

// Prepares a source of one text; everything may be changed before it is opened.
void leat_memory_source_init(struct leat_memory_source *source, const char *text, size_t length, const size_t *borders,
                             uint32_t border_count);

extern const struct leat_source_ops leat_memory_source_ops; // path: a struct leat_memory_source's

#endif
