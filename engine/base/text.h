// Text values: 16 bytes that hold short texts inside themselves and point to long ones.
// (The layout is the one Neumann and Freitag describe for Umbra, CIDR 2020.)
#ifndef LEAT_ENGINE_BASE_TEXT_H
#define LEAT_ENGINE_BASE_TEXT_H

#include "engine/base/base.h"

// Longest text kept inside the value itself.
#define LEAT_TEXT_INLINE_BYTES 12

// A text of `length` bytes of UTF-8. Up to 12 bytes stand in prefix and tail, the unused ones zero; longer texts stand at
// `pointer`, with their first four bytes repeated in prefix. Whoever holds the value must keep the pointed-to bytes alive.
struct leat_text {
    uint32_t length;
    char prefix[4];
    union {
        char tail[8];
        const char *pointer;
    };
};

_Static_assert(sizeof(struct leat_text) == 16, "a text is 16 bytes");
_Static_assert(offsetof(struct leat_text, tail) == 8, "inline bytes are contiguous");

// The bytes of `text`: inside *text for short ones, so the result lives as long as *text stays where it is.
static inline const char *leat_text_bytes(const struct leat_text *text) {
    return text->length <= LEAT_TEXT_INLINE_BYTES ? (const char *)text + 4 : text->pointer;
}

// A text of the `length` bytes at `bytes`; long ones are pointed to, not copied.
static inline struct leat_text leat_text_view(const char *bytes, uint32_t length) {
    struct leat_text text = {.length = length};
    if (length <= LEAT_TEXT_INLINE_BYTES) {
        if (length) // `bytes` may be NULL then
            memcpy((char *)&text + 4, bytes, length);
    } else {
        memcpy(text.prefix, bytes, 4);
        text.pointer = bytes;
    }
    return text;
}

// True when both hold the same bytes.
static inline bool leat_text_equal(const struct leat_text *a, const struct leat_text *b) {
    uint64_t a0, b0, a1, b1;
    memcpy(&a0, a, 8);
    memcpy(&b0, b, 8);
    if (a0 != b0)
        return false; // another length or another beginning
    memcpy(&a1, (const char *)a + 8, 8);
    memcpy(&b1, (const char *)b + 8, 8);
    return a1 == b1 || (a->length > LEAT_TEXT_INLINE_BYTES && memcmp(a->pointer, b->pointer, a->length) == 0);
}

// Less than, equal to or greater than 0: order of the bytes (which is the order of the code points).
static inline int leat_text_compare(const struct leat_text *a, const struct leat_text *b) {
    uint32_t length = LEAT_MIN(a->length, b->length);
    int order = length ? memcmp(leat_text_bytes(a), leat_text_bytes(b), length) : 0;
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

#endif
