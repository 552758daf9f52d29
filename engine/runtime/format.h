// The tables of functions by which a format (json, later csv and raw) turns bytes into rows and rows into bytes.
#ifndef LEAT_ENGINE_RUNTIME_FORMAT_H
#define LEAT_ENGINE_RUNTIME_FORMAT_H

#include "engine/expr/time.h"
#include "engine/runtime/batch.h"

// One column that a decoder fills: the member of this name, converted to this type. Field i goes to column i of the batch.
struct leat_decode_field {
    const char *name; // zero-terminated
    struct leat_type type;
};

// What a decoder is made for. Lives as long as the decoder.
struct leat_decode_config {
    const struct leat_decode_field *fields;
    uint32_t field_count;
    bool ignore_parse_errors;                // a member that cannot be converted is NULL instead of making its row bad; a row that is
                                             // no document at all is skipped and counted bad all the same
    bool fail_on_missing_field;              // a declared member that is absent makes the row bad
    enum leat_timestamp_form timestamp_form; // 'json.timestamp-format.standard'
};

// Why a record is bad; leat_bad_reason_text gives the words.
enum leat_bad_reason {
    LEAT_BAD_NONE,
    LEAT_BAD_JSON_SYNTAX,   // not one JSON text (RFC 8259)
    LEAT_BAD_UTF8,          // bytes that are no UTF-8
    LEAT_BAD_NOT_OBJECT,    // JSON, but no object
    LEAT_BAD_DEPTH,         // nested too deeply
    LEAT_BAD_CONVERSION,    // a member's value does not fit its column's type
    LEAT_BAD_MISSING_FIELD, // json.fail-on-missing-field
    LEAT_BAD_TOO_LONG,      // longer than LEAT_RECORD_BYTES_MAX
    LEAT_BAD_NULL_TIME,     // event time is NULL
    LEAT_BAD_NULL,          // NULL in a column declared NOT NULL
    LEAT_BAD_EXPRESSION,    // an expression failed for this row
    LEAT_BAD_REASONS
};

// Words for a dead letter, e.g. "not valid JSON".
const char *leat_bad_reason_text(enum leat_bad_reason reason);

// What one call of a decoder's `next` found: good rows go densely into the batch, in order; bad ones are listed apart.
struct leat_decoded {
    uint32_t good;                         // rows added to the batch, also in batch->rows
    uint32_t bad;                          // entries of the bad_ arrays
    uint64_t blank;                        // lines with nothing but spaces, tabs and CR: no records
    uint32_t good_begin[LEAT_BATCH_ROWS];  // where each good record stands in the text, in bytes
    uint32_t good_length[LEAT_BATCH_ROWS]; // without its line end
    uint32_t bad_begin[LEAT_BATCH_ROWS];
    uint32_t bad_length[LEAT_BATCH_ROWS];
    uint32_t bad_before[LEAT_BATCH_ROWS];   // how many good rows of this call stand before the bad record
    uint8_t bad_reason[LEAT_BATCH_ROWS];    // enum leat_bad_reason
    const char *bad_field[LEAT_BATCH_ROWS]; // the column at fault, or NULL
};

// A format's decoder. Each worker has its own; not shared between threads.
struct leat_decoder_ops {
    const char *name;
    // Makes a decoder; 0, or -1 with the error set.
    int (*create)(const struct leat_decode_config *config, struct leat_budget *budget, void **decoder);
    void (*destroy)(void *decoder);
    // Starts on `length` < 4 GiB bytes of whole lines (the last may lack its line end). The text must stay readable, with
    // LEAT_INPUT_PADDING bytes of any content behind it, until the decoder is done and every batch it filled is released.
    void (*begin)(void *decoder, const char *text, size_t length);
    // Fills an empty batch with the next rows (up to LEAT_BATCH_ROWS good ones and as many bad ones), texts pointing into
    // the input or into the batch's heap. Returns 1 when it filled something or skipped lines, 0 at the end of the text,
    // and -1 with the error set when memory ran out.
    int (*next)(void *decoder, struct leat_batch *batch, struct leat_decoded *decoded);
};

// One output column of an encoder: column `column` of the batch, or a constant.
struct leat_encode_field {
    const char *name;
    struct leat_type type;
    uint32_t column;                   // of the batch; ignored when constant is set
    const struct leat_value *constant; // the same value for every row, or NULL
};

// What an encoder is made for. Lives as long as the encoder.
struct leat_encode_config {
    const struct leat_encode_field *fields;
    uint32_t field_count;
    enum leat_timestamp_form timestamp_form; // 'json.timestamp-format.standard'
    bool ignore_null_fields;                 // json.encode.ignore-null-fields
    const char *prefix;                      // 'print-identifier': print begins its lines with it and "> "; NULL or "" for none
};

// Bytes that grow, owned by whoever holds it; budget may be NULL.
struct leat_bytes {
    struct leat_budget *budget;
    char *data;
    size_t length;
    size_t capacity;
};

// Makes room for `more` bytes behind `length`; false with the error set when over the budget.
bool leat_bytes_reserve(struct leat_bytes *bytes, size_t more);

// Gives the memory back; the struct is empty and usable afterwards.
void leat_bytes_free(struct leat_bytes *bytes);

// A format's encoder. Each worker has its own.
struct leat_encoder_ops {
    const char *name;
    int (*create)(const struct leat_encode_config *config, struct leat_budget *budget, void **encoder);
    void (*destroy)(void *encoder);
    // Appends the selected rows, one record with its line end each, to `out`. 0, or -1 with the error set.
    int (*encode)(void *encoder, const struct leat_batch *batch, const struct leat_selection *rows, struct leat_bytes *out);
};

#endif
