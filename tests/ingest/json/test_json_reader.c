// What the JSON decoder makes of records: grammar, members, conversions, bad records, accounting.
#include "engine/base/error.h"
#include "tests/ingest/json/json_dump.h"

#include <setjmp.h>

#include <cmocka.h>

#define NULLABLE(k)                                                                                                                        \
    { .kind = (k), .nullable = true }

static const struct leat_decode_field fields[] = {
    {"Thing", NULLABLE(LEAT_TYPE_STRING)}, {"Timestamp", NULLABLE(LEAT_TYPE_BIGINT)}, {"v", NULLABLE(LEAT_TYPE_DOUBLE)},
    {"i", NULLABLE(LEAT_TYPE_INT)},        {"b", NULLABLE(LEAT_TYPE_BOOLEAN)},
};
static const struct leat_decode_config config = {.fields = fields, .field_count = LEAT_ARRAY_LEN(fields)};

static struct dump dump;

// Reads `text` at every level and compares with what is expected.
static void text_gives_with(const struct leat_decode_config *with, const char *text, size_t length, const char *expected) {
    char *padded = test_calloc(length + LEAT_INPUT_PADDING, 1);
    memcpy(padded, text, length);
    for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
        dump_clear(&dump);
        dump_read(&dump, with, (enum leat_simd_level)level, padded, length);
        assert_string_equal(dump.text, expected);
    }
    test_free(padded);
}

static void text_gives(const char *text, const char *expected) {
    text_gives_with(&config, text, strlen(text), expected);
}

// One column `x` of the given type; the value that `json`, an object's member "x", gives: as in a dump, or "bad N".
static void value_is(struct leat_type type, enum leat_timestamp_form format, const char *json, const char *value) {
    struct leat_decode_field field = {"x", type};
    struct leat_decode_config one = {.fields = &field, .field_count = 1, .timestamp_form = format};
    char text[512], expected[512];
    int length = snprintf(text, sizeof text, "{\"x\": %s}\n", json);
    if (strncmp(value, "bad", 3) == 0)
        snprintf(expected, sizeof expected, "bad 0+%d %d x\nblank 0 end 0\n", length - 1, LEAT_BAD_CONVERSION);
    else
        snprintf(expected, sizeof expected, "row 0+%d %s\nblank 0 end 0\n", length - 1, value);
    text_gives_with(&one, text, (size_t)length, expected);
    one.ignore_parse_errors = true;
    if (strncmp(value, "bad", 3) == 0)
        snprintf(expected, sizeof expected, "row 0+%d NULL\nblank 0 end 0\n", length - 1);
    text_gives_with(&one, text, (size_t)length, expected);
}

static void double_is(const char *json, double value) {
    char text[32];
    uint64_t bits;
    memcpy(&bits, &value, 8);
    snprintf(text, sizeof text, "%016" PRIx64, bits);
    value_is((struct leat_type)NULLABLE(LEAT_TYPE_DOUBLE), LEAT_TIMESTAMP_SQL, json, value == value ? text : "bad");
}

static void kind_is(uint8_t kind, const char *json, const char *value) {
    value_is((struct leat_type)NULLABLE(kind), LEAT_TIMESTAMP_SQL, json, value);
}

static void members_come_in_any_order_and_any_spacing(void **state) {
    (void)state;
    text_gives("{\"Thing\": \"a\", \"Timestamp\": 5, \"v\": 0.5, \"i\": -3, \"b\": true}\n",
               "row 0+60 1:61 5 3fe0000000000000 -3 1\nblank 0 end 0\n");
    text_gives("{\"b\":true,\"i\":-3,\"v\":0.5,\"Timestamp\":5,\"Thing\":\"a\"}", "row 0+51 1:61 5 3fe0000000000000 -3 1\nblank 0 end 0\n");
    text_gives("  { \"Thing\" :\"a\"\t,\"v\"  :  0.5 , \"Timestamp\": 5  }\t\r\n",
               "row 0+50 1:61 5 3fe0000000000000 NULL NULL\nblank 0 end 0\n");
    text_gives("{}\n{ }\n", "row 0+2 NULL NULL NULL NULL NULL\nrow 3+3 NULL NULL NULL NULL NULL\nblank 0 end 0\n");
}

