// Pacing on a clock of the test's own.
#include "ingest/file/pace.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t now_ns;

static uint64_t tell(struct leat_clock *clock) {
    (void)clock;
    return now_ns;
}

static struct leat_clock fake_clock = {.now_ns = tell};

static struct leat_pace pace_of(uint64_t rate_per_second) {
    now_ns = 123456789;
    return (struct leat_pace){.clock = &fake_clock, .rate_per_second = rate_per_second};
}

static void the_first_record_is_due_at_once_and_the_next_one_later(void **state) {
    (void)state;
    struct leat_pace pace = pace_of(10);
    assert_int_equal(leat_pace_due(&pace), 1);
    leat_pace_hand_on(&pace, 1);
    assert_int_equal(leat_pace_due(&pace), 0);
    assert_int_equal(leat_pace_next_ns(&pace) - now_ns, 100000000);
    now_ns += 99999999;
    assert_int_equal(leat_pace_due(&pace), 0);
    now_ns += 1;
    assert_int_equal(leat_pace_due(&pace), 1);
}

static void never_more_than_the_rate_and_never_nothing_when_it_was_said(void **state) {
    (void)state;
    static const uint64_t rates[] = {1, 3, 7, 999, 1000, 12345, 1000003, LEAT_PACE_RATE_MAX};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(rates); i++) {
        struct leat_pace pace = pace_of(rates[i]);
        uint64_t began_ns = now_ns, handed = 0;
        for (int round = 0; round < 5000; round++) {
            uint64_t due = leat_pace_due(&pace);
            assert_true(due > 0);
            leat_pace_hand_on(&pace, due);
            handed += due;
            double seconds = (double)(now_ns - began_ns) / 1e9;
            assert_true((double)handed <= seconds * (double)rates[i] + 1.001);
            assert_true((double)handed >= (seconds - 0.001) * (double)rates[i]);
            uint64_t next_ns = leat_pace_next_ns(&pace);
            assert_true(next_ns > now_ns);
            now_ns = next_ns - 1;
            assert_int_equal(leat_pace_due(&pace), 0);
            now_ns = next_ns;
        }
    }
}

static void who_falls_behind_catches_up_on_one_second_at_most(void **state) {
    (void)state;
    struct leat_pace pace = pace_of(100);
    leat_pace_hand_on(&pace, leat_pace_due(&pace));
    now_ns += UINT64_C(3600) * 1000000000;
    assert_int_equal(leat_pace_due(&pace), 101);
    leat_pace_hand_on(&pace, 101);
    assert_int_equal(leat_pace_due(&pace), 0);
    assert_int_equal(leat_pace_next_ns(&pace) - now_ns, 10000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_record_is_due_at_once_and_the_next_one_later),
        cmocka_unit_test(never_more_than_the_rate_and_never_nothing_when_it_was_said),
        cmocka_unit_test(who_falls_behind_catches_up_on_one_second_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
