// SERIES JOIN against its definition: very many small random cases, with everything that may vary varied.
#include "engine/base/error.h"
#include "operators/series_join.h"
#include "tests/support/series_join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// What one random case is like.
struct shape {
    uint32_t keys;
    int64_t times; // rows have times below
    int64_t start; // added to each
    uint32_t rounds;
    uint32_t rows; // of one round, at most
    int64_t delay; // the watermark stays that much behind
    int64_t tolerance;
    bool has_others; // other inputs hold the watermark back
    bool may_move;   // a snapshot may move the state to other instances
    bool may_be_full;
    bool with_origin;
    bool is_plain; // all of a row are words of 8 bytes; without origin
    uint32_t instances;
};

// Where the source stands.
struct source {
    uint64_t random;
    uint64_t next_id;
    int64_t newest; // watermark so far: of the rows that were
    int64_t others;
    int64_t climb; // what the times of the round have added to them
};

static struct leat_test_join join; // large, hence not on the stack

static struct shape random_shape(uint64_t *random) {
    static const int64_t tolerances[] = {0, 1, 2, 3, 5, 20, 1000, INT64_MAX};
    static const int64_t starts[] = {0, 1554096380468000, INT64_MIN + 3, INT64_MAX - 40, -7};
    struct shape shape = {
        .keys = 1 + (uint32_t)leat_test_below(random, 3),
        .times = 1 + (int64_t)leat_test_below(random, 20),
        .start = starts[leat_test_below(random, 12) % 5 * (leat_test_below(random, 4) == 0)],
        .rounds = 1 + (uint32_t)leat_test_below(random, 5),
        .rows = 1 + (uint32_t)leat_test_below(random, 12),
        .delay = (int64_t)leat_test_below(random, 12),
        .tolerance = tolerances[leat_test_below(random, LEAT_ARRAY_LEN(tolerances))],
        .has_others = leat_test_below(random, 4) == 0,
        .may_move = leat_test_below(random, 3) == 0,
        .may_be_full = leat_test_below(random, 2) == 0,
        .with_origin = leat_test_below(random, 2) == 0,
        .instances = 1 + (uint32_t)leat_test_below(random, 3),
    };
    shape.is_plain = !shape.with_origin && leat_test_below(random, 2) == 0;
    return shape;
}

static int64_t minus(int64_t time, int64_t delay) {
    return time < INT64_MIN + delay ? INT64_MIN : time - delay;
}

// One round: rows of a chunk, split into messages of both sides, which come in any order.
static void run_round(const struct shape *shape, struct source *source) {
    uint64_t *random = &source->random;
    int64_t before = source->newest, own = LEAT_TIME_MIN;
    uint32_t rows = (uint32_t)leat_test_below(random, shape->rows + 1);
    for (uint32_t i = 0; i < rows; i++) {
        int64_t time = source->climb + (int64_t)leat_test_below(random, (uint64_t)shape->times);
        time = shape->start + LEAT_MIN(time, 39);
        uint32_t key = leat_test_below(random, 10) == 0 ? LEAT_TEST_JOIN_KEYS : (uint32_t)leat_test_below(random, shape->keys);
        int64_t met = LEAT_MIN(LEAT_MAX(before, own), source->others);
        uint64_t sides = 1 + leat_test_below(random, 3); // 3: the row feeds both sides
        for (uint32_t side = 0; side < 2; side++)
            if (sides >> side & 1)
                leat_test_join_add(&join, side, key, time, source->next_id, own, met);
        source->next_id++;
        own = LEAT_MAX(own, minus(time, shape->delay));
        if (leat_test_below(random, 3) == 0)
            leat_test_join_push(&join, (uint32_t)leat_test_below(random, 2), before, source->others);
    }
    uint32_t first = (uint32_t)leat_test_below(random, 2);
    leat_test_join_push(&join, first, before, source->others);
    leat_test_join_push(&join, 1 - first, before, source->others);
    source->newest = LEAT_MAX(before, own);
}

// Where the other inputs stand: not behind what has been told.
static int64_t random_others(const struct shape *shape, uint64_t *random) {
    int64_t others = shape->start + (int64_t)leat_test_below(random, 24);
    return LEAT_MAX(join.watermark, others);
}

static const char *run_case(uint64_t seed) {
    struct source source = {.random = seed, .next_id = 1, .newest = LEAT_TIME_MIN, .others = LEAT_TIME_MAX};
    uint64_t *random = &source.random;
    struct shape shape = random_shape(random);
    if (shape.is_plain)
        leat_test_join_open_plain(&join, shape.tolerance, shape.instances);
    else
        leat_test_join_open(&join, shape.tolerance, shape.instances, shape.with_origin);
    for (uint32_t round = 0; round < shape.rounds && !join.wrong; round++) {
        if (shape.has_others)
            source.others = random_others(&shape, random);
        run_round(&shape, &source);
        leat_test_join_advance(&join, LEAT_MIN(source.newest, source.others), shape.may_be_full ? random : NULL);
        if (shape.may_move && leat_test_below(random, 2) == 0)
            leat_test_join_move(&join, 1 + (uint32_t)leat_test_below(random, LEAT_TEST_JOIN_INSTANCES));
        source.climb += (int64_t)leat_test_below(random, 6);
    }
    leat_test_join_advance(&join, LEAT_TIME_MAX, shape.may_be_full ? random : NULL);
    if (join.model.pending != 0 && !join.wrong)
        join.wrong = "rows are pending after the end";
    leat_test_join_close(&join);
    return join.wrong;
}

