#include "engine/expr/window_bound.h"

#include "engine/expr/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// The bound of the window around a constant time: it folds to a constant.
static int64_t bound_of(enum leat_window_bound bound, int64_t time_us, int64_t size_us, int64_t offset_us) {
    struct leat_arena arena = {0};
    struct leat_expr_builder builder = {.arena = &arena};
    struct leat_type type = {.kind = LEAT_TYPE_TIMESTAMP, .precision = 3};
    struct leat_value value = {.type = type, .int64 = time_us};
    const struct leat_expr *expr = leat_expr_window_bound(&builder, bound, leat_expr_constant(&builder, value), size_us, offset_us, type);
    assert_non_null(expr);
    assert_int_equal(expr->kind, LEAT_EXPR_CONSTANT);
    assert_int_equal(expr->type.kind, LEAT_TYPE_TIMESTAMP);
    int64_t result = expr->constant.int64;
    leat_arena_free(&arena);
    return result;
}

static void windows_start_at_multiples_of_their_size_on_both_sides_of_1970(void **state) {
    (void)state;
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 0, 60000000, 0), 0);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 59999999, 60000000, 0), 0);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 60000000, 60000000, 0), 60000000);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, -1, 60000000, 0), -60000000);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, -60000000, 60000000, 0), -60000000);
}

static void the_end_is_a_size_later_and_the_time_a_millisecond_before_it(void **state) {
    (void)state;
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_END, 61000000, 60000000, 0), 120000000);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_TIME, 61000000, 60000000, 0), 119999000);
}

static void an_offset_moves_the_windows(void **state) {
    (void)state;
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 61000000, 60000000, 15000000), 15000000);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 14999999, 60000000, 15000000), -45000000);
    assert_int_equal(bound_of(LEAT_WINDOW_BOUND_START, 61000000, 60000000, -15000000), 45000000);
}

static void every_time_lies_in_its_window(void **state) {
    (void)state;
    for (int64_t time = -5000; time < 5000; time += 7)
        for (int64_t size = 1000; size <= 4000; size += 1000)
            for (int64_t offset = -size + 1; offset < size; offset += 333) {
                int64_t start = bound_of(LEAT_WINDOW_BOUND_START, time, size, offset);
                assert_true(start <= time && time < start + size && (start - offset) % size == 0);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_start_at_multiples_of_their_size_on_both_sides_of_1970),
        cmocka_unit_test(the_end_is_a_size_later_and_the_time_a_millisecond_before_it),
        cmocka_unit_test(an_offset_moves_the_windows),
        cmocka_unit_test(every_time_lies_in_its_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
