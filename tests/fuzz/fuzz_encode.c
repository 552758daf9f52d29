// The JSON encoder: whatever the columns, constants and values are, each line is one strict JSON object that holds exactly them.
#include "operators/sinks/encode_json.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/expr/time.h"

#include <math.h>
#include <stdlib.h>

#define COLUMNS_MAX 6
#define ROWS_MAX    40
#define NAME_MAX    40
#define TEXT_MAX    4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t kinds[] = {LEAT_TYPE_NULL,   LEAT_TYPE_BOOLEAN, LEAT_TYPE_INT,       LEAT_TYPE_BIGINT,
                                LEAT_TYPE_DOUBLE, LEAT_TYPE_STRING,  LEAT_TYPE_TIMESTAMP, LEAT_TYPE_TIMESTAMP_LTZ};

// What is left of the input; zeros when it has run out.
struct input {
    const uint8_t *at;
    const uint8_t *end;
};

static uint8_t take(struct input *input) {
    return input->at < input->end ? *input->at++ : 0;
}

static void take_bytes(struct input *input, void *out, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)out)[i] = take(input);
}

// A view of up to `max` of the next bytes.
static struct leat_text take_text(struct input *input, size_t max) {
    size_t length = take(input);
    length = LEAT_MIN(length * length / 16, LEAT_MIN(max, (size_t)(input->end - input->at))); // mostly short ones, some long
    struct leat_text text = leat_text_view((const char *)input->at, (uint32_t)length);
    input->at += length;
    return text;
}

// The case that the bytes describe, kept value by value beside the batch.
struct fuzz_case {
    uint32_t columns;
    uint32_t rows;
    struct leat_encode_config config;
    struct leat_encode_field fields[COLUMNS_MAX];
    char names[COLUMNS_MAX][NAME_MAX + 1];
    struct leat_value constants[COLUMNS_MAX];
    struct leat_value values[COLUMNS_MAX][ROWS_MAX];
};

static struct leat_value take_value(struct input *input, struct leat_type type) {
    struct leat_value value = {.type = type, .is_null = type.kind == LEAT_TYPE_NULL || take(input) % 5 == 0};
    switch (type.kind) {
    case LEAT_TYPE_BOOLEAN:
        value.boolean = take(input) & 1;
        break;
    case LEAT_TYPE_STRING:
        value.text = take_text(input, TEXT_MAX);
        break;
    default:
        take_bytes(input, &value.int64, leat_physical_bytes(leat_type_physical(type.kind)));
        break;
    }
    return value;
}

static void take_case(struct input *input, struct fuzz_case *c) {
    uint8_t flags = take(input);
    c->columns = take(input) % (COLUMNS_MAX + 1);
    c->rows = take(input) % (ROWS_MAX + 1);
    c->config = (struct leat_encode_config){.fields = c->fields,
                                            .field_count = c->columns,
                                            .timestamp_form = flags & 1 ? LEAT_TIMESTAMP_SQL : LEAT_TIMESTAMP_ISO_8601,
                                            .ignore_null_fields = flags & 2};
    for (uint32_t i = 0; i < c->columns; i++) {
        uint8_t shape = take(input);
        struct leat_text name = take_text(input, NAME_MAX);
        memcpy(c->names[i], leat_text_bytes(&name), name.length);
        c->names[i][name.length] = 0; // a zero among the bytes ends it earlier
        struct leat_type type = {.kind = kinds[shape % LEAT_ARRAY_LEN(kinds)], .precision = 6};
        c->fields[i] = (struct leat_encode_field){.name = c->names[i], .type = type, .column = c->columns - 1 - i};
        if (shape & 0x80) {
            c->constants[i] = take_value(input, type);
            c->fields[i].constant = &c->constants[i];
        }
    }
    for (uint32_t row = 0; row < c->rows; row++)
        for (uint32_t i = 0; i < c->columns; i++)
            c->values[i][row] = c->fields[i].constant ? c->constants[i] : take_value(input, c->fields[i].type);
}

static struct leat_batch *batch_of(const struct fuzz_case *c) {
    uint8_t physical[COLUMNS_MAX];
    for (uint32_t i = 0; i < c->columns; i++)
        physical[c->fields[i].column] = (uint8_t)leat_type_physical(c->fields[i].type.kind);
    struct leat_batch *batch = leat_batch_create(NULL, physical, c->columns, false, false);
    leat_assert(batch != NULL);
    batch->rows = c->rows;
    for (uint32_t i = 0; i < c->columns; i++) {
        struct leat_column *column = &batch->columns[c->fields[i].column];
        size_t bytes = leat_physical_bytes(column->physical);
        leat_column_fill_valid(column, LEAT_BATCH_ROWS);
        for (uint32_t row = 0; row < c->rows; row++) {
            memcpy((char *)column->data + row * bytes, &c->values[i][row].int64, bytes);
            if (c->values[i][row].is_null)
                leat_column_set_null(column, row);
        }
    }
    return batch;
}

