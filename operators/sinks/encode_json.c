// The columns become a short program when the encoder is made: per column the bytes that stand before its value (`lead`) and those
// that stand for a missing one (`missing`), with constants already written into them. A row is then: copy a fragment, print a value,
// copy the next. Every fragment starts with a comma; the first byte of a row becomes the brace afterwards, so that left-out members
// cost nothing. Room is made once for a group of rows; only long texts and texts that need escapes ask again.
#include "operators/sinks/encode_json.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/expr/number.h"
#include "engine/expr/time.h"

#include <emmintrin.h>

#define GROUP_ROWS_MAX   128
#define GROUP_BYTES      (64u << 10) // about what the numbers and the rows of one group may take, to stay in the first caches
#define COPY_BYTES       32          // fragments and numbers are copied in pieces of this size, whatever their length
#define TEN_8            INT64_C(100000000)
#define ESCAPE_BYTES_MAX 6 // \u001F
#define CELL_BYTES       (LEAT_DOUBLE_TEXT_BYTES + 2)

enum op_kind { OP_BOOL, OP_INT32, OP_INT64, OP_DOUBLE, OP_TEXT, OP_TIMESTAMP };

// Bytes in json_encoder.fragments.
struct fragment {
    uint32_t begin;
    uint32_t length;
};

// How one column that is no constant gets into a row.
struct encode_op {
    struct fragment lead;
    struct fragment missing;
    uint32_t column;
    uint8_t kind;          // enum op_kind
    uint8_t precision;     // OP_TIMESTAMP
    bool utc;              // OP_TIMESTAMP: a Z goes behind it
    bool special;          // OP_DOUBLE: the group has non-finite numbers
    uint32_t next;         // OP_DOUBLE: of its texts, the next to be used
    uint32_t *begin;       // OP_DOUBLE: where the texts of the group begin in `digits`
    char *digits;          // OP_DOUBLE
    const void *data;      // of the batch being encoded
    const uint64_t *valid; // of the batch being encoded; NULL when nothing is missing
    int64_t kept;          // OP_TIMESTAMP: the time, OP_INT64: the number without its last eight digits, whose text stands in `text`
    uint32_t text_length;  // 0: none yet
    char text[LEAT_TIMESTAMP_TEXT_BYTES];
};

_Static_assert(LEAT_TIMESTAMP_TEXT_BYTES + 2 <= CELL_BYTES, "a timestamp fits where a double does");
_Static_assert(LEAT_TIMESTAMP_TEXT_BYTES >= COPY_BYTES, "a timestamp is copied in one piece where it is short");

struct json_encoder {
    struct leat_budget *budget;
    struct leat_bytes fragments; // COPY_BYTES readable behind the last
    struct encode_op *ops;
    uint32_t op_count;
    uint32_t op_room;
    struct fragment tail;
    enum leat_timestamp_form timestamp_form;
    uint32_t group_rows; // rows for which room is made at once
    size_t row_bytes;    // most that a row takes, with what over-wide copies touch, but for long texts and escapes
    double *values;      // of one group
    char *scratch;       // all `begin` and `digits`
    size_t scratch_bytes;
};

// Where the next byte goes. `at` may pass `limit` by no more than the group's room.
struct writer {
    struct leat_bytes *out;
    char *at;
    char *limit;
    size_t group_bytes;
};

// ---- Texts ----------------------------------------------------------------------------------------------------------------------

static inline __m128i needs_escape(__m128i bytes) {
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return _mm_or_si128(control, _mm_or_si128(quote, backslash));
}

