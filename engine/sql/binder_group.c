// GROUP BY: a window aggregation, written with TUMBLE in FROM or in GROUP BY. Items and HAVING are bound over the input with columns that
// stand for aggregates and parts of the window ("placeholders"), then rewritten to be over the aggregation's columns.
#include "engine/sql/binder.h"

#include "engine/sql/suggest.h"

// Most keys and most aggregates of one window.
#define GROUP_MAX 256

struct leat_group {
    const struct leat_relation *input;
    const struct leat_expr *keys[GROUP_MAX];
    const char *key_names[GROUP_MAX];
    uint32_t key_count;
    const struct leat_logical_window *window;
    bool legacy;              // GROUP BY TUMBLE(...)
    uint32_t time;            // legacy: the input's column
    uint32_t part_columns[4]; // TVF: the input's column of each part that is grouped by
    bool parts[4];            // by enum leat_window_part
    struct leat_window_aggregate aggregates[GROUP_MAX];
    const struct leat_expr *args[GROUP_MAX]; // NULL: COUNT(*)
    const char *texts[GROUP_MAX];
    uint32_t aggregate_count;
    uint32_t stray; // rewriting: a column that is not grouped by, or UINT32_MAX
};

// The placeholder columns: behind the input's columns first the aggregates, then the parts of the window.
static uint32_t aggregate_place(const struct leat_group *group, uint32_t i) {
    return group->input->column_count + i;
}
static uint32_t part_place(const struct leat_group *group, enum leat_window_part part) {
    return group->input->column_count + GROUP_MAX + part;
}

// ---- aggregates

static const struct leat_expr *no_aggregate(struct leat_binder *b, const struct leat_ast_expr *ast) {
    leat_diagnostic(b->source, ast->span, "aggregate in a subquery or view", "an aggregate cannot stand in %s",
                    b->place ? b->place : "this place");
    return NULL;
}

// The argument of an aggregate; *expr stays NULL for COUNT(*).
static int bind_argument(struct leat_binder *b, const struct leat_ast_expr *ast, const struct leat_expr **expr) {
    struct leat_group *group = b->group;
    const char *place = b->place;
    *expr = NULL;
    if (ast->call.star)
        return 0;
    if (ast->call.args.count != 1)
        return leat_diagnostic(b->source, ast->span, NULL, "an aggregate takes one argument");
    b->group = NULL;
    b->place = "the argument of an aggregate";
    *expr = leat_binder_expr(b, ast->call.args.items[0]);
    b->group = group;
    b->place = place;
    if (*expr && (*expr)->decimal)
        *expr = leat_expr_cast(&b->builder, *expr, (struct leat_type){.kind = LEAT_TYPE_DOUBLE}, false);
    return *expr ? 0 : -1;
}

static uint32_t find_aggregate(const struct leat_group *group, enum leat_aggregate_kind kind, const struct leat_expr *arg) {
    uint32_t i = 0;
    for (; i < group->aggregate_count; i++)
        if (group->aggregates[i].kind == kind && (arg ? group->args[i] && leat_expr_equal(group->args[i], arg) : !group->args[i]))
            break;
    return i;
}

