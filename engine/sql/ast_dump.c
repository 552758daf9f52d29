// The syntax tree as s-expressions, for tests and debugging.
#include "engine/sql/ast.h"

#include "engine/base/arena.h"
#include "engine/base/assert.h"

#include <stdarg.h>
#include <stdio.h>

// Text that grows in the arena.
struct dump {
    struct leat_arena *arena;
    char *text;
    size_t length;
    size_t capacity;
};

static void dump_query(struct dump *d, const struct leat_ast_query *query);
static void dump_expr(struct dump *d, const struct leat_ast_expr *expr);

static void put_bytes(struct dump *d, const char *text, size_t length) {
    if (d->length + length + 1 > d->capacity) {
        size_t capacity = LEAT_MAX(2 * d->capacity, d->length + length + 256);
        char *more = leat_arena_alloc(d->arena, capacity);
        if (d->length)
            memcpy(more, d->text, d->length);
        d->text = more;
        d->capacity = capacity;
    }
    memcpy(d->text + d->length, text, length);
    d->length += length;
    d->text[d->length] = 0;
}

static void put(struct dump *d, const char *text) {
    put_bytes(d, text, strlen(text));
}

static void LEAT_PRINTF(2, 3) put_format(struct dump *d, const char *format, ...) {
    char part[128];
    va_list args;
    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    put(d, part);
}

static void put_string(struct dump *d, const struct leat_ast_string *string) {
    put(d, "'");
    put(d, string->substituted ? string->written : string->text);
    put(d, "'");
}

static void put_path(struct dump *d, const struct leat_ast_path *path) {
    for (uint32_t i = 0; i < path->count; i++) {
        put(d, i ? "." : "");
        put(d, path->parts[i].text);
    }
}

// (word a b)
static void put_names(struct dump *d, const char *word, const struct leat_ast_names *names) {
    if (!names->count)
        return;
    put(d, " (");
    put(d, word);
    for (uint32_t i = 0; i < names->count; i++) {
        put(d, " ");
        put(d, names->items[i].text);
    }
    put(d, ")");
}

const char *leat_ast_path_text(struct leat_arena *arena, const struct leat_ast_path *path) {
    struct dump d = {.arena = arena};
    put(&d, "");
    put_path(&d, path);
    return d.text;
}

const char *leat_ast_operator_name(enum leat_ast_operator op) {
    static const char *const names[] = {
        [LEAT_AST_OP_NOT] = "NOT",
        [LEAT_AST_OP_PLUS] = "+",
        [LEAT_AST_OP_MINUS] = "-",
        [LEAT_AST_OP_OR] = "OR",
        [LEAT_AST_OP_AND] = "AND",
        [LEAT_AST_OP_EQUAL] = "=",
        [LEAT_AST_OP_NOT_EQUAL] = "<>",
        [LEAT_AST_OP_LESS] = "<",
        [LEAT_AST_OP_LESS_EQUAL] = "<=",
        [LEAT_AST_OP_GREATER] = ">",
        [LEAT_AST_OP_GREATER_EQUAL] = ">=",
        [LEAT_AST_OP_DISTINCT] = "IS DISTINCT FROM",
        [LEAT_AST_OP_NOT_DISTINCT] = "IS NOT DISTINCT FROM",
        [LEAT_AST_OP_CONCAT] = "||",
        [LEAT_AST_OP_ADD] = "+",
        [LEAT_AST_OP_SUBTRACT] = "-",
        [LEAT_AST_OP_MULTIPLY] = "*",
        [LEAT_AST_OP_DIVIDE] = "/",
        [LEAT_AST_OP_REMAINDER] = "%",
    };
    leat_assert((size_t)op < LEAT_ARRAY_LEN(names));
    return names[op];
}

// ---- types

