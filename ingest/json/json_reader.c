#include "ingest/json/json_reader.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "ingest/json/json_columns.h"
#include "ingest/json/json_text.h"

enum leat_bad_reason leat_json_validate(const char *text, size_t length) {
    if (length > LEAT_RECORD_BYTES_MAX)
        return LEAT_BAD_TOO_LONG;
    if (!leat_json_utf8_valid(text, length))
        return LEAT_BAD_UTF8;
    return leat_json_walk(NULL, text, length, NULL);
}

// ---- Making one ------------------------------------------------------------------------------------------------------

// Bytes per slot of the table of names: it is at most half full.
static uint32_t names_slot_count(uint32_t fields) {
    uint32_t slots = 8;
    while (slots < 2 * fields)
        slots *= 2;
    return slots;
}

static void names_fill(struct leat_json_names *names) {
    for (uint32_t i = 0; i < names->count; i++) {
        const char *name = names->fields[i].name;
        names->length[i] = (uint32_t)strlen(name);
        uint32_t slot = (uint32_t)leat_hash_bytes(name, names->length[i]);
        while (names->slots[slot & names->slot_mask])
            slot++;
        names->slots[slot & names->slot_mask] = (uint16_t)(i + 1);
    }
}

static int check_config(const struct leat_decode_config *config) {
    if (config->field_count > LEAT_COLUMNS_MAX)
        return leat_error_set(LEAT_ERROR_CONFIG, "json: %u columns, at most %u are possible", config->field_count, LEAT_COLUMNS_MAX);
    for (uint32_t i = 0; i < config->field_count; i++) {
        switch (config->fields[i].type.kind) {
        case LEAT_TYPE_BOOLEAN:
        case LEAT_TYPE_INT:
        case LEAT_TYPE_BIGINT:
        case LEAT_TYPE_DOUBLE:
        case LEAT_TYPE_STRING:
        case LEAT_TYPE_TIMESTAMP:
        case LEAT_TYPE_TIMESTAMP_LTZ:
            continue;
        default:
            return leat_error_set(LEAT_ERROR_CONFIG, "json: column `%s` has a type that cannot be read", config->fields[i].name);
        }
    }
    return 0;
}

// The fast paths by SIMD level.
static const struct leat_json_level *level_of(enum leat_simd_level level) {
    static const struct leat_json_level avx512 = {
        .scan = leat_json_scan_avx512,
        .items = leat_json_scan_items_avx512,
        .match = leat_json_match_avx512,
        .list_members = leat_json_list_members_avx512,
        .fill_double = leat_json_fill_double_avx512,
        .fill_int64 = leat_json_fill_int64_avx512,
        .fill_text = leat_json_fill_text_avx512,
    };
    static const struct leat_json_level avx2 = {
        .scan = leat_json_scan_avx2,
        .items = leat_json_scan_items_avx2,
        .match = leat_json_match_avx2,
        .list_members = leat_json_list_members_avx2,
        .fill_double = leat_json_fill_double_avx2,
        .fill_int64 = leat_json_fill_int64_avx2,
        .fill_text = leat_json_fill_text_avx2,
    };
    return level == LEAT_SIMD_AVX512 ? &avx512 : level == LEAT_SIMD_AVX2 ? &avx2 : NULL;
}

// Cuts an array off the block that is laid out; with `block` NULL only its size is counted. Cache lines are not shared.
static void *cut(char *block, size_t *used, size_t bytes) {
    void *start = block ? block + *used : NULL;
    *used += leat_align_up(bytes, LEAT_CACHE_LINE);
    return start;
}