const struct leat_expr *leat_binder_aggregate(struct leat_binder *b, const struct leat_ast_expr *ast) {
    struct leat_group *group = b->group;
    const char *name = ast->call.name.parts[0].text;
    const struct leat_expr *arg;
    enum leat_aggregate_kind kind;
    struct leat_type result;
    if (!group)
        return no_aggregate(b, ast);
    if (bind_argument(b, ast, &arg) != 0)
        return NULL;
    b->builder.error = b->builder.hint = NULL;
    if (!leat_aggregate_resolve(&b->builder, name, arg ? &arg->type : NULL, &kind, &result)) {
        leat_binder_fail(b, ast->span);
        return NULL;
    }
    bool whole = arg && (arg->type.kind == LEAT_TYPE_INT || arg->type.kind == LEAT_TYPE_BIGINT);
    if (kind == LEAT_AGGREGATE_AVG && whole)
        leat_diagnostic_warn(b->arena, b->warnings, b->source, ast->span, "CAST the argument to DOUBLE for a fraction",
                             "AVG of %s is %s as in Flink: it drops the fraction", leat_type_text(b->arena, arg->type),
                             leat_type_text(b->arena, result));
    if (kind == LEAT_AGGREGATE_COUNT && arg && !arg->type.nullable && arg->type.kind != LEAT_TYPE_NULL)
        kind = LEAT_AGGREGATE_COUNT_ALL, arg = NULL;
    uint32_t i = find_aggregate(group, kind, arg);
    if (i == GROUP_MAX) {
        leat_diagnostic(b->source, ast->span, NULL, "a window has at most %d aggregates", GROUP_MAX);
        return NULL;
    }
    if (i == group->aggregate_count) {
        group->aggregates[i].kind = kind;
        group->aggregates[i].type = result;
        group->args[i] = arg;
        group->texts[group->aggregate_count++] =
            leat_arena_copy(b->arena, b->source->text + ast->span.start, ast->span.end - ast->span.start);
    }
    return leat_expr_column(&b->builder, aggregate_place(group, i), result);
}

// ---- windows in GROUP BY

// Reads TUMBLE(time, size [, offset]); *time is a column of the scope.
static int bind_legacy(struct leat_binder *b, const struct leat_ast_expr *ast, struct leat_logical_window *window, uint32_t *time) {
    const struct leat_ast_exprs *args = &ast->call.args;
    if (args->count < 2 || args->count > 3)
        return leat_diagnostic(b->source, ast->span, NULL, "write %s(time, INTERVAL '1' MINUTE)", ast->call.name.parts[0].text);
    struct leat_group *group = b->group;
    b->group = NULL;
    const struct leat_expr *expr = leat_binder_expr(b, args->items[0]);
    b->group = group;
    if (!expr)
        return -1;
    const struct leat_relation *input = b->scope->relation;
    if (expr->kind != LEAT_EXPR_COLUMN || !input->columns[expr->column].rowtime)
        return leat_diagnostic(b->source, args->items[0]->span, "a time attribute is the column of a WATERMARK, selected as it is",
                               "Window aggregate can only be defined over a time attribute column, but %s encountered",
                               leat_binder_type_text(b, expr->type));
    *time = expr->column;
    window->time_type = expr->type;
    return leat_binder_window_size(b, args->items[1], args->count == 3 ? args->items[2] : NULL, window);
}

static const struct leat_expr *refuse_window_call(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name) {
    if (strcasecmp(name, "TUMBLE") == 0)
        leat_diagnostic(b->source, ast->span, "TUMBLE(time, size) stands in GROUP BY, TUMBLE(TABLE t, ...) in FROM",
                        "TUMBLE cannot stand here");
    else if (strncasecmp(name, "TUMBLE_P", 8) == 0)
        leat_diagnostic(b->source, ast->span, "use event time: TUMBLE_ROWTIME", "processing time is not supported yet");
    else if (strncasecmp(name, "TUMBLE", 6) != 0)
        leat_diagnostic(b->source, ast->span, "use TUMBLE", "HOP and SESSION windows are not supported yet");
    else
        leat_diagnostic(b->source, ast->span, "GROUP BY TUMBLE(time, size) in the same SELECT", "%s needs a TUMBLE in GROUP BY", name);
    return NULL;
}

const struct leat_expr *leat_binder_window_call(struct leat_binder *b, const struct leat_ast_expr *ast) {
    static const char *const names[] = {"", "TUMBLE_START", "TUMBLE_END", "TUMBLE_ROWTIME"};
    struct leat_group *group = b->group;
    const char *name = ast->call.name.parts[0].text;
    uint32_t part = 1, time;
    while (part < LEAT_ARRAY_LEN(names) && strcasecmp(names[part], name) != 0)
        part++;
    if (part == LEAT_ARRAY_LEN(names) || !group || !group->legacy)
        return refuse_window_call(b, ast, name);
    struct leat_logical_window window;
    if (bind_legacy(b, ast, &window, &time) != 0)
        return NULL;
    if (time != group->time || window.size_us != group->window->size_us || window.offset_us != group->window->offset_us) {
        leat_diagnostic(b->source, ast->span, "give it the arguments of TUMBLE in GROUP BY",
                        "this is another window than that of GROUP BY");
        return NULL;
    }
    struct leat_type type = {.kind = part == LEAT_WINDOW_PART_TIME ? window.time_type.kind : LEAT_TYPE_TIMESTAMP, .precision = 3};
    return leat_expr_column(&b->builder, part_place(group, (enum leat_window_part)part), type);
}

