// CREATE TABLE and CREATE VIEW.
#include "engine/sql/parser_internal.h"

// The table's key, or NULL where it already has one.
static struct leat_ast_primary_key *primary_key_new(struct leat_parser *p, struct leat_ast_create_table *table, struct leat_span place) {
    if (table->primary_key) {
        leat_parser_fail(p, place, NULL, "a table has one PRIMARY KEY at most");
        return NULL;
    }
    table->primary_key = leat_arena_alloc(p->arena, sizeof(*table->primary_key));
    return table->primary_key;
}

static int not_enforced(struct leat_parser *p) {
    if (leat_parser_at_word(p, 0, "NOT") && leat_parser_at_word(p, 1, "ENFORCED")) {
        leat_parser_take(p);
        leat_parser_take(p);
        return 0;
    }
    return leat_parser_unexpected(p, "NOT ENFORCED", "a stream cannot check keys; say so: PRIMARY KEY (...) NOT ENFORCED");
}

static int refuse_unique(struct leat_parser *p) {
    if (!leat_parser_at_word(p, 0, "UNIQUE"))
        return 0;
    return leat_parser_fail(p, leat_parser_peek(p, 0)->span, "write PRIMARY KEY (...) NOT ENFORCED", "UNIQUE is not supported");
}

// [CONSTRAINT n] PRIMARY KEY (a, b) NOT ENFORCED
static int table_constraint(struct leat_parser *p, struct leat_ast_create_table *table) {
    uint32_t start = leat_parser_start(p);
    struct leat_ast_name constraint = {0};
    if (leat_parser_accept_word(p, "CONSTRAINT") && leat_parser_name(p, "the name of the constraint", &constraint) != 0)
        return -1;
    if (refuse_unique(p) != 0 || leat_parser_expect_word(p, "PRIMARY") != 0 || leat_parser_expect_word(p, "KEY") != 0)
        return -1;
    struct leat_ast_primary_key *key = primary_key_new(p, table, leat_parser_span_from(p, start));
    if (!key)
        return -1;
    key->constraint = constraint;
    if (leat_parser_name_list(p, "a column name", &key->columns) != 0 || not_enforced(p) != 0)
        return -1;
    key->span = leat_parser_span_from(p, start);
    return 0;
}

static int watermark(struct leat_parser *p, struct leat_ast_create_table *table) {
    uint32_t start = leat_parser_take(p).span.start;
    if (leat_parser_expect_word(p, "FOR") != 0)
        return -1;
    struct leat_ast_watermark *mark = leat_arena_alloc(p->arena, sizeof(*mark));
    if (leat_parser_path(p, "a column name", &mark->column) != 0 || leat_parser_expect_word(p, "AS") != 0)
        return -1;
    mark->expr = leat_parser_expression(p);
    if (!mark->expr)
        return -1;
    mark->span = leat_parser_span_from(p, start);
    if (table->watermark)
        return leat_parser_fail(p, mark->span, NULL, "a table has one WATERMARK at most");
    table->watermark = mark;
    return 0;
}

static int comment(struct leat_parser *p, struct leat_ast_string **out) {
    if (!leat_parser_accept_word(p, "COMMENT"))
        return 0;
    *out = leat_parser_string_new(p, "the comment as a string");
    return *out ? 0 : -1;
}

// type METADATA [FROM 'key'] [VIRTUAL], behind METADATA.
static int metadata(struct leat_parser *p, struct leat_ast_column *column) {
    column->kind = LEAT_AST_COLUMN_METADATA;
    if (leat_parser_accept_word(p, "FROM")) {
        column->metadata_key = leat_parser_string_new(p, "the key as a string");
        if (!column->metadata_key)
            return -1;
    }
    column->is_virtual = leat_parser_accept_word(p, "VIRTUAL");
    return 0;
}

// [CONSTRAINT n] PRIMARY KEY NOT ENFORCED at a column.
static int column_constraint(struct leat_parser *p, struct leat_ast_create_table *table, const struct leat_ast_column *column) {
    uint32_t start = leat_parser_start(p);
    struct leat_ast_name constraint = {0};
    bool named = leat_parser_accept_word(p, "CONSTRAINT");
    if (named && leat_parser_name(p, "the name of the constraint", &constraint) != 0)
        return -1;
    if (refuse_unique(p) != 0)
        return -1;
    if (!named && !leat_parser_at_word(p, 0, "PRIMARY"))
        return 0;
    if (leat_parser_expect_word(p, "PRIMARY") != 0 || leat_parser_expect_word(p, "KEY") != 0 || not_enforced(p) != 0)
        return -1;
    struct leat_ast_primary_key *key = primary_key_new(p, table, leat_parser_span_from(p, start));
    if (!key)
        return -1;
    key->span = leat_parser_span_from(p, start);
    key->constraint = constraint;
    key->columns.items = leat_arena_alloc(p->arena, sizeof(*key->columns.items));
    key->columns.items[0] = column->name;
    key->columns.count = 1;
    return 0;
}

