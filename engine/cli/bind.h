// Binds a plan's tables to what reads and writes them: files of --from and --to, or the connectors that work.
#ifndef LEAT_ENGINE_CLI_BIND_H
#define LEAT_ENGINE_CLI_BIND_H

#include "engine/cli/pipeline.h"

// Fills in inputs and outputs of `job` (in the arena). 0, or -1 with the error set.
int leat_bind(struct leat_arena *arena, const struct leat_graph *graph, const struct leat_pipeline_options *options,
              struct leat_job_options *job);

// True when nothing that a pipeline writes is kept in files: it all goes to standard output or nowhere.
bool leat_bind_is_stdout_alone(const struct leat_graph *graph, const struct leat_job_options *job);

// True when a sink has found that nobody reads standard output any more.
bool leat_bind_stdout_is_closed(void);

#endif
