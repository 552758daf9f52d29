// What the files of the parser share: the cursor over the tokens, errors, lists. Nobody else includes this.
// Convention: functions that return a node return NULL, others -1, once a diagnostic is set; the caller gives up at once.
#ifndef LEAT_ENGINE_SQL_PARSER_INTERNAL_H
#define LEAT_ENGINE_SQL_PARSER_INTERNAL_H

#include "engine/sql/ast.h"
#include "engine/sql/lexer.h"
#include "engine/sql/parser.h"

// Tokens that may be looked at ahead of the current one, it included.
#define LEAT_PARSER_WINDOW 4

// One run of the parser; lives on the stack of leat_sql_parse_with.
struct leat_parser {
    struct leat_arena *arena;
    const struct leat_sql_source *source;
    struct leat_sql_parse_options options;
    struct leat_lexer lexer;
    struct leat_token window[LEAT_PARSER_WINDOW]; // a ring
    uint32_t window_first;
    uint32_t window_count;
    uint32_t depth;              // of nesting now
    uint32_t tallest;            // height of the tallest tree in the query being parsed
    uint32_t last_end;           // end of the last token taken
    struct leat_span bare_alias; // the last alias without AS: often a misspelled keyword
    bool lexer_failed;           // the diagnostic that is set is the lexer's: keep it
};

// ---- cursor (parser.c)

// The token `ahead` (< LEAT_PARSER_WINDOW) of the current one. Valid until the next call of any function here.
const struct leat_token *leat_parser_peek(struct leat_parser *p, uint32_t ahead);

// Takes the current token.
struct leat_token leat_parser_take(struct leat_parser *p);

// True where the current token is of `kind`.
bool leat_parser_at(struct leat_parser *p, enum leat_token_kind kind);

// True where the token `ahead` is the unquoted word `word` (capitals), in any case.
bool leat_parser_at_word(struct leat_parser *p, uint32_t ahead, const char *word);

// Takes the current token if it is of `kind`.
bool leat_parser_accept(struct leat_parser *p, enum leat_token_kind kind);

// Takes the current token if it is this word.
bool leat_parser_accept_word(struct leat_parser *p, const char *word);

// Takes a token of `kind`, or fails: expected `what`.
int leat_parser_expect(struct leat_parser *p, enum leat_token_kind kind, const char *what);

// Takes this word, or fails.
int leat_parser_expect_word(struct leat_parser *p, const char *word);

// The span from byte `start` to the end of the last token taken.
struct leat_span leat_parser_span_from(const struct leat_parser *p, uint32_t start);

// Start of the current token.
uint32_t leat_parser_start(struct leat_parser *p);

// ---- errors (parser.c)

// Sets a diagnostic, unless the lexer has already set one. Returns -1.
int leat_parser_fail(struct leat_parser *p, struct leat_span span, const char *hint, const char *format, ...) LEAT_PRINTF(4, 5);

// "expected WHAT, found `x`", with the hint given, or a guess where it is NULL: a misspelled keyword, a reserved word. Returns -1.
int leat_parser_unexpected(struct leat_parser *p, const char *what, const char *hint);

// Where the current token is a word close to `keyword`, fails as unexpected and returns -1; else 0.
int leat_parser_check_misspelled(struct leat_parser *p, const char *keyword);

// Goes one level deeper, -1 with a diagnostic where it is too deep. Each success needs one leat_parser_leave.
int leat_parser_enter(struct leat_parser *p);

// Comes back up one level.
void leat_parser_leave(struct leat_parser *p);

// Raises *height above a child's; -1 with a diagnostic at `span` where the tree gets too tall. Notes the tallest.
int leat_parser_raise(struct leat_parser *p, uint32_t *height, uint32_t child, struct leat_span span);

// ---- lists, names, strings (parser.c)

// Makes room for one more element behind `count`; returns the array, perhaps moved. New elements are zero.
void *leat_parser_grow(struct leat_parser *p, void *items, uint32_t count, size_t element_bytes);

