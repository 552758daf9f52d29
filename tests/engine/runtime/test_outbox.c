// Outboxes and encoder tasks: whoever encodes, the output comes in the order of the tickets, and nobody waits for ever.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/encoder_task.h"
#include "tests/support/collect_sink.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define BOXES 5

// Several outboxes at one turnstile, before a sink that remembers.
struct boxes {
    struct leat_collect_sink sink;
    void *opened;
    struct leat_sink_run run;
    struct leat_turnstile turnstile;
    struct leat_outbox box[BOXES];
    struct leat_account account[BOXES];
    struct leat_budget budget[BOXES];
};

static void boxes_open(struct boxes *boxes, size_t bytes) {
    *boxes = (struct boxes){0};
    leat_collect_sink_init(&boxes->sink, bytes);
    const struct leat_sink_env env = {.path = boxes->sink.path};
    assert_int_equal(leat_collect_placed_ops.open(&env, &boxes->opened), 0);
    boxes->run = (struct leat_sink_run){.ops = &leat_collect_placed_ops, .sink = boxes->opened};
    for (uint32_t i = 0; i < BOXES; i++) {
        boxes->budget[i].owner = "box";
        boxes->box[i] = (struct leat_outbox){
            .budget = &boxes->budget[i], .turnstile = &boxes->turnstile, .run = &boxes->run, .account = &boxes->account[i]};
    }
}

static void boxes_close(struct boxes *boxes) {
    for (uint32_t i = 0; i < BOXES; i++) {
        leat_outbox_destroy(&boxes->box[i]);
        assert_int_equal(boxes->budget[i].used_bytes, 0);
    }
    leat_collect_placed_ops.abort(boxes->opened);
    leat_collect_placed_ops.close(boxes->opened);
    leat_collect_sink_free(&boxes->sink);
}

static void put(struct leat_outbox *box, uint64_t ticket, uint32_t records) {
    struct leat_parcel *parcel = leat_outbox_take(box);
    char line[40];
    assert_non_null(parcel);
    assert_int_equal(parcel->bytes.length, 0);
    for (uint32_t i = 0; i < records; i++) {
        int length = snprintf(line, sizeof(line), "%" PRIu64 ".%" PRIu32 "\n", ticket, i);
        assert_true(leat_bytes_reserve(&parcel->bytes, (size_t)length));
        memcpy(parcel->bytes.data + parcel->bytes.length, line, (size_t)length);
        parcel->bytes.length += (size_t)length;
    }
    parcel->ticket = ticket;
    parcel->records = records;
    leat_outbox_put(box, parcel);
}

static void output_comes_in_the_order_of_the_tickets(void **state) {
    (void)state;
    enum { TICKETS = 300 };
    uint64_t first = leat_test_seed(6);
    for (uint64_t seed = first; seed < first + (getenv("LEAT_SEED") ? 1 : 100); seed++) {
        uint64_t random = seed;
        struct boxes boxes;
        char expected[20 * TICKETS * 3];
        size_t length = 0;
        uint64_t next = 0, stop = leat_test_below(&random, 3) ? 0 : 1 + leat_test_below(&random, TICKETS), records = 0, left = 0;
        boxes_open(&boxes, sizeof(expected));
        boxes.sink.later_every = leat_test_below(&random, 2) ? 0 : 2 + (uint32_t)leat_test_below(&random, 5);
        atomic_store(&boxes.turnstile.stop, stop);
        for (uint32_t idle = 0; idle < 1000 && left < TICKETS;) {
            struct leat_outbox *box = &boxes.box[leat_test_below(&random, BOXES)];
            if (next < TICKETS && leat_test_below(&random, 2)) {
                uint32_t count = (uint32_t)leat_test_below(&random, 3);
                put(box, next, count);
                for (uint32_t i = 0; i < count && (stop == 0 || next < stop); i++, records++)
                    length += (size_t)snprintf(expected + length, 20, "%" PRIu64 ".%" PRIu32 "\n", next, i);
                next++;
                continue;
            }
            bool passed = false;
            int went = leat_outbox_flush(box, &passed);
            assert_true(went >= 0);
            left += (uint64_t)went;
            idle = went || passed ? 0 : idle + 1;
        }
        struct leat_account sum = {0};
        for (uint32_t i = 0; i < BOXES; i++) {
            sum.in += boxes.account[i].in;
            sum.taken += boxes.account[i].taken;
            sum.out += boxes.account[i].out;
            if (boxes.box[i].count)
                fail_msg("LEAT_SEED=%" PRIu64 ": something is left", seed);
        }
        if (left != TICKETS || sum.in != records || sum.taken != records || sum.out != records || boxes.sink.written != length ||
            memcmp(boxes.sink.bytes, expected, length) != 0)
            fail_msg("LEAT_SEED=%" PRIu64 ": other output than it should", seed);
        boxes_close(&boxes);
    }
}

static void parcels_are_used_again(void **state) {
    (void)state;
    struct boxes boxes;
    uint64_t calls = 0;
    boxes_open(&boxes, 100000);
    for (uint64_t ticket = 0; ticket < 1000; ticket++) {
        bool passed = false;
        put(&boxes.box[0], ticket, 5);
        assert_int_equal(leat_outbox_flush(&boxes.box[0], &passed), 1);
        assert_true(passed);
        if (ticket == 10)
            calls = leat_memory_calls();
    }
    assert_int_equal(leat_memory_calls(), calls);
    boxes_close(&boxes);
}