static void names_match_exactly_and_only_at_the_top(void **state) {
    (void)state;
    text_gives("{\"thing\":\"x\",\"Thing2\":\"x\",\"Thin\":\"x\",\"\":\"x\",\"\\u0054hing\":\"y\"}\n",
               "row 0+61 1:79 NULL NULL NULL NULL\nblank 0 end 0\n");
    text_gives("{\"n\":{\"Thing\":\"x\",\"a\":[{\"v\":1},[]]},\"v\":2,\"m\":[{\"i\":1}]}\n",
               "row 0+56 NULL NULL 4000000000000000 NULL NULL\nblank 0 end 0\n");
    text_gives("{\"a\":\"Thing\\\": 1, \\\"Thing\\\":\\\"x\\\"\",\"b\":false}\n", "row 0+45 NULL NULL NULL NULL 0\nblank 0 end 0\n");
    text_gives("{\"Thing\\ud800\":\"x\"}\n", "row 0+19 NULL NULL NULL NULL NULL\nblank 0 end 0\n");
}

static void the_last_of_duplicate_members_wins(void **state) {
    (void)state;
    text_gives("{\"i\":1,\"i\":2}\n", "row 0+13 NULL NULL NULL 2 NULL\nblank 0 end 0\n");
    text_gives("{\"i\":1,\"i\":null}\n", "row 0+16 NULL NULL NULL NULL NULL\nblank 0 end 0\n");
    text_gives("{\"i\":\"bad\",\"i\":7}\n", "row 0+17 NULL NULL NULL 7 NULL\nblank 0 end 0\n");
    text_gives("{\"i\":7,\"i\":{}}\n", "bad 0+14 5 i\nblank 0 end 0\n");
    text_gives("{\"i\":1,\"\\u0069\":3}\n", "row 0+18 NULL NULL NULL 3 NULL\nblank 0 end 0\n");
    text_gives("{\"\\u0069\":3,\"i\":1}\n", "row 0+18 NULL NULL NULL 1 NULL\nblank 0 end 0\n");
}

static void doubles_come_from_numbers_and_from_texts_as_java_reads_them(void **state) {
    (void)state;
    const double none = 0.0 / 0.0;
    double_is("288.23939732142856", 288.23939732142856);
    double_is("-0", -0.0);
    double_is("-0.0", -0.0);
    double_is("1e22", 1e22);
    double_is("12345678901234567890123", 12345678901234567890123.0);
    double_is("0.1000000000000000055511151231257827021181583404541015626", 0.1);
    double_is("4.9e-324", 4.9e-324);
    double_is("1e-999", 0);
    double_is("1e999", none);
    double_is("-1e309", none);
    double_is("true", none);
    double_is("[1]", none);
    double_is("{}", none);
    double_is("\"\"", none);
    double_is("\"  1.5\\t\"", 1.5);
    double_is("\"+1.5\"", 1.5);
    double_is("\"+-1.5\"", none);
    double_is("\".5\"", 0.5);
    double_is("\"-.5e1\"", -5);
    double_is("\"5.\"", 5);
    double_is("\"5.e1\"", 50);
    double_is("\"007\"", 7);
    double_is("\"1.5f\"", 1.5);
    double_is("\"1D\"", 1);
    double_is("\".\"", none);
    double_is("\"e1\"", none);
    double_is("\"d\"", none);
    double_is("\"1e\"", none);
    double_is("\"1 2\"", none);
    double_is("\"NaN\"", none);
    double_is("\"Infinity\"", none);
    double_is("\"0x1p3\"", none);
    double_is("\"1\\u002e5\"", 1.5);
}

