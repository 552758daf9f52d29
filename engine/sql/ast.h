// The syntax tree of a script: plain structures in one arena, as written, nothing resolved.
// Conventions: identifiers keep their case (they are case-sensitive, as in Flink); names of functions do too, but are compared
// without regard to case; every node has the span of source text it came from; lists are arrays with a count; a pointer that may be
// NULL is marked "or NULL". Strings end in a zero and never hold one.
#ifndef LEAT_ENGINE_SQL_AST_H
#define LEAT_ENGINE_SQL_AST_H

#include "engine/base/base.h"
#include "engine/sql/diagnostic.h"

struct leat_ast_expr;
struct leat_ast_query;
struct leat_ast_type;

// ---------------------------------------------------------------------------------------------------------------- names, text

// One identifier, unquoted.
struct leat_ast_name {
    const char *text;
    struct leat_span span;
    bool quoted; // stood in backticks
};

// a, a.b, a.b.c ... (tables, columns, fields of rows); count >= 1.
struct leat_ast_path {
    struct leat_ast_name *parts;
    uint32_t count;
    struct leat_span span;
};

// A list of identifiers: columns of an INSERT, a key, an alias.
struct leat_ast_names {
    struct leat_ast_name *items;
    uint32_t count;
};

// A string literal without its quotes, '' made ', variables substituted where they are allowed (options and SET).
struct leat_ast_string {
    const char *text;
    size_t length;
    struct leat_span span; // of the literal, quotes included
    bool substituted;      // holds the value of a variable: show `written` instead of `text`
    const char *written;   // the text before substitution (equal to `text` where nothing was substituted)
};

// ---------------------------------------------------------------------------------------------------------------- types

// Which data type; what else is filled in is told behind each.
enum leat_ast_type_kind {
    LEAT_AST_TYPE_BOOLEAN,
    LEAT_AST_TYPE_TINYINT,
    LEAT_AST_TYPE_SMALLINT,
    LEAT_AST_TYPE_INT,
    LEAT_AST_TYPE_BIGINT,
    LEAT_AST_TYPE_FLOAT,
    LEAT_AST_TYPE_DOUBLE,
    LEAT_AST_TYPE_DECIMAL, // precision, scale
    LEAT_AST_TYPE_CHAR,    // precision is the length
    LEAT_AST_TYPE_VARCHAR, // precision is the length
    LEAT_AST_TYPE_STRING,
    LEAT_AST_TYPE_BINARY,
    LEAT_AST_TYPE_VARBINARY,
    LEAT_AST_TYPE_BYTES,
    LEAT_AST_TYPE_DATE,
    LEAT_AST_TYPE_TIME,          // precision
    LEAT_AST_TYPE_TIMESTAMP,     // precision; without time zone
    LEAT_AST_TYPE_TIMESTAMP_LTZ, // precision; both spellings
    LEAT_AST_TYPE_TIMESTAMP_TZ,  // WITH TIME ZONE: Flink's planner has none either
    LEAT_AST_TYPE_INTERVAL,      // from, to
    LEAT_AST_TYPE_ARRAY,         // element
    LEAT_AST_TYPE_MULTISET,      // element
    LEAT_AST_TYPE_MAP,           // key, element
    LEAT_AST_TYPE_ROW,           // fields
    LEAT_AST_TYPE_RAW,
    LEAT_AST_TYPE_NULL,
    LEAT_AST_TYPE_NAMED, // a name that is no known type: name
};

// Fields of dates, times and intervals.
enum leat_ast_unit {
    LEAT_AST_UNIT_NONE,
    LEAT_AST_UNIT_MILLENNIUM,
    LEAT_AST_UNIT_CENTURY,
    LEAT_AST_UNIT_DECADE,
    LEAT_AST_UNIT_YEAR,
    LEAT_AST_UNIT_ISOYEAR,
    LEAT_AST_UNIT_QUARTER,
    LEAT_AST_UNIT_MONTH,
    LEAT_AST_UNIT_WEEK,
    LEAT_AST_UNIT_DAY,
    LEAT_AST_UNIT_DOW,
    LEAT_AST_UNIT_ISODOW,
    LEAT_AST_UNIT_DOY,
    LEAT_AST_UNIT_HOUR,
    LEAT_AST_UNIT_MINUTE,
    LEAT_AST_UNIT_SECOND,
    LEAT_AST_UNIT_MILLISECOND,
    LEAT_AST_UNIT_MICROSECOND,
    LEAT_AST_UNIT_NANOSECOND,
    LEAT_AST_UNIT_EPOCH,
};