static void dump_type(struct dump *d, const struct leat_ast_type *type) {
    static const char *const names[] = {
        [LEAT_AST_TYPE_BOOLEAN] = "BOOLEAN",
        [LEAT_AST_TYPE_TINYINT] = "TINYINT",
        [LEAT_AST_TYPE_SMALLINT] = "SMALLINT",
        [LEAT_AST_TYPE_INT] = "INT",
        [LEAT_AST_TYPE_BIGINT] = "BIGINT",
        [LEAT_AST_TYPE_FLOAT] = "FLOAT",
        [LEAT_AST_TYPE_DOUBLE] = "DOUBLE",
        [LEAT_AST_TYPE_DECIMAL] = "DECIMAL",
        [LEAT_AST_TYPE_CHAR] = "CHAR",
        [LEAT_AST_TYPE_VARCHAR] = "VARCHAR",
        [LEAT_AST_TYPE_STRING] = "STRING",
        [LEAT_AST_TYPE_BINARY] = "BINARY",
        [LEAT_AST_TYPE_VARBINARY] = "VARBINARY",
        [LEAT_AST_TYPE_BYTES] = "BYTES",
        [LEAT_AST_TYPE_DATE] = "DATE",
        [LEAT_AST_TYPE_TIME] = "TIME",
        [LEAT_AST_TYPE_TIMESTAMP] = "TIMESTAMP",
        [LEAT_AST_TYPE_TIMESTAMP_LTZ] = "TIMESTAMP_LTZ",
        [LEAT_AST_TYPE_TIMESTAMP_TZ] = "TIMESTAMP_TZ",
        [LEAT_AST_TYPE_INTERVAL] = "INTERVAL",
        [LEAT_AST_TYPE_ARRAY] = "ARRAY",
        [LEAT_AST_TYPE_MULTISET] = "MULTISET",
        [LEAT_AST_TYPE_MAP] = "MAP",
        [LEAT_AST_TYPE_ROW] = "ROW",
        [LEAT_AST_TYPE_RAW] = "RAW",
        [LEAT_AST_TYPE_NULL] = "NULL",
        [LEAT_AST_TYPE_NAMED] = "",
    };
    put(d, names[type->kind]);
    put_path(d, &type->path);
    if (type->kind == LEAT_AST_TYPE_INTERVAL)
        put_format(d, " %s", leat_ast_unit_name(type->from));
    if (type->precision >= 0 && type->scale >= 0 && !type->to)
        put_format(d, "(%d, %d)", type->precision, type->scale);
    else if (type->precision >= 0)
        put_format(d, "(%d)", type->precision);
    if (type->to)
        put_format(d, " TO %s", leat_ast_unit_name(type->to));
    if (type->to && type->scale >= 0)
        put_format(d, "(%d)", type->scale);
    if (type->element || type->field_count)
        put(d, "<");
    if (type->key) {
        dump_type(d, type->key);
        put(d, ", ");
    }
    if (type->element)
        dump_type(d, type->element);
    for (uint32_t i = 0; i < type->field_count; i++) {
        put(d, i ? ", " : "");
        put(d, type->fields[i].name.text);
        put(d, " ");
        dump_type(d, type->fields[i].type);
    }
    if (type->element || type->field_count)
        put(d, ">");
    put(d, type->not_null ? " NOT NULL" : "");
}

const char *leat_ast_dump_type(struct leat_arena *arena, const struct leat_ast_type *type) {
    struct dump d = {.arena = arena};
    dump_type(&d, type);
    return d.text;
}

// ---- expressions

static void dump_child(struct dump *d, const struct leat_ast_expr *expr) {
    put(d, " ");
    dump_expr(d, expr);
}

static void dump_list(struct dump *d, const struct leat_ast_exprs *list) {
    for (uint32_t i = 0; i < list->count; i++)
        dump_child(d, list->items[i]);
}

// (word a b), nothing for an empty list.
static void dump_named_list(struct dump *d, const char *word, const struct leat_ast_exprs *list) {
    if (!list->count)
        return;
    put(d, " (");
    put(d, word);
    dump_list(d, list);
    put(d, ")");
}

static void dump_order(struct dump *d, const struct leat_ast_order *order) {
    if (!order->count)
        return;
    put(d, " (order-by");
    for (uint32_t i = 0; i < order->count; i++) {
        const struct leat_ast_order_item *item = &order->items[i];
        dump_child(d, item->expr);
        put(d, item->descending ? " DESC" : "");
        if (item->nulls_written)
            put(d, item->nulls_first ? " NULLS-FIRST" : " NULLS-LAST");
    }
    put(d, ")");
}

