// `leat list`: what scripts may name, read from the tables that the planner itself reads.
#include "engine/base/error.h"
#include "engine/cli/command.h"
#include "engine/cli/registry.h"
#include "engine/expr/expr.h"
#include "engine/expr/function.h"
#include "engine/sql/options.h"
#include "engine/sql/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

static const struct leat_cli_option options[] = {
    {"json", 'j', false, NULL, "as a JSON array, one object a line"},
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

// The listing that goes on.
struct listing {
    struct leat_arena arena;
    const char *wanted; // NAME, or NULL for everything
    bool json, help;
    uint32_t found;
    struct leat_suggest suggest; // for a NAME that is not there
};

// ---- JSON and text

static void json_text(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static void json_member(const char *name, const char *value) {
    printf(",\"%s\":", name);
    if (value)
        json_text(value);
    else
        fputs("null", stdout);
}

static void json_flag(const char *name, bool value) {
    printf(",\"%s\":%s", name, value ? "true" : "false");
}

// Starts an entry in JSON; the caller closes the brace.
static void json_begin(struct listing *listing, const char *name) {
    fputs(listing->found++ ? ",\n {\"name\":" : "[{\"name\":", stdout);
    json_text(name);
}

static bool is_wanted(struct listing *listing, const char *name) {
    if (!listing->wanted)
        return true;
    leat_suggest_offer(&listing->suggest, name);
    return strcasecmp(listing->wanted, name) == 0;
}

// ---- functions

static void list_functions(struct listing *listing) {
    const struct leat_function_doc *doc;
    for (uint32_t i = 0; (doc = leat_function_doc(i)) != NULL; i++) {
        if (!is_wanted(listing, doc->name))
            continue;
        if (listing->json) {
            json_begin(listing, doc->name);
            json_member("signature", doc->signature);
            json_member("doc", doc->text);
            putchar('}');
        } else {
            listing->found++;
            printf("%s\n    %s\n", doc->signature, doc->text);
        }
    }
}

// ---- options

static const char *kind_text(struct listing *listing, const struct leat_option *option) {
    static const char *const names[] = {[LEAT_OPTION_STRING] = "text",
                                        [LEAT_OPTION_LIST] = "list a;b",
                                        [LEAT_OPTION_BOOL] = "true or false",
                                        [LEAT_OPTION_DURATION] = "duration",
                                        [LEAT_OPTION_MEMORY] = "memory size"};
    if (option->kind == LEAT_OPTION_ENUM) {
        const char *text = NULL;
        for (const char *const *value = option->values; *value; value++)
            text = text ? leat_arena_printf(&listing->arena, "%s, %s", text, *value) : *value;
        return text;
    }
    if (option->kind != LEAT_OPTION_INT)
        return names[option->kind];
    if (option->min >= option->max)
        return "integer";
    if (option->max >= INT32_MAX)
        return leat_arena_printf(&listing->arena, "integer from %" PRId64, option->min);
    return leat_arena_printf(&listing->arena, "integer %" PRId64 " to %" PRId64, option->min, option->max);
}

// `role` says whose option it is: "SET", "any source", "connector" or "format".
static void list_option(struct listing *listing, const char *role, const char *owner, const struct leat_option *option) {
    const char *kind = kind_text(listing, option);
    if (listing->json) {
        json_begin(listing, option->name);
        json_member("of", role);
        json_member("owner", owner);
        json_member("type", kind);
        json_member("default", option->default_value);
        json_flag("required", option->required);
        json_flag("supported", !option->not_yet);
        json_member("alias_of", option->alias_of);
        json_member("doc", option->doc);
        putchar('}');
        return;
    }
    listing->found++;
    printf("%s%s%s '%s' (%s", role, owner ? " " : "", owner ? owner : "", option->name, kind);
    if (option->default_value)
        printf(", default '%s'", option->default_value);
    printf("%s%s)\n    %s\n", option->required ? ", required" : "", option->not_yet ? ", not supported yet" : "", option->doc);
}

static void list_table(struct listing *listing, const char *role, const char *owner, const struct leat_option *table, uint32_t count) {
    bool all = is_wanted(listing, owner);
    for (uint32_t i = 0; i < count; i++)
        if (is_wanted(listing, table[i].name) || all)
            list_option(listing, role, owner, &table[i]);
}

static void list_options(struct listing *listing) {
    const struct leat_registry *registry = leat_registry();
    const struct leat_option *key;
    bool all = is_wanted(listing, "SET");
    for (uint32_t i = 0; (key = leat_session_key(i)) != NULL; i++)
        if (is_wanted(listing, key->name) || all)
            list_option(listing, "SET", NULL, key);
    for (uint32_t i = 0; (key = leat_options_common(i)) != NULL; i++)
        if (is_wanted(listing, key->name))
            list_option(listing, "any source", NULL, key);
    for (uint32_t i = 0; i < registry->connector_count; i++)
        list_table(listing, "connector", registry->connectors[i].name, registry->connectors[i].options,
                   registry->connectors[i].option_count);
    for (uint32_t i = 0; i < registry->format_count; i++)
        list_table(listing, "format", registry->formats[i].name, registry->formats[i].options, registry->formats[i].option_count);
}

// ---- connectors and formats

static const char *role_text(bool is, bool works) {
    return works ? "works" : is ? "checked" : "no";
}

static void list_metadata(struct listing *listing, const struct leat_connector *connector) {
    if (!listing->json) {
        for (uint32_t i = 0; i < connector->metadata_count; i++)
            printf("    metadata '%s' %s%s\n", connector->metadata[i].key, leat_type_text(&listing->arena, connector->metadata[i].type),
                   connector->metadata[i].writable ? "" : ", VIRTUAL");
        return;
    }
    fputs(",\"metadata\":[", stdout);
    for (uint32_t i = 0; i < connector->metadata_count; i++) {
        fputs(i ? ",{\"key\":" : "{\"key\":", stdout);
        json_text(connector->metadata[i].key);
        json_member("type", leat_type_text(&listing->arena, connector->metadata[i].type));
        json_flag("writable", connector->metadata[i].writable);
        putchar('}');
    }
    putchar(']');
}

static void list_connector(struct listing *listing, const struct leat_connector *connector) {
    const char *source = connector->known_only ? NULL : role_text(connector->is_source, connector->source_works);
    const char *sink = connector->known_only ? NULL : role_text(connector->is_sink, connector->sink_works);
    if (listing->json) {
        json_begin(listing, connector->name);
        json_member("source", source);
        json_member("sink", sink);
        list_metadata(listing, connector);
        putchar('}');
        return;
    }
    listing->found++;
    if (connector->known_only)
        printf("%-16s not supported yet\n", connector->name);
    else
        printf("%-16s source %-8s sink %s\n", connector->name, source, sink);
    if (listing->wanted)
        list_metadata(listing, connector);
}

static void list_connectors(struct listing *listing) {
    const struct leat_registry *registry = leat_registry();
    for (uint32_t i = 0; i < registry->connector_count; i++)
        if (is_wanted(listing, registry->connectors[i].name))
            list_connector(listing, &registry->connectors[i]);
    if (!listing->json && !listing->wanted)
        puts("\nworks: leat run can use it; checked: its options are, and leat replay --from/--to puts a file in its place");
}

static void list_formats(struct listing *listing) {
    const struct leat_registry *registry = leat_registry();
    for (uint32_t i = 0; i < registry->format_count; i++) {
        const struct leat_format *format = &registry->formats[i];
        if (!is_wanted(listing, format->name))
            continue;
        if (listing->json) {
            json_begin(listing, format->name);
            json_flag("reads", format->decoder != NULL);
            json_flag("writes", format->encoder != NULL);
            putchar('}');
            continue;
        }
        listing->found++;
        printf("%-24s %s\n", format->name,
               format->decoder && format->encoder ? "reads and writes"
               : format->decoder                  ? "reads"
               : format->encoder                  ? "writes"
                                                  : "not supported yet");
    }
}

// ---- the command

static const struct {
    const char *name;
    void (*list)(struct listing *listing);
} subjects[] = {
    {"functions", list_functions},
    {"connectors", list_connectors},
    {"formats", list_formats},
    {"options", list_options},
};

static int take(void *context, char letter, const char *value) {
    struct listing *listing = context;
    (void)value;
    listing->json |= letter == 'j';
    listing->help |= letter == 'h';
    return 0;
}

static int unknown_subject(struct listing *listing, const char *word) {
    const char *names[LEAT_ARRAY_LEN(subjects)];
    for (size_t i = 0; i < LEAT_ARRAY_LEN(subjects); i++)
        names[i] = subjects[i].name;
    const char *hint = leat_suggest_hint(&listing->arena, word, names, LEAT_ARRAY_LEN(names));
    return leat_error_set(LEAT_ERROR_USAGE, "list: `%s` is none of functions, connectors, formats and options%s%s", word, hint ? "; " : "",
                          hint ? hint : "");
}

static int list_subject(struct listing *listing, const char *subject) {
    size_t i = 0;
    while (i < LEAT_ARRAY_LEN(subjects) && strcmp(subjects[i].name, subject) != 0)
        i++;
    if (i == LEAT_ARRAY_LEN(subjects))
        return unknown_subject(listing, subject);
    listing->suggest.word = listing->wanted;
    subjects[i].list(listing);
    if (listing->json && listing->found)
        puts("]");
    if (listing->found || !listing->wanted)
        return 0;
    const char *best = listing->suggest.best;
    return leat_error_set(LEAT_ERROR_USAGE, "list: there is nothing named `%s` among the %s%s%s%s", listing->wanted, subject,
                          best ? "; did you mean `" : "", best ? best : "", best ? "`?" : "");
}

int leat_cmd_list(int argc, char **argv) {
    struct listing listing = {0};
    int operand, failed = leat_cli_parse(argc, argv, options, take, &listing, &operand);
    if (!failed && listing.help) {
        leat_cli_help("leat list functions|connectors|formats|options [NAME] [OPTION]...",
                      "Lists what scripts may name, or one NAME of it. Options are those of WITH and the keys of SET; their\n"
                      "NAME may also be a connector, a format or SET.",
                      options);
    } else if (!failed && (operand == argc || argc > operand + 2)) {
        failed = leat_error_set(LEAT_ERROR_USAGE, "list: functions, connectors, formats or options? (see leat list --help)");
    } else if (!failed) {
        listing.wanted = operand + 1 < argc ? argv[operand + 1] : NULL;
        failed = list_subject(&listing, argv[operand]);
    }
    leat_arena_free(&listing.arena);
    return failed ? leat_cli_fail() : 0;
}
