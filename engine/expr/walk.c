// Looking at trees and rebuilding them over other columns.
#include "engine/expr/kernel.h"

const struct leat_expr *leat_expr_substitute(struct leat_expr_builder *builder, const struct leat_expr *expr,
                                             const struct leat_expr *const *columns) {
    if (expr->kind == LEAT_EXPR_COLUMN)
        return leat_type_same(expr->type, columns[expr->column]->type) ? columns[expr->column]
                                                                       : leat_expr_cast(builder, columns[expr->column], expr->type, false);
    if (expr->arg_count == 0)
        return expr;
    const struct leat_expr **args = leat_arena_alloc(builder->arena, expr->arg_count * sizeof(const struct leat_expr *));
    bool changed = false;
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        args[i] = leat_expr_substitute(builder, expr->args[i], columns);
        if (!args[i])
            return NULL;
        // An exact decimal has become the plain DOUBLE that the column had stood for.
        if (args[i]->decimal && !expr->args[i]->decimal)
            args[i] = leat_expr_cast(builder, args[i], args[i]->type, false);
        changed |= args[i] != expr->args[i];
    }
    if (!changed)
        return expr;
    switch (expr->kind) {
    case LEAT_EXPR_AND:
        return leat_expr_call(builder, "AND", args, expr->arg_count);
    case LEAT_EXPR_OR:
        return leat_expr_call(builder, "OR", args, expr->arg_count);
    case LEAT_EXPR_CASE:
        return leat_expr_call(builder, "CASE", args, expr->arg_count);
    case LEAT_EXPR_COALESCE:
        return leat_expr_call(builder, "COALESCE", args, expr->arg_count);
    default:
        return leat_expr_make_call(builder, expr->function, expr->type, args, expr->arg_count, expr->try_cast);
    }
}

void leat_expr_visit_columns(const struct leat_expr *expr, void (*visit)(void *context, uint32_t column), void *context) {
    if (expr->kind == LEAT_EXPR_COLUMN)
        visit(context, expr->column);
    for (uint32_t i = 0; i < expr->arg_count; i++)
        leat_expr_visit_columns(expr->args[i], visit, context);
}

static bool same_constant(const struct leat_value *a, const struct leat_value *b) {
    if (a->is_null || b->is_null)
        return a->is_null == b->is_null;
    switch (leat_type_physical(a->type.kind)) {
    case LEAT_PHYSICAL_BOOL:
        return a->boolean == b->boolean;
    case LEAT_PHYSICAL_INT32:
        return a->int32 == b->int32;
    case LEAT_PHYSICAL_TEXT:
        return leat_text_equal(&a->text, &b->text);
    default:
        return a->int64 == b->int64; // the bits of a DOUBLE, so that NaN is itself and -0.0 is not 0.0
    }
}

bool leat_expr_equal(const struct leat_expr *a, const struct leat_expr *b) {
    if (a == b)
        return true;
    if (a->kind != b->kind || !leat_type_same(a->type, b->type) || a->arg_count != b->arg_count || a->column != b->column ||
        a->function != b->function || a->try_cast != b->try_cast || a->size != b->size)
        return false;
    if (a->kind == LEAT_EXPR_CONSTANT && !same_constant(&a->constant, &b->constant))
        return false;
    for (uint32_t i = 0; i < a->arg_count; i++)
        if (!leat_expr_equal(a->args[i], b->args[i]))
            return false;
    return true;
}
