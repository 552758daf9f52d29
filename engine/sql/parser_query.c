// Queries: WITH, SELECT and its clauses, VALUES, set operations, ORDER BY, LIMIT. FROM is in parser_table.c.
#include "engine/sql/parser_internal.h"

static struct leat_ast_body *body(struct leat_parser *p);

bool leat_parser_at_query(struct leat_parser *p, uint32_t ahead) {
    return leat_parser_at_word(p, ahead, "SELECT") || leat_parser_at_word(p, ahead, "WITH") || leat_parser_at_word(p, ahead, "VALUES");
}

// [AS] alias behind an item of SELECT.
static int item_alias(struct leat_parser *p, struct leat_ast_name *alias) {
    if (leat_parser_accept_word(p, "AS"))
        return leat_parser_name(p, "a column name", alias);
    if (!leat_parser_at_name(p))
        return 0;
    if (leat_parser_name(p, "a column name", alias) != 0)
        return -1;
    if (!alias->quoted)
        p->bare_alias = alias->span;
    return 0;
}

static int select_item(struct leat_parser *p, struct leat_ast_select_item *item) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_accept(p, LEAT_TOKEN_STAR)) {
        item->star = true;
    } else {
        struct leat_ast_expr *expr = leat_parser_expression(p);
        if (!expr)
            return -1;
        item->star = expr->kind == LEAT_AST_EXPR_COLUMN && leat_parser_at(p, LEAT_TOKEN_DOT); // a path stops before .*
        if (item->star) {
            item->table = expr->column;
            leat_parser_take(p);
            leat_parser_take(p);
        } else {
            item->expr = expr;
            if (item_alias(p, &item->alias) != 0)
                return -1;
        }
    }
    item->span = leat_parser_span_from(p, start);
    return 0;
}

