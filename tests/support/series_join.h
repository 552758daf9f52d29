// A SERIES JOIN under test beside a model of it that follows the definition word by word: slow, obvious, and sharing nothing with it.
#ifndef LEAT_TESTS_SUPPORT_SERIES_JOIN_H
#define LEAT_TESTS_SUPPORT_SERIES_JOIN_H

#include "engine/runtime/opspec.h"
#include "engine/state/snapshot.h"
#include "tests/support/rows.h"

// Most rows of one test case, instances of the operator, keys.
#define LEAT_TEST_JOIN_ROWS      4096
#define LEAT_TEST_JOIN_INSTANCES 4
#define LEAT_TEST_JOIN_KEYS      8

// A row the model has accepted: neither late nor without a key.
struct leat_test_join_row {
    int64_t time;
    uint64_t id;
    uint64_t position;
    uint32_t side;
    uint32_t key;
    bool joined;
    bool dead; // nothing can come any more that would be joined with it
};

// A pair, expected or found; no padding, since they are compared as bytes.
struct leat_test_join_pair {
    uint64_t key;
    int64_t left_time;
    int64_t right_time;
    uint64_t left_id;
    uint64_t right_id;
    uint64_t position;
};

struct leat_test_join_pairs {
    struct leat_test_join_pair *at;
    uint32_t count;
    uint32_t capacity;
};

// The operator's instances, the message being made for each side, the output, and the model.
struct leat_test_join {
    struct leat_series_join_spec spec;
    struct leat_budget budget;
    uint32_t instances;
    void *state[LEAT_TEST_JOIN_INSTANCES];
    struct leat_account closed;  // of instances that are gone, without what was pending
    struct leat_test_rows *rows; // of the two sides; these and the output are kept from case to case
    struct leat_test_output *output;
    bool with_origin;
    bool plain; // payload of numbers only
    struct leat_test_join_pairs found;
    struct leat_test_join_pairs expected;
    struct leat_account model;
    int64_t watermark;
    struct leat_test_join_row model_rows[LEAT_TEST_JOIN_ROWS];
    uint32_t model_count;
    const char *wrong; // the first thing found wrong, NULL while all is well
};

// Opens an operator of that many instances and the model. What a row holds beside key and time is made from its id.
void leat_test_join_open(struct leat_test_join *join, int64_t tolerance_us, uint32_t instances, bool with_origin);

// The same without origins, for rows that keep nothing but words of 8 bytes: two columns on the right, and on the left one more, in which
// some values are NULL.
void leat_test_join_open_plain(struct leat_test_join *join, int64_t tolerance_us, uint32_t instances);

// Closes everything; sets `wrong` when memory is left.
void leat_test_join_close(struct leat_test_join *join);

// Adds a row to the message of its side, and to the model. Key LEAT_TEST_JOIN_KEYS is NULL. `own` is what a row's watermark column says,
// `met` the watermark it meets.
void leat_test_join_add(struct leat_test_join *join, uint32_t side, uint32_t key, int64_t time, uint64_t id, int64_t own, int64_t met);

// Pushes the message of a side to the instances that own its keys, and empties it.
void leat_test_join_push(struct leat_test_join *join, uint32_t side, int64_t before, int64_t others);

// Advances all instances, giving output room only bit by bit when `random` is not NULL, and compares pairs and accounts with the model's.
void leat_test_join_advance(struct leat_test_join *join, int64_t watermark_us, uint64_t *random);

// Replaces the instances by `instances` new ones made from their snapshots.
void leat_test_join_move(struct leat_test_join *join, uint32_t instances);

#endif