static void dump_literal(struct dump *d, const struct leat_ast_literal *literal) {
    switch (literal->kind) {
    case LEAT_AST_LITERAL_NULL:
        put(d, "NULL");
        return;
    case LEAT_AST_LITERAL_TRUE:
        put(d, "TRUE");
        return;
    case LEAT_AST_LITERAL_FALSE:
        put(d, "FALSE");
        return;
    case LEAT_AST_LITERAL_UNKNOWN:
        put(d, "UNKNOWN");
        return;
    case LEAT_AST_LITERAL_INTEGER:
    case LEAT_AST_LITERAL_DECIMAL:
    case LEAT_AST_LITERAL_DOUBLE:
        put(d, literal->text.text);
        return;
    case LEAT_AST_LITERAL_INTERVAL:
        put_format(d, "(INTERVAL %lld %s)", (long long)literal->interval.value, literal->interval.is_months ? "months" : "us");
        return;
    case LEAT_AST_LITERAL_BINARY:
        put(d, "X");
        break;
    case LEAT_AST_LITERAL_DATE:
        put(d, "DATE");
        break;
    case LEAT_AST_LITERAL_TIME:
        put(d, "TIME");
        break;
    case LEAT_AST_LITERAL_TIMESTAMP:
        put(d, "TIMESTAMP");
        break;
    case LEAT_AST_LITERAL_STRING:
        break;
    }
    put_string(d, &literal->text);
}

static void dump_bound(struct dump *d, const struct leat_ast_bound *bound) {
    static const char *const names[] = {"UNBOUNDED-PRECEDING", "PRECEDING", "CURRENT-ROW", "FOLLOWING", "UNBOUNDED-FOLLOWING"};
    put(d, " (");
    put(d, names[bound->kind]);
    if (bound->offset)
        dump_child(d, bound->offset);
    put(d, ")");
}

static void dump_window(struct dump *d, const char *word, const struct leat_ast_window *window) {
    put(d, " (");
    put(d, word);
    if (window->name.text) {
        put(d, " ");
        put(d, window->name.text);
    }
    if (window->base.text) {
        put(d, " ");
        put(d, window->base.text);
    }
    dump_named_list(d, "partition-by", &window->partition);
    dump_order(d, &window->order);
    if (window->has_frame) {
        put(d, window->rows ? " ROWS" : " RANGE");
        dump_bound(d, &window->lower);
        dump_bound(d, &window->upper);
    }
    put(d, ")");
}

static void dump_call(struct dump *d, const struct leat_ast_call *call) {
    static const char *const trims[] = {"", " BOTH", " LEADING", " TRAILING"};
    put(d, "(");
    put_path(d, &call->name);
    put(d, trims[call->trim]);
    put(d, call->distinct ? " DISTINCT" : "");
    put(d, call->star ? " *" : "");
    if (call->unit)
        put_format(d, " %s", leat_ast_unit_name(call->unit));
    dump_list(d, &call->args);
    put(d, call->ignore_nulls ? " IGNORE-NULLS" : "");
    if (call->filter) {
        put(d, " (filter");
        dump_child(d, call->filter);
        put(d, ")");
    }
    if (call->over)
        dump_window(d, "over", call->over);
    put(d, ")");
}

static void dump_case(struct dump *d, const struct leat_ast_expr *expr) {
    put(d, "(CASE");
    if (expr->cases.operand)
        dump_child(d, expr->cases.operand);
    for (uint32_t i = 0; i < expr->cases.count; i++) {
        put(d, " (when");
        dump_child(d, expr->cases.whens[i].when);
        dump_child(d, expr->cases.whens[i].then);
        put(d, ")");
    }
    if (expr->cases.otherwise) {
        put(d, " (else");
        dump_child(d, expr->cases.otherwise);
        put(d, ")");
    }
    put(d, ")");
}

