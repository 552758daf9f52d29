// FROM: tables, views, WITH names, subqueries; joins and table functions are handed on.
#include "engine/sql/binder.h"

static int refuse(struct leat_binder *b, struct leat_span span, const char *hint, const char *what) {
    return leat_diagnostic(b->source, span, hint, "%s", what);
}

// ---- names

// The producer of a table's rows: its columns as declared, computed ones too.
static struct leat_producer *table_producer(struct leat_binder *b, struct leat_table *table) {
    struct leat_producer *producer = leat_arena_alloc(b->arena, sizeof(*producer));
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, table->column_count * sizeof(*columns));
    for (uint32_t i = 0; i < table->column_count; i++) {
        columns[i].name = table->columns[i].name;
        columns[i].type = table->columns[i].type;
        columns[i].rowtime = table->has_time && table->time == i;
    }
    *producer =
        (struct leat_producer){.kind = LEAT_PRODUCER_TABLE, .columns = columns, .column_count = table->column_count, .table = table};
    return producer;
}

const struct leat_relation *leat_binder_read(struct leat_binder *b, struct leat_table *table, struct leat_span span) {
    if (!table->producer)
        table->producer = table_producer(b, table);
    const struct leat_relation *relation = leat_logical_read(&b->logical, table->producer);
    if (!relation)
        leat_binder_fail(b, span);
    return relation;
}

const struct leat_relation *leat_binder_named(struct leat_binder *b, const struct leat_ast_path *path) {
    for (const struct leat_binder_cte *cte = b->ctes; path->count == 1 && cte; cte = cte->next)
        if (strcmp(cte->name, path->parts[0].text) == 0)
            return cte->relation;
    const char *name = leat_catalog_name(b->source, path);
    if (!name)
        return NULL;
    struct leat_catalog_entry *entry = leat_catalog_find(&b->catalog, name);
    if (!entry) {
        leat_diagnostic(b->source, path->span, leat_catalog_hint(&b->catalog, b->arena, name), "there is no table or view `%s`", name);
        return NULL;
    }
    if (entry->view)
        return entry->view;
    if (!entry->table->is_read) {
        entry->table->is_read = true;
        entry->table->read_span = path->span;
    }
    return leat_binder_read(b, entry->table, path->span);
}

// ---- aliases

const struct leat_relation *leat_binder_rename(struct leat_binder *b, const struct leat_relation *relation,
                                               const struct leat_ast_names *names, struct leat_span span) {
    if (names->count != relation->column_count) {
        leat_diagnostic(b->source, span, NULL, "%u names are given for %u columns", names->count, relation->column_count);
        return NULL;
    }
    for (uint32_t i = 0; i < names->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(names->items[k].text, names->items[i].text) == 0) {
                leat_diagnostic(b->source, names->items[i].span, NULL, "the name `%s` is given to two columns", names->items[i].text);
                return NULL;
            }
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, names->count * sizeof(*columns));
    struct leat_relation *renamed = leat_arena_alloc(b->arena, sizeof(*renamed));
    *renamed = *relation;
    renamed->columns = columns;
    for (uint32_t i = 0; i < names->count; i++) {
        columns[i] = relation->columns[i];
        columns[i].name = names->items[i].text;
    }
    return renamed;
}

// One table in FROM under its alias, or under `name` where it has none.
static int single(struct leat_binder *b, const struct leat_ast_table *ast, const struct leat_relation *relation, const char *name,
                  struct leat_from *out) {
    if (relation && ast->alias_columns.count)
        relation = leat_binder_rename(b, relation, &ast->alias_columns, ast->alias.span);
    if (!relation)
        return -1;
    struct leat_scope_table *table = leat_arena_alloc(b->arena, sizeof(*table));
    *table = (struct leat_scope_table){ast->alias.text ? ast->alias.text : name, 0, relation->column_count};
    *out = (struct leat_from){relation, table, 1};
    return 0;
}

// ---- joins

static int refuse_join(struct leat_binder *b, const struct leat_ast_table *ast) {
    if (ast->join.right->kind == LEAT_AST_TABLE_UNNEST)
        return refuse(b, ast->join.right->span, "arrays cannot be columns yet", "UNNEST is not supported yet");
    if (ast->join.right->lateral)
        return refuse(b, ast->join.right->span, "table functions of one's own do not exist here",
                      ast->join.right->kind == LEAT_AST_TABLE_FUNCTION ? "LATERAL TABLE is not supported yet"
                                                                       : "LATERAL is not supported yet");
    const char *series = "to join two series in event time write: l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND";
    switch (ast->join.kind) {
    case LEAT_AST_JOIN_ASOF:
    case LEAT_AST_JOIN_ASOF_LEFT:
        return refuse(b, ast->join.keyword, series, "ASOF JOIN is not supported yet");
    case LEAT_AST_JOIN_COMMA:
    case LEAT_AST_JOIN_CROSS:
        return refuse(b, ast->join.keyword, series, "joins without a condition are not supported: their state has no bound");
    default:
        break;
    }
    if (ast->join.right->system_time)
        return refuse(b, ast->join.right->system_time->span, series, "temporal joins (FOR SYSTEM_TIME AS OF) are not supported yet");
    return refuse(b, ast->join.keyword, series,
                  "regular and interval joins are not supported yet: the state of a regular join has no bound");
}

int leat_binder_from(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out) {
    if (ast->lateral)
        return refuse(b, ast->span, NULL, "LATERAL is not supported yet");
    if (ast->kind == LEAT_AST_TABLE_JOIN)
        return ast->join.kind == LEAT_AST_JOIN_SERIES ? leat_binder_series_join(b, ast, out) : refuse_join(b, ast);
    if (ast->system_time)
        return refuse(b, ast->system_time->span, NULL, "FOR SYSTEM_TIME AS OF is not supported yet");
    switch (ast->kind) {
    case LEAT_AST_TABLE_NAME:
        if (ast->hint_options.count)
            return refuse(b, ast->hint_options.span, "put them in WITH (...) of the table", "OPTIONS hints are not supported yet");
        return single(b, ast, leat_binder_named(b, &ast->name), ast->name.parts[ast->name.count - 1].text, out);
    case LEAT_AST_TABLE_SUBQUERY:
        return single(b, ast, leat_binder_query(b, ast->subquery), NULL, out);
    case LEAT_AST_TABLE_FUNCTION:
        if (leat_binder_table_function(b, ast, out) != 0)
            return -1;
        return single(b, ast, out->relation, NULL, out);
    default:
        return refuse(b, ast->span, NULL, "UNNEST is not supported yet");
    }
}
