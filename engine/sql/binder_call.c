// Calls: functions of the registry, and the refusal of everything that only looks like one.
#include "engine/sql/binder.h"

#include "engine/sql/suggest.h"

#include <ctype.h>

// Names that the builder of expressions uses for operators: they cannot be called.
static bool is_operator_name(const char *name) {
    static const char *const names[] = {"AND", "OR", "NOT", "CASE", "IN", "BETWEEN", "LIKE", "NEGATE", "PLUS"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_function(const char *name) {
    const char *names[512];
    uint32_t count = leat_function_names(names, LEAT_ARRAY_LEN(names));
    for (uint32_t i = 0; i < LEAT_MIN(count, LEAT_ARRAY_LEN(names)); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static const struct leat_expr *unknown_function(struct leat_binder *b, struct leat_span span, const char *name) {
    const char *names[512];
    uint32_t count = leat_function_names(names, LEAT_ARRAY_LEN(names));
    const char *hint = leat_suggest_hint(b->arena, name, names, LEAT_MIN(count, LEAT_ARRAY_LEN(names)));
    leat_diagnostic(b->source, span, hint, "there is no function `%s`", name);
    return NULL;
}

// Functions that Flink has and that need more than a kernel.
static bool is_clock(const char *name) {
    static const char *const names[] = {"PROCTIME",       "CURRENT_TIMESTAMP", "NOW",          "CURRENT_ROW_TIMESTAMP",
                                        "LOCALTIMESTAMP", "CURRENT_DATE",      "CURRENT_TIME", "LOCALTIME"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

// The forms of calls that are not supported, with what to do instead. True when the call is refused.
static bool refuse_form(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name) {
    const struct leat_ast_call *call = &ast->call;
    const char *what = NULL, *hint = NULL;
    if (call->over)
        what = "OVER windows are not supported yet", hint = "aggregate in TUMBLE windows with GROUP BY";
    else if (call->filter)
        what = "FILTER (WHERE ...) is not supported yet", hint = "aggregate CASE WHEN condition THEN value END";
    else if (call->distinct)
        what = "DISTINCT aggregates are not supported yet";
    else if (call->ignore_nulls)
        what = "IGNORE NULLS is not supported yet";
    else if (is_clock(name))
        what = "processing time and the clock are not supported yet", hint = "use event time: a column with a WATERMARK";
    else if (call->name.count > 1)
        what = "functions of catalogs and databases are not supported";
    else if (call->star && strcasecmp(name, "COUNT") != 0)
        what = "only COUNT takes *";
    if (!what)
        return false;
    leat_diagnostic(b->source, ast->span, hint, "%s", what);
    return true;
}

// Under which name the builder knows the function; NULL where nothing can have this name.
static const char *builder_name(const struct leat_ast_call *call, const char *name) {
    if (call->trim == LEAT_AST_TRIM_LEADING)
        return "LTRIM";
    if (call->trim == LEAT_AST_TRIM_TRAILING)
        return "RTRIM";
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_')
            return NULL;
    return is_operator_name(name) ? NULL : name;
}

static const struct leat_expr *scalar_call(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name) {
    const struct leat_ast_call *call = &ast->call;
    const char *known = builder_name(call, name);
    if (!known)
        return unknown_function(b, call->name.span, name);
    const struct leat_expr **args = leat_arena_alloc(b->arena, (call->args.count + 1) * sizeof(*args));
    for (uint32_t i = 0; i < call->args.count; i++) {
        args[i] = leat_binder_expr(b, call->args.items[i]);
        if (!args[i])
            return NULL;
    }
    b->builder.error = b->builder.hint = NULL;
    const struct leat_expr *expr = leat_expr_call(&b->builder, known, args, call->args.count);
    if (!expr && !is_function(known))
        return unknown_function(b, call->name.span, name);
    if (!expr)
        leat_binder_fail(b, ast->span);
    return expr;
}

const struct leat_expr *leat_binder_call(struct leat_binder *b, const struct leat_ast_expr *ast) {
    const struct leat_ast_call *call = &ast->call;
    const char *name = call->name.parts[call->name.count - 1].text;
    if (refuse_form(b, ast, name))
        return NULL;
    if (leat_binder_is_window_name(name))
        return leat_binder_window_call(b, ast);
    if (leat_aggregate_is_name(name))
        return leat_binder_aggregate(b, ast);
    if (call->unit != LEAT_AST_UNIT_NONE)
        return leat_binder_unit_call(b, ast, name);
    return scalar_call(b, ast, name);
}

bool leat_binder_is_window_name(const char *name) {
    static const char *const names[] = {"TUMBLE",  "TUMBLE_START",  "TUMBLE_END",  "TUMBLE_ROWTIME",  "TUMBLE_PROCTIME",
                                        "HOP",     "HOP_START",     "HOP_END",     "HOP_ROWTIME",     "HOP_PROCTIME",
                                        "SESSION", "SESSION_START", "SESSION_END", "SESSION_ROWTIME", "SESSION_PROCTIME"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}
