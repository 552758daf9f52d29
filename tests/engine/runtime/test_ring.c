// Rings and pools: capacity, order, wrap-around, and two threads that hand batches to each other.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/buffer.h"
#include "engine/runtime/pool.h"
#include "engine/runtime/ring.h"
#include "tests/support/rows.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_ring_holds_what_it_says(void **state) {
    (void)state;
    for (uint32_t entries = 1; entries < 70; entries++) {
        struct leat_ring ring;
        struct leat_budget budget = {.owner = "test"};
        struct leat_message message = {0};
        assert_int_equal(leat_ring_create(&ring, &budget, entries, sizeof(message)), 0);
        assert_true(ring.capacity >= entries);
        assert_false(leat_ring_pop(&ring, &message));
        for (uint32_t i = 0; i < ring.capacity; i++) {
            assert_true(leat_ring_has_room(&ring));
            assert_int_equal(leat_ring_length(&ring), i);
            message.number = i;
            assert_true(leat_ring_push(&ring, &message));
        }
        assert_false(leat_ring_has_room(&ring));
        message.number = 999;
        assert_false(leat_ring_push(&ring, &message));
        for (uint32_t i = 0; i < ring.capacity; i++) {
            assert_true(leat_ring_pop(&ring, &message));
            assert_int_equal(message.number, i);
        }
        assert_false(leat_ring_pop(&ring, &message));
        assert_int_equal(leat_ring_length(&ring), 0);
        leat_ring_destroy(&ring, &budget);
        assert_int_equal(budget.used_bytes, 0);
    }
}

static void messages_come_out_as_they_went_in_round_and_round(void **state) {
    (void)state;
    struct leat_ring ring;
    uint64_t random = leat_test_seed(5), in = 0, out = 0;
    assert_int_equal(leat_ring_create(&ring, NULL, 7, sizeof(struct leat_message)), 0);
    // Near the end of the counters, which wrap: millions of messages are too few to come there.
    ring.ring.c_head = ring.ring.p_head = ring.ring.p_tail = UINT32_MAX - 100;
    for (int i = 0; i < 10000; i++) {
        if (leat_test_below(&random, 2)) {
            struct leat_message message = {.number = in, .watermark = -(int64_t)in, .row_count = (uint32_t)in, .flags = (uint32_t)in * 3};
            in += leat_ring_push(&ring, &message);
            assert_true(in - out <= ring.capacity);
        } else {
            struct leat_message message;
            bool popped = leat_ring_pop(&ring, &message);
            assert_int_equal(popped, in > out);
            if (!popped)
                continue;
            assert_int_equal(message.number, out);
            assert_int_equal(message.watermark, -(int64_t)out);
            assert_int_equal(message.flags, (uint32_t)out * 3);
            out++;
        }
        assert_int_equal(leat_ring_length(&ring), in - out);
    }
    leat_ring_destroy(&ring, NULL);
}

static void a_ring_without_memory_is_refused(void **state) {
    (void)state;
    struct leat_ring ring;
    leat_memory_fail_at(1);
    assert_int_equal(leat_ring_create(&ring, NULL, 7, 8), -1);
    leat_ring_destroy(&ring, NULL);
    leat_error_clear();
}

// ---- Two threads ----

struct two {
    struct leat_ring forth, back;
    uint64_t count;
};

static void *echo(void *argument) {
    struct two *two = argument;
    for (uint64_t i = 0; i < two->count;) {
        struct leat_message message;
        if (!leat_ring_pop(&two->forth, &message)) {
            sched_yield();
            continue;
        }
        if (message.number != i || *(const uint64_t *)(const void *)message.hash != i * 7) // what was written before the push
            return (void *)1;
        while (!leat_ring_push_pointer(&two->back, (void *)(uintptr_t)message.hash))
            sched_yield();
        i++;
    }
    return NULL;
}

static void two_threads_see_each_others_writes_in_order(void **state) {
    (void)state;
    struct two two = {.count = leat_test_is_long() ? 20000000 : 300000};
    uint64_t payload[16], sent = 0, came = 0;
    uint64_t *free_payload[16];
    uint32_t free_count = 16;
    pthread_t thread;
    assert_int_equal(leat_ring_create(&two.forth, NULL, 7, sizeof(struct leat_message)), 0);
    assert_int_equal(leat_ring_create(&two.back, NULL, 16, sizeof(void *)), 0);
    for (uint32_t i = 0; i < 16; i++)
        free_payload[i] = &payload[i];
    assert_int_equal(pthread_create(&thread, NULL, echo, &two), 0);
    while (came < two.count) {
        bool busy = false;
        if (sent < two.count && free_count > 0) {
            uint64_t *mine = free_payload[free_count - 1];
            *mine = sent * 7;
            struct leat_message message = {.number = sent, .hash = mine};
            if (leat_ring_push(&two.forth, &message))
                free_count--, sent++, busy = true;
        }
        void *returned = leat_ring_pop_pointer(&two.back);
        if (returned)
            free_payload[free_count++] = returned, came++, busy = true;
        if (!busy)
            sched_yield();
    }
    void *failed;
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    assert_int_equal(free_count, 16);
    leat_ring_destroy(&two.forth, NULL);
    leat_ring_destroy(&two.back, NULL);
}

