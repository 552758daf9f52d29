#include "engine/sql/planner.h"

#include "engine/base/error.h"
#include "engine/sql/list.h"
#include "engine/sql/parser.h"
#include "engine/sql/physical.h"
#include "engine/sql/suggest.h"

// The state of planning one script.
struct planner {
    struct leat_binder binder;
    struct leat_plan *plan;
    struct leat_bound_insert *first, **end;
    struct leat_graph_settings settings;
};

// ---- statements

static int plan_insert(struct planner *p, const struct leat_ast_statement *statement) {
    struct leat_options_context context = {p->binder.arena, p->binder.source, p->binder.registry, p->binder.warnings};
    if (++p->plan->insert_count > LEAT_PLAN_INSERTS_MAX)
        return leat_diagnostic(p->binder.source, statement->span, NULL, "a script has at most %d INSERTs", LEAT_PLAN_INSERTS_MAX);
    if (leat_binder_insert(&p->binder, statement, p->end) != 0)
        return -1;
    p->end = &(*p->end)->next;
    leat_session_settings(&p->binder.session, &context, &p->settings); // a SET further down is too late
    return 0;
}

static int plan_set(struct planner *p, const struct leat_ast_statement *statement) {
    struct leat_options_context context = {p->binder.arena, p->binder.source, p->binder.registry, p->binder.warnings};
    if (statement->kind == LEAT_AST_SET)
        return leat_session_set(&context, &p->binder.session, &statement->set);
    return leat_session_reset(&context, &p->binder.session, &statement->set);
}

static int plan_statement(struct planner *p, const struct leat_ast_statement *statement) {
    switch (statement->kind) {
    case LEAT_AST_CREATE_TABLE:
        return leat_binder_create_table(&p->binder, statement);
    case LEAT_AST_CREATE_VIEW:
        return leat_binder_create_view(&p->binder, statement);
    case LEAT_AST_DROP:
        return leat_binder_drop(&p->binder, statement);
    case LEAT_AST_INSERT:
        return plan_insert(p, statement);
    case LEAT_AST_STATEMENT_SET:
        for (const struct leat_ast_statement *at = statement->statement_set.first; at; at = at->next)
            if (plan_insert(p, at) != 0)
                return -1;
        return 0;
    case LEAT_AST_SET:
    case LEAT_AST_RESET:
        return plan_set(p, statement);
    case LEAT_AST_EXPLAIN:
        return leat_diagnostic(p->binder.source, statement->span, "run: leat explain FILE", "EXPLAIN does not belong into a pipeline");
    case LEAT_AST_QUERY:
        return leat_diagnostic(p->binder.source, statement->span, "write INSERT INTO a table with 'connector' = 'print'",
                               "a query alone has no place to put its rows");
    }
    return -1;
}

// ---- --from and --to

static struct leat_table *find_table(const struct planner *p, const char *name) {
    const struct leat_catalog_entry *entry = leat_catalog_find(&p->binder.catalog, name);
    return entry ? entry->table : NULL;
}

static int unknown_table(const struct planner *p, const char *flag, const char *name) {
    if (leat_catalog_find(&p->binder.catalog, name))
        return leat_error_set(LEAT_ERROR_USAGE, "%s: `%s` is a view, not a table", flag, name);
    struct leat_suggest suggest = {.word = name};
    for (const struct leat_catalog_entry *entry = p->binder.catalog.first; entry; entry = entry->next)
        if (entry->table)
            leat_suggest_offer(&suggest, entry->name);
    if (suggest.best)
        return leat_error_set(LEAT_ERROR_USAGE, "%s: the script has no table `%s`, did you mean `%s`?", flag, name, suggest.best);
    return leat_error_set(LEAT_ERROR_USAGE, "%s: the script has no table `%s`", flag, name);
}

