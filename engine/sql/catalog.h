// The tables and views of one script, as CREATE made them.
#ifndef LEAT_ENGINE_SQL_CATALOG_H
#define LEAT_ENGINE_SQL_CATALOG_H

#include "engine/sql/ast.h"
#include "engine/sql/logical.h"
#include "engine/sql/options.h"

// A column of a table.
struct leat_table_column {
    const char *name;
    struct leat_type type;
    enum leat_ast_column_kind kind;
    const struct leat_expr *expr;         // COMPUTED: over the table's columns
    const struct leat_metadata *metadata; // METADATA
    bool is_virtual;                      // METADATA ... VIRTUAL
    struct leat_span span;                // of its definition
};

// A table.
struct leat_table {
    const char *name;
    struct leat_span span;
    const struct leat_table_column *columns;
    uint32_t column_count;
    bool has_time;
    uint32_t time;                     // the column that WATERMARK FOR names
    const struct leat_expr *watermark; // over the table's columns
    int64_t delay_us;                  // column - INTERVAL; -1 for any other form
    const char *watermark_text;        // as written
    const uint32_t *primary_key;
    uint32_t primary_key_count;
    struct leat_table_options options;
    struct leat_producer *producer; // made when it is read for the first time
    bool is_read, is_written;       // named in FROM; written by an INSERT
    bool is_used;                   // read by what an INSERT needs
    struct leat_span read_span;     // where it was first named
    bool from_replaced, to_replaced;
    uint32_t sink; // index in the graph where is_written
};

// A name of the script.
struct leat_catalog_entry {
    const char *name;
    struct leat_table *table;         // or NULL: a view
    const struct leat_relation *view; // or NULL: a table
    struct leat_span span;            // of the name where it was created
    struct leat_catalog_entry *next;
};

// Entries in the order they were created. Zero-initialise.
struct leat_catalog {
    struct leat_catalog_entry *first;
};

// The entry of this name, or NULL. Names are case-sensitive.
struct leat_catalog_entry *leat_catalog_find(const struct leat_catalog *catalog, const char *name);

// Adds an entry at the end; the caller has looked that the name is free.
struct leat_catalog_entry *leat_catalog_add(struct leat_catalog *catalog, struct leat_arena *arena, const char *name);

// Forgets the entry.
void leat_catalog_remove(struct leat_catalog *catalog, const struct leat_catalog_entry *entry);

// The name that `path` means: its last part, behind default_catalog.default_database or nothing. NULL with a diagnostic otherwise.
const char *leat_catalog_name(const struct leat_sql_source *source, const struct leat_ast_path *path);

// "did you mean `x`?", the list of what there is, or NULL when there is nothing.
const char *leat_catalog_hint(const struct leat_catalog *catalog, struct leat_arena *arena, const char *name);

#endif
