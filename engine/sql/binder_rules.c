// What the options of a table ask of each other and of its columns: the rules stand with the connectors.
#include "engine/sql/binder.h"

#include "engine/sql/suggest.h"

// The state of checking one table.
struct rules {
    struct leat_binder *b;
    const struct leat_ast_options *ast; // its items stand where those of the table do
    const struct leat_table *table;
};

// Where the option stands among those that are written; UINT32_MAX: it does not.
static uint32_t find(const struct leat_table *table, const char *name) {
    for (uint32_t i = 0; i < table->options.count; i++)
        if (strcmp(table->options.options[i].name, name) == 0)
            return i;
    return UINT32_MAX;
}

// "add 'name' = '...': what it is".
static const char *add_hint(const struct rules *r, const char *name, const char *value) {
    const struct leat_connector *connector = r->table->options.connector;
    for (uint32_t i = 0; !value && i < connector->option_count; i++)
        if (strcmp(connector->options[i].name, name) == 0)
            return leat_arena_printf(r->b->arena, "add '%s' = '...': %s", name, connector->options[i].doc);
    return leat_arena_printf(r->b->arena, "write '%s' = '%s'", name, value ? value : "...");
}

static int check_needs(const struct rules *r, const struct leat_option_rule *rule) {
    const struct leat_graph_option *options = r->table->options.options;
    uint32_t at = find(r->table, rule->name), other = find(r->table, rule->other);
    if (at == UINT32_MAX || (rule->value && strcmp(options[at].value, rule->value) != 0))
        return 0;
    if (other != UINT32_MAX && (!rule->other_value || strcmp(options[other].value, rule->other_value) == 0))
        return 0;
    struct leat_arena *arena = r->b->arena;
    const char *given = rule->value ? leat_arena_printf(arena, "'%s' = '%s'", rule->name, rule->value) : NULL;
    const char *wanted = rule->other_value ? leat_arena_printf(arena, "'%s' = '%s'", rule->other, rule->other_value) : NULL;
    return leat_diagnostic(r->b->source, rule->value ? r->ast->items[at].value.span : r->ast->items[at].key.span,
                           add_hint(r, rule->other, rule->other_value), "%s needs %s",
                           given ? given : leat_arena_printf(arena, "the option '%s'", rule->name),
                           wanted ? wanted : leat_arena_printf(arena, "the option '%s'", rule->other));
}

static int check_one_of(const struct rules *r, const struct leat_option_rule *rule) {
    uint32_t first = find(r->table, rule->name), second = find(r->table, rule->other);
    if (first == UINT32_MAX && second == UINT32_MAX)
        return leat_diagnostic(r->b->source, r->ast->span, add_hint(r, rule->name, NULL), "the connector '%s' needs '%s' or '%s'",
                               r->table->options.connector->name, rule->name, rule->other);
    if (first != UINT32_MAX && second != UINT32_MAX)
        return leat_diagnostic(r->b->source, r->ast->items[LEAT_MAX(first, second)].key.span, "keep one of them",
                               "the options '%s' and '%s' exclude each other", rule->name, rule->other);
    return 0;
}

// ---- columns

static bool is_physical(const struct leat_table *table, const char *name, size_t length) {
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct leat_table_column *column = &table->columns[i];
        if (column->kind == LEAT_AST_COLUMN_PHYSICAL && strlen(column->name) == length && memcmp(column->name, name, length) == 0)
            return true;
    }
    return false;
}

static int unknown_column(const struct rules *r, const char *name, struct leat_span span, const char *option) {
    const char **names = leat_arena_alloc(r->b->arena, r->table->column_count * sizeof(*names)), *list = NULL;
    for (uint32_t i = 0; i < r->table->column_count; i++) {
        if (r->table->columns[i].kind != LEAT_AST_COLUMN_PHYSICAL)
            continue;
        names[i] = r->table->columns[i].name;
        if (i < 8)
            list = list ? leat_arena_printf(r->b->arena, "%s, %s", list, names[i]) : names[i];
    }
    const char *hint = leat_suggest_hint(r->b->arena, name, names, r->table->column_count);
    if (!hint && list)
        hint = leat_arena_printf(r->b->arena, "physical columns: %s", list);
    return leat_diagnostic(r->b->source, span, hint, "'%s' names `%s`, which is no physical column of the table", option, name);
}

