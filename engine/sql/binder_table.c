// CREATE TABLE, CREATE VIEW, DROP.
#include "engine/sql/binder.h"

#include "engine/sql/suggest.h"

static struct leat_options_context options_context(const struct leat_binder *b) {
    return (struct leat_options_context){b->arena, b->source, b->registry, b->warnings};
}

// ---- columns

// A scope of the first `count` columns of a table, those of kind COMPUTED without a name where `computed` is false.
static void table_scope(struct leat_binder *b, const struct leat_table_column *columns, uint32_t count, bool computed,
                        struct leat_relation *relation, struct leat_scope *scope) {
    struct leat_logical_column *named = leat_arena_alloc(b->arena, count * sizeof(*named));
    for (uint32_t i = 0; i < count; i++) {
        bool seen = computed || columns[i].kind != LEAT_AST_COLUMN_COMPUTED;
        named[i] = (struct leat_logical_column){.name = seen ? columns[i].name : "", .type = columns[i].type};
    }
    *relation = (struct leat_relation){.columns = named, .column_count = count};
    *scope = (struct leat_scope){.relation = relation};
}

static int metadata_column(struct leat_binder *b, const struct leat_ast_column *ast, const struct leat_connector *connector,
                           struct leat_table_column *column) {
    const char *key = ast->metadata_key ? ast->metadata_key->text : ast->name.text, *list = NULL;
    struct leat_span place = ast->metadata_key ? ast->metadata_key->span : ast->name.span;
    struct leat_suggest suggest = {.word = key};
    for (uint32_t i = 0; i < connector->metadata_count; i++) {
        const struct leat_metadata *metadata = &connector->metadata[i];
        if (strcmp(metadata->key, key) == 0)
            column->metadata = metadata;
        leat_suggest_offer(&suggest, metadata->key);
        list = list ? leat_arena_printf(b->arena, "%s, %s", list, metadata->key) : metadata->key;
    }
    column->is_virtual = ast->is_virtual;
    if (!column->metadata) {
        const char *hint = suggest.best ? leat_arena_printf(b->arena, "did you mean '%s'?", suggest.best)
                           : list       ? leat_arena_printf(b->arena, "there are: %s", list)
                                        : "this connector has no metadata";
        return leat_diagnostic(b->source, place, hint, "the connector '%s' has no metadata '%s'", connector->name, key);
    }
    if (column->metadata->type.kind != column->type.kind)
        return leat_diagnostic(b->source, ast->type->span, "declare it so, and CAST it in the query", "the metadata '%s' is %s", key,
                               leat_type_text(b->arena, column->metadata->type));
    return 0;
}

static int declare_columns(struct leat_binder *b, const struct leat_ast_create_table *ast, const struct leat_connector *connector,
                           struct leat_table_column *columns) {
    for (uint32_t i = 0; i < ast->column_count; i++) {
        const struct leat_ast_column *from = &ast->columns[i];
        struct leat_table_column *column = &columns[i];
        *column = (struct leat_table_column){.name = from->name.text, .kind = from->kind, .span = from->span};
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(columns[k].name, column->name) == 0)
                return leat_diagnostic(b->source, from->name.span, NULL, "the column `%s` is declared twice", column->name);
        if (from->kind == LEAT_AST_COLUMN_COMPUTED)
            continue;
        if (leat_binder_type(b, from->type, &column->type) != 0)
            return -1;
        if (from->kind == LEAT_AST_COLUMN_METADATA && metadata_column(b, from, connector, column) != 0)
            return -1;
    }
    return 0;
}

// The columns of a table while they are declared.
struct declared {
    const struct leat_table_column *columns;
    uint32_t count;
    const struct leat_ast_expr *found;
};

static bool is_computed_name(void *context, const struct leat_ast_expr *node) {
    struct declared *declared = context;
    if (node->kind != LEAT_AST_EXPR_COLUMN || node->column.count != 1)
        return false;
    for (uint32_t i = 0; i < declared->count; i++)
        if (declared->columns[i].kind == LEAT_AST_COLUMN_COMPUTED && strcmp(declared->columns[i].name, node->column.parts[0].text) == 0)
            declared->found = node;
    return declared->found != NULL;
}

