// Where a simulator writes to: standard output, a device or pipe that exists, or a file that is complete or absent.
#ifndef LEAT_ENGINE_CLI_SIMULATE_OUTPUT_H
#define LEAT_ENGINE_CLI_SIMULATE_OUTPUT_H

#include "engine/base/base.h"

#include <limits.h>
#include <signal.h>

// What became of a write.
enum leat_simulate_output_result {
    LEAT_SIMULATE_OUTPUT_OK,
    LEAT_SIMULATE_OUTPUT_ERROR,   // the error is set
    LEAT_SIMULATE_OUTPUT_CLOSED,  // nobody reads standard output any more: no error, but no use going on
    LEAT_SIMULATE_OUTPUT_STOPPED, // the stop flag was raised while waiting
};

// One output; used by one thread at a time.
struct leat_simulate_output {
    int fd;
    bool standard;                     // standard output: left open
    bool temporary;                    // written under `temporary_path`, renamed to `path` at the end
    const volatile sig_atomic_t *stop; // not owned; a write that a signal interrupts gives up when it is not 0
    char path[PATH_MAX];
    char temporary_path[PATH_MAX];
};

// Opens `path` ("-": standard output) for writing. A regular file, or one that does not exist, is written under a temporary
// name in the same directory; links are followed first. 0, or -1 with the error set (LEAT_ERROR_IO, LEAT_ERROR_PERMISSION).
int leat_simulate_output_open(struct leat_simulate_output *output, const char *path, const volatile sig_atomic_t *stop);

// Writes all of `bytes`. SIGPIPE must be ignored by the process.
enum leat_simulate_output_result leat_simulate_output_write(struct leat_simulate_output *output, const char *bytes, size_t length);

// Closes the output and gives the file its name. 0, or -1 with the error set and the temporary file removed.
int leat_simulate_output_finish(struct leat_simulate_output *output);

// Closes the output and removes the temporary file; an older file of that name stays as it was.
void leat_simulate_output_abandon(struct leat_simulate_output *output);

#endif
