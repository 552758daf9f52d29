// Expressions of the syntax tree become typed expressions over the columns of the scope.
#include "engine/sql/binder.h"

#include "engine/expr/number.h"
#include "engine/expr/time.h"
#include "engine/sql/suggest.h"

#include <limits.h>

int leat_binder_fail(struct leat_binder *b, struct leat_span span) {
    const char *error = b->builder.error ? b->builder.error : "this expression has no meaning";
    return leat_diagnostic(b->source, span, b->builder.hint, "%s", error);
}

// A result of the builder, with its error put at `span` where there is none.
static const struct leat_expr *checked(struct leat_binder *b, struct leat_span span, const struct leat_expr *expr) {
    if (!expr)
        leat_binder_fail(b, span);
    return expr;
}

const struct leat_expr *leat_binder_apply(struct leat_binder *b, struct leat_span span, const char *name,
                                          const struct leat_expr *const *args, uint32_t count) {
    b->builder.error = b->builder.hint = NULL;
    return checked(b, span, leat_expr_call(&b->builder, name, args, count));
}

static const struct leat_expr *refuse(struct leat_binder *b, struct leat_span span, const char *hint, const char *what) {
    leat_diagnostic(b->source, span, hint, "%s", what);
    return NULL;
}

// ---- literals

// Digits to a whole number, negative where a minus stood before them. False when it does not fit 64 bits.
static bool whole_number(const char *text, bool negative, int64_t *value) {
    int64_t sum = 0;
    for (; *text; text++)
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, *text - '0', &sum))
            return false;
    if (!negative && sum == INT64_MIN)
        return false;
    *value = negative ? sum : -sum;
    return true;
}

static const struct leat_expr *integer_literal(struct leat_binder *b, const struct leat_ast_expr *ast, bool negative) {
    int64_t value;
    if (!whole_number(ast->literal.text.text, negative, &value))
        return refuse(b, ast->span, "write it as an approximate number, 1e20, where a DOUBLE will do",
                      "this number is beyond BIGINT, and DECIMAL is not supported yet");
    // Flink types the digits without their sign.
    bool fits = negative ? value >= -(int64_t)INT32_MAX : value <= INT32_MAX;
    struct leat_value literal = {.type = {.kind = fits ? LEAT_TYPE_INT : LEAT_TYPE_BIGINT}};
    if (fits)
        literal.int32 = (int32_t)value;
    else
        literal.int64 = value;
    return leat_expr_constant(&b->builder, literal);
}

