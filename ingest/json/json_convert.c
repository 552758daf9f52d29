#include "ingest/json/json_convert.h"

#include "engine/expr/number.h"
#include "engine/expr/time.h"
#include "ingest/json/json_text.h"

// Bytes of a text; what Java's String.trim() takes away has been taken away where a type asks for that.
struct span {
    const char *start;
    const char *end;
};

// Java's trim: everything up to and including the space, control characters too.
static struct span trim(struct span text) {
    while (text.start < text.end && (uint8_t)*text.start <= ' ')
        text.start++;
    while (text.start < text.end && (uint8_t)text.end[-1] <= ' ')
        text.end--;
    return text;
}

// The characters of a string value; false when memory ran out.
static bool string_span(const struct leat_json_value *value, struct leat_heap *heap, struct span *text) {
    if (!value->escaped) {
        *text = (struct span){value->start, value->start + value->length};
        return true;
    }
    char *copy = leat_heap_alloc(heap, value->length);
    if (!copy)
        return false;
    bool lone;
    *text = (struct span){copy, copy + leat_json_unescape(value->start, value->length, copy, &lone)};
    return true;
}

static bool is_finite(double x) {
    return x - x == 0;
}

// ---- Numbers ---------------------------------------------------------------------------------------------------------

static enum leat_json_converted store_double(double number, double *out) {
    if (!is_finite(number))
        return LEAT_JSON_UNFIT;
    *out = number;
    return LEAT_JSON_CONVERTED;
}

static const char *skip_digits(const char *p, const char *end) {
    while (p < end && (uint8_t)(*p - '0') < 10)
        p++;
    return p;
}

// A decimal number as Java's Double.parseDouble takes it: a plus sign, leading zeros, a point without digits on one of its sides,
// and a trailing f or d are allowed there. What JSON does not allow is written again as JSON. (NaN, Infinity and hexadecimal
// numbers are not taken.)
static enum leat_json_converted double_from_java(struct span text, struct leat_heap *heap, double *out) {
    double number;
    if (leat_double_parse(text.start, (size_t)(text.end - text.start), &number))
        return store_double(number, out);
    size_t length = (size_t)(text.end - text.start);
    char *copy = leat_heap_alloc(heap, length + 2);
    if (!copy)
        return LEAT_JSON_NO_MEMORY;
    const char *p = text.start, *end = text.end;
    char *to = copy;
    if (p < end && strchr("fFdD", end[-1]))
        end--;
    if (p < end && (*p == '+' || *p == '-')) {
        if (*p++ == '-')
            *to++ = '-';
    }
    const char *whole = p;
    p = skip_digits(p, end);
    size_t digits = (size_t)(p - whole);
    while (p - whole > 1 && *whole == '0')
        whole++;
    if (p == whole)
        *to++ = '0';
    memcpy(to, whole, (size_t)(p - whole));
    to += p - whole;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p, end);
        digits += (size_t)(p - fraction);
        if (p > fraction) {
            *to++ = '.';
            memcpy(to, fraction, (size_t)(p - fraction));
            to += p - fraction;
        }
    }
    memcpy(to, p, (size_t)(end - p)); // an exponent, or what makes it no number
    to += end - p;
    return digits > 0 && leat_double_parse(copy, (size_t)(to - copy), &number) ? store_double(number, out) : LEAT_JSON_UNFIT;
}

static enum leat_json_converted convert_double(const struct leat_json_value *value, struct leat_heap *heap, double *out) {
    double number;
    struct span text;
    switch (value->kind) {
    case LEAT_JSON_INTEGER:
    case LEAT_JSON_DECIMAL:
        return leat_double_parse(value->start, value->length, &number) ? store_double(number, out) : LEAT_JSON_UNFIT;
    case LEAT_JSON_STRING:
        if (!string_span(value, heap, &text))
            return LEAT_JSON_NO_MEMORY;
        return double_from_java(trim(text), heap, out);
    default:
        return LEAT_JSON_UNFIT;
    }
}

// A whole number from `low` to `high`: of a number with a fraction the whole part, provided that the number itself lies there.
static enum leat_json_converted convert_integer(const struct leat_json_value *value, struct leat_heap *heap, int64_t low, int64_t high,
                                                int64_t *out) {
    struct span text = {value->start, value->start + value->length};
    double number;
    switch (value->kind) {
    case LEAT_JSON_INTEGER:
        break;
    case LEAT_JSON_DECIMAL:
        // (double)INT64_MAX is 2^63, which is out of range; every smaller double is in it.
        if (!leat_double_parse(value->start, value->length, &number) || number < (double)low ||
            (high == INT64_MAX ? number >= 0x1p63 : number > (double)high))
            return LEAT_JSON_UNFIT;
        *out = (int64_t)number;
        return LEAT_JSON_CONVERTED;
    case LEAT_JSON_STRING:
        if (!string_span(value, heap, &text))
            return LEAT_JSON_NO_MEMORY;
        text = trim(text);
        if (text.end - text.start > 1 && text.start[0] == '+' && text.start[1] != '-')
            text.start++;
        break;
    default:
        return LEAT_JSON_UNFIT;
    }
    int64_t whole;
    if (!leat_int64_parse(text.start, (size_t)(text.end - text.start), &whole) || whole < low || whole > high)
        return LEAT_JSON_UNFIT;
    *out = whole;
    return LEAT_JSON_CONVERTED;
}

