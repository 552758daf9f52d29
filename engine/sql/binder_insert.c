// INSERT INTO: which columns are written, from what, and whether the connectors of the tables can do it.
#include "engine/sql/binder.h"

#include "engine/sql/suggest.h"

// ---- connectors

// The format of a table that is replaced by a file and has none of its own.
static const struct leat_format *default_format(const struct leat_binder *b) {
    for (uint32_t i = 0; i < b->registry->format_count; i++)
        if (b->registry->formats[i].decoder && b->registry->formats[i].encoder)
            return &b->registry->formats[i];
    return NULL;
}

static int check_format(struct leat_binder *b, struct leat_table *table, bool replaced, bool reading) {
    struct leat_table_options *options = &table->options;
    if (!options->format && replaced && reading) // rows written to a file look like those that print shows
        options->format = default_format(b);
    if (!options->format)
        return 0;
    if (reading ? options->format->decoder != NULL : options->format->encoder != NULL)
        return 0;
    return leat_diagnostic(b->source, options->format_span, "use 'json'", "%s the format '%s' is not supported yet",
                           reading ? "reading" : "writing", options->format->name);
}

int leat_binder_check_read(struct leat_binder *b, struct leat_table *table) {
    const struct leat_connector *connector = table->options.connector;
    bool replaced = b->options->mode == LEAT_PLAN_REPLAY && table->from_replaced;
    if (!connector->is_source && !replaced)
        return leat_diagnostic(b->source, table->read_span, NULL,
                               "Connector '%s' can only be used as a sink. It cannot be used as a source.", connector->name);
    if (!connector->source_works && !replaced && b->options->mode != LEAT_PLAN_CHECK)
        return leat_diagnostic(
            b->source, table->options.connector_span,
            leat_arena_printf(b->arena, "read a recording instead: leat replay %s --from %s=FILE", b->source->name, table->name),
            "reading with the connector '%s' is not supported yet", connector->name);
    return check_format(b, table, replaced, true);
}

int leat_binder_check_write(struct leat_binder *b, struct leat_table *table, struct leat_span span) {
    const struct leat_connector *connector = table->options.connector;
    bool replaced = b->options->mode == LEAT_PLAN_REPLAY && table->to_replaced;
    if (!connector->is_sink && !replaced)
        return leat_diagnostic(b->source, span, NULL, "Connector '%s' can only be used as a source. It cannot be used as a sink.",
                               connector->name);
    const char *reads_only = replaced ? NULL : leat_binder_reads_only(table);
    if (reads_only)
        return leat_diagnostic(b->source, span, "name one topic in a table of its own", "a table with '%s' can only be read", reads_only);
    if (!connector->sink_works && !replaced && b->options->mode != LEAT_PLAN_CHECK)
        return leat_diagnostic(
            b->source, table->options.connector_span,
            leat_arena_printf(b->arena, "write to a file instead: leat replay %s --to %s=FILE", b->source->name, table->name),
            "writing with the connector '%s' is not supported yet", connector->name);
    return check_format(b, table, replaced, false);
}

// ---- columns

// The columns of a table that an INSERT writes when it names none.
static uint32_t *writable_columns(struct leat_binder *b, const struct leat_table *table, uint32_t *count) {
    uint32_t *columns = leat_arena_alloc(b->arena, table->column_count * sizeof(*columns));
    *count = 0;
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct leat_table_column *column = &table->columns[i];
        if (column->kind == LEAT_AST_COLUMN_PHYSICAL || (column->kind == LEAT_AST_COLUMN_METADATA && !column->is_virtual))
            columns[(*count)++] = i;
    }
    return columns;
}

static int check_metadata(struct leat_binder *b, const struct leat_table *table) {
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct leat_table_column *column = &table->columns[i];
        if (column->kind == LEAT_AST_COLUMN_METADATA && !column->is_virtual && !column->metadata->writable)
            return leat_diagnostic(b->source, column->span, "declare it METADATA VIRTUAL",
                                   "the metadata '%s' of the connector '%s' can only be read", column->metadata->key,
                                   table->options.connector->name);
    }
    return 0;
}

