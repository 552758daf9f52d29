// Variables in string literals of WITH (...), OPTIONS(...) and SET:
//   ${NAME}  ${NAME:-default}  ${NAME:?message}  ${file:PATH}  and $$ for a dollar sign.
// They are put in after the lexer has found the literal, so that a value can never become syntax. A dollar sign before anything else
// stands for itself.
#ifndef LEAT_ENGINE_SQL_VARIABLES_H
#define LEAT_ENGINE_SQL_VARIABLES_H

#include "engine/base/arena.h"
#include "engine/sql/ast.h"
#include "engine/sql/diagnostic.h"

// Largest file that ${file:PATH} reads, and longest literal after substitution.
#define LEAT_SQL_VARIABLE_BYTES_MAX ((size_t)64 * 1024)

// -D NAME=VALUE of the command line.
struct leat_sql_definition {
    const char *name;
    const char *value;
};

// Where values come from: the definitions, the last one of a name winning, then the environment of the process. All borrowed.
struct leat_sql_variables {
    const struct leat_sql_definition *definitions;
    size_t count;
    bool no_environment; // for tests and for tools that must not depend on it
};

// Splits "NAME=VALUE"; NAME is letters, digits, underscores, not starting with a digit. -1 with the error stack set
// (LEAT_ERROR_USAGE). The result's texts live in the arena.
int leat_sql_definition_parse(struct leat_arena *arena, const char *argument, struct leat_sql_definition *out);

// Replaces the variables in `string` and sets its text, length, written and substituted. `variables` may be NULL: environment only.
// The span of the string says where its literal stands in `source`, so that an error points at the variable itself. -1 with a diagnostic.
int leat_sql_variables_apply(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_sql_variables *variables,
                             struct leat_ast_string *string);

// True where values under this option key must not be shown: it holds password, secret, token, key, jaas or credential (any case).
// Keys that only name a format or columns (key.format, key.fields, document-id.key-delimiter ...) are no secrets.
bool leat_sql_option_is_secret(const char *key);

#endif