// A field of a ROW type.
struct leat_ast_field {
    struct leat_ast_name name;
    struct leat_ast_type *type;
    struct leat_ast_string *comment; // or NULL
};

// A data type as written; members that the kind has no use for are 0, NULL or -1.
struct leat_ast_type {
    enum leat_ast_type_kind kind;
    struct leat_span span;
    bool not_null;
    int32_t precision;             // -1: not written. INTERVAL: of the leading field
    int32_t scale;                 // -1: not written. INTERVAL: of the fraction of a second
    enum leat_ast_unit from;       // INTERVAL
    enum leat_ast_unit to;         // INTERVAL a TO b, else LEAT_AST_UNIT_NONE
    struct leat_ast_type *key;     // MAP
    struct leat_ast_type *element; // ARRAY, MULTISET, MAP (the value)
    struct leat_ast_field *fields; // ROW
    uint32_t field_count;          // ROW
    struct leat_ast_path path;     // NAMED
};

// ---------------------------------------------------------------------------------------------------------------- expressions

// Which member of the union in leat_ast_expr is filled in.
enum leat_ast_expr_kind {
    LEAT_AST_EXPR_LITERAL,  // literal
    LEAT_AST_EXPR_COLUMN,   // column: a path; what is table, column, field is for the binder
    LEAT_AST_EXPR_UNARY,    // unary
    LEAT_AST_EXPR_BINARY,   // binary
    LEAT_AST_EXPR_IS,       // is: IS [NOT] NULL, TRUE, FALSE, UNKNOWN
    LEAT_AST_EXPR_BETWEEN,  // between
    LEAT_AST_EXPR_IN,       // in
    LEAT_AST_EXPR_LIKE,     // like: LIKE and SIMILAR TO
    LEAT_AST_EXPR_CASE,     // cases
    LEAT_AST_EXPR_CAST,     // cast: CAST and TRY_CAST
    LEAT_AST_EXPR_CALL,     // call
    LEAT_AST_EXPR_EXISTS,   // subquery
    LEAT_AST_EXPR_SUBQUERY, // subquery: a scalar one
    LEAT_AST_EXPR_ROW,      // list: ROW(a, b) or (a, b)
    LEAT_AST_EXPR_ARRAY,    // list: ARRAY[a, b]
    LEAT_AST_EXPR_MAP,      // list: MAP[k1, v1, k2, v2], an even count
    LEAT_AST_EXPR_ELEMENT,  // element: a[i]
    LEAT_AST_EXPR_FIELD,    // field: f(x).name or a[1].name (a.b.c alone is a COLUMN)
};

// Which kind of literal, and what its text holds.
enum leat_ast_literal_kind {
    LEAT_AST_LITERAL_NULL,
    LEAT_AST_LITERAL_TRUE,
    LEAT_AST_LITERAL_FALSE,
    LEAT_AST_LITERAL_UNKNOWN,   // the boolean NULL
    LEAT_AST_LITERAL_INTEGER,   // text: digits only, of any length
    LEAT_AST_LITERAL_DECIMAL,   // text: digits and one point; an exact DECIMAL, as in Flink
    LEAT_AST_LITERAL_DOUBLE,    // text: with an exponent; an approximate DOUBLE
    LEAT_AST_LITERAL_STRING,    // text
    LEAT_AST_LITERAL_BINARY,    // text: an even number of hex digits
    LEAT_AST_LITERAL_DATE,      // text between the quotes, not checked
    LEAT_AST_LITERAL_TIME,      // likewise
    LEAT_AST_LITERAL_TIMESTAMP, // likewise
    LEAT_AST_LITERAL_INTERVAL,  // interval; text between the quotes
};

// INTERVAL [-]'...' from(precision) [TO to(fraction)], checked and evaluated as Calcite does.
struct leat_ast_interval {
    enum leat_ast_unit from;
    enum leat_ast_unit to; // LEAT_AST_UNIT_NONE for a single field
    bool is_months;        // YEAR, MONTH: `value` is months; else microseconds
    int64_t value;         // signed
};