// For each writable column the item of the query that it gets, UINT32_MAX: none.
static int match_columns(struct leat_binder *b, const struct leat_ast_insert *ast, const struct leat_table *table, const uint32_t *columns,
                         uint32_t count, uint32_t *items) {
    for (uint32_t i = 0; i < count; i++)
        items[i] = ast->columns.count ? UINT32_MAX : i;
    for (uint32_t k = 0; k < ast->columns.count; k++) {
        const struct leat_ast_name *name = &ast->columns.items[k];
        uint32_t i = 0;
        while (i < count && strcmp(table->columns[columns[i]].name, name->text) != 0)
            i++;
        if (i == count) {
            const char **names = leat_arena_alloc(b->arena, count * sizeof(*names));
            for (uint32_t n = 0; n < count; n++)
                names[n] = table->columns[columns[n]].name;
            return leat_diagnostic(b->source, name->span, leat_suggest_hint(b->arena, name->text, names, count),
                                   "the table `%s` has no column `%s` that can be written", table->name, name->text);
        }
        if (items[i] != UINT32_MAX)
            return leat_diagnostic(b->source, name->span, NULL, "the column `%s` is named twice", name->text);
        items[i] = k;
    }
    for (uint32_t i = 0; i < count; i++)
        if (items[i] == UINT32_MAX && !table->columns[columns[i]].type.nullable)
            return leat_diagnostic(b->source, ast->target.span, "add it to the columns", "the column `%s` is NOT NULL and gets no value",
                                   table->columns[columns[i]].name);
    return 0;
}

// ---- types

// What Flink casts by itself on the way into a table.
static bool casts_implicitly(struct leat_type from, struct leat_type to) {
    bool from_time = from.kind == LEAT_TYPE_TIMESTAMP || from.kind == LEAT_TYPE_TIMESTAMP_LTZ;
    if (from.kind == to.kind || from.kind == LEAT_TYPE_NULL)
        return true;
    switch (to.kind) {
    case LEAT_TYPE_BIGINT:
        return from.kind == LEAT_TYPE_INT;
    case LEAT_TYPE_DOUBLE:
        return from.kind == LEAT_TYPE_INT || from.kind == LEAT_TYPE_BIGINT;
    case LEAT_TYPE_TIMESTAMP:
    case LEAT_TYPE_TIMESTAMP_LTZ:
        return from_time;
    default:
        return false;
    }
}

struct schema_column {
    const char *name;
    struct leat_type type;
};

static const char *schema_text(struct leat_binder *b, const struct schema_column *columns, uint32_t count) {
    const char *text = "";
    for (uint32_t i = 0; i < LEAT_MIN(count, 24u); i++)
        text = leat_arena_printf(b->arena, "%s%s%s: %s", text, i ? ", " : "", columns[i].name, leat_binder_type_text(b, columns[i].type));
    return leat_arena_printf(b->arena, "[%s%s]", text, count > 24 ? ", ..." : "");
}

// Both schemas as hints, as Flink shows them.
static int mismatch(struct leat_binder *b, const struct leat_table *table, const struct leat_relation *query, const uint32_t *columns,
                    uint32_t count, struct leat_span span, const char *cause) {
    struct schema_column *from = leat_arena_alloc(b->arena, query->column_count * sizeof(*from));
    struct schema_column *to = leat_arena_alloc(b->arena, count * sizeof(*to));
    for (uint32_t i = 0; i < query->column_count; i++)
        from[i] = (struct schema_column){query->columns[i].name, query->columns[i].type};
    for (uint32_t i = 0; i < count; i++)
        to[i] = (struct schema_column){table->columns[columns[i]].name, table->columns[columns[i]].type};
    const char *hint = leat_arena_printf(b->arena, "Query schema: %s\nSink schema:  %s", schema_text(b, from, query->column_count),
                                         schema_text(b, to, count));
    return leat_diagnostic(b->source, span, hint, "Column types of query result and sink for '%s' do not match: %s", table->name, cause);
}

// Where the ith column of a query is written, to point at it.
static struct leat_span item_span(const struct leat_ast_query *query, uint32_t i, struct leat_span otherwise) {
    const struct leat_ast_body *body = query->body;
    while (body->kind == LEAT_AST_BODY_SET || body->kind == LEAT_AST_BODY_QUERY)
        body = body->kind == LEAT_AST_BODY_SET ? body->set.left : body->query->body;
    if (body->kind != LEAT_AST_BODY_SELECT)
        return otherwise;
    for (uint32_t k = 0; k < body->select->item_count; k++)
        if (body->select->items[k].star)
            return body->select->items[0].span;
    return i < body->select->item_count ? body->select->items[i].span : otherwise;
}

// The expression that a column gets, cast to its type.
static const struct leat_expr *column_value(struct leat_binder *b, const struct leat_table_column *column,
                                            const struct leat_relation *query, uint32_t item) {
    struct leat_type type = column->type;
    if (item == UINT32_MAX)
        return leat_expr_constant(&b->builder, (struct leat_value){.type = type, .is_null = true});
    const struct leat_expr *expr = leat_expr_column(&b->builder, item, query->columns[item].type);
    if (expr->type.kind == type.kind && expr->type.precision == type.precision)
        return expr;
    type.nullable = expr->type.nullable;
    b->builder.error = b->builder.hint = NULL;
    return leat_expr_cast(&b->builder, expr, type, false);
}

