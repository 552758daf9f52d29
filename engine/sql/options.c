#include "engine/sql/options.h"

#include "engine/sql/options_value.h"
#include "engine/sql/suggest.h"
#include "engine/sql/variables.h"

#include <stdio.h>

static const char *const emit_strategies[] = {"on-periodic", "on-event", NULL};

// Options of every table that is read, whatever its connector (FLIP-296).
static const struct leat_option common_options[] = {
    {.name = "scan.watermark.emit.strategy",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .values = emit_strategies,
     .doc = "No effect: watermarks advance with every row."},
    {.name = "scan.watermark.idle-timeout",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .doc = "No effect yet. A split that is silent for so long is left out."},
    {.name = "scan.watermark.alignment.group",
     .not_yet = true,
     .kind = LEAT_OPTION_STRING,
     .doc = "Sources of a group wait for each other."},
    {.name = "scan.watermark.alignment.max-drift",
     .not_yet = true,
     .kind = LEAT_OPTION_DURATION,
     .doc = "How far a source may run ahead of its group."},
    {.name = "scan.watermark.alignment.update-interval",
     .not_yet = true,
     .kind = LEAT_OPTION_DURATION,
     .default_value = "1 s",
     .doc = "How often that is looked at."},
};

const struct leat_option *leat_options_common(uint32_t i) {
    return i < LEAT_ARRAY_LEN(common_options) ? &common_options[i] : NULL;
}

// The state of one check.
struct check {
    const struct leat_options_context *context;
    const struct leat_ast_options *ast;
    struct leat_table_options *out;
    const struct leat_format *formats[3]; // of 'format', 'value.format', 'key.format'
    struct leat_graph_option *options;
};

static const char *const format_keys[] = {"format", "value.format", "key.format"};
static const char *const format_prefixes[] = {"", "value.", "key."};

static const struct leat_ast_option *find_written(const struct leat_ast_options *ast, const char *key) {
    for (uint32_t i = 0; i < ast->count; i++)
        if (strcmp(ast->items[i].key.text, key) == 0)
            return &ast->items[i];
    return NULL;
}

static bool name_matches(const char *name, const char *key) {
    size_t length = strlen(name);
    if (length >= 2 && strcmp(name + length - 2, ".*") == 0)
        return strncmp(key, name, length - 1) == 0 && key[length - 1];
    return strcmp(name, key) == 0;
}

static const struct leat_option *find_option(const struct leat_option *options, uint32_t count, const char *key) {
    for (uint32_t i = 0; i < count; i++)
        if (name_matches(options[i].name, key))
            return &options[i];
    return NULL;
}

// ---- which connector

// Which connectors there are: what works, and what only a replay can stand in for.
static const char *connector_names(const struct leat_options_context *context) {
    const char *working = NULL, *checked = NULL;
    for (uint32_t i = 0; i < context->registry->connector_count; i++) {
        const struct leat_connector *connector = &context->registry->connectors[i];
        if (connector->known_only)
            continue;
        const char **list = connector->source_works || connector->sink_works ? &working : &checked;
        *list = *list ? leat_arena_printf(context->arena, "%s, %s", *list, connector->name) : connector->name;
    }
    return leat_arena_printf(context->arena, "connectors that work: %s\nchecked, and replaced by files in a replay: %s",
                             working ? working : "none", checked ? checked : "none");
}

static int unknown_connector(const struct leat_options_context *context, const struct leat_ast_string *value) {
    struct leat_suggest suggest = {.word = value->text};
    for (uint32_t i = 0; i < context->registry->connector_count; i++)
        leat_suggest_offer(&suggest, context->registry->connectors[i].name);
    const char *hint = suggest.best ? leat_arena_printf(context->arena, "did you mean '%s'?", suggest.best) : connector_names(context);
    return leat_diagnostic(context->source, value->span, hint, "there is no connector '%s'", value->text);
}

static int find_connector(struct check *check, struct leat_span span) {
    const struct leat_options_context *context = check->context;
    const struct leat_ast_option *old = find_written(check->ast, "connector.type");
    if (old)
        return leat_diagnostic(context->source, old->key.span,
                               "write 'connector' = 'kafka', 'topic' = '...', 'properties.bootstrap.servers' = '...', 'format' = 'json'",
                               "options named `connector.*` and `format.*` are those of Flink 1.10 and before");
    const struct leat_ast_option *written = find_written(check->ast, "connector");
    if (!written) {
        struct leat_span place = check->ast->count ? check->ast->span : span;
        return leat_diagnostic(context->source, place, connector_names(context), "the table needs WITH ('connector' = '...')");
    }
    for (uint32_t i = 0; i < context->registry->connector_count; i++)
        if (strcmp(context->registry->connectors[i].name, written->value.text) == 0)
            check->out->connector = &context->registry->connectors[i];
    if (!check->out->connector)
        return unknown_connector(context, &written->value);
    check->out->connector_span = written->value.span;
    if (check->out->connector->known_only)
        return leat_diagnostic(context->source, written->value.span, connector_names(context), "the connector '%s' is not supported yet",
                               written->value.text);
    return 0;
}