// IS, BETWEEN, IN, LIKE
static void dump_test(struct dump *d, const struct leat_ast_expr *expr) {
    static const char *const tests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
    switch (expr->kind) {
    case LEAT_AST_EXPR_IS:
        put_format(d, "(IS %s%s", expr->is.negated ? "NOT " : "", tests[expr->is.test]);
        dump_child(d, expr->is.operand);
        break;
    case LEAT_AST_EXPR_BETWEEN:
        put_format(d, "(%sBETWEEN%s", expr->between.negated ? "NOT " : "", expr->between.symmetric ? " SYMMETRIC" : "");
        dump_child(d, expr->between.operand);
        dump_child(d, expr->between.low);
        dump_child(d, expr->between.high);
        break;
    case LEAT_AST_EXPR_IN:
        put_format(d, "(%sIN", expr->in.negated ? "NOT " : "");
        dump_child(d, expr->in.operand);
        dump_list(d, &expr->in.list);
        if (expr->in.query) {
            put(d, " ");
            dump_query(d, expr->in.query);
        }
        break;
    default:
        put_format(d, "(%s%s", expr->like.negated ? "NOT " : "", expr->like.similar ? "SIMILAR TO" : "LIKE");
        dump_child(d, expr->like.operand);
        dump_child(d, expr->like.pattern);
        if (expr->like.escape)
            dump_child(d, expr->like.escape);
        break;
    }
    put(d, ")");
}

// What is made of other expressions only.
static void dump_compound(struct dump *d, const struct leat_ast_expr *expr) {
    switch (expr->kind) {
    case LEAT_AST_EXPR_UNARY:
        put_format(d, "(%s", leat_ast_operator_name(expr->unary.op));
        dump_child(d, expr->unary.operand);
        break;
    case LEAT_AST_EXPR_BINARY:
        put_format(d, "(%s", leat_ast_operator_name(expr->binary.op));
        dump_child(d, expr->binary.left);
        dump_child(d, expr->binary.right);
        break;
    case LEAT_AST_EXPR_CAST:
        put(d, expr->cast.is_try ? "(TRY_CAST" : "(CAST");
        dump_child(d, expr->cast.operand);
        put(d, " ");
        dump_type(d, expr->cast.type);
        break;
    case LEAT_AST_EXPR_ROW:
    case LEAT_AST_EXPR_ARRAY:
    case LEAT_AST_EXPR_MAP:
        put(d, expr->kind == LEAT_AST_EXPR_ROW ? "(ROW" : expr->kind == LEAT_AST_EXPR_ARRAY ? "(ARRAY" : "(MAP");
        dump_list(d, &expr->list);
        break;
    case LEAT_AST_EXPR_ELEMENT:
        put(d, "(element");
        dump_child(d, expr->element.operand);
        dump_child(d, expr->element.index);
        break;
    default:
        put(d, "(field");
        dump_child(d, expr->field.operand);
        put(d, " ");
        put(d, expr->field.name.text);
        break;
    }
    put(d, ")");
}

static void dump_expr(struct dump *d, const struct leat_ast_expr *expr) {
    switch (expr->kind) {
    case LEAT_AST_EXPR_LITERAL:
        dump_literal(d, &expr->literal);
        return;
    case LEAT_AST_EXPR_COLUMN:
        put_path(d, &expr->column);
        return;
    case LEAT_AST_EXPR_IS:
    case LEAT_AST_EXPR_BETWEEN:
    case LEAT_AST_EXPR_IN:
    case LEAT_AST_EXPR_LIKE:
        dump_test(d, expr);
        return;
    case LEAT_AST_EXPR_CASE:
        dump_case(d, expr);
        return;
    case LEAT_AST_EXPR_CALL:
        dump_call(d, &expr->call);
        return;
    case LEAT_AST_EXPR_EXISTS:
        put(d, "(EXISTS ");
        dump_query(d, expr->subquery);
        put(d, ")");
        return;
    case LEAT_AST_EXPR_SUBQUERY:
        dump_query(d, expr->subquery);
        return;
    default:
        dump_compound(d, expr);
        return;
    }
}

const char *leat_ast_dump_expr(struct leat_arena *arena, const struct leat_ast_expr *expr) {
    struct dump d = {.arena = arena};
    dump_expr(&d, expr);
    return d.text;
}

// ---- queries