static void whole_numbers_are_checked_for_their_range(void **state) {
    (void)state;
    static const struct {
        uint8_t kind;
        const char *json, *value;
    } cases[] = {
        {LEAT_TYPE_BIGINT, "9223372036854775807", "9223372036854775807"},
        {LEAT_TYPE_BIGINT, "9223372036854775808", "bad"},
        {LEAT_TYPE_BIGINT, "-9223372036854775808", "-9223372036854775808"},
        {LEAT_TYPE_BIGINT, "-9223372036854775809", "bad"},
        {LEAT_TYPE_BIGINT, "1554096380468", "1554096380468"},
        {LEAT_TYPE_BIGINT, "-0", "0"},
        {LEAT_TYPE_BIGINT, "1.9", "1"},
        {LEAT_TYPE_BIGINT, "-1.9", "-1"},
        {LEAT_TYPE_BIGINT, "1e3", "1000"},
        {LEAT_TYPE_BIGINT, "9.3e18", "bad"},
        {LEAT_TYPE_BIGINT, "9223372036854775807.0", "bad"},
        {LEAT_TYPE_BIGINT, "-9223372036854775808.0", "-9223372036854775808"},
        {LEAT_TYPE_BIGINT, "1e999", "bad"},
        {LEAT_TYPE_BIGINT, "\" 12 \"", "12"},
        {LEAT_TYPE_BIGINT, "\"+12\"", "12"},
        {LEAT_TYPE_BIGINT, "\"-012\"", "-12"},
        {LEAT_TYPE_BIGINT, "\"+-12\"", "bad"},
        {LEAT_TYPE_BIGINT, "\"1.0\"", "bad"},
        {LEAT_TYPE_BIGINT, "\"\"", "bad"},
        {LEAT_TYPE_BIGINT, "\"-\"", "bad"},
        {LEAT_TYPE_BIGINT, "\"+\"", "bad"},
        {LEAT_TYPE_BIGINT, "true", "bad"},
        {LEAT_TYPE_BIGINT, "[]", "bad"},
        {LEAT_TYPE_BIGINT, "null", "NULL"},
        {LEAT_TYPE_INT, "2147483647", "2147483647"},
        {LEAT_TYPE_INT, "2147483648", "bad"},
        {LEAT_TYPE_INT, "-2147483648", "-2147483648"},
        {LEAT_TYPE_INT, "-2147483649", "bad"},
        {LEAT_TYPE_INT, "2147483647.5", "bad"},
        {LEAT_TYPE_INT, "2147483646.5", "2147483646"},
        {LEAT_TYPE_INT, "\"2147483648\"", "bad"},
        {LEAT_TYPE_INT, "4294967297", "bad"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++)
        kind_is(cases[i].kind, cases[i].json, cases[i].value);
}

static void booleans_never_fail(void **state) {
    (void)state;
    kind_is(LEAT_TYPE_BOOLEAN, "true", "1");
    kind_is(LEAT_TYPE_BOOLEAN, "false", "0");
    kind_is(LEAT_TYPE_BOOLEAN, "null", "NULL");
    kind_is(LEAT_TYPE_BOOLEAN, "\" TrUe\\n\"", "1");
    kind_is(LEAT_TYPE_BOOLEAN, "\"yes\"", "0");
    kind_is(LEAT_TYPE_BOOLEAN, "1", "0");
    kind_is(LEAT_TYPE_BOOLEAN, "{\"x\":true}", "0");
}

static void texts_hold_characters_or_echo_json(void **state) {
    (void)state;
    kind_is(LEAT_TYPE_STRING, "\"\"", "0:");
    kind_is(LEAT_TYPE_STRING, "\"abcdefghijkl\"", "12:6162636465666768696a6b6c");
    kind_is(LEAT_TYPE_STRING, "\"abcdefghijklm\"", "13:6162636465666768696a6b6c6d");
    kind_is(LEAT_TYPE_STRING, "\"\\u00e4\\n\\\"\\/\\\\\\b\\f\\r\\t\"", "10:c3a40a222f5c080c0d09");
    kind_is(LEAT_TYPE_STRING, "\"\\ud83d\\ude00\\u20AC\"", "7:f09f9880e282ac");
    kind_is(LEAT_TYPE_STRING, "\"\\u0000\"", "1:00");
    kind_is(LEAT_TYPE_STRING, "\"a\\ud800b\\udc00\\ud800\\ud83d\\ude00\"", "9:613f623f3ff09f9880");
}

static void numbers_and_containers_under_a_text_column_echo_compactly(void **state) {
    (void)state;
    kind_is(LEAT_TYPE_STRING, "1.50", "4:312e3530");
    kind_is(LEAT_TYPE_STRING, "true", "4:74727565");
    kind_is(LEAT_TYPE_STRING, "[1,\"a b\"]", "9:5b312c22612062225d");
    kind_is(LEAT_TYPE_STRING, "[ 1 , \"\\\" ]\" ]", "10:5b312c225c22205d225d");
    kind_is(LEAT_TYPE_STRING, "null", "NULL");
}

static void timestamps_follow_their_standard(void **state) {
    (void)state;
    static const struct {
        uint8_t kind, precision;
        enum leat_timestamp_form format;
        const char *json, *value;
    } cases[] = {
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:00\"", "0"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:01.5\"", "1500000"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"1969-12-31 23:59:59.999999999\"", "-1"},
        {LEAT_TYPE_TIMESTAMP, 3, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:00.123456\"", "123000"},
        {LEAT_TYPE_TIMESTAMP, 0, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:00.9\"", "0"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-02-29 12:34:56.123456\"", "1709210096123456"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2023-02-29 12:34:56\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2100-02-29 12:34:56\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-13-01 12:34:56\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01 24:00:00\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01 12:00\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01T12:00:00\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01 12:00:00Z\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01 12:00:00.\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\"2024-01-01 12:00:00.1234567890\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "\" 2024-01-01 12:00:00\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "1704110400000", "bad"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:01Z\"", "1000000"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:01.25Z\"", "1250000"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_SQL, "\"1970-01-01 00:00:01\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_ISO_8601, "\"1970-01-01T00:00:01.25\"", "1250000"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_ISO_8601, "\"1970-01-01T00:01\"", "60000000"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_ISO_8601, "\"1970-01-01T00:00:01Z\"", "1000000"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_ISO_8601, "\"1970-01-01 00:00:01Z\"", "bad"},
        {LEAT_TYPE_TIMESTAMP_LTZ, 6, LEAT_TIMESTAMP_ISO_8601, "\"\"", "bad"},
        {LEAT_TYPE_TIMESTAMP, 6, LEAT_TIMESTAMP_SQL, "null", "NULL"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        struct leat_type type = {.kind = cases[i].kind, .precision = cases[i].precision, .nullable = true};
        value_is(type, cases[i].format, cases[i].json, cases[i].value);
    }
}

static void bad_records_are_listed_with_place_and_reason(void **state) {
    (void)state;
    text_gives("{\"i\":1}\nnot json\n{\"i\":2}\r\n[1]\n\n \t\r\n{\"i\":\"x\"}\n{\"i\":3\n{\"i\":4}",
               "row 0+7 NULL NULL NULL 1 NULL\nbad 8+8 1 -\nrow 17+7 NULL NULL NULL 2 NULL\nbad 26+3 3 -\nbad 35+9 5 i\nbad 45+6 1 -\nrow "
               "52+7 NULL NULL NULL 4 NULL\nblank 2 end 0\n");
    text_gives("{\"i\":\"\xff\xfe\"}\n{\"i\":\"\xed\xa0\x80\"}\nx\xc3\n", "bad 0+10 2 -\nbad 11+11 2 -\nbad 23+2 2 -\nblank 0 end 0\n");
    text_gives(
        "{\"i\":01}\n{\"i\":1.}\n{\"i\":.1}\n{\"i\":+1}\n{\"i\":1e}\n{\"i\":--1}\n{\"i\":1,}\n{,}\n",
        "bad 0+8 1 -\nbad 9+8 1 -\nbad 18+8 1 -\nbad 27+8 1 -\nbad 36+8 1 -\nbad 45+9 1 -\nbad 55+8 1 -\nbad 64+3 1 -\nblank 0 end 0\n");
    text_gives(
        "{\"i\":1}}\n{\"i\" 1}\n{\"i\":}\n{\"i\":1 \"b\":2}\n{\"i\":1]\n{\"i\":tru}\n{\"i\":nulll}\n{\"a\":\"\\x\"}\n{\"a\":\"\t\"}\n",
        "bad 0+8 1 -\nbad 9+7 1 -\nbad 17+6 1 -\nbad 24+13 1 -\nbad 38+7 1 -\nbad 46+9 1 -\nbad 56+11 1 -\nbad 68+10 1 -\nbad 79+9 1 "
        "-\nblank 0 end 0\n");
    text_gives("1\n\"a\"\nnull\n{}{}\n", "bad 0+1 3 -\nbad 2+3 3 -\nbad 6+4 3 -\nbad 11+4 1 -\nblank 0 end 0\n");
    text_gives("\xef\xbb\xbf{\"i\":1}\n\xef\xbb\xbf\n", "row 0+10 NULL NULL NULL 1 NULL\nbad 11+3 1 -\nblank 0 end 0\n");
    text_gives_with(&config, "\0\0\n{\"i\":1}\0", 11, "bad 0+2 1 -\nbad 3+8 1 -\nblank 0 end 0\n");
}

static void a_bad_record_leaves_no_mark_on_its_neighbours(void **state) {
    (void)state;
    text_gives("{\"b\":true}\n{\"v\":1,\"b\":true}\n{\"Thing\":\"a\",\"v\":2,\"i\":\"x\"}\n{\"Thing\":\"b\",\"Timestamp\":1,\"v\":3,\"i\":"
               "4,\"b\":false}\n",
               "row 0+10 NULL NULL NULL NULL 1\nrow 11+16 NULL NULL 3ff0000000000000 NULL 1\nbad 28+27 5 i\nrow 56+49 1:62 1 "
               "4008000000000000 4 0\nblank 0 end 0\n");
}

static void a_missing_member_is_null_or_makes_the_record_bad(void **state) {
    (void)state;
    struct leat_decode_config strict = config;
    strict.fail_on_missing_field = true;
    strict.field_count = 2;
    const char *text = "{\"Thing\":\"a\",\"Timestamp\":null}\n{\"Timestamp\":1}\n{\"Thing\":{}}\n";
    text_gives_with(&strict, text, strlen(text), "row 0+30 1:61 NULL\nbad 31+15 6 Thing\nbad 47+12 6 Timestamp\nblank 0 end 0\n");
}

static void nesting_ends_somewhere(void **state) {
    (void)state;
    static char text[8192];
    static const int depths[] = {LEAT_JSON_DEPTH_MAX - 1, LEAT_JSON_DEPTH_MAX, 3000};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(depths); i++) {
        size_t n = (size_t)depths[i], at = 5;
        memcpy(text, "{\"q\":", 5);
        memset(text + at, '[', n);
        memset(text + at + n, ']', n);
        at += 2 * n;
        text[at++] = '}';
        char expected[100];
        snprintf(expected, sizeof expected,
                 i == 0 ? "row 0+%zu NULL NULL NULL NULL NULL\nblank 0 end 0\n" : "bad 0+%zu 4 -\nblank 0 end 0\n", at);
        text_gives_with(&config, text, at, expected);
    }
}