// ---- Buffers ----

static void buffers_are_counted_and_used_again(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_buffer_pool pool = {.budget = &budget, .count_max = 2};
    struct leat_buffer *a = leat_buffer_take(&pool, 100), *b = leat_buffer_take(&pool, 200);
    assert_non_null(a);
    assert_non_null(b);
    leat_error_clear();
    assert_null(leat_buffer_take(&pool, 1));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE); // all in use is no error
    assert_true(a->bytes >= 100 && b->bytes >= 200);
    memset(a->data, 'a', a->bytes + LEAT_INPUT_PADDING);
    leat_buffer_hold(a);
    leat_buffer_release(a);
    assert_null(leat_buffer_take(&pool, 1)); // one owner is left
    assert_int_equal(leat_buffer_grow(a, 100, 5000), 0);
    assert_true(a->bytes >= 5000);
    for (int i = 0; i < 100; i++)
        assert_int_equal(a->data[i], 'a');
    leat_buffer_release(a);
    uint64_t calls = leat_memory_calls();
    struct leat_buffer *again = leat_buffer_take(&pool, 4000);
    assert_ptr_equal(again, a);
    assert_int_equal(again->references, 1);
    assert_int_equal(leat_memory_calls(), calls);
    leat_memory_fail_at(1);
    assert_int_equal(leat_buffer_grow(again, 10, 10000), -1); // and is as it was
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_int_equal(again->data[99], 'a');
    leat_buffer_release(again);
    leat_memory_fail_at(1);
    assert_null(leat_buffer_take(&pool, 20000));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    leat_error_clear();
    leat_buffer_release(b);
    leat_buffer_release(NULL);
    leat_buffer_pool_destroy(&pool);
    assert_int_equal(budget.used_bytes, 0);
}

// ---- Pools ----

static const uint8_t physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_BOOL};

static void batches_go_out_and_come_home(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_pool pool;
    const struct leat_pool_shape shape = {.physical = physical,
                                          .column_count = 3,
                                          .with_watermark = true,
                                          .batch_count = 3,
                                          .channel_count = 2,
                                          .workers = 4,
                                          .home_worker = 1};
    assert_int_equal(leat_pool_create(&pool, &shape, &budget), 0);
    struct leat_batch *batches[3];
    for (uint32_t i = 0; i < 3; i++) {
        batches[i] = leat_pool_take(&pool);
        assert_non_null(batches[i]);
        assert_ptr_equal(batches[i]->home, &pool);
        assert_int_equal(batches[i]->rows, 0);
        for (uint32_t k = 0; k < i; k++)
            assert_ptr_not_equal(batches[i], batches[k]);
        for (uint32_t channel = 0; channel < 2; channel++) {
            struct leat_route *route = leat_pool_route(&pool, batches[i], channel);
            memset(route->rows, 1, sizeof(uint16_t) * LEAT_BATCH_ROWS);
            memset(route->hash, 2, sizeof(uint64_t) * LEAT_BATCH_ROWS);
            memset(route->offsets, 3, sizeof(uint16_t) * 5);
        }
    }
    assert_null(leat_pool_take(&pool));
    for (uint32_t i = 0; i < 3; i++)
        batches[i]->messages_out = 8; // to four workers by two channels
    for (uint32_t w = 0; w < 4; w++)
        for (uint32_t i = 0; i < 6; i++)
            leat_pool_return(batches[i % 3], w); // everything at once: the return rings hold it
    batches[0]->rows = 5;
    batches[0]->columns[1].has_null = true;
    assert_int_equal(leat_pool_collect(&pool), 24);
    assert_int_equal(leat_pool_collect(&pool), 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct leat_batch *batch = leat_pool_take(&pool);
        assert_non_null(batch);
        assert_int_equal(batch->rows, 0);
        assert_false(batch->columns[1].has_null);
        leat_pool_give(&pool, batch);
    }
    leat_pool_destroy(&pool);
    assert_int_equal(budget.used_bytes, 0);
}

static void a_batch_that_comes_home_lets_go_of_its_buffer(void **state) {
    (void)state;
    struct leat_buffer_pool buffers = {.count_max = 1};
    struct leat_pool pool;
    const struct leat_pool_shape shape = {.physical = physical, .column_count = 3, .batch_count = 2, .channel_count = 1, .workers = 1};
    assert_int_equal(leat_pool_create(&pool, &shape, NULL), 0);
    struct leat_batch *batch = leat_pool_take(&pool);
    batch->buffer = leat_buffer_take(&buffers, 10);
    batch->messages_out = 1;
    assert_null(leat_buffer_take(&buffers, 10));
    leat_pool_return(batch, 0);
    assert_int_equal(leat_pool_collect(&pool), 1);
    struct leat_buffer *buffer = leat_buffer_take(&buffers, 10);
    assert_non_null(buffer);
    batch = leat_pool_take(&pool);
    batch->buffer = buffer;
    batch->messages_out = 1; // out for ever, as in a job that failed
    leat_pool_destroy(&pool);
    leat_buffer_pool_destroy(&buffers);
}

