// Builders of expression nodes: leaves, calls, folding.
#include "engine/expr/kernel.h"

#include "engine/base/error.h"
#include "engine/expr/number.h"

#include <stdarg.h>
#include <stdio.h>

const struct leat_expr *leat_expr_refuse(struct leat_expr_builder *builder, const char *hint, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    builder->error = leat_arena_copy(builder->arena, text, strlen(text));
    builder->hint = hint;
    return NULL;
}

struct leat_expr *leat_expr_new(struct leat_expr_builder *builder, enum leat_expr_kind kind, struct leat_type type,
                                const struct leat_expr *const *args, uint32_t arg_count) {
    struct leat_expr *expr = leat_arena_alloc(builder->arena, sizeof(*expr));
    const struct leat_expr **copy = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    expr->kind = kind;
    expr->type = type;
    expr->arg_count = arg_count;
    expr->args = copy;
    uint64_t size = 1;
    for (uint32_t i = 0; i < arg_count; i++) {
        copy[i] = args[i];
        size += args[i]->size;
        expr->can_fail |= args[i]->can_fail;
        expr->depth = LEAT_MAX(expr->depth, (uint16_t)(args[i]->depth + 1));
    }
    if (expr->depth > LEAT_EXPR_DEPTH_MAX) {
        leat_expr_refuse(builder, "split it into views or computed columns", "the expression is nested more than %d levels deep",
                         LEAT_EXPR_DEPTH_MAX);
        return NULL;
    }
    if (size > LEAT_EXPR_SIZE_MAX) {
        leat_expr_refuse(builder, NULL, "the expression has more than %d parts", LEAT_EXPR_SIZE_MAX);
        return NULL;
    }
    expr->size = (uint32_t)size;
    return expr;
}

const struct leat_expr *leat_expr_column(struct leat_expr_builder *builder, uint32_t column, struct leat_type type) {
    struct leat_expr *expr = leat_expr_new(builder, LEAT_EXPR_COLUMN, type, NULL, 0);
    expr->column = column;
    return expr;
}

const struct leat_expr *leat_expr_constant(struct leat_expr_builder *builder, struct leat_value value) {
    value.type.nullable = value.is_null;
    struct leat_expr *expr = leat_expr_new(builder, LEAT_EXPR_CONSTANT, value.type, NULL, 0);
    expr->constant = value;
    return expr;
}

const struct leat_expr *leat_expr_null(struct leat_expr_builder *builder, struct leat_type type) {
    return leat_expr_constant(builder, (struct leat_value){.type = type, .is_null = true});
}

const struct leat_expr *leat_expr_decimal(struct leat_expr_builder *builder, const char *text, size_t length) {
    // The parser of numbers reads JSON, which wants digits on both sides of the point and no zeros before them.
    bool negative = length && text[0] == '-';
    size_t start = negative;
    while (start + 1 < length && text[start] == '0' && text[start + 1] != '.')
        start++;
    bool ends_in_point = length && text[length - 1] == '.';
    const char *json = leat_arena_printf(builder->arena, "%s%s%.*s%s", negative ? "-" : "", start < length && text[start] == '.' ? "0" : "",
                                         (int)(length - start), text + start, ends_in_point ? "0" : "");
    struct leat_value value = {.type = {.kind = LEAT_TYPE_DOUBLE}};
    if (!leat_double_parse(json, strlen(json), &value.float64))
        return leat_expr_refuse(builder, NULL, "`%.*s` is not a number", (int)LEAT_MIN(length, 100u), text);
    struct leat_expr *expr = leat_expr_new(builder, LEAT_EXPR_CONSTANT, value.type, NULL, 0);
    expr->constant = value;
    expr->decimal = leat_arena_copy(builder->arena, json, strlen(json) - ends_in_point * 2);
    return expr;
}

