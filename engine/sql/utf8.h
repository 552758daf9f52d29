// UTF-8, one character at a time: for scripts and messages, not for data.
#ifndef LEAT_ENGINE_SQL_UTF8_H
#define LEAT_ENGINE_SQL_UTF8_H

#include "engine/base/base.h"

// What leat_utf8_next gives for bytes that are no character.
#define LEAT_UTF8_BAD 0xffffffffu

// Decodes the character at `text` (`length` > 0 bytes are readable), sets `*bytes` to its size. LEAT_UTF8_BAD with `*bytes` 1 for
// anything that Unicode's table 3-7 does not allow: overlong forms, surrogates, values over U+10FFFF, cut sequences.
uint32_t leat_utf8_next(const char *text, size_t length, uint32_t *bytes);

// True where `length` bytes are well-formed; else `*bad_at` is the first byte that is not.
bool leat_utf8_valid(const char *text, size_t length, size_t *bad_at);

#endif
