#include "engine/sql/scope.h"

#include "engine/sql/suggest.h"

// The parts of a path that qualify its last one: "default_catalog.default_database." means nothing here and is left out.
static struct leat_ast_path without_catalog(const struct leat_ast_path *path) {
    struct leat_ast_path rest = *path;
    if (rest.count >= 4 && strcmp(rest.parts[0].text, "default_catalog") == 0)
        rest.parts++, rest.count--;
    if (rest.count >= 3 && strcmp(rest.parts[0].text, "default_database") == 0)
        rest.parts++, rest.count--;
    return rest;
}

static const struct leat_scope_table *find_table(const struct leat_scope *scope, const char *name) {
    for (uint32_t i = 0; i < scope->table_count; i++)
        if (scope->tables[i].name && strcmp(scope->tables[i].name, name) == 0)
            return &scope->tables[i];
    return NULL;
}

static const char *qualifier_of(const struct leat_scope *scope, uint32_t column) {
    for (uint32_t i = 0; i < scope->table_count; i++)
        if (column - scope->tables[i].first < scope->tables[i].count)
            return scope->tables[i].name;
    return NULL;
}

static int unknown_table(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_scope *scope,
                         const struct leat_ast_name *name) {
    struct leat_suggest suggest = {.word = name->text};
    const char *list = NULL, *other_case = NULL;
    for (uint32_t i = 0; i < scope->table_count; i++) {
        if (!scope->tables[i].name)
            continue;
        leat_suggest_offer(&suggest, scope->tables[i].name);
        if (strcasecmp(scope->tables[i].name, name->text) == 0)
            other_case = scope->tables[i].name;
        if (i < 8)
            list = list ? leat_arena_printf(arena, "%s, %s", list, scope->tables[i].name) : scope->tables[i].name;
    }
    const char *hint = other_case     ? leat_arena_printf(arena, "did you mean `%s`? Names are case-sensitive", other_case)
                       : suggest.best ? leat_arena_printf(arena, "did you mean `%s`?", suggest.best)
                       : list         ? leat_arena_printf(arena, "FROM has: %s", list)
                                      : NULL;
    return leat_diagnostic(source, name->span, hint, "there is no table `%s` in FROM", name->text);
}

static int unknown_column(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_relation *relation,
                          uint32_t first, uint32_t count, const struct leat_ast_name *name, const char *of) {
    struct leat_suggest suggest = {.word = name->text};
    const char *list = NULL, *other_case = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const char *candidate = relation->columns[first + i].name;
        leat_suggest_offer(&suggest, candidate);
        if (strcasecmp(candidate, name->text) == 0)
            other_case = candidate;
        if (i < 8 && *candidate)
            list = list ? leat_arena_printf(arena, "%s, %s", list, candidate) : candidate;
    }
    const char *hint = NULL;
    if (other_case)
        hint = leat_arena_printf(arena, "did you mean `%s`? Names are case-sensitive", other_case);
    else if (suggest.best)
        hint = leat_arena_printf(arena, "did you mean `%s`?", suggest.best);
    else if (list)
        hint = leat_arena_printf(arena, "there are: %s%s", list, count > 8 ? ", ..." : "");
    if (of)
        return leat_diagnostic(source, name->span, hint, "there is no column `%s` in `%s`", name->text, of);
    return leat_diagnostic(source, name->span, hint, "there is no column `%s`", name->text);
}

// Columns of this name in [first, first + count): how many, and the first of them.
static uint32_t count_named(const struct leat_relation *relation, uint32_t first, uint32_t count, const char *name, uint32_t *column) {
    uint32_t found = 0;
    for (uint32_t i = first + count; i-- > first;) {
        if (strcmp(relation->columns[i].name, name) != 0)
            continue;
        *column = i;
        found++;
    }
    return found;
}

static int ambiguous(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_scope *scope,
                     const struct leat_ast_name *name, uint32_t column) {
    const char *qualifier = qualifier_of(scope, column);
    const char *hint = qualifier && scope->table_count > 1
                           ? leat_arena_printf(arena, "say which one is meant, for example `%s`.`%s`", qualifier, name->text)
                           : "give the columns different names with AS";
    return leat_diagnostic(source, name->span, hint, "the column `%s` is ambiguous", name->text);
}

int leat_scope_resolve(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_scope *scope,
                       const struct leat_ast_path *path, uint32_t *column) {
    struct leat_ast_path rest = without_catalog(path);
    const struct leat_relation *relation = scope->relation;
    const struct leat_ast_name *name = &rest.parts[rest.count - 1];
    if (rest.count == 1) {
        uint32_t found = count_named(relation, 0, relation->column_count, name->text, column);
        if (found == 1)
            return 0;
        if (found > 1)
            return ambiguous(arena, source, scope, name, *column);
        return unknown_column(arena, source, relation, 0, relation->column_count, name, NULL);
    }
    const struct leat_scope_table *table = find_table(scope, rest.parts[0].text);
    if (!table && count_named(relation, 0, relation->column_count, rest.parts[0].text, column) > 0)
        return leat_diagnostic(source, path->span, NULL, "`%s` is no table, and fields of ROW columns are not supported yet",
                               rest.parts[0].text);
    if (!table)
        return unknown_table(arena, source, scope, &rest.parts[0]);
    if (rest.count > 2)
        return leat_diagnostic(source, path->span, NULL, "fields of ROW columns are not supported yet");
    uint32_t found = count_named(relation, table->first, table->count, name->text, column);
    if (found == 0)
        return unknown_column(arena, source, relation, table->first, table->count, name, table->name);
    return found == 1 ? 0 : ambiguous(arena, source, scope, name, *column);
}

const struct leat_scope_table *leat_scope_find_table(struct leat_arena *arena, const struct leat_sql_source *source,
                                                     const struct leat_scope *scope, const struct leat_ast_path *table) {
    struct leat_ast_path rest = *table;
    if (rest.count == 3 && strcmp(rest.parts[0].text, "default_catalog") == 0)
        rest.parts++, rest.count--;
    if (rest.count == 2 && strcmp(rest.parts[0].text, "default_database") == 0)
        rest.parts++, rest.count--;
    const struct leat_scope_table *found = rest.count == 1 ? find_table(scope, rest.parts[0].text) : NULL;
    if (!found)
        unknown_table(arena, source, scope, &rest.parts[0]);
    return found;
}
