// The JSON encoder: exact bytes, every character that needs an escape, missing values in both modes, constants, and round trips.
#include "operators/sinks/encode_json.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT_BYTES_MAX 200

static uint64_t seed;

static uint64_t next_random(uint64_t *state) {
    *state += 0x9e3779b97f4a7c15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static struct leat_text text_of(const char *bytes) {
    return leat_text_view(bytes, (uint32_t)strlen(bytes));
}

static struct leat_batch *batch_of(uint32_t columns, const uint8_t *physical, uint32_t rows) {
    struct leat_batch *batch = leat_batch_create(NULL, physical, columns, false, false);
    assert_non_null(batch);
    batch->rows = rows;
    return batch;
}

static void set_null(struct leat_batch *batch, uint32_t column, uint32_t row) {
    if (!batch->columns[column].has_null)
        leat_column_fill_valid(&batch->columns[column], batch->rows);
    leat_column_set_null(&batch->columns[column], row);
}

static void *encoder_of(const struct leat_encode_config *config) {
    void *encoder;
    if (leat_json_encoder_ops.create(config, NULL, &encoder))
        fail_msg("%s", leat_error_text());
    return encoder;
}

static void encode_all(void *encoder, const struct leat_batch *batch, struct leat_bytes *out) {
    struct leat_selection all = {.count = batch->rows};
    assert_int_equal(leat_json_encoder_ops.encode(encoder, batch, &all, out), 0);
}

static void assert_bytes(const struct leat_bytes *out, const char *expected) {
    if (out->length != strlen(expected) || memcmp(out->data, expected, out->length) != 0)
        fail_msg("have %.*s want %s", (int)out->length, out->data ? out->data : "", expected);
}

static void assert_encoded(const struct leat_encode_config *config, const struct leat_batch *batch, const char *expected) {
    void *encoder = encoder_of(config);
    struct leat_bytes out = {0};
    encode_all(encoder, batch, &out);
    assert_bytes(&out, expected);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
}

// One value of one column named "x", there as a column and as a constant.
static void assert_value(struct leat_value value, enum leat_timestamp_form form, const char *expected) {
    char line[512];
    snprintf(line, sizeof(line), "{\"x\":%s}\n", expected);
    uint8_t physical = (uint8_t)leat_type_physical(value.type.kind);
    struct leat_batch *batch = batch_of(1, &physical, 1);
    memcpy(batch->columns[0].data, &value.int64, leat_physical_bytes(physical));
    struct leat_encode_field field = {.name = "x", .type = value.type};
    struct leat_encode_config config = {.fields = &field, .field_count = 1, .timestamp_form = form};
    assert_encoded(&config, batch, line);
    field.constant = &value;
    assert_encoded(&config, batch, line);
    leat_batch_destroy(NULL, batch);
}

static void numbers_and_booleans_have_exact_bytes(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } integers[] = {
        {0, "0"}, {-1, "-1"}, {1554096460415, "1554096460415"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(integers); i++)
        assert_value((struct leat_value){.type.kind = LEAT_TYPE_BIGINT, .int64 = integers[i].value}, 0, integers[i].text);
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_INT, .int32 = INT32_MIN}, 0, "-2147483648");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_INT, .int32 = 7}, 0, "7");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_BOOLEAN, .boolean = true}, 0, "true");
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_BOOLEAN, .boolean = false}, 0, "false");
    static const struct {
        double value;
        const char *text;
    } doubles[] = {{87.123456789, "87.123456789"},
                   {0.1, "0.1"},
                   {2, "2"},
                   {-0.0, "-0.0"},
                   {1e300, "1e+300"},
                   {5e-324, "5e-324"},
                   {NAN, "\"NaN\""},
                   {-NAN, "\"NaN\""},
                   {INFINITY, "\"Infinity\""},
                   {-INFINITY, "\"-Infinity\""},
                   {-1.7976931348623157e308, "-1.7976931348623157e+308"}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(doubles); i++)
        assert_value((struct leat_value){.type.kind = LEAT_TYPE_DOUBLE, .float64 = doubles[i].value}, 0, doubles[i].text);
}