static void dump_options(struct dump *d, const char *word, const struct leat_ast_options *options) {
    if (!options->count)
        return;
    put(d, " (");
    put(d, word);
    for (uint32_t i = 0; i < options->count; i++) {
        put(d, " ");
        put_string(d, &options->items[i].key);
        put(d, "=");
        put_string(d, &options->items[i].value);
    }
    put(d, ")");
}

static void dump_argument(struct dump *d, const struct leat_ast_argument *arg) {
    put(d, " ");
    if (arg->name.text) {
        put(d, arg->name.text);
        put(d, "=>");
    }
    switch (arg->kind) {
    case LEAT_AST_ARGUMENT_EXPR:
        dump_expr(d, arg->expr);
        return;
    case LEAT_AST_ARGUMENT_DESCRIPTOR:
        put(d, "(descriptor");
        for (uint32_t i = 0; i < arg->columns.count; i++) {
            put(d, " ");
            put(d, arg->columns.items[i].text);
        }
        break;
    case LEAT_AST_ARGUMENT_TABLE:
        put(d, "(table ");
        put_path(d, &arg->table);
        break;
    case LEAT_AST_ARGUMENT_QUERY:
        put(d, "(table ");
        dump_query(d, arg->query);
        break;
    }
    dump_named_list(d, "partition-by", &arg->partition);
    dump_order(d, &arg->order);
    put(d, ")");
}

static void dump_table(struct dump *d, const struct leat_ast_table *table);

// " (word expression)" where there is one.
static void dump_clause(struct dump *d, const char *word, const struct leat_ast_expr *expr) {
    if (!expr)
        return;
    put(d, " (");
    put(d, word);
    dump_child(d, expr);
    put(d, ")");
}

static void dump_join(struct dump *d, const struct leat_ast_table *table) {
    static const char *const names[] = {
        [LEAT_AST_JOIN_COMMA] = "comma",   [LEAT_AST_JOIN_CROSS] = "cross", [LEAT_AST_JOIN_INNER] = "inner",
        [LEAT_AST_JOIN_LEFT] = "left",     [LEAT_AST_JOIN_RIGHT] = "right", [LEAT_AST_JOIN_FULL] = "full",
        [LEAT_AST_JOIN_SERIES] = "series", [LEAT_AST_JOIN_ASOF] = "asof",   [LEAT_AST_JOIN_ASOF_LEFT] = "asof-left",
    };
    put_format(d, "(join %s ", names[table->join.kind]);
    dump_table(d, table->join.left);
    put(d, " ");
    dump_table(d, table->join.right);
    dump_clause(d, "match", table->join.match);
    dump_clause(d, "on", table->join.on);
    put_names(d, "using", &table->join.using);
    dump_clause(d, "tolerance", table->join.tolerance);
    put(d, ")");
}

static void dump_table(struct dump *d, const struct leat_ast_table *table) {
    if (table->kind == LEAT_AST_TABLE_JOIN) {
        dump_join(d, table);
        return;
    }
    put(d, table->lateral ? "(lateral-" : "(");
    switch (table->kind) {
    case LEAT_AST_TABLE_NAME:
        put(d, "table ");
        put_path(d, &table->name);
        break;
    case LEAT_AST_TABLE_SUBQUERY:
        put(d, "subquery ");
        dump_query(d, table->subquery);
        break;
    case LEAT_AST_TABLE_FUNCTION:
        put(d, "function ");
        put_path(d, &table->function.name);
        for (uint32_t i = 0; i < table->function.count; i++)
            dump_argument(d, &table->function.args[i]);
        break;
    default:
        put(d, "unnest");
        dump_list(d, &table->unnest.list);
        put(d, table->unnest.with_ordinality ? " WITH-ORDINALITY" : "");
        break;
    }
    dump_options(d, "options", &table->hint_options);
    dump_clause(d, "as-of", table->system_time);
    if (table->alias.text) {
        put(d, " AS ");
        put(d, table->alias.text);
    }
    put_names(d, "columns", &table->alias_columns);
    put(d, ")");
}

static void dump_group(struct dump *d, const struct leat_ast_group_item *item) {
    static const char *const names[] = {"", "(list", "(sets", "(rollup", "(cube"};
    put(d, " ");
    if (item->kind == LEAT_AST_GROUP_EXPR) {
        dump_expr(d, item->expr);
        return;
    }
    put(d, names[item->kind]);
    for (uint32_t i = 0; i < item->count; i++)
        dump_group(d, &item->items[i]);
    put(d, ")");
}

