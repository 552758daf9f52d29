// Snapshots of keyed state: one growing run of bytes per key group, in memory. A checkpoint writes the runs to disk as they are.
//
// A run starts with the version of its writer (a varint), followed by whatever the operator puts, in its own order. Numbers are
// little-endian or varints (LEB128: seven bits a byte, lowest first; signed ones zigzag first), bytes and texts are a varint length and the
// bytes. Nothing depends on how many workers wrote or read it, as long as each key group was written by one of them.
#ifndef LEAT_ENGINE_STATE_SNAPSHOT_H
#define LEAT_ENGINE_STATE_SNAPSHOT_H

#include "engine/base/hash.h"
#include "engine/base/memory.h"

// The bytes of one key group.
struct leat_snapshot_run {
    uint8_t *bytes;
    size_t used_bytes;
    size_t capacity_bytes;
};

// All runs of one operator, or of one worker's instance of it. Zero-initialise with a budget (may be NULL).
struct leat_snapshot {
    struct leat_budget *budget;
    struct leat_snapshot_run runs[LEAT_KEY_GROUPS];
};

// Gives the bytes back.
void leat_snapshot_free(struct leat_snapshot *snapshot);

// Moves the runs of `from` into `into`, which must be empty there; both have the same budget. Puts together what several workers wrote.
void leat_snapshot_move(struct leat_snapshot *into, struct leat_snapshot *from);

// Writes into a snapshot. Used by one thread at a time. Set `snapshot`, zero the rest.
// Failures stick: when the budget is spent the error is set, every later put does nothing and leat_snapshot_writer_status tells.
struct leat_snapshot_writer {
    struct leat_snapshot *snapshot;
    struct leat_snapshot_run *run; // of the group selected last
    bool failed;
};

// Puts go to the run of `group` from now on, at its end. Returns true when the run was empty: it now begins with `version`, and the caller
// puts what stands once at the beginning of a group.
bool leat_snapshot_select(struct leat_snapshot_writer *writer, uint32_t group, uint64_t version);

void leat_snapshot_put_u64(struct leat_snapshot_writer *writer, uint64_t value);  // varint
void leat_snapshot_put_i64(struct leat_snapshot_writer *writer, int64_t value);   // zigzag varint
void leat_snapshot_put_word(struct leat_snapshot_writer *writer, uint64_t word);  // 8 bytes as they are: hashes, bits of doubles
void leat_snapshot_put_double(struct leat_snapshot_writer *writer, double value); // its bits, NaN included
void leat_snapshot_put_bytes(struct leat_snapshot_writer *writer, const void *bytes, size_t length); // length and bytes
void leat_snapshot_put_text(struct leat_snapshot_writer *writer, const struct leat_text *text);      // the same form as bytes

// 0, or -1 with the error set when a put has failed.
int leat_snapshot_writer_status(const struct leat_snapshot_writer *writer);

// Reads the key groups that `worker` of `workers` owns, in ascending order. Set those three, zero the rest. The bytes are not trusted: a
// get that does not find what it wants returns false, and so does every later one until the next group.
struct leat_snapshot_reader {
    const struct leat_snapshot *snapshot;
    uint32_t worker;
    uint32_t workers;
    uint32_t next_group; // where the search goes on
    uint32_t group;      // of the run being read
    const uint8_t *at;
    const uint8_t *end;
    bool damaged;
};

// Goes to the next key group that has a run. 1: there is one, 0: no more, -1 with the error set: it was written in another version than
// `version`, the run left behind was damaged, or it was not read to its end.
int leat_snapshot_next_group(struct leat_snapshot_reader *reader, uint64_t version);

// True while bytes of the current group are left.
static inline bool leat_snapshot_has_more(const struct leat_snapshot_reader *reader) {
    return reader->at < reader->end && !reader->damaged;
}

bool leat_snapshot_get_u64(struct leat_snapshot_reader *reader, uint64_t *value);  // what put_u64 put
bool leat_snapshot_get_i64(struct leat_snapshot_reader *reader, int64_t *value);   // what put_i64 put
bool leat_snapshot_get_word(struct leat_snapshot_reader *reader, uint64_t *word);  // what put_word put
bool leat_snapshot_get_double(struct leat_snapshot_reader *reader, double *value); // what put_double put
// What put_bytes or put_text put: points into the snapshot.
bool leat_snapshot_get_bytes(struct leat_snapshot_reader *reader, const void **bytes, size_t *length);
// The same as a text, whose long bytes stay in the snapshot.
bool leat_snapshot_get_text(struct leat_snapshot_reader *reader, struct leat_text *text);

// Marks the current group as damaged (a value that makes no sense to the operator). Returns false.
bool leat_snapshot_damage(struct leat_snapshot_reader *reader);

// Sets the error that says which group is damaged, and returns -1.
int leat_snapshot_reader_error(const struct leat_snapshot_reader *reader);

#endif
