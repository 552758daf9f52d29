// The inside of the JSON decoder, shared by its files only.
#ifndef LEAT_INGEST_JSON_JSON_DECODER_H
#define LEAT_INGEST_JSON_JSON_DECODER_H

#include "engine/base/cpu.h"
#include "ingest/json/json_convert.h"
#include "ingest/json/json_fast.h"
#include "ingest/json/json_walk.h"

struct leat_json_fill;

// The functions of one SIMD level's fast path.
struct leat_json_level {
    void (*scan)(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length);
    size_t (*items)(const struct leat_json_scan *scan, size_t blocks, uint32_t base, uint32_t *out);
    void (*match)(const struct leat_json_keys *keys, const char *text, size_t length, struct leat_json_items *items,
                  struct leat_json_rows *rows);
    uint32_t (*list_members)(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid);
    int (*fill_double)(const struct leat_json_fill *fill);
    int (*fill_int64)(const struct leat_json_fill *fill);
    int (*fill_text)(const struct leat_json_fill *fill);
};

// Numbers whose digits are set down at once.
#define LEAT_JSON_DIGITS 64

// Digits of numbers, of 0 to 9.
struct leat_json_digits {
    uint8_t sixteen[LEAT_JSON_DIGITS][16];
    uint32_t four[LEAT_JSON_DIGITS]; // further ones, in the order of memory
};

// Numbers of a column taken apart, to be rounded together.
struct leat_json_decimals {
    struct leat_json_digits digits;
    uint64_t mantissa[LEAT_BATCH_ROWS];
    double number[LEAT_BATCH_ROWS];
    int32_t exponent10[LEAT_BATCH_ROWS];
    uint16_t rows[LEAT_BATCH_ROWS];
    uint8_t negative[LEAT_BATCH_ROWS];
};

// What the fast path works with; NULL pointers at the scalar level.
struct leat_json_fast {
    const struct leat_json_level *level; // NULL: every line goes to the walker
    struct leat_json_keys keys;
    struct leat_json_scan *scan;
    struct leat_json_items items;                 // of the current window
    uint32_t line_begin;                          // of the next line when items are left
    struct leat_json_rows rows;                   // of the current batch
    uint64_t slow[LEAT_BATCH_WORDS];              // bit row: this line is for the walker
    uint32_t member_places[LEAT_BATCH_ROWS + 16]; // of the current column
    uint16_t member_rows[LEAT_BATCH_ROWS + 16];
    uint16_t others[LEAT_BATCH_ROWS];   // scratch
    struct leat_json_decimals decimals; // scratch
};

// A decoder; one thread. Its arrays follow it in one block of memory.
struct leat_json_decoder {
    struct leat_budget *budget;
    size_t bytes; // of the block
    const struct leat_decode_config *config;
    struct leat_json_names names;
    struct leat_json_value *values; // of one record, per field
    struct leat_json_fast fast;

    // The text that begin() gave.
    const char *text;
    size_t length;
    size_t lines_length; // up to and with the last line end
    size_t cursor;       // start of the next line that is in no row and no window yet
};

// Reads the record in [begin, begin + length) of the text with the walker; the next good row or the next bad record.
// 0, or -1 with the error set when memory ran out. Blank lines are counted.
int leat_json_read_line(struct leat_json_decoder *decoder, uint32_t begin, uint32_t length, struct leat_batch *batch,
                        struct leat_decoded *decoded);

// Leaves a row to the walker.
static inline void leat_json_mark_slow(struct leat_json_fast *fast, uint32_t row) {
    fast->slow[row / 64] |= UINT64_C(1) << row % 64;
}

// leat_decoder_ops.next with the fast path.
int leat_json_fast_next(struct leat_json_decoder *decoder, struct leat_batch *batch, struct leat_decoded *decoded);

// Fills the keys' table from the fields; the arrays are there.
void leat_json_keys_fill(struct leat_json_keys *keys, const struct leat_decode_field *fields, uint32_t count, uint32_t slots);

// Fills the columns from rows of places; rows whose values need the walker's judgement get their slow bit set.
// 0, or -1 with the error set when memory ran out.
int leat_json_fill_columns(struct leat_json_decoder *decoder, struct leat_batch *batch);

#endif