// ---- which formats

static int find_format(struct check *check, uint32_t which) {
    const struct leat_options_context *context = check->context;
    const struct leat_ast_option *written = find_written(check->ast, format_keys[which]);
    if (!written)
        return 0;
    struct leat_suggest suggest = {.word = written->value.text};
    for (uint32_t i = 0; i < context->registry->format_count; i++) {
        const struct leat_format *format = &context->registry->formats[i];
        leat_suggest_offer(&suggest, format->name);
        if (strcmp(format->name, written->value.text) == 0)
            check->formats[which] = format;
    }
    if (!check->formats[which]) {
        const char *hint = suggest.best ? leat_arena_printf(context->arena, "did you mean '%s'?", suggest.best) : "formats: json";
        return leat_diagnostic(context->source, written->value.span, hint, "there is no format '%s'", written->value.text);
    }
    if (!check->formats[which]->decoder && !check->formats[which]->encoder)
        return leat_diagnostic(context->source, written->value.span, "formats: json", "the format '%s' is not supported yet",
                               written->value.text);
    if (which < 2) {
        check->out->format = check->formats[which];
        check->out->format_span = written->value.span;
    }
    return 0;
}

static int find_formats(struct check *check, struct leat_span span) {
    check->out->format_span = check->out->connector_span;
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(format_keys); i++)
        if (find_option(check->out->connector->options, check->out->connector->option_count, format_keys[i]) && find_format(check, i) != 0)
            return -1;
    if (check->formats[0] && check->formats[1])
        return leat_diagnostic(check->context->source, find_written(check->ast, "value.format")->key.span, NULL,
                               "'format' and 'value.format' mean the same: give one of them");
    if (check->out->connector->needs_format && !check->out->format)
        return leat_diagnostic(check->context->source, check->ast->count ? check->ast->span : span, "add 'format' = 'json'",
                               "the connector '%s' needs a 'format'", check->out->connector->name);
    return 0;
}

// ---- each option

// Offers the names that are valid here; with `list`, lists them.
static const char *offer_valid(struct check *check, struct leat_suggest *suggest) {
    const struct leat_connector *connector = check->out->connector;
    struct leat_arena *arena = check->context->arena;
    const char *list = "connector";
    leat_suggest_offer(suggest, "connector");
    for (uint32_t i = 0; i < connector->option_count; i++) {
        leat_suggest_offer(suggest, connector->options[i].name);
        if (!connector->options[i].alias_of)
            list = leat_arena_printf(arena, "%s, %s", list, connector->options[i].name);
    }
    for (uint32_t k = 0; k < LEAT_ARRAY_LEN(format_prefixes); k++)
        for (uint32_t i = 0; check->formats[k] && i < check->formats[k]->option_count; i++) {
            const char *name = leat_arena_printf(arena, "%s%s", format_prefixes[k], check->formats[k]->options[i].name);
            leat_suggest_offer(suggest, name);
            list = leat_arena_printf(arena, "%s, %s", list, name);
        }
    for (uint32_t i = 0; connector->is_source && i < LEAT_ARRAY_LEN(common_options); i++)
        leat_suggest_offer(suggest, common_options[i].name);
    return list;
}

static int unknown_option(struct check *check, const struct leat_ast_option *written) {
    struct leat_suggest suggest = {.word = written->key.text};
    const char *list = offer_valid(check, &suggest);
    const char *hint = suggest.best ? leat_arena_printf(check->context->arena, "did you mean '%s'?\nvalid are: %s", suggest.best, list)
                                    : leat_arena_printf(check->context->arena, "valid are: %s", list);
    return leat_diagnostic(check->context->source, written->key.span, hint, "the connector '%s' has no option '%s'",
                           check->out->connector->name, written->key.text);
}

