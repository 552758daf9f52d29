// Expressions as SQL text, for EXPLAIN and messages.
#include "engine/expr/kernel.h"
#include "engine/expr/number.h"
#include "engine/expr/time.h"

#include <inttypes.h>
#include <math.h>

// Text that grows within an arena by doubling, so that a long one costs no more than twice its size.
struct sink {
    struct leat_arena *arena;
    char *bytes;
    size_t used;
    size_t room;
    const struct leat_field *columns;
};

static void put(struct sink *sink, const char *bytes, size_t length) {
    if (sink->used + length + 1 > sink->room) {
        sink->room = 2 * (sink->used + length) + 64;
        char *grown = leat_arena_alloc(sink->arena, sink->room);
        if (sink->used)
            memcpy(grown, sink->bytes, sink->used);
        sink->bytes = grown;
    }
    memcpy(sink->bytes + sink->used, bytes, length);
    sink->used += length;
    sink->bytes[sink->used] = 0;
}

static void put_text(struct sink *sink, const char *text) {
    put(sink, text, strlen(text));
}

// Bytes between a pair of `quote`, doubled where they occur.
static void put_quoted(struct sink *sink, char quote, const char *bytes, size_t length) {
    put(sink, &quote, 1);
    for (size_t i = 0; i < length; i++) {
        put(sink, bytes + i, 1);
        if (bytes[i] == quote)
            put(sink, bytes + i, 1);
    }
    put(sink, &quote, 1);
}

static void put_double(struct sink *sink, double value) {
    char text[LEAT_DOUBLE_TEXT_BYTES];
    if (!isfinite(value)) {
        put_text(sink, isnan(value) ? "CAST('NaN' AS DOUBLE)" : value < 0 ? "CAST('-Infinity' AS DOUBLE)" : "CAST('Infinity' AS DOUBLE)");
        return;
    }
    size_t length = leat_double_print_shortest(value, text);
    put(sink, text, length);
    if (!memchr(text, 'e', length))
        put_text(sink, "e0"); // without an exponent it would be a DECIMAL or an INT
}

static void put_interval_day(struct sink *sink, int64_t micros) {
    uint64_t rest = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    uint64_t seconds = rest / (uint64_t)LEAT_MICROS_PER_SECOND;
    char fraction[8] = "";
    uint32_t micro = (uint32_t)(rest % (uint64_t)LEAT_MICROS_PER_SECOND);
    if (micro) {
        uint32_t digits = 6;
        for (; micro % 10 == 0; micro /= 10)
            digits--;
        fraction[0] = '.';
        for (uint32_t i = digits; i; i--, micro /= 10)
            fraction[i] = (char)('0' + micro % 10);
    }
    put_text(sink, leat_arena_printf(sink->arena, "INTERVAL '%s%" PRIu64 " %02u:%02u:%02u%s' DAY TO SECOND", micros < 0 ? "-" : "",
                                     seconds / 86400, (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60),
                                     (unsigned)(seconds % 60), fraction));
}

static void put_constant(struct sink *sink, const struct leat_value *value) {
    char text[LEAT_TIMESTAMP_TEXT_BYTES];
    if (value->is_null) {
        put_text(sink, "NULL");
        return;
    }
    switch (value->type.kind) {
    case LEAT_TYPE_BOOLEAN:
        put_text(sink, value->boolean ? "TRUE" : "FALSE");
        break;
    case LEAT_TYPE_INT:
        put(sink, text, leat_int64_print(value->int32, text));
        break;
    case LEAT_TYPE_BIGINT:
        put(sink, text, leat_int64_print(value->int64, text));
        break;
    case LEAT_TYPE_DOUBLE:
        put_double(sink, value->float64);
        break;
    case LEAT_TYPE_STRING:
        put_quoted(sink, '\'', leat_text_bytes(&value->text), value->text.length);
        break;
    case LEAT_TYPE_INTERVAL_DAY:
        put_interval_day(sink, value->int64);
        break;
    case LEAT_TYPE_INTERVAL_MONTH:
        put_text(sink, leat_arena_printf(sink->arena, "INTERVAL '%d' MONTH", value->int32));
        break;
    default:
        put_text(sink, value->type.kind == LEAT_TYPE_TIMESTAMP_LTZ ? "TIMESTAMP_LTZ '" : "TIMESTAMP '");
        put(sink, text, leat_timestamp_print(value->int64, value->type.precision, LEAT_TIMESTAMP_CAST, false, text));
        put_text(sink, "'");
    }
}