static const struct leat_expr *compute_column(struct leat_binder *b, const struct leat_ast_column *ast,
                                              const struct leat_table_column *columns, uint32_t count) {
    struct declared declared = {columns, count, NULL};
    if (leat_binder_walk(ast->expr, is_computed_name, &declared)) {
        leat_diagnostic(b->source, declared.found->span, "repeat its expression, or compute this one in a view",
                        "a computed column cannot use `%s`, which is computed, too", declared.found->column.parts[0].text);
        return NULL;
    }
    const struct leat_expr *expr = leat_binder_expr(b, ast->expr);
    if (expr && expr->decimal)
        expr = leat_expr_cast(&b->builder, expr, (struct leat_type){.kind = LEAT_TYPE_DOUBLE}, false);
    return expr;
}

// As in Flink, computed columns are over physical and metadata columns.
static int compute_columns(struct leat_binder *b, const struct leat_ast_create_table *ast, struct leat_table_column *columns) {
    struct leat_relation relation;
    struct leat_scope scope;
    table_scope(b, columns, ast->column_count, false, &relation, &scope);
    b->scope = &scope;
    b->place = "a computed column";
    for (uint32_t i = 0; i < ast->column_count; i++) {
        if (columns[i].kind != LEAT_AST_COLUMN_COMPUTED)
            continue;
        const struct leat_expr *expr = compute_column(b, &ast->columns[i], columns, ast->column_count);
        if (!expr)
            break;
        columns[i].expr = expr;
        columns[i].type = expr->type;
    }
    b->scope = NULL;
    for (uint32_t i = 0; i < ast->column_count; i++)
        if (columns[i].kind == LEAT_AST_COLUMN_COMPUTED && !columns[i].expr)
            return -1;
    return 0;
}

// ---- WATERMARK, PRIMARY KEY

static bool is_time_type(struct leat_type type) {
    return (type.kind == LEAT_TYPE_TIMESTAMP || type.kind == LEAT_TYPE_TIMESTAMP_LTZ) && type.precision <= 3;
}

// How far `column - INTERVAL ...` stays behind the column; -1 for any other form.
static int64_t delay_of(const struct leat_ast_watermark *ast) {
    const struct leat_ast_expr *expr = ast->expr, *column = expr;
    int64_t delay = 0;
    if (expr->kind == LEAT_AST_EXPR_BINARY && expr->binary.op == LEAT_AST_OP_SUBTRACT) {
        const struct leat_ast_expr *right = expr->binary.right;
        if (right->kind != LEAT_AST_EXPR_LITERAL || right->literal.kind != LEAT_AST_LITERAL_INTERVAL || right->literal.interval.is_months)
            return -1;
        column = expr->binary.left;
        delay = right->literal.interval.value;
    }
    bool same = column->kind == LEAT_AST_EXPR_COLUMN && column->column.count == 1 &&
                strcmp(column->column.parts[0].text, ast->column.parts[0].text) == 0;
    return same && delay >= 0 ? delay : -1;
}

static int bind_watermark(struct leat_binder *b, const struct leat_ast_create_table *ast, struct leat_table *table) {
    const struct leat_ast_watermark *mark = ast->watermark;
    struct leat_relation relation;
    struct leat_scope scope;
    if (!mark)
        return 0;
    if (mark->column.count > 1)
        return leat_diagnostic(b->source, mark->column.span, NULL, "the column of a WATERMARK must be a column of the table itself");
    table_scope(b, table->columns, table->column_count, true, &relation, &scope);
    if (leat_scope_resolve(b->arena, b->source, &scope, &mark->column, &table->time) != 0)
        return -1;
    struct leat_type type = table->columns[table->time].type;
    if (!is_time_type(type))
        return leat_diagnostic(b->source, mark->column.span, "add a computed column: ts AS TO_TIMESTAMP_LTZ(millis, 3)",
                               "Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or "
                               "TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is %s",
                               leat_binder_type_text(b, type));
    b->scope = &scope;
    b->place = "a WATERMARK";
    table->watermark = leat_binder_expr(b, mark->expr);
    b->scope = NULL;
    if (!table->watermark)
        return -1;
    if (table->watermark->type.kind != type.kind)
        return leat_diagnostic(b->source, mark->expr->span, NULL, "the WATERMARK must be a %s like its column, not %s",
                               leat_type_text(b->arena, type), leat_type_text(b->arena, table->watermark->type));
    table->has_time = true;
    table->delay_us = delay_of(mark);
    table->watermark_text =
        leat_arena_copy(b->arena, b->source->text + mark->expr->span.start, mark->expr->span.end - mark->expr->span.start);
    return 0;
}

