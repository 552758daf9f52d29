// Arithmetic: Java's wrap-around, types, failures.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case integers[] = {
    {"+", "i:1 | i:2", "i:3"},
    {"+", "i:2147483647 | i:1", "i:-2147483648"},
    {"+", "i:2147483647 | l:1", "l:2147483648"},
    {"+", "l:9223372036854775807 | i:1", "l:-9223372036854775808"},
    {"-", "i:-2147483648 | i:1", "i:2147483647"},
    {"-", "l:-9223372036854775808 | l:1", "l:9223372036854775807"},
    {"*", "i:65536 | i:65536", "i:0"},
    {"*", "i:46341 | i:46341", "i:-2147479015"},
    {"*", "i:-2147483648 | i:-1", "i:-2147483648"},
    {"*", "l:4294967296 | l:4294967296", "l:0"},
    {"*", "l:3037000500 | l:3037000500", "l:-9223372036709301616"},
    {"/", "i:7 | i:2", "i:3"},
    {"/", "i:-7 | i:2", "i:-3"},
    {"/", "i:7 | l:-2", "l:-3"},
    {"/", "i:-2147483648 | i:-1", "i:-2147483648"},
    {"/", "l:-9223372036854775808 | l:-1", "l:-9223372036854775808"},
    {"/", "l:-9223372036854775808 | !l:2", "l:-4611686018427387904"},
    {"/", "l:9223372036854775807 | !l:2", "l:4611686018427387903"},
    {"/", "l:-1 | !l:2", "l:0"},
    {"/", "l:-7 | !l:4", "l:-1"},
    {"/", "l:-8 | !l:4", "l:-2"},
    {"/", "l:-9 | !l:1", "l:-9"},
    {"/", "l:-9223372036854775808 | !l:4611686018427387904", "l:-2"},
    {"/", "l:-9223372036854775807 | !l:4611686018427387904", "l:-1"},
    {"/", "l:-7 | !l:-2", "l:3"},
    {"/", "l:-7 | !l:3", "l:-2"},
    {"/", "l:NULL | !l:2", "l:NULL"},
    {"/", "i:1 | i:0", "fail: division by zero"},
    {"/", "l:1 | l:0", "fail: division by zero"},
    {"%", "i:7 | i:3", "i:1"},
    {"%", "i:-7 | i:3", "i:-1"},
    {"%", "i:7 | i:-3", "i:1"},
    {"%", "i:-2147483648 | i:-1", "i:0"},
    {"%", "l:-9223372036854775808 | l:-1", "l:0"},
    {"%", "l:10000000007 | i:10", "i:7"},
    {"%", "i:7 | l:10000000007", "l:7"},
    {"%", "i:7 | i:0", "fail: division by zero"},
    {"%", "l:7 | i:0", "fail: division by zero"},
    {"MOD", "i:7 | i:4", "i:3"},
    {"MOD", "l:7 | i:4", "i:3"},
    {"NEGATE", "i:5", "i:-5"},
    {"NEGATE", "i:-2147483648", "i:-2147483648"},
    {"NEGATE", "l:-9223372036854775808", "l:-9223372036854775808"},
    {"PLUS", "i:5", "i:5"},
    {"+", "i:NULL | i:1", "i:NULL"},
    {"+", "n | i:1", "i:NULL"},
    {"/", "i:NULL | i:0", "i:NULL"},
    {"/", "i:1 | i:NULL", "i:NULL"},
};

static void integers_wrap_around_as_in_java(void **state) {
    (void)state;
    fixture_check_all(integers, LEAT_ARRAY_LEN(integers));
}

static const struct fixture_case doubles[] = {
    {"+", "d:0.1 | d:0.2", "d:0.30000000000000004"},
    {"+", "i:1 | d:0.5", "d:1.5"},
    {"*", "l:9007199254740993 | d:1", "d:9.007199254740992E15"},
    {"/", "d:1 | d:0", "d:Infinity"},
    {"/", "d:-1 | i:0", "d:-Infinity"},
    {"/", "d:0 | d:0", "d:NaN"},
    {"-", "d:0 | d:0", "d:0.0"},
    {"NEGATE", "d:0", "d:-0.0"},
    {"*", "d:2 | x:1.5", "d:3.0"},
    {"*", "x:1.5 | d:2", "d:3.0"},
    {"%", "d:5 | i:3", "refuse: takes (DOUBLE, INT)"},
    {"*", "i:2 | x:1.5", "refuse: `*` of (INT, DECIMAL) is a DECIMAL in Flink"},
    {"+", "x:1.5 | x:1.5", "refuse: is a DECIMAL in Flink"},
    {"+", "s:1 | i:1", "refuse: takes (STRING, INT)"},
    {"+", "b:true | i:1", "refuse: takes (BOOLEAN, INT)"},
    {"+", "n | n", "refuse: takes (NULL, NULL)"},
};

static void doubles_follow_ieee_754_and_decimals_are_refused(void **state) {
    (void)state;
    fixture_check_all(doubles, LEAT_ARRAY_LEN(doubles));
}

static const struct fixture_case times[] = {
    {"+", "t3:2024-01-31 10:00:00 | D:1500000", "t3:2024-01-31 10:00:01.500"},
    {"-", "t3:2024-01-31 10:00:00 | D:86400000000", "t3:2024-01-30 10:00:00.000"},
    {"+", "D:1000 | z3:1970-01-01 00:00:00", "z3:1970-01-01 00:00:00.001"},
    {"+", "t3:2024-01-31 10:00:00 | M:1", "t3:2024-02-29 10:00:00.000"},
    {"+", "M:13 | t0:2024-01-31 10:00:00", "t0:2025-02-28 10:00:00"},
    {"-", "t3:2024-03-31 10:00:00 | M:1", "t3:2024-02-29 10:00:00.000"},
    {"+", "D:5 | D:6", "D:11"},
    {"-", "M:5 | M:6", "M:-1"},
    {"*", "D:5 | i:3", "D:15"},
    {"*", "M:5 | i:3", "M:15"},
    {"NEGATE", "D:5", "D:-5"},
    {"NEGATE", "M:5", "M:-5"},
    {"<", "D:5 | D:6", "b:true"},
    {"=", "M:5 | M:6", "b:false"},
    {"-", "t3:2024-03-31 10:00:00 | t3:2024-03-31 10:00:00", "refuse: takes (TIMESTAMP(3), TIMESTAMP(3))"},
    {"+", "D:5 | M:6", "refuse: takes (INTERVAL DAY TO SECOND, INTERVAL YEAR TO MONTH)"},
    {"+", "t3:NULL | D:5", "t3:NULL"},
};

static void timestamps_move_by_intervals_along_the_calendar(void **state) {
    (void)state;
    fixture_check_all(times, LEAT_ARRAY_LEN(times));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_wrap_around_as_in_java),
        cmocka_unit_test(doubles_follow_ieee_754_and_decimals_are_refused),
        cmocka_unit_test(timestamps_move_by_intervals_along_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
