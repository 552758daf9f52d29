// Forms that the registry's table cannot say: those that choose what they evaluate, and those that are written with others.
#include "engine/expr/kernel.h"

// Operands of one AND or OR; more make a tree.
#define LOGIC_ARGS_MAX 256

struct special {
    const char *name;
    uint32_t args_min;
    uint32_t args_max; // 0: any number
    const struct leat_expr *(*build)(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count);
};

static const struct leat_expr *build_boolean(struct leat_expr_builder *builder, bool value) {
    return leat_expr_constant(builder, (struct leat_value){.type = {.kind = LEAT_TYPE_BOOLEAN}, .boolean = value});
}

static bool is_boolean(const struct leat_expr *expr, bool value) {
    return leat_expr_is_value(expr) && expr->type.kind == LEAT_TYPE_BOOLEAN && expr->constant.boolean == value;
}

// Brings a condition to BOOLEAN; only NULL needs it.
static const struct leat_expr *condition(struct leat_expr_builder *builder, const char *name, const struct leat_expr *arg) {
    if (arg->type.kind == LEAT_TYPE_NULL)
        return leat_expr_null(builder, (struct leat_type){.kind = LEAT_TYPE_BOOLEAN});
    if (arg->type.kind == LEAT_TYPE_BOOLEAN)
        return arg;
    return leat_expr_refuse(builder, NULL, "`%s` wants BOOLEAN, not %s", name, leat_type_text(builder->arena, arg->type));
}

// Operands after one that decides are never evaluated, so they go; neutral ones change nothing.
static const struct leat_expr *build_logic(struct leat_expr_builder *builder, enum leat_expr_kind kind, const struct leat_expr *const *args,
                                           uint32_t arg_count) {
    const char *name = kind == LEAT_EXPR_AND ? "AND" : "OR";
    bool decisive = kind == LEAT_EXPR_OR;
    uint32_t room = 0, n = 0;
    for (uint32_t i = 0; i < arg_count; i++)
        room += args[i]->kind == kind ? args[i]->arg_count : 1;
    bool flat = room <= LOGIC_ARGS_MAX;
    const struct leat_expr **kept = leat_arena_alloc(builder->arena, (flat ? room : arg_count) * sizeof(const struct leat_expr *));
    struct leat_type type = {.kind = LEAT_TYPE_BOOLEAN};
    for (uint32_t i = 0; i < arg_count; i++) {
        const struct leat_expr *arg = condition(builder, name, args[i]);
        if (!arg)
            return NULL;
        bool spread = flat && arg->kind == kind;
        for (uint32_t k = 0; k < (spread ? arg->arg_count : 1); k++) {
            const struct leat_expr *one = spread ? arg->args[k] : arg;
            if (is_boolean(one, !decisive) || (n && is_boolean(kept[n - 1], decisive)))
                continue;
            kept[n++] = one;
            type.nullable |= one->type.nullable;
        }
    }
    if (n == 0)
        return build_boolean(builder, !decisive);
    bool constant = true;
    for (uint32_t i = 0; i < n; i++)
        constant &= kept[i]->kind == LEAT_EXPR_CONSTANT;
    if (constant) // NULLs, and what decides perhaps behind them
        return is_boolean(kept[n - 1], decisive) ? kept[n - 1] : leat_expr_null(builder, type);
    return n == 1 ? kept[0] : leat_expr_new(builder, kind, type, kept, n);
}

static const struct leat_expr *build_and(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    return build_logic(builder, LEAT_EXPR_AND, args, arg_count);
}

static const struct leat_expr *build_or(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    return build_logic(builder, LEAT_EXPR_OR, args, arg_count);
}

// The common type of alternatives; refuses when there is none.
static bool alternatives(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args, uint32_t arg_count,
                         struct leat_type *type) {
    *type = leat_type_common(args, arg_count, false);
    if (type->kind != LEAT_TYPE_NULL)
        return true;
    const char *types = "";
    bool decimal = false, typed = false;
    for (uint32_t i = 0; i < LEAT_MIN(arg_count, 8u); i++) {
        decimal |= args[i]->decimal != NULL;
        typed |= args[i]->type.kind != LEAT_TYPE_NULL;
        types = leat_arena_printf(builder->arena, "%s%s%s", types, i ? ", " : "",
                                  args[i]->decimal ? "DECIMAL" : leat_type_text(builder->arena, args[i]->type));
    }
    if (!typed)
        leat_expr_refuse(builder, "write CAST(NULL AS STRING), for example", "`%s` has only NULLs, so that its type is not known", name);
    else if (decimal)
        leat_expr_refuse(builder, "write it as an approximate number, 1.5e0, or CAST(1.5 AS DOUBLE)",
                         "`%s` of (%s) is a DECIMAL in Flink, which is not supported yet", name, types);
    else
        leat_expr_refuse(builder, "CAST them to one type", "`%s` has no type that holds (%s)", name, types);
    return false;
}

static const struct leat_expr *build_case(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    const struct leat_expr **results = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    const struct leat_expr **kept = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    uint32_t result_count = 0, n = 0;
    struct leat_type type;
    if (arg_count % 2 == 0)
        return leat_expr_refuse(builder, NULL, "`CASE` has no ELSE");
    for (uint32_t i = 1; i < arg_count; i += 2)
        results[result_count++] = args[i];
    results[result_count++] = args[arg_count - 1];
    if (!alternatives(builder, "CASE", results, result_count, &type))
        return NULL;
    for (uint32_t i = 0; i < arg_count; i += 2) {
        bool is_else = i + 1 == arg_count;
        const struct leat_expr *when = is_else ? NULL : condition(builder, "WHEN", args[i]);
        if (!is_else && !when)
            return NULL;
        if (when && when->kind == LEAT_EXPR_CONSTANT && !is_boolean(when, true))
            continue; // never taken
        const struct leat_expr *result = leat_expr_cast(builder, results[i / 2], type, false);
        if (!result)
            return NULL;
        if (when && !is_boolean(when, true))
            kept[n++] = when;
        else
            is_else = true; // always taken
        kept[n++] = result;
        if (is_else)
            break;
    }
    return n == 1 ? kept[0] : leat_expr_new(builder, LEAT_EXPR_CASE, type, kept, n);
}