static inline __m128i load_16(const char *from) {
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store_16(char *to, __m128i bytes) {
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
}

// Copies a text that stands inside its value, and writes 16 bytes whatever its length; false when something needs an escape.
static inline bool copy_short_text(char *to, const struct leat_text *text) {
    __m128i bytes = _mm_srli_si128(load_16((const char *)text), offsetof(struct leat_text, prefix));
    store_16(to, bytes);
    return (_mm_movemask_epi8(needs_escape(bytes)) & ((1u << text->length) - 1)) == 0;
}

// Copies a text of more than 12 bytes and writes no byte more; false when something needs an escape.
static bool copy_long_text(char *to, const char *from, size_t length) {
    if (length < 16) {
        uint64_t head, tail;
        memcpy(&head, from, 8);
        memcpy(&tail, from + length - 8, 8);
        memcpy(to, &head, 8);
        memcpy(to + length - 8, &tail, 8);
        return _mm_movemask_epi8(needs_escape(_mm_set_epi64x((int64_t)tail, (int64_t)head))) == 0;
    }
    __m128i bytes = load_16(from + length - 16);
    __m128i found = needs_escape(bytes);
    store_16(to + length - 16, bytes);
    for (size_t i = 0; i + 16 < length; i += 16) {
        bytes = load_16(from + i);
        found = _mm_or_si128(found, needs_escape(bytes));
        store_16(to + i, bytes);
    }
    return _mm_movemask_epi8(found) == 0;
}

// What stands behind the backslash: 0 when the byte needs none, u for the long form.
static inline char escape_letter(uint8_t byte) {
    if (byte < 32)
        return "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu"[byte];
    return byte == '"' || byte == '\\' ? (char)byte : 0;
}

static size_t escaped_bytes(const char *from, size_t length) {
    size_t bytes = length;
    for (size_t i = 0; i < length; i++) {
        char letter = escape_letter((uint8_t)from[i]);
        bytes += letter == 'u' ? ESCAPE_BYTES_MAX - 1 : letter != 0;
    }
    return bytes;
}

// Writes escaped_bytes(from, length) bytes and returns where they end.
static char *escape_text(char *to, const char *from, size_t length) {
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)from[i];
        char letter = escape_letter(byte);
        if (!letter) {
            *to++ = (char)byte;
        } else if (letter != 'u') {
            *to++ = '\\';
            *to++ = letter;
        } else {
            memcpy(to, "\\u00", 4);
            to[4] = "0123456789ABCDEF"[byte >> 4];
            to[5] = "0123456789ABCDEF"[byte & 15];
            to += ESCAPE_BYTES_MAX;
        }
    }
    return to;
}

// Makes room for `bytes` more than what the rest of the group takes anyway.
static bool writer_grow(struct writer *writer, size_t bytes) {
    struct leat_bytes *out = writer->out;
    size_t before = out->length;
    out->length = (size_t)(writer->at - out->data);
    bool grown = leat_bytes_reserve(out, writer->group_bytes + bytes);
    writer->at = out->data + out->length;
    writer->limit = out->data + out->capacity - writer->group_bytes;
    out->length = before; // rows count when the batch is done
    return grown;
}

static __attribute__((noinline)) bool write_escaped(struct writer *writer, const char *from, size_t length) {
    size_t bytes = escaped_bytes(from, length);
    if (writer->limit - writer->at < (ptrdiff_t)bytes && !writer_grow(writer, bytes))
        return false;
    writer->at = escape_text(writer->at, from, length);
    return true;
}

static inline bool write_text(struct writer *writer, const struct leat_text *text) {
    if (LEAT_LIKELY(text->length <= LEAT_TEXT_INLINE_BYTES)) {
        if (LEAT_LIKELY(copy_short_text(writer->at, text))) {
            writer->at += text->length;
            return true;
        }
    } else {
        if (writer->limit - writer->at < (ptrdiff_t)text->length && !writer_grow(writer, text->length))
            return false;
        if (LEAT_LIKELY(copy_long_text(writer->at, text->pointer, text->length))) {
            writer->at += text->length;
            return true;
        }
    }
    return write_escaped(writer, leat_text_bytes(text), text->length);
}

// ---- Other values ---------------------------------------------------------------------------------------------------------------

