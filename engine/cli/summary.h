// The closing summary of a pipeline: words for people, JSON for programs.
#ifndef LEAT_ENGINE_CLI_SUMMARY_H
#define LEAT_ENGINE_CLI_SUMMARY_H

#include "engine/runtime/job.h"
#include "engine/sql/planner.h"

#include <stdio.h>

// What a pipeline did, all nodes and workers together.
struct leat_summary {
    uint64_t rows_in;  // framed records of the sources
    uint64_t rows_out; // rows that reached a sink
    uint64_t late, bad;
    uint64_t bytes_in;
    double wall_seconds; // from the start of the process to now
    uint64_t peak_memory_bytes;
    uint32_t workers;
    const char *io;
    bool complete; // to the end of all inputs
};

// Collects the numbers; any time while the job exists.
struct leat_summary leat_summary_of(const struct leat_graph *graph, const struct leat_job *job, double wall_seconds, bool complete);

// Bytes of a rate as text.
#define LEAT_RATE_TEXT_BYTES 48

// "2.59 M rows/s", "531 MB/s", "12 rows/s": three digits and a prefix. The unit is a word ("rows") or a symbol of one letter ("B").
void leat_rate_text(double per_second, const char *unit, char out[LEAT_RATE_TEXT_BYTES]);

// A few lines for people.
void leat_summary_print(const struct leat_summary *summary, FILE *to);

// One JSON object with the numbers and the accounts of every operator.
void leat_summary_print_json(const struct leat_summary *summary, const struct leat_graph *graph, const struct leat_job *job, FILE *to);

// Writes the JSON to a file, complete or absent. 0, or -1 with the error set.
int leat_summary_write(const struct leat_summary *summary, const struct leat_graph *graph, const struct leat_job *job, const char *path);

#endif