// Lays out a decoder and its arrays in `block`, or only counts the bytes of both.
static size_t lay_out(struct leat_json_decoder *decoder, char *block, uint32_t longest_name) {
    size_t used = 0;
    uint32_t count = decoder->config->field_count, slots = names_slot_count(count);
    cut(block, &used, sizeof *decoder);
    decoder->values = cut(block, &used, count * sizeof(struct leat_json_value));
    decoder->names = (struct leat_json_names){.fields = decoder->config->fields,
                                              .count = count,
                                              .length = cut(block, &used, count * sizeof(uint32_t)),
                                              .slots = cut(block, &used, slots * sizeof(uint16_t)),
                                              .slot_mask = slots - 1,
                                              .longest_name = longest_name,
                                              .scratch = cut(block, &used, 6 * (size_t)longest_name + 1)};
    struct leat_json_fast *fast = &decoder->fast;
    if (fast->level) {
        fast->keys.keys = cut(block, &used, (count + 2) * sizeof(struct leat_json_key));
        fast->keys.slots = cut(block, &used, slots * sizeof(uint16_t));
        fast->scan = cut(block, &used, sizeof *fast->scan);
        fast->items.scan = fast->scan;
        fast->items.places = cut(block, &used, (LEAT_JSON_WINDOW_BYTES + 64) * sizeof(uint32_t));
        fast->rows.places = cut(block, &used, (count + 1) * LEAT_JSON_PLACES_PITCH * sizeof(uint32_t));
    }
    return used;
}

static int json_create(const struct leat_decode_config *config, struct leat_budget *budget, void **out) {
    if (check_config(config) != 0)
        return -1;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < config->field_count; i++)
        longest = LEAT_MAX(longest, (uint32_t)strlen(config->fields[i].name));
    struct leat_json_decoder decoder = {.budget = budget, .config = config, .fast.level = level_of(leat_simd_level())};
    decoder.bytes = lay_out(&decoder, NULL, longest);
    char *block = leat_memory_zalloc(budget, decoder.bytes);
    if (!block)
        return -1;
    lay_out(&decoder, block, longest);
    names_fill(&decoder.names);
    if (decoder.fast.level)
        leat_json_keys_fill(&decoder.fast.keys, config->fields, config->field_count, decoder.names.slot_mask + 1);
    memcpy(block, &decoder, sizeof decoder);
    *out = block;
    return 0;
}

static void json_destroy(void *decoder) {
    struct leat_json_decoder *self = decoder;
    if (self)
        leat_memory_free(self->budget, self, self->bytes);
}

static void json_begin(void *decoder, const char *text, size_t length) {
    struct leat_json_decoder *self = decoder;
    leat_assert(length <= UINT32_MAX);
    const char *last = length ? memrchr(text, '\n', length) : NULL;
    self->text = text;
    self->length = length;
    self->lines_length = last ? (size_t)(last - text) + 1 : 0;
    self->cursor = 0;
    self->fast.items.count = self->fast.items.next = 0;
}

// ---- Reading records -------------------------------------------------------------------------------------------------

static void put_null(struct leat_column *column, uint32_t row) {
    if (!column->has_null)
        leat_column_fill_valid(column, LEAT_BATCH_ROWS);
    leat_column_set_null(column, row);
    size_t bytes = leat_physical_bytes(column->physical);
    memset((char *)column->data + row * bytes, 0, bytes);
}

// Fills row `row` from decoder->values. 0, or -1 when memory ran out; *reason and *field say why the record is bad.
static int put_row(struct leat_json_decoder *decoder, struct leat_batch *batch, uint32_t row, enum leat_bad_reason *reason,
                   const char **field) {
    const struct leat_decode_config *config = decoder->config;
    for (uint32_t i = 0; i < config->field_count; i++) {
        struct leat_column *column = &batch->columns[i];
        const struct leat_json_value *value = &decoder->values[i];
        enum leat_json_converted converted = LEAT_JSON_UNFIT;
        if (value->kind > LEAT_JSON_NULL) {
            char *out = (char *)column->data + row * leat_physical_bytes(column->physical);
            converted = leat_json_convert(value, config->fields[i].type, config->timestamp_form, &batch->heap, out);
            if (converted == LEAT_JSON_NO_MEMORY)
                return -1;
        }
        if (converted == LEAT_JSON_CONVERTED) {
            if (column->has_null) // a bad record that was to stand in this row may have left its mark
                column->valid[row / 64] |= UINT64_C(1) << row % 64;
            continue;
        }
        if (value->kind > LEAT_JSON_NULL && !config->ignore_parse_errors)
            *reason = LEAT_BAD_CONVERSION;
        else if (value->kind == LEAT_JSON_ABSENT && config->fail_on_missing_field)
            *reason = LEAT_BAD_MISSING_FIELD;
        if (*reason != LEAT_BAD_NONE) {
            *field = config->fields[i].name;
            return 0;
        }
        put_null(column, row);
    }
    return 0;
}

