// Calls that name a unit of time: EXTRACT, FLOOR and CEIL TO, TIMESTAMPADD, TIMESTAMPDIFF.
#include "engine/sql/binder.h"

#include "engine/expr/time.h"

// What is known of a unit.
struct unit {
    const char *name;
    const char *part; // the function that is EXTRACT of this unit, or NULL
    int64_t micros;   // its length where that is fixed,
    int32_t months;   // or this many months; neither: it only can be extracted
};

static const struct unit *unit_of(enum leat_ast_unit unit) {
    static const struct unit units[] = {
        [LEAT_AST_UNIT_YEAR] = {"YEAR", "YEAR", 0, 12},
        [LEAT_AST_UNIT_QUARTER] = {"QUARTER", "QUARTER", 0, 3},
        [LEAT_AST_UNIT_MONTH] = {"MONTH", "MONTH", 0, 1},
        [LEAT_AST_UNIT_WEEK] = {"WEEK", "WEEK", 7 * LEAT_MICROS_PER_DAY, 0},
        [LEAT_AST_UNIT_DAY] = {"DAY", "DAYOFMONTH", LEAT_MICROS_PER_DAY, 0},
        [LEAT_AST_UNIT_DOW] = {"DOW", "DAYOFWEEK", 0, 0},
        [LEAT_AST_UNIT_DOY] = {"DOY", "DAYOFYEAR", 0, 0},
        [LEAT_AST_UNIT_HOUR] = {"HOUR", "HOUR", LEAT_MICROS_PER_HOUR, 0},
        [LEAT_AST_UNIT_MINUTE] = {"MINUTE", "MINUTE", LEAT_MICROS_PER_MINUTE, 0},
        [LEAT_AST_UNIT_SECOND] = {"SECOND", "SECOND", LEAT_MICROS_PER_SECOND, 0},
    };
    return unit < LEAT_ARRAY_LEN(units) && units[unit].name ? &units[unit] : NULL;
}

static const struct leat_expr *refuse_unit(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name, bool extract) {
    leat_diagnostic(b->source, ast->span,
                    extract ? "units: YEAR, QUARTER, MONTH, WEEK, DAY, DOY, DOW, HOUR, MINUTE, SECOND"
                            : "units: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND",
                    "%s with this unit is not supported yet", name);
    return NULL;
}

// The argument number `i`, which must be a timestamp.
static const struct leat_expr *time_arg(struct leat_binder *b, const struct leat_ast_expr *ast, uint32_t i, const char *name) {
    const struct leat_expr *arg = leat_binder_expr(b, ast->call.args.items[i]);
    if (!arg || arg->type.kind == LEAT_TYPE_TIMESTAMP || arg->type.kind == LEAT_TYPE_TIMESTAMP_LTZ)
        return arg;
    leat_diagnostic(b->source, ast->call.args.items[i]->span, "CAST it to TIMESTAMP(3), or see TO_TIMESTAMP_LTZ for numbers",
                    "%s wants a timestamp here, not %s", name, leat_type_text(b->arena, arg->type));
    return NULL;
}

static const struct leat_expr *unit_text(struct leat_binder *b, const struct unit *unit) {
    struct leat_value value = {.type = {.kind = LEAT_TYPE_STRING}};
    value.text = leat_text_view(unit->name, (uint32_t)strlen(unit->name));
    return leat_expr_constant(&b->builder, value);
}

// t + n * INTERVAL '1' unit, which is what Flink makes of it.
static const struct leat_expr *add(struct leat_binder *b, const struct leat_ast_expr *ast, const struct unit *unit) {
    struct leat_value one = {.type = {.kind = unit->months ? LEAT_TYPE_INTERVAL_MONTH : LEAT_TYPE_INTERVAL_DAY}};
    if (unit->months)
        one.int32 = unit->months;
    else
        one.int64 = unit->micros;
    const struct leat_expr *count = leat_binder_expr(b, ast->call.args.items[0]);
    const struct leat_expr *time = count ? time_arg(b, ast, 1, "TIMESTAMPADD") : NULL;
    if (!time)
        return NULL;
    if (count->type.kind != LEAT_TYPE_INT && count->type.kind != LEAT_TYPE_BIGINT && count->type.kind != LEAT_TYPE_NULL) {
        leat_diagnostic(b->source, ast->call.args.items[0]->span, "CAST it to INT", "TIMESTAMPADD wants a whole number here, not %s",
                        count->decimal ? "DECIMAL" : leat_type_text(b->arena, count->type));
        return NULL;
    }
    struct leat_type type = {.kind = unit->months ? LEAT_TYPE_INT : LEAT_TYPE_BIGINT, .nullable = count->type.nullable};
    const struct leat_expr *product[] = {leat_expr_constant(&b->builder, one), leat_expr_cast(&b->builder, count, type, false)};
    const struct leat_expr *sum[] = {time, product[1] ? leat_binder_apply(b, ast->span, "*", product, 2) : NULL};
    return sum[1] ? leat_binder_apply(b, ast->span, "+", sum, 2) : NULL;
}

static const struct leat_expr *difference(struct leat_binder *b, const struct leat_ast_expr *ast, const struct unit *unit) {
    const struct leat_expr *args[] = {unit_text(b, unit), time_arg(b, ast, 0, "TIMESTAMPDIFF"), NULL};
    if (!args[1] || !(args[2] = time_arg(b, ast, 1, "TIMESTAMPDIFF")))
        return NULL;
    if (args[1]->type.kind == args[2]->type.kind)
        return leat_binder_apply(b, ast->span, "TIMESTAMPDIFF", args, 3);
    leat_diagnostic(b->source, ast->span, "CAST one of them: TIMESTAMP is a wall clock, TIMESTAMP_LTZ an instant",
                    "TIMESTAMPDIFF wants two timestamps of one kind");
    return NULL;
}

const struct leat_expr *leat_binder_unit_call(struct leat_binder *b, const struct leat_ast_expr *ast, const char *name) {
    const struct unit *unit = unit_of(ast->call.unit);
    bool extract = strcasecmp(name, "EXTRACT") == 0, pair = strncasecmp(name, "TIMESTAMP", 9) == 0;
    if (!unit || (!extract && !unit->micros && !unit->months))
        return refuse_unit(b, ast, name, extract);
    if (ast->call.args.count != (pair ? 2 : 1)) {
        leat_diagnostic(b->source, ast->span, pair ? "write TIMESTAMPDIFF(unit, earlier, later) or TIMESTAMPADD(unit, number, time)" : NULL,
                        "%s takes a unit and %s", name, pair ? "two arguments" : "one argument");
        return NULL;
    }
    if (pair)
        return strcasecmp(name, "TIMESTAMPADD") == 0 ? add(b, ast, unit) : difference(b, ast, unit);
    const struct leat_expr *args[] = {time_arg(b, ast, 0, name), unit_text(b, unit)};
    return !args[0]  ? NULL
           : extract ? leat_binder_apply(b, ast->span, unit->part, args, 1)
                     : leat_binder_apply(b, ast->span, name, args, 2);
}
