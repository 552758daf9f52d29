// The registry: finding the overload that takes given arguments, and what the documentation shows.
#include "engine/expr/function.h"

#include "engine/expr/kernel.h"

static const struct leat_function *const tables[] = {leat_functions_arithmetic, leat_functions_compare, leat_functions_math,
                                                     leat_functions_text,       leat_functions_time,    leat_functions_unit};

static const char decimal_hint[] = "write it as an approximate number, 1.5e0, or CAST(1.5 AS DOUBLE)";

// Longest name that a function has.
#define NAME_BYTES 64

// Other names of operators.
static const char *const synonyms[][2] = {{"!=", "<>"}, {"MOD", "%"}};

// False when the name is longer than any function's.
static bool upper_name(const char *name, char *upper) {
    size_t length = strlen(name);
    if (length >= NAME_BYTES)
        return false;
    for (size_t i = 0; i <= length; i++)
        upper[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i]);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(synonyms); i++)
        if (strcmp(upper, synonyms[i][0]) == 0)
            memcpy(upper, synonyms[i][1], strlen(synonyms[i][1]) + 1);
    return true;
}

static uint8_t param_of(const struct leat_function *function, uint32_t arg) {
    uint32_t last = 0;
    while (last + 1 < LEAT_FUNCTION_PARAMS && function->params[last + 1])
        last++;
    return function->params[LEAT_MIN(arg, last)];
}

// Whether an argument of this type may stand for the parameter; NULL may for every one.
static bool accepts(uint8_t param, uint8_t kind) {
    switch (param) {
    case LEAT_PARAM_NUMERIC:
        return kind == LEAT_TYPE_NULL || leat_type_is_numeric(kind);
    case LEAT_PARAM_INTEGER:
        return kind == LEAT_TYPE_NULL || kind == LEAT_TYPE_INT || kind == LEAT_TYPE_BIGINT;
    case LEAT_PARAM_TIME:
        return kind == LEAT_TYPE_NULL || leat_type_is_time(kind);
    case LEAT_PARAM_COMMON:
    case LEAT_PARAM_ANY:
        return true;
    default:
        return kind == LEAT_TYPE_NULL || kind == param || (leat_type_is_numeric(kind) && leat_type_is_numeric(param) && kind <= param);
    }
}

static bool takes(const struct leat_function *function, const struct leat_expr *const *args, uint32_t arg_count) {
    if (arg_count < function->args_min || (function->args_max != LEAT_FUNCTION_VARIADIC && arg_count > function->args_max))
        return false;
    for (uint32_t i = 0; i < arg_count; i++)
        if (!accepts(param_of(function, i), args[i]->type.kind))
            return false;
    return true;
}

static const char *types_text(struct leat_expr_builder *builder, const struct leat_expr *const *args, uint32_t arg_count) {
    const char *text = "";
    for (uint32_t i = 0; i < LEAT_MIN(arg_count, 8u); i++)
        text = leat_arena_printf(builder->arena, "%s%s%s", text, i ? ", " : "",
                                 args[i]->decimal ? "DECIMAL" : leat_type_text(builder->arena, args[i]->type));
    return arg_count > 8 ? leat_arena_printf(builder->arena, "%s, ...", text) : text;
}

// What to do about arguments that nothing takes.
static const char *mismatch_hint(const char *name, const struct leat_expr *const *args, uint32_t arg_count) {
    uint32_t texts = 0, numbers = 0, times = 0, wall_clocks = 0;
    for (uint32_t i = 0; i < arg_count; i++) {
        texts += args[i]->type.kind == LEAT_TYPE_STRING;
        numbers += leat_type_is_numeric(args[i]->type.kind);
        times += leat_type_is_time(args[i]->type.kind);
        wall_clocks += args[i]->type.kind == LEAT_TYPE_TIMESTAMP;
    }
    if (texts && numbers)
        return "Flink converts between texts and numbers only by an explicit CAST";
    if (times == 2 && arg_count == 2 && strcmp(name, "-") == 0)
        return "Flink subtracts timestamps only by TIMESTAMPDIFF: write TIMESTAMPDIFF(SECOND, earlier, later)";
    if (times == arg_count && wall_clocks && wall_clocks < times)
        return "CAST one of them: TIMESTAMP is a wall clock, TIMESTAMP_LTZ an instant";
    if (times && texts)
        return "CAST the text to the type of the timestamp";
    if (strcmp(name, "%") == 0)
        return "the remainder is defined for INT and BIGINT only";
    return NULL;
}

static const struct leat_expr *refuse_args(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                           uint32_t arg_count) {
    bool decimal = false;
    for (uint32_t i = 0; i < arg_count; i++)
        decimal |= args[i]->decimal != NULL;
    const char *types = types_text(builder, args, arg_count);
    if (decimal)
        return leat_expr_refuse(builder, decimal_hint, "`%s` of (%s) is a DECIMAL in Flink, which is not supported yet", name, types);
    return leat_expr_refuse(builder, mismatch_hint(name, args, arg_count), "no function or operator `%s` takes (%s)", name, types);
}

