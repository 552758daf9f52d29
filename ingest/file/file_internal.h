// The inside of the file source, shared by its files only.
#ifndef LEAT_INGEST_FILE_FILE_INTERNAL_H
#define LEAT_INGEST_FILE_FILE_INTERNAL_H

#include "engine/base/limits.h"
#include "engine/runtime/source.h"
#include "ingest/file/pace.h"

#include <stdatomic.h>

// An input that is read from front to back by one worker at a time.
struct leat_file_stream {
    _Atomic bool is_read;       // somebody reads: set with acquire, cleared with release, which hand the second half on
    _Atomic bool is_ended;      // LAST has been handed out; says only itself
    _Atomic uint64_t ask_at_ns; // when to ask again after NONE; UINT64_MAX: when the descriptor is readable. Says only itself

    // Of whoever set is_read.
    alignas(LEAT_CACHE_LINE) struct leat_budget budget; // of `data`
    char *data;                                         // bytes that were read and not handed on: [begin, end)
    size_t capacity;
    size_t begin;
    size_t lines_end; // whole lines reach to here; at the end of the input all does
    size_t end;
    uint64_t offset; // of data[begin] in the input
    uint64_t next_number;
    uint64_t records;     // handed on
    uint64_t too_long_at; // a record that was too long and has not been told of; UINT64_MAX: none
    bool skips;           // to the next line end
    bool at_end;
    struct leat_pace pace;
};

// An input, parallel or a stream.
struct leat_file_source {
    // Immutable once open.
    const struct leat_source_env *env;
    int fd;
    bool is_stdin;
    bool is_regular;
    bool is_parallel;
    uint64_t size; // bytes, of a regular file when it was opened
    size_t chunk_bytes;
    uint64_t chunk_count; // parallel

    alignas(LEAT_CACHE_LINE) _Atomic uint64_t next_number; // parallel: the chunk to draw next; orders nothing
    alignas(LEAT_CACHE_LINE) struct leat_file_stream stream;
};

// The name of the input in errors.
const char *leat_file_source_name(const struct leat_file_source *self);

// A buffer for a claim: CHUNK with *buffer taken, FULL or FAILED.
enum leat_claim leat_file_take_buffer(struct leat_buffer_pool *buffers, size_t bytes, struct leat_buffer **buffer);

// Claims of the two ways of reading: see leat_source_ops.
enum leat_claim leat_file_claim_chunk(struct leat_file_source *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk);
// Likewise.
enum leat_claim leat_file_claim_lines(struct leat_file_source *self, struct leat_buffer_pool *buffers, struct leat_chunk *chunk);

#endif