static void timestamps_are_written_in_both_standards(void **state) {
    (void)state;
    static const struct {
        int64_t time_us;
        uint8_t precision;
        const char *sql, *iso;
    } cases[] = {
        {0, 3, "1970-01-01 00:00:00", "1970-01-01T00:00:00"},
        {1554096460415000, 3, "2019-04-01 05:27:40.415", "2019-04-01T05:27:40.415"},
        {1554096460400000, 3, "2019-04-01 05:27:40.4", "2019-04-01T05:27:40.4"},
        {1554096460000001, 6, "2019-04-01 05:27:40.000001", "2019-04-01T05:27:40.000001"},
        {-1, 6, "1969-12-31 23:59:59.999999", "1969-12-31T23:59:59.999999"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        struct leat_value value = {.type = {.kind = LEAT_TYPE_TIMESTAMP, .precision = cases[i].precision}, .int64 = cases[i].time_us};
        char text[64];
        for (int utc = 0; utc < 2; utc++) {
            value.type.kind = utc ? LEAT_TYPE_TIMESTAMP_LTZ : LEAT_TYPE_TIMESTAMP;
            snprintf(text, sizeof(text), "\"%s%s\"", cases[i].sql, utc ? "Z" : "");
            assert_value(value, LEAT_TIMESTAMP_SQL, text);
            snprintf(text, sizeof(text), "\"%s%s\"", cases[i].iso, utc ? "Z" : "");
            assert_value(value, LEAT_TIMESTAMP_ISO_8601, text);
        }
    }
}

static void every_control_character_is_escaped(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 0x80; byte++) {
        char expected[16];
        const char *found = byte ? strchr("\bb\tt\nn\ff\rr\"\"\\\\", (int)byte) : NULL;
        if (byte < 0x20 && !found)
            snprintf(expected, sizeof(expected), "\"\\u%04X\"", byte);
        else if (byte < 0x20 || byte == '"' || byte == '\\')
            snprintf(expected, sizeof(expected), "\"\\%c\"", found[1]);
        else
            snprintf(expected, sizeof(expected), "\"%c\"", (int)byte);
        char bytes[1] = {(char)byte};
        assert_value((struct leat_value){.type.kind = LEAT_TYPE_STRING, .text = leat_text_view(bytes, 1)}, 0, expected);
    }
    static const char raw[] = "/\x7f \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xa8";
    assert_value((struct leat_value){.type.kind = LEAT_TYPE_STRING, .text = text_of(raw)}, 0,
                 "\"/\x7f \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x80\xa8\"");
}

// Writes what printf would, less than 256 bytes, and returns where it ends.
LEAT_PRINTF(2, 3) static char *add(char *to, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(to, 256, format, args);
    va_end(args);
    return to + length;
}

// The escape of the test: byte by byte through the C library.
static size_t slow_escape(const char *from, size_t length, char *to) {
    char *begin = to;
    for (size_t i = 0; i < length; i++) {
        static const char *const pairs = "\bb\tt\nn\ff\rr\"\"\\\\";
        const char *pair = NULL;
        for (const char *p = pairs; *p; p += 2)
            if (*p == from[i])
                pair = p;
        if (pair)
            to = add(to, "\\%c", pair[1]);
        else if ((unsigned char)from[i] < 0x20)
            to = add(to, "\\u%04X", (unsigned)from[i]);
        else
            *to++ = from[i];
    }
    return (size_t)(to - begin);
}

static void texts_of_every_length_are_escaped_at_every_place(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_TEXT};
    struct leat_batch *batch = batch_of(2, physical, 1);
    struct leat_encode_field fields[] = {{.name = "a", .type.kind = LEAT_TYPE_STRING},
                                         {.name = "b", .type.kind = LEAT_TYPE_STRING, .column = 1}};
    struct leat_encode_config config = {.fields = fields, .field_count = 2};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    char *bytes = malloc(TEXT_BYTES_MAX); // the sanitizer sees a byte read behind it
    static const char specials[] = {'"', '\\', '\n', 1, 0, 31, 'x', ' ', '\x7f', '\x80', '\xff'};
    for (uint32_t length = 0; length < TEXT_BYTES_MAX / 2; length++) {
        for (uint32_t place = 0; place <= length; place++) {
            char *text = bytes + TEXT_BYTES_MAX - length;
            memset(text, 'y', length);
            if (place < length)
                text[place] = specials[(length + place) % sizeof(specials)];
            struct leat_text view = leat_text_view(text, length);
            leat_column_text(&batch->columns[0])[0] = leat_column_text(&batch->columns[1])[0] = view;
            char expected[32 + 2 * 6 * TEXT_BYTES_MAX], *to = expected;
            to = add(to, "{\"a\":\"");
            to += slow_escape(text, length, to);
            to = add(to, "\",\"b\":\"");
            to += slow_escape(text, length, to);
            to = add(to, "\"}\n");
            out.length = 0;
            encode_all(encoder, batch, &out);
            assert_int_equal(out.length, to - expected);
            assert_memory_equal(out.data, expected, out.length);
        }
    }
    free(bytes);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

