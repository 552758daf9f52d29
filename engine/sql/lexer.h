// Script text to tokens, one at a time. Tokens are spans of the source: nothing is copied until somebody asks.
#ifndef LEAT_ENGINE_SQL_LEXER_H
#define LEAT_ENGINE_SQL_LEXER_H

#include "engine/base/arena.h"
#include "engine/sql/diagnostic.h"

// What a token is.
enum leat_token_kind {
    LEAT_TOKEN_END,        // of the script; its span is empty, right behind the last token
    LEAT_TOKEN_ERROR,      // no token; the error stack holds the diagnostic
    LEAT_TOKEN_WORD,       // identifier or keyword, unquoted
    LEAT_TOKEN_QUOTED,     // identifier in backticks
    LEAT_TOKEN_STRING,     // '...'
    LEAT_TOKEN_BINARY,     // X'...'
    LEAT_TOKEN_INTEGER,    // 12
    LEAT_TOKEN_DECIMAL,    // 1.5, .5, 5.
    LEAT_TOKEN_DOUBLE,     // 1e5, 1.5E-3
    LEAT_TOKEN_HINT_BEGIN, // the opening of a hint comment, whose inside is lexed as usual
    LEAT_TOKEN_HINT_END,   // its end
    LEAT_TOKEN_LEFT_PARENTHESIS,
    LEAT_TOKEN_RIGHT_PARENTHESIS,
    LEAT_TOKEN_LEFT_BRACKET,
    LEAT_TOKEN_RIGHT_BRACKET,
    LEAT_TOKEN_COMMA,
    LEAT_TOKEN_SEMICOLON,
    LEAT_TOKEN_DOT,
    LEAT_TOKEN_PLUS,
    LEAT_TOKEN_MINUS,
    LEAT_TOKEN_STAR,
    LEAT_TOKEN_SLASH,
    LEAT_TOKEN_PERCENT,
    LEAT_TOKEN_EQUAL,
    LEAT_TOKEN_NOT_EQUAL, // <> and !=
    LEAT_TOKEN_LESS,
    LEAT_TOKEN_LESS_EQUAL,
    LEAT_TOKEN_GREATER,
    LEAT_TOKEN_GREATER_EQUAL,
    LEAT_TOKEN_CONCAT, // ||
    LEAT_TOKEN_ARROW,  // =>
};

// A token: where it stands.
struct leat_token {
    enum leat_token_kind kind;
    bool reserved; // WORD: must not be a name
    struct leat_span span;
};

// Reads one script from front to back. Fields are the lexer's own.
struct leat_lexer {
    const struct leat_sql_source *source;
    uint32_t at;
    uint32_t last_end; // end of the last token
    uint32_t hint_at;  // where the open hint comment starts
    bool in_hint;
};

// Starts at the first byte. Checks that the script is at most LEAT_SQL_SCRIPT_BYTES_MAX long, UTF-8 and without zero bytes: 0, or -1 with
// a diagnostic. The source is borrowed.
int leat_lexer_start(struct leat_lexer *lexer, const struct leat_sql_source *source);

// The next token, after spaces and comments. At the end END again and again; after ERROR call no more.
struct leat_token leat_lexer_next(struct leat_lexer *lexer);

// True where `token` is an unquoted word equal to `word` in any case.
bool leat_token_is_word(const struct leat_sql_source *source, const struct leat_token *token, const char *word);

// The text of a WORD or QUOTED (without backticks, doubled ones single), STRING ('' single) or BINARY (its digits), in the arena;
// of any other token as it stands. `*length` may be NULL.
const char *leat_token_text(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_token *token, size_t *length);

#endif
