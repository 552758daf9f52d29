// FROM: tables, subqueries, table functions, joins, and leat's own SERIES JOIN and ASOF JOIN.
#include "engine/sql/parser_internal.h"

// Where a table stands decides which words can be its alias without AS.
enum place {
    PLACE_FROM,
    PLACE_NEIGHBOUR, // right side of SERIES and ASOF JOIN: TOLERANCE and MATCH_CONDITION follow
};

static bool at_plain_word(struct leat_parser *p, uint32_t ahead) {
    const struct leat_token *token = leat_parser_peek(p, ahead);
    return token->kind == LEAT_TOKEN_QUOTED || (token->kind == LEAT_TOKEN_WORD && !token->reserved);
}

// SERIES is the join where another word follows, be it JOIN or a misspelling of it: an alias never has one behind it.
static bool at_series(struct leat_parser *p) {
    return leat_parser_at_word(p, 0, "SERIES") && (leat_parser_at_word(p, 1, "JOIN") || at_plain_word(p, 1));
}

// [LEFT] ASOF JOIN, ASOF [LEFT] JOIN, or a misspelling of JOIN.
static bool at_asof(struct leat_parser *p) {
    uint32_t asof = leat_parser_at_word(p, 0, "LEFT") || leat_parser_at_word(p, 0, "INNER");
    return leat_parser_at_word(p, asof, "ASOF") &&
           (leat_parser_at_word(p, asof + 1, "JOIN") || at_plain_word(p, asof + 1) ||
            (leat_parser_at_word(p, asof + 1, "LEFT") && !leat_parser_at_word(p, asof + 2, "OUTER")));
}

static bool at_bare_alias(struct leat_parser *p, enum place place) {
    if (!leat_parser_at_name(p) || at_series(p) || at_asof(p))
        return false;
    return place == PLACE_FROM || !(leat_parser_at_word(p, 0, "TOLERANCE") || leat_parser_at_word(p, 0, "MATCH_CONDITION"));
}

// What Flink has behind a table and leat has not.
static int refuse_table_suffixes(struct leat_parser *p) {
    static const char *const words[] = {"MATCH_RECOGNIZE", "TABLESAMPLE", "PIVOT", "UNPIVOT"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_at_word(p, 0, words[i]))
            return leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "%s is not supported yet", words[i]);
    return 0;
}

// [[AS] alias [(columns)]]
static int alias(struct leat_parser *p, struct leat_ast_table *table, enum place place) {
    if (refuse_table_suffixes(p) != 0)
        return -1;
    if (leat_parser_accept_word(p, "AS")) {
        if (leat_parser_name(p, "a name for the table", &table->alias) != 0)
            return -1;
    } else if (at_bare_alias(p, place)) {
        if (leat_parser_name(p, "a name for the table", &table->alias) != 0)
            return -1;
        if (!table->alias.quoted)
            p->bare_alias = table->alias.span;
    } else {
        return 0;
    }
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && leat_parser_name_list(p, "a column name", &table->alias_columns) != 0)
        return -1;
    return refuse_table_suffixes(p);
}

