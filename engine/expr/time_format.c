#include "engine/expr/time_format.h"

#include "engine/expr/time.h"

// Fields of a format, in the order of their letters in `letters`.
enum field { FIELD_YEAR, FIELD_MONTH, FIELD_DAY, FIELD_HOUR, FIELD_MINUTE, FIELD_SECOND, FIELD_FRACTION, FIELDS, FIELD_LITERAL = FIELDS };

static const char letters[] = "yMdHmsS";

// A field with its number of letters, or one byte as it is.
struct element {
    uint8_t field;
    uint8_t digits;
    char literal;
};

struct leat_time_format {
    uint32_t count;
    struct element elements[];
};

// Numbers of one or two digits, four of a year, one to nine of a fraction.
static bool supported(enum field field, size_t digits) {
    switch (field) {
    case FIELD_YEAR:
        return digits == 4;
    case FIELD_FRACTION:
        return digits <= 9;
    default:
        return digits <= 2;
    }
}

static void add_literal(struct leat_time_format *format, char byte) {
    format->elements[format->count++] = (struct element){.field = FIELD_LITERAL, .literal = byte};
}

// A quoted text; two quotes stand for one, within it and alone. Returns where it ends, NULL if it does not.
static const char *add_quoted(struct leat_time_format *format, const char *at, const char *end) {
    bool empty = true;
    for (at++; at < end; at++) {
        if (*at == '\'' && (at + 1 == end || at[1] != '\'' || empty)) {
            if (empty)
                add_literal(format, '\'');
            return at + 1;
        }
        at += *at == '\'';
        add_literal(format, *at);
        empty = false;
    }
    return NULL;
}

const struct leat_time_format *leat_time_format_compile(struct leat_arena *arena, const char *text, size_t length, const char **wrong) {
    struct leat_time_format *format = leat_arena_alloc(arena, sizeof(*format) + length * sizeof(struct element));
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        *wrong = at;
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (*at == '\'') {
            at = add_quoted(format, at, end);
            if (!at)
                return NULL;
        } else if (!is_letter) {
            if (strchr("[]{}#", *at) && *at)
                return NULL; // these mean something in Java
            add_literal(format, *at++);
        } else {
            size_t digits = 1;
            const char *found = strchr(letters, *at);
            while (at + digits < end && at[digits] == *at)
                digits++;
            if (!found || !supported((enum field)(found - letters), digits))
                return NULL;
            format->elements[format->count++] = (struct element){.field = (uint8_t)(found - letters), .digits = (uint8_t)digits};
            at += digits;
        }
    }
    return format;
}

// A number of the digits that an element wants: exactly so many, or one or two for a single letter.
static bool read_number(const struct element *element, const char **at, const char *end, uint32_t *value) {
    uint32_t most = element->digits == 1 && element->field != FIELD_FRACTION ? 2 : element->digits, digits = 0;
    *value = 0;
    for (; digits < most && *at < end && **at >= '0' && **at <= '9'; digits++)
        *value = *value * 10 + (uint32_t)(*(*at)++ - '0');
    return digits >= element->digits;
}

bool leat_time_format_parse(const struct leat_time_format *format, const char *text, size_t length, int64_t *micros) {
    static const uint32_t scale[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    uint32_t fields[FIELDS] = {1970, 1, 1, 0, 0, 0, 0};
    const char *at = text, *end = text + length;
    for (uint32_t i = 0; i < format->count; i++) {
        const struct element *element = &format->elements[i];
        if (element->field == FIELD_LITERAL) {
            if (at == end || *at++ != element->literal)
                return false;
            continue;
        }
        if (!read_number(element, &at, end, &fields[element->field]))
            return false;
        if (element->field == FIELD_FRACTION)
            fields[FIELD_FRACTION] *= scale[element->digits];
    }
    if (at != end || fields[FIELD_YEAR] == 0 || fields[FIELD_MONTH] < 1 || fields[FIELD_MONTH] > 12 || fields[FIELD_DAY] < 1 ||
        fields[FIELD_DAY] > 31 || fields[FIELD_HOUR] > 24 || fields[FIELD_MINUTE] > 59 || fields[FIELD_SECOND] > 59)
        return false;
    if (fields[FIELD_HOUR] == 24 && (fields[FIELD_MINUTE] || fields[FIELD_SECOND] || fields[FIELD_FRACTION]))
        return false;
    uint32_t last = leat_time_month_days((int32_t)fields[FIELD_YEAR], fields[FIELD_MONTH]);
    struct leat_civil civil = {.year = (int32_t)fields[FIELD_YEAR],
                               .month = (uint8_t)fields[FIELD_MONTH],
                               .day = (uint8_t)LEAT_MIN(fields[FIELD_DAY], last),
                               .hour = (uint8_t)fields[FIELD_HOUR],
                               .minute = (uint8_t)fields[FIELD_MINUTE],
                               .second = (uint8_t)fields[FIELD_SECOND],
                               .micro = fields[FIELD_FRACTION] / 1000};
    *micros = leat_time_from_civil(&civil);
    return true;
}

size_t leat_time_format_room(const struct leat_time_format *format) {
    return (size_t)format->count * 12; // no element takes more, not even a year far outside the calendar
}

static char *print_number(char *out, uint32_t value, uint32_t digits_min) {
    char text[10];
    uint32_t digits = 0;
    for (; value || digits < digits_min; value /= 10)
        text[digits++] = (char)('0' + value % 10);
    while (digits)
        *out++ = text[--digits];
    return out;
}

size_t leat_time_format_print(const struct leat_time_format *format, int64_t micros, char *out) {
    static const uint32_t scale[] = {1, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    struct leat_civil civil;
    leat_time_to_civil(micros, &civil);
    const uint32_t fields[FIELDS] = {0, civil.month, civil.day, civil.hour, civil.minute, civil.second, civil.micro * 1000};
    char *at = out;
    for (uint32_t i = 0; i < format->count; i++) {
        const struct element *element = &format->elements[i];
        if (element->field == FIELD_LITERAL) {
            *at++ = element->literal;
        } else if (element->field == FIELD_YEAR) {
            // The letter y is the year of its era: 0 is 1 BC.
            int32_t year = civil.year > 0 ? civil.year : 1 - civil.year;
            if (year > 9999)
                *at++ = '+';
            at = print_number(at, (uint32_t)year, 4);
        } else if (element->field == FIELD_FRACTION) {
            at = print_number(at, fields[FIELD_FRACTION] / scale[element->digits], element->digits);
        } else {
            at = print_number(at, fields[element->field], element->digits);
        }
    }
    return (size_t)(at - out);
}
