// CAST to and from STRING.
#include "engine/expr/cast.h"
#include "engine/expr/number.h"
#include "engine/expr/time.h"

#include <math.h>

// ---- To text

int leat_cast_bool_to_text(struct leat_kernel_call *call) {
    const uint8_t *from = call->args[0].data;
    struct leat_text *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        bool value = from[row & call->args[0].mask];
        out[row] = value ? leat_text_view("TRUE", 4) : leat_text_view("FALSE", 5);
    }
    return 0;
}

int leat_cast_int32_to_text(struct leat_kernel_call *call) {
    char text[LEAT_INT64_TEXT_BYTES];
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        size_t length = leat_int64_print(leat_kernel_int32(call, 0, row), text);
        if (leat_kernel_put_text(call, row, text, length))
            return -1;
    }
    return 0;
}

int leat_cast_int64_to_text(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    char text[LEAT_INT64_TEXT_BYTES];
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        size_t length = leat_int64_print(from[row & call->args[0].mask], text);
        if (leat_kernel_put_text(call, row, text, length))
            return -1;
    }
    return 0;
}

int leat_cast_double_to_text(struct leat_kernel_call *call) {
    const double *from = call->args[0].data;
    char text[LEAT_DOUBLE_TEXT_BYTES];
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        size_t length = leat_double_print_java(from[row & call->args[0].mask], text);
        if (leat_kernel_put_text(call, row, text, length))
            return -1;
    }
    return 0;
}

int leat_cast_time_to_text(struct leat_kernel_call *call) {
    const int64_t *from = call->args[0].data;
    const struct leat_type type = call->expr->args[0]->type;
    char text[LEAT_TIMESTAMP_TEXT_BYTES];
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        size_t length = leat_timestamp_print(from[row & call->args[0].mask], type.precision, LEAT_TIMESTAMP_CAST, false, text);
        if (leat_kernel_put_text(call, row, text, length))
            return -1;
    }
    return 0;
}

// ---- From text

// What is left to read.
struct span {
    const char *at;
    const char *end;
};

// The bytes without the spaces around them; other white space counts as text, as in Flink.
static struct span trimmed(const struct leat_text *text) {
    struct span span = {leat_text_bytes(text), leat_text_bytes(text) + text->length};
    while (span.at < span.end && *span.at == ' ')
        span.at++;
    while (span.at < span.end && span.end[-1] == ' ')
        span.end--;
    return span;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool equals_ignoring_case(struct span span, const char *lower) {
    size_t length = strlen(lower);
    if ((size_t)(span.end - span.at) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((span.at[i] | 0x20) != lower[i] && span.at[i] != lower[i])
            return false;
    return true;
}

int leat_cast_text_to_bool(struct leat_kernel_call *call) {
    static const char *const words[] = {"f", "false", "n", "no", "0", "t", "true", "y", "yes", "1"};
    uint8_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row);
        const struct span span = {leat_text_bytes(text), leat_text_bytes(text) + text->length};
        size_t word = 0;
        while (word < LEAT_ARRAY_LEN(words) && !equals_ignoring_case(span, words[word]))
            word++;
        if (word == LEAT_ARRAY_LEN(words))
            leat_kernel_fail(call, row, "CAST of a text that is no BOOLEAN");
        else
            out[row] = word >= LEAT_ARRAY_LEN(words) / 2;
    }
    return 0;
}