// ---- keys

static int add_window(struct leat_binder *b, struct leat_group *group, const struct leat_logical_window *window, struct leat_span span) {
    if (group->window && group->window != window)
        return leat_diagnostic(b->source, span, NULL, "GROUP BY has more than one window");
    group->window = window;
    return 0;
}

static int group_by_window(struct leat_binder *b, struct leat_group *group, const struct leat_ast_expr *ast) {
    const char *name = ast->call.name.parts[0].text;
    if (strcasecmp(name, "TUMBLE") != 0)
        return refuse_window_call(b, ast, name) ? 0 : -1;
    struct leat_logical_window *window = leat_arena_alloc(b->arena, sizeof(*window));
    if (bind_legacy(b, ast, window, &group->time) != 0)
        return -1;
    group->legacy = true;
    return add_window(b, group, window, ast->span);
}

// GROUP BY sees columns of FROM, not aliases of SELECT; a hint says so.
static int check_alias(struct leat_binder *b, const struct leat_ast_select *select, const struct leat_ast_expr *ast) {
    if (ast->kind != LEAT_AST_EXPR_COLUMN || ast->column.count != 1)
        return 0;
    const char *name = ast->column.parts[0].text;
    for (uint32_t i = 0; i < b->scope->relation->column_count; i++)
        if (strcmp(b->scope->relation->columns[i].name, name) == 0)
            return 0;
    for (uint32_t i = 0; i < select->item_count; i++)
        if (select->items[i].alias.text && strcmp(select->items[i].alias.text, name) == 0)
            return leat_diagnostic(b->source, ast->span, "write the expression of the alias instead",
                                   "GROUP BY does not see the alias `%s` of SELECT", name);
    return 0;
}

static int group_by_expr(struct leat_binder *b, struct leat_group *group, const struct leat_ast_select *select,
                         const struct leat_ast_expr *ast) {
    if (ast->kind == LEAT_AST_EXPR_CALL && leat_binder_is_window_name(ast->call.name.parts[ast->call.name.count - 1].text))
        return group_by_window(b, group, ast);
    b->place = "GROUP BY";
    if (check_alias(b, select, ast) != 0)
        return -1;
    const struct leat_expr *expr = leat_binder_expr(b, ast);
    if (!expr)
        return -1;
    const struct leat_logical_column *column = expr->kind == LEAT_EXPR_COLUMN ? &group->input->columns[expr->column] : NULL;
    if (column && column->part != LEAT_WINDOW_PART_NONE) {
        group->parts[column->part] = true;
        group->part_columns[column->part] = expr->column;
        return add_window(b, group, column->window, ast->span);
    }
    if (expr->kind == LEAT_EXPR_CONSTANT) // the same for all rows
        return 0;
    if (group->key_count == GROUP_MAX)
        return leat_diagnostic(b->source, ast->span, NULL, "GROUP BY has at most %d keys", GROUP_MAX);
    group->keys[group->key_count] = expr;
    group->key_names[group->key_count++] =
        column ? column->name : leat_arena_copy(b->arena, b->source->text + ast->span.start, ast->span.end - ast->span.start);
    return 0;
}

static int check_window(struct leat_binder *b, const struct leat_group *group, const struct leat_ast_select *ast) {
    const char *hint =
        "add a window: FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' MINUTE)) GROUP BY ..., window_start, window_end";
    struct leat_span span = ast->has_group ? ast->group_span : ast->having ? ast->having->span : ast->items[0].span;
    if (group->legacy)
        return 0;
    if (!group->window)
        return leat_diagnostic(b->source, span, hint,
                               "an aggregation without a window updates its results, and no table here supports consuming update changes "
                               "which is produced by node GroupAggregate");
    if (!group->parts[LEAT_WINDOW_PART_START] || !group->parts[LEAT_WINDOW_PART_END])
        return leat_diagnostic(b->source, span, "GROUP BY both window_start and window_end",
                               "GROUP BY has only a part of the window: the aggregation would update its results");
    return 0;
}