// ( query ), the `(` being the current token.
static int subquery(struct leat_parser *p, struct leat_ast_query **out, uint32_t *height) {
    leat_parser_take(p);
    *out = leat_parser_query(p);
    if (!*out || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return -1;
    return leat_parser_raise(p, height, (*out)->height, (*out)->span);
}

static int partition_key(struct leat_parser *p, struct leat_ast_exprs *out) {
    out->items = leat_arena_alloc(p->arena, sizeof(*out->items));
    out->items[0] = leat_parser_expression(p);
    out->count = 1;
    return out->items[0] ? 0 : -1;
}

// [PARTITION BY a | (a, b)] [ORDER BY c | (c, d)] of a table that is an argument.
static int argument_partition(struct leat_parser *p, struct leat_ast_argument *arg) {
    if (leat_parser_accept_word(p, "PARTITION")) {
        if (leat_parser_expect_word(p, "BY") != 0)
            return -1;
        // Several keys need parentheses: their commas could not be told from those between the arguments.
        bool several = leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS);
        if (several &&
            (leat_parser_expressions(p, &arg->partition) != 0 || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`") != 0))
            return -1;
        if (!several && partition_key(p, &arg->partition) != 0)
            return -1;
    }
    if (!leat_parser_accept_word(p, "ORDER"))
        return 0;
    if (leat_parser_expect_word(p, "BY") != 0)
        return -1;
    if (!leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return leat_parser_order_item(p, &arg->order);
    return leat_parser_order_items(p, &arg->order) == 0 ? leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`") : -1;
}

static int table_argument(struct leat_parser *p, struct leat_ast_argument *arg, uint32_t *height) {
    if (leat_parser_accept_word(p, "TABLE") && !leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        arg->kind = LEAT_AST_ARGUMENT_TABLE;
        if (leat_parser_path(p, "a table name", &arg->table) != 0)
            return -1;
    } else {
        arg->kind = LEAT_AST_ARGUMENT_QUERY;
        if (!leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) || !leat_parser_at_query(p, 1))
            return leat_parser_unexpected(p, "a table name or a query in parentheses", NULL);
        if (subquery(p, &arg->query, height) != 0)
            return -1;
    }
    return argument_partition(p, arg);
}

// An argument of a table function: [name =>] TABLE t | (query) | DESCRIPTOR(c) | expression
static int argument(struct leat_parser *p, struct leat_ast_argument *arg, uint32_t *height) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_peek(p, 1)->kind == LEAT_TOKEN_ARROW && leat_parser_peek(p, 0)->kind == LEAT_TOKEN_WORD) {
        struct leat_token token = leat_parser_take(p); // OFFSET is reserved and yet the name of an argument, also without backticks
        arg->name.text = leat_token_text(p->arena, p->source, &token, NULL);
        arg->name.span = token.span;
        leat_parser_take(p);
    } else if (leat_parser_peek(p, 1)->kind == LEAT_TOKEN_ARROW) {
        if (leat_parser_name(p, "the name of an argument", &arg->name) != 0 || leat_parser_expect(p, LEAT_TOKEN_ARROW, "`=>`") != 0)
            return -1;
    }
    int result;
    if (leat_parser_at_word(p, 0, "TABLE") || (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && leat_parser_at_query(p, 1))) {
        result = table_argument(p, arg, height);
    } else if (leat_parser_at_word(p, 0, "DESCRIPTOR") && leat_parser_peek(p, 1)->kind == LEAT_TOKEN_LEFT_PARENTHESIS) {
        leat_parser_take(p);
        arg->kind = LEAT_AST_ARGUMENT_DESCRIPTOR;
        result = leat_parser_name_list(p, "a column name", &arg->columns);
    } else {
        arg->kind = LEAT_AST_ARGUMENT_EXPR;
        arg->expr = leat_parser_expression(p);
        result = arg->expr ? leat_parser_raise(p, height, arg->expr->height, arg->expr->span) : -1;
    }
    arg->span = leat_parser_span_from(p, start);
    return result;
}

// f(argument, ...), the name taken.
static int function_arguments(struct leat_parser *p, struct leat_ast_table *table) {
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(` and the arguments") != 0)
        return -1;
    if (leat_parser_accept(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return 0;
    do {
        table->function.args = leat_parser_grow(p, table->function.args, table->function.count, sizeof(*table->function.args));
        if (argument(p, &table->function.args[table->function.count], &table->height) != 0)
            return -1;
        table->function.count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`");
}

// TABLE(f(...)), behind the word TABLE.
static int wrapped_function(struct leat_parser *p, struct leat_ast_table *table) {
    table->kind = LEAT_AST_TABLE_FUNCTION;
    table->function.wrapped = true;
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(` and a function such as TUMBLE") != 0)
        return -1;
    if (leat_parser_path(p, "the name of a table function", &table->function.name) != 0 || function_arguments(p, table) != 0)
        return -1;
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`");
}

static int unnest(struct leat_parser *p, struct leat_ast_table *table) {
    table->kind = LEAT_AST_TABLE_UNNEST;
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0 || leat_parser_expressions(p, &table->unnest.list) != 0 ||
        leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return -1;
    for (uint32_t i = 0; i < table->unnest.list.count; i++)
        if (leat_parser_raise(p, &table->height, table->unnest.list.items[i]->height, table->unnest.list.items[i]->span) != 0)
            return -1;
    if (leat_parser_at_word(p, 0, "WITH") && leat_parser_at_word(p, 1, "ORDINALITY")) {
        leat_parser_take(p);
        leat_parser_take(p);
        table->unnest.with_ordinality = true;
    }
    return 0;
}

// t [hints] [FOR SYSTEM_TIME AS OF time], or f(...)
static int named_table(struct leat_parser *p, struct leat_ast_table *table) {
    struct leat_ast_path path;
    if (leat_parser_path(p, "a table name", &path) != 0)
        return -1;
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        table->kind = LEAT_AST_TABLE_FUNCTION;
        table->function.name = path;
        return function_arguments(p, table);
    }
    table->kind = LEAT_AST_TABLE_NAME;
    table->name = path;
    return leat_parser_table_hints(p, &table->hint_options);
}

static int system_time(struct leat_parser *p, struct leat_ast_table *table) {
    static const char *const words[] = {"SYSTEM_TIME", "AS", "OF"};
    if (!leat_parser_accept_word(p, "FOR"))
        return 0;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_expect_word(p, words[i]) != 0)
            return -1;
    table->system_time = leat_parser_sum(p);
    return table->system_time ? leat_parser_raise(p, &table->height, table->system_time->height, table->system_time->span) : -1;
}