// Three columns and two constants; row 0 is full, row 1 lacks a, row 2 lacks b and c, row 3 lacks everything.
static void missing_values_are_null_or_left_out(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_TEXT};
    struct leat_batch *batch = batch_of(3, physical, 4);
    for (uint32_t row = 0; row < 4; row++) {
        leat_column_int64(&batch->columns[0])[row] = row;
        leat_column_double(&batch->columns[1])[row] = row == 3 ? NAN : row + 0.5;
        leat_column_text(&batch->columns[2])[row] = text_of("t");
    }
    static const uint8_t missing[][2] = {{0, 1}, {1, 2}, {2, 2}, {0, 3}, {1, 3}, {2, 3}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(missing); i++)
        set_null(batch, missing[i][0], missing[i][1]);
    struct leat_value seven = {.type.kind = LEAT_TYPE_INT, .int32 = 7}, null = {.type.kind = LEAT_TYPE_STRING, .is_null = true};
    struct leat_encode_field fields[] = {
        {.name = "a", .type.kind = LEAT_TYPE_BIGINT, .column = 0}, {.name = "n", .type.kind = LEAT_TYPE_STRING, .constant = &null},
        {.name = "b", .type.kind = LEAT_TYPE_DOUBLE, .column = 1}, {.name = "k", .type.kind = LEAT_TYPE_INT, .constant = &seven},
        {.name = "c", .type.kind = LEAT_TYPE_STRING, .column = 2},
    };
    struct leat_encode_config config = {.fields = fields, .field_count = 5};
    assert_encoded(&config, batch,
                   "{\"a\":0,\"n\":null,\"b\":0.5,\"k\":7,\"c\":\"t\"}\n{\"a\":null,\"n\":null,\"b\":1.5,\"k\":7,\"c\":\"t\"}\n"
                   "{\"a\":2,\"n\":null,\"b\":null,\"k\":7,\"c\":null}\n{\"a\":null,\"n\":null,\"b\":null,\"k\":7,\"c\":null}\n");
    config.ignore_null_fields = true;
    assert_encoded(&config, batch,
                   "{\"a\":0,\"b\":0.5,\"k\":7,\"c\":\"t\"}\n{\"b\":1.5,\"k\":7,\"c\":\"t\"}\n{\"a\":2,\"k\":7}\n{\"k\":7}\n");
    fields[3].constant = &null;
    assert_encoded(&config, batch, "{\"a\":0,\"b\":0.5,\"c\":\"t\"}\n{\"b\":1.5,\"c\":\"t\"}\n{\"a\":2}\n{}\n");
    leat_batch_destroy(NULL, batch);
}

static void rows_without_columns_and_names_with_escapes_work(void **state) {
    (void)state;
    struct leat_batch *batch = batch_of(0, NULL, 2);
    struct leat_encode_config config = {.field_count = 0};
    assert_encoded(&config, batch, "{}\n{}\n");
    struct leat_encode_field fields[] = {{.name = "q\"\\\n", .type.kind = LEAT_TYPE_NULL}, {.name = "", .type.kind = LEAT_TYPE_NULL}};
    config = (struct leat_encode_config){.fields = fields, .field_count = 2};
    assert_encoded(&config, batch, "{\"q\\\"\\\\\\n\":null,\"\":null}\n{\"q\\\"\\\\\\n\":null,\"\":null}\n");
    config.ignore_null_fields = true;
    assert_encoded(&config, batch, "{}\n{}\n");
    leat_batch_destroy(NULL, batch);
}

