#include "engine/state/slab.h"

#include "engine/base/error.h"
#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LIVE_MAX = 3000 };

struct block {
    char *at;
    size_t bytes;
    uint8_t mark;
};

static void fill(struct block *block, uint64_t *random) {
    block->mark = (uint8_t)leat_test_random(random);
    memset(block->at, block->mark, block->bytes);
}

static void check(const struct block *block) {
    assert_int_equal((uintptr_t)block->at % 8, 0);
    for (size_t i = 0; i < block->bytes; i++)
        if ((uint8_t)block->at[i] != block->mark)
            fail_msg("byte %zu of a block of %zu has changed", i, block->bytes);
}

static void blocks_of_any_size_keep_their_bytes(void **state) {
    (void)state;
    static struct block live[LIVE_MAX];
    struct leat_budget budget = {.owner = "test"};
    struct leat_store store;
    uint64_t random = leat_test_seed(11);
    uint32_t count = 0;
    leat_store_open(&store, &budget);
    for (uint32_t step = 0; step < 100000; step++) {
        bool grow = step / 20000 % 2 == 0;
        if (count < LIVE_MAX && leat_test_below(&random, 10) < (grow ? 7 : 3)) {
            struct block *block = &live[count++];
            block->bytes = 1 + leat_test_below(&random, leat_test_below(&random, 20) ? 200 : 6000);
            block->at = leat_store_alloc(&store, block->bytes);
            assert_non_null(block->at);
            fill(block, &random);
        } else if (count > 0) {
            uint32_t i = (uint32_t)leat_test_below(&random, count);
            check(&live[i]);
            leat_store_free(&store, live[i].at, live[i].bytes);
            live[i] = live[--count];
        }
        if (step % 5000 == 0)
            leat_store_trim(&store);
    }
    while (count > 0) {
        check(&live[--count]);
        leat_store_free(&store, live[count].at, live[count].bytes);
    }
    leat_store_trim(&store);
    leat_store_trim(&store);
    assert_int_equal(budget.used_bytes, 0);
    leat_store_close(&store);
}

static void every_size_has_a_class_that_holds_it(void **state) {
    (void)state;
    struct leat_store store;
    leat_store_open(&store, NULL);
    for (size_t bytes = 1; bytes <= LEAT_STORE_BLOCK_BYTES_MAX + 1; bytes++) {
        char *first = leat_store_alloc(&store, bytes);
        char *second = leat_store_alloc(&store, bytes);
        assert_true(first && second && (first + bytes <= second || second + bytes <= first));
        memset(first, 1, bytes);
        memset(second, 2, bytes);
        leat_store_free(&store, first, bytes);
        leat_store_free(&store, second, bytes);
    }
    leat_store_close(&store);
}

static void a_slab_in_steady_use_does_not_call_the_allocator(void **state) {
    (void)state;
    static void *blocks[2][1000];
    struct leat_slab slab;
    leat_slab_open(&slab, NULL, 40);
    uint64_t calls = 0;
    for (uint32_t round = 0; round < 100; round++) {
        if (round == 10)
            calls = leat_memory_calls();
        assert_true(leat_slab_alloc(&slab, blocks[round % 2], 1000));
        if (round > 0)
            leat_slab_free(&slab, blocks[1 - round % 2], 1000);
        if (round % 7 == 0)
            leat_slab_trim(&slab);
    }
    assert_int_equal(leat_memory_calls(), calls);
    leat_slab_free(&slab, blocks[1], 1000);
    leat_slab_close(&slab);
}

static void a_failed_alloc_takes_nothing(void **state) {
    (void)state;
    static void *blocks[1000];
    struct leat_budget budget = {.owner = "rows", .limit_bytes = 40000};
    struct leat_slab slab;
    leat_slab_open(&slab, &budget, 56);
    assert_false(leat_slab_alloc(&slab, blocks, 1000));
    leat_error_clear();
    assert_int_equal(slab.pages, slab.pages_empty);
    assert_true(leat_slab_alloc(&slab, blocks, 400));
    leat_slab_free(&slab, blocks, 400);
    leat_slab_close(&slab);
    assert_int_equal(budget.used_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_any_size_keep_their_bytes),
        cmocka_unit_test(every_size_has_a_class_that_holds_it),
        cmocka_unit_test(a_slab_in_steady_use_does_not_call_the_allocator),
        cmocka_unit_test(a_failed_alloc_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