static int primary_parse(struct leat_parser *p, struct leat_ast_table *table) {
    table->lateral = leat_parser_accept_word(p, "LATERAL");
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        if (!leat_parser_at_query(p, 1) && leat_parser_peek(p, 1)->kind != LEAT_TOKEN_LEFT_PARENTHESIS)
            return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "put a SELECT into the parentheses, or take them away",
                                    "a join in parentheses is not supported");
        table->kind = LEAT_AST_TABLE_SUBQUERY;
        return subquery(p, &table->subquery, &table->height);
    }
    if (leat_parser_accept_word(p, "TABLE"))
        return wrapped_function(p, table);
    if (leat_parser_accept_word(p, "UNNEST"))
        return unnest(p, table);
    if (table->lateral)
        return leat_parser_unexpected(p, "TABLE(...) or a query in parentheses", NULL);
    if (leat_parser_at_query(p, 0))
        return leat_parser_unexpected(p, "a table name", "a query in FROM stands in parentheses");
    return named_table(p, table);
}

static struct leat_ast_table *primary(struct leat_parser *p, enum place place) {
    uint32_t start = leat_parser_start(p);
    struct leat_ast_table *table = leat_arena_alloc(p->arena, sizeof(*table));
    table->height = 1;
    if (primary_parse(p, table) != 0 || refuse_table_suffixes(p) != 0 || system_time(p, table) != 0 || alias(p, table, place) != 0)
        return NULL;
    table->span = leat_parser_span_from(p, start);
    return table;
}

// Takes the words of a join. 1: there is one, 0: none, -1: a diagnostic is set.
static int join_words(struct leat_parser *p, enum leat_ast_join_kind *kind, struct leat_span *keyword) {
    static const struct {
        const char *word;
        enum leat_ast_join_kind kind;
        bool outer;
    } plain[] = {
        {"CROSS", LEAT_AST_JOIN_CROSS, false}, {"INNER", LEAT_AST_JOIN_INNER, false}, {"LEFT", LEAT_AST_JOIN_LEFT, true},
        {"RIGHT", LEAT_AST_JOIN_RIGHT, true},  {"FULL", LEAT_AST_JOIN_FULL, true},
    };
    uint32_t start = leat_parser_start(p);
    if (leat_parser_at_word(p, 0, "NATURAL"))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "write JOIN ... ON ... or USING (...)", "NATURAL JOIN is not supported");
    if (at_series(p)) {
        leat_parser_take(p);
        *kind = LEAT_AST_JOIN_SERIES;
    } else if (at_asof(p)) {
        bool left = leat_parser_accept_word(p, "LEFT");
        leat_parser_accept_word(p, "INNER");
        leat_parser_take(p); // ASOF
        left |= leat_parser_accept_word(p, "LEFT");
        *kind = left ? LEAT_AST_JOIN_ASOF_LEFT : LEAT_AST_JOIN_ASOF;
    } else if (leat_parser_at_word(p, 0, "JOIN")) {
        *kind = LEAT_AST_JOIN_INNER;
    } else {
        size_t i = 0;
        while (i < LEAT_ARRAY_LEN(plain) && !leat_parser_accept_word(p, plain[i].word))
            i++;
        if (i == LEAT_ARRAY_LEN(plain))
            return 0;
        *kind = plain[i].kind;
        if (plain[i].outer)
            leat_parser_accept_word(p, "OUTER");
        if (at_series(p))
            return leat_parser_fail(p, leat_parser_span_from(p, start), "write SERIES JOIN alone: l SERIES JOIN r ON ... TOLERANCE ...",
                                    "SERIES JOIN is an inner join: there is no %s form of it", plain[i].word);
    }
    if (leat_parser_at_word(p, 0, "SEMI") || leat_parser_at_word(p, 0, "ANTI"))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "write WHERE [NOT] EXISTS (...)", "semi and anti joins are not supported");
    if (leat_parser_expect_word(p, "JOIN") != 0)
        return -1;
    *keyword = leat_parser_span_from(p, start);
    return 1;
}

static int join_condition(struct leat_parser *p, struct leat_ast_table *join) {
    if (leat_parser_accept_word(p, "USING"))
        return leat_parser_name_list(p, "a column name", &join->join.using);
    if (leat_parser_expect_word(p, "ON") != 0)
        return -1;
    join->join.on = leat_parser_expression(p);
    return join->join.on ? leat_parser_raise(p, &join->height, join->join.on->height, join->join.on->span) : -1;
}

