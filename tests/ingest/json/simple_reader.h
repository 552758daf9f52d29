// A second JSON reader, as plain as can be: one byte at a time, recursive, the C library's number parsing. It writes what it finds
// in the form of json_dump.h, and is what the decoder is compared with.
#ifndef LEAT_TESTS_INGEST_JSON_SIMPLE_READER_H
#define LEAT_TESTS_INGEST_JSON_SIMPLE_READER_H

#include "engine/expr/time.h"
#include "tests/ingest/json/json_dump.h"

#include <math.h>

// A value: where it stands in the text, and a string's characters.
struct simple_value {
    char kind; // 0 absent, n null, t true, f false, i integer, d other number, s string, c container
    const char *start;
    const char *end;
    char *characters; // from malloc, of a string
    size_t length;
};

// Any number of 19 digits and some more.
__extension__ typedef __int128 simple_wide;

struct simple {
    const char *p;
    const char *end;
    int depth;
    enum leat_bad_reason reason;
    const struct leat_decode_config *config;
    struct simple_value *values; // per field
};

static inline void simple_space(struct simple *s) {
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
        s->p++;
}

static inline bool simple_fail(struct simple *s, enum leat_bad_reason reason) {
    s->reason = reason;
    return false;
}

// Whether the bytes are UTF-8, decoded one character after the other.
static inline bool simple_utf8(const char *text, size_t length) {
    const uint8_t *p = (const uint8_t *)text, *end = p + length;
    while (p < end) {
        int more = *p < 0x80 ? 0 : *p < 0xc0 ? -1 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : *p < 0xf8 ? 3 : -1;
        if (more < 0 || end - p <= more)
            return false;
        static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
        uint32_t c = more == 0 ? *p : *p & (0x3fu >> more);
        for (int i = 1; i <= more; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return false;
            c = c << 6 | (p[i] & 0x3f);
        }
        if (c < smallest[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return false;
        p += more + 1;
    }
    return true;
}

static inline int simple_hex(struct simple *s) {
    int value = 0;
    for (int i = 0; i < 4; i++, s->p++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = s->p < s->end && *s->p ? strchr(digits, *s->p) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int)((digit - digits) % 16);
    }
    return value;
}

static inline void simple_put(struct simple_value *value, uint32_t c) {
    uint8_t *out = (uint8_t *)value->characters + value->length;
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        value->length += 1;
    } else if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 + c / 64);
        out[1] = (uint8_t)(0x80 + c % 64);
        value->length += 2;
    } else if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 + c / 4096);
        out[1] = (uint8_t)(0x80 + c / 64 % 64);
        out[2] = (uint8_t)(0x80 + c % 64);
        value->length += 3;
    } else {
        out[0] = (uint8_t)(0xf0 + c / 262144);
        out[1] = (uint8_t)(0x80 + c / 4096 % 64);
        out[2] = (uint8_t)(0x80 + c / 64 % 64);
        out[3] = (uint8_t)(0x80 + c % 64);
        value->length += 4;
    }
}

// The escape behind a backslash. A lone surrogate gives '?' and sets *lone.
static inline bool simple_escape(struct simple *s, struct simple_value *value, bool *lone) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = s->p < s->end ? *s->p++ : 0;
    if (c == 'u') {
        int unit = simple_hex(s);
        if (unit < 0)
            return false;
        if (unit >= 0xd800 && unit < 0xdc00 && s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'u') {
            const char *back = s->p;
            s->p += 2;
            int low = simple_hex(s);
            if (low >= 0xdc00 && low < 0xe000) {
                simple_put(value, 0x10000 + (uint32_t)(unit - 0xd800) * 1024 + (uint32_t)(low - 0xdc00));
                return true;
            }
            s->p = back;
        }
        bool surrogate = unit >= 0xd800 && unit < 0xe000;
        *lone |= surrogate;
        simple_put(value, surrogate ? '?' : (uint32_t)unit);
        return true;
    }
    const char *at = c ? strchr(from, c) : NULL;
    if (at)
        value->characters[value->length++] = to[at - from];
    return at != NULL;
}