static void pairs_and_accounts_are_those_of_the_definition(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(20240229);
#ifdef LEAT_DEBUG
    uint64_t cases = 60000;
#else
    uint64_t cases = 200000;
#endif
    cases = leat_test_is_long() ? 5000000 : cases;
    for (uint64_t i = 0; i < cases; i++) {
        const char *wrong = run_case(seed + i);
        if (wrong) {
            print_error("LEAT_SEED=%llu: %s (%s)\n", (unsigned long long)(seed + i), wrong, leat_error_text());
            fail();
        }
    }
}

// Many rows of few keys, so that leaves split and merge; the model's own pace allows a few hundred.
static void many_rows_of_a_key_in_any_order_are_joined(void **state) {
    (void)state;
    uint64_t random = leat_test_seed(7);
    for (uint32_t order = 0; order < 8; order++) {
        leat_test_join_open(&join, 1 + (int64_t)leat_test_below(&random, 40), 1, true);
        uint64_t id = 1;
        int64_t time = 3000;
        for (uint32_t i = 0; i < 700; i++) {
            static const uint32_t stretches[] = {1, 5, 100, 1000};
            if (leat_test_below(&random, stretches[order % 4]) == 0)
                time = (int64_t)leat_test_below(&random, 6000);
            time += (int64_t)leat_test_below(&random, 5) * (order < 4 ? 1 : -1);
            uint32_t side = (uint32_t)leat_test_below(&random, 2);
            leat_test_join_add(&join, side, 2, LEAT_MAX(time, 0), id++, LEAT_TIME_MIN, -1);
            if (i % 100 == 99) {
                leat_test_join_push(&join, 0, -1, LEAT_TIME_MAX);
                leat_test_join_push(&join, 1, -1, LEAT_TIME_MAX);
            }
        }
        for (int64_t watermark = 0; watermark < 6000; watermark += 1500)
            leat_test_join_advance(&join, watermark, &random);
        leat_test_join_move(&join, 2);
        leat_test_join_advance(&join, LEAT_TIME_MAX, &random);
        leat_test_join_close(&join);
        if (join.wrong) {
            print_error("order %u: %s\n", order, join.wrong);
            fail();
        }
    }
}

// Rows of one side before a few of the other, each of which is joined with all of them: output stops in the middle of one row's pairs.
static void a_row_may_have_more_partners_than_a_batch_has_rows(void **state) {
    (void)state;
    uint64_t random = leat_test_seed(41);
    for (uint32_t side = 0; side < 2; side++) {
        leat_test_join_open(&join, INT64_MAX, 1, true);
        uint64_t id = 1;
        for (int64_t time = 0; time < 1500; time++) {
            leat_test_join_add(&join, side, 0, time, id++, LEAT_TIME_MIN, -1);
            if (time % 500 == 499)
                leat_test_join_push(&join, side, -1, LEAT_TIME_MAX);
        }
        leat_test_join_advance(&join, 1000, NULL);
        for (int64_t time = 1498; time < 1502; time++)
            leat_test_join_add(&join, 1 - side, 0, time, id++, LEAT_TIME_MIN, -1);
        leat_test_join_push(&join, 1 - side, 1000, LEAT_TIME_MAX);
        leat_test_join_advance(&join, LEAT_TIME_MAX, &random);
        leat_test_join_close(&join);
        assert_true(join.model.out > 1500 && !join.wrong);
    }
}

static void the_output_watermark_is_behind_by_the_tolerance(void **state) {
    (void)state;
    leat_test_join_open(&join, 1000, 1, false);
    const void *one = join.state[0];
    assert_int_equal(leat_series_join_ops.output_watermark(one, 5000), 4000);
    assert_int_equal(leat_series_join_ops.output_watermark(one, LEAT_TIME_MIN), LEAT_TIME_MIN);
    assert_int_equal(leat_series_join_ops.output_watermark(one, LEAT_TIME_MIN + 999), LEAT_TIME_MIN);
    assert_int_equal(leat_series_join_ops.output_watermark(one, LEAT_TIME_MAX), LEAT_TIME_MAX);
    leat_test_join_close(&join);
    assert_null(join.wrong);
}

static void a_later_row_of_the_same_time_replaces_the_earlier(void **state) {
    (void)state;
    leat_test_join_open(&join, 10, 1, false);
    leat_test_join_add(&join, 0, 0, 100, 1, LEAT_TIME_MIN, LEAT_TIME_MIN);
    leat_test_join_add(&join, 0, 0, 100, 2, LEAT_TIME_MIN, LEAT_TIME_MIN);
    leat_test_join_push(&join, 0, LEAT_TIME_MIN, LEAT_TIME_MAX);
    leat_test_join_add(&join, 1, 0, 105, 3, LEAT_TIME_MIN, LEAT_TIME_MIN);
    leat_test_join_push(&join, 1, LEAT_TIME_MIN, LEAT_TIME_MAX);
    const struct leat_account *account = leat_series_join_ops.account(join.state[0]);
    assert_int_equal(account->taken, 1);
    assert_int_equal(account->pending, 2);
    leat_test_join_advance(&join, LEAT_TIME_MAX, NULL);
    assert_int_equal(account->out, 1);
    assert_int_equal(account->taken, 3);
    assert_int_equal(account->pending, 0);
    leat_test_join_close(&join);
    assert_null(join.wrong);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_row_of_the_same_time_replaces_the_earlier),
        cmocka_unit_test(a_row_may_have_more_partners_than_a_batch_has_rows),
        cmocka_unit_test(the_output_watermark_is_behind_by_the_tolerance),
        cmocka_unit_test(many_rows_of_a_key_in_any_order_are_joined),
        cmocka_unit_test(pairs_and_accounts_are_those_of_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
