// Reads a source of lines to its end and keeps what it handed out, chunk by chunk; checks the rules that hold for every chunk.
#ifndef LEAT_TESTS_INGEST_FILE_LINES_READER_H
#define LEAT_TESTS_INGEST_FILE_LINES_READER_H

#include "engine/base/error.h"
#include "engine/base/limits.h"
#include "ingest/file/file_source.h"
#include "tests/support/fault_files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

// A chunk as it was handed out.
struct kept_chunk {
    bool taken;
    char *text;
    size_t length;
    uint64_t offset, end_offset, too_long_at;
};

// A source being read.
struct lines_reader {
    struct leat_source_env env;
    struct leat_budget budget; // of the source
    void *source;
    struct kept_chunk *chunks;
    size_t capacity;
    uint64_t last; // the number of LAST; UINT64_MAX: not seen
};

// One worker's hands.
struct lines_worker {
    struct leat_budget budget;
    struct leat_buffer_pool buffers;
};

// A folder of the test program's own, and the input in it.
static char folder[4096];
static char input_path[4200];

// Makes the folder; a cmocka setup.
static inline int folder_make(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/leat-test-XXXXXX", base ? base : P_tmpdir);
    if (!mkdtemp(folder))
        return -1;
    snprintf(input_path, sizeof input_path, "%s/input", folder);
    return 0;
}

// Removes folder and input; a cmocka teardown.
static inline int folder_remove(void **state) {
    (void)state;
    unlink(input_path);
    return rmdir(folder);
}

// Makes these bytes the input.
static inline void input_is(const char *bytes, size_t length) {
    int fd = open(input_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(leat_file_write_all(&leat_file_ops_system, fd, bytes, length, 0), 0);
    close(fd);
}

// A reader of `path` with what else the test has set in `env`; opens the source.
static inline int reader_open(struct lines_reader *reader, struct leat_source_env env) {
    *reader = (struct lines_reader){.env = env, .budget = {.owner = "test"}, .last = UINT64_MAX};
    reader->env.table = "t";
    reader->env.path = env.path ? env.path : input_path;
    reader->env.files = env.files ? env.files : &leat_file_ops_system;
    reader->env.clock = env.clock ? env.clock : &leat_clock_system;
    reader->env.budget = &reader->budget;
    return leat_file_source_ops.open(&reader->env, &reader->source);
}

// Closes the source, which must have given its memory back, and forgets the chunks.
static inline void reader_close(struct lines_reader *reader) {
    leat_file_source_ops.close(reader->source);
    assert_int_equal(reader->budget.used_bytes, 0);
    for (size_t i = 0; i < reader->capacity; i++)
        free(reader->chunks[i].text);
    free(reader->chunks);
}

// A worker with at most so many buffers.
static inline void worker_open(struct lines_worker *worker, uint32_t buffers) {
    *worker = (struct lines_worker){.budget = {.owner = "worker"}};
    worker->buffers = (struct leat_buffer_pool){.budget = &worker->budget, .count_max = buffers};
}

// All buffers must have come back.
static inline void worker_close(struct lines_worker *worker) {
    leat_buffer_pool_destroy(&worker->buffers);
    assert_int_equal(worker->budget.used_bytes, 0);
}

// Keeps a chunk and lets go of its buffer.
static inline void reader_keep(struct lines_reader *reader, const struct leat_chunk *chunk) {
    while (chunk->number >= reader->capacity) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : 64;
        reader->chunks = realloc(reader->chunks, capacity * sizeof *reader->chunks);
        memset(reader->chunks + reader->capacity, 0, (capacity - reader->capacity) * sizeof *reader->chunks);
        reader->capacity = capacity;
    }
    struct kept_chunk *kept = &reader->chunks[chunk->number];
    assert_false(kept->taken);
    *kept = (struct kept_chunk){.taken = true,
                                .text = malloc(chunk->length + 1),
                                .length = chunk->length,
                                .offset = chunk->offset,
                                .end_offset = chunk->end_offset,
                                .too_long_at = chunk->too_long_at};
    memcpy(kept->text, chunk->text, chunk->length);
    leat_buffer_release(chunk->buffer);
}

// Claims once; keeps a chunk, and notes LAST, which comes once.
static inline enum leat_claim reader_claim(struct lines_reader *reader, struct lines_worker *worker) {
    struct leat_chunk chunk = {0};
    enum leat_claim claim = leat_file_source_ops.claim(reader->source, &worker->buffers, &chunk);
    if (claim == LEAT_CLAIM_CHUNK)
        reader_keep(reader, &chunk);
    else
        assert_null(chunk.buffer);
    if (claim == LEAT_CLAIM_LAST) {
        assert_int_equal(reader->last, UINT64_MAX);
        assert_int_equal(chunk.length, 0);
        reader->last = chunk.number;
    }
    return claim;
}

// Claims to the end with one worker; true when it came there, false when the source failed.
static inline bool reader_finish(struct lines_reader *reader) {
    struct lines_worker worker;
    worker_open(&worker, 2);
    enum leat_claim claim;
    do
        claim = reader_claim(reader, &worker);
    while (claim == LEAT_CLAIM_CHUNK || claim == LEAT_CLAIM_LAST || claim == LEAT_CLAIM_NONE);
    worker_close(&worker);
    assert_true(claim == LEAT_CLAIM_ENDED || claim == LEAT_CLAIM_FAILED);
    return claim == LEAT_CLAIM_ENDED;
}

// All texts in the order of their numbers, behind what `text` holds already.
static inline size_t reader_text(const struct lines_reader *reader, uint64_t from, uint64_t to, char *text) {
    size_t length = 0;
    for (uint64_t i = from; i < to; i++) {
        assert_true(reader->chunks[i].taken);
        memcpy(text + length, reader->chunks[i].text, reader->chunks[i].length);
        length += reader->chunks[i].length;
    }
    return length;
}

// The chunks are what a file of these bytes gives: every line once, in order, each chunk at its place.
static inline void assert_whole(const struct lines_reader *reader, const char *bytes, size_t length) {
    size_t at = 0;
    assert_int_not_equal(reader->last, UINT64_MAX);
    for (uint64_t i = 0; i < reader->last; i++) {
        const struct kept_chunk *chunk = &reader->chunks[i];
        assert_true(chunk->taken);
        assert_int_equal(chunk->too_long_at, UINT64_MAX);
        if (chunk->length == 0)
            continue;
        assert_int_equal(chunk->offset, at);
        assert_true(at + chunk->length <= length);
        assert_memory_equal(chunk->text, bytes + at, chunk->length);
        at += chunk->length;
        assert_true(at == length || bytes[at - 1] == '\n');
    }
    assert_int_equal(at, length);
    assert_true(reader->last >= reader->capacity || !reader->chunks[reader->last].taken);
}

#endif
