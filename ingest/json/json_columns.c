// From places of keys to columns: short loops, one column at a time, over the values of a batch.
#include "engine/expr/number.h"
#include "ingest/json/json_decoder.h"

// What the loops of one column share.
struct fill {
    struct leat_json_decoder *decoder;
    struct leat_batch *batch;
    struct leat_column *column;
    struct leat_decode_field field;
    const uint32_t *places; // of the field's keys, per row
    uint32_t value_offset;  // from a key's opening quote to behind its closing one
    uint32_t rows;
};

// Where the value of the key at `place` starts. The line is right, so there is a colon, with one gap at most on either side.
static inline const char *value_at(const struct fill *fill, uint32_t place) {
    const char *p = fill->decoder->text + place + fill->value_offset;
    p += *p != ':';
    p++;
    return p + ((uint8_t)*p <= ' ');
}

static inline bool is_digit(char c) {
    return (uint8_t)(c - '0') < 10;
}

// The value at `p`, in a line that is right and has neither containers nor escapes.
static struct leat_json_value read_value(const char *p, const char *end) {
    struct leat_json_value value = {.start = p};
    switch (*p) {
    case '"':
        value.start++;
        value.length = (uint32_t)((const char *)memchr(p + 1, '"', (size_t)(end - p)) - value.start);
        value.kind = LEAT_JSON_STRING;
        break;
    case 't':
        value.length = 4;
        value.kind = LEAT_JSON_TRUE;
        break;
    case 'f':
        value.length = 5;
        value.kind = LEAT_JSON_FALSE;
        break;
    case 'n':
        value.kind = LEAT_JSON_NULL;
        break;
    default:
        value.kind = LEAT_JSON_INTEGER;
        p += *p == '-';
        while (is_digit(*p) || *p == '.') {
            if (*p == '.')
                value.kind = LEAT_JSON_DECIMAL;
            p++;
        }
        value.length = (uint32_t)(p - value.start);
    }
    return value;
}

static void set_null(const struct fill *fill, uint32_t row) {
    if (!fill->column->has_null)
        leat_column_fill_valid(fill->column, LEAT_BATCH_ROWS);
    leat_column_set_null(fill->column, row);
}

// Converts one value by the general rules. 0, or -1 when memory ran out.
static int fill_any(const struct fill *fill, uint32_t row, const char *p) {
    const struct leat_decode_config *config = fill->decoder->config;
    struct leat_json_value value = read_value(p, fill->decoder->text + fill->decoder->length);
    void *out = (char *)fill->column->data + row * leat_physical_bytes(fill->column->physical);
    if (value.kind == LEAT_JSON_NULL) {
        set_null(fill, row);
        return 0;
    }
    switch (leat_json_convert(&value, fill->field.type, config->timestamp_form, &fill->batch->heap, out)) {
    case LEAT_JSON_CONVERTED:
        return 0;
    case LEAT_JSON_NO_MEMORY:
        return -1;
    default: // the walker says what becomes of the record
        fill->decoder->fast.slow[row / 64] |= UINT64_C(1) << row % 64;
        return 0;
    }
}

static int fill_generic(const struct fill *fill) {
    for (uint32_t row = 0; row < fill->rows; row++)
        if (fill->places[row] && fill_any(fill, row, value_at(fill, fill->places[row])) != 0)
            return -1;
    return 0;
}

static int fill_double(const struct fill *fill) {
    double *out = leat_column_double(fill->column);
    const char *end = fill->decoder->text + fill->decoder->length;
    for (uint32_t row = 0; row < fill->rows; row++) {
        if (!fill->places[row])
            continue;
        const char *p = value_at(fill, fill->places[row]);
        if (LEAT_UNLIKELY(!(is_digit(*p) || *p == '-') || !leat_double_parse_prefix(p, end, &out[row]) || out[row] - out[row] != 0))
            if (fill_any(fill, row, p) != 0)
                return -1;
    }
    return 0;
}

// Marks absent members as nulls, or their rows as slow where they make a record bad; zeros in their slots.
static void fill_absent(const struct fill *fill) {
    bool strict = fill->decoder->config->fail_on_missing_field;
    size_t bytes = leat_physical_bytes(fill->column->physical);
    for (uint32_t row = 0; row < fill->rows; row++) {
        if (fill->places[row])
            continue;
        if (strict)
            fill->decoder->fast.slow[row / 64] |= UINT64_C(1) << row % 64;
        set_null(fill, row);
        memset((char *)fill->column->data + row * bytes, 0, bytes);
    }
}

int leat_json_fill_columns(struct leat_json_decoder *decoder, struct leat_batch *batch) {
    const struct leat_decode_config *config = decoder->config;
    for (uint32_t i = 0; i < config->field_count; i++) {
        struct fill fill = {.decoder = decoder,
                            .batch = batch,
                            .column = &batch->columns[i],
                            .field = config->fields[i],
                            .places = decoder->fast.rows.places + (size_t)i * LEAT_BATCH_ROWS,
                            .value_offset = decoder->names.length[i] + 2,
                            .rows = decoder->fast.rows.count};
        fill_absent(&fill);
        if ((fill.field.type.kind == LEAT_TYPE_DOUBLE ? fill_double(&fill) : fill_generic(&fill)) != 0)
            return -1;
    }
    return 0;
}