// A list of columns, each with the prefix that another option may ask for.
static int check_columns(const struct rules *r, const struct leat_option_rule *rule) {
    uint32_t at = find(r->table, rule->name), other = rule->other ? find(r->table, rule->other) : UINT32_MAX;
    if (at == UINT32_MAX)
        return 0;
    const char *prefix = other == UINT32_MAX ? "" : r->table->options.options[other].value;
    const struct leat_span span = r->ast->items[at].value.span;
    for (const char *name = r->table->options.options[at].value;;) {
        size_t length = strcspn(name, ";");
        const char *copy = leat_arena_copy(r->b->arena, name, length);
        if (!is_physical(r->table, name, length))
            return unknown_column(r, copy, span, rule->name);
        if (strncmp(copy, prefix, strlen(prefix)) != 0)
            return leat_diagnostic(r->b->source, span, NULL, "the column `%s` does not begin with the '%s'", copy, rule->other);
        if (!name[length])
            return 0;
        name += length + 1;
    }
}

// PREFIX.COLUMN.WORD; the column may have dots.
static int check_field(const struct rules *r, const struct leat_option_rule *rule, uint32_t at) {
    const char *key = r->table->options.options[at].name, *column = key + strlen(rule->name) - 1, *dot = strrchr(column, '.');
    const struct leat_span span = r->ast->items[at].key.span;
    const char *list = NULL;
    for (const char *const *word = rule->words; *word; word++)
        list = list ? leat_arena_printf(r->b->arena, "%s, %s", list, *word) : *word;
    const char *hint = leat_arena_printf(r->b->arena, "write '%.*sCOLUMN.WORD', the word being one of %s", (int)(column - key), key, list);
    if (!dot)
        return leat_diagnostic(r->b->source, span, hint, "the option '%s' does not say what of the column it is", key);
    if (!is_physical(r->table, column, (size_t)(dot - column)))
        return unknown_column(r, leat_arena_copy(r->b->arena, column, (size_t)(dot - column)), span, key);
    for (const char *const *word = rule->words; *word; word++)
        if (strcmp(*word, dot + 1) == 0)
            return 0;
    return leat_diagnostic(r->b->source, span, hint, "columns have no '%s' here", dot + 1);
}

static int check_fields(const struct rules *r, const struct leat_option_rule *rule) {
    for (uint32_t i = 0; i < r->table->options.count; i++)
        if (strncmp(r->table->options.options[i].name, rule->name, strlen(rule->name) - 1) == 0 && check_field(r, rule, i) != 0)
            return -1;
    return 0;
}

int leat_binder_check_rules(struct leat_binder *b, const struct leat_ast_options *ast, const struct leat_table *table) {
    const struct rules r = {b, ast, table};
    const struct leat_connector *connector = table->options.connector;
    for (uint32_t i = 0; i < connector->rule_count; i++) {
        const struct leat_option_rule *rule = &connector->rules[i];
        int result = 0;
        if (rule->kind == LEAT_RULE_NEEDS)
            result = check_needs(&r, rule);
        else if (rule->kind == LEAT_RULE_ONE_OF)
            result = check_one_of(&r, rule);
        else if (rule->kind == LEAT_RULE_COLUMNS)
            result = check_columns(&r, rule);
        else if (rule->kind == LEAT_RULE_FIELDS)
            result = check_fields(&r, rule);
        if (result != 0)
            return -1;
    }
    return 0;
}

const char *leat_binder_reads_only(const struct leat_table *table) {
    const struct leat_connector *connector = table->options.connector;
    for (uint32_t i = 0; i < connector->rule_count; i++)
        if (connector->rules[i].kind == LEAT_RULE_READS_ONLY && find(table, connector->rules[i].name) != UINT32_MAX)
            return connector->rules[i].name;
    return NULL;
}