// A constant as written, no number converted.
struct leat_ast_literal {
    enum leat_ast_literal_kind kind;
    struct leat_ast_string text; // empty for NULL, TRUE, FALSE, UNKNOWN
    struct leat_ast_interval interval;
};

// Operators with one or two operands that are signs or words between; names by leat_ast_operator_name.
enum leat_ast_operator {
    LEAT_AST_OP_NOT,
    LEAT_AST_OP_PLUS,  // unary
    LEAT_AST_OP_MINUS, // unary
    LEAT_AST_OP_OR,
    LEAT_AST_OP_AND,
    LEAT_AST_OP_EQUAL,
    LEAT_AST_OP_NOT_EQUAL,
    LEAT_AST_OP_LESS,
    LEAT_AST_OP_LESS_EQUAL,
    LEAT_AST_OP_GREATER,
    LEAT_AST_OP_GREATER_EQUAL,
    LEAT_AST_OP_DISTINCT,     // IS DISTINCT FROM
    LEAT_AST_OP_NOT_DISTINCT, // IS NOT DISTINCT FROM
    LEAT_AST_OP_CONCAT,       // ||
    LEAT_AST_OP_ADD,
    LEAT_AST_OP_SUBTRACT,
    LEAT_AST_OP_MULTIPLY,
    LEAT_AST_OP_DIVIDE,
    LEAT_AST_OP_REMAINDER, // %
};

// What IS asks for.
enum leat_ast_is {
    LEAT_AST_IS_NULL,
    LEAT_AST_IS_TRUE,
    LEAT_AST_IS_FALSE,
    LEAT_AST_IS_UNKNOWN,
};

// Special forms of calls, beside name and arguments. Where the form is only another spelling of commas (SUBSTRING(x FROM a FOR b),
// OVERLAY(x PLACING y FROM a FOR b), POSITION(x IN y)) the arguments stand in the order of the words and nothing else is noted.
enum leat_ast_trim {
    LEAT_AST_TRIM_NONE, // not TRIM
    LEAT_AST_TRIM_BOTH,
    LEAT_AST_TRIM_LEADING,
    LEAT_AST_TRIM_TRAILING,
};

// A list of expressions.
struct leat_ast_exprs {
    struct leat_ast_expr **items;
    uint32_t count;
};

// One item of ORDER BY.
struct leat_ast_order_item {
    struct leat_ast_expr *expr;
    bool descending;
    bool nulls_written; // NULLS FIRST or NULLS LAST
    bool nulls_first;
    struct leat_span span;
};

// ORDER BY; count 0: none.
struct leat_ast_order {
    struct leat_ast_order_item *items;
    uint32_t count;
};

// Where the frame of an OVER window starts or ends.
enum leat_ast_bound_kind {
    LEAT_AST_BOUND_UNBOUNDED_PRECEDING,
    LEAT_AST_BOUND_PRECEDING, // offset
    LEAT_AST_BOUND_CURRENT_ROW,
    LEAT_AST_BOUND_FOLLOWING, // offset
    LEAT_AST_BOUND_UNBOUNDED_FOLLOWING,
};

// A start or end of a frame.
struct leat_ast_bound {
    enum leat_ast_bound_kind kind;
    struct leat_ast_expr *offset; // or NULL
};

// OVER w, OVER (...) and WINDOW w AS (...).
struct leat_ast_window {
    struct leat_ast_name name;       // of WINDOW name AS (...); text NULL in OVER (...)
    struct leat_ast_name base;       // OVER name, or the name first inside the parentheses; text NULL when none
    struct leat_ast_exprs partition; // PARTITION BY
    struct leat_ast_order order;     // ORDER BY
    bool has_frame;
    bool rows; // ROWS, else RANGE
    struct leat_ast_bound lower;
    struct leat_ast_bound upper; // CURRENT ROW where not written
    struct leat_span span;
};