static void only_selected_rows_are_written(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_DOUBLE};
    struct leat_batch *batch = batch_of(1, physical, LEAT_BATCH_ROWS);
    uint16_t rows[LEAT_BATCH_ROWS];
    uint32_t count = 0;
    char *expected = malloc(LEAT_BATCH_ROWS * 40), *to = expected;
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        leat_column_double(&batch->columns[0])[row] = row % 7 == 0 ? INFINITY : row + 0.25;
        if (row % 5 == 0)
            set_null(batch, 0, row);
        if (row % 3 == 1)
            continue;
        rows[count++] = (uint16_t)row;
        to = row % 5 == 0 ? add(to, "{\"d\":null}\n") : row % 7 == 0 ? add(to, "{\"d\":\"Infinity\"}\n") : add(to, "{\"d\":%u.25}\n", row);
    }
    struct leat_encode_field field = {.name = "d", .type.kind = LEAT_TYPE_DOUBLE};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    struct leat_selection selection = {.rows = rows, .count = count};
    assert_int_equal(leat_json_encoder_ops.encode(encoder, batch, &selection, &out), 0);
    assert_int_equal(out.length, to - expected);
    assert_memory_equal(out.data, expected, out.length);
    free(expected);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

static void a_row_of_as_many_columns_as_there_may_be_is_written(void **state) {
    (void)state;
    static uint8_t physical[LEAT_COLUMNS_MAX];
    static struct leat_encode_field fields[LEAT_COLUMNS_MAX];
    memset(physical, LEAT_PHYSICAL_DOUBLE, sizeof(physical));
    struct leat_batch *batch = batch_of(LEAT_COLUMNS_MAX, physical, LEAT_BATCH_ROWS);
    for (uint32_t i = 0; i < LEAT_COLUMNS_MAX; i++) {
        fields[i] = (struct leat_encode_field){
            .name = "a name of more than thirty-two bytes, for a fragment of two pieces", .type.kind = LEAT_TYPE_DOUBLE, .column = i};
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++)
            leat_column_double(&batch->columns[i])[row] = -1.7976931348623157e308;
    }
    struct leat_encode_config config = {.fields = fields, .field_count = LEAT_COLUMNS_MAX};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    encode_all(encoder, batch, &out);
    size_t member = strlen(fields[0].name) + strlen(",\"\":-1.7976931348623157e+308");
    assert_int_equal(out.length, LEAT_BATCH_ROWS * (LEAT_COLUMNS_MAX * member + strlen("}\n")));
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

static void random_doubles_read_back_as_they_were(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_DOUBLE};
    struct leat_batch *batch = batch_of(1, physical, LEAT_BATCH_ROWS);
    struct leat_encode_field field = {.name = "d", .type.kind = LEAT_TYPE_DOUBLE};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    uint64_t random = seed;
    for (int round = 0; round < 50; round++) {
        double *values = leat_column_double(&batch->columns[0]);
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            uint64_t bits = next_random(&random);
            memcpy(&values[row], &bits, 8);
            if (row % 2)
                values[row] = (double)(int64_t)(bits >> 30) / 1e6;
            if (!isfinite(values[row]))
                values[row] = 0.5;
        }
        out.length = 0;
        encode_all(encoder, batch, &out);
        char *at = out.data;
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            assert_memory_equal(at, "{\"d\":", 5);
            double back = strtod(at + 5, &at);
            assert_memory_equal(at, "}\n", 2);
            assert_memory_equal(&back, &values[row], 8);
            at += 2;
        }
        assert_ptr_equal(at, out.data + out.length);
    }
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