// ---- Reading strictly -----------------------------------------------------------------------------------------------------------

static const char *expect(const char *at, const char *text) {
    leat_assert(strncmp(at, text, strlen(text)) == 0);
    return at + strlen(text);
}

// Reads a JSON string, which must hold just these bytes: RFC 8259's escapes of one byte, and none that is not needed.
static const char *expect_string(const char *at, const char *bytes, size_t length) {
    at = expect(at, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned byte = (uint8_t)bytes[i];
        if (*at != '\\') {
            leat_assert((uint8_t)*at == byte && byte >= 0x20 && byte != '"');
            at++;
            continue;
        }
        const char *pairs = "b\bt\tn\nf\fr\r\"\"\\\\";
        if (at[1] == 'u') {
            char *end;
            char digits[5] = {at[2], at[3], at[4], at[5], 0};
            leat_assert(strtoul(digits, &end, 16) == byte && *end == 0 && byte < 0x20 && !memchr("\b\t\n\f\r", (int)byte, 5));
            at += 6;
        } else {
            const char *pair = strchr(pairs, at[1]);
            leat_assert(pair && (pair - pairs) % 2 == 0 && (uint8_t)pair[1] == byte);
            at += 2;
        }
    }
    return expect(at, "\"");
}

static const char *expect_double(const char *at, double value) {
    if (isnan(value))
        return expect(at, "\"NaN\"");
    if (isinf(value))
        return expect(at, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    leat_assert(*at == '-' || (*at >= '0' && *at <= '9')); // strtod takes more than JSON does
    leat_assert(strspn(at, "-0123456789.e+") == strcspn(at, ",}"));
    char *end;
    double back = strtod(at, &end);
    leat_assert(memcmp(&back, &value, sizeof(value)) == 0);
    return end;
}

static const char *expect_timestamp(const char *at, const struct leat_value *value, enum leat_timestamp_form form) {
    at = expect(at, "\"");
    size_t length = strspn(at, "+-0123456789:. TZ");
    int64_t back = 0;
    bool ltz = value->type.kind == LEAT_TYPE_TIMESTAMP_LTZ;
    bool is_read = leat_timestamp_parse(at, length, form, ltz, &back);
    leat_assert(is_read ? back == value->int64
                        : value->int64 <= LEAT_TIMESTAMP_MIN + 366 * LEAT_MICROS_PER_DAY || value->int64 > LEAT_TIMESTAMP_MAX);
    return expect(at + length, "\"");
}

static const char *expect_integer(const char *at, int64_t value) {
    char *end;
    leat_assert(*at == '-' || (*at >= '0' && *at <= '9'));
    leat_assert(strtoll(at, &end, 10) == value);
    leat_assert(*at != '0' || end == at + 1);
    return end;
}

static const char *expect_value(const char *at, const struct leat_value *value, enum leat_timestamp_form form) {
    if (value->is_null)
        return expect(at, "null");
    switch (value->type.kind) {
    case LEAT_TYPE_BOOLEAN:
        return expect(at, value->boolean ? "true" : "false");
    case LEAT_TYPE_INT:
        return expect_integer(at, value->int32);
    case LEAT_TYPE_BIGINT:
        return expect_integer(at, value->int64);
    case LEAT_TYPE_DOUBLE:
        return expect_double(at, value->float64);
    case LEAT_TYPE_STRING:
        return expect_string(at, leat_text_bytes(&value->text), value->text.length);
    default:
        return expect_timestamp(at, value, form);
    }
}

static const char *expect_row(const char *at, const struct fuzz_case *c, uint32_t row) {
    at = expect(at, "{");
    bool first = true;
    for (uint32_t i = 0; i < c->columns; i++) {
        const struct leat_value *value = &c->values[i][row];
        if (value->is_null && c->config.ignore_null_fields)
            continue;
        at = expect(at, first ? "" : ",");
        at = expect_string(at, c->names[i], strlen(c->names[i]));
        at = expect_value(expect(at, ":"), value, c->config.timestamp_form);
        first = false;
    }
    return expect(at, "}\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct fuzz_case c;
    struct input input = {.at = data, .end = data + size};
    take_case(&input, &c);
    struct leat_batch *batch = batch_of(&c);
    void *encoder;
    leat_assert(leat_json_encoder_ops.create(&c.config, NULL, &encoder) == 0);
    struct leat_bytes out = {0};
    struct leat_selection all = {.count = c.rows};
    leat_assert(leat_json_encoder_ops.encode(encoder, batch, &all, &out) == 0);
    leat_assert(leat_bytes_reserve(&out, 1));
    out.data[out.length] = 0; // the C library's readers want an end
    const char *at = out.data;
    for (uint32_t row = 0; row < c.rows; row++)
        at = expect_row(at, &c, row);
    leat_assert(at == out.data + out.length);
    leat_bytes_free(&out);
    leat_json_encoder_ops.destroy(encoder);
    leat_batch_destroy(NULL, batch);
    return 0;
}
