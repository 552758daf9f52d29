#include "engine/base/error.h"
#include "engine/cli/command.h"
#include "engine/cli/registry.h"
#include "engine/sql/planner.h"

#include <stdio.h>

static const struct leat_cli_option options[] = {
    {"define", 'D', true, "NAME=VALUE", "gives ${NAME} in string literals of WITH and SET a value"},
    {"deny-warnings", 'w', false, NULL, "a warning is an error"},
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

struct arguments {
    struct leat_cli_definitions definitions;
    bool deny_warnings, help;
};

static int take(void *context, char letter, const char *value) {
    struct arguments *arguments = context;
    if (letter == 'D')
        return leat_cli_define(&arguments->definitions, value);
    arguments->deny_warnings |= letter == 'w';
    arguments->help |= letter == 'h';
    return 0;
}

// 0 when the script is right, else the exit status.
static int check_script(const char *path, const struct arguments *arguments) {
    struct leat_arena arena = {0};
    struct leat_sql_source source;
    struct leat_sql_variables variables = {.definitions = arguments->definitions.items, .count = arguments->definitions.count};
    struct leat_plan_options plan_options = {.mode = LEAT_PLAN_CHECK, .variables = &variables};
    struct leat_plan *plan;
    int status = 0;
    if (leat_cli_read_script(&arena, path, &source) || leat_plan(&arena, &source, &plan_options, leat_registry(), &plan)) {
        status = leat_cli_fail();
    } else {
        leat_diagnostic_print_warnings(&plan->warnings, stderr);
        if (plan->warnings.count && arguments->deny_warnings)
            status = LEAT_ERROR_CHECK;
        printf("%s: %s: %u tables, %u views, %u INSERT, %u warnings\n", path, status ? "refused" : "ok", plan->table_count,
               plan->view_count, plan->insert_count, plan->warnings.count);
    }
    leat_arena_free(&arena);
    return status;
}

int leat_cmd_check(int argc, char **argv) {
    struct leat_arena arena = {0};
    struct arguments arguments = {.definitions = {.arena = &arena}};
    int operand, status = 0;
    if (leat_cli_parse(argc, argv, options, take, &arguments, &operand)) {
        status = leat_cli_fail();
    } else if (arguments.help) {
        leat_cli_help("leat check FILE.sql...", "Says whether scripts are right, without running them: syntax, names, types, options.",
                      options);
    } else if (operand == argc) {
        leat_error_set(LEAT_ERROR_USAGE, "check: which script? (see leat check --help)");
        status = leat_cli_fail();
    }
    for (int i = operand; status != LEAT_ERROR_USAGE && !arguments.help && i < argc; i++) {
        int one = check_script(argv[i], &arguments);
        status = status ? status : one;
    }
    leat_arena_free(&arena);
    return status;
}