// f(a, b), f(*), f(DISTINCT a), f(a) FILTER (WHERE c) OVER w, CURRENT_TIMESTAMP, EXTRACT(u FROM a), FLOOR(a TO u), TRIM(...),
// TIMESTAMPADD(u, n, t). TUMBLE(ts, i) and TUMBLE_START(ts, i) of the legacy window syntax are plain calls too.
struct leat_ast_call {
    struct leat_ast_path name; // usually one part
    struct leat_ast_exprs args;
    bool star;        // f(*)
    bool distinct;    // f(DISTINCT ...)
    bool parentheses; // false: CURRENT_TIMESTAMP and its like
    bool ignore_nulls;
    enum leat_ast_trim trim;      // TRIM: args[0] is the text; args[1], where count is 2, the characters to trim
    enum leat_ast_unit unit;      // EXTRACT, FLOOR/CEIL TO, TIMESTAMPADD, TIMESTAMPDIFF: args without the unit
    struct leat_ast_expr *filter; // FILTER (WHERE ...), or NULL
    struct leat_ast_window *over; // or NULL
};

// One branch of CASE.
struct leat_ast_when {
    struct leat_ast_expr *when; // a condition, or with an operand the value it is compared with
    struct leat_ast_expr *then;
};

// An expression.
struct leat_ast_expr {
    enum leat_ast_expr_kind kind;
    uint32_t height;       // levels of the tree from here down, at most LEAT_SQL_HEIGHT_MAX (parser.h)
    struct leat_span span; // parentheses around it not included
    union {
        struct leat_ast_literal literal;
        struct leat_ast_path column;
        struct {
            enum leat_ast_operator op;
            struct leat_ast_expr *operand;
        } unary;
        struct {
            enum leat_ast_operator op;
            struct leat_ast_expr *left;
            struct leat_ast_expr *right;
            struct leat_span op_span; // for carets under the operator
        } binary;
        struct {
            enum leat_ast_is test;
            bool negated;
            struct leat_ast_expr *operand;
        } is;
        struct {
            bool negated;
            bool symmetric;
            struct leat_ast_expr *operand;
            struct leat_ast_expr *low;
            struct leat_ast_expr *high;
        } between;
        struct {
            bool negated;
            struct leat_ast_expr *operand;
            struct leat_ast_exprs list;   // empty with a subquery
            struct leat_ast_query *query; // or NULL
        } in;
        struct {
            bool negated;
            bool similar; // SIMILAR TO
            struct leat_ast_expr *operand;
            struct leat_ast_expr *pattern;
            struct leat_ast_expr *escape; // or NULL
        } like;
        struct {
            struct leat_ast_expr *operand; // CASE operand WHEN ..., or NULL
            struct leat_ast_when *whens;
            uint32_t count;
            struct leat_ast_expr *otherwise; // ELSE, or NULL
        } cases;
        struct {
            bool is_try; // TRY_CAST
            struct leat_ast_expr *operand;
            struct leat_ast_type *type;
        } cast;
        struct leat_ast_call call;
        struct leat_ast_query *subquery;
        struct leat_ast_exprs list;
        struct {
            struct leat_ast_expr *operand;
            struct leat_ast_expr *index;
        } element;
        struct {
            struct leat_ast_expr *operand;
            struct leat_ast_name name;
        } field;
    };
};

// ---------------------------------------------------------------------------------------------------------------- options

// 'key' = 'value'
struct leat_ast_option {
    struct leat_ast_string key;
    struct leat_ast_string value;
};

// WITH (...) or OPTIONS(...), in the order written, keys not yet checked for being there twice.
struct leat_ast_options {
    struct leat_ast_option *items;
    uint32_t count;
    struct leat_span span; // from the opening to the closing parenthesis
};

// ---------------------------------------------------------------------------------------------------------------- queries

// Which member of the union in leat_ast_table is filled in.
enum leat_ast_table_kind {
    LEAT_AST_TABLE_NAME,     // name
    LEAT_AST_TABLE_SUBQUERY, // subquery
    LEAT_AST_TABLE_FUNCTION, // function: TABLE(f(...)) or f(...)
    LEAT_AST_TABLE_UNNEST,   // unnest
    LEAT_AST_TABLE_JOIN,     // join
};

