#include "engine/sql/lexer.h"

#include "engine/base/error.h"
#include "engine/sql/keyword.h"
#include "engine/sql/parser.h"
#include "engine/sql/utf8.h"

#include <ctype.h>

int leat_lexer_start(struct leat_lexer *lexer, const struct leat_sql_source *source) {
    *lexer = (struct leat_lexer){.source = source};
    if (source->length > LEAT_SQL_SCRIPT_BYTES_MAX) {
        char name[LEAT_ERROR_MESSAGE_BYTES / 2];
        leat_diagnostic_clean(name, sizeof(name), source->name, strnlen(source->name, sizeof(name)));
        return leat_error_set(LEAT_ERROR_CONFIG, "%s:1:1: error: the script is longer than %zu MiB", name, LEAT_SQL_SCRIPT_BYTES_MAX >> 20);
    }
    size_t bad_at;
    if (!leat_utf8_valid(source->text, source->length, &bad_at)) {
        struct leat_span span = {(uint32_t)bad_at, (uint32_t)bad_at + 1};
        return leat_diagnostic(source, span, "save the script as UTF-8", "the byte 0x%02x is not UTF-8 here",
                               (unsigned char)source->text[bad_at]);
    }
    const char *zero = source->length ? memchr(source->text, 0, source->length) : NULL;
    if (zero) {
        uint32_t at = (uint32_t)(zero - source->text);
        return leat_diagnostic(source, (struct leat_span){at, at + 1}, NULL, "a zero byte cannot stand in a script");
    }
    if (source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
        lexer->at = lexer->last_end = 3; // the byte order mark some editors write
    return 0;
}

// The byte `ahead` of the current one, 0 behind the end.
static unsigned char look(const struct leat_lexer *lexer, uint32_t ahead) {
    size_t at = (size_t)lexer->at + ahead;
    return at < lexer->source->length ? (unsigned char)lexer->source->text[at] : 0;
}

static bool at_end(const struct leat_lexer *lexer) {
    return lexer->at >= lexer->source->length;
}

static struct leat_token fail(const struct leat_lexer *lexer, uint32_t start, uint32_t bytes, const char *hint, const char *message) {
    struct leat_span span = {start, (uint32_t)LEAT_MIN((size_t)start + bytes, lexer->source->length)};
    leat_diagnostic(lexer->source, span, hint, "%s", message);
    return (struct leat_token){.kind = LEAT_TOKEN_ERROR, .span = span};
}

static struct leat_token finish(struct leat_lexer *lexer, enum leat_token_kind kind, uint32_t start) {
    lexer->last_end = lexer->at;
    return (struct leat_token){.kind = kind, .span = {start, lexer->at}};
}

// Letters as Calcite's grammar lists them: ASCII, _, $, and blocks of Unicode letters.
static bool is_letter(uint32_t code) {
    if (code < 0x80)
        return isalpha((int)code) || code == '_' || code == '$';
    return (code >= 0xc0 && code <= 0x1fff && code != 0xd7 && code != 0xf7) || (code >= 0x3040 && code <= 0x318f) ||
           (code >= 0x3300 && code <= 0x337f) || (code >= 0x3400 && code <= 0x3d2d) || (code >= 0x4e00 && code <= 0x9fff) ||
           (code >= 0xf900 && code <= 0xfaff);
}

static uint32_t character(const struct leat_lexer *lexer, uint32_t *bytes) {
    *bytes = 1;
    if (at_end(lexer))
        return 0;
    return leat_utf8_next(lexer->source->text + lexer->at, lexer->source->length - lexer->at, bytes);
}

// Skips spaces and comments. False with the error set for a comment without an end.
static bool skip_blank(struct leat_lexer *lexer, struct leat_token *error) {
    while (!at_end(lexer)) {
        unsigned char c = look(lexer, 0);
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            lexer->at++;
        } else if (c == '-' && look(lexer, 1) == '-') {
            while (!at_end(lexer) && look(lexer, 0) != '\n')
                lexer->at++;
        } else if (c == '/' && look(lexer, 1) == '*' && look(lexer, 2) != '+') {
            uint32_t start = lexer->at;
            const char *text = lexer->source->text;
            const char *end = memmem(text + start + 2, lexer->source->length - start - 2, "*/", 2);
            if (!end) {
                *error = fail(lexer, start, 2, "end it with */", "this comment has no end");
                return false;
            }
            lexer->at = (uint32_t)(end - text) + 2;
        } else {
            break;
        }
    }
    return true;
}

// '...' or `...`, the quote doubled inside. The lexer stands on the opening quote; the token starts at `start`.
static struct leat_token lex_quoted(struct leat_lexer *lexer, enum leat_token_kind kind, uint32_t start) {
    unsigned char quote = look(lexer, 0);
    lexer->at++;
    uint32_t inside = lexer->at;
    while (!at_end(lexer)) {
        if (look(lexer, 0) != quote) {
            lexer->at++;
        } else if (look(lexer, 1) == quote) {
            lexer->at += 2;
        } else {
            bool empty = lexer->at == inside;
            lexer->at++;
            if (kind == LEAT_TOKEN_QUOTED && empty)
                return fail(lexer, start, 2, NULL, "a name cannot be empty");
            return finish(lexer, kind, start);
        }
    }
    if (kind == LEAT_TOKEN_QUOTED)
        return fail(lexer, start, 1, "end it with `; a backtick inside a name is written twice", "this quoted name has no end");
    return fail(lexer, start, inside - start, "end it with '; a quote inside a string is written twice: 'it''s'", "this string has no end");
}

