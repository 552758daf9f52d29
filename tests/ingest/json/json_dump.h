// Reads a text with the JSON decoder and writes down everything it found, as text: what two readers are compared by.
#ifndef LEAT_TESTS_INGEST_JSON_JSON_DUMP_H
#define LEAT_TESTS_INGEST_JSON_JSON_DUMP_H

#include "engine/base/cpu.h"
#include "engine/base/memory.h"
#include "ingest/json/json_reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// A growing text; never freed in the middle, its memory is the test's own.
struct dump {
    char *text;
    size_t length;
    size_t capacity;
};

// Empties a dump and keeps its memory.
static inline void dump_clear(struct dump *dump) {
    dump->length = 0;
}

// Gives its memory back.
static inline void dump_free(struct dump *dump) {
    free(dump->text);
    *dump = (struct dump){0};
}

// Appends formatted text.
static inline void LEAT_PRINTF(2, 3) dump_print(struct dump *dump, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    size_t need = (size_t)vsnprintf(NULL, 0, format, args) + 1;
    va_end(args);
    if (dump->length + need > dump->capacity) {
        dump->capacity = 2 * (dump->length + need);
        dump->text = realloc(dump->text, dump->capacity);
        if (!dump->text)
            abort();
    }
    vsnprintf(dump->text + dump->length, need, format, again);
    va_end(again);
    dump->length += need - 1;
}

// Appends bytes as hexadecimal digits.
static inline void dump_hex(struct dump *dump, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        dump_print(dump, "%02x", (unsigned)(uint8_t)bytes[i]);
}

// Appends one value of a column that is there.
static inline void dump_value(struct dump *dump, const struct leat_column *column, uint32_t row) {
    switch (column->physical) {
    case LEAT_PHYSICAL_BOOL:
        dump_print(dump, "%d", leat_column_bool(column)[row]);
        break;
    case LEAT_PHYSICAL_INT32:
        dump_print(dump, "%" PRId32, leat_column_int32(column)[row]);
        break;
    case LEAT_PHYSICAL_INT64:
        dump_print(dump, "%" PRId64, leat_column_int64(column)[row]);
        break;
    case LEAT_PHYSICAL_DOUBLE: {
        uint64_t bits;
        memcpy(&bits, &leat_column_double(column)[row], 8);
        dump_print(dump, "%016" PRIx64, bits);
        break;
    }
    default: {
        struct leat_text text = leat_column_text(column)[row];
        dump_print(dump, "%u:", text.length);
        dump_hex(dump, leat_text_bytes(&text), text.length);
    }
    }
}

// Appends what one call of next() found, records in the order of the text.
static inline void dump_decoded(struct dump *dump, const struct leat_decode_config *config, const struct leat_batch *batch,
                                const struct leat_decoded *decoded) {
    uint32_t bad = 0;
    for (uint32_t row = 0; row <= decoded->good; row++) {
        for (; bad < decoded->bad && decoded->bad_before[bad] == row; bad++)
            dump_print(dump, "bad %u+%u %d %s\n", decoded->bad_begin[bad], decoded->bad_length[bad], decoded->bad_reason[bad],
                       decoded->bad_field[bad] ? decoded->bad_field[bad] : "-");
        if (row == decoded->good)
            break;
        dump_print(dump, "row %u+%u", decoded->good_begin[row], decoded->good_length[row]);
        for (uint32_t i = 0; i < config->field_count; i++) {
            dump_print(dump, " ");
            if (leat_column_is_valid(&batch->columns[i], row))
                dump_value(dump, &batch->columns[i], row);
            else
                dump_print(dump, "NULL");
        }
        dump_print(dump, "\n");
    }
    if (bad != decoded->bad || batch->rows != decoded->good)
        dump_print(dump, "miscounted\n");
}

// Makes a batch for the fields of `config`.
static inline struct leat_batch *dump_batch(const struct leat_decode_config *config) {
    uint8_t physical[LEAT_COLUMNS_MAX];
    for (uint32_t i = 0; i < config->field_count; i++)
        physical[i] = (uint8_t)leat_type_physical(config->fields[i].type.kind);
    return leat_batch_create(NULL, physical, config->field_count, false, false);
}

// Reads `text`, which has LEAT_INPUT_PADDING readable bytes behind it, with a decoder of the given SIMD level, and appends all
// records and the number of blank lines. leat_simd_level_force is called; levels may be asked for in any order.
static inline void dump_read(struct dump *dump, const struct leat_decode_config *config, enum leat_simd_level level, const char *text,
                             size_t length) {
    static struct leat_decoded decoded;
    void *decoder;
    leat_simd_level_force(level);
    if (leat_json_decoder_ops.create(config, NULL, &decoder) != 0)
        abort();
    struct leat_batch *batch = dump_batch(config);
    uint64_t blank = 0;
    leat_json_decoder_ops.begin(decoder, text, length);
    int more;
    while ((more = leat_json_decoder_ops.next(decoder, batch, &decoded)) == 1) {
        dump_decoded(dump, config, batch, &decoded);
        blank += decoded.blank;
        leat_batch_reset(batch);
    }
    dump_print(dump, "blank %" PRIu64 " end %d\n", blank, more);
    leat_batch_destroy(NULL, batch);
    leat_json_decoder_ops.destroy(decoder);
}

#endif
