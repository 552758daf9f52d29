#include "engine/base/error.h"
#include "engine/cli/command.h"
#include "engine/cli/registry.h"
#include "engine/sql/explain.h"

#include <stdio.h>

static const struct leat_cli_option options[] = {
    {"format", 'f', false, "text|json", "how to show it (default text)"},
    {"define", 'D', true, "NAME=VALUE", "gives ${NAME} in string literals of WITH and SET a value"},
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

struct arguments {
    struct leat_cli_definitions definitions;
    bool json, help;
};

static int take(void *context, char letter, const char *value) {
    struct arguments *arguments = context;
    if (letter == 'D')
        return leat_cli_define(&arguments->definitions, value);
    arguments->help |= letter == 'h';
    if (letter != 'f')
        return 0;
    arguments->json = strcmp(value, "json") == 0;
    if (!arguments->json && strcmp(value, "text") != 0)
        return leat_error_set(LEAT_ERROR_USAGE, "--format: `%s` is neither text nor json", value);
    return 0;
}

static int explain_script(struct leat_arena *arena, const char *path, const struct arguments *arguments) {
    struct leat_sql_source source;
    struct leat_sql_variables variables = {.definitions = arguments->definitions.items, .count = arguments->definitions.count};
    struct leat_plan_options plan_options = {.mode = LEAT_PLAN_CHECK, .variables = &variables};
    struct leat_plan *plan;
    if (leat_cli_read_script(arena, path, &source) || leat_plan(arena, &source, &plan_options, leat_registry(), &plan))
        return leat_cli_fail();
    leat_diagnostic_print_warnings(&plan->warnings, stderr);
    if (arguments->json)
        leat_explain_json(plan, stdout);
    else
        leat_explain_text(plan, stdout);
    return 0;
}

int leat_cmd_explain(int argc, char **argv) {
    struct leat_arena arena = {0};
    struct arguments arguments = {.definitions = {.arena = &arena}};
    int operand, status = 0;
    if (leat_cli_parse(argc, argv, options, take, &arguments, &operand)) {
        status = leat_cli_fail();
    } else if (arguments.help) {
        leat_cli_help("leat explain [OPTION]... FILE.sql", "Shows the plan of a script: operators, keys, watermarks, bounds of state.",
                      options);
    } else if (operand + 1 != argc) {
        leat_error_set(LEAT_ERROR_USAGE, "explain: exactly one script is wanted (see leat explain --help)");
        status = leat_cli_fail();
    } else {
        status = explain_script(&arena, argv[operand], &arguments);
    }
    leat_arena_free(&arena);
    return status;
}