static inline bool is_finite(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

static size_t print_special(double value, char *out) {
    const char *text = value != value ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    size_t length = strlen(text);
    memcpy(out, text, length);
    return length;
}

static inline size_t print_bool(bool value, char *out) {
    memcpy(out, value ? "true\0\0\0" : "false\0\0", 8);
    return value ? 4 : 5;
}

// Copies `length` bytes, usually by one piece; reads and writes up to the end of the last piece.
static inline char *copy_pieces(char *to, const char *from, uint32_t length) {
    char *end = to + length;
    do {
        __m128i low = load_16(from), high = load_16(from + 16);
        store_16(to, low);
        store_16(to + 16, high);
        to += COPY_BYTES;
        from += COPY_BYTES;
    } while (LEAT_UNLIKELY(to < end));
    return end;
}

// Windows give the same time to many rows: the text of the last one is kept.
static char *write_timestamp(const struct json_encoder *encoder, struct encode_op *op, int64_t time_us, char *to) {
    if (op->kept != time_us || op->text_length == 0) {
        op->text_length = (uint32_t)leat_timestamp_print(time_us, op->precision, encoder->timestamp_form, op->utc, op->text);
        op->kept = time_us;
    }
    memcpy(to, op->text, LEAT_TIMESTAMP_TEXT_BYTES);
    return to + op->text_length;
}

// The eight digits of a number below 10^8, the first one in the lowest byte: both halves, their pairs, then their digits are divided out
// side by side in one word.
static inline uint64_t eight_digits(uint32_t number) {
    uint64_t high = number / 10000;
    uint64_t fours = high | (uint64_t)(number - (uint32_t)high * 10000) << 32;
    uint64_t pairs_high = (fours * 10486 >> 20) & 0x0000007f0000007fu;
    uint64_t pairs = pairs_high | (fours - 100 * pairs_high) << 16;
    uint64_t ones_high = (pairs * 103 >> 10) & 0x000f000f000f000fu;
    return (ones_high | (pairs - 10 * ones_high) << 8) + 0x3030303030303030u;
}

// Times and counters come one after the other and differ in their last digits: what stands before those is kept as text.
static inline char *write_int64(struct encode_op *op, int64_t value, char *to) {
    if (LEAT_UNLIKELY(value < TEN_8))
        return to + leat_int64_print(value, to);
    int64_t high = (int64_t)((uint64_t)value / TEN_8);
    if (LEAT_UNLIKELY(high != op->kept)) {
        size_t length = leat_int64_print(value, to);
        op->kept = high;
        op->text_length = (uint32_t)length - 8;
        memcpy(op->text, to, 16);
        return to + length;
    }
    store_16(to, load_16(op->text));
    uint64_t low = eight_digits((uint32_t)(value - high * TEN_8));
    memcpy(to + op->text_length, &low, sizeof(low));
    return to + op->text_length + sizeof(low);
}

// ---- Rows -----------------------------------------------------------------------------------------------------------------------

static inline bool op_is_missing(const struct encode_op *op, uint32_t row) {
    return op->valid && !(op->valid[row / 64] >> (row % 64) & 1);
}

static inline char *write_double(struct encode_op *op, uint32_t row, char *to) {
    uint32_t i = op->next++;
    if (LEAT_UNLIKELY(op->special)) {
        double value = ((const double *)op->data)[row];
        if (!is_finite(value))
            return to + print_special(value, to);
    }
    uint32_t begin = op->begin[i];
    copy_pieces(to, op->digits + begin, COPY_BYTES);
    return to + (op->begin[i + 1] - begin);
}

static inline bool write_value(const struct json_encoder *encoder, struct encode_op *op, uint32_t row, struct writer *writer) {
    switch (op->kind) {
    case OP_BOOL:
        writer->at += print_bool(((const uint8_t *)op->data)[row], writer->at);
        return true;
    case OP_INT32:
        writer->at += leat_int64_print(((const int32_t *)op->data)[row], writer->at);
        return true;
    case OP_INT64:
        writer->at = write_int64(op, ((const int64_t *)op->data)[row], writer->at);
        return true;
    case OP_DOUBLE:
        writer->at = write_double(op, row, writer->at);
        return true;
    case OP_TEXT:
        if (LEAT_UNLIKELY(!write_text(writer, &((const struct leat_text *)op->data)[row])))
            return false;
        *writer->at++ = '"';
        return true;
    default:
        writer->at = write_timestamp(encoder, op, ((const int64_t *)op->data)[row], writer->at);
        *writer->at++ = '"';
        return true;
    }
}

static inline bool write_row(const struct json_encoder *encoder, uint32_t row, struct writer *writer) {
    const char *fragments = encoder->fragments.data;
    ptrdiff_t start = writer->at - writer->out->data;
    for (uint32_t i = 0; i < encoder->op_count; i++) {
        struct encode_op *op = &encoder->ops[i];
        if (op_is_missing(op, row)) {
            writer->at = copy_pieces(writer->at, fragments + op->missing.begin, op->missing.length);
            continue;
        }
        writer->at = copy_pieces(writer->at, fragments + op->lead.begin, op->lead.length);
        if (LEAT_UNLIKELY(!write_value(encoder, op, row, writer)))
            return false;
    }
    char *first = writer->out->data + start;
    if (writer->at == first && fragments[encoder->tail.begin] != ',')
        writer->at++; // an object without members
    writer->at = copy_pieces(writer->at, fragments + encoder->tail.begin, encoder->tail.length);
    *first = '{';
    return true;
}

// Prints the doubles that one column has in a group of rows, all at once. Missing ones are skipped; non-finite ones hold a place.
static void print_doubles(const struct json_encoder *encoder, struct encode_op *op, const struct leat_selection *rows, uint32_t from,
                          uint32_t to) {
    const double *data = op->data;
    uint32_t count = 0;
    bool all_finite = true;
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = leat_selection_row(rows, i);
        double value = data[row];
        bool missing = op_is_missing(op, row), finite = is_finite(value);
        all_finite &= finite | missing;
        encoder->values[count] = finite ? value : 0;
        count += !missing;
    }
    op->special = !all_finite;
    op->next = 0;
    leat_double_print_batch(encoder->values, count, op->digits, op->begin);
}

