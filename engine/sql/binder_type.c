// Types of the syntax tree become types of the engine; those that leat has not are refused with what to write instead.
#include "engine/sql/binder.h"

static int refuse(struct leat_binder *b, const struct leat_ast_type *ast, const char *hint) {
    return leat_diagnostic(b->source, ast->span, hint, "the type %s is not supported yet", leat_ast_dump_type(b->arena, ast));
}

static int timestamp(struct leat_binder *b, const struct leat_ast_type *ast, uint8_t kind, struct leat_type *type) {
    int32_t precision = ast->precision < 0 ? 6 : ast->precision;
    if (precision > 9)
        return leat_diagnostic(b->source, ast->span, NULL, "the precision of a timestamp is between 0 and 9");
    if (precision > 6)
        return refuse(b, ast, "timestamps have microseconds here: use a precision of 0 to 6, 3 for a time attribute");
    type->kind = kind;
    type->precision = (uint8_t)precision;
    return 0;
}

static int named(struct leat_binder *b, const struct leat_ast_type *ast) {
    static const struct {
        const char *name, *hint;
    } others[] = {
        {"TEXT", "did you mean STRING?"},   {"INT8", "did you mean BIGINT?"},        {"INT4", "did you mean INT?"},
        {"LONG", "did you mean BIGINT?"},   {"DATETIME", "did you mean TIMESTAMP?"}, {"BOOL", "did you mean BOOLEAN?"},
        {"FLOAT8", "did you mean DOUBLE?"}, {"NUMBER", "did you mean DOUBLE?"},      {"TIMESTAMPTZ", "did you mean TIMESTAMP_LTZ?"},
    };
    const char *name = leat_ast_path_text(b->arena, &ast->path), *hint = "types: BOOLEAN, INT, BIGINT, DOUBLE, STRING, TIMESTAMP(p), "
                                                                         "TIMESTAMP_LTZ(p)";
    for (size_t i = 0; i < LEAT_ARRAY_LEN(others); i++)
        if (strcasecmp(others[i].name, name) == 0)
            hint = others[i].hint;
    return leat_diagnostic(b->source, ast->span, hint, "there is no type `%s`", name);
}

static int text(struct leat_binder *b, const struct leat_ast_type *ast, struct leat_type *type) {
    if (ast->kind == LEAT_AST_TYPE_CHAR || (ast->precision >= 0 && ast->precision != INT32_MAX))
        return refuse(b, ast, "texts have no length here: use STRING");
    type->kind = LEAT_TYPE_STRING;
    return 0;
}

int leat_binder_type(struct leat_binder *b, const struct leat_ast_type *ast, struct leat_type *type) {
    *type = (struct leat_type){.nullable = !ast->not_null};
    switch (ast->kind) {
    case LEAT_AST_TYPE_BOOLEAN:
        type->kind = LEAT_TYPE_BOOLEAN;
        return 0;
    case LEAT_AST_TYPE_INT:
        type->kind = LEAT_TYPE_INT;
        return 0;
    case LEAT_AST_TYPE_BIGINT:
        type->kind = LEAT_TYPE_BIGINT;
        return 0;
    case LEAT_AST_TYPE_DOUBLE:
        type->kind = LEAT_TYPE_DOUBLE;
        return 0;
    case LEAT_AST_TYPE_STRING:
    case LEAT_AST_TYPE_VARCHAR:
    case LEAT_AST_TYPE_CHAR:
        return text(b, ast, type);
    case LEAT_AST_TYPE_TIMESTAMP:
        return timestamp(b, ast, LEAT_TYPE_TIMESTAMP, type);
    case LEAT_AST_TYPE_TIMESTAMP_LTZ:
        return timestamp(b, ast, LEAT_TYPE_TIMESTAMP_LTZ, type);
    case LEAT_AST_TYPE_TINYINT:
    case LEAT_AST_TYPE_SMALLINT:
        return refuse(b, ast, "use INT");
    case LEAT_AST_TYPE_FLOAT:
    case LEAT_AST_TYPE_DECIMAL:
        return refuse(b, ast, "use DOUBLE");
    case LEAT_AST_TYPE_DATE:
    case LEAT_AST_TYPE_TIME:
        return refuse(b, ast, "use TIMESTAMP(3) or STRING");
    case LEAT_AST_TYPE_TIMESTAMP_TZ:
        return refuse(b, ast, "use TIMESTAMP_LTZ: Flink has no TIMESTAMP WITH TIME ZONE columns either");
    case LEAT_AST_TYPE_NAMED:
        return named(b, ast);
    case LEAT_AST_TYPE_BINARY:
    case LEAT_AST_TYPE_VARBINARY:
    case LEAT_AST_TYPE_BYTES:
        return refuse(b, ast, "use STRING for what is text; other bytes cannot be columns");
    case LEAT_AST_TYPE_INTERVAL:
        return refuse(b, ast, "intervals exist in expressions only: keep a BIGINT of milliseconds");
    case LEAT_AST_TYPE_NULL:
        return refuse(b, ast, "name the type that the column would have: STRING, for example");
    default:
        return refuse(b, ast, "use the columns inside it, or STRING: the json format puts the text of a nested value there");
    }
}

const char *leat_binder_type_text(struct leat_binder *b, struct leat_type type) {
    const char *name = leat_type_text(b->arena, type);
    return type.nullable || type.kind == LEAT_TYPE_NULL ? name : leat_arena_printf(b->arena, "%s NOT NULL", name);
}