static void put_expr(struct sink *sink, const struct leat_expr *expr);

static void put_list(struct sink *sink, const struct leat_expr *expr, uint32_t first, const char *between) {
    for (uint32_t i = first; i < expr->arg_count; i++) {
        if (i > first)
            put_text(sink, between);
        put_expr(sink, expr->args[i]);
    }
}

static void put_call(struct sink *sink, const struct leat_expr *expr) {
    const char *name = expr->function->name;
    if (strcmp(name, "CAST") == 0) {
        put_text(sink, expr->try_cast ? "TRY_CAST(" : "CAST(");
        put_expr(sink, expr->args[0]);
        put_text(sink, " AS ");
        put_text(sink, leat_type_text(sink->arena, expr->type));
        put_text(sink, ")");
        return;
    }
    bool call = expr->function->form == LEAT_FORM_CALL;
    if (strcmp(name, "IN") == 0) {
        put_text(sink, "(");
        put_expr(sink, expr->args[0]);
        put_text(sink, " IN (");
        put_list(sink, expr, 1, ", ");
        put_text(sink, "))");
        return;
    }
    if (call)
        put_text(sink, name);
    put_text(sink, "(");
    if (expr->function->form == LEAT_FORM_PREFIX)
        put_text(sink, strcmp(name, "NEGATE") == 0 ? "- " : strcmp(name, "PLUS") == 0 ? "+ " : "NOT ");
    if (call || expr->arg_count != 2)
        put_list(sink, expr, 0, expr->function->form == LEAT_FORM_INFIX ? " ESCAPE " : ", ");
    else
        put_list(sink, expr, 0, leat_arena_printf(sink->arena, " %s ", name));
    if (expr->function->form == LEAT_FORM_POSTFIX) {
        put_text(sink, " ");
        put_text(sink, name);
    }
    put_text(sink, ")");
}

static void put_case(struct sink *sink, const struct leat_expr *expr) {
    put_text(sink, "CASE");
    for (uint32_t i = 0; i + 1 < expr->arg_count; i += 2) {
        put_text(sink, " WHEN ");
        put_expr(sink, expr->args[i]);
        put_text(sink, " THEN ");
        put_expr(sink, expr->args[i + 1]);
    }
    if (expr->arg_count % 2) {
        put_text(sink, " ELSE ");
        put_expr(sink, expr->args[expr->arg_count - 1]);
    }
    put_text(sink, " END");
}

static void put_expr(struct sink *sink, const struct leat_expr *expr) {
    switch (expr->kind) {
    case LEAT_EXPR_COLUMN: {
        const char *name = sink->columns[expr->column].name;
        put_quoted(sink, '`', name, strlen(name));
        break;
    }
    case LEAT_EXPR_CONSTANT:
        if (expr->decimal)
            put_text(sink, expr->decimal);
        else
            put_constant(sink, &expr->constant);
        break;
    case LEAT_EXPR_CALL:
        put_call(sink, expr);
        break;
    case LEAT_EXPR_AND:
    case LEAT_EXPR_OR:
        put_text(sink, "(");
        put_list(sink, expr, 0, expr->kind == LEAT_EXPR_AND ? " AND " : " OR ");
        put_text(sink, ")");
        break;
    case LEAT_EXPR_CASE:
        put_case(sink, expr);
        break;
    case LEAT_EXPR_COALESCE:
        put_text(sink, "COALESCE(");
        put_list(sink, expr, 0, ", ");
        put_text(sink, ")");
        break;
    }
}

const char *leat_expr_text(struct leat_arena *arena, const struct leat_expr *expr, const struct leat_field *columns) {
    struct sink sink = {.arena = arena, .columns = columns};
    put_expr(&sink, expr);
    return sink.bytes;
}