static void bind_columns(struct json_encoder *encoder, const struct leat_batch *batch) {
    for (uint32_t i = 0; i < encoder->op_count; i++) {
        struct encode_op *op = &encoder->ops[i];
        const struct leat_column *column = &batch->columns[op->column];
        op->data = column->data;
        op->valid = column->has_null ? column->valid : NULL;
    }
}

// Encodes the selected rows from .. to - 1, one group. The length of `out` is set only when all have been written.
static bool encode_group(struct json_encoder *encoder, const struct leat_selection *rows, uint32_t from, uint32_t to,
                         struct leat_bytes *out) {
    struct writer writer = {.out = out, .group_bytes = encoder->row_bytes * (to - from)};
    if (!leat_bytes_reserve(out, writer.group_bytes))
        return false;
    writer.at = out->data + out->length;
    writer.limit = out->data + out->capacity - writer.group_bytes;
    for (uint32_t i = 0; i < encoder->op_count; i++)
        if (encoder->ops[i].kind == OP_DOUBLE)
            print_doubles(encoder, &encoder->ops[i], rows, from, to);
    for (uint32_t i = from; i < to; i++)
        if (LEAT_UNLIKELY(!write_row(encoder, leat_selection_row(rows, i), &writer)))
            return false;
    out->length = (size_t)(writer.at - out->data);
    return true;
}

static int json_encode(void *state, const struct leat_batch *batch, const struct leat_selection *rows, struct leat_bytes *out) {
    struct json_encoder *encoder = state;
    bind_columns(encoder, batch);
    size_t length_before = out->length;
    for (uint32_t from = 0; from < rows->count; from += encoder->group_rows) {
        if (!encode_group(encoder, rows, from, LEAT_MIN(from + encoder->group_rows, rows->count), out)) {
            out->length = length_before;
            return leat_error_append("cannot encode rows as JSON");
        }
    }
    return 0;
}

// ---- Making the program ---------------------------------------------------------------------------------------------------------

static bool append(struct leat_bytes *bytes, const char *text, size_t length) {
    if (!leat_bytes_reserve(bytes, length + COPY_BYTES))
        return false;
    memcpy(bytes->data + bytes->length, text, length);
    bytes->length += length;
    return true;
}

static bool append_string(struct leat_bytes *bytes, const char *text, size_t length) {
    if (!leat_bytes_reserve(bytes, ESCAPE_BYTES_MAX * length + 2 + COPY_BYTES))
        return false;
    char *to = bytes->data + bytes->length;
    *to++ = '"';
    to = escape_text(to, text, length);
    *to++ = '"';
    bytes->length = (size_t)(to - bytes->data);
    return true;
}

