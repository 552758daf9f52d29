// The options that `replay` and `run` have in common.
#ifndef LEAT_ENGINE_CLI_RUN_OPTIONS_H
#define LEAT_ENGINE_CLI_RUN_OPTIONS_H

#include "engine/cli/pipeline.h"

// Entries for a command's option table.
// clang-format off
#define LEAT_RUN_OPTIONS \
    {"workers", 'n', false, "N", "workers (default: one per CPU that this process may use)"}, \
    {"pin", 'p', false, "auto|none|LIST", "bind workers to CPUs: auto does when there are enough, LIST is\nsuch as 0,2-5 (default auto)"}, \
    {"io", 'i', false, "auto|uring|epoll", "how workers wait: auto takes io_uring where it is allowed"}, \
    {"chunk-bytes", 'c', false, "N", "bytes of a file that a worker claims at a time (default 262144)"}, \
    {"limit", 'l', false, "N", "read only the first N records of each input"}, \
    {"summary", 's', false, "FILE", "write the summary as JSON (- is standard output)"}, \
    {"sync", 'y', false, NULL, "make outputs durable (fsync) before they get their names"}, \
    {"progress", 'P', false, "auto|always|never", "a live line on stderr (default: on a terminal)"}, \
    {"define", 'D', true, "NAME=VALUE", "gives ${NAME} in string literals of WITH and SET a value"}
// clang-format on

// Takes one of them. 1: taken, 0: it is none of these, -1 with the error set.
int leat_run_option_take(struct leat_pipeline_options *options, char letter, const char *value);

#endif
