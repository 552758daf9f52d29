// Upper and lower case of single letters, and the code points of UTF-8.
#ifndef LEAT_ENGINE_EXPR_LETTER_H
#define LEAT_ENGINE_EXPR_LETTER_H

#include "engine/base/base.h"

// The counterpart of a letter by Unicode's simple case mapping; the code point itself where it has none. Pure; any thread.
uint32_t leat_letter_upper(uint32_t letter);
uint32_t leat_letter_lower(uint32_t letter); // as above

// Bytes of the code point at `at` < `end`, by its first byte; never past `end`, and 1 for a byte that starts none.
static inline size_t leat_utf8_length(const char *at, const char *end) {
    unsigned char first = (unsigned char)*at;
    size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return LEAT_MIN(length, (size_t)(end - at));
}

// Code points of a text: bytes that do not continue one.
static inline uint32_t leat_utf8_count(const char *bytes, size_t length) {
    uint32_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += (signed char)bytes[i] > -65; // not 10xxxxxx
    return count;
}

#endif
