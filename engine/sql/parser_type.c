// Data types as Flink writes them, INT and INTEGER, ARRAY<INT> and INT ARRAY alike.
#include "engine/sql/parser_internal.h"

// What may follow the word of a type.
enum shape {
    SHAPE_PLAIN,
    SHAPE_LENGTH,  // (n)
    SHAPE_DECIMAL, // (p[, s])
    SHAPE_VARYING, // CHAR and BINARY: [VARYING] [(n)]
    SHAPE_DOUBLE,  // [PRECISION]
    SHAPE_TIME,    // [(p)] [WITHOUT TIME ZONE]
    SHAPE_TIMESTAMP,
    SHAPE_INTERVAL,
    SHAPE_ELEMENT, // <T>
    SHAPE_MAP,     // <K, V>
    SHAPE_ROW,
};

static const struct {
    const char *word;
    enum leat_ast_type_kind kind;
    enum shape shape;
} type_words[] = {
    {"BOOLEAN", LEAT_AST_TYPE_BOOLEAN, SHAPE_PLAIN},
    {"TINYINT", LEAT_AST_TYPE_TINYINT, SHAPE_PLAIN},
    {"SMALLINT", LEAT_AST_TYPE_SMALLINT, SHAPE_PLAIN},
    {"INT", LEAT_AST_TYPE_INT, SHAPE_PLAIN},
    {"INTEGER", LEAT_AST_TYPE_INT, SHAPE_PLAIN},
    {"BIGINT", LEAT_AST_TYPE_BIGINT, SHAPE_PLAIN},
    {"FLOAT", LEAT_AST_TYPE_FLOAT, SHAPE_PLAIN},
    {"DOUBLE", LEAT_AST_TYPE_DOUBLE, SHAPE_DOUBLE},
    {"DECIMAL", LEAT_AST_TYPE_DECIMAL, SHAPE_DECIMAL},
    {"DEC", LEAT_AST_TYPE_DECIMAL, SHAPE_DECIMAL},
    {"NUMERIC", LEAT_AST_TYPE_DECIMAL, SHAPE_DECIMAL},
    {"CHAR", LEAT_AST_TYPE_CHAR, SHAPE_VARYING},
    {"CHARACTER", LEAT_AST_TYPE_CHAR, SHAPE_VARYING},
    {"VARCHAR", LEAT_AST_TYPE_VARCHAR, SHAPE_LENGTH},
    {"STRING", LEAT_AST_TYPE_STRING, SHAPE_PLAIN},
    {"BINARY", LEAT_AST_TYPE_BINARY, SHAPE_VARYING},
    {"VARBINARY", LEAT_AST_TYPE_VARBINARY, SHAPE_LENGTH},
    {"BYTES", LEAT_AST_TYPE_BYTES, SHAPE_PLAIN},
    {"DATE", LEAT_AST_TYPE_DATE, SHAPE_PLAIN},
    {"TIME", LEAT_AST_TYPE_TIME, SHAPE_TIME},
    {"TIMESTAMP", LEAT_AST_TYPE_TIMESTAMP, SHAPE_TIMESTAMP},
    {"TIMESTAMP_LTZ", LEAT_AST_TYPE_TIMESTAMP_LTZ, SHAPE_LENGTH},
    {"INTERVAL", LEAT_AST_TYPE_INTERVAL, SHAPE_INTERVAL},
    {"ARRAY", LEAT_AST_TYPE_ARRAY, SHAPE_ELEMENT},
    {"MULTISET", LEAT_AST_TYPE_MULTISET, SHAPE_ELEMENT},
    {"MAP", LEAT_AST_TYPE_MAP, SHAPE_MAP},
    {"ROW", LEAT_AST_TYPE_ROW, SHAPE_ROW},
    {"NULL", LEAT_AST_TYPE_NULL, SHAPE_PLAIN},
};

static struct leat_ast_type *type_new(struct leat_parser *p, enum leat_ast_type_kind kind) {
    struct leat_ast_type *type = leat_arena_alloc(p->arena, sizeof(*type));
    type->kind = kind;
    type->precision = type->scale = -1;
    return type;
}

