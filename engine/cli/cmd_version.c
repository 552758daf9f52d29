#include "engine/base/cpu.h"
#include "engine/base/error.h"
#include "engine/cli/command.h"
#include "leat_version.h"

#include <stdio.h>

static const struct leat_cli_option options[] = {
    {"json", 'j', false, NULL, "as one JSON object"},
    {"help", 'h', true, NULL, "this text"},
    {NULL, 0, false, NULL, NULL},
};

struct arguments {
    bool json, help;
};

static int take(void *context, char letter, const char *value) {
    struct arguments *arguments = context;
    (void)value;
    arguments->json |= letter == 'j';
    arguments->help |= letter == 'h';
    return 0;
}

int leat_cmd_version(int argc, char **argv) {
    struct arguments arguments = {0};
    int operand;
    if (leat_cli_parse(argc, argv, options, take, &arguments, &operand))
        return leat_cli_fail();
    if (operand != argc) {
        leat_error_set(LEAT_ERROR_USAGE, "version: `%s` is too much (see leat version --help)", argv[operand]);
        return leat_cli_fail();
    }
    const char *simd = leat_simd_level_name(leat_simd_level());
    if (arguments.help)
        leat_cli_help("leat version [OPTION]...", "Says which version this is, and which SIMD code it uses here.", options);
    else if (arguments.json)
        printf("{\"version\":\"%s\",\"revision\":\"%s\",\"compiler\":\"%s\",\"simd\":\"%s\"}\n", LEAT_VERSION, LEAT_REVISION, __VERSION__,
               simd);
    else
        printf("leat %s (%s), %s\n", LEAT_VERSION, LEAT_REVISION, simd);
    return 0;
}
