// What the files of the binder share: it turns syntax trees into relations and expressions. The planner calls it statement by statement.
// Convention: functions that return a node return NULL, others -1, once a diagnostic is set; the caller gives up at once.
#ifndef LEAT_ENGINE_SQL_BINDER_H
#define LEAT_ENGINE_SQL_BINDER_H

#include "engine/expr/function.h"
#include "engine/sql/catalog.h"
#include "engine/sql/planner.h"
#include "engine/sql/scope.h"

// Most tables and views, SELECTs, and INSERTs of one script.
#define LEAT_PLAN_TABLES_MAX  4096
#define LEAT_PLAN_SELECTS_MAX 8192
#define LEAT_PLAN_INSERTS_MAX 1024

struct leat_group;

// WITH name AS (query), in reach from here; inner ones first.
struct leat_binder_cte {
    const char *name;
    const struct leat_relation *relation;
    const struct leat_binder_cte *next;
};

// The state of binding one script.
struct leat_binder {
    struct leat_arena *arena;
    const struct leat_sql_source *source;
    const struct leat_registry *registry;
    const struct leat_plan_options *options;
    struct leat_sql_warnings *warnings;
    struct leat_catalog catalog;
    struct leat_session session;
    struct leat_expr_builder builder;
    struct leat_logical logical;
    uint32_t table_count; // ever created
    uint32_t select_count;
    // Of the expression being bound.
    const struct leat_scope *scope;
    struct leat_group *group; // aggregates are allowed and collected here; NULL: they are not
    const char *place;        // where an aggregate stands when it is not allowed: "WHERE", "ON", ...
    const struct leat_binder_cte *ctes;
};

// Turns the builder's error into a diagnostic at `span`. Returns -1.
int leat_binder_fail(struct leat_binder *b, struct leat_span span);

// ---- types and expressions (binder_type.c, binder_expr.c, binder_call.c)

// The type of a column or CAST.
int leat_binder_type(struct leat_binder *b, const struct leat_ast_type *ast, struct leat_type *type);

// An expression over the columns of b->scope.
const struct leat_expr *leat_binder_expr(struct leat_binder *b, const struct leat_ast_expr *ast);

// A condition: an expression of type BOOLEAN; `place` names it in errors.
const struct leat_expr *leat_binder_condition(struct leat_binder *b, const struct leat_ast_expr *ast, const char *place);

// A call: of a function, or of an aggregate or window function where b->group allows them.
const struct leat_expr *leat_binder_call(struct leat_binder *b, const struct leat_ast_expr *ast);

// A call that names a unit of time, `name`: EXTRACT(unit FROM t), FLOOR(t TO unit), TIMESTAMPADD, TIMESTAMPDIFF (binder_unit.c).
const struct leat_expr *leat_binder_unit_call(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name);

// Calls a function of the registry on bound arguments; `span` is where it went wrong if it does.
const struct leat_expr *leat_binder_apply(struct leat_binder *b, struct leat_span span, const char *name,
                                          const struct leat_expr *const *args, uint32_t count);

// A constant INTERVAL of days to seconds in microseconds. `what` names it in errors ("the size of the window").
int leat_binder_interval(struct leat_binder *b, const struct leat_ast_expr *ast, const char *what, int64_t *micros);

// "INT NOT NULL": a type as Flink writes schemas.
const char *leat_binder_type_text(struct leat_binder *b, struct leat_type type);

// ---- queries (binder_query.c, binder_from.c, binder_union.c)

// A query; its columns have names.
const struct leat_relation *leat_binder_query(struct leat_binder *b, const struct leat_ast_query *ast);

// What stands in FROM.
int leat_binder_from(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out);

// A table, view or WITH name.
const struct leat_relation *leat_binder_named(struct leat_binder *b, const struct leat_ast_path *path);

// The rows of a table.
const struct leat_relation *leat_binder_read(struct leat_binder *b, struct leat_table *table, struct leat_span span);