static void a_sink_that_fails_is_told(void **state) {
    (void)state;
    struct boxes boxes;
    bool passed = false;
    boxes_open(&boxes, 1000);
    boxes.sink.fail_at = 1;
    put(&boxes.box[0], 0, 1);
    assert_int_equal(leat_outbox_flush(&boxes.box[0], &passed), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    leat_memory_fail_at(1);
    assert_null(leat_outbox_take(&boxes.box[1]));
    boxes_close(&boxes); // what was not written is given back, too
    leat_error_clear();
}

// ---- An encoder task ----

static int encode_create(const struct leat_encode_config *config, struct leat_budget *budget, void **encoder) {
    (void)config, (void)budget;
    *encoder = (void *)1;
    return 0;
}

static void encode_destroy(void *encoder) {
    (void)encoder;
}

static int encode_numbers(void *encoder, const struct leat_batch *batch, const struct leat_selection *rows, struct leat_bytes *out) {
    (void)encoder;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (!leat_bytes_reserve(out, 30))
            return -1;
        int64_t value = leat_column_int64(&batch->columns[0])[leat_selection_row(rows, i)];
        out->length += (size_t)snprintf(out->data + out->length, 30, "%" PRId64 "\n", value);
    }
    return 0;
}

static const struct leat_encoder_ops number_encoder = {
    .name = "numbers", .create = encode_create, .destroy = encode_destroy, .encode = encode_numbers};

static void a_batch_whose_turn_it_is_never_waits_behind_those_that_wait_for_it(void **state) {
    (void)state;
    enum { WORKERS = 2, BATCHES = 12 };
    static struct leat_parking parking[WORKERS];
    static struct leat_ring rings[WORKERS * WORKERS];
    static const uint8_t physical[] = {LEAT_PHYSICAL_INT64};
    static const uint16_t row_zero[] = {0};
    struct boxes boxes;
    struct leat_pool pool;
    boxes_open(&boxes, 10000);
    const struct leat_pool_shape shape = {
        .physical = physical, .column_count = 1, .batch_count = BATCHES, .channel_count = 1, .workers = WORKERS, .home_worker = 1};
    assert_int_equal(leat_pool_create(&pool, &shape, NULL), 0);
    for (uint32_t i = 0; i < WORKERS * WORKERS; i++)
        assert_int_equal(leat_ring_create(&rings[i], NULL, 15, sizeof(struct leat_message)), 0);
    struct leat_channel channel = {.kind = LEAT_CHANNEL_SPREAD, .rings = rings, .sink = &boxes.run, .encoder = &number_encoder};
    struct leat_encoder_task task = {.channel = &channel, .worker = 0, .workers = WORKERS, .parking = parking, .encoder = (void *)1};
    task.outbox = (struct leat_outbox){.turnstile = &channel.turnstile, .run = &boxes.run, .account = &boxes.account[0]};
    task.heads = leat_memory_zalloc(NULL, sizeof(*task.heads) * WORKERS);
    // A peer has drawn ticket 0 and rests before it pushes; all later ones are here.
    for (uint32_t i = 1; i <= BATCHES; i++) {
        uint32_t ticket = i % BATCHES; // 0 comes last
        struct leat_batch *batch = leat_pool_take(&pool);
        batch->rows = 1;
        batch->messages_out = 1;
        leat_column_int64(&batch->columns[0])[0] = ticket;
        struct leat_message message = {.batch = batch, .rows = row_zero, .row_count = 1, .number = ticket};
        if (ticket == 0)
            for (uint32_t k = 0; k < 100; k++)
                assert_true(leat_encoder_task_work(&task) >= 0);
        assert_true(leat_ring_push(&rings[(ticket == 0 ? 0 : 1) * WORKERS], &message));
    }
    assert_true(task.outbox.count < BATCHES); // it has not taken more than it may hold
    for (uint32_t k = 0; k < 100; k++)
        assert_true(leat_encoder_task_work(&task) >= 0);
    assert_string_equal(boxes.sink.bytes, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n");
    assert_false(leat_encoder_task_is_finished(&task));
    const struct leat_message last = {.flags = LEAT_MESSAGE_END | LEAT_MESSAGE_LAST};
    for (uint32_t w = 0; w < WORKERS; w++)
        assert_true(leat_ring_push(&rings[w * WORKERS], &last));
    assert_true(leat_encoder_task_work(&task) >= 0);
    assert_true(leat_encoder_task_is_finished(&task));
    assert_int_equal(leat_pool_collect(&pool), BATCHES); // all are home
    leat_encoder_task_destroy(&task);
    leat_pool_destroy(&pool);
    for (uint32_t i = 0; i < WORKERS * WORKERS; i++)
        leat_ring_destroy(&rings[i], NULL);
    boxes_close(&boxes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_comes_in_the_order_of_the_tickets),
        cmocka_unit_test(parcels_are_used_again),
        cmocka_unit_test(a_sink_that_fails_is_told),
        cmocka_unit_test(a_batch_whose_turn_it_is_never_waits_behind_those_that_wait_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