static void a_record_that_is_too_long_is_bad(void **state) {
    (void)state;
    size_t length = LEAT_RECORD_BYTES_MAX + 1;
    char *text = test_malloc(length + 20);
    memset(text, ' ', length);
    memcpy(text, "{\"i\":1}", 7);
    memcpy(text + length, "\n{\"i\":2}\n", 9);
    char expected[200];
    snprintf(expected, sizeof expected, "bad 0+%zu 7 -\nrow %zu+7 NULL NULL NULL 2 NULL\nblank 0 end 0\n", length, length + 1);
    text_gives_with(&config, text, length + 9, expected);
    memcpy(text + length - 1, "\n{\"i\":2}\n", 9);
    snprintf(expected, sizeof expected, "row 0+%zu NULL NULL NULL 1 NULL\nrow %zu+7 NULL NULL NULL 2 NULL\nblank 0 end 0\n", length - 1,
             length);
    text_gives_with(&config, text, length + 8, expected);
    test_free(text);
}

static void no_columns_still_means_checking(void **state) {
    (void)state;
    struct leat_decode_config none = {0};
    text_gives_with(&none, "{\"a\":1}\nx\n\n", 11, "row 0+7\nbad 8+1 1 -\nblank 1 end 0\n");
    text_gives_with(&none, "", 0, "blank 0 end 0\n");
}