// Words of other databases behind a column's type.
static int refuse_column_suffixes(struct leat_parser *p) {
    static const struct {
        const char *word;
        const char *hint;
    } words[] = {
        {"DEFAULT", "give the value in the query: COALESCE(column, value)"},
        {"GENERATED", "a computed column is written: name AS expression"},
        {"REFERENCES", NULL},
        {"CHECK", NULL},
        {"AUTO_INCREMENT", NULL},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++)
        if (leat_parser_at_word(p, 0, words[i].word))
            return leat_parser_fail(p, leat_parser_peek(p, 0)->span, words[i].hint, "%s is not supported", words[i].word);
    return 0;
}

static int column(struct leat_parser *p, struct leat_ast_create_table *table) {
    uint32_t start = leat_parser_start(p);
    struct leat_ast_column new = {0};
    if (leat_parser_name(p, "a column name, WATERMARK or PRIMARY KEY", &new.name) != 0)
        return -1;
    if (leat_parser_accept_word(p, "AS")) {
        new.kind = LEAT_AST_COLUMN_COMPUTED;
        new.expr = leat_parser_expression(p);
        if (!new.expr)
            return -1;
    } else {
        new.type = leat_parser_type(p);
        if (!new.type)
            return -1;
        if (leat_parser_accept_word(p, "METADATA")) {
            if (metadata(p, &new) != 0)
                return -1;
        } else if (refuse_column_suffixes(p) != 0 || column_constraint(p, table, &new) != 0) {
            return -1;
        }
    }
    if (comment(p, &new.comment) != 0)
        return -1;
    new.span = leat_parser_span_from(p, start);
    table->columns = leat_parser_grow(p, table->columns, table->column_count, sizeof(new));
    table->columns[table->column_count++] = new;
    return 0;
}

static int table_element(struct leat_parser *p, struct leat_ast_create_table *table) {
    if (leat_parser_at_word(p, 0, "WATERMARK"))
        return watermark(p, table);
    if (leat_parser_at_word(p, 0, "PRIMARY") || leat_parser_at_word(p, 0, "CONSTRAINT") || leat_parser_at_word(p, 0, "UNIQUE"))
        return table_constraint(p, table);
    return column(p, table);
}

