// Functions of timestamps.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case cases[] = {
    {"TO_TIMESTAMP", "s:2024-03-01 07:08:09", "t3:2024-03-01 07:08:09.000"},
    {"TO_TIMESTAMP", "s:2024-03-01 07:08:09.1239", "t3:2024-03-01 07:08:09.123"},
    {"TO_TIMESTAMP", "s:2024-3-1", "t3:2024-03-01 00:00:00.000"},
    {"TO_TIMESTAMP", "s:nonsense", "t3:NULL"},
    {"TO_TIMESTAMP", "s:2023-02-29 00:00:00", "t3:2023-02-28 00:00:00.000"},
    {"TO_TIMESTAMP", "s:2023-02-32 00:00:00", "t3:NULL"},
    {"TO_TIMESTAMP", "s:2023-02-28 24:00:00", "t3:2023-03-01 00:00:00.000"},
    {"TO_TIMESTAMP", "s:2023-02-28 01:02:03.", "t3:2023-02-28 01:02:03.000"},
    {"TO_TIMESTAMP", "s:2023-02-28 01:02:03. | !s:yyyy-MM-dd HH:mm:ss", "t3:NULL"},
    {"TO_TIMESTAMP", "s:NULL", "t3:NULL"},
    {"TO_TIMESTAMP", "s:20240301 | !s:yyyyMMdd", "t3:2024-03-01 00:00:00.000"},
    {"TO_TIMESTAMP", "s:01.03.2024 07h08 | !s:dd.MM.yyyy HH'h'mm", "t3:2024-03-01 07:08:00.000"},
    {"TO_TIMESTAMP", "s:2024-03-01T07:08:09.123Z | !s:yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "t3:2024-03-01 07:08:09.123"},
    {"TO_TIMESTAMP", "s:1.3.2024 | !s:d.M.yyyy", "t3:2024-03-01 00:00:00.000"},
    {"TO_TIMESTAMP", "s:31.12.2024 | !s:d.M.yyyy", "t3:2024-12-31 00:00:00.000"},
    {"TO_TIMESTAMP", "s:07:08 | !s:HH:mm", "t3:1970-01-01 07:08:00.000"},
    {"TO_TIMESTAMP", "s: 2024-3-1 7:8:9  | !s:yyyyMMdd", "t3:2024-03-01 07:08:09.000"},
    {"TO_TIMESTAMP", "s:o'clock 07 | !s:'o''clock' HH", "t3:1970-01-01 07:00:00.000"},
    {"TO_TIMESTAMP", "s:'07 | !s:''HH", "t3:1970-01-01 07:00:00.000"},
    {"TO_TIMESTAMP", "s:20240230 | !s:yyyyMMdd", "t3:2024-02-29 00:00:00.000"},
    {"TO_TIMESTAMP", "s:20240232 | !s:yyyyMMdd", "t3:NULL"},
    {"TO_TIMESTAMP", "s:20240229 24:00 | !s:yyyyMMdd HH:mm", "t3:2024-03-01 00:00:00.000"},
    {"TO_TIMESTAMP", "s:20240229 24:01 | !s:yyyyMMdd HH:mm", "t3:NULL"},
    {"TO_TIMESTAMP", "s:x | !s:yyyy-MM-dd EEE", "refuse: `EEE` is not supported"},
    {"TO_TIMESTAMP", "s:x | !s:yyyy [HH]", "refuse: `[HH]` is not supported"},
    {"TO_TIMESTAMP", "s:x | !s:yyyy 'T", "refuse: `'T` is not supported"},
    {"TO_TIMESTAMP_LTZ", "l:1500 | !i:3", "z3:1970-01-01 00:00:01.500"},
    {"TO_TIMESTAMP_LTZ", "l:1500 | !i:0", "z3:1970-01-01 00:25:00.000"},
    {"TO_TIMESTAMP_LTZ", "i:-1 | !i:0", "z3:1969-12-31 23:59:59.000"},
    {"TO_TIMESTAMP_LTZ", "l:253402300799999 | !i:3", "z3:9999-12-31 23:59:59.999"},
    {"TO_TIMESTAMP_LTZ", "l:253402300800000 | !i:3", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "l:-62167219200000 | !i:3", "z3:0000-01-01 00:00:00.000"},
    {"TO_TIMESTAMP_LTZ", "l:-62167219200001 | !i:3", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "l:9223372036854775807 | !i:0", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "d:1.9 | !i:3", "z3:1970-01-01 00:00:00.001"},
    {"TO_TIMESTAMP_LTZ", "d:1.9 | !i:0", "z3:1970-01-01 00:00:01.900"},
    {"TO_TIMESTAMP_LTZ", "d:nan | !i:3", "z3:1970-01-01 00:00:00.000"},
    {"TO_TIMESTAMP_LTZ", "d:nan | !i:0", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "d:1e300 | !i:3", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "d:253402300799999.5 | !i:3", "z3:9999-12-31 23:59:59.999"},
    {"TO_TIMESTAMP_LTZ", "d:253402300799.5 | !i:0", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "l:NULL | !i:3", "z3:NULL"},
    {"TO_TIMESTAMP_LTZ", "l:1 | !i:6", "refuse: must be 0 or 3"},
    {"DATE_FORMAT", "t3:2024-03-01 07:08:09.12 | !s:yyyy-MM-dd HH:mm:ss.SSS", "s:2024-03-01 07:08:09.120"},
    {"DATE_FORMAT", "z3:2024-03-01 07:08:09.12 | !s:d/M/yyyy H:m:s", "s:1/3/2024 7:8:9"},
    {"DATE_FORMAT", "t3:2024-03-01 07:08:09.12 | !s:'only words'", "s:only words"},
    {"YEAR", "t3:2024-03-01 07:08:09", "l:2024"},
    {"QUARTER", "t3:2024-12-01 07:08:09", "l:4"},
    {"MONTH", "z3:2024-03-01 07:08:09", "l:3"},
    {"WEEK", "t3:2024-12-30 00:00:00", "l:1"},
    {"WEEK", "t3:2021-01-03 00:00:00", "l:53"},
    {"DAYOFYEAR", "t3:2024-12-31 00:00:00", "l:366"},
    {"DAYOFMONTH", "t3:2024-12-31 00:00:00", "l:31"},
    {"DAYOFWEEK", "t3:2024-03-03 00:00:00", "l:1"},
    {"DAYOFWEEK", "t3:1969-12-27 00:00:00", "l:7"},
    {"HOUR", "t3:2024-03-01 07:08:09", "l:7"},
    {"MINUTE", "t3:2024-03-01 07:08:09", "l:8"},
    {"SECOND", "t3:1969-12-31 23:59:59.999", "l:59"},
    {"HOUR", "s:2024-03-01 07:08:09", "refuse: takes (STRING)"},
    {"TIMESTAMPDIFF", "!s:SECOND | t3:2024-01-31 10:00:00 | t3:2024-01-31 10:00:01.999", "i:1"},
    {"TIMESTAMPDIFF", "!s:SECOND | t3:2024-01-31 10:00:01.999 | t3:2024-01-31 10:00:00", "i:-1"},
    {"TIMESTAMPDIFF", "!s:SECOND | t6:2024-01-01 00:00:00.999999 | t6:2024-01-01 00:00:01.999998", "i:1"},
    {"TIMESTAMPDIFF", "!s:SECOND | t3:1900-01-01 00:00:00 | t3:2024-01-01 00:00:00", "i:-381911296"},
    {"TIMESTAMPDIFF", "!s:WEEK | z3:2024-01-01 00:00:00 | z3:2024-01-14 23:59:59.999", "i:1"},
    {"TIMESTAMPDIFF", "!s:DAY | t3:NULL | t3:2024-01-14 00:00:00", "i:NULL"},
    {"TIMESTAMPDIFF", "!s:MONTH | t3:2024-01-31 10:00:00 | t3:2024-02-29 09:59:59.999", "i:0"},
    {"TIMESTAMPDIFF", "!s:MONTH | t3:2024-01-31 10:00:00 | t3:2024-02-29 10:00:00", "i:1"},
    {"TIMESTAMPDIFF", "!s:MONTH | t3:2024-02-15 11:00:00 | t3:2024-01-15 10:00:00", "i:-1"},
    {"TIMESTAMPDIFF", "!s:QUARTER | t3:2024-12-31 00:00:00 | t3:2024-01-31 10:00:00", "i:-3"},
    {"TIMESTAMPDIFF", "!s:YEAR | t3:2024-02-29 00:00:00 | t3:2025-02-28 00:00:00", "i:1"},
    {"TIMESTAMPDIFF", "!s:FORTNIGHT | t3:2024-02-29 00:00:00 | t3:2025-02-28 00:00:00", "refuse: needs a unit of time"},
    {"FLOOR", "t3:1969-12-31 23:59:59.5 | !s:SECOND", "t3:1969-12-31 23:59:59.000"},
    {"FLOOR", "t3:1960-02-29 12:00:00.001 | !s:MINUTE", "t3:1960-02-29 12:00:00.000"},
    {"FLOOR", "t3:2024-03-15 11:30:15.123 | !s:HOUR", "t3:2024-03-15 11:00:00.000"},
    {"FLOOR", "z3:1969-12-31 23:59:59.5 | !s:DAY", "z3:1969-12-31 00:00:00.000"},
    {"FLOOR", "t3:2024-01-31 10:00:00 | !s:WEEK", "t3:2024-01-28 00:00:00.000"},
    {"FLOOR", "t3:1969-12-31 23:59:59.5 | !s:WEEK", "t3:1969-12-28 00:00:00.000"},
    {"FLOOR", "t3:2024-01-07 01:00:00 | !s:WEEK", "t3:2024-01-07 00:00:00.000"},
    {"FLOOR", "t3:2024-02-29 23:59:59.999 | !s:MONTH", "t3:2024-02-01 00:00:00.000"},
    {"FLOOR", "t3:2024-12-31 00:00:00 | !s:QUARTER", "t3:2024-10-01 00:00:00.000"},
    {"FLOOR", "t3:NULL | !s:QUARTER", "t3:NULL"},
    {"FLOOR", "t3:1960-02-29 12:00:00 | !s:YEAR", "t3:1960-01-01 00:00:00.000"},
    {"CEIL", "t6:2024-01-01 00:00:00.0005 | !s:SECOND", "t6:2024-01-01 00:00:01.000000"},
    {"CEIL", "t3:2024-02-29 23:59:59.999 | !s:DAY", "t3:2024-03-01 00:00:00.000"},
    {"CEIL", "t3:2024-12-31 00:00:00 | !s:DAY", "t3:2024-12-31 00:00:00.000"},
    {"CEIL", "t3:2024-12-31 00:00:00 | !s:WEEK", "t3:2025-01-05 00:00:00.000"},
    {"CEIL", "t3:2024-01-01 05:00:00 | !s:MONTH", "t3:2024-02-01 00:00:00.000"},
    {"CEILING", "t3:2024-12-31 00:00:00 | !s:QUARTER", "t3:2025-01-01 00:00:00.000"},
    {"CEIL", "t3:2024-01-01 00:00:00 | !s:YEAR", "t3:2024-01-01 00:00:00.000"},
};

static void timestamps_are_read_written_and_taken_apart(void **state) {
    (void)state;
    fixture_check_all(cases, LEAT_ARRAY_LEN(cases));
}

static void formats_and_precisions_must_be_constants(void **state) {
    (void)state;
    struct fixture_call call = {.count = 0};
    fixture_args(&call, "s:x | s:yyyyMMdd");
    assert_null(fixture_build(&call, "TO_TIMESTAMP", true, ""));
    assert_non_null(strstr(call.builder.error, "must be a constant"));
    leat_arena_free(&call.arena);
    struct fixture_call other = {.count = 0};
    fixture_args(&other, "l:1 | i:3");
    assert_null(fixture_build(&other, "TO_TIMESTAMP_LTZ", true, ""));
    assert_non_null(strstr(other.builder.error, "must be 0 or 3"));
    leat_arena_free(&other.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(timestamps_are_read_written_and_taken_apart),
                                       cmocka_unit_test(formats_and_precisions_must_be_constants)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
