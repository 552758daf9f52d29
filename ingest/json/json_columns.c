// From places of keys to columns: short loops, one column at a time, over the values of a batch.
#include "ingest/json/json_columns.h"

#include "engine/expr/number.h"

static inline bool is_digit(char c) {
    return (uint8_t)(c - '0') < 10;
}

// The value at `p`, in a line that is right and has neither containers nor escapes nor exponents.
static struct leat_json_value read_value(const char *p, const char *end) {
    struct leat_json_value value = {.start = p};
    switch (*p) {
    case '"':
        value.start++;
        value.length = (uint32_t)((const char *)memchr(p + 1, '"', (size_t)(end - p - 1)) - value.start);
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
        for (; is_digit(*p) || *p == '.'; p++)
            if (*p == '.')
                value.kind = LEAT_JSON_DECIMAL;
        value.length = (uint32_t)(p - value.start);
    }
    return value;
}

static void set_null(struct leat_column *column, uint32_t row) {
    if (!column->has_null)
        leat_column_fill_valid(column, LEAT_BATCH_ROWS);
    leat_column_set_null(column, row);
    size_t bytes = leat_physical_bytes(column->physical);
    memset((char *)column->data + row * bytes, 0, bytes);
}

int leat_json_fill_any(const struct leat_json_fill *fill, uint32_t i, const char *p) {
    uint32_t row = fill->rows[i];
    struct leat_json_value value = read_value(p, fill->text_end);
    if (value.kind == LEAT_JSON_NULL) {
        set_null(fill->column, row);
        return 0;
    }
    void *out = (char *)fill->column->data + row * leat_physical_bytes(fill->column->physical);
    enum leat_timestamp_form form = fill->decoder->config->timestamp_form;
    switch (leat_json_convert(&value, fill->field->type, form, &fill->batch->heap, out)) {
    case LEAT_JSON_CONVERTED:
        return 0;
    case LEAT_JSON_NO_MEMORY:
        return -1;
    default: // the walker says what becomes of the record
        leat_json_mark_slow(&fill->decoder->fast, row);
        return 0;
    }
}

static int fill_generic(const struct leat_json_fill *fill) {
    for (uint32_t i = 0; i < fill->count; i++)
        if (leat_json_fill_any(fill, i, fill->text + fill->places[i]) != 0)
            return -1;
    return 0;
}

int leat_json_fill_double(const struct leat_json_fill *fill) {
    double *out = leat_column_double(fill->column);
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = fill->text + fill->places[i];
        double number;
        if (LEAT_LIKELY((is_digit(*p) || *p == '-') && leat_double_parse_prefix(p, fill->text_end, &number) && number - number == 0))
            out[fill->rows[i]] = number;
        else if (leat_json_fill_any(fill, i, p) != 0)
            return -1;
    }
    return 0;
}

int leat_json_fill_int64(const struct leat_json_fill *fill) {
    int64_t *out = leat_column_int64(fill->column);
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = fill->text + fill->places[i], *digits = p + (*p == '-'), *stop = digits;
        uint64_t number = 0;
        for (; is_digit(*stop) && stop - digits < 18; stop++) // what has more digits may be out of range
            number = number * 10 + (uint64_t)(*stop - '0');
        if (LEAT_LIKELY(stop > digits && stop - digits < 18 && *stop != '.'))
            out[fill->rows[i]] = *p == '-' ? -(int64_t)number : (int64_t)number;
        else if (leat_json_fill_any(fill, i, p) != 0)
            return -1;
    }
    return 0;
}

int leat_json_fill_text(const struct leat_json_fill *fill) {
    struct leat_text *out = leat_column_text(fill->column);
    for (uint32_t i = 0; i < fill->count; i++) {
        const char *p = fill->text + fill->places[i];
        if (LEAT_LIKELY(*p == '"')) {
            const char *stop = memchr(p + 1, '"', (size_t)(fill->text_end - p - 1));
            out[fill->rows[i]] = leat_text_view(p + 1, (uint32_t)(stop - p - 1));
        } else if (leat_json_fill_any(fill, i, p) != 0) {
            return -1;
        }
    }
    return 0;
}

uint32_t leat_json_list_members(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid) {
    uint32_t members = 0;
    memset(valid, 0xff, LEAT_BATCH_WORDS * sizeof *valid);
    for (uint32_t row = 0; row < count; row++) {
        uint64_t absent = places[row] == 0;
        rows[members] = (uint16_t)row;
        member_places[members] = places[row];
        members += !absent;
        valid[row / 64] ^= absent << row % 64;
    }
    return members;
}

// Marks absent members as nulls, their rows as slow where that makes a record bad. Texts are emptied: what they held may be gone.
static void fill_absent(const struct leat_json_fill *fill, const uint64_t *valid, uint32_t rows) {
    struct leat_column *column = fill->column;
    column->has_null = true;
    memcpy(column->valid, valid, LEAT_BATCH_WORDS * sizeof *valid);
    bool strict = fill->decoder->config->fail_on_missing_field;
    if (!strict && column->physical != LEAT_PHYSICAL_TEXT)
        return;
    for (uint32_t word = 0; word * 64 < rows; word++) {
        if (strict)
            fill->decoder->fast.slow[word] |= ~valid[word];
        if (column->physical == LEAT_PHYSICAL_TEXT)
            for (uint64_t left = ~valid[word]; left; left &= left - 1)
                leat_column_text(column)[word * 64 + (uint32_t)__builtin_ctzll(left)] = (struct leat_text){0};
    }
}

static int fill_column(const struct leat_json_level *level, const struct leat_json_fill *fill) {
    switch (fill->field->type.kind) {
    case LEAT_TYPE_DOUBLE:
        return level->fill_double(fill);
    case LEAT_TYPE_BIGINT:
        return level->fill_int64(fill);
    case LEAT_TYPE_STRING:
        return level->fill_text(fill);
    default:
        return fill_generic(fill);
    }
}

int leat_json_fill_columns(struct leat_json_decoder *decoder, struct leat_batch *batch) {
    const struct leat_decode_config *config = decoder->config;
    struct leat_json_fast *fast = &decoder->fast;
    uint64_t valid[LEAT_BATCH_WORDS];
    for (uint32_t i = 0; i < config->field_count; i++) {
        const uint32_t *places = fast->rows.places + (size_t)(i + 1) * LEAT_JSON_PLACES_PITCH;
        struct leat_json_fill fill = {.decoder = decoder,
                                      .batch = batch,
                                      .column = &batch->columns[i],
                                      .field = &config->fields[i],
                                      .text = decoder->text,
                                      .text_end = decoder->text + decoder->length,
                                      .places = fast->member_places,
                                      .rows = fast->member_rows,
                                      .others = fast->others};
        fill.count = fast->level->list_members(places, fast->rows.count, fast->member_rows, fast->member_places, valid);
        if (fill.count < fast->rows.count)
            fill_absent(&fill, valid, fast->rows.count);
        if (fill_column(fast->level, &fill) != 0)
            return -1;
    }
    return 0;
}
