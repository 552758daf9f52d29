// Names, paths, strings, options: the small parts that every statement uses.
#include "engine/sql/parser_internal.h"
#include "engine/sql/variables.h"

bool leat_parser_at_name(struct leat_parser *p) {
    const struct leat_token *token = leat_parser_peek(p, 0);
    return token->kind == LEAT_TOKEN_QUOTED || (token->kind == LEAT_TOKEN_WORD && !token->reserved);
}

int leat_parser_name(struct leat_parser *p, const char *what, struct leat_ast_name *out) {
    if (!leat_parser_at_name(p))
        return leat_parser_unexpected(p, what, NULL);
    struct leat_token token = leat_parser_take(p);
    out->text = leat_token_text(p->arena, p->source, &token, NULL);
    out->span = token.span;
    out->quoted = token.kind == LEAT_TOKEN_QUOTED;
    return 0;
}

int leat_parser_path(struct leat_parser *p, const char *what, struct leat_ast_path *out) {
    uint32_t start = leat_parser_start(p);
    *out = (struct leat_ast_path){0};
    do {
        if (out->count && leat_parser_at(p, LEAT_TOKEN_DOT))
            leat_parser_take(p);
        out->parts = leat_parser_grow(p, out->parts, out->count, sizeof(*out->parts));
        if (leat_parser_name(p, out->count ? "a name after the dot" : what, &out->parts[out->count]) != 0)
            return -1;
        out->count++;
    } while (leat_parser_at(p, LEAT_TOKEN_DOT) && leat_parser_peek(p, 1)->kind != LEAT_TOKEN_STAR);
    out->span = leat_parser_span_from(p, start);
    return 0;
}

int leat_parser_name_list(struct leat_parser *p, const char *what, struct leat_ast_names *out) {
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0)
        return -1;
    do {
        out->items = leat_parser_grow(p, out->items, out->count, sizeof(*out->items));
        if (leat_parser_name(p, what, &out->items[out->count]) != 0)
            return -1;
        out->count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`");
}

int leat_parser_string(struct leat_parser *p, const char *what, struct leat_ast_string *out) {
    if (!leat_parser_at(p, LEAT_TOKEN_STRING))
        return leat_parser_unexpected(p, what, NULL);
    struct leat_token token = leat_parser_take(p);
    *out = (struct leat_ast_string){.span = token.span};
    out->text = out->written = leat_token_text(p->arena, p->source, &token, &out->length);
    return 0;
}

struct leat_ast_string *leat_parser_string_new(struct leat_parser *p, const char *what) {
    struct leat_ast_string *string = leat_arena_alloc(p->arena, sizeof(*string));
    return leat_parser_string(p, what, string) == 0 ? string : NULL;
}

int leat_parser_string_with_variables(struct leat_parser *p, const char *what, struct leat_ast_string *out) {
    if (leat_parser_string(p, what, out) != 0)
        return -1;
    return leat_sql_variables_apply(p->arena, p->source, p->options.variables, out);
}

int leat_parser_number(struct leat_parser *p, const char *what, int32_t *out) {
    if (!leat_parser_at(p, LEAT_TOKEN_INTEGER))
        return leat_parser_unexpected(p, what, NULL);
    struct leat_token token = leat_parser_take(p);
    int64_t value = 0;
    for (uint32_t i = token.span.start; i < token.span.end && value <= INT32_MAX; i++)
        value = value * 10 + (p->source->text[i] - '0');
    if (value > INT32_MAX)
        return leat_parser_fail(p, token.span, NULL, "this number is too large here");
    *out = (int32_t)value;
    return 0;
}

// 'key' = 'value'. Unquoted keys and values are the usual mistakes; both get the right spelling as a hint.
static int option(struct leat_parser *p, struct leat_ast_option *out) {
    const char *hint = NULL;
    struct leat_token token = *leat_parser_peek(p, 0);
    if (token.kind == LEAT_TOKEN_WORD || token.kind == LEAT_TOKEN_QUOTED)
        hint = "keys of options stand in single quotes: 'connector' = 'kafka'";
    if (hint)
        return leat_parser_unexpected(p, "an option 'key' = 'value'", hint);
    if (leat_parser_string_with_variables(p, "an option 'key' = 'value'", &out->key) != 0 ||
        leat_parser_expect(p, LEAT_TOKEN_EQUAL, "`=`") != 0)
        return -1;
    token = *leat_parser_peek(p, 0);
    bool bare = token.kind == LEAT_TOKEN_WORD || token.kind == LEAT_TOKEN_INTEGER || token.kind == LEAT_TOKEN_DECIMAL;
    uint32_t length = token.span.end - token.span.start;
    if (bare && length < 64)
        hint = leat_arena_printf(p->arena, "values of options stand in single quotes: '%.*s'", (int)length,
                                 p->source->text + token.span.start);
    if (hint)
        return leat_parser_unexpected(p, "the value as a string", hint);
    return leat_parser_string_with_variables(p, "the value as a string", &out->value);
}

int leat_parser_options(struct leat_parser *p, struct leat_ast_options *out) {
    uint32_t start = leat_parser_start(p);
    *out = (struct leat_ast_options){0};
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(` and options") != 0)
        return -1;
    if (leat_parser_accept(p, LEAT_TOKEN_RIGHT_PARENTHESIS)) {
        out->span = leat_parser_span_from(p, start);
        return 0;
    }
    do {
        if (out->count && leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
            return leat_parser_unexpected(p, "an option 'key' = 'value'", "take the comma before `)` away");
        out->items = leat_parser_grow(p, out->items, out->count, sizeof(*out->items));
        if (option(p, &out->items[out->count]) != 0)
            return -1;
        out->count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    const char *hint = leat_parser_at(p, LEAT_TOKEN_STRING) ? "put a comma between two options" : NULL;
    if (!leat_parser_accept(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return leat_parser_unexpected(p, "`,` or `)`", hint);
    out->span = leat_parser_span_from(p, start);
    return 0;
}

int leat_parser_table_hints(struct leat_parser *p, struct leat_ast_options *out) {
    *out = (struct leat_ast_options){0};
    if (!leat_parser_accept(p, LEAT_TOKEN_HINT_BEGIN))
        return 0;
    if (!leat_parser_at_word(p, 0, "OPTIONS"))
        return leat_parser_unexpected(p, "OPTIONS", "the only hint is OPTIONS('key' = 'value') behind a table");
    leat_parser_take(p);
    if (leat_parser_options(p, out) != 0)
        return -1;
    return leat_parser_expect(p, LEAT_TOKEN_HINT_END, "`*/`");
}