static int select_items(struct leat_parser *p, struct leat_ast_select *select) {
    do {
        select->items = leat_parser_grow(p, select->items, select->item_count, sizeof(*select->items));
        if (select_item(p, &select->items[select->item_count]) != 0)
            return -1;
        select->item_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

static int group_item(struct leat_parser *p, struct leat_ast_group_item *item);

// (item, item, ...); empty only where `may_be_empty`.
static int group_list(struct leat_parser *p, struct leat_ast_group_item *item, bool may_be_empty) {
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0 || leat_parser_enter(p) != 0)
        return -1;
    if (!may_be_empty || !leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS)) {
        do {
            item->items = leat_parser_grow(p, item->items, item->count, sizeof(*item->items));
            if (group_item(p, &item->items[item->count]) != 0)
                return -1;
            item->count++;
        } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    }
    leat_parser_leave(p);
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`");
}

static int group_item(struct leat_parser *p, struct leat_ast_group_item *item) {
    uint32_t start = leat_parser_start(p);
    int result = 0;
    bool empty = leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && leat_parser_peek(p, 1)->kind == LEAT_TOKEN_RIGHT_PARENTHESIS;
    if (leat_parser_at_word(p, 0, "GROUPING") && leat_parser_at_word(p, 1, "SETS")) {
        leat_parser_take(p);
        leat_parser_take(p);
        item->kind = LEAT_AST_GROUP_SETS;
        result = group_list(p, item, false);
    } else if (leat_parser_at_word(p, 0, "ROLLUP") || leat_parser_at_word(p, 0, "CUBE")) {
        item->kind = leat_parser_accept_word(p, "ROLLUP") ? LEAT_AST_GROUP_ROLLUP : LEAT_AST_GROUP_CUBE;
        if (item->kind == LEAT_AST_GROUP_CUBE)
            leat_parser_take(p);
        result = group_list(p, item, false);
    } else if (empty) {
        item->kind = LEAT_AST_GROUP_LIST;
        result = group_list(p, item, true);
    } else {
        item->expr = leat_parser_expression(p);
        result = item->expr ? 0 : -1;
    }
    item->span = leat_parser_span_from(p, start);
    return result;
}

// GROUPING SETS ((a, b), ()): a list of several is read as a row of expressions; this turns it into a list.
static void rows_to_lists(struct leat_parser *p, struct leat_ast_group_item *item) {
    for (uint32_t i = 0; i < item->count; i++) {
        struct leat_ast_group_item *child = &item->items[i];
        rows_to_lists(p, child);
        if (child->kind != LEAT_AST_GROUP_EXPR || child->expr->kind != LEAT_AST_EXPR_ROW)
            continue;
        struct leat_ast_exprs list = child->expr->list;
        child->kind = LEAT_AST_GROUP_LIST;
        child->expr = NULL;
        child->count = list.count;
        child->items = leat_arena_alloc(p->arena, list.count * sizeof(*child->items));
        for (uint32_t k = 0; k < list.count; k++)
            child->items[k] = (struct leat_ast_group_item){.span = list.items[k]->span, .expr = list.items[k]};
    }
}

static int group_by(struct leat_parser *p, struct leat_ast_select *select) {
    uint32_t start = leat_parser_start(p);
    if (!leat_parser_accept_word(p, "GROUP"))
        return 0;
    if (leat_parser_expect_word(p, "BY") != 0)
        return -1;
    select->has_group = true;
    do {
        select->groups = leat_parser_grow(p, select->groups, select->group_count, sizeof(*select->groups));
        if (group_item(p, &select->groups[select->group_count]) != 0)
            return -1;
        rows_to_lists(p, &select->groups[select->group_count]);
        select->group_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    select->group_span = leat_parser_span_from(p, start);
    return 0;
}

// WINDOW w AS (...), ...
static int windows(struct leat_parser *p, struct leat_ast_select *select) {
    if (!leat_parser_accept_word(p, "WINDOW"))
        return 0;
    do {
        select->windows = leat_parser_grow(p, select->windows, select->window_count, sizeof(*select->windows));
        struct leat_ast_window *window = &select->windows[select->window_count];
        if (leat_parser_name(p, "a window name", &window->name) != 0 || leat_parser_expect_word(p, "AS") != 0 ||
            leat_parser_window(p, window) != 0)
            return -1;
        select->window_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

// `WORD expression` where the word stands there.
static int clause(struct leat_parser *p, const char *word, struct leat_ast_expr **out) {
    if (!leat_parser_accept_word(p, word))
        return 0;
    *out = leat_parser_expression(p);
    return *out ? 0 : -1;
}

static int select_clauses(struct leat_parser *p, struct leat_ast_select *select) {
    if (leat_parser_at(p, LEAT_TOKEN_HINT_BEGIN))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "only OPTIONS hints behind a table are",
                                "hints of queries are not supported");
    select->distinct = leat_parser_accept_word(p, "DISTINCT");
    if (!select->distinct)
        leat_parser_accept_word(p, "ALL");
    if (select_items(p, select) != 0)
        return -1;
    if (leat_parser_accept_word(p, "FROM")) {
        select->from = leat_parser_from(p);
        if (!select->from)
            return -1;
    }
    if (clause(p, "WHERE", &select->where) != 0 || group_by(p, select) != 0 || clause(p, "HAVING", &select->having) != 0)
        return -1;
    return windows(p, select) == 0 ? clause(p, "QUALIFY", &select->qualify) : -1;
}

static int values_row(struct leat_parser *p, struct leat_ast_values_row *row) {
    struct leat_ast_expr *expr = leat_parser_expression(p);
    if (!expr)
        return -1;
    row->span = expr->span;
    if (expr->kind == LEAT_AST_EXPR_ROW) {
        row->values = expr->list;
        return 0;
    }
    row->values.items = leat_arena_alloc(p->arena, sizeof(struct leat_ast_expr *));
    row->values.items[0] = expr;
    row->values.count = 1;
    return 0;
}

static int values(struct leat_parser *p, struct leat_ast_body *out) {
    do {
        out->values.rows = leat_parser_grow(p, out->values.rows, out->values.count, sizeof(*out->values.rows));
        if (values_row(p, &out->values.rows[out->values.count]) != 0)
            return -1;
        out->values.count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

// ( query )
static int nested_query(struct leat_parser *p, struct leat_ast_body *out) {
    leat_parser_take(p);
    out->query = leat_parser_query(p);
    if (!out->query || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
        return -1;
    return leat_parser_raise(p, &out->height, out->query->height, out->query->span);
}

static int operand_parse(struct leat_parser *p, struct leat_ast_body *out) {
    if (leat_parser_accept_word(p, "SELECT")) {
        out->kind = LEAT_AST_BODY_SELECT;
        out->select = leat_arena_alloc(p->arena, sizeof(*out->select));
        return select_clauses(p, out->select);
    }
    if (leat_parser_accept_word(p, "VALUES")) {
        out->kind = LEAT_AST_BODY_VALUES;
        return values(p, out);
    }
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        out->kind = LEAT_AST_BODY_QUERY;
        return nested_query(p, out);
    }
    if (leat_parser_at_word(p, 0, "TABLE"))
        return leat_parser_unexpected(p, "SELECT or VALUES", "write SELECT * FROM the table");
    if (leat_parser_check_misspelled(p, "SELECT") != 0)
        return -1;
    return leat_parser_unexpected(p, "SELECT, VALUES or WITH", NULL);
}

// One operand of UNION and its like. Its height is that of all expressions and tables inside.
static struct leat_ast_body *set_operand(struct leat_parser *p) {
    uint32_t start = leat_parser_start(p), tallest = p->tallest;
    struct leat_ast_body *out = leat_arena_alloc(p->arena, sizeof(*out));
    p->tallest = 0;
    if (operand_parse(p, out) != 0)
        return NULL;
    out->span = leat_parser_span_from(p, start);
    int result = leat_parser_raise(p, &out->height, p->tallest, out->span);
    p->tallest = LEAT_MAX(p->tallest, tallest);
    return result == 0 ? out : NULL;
}

static struct leat_ast_body *set_operation(struct leat_parser *p, struct leat_ast_body *left, enum leat_ast_set_op op,
                                           struct leat_ast_body *(*parse_right)(struct leat_parser *)) {
    struct leat_span op_span = leat_parser_take(p).span;
    struct leat_ast_body *out = leat_arena_alloc(p->arena, sizeof(*out));
    out->kind = LEAT_AST_BODY_SET;
    out->set.op = op;
    out->set.all = leat_parser_accept_word(p, "ALL");
    if (!out->set.all)
        leat_parser_accept_word(p, "DISTINCT");
    op_span.end = p->last_end;
    out->set.op_span = op_span;
    out->set.left = left;
    out->set.right = parse_right(p);
    if (!out->set.right)
        return NULL;
    out->span = leat_span_join(left->span, out->set.right->span);
    uint32_t child = LEAT_MAX(left->height, out->set.right->height);
    return leat_parser_raise(p, &out->height, child, op_span) == 0 ? out : NULL;
}

// INTERSECT binds tighter than UNION and EXCEPT.
static struct leat_ast_body *intersection(struct leat_parser *p) {
    struct leat_ast_body *left = set_operand(p);
    while (left && leat_parser_at_word(p, 0, "INTERSECT"))
        left = set_operation(p, left, LEAT_AST_SET_INTERSECT, set_operand);
    return left;
}

static struct leat_ast_body *body(struct leat_parser *p) {
    struct leat_ast_body *left = intersection(p);
    while (left) {
        if (leat_parser_at_word(p, 0, "UNION")) {
            left = set_operation(p, left, LEAT_AST_SET_UNION, intersection);
        } else if (leat_parser_at_word(p, 0, "EXCEPT")) {
            left = set_operation(p, left, LEAT_AST_SET_EXCEPT, intersection);
        } else if (leat_parser_at_word(p, 0, "MINUS")) {
            leat_parser_unexpected(p, "the end of the query", "the operation is called EXCEPT");
            return NULL;
        } else {
            break;
        }
    }
    return left;
}

int leat_parser_order_item(struct leat_parser *p, struct leat_ast_order *out) {
    out->items = leat_parser_grow(p, out->items, out->count, sizeof(*out->items));
    struct leat_ast_order_item *item = &out->items[out->count];
    item->expr = leat_parser_expression(p);
    if (!item->expr)
        return -1;
    item->descending = leat_parser_accept_word(p, "DESC");
    if (!item->descending)
        leat_parser_accept_word(p, "ASC");
    if (leat_parser_accept_word(p, "NULLS")) {
        item->nulls_written = true;
        item->nulls_first = leat_parser_accept_word(p, "FIRST");
        if (!item->nulls_first && leat_parser_expect_word(p, "LAST") != 0)
            return -1;
    }
    item->span = leat_parser_span_from(p, item->expr->span.start);
    out->count++;
    return 0;
}

int leat_parser_order_items(struct leat_parser *p, struct leat_ast_order *out) {
    do {
        if (leat_parser_order_item(p, out) != 0)
            return -1;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

static void skip_row_word(struct leat_parser *p) {
    if (!leat_parser_accept_word(p, "ROW"))
        leat_parser_accept_word(p, "ROWS");
}

static int limit(struct leat_parser *p, struct leat_ast_query *query) {
    if (leat_parser_accept_word(p, "LIMIT") && !leat_parser_accept_word(p, "ALL")) {
        query->limit = leat_parser_expression(p);
        if (!query->limit)
            return -1;
        if (leat_parser_at(p, LEAT_TOKEN_COMMA))
            return leat_parser_unexpected(p, "the end of the query", "write LIMIT count OFFSET start");
    }
    if (leat_parser_accept_word(p, "OFFSET")) {
        query->offset = leat_parser_expression(p);
        if (!query->offset)
            return -1;
        skip_row_word(p);
    }
    if (leat_parser_accept_word(p, "FETCH")) {
        if (!leat_parser_accept_word(p, "FIRST") && leat_parser_expect_word(p, "NEXT") != 0)
            return -1;
        query->limit = leat_parser_expression(p);
        if (!query->limit)
            return -1;
        skip_row_word(p);
        return leat_parser_expect_word(p, "ONLY");
    }
    return 0;
}

static int order_and_limit(struct leat_parser *p, struct leat_ast_query *query) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_accept_word(p, "ORDER") && (leat_parser_expect_word(p, "BY") != 0 || leat_parser_order_items(p, &query->order) != 0))
        return -1;
    if (limit(p, query) != 0)
        return -1;
    if (query->order.count || query->limit || query->offset)
        query->tail = leat_parser_span_from(p, start);
    return 0;
}

// WITH name [(columns)] AS (query), ...
static int with(struct leat_parser *p, struct leat_ast_query *query) {
    if (!leat_parser_accept_word(p, "WITH"))
        return 0;
    if (leat_parser_at_word(p, 0, "RECURSIVE"))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "recursive queries are not supported");
    do {
        query->ctes = leat_parser_grow(p, query->ctes, query->cte_count, sizeof(*query->ctes));
        struct leat_ast_cte *cte = &query->ctes[query->cte_count];
        if (leat_parser_name(p, "a name for the query", &cte->name) != 0)
            return -1;
        if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && leat_parser_name_list(p, "a column name", &cte->columns) != 0)
            return -1;
        if (leat_parser_expect_word(p, "AS") != 0 || leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(` and a query") != 0)
            return -1;
        cte->query = leat_parser_query(p);
        if (!cte->query || leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
            return -1;
        query->cte_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return 0;
}

struct leat_ast_query *leat_parser_query(struct leat_parser *p) {
    if (leat_parser_enter(p) != 0)
        return NULL;
    uint32_t start = leat_parser_start(p), tallest = p->tallest;
    struct leat_ast_query *query = leat_arena_alloc(p->arena, sizeof(*query));
    p->tallest = 0;
    int result = with(p, query);
    if (result == 0)
        result = (query->body = body(p)) ? order_and_limit(p, query) : -1;
    leat_parser_leave(p);
    query->span = leat_parser_span_from(p, start);
    if (result == 0)
        result = leat_parser_raise(p, &query->height, p->tallest, query->span);
    p->tallest = LEAT_MAX(p->tallest, tallest);
    return result == 0 ? query : NULL;
}
