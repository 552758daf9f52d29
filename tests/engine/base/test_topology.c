// The machine we run on: CPU lists, SIMD levels, the clock; and assertions, which end the process.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/assert.h"
#include "engine/base/clock.h"
#include "engine/base/counters.h"
#include "engine/base/cpu.h"
#include "engine/base/error.h"
#include "engine/base/topology.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void lists_of_cpus_are_read(void **state) {
    (void)state;
    struct leat_cpus cpus;
    assert_int_equal(leat_cpus_parse("0,2-5", &cpus), 0);
    assert_int_equal(cpus.count, 5);
    static const uint16_t expected[] = {0, 2, 3, 4, 5};
    assert_memory_equal(cpus.cpu, expected, sizeof(expected));
    assert_int_equal(leat_cpus_parse("7", &cpus), 0);
    assert_int_equal(cpus.count, 1);
    assert_int_equal(leat_cpus_parse("0-1023", &cpus), 0);
    assert_int_equal(cpus.count, 1024);
}

static void what_is_no_list_of_cpus_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",     ",",  "1,",  ",1", "a", "1-", "-1", "2-1", "1,,2", " 1", "1 ", "1024", "0-1024", "0x1", "99999999999999999999999",
        "1--2", "+1", "1-+2"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(wrong); i++) {
        struct leat_cpus cpus;
        assert_int_equal(leat_cpus_parse(wrong[i], &cpus), -1);
        assert_int_equal(leat_error_kind(), LEAT_ERROR_USAGE);
        leat_error_clear();
    }
}

static void a_list_of_cpus_keeps_its_order(void **state) {
    (void)state;
    struct leat_cpus cpus;
    assert_int_equal(leat_cpus_parse("3,1", &cpus), 0); // the first worker is pinned to the first of them
    assert_int_equal(cpus.count, 2);
    assert_int_equal(cpus.cpu[0], 3);
    assert_int_equal(cpus.cpu[1], 1);
}

static void the_allowed_cpus_are_those_of_the_affinity_mask(void **state) {
    (void)state;
    struct leat_cpus cpus, one;
    assert_int_equal(leat_cpus_allowed(&cpus), 0);
    assert_true(cpus.count > 0);
    uint32_t workers = leat_cpus_default_workers(&cpus);
    assert_true(workers >= 1 && workers <= cpus.count && workers <= LEAT_WORKERS_MAX);
    cpu_set_t before;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    assert_int_equal(leat_cpus_pin_self(cpus.cpu[cpus.count - 1]), 0);
    assert_int_equal(leat_cpus_allowed(&one), 0);
    assert_int_equal(one.count, 1);
    assert_int_equal(one.cpu[0], cpus.cpu[cpus.count - 1]);
    assert_int_equal(leat_cpus_default_workers(&one), 1);
    assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
    assert_int_equal(leat_cpus_pin_self(1023), -1);
    leat_error_clear();
}

static void the_simd_level_can_only_be_lowered(void **state) {
    (void)state;
    enum leat_simd_level level = leat_simd_level();
    assert_int_equal(leat_simd_level(), level);
    leat_simd_level_force(LEAT_SIMD_SCALAR);
    assert_int_equal(leat_simd_level(), LEAT_SIMD_SCALAR);
    leat_simd_level_force(LEAT_SIMD_AVX512);
    assert_true(leat_simd_level() <= LEAT_SIMD_AVX512);
    assert_string_equal(leat_simd_level_name(LEAT_SIMD_SCALAR), "scalar");
    assert_string_equal(leat_simd_level_name(LEAT_SIMD_AVX2), "avx2");
    assert_string_equal(leat_simd_level_name(LEAT_SIMD_AVX512), "avx512");
}

static void the_environment_lowers_the_simd_level(void **state) {
    (void)state;
    pid_t child = fork(); // the level is asked for once in a process: this one has asked
    int status;
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "test_topology", "simd", NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), LEAT_SIMD_SCALAR);
}

static void the_clock_never_goes_back(void **state) {
    (void)state;
    uint64_t before = leat_clock_now_ns(&leat_clock_system);
    for (int i = 0; i < 100000; i++) {
        uint64_t now = leat_clock_now_ns(&leat_clock_system);
        assert_true(now >= before);
        before = now;
    }
}

static uint64_t fixed_now(struct leat_clock *clock) {
    (void)clock;
    return 42;
}

static void a_clock_may_be_brought_along(void **state) {
    (void)state;
    struct leat_clock clock = {.now_ns = fixed_now};
    assert_int_equal(leat_clock_now_ns(&clock), 42);
}

static void counters_keep_what_is_set(void **state) {
    (void)state;
    struct leat_counter counter = {0};
    assert_int_equal(leat_counter_get(&counter), 0);
    leat_counter_set(&counter, UINT64_MAX);
    assert_true(leat_counter_get(&counter) == UINT64_MAX);
}

static void a_failed_assertion_says_where_and_aborts(void **state) {
    (void)state;
    int pipes[2], status;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(pipes[1], STDERR_FILENO);
        leat_assert(1 + 1 == 2);
        leat_assert(1 + 1 == 3);
        _exit(0);
    }
    close(pipes[1]);
    char text[400] = "";
    assert_true(read(pipes[0], text, sizeof(text) - 1) > 0);
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(text, "test_topology.c"));
    assert_non_null(strstr(text, "a_failed_assertion_says_where_and_aborts"));
    assert_non_null(strstr(text, "1 + 1 == 3"));
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1) {
        setenv("LEAT_SIMD", "scalar", 1);
        return (int)leat_simd_level();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_cpus_are_read),
        cmocka_unit_test(what_is_no_list_of_cpus_is_refused),
        cmocka_unit_test(a_list_of_cpus_keeps_its_order),
        cmocka_unit_test(the_allowed_cpus_are_those_of_the_affinity_mask),
        cmocka_unit_test(the_simd_level_can_only_be_lowered),
        cmocka_unit_test(the_environment_lowers_the_simd_level),
        cmocka_unit_test(the_clock_never_goes_back),
        cmocka_unit_test(a_clock_may_be_brought_along),
        cmocka_unit_test(counters_keep_what_is_set),
        cmocka_unit_test(a_failed_assertion_says_where_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
