// Made for eyes, not for speed: value by value, each asking for its room.
#include "operators/sinks/encode_print.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/expr/number.h"
#include "engine/expr/time.h"

// Room for any value that is no text, and for what is written between values.
#define VALUE_BYTES 64

// Digits of the longest fraction of a second.
#define MICRO_DIGITS 6

_Static_assert(LEAT_DOUBLE_TEXT_BYTES <= VALUE_BYTES && LEAT_TIMESTAMP_TEXT_BYTES <= VALUE_BYTES, "values fit");

struct print_encoder {
    struct leat_budget *budget;
    const struct leat_encode_field *fields;
    uint32_t field_count;
    struct leat_bytes begin; // of every line: the prefix and "+I["
};

static bool append(struct leat_bytes *out, const char *text, size_t length) {
    if (!leat_bytes_reserve(out, length))
        return false;
    if (length)
        memcpy(out->data + out->length, text, length);
    out->length += length;
    return true;
}

// The value of a field in a row, constants included; texts are views.
static struct leat_value value_of(const struct leat_encode_field *field, const struct leat_batch *batch, uint32_t row) {
    if (field->constant)
        return *field->constant;
    const struct leat_column *column = &batch->columns[field->column];
    struct leat_value value = {.type = field->type, .is_null = field->type.kind == LEAT_TYPE_NULL || !leat_column_is_valid(column, row)};
    if (value.is_null)
        return value;
    switch (column->physical) {
    case LEAT_PHYSICAL_BOOL:
        value.boolean = leat_column_bool(column)[row];
        break;
    case LEAT_PHYSICAL_INT32:
        value.int32 = leat_column_int32(column)[row];
        break;
    case LEAT_PHYSICAL_TEXT:
        value.text = leat_column_text(column)[row];
        break;
    case LEAT_PHYSICAL_DOUBLE:
        value.float64 = leat_column_double(column)[row];
        break;
    default:
        value.int64 = leat_column_int64(column)[row];
        break;
    }
    return value;
}

// Six digits of fraction, always, to start from; Java drops the last three or all of them where they are zero, and LocalDateTime drops
// the seconds with them.
static size_t print_timestamp(int64_t time_us, bool utc, char *out) {
    size_t length = leat_timestamp_print(time_us, MICRO_DIGITS, LEAT_TIMESTAMP_CAST, false, out);
    char *space = memchr(out, ' ', length);
    leat_assert(space && length < VALUE_BYTES);
    *space = 'T';
    if (time_us % LEAT_MICROS_PER_SECOND == 0) {
        length -= 1 + MICRO_DIGITS;
        if (!utc && time_us % LEAT_MICROS_PER_MINUTE == 0)
            length -= 3;
    } else if (time_us % LEAT_MICROS_PER_MILLI == 0) {
        length -= 3;
    }
    if (utc)
        out[length++] = 'Z';
    return length;
}

static bool append_value(struct leat_bytes *out, const struct leat_value *value) {
    char text[VALUE_BYTES];
    if (value->is_null)
        return append(out, "null", 4);
    switch (value->type.kind) {
    case LEAT_TYPE_NULL:
        return append(out, "null", 4);
    case LEAT_TYPE_BOOLEAN:
        return append(out, value->boolean ? "true" : "false", value->boolean ? 4 : 5);
    case LEAT_TYPE_INT:
        return append(out, text, leat_int64_print(value->int32, text));
    case LEAT_TYPE_BIGINT:
        return append(out, text, leat_int64_print(value->int64, text));
    case LEAT_TYPE_DOUBLE:
        return append(out, text, leat_double_print_java(value->float64, text));
    case LEAT_TYPE_STRING:
        return append(out, leat_text_bytes(&value->text), value->text.length);
    default:
        return append(out, text, print_timestamp(value->int64, value->type.kind == LEAT_TYPE_TIMESTAMP_LTZ, text));
    }
}

static bool append_row(const struct print_encoder *encoder, const struct leat_batch *batch, uint32_t row, struct leat_bytes *out) {
    if (!append(out, encoder->begin.data, encoder->begin.length))
        return false;
    for (uint32_t i = 0; i < encoder->field_count; i++) {
        struct leat_value value = value_of(&encoder->fields[i], batch, row);
        if ((i > 0 && !append(out, ", ", 2)) || !append_value(out, &value))
            return false;
    }
    return append(out, "]\n", 2);
}

static int print_encode(void *state, const struct leat_batch *batch, const struct leat_selection *rows, struct leat_bytes *out) {
    const struct print_encoder *encoder = state;
    size_t length_before = out->length;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (!append_row(encoder, batch, leat_selection_row(rows, i), out)) {
            out->length = length_before;
            return leat_error_append("cannot print rows");
        }
    }
    return 0;
}

static void print_destroy(void *state) {
    struct print_encoder *encoder = state;
    leat_bytes_free(&encoder->begin);
    leat_memory_free(encoder->budget, encoder, sizeof(*encoder));
}

static int print_create(const struct leat_encode_config *config, struct leat_budget *budget, void **state) {
    for (uint32_t i = 0; i < config->field_count; i++) {
        uint8_t kind = config->fields[i].type.kind;
        if (kind == LEAT_TYPE_INTERVAL_DAY || kind == LEAT_TYPE_INTERVAL_MONTH)
            return leat_error_set(LEAT_ERROR_CONFIG, "column `%s`: print does not show INTERVAL", config->fields[i].name);
    }
    struct print_encoder *encoder = leat_memory_zalloc(budget, sizeof(*encoder));
    if (!encoder)
        return -1;
    *encoder =
        (struct print_encoder){.budget = budget, .fields = config->fields, .field_count = config->field_count, .begin.budget = budget};
    const char *prefix = config->prefix ? config->prefix : "";
    if (!append(&encoder->begin, prefix, strlen(prefix)) || !append(&encoder->begin, "> ", *prefix ? 2 : 0) ||
        !append(&encoder->begin, "+I[", 3)) {
        print_destroy(encoder);
        return leat_error_append("cannot make the print encoder");
    }
    *state = encoder;
    return 0;
}

const struct leat_encoder_ops leat_print_encoder_ops = {
    .name = "print",
    .create = print_create,
    .destroy = print_destroy,
    .encode = print_encode,
};
