// The table of functions by which encoded records leave: a file, a directory of part files, standard output, nowhere.
#ifndef LEAT_ENGINE_RUNTIME_SINK_H
#define LEAT_ENGINE_RUNTIME_SINK_H

#include "engine/runtime/graph.h"
#include "engine/runtime/io.h"

// What a sink is told when it is opened; lives as long as the sink.
struct leat_sink_env {
    const struct leat_graph_sink *plan;
    const struct leat_file_ops *files;
    struct leat_budget *budget;
    const char *path; // the file of --to, or NULL: as the table's options say
    bool sync;        // fsync before the output becomes visible
};

// What a write came to.
enum leat_sink_result {
    LEAT_SINK_DONE,
    LEAT_SINK_LATER, // not possible yet: keep the bytes and call again with them; a sink that gathers may find more behind them
    LEAT_SINK_FAILED // the error stack is set
};

// One kind of sink. One object per table, shared by all workers.
struct leat_sink_ops {
    const char *name;
    bool gathers;  // all bytes must be written by one worker, in order (a pipe, a terminal); else any worker writes at its place
    bool discards; // takes no bytes: rows are only counted
    int (*open)(const struct leat_sink_env *env, void **sink); // 0, or -1 with the error set; on the main thread
    // The place of the next `count` bytes. Called in the order of the output, by whichever worker's turn it is; must not wait.
    uint64_t (*reserve)(void *sink, size_t count);
    // Writes bytes at their place; any worker. One at a time for each edge that leads here, so several at once where several edges do.
    // Sinks that gather ignore `place`.
    enum leat_sink_result (*write)(void *sink, uint64_t place, const char *bytes, size_t count);
    int (*wait_fd)(void *sink); // optional: a descriptor that is readable when a write that was put off can go on; -1: there is none
    int (*commit)(void *sink);  // everything is written: makes the output visible. Main thread, once. 0, or -1 with the error set
    void (*abort)(void *sink);  // leaves no output behind
    void (*close)(void *sink);  // after commit or abort
};

#endif