// 1e5, .5e1, 1.e5: the reader of numbers wants digits on both sides of a point.
static const struct leat_expr *double_literal(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const char *text = ast->literal.text.text, *point = strchr(text, '.');
    while (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
        text++;
    if (point == text)
        text = leat_arena_printf(b->arena, "0%s", text);
    else if (point && !(point[1] >= '0' && point[1] <= '9'))
        text = leat_arena_printf(b->arena, "%.*s.0%s", (int)LEAT_MIN(point - text, INT_MAX), text, point + 1);
    struct leat_value value = {.type = {.kind = LEAT_TYPE_DOUBLE}};
    if (!leat_double_parse(text, strlen(text), &value.float64))
        return refuse(b, ast->span, NULL, "this number is beyond DOUBLE");
    return leat_expr_constant(&b->builder, value);
}

// Whether the calendar and the clock have what a literal says: where a CAST takes the last day of the month instead, or the next midnight,
// Flink refuses a literal. `text` has the form of a timestamp.
static bool is_day(const char *text, int64_t micros) {
    struct leat_civil civil;
    const char *day = strchr(strchr(text, '-') + 1, '-') + 1;
    int written = day[0] - '0';
    if (day[1] >= '0' && day[1] <= '9')
        written = 10 * written + day[1] - '0';
    leat_time_to_civil(micros, &civil);
    return civil.day == written;
}

static const struct leat_expr *timestamp_literal(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_string *text = &ast->literal.text;
    struct leat_value value = {.type = {.kind = LEAT_TYPE_TIMESTAMP}};
    if (!leat_timestamp_parse(text->text, text->length, LEAT_TIMESTAMP_CAST, false, &value.int64))
        return refuse(b, ast->span, "write TIMESTAMP '2024-03-01 07:08:09.123'", "this is no timestamp");
    if (!is_day(text->text, value.int64))
        return refuse(b, ast->span, "the month has fewer days, or the day no 24th hour", "the calendar has no such timestamp");
    const char *point = strchr(text->text, '.');
    size_t digits = point ? strlen(point + 1) : 0;
    if (digits > 6)
        return refuse(b, ast->span, NULL, "timestamps have microseconds here: at most six digits behind the point");
    value.type.precision = (uint8_t)digits;
    return leat_expr_constant(&b->builder, value);
}

static const struct leat_expr *interval_literal(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_interval *interval = &ast->literal.interval;
    struct leat_value value = {.type = {.kind = interval->is_months ? LEAT_TYPE_INTERVAL_MONTH : LEAT_TYPE_INTERVAL_DAY}};
    if (!interval->is_months)
        value.int64 = interval->value;
    else if (interval->value < INT32_MIN || interval->value > INT32_MAX)
        return refuse(b, ast->span, NULL, "this interval is too long");
    else
        value.int32 = (int32_t)interval->value;
    return leat_expr_constant(&b->builder, value);
}

static const struct leat_expr *string_literal(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_string *text = &ast->literal.text;
    struct leat_value value = {.type = {.kind = LEAT_TYPE_STRING}};
    value.text = leat_text_view(text->text, (uint32_t)text->length);
    return leat_expr_constant(&b->builder, value);
}

static const struct leat_expr *boolean_literal(struct leat_binder *b, bool value, bool is_null, uint8_t kind) {
    return leat_expr_constant(&b->builder, (struct leat_value){.type = {.kind = kind}, .is_null = is_null, .boolean = value});
}

static const struct leat_expr *bind_literal(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_literal *literal = &ast->literal;
    switch (literal->kind) {
    case LEAT_AST_LITERAL_NULL:
        return boolean_literal(b, false, true, LEAT_TYPE_NULL);
    case LEAT_AST_LITERAL_TRUE:
    case LEAT_AST_LITERAL_FALSE:
        return boolean_literal(b, literal->kind == LEAT_AST_LITERAL_TRUE, false, LEAT_TYPE_BOOLEAN);
    case LEAT_AST_LITERAL_UNKNOWN:
        return boolean_literal(b, false, true, LEAT_TYPE_BOOLEAN);
    case LEAT_AST_LITERAL_INTEGER:
        return integer_literal(b, ast, false);
    case LEAT_AST_LITERAL_DECIMAL:
        return checked(b, ast->span, leat_expr_decimal(&b->builder, literal->text.text, literal->text.length));
    case LEAT_AST_LITERAL_DOUBLE:
        return double_literal(b, ast);
    case LEAT_AST_LITERAL_STRING:
        return string_literal(b, ast);
    case LEAT_AST_LITERAL_TIMESTAMP:
        return timestamp_literal(b, ast);
    case LEAT_AST_LITERAL_INTERVAL:
        return interval_literal(b, ast);
    case LEAT_AST_LITERAL_DATE:
    case LEAT_AST_LITERAL_TIME:
        return refuse(b, ast->span, "use a TIMESTAMP", "DATE and TIME are not supported yet");
    default:
        return refuse(b, ast->span, NULL, "binary literals are not supported yet");
    }
}

// ---- operators

static const struct leat_expr *bind_unary(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_expr *operand = ast->unary.operand;
    bool number = operand->kind == LEAT_AST_EXPR_LITERAL && operand->literal.kind == LEAT_AST_LITERAL_INTEGER;
    if (ast->unary.op == LEAT_AST_OP_MINUS && number)
        return integer_literal(b, operand, true);
    const struct leat_expr *arg = leat_binder_expr(b, operand);
    if (!arg)
        return NULL;
    const char *name = ast->unary.op == LEAT_AST_OP_NOT ? "NOT" : ast->unary.op == LEAT_AST_OP_PLUS ? "PLUS" : "NEGATE";
    return leat_binder_apply(b, ast->span, name, &arg, 1);
}

static const struct leat_expr *bind_binary(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_expr *args[2] = {leat_binder_expr(b, ast->binary.left), NULL};
    if (!args[0])
        return NULL;
    args[1] = leat_binder_expr(b, ast->binary.right);
    if (!args[1])
        return NULL;
    // AND and OR are at fault on one side, the others between both.
    bool logic = ast->binary.op == LEAT_AST_OP_AND || ast->binary.op == LEAT_AST_OP_OR;
    bool left_wrong = args[0]->type.kind != LEAT_TYPE_BOOLEAN && args[0]->type.kind != LEAT_TYPE_NULL;
    struct leat_span place = !logic ? ast->binary.op_span : left_wrong ? ast->binary.left->span : ast->binary.right->span;
    return leat_binder_apply(b, place, leat_ast_operator_name(ast->binary.op), args, 2);
}

static const struct leat_expr *bind_is(struct leat_binder *b, const struct leat_ast_expr *ast) {
    static const char *const names[][2] = {
        [LEAT_AST_IS_NULL] = {"IS NULL", "IS NOT NULL"},
        [LEAT_AST_IS_TRUE] = {"IS TRUE", "IS NOT TRUE"},
        [LEAT_AST_IS_FALSE] = {"IS FALSE", "IS NOT FALSE"},
        [LEAT_AST_IS_UNKNOWN] = {"IS UNKNOWN", "IS NOT UNKNOWN"},
    };
    const struct leat_expr *arg = leat_binder_expr(b, ast->is.operand);
    return arg ? leat_binder_apply(b, ast->span, names[ast->is.test][ast->is.negated], &arg, 1) : NULL;
}

// Calls `name` on the operands, and NOT on that where it is negated.
static const struct leat_expr *apply_negatable(struct leat_binder *b, struct leat_span span, const char *name, bool negated,
                                               const struct leat_ast_expr *const *operands, uint32_t count) {
    const struct leat_expr **args = leat_arena_alloc(b->arena, count * sizeof(*args));
    for (uint32_t i = 0; i < count; i++) {
        args[i] = leat_binder_expr(b, operands[i]);
        if (!args[i])
            return NULL;
    }
    const struct leat_expr *expr = leat_binder_apply(b, span, name, args, count);
    return expr && negated ? leat_binder_apply(b, span, "NOT", &expr, 1) : expr;
}

static const struct leat_expr *bind_between(struct leat_binder *b, const struct leat_ast_expr *ast) {
    if (ast->between.symmetric)
        return refuse(b, ast->span, "write the bounds in order, or BETWEEN a AND b OR BETWEEN b AND a",
                      "BETWEEN SYMMETRIC is not supported yet");
    const struct leat_ast_expr *operands[] = {ast->between.operand, ast->between.low, ast->between.high};
    return apply_negatable(b, ast->span, "BETWEEN", ast->between.negated, operands, 3);
}

static const struct leat_expr *bind_in(struct leat_binder *b, const struct leat_ast_expr *ast) {
    if (ast->in.query)
        return refuse(b, ast->span, "list the values: IN (1, 2, 3)", "IN (SELECT ...) is not supported yet");
    uint32_t count = ast->in.list.count + 1;
    const struct leat_ast_expr **operands = leat_arena_alloc(b->arena, count * sizeof(*operands));
    operands[0] = ast->in.operand;
    for (uint32_t i = 1; i < count; i++)
        operands[i] = ast->in.list.items[i - 1];
    return apply_negatable(b, ast->span, "IN", ast->in.negated, operands, count);
}

static const struct leat_expr *bind_like(struct leat_binder *b, const struct leat_ast_expr *ast) {
    if (ast->like.similar)
        return refuse(b, ast->span, "use LIKE", "SIMILAR TO is not supported yet");
    const struct leat_ast_expr *operands[] = {ast->like.operand, ast->like.pattern, ast->like.escape};
    return apply_negatable(b, ast->span, "LIKE", ast->like.negated, operands, ast->like.escape ? 3 : 2);
}

// CASE x WHEN a THEN ... is CASE WHEN x = a THEN ...
static const struct leat_expr *bind_case(struct leat_binder *b, const struct leat_ast_expr *ast) {
    uint32_t count = 2 * ast->cases.count + 1;
    const struct leat_expr **args = leat_arena_alloc(b->arena, count * sizeof(*args)), *operand = NULL;
    if (ast->cases.operand && !(operand = leat_binder_expr(b, ast->cases.operand)))
        return NULL;
    for (uint32_t i = 0; i < ast->cases.count; i++) {
        const struct leat_ast_when *when = &ast->cases.whens[i];
        const struct leat_expr *condition = leat_binder_expr(b, when->when);
        if (condition && operand)
            condition = leat_binder_apply(b, when->when->span, "=", (const struct leat_expr *[]){operand, condition}, 2);
        if (!condition)
            return NULL;
        if (condition->type.kind != LEAT_TYPE_BOOLEAN && condition->type.kind != LEAT_TYPE_NULL)
            return refuse(b, when->when->span, NULL, "the condition of WHEN must be a BOOLEAN");
        args[2 * i] = condition;
        args[2 * i + 1] = leat_binder_expr(b, when->then);
        if (!args[2 * i + 1])
            return NULL;
    }
    args[count - 1] = ast->cases.otherwise ? leat_binder_expr(b, ast->cases.otherwise) : boolean_literal(b, false, true, LEAT_TYPE_NULL);
    return args[count - 1] ? leat_binder_apply(b, ast->span, "CASE", args, count) : NULL;
}

static const struct leat_expr *bind_cast(struct leat_binder *b, const struct leat_ast_expr *ast) {
    struct leat_type type;
    const struct leat_expr *arg = leat_binder_expr(b, ast->cast.operand);
    if (!arg || leat_binder_type(b, ast->cast.type, &type) != 0)
        return NULL;
    b->builder.error = b->builder.hint = NULL;
    return checked(b, ast->span, leat_expr_cast(&b->builder, arg, type, ast->cast.is_try));
}

static const struct leat_expr *bind_column(struct leat_binder *b, const struct leat_ast_expr *ast) {
    uint32_t column;
    if (!b->scope) {
        leat_diagnostic(b->source, ast->span, NULL, "no column can be used here");
        return NULL;
    }
    if (leat_scope_resolve(b->arena, b->source, b->scope, &ast->column, &column) != 0)
        return NULL;
    return leat_expr_column(&b->builder, column, b->scope->relation->columns[column].type);
}

const struct leat_expr *leat_binder_expr(struct leat_binder *b, const struct leat_ast_expr *ast) {
    switch (ast->kind) {
    case LEAT_AST_EXPR_LITERAL:
        return bind_literal(b, ast);
    case LEAT_AST_EXPR_COLUMN:
        return bind_column(b, ast);
    case LEAT_AST_EXPR_UNARY:
        return bind_unary(b, ast);
    case LEAT_AST_EXPR_BINARY:
        return bind_binary(b, ast);
    case LEAT_AST_EXPR_IS:
        return bind_is(b, ast);
    case LEAT_AST_EXPR_BETWEEN:
        return bind_between(b, ast);
    case LEAT_AST_EXPR_IN:
        return bind_in(b, ast);
    case LEAT_AST_EXPR_LIKE:
        return bind_like(b, ast);
    case LEAT_AST_EXPR_CASE:
        return bind_case(b, ast);
    case LEAT_AST_EXPR_CAST:
        return bind_cast(b, ast);
    case LEAT_AST_EXPR_CALL:
        return leat_binder_call(b, ast);
    case LEAT_AST_EXPR_EXISTS:
    case LEAT_AST_EXPR_SUBQUERY:
        return refuse(b, ast->span, "subqueries stand in FROM", "subqueries in expressions are not supported yet");
    default:
        return refuse(b, ast->span, "use plain columns", "ROW, ARRAY and MAP values are not supported yet");
    }
}

const struct leat_expr *leat_binder_condition(struct leat_binder *b, const struct leat_ast_expr *ast, const char *place) {
    b->place = place;
    const struct leat_expr *expr = leat_binder_expr(b, ast);
    if (!expr)
        return NULL;
    if (expr->type.kind == LEAT_TYPE_NULL)
        return boolean_literal(b, false, true, LEAT_TYPE_BOOLEAN);
    if (expr->type.kind == LEAT_TYPE_BOOLEAN)
        return expr;
    leat_diagnostic(b->source, ast->span, "compare it with something", "the condition of %s must be a BOOLEAN, not %s", place,
                    leat_type_text(b->arena, expr->type));
    return NULL;
}

int leat_binder_interval(struct leat_binder *b, const struct leat_ast_expr *ast, const char *what, int64_t *micros) {
    const char *hint = "write it like INTERVAL '10' SECOND, INTERVAL '1' MINUTE, INTERVAL '1' HOUR";
    const struct leat_scope *scope = b->scope;
    b->scope = NULL;
    const struct leat_expr *expr = leat_binder_expr(b, ast);
    b->scope = scope;
    if (!expr)
        return -1;
    if (expr->kind == LEAT_EXPR_CONSTANT && expr->type.kind == LEAT_TYPE_INTERVAL_MONTH)
        return leat_diagnostic(b->source, ast->span, hint, "%s must have a fixed length, not months or years", what);
    if (expr->kind != LEAT_EXPR_CONSTANT || expr->type.kind != LEAT_TYPE_INTERVAL_DAY || expr->constant.is_null)
        return leat_diagnostic(b->source, ast->span, hint, "%s must be an INTERVAL", what);
    *micros = expr->constant.int64;
    return 0;
}
