// The table of functions by which a source hands out chunks: runs of whole records, numbered from 0 without a gap, that any worker may
// claim.
#ifndef LEAT_ENGINE_RUNTIME_SOURCE_H
#define LEAT_ENGINE_RUNTIME_SOURCE_H

#include "engine/base/clock.h"
#include "engine/runtime/buffer.h"
#include "engine/runtime/io.h"

// What a source is told when it is opened; lives as long as the source.
struct leat_source_env {
    const char *table; // its name in SQL
    const char *path;  // a file, or "-" for standard input
    const struct leat_file_ops *files;
    struct leat_clock *clock;
    struct leat_budget *budget;
    size_t chunk_bytes;
    uint64_t start_offset;    // where the first chunk begins; 0, or a chunk border that a snapshot recorded
    uint64_t rate_per_second; // records; 0: as fast as can be
    uint64_t limit;           // records; 0: all
};

// What a claim came to.
enum leat_claim {
    LEAT_CLAIM_CHUNK,  // *chunk is filled in
    LEAT_CLAIM_LAST,   // the rowless number after the last chunk: its END says LAST
    LEAT_CLAIM_NONE,   // nothing to read now: see wait_fd and wait_ns
    LEAT_CLAIM_FULL,   // no free buffer: come back when batches have come home
    LEAT_CLAIM_ENDED,  // every number has been claimed
    LEAT_CLAIM_FAILED, // the error stack is set
};

// A claimed chunk. The claimer holds one reference to the buffer.
struct leat_chunk {
    uint64_t number;
    struct leat_buffer *buffer;
    const char *text; // whole records; the last may lack its line end
    size_t length;
    uint64_t offset;      // of text in the source, bytes
    uint64_t end_offset;  // border of the next chunk: where a restored source starts
    uint64_t too_long_at; // offset of a record longer than LEAT_RECORD_BYTES_MAX that begins in this chunk, behind `text`; UINT64_MAX: none
};

// One kind of source. One object per split, shared by all workers; claim is called by any of them, and several at once.
struct leat_source_ops {
    const char *name;
    int (*open)(const struct leat_source_env *env, void **source); // 0, or -1 with the error set; on the main thread
    void (*close)(void *source);
    enum leat_claim (*claim)(void *source, struct leat_buffer_pool *buffers, struct leat_chunk *chunk);
    // After LEAT_CLAIM_NONE: a descriptor whose readability ends the wait (-1: none), and nanoseconds after which to ask again (UINT64_MAX:
    // never).
    int (*wait_fd)(void *source);
    uint64_t (*wait_ns)(void *source);
    uint64_t (*size_bytes)(void *source); // of the whole input, for progress; 0 when unknown
};

#endif