static void dump_select_item(struct dump *d, const struct leat_ast_select_item *item) {
    put(d, " ");
    if (item->star) {
        put_path(d, &item->table);
        put(d, item->table.count ? ".*" : "*");
        return;
    }
    put(d, item->alias.text ? "(as " : "");
    dump_expr(d, item->expr);
    if (item->alias.text) {
        put(d, " ");
        put(d, item->alias.text);
        put(d, ")");
    }
}

static void dump_select(struct dump *d, const struct leat_ast_select *select) {
    put(d, select->distinct ? "(select DISTINCT (items" : "(select (items");
    for (uint32_t i = 0; i < select->item_count; i++)
        dump_select_item(d, &select->items[i]);
    put(d, ")");
    if (select->from) {
        put(d, " (from ");
        dump_table(d, select->from);
        put(d, ")");
    }
    dump_clause(d, "where", select->where);
    if (select->has_group) {
        put(d, " (group-by");
        for (uint32_t i = 0; i < select->group_count; i++)
            dump_group(d, &select->groups[i]);
        put(d, ")");
    }
    dump_clause(d, "having", select->having);
    for (uint32_t i = 0; i < select->window_count; i++)
        dump_window(d, "window", &select->windows[i]);
    dump_clause(d, "qualify", select->qualify);
    put(d, ")");
}

static void dump_body(struct dump *d, const struct leat_ast_body *body) {
    static const char *const ops[] = {"union", "intersect", "except"};
    switch (body->kind) {
    case LEAT_AST_BODY_SELECT:
        dump_select(d, body->select);
        return;
    case LEAT_AST_BODY_VALUES:
        put(d, "(values");
        for (uint32_t i = 0; i < body->values.count; i++)
            dump_named_list(d, "row", &body->values.rows[i].values);
        break;
    case LEAT_AST_BODY_SET:
        put_format(d, "(%s%s ", ops[body->set.op], body->set.all ? "-all" : "");
        dump_body(d, body->set.left);
        put(d, " ");
        dump_body(d, body->set.right);
        break;
    case LEAT_AST_BODY_QUERY:
        dump_query(d, body->query);
        return;
    }
    put(d, ")");
}

static void dump_query(struct dump *d, const struct leat_ast_query *query) {
    bool wrapped = query->cte_count || query->order.count || query->limit || query->offset;
    put(d, wrapped ? "(query" : "");
    for (uint32_t i = 0; i < query->cte_count; i++) {
        put(d, " (with ");
        put(d, query->ctes[i].name.text);
        put_names(d, "columns", &query->ctes[i].columns);
        put(d, " ");
        dump_query(d, query->ctes[i].query);
        put(d, ")");
    }
    put(d, wrapped ? " " : "");
    dump_body(d, query->body);
    dump_order(d, &query->order);
    dump_clause(d, "limit", query->limit);
    dump_clause(d, "offset", query->offset);
    put(d, wrapped ? ")" : "");
}

// ---- statements

static void dump_column(struct dump *d, const struct leat_ast_column *column) {
    put(d, " (");
    put(d, column->name.text);
    if (column->type) {
        put(d, " ");
        dump_type(d, column->type);
    }
    if (column->kind == LEAT_AST_COLUMN_METADATA)
        put(d, " METADATA");
    if (column->metadata_key) {
        put(d, " FROM ");
        put_string(d, column->metadata_key);
    }
    put(d, column->is_virtual ? " VIRTUAL" : "");
    dump_clause(d, "as", column->expr);
    if (column->comment) {
        put(d, " COMMENT ");
        put_string(d, column->comment);
    }
    put(d, ")");
}

static void dump_like(struct dump *d, const struct leat_ast_like *like) {
    static const char *const merges[] = {" INCLUDING-", " EXCLUDING-", " OVERWRITING-"};
    put(d, " (like ");
    put_path(d, &like->table);
    for (uint32_t i = 0; i < like->count; i++) {
        put(d, merges[like->options[i].merge]);
        put(d, like->options[i].feature.text);
    }
    put(d, ")");
}