static void types_that_no_text_gives_are_refused(void **state) {
    (void)state;
    struct leat_decode_field field = {"x", NULLABLE(LEAT_TYPE_INTERVAL_DAY)};
    struct leat_decode_config one = {.fields = &field, .field_count = 1};
    void *decoder = NULL;
    assert_int_equal(leat_json_decoder_ops.create(&one, NULL, &decoder), -1);
}

static void memory_that_runs_out_is_an_error_and_nothing_worse(void **state) {
    (void)state;
    static struct leat_decoded decoded;
    static const char text[] =
        "{\"Thing\":\"a text with an \\u0065scape that is long enough\",\"v\":\"+1.5\",\"i\":\"\\u0031\"}\n"
        "{\"Thing\":[ 1, 2 ],\"b\":\"tru\\u0065\"}\n                                                                   ";
    for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
        leat_simd_level_force((enum leat_simd_level)level);
        struct leat_batch *batch = dump_batch(&config);
        void *decoder = NULL;
        leat_memory_fail_at(1);
        assert_int_equal(leat_json_decoder_ops.create(&config, NULL, &decoder), -1);
        leat_memory_fail_at(0);
        assert_int_equal(leat_json_decoder_ops.create(&config, NULL, &decoder), 0);
        leat_json_decoder_ops.begin(decoder, text, sizeof text - LEAT_INPUT_PADDING - 1);
        leat_memory_fail_at(1); // the batch's heap has no block yet
        assert_int_equal(leat_json_decoder_ops.next(decoder, batch, &decoded), -1);
        leat_memory_fail_at(0);
        leat_error_clear();
        leat_batch_reset(batch);
        leat_json_decoder_ops.begin(decoder, text, sizeof text - LEAT_INPUT_PADDING - 1); // a new text finds it usable
        assert_int_equal(leat_json_decoder_ops.next(decoder, batch, &decoded), 1);
        assert_int_equal(decoded.good, 2);
        leat_json_decoder_ops.destroy(decoder);
        leat_batch_destroy(NULL, batch);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_any_order_and_any_spacing),
        cmocka_unit_test(names_match_exactly_and_only_at_the_top),
        cmocka_unit_test(the_last_of_duplicate_members_wins),
        cmocka_unit_test(doubles_come_from_numbers_and_from_texts_as_java_reads_them),
        cmocka_unit_test(whole_numbers_are_checked_for_their_range),
        cmocka_unit_test(booleans_never_fail),
        cmocka_unit_test(texts_hold_characters_or_echo_json),
        cmocka_unit_test(numbers_and_containers_under_a_text_column_echo_compactly),
        cmocka_unit_test(timestamps_follow_their_standard),
        cmocka_unit_test(bad_records_are_listed_with_place_and_reason),
        cmocka_unit_test(a_bad_record_leaves_no_mark_on_its_neighbours),
        cmocka_unit_test(a_missing_member_is_null_or_makes_the_record_bad),
        cmocka_unit_test(nesting_ends_somewhere),
        cmocka_unit_test(a_record_that_is_too_long_is_bad),
        cmocka_unit_test(no_columns_still_means_checking),
        cmocka_unit_test(types_that_no_text_gives_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_an_error_and_nothing_worse),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dump_free(&dump);
    return failed;
}
