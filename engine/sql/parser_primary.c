// What expressions are made of: literals, names, CASE, CAST, parentheses, constructors; calls are in parser_call.c.
#include "engine/sql/keyword.h"
#include "engine/sql/parser_internal.h"

// Raises `expr` above `child`, which may be NULL. Returns `expr`, NULL where the tree gets too tall.
static struct leat_ast_expr *above(struct leat_parser *p, struct leat_ast_expr *expr, const struct leat_ast_expr *child) {
    if (child && leat_parser_raise(p, &expr->height, child->height, expr->span) != 0)
        return NULL;
    return expr;
}

static struct leat_ast_expr *above_list(struct leat_parser *p, struct leat_ast_expr *expr, const struct leat_ast_exprs *list) {
    for (uint32_t i = 0; i < list->count && expr; i++)
        expr = above(p, expr, list->items[i]);
    return expr;
}

static struct leat_ast_expr *literal(struct leat_parser *p, enum leat_ast_literal_kind kind) {
    struct leat_token token = leat_parser_take(p);
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_LITERAL, token.span.start);
    expr->literal.kind = kind;
    expr->literal.text.span = token.span;
    expr->literal.text.text = expr->literal.text.written = "";
    if (token.kind != LEAT_TOKEN_WORD)
        expr->literal.text.text = expr->literal.text.written = leat_token_text(p->arena, p->source, &token, &expr->literal.text.length);
    return expr;
}

// DATE '...', TIME '...', TIMESTAMP '...'
static struct leat_ast_expr *time_literal(struct leat_parser *p, enum leat_ast_literal_kind kind) {
    uint32_t start = leat_parser_take(p).span.start;
    struct leat_ast_expr *expr = literal(p, kind);
    expr->span.start = start;
    return expr;
}

// CASE [operand] WHEN a THEN b ... [ELSE c] END
static struct leat_ast_expr *case_expr(struct leat_parser *p) {
    uint32_t start = leat_parser_take(p).span.start;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_CASE, start);
    if (!leat_parser_at_word(p, 0, "WHEN") && !(expr->cases.operand = leat_parser_expression(p)))
        return NULL;
    while (leat_parser_accept_word(p, "WHEN")) {
        expr->cases.whens = leat_parser_grow(p, expr->cases.whens, expr->cases.count, sizeof(*expr->cases.whens));
        struct leat_ast_when *when = &expr->cases.whens[expr->cases.count];
        when->when = leat_parser_expression(p);
        if (!when->when || leat_parser_expect_word(p, "THEN") != 0)
            return NULL;
        when->then = leat_parser_expression(p);
        if (!when->then || !above(p, expr, when->when) || !above(p, expr, when->then))
            return NULL;
        expr->cases.count++;
    }
    if (expr->cases.count == 0) {
        leat_parser_unexpected(p, "WHEN", NULL);
        return NULL;
    }
    if (leat_parser_accept_word(p, "ELSE") && !(expr->cases.otherwise = leat_parser_expression(p)))
        return NULL;
    if (!leat_parser_accept_word(p, "END")) {
        leat_parser_unexpected(p, "WHEN, ELSE or END", NULL);
        return NULL;
    }
    expr->span = leat_parser_span_from(p, start);
    return above(p, expr, expr->cases.operand) ? above(p, expr, expr->cases.otherwise) : NULL;
}

static struct leat_ast_expr *cast_expr(struct leat_parser *p, bool is_try) {
    uint32_t start = leat_parser_take(p).span.start;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_CAST, start);
    expr->cast.is_try = is_try;
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0 || !(expr->cast.operand = leat_parser_expression(p)))
        return NULL;
    if (!leat_parser_accept_word(p, "AS")) {
        leat_parser_unexpected(p, "AS and a data type", "write CAST(x AS INT)");
        return NULL;
    }
    expr->cast.type = leat_parser_type(p);
    if (!expr->cast.type || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return NULL;
    expr->span = leat_parser_span_from(p, start);
    return above(p, expr, expr->cast.operand);
}

// A query in parentheses, the `(` being the current token.
static struct leat_ast_expr *subquery(struct leat_parser *p, enum leat_ast_expr_kind kind, uint32_t start) {
    leat_parser_take(p);
    struct leat_ast_query *query = leat_parser_query(p);
    if (!query || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, kind, start);
    expr->subquery = query;
    return leat_parser_raise(p, &expr->height, query->height, expr->span) == 0 ? expr : NULL;
}

// (a), (a, b) or (SELECT ...)
static struct leat_ast_expr *parentheses(struct leat_parser *p) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_at_query(p, 1))
        return subquery(p, LEAT_AST_EXPR_SUBQUERY, start);
    leat_parser_take(p);
    struct leat_ast_exprs list = {0};
    if (leat_parser_expressions(p, &list) != 0 || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return NULL;
    if (list.count == 1)
        return list.items[0];
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_ROW, start);
    expr->list = list;
    return above_list(p, expr, &list);
}

