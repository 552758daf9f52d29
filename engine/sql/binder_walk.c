// Walks over expressions of the syntax tree.
#include "engine/sql/binder.h"

typedef bool visit_function(void *context, const struct leat_ast_expr *node);

static bool walk_list(const struct leat_ast_exprs *list, visit_function *visit, void *context) {
    for (uint32_t i = 0; i < list->count; i++)
        if (leat_binder_walk(list->items[i], visit, context))
            return true;
    return false;
}

static bool walk_case(const struct leat_ast_expr *ast, visit_function *visit, void *context) {
    for (uint32_t i = 0; i < ast->cases.count; i++)
        if (leat_binder_walk(ast->cases.whens[i].when, visit, context) || leat_binder_walk(ast->cases.whens[i].then, visit, context))
            return true;
    return leat_binder_walk(ast->cases.operand, visit, context) || leat_binder_walk(ast->cases.otherwise, visit, context);
}

static bool walk_below(const struct leat_ast_expr *ast, visit_function *visit, void *context) {
    switch (ast->kind) {
    case LEAT_AST_EXPR_UNARY:
        return leat_binder_walk(ast->unary.operand, visit, context);
    case LEAT_AST_EXPR_BINARY:
        return leat_binder_walk(ast->binary.left, visit, context) || leat_binder_walk(ast->binary.right, visit, context);
    case LEAT_AST_EXPR_IS:
        return leat_binder_walk(ast->is.operand, visit, context);
    case LEAT_AST_EXPR_BETWEEN:
        return leat_binder_walk(ast->between.operand, visit, context) || leat_binder_walk(ast->between.low, visit, context) ||
               leat_binder_walk(ast->between.high, visit, context);
    case LEAT_AST_EXPR_IN:
        return leat_binder_walk(ast->in.operand, visit, context) || walk_list(&ast->in.list, visit, context);
    case LEAT_AST_EXPR_LIKE:
        return leat_binder_walk(ast->like.operand, visit, context) || leat_binder_walk(ast->like.pattern, visit, context) ||
               leat_binder_walk(ast->like.escape, visit, context);
    case LEAT_AST_EXPR_CASE:
        return walk_case(ast, visit, context);
    case LEAT_AST_EXPR_CAST:
        return leat_binder_walk(ast->cast.operand, visit, context);
    case LEAT_AST_EXPR_CALL:
        return walk_list(&ast->call.args, visit, context) || leat_binder_walk(ast->call.filter, visit, context);
    case LEAT_AST_EXPR_ROW:
    case LEAT_AST_EXPR_ARRAY:
    case LEAT_AST_EXPR_MAP:
        return walk_list(&ast->list, visit, context);
    case LEAT_AST_EXPR_ELEMENT:
        return leat_binder_walk(ast->element.operand, visit, context) || leat_binder_walk(ast->element.index, visit, context);
    case LEAT_AST_EXPR_FIELD:
        return leat_binder_walk(ast->field.operand, visit, context);
    default:
        return false;
    }
}

bool leat_binder_walk(const struct leat_ast_expr *ast, visit_function *visit, void *context) {
    return ast && (visit(context, ast) || walk_below(ast, visit, context));
}

static bool is_aggregate(void *context, const struct leat_ast_expr *node) {
    (void)context;
    return node->kind == LEAT_AST_EXPR_CALL && !node->call.over &&
           leat_aggregate_is_name(node->call.name.parts[node->call.name.count - 1].text);
}

bool leat_binder_has_aggregate(const struct leat_ast_expr *ast) {
    return leat_binder_walk(ast, is_aggregate, NULL);
}