static int precision(struct leat_parser *p, struct leat_ast_type *type, bool with_scale) {
    if (!leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return 0;
    if (leat_parser_number(p, "a number", &type->precision) != 0)
        return -1;
    if (with_scale && leat_parser_accept(p, LEAT_TOKEN_COMMA) && leat_parser_number(p, "a number", &type->scale) != 0)
        return -1;
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`");
}

static int varying(struct leat_parser *p, struct leat_ast_type *type) {
    if (leat_parser_accept_word(p, "VARYING"))
        type->kind = type->kind == LEAT_AST_TYPE_CHAR ? LEAT_AST_TYPE_VARCHAR : LEAT_AST_TYPE_VARBINARY;
    return precision(p, type, false);
}

// [WITHOUT TIME ZONE], and for timestamps WITH [LOCAL] TIME ZONE.
static int time_zone(struct leat_parser *p, struct leat_ast_type *type) {
    bool with = leat_parser_at_word(p, 0, "WITH") && (leat_parser_at_word(p, 1, "TIME") || leat_parser_at_word(p, 1, "LOCAL"));
    bool without = leat_parser_at_word(p, 0, "WITHOUT");
    if (!with && !without)
        return 0;
    if (with && type->kind == LEAT_AST_TYPE_TIME)
        return leat_parser_unexpected(p, "WITHOUT TIME ZONE", "TIME has no time zone");
    leat_parser_take(p);
    if (with)
        type->kind = leat_parser_accept_word(p, "LOCAL") ? LEAT_AST_TYPE_TIMESTAMP_LTZ : LEAT_AST_TYPE_TIMESTAMP_TZ;
    return leat_parser_expect_word(p, "TIME") == 0 ? leat_parser_expect_word(p, "ZONE") : -1;
}

// unit[(p)] [TO unit[(s)]]
static int interval_type(struct leat_parser *p, struct leat_ast_type *type) {
    type->from = leat_parser_unit(p, false);
    if (type->from == LEAT_AST_UNIT_NONE)
        return leat_parser_unexpected(p, "a unit such as DAY or SECOND", NULL);
    if (precision(p, type, type->from == LEAT_AST_UNIT_SECOND) != 0)
        return -1;
    if (!leat_parser_accept_word(p, "TO"))
        return 0;
    type->to = leat_parser_unit(p, false);
    if (type->to == LEAT_AST_UNIT_NONE)
        return leat_parser_unexpected(p, "a unit such as SECOND", NULL);
    if (!leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return 0;
    return leat_parser_number(p, "a number", &type->scale) == 0 ? leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") : -1;
}

// name type ['comment']
static int row_field(struct leat_parser *p, struct leat_ast_field *field) {
    if (leat_parser_name(p, "a field name", &field->name) != 0)
        return -1;
    field->type = leat_parser_type(p);
    if (!field->type)
        return -1;
    if (leat_parser_at(p, LEAT_TOKEN_STRING)) {
        field->comment = leat_parser_string_new(p, "a comment");
        return field->comment ? 0 : -1;
    }
    return 0;
}

// ROW<a INT, b STRING> or ROW(a INT, b STRING)
static int row_type(struct leat_parser *p, struct leat_ast_type *type) {
    bool angled = leat_parser_at(p, LEAT_TOKEN_LESS);
    if (!angled && !leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return leat_parser_unexpected(p, "`<` and the fields of the ROW", NULL);
    leat_parser_take(p);
    do {
        type->fields = leat_parser_grow(p, type->fields, type->field_count, sizeof(*type->fields));
        if (row_field(p, &type->fields[type->field_count]) != 0)
            return -1;
        type->field_count++;
    } while (leat_parser_accept(p, LEAT_TOKEN_COMMA));
    return leat_parser_expect(p, angled ? LEAT_TOKEN_GREATER : LEAT_TOKEN_RIGHT_PARENTHESIS, angled ? "`,` or `>`" : "`,` or `)`");
}

// <T> or <K, V>
static int element_types(struct leat_parser *p, struct leat_ast_type *type) {
    if (leat_parser_expect(p, LEAT_TOKEN_LESS, "`<` and a type") != 0)
        return -1;
    if (type->kind == LEAT_AST_TYPE_MAP) {
        type->key = leat_parser_type(p);
        if (!type->key || leat_parser_expect(p, LEAT_TOKEN_COMMA, "`,` and the type of the values") != 0)
            return -1;
    }
    type->element = leat_parser_type(p);
    return type->element ? leat_parser_expect(p, LEAT_TOKEN_GREATER, "`>`") : -1;
}

static int shape_parse(struct leat_parser *p, enum shape shape, struct leat_ast_type *type) {
    switch (shape) {
    case SHAPE_PLAIN:
        return 0;
    case SHAPE_LENGTH:
        return precision(p, type, false);
    case SHAPE_DECIMAL:
        return precision(p, type, true);
    case SHAPE_VARYING:
        return varying(p, type);
    case SHAPE_DOUBLE:
        leat_parser_accept_word(p, "PRECISION");
        return 0;
    case SHAPE_TIME:
    case SHAPE_TIMESTAMP:
        return precision(p, type, false) == 0 ? time_zone(p, type) : -1;
    case SHAPE_INTERVAL:
        return interval_type(p, type);
    case SHAPE_ELEMENT:
    case SHAPE_MAP:
        return element_types(p, type);
    case SHAPE_ROW:
        return row_type(p, type);
    }
    return -1;
}

// The words of other databases' types and what Flink calls them.
static const char *foreign_type_hint(struct leat_parser *p) {
    static const char *const pairs[][2] = {
        {"TEXT", "STRING"},
        {"INT64", "BIGINT"},
        {"INT32", "INT"},
        {"LONG", "BIGINT"},
        {"FLOAT64", "DOUBLE"},
        {"FLOAT8", "DOUBLE"},
        {"REAL", "FLOAT"},
        {"BOOL", "BOOLEAN"},
        {"DATETIME", "TIMESTAMP(3)"},
        {"NUMBER", "DECIMAL"},
        {"BLOB", "BYTES"},
        {"JSON", "STRING"},
        {"UUID", "STRING"},
        {"TIMESTAMPTZ", "TIMESTAMP_LTZ(3)"},
        {"UINT", "BIGINT"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(pairs); i++)
        if (leat_parser_at_word(p, 0, pairs[i][0]))
            return leat_arena_printf(p->arena, "the type is called %s", pairs[i][1]);
    return NULL;
}

// The type without what follows every kind of type.
static struct leat_ast_type *base_type(struct leat_parser *p) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(type_words); i++)
        if (leat_parser_accept_word(p, type_words[i].word)) {
            struct leat_ast_type *type = type_new(p, type_words[i].kind);
            return shape_parse(p, type_words[i].shape, type) == 0 ? type : NULL;
        }
    const char *hint = foreign_type_hint(p);
    if (hint || !leat_parser_at_name(p)) {
        leat_parser_unexpected(p, "a data type", hint);
        return NULL;
    }
    struct leat_ast_type *type = type_new(p, LEAT_AST_TYPE_NAMED);
    return leat_parser_path(p, "a data type", &type->path) == 0 ? type : NULL;
}

// [NOT NULL] and the postfix forms T ARRAY, T MULTISET.
static struct leat_ast_type *type_suffixes(struct leat_parser *p, struct leat_ast_type *type, uint32_t start) {
    for (uint32_t levels = 1;; levels++) {
        bool array = leat_parser_at_word(p, 0, "ARRAY"), multiset = leat_parser_at_word(p, 0, "MULTISET");
        if (!array && !multiset)
            break;
        if (levels > LEAT_SQL_DEPTH_MAX - p->depth) {
            leat_parser_fail(p, leat_parser_peek(p, 0)->span, NULL, "this is nested more than %d levels deep", LEAT_SQL_DEPTH_MAX);
            return NULL;
        }
        type->span = leat_parser_span_from(p, start);
        leat_parser_take(p);
        struct leat_ast_type *outer = type_new(p, array ? LEAT_AST_TYPE_ARRAY : LEAT_AST_TYPE_MULTISET);
        outer->element = type;
        type = outer;
    }
    if (leat_parser_accept_word(p, "NOT")) {
        if (leat_parser_expect_word(p, "NULL") != 0)
            return NULL;
        type->not_null = true;
    } else {
        leat_parser_accept_word(p, "NULL");
    }
    type->span = leat_parser_span_from(p, start);
    return type;
}

struct leat_ast_type *leat_parser_type(struct leat_parser *p) {
    if (leat_parser_enter(p) != 0)
        return NULL;
    uint32_t start = leat_parser_start(p);
    struct leat_ast_type *type = base_type(p);
    if (type)
        type = type_suffixes(p, type, start);
    leat_parser_leave(p);
    return type;
}