static int bind_primary_key(struct leat_binder *b, const struct leat_ast_create_table *ast, struct leat_table *table,
                            struct leat_table_column *columns) {
    const struct leat_ast_primary_key *key = ast->primary_key;
    struct leat_relation relation;
    struct leat_scope scope;
    const struct leat_connector *connector = table->options.connector;
    if (!key && connector->needs_key)
        return leat_diagnostic(b->source, table->options.connector_span, "add PRIMARY KEY (...) NOT ENFORCED",
                               "'%s' tables require to define a PRIMARY KEY constraint", connector->name);
    if (key && connector->refuses_key)
        return leat_diagnostic(b->source, key->span, "leave it out; 'upsert-kafka' keeps one row for each key",
                               "'%s' tables do not support a PRIMARY KEY: they cannot guarantee its semantics", connector->name);
    if (!key)
        return 0;
    table_scope(b, columns, table->column_count, true, &relation, &scope);
    uint32_t *members = leat_arena_alloc(b->arena, key->columns.count * sizeof(*members));
    for (uint32_t i = 0; i < key->columns.count; i++) {
        const struct leat_ast_name *name = &key->columns.items[i];
        struct leat_ast_path path = {.parts = &key->columns.items[i], .count = 1, .span = name->span};
        if (leat_scope_resolve(b->arena, b->source, &scope, &path, &members[i]) != 0)
            return -1;
        for (uint32_t k = 0; k < i; k++)
            if (members[k] == members[i])
                return leat_diagnostic(b->source, name->span, NULL, "the column `%s` stands twice in the PRIMARY KEY", name->text);
        if (columns[members[i]].kind != LEAT_AST_COLUMN_PHYSICAL)
            return leat_diagnostic(b->source, name->span, NULL, "the columns of a PRIMARY KEY must be physical ones; `%s` is not",
                                   name->text);
        columns[members[i]].type.nullable = false;
    }
    table->primary_key = members;
    table->primary_key_count = key->columns.count;
    return 0;
}

// ---- CREATE TABLE

static int refuse_parts(struct leat_binder *b, const struct leat_ast_create_table *ast, struct leat_span span) {
    if (ast->like)
        return leat_diagnostic(b->source, ast->like->span, "write the columns and options out",
                               "CREATE TABLE ... LIKE is not supported yet");
    if (ast->as_query)
        return leat_diagnostic(b->source, ast->as_span, "CREATE TABLE with its columns, then INSERT INTO",
                               "CREATE TABLE ... AS SELECT is not supported yet");
    if (ast->partitioned_by.count)
        return leat_diagnostic(b->source, ast->partitioned_by.items[0].span, NULL, "PARTITIONED BY is not supported yet");
    if (ast->column_count == 0)
        return leat_diagnostic(b->source, span, NULL, "a table needs at least one column");
    if (ast->column_count > LEAT_COLUMNS_MAX)
        return leat_diagnostic(b->source, span, NULL, "a table has at most %d columns", LEAT_COLUMNS_MAX);
    return 0;
}