// l SERIES JOIN r (binder_join.c).
int leat_binder_series_join(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out);

// TUMBLE(...) in FROM (binder_tumble.c).
int leat_binder_table_function(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out);

// The size and offset (or NULL) of a window into *window.
int leat_binder_window_size(struct leat_binder *b, const struct leat_ast_expr *size, const struct leat_ast_expr *offset,
                            struct leat_logical_window *window);

// The two relations as UNION ALL.
const struct leat_relation *leat_binder_union(struct leat_binder *b, const struct leat_relation *left, const struct leat_relation *right,
                                              struct leat_span span);

// A relation with the columns renamed: t (a, b), CREATE VIEW v (a, b). NULL with a diagnostic when the counts differ.
const struct leat_relation *leat_binder_rename(struct leat_binder *b, const struct leat_relation *relation,
                                               const struct leat_ast_names *names, struct leat_span span);

// ---- aggregation (binder_group.c)

// Binds the items and HAVING of a SELECT with GROUP BY or aggregates over `input` (b->scope set). *out is the aggregation's relation,
// items[i] and *having (NULL where there is none) are over its columns.
int leat_binder_group(struct leat_binder *b, const struct leat_ast_select *ast, const struct leat_relation *input,
                      const struct leat_ast_expr *const *item_asts, uint32_t item_count, const struct leat_expr **items,
                      const struct leat_expr **having, const struct leat_relation **out);

// An aggregate call inside b->group: a column that stands for its result. Likewise TUMBLE_START and its like.
const struct leat_expr *leat_binder_aggregate(struct leat_binder *b, const struct leat_ast_expr *ast);
const struct leat_expr *leat_binder_window_call(struct leat_binder *b, const struct leat_ast_expr *ast); // see above

// True when the expression holds an aggregate call (not inside a subquery).
bool leat_binder_has_aggregate(const struct leat_ast_expr *ast);

// True when `name` is one of TUMBLE, TUMBLE_START, ... of the legacy window syntax, in any case.
bool leat_binder_is_window_name(const char *name);

// ---- statements (binder_table.c, binder_insert.c)

// CREATE TABLE.
int leat_binder_create_table(struct leat_binder *b, const struct leat_ast_statement *statement);

// CREATE VIEW.
int leat_binder_create_view(struct leat_binder *b, const struct leat_ast_statement *statement);

// DROP TABLE, DROP VIEW.
int leat_binder_drop(struct leat_binder *b, const struct leat_ast_statement *statement);

// An INSERT: where its rows go.
struct leat_bound_insert {
    struct leat_table *table;
    const struct leat_relation *relation; // one column per entry of `columns`
    const uint32_t *columns;              // of the table, those that are written
    struct leat_span span;
    struct leat_bound_insert *next;
};

// INSERT INTO. Checks that the target may be written and casts the columns to its types.
int leat_binder_insert(struct leat_binder *b, const struct leat_ast_statement *statement, struct leat_bound_insert **out);

// Checks what the options of a table ask of each other and of its columns (binder_rules.c); `ast` is what was written.
int leat_binder_check_rules(struct leat_binder *b, const struct leat_ast_options *ast, const struct leat_table *table);

// The option of a table that is for reading only, or NULL.
const char *leat_binder_reads_only(const struct leat_table *table);

// Checks that the table may be read in this mode: its connector works, is replaced by a file, or nothing will run.
int leat_binder_check_read(struct leat_binder *b, struct leat_table *table);

// Likewise for a table that the INSERT at `span` writes.
int leat_binder_check_write(struct leat_binder *b, struct leat_table *table, struct leat_span span);

// ---- syntax trees (binder_walk.c)

// Calls visit for `ast` and everything below it, from the top down, but not into subqueries; ends when it returns true, and returns that.
bool leat_binder_walk(const struct leat_ast_expr *ast, bool (*visit)(void *context, const struct leat_ast_expr *node), void *context);

#endif
