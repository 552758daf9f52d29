// The door to the allocator: budgets, failures on purpose, and the arena behind it.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/arena.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "tests/support/rows.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_budget_knows_what_is_used(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    char *a = leat_memory_alloc(&budget, 100), *b = leat_memory_zalloc(&budget, 1000);
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal((uintptr_t)b % 64, 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(b[i], 0);
    assert_int_equal(budget.used_bytes, 1100);
    memset(a, 7, 100);
    a = leat_memory_realloc(&budget, a, 100, 300);
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal(a[99], 7);
    assert_int_equal(budget.used_bytes, 1300);
    a = leat_memory_realloc(&budget, a, 300, 10);
    assert_int_equal(a[9], 7);
    assert_int_equal(budget.used_bytes, 1010);
    leat_memory_free(&budget, a, 10);
    leat_memory_free(&budget, b, 1000);
    leat_memory_free(&budget, NULL, 55);
    assert_int_equal(budget.used_bytes, 0);
    assert_true(budget.peak_bytes >= 1300);
}

static void nothing_goes_over_the_limit(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "series_join #2", .limit_bytes = 1000};
    void *a = leat_memory_alloc(&budget, 600);
    assert_null(leat_memory_alloc(&budget, 401));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_non_null(strstr(leat_error_text(), "series_join #2"));
    assert_int_equal(budget.used_bytes, 600);
    void *b = leat_memory_alloc(&budget, 400);
    assert_non_null(b);
    assert_null(leat_memory_realloc(&budget, b, 400, 500)); // the old block stays as it was
    assert_int_equal(budget.used_bytes, 1000);
    leat_memory_free(&budget, b, 400);
    leat_memory_free(&budget, a, 600);
    assert_null(leat_memory_alloc(NULL, SIZE_MAX));
    assert_null(leat_memory_alloc(&budget, SIZE_MAX - 10));
    assert_int_equal(budget.used_bytes, 0);
    leat_error_clear();
}

static void the_nth_call_fails_on_purpose(void **state) {
    (void)state;
    uint64_t before = leat_memory_calls();
    leat_memory_fail_at(3);
    void *a = leat_memory_alloc(NULL, 1), *b = leat_memory_zalloc(NULL, 1);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(leat_memory_realloc(NULL, a, 1, 2));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    void *c = leat_memory_alloc(NULL, 1); // only that one
    assert_non_null(c);
    leat_memory_fail_at(1);
    leat_memory_fail_at(0);
    void *d = leat_memory_alloc(NULL, 1);
    assert_non_null(d);
    assert_int_equal(leat_memory_calls(), before + 5);
    leat_memory_free(NULL, a, 1);
    leat_memory_free(NULL, b, 1);
    leat_memory_free(NULL, c, 1);
    leat_memory_free(NULL, d, 1);
    leat_error_clear();
}

static void books_are_kept_through_random_use(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(1), random = seed;
    struct leat_budget budget = {.owner = "test", .limit_bytes = 50000};
    struct {
        uint8_t *at;
        size_t bytes;
    } blocks[50] = {0};
    size_t used = 0;
    for (int i = 0; i < 20000; i++) {
        size_t b = leat_test_below(&random, 50), bytes = 1 + leat_test_below(&random, 3000);
        if (leat_test_below(&random, 3) == 0) {
            leat_memory_free(&budget, blocks[b].at, blocks[b].bytes);
            used -= blocks[b].bytes;
            blocks[b].at = NULL;
            blocks[b].bytes = 0;
        } else {
            uint8_t *at = leat_memory_realloc(&budget, blocks[b].at, blocks[b].bytes, bytes);
            if (at && blocks[b].at && at[0] != b)
                fail_msg("LEAT_SEED=%llu: a block has lost its bytes", (unsigned long long)seed);
            if (at) {
                used += bytes - blocks[b].bytes;
                memset(at, (int)b, bytes);
                blocks[b].at = at;
                blocks[b].bytes = bytes;
            }
        }
        if (budget.used_bytes != used || used > 50000)
            fail_msg("LEAT_SEED=%llu: %zu bytes are used, the budget says %zu", (unsigned long long)seed, used, budget.used_bytes);
    }
    for (size_t b = 0; b < 50; b++)
        leat_memory_free(&budget, blocks[b].at, blocks[b].bytes);
    assert_int_equal(budget.used_bytes, 0);
    leat_error_clear();
}

// ---- Arena ----

static void an_arena_hands_out_zeroed_aligned_memory(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    uint64_t random = leat_test_seed(2);
    uint8_t *at[1000];
    size_t bytes[1000];
    for (size_t i = 0; i < 1000; i++) {
        bytes[i] = leat_test_below(&random, i % 50 ? 200 : 200000);
        at[i] = leat_arena_alloc(&arena, bytes[i]);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % 16, 0);
        for (size_t k = 0; k < bytes[i]; k++)
            assert_int_equal(at[i][k], 0);
        if (bytes[i])
            memset(at[i], (int)(i % 251 + 1), bytes[i]);
    }
    for (size_t i = 0; i < 1000; i++) // no two of them overlap
        for (size_t k = 0; k < bytes[i]; k++)
            assert_int_equal(at[i][k], i % 251 + 1);
    void *lines = leat_arena_alloc_lines(&arena, 3, 100);
    assert_int_equal((uintptr_t)lines % 64, 0);
    leat_arena_free(&arena);
    assert_string_equal(leat_arena_copy(&arena, "abcdef", 3), "abc"); // usable afterwards
    assert_string_equal(leat_arena_printf(&arena, "%s-%d", "x", 5), "x-5");
    char longer[3000];
    memset(longer, 'y', sizeof(longer));
    longer[sizeof(longer) - 1] = 0;
    assert_string_equal(leat_arena_printf(&arena, "%s", longer), longer);
    leat_arena_free(&arena);
    leat_arena_free(&arena);
}

static void a_process_without_memory_to_start_with_ends_and_says_so(void **state) {
    (void)state;
    int pipes[2], status;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipes[1], STDERR_FILENO);
        struct leat_arena arena = {0};
        leat_memory_fail_at(1);
        leat_arena_alloc(&arena, 10);
        _exit(0);
    }
    close(pipes[1]);
    char text[200] = "";
    assert_true(read(pipes[0], text, sizeof(text) - 1) > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), LEAT_ERROR_INTERNAL);
    assert_non_null(strstr(text, "out of memory"));
    close(pipes[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_knows_what_is_used),
        cmocka_unit_test(nothing_goes_over_the_limit),
        cmocka_unit_test(the_nth_call_fails_on_purpose),
        cmocka_unit_test(books_are_kept_through_random_use),
        cmocka_unit_test(an_arena_hands_out_zeroed_aligned_memory),
        cmocka_unit_test(a_process_without_memory_to_start_with_ends_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