static int bind_keys(struct leat_binder *b, struct leat_group *group, const struct leat_ast_select *ast) {
    for (uint32_t i = 0; i < ast->group_count; i++) {
        if (ast->groups[i].kind != LEAT_AST_GROUP_EXPR)
            return leat_diagnostic(b->source, ast->groups[i].span, "GROUP BY plain expressions",
                                   "GROUPING SETS, ROLLUP and CUBE are not supported yet");
        if (group_by_expr(b, group, ast, ast->groups[i].expr) != 0)
            return -1;
    }
    return check_window(b, group, ast);
}

// ---- the aggregation

// The aggregation's input: time, keys, arguments.
static const struct leat_relation *group_input(struct leat_binder *b, struct leat_group *group) {
    const struct leat_relation *input = group->input;
    uint32_t count = 0, time = group->time;
    if (!group->legacy) {
        time = input->column_count;
        input = leat_logical_with_window_time(&b->logical, input, group->part_columns[LEAT_WINDOW_PART_START]);
        if (!input)
            return NULL;
    }
    struct leat_logical_item *items = leat_arena_alloc(b->arena, (1 + 2 * (size_t)GROUP_MAX) * sizeof(*items));
    items[count++] = (struct leat_logical_item){leat_expr_column(&b->builder, time, input->columns[time].type), {.name = "$time"}};
    for (uint32_t i = 0; i < group->key_count; i++)
        items[count++] = (struct leat_logical_item){group->keys[i], {.name = group->key_names[i]}};
    for (uint32_t i = 0; i < group->aggregate_count; i++) {
        const struct leat_expr *arg = group->args[i];
        if (!arg)
            continue;
        uint32_t at = 1 + group->key_count;
        while (at < count && !leat_expr_equal(items[at].expr, arg))
            at++;
        if (at == count)
            items[count++] = (struct leat_logical_item){arg, {.name = leat_arena_printf(b->arena, "$arg%u", i)}};
        group->aggregates[i].column = (uint16_t)at;
        group->aggregates[i].arg_physical = leat_type_physical(arg->type.kind);
    }
    return leat_logical_project(&b->logical, input, items, count);
}

static const struct leat_logical_column *group_columns(struct leat_binder *b, const struct leat_group *group, uint32_t *count) {
    uint32_t n = 0;
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, (2 * (size_t)GROUP_MAX + 3) * sizeof(*columns));
    for (uint32_t i = 0; i < group->key_count; i++)
        columns[n++] = (struct leat_logical_column){.name = group->key_names[i], .type = group->keys[i]->type};
    for (uint32_t i = 0; i < group->aggregate_count; i++)
        columns[n++] = (struct leat_logical_column){.name = group->texts[i], .type = group->aggregates[i].type};
    struct leat_type bound = {.kind = LEAT_TYPE_TIMESTAMP, .precision = 3}, time = {.kind = group->window->time_type.kind, .precision = 3};
    columns[n++] = (struct leat_logical_column){.name = "window_start", .type = bound};
    columns[n++] = (struct leat_logical_column){.name = "window_end", .type = bound};
    columns[n++] = (struct leat_logical_column){.name = "window_time", .type = time, .rowtime = true};
    *count = n;
    return columns;
}

static struct leat_producer *group_producer(struct leat_binder *b, struct leat_group *group) {
    struct leat_producer *producer = leat_arena_alloc(b->arena, sizeof(*producer));
    *producer = (struct leat_producer){.kind = LEAT_PRODUCER_WINDOW_TUMBLE, .input_count = 1, .key_count = group->key_count};
    producer->inputs[0] = group_input(b, group);
    if (!producer->inputs[0])
        return NULL;
    producer->columns = group_columns(b, group, &producer->column_count);
    producer->tumble.window = group->window;
    producer->tumble.aggregate_count = group->aggregate_count;
    size_t bytes = group->aggregate_count * sizeof(group->aggregates[0]);
    producer->tumble.aggregates = memcpy(leat_arena_alloc(b->arena, bytes), group->aggregates, bytes);
    bytes = group->aggregate_count * sizeof(group->texts[0]);
    producer->tumble.aggregate_texts = memcpy(leat_arena_alloc(b->arena, bytes), group->texts, bytes);
    return producer;
}

