// Plans of tumbling windows for tests: every aggregate over every type, any of two keys.
#ifndef LEAT_TESTS_SUPPORT_WINDOW_PLAN_H
#define LEAT_TESTS_SUPPORT_WINDOW_PLAN_H

#include "operators/window_tumble.h"
#include "tests/support/rows.h"

// Input columns of the windows under test; see leat_test_window_physical.
enum leat_test_window_column {
    LEAT_TEST_TIME,
    LEAT_TEST_KEY_TEXT,
    LEAT_TEST_KEY_INT,
    LEAT_TEST_INT,
    LEAT_TEST_BIGINT,
    LEAT_TEST_DOUBLE,
    LEAT_TEST_TEXT,
    LEAT_TEST_FLAG,
    LEAT_TEST_INPUTS
};

// Room for the aggregates and outputs of one plan.
#define LEAT_TEST_WINDOW_OUTPUTS_MAX 32

// Aggregates that a mask may name: COUNT(*) is bit 0, MIN and MAX of the text are the bits of the second mask.
#define LEAT_TEST_COUNT_ALL_MASK (1u << 0)
#define LEAT_TEST_TEXTS_MASK     (3u << 15)

// A plan with what it points to; must stay where it is.
struct leat_test_window {
    struct leat_window_tumble_spec spec;
    uint16_t key[2];
    uint8_t key_physical[2];
    struct leat_window_aggregate aggregates[LEAT_TEST_WINDOW_OUTPUTS_MAX];
    struct leat_window_output outputs[LEAT_TEST_WINDOW_OUTPUTS_MAX];
    uint8_t output_physical[LEAT_TEST_WINDOW_OUTPUTS_MAX];
};

// The physical forms of the input columns.
extern const uint8_t leat_test_window_physical[LEAT_TEST_INPUTS];

// Makes a plan that hands on the window's start, the keys of key_mask (bit 0: the text, bit 1: the INT), the aggregates of
// aggregate_mask, the window's end and its time, in this order.
void leat_test_window_make(struct leat_test_window *plan, int64_t size_us, int64_t offset_us, uint32_t key_mask, uint32_t aggregate_mask);

// How many aggregates there are: the low bits of a mask that mean something.
uint32_t leat_test_window_aggregates(void);

#endif
