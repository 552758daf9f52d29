// `leat simulate KIND ...`: test data like those of real machines.
#ifndef LEAT_ENGINE_CLI_CMD_SIMULATE_H
#define LEAT_ENGINE_CLI_CMD_SIMULATE_H

// Runs the command; argv[0] is "simulate". Returns the exit status: 0, a leat_error_kind after printing the error to stderr,
// or 128 plus the number of the signal (SIGINT, SIGTERM) that stopped it. Sets the process's handling of these signals and
// ignores SIGPIPE. Main thread only.
int leat_cmd_simulate(int argc, char **argv);

#endif
