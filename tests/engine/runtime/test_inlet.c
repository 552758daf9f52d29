// Inlets: which message a stage takes next, whatever the order in which the rings were filled.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/inlet.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WORKERS = 3, LANES = 2 };

// Two lanes with one edge each into worker 1 of three.
struct fixture {
    struct leat_inlet inlet;
    struct leat_inlet_group groups[LANES];
    struct leat_channel channels[LANES];
    struct leat_graph_edge plan[LANES];
    struct leat_ring rings[LANES][WORKERS * WORKERS];
    struct leat_parking parking[WORKERS];
    struct leat_pool pool; // of worker 2
    struct leat_budget budget;
};

static void open_fixture(struct fixture *f) {
    static const uint8_t physical[] = {LEAT_PHYSICAL_INT64};
    memset(f, 0, sizeof(*f));
    f->budget.owner = "test";
    const struct leat_pool_shape shape = {.physical = physical,
                                          .column_count = 1,
                                          .with_watermark = true,
                                          .batch_count = 4,
                                          .channel_count = 1,
                                          .workers = WORKERS,
                                          .home_worker = 2};
    assert_int_equal(leat_pool_create(&f->pool, &shape, &f->budget), 0);
    f->inlet = (struct leat_inlet){
        .groups = f->groups, .group_count = LANES, .worker = 1, .workers = WORKERS, .parking = f->parking, .budget = &f->budget};
    for (uint32_t lane = 0; lane < LANES; lane++) {
        for (uint32_t i = 0; i < WORKERS * WORKERS; i++)
            assert_int_equal(leat_ring_create(&f->rings[lane][i], &f->budget, 15, sizeof(struct leat_message)), 0);
        f->channels[lane] = (struct leat_channel){.edge = &f->plan[lane], .rings = f->rings[lane]};
        struct leat_inlet_edge *edge = leat_memory_zalloc(&f->budget, sizeof(*edge));
        assert_non_null(edge);
        *edge = (struct leat_inlet_edge){
            .channel = &f->channels[lane], .port = lane, .heads = leat_memory_zalloc(&f->budget, sizeof(struct leat_message) * WORKERS)};
        f->groups[lane] =
            (struct leat_inlet_group){.edges = edge, .edge_count = 1, .watermark_us = LEAT_TIME_MIN, .round_watermark_us = LEAT_TIME_MIN};
    }
}

static void close_fixture(struct fixture *f) {
    for (uint32_t lane = 0; lane < LANES; lane++)
        for (uint32_t i = 0; i < WORKERS * WORKERS; i++)
            leat_ring_destroy(&f->rings[lane][i], &f->budget);
    leat_inlet_destroy(&f->inlet);
    leat_pool_destroy(&f->pool);
    assert_int_equal(f->budget.used_bytes, 0);
}

static void send_end(struct fixture *f, uint32_t lane, uint32_t from, uint64_t number, int64_t watermark_us, uint32_t flags) {
    const struct leat_message message = {.number = number, .watermark = watermark_us, .flags = LEAT_MESSAGE_END | flags};
    assert_true(leat_ring_push(&f->rings[lane][from * WORKERS + 1], &message));
}

static void send_batch(struct fixture *f, uint32_t lane, uint32_t from, uint64_t number) {
    struct leat_batch *batch = leat_pool_take(&f->pool);
    assert_non_null(batch);
    batch->rows = batch->messages_out = 1;
    leat_column_int64(&batch->columns[0])[0] = (int64_t)number;
    const struct leat_message message = {.batch = batch, .number = number, .row_count = 1};
    assert_true(leat_ring_push(&f->rings[lane][from * WORKERS + 1], &message));
}

// The next event, and for a batch its lane and number; sends the batch home.
static enum leat_inlet_event next(struct fixture *f, uint32_t *lane, uint64_t *number) {
    struct leat_message message;
    struct leat_inlet_edge *edge;
    enum leat_inlet_event event = leat_inlet_next(&f->inlet, &message, &edge);
    if (event == LEAT_INLET_BATCH) {
        *lane = edge->port;
        *number = (uint64_t)leat_column_int64(&message.batch->columns[0])[0];
        leat_inlet_done(&f->inlet, &message);
    }
    return event;
}

static void expect_batch(struct fixture *f, uint32_t lane, uint64_t number) {
    uint32_t found_lane = 99;
    uint64_t found = 99;
    assert_int_equal(next(f, &found_lane, &found), LEAT_INLET_BATCH);
    assert_int_equal(found_lane, lane);
    assert_int_equal(found, number);
}

static void expect(struct fixture *f, enum leat_inlet_event event) {
    uint32_t lane;
    uint64_t number;
    assert_int_equal(next(f, &lane, &number), event);
    if (event == LEAT_INLET_ROUND)
        leat_inlet_close_round(&f->inlet);
}

