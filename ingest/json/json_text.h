// The characters of JSON texts: UTF-8, white space, and strings with and without escapes.
// All functions are pure and may be called by any thread; none allocates.
#ifndef LEAT_INGEST_JSON_JSON_TEXT_H
#define LEAT_INGEST_JSON_JSON_TEXT_H

#include "engine/base/base.h"

// True when the bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. Reads nothing outside them.
// (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021.)
bool leat_json_utf8_valid(const char *text, size_t length);

// Looks for the quote that closes the string whose first character is at `p`. Sets *escaped when there is a backslash.
// NULL when the string does not end before `end`, holds a control character, or an escape that JSON does not know.
// Surrogate escapes may stand alone, as in Jackson. Reads nothing at or behind `end`.
const char *leat_json_string_end(const char *p, const char *end, bool *escaped);

// Writes the characters of a valid string's inside to `out`, which has room for `length` bytes (they never get more), and
// returns how many there are. A surrogate without its partner becomes '?', as where Java encodes it; *lone is set then.
size_t leat_json_unescape(const char *raw, size_t length, char *out, bool *lone);

// White space of JSON.
static inline bool leat_json_is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The first byte in [p, end) that is no white space, or `end`.
static inline const char *leat_json_skip_space(const char *p, const char *end) {
    while (p < end && leat_json_is_space(*p))
        p++;
    return p;
}

#endif
