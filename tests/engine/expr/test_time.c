// The calendar against a slow model, and the text of timestamps in every form.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/expr/time.h"

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool is_leap(int32_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Walks the calendar day by day through more than an era on both sides of year 0.
static void every_day_of_a_thousand_years_has_its_civil_date_and_back(void **state) {
    (void)state;
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct leat_civil at = {.year = -500, .month = 1, .day = 1, .hour = 23, .minute = 59, .second = 58, .micro = 999999};
    int64_t micros = leat_time_from_civil(&at);
    while (at.year < 2500) {
        struct leat_civil got;
        leat_time_to_civil(micros, &got);
        if (got.year != at.year || got.month != at.month || got.day != at.day || got.hour != 23 || got.minute != 59 || got.second != 58 ||
            got.micro != 999999 || leat_time_from_civil(&at) != micros)
            fail_msg("%d-%u-%u", at.year, at.month, at.day);
        uint32_t last = days[at.month - 1] + (at.month == 2 && is_leap(at.year));
        assert_int_equal(leat_time_month_days(at.year, at.month), last);
        if (++at.day > last) {
            at.day = 1;
            if (++at.month > 12)
                at.month = 1, at.year++;
        }
        micros += LEAT_MICROS_PER_DAY;
    }
    struct leat_civil epoch = {.year = 1970, .month = 1, .day = 1};
    assert_int_equal(leat_time_from_civil(&epoch), 0);
}

static void assert_printed(int64_t micros, uint8_t precision, enum leat_timestamp_form form, bool ltz, const char *expected) {
    char text[LEAT_TIMESTAMP_TEXT_BYTES + 1];
    text[leat_timestamp_print(micros, precision, form, ltz, text)] = 0;
    assert_string_equal(text, expected);
}

static void timestamps_are_printed_in_every_form(void **state) {
    (void)state;
    assert_printed(0, 0, LEAT_TIMESTAMP_SQL, false, "1970-01-01 00:00:00");
    assert_printed(0, 3, LEAT_TIMESTAMP_SQL, true, "1970-01-01 00:00:00Z");
    assert_printed(0, 3, LEAT_TIMESTAMP_ISO_8601, true, "1970-01-01T00:00:00Z");
    assert_printed(0, 3, LEAT_TIMESTAMP_CAST, true, "1970-01-01 00:00:00.000");
    assert_printed(0, 0, LEAT_TIMESTAMP_CAST, false, "1970-01-01 00:00:00");
    assert_printed(1500000, 6, LEAT_TIMESTAMP_SQL, false, "1970-01-01 00:00:01.5");
    assert_printed(1500000, 6, LEAT_TIMESTAMP_CAST, false, "1970-01-01 00:00:01.500000");
    assert_printed(1000001, 6, LEAT_TIMESTAMP_ISO_8601, false, "1970-01-01T00:00:01.000001");
    assert_printed(1000001, 3, LEAT_TIMESTAMP_ISO_8601, false, "1970-01-01T00:00:01");
    assert_printed(-1, 6, LEAT_TIMESTAMP_SQL, false, "1969-12-31 23:59:59.999999");
    assert_printed(-1, 1, LEAT_TIMESTAMP_CAST, false, "1969-12-31 23:59:59.9");
    assert_printed(LEAT_TIMESTAMP_MIN, 6, LEAT_TIMESTAMP_SQL, false, "0000-01-01 00:00:00");
    assert_printed(LEAT_TIMESTAMP_MAX, 6, LEAT_TIMESTAMP_SQL, false, "9999-12-31 23:59:59.999999");
    assert_printed(LEAT_TIMESTAMP_MAX + 1, 6, LEAT_TIMESTAMP_SQL, false, "+10000-01-01 00:00:00");
    assert_printed(LEAT_TIMESTAMP_MIN - 1, 6, LEAT_TIMESTAMP_SQL, false, "-0001-12-31 23:59:59.999999");
    assert_printed(INT64_MAX, 6, LEAT_TIMESTAMP_SQL, true, "+294247-01-10 04:00:54.775807Z");
    assert_printed(INT64_MIN, 6, LEAT_TIMESTAMP_SQL, true, "-290308-12-21 19:59:05.224192Z");
}

static const struct {
    const char *text;
    enum leat_timestamp_form form;
    bool ltz;
    bool ok;
    int64_t micros;
} parse_cases[] = {
    {"1970-01-01 00:00:00", LEAT_TIMESTAMP_SQL, false, true, 0},
    {"1970-01-01 00:00:00Z", LEAT_TIMESTAMP_SQL, true, true, 0},
    {"1970-01-01 00:00:00", LEAT_TIMESTAMP_SQL, true, false, 0},
    {"1970-01-01 00:00:00Z", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-01-01T00:00:00Z", LEAT_TIMESTAMP_ISO_8601, true, true, 0},
    {"1970-01-01T00:00:00", LEAT_TIMESTAMP_ISO_8601, false, true, 0},
    {"1970-01-01T00:01", LEAT_TIMESTAMP_ISO_8601, false, true, 60000000},
    {"1970-01-01 00:01", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-01-01 00:00:00", LEAT_TIMESTAMP_ISO_8601, false, false, 0},
    {"1970-01-01T00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-01-01 00:00:00.5", LEAT_TIMESTAMP_SQL, false, true, 500000},
    {"1970-01-01 00:00:00.123456789Z", LEAT_TIMESTAMP_SQL, true, true, 123456},
    {"1970-01-01 00:00:00.1234567890", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-01-01 00:00:00.", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1969-12-31 23:59:59.999999", LEAT_TIMESTAMP_SQL, false, true, -1},
    {"2000-02-29 00:00:00", LEAT_TIMESTAMP_SQL, false, true, INT64_C(951782400000000)},
    {"1900-02-29 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-02-29 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-04-31 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-00-01 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-13-01 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-01-00 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-01-01 24:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-01-01 23:60:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"2021-01-01 23:59:60", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"0000-01-01 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"0001-01-01 00:00:00", LEAT_TIMESTAMP_SQL, false, true, INT64_C(-62135596800000000)},
    {"9999-12-31 23:59:59.999999", LEAT_TIMESTAMP_SQL, false, true, LEAT_TIMESTAMP_MAX},
    {"10000-01-01 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"-001-01-01 00:00:00", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-1-1 0:0:0", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-1-1 0:0:0", LEAT_TIMESTAMP_CAST, false, true, 0},
    {"1970-01-02", LEAT_TIMESTAMP_CAST, false, true, LEAT_MICROS_PER_DAY},
    {"1970-01-02", LEAT_TIMESTAMP_SQL, false, false, 0},
    {"1970-02-31", LEAT_TIMESTAMP_CAST, false, true, 58 * LEAT_MICROS_PER_DAY},
    {"1972-02-30", LEAT_TIMESTAMP_CAST, false, true, 789 * LEAT_MICROS_PER_DAY},
    {"1970-01-32", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970-01-01 24:00:00", LEAT_TIMESTAMP_CAST, false, true, LEAT_MICROS_PER_DAY},
    {"1970-01-01 24:00:00.000001", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970-01-01 24:00:01", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970-01-01 25:00:00", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970-01-01 00:00:01.", LEAT_TIMESTAMP_CAST, false, true, 1000000},
    {"1970-01-02 ", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970-01-01 00:00:00 ", LEAT_TIMESTAMP_CAST, false, false, 0},
    {" 1970-01-01", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"", LEAT_TIMESTAMP_CAST, false, false, 0},
    {"1970", LEAT_TIMESTAMP_CAST, false, false, 0},
};

static void timestamps_are_read_strictly(void **state) {
    (void)state;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(parse_cases); i++) {
        int64_t micros = 0x5555;
        // An exact copy on the heap, so that a sanitizer sees every byte read behind the end.
        size_t length = strlen(parse_cases[i].text);
        char *text = test_malloc(length + !length);
        memcpy(text, parse_cases[i].text, length);
        bool ok = leat_timestamp_parse(text, length, parse_cases[i].form, parse_cases[i].ltz, &micros);
        test_free(text);
        if (ok != parse_cases[i].ok || micros != (ok ? parse_cases[i].micros : 0x5555))
            fail_msg("\"%s\" form %d: %d %lld", parse_cases[i].text, (int)parse_cases[i].form, ok, (long long)micros);
    }
}

static void what_is_printed_reads_back(void **state) {
    (void)state;
    const char *seed_text = getenv("LEAT_SEED");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 7;
    uint64_t x = seed;
    for (int i = 0; i < 300000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        int64_t range = LEAT_TIMESTAMP_MAX - INT64_C(-62135596800000000);
        int64_t micros = INT64_C(-62135596800000000) + (int64_t)((x >> 1) % (uint64_t)range);
        enum leat_timestamp_form form = (enum leat_timestamp_form)(x % 3);
        uint8_t precision = (uint8_t)(x >> 8) % 7;
        bool ltz = x >> 62 & 1;
        char text[LEAT_TIMESTAMP_TEXT_BYTES];
        size_t length = leat_timestamp_print(micros, precision, form, ltz, text);
        int64_t back = 0;
        if (!leat_timestamp_parse(text, length, form, ltz, &back) || back != leat_time_truncate(micros, precision))
            fail_msg("seed %llu: %.*s is %lld, not %lld", (unsigned long long)seed, (int)length, text, (long long)back, (long long)micros);
    }
}

static void precision_is_cut_towards_the_past(void **state) {
    (void)state;
    assert_int_equal(leat_time_truncate(1999999, 0), 1000000);
    assert_int_equal(leat_time_truncate(1999999, 3), 1999000);
    assert_int_equal(leat_time_truncate(1999999, 6), 1999999);
    assert_int_equal(leat_time_truncate(-1, 0), -1000000);
    assert_int_equal(leat_time_truncate(-1, 3), -1000);
    assert_int_equal(leat_time_truncate(-1000, 3), -1000);
}

static void months_keep_the_day_or_take_the_last_one(void **state) {
    (void)state;
    static const struct {
        const char *from;
        int32_t months;
        const char *to;
    } cases[] = {
        {"2024-01-31 01:02:03.000004", 1, "2024-02-29 01:02:03.000004"},
        {"2023-01-31 00:00:00", 1, "2023-02-28 00:00:00"},
        {"2024-03-31 23:00:00", -1, "2024-02-29 23:00:00"},
        {"2024-02-29 00:00:00", 12, "2025-02-28 00:00:00"},
        {"2024-02-29 00:00:00", -48, "2020-02-29 00:00:00"},
        {"2024-12-15 00:00:00", 1, "2025-01-15 00:00:00"},
        {"2024-01-15 00:00:00", -1, "2023-12-15 00:00:00"},
        {"1969-12-31 23:59:59.999999", 2, "1970-02-28 23:59:59.999999"},
        {"0001-01-01 00:00:00", -12, "0000-01-01 00:00:00"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        int64_t micros = 0;
        assert_true(leat_timestamp_parse(cases[i].from, strlen(cases[i].from), LEAT_TIMESTAMP_SQL, false, &micros));
        assert_printed(leat_time_add_months(micros, cases[i].months), 6, LEAT_TIMESTAMP_SQL, false, cases[i].to);
    }
    leat_time_add_months(INT64_MAX, INT32_MAX); // nothing to compare with, but no undefined behaviour
    leat_time_add_months(INT64_MIN, INT32_MIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_a_thousand_years_has_its_civil_date_and_back),
        cmocka_unit_test(timestamps_are_printed_in_every_form),
        cmocka_unit_test(timestamps_are_read_strictly),
        cmocka_unit_test(what_is_printed_reads_back),
        cmocka_unit_test(precision_is_cut_towards_the_past),
        cmocka_unit_test(months_keep_the_day_or_take_the_last_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
