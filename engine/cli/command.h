// The commands of `leat` and what they share: reading options, scripts and numbers the same way everywhere.
#ifndef LEAT_ENGINE_CLI_COMMAND_H
#define LEAT_ENGINE_CLI_COMMAND_H

#include "engine/base/arena.h"
#include "engine/sql/diagnostic.h"
#include "engine/sql/variables.h"

#include <getopt.h>

// Each command takes its own argc and argv (argv[0] is its name), prints its errors to stderr, and returns the exit status. Main thread
// only.
int leat_cmd_replay(int argc, char **argv);  // runs a script with files in the place of live tables
int leat_cmd_run(int argc, char **argv);     // runs a script with its own connectors
int leat_cmd_check(int argc, char **argv);   // says whether scripts are right
int leat_cmd_explain(int argc, char **argv); // shows a script's plan
int leat_cmd_list(int argc, char **argv);    // lists what scripts may name
int leat_cmd_version(int argc, char **argv); // says which version this is

// One option of a command: getopt_long's entry, how the value is shown, and what it is for. The table ends with name NULL.
struct leat_cli_option {
    const char *name;
    char letter; // unique within the command; a visible one-letter form when `is_short`
    bool is_short;
    const char *value; // "N", "FILE", ..., or NULL for a flag
    const char *help;  // lines after the first are indented by the printer
};

// Called for each option with its letter and value. 0, or -1 with the error set.
typedef int leat_cli_take(void *context, char letter, const char *value);

// Reads the options of a command by its table; unknown, incomplete or ambiguous ones are LEAT_ERROR_USAGE. Options and operands may be
// mixed. *first_operand is where the operands start in argv. 0, or -1 with the error set.
int leat_cli_parse(int argc, char **argv, const struct leat_cli_option *options, leat_cli_take *take, void *context, int *first_operand);

// Prints usage, text and options to stdout.
void leat_cli_help(const char *usage, const char *text, const struct leat_cli_option *options);

// Reads a whole number of [low, high]. 0, or -1 with the error set, naming the option.
int leat_cli_number(const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *value);

// Reads the script at `path` ("-": standard input) into the arena. 0, or -1 with the error set (LEAT_ERROR_NO_INPUT, _PERMISSION, _IO).
int leat_cli_read_script(struct leat_arena *arena, const char *path, struct leat_sql_source *source);

// -D definitions as they are collected.
struct leat_cli_definitions {
    struct leat_arena *arena;
    struct leat_sql_definition *items;
    size_t count, capacity;
};

// Adds "NAME=VALUE". 0, or -1 with the error set.
int leat_cli_define(struct leat_cli_definitions *definitions, const char *argument);

// Prints the error of this thread to stderr and returns its exit status.
int leat_cli_fail(void);

#endif