// A comparison of timestamps with literal texts reads the texts as timestamps, as Flink does.
static bool read_timestamps(struct leat_expr_builder *builder, const struct leat_expr **args, uint32_t arg_count,
                            struct leat_type *common) {
    struct leat_type type = {.kind = LEAT_TYPE_NULL};
    for (uint32_t i = 0; i < arg_count; i++) {
        bool literal = args[i]->type.kind == LEAT_TYPE_STRING && leat_expr_is_value(args[i]);
        if (leat_type_is_time(args[i]->type.kind) && (type.kind == LEAT_TYPE_NULL || type.kind == args[i]->type.kind))
            type.kind = args[i]->type.kind, type.precision = LEAT_MAX(type.precision, args[i]->type.precision);
        else if (!literal && args[i]->type.kind != LEAT_TYPE_NULL)
            return false;
    }
    if (type.kind == LEAT_TYPE_NULL)
        return false;
    for (uint32_t i = 0; i < arg_count; i++) {
        if (args[i]->type.kind != LEAT_TYPE_STRING)
            continue;
        const struct leat_expr *read = leat_expr_cast(builder, args[i], type, false);
        if (!read || !leat_expr_is_value(read))
            return false;
        args[i] = read;
    }
    *common = leat_type_common(args, arg_count, true);
    return true;
}

// Brings all arguments that share a parameter like NUMERIC to one type. False when there is none.
static bool unify(struct leat_expr_builder *builder, const struct leat_function *function, uint8_t param, const struct leat_expr **args,
                  uint32_t arg_count) {
    const struct leat_expr **group = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    uint32_t n = 0;
    bool typed = false;
    for (uint32_t i = 0; i < arg_count; i++)
        if (param_of(function, i) == param)
            typed |= args[i]->type.kind != LEAT_TYPE_NULL, group[n++] = args[i];
    if (n == 0)
        return true;
    struct leat_type common = leat_type_common(group, n, function->flags & LEAT_FUNCTION_COMPARE);
    if (common.kind == LEAT_TYPE_NULL && !typed && function->result == LEAT_TYPE_BOOLEAN)
        common.kind = LEAT_TYPE_BOOLEAN; // NULL = NULL
    if (common.kind == LEAT_TYPE_NULL && !(function->flags & LEAT_FUNCTION_COMPARE && read_timestamps(builder, group, n, &common)))
        return false;
    n = 0;
    for (uint32_t i = 0; i < arg_count; i++) {
        if (param_of(function, i) != param)
            continue;
        args[i] = leat_expr_cast(builder, group[n++], common, false);
        if (!args[i])
            return false;
    }
    return true;
}

static bool coerce(struct leat_expr_builder *builder, const struct leat_function *function, const struct leat_expr **args,
                   uint32_t arg_count) {
    for (uint8_t param = LEAT_PARAM_NUMERIC; param <= LEAT_PARAM_COMMON; param++)
        if (!unify(builder, function, param, args, arg_count))
            return false;
    for (uint32_t i = 0; i < arg_count; i++) {
        struct leat_type type = args[i]->type;
        uint8_t param = param_of(function, i);
        if (param == LEAT_PARAM_TIME && type.kind == LEAT_TYPE_NULL)
            type = (struct leat_type){.kind = LEAT_TYPE_TIMESTAMP, .precision = 3, .nullable = true};
        else if (param >= LEAT_TYPE_KINDS || param == type.kind)
            continue;
        else
            type.kind = param, type.precision = leat_type_is_time(param) ? 3 : 0;
        args[i] = leat_expr_cast(builder, args[i], type, false);
        if (!args[i])
            return false;
    }
    return true;
}

static struct leat_type result_type(const struct leat_function *function, const struct leat_expr *const *args, uint32_t arg_count) {
    struct leat_type type = {.kind = function->result, .precision = function->result_precision};
    if (function->result == LEAT_RESULT_FIRST || function->result == LEAT_RESULT_SECOND)
        type = args[function->result == LEAT_RESULT_SECOND]->type;
    type.nullable = function->flags & LEAT_FUNCTION_NULLS;
    uint32_t evaluated = function->flags & LEAT_FUNCTION_FIRST ? 1 : arg_count;
    for (uint32_t i = 0; i < evaluated; i++)
        type.nullable |= args[i]->type.nullable;
    if (function->flags & LEAT_FUNCTION_LENIENT)
        type.nullable = false;
    return type;
}