static struct leat_ast_expr *exists(struct leat_parser *p) {
    uint32_t start = leat_parser_take(p).span.start;
    if (!leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) || !leat_parser_at_query(p, 1)) {
        leat_parser_unexpected(p, "a query in parentheses", NULL);
        return NULL;
    }
    return subquery(p, LEAT_AST_EXPR_EXISTS, start);
}

// ARRAY[a, b], MAP[k, v], ROW(a, b): the word and the opening sign are the current tokens.
static struct leat_ast_expr *constructor(struct leat_parser *p, enum leat_ast_expr_kind kind) {
    uint32_t start = leat_parser_take(p).span.start;
    enum leat_token_kind close =
        leat_parser_take(p).kind == LEAT_TOKEN_LEFT_BRACKET ? LEAT_TOKEN_RIGHT_BRACKET : LEAT_TOKEN_RIGHT_PARENTHESIS;
    struct leat_ast_exprs list = {0};
    if (!leat_parser_at(p, close) && leat_parser_expressions(p, &list) != 0)
        return NULL;
    if (leat_parser_expect(p, close, close == LEAT_TOKEN_RIGHT_BRACKET ? "`,` or `]`" : "`,` or `)`") != 0)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, kind, start);
    expr->list = list;
    if (kind == LEAT_AST_EXPR_MAP && list.count % 2) {
        leat_parser_fail(p, expr->span, "write MAP[key, value, key, value, ...]", "a MAP needs a value for every key");
        return NULL;
    }
    return above_list(p, expr, &list);
}

// Functions that are called without parentheses.
static bool is_niladic(struct leat_parser *p) {
    static const char *const words[] = {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_at_word(p, 0, words[i]))
            return true;
    return false;
}

// The current token, whatever word it is, as a name of one part.
static struct leat_ast_path word_as_path(struct leat_parser *p) {
    struct leat_token token = leat_parser_take(p);
    struct leat_ast_name *name = leat_arena_alloc(p->arena, sizeof(*name));
    name->text = leat_token_text(p->arena, p->source, &token, NULL);
    name->span = token.span;
    return (struct leat_ast_path){.parts = name, .count = 1, .span = token.span};
}

static struct leat_ast_expr *niladic(struct leat_parser *p) {
    struct leat_ast_path name = word_as_path(p);
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return leat_parser_call(p, name);
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_CALL, name.span.start);
    expr->call.name = name;
    return expr;
}

// A column, or a call where `(` follows.
static struct leat_ast_expr *name(struct leat_parser *p) {
    struct leat_ast_path path;
    if (leat_parser_path(p, "a name", &path) != 0)
        return NULL;
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return leat_parser_call(p, path);
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_COLUMN, path.span.start);
    expr->column = path;
    return expr;
}

// A word that neither names a column nor starts a form we know.
static struct leat_ast_expr *no_expression(struct leat_parser *p) {
    struct leat_token token = *leat_parser_peek(p, 0);
    static const char *const quantifiers[] = {"ANY", "SOME", "ALL"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(quantifiers); i++)
        if (leat_parser_at_word(p, 0, quantifiers[i]) && leat_parser_peek(p, 1)->kind == LEAT_TOKEN_LEFT_PARENTHESIS) {
            leat_parser_fail(p, token.span, "use IN or EXISTS", "comparisons with %s (...) are not supported", quantifiers[i]);
            return NULL;
        }
    static const char *const clauses[] = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "AS", "THEN", "END", "WHEN", "AND", "OR", "ON"};
    const char *hint = NULL;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(clauses) && !hint; i++)
        if (leat_parser_at_word(p, 0, clauses[i]))
            hint = p->last_end > 0 && p->source->text[p->last_end - 1] == ',' ? "take the comma before it away"
                                                                              : "something is missing before it";
    leat_parser_unexpected(p, "an expression", hint);
    return NULL;
}

