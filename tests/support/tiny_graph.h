// Physical plans made by hand, as the planner would make them, for the rows of tests/support/tiny_input.h.
#ifndef LEAT_TESTS_SUPPORT_TINY_GRAPH_H
#define LEAT_TESTS_SUPPORT_TINY_GRAPH_H

#include "engine/runtime/graph.h"
#include "engine/runtime/opspec.h"

// The pipelines that tests run. Every source reads rows of k STRING, t BIGINT (event time, us), v BIGINT, x DOUBLE and s STRING.
enum leat_tiny_shape {
    LEAT_TINY_FILTER,       // source, v % 3 <> 0, sink
    LEAT_TINY_JOIN,         // source, v % 3 <> 0 and v % 3 <> 1, SERIES JOIN of both, sink
    LEAT_TINY_TUMBLE,       // source, TUMBLE by key, sink
    LEAT_TINY_TUMBLE_ALL,   // source, TUMBLE without a key, sink
    LEAT_TINY_JOIN_TUMBLE,  // source, SERIES JOIN, TUMBLE by key behind a second exchange, sink
    LEAT_TINY_UNION,        // two sources into one port of a TUMBLE, sink
    LEAT_TINY_UNION_FILTER, // two sources with a filter each into one sink
    LEAT_TINY_TWO_INPUTS,   // two sources SERIES JOINed, sink
    LEAT_TINY_FAN,          // source into a sink, and into a SERIES JOIN, which goes to a sink and into a TUMBLE, which goes to a sink
    LEAT_TINY_SHAPES
};

// What varies within a shape.
struct leat_tiny_options {
    int64_t delay_us;     // of the watermark
    int64_t tolerance_us; // of the SERIES JOIN
    int64_t size_us;      // of the window
    bool no_watermark;    // the source has none until the end
    bool compute;         // the source computes 1000 / v, which fails for v = 0, into a column of its own
    bool failing_filter;  // filters ask for 1000 / v, too
    bool ignore_nulls;    // the encoder leaves out what is NULL
    const char *dead_letter_path;
    bool fail_on_bad_record;
    const struct leat_decoder_ops *decoder; // NULL: the JSON decoder
};

// Most nodes, edges, ... of a plan made here.
#define LEAT_TINY_MAX 16

// A plan with all it points to; must stay where it is.
struct leat_tiny_graph {
    struct leat_graph graph;
    struct leat_arena arena;
    struct leat_graph_node nodes[LEAT_TINY_MAX];
    struct leat_graph_source sources[LEAT_TINY_MAX];
    struct leat_graph_stage stages[LEAT_TINY_MAX];
    struct leat_graph_sink sinks[LEAT_TINY_MAX];
    struct leat_graph_edge edges[LEAT_TINY_MAX];
    struct leat_tiny_options options;
};

// Makes the plan of a shape. leat_tiny_graph_free gives it back.
void leat_tiny_graph_make(struct leat_tiny_graph *tiny, enum leat_tiny_shape shape, const struct leat_tiny_options *options);
void leat_tiny_graph_free(struct leat_tiny_graph *tiny); // as said

// "filter", "join", ...
const char *leat_tiny_shape_name(enum leat_tiny_shape shape);

// The number of the node of that name.
uint32_t leat_tiny_graph_node(const struct leat_tiny_graph *tiny, const char *name);

#endif
