// Statements other than CREATE: INSERT, statement sets, SET, DROP, EXPLAIN, and good words for those we do not have.
#include "engine/sql/parser_internal.h"

static int statement_parse(struct leat_parser *p, struct leat_ast_statement *out);

// PARTITION (c = 'v', ...)
static int insert_partition(struct leat_parser *p, struct leat_ast_insert *insert) {
    if (!leat_parser_accept_word(p, "PARTITION"))
        return 0;
    if (leat_parser_expect(p, LEAT_TOKEN_LEFT_PARENTHESIS, "`(`") != 0)
        return -1;
    do {
        insert->partition = leat_parser_grow(p, insert->partition, insert->partition_count, sizeof(*insert->partition));
        struct leat_ast_option *option = &insert->partition[insert->partition_count];
        struct leat_ast_name column;
        if (leat_parser_name(p, "a column name", &column) != 0 || leat_parser_expect(p, LEAT_TOKEN_EQUAL, "`=`") != 0)
            return -1;
        option->key =
            (struct leat_ast_string){.text = column.text, .length = strlen(column.text), .span = column.span, .written = column.text};
        struct leat_ast_expr *value = leat_parser_expression(p);
        if (!value)
            return -1;
        if (value->kind != LEAT_AST_EXPR_LITERAL)
            return leat_parser_fail(p, value->span, NULL, "the value of a partition is a literal");
        option->value = value->literal.text;
        insert->partition_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`");
}

// INSERT INTO | OVERWRITE t ..., behind INSERT.
static int insert(struct leat_parser *p, struct leat_ast_insert *out) {
    out->overwrite = leat_parser_accept_word(p, "OVERWRITE");
    if (!out->overwrite && leat_parser_expect_word(p, "INTO") != 0)
        return -1;
    if (leat_parser_path(p, "a table name", &out->target) != 0 || leat_parser_table_hints(p, &out->hint_options) != 0 ||
        insert_partition(p, out) != 0)
        return -1;
    bool columns = leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && !leat_parser_at_query(p, 1) &&
                   leat_parser_peek(p, 1)->kind != LEAT_TOKEN_LEFT_PARENTHESIS;
    if (columns && leat_parser_name_list(p, "a column name", &out->columns) != 0)
        return -1;
    out->query = leat_parser_query(p);
    return out->query ? 0 : -1;
}

// insert; ... END, behind BEGIN.
static int statement_set(struct leat_parser *p, struct leat_ast_statement *out) {
    out->kind = LEAT_AST_STATEMENT_SET;
    struct leat_ast_statement **link = &out->statement_set.first;
    while (!leat_parser_accept_word(p, "END")) {
        if (leat_parser_accept(p, LEAT_TOKEN_SEMICOLON))
            continue;
        if (!leat_parser_at_word(p, 0, "INSERT"))
            return leat_parser_unexpected(p, "INSERT or END", "a statement set holds INSERT statements only");
        *link = leat_parser_statement(p);
        if (!*link || leat_parser_expect(p, LEAT_TOKEN_SEMICOLON, "`;`") != 0)
            return -1;
        link = &(*link)->next;
        out->statement_set.count++;
    }
    return 0;
}

// STATEMENT SET BEGIN ... END
static int execute_statement_set(struct leat_parser *p, struct leat_ast_statement *out) {
    static const char *const words[] = {"STATEMENT", "SET", "BEGIN"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_expect_word(p, words[i]) != 0)
            return -1;
    return statement_set(p, out);
}

// Behind EXECUTE: a statement set, or a statement as Flink also has it.
static int execute(struct leat_parser *p, uint32_t start, struct leat_ast_statement *out) {
    if (leat_parser_at_word(p, 0, "PLAN"))
        return leat_parser_fail(p, leat_parser_span_from(p, start), NULL, "EXECUTE PLAN is not supported");
    if (leat_parser_at_word(p, 0, "INSERT") || leat_parser_at_query(p, 0))
        return statement_parse(p, out);
    return execute_statement_set(p, out);
}

// The old form: BEGIN STATEMENT SET; insert; ... END
static int begin(struct leat_parser *p, struct leat_ast_statement *out) {
    if (leat_parser_expect_word(p, "STATEMENT") != 0 || leat_parser_expect_word(p, "SET") != 0 ||
        leat_parser_expect(p, LEAT_TOKEN_SEMICOLON, "`;`") != 0)
        return -1;
    return statement_set(p, out);
}

// SET 'key' = 'value', behind SET.
static int set(struct leat_parser *p, struct leat_ast_set *out) {
    if (leat_parser_at(p, LEAT_TOKEN_SEMICOLON) || leat_parser_at(p, LEAT_TOKEN_END))
        return 0;
    if (!leat_parser_at(p, LEAT_TOKEN_STRING))
        return leat_parser_unexpected(p, "a key as a string", "write SET 'key' = 'value'");
    if (leat_parser_string_with_variables(p, "a key as a string", &out->key) != 0 || leat_parser_expect(p, LEAT_TOKEN_EQUAL, "`=`") != 0)
        return -1;
    if (!leat_parser_at(p, LEAT_TOKEN_STRING))
        return leat_parser_unexpected(p, "the value as a string", "values stand in single quotes: SET 'key' = 'value'");
    return leat_parser_string_with_variables(p, "the value as a string", &out->value);
}

static int reset(struct leat_parser *p, struct leat_ast_set *out) {
    return leat_parser_at(p, LEAT_TOKEN_STRING) ? leat_parser_string_with_variables(p, "a key as a string", &out->key) : 0;
}

// [TEMPORARY] TABLE | VIEW [IF EXISTS] name, behind DROP.
static int drop(struct leat_parser *p, uint32_t start, struct leat_ast_drop *out) {
    static const char *const unsupported[] = {"FUNCTION", "CATALOG", "DATABASE", "MODEL", "MATERIALIZED", "CONNECTION"};
    out->temporary = leat_parser_accept_word(p, "TEMPORARY");
    if (out->temporary)
        leat_parser_accept_word(p, "SYSTEM");
    for (size_t i = 0; i < LEAT_ARRAY_LEN(unsupported); i++)
        if (leat_parser_accept_word(p, unsupported[i]))
            return leat_parser_fail(p, leat_parser_span_from(p, start), NULL, "DROP %s is not supported", unsupported[i]);
    out->view = leat_parser_accept_word(p, "VIEW");
    if (!out->view && !leat_parser_accept_word(p, "TABLE"))
        return leat_parser_unexpected(p, "TABLE or VIEW", NULL);
    if (leat_parser_at_word(p, 0, "IF") && leat_parser_at_word(p, 1, "EXISTS")) {
        leat_parser_take(p);
        leat_parser_take(p);
        out->if_exists = true;
    }
    return leat_parser_path(p, "a name", &out->name);
}

// [PLAN FOR | detail, ...] statement, behind EXPLAIN.
static int explain(struct leat_parser *p, struct leat_ast_statement *out) {
    static const char *const details[] = {"ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE"};
    if (leat_parser_accept_word(p, "PLAN")) {
        if (leat_parser_expect_word(p, "FOR") != 0)
            return -1;
    } else {
        for (size_t i = 0; i < LEAT_ARRAY_LEN(details);) {
            bool found = leat_parser_accept_word(p, details[i]);
            if (found)
                leat_parser_accept(p, LEAT_TOKEN_COMMA);
            i = found ? 0 : i + 1;
        }
    }
    out->explain = leat_arena_alloc(p->arena, sizeof(*out->explain));
    uint32_t start = leat_parser_start(p);
    int result;
    if (leat_parser_at_word(p, 0, "STATEMENT"))
        result = execute_statement_set(p, out->explain);
    else if (leat_parser_at_word(p, 0, "INSERT") || leat_parser_at_query(p, 0))
        result = statement_parse(p, out->explain);
    else
        return leat_parser_unexpected(p, "INSERT, SELECT or STATEMENT SET", NULL);
    out->explain->span = leat_parser_span_from(p, start);
    return result;
}

// Statements of Flink's client that a pipeline has no use for.
static const struct {
    const char *word;
    const char *second; // or NULL
    const char *hint;
} unsupported[] = {
    {"USE", NULL, "a script declares its tables itself"},
    {"ALTER", NULL, "write the CREATE statement as it shall be"},
    {"SHOW", NULL, "`leat explain` shows what a script makes"},
    {"DESCRIBE", NULL, "`leat explain` shows what a script makes"},
    {"DESC", NULL, "`leat explain` shows what a script makes"},
    {"LOAD", "MODULE", NULL},
    {"UNLOAD", "MODULE", NULL},
    {"ADD", "JAR", "all connectors and functions are built in"},
    {"REMOVE", "JAR", NULL},
    {"ANALYZE", "TABLE", NULL},
    {"TRUNCATE", "TABLE", NULL},
    {"COMPILE", "PLAN", NULL},
    {"STOP", "JOB", NULL},
    {"DELETE", NULL, "streams are appended to: write INSERT INTO"},
    {"UPDATE", NULL, "streams are appended to: write INSERT INTO"},
    {"MERGE", NULL, "streams are appended to: write INSERT INTO"},
    {"UPSERT", NULL, "write INSERT INTO a table with a PRIMARY KEY"},
    {"CALL", NULL, NULL},
    {"GRANT", NULL, NULL},
    {"REVOKE", NULL, NULL},
    {"REPLACE", "TABLE", NULL},
    {"SOURCE", NULL, NULL},
    {"COMMIT", NULL, NULL},
};

static int refuse(struct leat_parser *p) {
    static const char *const starts[] = {"CREATE", "INSERT", "SELECT", "EXECUTE", "DROP", "EXPLAIN", "RESET", "BEGIN", "WITH", "VALUES"};
    struct leat_token token = *leat_parser_peek(p, 0);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(unsupported); i++) {
        if (!leat_parser_at_word(p, 0, unsupported[i].word))
            continue;
        const char *second = unsupported[i].second;
        return leat_parser_fail(p, token.span, unsupported[i].hint, "%s%s%s is not supported", unsupported[i].word, second ? " " : "",
                                second ? second : "");
    }
    for (size_t i = 0; i < LEAT_ARRAY_LEN(starts); i++)
        if (leat_parser_check_misspelled(p, starts[i]) != 0)
            return -1;
    return leat_parser_unexpected(p, "a statement", "statements start with CREATE, INSERT INTO, EXECUTE STATEMENT SET, SET or SELECT");
}

static int statement_parse(struct leat_parser *p, struct leat_ast_statement *out) {
    uint32_t start = leat_parser_start(p);
    if (leat_parser_accept_word(p, "CREATE"))
        return leat_parser_create(p, start, out);
    if (leat_parser_accept_word(p, "INSERT")) {
        out->kind = LEAT_AST_INSERT;
        return insert(p, &out->insert);
    }
    if (leat_parser_accept_word(p, "EXECUTE"))
        return execute(p, start, out);
    if (leat_parser_accept_word(p, "BEGIN"))
        return begin(p, out);
    if (leat_parser_accept_word(p, "SET")) {
        out->kind = LEAT_AST_SET;
        return set(p, &out->set);
    }
    if (leat_parser_accept_word(p, "RESET")) {
        out->kind = LEAT_AST_RESET;
        return reset(p, &out->set);
    }
    if (leat_parser_accept_word(p, "DROP")) {
        out->kind = LEAT_AST_DROP;
        return drop(p, start, &out->drop);
    }
    if (leat_parser_accept_word(p, "EXPLAIN")) {
        out->kind = LEAT_AST_EXPLAIN;
        return explain(p, out);
    }
    if (leat_parser_at_query(p, 0) || leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        out->kind = LEAT_AST_QUERY;
        out->query = leat_parser_query(p);
        return out->query ? 0 : -1;
    }
    return refuse(p);
}

struct leat_ast_statement *leat_parser_statement(struct leat_parser *p) {
    uint32_t start = leat_parser_start(p);
    struct leat_ast_statement *out = leat_arena_alloc(p->arena, sizeof(*out));
    if (statement_parse(p, out) != 0)
        return NULL;
    out->span = leat_parser_span_from(p, start);
    return out;
}