const struct leat_expr *leat_expr_make_call(struct leat_expr_builder *builder, const struct leat_function *function, struct leat_type type,
                                            const struct leat_expr *const *args, uint32_t arg_count, bool try_cast) {
    struct leat_expr *expr = leat_expr_new(builder, LEAT_EXPR_CALL, type, args, arg_count);
    if (!expr)
        return NULL;
    expr->function = function;
    expr->try_cast = try_cast;
    expr->can_fail |= (function->flags & LEAT_FUNCTION_FAILS) && !try_cast;
    bool constant = true, has_null = false;
    uint32_t evaluated = leat_call_evaluated(expr);
    for (uint32_t i = 0; i < evaluated; i++) {
        constant &= args[i]->kind == LEAT_EXPR_CONSTANT;
        has_null |= args[i]->kind == LEAT_EXPR_CONSTANT && args[i]->constant.is_null;
    }
    // A strict function of a NULL is NULL, unless finding it out would skip the failure of another argument.
    if (has_null && !(function->flags & LEAT_FUNCTION_LENIENT)) {
        bool others_fail = false;
        for (uint32_t i = 0; i < evaluated; i++)
            others_fail |= args[i]->can_fail;
        if (!others_fail)
            return leat_expr_null(builder, type);
        constant = false;
    } else if (function->prepare && !function->prepare(builder, expr)) {
        return NULL;
    }
    const struct leat_expr *folded = constant ? leat_expr_fold(builder, expr) : NULL;
    return folded ? folded : expr;
}

// The text that the heap of a folded call holds moves to the arena, where constants live.
static void keep_constant(struct leat_expr_builder *builder, struct leat_value *value, const struct leat_column *out) {
    switch (leat_type_physical(value->type.kind)) {
    case LEAT_PHYSICAL_BOOL:
        value->boolean = *leat_column_bool(out);
        break;
    case LEAT_PHYSICAL_INT32:
        value->int32 = *leat_column_int32(out);
        break;
    case LEAT_PHYSICAL_INT64:
        value->int64 = *leat_column_int64(out);
        break;
    case LEAT_PHYSICAL_DOUBLE:
        value->float64 = *leat_column_double(out);
        break;
    case LEAT_PHYSICAL_TEXT: {
        const struct leat_text *text = leat_column_text(out);
        const char *bytes = leat_arena_copy(builder->arena, leat_text_bytes(text), text->length);
        value->text = leat_text_view(bytes, text->length);
        break;
    }
    }
}

const struct leat_expr *leat_expr_fold(struct leat_expr_builder *builder, const struct leat_expr *call) {
    static const uint64_t no_rows[LEAT_BATCH_WORDS];
    struct leat_text slot[8] = {{0}};
    uint64_t valid[LEAT_BATCH_WORDS] = {0};
    uint16_t narrow[LEAT_BATCH_ROWS];
    struct leat_column out = {.data = slot, .valid = valid, .physical = leat_type_physical(call->type.kind)};
    struct leat_eval_errors errors;
    errors.count = 0;
    memset(errors.rows, 0, sizeof(errors.rows));
    struct leat_heap heap = {0};
    uint32_t evaluated = leat_call_evaluated(call);
    struct leat_vector *args = leat_arena_alloc(builder->arena, evaluated * sizeof(*args));
    for (uint32_t i = 0; i < evaluated; i++) {
        const struct leat_value *value = &call->args[i]->constant;
        args[i] = (struct leat_vector){.data = &value->int64, .valid = value->is_null ? no_rows : NULL};
    }
    struct leat_kernel_call run = {.expr = call, .args = args, .count = 1, .out = &out, .heap = &heap, .errors = &errors};
    const struct leat_expr *folded = NULL;
    if (leat_kernel_run(&run, narrow) == 0 && errors.count == 0) {
        struct leat_value value = {.type = call->type, .is_null = !leat_column_is_valid(&out, 0)};
        if (!value.is_null)
            keep_constant(builder, &value, &out);
        folded = leat_expr_constant(builder, value);
    }
    if (!folded)
        leat_error_clear(); // memory may have run out for a huge text: then rows will find out
    leat_heap_free(&heap);
    return folded;
}
