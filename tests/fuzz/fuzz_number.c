// Number text: any bytes are parsed as the C library parses them or refused, and any double printed from them reads back.
#include "engine/expr/number.h"

#include "engine/base/assert.h"

#include <stdlib.h>

#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Where the JSON number at the start of `text`, which ends with a zero, ends; 0 where there is none. Written from the grammar alone.
static size_t json_number_length(const char *text) {
    const char *digits = "0123456789";
    size_t at = *text == '-';
    size_t whole = strspn(text + at, digits);
    if (whole == 0 || (whole > 1 && text[at] == '0')) {
        return 0;
    }
    at += whole;
    if (text[at] == '.') {
        size_t fraction = strspn(text + at + 1, digits);
        if (fraction == 0) {
            return 0;
        }
        at += 1 + fraction;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        size_t sign = text[at + 1] == '-' || text[at + 1] == '+';
        size_t exponent = strspn(text + at + 1 + sign, digits);
        if (exponent == 0) {
            return 0;
        }
        at += 1 + sign + exponent;
    }
    return at;
}

static void check_parse(const uint8_t *data, size_t size) {
    static char text[TEXT_MAX + LEAT_NUMBER_PADDING_BYTES];
    size = LEAT_MIN(size, TEXT_MAX - 1);
    memcpy(text, data, size);
    memset(text + size, 0, LEAT_NUMBER_PADDING_BYTES);
    size_t length = json_number_length(text);
    double prefix = 0.5;
    const char *end = leat_double_parse_prefix(text, text + size, &prefix);
    leat_assert(end == (length == 0 ? NULL : text + length));
    double whole = 0.5;
    leat_assert(leat_double_parse(text, size, &whole) == (length > 0 && length == size));
    int64_t integer = 55;
    const char *integer_end = leat_int64_parse_prefix(text, text + size, &integer);
    leat_assert(integer_end == NULL || integer_end <= text + size);
    if (length == 0) {
        return;
    }
    // The same text with digits behind its end must not read them.
    memset(text + length, '7', LEAT_NUMBER_PADDING_BYTES);
    double cut = 0.5;
    leat_assert(leat_double_parse_prefix(text, text + length, &cut) == text + length);
    text[length] = 0;
    uint64_t expected = bits_of(strtod(text, NULL));
    leat_assert(bits_of(prefix) == expected && bits_of(cut) == expected);
    leat_assert(leat_double_parse(text, length, &whole) && bits_of(whole) == expected);
}

// Every offset at once: the batch must see there what the single form sees.
static void check_parse_batch(const uint8_t *data, size_t size) {
    enum { COUNT = 96 };
    char text[COUNT + LEAT_NUMBER_PADDING_BYTES];
    uint32_t start[COUNT];
    uint32_t stop[COUNT];
    double out[COUNT];
    size = LEAT_MIN(size, COUNT);
    memcpy(text, data, size);
    memset(text + size, '7', LEAT_NUMBER_PADDING_BYTES);
    for (uint32_t i = 0; i < size; i++) {
        start[i] = i;
    }
    leat_double_parse_batch(text, start, size, text + size, out, stop);
    for (size_t i = 0; i < size; i++) {
        double one = 0;
        const char *end = leat_double_parse_prefix(text + i, text + size, &one);
        leat_assert(stop[i] == (end == NULL ? 0 : end - text) && bits_of(out[i]) == bits_of(one));
    }
}

static void check_print(const uint8_t *data, size_t size) {
    double value[16];
    size_t count = LEAT_MIN(size / sizeof value[0], LEAT_ARRAY_LEN(value));
    memcpy(value, data, count * sizeof value[0]);
    char text[16 * LEAT_DOUBLE_TEXT_BYTES];
    uint32_t offset[17];
    for (size_t i = 0; i < count; i++) {
        double back = 0;
        size_t length = leat_double_print_java(value[i], text);
        if ((bits_of(value[i]) >> 52 & 0x7ff) == 0x7ff) {
            value[i] = 0;
        } else {
            leat_assert(leat_double_parse(text, length, &back) && bits_of(back) == bits_of(value[i]));
        }
        length = leat_double_print_shortest(value[i], text);
        leat_assert(length <= 25);
        leat_assert(leat_double_parse(text, length, &back) && bits_of(back) == bits_of(value[i]));
        text[length] = 0;
        leat_assert(bits_of(strtod(text, NULL)) == bits_of(value[i]));
        int64_t integer;
        int64_t integer_back;
        memcpy(&integer, data + i * sizeof integer, sizeof integer);
        length = leat_int64_print(integer, text);
        leat_assert(leat_int64_parse(text, length, &integer_back) && integer_back == integer);
    }
    leat_assert(leat_double_print_batch(value, count, text, offset) == offset[count]);
    for (size_t i = 0; i < count; i++) {
        char one[LEAT_DOUBLE_TEXT_BYTES];
        size_t length = leat_double_print_shortest(value[i], one);
        leat_assert(length == offset[i + 1] - offset[i] && memcmp(one, text + offset[i], length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_parse(data, size);
    check_parse_batch(data, size);
    check_print(data, size);
    return 0;
}
