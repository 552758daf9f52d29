// Checks WITH (...) against the registry's tables and SET against leat's own, and keeps what the plan needs of them.
#ifndef LEAT_ENGINE_SQL_OPTIONS_H
#define LEAT_ENGINE_SQL_OPTIONS_H

#include "engine/runtime/graph.h"
#include "engine/sql/ast.h"

// The WITH options of a table, checked.
struct leat_table_options {
    const struct leat_connector *connector;
    struct leat_span connector_span;         // of the value of 'connector'
    const struct leat_graph_option *options; // real names, in the order written, 'connector' included
    uint32_t count;
    const struct leat_format *format; // NULL: the connector has none
    struct leat_span format_span;     // of its name; that of the connector where it has none
    // 'json.*' of the values' format.
    enum leat_timestamp_form timestamp_form;
    bool ignore_parse_errors;
    bool fail_on_missing_field;
    bool ignore_null_fields;
};

// What the functions below work with.
struct leat_options_context {
    struct leat_arena *arena;
    const struct leat_sql_source *source;
    const struct leat_registry *registry;
    struct leat_sql_warnings *warnings;
};

// Checks the options of CREATE TABLE `table` (its whole statement at `span`). 0, or -1 with a diagnostic.
int leat_options_bind(const struct leat_options_context *context, struct leat_span span, const struct leat_ast_options *ast,
                      struct leat_table_options *out);

// What SET has said so far.
struct leat_session {
    struct leat_graph_option *items; // keys that are set
    uint32_t count;
};

// SET 'key' = 'value'. 0, or -1 with a diagnostic.
int leat_session_set(const struct leat_options_context *context, struct leat_session *session, const struct leat_ast_set *set);

// RESET 'key', or RESET alone. 0, or -1 with a diagnostic.
int leat_session_reset(const struct leat_options_context *context, struct leat_session *session, const struct leat_ast_set *set);

// What the pipeline runs with now.
void leat_session_settings(const struct leat_session *session, const struct leat_options_context *context,
                           struct leat_graph_settings *settings);

// The ith key of SET, or NULL past the last; for documentation.
const struct leat_option *leat_session_key(uint32_t i);

// The ith option that every table that is read has, whatever its connector, or NULL past the last; for documentation.
const struct leat_option *leat_options_common(uint32_t i);

// Reads a duration as Flink writes them ("5 s", "200ms", "1 min") in microseconds. False where it is none.
bool leat_option_duration(const char *text, int64_t *micros);

// Reads an amount of memory ("42 mb", "1kb", "100") in bytes. False where it is none.
bool leat_option_memory(const char *text, int64_t *bytes);

#endif