// The option that a key means: of the connector, of a format, or common to all; NULL: none.
static const struct leat_option *lookup(struct check *check, const char *key) {
    const struct leat_connector *connector = check->out->connector;
    const struct leat_option *option = find_option(connector->options, connector->option_count, key);
    for (uint32_t k = 0; !option && k < LEAT_ARRAY_LEN(format_prefixes); k++) {
        size_t length = strlen(format_prefixes[k]);
        if (check->formats[k] && strncmp(key, format_prefixes[k], length) == 0)
            option = find_option(check->formats[k]->options, check->formats[k]->option_count, key + length);
    }
    if (!option && connector->is_source)
        option = find_option(common_options, LEAT_ARRAY_LEN(common_options), key);
    return option;
}

static int check_option(struct check *check, uint32_t i) {
    const struct leat_options_context *context = check->context;
    const struct leat_ast_option *written = &check->ast->items[i];
    const char *name = written->key.text, *value = written->value.text;
    if (strcmp(name, "connector") != 0) {
        const struct leat_option *option = lookup(check, name);
        if (!option)
            return unknown_option(check, written);
        if (option->alias_of) {
            leat_diagnostic_warn(context->arena, context->warnings, context->source, written->key.span, NULL, "'%s' is understood as '%s'",
                                 name, option->alias_of);
            name = option->alias_of;
        }
        if (leat_option_check(context, option, name, &written->value) != 0)
            return -1;
        value = leat_option_spelling(option, value);
    }
    for (uint32_t k = 0; k < i; k++)
        if (strcmp(check->options[k].name, name) == 0)
            return leat_diagnostic(context->source, written->key.span, NULL, "the option '%s' is given twice", name);
    bool secret = leat_sql_option_is_secret(name);
    const char *shown = secret ? "***" : written->value.substituted ? written->value.written : value;
    check->options[i] = (struct leat_graph_option){.name = name, .value = value, .secret = secret, .shown = shown};
    return 0;
}

static int check_required(struct check *check) {
    const struct leat_connector *connector = check->out->connector;
    for (uint32_t i = 0; i < connector->option_count; i++) {
        const struct leat_option *option = &connector->options[i];
        bool given = leat_graph_option_value(check->options, check->ast->count, option->name, NULL) != NULL;
        if (option->required && !option->alias_of && !given)
            return leat_diagnostic(check->context->source, check->ast->span,
                                   leat_arena_printf(check->context->arena, "add '%s' = '...': %s", option->name, option->doc),
                                   "the connector '%s' needs the option '%s'", connector->name, option->name);
    }
    return 0;
}

// ---- what the formats need

// The value of an option of the values' format, under its own name or with "value." before it.
static const char *format_value(const struct leat_table_options *options, const char *name) {
    for (uint32_t i = 0; i < options->count; i++) {
        const char *key = options->options[i].name;
        if (strcmp(key, name) == 0 || (strncmp(key, "value.", 6) == 0 && strcmp(key + 6, name) == 0))
            return options->options[i].value;
    }
    return NULL;
}

static bool format_flag(const struct leat_table_options *options, const char *name) {
    const char *value = format_value(options, name);
    return value && strcasecmp(value, "true") == 0;
}

static int read_format(struct check *check) {
    struct leat_table_options *out = check->out;
    const char *standard = format_value(out, "json.timestamp-format.standard");
    out->timestamp_form = standard && strcmp(standard, "ISO-8601") == 0 ? LEAT_TIMESTAMP_ISO_8601 : LEAT_TIMESTAMP_SQL;
    out->ignore_parse_errors = format_flag(out, "json.ignore-parse-errors");
    out->fail_on_missing_field = format_flag(out, "json.fail-on-missing-field");
    out->ignore_null_fields = format_flag(out, "json.encode.ignore-null-fields");
    if (out->ignore_parse_errors && out->fail_on_missing_field)
        return leat_diagnostic(check->context->source, check->ast->span, NULL,
                               "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
    return 0;
}

int leat_options_bind(const struct leat_options_context *context, struct leat_span span, const struct leat_ast_options *ast,
                      struct leat_table_options *out) {
    struct check check = {.context = context, .ast = ast, .out = out};
    *out = (struct leat_table_options){0};
    if (find_connector(&check, span) != 0 || find_formats(&check, span) != 0)
        return -1;
    if (ast->count > LEAT_OPTIONS_MAX)
        return leat_diagnostic(context->source, ast->span, NULL, "a table has at most %d options", LEAT_OPTIONS_MAX);
    check.options = leat_arena_alloc(context->arena, ast->count * sizeof(*check.options));
    for (uint32_t i = 0; i < ast->count; i++)
        if (check_option(&check, i) != 0)
            return -1;
    out->options = check.options;
    out->count = ast->count;
    return check_required(&check) != 0 || read_format(&check) != 0 ? -1 : 0;
}
