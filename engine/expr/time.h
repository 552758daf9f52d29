// The civil (proleptic Gregorian) calendar and the text of timestamps. No zones: a TIMESTAMP is a wall clock, a TIMESTAMP_LTZ is shown
// in UTC. Everything is pure, allocates nothing, calls nothing of the C library's calendar, and may be called by any thread.
// (Calendar arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013-2021.)
#ifndef LEAT_ENGINE_EXPR_TIME_H
#define LEAT_ENGINE_EXPR_TIME_H

#include "engine/base/base.h"

#define LEAT_MICROS_PER_SECOND INT64_C(1000000)
#define LEAT_MICROS_PER_MINUTE (60 * LEAT_MICROS_PER_SECOND)
#define LEAT_MICROS_PER_HOUR   (60 * LEAT_MICROS_PER_MINUTE)
#define LEAT_MICROS_PER_DAY    (24 * LEAT_MICROS_PER_HOUR)

// The first and the last microsecond of SQL's calendar, 0000-01-01 00:00:00 and 9999-12-31 23:59:59.999999; TO_TIMESTAMP_LTZ gives NULL
// outside.
#define LEAT_TIMESTAMP_MIN INT64_C(-62167219200000000)
#define LEAT_TIMESTAMP_MAX INT64_C(253402300799999999)

// Room that leat_timestamp_print needs; all of it may be written.
#define LEAT_TIMESTAMP_TEXT_BYTES 40

// A point in time taken apart.
struct leat_civil {
    int32_t year; // astronomical: 0 is 1 BC
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    uint32_t micro;
};

// How a timestamp is written.
enum leat_timestamp_form {
    LEAT_TIMESTAMP_SQL,      // "2024-03-01 07:08:09[.fraction]": JSON's 'SQL' standard
    LEAT_TIMESTAMP_ISO_8601, // "2024-03-01T07:08:09[.fraction]": JSON's 'ISO-8601' standard
    LEAT_TIMESTAMP_CAST,     // CAST to and from STRING: printed with exactly `precision` digits of fraction, no zone; read leniently
};

// Microseconds since 1970-01-01 00:00:00. The fields are taken as they are (a valid date; outside the years +-290000 it wraps around).
int64_t leat_time_from_civil(const struct leat_civil *civil);

// The inverse of leat_time_from_civil; any value has a date.
void leat_time_to_civil(int64_t micros, struct leat_civil *civil);

// Days of a month 1..12 of a year.
uint32_t leat_time_month_days(int32_t year, uint32_t month);

// `micros` with only `precision` (0..6) digits of its fraction of a second, rounded towards the past as Flink does.
int64_t leat_time_truncate(int64_t micros, uint8_t precision);

// The same time of day `months` later; a day that the month does not have becomes its last one (as in Flink). Wraps around like the
// integers do where the result is out of the range of 64 bits.
int64_t leat_time_add_months(int64_t micros, int32_t months);

// Writes `micros` and returns the length in bytes; no terminating zero. LEAT_TIMESTAMP_SQL and LEAT_TIMESTAMP_ISO_8601 write the fraction,
// cut to `precision` digits, without trailing zeros (none at all for a whole second), and a 'Z' behind it if `ltz`; LEAT_TIMESTAMP_CAST
// writes exactly `precision` digits and never a zone. Years beyond 0000..9999 get a sign ("+10000-01-01").
size_t leat_timestamp_print(int64_t micros, uint8_t precision, enum leat_timestamp_form form, bool ltz, char *out);

// Reads a whole text. LEAT_TIMESTAMP_SQL and LEAT_TIMESTAMP_ISO_8601 take what they print: four digits of year, two of all else, up to nine
// of fraction (those behind the sixth are dropped), and the 'Z' exactly if `ltz`; ISO-8601 may leave out the seconds. LEAT_TIMESTAMP_CAST
// takes single digits as well ("2024-3-1 7:08:09"), a date alone (midnight), a point without digits, and no zone; and as Flink's CAST
// it takes a month's days up to the 31st as its last one, and 24:00:00 as the next midnight. Elsewhere the date must exist. Years are
// 0001..9999.
// Nothing is rounded: see leat_time_truncate. False, with *micros untouched, otherwise. Reads nothing at or behind text + length.
bool leat_timestamp_parse(const char *text, size_t length, enum leat_timestamp_form form, bool ltz, int64_t *micros);

#endif
