// The physical plan that the planner makes and a job runs: sources, stages with a stateful operator, sinks, and the edges between them.
//
//   source --(edge: steps, key)--> stage --(edge)--> stage --(edge: steps)--> sink
//
// Stateless operators are steps on an edge: they narrow the selection or compute further columns into free slots of the producer's batch.
// The layout of a producer's batch ("slots") is fixed at plan time: first the columns it fills itself, then those that its edges' steps
// compute. Everything here is immutable while a job runs and lives in the plan's arena.
#ifndef LEAT_ENGINE_RUNTIME_GRAPH_H
#define LEAT_ENGINE_RUNTIME_GRAPH_H

#include "engine/expr/expr.h"
#include "engine/runtime/format.h"
#include "engine/runtime/operator.h"
#include "engine/runtime/registry.h"

// An operator as the user sees it in EXPLAIN, summaries and metrics: the accounts are kept by node.
struct leat_graph_node {
    const char *name; // unique within the graph, e.g. "source states", "filter #1", "series_join #1", "sink machine_out"
    const char *kind; // "source", "filter", "project", "union", "series_join", "window_tumble", "sink"
};

// The slots of a producer's batches.
struct leat_graph_layout {
    const uint8_t *physical;         // enum leat_physical of each slot
    const struct leat_field *fields; // name and type of each slot, for EXPLAIN
    uint32_t slot_count;
    uint32_t base_count; // the first ones, filled by the producer itself
};

// Computes `expr` (its columns are slots) into `slot`.
struct leat_graph_compute {
    const struct leat_expr *expr;
    uint16_t slot;
};

// A stateless operator on an edge.
struct leat_graph_step {
    enum leat_graph_step_kind { LEAT_GRAPH_FILTER, LEAT_GRAPH_PROJECT, LEAT_GRAPH_UNION } kind; // UNION only counts
    uint32_t node;
    const struct leat_expr *condition;         // FILTER; columns are slots
    const struct leat_graph_compute *computes; // PROJECT; may be none (a projection that only chooses and renames)
    uint32_t compute_count;
};

// What an edge connects.
enum leat_graph_end { LEAT_GRAPH_SOURCE, LEAT_GRAPH_STAGE, LEAT_GRAPH_SINK };

// From a producer to one input of a stage, or to a sink.
struct leat_graph_edge {
    enum leat_graph_end from_kind; // SOURCE or STAGE
    uint32_t from;                 // its index
    enum leat_graph_end to_kind;   // STAGE or SINK
    uint32_t to;
    uint32_t to_port; // of a stage; several edges may lead to one port (UNION ALL)
    const struct leat_graph_step *steps;
    uint32_t step_count;
    // To a stage: input column i of the port stands in slot columns[i]; the key columns (slots) by which rows find their worker.
    const uint16_t *columns;
    uint32_t column_count;
    const uint16_t *key;
    uint32_t key_count;
    // To a sink: what is written.
    const struct leat_encode_config *encode;
};

// A table that is read.
struct leat_graph_source {
    const char *table;
    uint32_t node;
    const struct leat_connector *connector;
    const struct leat_graph_option *options;
    uint32_t option_count;
    const struct leat_format *format;
    const struct leat_decode_config *decode; // field i fills slot i
    struct leat_graph_layout layout;
    const struct leat_graph_compute
        *computes; // computed columns that the time, the watermark or several edges need; run on every batch first
    uint32_t compute_count;
    bool has_time;
    uint16_t time;                     // slot of the rowtime column: NULL there makes a bad record
    const struct leat_expr *watermark; // over slots, microseconds; NULL: no watermark until the end
};

// A stateful operator; every worker runs one instance for its share of the key groups.
struct leat_graph_stage {
    uint32_t node;
    const struct leat_operator_ops *ops;
    const void *spec;
    uint32_t port_count;
    struct leat_graph_layout layout; // base columns: the operator's output columns
    bool with_origin;                // output batches carry time and position: some edge leads to another stage
    const char *state_bound;         // EXPLAIN: what bounds the state, in words
    const char *detail;              // EXPLAIN: keys, tolerance, window, ... in words
};

// A table that is written.
struct leat_graph_sink {
    const char *table;
    uint32_t node;
    const struct leat_connector *connector;
    const struct leat_graph_option *options;
    uint32_t option_count;
    const struct leat_format *format; // NULL for print and blackhole
};

// One WITH option as written (values after substitution of variables).
struct leat_graph_option {
    const char *name;
    const char *value;
    bool secret;       // do not show the value
    const char *shown; // what may be shown in its place: "***" for a secret, ${NAME} as written for a variable
};

// What SET said, with defaults filled in.
struct leat_graph_settings {
    bool fail_on_bad_record;      // pipeline.on-bad-record = fail
    const char *dead_letter_path; // pipeline.dead-letter.path, or NULL
    const char *pipeline_name;    // pipeline.name, or the script's file name
    const char *time_zone;        // table.local-time-zone
    uint32_t parallelism;         // parallelism.default, 0: as many workers as CPUs
};

// A whole pipeline. Producers come before their consumers in `stages`.
struct leat_graph {
    const struct leat_graph_node *nodes;
    uint32_t node_count;
    const struct leat_graph_source *sources;
    uint32_t source_count;
    const struct leat_graph_stage *stages;
    uint32_t stage_count;
    const struct leat_graph_sink *sinks;
    uint32_t sink_count;
    const struct leat_graph_edge *edges;
    uint32_t edge_count;
    struct leat_graph_settings settings;
};

// The value of an option, or `otherwise` when it was not given.
const char *leat_graph_option_value(const struct leat_graph_option *options, uint32_t count, const char *name, const char *otherwise);

#endif