static struct leat_token lex_binary(struct leat_lexer *lexer, uint32_t start) {
    struct leat_token token = lex_quoted(lexer, LEAT_TOKEN_BINARY, start);
    if (token.kind != LEAT_TOKEN_BINARY)
        return token;
    uint32_t digits = token.span.end - start - 3;
    for (uint32_t i = 0; i < digits; i++)
        if (!isxdigit((unsigned char)lexer->source->text[start + 2 + i]))
            return fail(lexer, start + 2 + i, 1, NULL, "a binary literal holds hexadecimal digits only");
    if (digits % 2)
        return fail(lexer, start, token.span.end - start, NULL, "a binary literal needs an even number of digits");
    return token;
}

static struct leat_token lex_word(struct leat_lexer *lexer) {
    uint32_t start = lexer->at, bytes;
    for (uint32_t code = character(lexer, &bytes); is_letter(code) || (code < 0x80 && isdigit((int)code)); code = character(lexer, &bytes))
        lexer->at += bytes;
    const char *text = lexer->source->text + start;
    uint32_t length = lexer->at - start;
    if (look(lexer, 0) == '\'') {
        if (length == 1 && tolower((unsigned char)text[0]) == 'x')
            return lex_binary(lexer, start);
        if (text[0] == '_' || (length == 1 && strchr("nNeEbB", text[0])))
            return fail(lexer, start, length + 1, "a plain string '...' holds any UTF-8 text", "strings with a prefix are not supported");
    }
    if (length == 1 && tolower((unsigned char)text[0]) == 'u' && look(lexer, 0) == '&' && look(lexer, 1) == '\'')
        return fail(lexer, start, 3, "write the characters themselves: scripts are UTF-8", "strings with a prefix are not supported");
    struct leat_token token = finish(lexer, LEAT_TOKEN_WORD, start);
    token.reserved = leat_keyword_is_reserved(text, length);
    return token;
}

static void skip_digits(struct leat_lexer *lexer) {
    while (isdigit(look(lexer, 0)))
        lexer->at++;
}

static struct leat_token lex_number(struct leat_lexer *lexer) {
    uint32_t start = lexer->at, bytes;
    enum leat_token_kind kind = LEAT_TOKEN_INTEGER;
    skip_digits(lexer);
    if (look(lexer, 0) == '.') {
        kind = LEAT_TOKEN_DECIMAL;
        lexer->at++;
        skip_digits(lexer);
    }
    uint32_t sign = look(lexer, 1) == '+' || look(lexer, 1) == '-';
    if ((look(lexer, 0) | 0x20) == 'e' && isdigit(look(lexer, 1 + sign))) {
        kind = LEAT_TOKEN_DOUBLE;
        lexer->at += 1 + sign;
        skip_digits(lexer);
    }
    if (is_letter(character(lexer, &bytes))) { // Calcite would read 1abc as 1 AS abc, which nobody means
        while (is_letter(character(lexer, &bytes)) || isdigit(look(lexer, 0)))
            lexer->at += bytes;
        return fail(lexer, start, lexer->at - start, "a name that starts with a digit stands in backticks",
                    "this is neither a number nor a name");
    }
    return finish(lexer, kind, start);
}

// Operators and signs; longer ones first.
static const struct {
    char text[3];
    enum leat_token_kind kind;
} signs[] = {
    {"<>", LEAT_TOKEN_NOT_EQUAL},
    {"!=", LEAT_TOKEN_NOT_EQUAL},
    {"<=", LEAT_TOKEN_LESS_EQUAL},
    {">=", LEAT_TOKEN_GREATER_EQUAL},
    {"||", LEAT_TOKEN_CONCAT},
    {"=>", LEAT_TOKEN_ARROW},
    {"(", LEAT_TOKEN_LEFT_PARENTHESIS},
    {")", LEAT_TOKEN_RIGHT_PARENTHESIS},
    {"[", LEAT_TOKEN_LEFT_BRACKET},
    {"]", LEAT_TOKEN_RIGHT_BRACKET},
    {",", LEAT_TOKEN_COMMA},
    {";", LEAT_TOKEN_SEMICOLON},
    {".", LEAT_TOKEN_DOT},
    {"+", LEAT_TOKEN_PLUS},
    {"-", LEAT_TOKEN_MINUS},
    {"*", LEAT_TOKEN_STAR},
    {"/", LEAT_TOKEN_SLASH},
    {"%", LEAT_TOKEN_PERCENT},
    {"=", LEAT_TOKEN_EQUAL},
    {"<", LEAT_TOKEN_LESS},
    {">", LEAT_TOKEN_GREATER},
};