static void dump_create_table(struct dump *d, const struct leat_ast_create_table *table) {
    put_format(d, "(create-%stable%s ", table->temporary ? "temporary-" : "", table->if_not_exists ? "-if-not-exists" : "");
    put_path(d, &table->name);
    put(d, " (columns");
    for (uint32_t i = 0; i < table->column_count; i++)
        dump_column(d, &table->columns[i]);
    put(d, ")");
    if (table->watermark) {
        put(d, " (watermark ");
        put_path(d, &table->watermark->column);
        dump_child(d, table->watermark->expr);
        put(d, ")");
    }
    if (table->primary_key)
        put_names(d, "primary-key", &table->primary_key->columns);
    if (table->comment) {
        put(d, " COMMENT ");
        put_string(d, table->comment);
    }
    put_names(d, "partitioned-by", &table->partitioned_by);
    dump_options(d, "with", &table->options);
    if (table->like)
        dump_like(d, table->like);
    if (table->as_query) {
        put(d, " (as ");
        dump_query(d, table->as_query);
        put(d, ")");
    }
    put(d, ")");
}

static void dump_create_view(struct dump *d, const struct leat_ast_create_view *view) {
    put_format(d, "(create-%sview%s ", view->temporary ? "temporary-" : "", view->if_not_exists ? "-if-not-exists" : "");
    put_path(d, &view->name);
    put_names(d, "columns", &view->columns);
    put(d, " ");
    dump_query(d, view->query);
    put(d, ")");
}

static void dump_insert(struct dump *d, const struct leat_ast_insert *insert) {
    struct leat_ast_options partition = {.items = insert->partition, .count = insert->partition_count};
    put(d, insert->overwrite ? "(insert-overwrite " : "(insert ");
    put_path(d, &insert->target);
    dump_options(d, "options", &insert->hint_options);
    dump_options(d, "partition", &partition);
    put_names(d, "columns", &insert->columns);
    put(d, " ");
    dump_query(d, insert->query);
    put(d, ")");
}

static void dump_set(struct dump *d, const char *word, const struct leat_ast_set *set) {
    put(d, word);
    if (set->key.text) {
        put(d, " ");
        put_string(d, &set->key);
    }
    if (set->value.text) {
        put(d, " ");
        put_string(d, &set->value);
    }
    put(d, ")");
}

static void dump_statement(struct dump *d, const struct leat_ast_statement *statement) {
    switch (statement->kind) {
    case LEAT_AST_CREATE_TABLE:
        dump_create_table(d, &statement->create_table);
        return;
    case LEAT_AST_CREATE_VIEW:
        dump_create_view(d, &statement->create_view);
        return;
    case LEAT_AST_DROP:
        put_format(d, "(drop-%s%s%s ", statement->drop.temporary ? "temporary-" : "", statement->drop.view ? "view" : "table",
                   statement->drop.if_exists ? "-if-exists" : "");
        put_path(d, &statement->drop.name);
        break;
    case LEAT_AST_INSERT:
        dump_insert(d, &statement->insert);
        return;
    case LEAT_AST_STATEMENT_SET:
        put(d, "(statement-set");
        for (const struct leat_ast_statement *s = statement->statement_set.first; s; s = s->next) {
            put(d, " ");
            dump_insert(d, &s->insert);
        }
        break;
    case LEAT_AST_SET:
        dump_set(d, "(set", &statement->set);
        return;
    case LEAT_AST_RESET:
        dump_set(d, "(reset", &statement->set);
        return;
    case LEAT_AST_EXPLAIN:
        put(d, "(explain ");
        dump_statement(d, statement->explain);
        break;
    case LEAT_AST_QUERY:
        dump_query(d, statement->query);
        return;
    }
    put(d, ")");
}

const char *leat_ast_dump(struct leat_arena *arena, const struct leat_ast_script *script) {
    struct dump d = {.arena = arena};
    put(&d, "");
    for (const struct leat_ast_statement *s = script->first; s; s = s->next) {
        dump_statement(&d, s);
        put(&d, s->next ? "\n" : "");
    }
    return d.text;
}