// Looks that the name is free. 1: it is taken, and IF NOT EXISTS says that this is fine.
static int claim_name(struct leat_binder *b, const struct leat_ast_path *path, bool if_not_exists, const char **name) {
    *name = leat_catalog_name(b->source, path);
    if (!*name)
        return -1;
    const struct leat_catalog_entry *entry = leat_catalog_find(&b->catalog, *name);
    if (entry && if_not_exists)
        return 1;
    if (entry)
        return leat_diagnostic(b->source, path->span, "DROP it first, or take another name", "`%s` exists already: it is a %s", *name,
                               entry->view ? "view" : "table");
    if (++b->table_count > LEAT_PLAN_TABLES_MAX)
        return leat_diagnostic(b->source, path->span, NULL, "a script has at most %d tables and views", LEAT_PLAN_TABLES_MAX);
    return 0;
}

int leat_binder_create_table(struct leat_binder *b, const struct leat_ast_statement *statement) {
    const struct leat_ast_create_table *ast = &statement->create_table;
    struct leat_options_context context = options_context(b);
    const char *name;
    int claimed = claim_name(b, &ast->name, ast->if_not_exists, &name);
    if (claimed != 0)
        return claimed < 0 ? -1 : 0;
    struct leat_table *table = leat_arena_alloc(b->arena, sizeof(*table));
    if (refuse_parts(b, ast, statement->span) != 0 || leat_options_bind(&context, ast->name.span, &ast->options, &table->options) != 0)
        return -1;
    struct leat_table_column *columns = leat_arena_alloc(b->arena, ast->column_count * sizeof(*columns));
    table->name = name;
    table->span = ast->name.span;
    table->columns = columns;
    table->column_count = ast->column_count;
    table->delay_us = -1;
    if (declare_columns(b, ast, table->options.connector, columns) != 0 || bind_primary_key(b, ast, table, columns) != 0 ||
        compute_columns(b, ast, columns) != 0 || bind_watermark(b, ast, table) != 0 ||
        leat_binder_check_rules(b, &ast->options, table) != 0)
        return -1;
    struct leat_catalog_entry *entry = leat_catalog_add(&b->catalog, b->arena, name);
    entry->table = table;
    entry->span = ast->name.span;
    return 0;
}

// ---- CREATE VIEW, DROP

int leat_binder_create_view(struct leat_binder *b, const struct leat_ast_statement *statement) {
    const struct leat_ast_create_view *ast = &statement->create_view;
    const char *name;
    int claimed = claim_name(b, &ast->name, ast->if_not_exists, &name);
    if (claimed != 0)
        return claimed < 0 ? -1 : 0;
    const struct leat_relation *relation = leat_binder_query(b, ast->query);
    if (relation && ast->columns.count)
        relation = leat_binder_rename(b, relation, &ast->columns, ast->name.span);
    if (!relation)
        return -1;
    for (uint32_t i = 0; i < relation->column_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(relation->columns[k].name, relation->columns[i].name) == 0)
                return leat_diagnostic(b->source, ast->name.span, "give one of them another name with AS", "the view has two columns `%s`",
                                       relation->columns[i].name);
    struct leat_catalog_entry *entry = leat_catalog_add(&b->catalog, b->arena, name);
    entry->view = relation;
    entry->span = ast->name.span;
    return 0;
}

int leat_binder_drop(struct leat_binder *b, const struct leat_ast_statement *statement) {
    const struct leat_ast_drop *ast = &statement->drop;
    const char *name = leat_catalog_name(b->source, &ast->name);
    if (!name)
        return -1;
    const struct leat_catalog_entry *entry = leat_catalog_find(&b->catalog, name);
    if (!entry && ast->if_exists)
        return 0;
    if (!entry)
        return leat_diagnostic(b->source, ast->name.span, leat_catalog_hint(&b->catalog, b->arena, name), "there is no %s `%s`",
                               ast->view ? "view" : "table", name);
    if (ast->view != (entry->view != NULL))
        return leat_diagnostic(b->source, ast->name.span, ast->view ? "write DROP TABLE" : "write DROP VIEW", "`%s` is a %s", name,
                               entry->view ? "view" : "table");
    leat_catalog_remove(&b->catalog, entry);
    return 0;
}