static void a_batch_has_the_columns_it_was_made_with(void **state) {
    (void)state;
    static const uint8_t forms[] = {LEAT_PHYSICAL_BOOL, LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_TEXT};
    for (int hidden = 0; hidden < 4; hidden++) {
        struct leat_budget budget = {.owner = "test"};
        struct leat_batch *batch = leat_batch_create(&budget, forms, 5, hidden & 1, hidden & 2);
        assert_non_null(batch);
        assert_int_equal(batch->watermark != NULL, hidden & 1);
        assert_int_equal(batch->time != NULL, hidden >> 1);
        assert_int_equal(batch->position != NULL, hidden >> 1);
        for (uint32_t c = 0; c < 5; c++) { // each has all its room, apart from the others
            assert_int_equal((uintptr_t)batch->columns[c].data % LEAT_CACHE_LINE, 0);
            memset(batch->columns[c].data, (int)c + 1, leat_physical_bytes(forms[c]) * LEAT_BATCH_ROWS);
            leat_column_fill_valid(&batch->columns[c], LEAT_BATCH_ROWS);
            leat_column_set_null(&batch->columns[c], 1023 - c);
        }
        if (hidden & 1)
            memset(batch->watermark, 77, sizeof(int64_t) * LEAT_BATCH_ROWS);
        if (hidden & 2) {
            memset(batch->time, 78, sizeof(int64_t) * LEAT_BATCH_ROWS);
            memset(batch->position, 79, sizeof(uint64_t) * LEAT_BATCH_ROWS);
        }
        for (uint32_t c = 0; c < 5; c++) {
            const uint8_t *bytes = batch->columns[c].data;
            for (size_t i = 0; i < leat_physical_bytes(forms[c]) * LEAT_BATCH_ROWS; i++)
                assert_int_equal(bytes[i], c + 1);
            for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++)
                assert_int_equal(leat_column_is_valid(&batch->columns[c], row), row != 1023 - c);
        }
        leat_batch_reset(batch);
        assert_true(leat_column_is_valid(&batch->columns[0], 1023));
        leat_batch_destroy(&budget, batch);
        assert_int_equal(budget.used_bytes, 0);
    }
}

// ---- A worker that fills batches and a worker that reads them ----

struct shop {
    struct leat_pool pool;
    struct leat_ring ring;
    uint64_t batches;
};

static void *consume(void *argument) {
    struct shop *shop = argument;
    for (uint64_t i = 0; i < shop->batches;) {
        struct leat_message message;
        if (!leat_ring_pop(&shop->ring, &message)) {
            sched_yield();
            continue;
        }
        for (uint32_t row = 0; row < message.batch->rows; row++)
            if (leat_column_int64(&message.batch->columns[0])[row] != (int64_t)(i * 1000 + row))
                return (void *)1;
        leat_pool_return(message.batch, 1);
        i++;
    }
    return NULL;
}

static void a_batch_is_not_filled_again_before_it_is_home(void **state) {
    (void)state;
    struct shop shop = {.batches = leat_test_is_long() ? 1000000 : 20000};
    const struct leat_pool_shape shape = {.physical = physical, .column_count = 3, .batch_count = 3, .channel_count = 1, .workers = 2};
    assert_int_equal(leat_pool_create(&shop.pool, &shape, NULL), 0);
    assert_int_equal(leat_ring_create(&shop.ring, NULL, 3, sizeof(struct leat_message)), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, consume, &shop), 0);
    for (uint64_t i = 0; i < shop.batches;) {
        struct leat_batch *batch = leat_pool_take(&shop.pool);
        if (!batch) {
            sched_yield();
            continue;
        }
        batch->rows = 1 + (uint32_t)(i % 20);
        for (uint32_t row = 0; row < batch->rows; row++)
            leat_column_int64(&batch->columns[0])[row] = (int64_t)(i * 1000 + row);
        struct leat_message message = {.batch = batch, .number = i};
        batch->messages_out = 1;
        while (!leat_ring_push(&shop.ring, &message))
            sched_yield();
        i++;
    }
    void *failed;
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    leat_ring_destroy(&shop.ring, NULL);
    leat_pool_destroy(&shop.pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_holds_what_it_says),
        cmocka_unit_test(messages_come_out_as_they_went_in_round_and_round),
        cmocka_unit_test(a_ring_without_memory_is_refused),
        cmocka_unit_test(two_threads_see_each_others_writes_in_order),
        cmocka_unit_test(buffers_are_counted_and_used_again),
        cmocka_unit_test(batches_go_out_and_come_home),
        cmocka_unit_test(a_batch_that_comes_home_lets_go_of_its_buffer),
        cmocka_unit_test(a_batch_has_the_columns_it_was_made_with),
        cmocka_unit_test(a_batch_is_not_filled_again_before_it_is_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
