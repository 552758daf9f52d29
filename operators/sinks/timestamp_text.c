#include "operators/sinks/timestamp_text.h"

#include "engine/base/assert.h"
#include "engine/expr/time.h"

#define MICRO_DIGITS 6

_Static_assert(LEAT_TIMESTAMP_TEXT_ROOM >= LEAT_TIMESTAMP_TEXT_BYTES, "what the engine prints fits");

size_t leat_timestamp_text_json(int64_t time_us, uint8_t precision, char separator, bool utc, char *out) {
    enum leat_timestamp_form form = separator == 'T' ? LEAT_TIMESTAMP_ISO_8601 : LEAT_TIMESTAMP_SQL;
    return leat_timestamp_print(time_us, precision, form, utc, out);
}

size_t leat_timestamp_text_java(int64_t time_us, bool utc, char *out) {
    static const int64_t second_us = 1000000;
    // Six digits of fraction, always, to start from; Java drops the last three or all where they are zero.
    size_t length = leat_timestamp_print(time_us, MICRO_DIGITS, LEAT_TIMESTAMP_CAST, false, out);
    leat_assert(length > sizeof("00:00.000000") && length < LEAT_TIMESTAMP_TEXT_ROOM);
    *(char *)memchr(out, ' ', length) = 'T';
    if (time_us % second_us == 0) {
        length -= 1 + MICRO_DIGITS;
        if (!utc && memcmp(out + length - 3, ":00", 3) == 0)
            length -= 3;
    } else if (time_us % 1000 == 0) {
        length -= 3;
    }
    if (utc)
        out[length++] = 'Z';
    return length;
}
