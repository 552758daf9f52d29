// What an instance of SERIES JOIN holds; shared by its files only.
//
// A row is kept packed, in 8-byte words: its time, its flags, its payload columns (two words for a text, whose long bytes stand in the
// store), and, where pairs have an origin, its position. Flag 0 says that it has been joined at least once, flag 1 + i that payload column
// i has a value. Keys with something to do lie in a radix heap by the time at which it falls due (Ahuja, Mehlhorn, Orlin, Tarjan, 1990):
// the watermark only grows, so a key changes its bucket a few times at most and idle keys are never looked at.
#ifndef LEAT_OPERATORS_SERIES_JOIN_STATE_H
#define LEAT_OPERATORS_SERIES_JOIN_STATE_H

#include "engine/state/keymap.h"
#include "operators/series_join.h"
#include "operators/series_join_timeline.h"

// Version of the snapshot's bytes.
#define LEAT_SERIES_JOIN_VERSION 1

// Buckets of the radix heap: 1 + the highest bit in which a due time differs from the watermark. 0 is "in no bucket".
#define LEAT_SERIES_BUCKETS 65

// Pairs that are collected before they are written.
#define LEAT_SERIES_PAIRS LEAT_BATCH_ROWS

// The value of a key; all zero is new.
struct leat_series_key {
    struct leat_series_timeline sides[2];
    int64_t due; // the earliest watermark at which something has to be done; meaningful when in a bucket
    struct leat_series_key *next;
    struct leat_series_key *previous; // NULL at the head of a bucket
    uint32_t bucket;
};

// Words of a packed row.
enum { LEAT_SERIES_TIME, LEAT_SERIES_FLAGS };

#define LEAT_SERIES_JOINED UINT64_C(1) // in the first word of flags

// How the rows of one side are packed.
struct leat_series_side {
    const struct leat_series_join_input *input;
    uint16_t *cell; // word of each payload column
    uint32_t flag_words;
    uint32_t position; // word of the position, or 0: it is not kept
    bool has_text;
    bool all_words; // time, flags and few columns of 8 bytes, nothing else
    struct leat_series_leaves leaves;
};

// Rows that have left their timeline, but may still be shown by a pair: from .. to - 1 of a leaf.
struct leat_series_gone {
    struct leat_series_leaf *leaf;
    uint16_t from;
    uint16_t to;
    uint16_t side;
    bool whole; // the leaf has left too
};

// Pairs found but not yet handed on: `done` of `count` are written. The rows stand in leaves.
struct leat_series_pairs {
    uint32_t count;
    uint32_t done;
    const uint64_t *rows[2][LEAT_SERIES_PAIRS];
    void *keys[LEAT_SERIES_PAIRS];
};

// An instance: one worker's share of the keys.
struct leat_series_join {
    const struct leat_series_join_spec *spec;
    struct leat_budget *budget;
    struct leat_account account;
    struct leat_keymap keys;
    struct leat_store store; // long texts of rows, leaves of timelines
    struct leat_series_side sides[2];
    uint64_t arrivals; // rows that came without a position so far
    int64_t watermark; // of the last advance
    uint64_t advances;

    uint64_t occupied; // bit b - 1: bucket b is not empty
    struct leat_series_key *buckets[LEAT_SERIES_BUCKETS];

    // An advance that is under way.
    bool advancing;
    uint64_t step_done;             // pairs already collected of the time step it stopped in
    struct leat_series_key *work;   // keys that are due, linked by next
    struct leat_series_key *doomed; // keys without state, linked by next, deleted once their pairs are written
    struct leat_series_pairs pairs;
    struct leat_series_gone *gone;
    uint32_t gone_count;
    uint32_t gone_capacity;

    // Scratch of push.
    const uint16_t *chosen; // batch rows to take: in `selected`, or the message's own
    uint16_t selected[LEAT_BATCH_ROWS];
    void *row_keys[LEAT_BATCH_ROWS];
    uint64_t *packed; // LEAT_BATCH_ROWS rows of the wider side
};

// `time` - `tolerance`, or the smallest time.
static inline int64_t leat_series_minus(int64_t time, int64_t tolerance_us) {
    int64_t result;
    return __builtin_sub_overflow(time, tolerance_us, &result) ? INT64_MIN : result;
}

// `time` + `tolerance`, or the largest time.
static inline int64_t leat_series_plus(int64_t time, int64_t tolerance_us) {
    int64_t result;
    return __builtin_add_overflow(time, tolerance_us, &result) ? INT64_MAX : result;
}

// Puts a key that is in no bucket where its due time belongs.
void leat_series_link(struct leat_series_join *join, struct leat_series_key *key);

// Takes a key out of its bucket; it must be in one.
void leat_series_unlink(struct leat_series_join *join, struct leat_series_key *key);

// Moves all keys that are due at `watermark_us` to join->work and makes it the heap's watermark.
void leat_series_take_due(struct leat_series_join *join, int64_t watermark_us);

// The earliest watermark at which the key has something to do; only for keys with rows, settled.
int64_t leat_series_due(const struct leat_series_join *join, const struct leat_series_key *key);

// Collects the pairs of a key that are final and lets rows go that can find no partner any more. LEAT_FULL: call again when there is room.
enum leat_step leat_series_sweep(struct leat_series_join *join, struct leat_series_key *key, int64_t watermark_us,
                                 struct leat_output *output);

// Writes the collected pairs, then frees the rows and keys that have gone. LEAT_FULL with part of it done: call again.
enum leat_step leat_series_flush(struct leat_series_join *join, struct leat_output *output);

// Gives back the long texts of `count` packed rows that stand one behind the other.
void leat_series_drop_texts(struct leat_series_join *join, const struct leat_series_side *side, const uint64_t *rows, uint32_t count);

// Frees what has gone, once no pair shows it.
void leat_series_release_gone(struct leat_series_join *join);

// Whether the packed row has a value in payload column i.
static inline bool leat_series_row_is_valid(const uint64_t *row, uint32_t i) {
    return row[LEAT_SERIES_FLAGS + (i + 1) / 64] >> ((i + 1) % 64) & 1;
}

// snapshot and restore of leat_operator_ops.
int leat_series_snapshot(void *state, struct leat_snapshot_writer *writer);
int leat_series_restore(void *state, struct leat_snapshot_reader *reader); // as above

#endif