static void chunks_are_taken_in_their_order_from_whoever_claimed_them(void **state) {
    (void)state;
    static struct fixture f;
    open_fixture(&f);
    f.inlet.group_count = 1;
    send_batch(&f, 0, 2, 1); // the second chunk is there before the first
    send_end(&f, 0, 2, 1, 20, 0);
    expect(&f, LEAT_INLET_NONE);
    expect(&f, LEAT_INLET_NONE); // the message that was taken out of its ring is held, not lost
    send_batch(&f, 0, 0, 0);
    expect_batch(&f, 0, 0);
    expect(&f, LEAT_INLET_NONE);
    send_batch(&f, 0, 0, 0);
    send_end(&f, 0, 0, 0, 10, 0);
    expect_batch(&f, 0, 0);
    assert_true(leat_inlet_watermark(&f.inlet) == LEAT_TIME_MIN); // until the round is complete
    expect(&f, LEAT_INLET_ROUND);
    assert_int_equal(leat_inlet_watermark(&f.inlet), 10);
    expect_batch(&f, 0, 1);
    expect(&f, LEAT_INLET_ROUND);
    assert_int_equal(leat_inlet_watermark(&f.inlet), 20);
    send_end(&f, 0, 1, 2, 15, 0); // a chunk whose watermark is lower does not turn event time back
    expect(&f, LEAT_INLET_ROUND);
    assert_int_equal(leat_inlet_watermark(&f.inlet), 20);
    assert_false(leat_inlet_is_finished(&f.inlet));
    send_end(&f, 0, 1, 3, LEAT_TIME_MAX, LEAT_MESSAGE_LAST);
    expect(&f, LEAT_INLET_ROUND);
    assert_true(leat_inlet_is_finished(&f.inlet));
    assert_true(leat_inlet_watermark(&f.inlet) == LEAT_TIME_MAX);
    assert_int_equal(leat_pool_collect(&f.pool), 3);
    f.inlet.group_count = LANES;
    close_fixture(&f);
}

static void the_input_whose_watermark_is_lowest_is_next(void **state) {
    (void)state;
    static struct fixture f;
    open_fixture(&f);
    static const int64_t watermarks[LANES][4] = {{10, 30, 30, 50}, {20, 25, 40, 60}};
    for (uint32_t lane = 0; lane < LANES; lane++)
        for (uint64_t chunk = 0; chunk < 4; chunk++)
            send_end(&f, lane, (uint32_t)(chunk % WORKERS), chunk, watermarks[lane][chunk], 0);
    // Ties go to the first: 0 0 and 1 0 first, then 10 < 20, 20 < 30, 25 < 30, 30 < 40, 30 < 40, 40 < 50.
    static const uint32_t expected[] = {0, 1, 0, 1, 1, 0, 0, 1};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(expected); i++) {
        assert_int_equal(f.inlet.current, expected[i]);
        assert_true(leat_inlet_others_watermark(&f.inlet) == f.groups[1 - expected[i]].watermark_us);
        expect(&f, LEAT_INLET_ROUND);
    }
    assert_int_equal(leat_inlet_watermark(&f.inlet), 50);
    send_end(&f, 0, 0, 4, LEAT_TIME_MAX, LEAT_MESSAGE_LAST);
    expect(&f, LEAT_INLET_ROUND);
    assert_int_equal(leat_inlet_watermark(&f.inlet), 60); // an input that has ended holds nobody back
    assert_int_equal(f.inlet.current, 1);
    close_fixture(&f);
}

static void an_input_that_showed_its_barrier_waits_for_the_others(void **state) {
    (void)state;
    static struct fixture f;
    open_fixture(&f);
    send_end(&f, 0, 0, 0, 10, LEAT_MESSAGE_BARRIER);
    send_batch(&f, 0, 0, 1);
    expect(&f, LEAT_INLET_ROUND);
    for (uint64_t chunk = 0; chunk < 5; chunk++) { // far beyond the watermark of the first
        send_end(&f, 1, 1, chunk, 100 * (int64_t)(chunk + 1), chunk == 4 ? LEAT_MESSAGE_BARRIER : 0);
        assert_int_equal(f.inlet.current, 1);
        expect(&f, LEAT_INLET_ROUND);
    }
    assert_true(f.groups[0].barrier && f.groups[1].barrier);
    leat_inlet_forget_barriers(&f.inlet);
    expect_batch(&f, 0, 1);
    close_fixture(&f);
}

static void an_input_that_has_ended_answers_no_barrier(void **state) {
    (void)state;
    static struct fixture f;
    open_fixture(&f);
    send_end(&f, 0, 0, 0, 10, LEAT_MESSAGE_BARRIER);
    expect(&f, LEAT_INLET_ROUND);
    send_end(&f, 1, 1, 0, LEAT_TIME_MAX, LEAT_MESSAGE_LAST);
    expect(&f, LEAT_INLET_ROUND);
    leat_inlet_forget_barriers(&f.inlet);
    send_end(&f, 0, 2, 1, 20, 0);
    assert_int_equal(f.inlet.current, 0); // and not the one that has ended
    expect(&f, LEAT_INLET_ROUND);
    assert_int_equal(leat_inlet_watermark(&f.inlet), 20);
    close_fixture(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_taken_in_their_order_from_whoever_claimed_them),
        cmocka_unit_test(the_input_whose_watermark_is_lowest_is_next),
        cmocka_unit_test(an_input_that_showed_its_barrier_waits_for_the_others),
        cmocka_unit_test(an_input_that_has_ended_answers_no_barrier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