// Which join, and what is sure about its clauses.
enum leat_ast_join_kind {
    LEAT_AST_JOIN_COMMA, // FROM a, b
    LEAT_AST_JOIN_CROSS,
    LEAT_AST_JOIN_INNER,
    LEAT_AST_JOIN_LEFT,
    LEAT_AST_JOIN_RIGHT,
    LEAT_AST_JOIN_FULL,
    LEAT_AST_JOIN_SERIES,    // on and tolerance are never NULL
    LEAT_AST_JOIN_ASOF,      // match may be NULL: then ON holds the inequality
    LEAT_AST_JOIN_ASOF_LEFT, // likewise
};

// Which member of leat_ast_argument is filled in.
enum leat_ast_argument_kind {
    LEAT_AST_ARGUMENT_EXPR,       // expr
    LEAT_AST_ARGUMENT_TABLE,      // TABLE t [PARTITION BY ...] [ORDER BY ...]: table
    LEAT_AST_ARGUMENT_QUERY,      // (SELECT ...) or TABLE (SELECT ...): query
    LEAT_AST_ARGUMENT_DESCRIPTOR, // DESCRIPTOR(a, b): columns
};

// An argument of a table function.
struct leat_ast_argument {
    enum leat_ast_argument_kind kind;
    struct leat_span span;
    struct leat_ast_name name; // DATA => ...; text NULL when given by position
    struct leat_ast_expr *expr;
    struct leat_ast_path table;
    struct leat_ast_query *query;
    struct leat_ast_names columns;
    struct leat_ast_exprs partition; // PARTITION BY of TABLE t and of a query
    struct leat_ast_order order;
};

// What stands in FROM. Alias and columns may follow every kind but a JOIN.
struct leat_ast_table {
    enum leat_ast_table_kind kind;
    uint32_t height; // as in leat_ast_expr
    struct leat_span span;
    struct leat_ast_name alias;           // text NULL when none
    struct leat_ast_names alias_columns;  // t (a, b)
    bool lateral;                         // LATERAL before a subquery or TABLE(f(...))
    struct leat_ast_expr *system_time;    // FOR SYSTEM_TIME AS OF ..., or NULL (NAME, SUBQUERY)
    struct leat_ast_options hint_options; // /*+ OPTIONS('k'='v') */ (NAME); count 0 when none
    union {
        struct leat_ast_path name;
        struct leat_ast_query *subquery;
        struct {
            struct leat_ast_path name; // TUMBLE, HOP, CUMULATE, SESSION or any other
            struct leat_ast_argument *args;
            uint32_t count;
            bool wrapped; // stood in TABLE(...)
        } function;
        struct {
            struct leat_ast_exprs list;
            bool with_ordinality;
        } unnest;
        struct {
            enum leat_ast_join_kind kind;
            struct leat_ast_table *left;
            struct leat_ast_table *right;
            struct leat_ast_expr *on;        // or NULL
            struct leat_ast_names using;     // USING (a, b); count 0 when none
            struct leat_ast_expr *match;     // MATCH_CONDITION (...), or NULL; NEAREST (a, b) is a call named NEAREST
            struct leat_ast_expr *tolerance; // TOLERANCE ..., or NULL; an INTERVAL literal where it is right
            struct leat_span keyword;        // the words of the join, SERIES JOIN for example
        } join;
    };
};

// One item of SELECT.
struct leat_ast_select_item {
    struct leat_span span;
    bool star;                  // * or t.*
    struct leat_ast_path table; // t of t.*; count 0 for *
    struct leat_ast_expr *expr; // or NULL for a star
    struct leat_ast_name alias; // text NULL when none
};

// Which member of leat_ast_group_item is filled in.
enum leat_ast_group_kind {
    LEAT_AST_GROUP_EXPR,   // expr
    LEAT_AST_GROUP_LIST,   // items: (a, b) inside GROUPING SETS, ROLLUP, CUBE; () has no items
    LEAT_AST_GROUP_SETS,   // items
    LEAT_AST_GROUP_ROLLUP, // items
    LEAT_AST_GROUP_CUBE,   // items
};

// One item of GROUP BY.
struct leat_ast_group_item {
    enum leat_ast_group_kind kind;
    struct leat_span span;
    struct leat_ast_expr *expr;
    struct leat_ast_group_item *items;
    uint32_t count;
};

