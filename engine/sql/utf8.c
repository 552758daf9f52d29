#include "engine/sql/utf8.h"

static bool continues(const char *text, size_t length, uint32_t bytes) {
    if (length < bytes)
        return false;
    for (uint32_t i = 1; i < bytes; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return false;
    return true;
}

uint32_t leat_utf8_next(const char *text, size_t length, uint32_t *bytes) {
    const unsigned char *u = (const unsigned char *)text;
    *bytes = 1;
    if (u[0] < 0x80)
        return u[0];
    uint32_t size = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    if (u[0] < 0xc2 || u[0] > 0xf4 || !continues(text, length, size))
        return LEAT_UTF8_BAD;
    uint32_t code = u[0] & (0xffu >> (size + 1));
    for (uint32_t i = 1; i < size; i++)
        code = code << 6 | (u[i] & 0x3f);
    bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
        return LEAT_UTF8_BAD;
    *bytes = size;
    return code;
}

bool leat_utf8_valid(const char *text, size_t length, size_t *bad_at) {
    uint32_t bytes;
    for (size_t i = 0; i < length; i += bytes)
        if (leat_utf8_next(text + i, length - i, &bytes) == LEAT_UTF8_BAD) {
            *bad_at = i;
            return false;
        }
    return true;
}