static const struct leat_expr *call_overload(struct leat_expr_builder *builder, const struct leat_function *function,
                                             const struct leat_expr *const *args, uint32_t arg_count) {
    const struct leat_expr **coerced = leat_arena_alloc(builder->arena, arg_count * sizeof(const struct leat_expr *));
    for (uint32_t i = 0; i < arg_count; i++)
        coerced[i] = args[i];
    builder->error = NULL;
    if (!coerce(builder, function, coerced, arg_count))
        return builder->error ? NULL : refuse_args(builder, function->name, args, arg_count);
    return leat_expr_make_call(builder, function, result_type(function, coerced, arg_count), coerced, arg_count, false);
}

const struct leat_expr *leat_expr_call(struct leat_expr_builder *builder, const char *name, const struct leat_expr *const *args,
                                       uint32_t arg_count) {
    char upper[NAME_BYTES];
    bool known = false;
    const struct leat_function *first = NULL;
    builder->error = builder->hint = NULL;
    if (!upper_name(name, upper))
        return leat_expr_refuse(builder, NULL, "there is no function `%.100s`", name);
    const struct leat_expr *special = leat_expr_special(builder, upper, args, arg_count, &known);
    if (special || known)
        return special;
    for (size_t table = 0; table < LEAT_ARRAY_LEN(tables); table++) {
        for (const struct leat_function *function = tables[table]; function->name; function++) {
            if (strcmp(function->name, upper) != 0)
                continue;
            first = first ? first : function;
            if (takes(function, args, arg_count))
                return call_overload(builder, function, args, arg_count);
        }
    }
    if (!first)
        return leat_expr_refuse(builder, NULL, "there is no function `%s`", upper);
    return refuse_args(builder, upper, args, arg_count);
}

// ---- Documentation

static const struct leat_function_doc special_docs[] = {
    {"EXTRACT", "EXTRACT(unit FROM timestamp) -> BIGINT",
     "YEAR, QUARTER, MONTH, WEEK, DAY, DOY (of the year), DOW (of the week), HOUR, MINUTE or SECOND, as the function of that name gives "
     "it."},
    {"TIMESTAMPADD", "TIMESTAMPADD(unit, integer, timestamp) -> the type of the timestamp",
     "So many units later; a day that the month does not have becomes its last one."},
    {"MOD", "MOD(integer, integer) -> the type of the second", "The remainder of the division, with the sign of the first."},
    {"COALESCE", "COALESCE(T, T, ...) -> T", "The first of its arguments that is not NULL; the others are not evaluated."},
    {"IFNULL", "IFNULL(T, T) -> T", "The first argument, or the second where the first is NULL."},
    {"NULLIF", "NULLIF(T, T) -> T", "NULL where both are equal, else the first argument."},
    {"IF", "IF(BOOLEAN, T, T) -> T", "The second argument where the first is TRUE, else the third; only the chosen one is evaluated."},
};

static const struct leat_function_doc aggregate_docs[] = {
    {"COUNT", "COUNT(*) or COUNT(T) -> BIGINT", "How many rows there are, or how many values that are not NULL."},
    {"SUM", "SUM(numeric) -> the same type", "The sum of the values that are not NULL; integers wrap around; NULL where there are none."},
    {"AVG", "AVG(numeric) -> the same type", "The mean of the values that are not NULL; of integers an integer, cut towards zero."},
    {"MIN", "MIN(T) -> T", "The smallest of the values that are not NULL."},
    {"MAX", "MAX(T) -> T", "The largest of the values that are not NULL."},
};

// The ith documented entry of the tables; *i becomes the index into what follows them where there is none.
static const struct leat_function_doc *table_doc(uint32_t *i) {
    for (size_t table = 0; table < LEAT_ARRAY_LEN(tables); table++)
        for (const struct leat_function *function = tables[table]; function->name; function++)
            if (function->doc.name && (*i)-- == 0)
                return &function->doc;
    return NULL;
}

const struct leat_function_doc *leat_function_doc(uint32_t i) {
    const struct leat_function_doc *doc = table_doc(&i);
    if (doc)
        return doc;
    if (i < LEAT_ARRAY_LEN(special_docs))
        return &special_docs[i];
    i -= LEAT_ARRAY_LEN(special_docs);
    return i < LEAT_ARRAY_LEN(aggregate_docs) ? &aggregate_docs[i] : NULL;
}

uint32_t leat_function_names(const char **names, uint32_t max) {
    uint32_t n = 0;
    const struct leat_function_doc *doc;
    for (uint32_t i = 0; (doc = leat_function_doc(i)) != NULL; i++) {
        bool seen = false; // another overload may have been documented before
        for (uint32_t k = 0; k < i && !seen; k++)
            seen = strcmp(leat_function_doc(k)->name, doc->name) == 0;
        if (!seen && n < max)
            names[n] = doc->name;
        n += !seen;
    }
    return n;
}
