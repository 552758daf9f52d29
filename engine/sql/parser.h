// Text to syntax tree: one script of many statements, in the SQL dialect of Apache Flink with leat's extensions.
// Recursive descent for statements and queries, precedence climbing for expressions (Pratt 1973), with Calcite's precedences.
#ifndef LEAT_ENGINE_SQL_PARSER_H
#define LEAT_ENGINE_SQL_PARSER_H

#include "engine/base/arena.h"
#include "engine/sql/ast.h"
#include "engine/sql/diagnostic.h"
#include "engine/sql/variables.h"

// Longest script.
#define LEAT_SQL_SCRIPT_BYTES_MAX ((size_t)16 * 1024 * 1024)

// Deepest nesting of parentheses, queries and types together.
#define LEAT_SQL_DEPTH_MAX 200

// Tallest syntax tree. Nesting is not all: a + b + c + ... leans to the left, one level an operator. With both limits
// whoever walks a tree by recursion needs a bounded stack.
#define LEAT_SQL_HEIGHT_MAX 1000

// What may be given to the parser beside the text. Zero is fine. All borrowed.
struct leat_sql_parse_options {
    const struct leat_sql_variables *variables; // or NULL: the environment only
    struct leat_sql_warnings *warnings;         // or NULL: warnings are dropped
};

// Parses `source` into `*out`, which lives in the arena and borrows the source's texts. The script may be empty.
// 0, or -1 with a diagnostic in the error stack (kind LEAT_ERROR_CONFIG); `*out` is then NULL. Any bytes are safe input.
int leat_sql_parse(struct leat_arena *arena, const struct leat_sql_source *source, struct leat_ast_script **out);

// Like leat_sql_parse, with options.
int leat_sql_parse_with(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_sql_parse_options *options,
                        struct leat_ast_script **out);

#endif
