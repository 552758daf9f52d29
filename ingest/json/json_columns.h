// From places of keys to one column; the loops for the hot types exist per SIMD level.
#ifndef LEAT_INGEST_JSON_JSON_COLUMNS_H
#define LEAT_INGEST_JSON_JSON_COLUMNS_H

#include "ingest/json/json_decoder.h"

// The members of one field that are there, and where they go.
struct leat_json_fill {
    struct leat_json_decoder *decoder;
    struct leat_batch *batch;
    struct leat_column *column;
    const struct leat_decode_field *field;
    const char *text;
    const char *text_end;
    uint32_t count;         // of members
    const uint32_t *places; // of their values in the text
    const uint16_t *rows;   // their rows
    uint16_t *others;       // room for the numbers of members that a loop leaves over
};

// Converts the ith member by the general rules; its row is marked slow when its value does not fit.
// 0, or -1 with the error set when memory ran out. `p` is its value.
int leat_json_fill_any(const struct leat_json_fill *fill, uint32_t i, const char *p);

// Converts all members of a DOUBLE column. As above.
int leat_json_fill_double(const struct leat_json_fill *fill);

// Converts all members of a BIGINT column. As above.
int leat_json_fill_int64(const struct leat_json_fill *fill);

// Takes all members of a STRING column. As above.
int leat_json_fill_text(const struct leat_json_fill *fill);

// leat_json_fill_double with AVX2.
int leat_json_fill_double_avx2(const struct leat_json_fill *fill);

// leat_json_fill_int64 with AVX2.
int leat_json_fill_int64_avx2(const struct leat_json_fill *fill);

// leat_json_fill_text with AVX2.
int leat_json_fill_text_avx2(const struct leat_json_fill *fill);

// leat_json_fill_double with AVX-512.
int leat_json_fill_double_avx512(const struct leat_json_fill *fill);

// leat_json_fill_int64 with AVX-512.
int leat_json_fill_int64_avx512(const struct leat_json_fill *fill);

// leat_json_fill_text with AVX-512.
int leat_json_fill_text_avx512(const struct leat_json_fill *fill);

// Lists the members that are there: places[row] != 0 for row < count. Writes their rows and places (room for 16 more than
// LEAT_BATCH_ROWS) and a bit per row to `valid` (LEAT_BATCH_WORDS words, set behind `count`); returns how many there are.
uint32_t leat_json_list_members(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid);

// leat_json_list_members with AVX2.
uint32_t leat_json_list_members_avx2(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid);

// leat_json_list_members with AVX-512.
uint32_t leat_json_list_members_avx512(const uint32_t *places, uint32_t count, uint16_t *rows, uint32_t *member_places, uint64_t *valid);

#endif
