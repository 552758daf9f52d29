// The live line on a terminal.
#ifndef LEAT_ENGINE_CLI_PROGRESS_H
#define LEAT_ENGINE_CLI_PROGRESS_H

#include "engine/runtime/job.h"

// What the line needs to know. Zero-initialise, then set graph and started_ns.
struct leat_progress {
    const struct leat_graph *graph;
    uint64_t started_ns;
    uint64_t last_rows;
    uint64_t last_ns;
    bool shown; // there is a line to clear
};

// Draws the line on stderr; leat_job_run's tick. `context` is the struct leat_progress.
void leat_progress_tick(void *context, struct leat_job *job);

// Clears the line.
void leat_progress_clear(struct leat_progress *progress);

#endif
