#include "engine/sql/parser.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/sql/keyword.h"
#include "engine/sql/parser_internal.h"
#include "engine/sql/suggest.h"

#include <stdarg.h>

const struct leat_token *leat_parser_peek(struct leat_parser *p, uint32_t ahead) {
    leat_assert(ahead < LEAT_PARSER_WINDOW);
    while (p->window_count <= ahead) {
        struct leat_token *slot = &p->window[(p->window_first + p->window_count) % LEAT_PARSER_WINDOW];
        if (p->lexer_failed) {
            *slot = (struct leat_token){.kind = LEAT_TOKEN_ERROR};
        } else {
            *slot = leat_lexer_next(&p->lexer);
            p->lexer_failed = slot->kind == LEAT_TOKEN_ERROR;
        }
        p->window_count++;
    }
    return &p->window[(p->window_first + ahead) % LEAT_PARSER_WINDOW];
}

struct leat_token leat_parser_take(struct leat_parser *p) {
    struct leat_token token = *leat_parser_peek(p, 0);
    p->window_first = (p->window_first + 1) % LEAT_PARSER_WINDOW;
    p->window_count--;
    p->last_end = token.span.end;
    return token;
}

bool leat_parser_at(struct leat_parser *p, enum leat_token_kind kind) {
    return leat_parser_peek(p, 0)->kind == kind;
}

bool leat_parser_at_word(struct leat_parser *p, uint32_t ahead, const char *word) {
    return leat_token_is_word(p->source, leat_parser_peek(p, ahead), word);
}

bool leat_parser_accept(struct leat_parser *p, enum leat_token_kind kind) {
    if (!leat_parser_at(p, kind))
        return false;
    leat_parser_take(p);
    return true;
}

bool leat_parser_accept_word(struct leat_parser *p, const char *word) {
    if (!leat_parser_at_word(p, 0, word))
        return false;
    leat_parser_take(p);
    return true;
}

int leat_parser_expect(struct leat_parser *p, enum leat_token_kind kind, const char *what) {
    return leat_parser_accept(p, kind) ? 0 : leat_parser_unexpected(p, what, NULL);
}

int leat_parser_expect_word(struct leat_parser *p, const char *word) {
    if (leat_parser_accept_word(p, word))
        return 0;
    if (leat_parser_check_misspelled(p, word) != 0)
        return -1;
    return leat_parser_unexpected(p, word, NULL);
}

struct leat_span leat_parser_span_from(const struct leat_parser *p, uint32_t start) {
    return (struct leat_span){start, LEAT_MAX(start, p->last_end)};
}

uint32_t leat_parser_start(struct leat_parser *p) {
    return leat_parser_peek(p, 0)->span.start;
}