// Runs of neighbours, jumps, and every length: what the encoder remembers of the number before must not show.
static void integers_are_written_as_printf_does(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT32};
    struct leat_batch *batch = batch_of(2, physical, LEAT_BATCH_ROWS);
    struct leat_encode_field fields[] = {{.name = "b", .type.kind = LEAT_TYPE_BIGINT},
                                         {.name = "i", .type.kind = LEAT_TYPE_INT, .column = 1}};
    struct leat_encode_config config = {.fields = fields, .field_count = 2};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    uint64_t random = seed;
    int64_t value = 0;
    for (int round = 0; round < 40; round++) {
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            uint64_t word = next_random(&random);
            if (word % 4 == 0)
                value = (int64_t)(next_random(&random) >> (word >> 8 & 63));
            else if (word % 16 == 1)
                value = (int64_t)(0 - (uint64_t)value);
            else
                value = (int64_t)((uint64_t)value + (word >> 50));
            leat_column_int64(&batch->columns[0])[row] = value;
            leat_column_int32(&batch->columns[1])[row] = (int32_t)(uint32_t)word;
        }
        out.length = 0;
        encode_all(encoder, batch, &out);
        const char *at = out.data;
        for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
            char expected[80];
            int length = snprintf(expected, sizeof(expected), "{\"b\":%lld,\"i\":%d}\n",
                                  (long long)leat_column_int64(&batch->columns[0])[row], leat_column_int32(&batch->columns[1])[row]);
            assert_memory_equal(at, expected, (size_t)length);
            at += length;
        }
        assert_ptr_equal(at, out.data + out.length);
    }
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