// ,"name":
static bool append_name(struct leat_bytes *bytes, const char *name) {
    return append(bytes, ",", 1) && append_string(bytes, name, strlen(name)) && append(bytes, ":", 1);
}

static bool append_constant(const struct json_encoder *encoder, struct leat_bytes *bytes, const struct leat_value *value) {
    char text[LEAT_MAX(CELL_BYTES, 64)];
    if (value->is_null || value->type.kind == LEAT_TYPE_NULL)
        return append(bytes, "null", 4);
    switch (value->type.kind) {
    case LEAT_TYPE_BOOLEAN:
        return append(bytes, text, print_bool(value->boolean, text));
    case LEAT_TYPE_INT:
        return append(bytes, text, leat_int64_print(value->int32, text));
    case LEAT_TYPE_BIGINT:
        return append(bytes, text, leat_int64_print(value->int64, text));
    case LEAT_TYPE_DOUBLE:
        if (!is_finite(value->float64))
            return append(bytes, text, print_special(value->float64, text));
        return append(bytes, text, leat_double_print_shortest(value->float64, text));
    case LEAT_TYPE_STRING:
        return append_string(bytes, leat_text_bytes(&value->text), value->text.length);
    default: {
        bool utc = value->type.kind == LEAT_TYPE_TIMESTAMP_LTZ;
        return append_string(bytes, text, leat_timestamp_print(value->int64, value->type.precision, encoder->timestamp_form, utc, text));
    }
    }
}

static int op_kind_of(uint8_t type_kind) {
    switch (type_kind) {
    case LEAT_TYPE_NULL:
    case LEAT_TYPE_BOOLEAN:
        return OP_BOOL;
    case LEAT_TYPE_INT:
        return OP_INT32;
    case LEAT_TYPE_BIGINT:
        return OP_INT64;
    case LEAT_TYPE_DOUBLE:
        return OP_DOUBLE;
    case LEAT_TYPE_STRING:
        return OP_TEXT;
    case LEAT_TYPE_TIMESTAMP:
    case LEAT_TYPE_TIMESTAMP_LTZ:
        return OP_TIMESTAMP;
    default:
        return -1;
    }
}

// Ends the fragment that began at `begin`.
static struct fragment fragment_end(const struct leat_bytes *fragments, size_t begin) {
    return (struct fragment){.begin = (uint32_t)begin, .length = (uint32_t)(fragments->length - begin)};
}

// Adds one column; `pending` holds the constants in front of it, which both its fragments take up.
static bool add_column(struct json_encoder *encoder, const struct leat_encode_config *config, const struct leat_encode_field *field,
                       const struct leat_bytes *pending) {
    struct leat_bytes *fragments = &encoder->fragments;
    struct encode_op *op = &encoder->ops[encoder->op_count++];
    *op = (struct encode_op){.column = field->column,
                             .kind = (uint8_t)op_kind_of(field->type.kind),
                             .precision = field->type.precision,
                             .utc = field->type.kind == LEAT_TYPE_TIMESTAMP_LTZ};
    size_t begin = fragments->length;
    bool quoted = op->kind == OP_TEXT || op->kind == OP_TIMESTAMP;
    if (!append(fragments, pending->data, pending->length) || !append_name(fragments, field->name) || !append(fragments, "\"", quoted))
        return false;
    op->lead = fragment_end(fragments, begin);
    begin = fragments->length;
    if (!append(fragments, pending->data, pending->length))
        return false;
    if (!config->ignore_null_fields && (!append_name(fragments, field->name) || !append(fragments, "null", 4)))
        return false;
    op->missing = fragment_end(fragments, begin);
    uint32_t longest = LEAT_MAX(op->lead.length, op->missing.length);
    encoder->row_bytes += leat_align_up(longest, COPY_BYTES) + CELL_BYTES;
    return true;
}