// A sign, digits, and a fraction of digits that is dropped; one digit at least or a point.
static bool read_integer(struct span span, int64_t min, int64_t max, int64_t *value) {
    bool negative = span.at < span.end && *span.at == '-';
    span.at += negative || (span.at < span.end && *span.at == '+');
    if (span.at == span.end)
        return false;
    uint64_t limit = negative ? 0 - (uint64_t)min : (uint64_t)max, number = 0;
    for (; span.at < span.end && is_digit(*span.at); span.at++) {
        uint64_t digit = (uint64_t)(*span.at - '0');
        if (number > (limit - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (span.at < span.end && *span.at++ != '.')
        return false;
    while (span.at < span.end && is_digit(*span.at))
        span.at++;
    *value = (int64_t)(negative ? 0 - number : number);
    return span.at == span.end;
}

int leat_cast_text_to_int32(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        int64_t value;
        if (read_integer(trimmed(leat_kernel_text(call, 0, row)), INT32_MIN, INT32_MAX, &value))
            out[row] = (int32_t)value;
        else
            leat_kernel_fail(call, row, "CAST of a text that is no INT");
    }
    return 0;
}

int leat_cast_text_to_int64(struct leat_kernel_call *call) {
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        int64_t value;
        if (read_integer(trimmed(leat_kernel_text(call, 0, row)), INT64_MIN, INT64_MAX, &value))
            out[row] = value;
        else
            leat_kernel_fail(call, row, "CAST of a text that is no BIGINT");
    }
    return 0;
}

// Rewrites a number of Java's grammar ("+.5", "007", "1.", "1e5", "2d") as JSON; `out` has three bytes more room than the text has.
// 0 when it is none.
static size_t json_number(struct span span, char *out) {
    char *to = out;
    if (span.at < span.end && (*span.at == '-' || *span.at == '+'))
        if (*span.at++ == '-')
            *to++ = '-';
    if (span.end - span.at > 1 && strchr("dDfF", span.end[-1]) && span.end[-1])
        span.end--;
    bool digits = false;
    for (; span.at < span.end && *span.at == '0'; span.at++)
        digits = true;
    if (span.at == span.end || !is_digit(*span.at))
        *to++ = '0';
    for (; span.at < span.end && is_digit(*span.at); span.at++, digits = true)
        *to++ = *span.at;
    if (span.at < span.end && *span.at == '.') {
        span.at++;
        *to++ = '.';
        if (span.at == span.end || !is_digit(*span.at))
            *to++ = '0';
        for (; span.at < span.end && is_digit(*span.at); span.at++, digits = true)
            *to++ = *span.at;
    }
    if (!digits)
        return 0;
    while (span.at < span.end) // an exponent, which JSON writes alike and the parser of numbers judges
        *to++ = *span.at++;
    return (size_t)(to - out);
}

// False when the text is no number; *status becomes -1 when memory ran out.
static bool read_double(struct leat_kernel_call *call, struct span span, double *value, int *status) {
    char small[64];
    size_t length = (size_t)(span.end - span.at);
    struct span word = span;
    bool negative = length && *span.at == '-';
    word.at += length && (negative || *span.at == '+');
    size_t word_length = (size_t)(word.end - word.at);
    if (word_length == 3 && memcmp(word.at, "NaN", 3) == 0) {
        *value = NAN;
        return true;
    }
    if (word_length == 8 && memcmp(word.at, "Infinity", 8) == 0) {
        *value = negative ? -INFINITY : INFINITY;
        return true;
    }
    char *json = length + 3 <= sizeof(small) ? small : leat_heap_alloc(call->heap, length + 3);
    if (!json) {
        *status = -1;
        return false;
    }
    size_t json_length = json_number(span, json);
    return json_length && leat_double_parse(json, json_length, value);
}

// The bytes without the white space around them, which is everything up to the space, as Java's Double.parseDouble takes it.
static struct span trimmed_of_controls(const struct leat_text *text) {
    struct span span = {leat_text_bytes(text), leat_text_bytes(text) + text->length};
    while (span.at < span.end && (unsigned char)*span.at <= ' ')
        span.at++;
    while (span.at < span.end && (unsigned char)span.end[-1] <= ' ')
        span.end--;
    return span;
}

int leat_cast_text_to_double(struct leat_kernel_call *call) {
    double *out = call->out->data;
    int status = 0;
    for (uint32_t i = 0; i < call->count && status == 0; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        double value;
        if (read_double(call, trimmed_of_controls(leat_kernel_text(call, 0, row)), &value, &status))
            out[row] = value;
        else
            leat_kernel_fail(call, row, "CAST of a text that is no DOUBLE");
    }
    return status;
}

int leat_cast_text_to_time(struct leat_kernel_call *call) {
    const struct leat_type type = call->expr->type;
    int64_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row);
        int64_t micros;
        if (leat_timestamp_parse(leat_text_bytes(text), text->length, LEAT_TIMESTAMP_CAST, false, &micros))
            out[row] = leat_time_truncate(micros, type.precision);
        else
            leat_kernel_fail(call, row, "CAST of a text that is no TIMESTAMP");
    }
    return 0;
}
