// The texts of timestamps that the encoders write.
#ifndef LEAT_OPERATORS_SINKS_TIMESTAMP_TEXT_H
#define LEAT_OPERATORS_SINKS_TIMESTAMP_TEXT_H

#include "engine/base/base.h"

// Room that the functions below need, all of which may be written.
#define LEAT_TIMESTAMP_TEXT_ROOM 48

// Writes `time_us` as Flink's json format does, with `separator` (a space or a T) between date and time, up to `precision` digits of
// fraction without trailing zeros, and a Z if `utc`. Returns the length in bytes; no terminating zero.
size_t leat_timestamp_text_json(int64_t time_us, uint8_t precision, char separator, bool utc, char *out);

// Writes `time_us` as Java's LocalDateTime.toString does ("2019-04-01T05:47", with seconds where they or the fraction are not zero) or, if
// `utc`, as Instant.toString does ("2019-04-01T05:47:00Z"); the fraction has none, 3 or 6 digits. Returns the length; no terminating zero.
size_t leat_timestamp_text_java(int64_t time_us, bool utc, char *out);

#endif