static int table_elements(struct leat_parser *p, struct leat_ast_create_table *table) {
    if (!leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return 0;
    if (leat_parser_accept(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
        return 0;
    for (uint32_t count = 0;; count++) {
        if (count && leat_parser_at(p, LEAT_TOKEN_RIGHT_PARENTHESIS))
            return leat_parser_unexpected(p, "a column name, WATERMARK or PRIMARY KEY", "take the comma before `)` away");
        if (table_element(p, table) != 0)
            return -1;
        if (!leat_parser_accept(p, LEAT_TOKEN_COMMA))
            break;
    }
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`,` or `)`");
}

static int like_option(struct leat_parser *p, struct leat_ast_like_option *option) {
    static const char *const merges[] = {"INCLUDING", "EXCLUDING", "OVERWRITING"};
    static const char *const features[] = {"ALL",      "CONSTRAINTS", "DISTRIBUTION", "GENERATED",
                                           "METADATA", "OPTIONS",     "PARTITIONS",   "WATERMARKS"};
    uint32_t i = 0, k = 0;
    while (i < LEAT_ARRAY_LEN(merges) && !leat_parser_accept_word(p, merges[i]))
        i++;
    if (i == LEAT_ARRAY_LEN(merges))
        return leat_parser_unexpected(p, "INCLUDING, EXCLUDING, OVERWRITING or `)`", NULL);
    option->merge = (enum leat_ast_like_merge)i;
    option->feature.span = leat_parser_peek(p, 0)->span;
    while (k < LEAT_ARRAY_LEN(features) && !leat_parser_accept_word(p, features[k]))
        k++;
    if (k == LEAT_ARRAY_LEN(features))
        return leat_parser_unexpected(p, "ALL, CONSTRAINTS, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS", NULL);
    option->feature.text = features[k];
    return 0;
}

// LIKE t [( options )]
static int like(struct leat_parser *p, struct leat_ast_create_table *table) {
    uint32_t start = leat_parser_start(p);
    if (!leat_parser_accept_word(p, "LIKE"))
        return 0;
    struct leat_ast_like *new = table->like = leat_arena_alloc(p->arena, sizeof(*new));
    if (leat_parser_path(p, "a table name", &new->table) != 0)
        return -1;
    if (leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
        while (!leat_parser_accept(p, LEAT_TOKEN_RIGHT_PARENTHESIS)) {
            new->options = leat_parser_grow(p, new->options, new->count, sizeof(*new->options));
            if (like_option(p, &new->options[new->count++]) != 0)
                return -1;
        }
    }
    new->span = leat_parser_span_from(p, start);
    return 0;
}

// [AS query]
static int as_query(struct leat_parser *p, struct leat_ast_create_table *table) {
    uint32_t start = leat_parser_start(p);
    if (!leat_parser_accept_word(p, "AS"))
        return 0;
    table->as_query = leat_parser_query(p);
    table->as_span = leat_parser_span_from(p, start);
    return table->as_query ? 0 : -1;
}

static int if_not_exists(struct leat_parser *p, bool *out) {
    *out = leat_parser_at_word(p, 0, "IF") && leat_parser_at_word(p, 1, "NOT");
    if (!*out)
        return 0;
    leat_parser_take(p);
    leat_parser_take(p);
    return leat_parser_expect_word(p, "EXISTS");
}

static int create_table(struct leat_parser *p, struct leat_ast_create_table *table) {
    if (if_not_exists(p, &table->if_not_exists) != 0 || leat_parser_path(p, "a table name", &table->name) != 0 ||
        table_elements(p, table) != 0 || comment(p, &table->comment) != 0)
        return -1;
    if (leat_parser_at_word(p, 0, "DISTRIBUTED"))
        return leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "DISTRIBUTED BY is not supported");
    if (leat_parser_accept_word(p, "PARTITIONED") &&
        (leat_parser_expect_word(p, "BY") != 0 || leat_parser_name_list(p, "a column name", &table->partitioned_by) != 0))
        return -1;
    if (leat_parser_accept_word(p, "WITH") && leat_parser_options(p, &table->options) != 0)
        return -1;
    return like(p, table) == 0 ? as_query(p, table) : -1;
}

static int create_view(struct leat_parser *p, struct leat_ast_create_view *view) {
    if (if_not_exists(p, &view->if_not_exists) != 0 || leat_parser_path(p, "a name for the view", &view->name) != 0)
        return -1;
    if (leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS) && leat_parser_name_list(p, "a column name", &view->columns) != 0)
        return -1;
    if (comment(p, &view->comment) != 0 || leat_parser_expect_word(p, "AS") != 0)
        return -1;
    view->query = leat_parser_query(p);
    return view->query ? 0 : -1;
}

// CREATE of something that we know and do not have.
static int refuse_create(struct leat_parser *p, uint32_t start) {
    static const struct {
        const char *word;
        const char *hint;
    } objects[] = {
        {"FUNCTION", "all functions are built in"},
        {"CATALOG", "a script declares its tables itself"},
        {"DATABASE", "a script declares its tables itself"},
        {"MODEL", NULL},
        {"MATERIALIZED", "write CREATE TABLE and INSERT INTO"},
        {"CONNECTION", NULL},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(objects); i++)
        if (leat_parser_accept_word(p, objects[i].word))
            return leat_parser_fail(p, leat_parser_span_from(p, start), objects[i].hint, "CREATE %s is not supported", objects[i].word);
    if (leat_parser_check_misspelled(p, "TABLE") != 0)
        return -1;
    return leat_parser_unexpected(p, "TABLE or VIEW", NULL);
}

int leat_parser_create(struct leat_parser *p, uint32_t start, struct leat_ast_statement *out) {
    if (leat_parser_accept_word(p, "OR")) {
        if (leat_parser_expect_word(p, "REPLACE") != 0)
            return -1;
        return leat_parser_fail(p, leat_parser_span_from(p, start), "a script starts with no tables: write CREATE",
                                "CREATE OR REPLACE is not supported");
    }
    bool temporary = leat_parser_accept_word(p, "TEMPORARY");
    if (temporary)
        leat_parser_accept_word(p, "SYSTEM"); // of CREATE TEMPORARY SYSTEM FUNCTION
    if (leat_parser_accept_word(p, "TABLE")) {
        out->kind = LEAT_AST_CREATE_TABLE;
        out->create_table.temporary = temporary;
        return create_table(p, &out->create_table);
    }
    if (leat_parser_accept_word(p, "VIEW")) {
        out->kind = LEAT_AST_CREATE_VIEW;
        out->create_view.temporary = temporary;
        return create_view(p, &out->create_view);
    }
    return refuse_create(p, start);
}
