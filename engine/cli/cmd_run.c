#include "engine/base/error.h"
#include "engine/cli/run_options.h"

static const struct leat_cli_option options[] = {
    LEAT_RUN_OPTIONS,
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

struct arguments {
    struct leat_pipeline_options pipeline;
    bool help;
};

static int take(void *context, char letter, const char *value) {
    struct arguments *arguments = context;
    arguments->help |= letter == 'h';
    return leat_run_option_take(&arguments->pipeline, letter, value) < 0 ? -1 : 0;
}

int leat_cmd_run(int argc, char **argv) {
    struct leat_arena arena = {0};
    struct arguments arguments = {.pipeline = {.mode = LEAT_PLAN_RUN, .definitions = {.arena = &arena}}};
    int operand, status = 0;
    if (leat_cli_parse(argc, argv, options, take, &arguments, &operand)) {
        status = leat_cli_fail();
    } else if (arguments.help) {
        leat_cli_help("leat run FILE.sql [OPTION]...", "Runs a pipeline with its own connectors until its inputs end.", options);
    } else if (operand + 1 != argc) {
        leat_error_set(LEAT_ERROR_USAGE, "run: exactly one script is wanted (see leat run --help)");
        status = leat_cli_fail();
    } else {
        arguments.pipeline.script = argv[operand];
        status = leat_pipeline_run(&arena, &arguments.pipeline);
    }
    leat_arena_free(&arena);
    return status;
}