static int tolerance(struct leat_parser *p, struct leat_ast_table *join) {
    if (leat_parser_check_misspelled(p, "TOLERANCE") != 0)
        return -1;
    if (!leat_parser_accept_word(p, "TOLERANCE")) {
        if (join->join.kind != LEAT_AST_JOIN_SERIES)
            return 0;
        return leat_parser_fail(
            p, join->join.keyword,
            "say behind ON how far apart neighbours may be, which also bounds the memory: TOLERANCE INTERVAL '1' SECOND",
            "SERIES JOIN needs a TOLERANCE");
    }
    struct leat_ast_expr *expr = leat_parser_sum(p);
    if (!expr)
        return -1;
    join->join.tolerance = expr;
    if (expr->kind != LEAT_AST_EXPR_LITERAL || expr->literal.kind != LEAT_AST_LITERAL_INTERVAL)
        return leat_parser_fail(p, expr->span, "write TOLERANCE INTERVAL '1' SECOND", "TOLERANCE takes an INTERVAL literal");
    if (expr->literal.interval.is_months)
        return leat_parser_fail(p, expr->span, "write it in days, hours, minutes or seconds",
                                "TOLERANCE takes no months or years: they are not always equally long");
    if (expr->literal.interval.value < 0)
        return leat_parser_fail(p, expr->span, "leave the minus out", "TOLERANCE is a length of time that is not negative");
    return 0;
}

// What stands behind the right table of a join of this kind.
static int join_clauses(struct leat_parser *p, struct leat_ast_table *join) {
    switch (join->join.kind) {
    case LEAT_AST_JOIN_COMMA:
    case LEAT_AST_JOIN_CROSS:
        return 0;
    case LEAT_AST_JOIN_INNER:
    case LEAT_AST_JOIN_LEFT:
    case LEAT_AST_JOIN_RIGHT:
    case LEAT_AST_JOIN_FULL:
        return join_condition(p, join);
    case LEAT_AST_JOIN_SERIES:
        if (leat_parser_expect_word(p, "ON") != 0)
            return -1;
        join->join.on = leat_parser_expression(p);
        if (!join->join.on || leat_parser_raise(p, &join->height, join->join.on->height, join->join.on->span) != 0)
            return -1;
        return tolerance(p, join);
    case LEAT_AST_JOIN_ASOF:
    case LEAT_AST_JOIN_ASOF_LEFT:
        if (leat_parser_accept_word(p, "MATCH_CONDITION")) {
            join->join.match = leat_parser_expression(p);
            if (!join->join.match || leat_parser_raise(p, &join->height, join->join.match->height, join->join.match->span) != 0)
                return -1;
        } else if (leat_parser_check_misspelled(p, "MATCH_CONDITION") != 0) {
            return -1;
        }
        return join_condition(p, join) == 0 ? tolerance(p, join) : -1;
    }
    return -1;
}

static struct leat_ast_table *join_new(struct leat_parser *p, struct leat_ast_table *left, enum leat_ast_join_kind kind,
                                       struct leat_span keyword) {
    struct leat_ast_table *join = leat_arena_alloc(p->arena, sizeof(*join));
    join->kind = LEAT_AST_TABLE_JOIN;
    join->height = left->height + 1;
    join->join.kind = kind;
    join->join.left = left;
    join->join.keyword = keyword;
    return join;
}

static int join_finish(struct leat_parser *p, struct leat_ast_table *join) {
    join->span = leat_parser_span_from(p, join->join.left->span.start);
    return leat_parser_raise(p, &join->height, LEAT_MAX(join->join.left->height, join->join.right->height), join->join.keyword);
}

// Tables with JOIN between, leaning to the left.
static struct leat_ast_table *joined(struct leat_parser *p) {
    struct leat_ast_table *left = primary(p, PLACE_FROM);
    while (left) {
        enum leat_ast_join_kind kind = LEAT_AST_JOIN_INNER;
        struct leat_span keyword = {0};
        int found = join_words(p, &kind, &keyword);
        if (found <= 0)
            return found == 0 ? left : NULL;
        bool neighbour = kind == LEAT_AST_JOIN_SERIES || kind == LEAT_AST_JOIN_ASOF || kind == LEAT_AST_JOIN_ASOF_LEFT;
        struct leat_ast_table *join = join_new(p, left, kind, keyword);
        join->join.right = primary(p, neighbour ? PLACE_NEIGHBOUR : PLACE_FROM);
        if (!join->join.right || join_clauses(p, join) != 0 || join_finish(p, join) != 0)
            return NULL;
        left = join;
    }
    return NULL;
}

struct leat_ast_table *leat_parser_from(struct leat_parser *p) {
    struct leat_ast_table *left = joined(p);
    while (left && leat_parser_at(p, LEAT_TOKEN_COMMA)) {
        struct leat_ast_table *join = join_new(p, left, LEAT_AST_JOIN_COMMA, leat_parser_take(p).span);
        join->join.right = joined(p);
        if (!join->join.right || join_finish(p, join) != 0)
            return NULL;
        left = join;
    }
    return left;
}