// What people write who think of another language.
static const struct {
    char text[4];
    const char *message;
    const char *hint;
} strangers[] = {
    {"//", "`//` starts no comment here", "comments are written -- to the end of the line, or /* ... */"},
    {"#", "`#` starts no comment here", "comments are written -- to the end of the line, or /* ... */"},
    {"==", "`==` is no operator of SQL", "write ="},
    {"<=>", "`<=>` is the null-safe equality of another dialect", "write a IS NOT DISTINCT FROM b"},
    {"&&", "`&&` is no operator of SQL", "write AND"},
    {"::", "`::` is no operator here", "write CAST(x AS type)"},
    {"?", "parameters are not supported", "put the value in, or a variable: '${NAME}' in WITH and SET"},
    {"\"", "double quotes mean nothing here", "strings stand in 'single quotes', names in `backticks`"},
    {"!", "`!` is no operator of SQL", "write NOT"},
    {"\xe2\x80\x98", "this is a typographic quote", "strings stand in straight quotes: '...'"},
    {"\xe2\x80\x99", "this is a typographic quote", "strings stand in straight quotes: '...'"},
    {"\xe2\x80\x9c", "this is a typographic quote", "strings stand in straight single quotes: '...'"},
    {"\xe2\x80\x9d", "this is a typographic quote", "strings stand in straight single quotes: '...'"},
    {"\xc2\xa0", "this is a no-break space", "replace it by an ordinary space"},
};

static bool starts_with(const struct leat_lexer *lexer, const char *text, uint32_t *bytes) {
    *bytes = 0;
    for (; text[*bytes]; ++*bytes)
        if (look(lexer, *bytes) != (unsigned char)text[*bytes])
            return false;
    return true;
}

static struct leat_token lex_sign(struct leat_lexer *lexer) {
    uint32_t start = lexer->at, bytes;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(strangers); i++)
        if (starts_with(lexer, strangers[i].text, &bytes) && !(look(lexer, 0) == '!' && look(lexer, 1) == '='))
            return fail(lexer, start, bytes, strangers[i].hint, strangers[i].message);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(signs); i++)
        if (starts_with(lexer, signs[i].text, &bytes)) {
            lexer->at += bytes;
            return finish(lexer, signs[i].kind, start);
        }
    character(lexer, &bytes);
    return fail(lexer, start, bytes, NULL, "this character cannot stand here");
}

static struct leat_token lex_end(struct leat_lexer *lexer) {
    if (lexer->in_hint)
        return fail(lexer, lexer->hint_at, 3, "end it with */", "this hint has no end");
    return (struct leat_token){.kind = LEAT_TOKEN_END, .span = {lexer->last_end, lexer->last_end}};
}

struct leat_token leat_lexer_next(struct leat_lexer *lexer) {
    struct leat_token error;
    if (!skip_blank(lexer, &error))
        return error;
    if (at_end(lexer))
        return lex_end(lexer);
    uint32_t start = lexer->at, bytes;
    unsigned char c = look(lexer, 0);
    if (c == '/' && look(lexer, 1) == '*') { // skip_blank leaves hints only
        if (lexer->in_hint)
            return fail(lexer, start, 3, NULL, "a hint cannot hold another hint");
        lexer->in_hint = true;
        lexer->hint_at = start;
        lexer->at += 3;
        return finish(lexer, LEAT_TOKEN_HINT_BEGIN, start);
    }
    if (c == '*' && look(lexer, 1) == '/' && lexer->in_hint) {
        lexer->in_hint = false;
        lexer->at += 2;
        return finish(lexer, LEAT_TOKEN_HINT_END, start);
    }
    if (c == '\'')
        return lex_quoted(lexer, LEAT_TOKEN_STRING, start);
    if (c == '`')
        return lex_quoted(lexer, LEAT_TOKEN_QUOTED, start);
    if (isdigit(c) || (c == '.' && isdigit(look(lexer, 1))))
        return lex_number(lexer);
    if (is_letter(character(lexer, &bytes)))
        return lex_word(lexer);
    return lex_sign(lexer);
}

bool leat_token_is_word(const struct leat_sql_source *source, const struct leat_token *token, const char *word) {
    size_t length = token->span.end - token->span.start;
    return token->kind == LEAT_TOKEN_WORD && strlen(word) == length && strncasecmp(source->text + token->span.start, word, length) == 0;
}

const char *leat_token_text(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_token *token,
                            size_t *length) {
    const char *from = source->text + token->span.start, *to = source->text + token->span.end;
    char quote = 0;
    if (token->kind == LEAT_TOKEN_QUOTED || token->kind == LEAT_TOKEN_STRING) {
        quote = *from++;
        to--;
    } else if (token->kind == LEAT_TOKEN_BINARY) {
        from += 2;
        to--;
    }
    char *text = leat_arena_alloc(arena, (size_t)(to - from) + 1);
    size_t used = 0;
    for (; from < to; from++) {
        text[used++] = *from;
        from += quote && *from == quote; // the second of a doubled quote
    }
    text[used] = 0;
    if (length)
        *length = used;
    return text;
}