static inline bool simple_string(struct simple *s, struct simple_value *value, bool *lone) {
    value->characters = malloc((size_t)(s->end - s->p) + 4);
    value->length = 0;
    value->kind = 's';
    *lone = false;
    for (s->p++; s->p < s->end; s->p++) {
        if (*s->p == '"') {
            s->p++;
            return true;
        }
        if ((uint8_t)*s->p < 0x20)
            break;
        if (*s->p == '\\') {
            s->p++;
            if (!simple_escape(s, value, lone))
                break;
            s->p--;
        } else {
            value->characters[value->length++] = *s->p;
        }
    }
    return simple_fail(s, LEAT_BAD_JSON_SYNTAX);
}

static inline bool simple_digits(struct simple *s) {
    const char *start = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return s->p > start;
}

static inline bool simple_number(struct simple *s, struct simple_value *value) {
    value->kind = 'i';
    if (s->p < s->end && *s->p == '-')
        s->p++;
    const char *whole = s->p;
    if (!simple_digits(s) || (*whole == '0' && s->p > whole + 1))
        return simple_fail(s, LEAT_BAD_JSON_SYNTAX);
    if (s->p < s->end && *s->p == '.') {
        value->kind = 'd';
        s->p++;
        if (!simple_digits(s))
            return simple_fail(s, LEAT_BAD_JSON_SYNTAX);
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        value->kind = 'd';
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (!simple_digits(s))
            return simple_fail(s, LEAT_BAD_JSON_SYNTAX);
    }
    return true;
}

static bool simple_value(struct simple *s, struct simple_value *value);

// One "name": value; at the top the value is kept when its name is wanted.
static inline bool simple_member(struct simple *s) {
    struct simple_value name = {0}, value = {0};
    bool lone = false, read = false;
    if (s->p < s->end && *s->p == '"' && simple_string(s, &name, &lone)) {
        simple_space(s);
        if (s->p < s->end && *s->p == ':') {
            s->p++;
            read = simple_value(s, &value);
        } else {
            simple_fail(s, LEAT_BAD_JSON_SYNTAX);
        }
    } else {
        simple_fail(s, LEAT_BAD_JSON_SYNTAX);
    }
    for (uint32_t i = 0; read && !lone && s->depth == 1 && s->config && i < s->config->field_count; i++) {
        const char *wanted = s->config->fields[i].name;
        if (strlen(wanted) == name.length && memcmp(wanted, name.characters, name.length) == 0) {
            free(s->values[i].characters);
            s->values[i] = value;
            value.characters = NULL;
            break;
        }
    }
    free(name.characters);
    free(value.characters);
    return read;
}

static inline bool simple_container(struct simple *s, struct simple_value *value, char close) {
    if (s->depth == LEAT_JSON_DEPTH_MAX)
        return simple_fail(s, LEAT_BAD_DEPTH);
    value->kind = 'c';
    s->depth++;
    s->p++;
    simple_space(s);
    if (s->p < s->end && *s->p == close) {
        s->p++;
        s->depth--;
        return true;
    }
    for (;;) {
        struct simple_value element = {0};
        simple_space(s);
        bool read = close == '}' ? simple_member(s) : simple_value(s, &element);
        free(element.characters);
        if (!read)
            return false;
        simple_space(s);
        if (s->p == s->end || (*s->p != ',' && *s->p != close))
            return simple_fail(s, LEAT_BAD_JSON_SYNTAX);
        if (*s->p++ == close) {
            s->depth--;
            return true;
        }
    }
}

static bool simple_value(struct simple *s, struct simple_value *value) {
    simple_space(s);
    value->start = s->p;
    bool read, lone;
    size_t left = (size_t)(s->end - s->p);
    char c = left ? *s->p : 0;
    if (c == '{' || c == '[') {
        read = simple_container(s, value, c == '{' ? '}' : ']');
    } else if (c == '"') {
        read = simple_string(s, value, &lone);
    } else if ((left >= 4 && (memcmp(s->p, "true", 4) == 0 || memcmp(s->p, "null", 4) == 0)) ||
               (left >= 5 && memcmp(s->p, "false", 5) == 0)) {
        value->kind = c;
        s->p += c == 'f' ? 5 : 4;
        read = true;
    } else {
        read = simple_number(s, value);
    }
    value->end = s->p;
    return read;
}

