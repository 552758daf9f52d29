#include "engine/sql/options_value.h"

#include "engine/sql/suggest.h"
#include "engine/sql/variables.h"

#include <ctype.h>

// A unit of durations or memory and how many of the smallest one it has.
struct unit {
    const char *names; // in lower case, each between spaces
    int64_t factor;
};

// Nanoseconds are rounded down to microseconds by the caller.
static const struct unit duration_units[] = {
    {" ns nano nanos nanosecond nanoseconds ", 1},
    {" us \xc2\xb5s micro micros microsecond microseconds ", 1000},
    {" ms milli millis millisecond milliseconds ", 1000000},
    {" s sec secs second seconds ", INT64_C(1000000000)},
    {" m min mins minute minutes ", 60 * INT64_C(1000000000)},
    {" h hour hours ", 3600 * INT64_C(1000000000)},
    {" d day days ", 86400 * INT64_C(1000000000)},
};

static const struct unit memory_units[] = {
    {" b bytes ", 1},
    {" k kb kibibytes ", 1024},
    {" m mb mebibytes ", 1024 * 1024},
    {" g gb gibibytes ", 1024 * 1024 * 1024},
    {" t tb tebibytes ", INT64_C(1024) * 1024 * 1024 * 1024},
};

static const char *skip_spaces(const char *text) {
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

// Reads digits; false where there are none or too many.
static bool read_digits(const char **text, int64_t *value) {
    const char *at = *text;
    for (*value = 0; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, *at - '0', value))
            return false;
    bool any = at != *text;
    *text = at;
    return any;
}

// "12 unit"; `otherwise` is the factor where no unit stands.
static bool read_amount(const char *text, const struct unit *units, size_t count, int64_t otherwise, int64_t *amount) {
    int64_t number, factor = 0;
    text = skip_spaces(text);
    if (!read_digits(&text, &number))
        return false;
    text = skip_spaces(text);
    char word[24] = " ";
    size_t length = 0;
    while (text[length] && text[length] != ' ' && text[length] != '\t' && length < sizeof(word) - 3) {
        word[length + 1] = (char)tolower((unsigned char)text[length]);
        length++;
    }
    if (*skip_spaces(text + length))
        return false;
    word[length + 1] = ' ';
    if (length == 0)
        factor = otherwise;
    for (size_t i = 0; i < count; i++)
        if (length && strstr(units[i].names, word))
            factor = units[i].factor;
    return factor && !__builtin_mul_overflow(number, factor, amount);
}

bool leat_option_duration(const char *text, int64_t *micros) {
    int64_t nanos;
    if (!read_amount(text, duration_units, LEAT_ARRAY_LEN(duration_units), 1000000, &nanos)) // a bare number is milliseconds
        return false;
    *micros = nanos / 1000;
    return true;
}

bool leat_option_memory(const char *text, int64_t *bytes) {
    return read_amount(text, memory_units, LEAT_ARRAY_LEN(memory_units), 1, bytes);
}

static bool read_int(const char *text, int64_t *value) {
    bool negative = *text == '-';
    text += negative;
    if (!read_digits(&text, value) || *text)
        return false;
    *value = negative ? -*value : *value;
    return true;
}

static int bad_value(const struct leat_options_context *context, const char *name, const struct leat_ast_string *value, const char *hint,
                     const char *what) {
    bool secret = leat_sql_option_is_secret(name);
    return leat_diagnostic(context->source, value->span, hint, "'%s' must be %s, not '%s'", name, what,
                           secret               ? "***"
                           : value->substituted ? value->written
                                                : value->text);
}

static int check_enum(const struct leat_options_context *context, const struct leat_option *option, const char *name,
                      const struct leat_ast_string *value) {
    struct leat_suggest suggest = {.word = value->text};
    const char *list = NULL;
    for (const char *const *allowed = option->values; *allowed; allowed++) {
        if (strcasecmp(*allowed, value->text) == 0)
            return 0;
        leat_suggest_offer(&suggest, *allowed);
        list = list ? leat_arena_printf(context->arena, "%s, %s", list, *allowed) : *allowed;
    }
    const char *hint = suggest.best ? leat_arena_printf(context->arena, "did you mean '%s'?", suggest.best) : NULL;
    return bad_value(context, name, value, hint, leat_arena_printf(context->arena, "one of %s", list));
}

static int check_int(const struct leat_options_context *context, const struct leat_option *option, const char *name,
                     const struct leat_ast_string *value) {
    int64_t number;
    if (!read_int(value->text, &number))
        return bad_value(context, name, value, NULL, "a whole number");
    if (option->min < option->max && (number < option->min || number > option->max)) {
        const char *what = option->max == INT32_MAX || option->max == INT64_MAX
                               ? leat_arena_printf(context->arena, "at least %lld", (long long)option->min)
                               : leat_arena_printf(context->arena, "between %lld and %lld", (long long)option->min, (long long)option->max);
        return bad_value(context, name, value, NULL, what);
    }
    return 0;
}

static int check_kind(const struct leat_options_context *context, const struct leat_option *option, const char *name,
                      const struct leat_ast_string *value) {
    int64_t amount;
    switch (option->kind) {
    case LEAT_OPTION_BOOL:
        if (strcasecmp(value->text, "true") != 0 && strcasecmp(value->text, "false") != 0)
            return bad_value(context, name, value, NULL, "true or false");
        return 0;
    case LEAT_OPTION_INT:
        return check_int(context, option, name, value);
    case LEAT_OPTION_DURATION:
        if (!leat_option_duration(value->text, &amount))
            return bad_value(context, name, value, "write it like '200 ms', '5 s', '1 min', '2 h'", "a duration");
        return 0;
    case LEAT_OPTION_MEMORY:
        if (!leat_option_memory(value->text, &amount))
            return bad_value(context, name, value, "write it like '512 kb', '128 mb'", "an amount of memory");
        return 0;
    case LEAT_OPTION_ENUM:
        return check_enum(context, option, name, value);
    default:
        if (option->required && !value->text[0])
            return bad_value(context, name, value, NULL, "a text that is not empty");
        return 0;
    }
}

int leat_option_check(const struct leat_options_context *context, const struct leat_option *option, const char *name,
                      const struct leat_ast_string *value) {
    if (check_kind(context, option, name, value) != 0)
        return -1;
    if (option->default_value && strcasecmp(option->default_value, value->text) == 0)
        return 0;
    if (option->no_effect)
        leat_diagnostic_warn(context->arena, context->warnings, context->source, value->span, NULL, "'%s' has no effect yet", name);
    if (!option->not_yet)
        return 0;
    const char *hint =
        option->default_value ? leat_arena_printf(context->arena, "leave it out, or write '%s'", option->default_value) : "leave it out";
    return leat_diagnostic(context->source, value->span, hint, "the option '%s' is not supported yet", name);
}

const char *leat_option_spelling(const struct leat_option *option, const char *value) {
    static const char *const bools[] = {"true", "false", NULL};
    const char *const *spelled = option->kind == LEAT_OPTION_BOOL ? bools : option->kind == LEAT_OPTION_ENUM ? option->values : NULL;
    for (; spelled && *spelled; spelled++)
        if (strcasecmp(*spelled, value) == 0)
            return *spelled;
    return value;
}
