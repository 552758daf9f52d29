// What can only be written in order: standard output, standard error, a pipe, a terminal, a device.
#ifndef LEAT_OPERATORS_SINKS_STDOUT_H
#define LEAT_OPERATORS_SINKS_STDOUT_H

#include "engine/runtime/sink.h"

// Writes in the order of the calls, as they come, to `env->path`; without a path, or for "-", to standard output, or to standard error
// where the table says 'standard-error' = 'true'. What is written is out: an abort takes nothing back. The process must ignore SIGPIPE; a
// reader that has gone is LEAT_ERROR_IO. What the reader of a pipe or a terminal does not take yet is put off; other writes may wait.
extern const struct leat_sink_ops leat_stdout_sink_ops;

// True when a write to standard output has failed because its reader has gone (`leat ... | head`): the command then ends quietly and well.
// Of the whole process; any thread, for good once the workers have ended.
bool leat_stdout_sink_is_closed_pipe(void);

#endif