static int apply_replacements(struct planner *p) {
    const struct leat_plan_options *options = p->binder.options;
    if (options->mode != LEAT_PLAN_REPLAY)
        return 0;
    for (uint32_t i = 0; i < options->from_count; i++) {
        struct leat_table *table = find_table(p, options->from[i]);
        if (!table)
            return unknown_table(p, "--from", options->from[i]);
        if (!table->is_used)
            return leat_error_set(LEAT_ERROR_USAGE, "--from: no INSERT of the script reads the table `%s`%s", table->name,
                                  table->is_written ? "; to replace where it is written use --to" : "");
        table->from_replaced = true;
    }
    for (uint32_t i = 0; i < options->to_count; i++) {
        struct leat_table *table = find_table(p, options->to[i]);
        if (!table)
            return unknown_table(p, "--to", options->to[i]);
        if (!table->is_written)
            return leat_error_set(LEAT_ERROR_USAGE, "--to: no INSERT of the script writes the table `%s`%s", table->name,
                                  table->is_used ? "; to replace where it is read use --from" : "");
        table->to_replaced = true;
    }
    return 0;
}

static int check_connectors(struct planner *p, const struct leat_needs *needs) {
    for (uint32_t i = 0; i < needs->producer_count; i++)
        if (needs->producers[i]->kind == LEAT_PRODUCER_TABLE && leat_binder_check_read(&p->binder, needs->producers[i]->table) != 0)
            return -1;
    for (const struct leat_bound_insert *insert = p->first; insert; insert = insert->next)
        if (leat_binder_check_write(&p->binder, insert->table, insert->span) != 0)
            return -1;
    return 0;
}

// ---- the whole

static void list_tables(struct planner *p) {
    struct leat_plan_table *tables = NULL;
    for (const struct leat_catalog_entry *entry = p->binder.catalog.first; entry; entry = entry->next) {
        const struct leat_table *table = entry->table;
        if (!table) {
            p->plan->view_count++;
            continue;
        }
        tables = leat_list_grow(p->binder.arena, tables, p->plan->table_count, sizeof(*tables));
        tables[p->plan->table_count++] = (struct leat_plan_table){
            .name = table->name,
            .connector = table->options.connector->name,
            .is_read = table->is_used,
            .is_written = table->is_written,
            .replaced = table->from_replaced || table->to_replaced,
            .watermark = table->has_time ? table->watermark_text : NULL,
            .delay_us = table->delay_us,
        };
    }
    p->plan->tables = tables;
}

// Without an INSERT there is nothing to lay out.
static int plan_nothing(struct planner *p) {
    uint32_t end = (uint32_t)p->binder.source->length;
    p->plan->graph.settings = p->settings;
    if (p->binder.options->mode == LEAT_PLAN_CHECK)
        return 0;
    return leat_diagnostic(p->binder.source, (struct leat_span){end, end}, "add INSERT INTO ... SELECT ...",
                           "the script has no INSERT: there is nothing to run");
}

static int plan_graph(struct planner *p) {
    struct leat_needs needs;
    leat_optimize(p->binder.arena, p->first, &needs);
    for (uint32_t i = 0; i < needs.producer_count; i++)
        if (needs.producers[i]->kind == LEAT_PRODUCER_TABLE)
            needs.producers[i]->table->is_used = true;
    if (apply_replacements(p) != 0 || check_connectors(p, &needs) != 0 ||
        leat_physical_plan(&p->binder, &needs, p->first, &p->plan->graph) != 0)
        return -1;
    p->plan->graph.settings = p->settings;
    return 0;
}

int leat_plan(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_plan_options *options,
              const struct leat_registry *registry, struct leat_plan **out) {
    struct leat_plan *plan = leat_arena_alloc(arena, sizeof(*plan));
    struct planner p = {.plan = plan};
    struct leat_options_context context = {arena, source, registry, &plan->warnings};
    struct leat_sql_parse_options parse = {.variables = options->variables, .warnings = &plan->warnings};
    struct leat_ast_script *script;
    *out = NULL;
    p.end = &p.first;
    p.binder = (struct leat_binder){.arena = arena,
                                    .source = source,
                                    .registry = registry,
                                    .options = options,
                                    .warnings = &plan->warnings,
                                    .builder = {.arena = arena}};
    p.binder.logical = (struct leat_logical){.arena = arena, .builder = &p.binder.builder};
    plan->source = source;
    plan->arena = arena;
    leat_session_settings(&p.binder.session, &context, &p.settings);
    if (leat_sql_parse_with(arena, source, &parse, &script) != 0)
        return -1;
    for (const struct leat_ast_statement *statement = script->first; statement; statement = statement->next)
        if (plan_statement(&p, statement) != 0)
            return -1;
    if (p.first ? plan_graph(&p) : plan_nothing(&p))
        return -1;
    list_tables(&p);
    *out = plan;
    return 0;
}
