// A directory of part files as a sink, after Flink's filesystem connector.
#ifndef LEAT_OPERATORS_SINKS_DIRECTORY_H
#define LEAT_OPERATORS_SINKS_DIRECTORY_H

#include "engine/runtime/sink.h"

// Writes `part-ID-NUMBER` files into the directory that `env->path`, or else the option 'path', names; it is made with its parents where it
// does not exist. ID is drawn at random for each run, so that earlier parts stay. Until the commit a part is called
// `.part-ID-NUMBER.inprogress`; an abort, or a commit that fails, removes all of them. A part is full once it holds
// 'sink.rolling-policy.file-size' bytes (128MB); what is handed in by one write is never split, so that a part may be longer by that much.
// Paths: plain ones and file: URLs without a host; other schemes are LEAT_ERROR_CONFIG. Errors name the path: LEAT_ERROR_IO,
// LEAT_ERROR_PERMISSION.
extern const struct leat_sink_ops leat_directory_sink_ops;

#endif
