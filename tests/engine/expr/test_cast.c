// CAST and TRY_CAST between all types.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case numbers[] = {
    {"CAST", "l:4294967297", "i:1"},
    {"CAST", "l:2147483648", "i:-2147483648"},
    {"CAST", "i:-5", "l:-5"},
    {"CAST", "i:5", "d:5.0"},
    {"CAST", "l:9007199254740993", "d:9.007199254740992E15"},
    {"CAST", "d:1.9", "i:1"},
    {"CAST", "d:-1.9", "i:-1"},
    {"CAST", "d:3e9", "i:2147483647"},
    {"CAST", "d:-3e9", "i:-2147483648"},
    {"CAST", "d:nan", "i:0"},
    {"CAST", "d:inf", "i:2147483647"},
    {"CAST", "d:1e300", "l:9223372036854775807"},
    {"CAST", "d:-1e300", "l:-9223372036854775808"},
    {"CAST", "d:9223372036854775808", "l:9223372036854775807"},
    {"CAST", "d:nan", "l:0"},
    {"CAST", "b:true", "i:1"},
    {"CAST", "b:true", "l:1"},
    {"CAST", "b:false", "d:0.0"},
    {"CAST", "i:2", "b:true"},
    {"CAST", "i:0", "b:false"},
    {"CAST", "l:4294967296", "b:true"},
    {"CAST", "d:0.1", "b:true"},
    {"CAST", "d:-0.0", "b:false"},
    {"CAST", "x:1.9", "i:1"},
    {"CAST", "x:-1.9", "l:-1"},
    {"CAST", "x:1.5", "d:1.5"},
    {"CAST", "x:1.50", "s:1.50"},
    {"CAST", "x:.5", "s:0.5"},
    {"CAST", "x:1.", "s:1"},
    {"CAST", "x:99999999999999999.5", "l:refuse: too large"},
    {"CAST", "n", "i:NULL"},
    {"CAST", "d:NULL", "i:NULL"},
    {"CAST", "i:1", "t3:refuse: there is no CAST from INT to TIMESTAMP(3)"},
    {"CAST", "t3:2024-01-01 00:00:00", "l:refuse: there is no CAST from TIMESTAMP(3) to BIGINT"},
    {"CAST", "D:1", "s:refuse: there is no CAST from INTERVAL DAY TO SECOND to STRING"},
};

static void numbers_wrap_saturate_and_cut(void **state) {
    (void)state;
    fixture_check_all(numbers, LEAT_ARRAY_LEN(numbers));
}

