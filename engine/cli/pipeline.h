// A script as it runs: planned, bound to files or connectors, run with progress on the terminal, and summed up. Shared by `replay` and
// `run`.
#ifndef LEAT_ENGINE_CLI_PIPELINE_H
#define LEAT_ENGINE_CLI_PIPELINE_H

#include "engine/cli/command.h"
#include "engine/runtime/job.h"
#include "engine/sql/planner.h"

// TABLE=FILE of --from or --to.
struct leat_binding {
    const char *table;
    const char *path;
};

// Bindings in the order given.
struct leat_bindings {
    struct leat_binding *items;
    uint32_t count, capacity;
};

// When the live line is drawn: on a terminal, always, never.
enum leat_progress_when { LEAT_PROGRESS_AUTO, LEAT_PROGRESS_ALWAYS, LEAT_PROGRESS_NEVER };

// What the command line asks for.
struct leat_pipeline_options {
    enum leat_plan_mode mode; // RUN or REPLAY
    const char *script;
    struct leat_cli_definitions definitions;
    struct leat_bindings from, to; // REPLAY
    struct leat_job_options job;
    const char *summary_path; // or NULL
    enum leat_progress_when progress;
};

// Adds "TABLE=FILE". 0, or -1 with the error set, naming the option.
int leat_bindings_add(struct leat_arena *arena, struct leat_bindings *bindings, const char *option, const char *argument);

// Plans, runs and sums up; prints errors, progress and summary to stderr. Returns the exit status. Sets the handling of SIGINT and SIGTERM.
// Main thread only.
int leat_pipeline_run(struct leat_arena *arena, const struct leat_pipeline_options *options);

#endif
