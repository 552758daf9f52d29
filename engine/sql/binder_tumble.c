// TUMBLE as a table-valued function: the input's columns and the bounds of each row's window.
#include "engine/sql/binder.h"

#include "engine/expr/time.h"
#include "engine/expr/window_bound.h"

static const char signature[] = "write TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' MINUTE)";

// The arguments by their meaning; NULL: not given.
struct tumble_args {
    const struct leat_ast_argument *data, *time, *size, *offset;
};

static int refuse_function(struct leat_binder *b, const struct leat_ast_table *ast, const char *name) {
    static const char *const windows[] = {"HOP", "CUMULATE", "SESSION"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(windows); i++)
        if (strcasecmp(windows[i], name) == 0)
            return leat_diagnostic(b->source, ast->function.name.span, signature, "%s windows are not supported yet", windows[i]);
    return leat_diagnostic(b->source, ast->function.name.span, signature, "there is no table function `%s`", name);
}

static const struct leat_ast_argument **slot_of(struct tumble_args *args, const char *name) {
    if (strcasecmp(name, "DATA") == 0)
        return &args->data;
    if (strcasecmp(name, "TIMECOL") == 0)
        return &args->time;
    if (strcasecmp(name, "SIZE") == 0)
        return &args->size;
    return strcasecmp(name, "OFFSET") == 0 ? &args->offset : NULL;
}

static int sort_args(struct leat_binder *b, const struct leat_ast_table *ast, struct tumble_args *args) {
    const struct leat_ast_argument **by_place[] = {&args->data, &args->time, &args->size, &args->offset};
    for (uint32_t i = 0; i < ast->function.count; i++) {
        const struct leat_ast_argument *arg = &ast->function.args[i];
        const struct leat_ast_argument **slot = i < LEAT_ARRAY_LEN(by_place) ? by_place[i] : NULL;
        if (arg->name.text)
            slot = slot_of(args, arg->name.text);
        if (!slot)
            return leat_diagnostic(b->source, arg->span, "the arguments are DATA, TIMECOL, SIZE and OFFSET", "TUMBLE has no such argument");
        if (*slot)
            return leat_diagnostic(b->source, arg->span, NULL, "this argument of TUMBLE is given twice");
        *slot = arg;
    }
    if (!args->data || !args->time || !args->size)
        return leat_diagnostic(b->source, ast->span, signature, "TUMBLE needs a table, a time column and a size");
    return 0;
}

static const struct leat_relation *bind_data(struct leat_binder *b, const struct leat_ast_argument *arg) {
    if (arg->partition.count || arg->order.count) {
        leat_diagnostic(b->source, arg->span, "put the key into GROUP BY", "TUMBLE takes no PARTITION BY");
        return NULL;
    }
    if (arg->kind == LEAT_AST_ARGUMENT_TABLE)
        return leat_binder_named(b, &arg->table);
    if (arg->kind == LEAT_AST_ARGUMENT_QUERY)
        return leat_binder_query(b, arg->query);
    leat_diagnostic(b->source, arg->span, signature, "the first argument of TUMBLE must be TABLE t");
    return NULL;
}

static int bind_time(struct leat_binder *b, const struct leat_ast_argument *arg, const struct leat_relation *data, uint32_t *time) {
    if (arg->kind != LEAT_AST_ARGUMENT_DESCRIPTOR || arg->columns.count != 1)
        return leat_diagnostic(b->source, arg->span, signature, "the time column of TUMBLE must be DESCRIPTOR(column)");
    struct leat_scope scope = {.relation = data};
    struct leat_ast_path path = {.parts = arg->columns.items, .count = 1, .span = arg->columns.items[0].span};
    if (leat_scope_resolve(b->arena, b->source, &scope, &path, time) != 0)
        return -1;
    if (data->columns[*time].rowtime)
        return 0;
    return leat_diagnostic(b->source, path.span, "a time attribute is the column of a WATERMARK, selected as it is",
                           "the window function TUMBLE requires the timecol is a time attribute type, but is %s",
                           leat_binder_type_text(b, data->columns[*time].type));
}

