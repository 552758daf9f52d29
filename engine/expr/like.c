#include "engine/expr/like.h"

#include "engine/expr/letter.h"

// One element of a pattern.
enum token { TOKEN_END, TOKEN_BYTE, TOKEN_ONE, TOKEN_ANY, TOKEN_WRONG };

// The element at *at, which moves behind it; *byte is set for TOKEN_BYTE.
static enum token next_token(const char **at, const char *end, int escape, char *byte) {
    if (*at == end)
        return TOKEN_END;
    char c = *(*at)++;
    if (escape >= 0 && (unsigned char)c == escape) {
        if (*at == end || (**at != '%' && **at != '_' && (unsigned char)**at != escape))
            return TOKEN_WRONG;
        *byte = *(*at)++;
        return TOKEN_BYTE;
    }
    *byte = c;
    return c == '%' ? TOKEN_ANY : c == '_' ? TOKEN_ONE : TOKEN_BYTE;
}

// Bytes of the code point at `at` if '_' matches it, else 0.
static size_t match_one(const char *at, const char *end) {
    static const char *const line_ends[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    size_t length = leat_utf8_length(at, end);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(line_ends); i++)
        if (strlen(line_ends[i]) == length && memcmp(line_ends[i], at, length) == 0)
            return 0;
    return length;
}

// The classic two pointers: on a mismatch, the last '%' takes one code point more. Earlier ones need not be tried again.
static bool match_tokens(const char *pattern, const char *pattern_end, int escape, const char *text, const char *end) {
    const char *star_pattern = NULL, *star_text = NULL;
    char byte = 0;
    while (text < end) {
        const char *next = pattern;
        enum token token = next_token(&next, pattern_end, escape, &byte);
        size_t length = token == TOKEN_BYTE ? *text == byte : token == TOKEN_ONE ? match_one(text, end) : 0;
        if (length) {
            text += length;
            pattern = next;
        } else if (token == TOKEN_ANY) {
            star_pattern = pattern = next;
            star_text = text;
        } else if (star_pattern) {
            star_text += leat_utf8_length(star_text, end);
            text = star_text;
            pattern = star_pattern;
        } else {
            return false;
        }
    }
    enum token token;
    do
        token = next_token(&pattern, pattern_end, escape, &byte);
    while (token == TOKEN_ANY);
    return token == TOKEN_END;
}

int leat_like_match_raw(const char *pattern, size_t pattern_length, int escape, const char *text, size_t length) {
    const char *at = pattern, *end = pattern + pattern_length;
    char byte;
    enum token token;
    do {
        token = next_token(&at, end, escape, &byte);
        if (token == TOKEN_WRONG)
            return -1;
    } while (token != TOKEN_END);
    return match_tokens(pattern, end, escape, text, text + length);
}

// Splits the pattern into pieces between '%'. False when an escape is wrong. The bytes of the pieces lie one behind the other in `bytes`.
static bool split(struct leat_like *like, const char *pattern, size_t length, char *bytes, bool *has_one) {
    const char *at = pattern, *end = pattern + length;
    char *piece = bytes, *to = bytes;
    enum token token = TOKEN_ANY;
    *has_one = false;
    for (bool first = true; token != TOKEN_END; first = false) {
        char byte;
        enum token before = token;
        token = next_token(&at, end, like->escape, &byte);
        if (token == TOKEN_WRONG)
            return false;
        *has_one |= token == TOKEN_ONE;
        if (token == TOKEN_BYTE)
            *to++ = byte;
        like->open_start |= first && token == TOKEN_ANY;
        like->open_end |= token == TOKEN_END && before == TOKEN_ANY && !first;
        if ((token == TOKEN_ANY || token == TOKEN_END) && to > piece) {
            like->pieces[like->piece_count++] = leat_text_view(piece, (uint32_t)(to - piece));
            piece = to;
        }
    }
    return true;
}

const struct leat_like *leat_like_compile(struct leat_arena *arena, const char *pattern, size_t length, int escape) {
    struct leat_like *like = leat_arena_alloc(arena, sizeof(*like));
    bool has_one;
    like->escape = escape;
    like->pattern = leat_text_view(leat_arena_copy(arena, pattern, length), (uint32_t)length);
    like->pieces = leat_arena_alloc(arena, (length / 2 + 1) * sizeof(*like->pieces));
    if (!split(like, pattern, length, leat_arena_alloc(arena, length), &has_one))
        return NULL;
    if (has_one)
        like->kind = LEAT_LIKE_GENERAL;
    else if (like->piece_count > 1 || (like->piece_count == 0 && (like->open_start || like->open_end)))
        like->kind = LEAT_LIKE_CHAIN;
    else if (!like->open_start)
        like->kind = like->open_end ? LEAT_LIKE_PREFIX : LEAT_LIKE_EQUAL;
    else
        like->kind = like->open_end ? LEAT_LIKE_CONTAINS : LEAT_LIKE_SUFFIX;
    return like;
}

// Pieces in their order, each as early as possible; the first and the last where they must stand if no '%' is around.
static bool match_chain(const struct leat_like *like, const char *at, const char *end) {
    uint32_t first = 0, last = like->piece_count;
    if (!like->open_start && last) {
        const struct leat_text *piece = &like->pieces[first++];
        if ((size_t)(end - at) < piece->length || memcmp(at, leat_text_bytes(piece), piece->length) != 0)
            return false;
        at += piece->length;
    }
    if (!like->open_end && last > first) {
        const struct leat_text *piece = &like->pieces[--last];
        if ((size_t)(end - at) < piece->length || memcmp(end - piece->length, leat_text_bytes(piece), piece->length) != 0)
            return false;
        end -= piece->length;
    }
    for (; first < last; first++) {
        const struct leat_text *piece = &like->pieces[first];
        const char *found = memmem(at, (size_t)(end - at), leat_text_bytes(piece), piece->length);
        if (!found)
            return false;
        at = found + piece->length;
    }
    return true;
}

bool leat_like_match(const struct leat_like *like, const struct leat_text *text) {
    const char *bytes = leat_text_bytes(text);
    static const struct leat_text nothing = {0};
    const struct leat_text *piece = like->piece_count ? like->pieces : &nothing;
    switch (like->kind) {
    case LEAT_LIKE_EQUAL:
        return leat_text_equal(text, piece);
    case LEAT_LIKE_PREFIX:
        return text->length >= piece->length && memcmp(bytes, leat_text_bytes(piece), piece->length) == 0;
    case LEAT_LIKE_SUFFIX:
        return text->length >= piece->length && memcmp(bytes + text->length - piece->length, leat_text_bytes(piece), piece->length) == 0;
    case LEAT_LIKE_CONTAINS:
        return memmem(bytes, text->length, leat_text_bytes(piece), piece->length) != NULL;
    case LEAT_LIKE_CHAIN:
        return match_chain(like, bytes, bytes + text->length);
    default:
        return match_tokens(leat_text_bytes(&like->pattern), leat_text_bytes(&like->pattern) + like->pattern.length, like->escape, bytes,
                            bytes + text->length);
    }
}