static bool add_fields(struct json_encoder *encoder, const struct leat_encode_config *config, struct leat_bytes *pending) {
    if (!append(pending, "", 0)) // there are bytes to point to from now on
        return false;
    for (uint32_t i = 0; i < config->field_count; i++) {
        const struct leat_encode_field *field = &config->fields[i];
        static const struct leat_value null_value = {.is_null = true};
        const struct leat_value *constant = field->type.kind == LEAT_TYPE_NULL ? &null_value : field->constant;
        if (!constant) {
            if (!add_column(encoder, config, field, pending))
                return false;
            pending->length = 0;
        } else if (!constant->is_null || !config->ignore_null_fields) {
            if (!append_name(pending, field->name) || !append_constant(encoder, pending, constant))
                return false;
        }
    }
    size_t begin = encoder->fragments.length;
    if (!append(&encoder->fragments, pending->data, pending->length) || !append(&encoder->fragments, "}\n", 2))
        return false;
    encoder->tail = fragment_end(&encoder->fragments, begin);
    encoder->row_bytes += leat_align_up(encoder->tail.length, COPY_BYTES) + COPY_BYTES;
    return true;
}

// Divides `scratch` among the columns of doubles.
static int add_scratch(struct json_encoder *encoder) {
    uint32_t rows = (uint32_t)(GROUP_BYTES / encoder->row_bytes) / 8 * 8; // doubles are printed eight at a time
    encoder->group_rows = LEAT_MIN(LEAT_MAX(rows, 8u), GROUP_ROWS_MAX);
    size_t digits_bytes = (size_t)encoder->group_rows * LEAT_DOUBLE_TEXT_BYTES;
    size_t column_bytes = digits_bytes + leat_align_up((encoder->group_rows + 1) * sizeof(uint32_t), LEAT_CACHE_LINE);
    size_t columns = 0;
    for (uint32_t i = 0; i < encoder->op_count; i++)
        columns += encoder->ops[i].kind == OP_DOUBLE;
    encoder->scratch_bytes = encoder->group_rows * sizeof(double) + columns * column_bytes;
    encoder->scratch = leat_memory_alloc(encoder->budget, encoder->scratch_bytes);
    if (!encoder->scratch)
        return -1;
    encoder->values = (double *)(void *)encoder->scratch;
    char *at = encoder->scratch + encoder->group_rows * sizeof(double);
    for (uint32_t i = 0; i < encoder->op_count; i++) {
        if (encoder->ops[i].kind != OP_DOUBLE)
            continue;
        encoder->ops[i].digits = at;
        encoder->ops[i].begin = (uint32_t *)(void *)(at + digits_bytes);
        at += column_bytes;
    }
    return 0;
}

static void json_destroy(void *state) {
    struct json_encoder *encoder = state;
    leat_memory_free(encoder->budget, encoder->scratch, encoder->scratch_bytes);
    leat_memory_free(encoder->budget, encoder->ops, encoder->op_room * sizeof(*encoder->ops));
    leat_bytes_free(&encoder->fragments);
    leat_memory_free(encoder->budget, encoder, sizeof(*encoder));
}

static int json_build(struct json_encoder *encoder, const struct leat_encode_config *config) {
    encoder->op_room = LEAT_MAX(config->field_count, 1u);
    encoder->ops = leat_memory_zalloc(encoder->budget, encoder->op_room * sizeof(*encoder->ops));
    if (!encoder->ops)
        return -1;
    struct leat_bytes pending = {.budget = encoder->budget};
    bool added = add_fields(encoder, config, &pending);
    leat_bytes_free(&pending);
    return added ? add_scratch(encoder) : -1;
}

static int json_create(const struct leat_encode_config *config, struct leat_budget *budget, void **state) {
    for (uint32_t i = 0; i < config->field_count; i++)
        if (op_kind_of(config->fields[i].type.kind) < 0)
            return leat_error_set(LEAT_ERROR_CONFIG, "column `%s`: the json format does not write INTERVAL", config->fields[i].name);
    struct json_encoder *encoder = leat_memory_zalloc(budget, sizeof(*encoder));
    if (!encoder)
        return -1;
    encoder->budget = budget;
    encoder->fragments.budget = budget;
    encoder->timestamp_form = config->timestamp_form;
    if (json_build(encoder, config)) {
        json_destroy(encoder);
        return leat_error_append("cannot make the JSON encoder");
    }
    *state = encoder;
    return 0;
}

const struct leat_encoder_ops leat_json_encoder_ops = {
    .name = "json",
    .create = json_create,
    .destroy = json_destroy,
    .encode = json_encode,
};