// Whether a text is JSON; `s` says what is wanted.
static inline enum leat_bad_reason simple_text(struct simple *s) {
    struct simple_value value = {0};
    if ((size_t)(s->end - s->p) > LEAT_RECORD_BYTES_MAX)
        return LEAT_BAD_TOO_LONG;
    if (!simple_utf8(s->p, (size_t)(s->end - s->p)))
        return LEAT_BAD_UTF8;
    if (s->end - s->p >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
        s->p += 3;
    bool read = simple_value(s, &value);
    free(value.characters);
    if (!read)
        return s->reason;
    simple_space(s);
    if (s->p < s->end)
        return LEAT_BAD_JSON_SYNTAX;
    return s->config && *value.start != '{' ? LEAT_BAD_NOT_OBJECT : LEAT_BAD_NONE;
}

// ---- Conversions -----------------------------------------------------------------------------------------------------

// The characters of a scalar, trimmed as Java does and ended by a zero; NULL for a text with a zero inside. From malloc.
static inline char *simple_trimmed(const struct simple_value *value) {
    const char *p = value->kind == 's' ? value->characters : value->start;
    const char *end = value->kind == 's' ? p + value->length : value->end;
    while (p < end && (uint8_t)*p <= ' ')
        p++;
    while (p < end && (uint8_t)end[-1] <= ' ')
        end--;
    char *copy = malloc((size_t)(end - p) + 1);
    memcpy(copy, p, (size_t)(end - p));
    copy[end - p] = 0;
    if (strlen(copy) == (size_t)(end - p))
        return copy;
    free(copy);
    return NULL;
}

static inline bool simple_double(const struct simple_value *value, double *out) {
    if (!strchr("ids", value->kind))
        return false;
    char *text = simple_trimmed(value), *stop;
    bool read = text && *text && strspn(text, "0123456789+-.eEfFdD") == strlen(text);
    if (read) {
        *out = strtod(text, &stop);
        if (stop > text && value->kind == 's' && *stop && strchr("fFdD", *stop))
            stop++;
        read = stop > text && *stop == 0 && isfinite(*out);
    }
    free(text);
    return read;
}

static inline bool simple_integer(const struct simple_value *value, int64_t low, int64_t high, int64_t *out) {
    if (value->kind == 'd') {
        double number;
        if (!simple_double(value, &number) || number < (double)low || number > (double)high || number >= 0x1p63)
            return false;
        *out = (int64_t)number;
        return true;
    }
    if (value->kind != 'i' && value->kind != 's')
        return false;
    char *text = simple_trimmed(value);
    const char *digits = text ? text + (*text == '+' || *text == '-') : NULL;
    bool read = digits && *digits && strspn(digits, "0123456789") == strlen(digits);
    if (read) {
        simple_wide number = 0;
        for (const char *p = digits; *p; p++)
            if (number < (simple_wide)1 << 100)
                number = number * 10 + (*p - '0');
        number = *text == '-' ? -number : number;
        read = number >= low && number <= high;
        *out = (int64_t)number;
    }
    free(text);
    return read;
}

static inline void simple_dump_text(struct dump *dump, const struct simple_value *value) {
    if (value->kind == 's') {
        dump_print(dump, "%zu:", value->length);
        dump_hex(dump, value->characters, value->length);
        return;
    }
    char *copy = malloc((size_t)(value->end - value->start) + 1);
    size_t length = 0;
    bool quoted = false, escaped = false;
    for (const char *p = value->start; p < value->end; p++) {
        if (quoted || !strchr(" \t\r\n", *p))
            copy[length++] = *p;
        if (*p == '"' && !escaped)
            quoted = !quoted;
        escaped = *p == '\\' && !escaped;
    }
    dump_print(dump, "%zu:", length);
    dump_hex(dump, copy, length);
    free(copy);
}

// Appends the value as the field's type; false when it does not fit.
static inline bool simple_convert(struct dump *dump, const struct leat_decode_config *config, struct leat_type type,
                                  const struct simple_value *value) {
    int64_t whole;
    double number;
    char *text;
    bool yes;
    switch (type.kind) {
    case LEAT_TYPE_BOOLEAN:
        text = value->kind == 's' ? simple_trimmed(value) : NULL;
        yes = value->kind == 't' || (text && strcasecmp(text, "true") == 0);
        free(text);
        dump_print(dump, "%d", yes);
        return true;
    case LEAT_TYPE_INT:
    case LEAT_TYPE_BIGINT:
        yes = type.kind == LEAT_TYPE_INT ? simple_integer(value, INT32_MIN, INT32_MAX, &whole)
                                         : simple_integer(value, INT64_MIN, INT64_MAX, &whole);
        if (yes)
            dump_print(dump, "%" PRId64, whole);
        return yes;
    case LEAT_TYPE_DOUBLE:
        yes = simple_double(value, &number);
        if (yes) {
            uint64_t bits;
            memcpy(&bits, &number, 8);
            dump_print(dump, "%016" PRIx64, bits);
        }
        return yes;
    case LEAT_TYPE_STRING:
        simple_dump_text(dump, value);
        return true;
    default:
        yes = value->kind == 's' &&
              leat_timestamp_parse(value->characters, value->length, config->timestamp_form, type.kind == LEAT_TYPE_TIMESTAMP_LTZ, &whole);
        if (yes)
            dump_print(dump, "%" PRId64, leat_time_truncate(whole, type.precision));
        return yes;
    }
}

// Appends the values of a good record; or takes them back and gives the reason and the field at fault.
static inline enum leat_bad_reason simple_row(struct dump *dump, struct simple *s, const char **field) {
    for (uint32_t i = 0; i < s->config->field_count; i++) {
        const struct simple_value *value = &s->values[i];
        *field = s->config->fields[i].name;
        dump_print(dump, " ");
        if (value->kind == 0 && s->config->fail_on_missing_field)
            return LEAT_BAD_MISSING_FIELD;
        if (value->kind != 0 && value->kind != 'n') {
            if (simple_convert(dump, s->config, s->config->fields[i].type, value))
                continue;
            if (!s->config->ignore_parse_errors)
                return LEAT_BAD_CONVERSION;
        }
        dump_print(dump, "NULL");
    }
    *field = NULL;
    return LEAT_BAD_NONE;
}

static inline void simple_line(struct dump *dump, const struct leat_decode_config *config, const char *text, size_t begin, size_t length) {
    struct simple_value values[64] = {{0}};
    struct simple s = {.p = text + begin, .end = text + begin + length, .config = config, .values = values};
    const char *field = NULL;
    enum leat_bad_reason reason = simple_text(&s);
    size_t back = dump->length;
    dump_print(dump, "row %zu+%zu", begin, length);
    if (reason == LEAT_BAD_NONE)
        reason = simple_row(dump, &s, &field);
    if (reason != LEAT_BAD_NONE) {
        dump->length = back;
        dump_print(dump, "bad %zu+%zu %d %s", begin, length, reason, field ? field : "-");
    }
    dump_print(dump, "\n");
    for (uint32_t i = 0; i < 64; i++)
        free(values[i].characters);
}

// Reads a text of lines and appends all records and the number of blank lines, as dump_read does.
static inline void simple_read(struct dump *dump, const struct leat_decode_config *config, const char *text, size_t length) {
    uint64_t blank = 0;
    for (size_t begin = 0, end; begin < length; begin = end + 1) {
        for (end = begin; end < length && text[end] != '\n'; end++)
            ;
        size_t spaces = 0;
        while (begin + spaces < end && (text[begin + spaces] == ' ' || text[begin + spaces] == '\t' || text[begin + spaces] == '\r'))
            spaces++;
        if (begin + spaces == end)
            blank++;
        else
            simple_line(dump, config, text, begin, end - begin - (text[end - 1] == '\r'));
    }
    dump_print(dump, "blank %" PRIu64 " end 0\n", blank);
}

#endif