// True where the current token can be a name: a quoted one or a word that is not reserved.
bool leat_parser_at_name(struct leat_parser *p);

// Takes a name; `what` is said in the error ("a column name").
int leat_parser_name(struct leat_parser *p, const char *what, struct leat_ast_name *out);

// Takes a.b.c. Stops before a dot that is followed by `*`.
int leat_parser_path(struct leat_parser *p, const char *what, struct leat_ast_path *out);

// Takes (a, b, ...).
int leat_parser_name_list(struct leat_parser *p, const char *what, struct leat_ast_names *out);

// Takes a string literal, as it stands.
int leat_parser_string(struct leat_parser *p, const char *what, struct leat_ast_string *out);

// Likewise, in the arena. NULL on failure.
struct leat_ast_string *leat_parser_string_new(struct leat_parser *p, const char *what);

// Takes a string literal and puts in its variables.
int leat_parser_string_with_variables(struct leat_parser *p, const char *what, struct leat_ast_string *out);

// Takes an unsigned number that fits; `what` is said in the error.
int leat_parser_number(struct leat_parser *p, const char *what, int32_t *out);

// Takes ('key' = 'value', ...).
int leat_parser_options(struct leat_parser *p, struct leat_ast_options *out);

// Takes /*+ OPTIONS(...) */ where it stands, else nothing.
int leat_parser_table_hints(struct leat_parser *p, struct leat_ast_options *out);

// ---- parts (one file each)

// A statement, the word before it not taken (parser_statement.c).
struct leat_ast_statement *leat_parser_statement(struct leat_parser *p);

// CREATE ... behind CREATE (parser_create.c).
int leat_parser_create(struct leat_parser *p, uint32_t start, struct leat_ast_statement *out);

// A query: WITH, SELECT, VALUES, set operations, ORDER BY, LIMIT (parser_query.c).
struct leat_ast_query *leat_parser_query(struct leat_parser *p);

// True where a query starts at the token `ahead`: SELECT, WITH, VALUES.
bool leat_parser_at_query(struct leat_parser *p, uint32_t ahead);

// ORDER BY items, behind the words ORDER BY.
int leat_parser_order_items(struct leat_parser *p, struct leat_ast_order *out);

// One of them.
int leat_parser_order_item(struct leat_parser *p, struct leat_ast_order *out);

// What follows FROM, commas included (parser_table.c).
struct leat_ast_table *leat_parser_from(struct leat_parser *p);

// An expression (parser_expression.c).
struct leat_ast_expr *leat_parser_expression(struct leat_parser *p);

// An expression without AND, OR, NOT, IS, comparisons, BETWEEN, IN, LIKE: sums and what binds tighter.
struct leat_ast_expr *leat_parser_sum(struct leat_parser *p);

// Expressions with commas between; at least one.
int leat_parser_expressions(struct leat_parser *p, struct leat_ast_exprs *out);

// A new node; its height is 1.
struct leat_ast_expr *leat_parser_expr_new(struct leat_parser *p, enum leat_ast_expr_kind kind, uint32_t start);

// What an expression is made of: literals, names, calls, parentheses (parser_primary.c).
struct leat_ast_expr *leat_parser_primary(struct leat_parser *p);

// A call whose name is taken and whose `(` is the current token (parser_call.c).
struct leat_ast_expr *leat_parser_call(struct leat_parser *p, struct leat_ast_path name);

// The parts of OVER (...) or WINDOW w AS (...), the `(` being the current token.
int leat_parser_window(struct leat_parser *p, struct leat_ast_window *out);

// INTERVAL, behind the word (parser_interval.c).
struct leat_ast_expr *leat_parser_interval(struct leat_parser *p, uint32_t start);

// The unit that the current token names, plurals where Calcite has them; LEAT_AST_UNIT_NONE and nothing taken otherwise.
enum leat_ast_unit leat_parser_unit(struct leat_parser *p, bool plurals);

// A data type (parser_type.c).
struct leat_ast_type *leat_parser_type(struct leat_parser *p);

#endif
