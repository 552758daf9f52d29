// What the names of columns mean at one place of a query: the columns of a relation and the tables they can be qualified with.
#ifndef LEAT_ENGINE_SQL_SCOPE_H
#define LEAT_ENGINE_SQL_SCOPE_H

#include "engine/sql/ast.h"
#include "engine/sql/logical.h"

// Columns first .. first + count - 1 of the scope's relation are those of `name`.
struct leat_scope_table {
    const char *name; // the alias, or the table's own name; NULL: a subquery without an alias
    uint32_t first;
    uint32_t count;
};

// What expressions see. Nothing outside it is in reach.
struct leat_scope {
    const struct leat_relation *relation;
    const struct leat_scope_table *tables;
    uint32_t table_count;
};

// A relation that stands in FROM, with the names that it brings.
struct leat_from {
    const struct leat_relation *relation;
    const struct leat_scope_table *tables;
    uint32_t table_count;
};

// Finds the column that `path` names. 0, or -1 with a diagnostic (not found, ambiguous) that says what else was meant.
int leat_scope_resolve(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_scope *scope,
                       const struct leat_ast_path *path, uint32_t *column);

// The columns that `table` (t of t.*) stands for; NULL with a diagnostic when there is no such table.
const struct leat_scope_table *leat_scope_find_table(struct leat_arena *arena, const struct leat_sql_source *source,
                                                     const struct leat_scope *scope, const struct leat_ast_path *table);

#endif
