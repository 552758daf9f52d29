// Heaps of batches: what lies in them stays, what is kept is used again, and they do not grow for ever.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/base/heap.h"

#include <cmocka.h>

static void texts_live_until_the_reset(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_heap heap = {.budget = &budget};
    char *at[500];
    for (uint32_t i = 0; i < 500; i++) {
        at[i] = leat_heap_alloc(&heap, 1 + i * 7);
        assert_non_null(at[i]);
        memset(at[i], (int)i, 1 + i * 7);
    }
    for (uint32_t i = 0; i < 500; i++)
        for (uint32_t k = 0; k < 1 + i * 7; k++)
            assert_int_equal((uint8_t)at[i][k], (uint8_t)i);
    leat_heap_free(&heap);
    assert_int_equal(budget.used_bytes, 0);
}

static void long_texts_are_copied_and_short_ones_live_in_themselves(void **state) {
    (void)state;
    struct leat_heap heap = {0};
    char bytes[] = "thirteen byte";
    struct leat_text longer = leat_text_view(bytes, 13), shorter = leat_text_view(bytes, 12), kept, kept_short;
    assert_true(leat_heap_keep(&heap, &longer, &kept));
    assert_true(leat_heap_keep(&heap, &shorter, &kept_short));
    memset(bytes, 'x', 13);
    assert_memory_equal(leat_text_bytes(&kept), "thirteen byte", 13);
    assert_memory_equal(leat_text_bytes(&kept_short), "thirteen byt", 12);
    assert_ptr_equal(leat_text_bytes(&kept_short), (char *)&kept_short + 4);
    leat_heap_free(&heap);
}

static void a_heap_in_steady_use_asks_for_nothing(void **state) {
    (void)state;
    struct leat_heap heap = {0};
    uint64_t calls = 0;
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < 100; i++)
            assert_non_null(leat_heap_alloc(&heap, 500 + (i * 37 + round * 11) % 700));
        assert_non_null(leat_heap_alloc(&heap, 100000));
        leat_heap_reset(&heap);
        if (round == 10)
            calls = leat_memory_calls();
    }
    assert_int_equal(leat_memory_calls(), calls);
    leat_heap_free(&heap);
}

static void texts_that_become_longer_do_not_pile_up(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_heap heap = {.budget = &budget};
    for (uint32_t i = 0; i < 2000; i++) {
        assert_non_null(leat_heap_alloc(&heap, 10));
        assert_non_null(leat_heap_alloc(&heap, 17000 + i));
        leat_heap_reset(&heap);
    }
    assert_true(budget.peak_bytes < 200000);
    leat_heap_free(&heap);
    assert_int_equal(budget.used_bytes, 0);
}

static void a_heap_over_its_budget_says_so_and_stays_usable(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test", .limit_bytes = 40000};
    struct leat_heap heap = {.budget = &budget};
    assert_non_null(leat_heap_alloc(&heap, 100));
    assert_null(leat_heap_alloc(&heap, 50000));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_non_null(leat_heap_alloc(&heap, 100));
    struct leat_text text = {.length = 50000, .pointer = ""}, kept; // never read: there is no room
    assert_false(leat_heap_keep(&heap, &text, &kept));
    leat_heap_free(&heap);
    leat_heap_free(&heap); // an empty one may be freed
    assert_int_equal(budget.used_bytes, 0);
    leat_error_clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_live_until_the_reset),
        cmocka_unit_test(long_texts_are_copied_and_short_ones_live_in_themselves),
        cmocka_unit_test(a_heap_in_steady_use_asks_for_nothing),
        cmocka_unit_test(texts_that_become_longer_do_not_pile_up),
        cmocka_unit_test(a_heap_over_its_budget_says_so_and_stays_usable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
