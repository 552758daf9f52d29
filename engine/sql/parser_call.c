// Calls of functions with all their special forms, and windows behind OVER.
#include "engine/sql/parser_internal.h"

// The call being built.
struct build {
    struct leat_ast_expr *expr;
    struct leat_ast_call *call;
};

static int add_argument(struct leat_parser *p, struct build *b) {
    struct leat_ast_exprs *args = &b->call->args;
    args->items = leat_parser_grow(p, args->items, args->count, sizeof(struct leat_ast_expr *));
    struct leat_ast_expr *expr = leat_parser_expression(p);
    if (!expr)
        return -1;
    args->items[args->count++] = expr;
    return leat_parser_raise(p, &b->expr->height, expr->height, b->call->name.span);
}

static bool named(const struct build *b, const char *word) {
    return b->call->name.count == 1 && !b->call->name.parts[0].quoted && strcasecmp(b->call->name.parts[0].text, word) == 0;
}

// [DISTINCT | ALL] a, b, ... or nothing.
static int plain_arguments(struct leat_parser *p, struct build *b) {
    if (leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return 0;
    b->call->star = leat_parser_accept(p, LEAT_TOKEN_STAR);
    if (b->call->star)
        return 0;
    b->call->distinct = leat_parser_accept_word(p, "DISTINCT");
    if (!b->call->distinct)
        leat_parser_accept_word(p, "ALL");
    do {
        if (leat_parser_at_name(p) && leat_parser_peek(p, 1)->kind == LEAT_TOKEN_ARROW)
            return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "give the arguments by position",
                                    "named arguments are for table functions only");
        if (add_argument(p, b) != 0)
            return -1;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

// Arguments with words between instead of commas: SUBSTRING(x FROM a FOR b). The first argument is read; where no word follows the
// rest is plain.
static int worded_arguments(struct leat_parser *p, struct build *b, const char *const *words, uint32_t count) {
    if (add_argument(p, b) != 0)
        return -1;
    if (!leat_parser_at_word(p, 0, words[0])) {
        while (leat_parser_accept(p, LEAT_TOKEN_COMMA))
            if (add_argument(p, b) != 0)
                return -1;
        return 0;
    }
    for (uint32_t i = 0; i < count; i++)
        if (leat_parser_accept_word(p, words[i]) && add_argument(p, b) != 0)
            return -1;
    return 0;
}

// POSITION(a IN b): `a` must stop before IN.
static int position_arguments(struct leat_parser *p, struct build *b) {
    struct leat_ast_exprs *args = &b->call->args;
    args->items = leat_arena_alloc(p->arena, 4 * sizeof(struct leat_ast_expr *));
    args->items[0] = leat_parser_sum(p);
    if (!args->items[0] || leat_parser_raise(p, &b->expr->height, args->items[0]->height, b->call->name.span) != 0)
        return -1;
    args->count = 1;
    if (!leat_parser_accept_word(p, "IN"))
        return leat_parser_unexpected(p, "IN", "write POSITION('needle' IN haystack)");
    return add_argument(p, b);
}

// TRIM([BOTH | LEADING | TRAILING] [characters] FROM text) or TRIM(text)
static int trim_arguments(struct leat_parser *p, struct build *b) {
    static const char *const words[] = {"BOTH", "LEADING", "TRAILING"};
    enum leat_ast_trim trim = LEAT_AST_TRIM_NONE;
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(words) && trim == LEAT_AST_TRIM_NONE; i++)
        if (leat_parser_accept_word(p, words[i]))
            trim = (enum leat_ast_trim)(LEAT_AST_TRIM_BOTH + i);
    b->call->trim = trim == LEAT_AST_TRIM_NONE ? LEAT_AST_TRIM_BOTH : trim;
    if (leat_parser_accept_word(p, "FROM"))
        return add_argument(p, b);
    if (add_argument(p, b) != 0)
        return -1;
    if (!leat_parser_accept_word(p, "FROM"))
        return trim == LEAT_AST_TRIM_NONE ? 0 : leat_parser_unexpected(p, "FROM", NULL);
    if (add_argument(p, b) != 0)
        return -1;
    struct leat_ast_expr *characters = b->call->args.items[0]; // the text comes first in the tree
    b->call->args.items[0] = b->call->args.items[1];
    b->call->args.items[1] = characters;
    return 0;
}

static int unit_of_call(struct leat_parser *p, struct build *b) {
    b->call->unit = leat_parser_unit(p, false);
    if (b->call->unit == LEAT_AST_UNIT_NONE)
        return leat_parser_unexpected(p, "a unit such as DAY, HOUR or SECOND", NULL);
    return 0;
}

static int extract_arguments(struct leat_parser *p, struct build *b) {
    if (unit_of_call(p, b) != 0 || leat_parser_expect_word(p, "FROM") != 0)
        return -1;
    return add_argument(p, b);
}

// FLOOR(x) or FLOOR(t TO unit)
static int floor_arguments(struct leat_parser *p, struct build *b) {
    if (leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return 0;
    if (add_argument(p, b) != 0)
        return -1;
    return leat_parser_accept_word(p, "TO") ? unit_of_call(p, b) : 0;
}

// TIMESTAMPADD(unit, n, t)
static int unit_first_arguments(struct leat_parser *p, struct build *b) {
    if (unit_of_call(p, b) != 0)
        return -1;
    while (leat_parser_accept(p, LEAT_TOKEN_COMMA))
        if (add_argument(p, b) != 0)
            return -1;
    return 0;
}

static int arguments(struct leat_parser *p, struct build *b) {
    static const char *const substring[] = {"FROM", "FOR"}, *const overlay[] = {"PLACING", "FROM", "FOR"};
    if (named(b, "SUBSTRING") && !leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return worded_arguments(p, b, substring, 2);
    if (named(b, "OVERLAY") && !leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return worded_arguments(p, b, overlay, 3);
    if (named(b, "POSITION"))
        return position_arguments(p, b);
    if (named(b, "TRIM") && !leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return trim_arguments(p, b);
    if (named(b, "EXTRACT"))
        return extract_arguments(p, b);
    if (named(b, "FLOOR") || named(b, "CEIL") || named(b, "CEILING"))
        return floor_arguments(p, b);
    if (named(b, "TIMESTAMPADD") || named(b, "TIMESTAMPDIFF"))
        return unit_first_arguments(p, b);
    return plain_arguments(p, b);
}

static int frame_bound(struct leat_parser *p, struct leat_ast_bound *bound) {
    if (leat_parser_accept_word(p, "CURRENT")) {
        bound->kind = LEAT_AST_BOUND_CURRENT_ROW;
        return leat_parser_expect_word(p, "ROW");
    }
    bool unbounded =
        leat_parser_at_word(p, 0, "UNBOUNDED") && (leat_parser_at_word(p, 1, "PRECEDING") || leat_parser_at_word(p, 1, "FOLLOWING"));
    if (unbounded)
        leat_parser_take(p);
    else if (!(bound->offset = leat_parser_sum(p)))
        return -1;
    bool preceding = leat_parser_accept_word(p, "PRECEDING");
    if (!preceding && !leat_parser_accept_word(p, "FOLLOWING"))
        return leat_parser_unexpected(p, "PRECEDING or FOLLOWING", NULL);
    if (unbounded)
        bound->kind = preceding ? LEAT_AST_BOUND_UNBOUNDED_PRECEDING : LEAT_AST_BOUND_UNBOUNDED_FOLLOWING;
    else
        bound->kind = preceding ? LEAT_AST_BOUND_PRECEDING : LEAT_AST_BOUND_FOLLOWING;
    return 0;
}

// ROWS | RANGE bound, or BETWEEN bound AND bound
static int frame(struct leat_parser *p, struct leat_ast_window *out) {
    bool rows = leat_parser_accept_word(p, "ROWS");
    if (!rows && !leat_parser_accept_word(p, "RANGE"))
        return 0;
    out->has_frame = true;
    out->rows = rows;
    out->upper.kind = LEAT_AST_BOUND_CURRENT_ROW;
    if (!leat_parser_accept_word(p, "BETWEEN"))
        return frame_bound(p, &out->lower);
    if (frame_bound(p, &out->lower) != 0 || leat_parser_expect_word(p, "AND") != 0)
        return -1;
    return frame_bound(p, &out->upper);
}

int leat_parser_window(struct leat_parser *p, struct leat_ast_window *out) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0)
        return -1;
    if (leat_parser_at_name(p) && leat_parser_name(p, "a window name", &out->base) != 0)
        return -1;
    if (leat_parser_accept_word(p, "PARTITION") &&
        (leat_parser_expect_word(p, "BY") != 0 || leat_parser_expressions(p, &out->partition) != 0))
        return -1;
    if (leat_parser_accept_word(p, "ORDER") && (leat_parser_expect_word(p, "BY") != 0 || leat_parser_order_items(p, &out->order) != 0))
        return -1;
    if (frame(p, out) != 0)
        return -1;
    if (leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "PARTITION BY, ORDER BY, ROWS, RANGE or `)`") != 0)
        return -1;
    out->span = leat_parser_span_from(p, start);
    return 0;
}

// IGNORE NULLS, FILTER (WHERE ...), OVER ...
static int call_suffixes(struct leat_parser *p, struct build *b) {
    struct leat_ast_call *call = b->call;
    if (leat_parser_at_word(p, 1, "NULLS") && (leat_parser_at_word(p, 0, "IGNORE") || leat_parser_at_word(p, 0, "RESPECT"))) {
        call->ignore_nulls = leat_parser_accept_word(p, "IGNORE");
        if (!call->ignore_nulls)
            leat_parser_take(p);
        leat_parser_take(p);
    }
    if (leat_parser_at_word(p, 0, "WITHIN") && leat_parser_at_word(p, 1, "GROUP"))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "WITHIN GROUP is not supported");
    if (leat_parser_accept_word(p, "FILTER")) {
        if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0 || leat_parser_expect_word(p, "WHERE") != 0)
            return -1;
        call->filter = leat_parser_expression(p);
        if (!call->filter || leat_parser_raise(p, &b->expr->height, call->filter->height, call->name.span) != 0 ||
            leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
            return -1;
    }
    if (!leat_parser_accept_word(p, "OVER"))
        return 0;
    call->over = leat_arena_alloc(p->arena, sizeof(*call->over));
    if (leat_parser_at_name(p)) {
        call->over->span = leat_parser_peek(p, 0)->span;
        return leat_parser_name(p, "a window name", &call->over->base);
    }
    // Counted apart, so that the call is as tall as what its window holds.
    uint32_t tallest = p->tallest;
    p->tallest = 0;
    int result = leat_parser_window(p, call->over);
    if (result == 0)
        result = leat_parser_raise(p, &b->expr->height, p->tallest, call->over->span);
    p->tallest = LEAT_MAX(p->tallest, tallest);
    return result;
}

struct leat_ast_expr *leat_parser_call(struct leat_parser *p, struct leat_ast_path name) {
    struct build b = {.expr = leat_parser_expr_new(p, LEAT_AST_EXPR_CALL, name.span.start)};
    b.call = &b.expr->call;
    b.call->name = name;
    b.call->parentheses = true;
    leat_parser_take(p); // (
    if (arguments(p, &b) != 0)
        return NULL;
    if (leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, b.call->args.count ? "`,` or `)`" : "`)`") != 0)
        return NULL;
    if (call_suffixes(p, &b) != 0)
        return NULL;
    b.expr->span = leat_parser_span_from(p, name.span.start);
    return b.expr;
}
