// The print encoder: lines as the print connector of Flink shows them.
#include "operators/sinks/encode_print.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_printed(const struct leat_encode_config *config, const struct leat_batch *batch, const char *expected) {
    void *encoder;
    if (leat_print_encoder_ops.create(config, NULL, &encoder))
        fail_msg("%s", leat_error_text());
    struct leat_bytes out = {0};
    struct leat_selection all = {.count = batch->rows};
    assert_int_equal(leat_print_encoder_ops.encode(encoder, batch, &all, &out), 0);
    if (out.length != strlen(expected) || memcmp(out.data, expected, out.length) != 0)
        fail_msg("have %.*s want %s", (int)out.length, out.data ? out.data : "", expected);
    leat_bytes_free(&out);
    leat_print_encoder_ops.destroy(encoder);
}

// One value, as a column and as a constant.
static void assert_value(struct leat_value value, const char *expected) {
    char line[256];
    snprintf(line, sizeof(line), "+I[%s]\n", expected);
    uint8_t physical = (uint8_t)leat_type_physical(value.type.kind);
    struct leat_batch *batch = leat_batch_create(NULL, &physical, 1, false, false);
    batch->rows = 1;
    memcpy(batch->columns[0].data, &value.int64, leat_physical_bytes(physical));
    struct leat_encode_field field = {.name = "x", .type = value.type};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    assert_printed(&config, batch, line);
    field.constant = &value;
    assert_printed(&config, batch, line);
    leat_batch_destroy(NULL, batch);
}

static void values_look_as_in_java(void **state) {
    (void)state;
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_INT, .int32 = -7}, "-7");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_BIGINT, .int64 = INT64_MIN}, "-9223372036854775808");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_BOOLEAN, .boolean = true}, "true");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_BOOLEAN, .boolean = false}, "false");
    static const struct {
        double value;
        const char *text;
    } doubles[] = {{1, "1.0"},
                   {1e10, "1.0E10"},
                   {0.001, "0.001"},
                   {-0.0, "-0.0"},
                   {NAN, "NaN"},
                   {-INFINITY, "-Infinity"},
                   {87.123456789, "87.123456789"}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(doubles); i++)
        assert_value((struct leat_value){.type.kind = LEAT_TYPE_DOUBLE, .float64 = doubles[i].value}, doubles[i].text);
    static const char raw[] = "a \"text\", \\ and more \xc3\xa4";
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_STRING, .text = leat_text_view(raw, sizeof(raw) - 1)}, raw);
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_STRING, .text = leat_text_view(NULL, 0)}, "");
}

static void timestamps_look_as_in_java(void **state) {
    (void)state;
    static const struct {
        int64_t time_us;
        const char *local, *instant;
    } cases[] = {
        {0, "1970-01-01T00:00", "1970-01-01T00:00:00Z"},
        {1000000, "1970-01-01T00:00:01", "1970-01-01T00:00:01Z"},
        {1554096460415000, "2019-04-01T05:27:40.415", "2019-04-01T05:27:40.415Z"},
        {1554096460400000, "2019-04-01T05:27:40.400", "2019-04-01T05:27:40.400Z"},
        {1554096420000001, "2019-04-01T05:27:00.000001", "2019-04-01T05:27:00.000001Z"},
        {1554096420001000, "2019-04-01T05:27:00.001", "2019-04-01T05:27:00.001Z"},
        {-1, "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999Z"},
        {-60000000, "1969-12-31T23:59", "1969-12-31T23:59:00Z"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        struct leat_value value = {.type = {.kind = LEAT_TYPE_TIMESTAMP, .precision = 6}, .int64 = cases[i].time_us};
        assert_value(value, cases[i].local);
        value.type.kind = LEAT_TYPE_TIMESTAMP_LTZ;
        assert_value(value, cases[i].instant);
    }
}

static void rows_join_their_values_and_show_null(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64};
    struct leat_batch *batch = leat_batch_create(NULL, physical, 2, false, false);
    batch->rows = 2;
    for (uint32_t row = 0; row < 2; row++) {
        leat_column_text(&batch->columns[0])[row] = leat_text_view("a text of more than twelve bytes", 32);
        leat_column_int64(&batch->columns[1])[row] = row + 1;
    }
    leat_column_fill_valid(&batch->columns[0], 2);
    leat_column_set_null(&batch->columns[0], 1);
    struct leat_value null = {.is_null = true};
    struct leat_encode_field fields[] = {{.name = "t", .type.kind = LEAT_TYPE_STRING, .column = 0},
                                         {.name = "n", .type.kind = LEAT_TYPE_BIGINT, .column = 1},
                                         {.name = "z", .type.kind = LEAT_TYPE_INT, .constant = &null}};
    struct leat_encode_config config = {.fields = fields, .field_count = 3};
    assert_printed(&config, batch, "+I[a text of more than twelve bytes, 1, null]\n+I[null, 2, null]\n");
    config.prefix = "ID:1";
    assert_printed(&config, batch, "ID:1> +I[a text of more than twelve bytes, 1, null]\nID:1> +I[null, 2, null]\n");
    config = (struct leat_encode_config){.prefix = ""};
    assert_printed(&config, batch, "+I[]\n+I[]\n");
    leat_batch_destroy(NULL, batch);
}

static void failures_of_memory_leave_the_output_as_it_was(void **state) {
    (void)state;
    uint8_t physical = LEAT_PHYSICAL_INT64;
    struct leat_batch *batch = leat_batch_create(NULL, &physical, 1, false, false);
    batch->rows = LEAT_BATCH_ROWS;
    struct leat_encode_field field = {.name = "n", .type.kind = LEAT_TYPE_BIGINT};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    struct leat_budget budget = {.owner = "print"};
    int rc = -1;
    for (uint64_t nth = 1; rc; nth++) {
        void *encoder;
        leat_memory_fail_at(nth);
        rc = leat_print_encoder_ops.create(&config, &budget, &encoder);
        if (!rc) {
            struct leat_bytes out = {.budget = &budget};
            struct leat_selection all = {.count = LEAT_BATCH_ROWS};
            rc = leat_print_encoder_ops.encode(encoder, batch, &all, &out);
            assert_int_equal(out.length, rc ? 0 : LEAT_BATCH_ROWS * strlen("+I[0]\n"));
            leat_bytes_free(&out);
            leat_print_encoder_ops.destroy(encoder);
        }
        leat_memory_fail_at(0);
        assert_int_equal(budget.used_bytes, 0);
        if (rc)
            assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    }
    leat_error_clear();
    leat_batch_destroy(NULL, batch);
}

static void intervals_are_refused(void **state) {
    (void)state;
    struct leat_encode_field field = {.name = "gap", .type.kind = LEAT_TYPE_INTERVAL_MONTH};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    void *encoder;
    assert_int_equal(leat_print_encoder_ops.create(&config, NULL, &encoder), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    leat_error_clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_look_as_in_java),
        cmocka_unit_test(timestamps_look_as_in_java),
        cmocka_unit_test(rows_join_their_values_and_show_null),
        cmocka_unit_test(failures_of_memory_leave_the_output_as_it_was),
        cmocka_unit_test(intervals_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
