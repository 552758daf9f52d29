// Operators, by precedence climbing. The levels are those of Calcite's operator table; `||` binds like `*` there.
#include "engine/sql/parser_internal.h"

enum level {
    LEVEL_ANY = 0,
    LEVEL_OR = 22,
    LEVEL_AND = 24,
    LEVEL_NOT = 26,
    LEVEL_IS = 28,
    LEVEL_COMPARISON = 30,
    LEVEL_RANGE = 32, // BETWEEN, IN, LIKE, SIMILAR TO
    LEVEL_SUM = 40,
    LEVEL_PRODUCT = 60,
    LEVEL_SIGN = 80,
};

// Operators between two operands that are one token.
static const struct infix {
    enum leat_token_kind kind;
    enum leat_ast_operator op;
    enum level level;
} infixes[] = {
    {LEAT_TOKEN_EQUAL, LEAT_AST_OP_EQUAL, LEVEL_COMPARISON},     {LEAT_TOKEN_NOT_EQUAL, LEAT_AST_OP_NOT_EQUAL, LEVEL_COMPARISON},
    {LEAT_TOKEN_LESS, LEAT_AST_OP_LESS, LEVEL_COMPARISON},       {LEAT_TOKEN_LESS_EQUAL, LEAT_AST_OP_LESS_EQUAL, LEVEL_COMPARISON},
    {LEAT_TOKEN_GREATER, LEAT_AST_OP_GREATER, LEVEL_COMPARISON}, {LEAT_TOKEN_GREATER_EQUAL, LEAT_AST_OP_GREATER_EQUAL, LEVEL_COMPARISON},
    {LEAT_TOKEN_CONCAT, LEAT_AST_OP_CONCAT, LEVEL_PRODUCT},      {LEAT_TOKEN_PLUS, LEAT_AST_OP_ADD, LEVEL_SUM},
    {LEAT_TOKEN_MINUS, LEAT_AST_OP_SUBTRACT, LEVEL_SUM},         {LEAT_TOKEN_STAR, LEAT_AST_OP_MULTIPLY, LEVEL_PRODUCT},
    {LEAT_TOKEN_SLASH, LEAT_AST_OP_DIVIDE, LEVEL_PRODUCT},       {LEAT_TOKEN_PERCENT, LEAT_AST_OP_REMAINDER, LEVEL_PRODUCT},
};

static struct leat_ast_expr *climb(struct leat_parser *p, enum level above);

struct leat_ast_expr *leat_parser_expr_new(struct leat_parser *p, enum leat_ast_expr_kind kind, uint32_t start) {
    struct leat_ast_expr *expr = leat_arena_alloc(p->arena, sizeof(*expr));
    expr->kind = kind;
    expr->height = 1;
    expr->span = leat_parser_span_from(p, start);
    return expr;
}

// NOT, + and - before an operand.
static struct leat_ast_expr *unary(struct leat_parser *p, enum leat_ast_operator op, enum level above) {
    uint32_t start = leat_parser_take(p).span.start;
    if (leat_parser_enter(p) != 0)
        return NULL;
    struct leat_ast_expr *operand = climb(p, above);
    leat_parser_leave(p);
    if (!operand)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_UNARY, start);
    expr->unary.op = op;
    expr->unary.operand = operand;
    return leat_parser_raise(p, &expr->height, operand->height, expr->span) == 0 ? expr : NULL;
}

static struct leat_ast_expr *prefix(struct leat_parser *p, enum level above) {
    if (leat_parser_at_word(p, 0, "NOT")) {
        if (above <= LEVEL_NOT)
            return unary(p, LEAT_AST_OP_NOT, LEVEL_NOT);
        leat_parser_unexpected(p, "an operand", "NOT binds looser than this operator: put NOT ... in parentheses");
        return NULL;
    }
    if (leat_parser_at(p, LEAT_TOKEN_MINUS))
        return unary(p, LEAT_AST_OP_MINUS, LEVEL_SIGN);
    if (leat_parser_at(p, LEAT_TOKEN_PLUS))
        return unary(p, LEAT_AST_OP_PLUS, LEVEL_SIGN);
    return leat_parser_primary(p);
}