// SELECT with its clauses.
struct leat_ast_select {
    bool distinct;
    struct leat_ast_select_item *items;
    uint32_t item_count;
    struct leat_ast_table *from; // or NULL
    struct leat_ast_expr *where; // or NULL
    struct leat_ast_group_item *groups;
    uint32_t group_count;
    bool has_group;               // GROUP BY stood there
    struct leat_ast_expr *having; // or NULL
    struct leat_ast_window *windows;
    uint32_t window_count;
    struct leat_ast_expr *qualify; // or NULL
    struct leat_span group_span;   // from GROUP to the last item
};

// Which member of the union in leat_ast_body is filled in.
enum leat_ast_body_kind {
    LEAT_AST_BODY_SELECT, // select
    LEAT_AST_BODY_VALUES, // values
    LEAT_AST_BODY_SET,    // set: UNION and its like
    LEAT_AST_BODY_QUERY,  // query: ( ... ) with its own ORDER BY, LIMIT or WITH
};

// Set operations; with DISTINCT unless `all`.
enum leat_ast_set_op {
    LEAT_AST_SET_UNION,
    LEAT_AST_SET_INTERSECT,
    LEAT_AST_SET_EXCEPT,
};

// A row of VALUES: (a, b), or ROW(a, b), or one expression alone.
struct leat_ast_values_row {
    struct leat_ast_exprs values;
    struct leat_span span;
};

// A query without WITH, ORDER BY and LIMIT.
struct leat_ast_body {
    enum leat_ast_body_kind kind;
    uint32_t height; // as in leat_ast_expr
    struct leat_span span;
    union {
        struct leat_ast_select *select;
        struct {
            struct leat_ast_values_row *rows;
            uint32_t count;
        } values;
        struct {
            enum leat_ast_set_op op;
            bool all;
            struct leat_ast_body *left;
            struct leat_ast_body *right;
            struct leat_span op_span; // UNION ALL
        } set;
        struct leat_ast_query *query;
    };
};

// WITH name (columns) AS (query)
struct leat_ast_cte {
    struct leat_ast_name name;
    struct leat_ast_names columns;
    struct leat_ast_query *query;
};

// A whole query.
struct leat_ast_query {
    uint32_t height; // as in leat_ast_expr
    struct leat_span span;
    struct leat_ast_cte *ctes;
    uint32_t cte_count;
    struct leat_ast_body *body;
    struct leat_ast_order order;
    struct leat_ast_expr *limit;  // LIMIT n or FETCH FIRST n ROWS ONLY, or NULL
    struct leat_ast_expr *offset; // or NULL
    struct leat_span tail;        // ORDER BY ... LIMIT ...; empty when there is none
};

// ---------------------------------------------------------------------------------------------------------------- statements

// Where the values of a column come from.
enum leat_ast_column_kind {
    LEAT_AST_COLUMN_PHYSICAL,
    LEAT_AST_COLUMN_METADATA,
    LEAT_AST_COLUMN_COMPUTED,
};

// A column of CREATE TABLE, in the order written.
struct leat_ast_column {
    enum leat_ast_column_kind kind;
    struct leat_span span;
    struct leat_ast_name name;
    struct leat_ast_type *type;           // or NULL for COMPUTED; type->not_null is the column's NOT NULL
    struct leat_ast_expr *expr;           // COMPUTED, else NULL
    struct leat_ast_string *metadata_key; // FROM 'key', or NULL: the column's name
    bool is_virtual;                      // METADATA ... VIRTUAL
    struct leat_ast_string *comment;      // or NULL
};

// WATERMARK FOR column AS expr
struct leat_ast_watermark {
    struct leat_span span;
    struct leat_ast_path column;
    struct leat_ast_expr *expr;
};

// PRIMARY KEY ... NOT ENFORCED, of the table or at a column.
struct leat_ast_primary_key {
    struct leat_span span;
    struct leat_ast_name constraint; // CONSTRAINT name; text NULL when none
    struct leat_ast_names columns;   // one for a key written at its column
};

// What LIKE does with a feature of the other table.
enum leat_ast_like_merge {
    LEAT_AST_LIKE_INCLUDING,
    LEAT_AST_LIKE_EXCLUDING,
    LEAT_AST_LIKE_OVERWRITING,
};

// INCLUDING ALL and its like.
struct leat_ast_like_option {
    enum leat_ast_like_merge merge;
    struct leat_ast_name feature; // ALL, CONSTRAINTS, ... in capitals
};