static const struct fixture_case texts[] = {
    {"CAST", "i:-2147483648", "s:-2147483648"},
    {"CAST", "l:-9223372036854775808", "s:-9223372036854775808"},
    {"CAST", "d:1", "s:1.0"},
    {"CAST", "d:1e7", "s:1.0E7"},
    {"CAST", "d:0.001", "s:0.001"},
    {"CAST", "d:0.0001", "s:1.0E-4"},
    {"CAST", "d:nan", "s:NaN"},
    {"CAST", "d:-inf", "s:-Infinity"},
    {"CAST", "d:-1.2345678901234567e-300", "s:-1.2345678901234568E-300"},
    {"CAST", "b:true", "s:TRUE"},
    {"CAST", "b:false", "s:FALSE"},
    {"CAST", "t0:2024-01-01 00:00:00", "s:2024-01-01 00:00:00"},
    {"CAST", "t3:2024-01-01 00:00:00", "s:2024-01-01 00:00:00.000"},
    {"CAST", "z6:2024-01-01 00:00:00.12", "s:2024-01-01 00:00:00.120000"},
    {"CAST", "s:12", "i:12"},
    {"CAST", "s:  12 ", "i:12"},
    {"CAST", "s:+12", "i:12"},
    {"CAST", "s:-12.99", "i:-12"},
    {"CAST", "s:.5", "i:0"},
    {"CAST", "s:5.", "i:5"},
    {"CAST", "s:2147483647", "i:2147483647"},
    {"CAST", "s:-2147483648", "i:-2147483648"},
    {"CAST", "s:2147483648", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:-2147483649", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:00000000000000000000012", "i:12"},
    {"CAST", "s:", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:-", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:abc", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:1e5", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:1.2x", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:1.2.3", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:\t12", "i:fail: CAST of a text that is no INT"},
    {"CAST", "s:9223372036854775807", "l:9223372036854775807"},
    {"CAST", "s:-9223372036854775808", "l:-9223372036854775808"},
    {"CAST", "s:9223372036854775808", "l:fail: CAST of a text that is no BIGINT"},
    {"CAST", "s:99999999999999999999999999", "l:fail: CAST of a text that is no BIGINT"},
    {"CAST", "s:1.5", "d:1.5"},
    {"CAST", "s: 1.5 ", "d:1.5"},
    {"CAST", "s:+1.5", "d:1.5"},
    {"CAST", "s:-.5", "d:-0.5"},
    {"CAST", "s:5.", "d:5.0"},
    {"CAST", "s:007", "d:7.0"},
    {"CAST", "s:1e3", "d:1000.0"},
    {"CAST", "s:1.E-3", "d:0.001"},
    {"CAST", "s:1.5f", "d:1.5"},
    {"CAST", "s:2D", "d:2.0"},
    {"CAST", "s:0", "d:0.0"},
    {"CAST", "s:-0", "d:-0.0"},
    {"CAST", "s:NaN", "d:NaN"},
    {"CAST", "s:-Infinity", "d:-Infinity"},
    {"CAST", "s:1e999", "d:Infinity"},
    {"CAST", "s:0.10000000000000000555111512312578270211815834045410156250000000000000000000000000000000001", "d:0.1"},
    {"CAST", "s:", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:.", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:e5", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:1e", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:d", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:nan", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:1 2", "d:fail: CAST of a text that is no DOUBLE"},
    {"CAST", "s:\t1.5\n", "d:1.5"},
    {"CAST", "s:true", "b:true"},
    {"CAST", "s:YES", "b:true"},
    {"CAST", "s:1", "b:true"},
    {"CAST", "s:F", "b:false"},
    {"CAST", "s:no", "b:false"},
    {"CAST", "s: true", "b:fail: CAST of a text that is no BOOLEAN"},
    {"CAST", "s:", "b:fail: CAST of a text that is no BOOLEAN"},
    {"CAST", "s:2024-01-01 12:34:56.789", "t3:2024-01-01 12:34:56.789"},
    {"CAST", "s:2024-01-01 12:34:56.789", "t0:2024-01-01 12:34:56"},
    {"CAST", "s:2024-1-1 2:4:6", "z3:2024-01-01 02:04:06.000"},
    {"CAST", "s:2024-01-01", "t3:2024-01-01 00:00:00.000"},
    {"CAST", "s:1969-12-31 23:59:59.9999", "t3:1969-12-31 23:59:59.999"},
    {"CAST", "s:2023-02-29", "t3:2023-02-28 00:00:00.000"},
    {"CAST", "s:2023-02-32", "t3:fail: CAST of a text that is no TIMESTAMP"},
    {"CAST", "s:2023-12-31 24:00:00", "t3:2024-01-01 00:00:00.000"},
    {"CAST", "s:2024-01-01T00:00:00", "t3:fail: CAST of a text that is no TIMESTAMP"},
    {"TRY_CAST", "s:abc", "i:NULL"},
    {"TRY_CAST", "s:12", "i:12"},
    {"TRY_CAST", "s:abc", "d:NULL"},
    {"TRY_CAST", "s:abc", "t3:NULL"},
    {"TRY_CAST", "s:abc", "b:NULL"},
    {"TRY_CAST", "i:5", "l:5"},
};

static void texts_are_read_and_written_as_in_flink(void **state) {
    (void)state;
    fixture_check_all(texts, LEAT_ARRAY_LEN(texts));
}

static const struct fixture_case times[] = {
    {"CAST", "t6:2024-01-01 12:34:56.789123", "t3:2024-01-01 12:34:56.789"},
    {"CAST", "t6:1969-12-31 23:59:59.999999", "t0:1970-01-01 00:00:00"},
    {"CAST", "t6:1969-12-31 23:59:58.000001", "t0:1969-12-31 23:59:58"},
    {"CAST", "t6:1969-12-31 23:59:59.989999", "t2:1969-12-31 23:59:59.99"},
    {"CAST", "t6:1969-12-31 23:59:59.999999", "t3:1969-12-31 23:59:59.999"},
    {"CAST", "t6:1969-12-31 23:59:59.999999", "t5:1969-12-31 23:59:59.99999"},
    {"CAST", "s:1969-12-31 23:59:59.9", "t0:1969-12-31 23:59:59"},
    {"CAST", "t3:2024-01-01 12:34:56.789", "t6:2024-01-01 12:34:56.789000"},
    {"CAST", "t3:2024-01-01 12:34:56.789", "z3:2024-01-01 12:34:56.789"},
    {"CAST", "z6:2024-01-01 12:34:56.789123", "t3:2024-01-01 12:34:56.789"},
    {"CAST", "z3:2024-01-01 12:34:56.789", "z0:2024-01-01 12:34:56"},
    {"CAST", "t3:NULL", "z3:NULL"},
};

static void timestamps_are_cut_to_their_digits(void **state) {
    (void)state;
    fixture_check_all(times, LEAT_ARRAY_LEN(times));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_wrap_saturate_and_cut),
        cmocka_unit_test(texts_are_read_and_written_as_in_flink),
        cmocka_unit_test(timestamps_are_cut_to_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