static const struct leat_expr *build_coalesce(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    const struct leat_expr **kept = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    uint32_t n = 0;
    struct leat_type type;
    if (!alternatives(builder, "COALESCE", args, arg_count, &type))
        return NULL;
    type.nullable = true;
    for (uint32_t i = 0; i < arg_count && type.nullable; i++) {
        if (args[i]->kind == LEAT_EXPR_CONSTANT && args[i]->constant.is_null)
            continue;
        type.nullable = args[i]->type.nullable; // whatever follows a value that is always there is never looked at
        kept[n] = leat_expr_cast(builder, args[i], type, false);
        if (!kept[n++])
            return NULL;
    }
    if (n == 0)
        return leat_expr_null(builder, type);
    return n == 1 ? kept[0] : leat_expr_new(builder, LEAT_EXPR_COALESCE, type, kept, n);
}

static const struct leat_expr *build_nullif(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    const struct leat_expr *equal = leat_expr_call(builder, "=", args, arg_count);
    if (!equal)
        return NULL;
    const struct leat_expr *parts[] = {equal, leat_expr_null(builder, args[0]->type), args[0]};
    return build_case(builder, parts, 3);
}

static const struct leat_expr *build_if(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    return build_case(builder, args, arg_count);
}

static const struct leat_expr *build_between(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    (void)arg_count;
    const struct leat_expr *low[] = {args[0], args[1]}, *high[] = {args[0], args[2]};
    const struct leat_expr *parts[] = {leat_expr_call(builder, ">=", low, 2), NULL};
    if (!parts[0] || !(parts[1] = leat_expr_call(builder, "<=", high, 2)))
        return NULL;
    return build_and(builder, parts, 2);
}

// IN over constants is a function with a hash table; over anything else it is a chain of comparisons.
static const struct leat_expr *build_in(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    const struct leat_expr **tests = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    for (uint32_t i = 1; i < arg_count; i++) {
        const struct leat_expr *pair[] = {args[0], args[i]};
        tests[i - 1] = leat_expr_call(builder, "=", pair, 2);
        if (!tests[i - 1])
            return NULL;
    }
    return build_or(builder, tests, arg_count - 1);
}

// GREATEST and LEAST of many are those of two, again and again.
static const struct leat_expr *build_extreme(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                             uint32_t arg_count) {
    struct leat_type type;
    if (!alternatives(builder, name, args, arg_count, &type))
        return NULL;
    const struct leat_expr *found = leat_expr_cast(builder, args[0], type, false);
    for (uint32_t i = 1; i < arg_count && found; i++) {
        const struct leat_expr *pair[] = {found, args[i]};
        found = leat_expr_call(builder, name, pair, 2);
    }
    return found;
}

static const struct leat_expr *build_greatest(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    return build_extreme(builder, "GREATEST", args, arg_count);
}

static const struct leat_expr *build_least(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    return build_extreme(builder, "LEAST", args, arg_count);
}

static const struct special specials[] = {
    {"AND", 1, 0, build_and},         {"OR", 1, 0, build_or},         {"CASE", 3, 0, build_case}, {"COALESCE", 1, 0, build_coalesce},
    {"IFNULL", 2, 2, build_coalesce}, {"NULLIF", 2, 2, build_nullif}, {"IF", 3, 3, build_if},     {"BETWEEN", 3, 3, build_between},
};

// A sign before an exact decimal makes another one.
static const struct leat_expr *sign_decimal(struct leat_expr_builder *builder, const char *name, const struct leat_expr *arg) {
    if (strcmp(name, "PLUS") == 0)
        return arg;
    const char *text = arg->decimal[0] == '-' ? arg->decimal + 1 : leat_arena_printf(builder->arena, "-%s", arg->decimal);
    return leat_expr_decimal(builder, text, strlen(text));
}

const struct leat_expr *leat_expr_special(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                          uint32_t arg_count, bool *known) {
    *known = true;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(specials); i++) {
        if (strcmp(specials[i].name, name) != 0)
            continue;
        if (arg_count < specials[i].args_min || (specials[i].args_max && arg_count > specials[i].args_max))
            return leat_expr_refuse(builder, NULL, "`%s` does not take %u arguments", name, arg_count);
        return specials[i].build(builder, args, arg_count);
    }
    if ((strcmp(name, "NEGATE") == 0 || strcmp(name, "PLUS") == 0) && arg_count == 1 && args[0]->decimal)
        return sign_decimal(builder, name, args[0]);
    if (strcmp(name, "GREATEST") == 0 && arg_count > 2)
        return build_greatest(builder, args, arg_count);
    if (strcmp(name, "LEAST") == 0 && arg_count > 2)
        return build_least(builder, args, arg_count);
    bool constants = true;
    for (uint32_t i = 1; i < arg_count; i++)
        constants &= args[i]->kind == LEAT_EXPR_CONSTANT;
    if (strcmp(name, "IN") == 0 && arg_count > 1 && !constants)
        return build_in(builder, args, arg_count);
    *known = false;
    return NULL;
}