static void nothing_is_allocated_once_the_output_is_large_enough(void **state) {
    (void)state;
    uint8_t physical[] = {LEAT_PHYSICAL_DOUBLE, LEAT_PHYSICAL_TEXT};
    struct leat_batch *batch = batch_of(2, physical, LEAT_BATCH_ROWS);
    for (uint32_t row = 0; row < LEAT_BATCH_ROWS; row++) {
        leat_column_double(&batch->columns[0])[row] = row / 3.0;
        leat_column_text(&batch->columns[1])[row] = text_of("a \"long\" text with escapes\n");
    }
    struct leat_encode_field fields[] = {{.name = "d", .type.kind = LEAT_TYPE_DOUBLE},
                                         {.name = "t", .type.kind = LEAT_TYPE_STRING, .column = 1}};
    struct leat_encode_config config = {.fields = fields, .field_count = 2};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    encode_all(encoder, batch, &out);
    out.length = 0;
    uint64_t calls = leat_memory_calls();
    encode_all(encoder, batch, &out);
    assert_int_equal(leat_memory_calls(), calls);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

static void failures_of_memory_leave_the_output_as_it_was(void **state) {
    (void)state;
    static char megabyte[1 << 20];
    memset(megabyte, '\n', sizeof(megabyte));
    uint8_t physical[] = {LEAT_PHYSICAL_TEXT};
    struct leat_batch *batch = batch_of(1, physical, 3);
    leat_column_text(&batch->columns[0])[0] = text_of("short");
    leat_column_text(&batch->columns[0])[1] = leat_text_view(megabyte, sizeof(megabyte));
    leat_column_text(&batch->columns[0])[2] = text_of("short");
    struct leat_encode_field field = {.name = "t", .type.kind = LEAT_TYPE_STRING};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    struct leat_budget budget = {.owner = "sink"};
    for (uint64_t nth = 1;; nth++) {
        void *encoder;
        leat_memory_fail_at(nth);
        if (leat_json_encoder_ops.create(&config, &budget, &encoder)) {
            assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
            assert_int_equal(budget.used_bytes, 0);
            continue;
        }
        struct leat_bytes out = {.budget = &budget};
        struct leat_selection all = {.count = 3};
        int rc = leat_json_encoder_ops.encode(encoder, batch, &all, &out);
        leat_memory_fail_at(0);
        assert_int_equal(out.length, rc ? 0 : 2 * strlen("{\"t\":\"short\"}\n") + strlen("{\"t\":\"\"}\n") + 2 * sizeof(megabyte));
        leat_bytes_free(&out);
        leat_json_encoder_ops.destroy(encoder);
        assert_int_equal(budget.used_bytes, 0);
        if (!rc)
            break;
        assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    }
    leat_error_clear();
    leat_batch_destroy(NULL, batch);
}

static void intervals_are_refused(void **state) {
    (void)state;
    struct leat_encode_field field = {.name = "gap", .type.kind = LEAT_TYPE_INTERVAL_DAY};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    void *encoder;
    assert_int_equal(leat_json_encoder_ops.create(&config, NULL, &encoder), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    assert_non_null(strstr(leat_error_text(), "`gap`"));
    leat_error_clear();
}

// Reads the JSON string at `*at` (behind its quote) into `to`; \u escapes of one surrogate pair or one unit. Its own, slow code.
static size_t unescape(const char **at, char *to) {
    char *begin = to;
    const char *p = *at;
    while (*p != '"') {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        const char *pair = strchr("b\bt\tn\nf\fr\r\"\"\\\\//", p[1]);
        if (p[1] != 'u') {
            assert_non_null(pair);
            *to++ = pair[1];
            p += 2;
            continue;
        }
        unsigned unit, low;
        assert_int_equal(sscanf(p + 2, "%4x", &unit), 1);
        p += 6;
        if (unit >= 0xd800 && unit < 0xdc00 && sscanf(p, "\\u%4x", &low) == 1) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
        }
        if (unit < 0x80) {
            *to++ = (char)unit;
        } else if (unit < 0x800) {
            to = add(to, "%c%c", (int)(0xc0 | unit >> 6), (int)(0x80 | (unit & 63)));
        } else if (unit < 0x10000) {
            to = add(to, "%c%c%c", (int)(0xe0 | unit >> 12), (int)(0x80 | (unit >> 6 & 63)), (int)(0x80 | (unit & 63)));
        } else {
            to = add(to, "%c%c%c%c", (int)(0xf0 | unit >> 18), (int)(0x80 | (unit >> 12 & 63)), (int)(0x80 | (unit >> 6 & 63)),
                     (int)(0x80 | (unit & 63)));
        }
    }
    *at = p + 1;
    return (size_t)(to - begin);
}

static void naughty_strings_come_back_as_they_were(void **state) {
    (void)state;
    const char *shared = getenv("LEAT_SHARED");
    char path[4096];
    snprintf(path, sizeof(path), "%s/external/blns/blns.json", shared ? shared : "../shared");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("no %s: skipped\n", path);
        skip();
    }
    static char json[1 << 20];
    size_t length = fread(json, 1, sizeof(json) - 1, file);
    fclose(file);
    json[length] = 0;
    uint8_t physical[] = {LEAT_PHYSICAL_TEXT};
    struct leat_batch *batch = batch_of(1, physical, 1);
    struct leat_encode_field field = {.name = "t", .type.kind = LEAT_TYPE_STRING};
    struct leat_encode_config config = {.fields = &field, .field_count = 1};
    void *encoder = encoder_of(&config);
    struct leat_bytes out = {0};
    int strings = 0;
    static char text[1 << 16], back[1 << 16];
    for (const char *at = strchr(json, '"'); at; at = strchr(at, '"'), strings++) {
        at++;
        size_t text_bytes = unescape(&at, text);
        leat_column_text(&batch->columns[0])[0] = leat_text_view(text, (uint32_t)text_bytes);
        out.length = 0;
        encode_all(encoder, batch, &out);
        assert_memory_equal(out.data, "{\"t\":\"", 6);
        for (size_t i = 0; i + 1 < out.length; i++)
            assert_true((unsigned char)out.data[i] >= 0x20);
        const char *value = out.data + 6;
        assert_int_equal(unescape(&value, back), text_bytes);
        assert_memory_equal(back, text, text_bytes);
        assert_memory_equal(value, "}\n", 2);
    }
    assert_true(strings > 400);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
}

int main(void) {
    const char *text = getenv("LEAT_SEED");
    seed = text ? strtoull(text, NULL, 0) : 1;
    print_message("LEAT_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_booleans_have_exact_bytes),
        cmocka_unit_test(timestamps_are_written_in_both_standards),
        cmocka_unit_test(every_control_character_is_escaped),
        cmocka_unit_test(texts_of_every_length_are_escaped_at_every_place),
        cmocka_unit_test(missing_values_are_null_or_left_out),
        cmocka_unit_test(rows_without_columns_and_names_with_escapes_work),
        cmocka_unit_test(only_selected_rows_are_written),
        cmocka_unit_test(a_row_of_as_many_columns_as_there_may_be_is_written),
        cmocka_unit_test(random_doubles_read_back_as_they_were),
        cmocka_unit_test(integers_are_written_as_printf_does),
        cmocka_unit_test(nothing_is_allocated_once_the_output_is_large_enough),
        cmocka_unit_test(failures_of_memory_leave_the_output_as_it_was),
        cmocka_unit_test(intervals_are_refused),
        cmocka_unit_test(naughty_strings_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