// Reads one record the slow and sure way into row `row`. 0, or -1 when memory ran out.
static int read_record(struct leat_json_decoder *decoder, const char *record, size_t length, struct leat_batch *batch, uint32_t row,
                       enum leat_bad_reason *reason, const char **field) {
    *field = NULL;
    *reason = LEAT_BAD_TOO_LONG;
    if (length > LEAT_RECORD_BYTES_MAX)
        return 0;
    *reason = LEAT_BAD_UTF8;
    if (!leat_json_utf8_valid(record, length))
        return 0;
    *reason = leat_json_walk(&decoder->names, record, length, decoder->values);
    return *reason == LEAT_BAD_NONE ? put_row(decoder, batch, row, reason, field) : 0;
}

int leat_json_read_line(struct leat_json_decoder *decoder, uint32_t begin, uint32_t length, struct leat_batch *batch,
                        struct leat_decoded *decoded) {
    const char *line = decoder->text + begin;
    if (leat_json_skip_space(line, line + length) == line + length) {
        decoded->blank++;
        return 0;
    }
    length -= line[length - 1] == '\r';
    enum leat_bad_reason reason;
    const char *field;
    if (read_record(decoder, line, length, batch, decoded->good, &reason, &field) != 0)
        return -1;
    if (reason == LEAT_BAD_NONE) {
        decoded->good_begin[decoded->good] = begin;
        decoded->good_length[decoded->good++] = length;
    } else {
        decoded->bad_begin[decoded->bad] = begin;
        decoded->bad_length[decoded->bad] = length;
        decoded->bad_before[decoded->bad] = decoded->good;
        decoded->bad_reason[decoded->bad] = (uint8_t)reason;
        decoded->bad_field[decoded->bad++] = field;
    }
    return 0;
}

static int next_scalar(struct leat_json_decoder *decoder, struct leat_batch *batch, struct leat_decoded *decoded) {
    while (decoder->cursor < decoder->length && decoded->good < LEAT_BATCH_ROWS && decoded->bad < LEAT_BATCH_ROWS) {
        const char *line = decoder->text + decoder->cursor;
        size_t left = decoder->length - decoder->cursor;
        const char *newline = memchr(line, '\n', left);
        size_t length = newline ? (size_t)(newline - line) : left;
        uint32_t begin = (uint32_t)decoder->cursor;
        decoder->cursor += length + (newline != NULL);
        if (leat_json_read_line(decoder, begin, (uint32_t)length, batch, decoded) != 0)
            return -1;
    }
    return 0;
}

static int json_next(void *decoder, struct leat_batch *batch, struct leat_decoded *decoded) {
    struct leat_json_decoder *self = decoder;
    leat_assert(batch->rows == 0 && batch->column_count >= self->config->field_count);
    decoded->good = decoded->bad = 0;
    decoded->blank = 0;
    if (self->cursor == self->length && self->fast.items.next == self->fast.items.count)
        return 0;
    int failed = self->fast.level ? leat_json_fast_next(self, batch, decoded) : next_scalar(self, batch, decoded);
    batch->rows = decoded->good;
    return failed ? -1 : 1;
}

const struct leat_decoder_ops leat_json_decoder_ops = {
    .name = "json",
    .create = json_create,
    .destroy = json_destroy,
    .begin = json_begin,
    .next = json_next,
};