int leat_parser_fail(struct leat_parser *p, struct leat_span span, const char *hint, const char *format, ...) {
    if (p->lexer_failed)
        return -1;
    char message[LEAT_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return leat_diagnostic(p->source, span, hint, "%s", message);
}

// The text of a token for a message; long ones are cut.
static const char *token_shown(struct leat_parser *p, struct leat_span span, char *out, size_t out_bytes) {
    size_t length = span.end - span.start, most = out_bytes - sizeof("...");
    leat_diagnostic_clean(out, most + 1, p->source->text + span.start, length);
    if (length > most)
        memcpy(out + strlen(out), "...", sizeof("..."));
    return out;
}

// The keyword that `span` is a misspelling of, or NULL.
static const char *misspelled(struct leat_parser *p, struct leat_span span) {
    struct leat_suggest suggest = {.word = leat_arena_copy(p->arena, p->source->text + span.start, span.end - span.start)};
    if (span.end - span.start < 3)
        return NULL;
    for (const char *const *c = leat_keyword_candidates; *c; c++)
        leat_suggest_offer(&suggest, *c);
    return suggest.best && suggest.distance > 0 && suggest.distance <= 2 ? suggest.best : NULL;
}

// A guess at what the token should have been.
static const char *guess(struct leat_parser *p, const struct leat_token *token, const char *what, const char *shown) {
    if (token->kind != LEAT_TOKEN_WORD)
        return NULL;
    bool wants_name = strstr(what, "name") || strcmp(what, "an expression") == 0;
    if (token->reserved && wants_name)
        return leat_arena_printf(p->arena, "to use it as a name write it in backticks: `%s`", shown);
    const char *keyword = token->reserved ? NULL : misspelled(p, token->span);
    return keyword ? leat_arena_printf(p->arena, "did you mean `%s`?", keyword) : NULL;
}

int leat_parser_unexpected(struct leat_parser *p, const char *what, const char *hint) {
    struct leat_token token = *leat_parser_peek(p, 0);
    if (p->lexer_failed)
        return -1;
    char shown[64];
    bool after_alias = p->bare_alias.end > p->bare_alias.start && p->bare_alias.end == p->last_end;
    const char *keyword = after_alias ? misspelled(p, p->bare_alias) : NULL;
    if (keyword) { // FORM t: the alias is the mistake
        hint = leat_arena_printf(p->arena, "did you mean `%s`?", keyword);
        return leat_parser_fail(p, p->bare_alias, hint, "unexpected `%s`", token_shown(p, p->bare_alias, shown, sizeof(shown)));
    }
    if (token.kind == LEAT_TOKEN_END)
        return leat_parser_fail(p, token.span, hint, "expected %s, but the script ends here", what);
    token_shown(p, token.span, shown, sizeof(shown));
    if (!hint)
        hint = guess(p, &token, what, shown);
    if (token.kind == LEAT_TOKEN_WORD && token.reserved && strstr(what, "name"))
        return leat_parser_fail(p, token.span, hint, "expected %s, found the reserved word `%s`", what, shown);
    const char *quote = token.kind == LEAT_TOKEN_QUOTED ? "" : "`"; // it brings its own
    return leat_parser_fail(p, token.span, hint, "expected %s, found %s%s%s", what, quote, shown, quote);
}

int leat_parser_check_misspelled(struct leat_parser *p, const char *keyword) {
    const struct leat_token *token = leat_parser_peek(p, 0);
    if (token->kind != LEAT_TOKEN_WORD || token->reserved)
        return 0;
    const char *word = leat_arena_copy(p->arena, p->source->text + token->span.start, token->span.end - token->span.start);
    struct leat_suggest suggest = {.word = word};
    leat_suggest_offer(&suggest, keyword);
    if (!suggest.best || suggest.distance == 0)
        return 0;
    return leat_parser_unexpected(p, keyword, leat_arena_printf(p->arena, "did you mean `%s`?", keyword));
}

int leat_parser_enter(struct leat_parser *p) {
    if (p->depth >= LEAT_SQL_DEPTH_MAX)
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "this is nested more than %d levels deep", LEAT_SQL_DEPTH_MAX);
    p->depth++;
    return 0;
}

void leat_parser_leave(struct leat_parser *p) {
    leat_assert(p->depth > 0);
    p->depth--;
}

int leat_parser_raise(struct leat_parser *p, uint32_t *height, uint32_t child, struct leat_span span) {
    *height = LEAT_MAX(*height, child + 1);
    p->tallest = LEAT_MAX(p->tallest, *height);
    if (*height <= LEAT_SQL_HEIGHT_MAX)
        return 0;
    return leat_parser_fail(p, span, "use parentheses to make it flatter, or several views", "this has more than %d operators in a row",
                            LEAT_SQL_HEIGHT_MAX);
}

void *leat_parser_grow(struct leat_parser *p, void *items, uint32_t count, size_t element_bytes) {
    bool full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!full)
        return items;
    void *more = leat_arena_alloc(p->arena, (count ? (size_t)2 * count : 4) * element_bytes);
    if (count)
        memcpy(more, items, count * element_bytes);
    return more;
}

// Statements up to the end of the script.
static int parse_script(struct leat_parser *p, struct leat_ast_script *script) {
    struct leat_ast_statement **link = &script->first;
    while (!leat_parser_at(p, LEAT_TOKEN_END)) {
        if (leat_parser_accept(p, LEAT_TOKEN_SEMICOLON))
            continue;
        *link = leat_parser_statement(p);
        if (!*link)
            return -1;
        link = &(*link)->next;
        script->count++;
        if (!leat_parser_at(p, LEAT_TOKEN_END) && leat_parser_expect(p, LEAT_TOKEN_SEMICOLON, "`;` or the end of the script") != 0)
            return -1;
    }
    return 0;
}

int leat_sql_parse_with(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_sql_parse_options *options,
                        struct leat_ast_script **out) {
    *out = NULL;
    struct leat_parser p = {.arena = arena, .source = source};
    if (options)
        p.options = *options;
    if (leat_lexer_start(&p.lexer, source) != 0)
        return -1;
    struct leat_ast_script *script = leat_arena_alloc(arena, sizeof(*script));
    script->source = *source;
    if (parse_script(&p, script) != 0)
        return -1;
    *out = script;
    return 0;
}

int leat_sql_parse(struct leat_arena *arena, const struct leat_sql_source *source, struct leat_ast_script **out) {
    return leat_sql_parse_with(arena, source, NULL, out);
}