static struct leat_ast_expr *binary_with(struct leat_parser *p, struct leat_ast_expr *left, enum leat_ast_operator op,
                                         struct leat_span op_span, enum level level) {
    struct leat_ast_expr *right = climb(p, level);
    if (!right)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_BINARY, left->span.start);
    expr->binary.op = op;
    expr->binary.left = left;
    expr->binary.right = right;
    expr->binary.op_span = op_span;
    if (leat_parser_raise(p, &expr->height, LEAT_MAX(left->height, right->height), op_span) != 0)
        return NULL;
    return expr;
}

// IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM
static struct leat_ast_expr *is_test(struct leat_parser *p, struct leat_ast_expr *operand) {
    static const char *const words[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
    struct leat_span op_span = leat_parser_take(p).span;
    bool negated = leat_parser_accept_word(p, "NOT");
    if (leat_parser_accept_word(p, "DISTINCT")) {
        if (leat_parser_expect_word(p, "FROM") != 0)
            return NULL;
        op_span.end = p->last_end;
        return binary_with(p, operand, negated ? LEAT_AST_OP_NOT_DISTINCT : LEAT_AST_OP_DISTINCT, op_span, LEVEL_COMPARISON);
    }
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_accept_word(p, words[i])) {
            struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_IS, operand->span.start);
            expr->is.test = (enum leat_ast_is)i;
            expr->is.negated = negated;
            expr->is.operand = operand;
            return leat_parser_raise(p, &expr->height, operand->height, expr->span) == 0 ? expr : NULL;
        }
    leat_parser_unexpected(p, "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM", NULL);
    return NULL;
}

_Static_assert(LEAT_AST_IS_NULL == 0 && LEAT_AST_IS_UNKNOWN == 3, "is_test counts on this order");

static struct leat_ast_expr *between(struct leat_parser *p, struct leat_ast_expr *operand, bool negated) {
    bool symmetric = leat_parser_accept_word(p, "SYMMETRIC");
    if (!symmetric)
        leat_parser_accept_word(p, "ASYMMETRIC");
    struct leat_ast_expr *low = climb(p, LEVEL_RANGE);
    if (!low || leat_parser_expect_word(p, "AND") != 0)
        return NULL;
    struct leat_ast_expr *high = climb(p, LEVEL_RANGE);
    if (!high)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_BETWEEN, operand->span.start);
    expr->between.negated = negated;
    expr->between.symmetric = symmetric;
    expr->between.operand = operand;
    expr->between.low = low;
    expr->between.high = high;
    uint32_t child = LEAT_MAX(operand->height, LEAT_MAX(low->height, high->height));
    return leat_parser_raise(p, &expr->height, child, expr->span) == 0 ? expr : NULL;
}

