// The program: finds the command and runs it.
#include "engine/base/error.h"
#include "engine/cli/cmd_simulate.h"
#include "engine/cli/command.h"
#include "engine/sql/suggest.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"replay", leat_cmd_replay, "run a pipeline over recorded files, as fast as the machine goes"},
    {"run", leat_cmd_run, "run a pipeline with its own connectors"},
    {"check", leat_cmd_check, "say whether scripts are right, without running them"},
    {"explain", leat_cmd_explain, "show a script's plan: operators, keys, watermarks, bounds of state"},
    {"list", leat_cmd_list, "list functions, connectors, formats and options"},
    {"simulate", leat_cmd_simulate, "make test data like those of real machines"},
    {"version", leat_cmd_version, "say which version this is"},
};

static void print_help(FILE *to) {
    fprintf(to, "usage: leat COMMAND [OPTION]... [ARGUMENT]...\n\n"
                "Joins, windows, cleans and watches streams of machine data in event time. A pipeline is one .sql\n"
                "file in the dialect of Apache Flink SQL.\n\n");
    for (size_t i = 0; i < LEAT_ARRAY_LEN(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\nleat COMMAND --help tells more. Exit status: 0 done, 1 check failed, 64 wrong usage, 65 bad input data and\n"
                "told to fail on it, 66 input absent, 69 unavailable, 70 internal error, 74 input or output failed,\n"
                "77 not permitted, 78 wrong script or option, 130 and 143 stopped by SIGINT and SIGTERM.\n");
}

static int unknown_command(const char *name) {
    struct leat_arena arena = {0};
    const char *names[LEAT_ARRAY_LEN(commands)];
    for (size_t i = 0; i < LEAT_ARRAY_LEN(commands); i++)
        names[i] = commands[i].name;
    const char *hint = leat_suggest_hint(&arena, name, names, LEAT_ARRAY_LEN(commands));
    leat_error_set(LEAT_ERROR_USAGE, "there is no command `%s`%s%s (see leat --help)", name, hint ? "; " : "", hint ? hint : "");
    leat_arena_free(&arena);
    return leat_cli_fail();
}

// What the program printed must have arrived; where its reader went away, nobody wants it.
static int finish_stdout(int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE || status != 0)
        return status;
    leat_error_set(LEAT_ERROR_IO, "cannot write standard output: %s", errno ? strerror(errno) : "it failed before");
    return leat_cli_fail();
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return LEAT_ERROR_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0)
        return leat_cmd_version(1, argv + 1);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of the write, said where it happens
    return finish_stdout(run(argc, argv));
}