// ---- Texts and truth values ------------------------------------------------------------------------------------------

// The JSON text of an object or array without the white space between its tokens. `out` has room for all of it, or is NULL
// to measure. The text is valid.
static size_t compact(const char *p, const char *end, char *out) {
    size_t length = 0;
    bool in_string = false;
    for (; p < end; p++) {
        if (!in_string && leat_json_is_space(*p))
            continue;
        if (out)
            out[length] = *p;
        length++;
        if (*p == '"')
            in_string = !in_string;
        if (*p == '\\' && in_string) { // whatever is escaped is no closing quote
            p++;
            if (out)
                out[length] = *p;
            length++;
        }
    }
    return length;
}

static enum leat_json_converted convert_text(const struct leat_json_value *value, struct leat_heap *heap, struct leat_text *out) {
    struct span text = {value->start, value->start + value->length};
    if (value->kind == LEAT_JSON_STRING) {
        if (!string_span(value, heap, &text))
            return LEAT_JSON_NO_MEMORY;
    } else if (value->kind == LEAT_JSON_CONTAINER) {
        size_t length = compact(text.start, text.end, NULL);
        if (length < value->length) {
            char *copy = leat_heap_alloc(heap, length);
            if (!copy)
                return LEAT_JSON_NO_MEMORY;
            compact(text.start, text.end, copy);
            text = (struct span){copy, copy + length};
        }
    }
    *out = leat_text_view(text.start, (uint32_t)(text.end - text.start));
    return LEAT_JSON_CONVERTED;
}

// Java's Boolean.parseBoolean: "true" in any case is true, everything else false.
static enum leat_json_converted convert_boolean(const struct leat_json_value *value, struct leat_heap *heap, uint8_t *out) {
    struct span text;
    bool truth = value->kind == LEAT_JSON_TRUE;
    if (value->kind == LEAT_JSON_STRING) {
        if (!string_span(value, heap, &text))
            return LEAT_JSON_NO_MEMORY;
        text = trim(text);
        truth = text.end - text.start == 4;
        for (int i = 0; truth && i < 4; i++)
            truth = (text.start[i] | 0x20) == "true"[i];
    }
    *out = truth;
    return LEAT_JSON_CONVERTED;
}

static enum leat_json_converted convert_timestamp(const struct leat_json_value *value, struct leat_type type, enum leat_timestamp_form form,
                                                  struct leat_heap *heap, int64_t *out) {
    struct span text;
    if (value->kind != LEAT_JSON_STRING)
        return LEAT_JSON_UNFIT;
    if (!string_span(value, heap, &text))
        return LEAT_JSON_NO_MEMORY;
    bool ltz = type.kind == LEAT_TYPE_TIMESTAMP_LTZ;
    int64_t micros;
    if (!leat_timestamp_parse(text.start, (size_t)(text.end - text.start), form, ltz, &micros))
        return LEAT_JSON_UNFIT;
    *out = leat_time_truncate(micros, type.precision);
    return LEAT_JSON_CONVERTED;
}

enum leat_json_converted leat_json_convert(const struct leat_json_value *value, struct leat_type type, enum leat_timestamp_form form,
                                           struct leat_heap *heap, void *out) {
    enum leat_json_converted result;
    int64_t whole;
    switch (type.kind) {
    case LEAT_TYPE_BOOLEAN:
        return convert_boolean(value, heap, out);
    case LEAT_TYPE_INT:
        result = convert_integer(value, heap, INT32_MIN, INT32_MAX, &whole);
        if (result == LEAT_JSON_CONVERTED)
            *(int32_t *)out = (int32_t)whole;
        return result;
    case LEAT_TYPE_BIGINT:
        return convert_integer(value, heap, INT64_MIN, INT64_MAX, out);
    case LEAT_TYPE_DOUBLE:
        return convert_double(value, heap, out);
    case LEAT_TYPE_STRING:
        return convert_text(value, heap, out);
    case LEAT_TYPE_TIMESTAMP:
    case LEAT_TYPE_TIMESTAMP_LTZ:
        return convert_timestamp(value, type, form, heap, out);
    default:
        return LEAT_JSON_UNFIT; // create() has refused other types
    }
}