// LIKE table (options)
struct leat_ast_like {
    struct leat_span span;
    struct leat_ast_path table;
    struct leat_ast_like_option *options;
    uint32_t count;
};

// CREATE TABLE
struct leat_ast_create_table {
    bool temporary;
    bool if_not_exists;
    struct leat_ast_path name;
    struct leat_ast_column *columns;
    uint32_t column_count;
    struct leat_ast_watermark *watermark;     // or NULL; a second one is a syntax error
    struct leat_ast_primary_key *primary_key; // or NULL; a second one is a syntax error
    struct leat_ast_string *comment;          // or NULL
    struct leat_ast_names partitioned_by;
    struct leat_ast_options options;
    struct leat_ast_like *like;      // or NULL
    struct leat_ast_query *as_query; // CREATE TABLE ... AS query, or NULL
    struct leat_span as_span;
};

// CREATE VIEW
struct leat_ast_create_view {
    bool temporary;
    bool if_not_exists;
    struct leat_ast_path name;
    struct leat_ast_names columns; // count 0: the query's
    struct leat_ast_string *comment;
    struct leat_ast_query *query;
};

// DROP TABLE and DROP VIEW
struct leat_ast_drop {
    bool view; // else a table
    bool temporary;
    bool if_exists;
    struct leat_ast_path name;
};

// INSERT INTO and INSERT OVERWRITE
struct leat_ast_insert {
    struct leat_ast_path target;
    bool overwrite;                    // INSERT OVERWRITE
    struct leat_ast_option *partition; // PARTITION (c = v): key text is the column, value the literal's text
    uint32_t partition_count;
    struct leat_ast_names columns; // (a, b); count 0: all
    struct leat_ast_options hint_options;
    struct leat_ast_query *query; // a VALUES is a query too
};

// SET 'key' = 'value', RESET 'key'. key.text NULL: SET or RESET alone.
struct leat_ast_set {
    struct leat_ast_string key;
    struct leat_ast_string value;
};

// Which member of the union in leat_ast_statement is filled in.
enum leat_ast_statement_kind {
    LEAT_AST_CREATE_TABLE,
    LEAT_AST_CREATE_VIEW,
    LEAT_AST_DROP,
    LEAT_AST_INSERT,
    LEAT_AST_STATEMENT_SET, // statements: all of kind LEAT_AST_INSERT
    LEAT_AST_SET,
    LEAT_AST_RESET, // set
    LEAT_AST_EXPLAIN,
    LEAT_AST_QUERY, // a query alone, which Flink's client would show
};

// A statement; those of a script or a statement set are linked in the order written.
struct leat_ast_statement {
    enum leat_ast_statement_kind kind;
    struct leat_span span;           // without the semicolon
    struct leat_ast_statement *next; // of the same list
    union {
        struct leat_ast_create_table create_table;
        struct leat_ast_create_view create_view;
        struct leat_ast_drop drop;
        struct leat_ast_insert insert;
        struct {
            struct leat_ast_statement *first;
            uint32_t count;
        } statement_set;
        struct leat_ast_set set; // SET, RESET
        struct leat_ast_statement *explain;
        struct leat_ast_query *query;
    };
};

// A whole file.
struct leat_ast_script {
    struct leat_sql_source source; // texts borrowed from the caller
    struct leat_ast_statement *first;
    uint32_t count;
};

// Writes the script as s-expressions, one statement a line, for tests and debugging; values of options that hold secrets are
// shown as they are written in the script.
const char *leat_ast_dump(struct leat_arena *arena, const struct leat_ast_script *script);

// Likewise one expression.
const char *leat_ast_dump_expr(struct leat_arena *arena, const struct leat_ast_expr *expr);

// The type as one would write it: "DECIMAL(10, 2) NOT NULL".
const char *leat_ast_dump_type(struct leat_arena *arena, const struct leat_ast_type *type);

// The word for a unit ("MINUTE"), "" for NONE.
const char *leat_ast_unit_name(enum leat_ast_unit unit);

// The sign or word for an operator ("<=", "IS DISTINCT FROM").
const char *leat_ast_operator_name(enum leat_ast_operator op);

// a.b.c as text, for messages; parts are not quoted.
const char *leat_ast_path_text(struct leat_arena *arena, const struct leat_ast_path *path);

#endif