// Forms that start with a reserved word.
static struct leat_ast_expr *word(struct leat_parser *p) {
    enum leat_token_kind next = leat_parser_peek(p, 1)->kind;
    if (leat_parser_at_word(p, 0, "CASE"))
        return case_expr(p);
    if (leat_parser_at_word(p, 0, "CAST") || leat_parser_at_word(p, 0, "TRY_CAST"))
        return cast_expr(p, leat_parser_at_word(p, 0, "TRY_CAST"));
    if (leat_parser_at_word(p, 0, "NULL"))
        return literal(p, LEAT_AST_LITERAL_NULL);
    if (leat_parser_at_word(p, 0, "TRUE"))
        return literal(p, LEAT_AST_LITERAL_TRUE);
    if (leat_parser_at_word(p, 0, "FALSE"))
        return literal(p, LEAT_AST_LITERAL_FALSE);
    if (leat_parser_at_word(p, 0, "UNKNOWN"))
        return literal(p, LEAT_AST_LITERAL_UNKNOWN);
    if (leat_parser_at_word(p, 0, "INTERVAL"))
        return leat_parser_interval(p, leat_parser_take(p).span.start);
    if (leat_parser_at_word(p, 0, "EXISTS"))
        return exists(p);
    if (next == LEAT_TOKEN_STRING && leat_parser_at_word(p, 0, "DATE"))
        return time_literal(p, LEAT_AST_LITERAL_DATE);
    if (next == LEAT_TOKEN_STRING && leat_parser_at_word(p, 0, "TIME"))
        return time_literal(p, LEAT_AST_LITERAL_TIME);
    if (next == LEAT_TOKEN_STRING && leat_parser_at_word(p, 0, "TIMESTAMP"))
        return time_literal(p, LEAT_AST_LITERAL_TIMESTAMP);
    if (next == LEAT_TOKEN_LEFT_BRACKET && leat_parser_at_word(p, 0, "ARRAY"))
        return constructor(p, LEAT_AST_EXPR_ARRAY);
    if (next == LEAT_TOKEN_LEFT_BRACKET && leat_parser_at_word(p, 0, "MAP"))
        return constructor(p, LEAT_AST_EXPR_MAP);
    if (next == LEAT_TOKEN_LEFT_PARENTHESIS && leat_parser_at_word(p, 0, "ROW"))
        return constructor(p, LEAT_AST_EXPR_ROW);
    if (is_niladic(p))
        return niladic(p);
    struct leat_token token = *leat_parser_peek(p, 0);
    if (!token.reserved)
        return name(p);
    bool callable = leat_keyword_is_callable(p->source->text + token.span.start, token.span.end - token.span.start);
    static const char *const special[] = {"SUBSTRING", "TRIM", "POSITION", "OVERLAY", "EXTRACT"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(special); i++)
        callable |= leat_parser_at_word(p, 0, special[i]);
    if (callable && next == LEAT_TOKEN_LEFT_PARENTHESIS)
        return leat_parser_call(p, word_as_path(p));
    return no_expression(p);
}

static struct leat_ast_expr *operand(struct leat_parser *p) {
    switch (leat_parser_peek(p, 0)->kind) {
    case LEAT_TOKEN_INTEGER:
        return literal(p, LEAT_AST_LITERAL_INTEGER);
    case LEAT_TOKEN_DECIMAL:
        return literal(p, LEAT_AST_LITERAL_DECIMAL);
    case LEAT_TOKEN_DOUBLE:
        return literal(p, LEAT_AST_LITERAL_DOUBLE);
    case LEAT_TOKEN_STRING:
        return literal(p, LEAT_AST_LITERAL_STRING);
    case LEAT_TOKEN_BINARY:
        return literal(p, LEAT_AST_LITERAL_BINARY);
    case LEAT_TOKEN_LEFT_PARENTHESIS:
        return parentheses(p);
    case LEAT_TOKEN_WORD:
        return word(p);
    case LEAT_TOKEN_QUOTED:
        return name(p);
    default:
        leat_parser_unexpected(p, "an expression", NULL);
        return NULL;
    }
}

// a[i] and .field behind an operand.
static struct leat_ast_expr *access(struct leat_parser *p, struct leat_ast_expr *expr) {
    while (expr) {
        struct leat_ast_expr *inner = expr;
        if (leat_parser_accept(p, LEAT_TOKEN_LEFT_BRACKET)) {
            struct leat_ast_expr *index = leat_parser_expression(p);
            if (!index || leat_parser_expect(p, LEAT_TOKEN_RIGHT_BRACKET, "`]`") != 0)
                return NULL;
            expr = leat_parser_expr_new(p, LEAT_AST_EXPR_ELEMENT, inner->span.start);
            expr->element.operand = inner;
            expr->element.index = index;
            expr = above(p, expr, index);
        } else if (leat_parser_at(p, LEAT_TOKEN_DOT) && inner->kind != LEAT_AST_EXPR_COLUMN) {
            leat_parser_take(p);
            struct leat_ast_name field = {0};
            if (leat_parser_name(p, "a name after the dot", &field) != 0)
                return NULL;
            expr = leat_parser_expr_new(p, LEAT_AST_EXPR_FIELD, inner->span.start);
            expr->field.operand = inner;
            expr->field.name = field;
        } else {
            return expr;
        }
        if (expr)
            expr = above(p, expr, inner);
    }
    return NULL;
}

struct leat_ast_expr *leat_parser_primary(struct leat_parser *p) {
    return access(p, operand(p));
}