// ---- items

struct rewriting {
    struct leat_binder *b;
    struct leat_group *group;
};

static const struct leat_expr *to_group(void *context, const struct leat_expr *node) {
    struct rewriting *rewriting = context;
    struct leat_group *group = rewriting->group;
    struct leat_expr_builder *builder = &rewriting->b->builder;
    uint32_t parts = group->key_count + group->aggregate_count, width = group->input->column_count;
    for (uint32_t i = 0; i < group->key_count; i++)
        if (leat_expr_equal(node, group->keys[i]))
            return leat_expr_column(builder, i, node->type);
    if (node->kind != LEAT_EXPR_COLUMN)
        return NULL;
    if (node->column >= width + GROUP_MAX)
        return leat_expr_column(builder, parts + node->column - width - GROUP_MAX - 1, node->type);
    if (node->column >= width)
        return leat_expr_column(builder, group->key_count + node->column - width, node->type);
    enum leat_window_part part = group->input->columns[node->column].part;
    if (part != LEAT_WINDOW_PART_NONE && group->parts[part] && group->input->columns[node->column].window == group->window)
        return leat_expr_column(builder, parts + part - 1, node->type);
    group->stray = node->column;
    return node;
}

struct stray_search {
    struct leat_binder *b;
    const struct leat_ast_expr *found;
    uint32_t column;
};

static bool is_stray(void *context, const struct leat_ast_expr *node) {
    struct stray_search *search = context;
    if (node->kind == LEAT_AST_EXPR_COLUMN &&
        strcmp(node->column.parts[node->column.count - 1].text, search->b->scope->relation->columns[search->column].name) == 0)
        search->found = node;
    return search->found != NULL;
}

// An expression over the aggregation's columns, or NULL with a diagnostic at the column that is not grouped by.
static const struct leat_expr *rewrite(struct leat_binder *b, struct leat_group *group, const struct leat_expr *expr,
                                       const struct leat_ast_expr *ast) {
    struct rewriting rewriting = {b, group};
    group->stray = UINT32_MAX;
    expr = leat_logical_rewrite(&b->logical, expr, to_group, &rewriting);
    if (group->stray == UINT32_MAX)
        return expr;
    struct stray_search search = {b, NULL, group->stray};
    leat_binder_walk(ast, is_stray, &search);
    leat_diagnostic(b->source, search.found ? search.found->span : ast->span, "add it to GROUP BY, or aggregate it",
                    "the column `%s` is not being grouped", group->input->columns[group->stray].name);
    return NULL;
}

int leat_binder_group(struct leat_binder *b, const struct leat_ast_select *ast, const struct leat_relation *input,
                      const struct leat_ast_expr *const *item_asts, uint32_t item_count, const struct leat_expr **items,
                      const struct leat_expr **having, const struct leat_relation **out) {
    struct leat_group *group = leat_arena_alloc(b->arena, sizeof(*group));
    group->input = input;
    *having = NULL;
    if (bind_keys(b, group, ast) != 0)
        return -1;
    b->group = group;
    for (uint32_t i = 0; i < item_count; i++)
        if (!(items[i] = leat_binder_expr(b, item_asts[i])))
            return -1;
    if (ast->having && !(*having = leat_binder_condition(b, ast->having, "HAVING")))
        return -1;
    b->group = NULL;
    for (uint32_t i = 0; i < item_count; i++)
        if (!(items[i] = rewrite(b, group, items[i], item_asts[i])))
            return -1;
    if (*having && !(*having = rewrite(b, group, *having, ast->having)))
        return -1;
    struct leat_producer *producer = group_producer(b, group);
    *out = producer ? leat_logical_read(&b->logical, producer) : NULL;
    return *out ? 0 : leat_binder_fail(b, ast->group_span);
}