int leat_binder_window_size(struct leat_binder *b, const struct leat_ast_expr *size, const struct leat_ast_expr *offset,
                            struct leat_logical_window *window) {
    if (leat_binder_interval(b, size, "the size of a window", &window->size_us) != 0)
        return -1;
    if (window->size_us < LEAT_MICROS_PER_MILLI || window->size_us % LEAT_MICROS_PER_MILLI)
        return leat_diagnostic(b->source, size->span, NULL, "the size of a window must be a positive number of milliseconds");
    window->offset_us = 0;
    if (offset && leat_binder_interval(b, offset, "the offset of a window", &window->offset_us) != 0)
        return -1;
    if (window->offset_us % LEAT_MICROS_PER_MILLI || window->offset_us >= window->size_us || window->offset_us <= -window->size_us)
        return leat_diagnostic(b->source, offset->span, NULL,
                               "the offset of a window must be a number of milliseconds and smaller than its size");
    return 0;
}

// The relation with window_start, window_end and window_time; the time column is a plain timestamp from here on, as in Flink.
static const struct leat_relation *add_bounds(struct leat_binder *b, const struct leat_relation *data, uint32_t time,
                                              const struct leat_logical_window *window, struct leat_span span) {
    static const char *const names[] = {"window_start", "window_end", "window_time"};
    uint32_t count = data->column_count;
    struct leat_logical_item *items = leat_arena_alloc(b->arena, (count + 3) * sizeof(*items));
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct leat_logical_item){leat_expr_column(&b->builder, i, data->columns[i].type), {.name = data->columns[i].name}};
    for (uint32_t i = 0; i < 3; i++) {
        struct leat_type type = {.kind = i == 2 ? window->time_type.kind : LEAT_TYPE_TIMESTAMP, .precision = 3};
        struct leat_logical_item *item = &items[count + i];
        item->expr =
            leat_expr_window_bound(&b->builder, (enum leat_window_bound)i, items[time].expr, window->size_us, window->offset_us, type);
        item->column = (struct leat_logical_column){.name = names[i], .rowtime = i == 2, .window = window};
        item->column.part = (enum leat_window_part)(LEAT_WINDOW_PART_START + i);
    }
    struct leat_relation *relation = leat_logical_project(&b->logical, data, items, count + 3);
    if (!relation) {
        leat_binder_fail(b, span);
        return NULL;
    }
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, relation->column_count * sizeof(*columns));
    memcpy(columns, relation->columns, relation->column_count * sizeof(*columns));
    columns[time].rowtime = false;
    relation->columns = columns;
    return relation;
}

int leat_binder_table_function(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out) {
    const char *name = ast->function.name.parts[ast->function.name.count - 1].text;
    struct tumble_args args = {0};
    uint32_t time;
    if (ast->function.name.count > 1 || strcasecmp(name, "TUMBLE") != 0)
        return refuse_function(b, ast, name);
    if (sort_args(b, ast, &args) != 0)
        return -1;
    const struct leat_relation *data = bind_data(b, args.data);
    if (!data || bind_time(b, args.time, data, &time) != 0)
        return -1;
    if (args.size->kind != LEAT_AST_ARGUMENT_EXPR || (args.offset && args.offset->kind != LEAT_AST_ARGUMENT_EXPR))
        return leat_diagnostic(b->source, args.size->span, signature, "the size and the offset of TUMBLE must be INTERVALs");
    struct leat_logical_window *window = leat_arena_alloc(b->arena, sizeof(*window));
    window->time_type = data->columns[time].type;
    if (leat_binder_window_size(b, args.size->expr, args.offset ? args.offset->expr : NULL, window) != 0)
        return -1;
    out->relation = add_bounds(b, data, time, window, ast->span);
    return out->relation ? 0 : -1;
}