static struct leat_ast_expr *in(struct leat_parser *p, struct leat_ast_expr *operand, bool negated) {
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_IN, operand->span.start);
    expr->in.negated = negated;
    expr->in.operand = operand;
    uint32_t child = operand->height;
    if (leat_parser_at_query(p, 0)) {
        expr->in.query = leat_parser_query(p);
        if (!expr->in.query)
            return NULL;
        child = LEAT_MAX(child, expr->in.query->height);
    } else if (leat_parser_expressions(p, &expr->in.list) != 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < expr->in.list.count; i++)
        child = LEAT_MAX(child, expr->in.list.items[i]->height);
    if (leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`") != 0)
        return NULL;
    expr->span = leat_parser_span_from(p, operand->span.start);
    return leat_parser_raise(p, &expr->height, child, expr->span) == 0 ? expr : NULL;
}

static struct leat_ast_expr *like(struct leat_parser *p, struct leat_ast_expr *operand, bool negated, bool similar) {
    struct leat_ast_expr *pattern = climb(p, LEVEL_RANGE), *escape = NULL;
    if (!pattern)
        return NULL;
    uint32_t child = LEAT_MAX(operand->height, pattern->height);
    if (leat_parser_accept_word(p, "ESCAPE")) {
        escape = climb(p, LEVEL_RANGE);
        if (!escape)
            return NULL;
        child = LEAT_MAX(child, escape->height);
    }
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_LIKE, operand->span.start);
    expr->like.negated = negated;
    expr->like.similar = similar;
    expr->like.operand = operand;
    expr->like.pattern = pattern;
    expr->like.escape = escape;
    return leat_parser_raise(p, &expr->height, child, expr->span) == 0 ? expr : NULL;
}

// True where the token `ahead` starts BETWEEN, IN, LIKE or SIMILAR TO.
static bool at_range(struct leat_parser *p, uint32_t ahead) {
    return leat_parser_at_word(p, ahead, "BETWEEN") || leat_parser_at_word(p, ahead, "IN") || leat_parser_at_word(p, ahead, "LIKE") ||
           leat_parser_at_word(p, ahead, "SIMILAR");
}

static struct leat_ast_expr *range(struct leat_parser *p, struct leat_ast_expr *operand) {
    bool negated = leat_parser_accept_word(p, "NOT");
    if (leat_parser_accept_word(p, "BETWEEN"))
        return between(p, operand, negated);
    if (leat_parser_accept_word(p, "IN"))
        return in(p, operand, negated);
    if (leat_parser_accept_word(p, "LIKE"))
        return like(p, operand, negated, false);
    leat_parser_take(p); // SIMILAR
    return leat_parser_expect_word(p, "TO") == 0 ? like(p, operand, negated, true) : NULL;
}

static const struct infix *infix_of(enum leat_token_kind kind) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(infixes); i++)
        if (infixes[i].kind == kind)
            return &infixes[i];
    return NULL;
}

// One more operator behind `left`, if it binds tighter than `above`; else *left stays. False: a diagnostic is set.
static bool extend(struct leat_parser *p, struct leat_ast_expr **left, enum level above, bool *extended) {
    struct leat_token token = *leat_parser_peek(p, 0);
    const struct infix *infix = infix_of(token.kind);
    struct leat_ast_expr *expr = NULL;
    *extended = true;
    if (infix && infix->level > above) {
        leat_parser_take(p);
        expr = binary_with(p, *left, infix->op, token.span, infix->level);
    } else if (token.kind == LEAT_TOKEN_WORD && leat_parser_at_word(p, 0, "OR") && LEVEL_OR > above) {
        leat_parser_take(p);
        expr = binary_with(p, *left, LEAT_AST_OP_OR, token.span, LEVEL_OR);
    } else if (token.kind == LEAT_TOKEN_WORD && leat_parser_at_word(p, 0, "AND") && LEVEL_AND > above) {
        leat_parser_take(p);
        expr = binary_with(p, *left, LEAT_AST_OP_AND, token.span, LEVEL_AND);
    } else if (token.kind == LEAT_TOKEN_WORD && leat_parser_at_word(p, 0, "IS") && LEVEL_IS > above) {
        expr = is_test(p, *left);
    } else if (token.kind == LEAT_TOKEN_WORD && LEVEL_RANGE > above &&
               (at_range(p, 0) || (leat_parser_at_word(p, 0, "NOT") && at_range(p, 1)))) {
        expr = range(p, *left);
    } else {
        *extended = false;
        return true;
    }
    *left = expr;
    return expr != NULL;
}

// An operand and all operators behind it that bind tighter than `above`.
static struct leat_ast_expr *climb(struct leat_parser *p, enum level above) {
    struct leat_ast_expr *left = prefix(p, above);
    for (bool extended = left != NULL; extended;)
        if (!extend(p, &left, above, &extended))
            return NULL;
    return left;
}

static struct leat_ast_expr *climb_nested(struct leat_parser *p, enum level above) {
    if (leat_parser_enter(p) != 0)
        return NULL;
    struct leat_ast_expr *expr = climb(p, above);
    leat_parser_leave(p);
    if (expr)
        p->tallest = LEAT_MAX(p->tallest, expr->height);
    return expr;
}

struct leat_ast_expr *leat_parser_expression(struct leat_parser *p) {
    return climb_nested(p, LEVEL_ANY);
}

struct leat_ast_expr *leat_parser_sum(struct leat_parser *p) {
    return climb_nested(p, LEVEL_RANGE);
}

int leat_parser_expressions(struct leat_parser *p, struct leat_ast_exprs *out) {
    do {
        out->items = leat_parser_grow(p, out->items, out->count, sizeof(*out->items));
        out->items[out->count] = leat_parser_expression(p);
        if (!out->items[out->count])
            return -1;
        out->count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}