static const struct leat_relation *cast_columns(struct leat_binder *b, const struct leat_ast_insert *ast, const struct leat_table *table,
                                                const struct leat_relation *query, const uint32_t *columns, uint32_t count,
                                                const uint32_t *sources) {
    struct leat_logical_item *items = leat_arena_alloc(b->arena, count * sizeof(*items));
    for (uint32_t i = 0; i < count; i++) {
        const struct leat_table_column *column = &table->columns[columns[i]];
        struct leat_span place = sources[i] == UINT32_MAX ? ast->target.span : item_span(ast->query, sources[i], ast->query->span);
        const struct leat_type *type = sources[i] == UINT32_MAX ? NULL : &query->columns[sources[i]].type;
        if (type && !casts_implicitly(*type, column->type)) {
            mismatch(b, table, query, columns, count, place,
                     leat_arena_printf(b->arena, "Incompatible types for sink column '%s' at position %u", column->name, i));
            return NULL;
        }
        if (type && !column->type.nullable && (type->nullable || type->kind == LEAT_TYPE_NULL)) {
            leat_diagnostic(b->source, place, "write COALESCE(..., value), or leave NOT NULL out of the table",
                            "the column `%s` is NOT NULL and this may be NULL", column->name);
            return NULL;
        }
        items[i].expr = column_value(b, column, query, sources[i]);
        items[i].column.name = column->name;
        if (!items[i].expr) {
            leat_binder_fail(b, place);
            return NULL;
        }
    }
    const struct leat_relation *relation = leat_logical_project(&b->logical, query, items, count);
    if (!relation)
        leat_binder_fail(b, ast->query->span);
    return relation;
}

// ---- INSERT

static struct leat_table *find_target(struct leat_binder *b, const struct leat_ast_insert *ast) {
    const char *name = leat_catalog_name(b->source, &ast->target);
    const struct leat_catalog_entry *entry = name ? leat_catalog_find(&b->catalog, name) : NULL;
    if (name && !entry)
        leat_diagnostic(b->source, ast->target.span, leat_catalog_hint(&b->catalog, b->arena, name), "there is no table `%s`", name);
    else if (name && entry->view)
        leat_diagnostic(b->source, ast->target.span, NULL, "`%s` is a view: rows can only go into a table", name);
    return entry ? entry->table : NULL;
}

static int refuse_parts(struct leat_binder *b, const struct leat_ast_statement *statement) {
    const struct leat_ast_insert *ast = &statement->insert;
    if (ast->overwrite)
        return leat_diagnostic(b->source, statement->span, "write INSERT INTO", "INSERT OVERWRITE is not supported in streaming mode");
    if (ast->partition_count)
        return leat_diagnostic(b->source, ast->partition[0].key.span, NULL, "INSERT ... PARTITION is not supported yet");
    if (ast->hint_options.count)
        return leat_diagnostic(b->source, ast->hint_options.span, "put them in WITH (...) of the table",
                               "OPTIONS hints are not supported yet");
    return 0;
}

int leat_binder_insert(struct leat_binder *b, const struct leat_ast_statement *statement, struct leat_bound_insert **out) {
    const struct leat_ast_insert *ast = &statement->insert;
    struct leat_table *table = refuse_parts(b, statement) == 0 ? find_target(b, ast) : NULL;
    const struct leat_relation *query = table ? leat_binder_query(b, ast->query) : NULL;
    if (!query)
        return -1;
    uint32_t count, *columns = writable_columns(b, table, &count), given = ast->columns.count ? ast->columns.count : count;
    uint32_t *sources = leat_arena_alloc(b->arena, count * sizeof(*sources));
    if (check_metadata(b, table) != 0 || match_columns(b, ast, table, columns, count, sources) != 0)
        return -1;
    if (given != query->column_count)
        return mismatch(
            b, table, query, columns, count, item_span(ast->query, 0, ast->query->span),
            leat_arena_printf(b->arena, "Different number of columns: %u in the query, %u in the sink", query->column_count, given));
    struct leat_bound_insert *insert = leat_arena_alloc(b->arena, sizeof(*insert));
    *insert = (struct leat_bound_insert){.table = table, .columns = columns, .span = ast->target.span};
    insert->relation = cast_columns(b, ast, table, query, columns, count, sources);
    if (!insert->relation)
        return -1;
    table->is_written = true;
    *out = insert;
    return 0;
}
