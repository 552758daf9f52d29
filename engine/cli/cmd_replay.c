#include "engine/base/error.h"
#include "engine/cli/run_options.h"

static const struct leat_cli_option options[] = {
    {"from", 'f', false, "TABLE=FILE",
     "read TABLE from FILE instead of its connector (- is standard input);\nrepeated for one table: its files are "
     "read as splits, the one with\nthe lowest watermark first"},
    {"to", 't', false, "TABLE=FILE", "write TABLE to FILE instead of its connector (- is standard output);\na file is complete or absent"},
    {"rate", 'r', false, "N", "read N records a second of each input (default: as fast as can be)"},
    LEAT_RUN_OPTIONS,
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

struct arguments {
    struct leat_arena *arena;
    struct leat_pipeline_options pipeline;
    bool help;
};

static int take(void *context, char letter, const char *value) {
    struct arguments *arguments = context;
    switch (letter) {
    case 'f':
        return leat_bindings_add(arguments->arena, &arguments->pipeline.from, "from", value);
    case 't':
        return leat_bindings_add(arguments->arena, &arguments->pipeline.to, "to", value);
    case 'r':
        return leat_cli_number("rate", value, 1, INT64_MAX, &arguments->pipeline.job.rate_per_second);
    case 'h':
        arguments->help = true;
        return 0;
    default:
        return leat_run_option_take(&arguments->pipeline, letter, value) < 0 ? -1 : 0;
    }
}

int leat_cmd_replay(int argc, char **argv) {
    struct leat_arena arena = {0};
    struct arguments arguments = {.arena = &arena, .pipeline = {.mode = LEAT_PLAN_REPLAY, .definitions = {.arena = &arena}}};
    int operand, status = 0;
    if (leat_cli_parse(argc, argv, options, take, &arguments, &operand)) {
        status = leat_cli_fail();
    } else if (arguments.help) {
        leat_cli_help("leat replay FILE.sql --from TABLE=FILE [--to TABLE=FILE]... [OPTION]...",
                      "Runs a pipeline over recorded files: the production script, its live tables swapped for files.\n"
                      "The same input gives the same output on any number of workers.",
                      options);
    } else if (operand + 1 != argc) {
        leat_error_set(LEAT_ERROR_USAGE, "replay: exactly one script is wanted (see leat replay --help)");
        status = leat_cli_fail();
    } else {
        arguments.pipeline.script = argv[operand];
        status = leat_pipeline_run(&arena, &arguments.pipeline);
    }
    leat_arena_free(&arena);
    return status;
}
