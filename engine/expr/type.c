#include "engine/expr/kernel.h"

const char *leat_type_text(struct leat_arena *arena, struct leat_type type) {
    switch (type.kind) {
    case LEAT_TYPE_NULL:
        return "NULL";
    case LEAT_TYPE_BOOLEAN:
        return "BOOLEAN";
    case LEAT_TYPE_INT:
        return "INT";
    case LEAT_TYPE_BIGINT:
        return "BIGINT";
    case LEAT_TYPE_DOUBLE:
        return "DOUBLE";
    case LEAT_TYPE_STRING:
        return "STRING";
    case LEAT_TYPE_TIMESTAMP:
        return leat_arena_printf(arena, "TIMESTAMP(%u)", type.precision);
    case LEAT_TYPE_TIMESTAMP_LTZ:
        return leat_arena_printf(arena, "TIMESTAMP_LTZ(%u)", type.precision);
    case LEAT_TYPE_INTERVAL_DAY:
        return "INTERVAL DAY TO SECOND";
    case LEAT_TYPE_INTERVAL_MONTH:
        return "INTERVAL YEAR TO MONTH";
    default:
        leat_unreachable();
    }
}

// Digits of an exact decimal without leading zeros; up to 15 of them, a DOUBLE orders it correctly against every integer.
static bool decimal_is_exact_enough(const char *decimal) {
    uint32_t digits = 0;
    for (const char *at = decimal; *at; at++)
        digits += *at >= '0' && *at <= '9' && (digits || *at != '0');
    return digits <= 15;
}

// Brings `found` to what holds both; false when nothing does.
static bool widen(struct leat_type *found, struct leat_type type) {
    if (type.kind == LEAT_TYPE_NULL || found->kind == LEAT_TYPE_NULL) {
        if (type.kind != LEAT_TYPE_NULL)
            *found = type;
        return true;
    }
    if (leat_type_is_numeric(found->kind) && leat_type_is_numeric(type.kind)) {
        found->kind = LEAT_MAX(found->kind, type.kind); // the enumeration is in order of width
        return true;
    }
    found->precision = LEAT_MAX(found->precision, type.precision);
    return found->kind == type.kind;
}

_Static_assert(LEAT_TYPE_INT < LEAT_TYPE_BIGINT && LEAT_TYPE_BIGINT < LEAT_TYPE_DOUBLE, "widen() relies on it");

struct leat_type leat_type_common(const struct leat_expr *const *args, uint32_t arg_count, bool compare) {
    static const struct leat_type none = {.kind = LEAT_TYPE_NULL, .nullable = true};
    struct leat_type found = none;
    bool nullable = false, decimals = false, doubles = false, inexact = false;
    for (uint32_t i = 0; i < arg_count; i++) {
        if (!widen(&found, args[i]->type))
            return none;
        nullable |= args[i]->type.nullable || args[i]->type.kind == LEAT_TYPE_NULL;
        decimals |= args[i]->decimal != NULL;
        doubles |= args[i]->type.kind == LEAT_TYPE_DOUBLE && !args[i]->decimal;
        inexact |= args[i]->decimal && !decimal_is_exact_enough(args[i]->decimal);
    }
    if (decimals && !doubles && (!compare || inexact))
        return none;
    found.nullable = nullable;
    return found;
}
