// A file as a sink: complete, or absent.
#ifndef LEAT_OPERATORS_SINKS_FILE_H
#define LEAT_OPERATORS_SINKS_FILE_H

#include "engine/runtime/sink.h"

// Writes `env->path`, which must be given. Until the commit the bytes stand in `.NAME.tmp-PID` beside the target, then they replace it in
// one step; an abort removes them. A target that is a symbolic link is replaced where the link leads. Two sinks of one process must not
// have the same target. Errors name the path: LEAT_ERROR_IO, LEAT_ERROR_PERMISSION, LEAT_ERROR_USAGE for a directory.
extern const struct leat_sink_ops leat_file_sink_ops;

// The sink for a path that a user gave: leat_stdout_sink_ops for "-" and for devices, pipes and sockets, which can only be written in
// order; leat_file_sink_ops for everything else, also where that will fail to open. Main thread.
const struct leat_sink_ops *leat_file_sink_choose(const char *path);

#endif
