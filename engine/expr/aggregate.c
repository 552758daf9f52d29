// Aggregate functions: names and result types. What computes them is with the windows.
#include "engine/expr/kernel.h"

#include <strings.h>

static const struct {
    const char *name;
    enum leat_aggregate_kind kind;
} aggregates[] = {
    {"COUNT", LEAT_AGGREGATE_COUNT}, {"SUM", LEAT_AGGREGATE_SUM}, {"AVG", LEAT_AGGREGATE_AVG},
    {"MIN", LEAT_AGGREGATE_MIN},     {"MAX", LEAT_AGGREGATE_MAX},
};

bool leat_aggregate_is_name(const char *name) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(aggregates); i++)
        if (strcasecmp(aggregates[i].name, name) == 0)
            return true;
    return false;
}

// Whether a window can hold the largest or smallest value of this type.
static bool has_extremes(uint8_t kind) {
    return leat_type_is_numeric(kind) || leat_type_is_time(kind) || kind == LEAT_TYPE_STRING || kind == LEAT_TYPE_BOOLEAN;
}

bool leat_aggregate_resolve(struct leat_expr_builder *builder, const char *name, const struct leat_type *arg,
                            enum leat_aggregate_kind *kind, struct leat_type *result) {
    size_t i = 0;
    builder->error = builder->hint = NULL;
    while (i < LEAT_ARRAY_LEN(aggregates) && strcasecmp(aggregates[i].name, name) != 0)
        i++;
    if (i == LEAT_ARRAY_LEN(aggregates)) {
        leat_expr_refuse(builder, NULL, "there is no aggregate function `%.100s`", name);
        return false;
    }
    *kind = aggregates[i].kind;
    if (*kind == LEAT_AGGREGATE_COUNT) {
        *kind = arg ? LEAT_AGGREGATE_COUNT : LEAT_AGGREGATE_COUNT_ALL;
        *result = (struct leat_type){.kind = LEAT_TYPE_BIGINT};
        return true;
    }
    if (!arg) {
        leat_expr_refuse(builder, "only COUNT(*) takes a star", "`%s` wants one argument", aggregates[i].name);
        return false;
    }
    bool takes = *kind == LEAT_AGGREGATE_MIN || *kind == LEAT_AGGREGATE_MAX ? has_extremes(arg->kind) : leat_type_is_numeric(arg->kind);
    if (!takes) {
        leat_expr_refuse(builder, NULL, "`%s` does not take %s", aggregates[i].name, leat_type_text(builder->arena, *arg));
        return false;
    }
    *result = *arg;
    result->nullable = true;
    return true;
}
