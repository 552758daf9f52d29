// Texts of timestamps in a format of letters as Java's DateTimeFormatter knows them.
#ifndef LEAT_ENGINE_EXPR_TIME_FORMAT_H
#define LEAT_ENGINE_EXPR_TIME_FORMAT_H

#include "engine/base/arena.h"

struct leat_time_format;

// Takes a format apart: yyyy, MM, M, dd, d, HH, H, mm, m, ss, s, S to SSSSSSSSS, quoted text, and anything that is no letter. NULL when it
// has a letter that is not supported, which *wrong then points to. Everything is allocated from `arena`; immutable.
const struct leat_time_format *leat_time_format_compile(struct leat_arena *arena, const char *text, size_t length, const char **wrong);

// Reads a whole text; what the format does not have is that of 1970-01-01 00:00:00. As in Java a month's days up to the 31st are its last
// one, and 24:00:00 is the next midnight. False, with *micros untouched, when it does not fit.
bool leat_time_format_parse(const struct leat_time_format *format, const char *text, size_t length, int64_t *micros);

// Bytes that leat_time_format_print needs at most.
size_t leat_time_format_room(const struct leat_time_format *format);

// Writes `micros` in the format and returns the length.
size_t leat_time_format_print(const struct leat_time_format *format, int64_t micros, char *out);

#endif
