// LIKE: patterns with '%' (any text) and '_' (one code point, but no end of a line: Flink's '_' is the dot of Java's regular expressions).
#ifndef LEAT_ENGINE_EXPR_LIKE_H
#define LEAT_ENGINE_EXPR_LIKE_H

#include "engine/base/arena.h"
#include "engine/base/text.h"

// What a pattern is like, so that the common ones need no matcher.
enum leat_like_kind {
    LEAT_LIKE_EQUAL,    // abc
    LEAT_LIKE_PREFIX,   // abc%
    LEAT_LIKE_SUFFIX,   // %abc
    LEAT_LIKE_CONTAINS, // %abc%
    LEAT_LIKE_CHAIN,    // pieces without '_' between '%'
    LEAT_LIKE_GENERAL   // with '_'
};

// A pattern that is known at plan time. Immutable.
struct leat_like {
    enum leat_like_kind kind;
    bool open_start;      // a '%' before the first piece
    bool open_end;        // a '%' behind the last piece
    uint32_t piece_count; // pieces between '%', escapes resolved; none of them empty
    struct leat_text *pieces;
    struct leat_text pattern; // as written, for LEAT_LIKE_GENERAL
    int escape;
};

// Takes a pattern apart; `escape` is the escape byte or -1. Everything is allocated from `arena`. NULL when an escape is followed by
// nothing or by something that needs none (Flink refuses such patterns).
const struct leat_like *leat_like_compile(struct leat_arena *arena, const char *pattern, size_t length, int escape);

// Whether a text matches. Linear in its length but for patterns with '_', which may look at the pattern again for each '%'.
bool leat_like_match(const struct leat_like *like, const struct leat_text *text);

// The same for a pattern that was not compiled: 1, 0, or -1 when its escapes are wrong.
int leat_like_match_raw(const char *pattern, size_t pattern_length, int escape, const char *text, size_t length);

#endif
