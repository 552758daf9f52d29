// The physical plan: slots of batches, steps of edges, specs of operators. What its files share; the planner calls leat_physical_plan.
#ifndef LEAT_ENGINE_SQL_PHYSICAL_H
#define LEAT_ENGINE_SQL_PHYSICAL_H

#include "engine/sql/optimizer.h"

// Most nodes of one plan: each is an account in every worker.
#define LEAT_PLAN_NODES_MAX 16384

// The slots of a producer's batches while they are given out.
struct leat_layout {
    struct leat_field *fields;
    uint8_t *physical;
    uint32_t count;
    uint32_t base_count;
    uint32_t *slot_of; // by column of the producer; UINT32_MAX: none
};

// The state of laying out one plan.
struct leat_physical_state {
    struct leat_binder *b;
    const struct leat_needs *needs;
    struct leat_graph_node *nodes;
    uint32_t node_count;
    uint32_t numbers[5]; // how many nodes of each numbered kind there are
    struct leat_graph_source *sources;
    uint32_t source_count;
    struct leat_graph_stage *stages;
    uint32_t stage_count;
    struct leat_graph_sink *sinks;
    uint32_t sink_count;
    struct leat_graph_edge *edges;
    uint32_t edge_count;
    uint32_t use_number;    // of the use being laid out, counted from 1
    uint32_t branch_number; // likewise
};

// Lays out what is needed. 0, or -1 with a diagnostic.
int leat_physical_plan(struct leat_binder *b, const struct leat_needs *needs, const struct leat_bound_insert *inserts,
                       struct leat_graph *graph);

// A new node; `name` is unique ("source states").
uint32_t leat_physical_node(struct leat_physical_state *p, const char *name, const char *kind);

// A new node of a numbered kind ("filter #1").
uint32_t leat_physical_numbered(struct leat_physical_state *p, const char *kind);

// A layout without slots for a producer of `column_count` columns.
struct leat_layout *leat_physical_layout(struct leat_physical_state *p, uint32_t column_count);

// A further slot; its number, or -1 with a diagnostic when there are too many.
int leat_physical_slot(struct leat_physical_state *p, struct leat_layout *layout, const char *name, struct leat_type type);

// The source of a table (physical_source.c).
int leat_physical_source(struct leat_physical_state *p, struct leat_producer *producer);

// The stage of an operator whose incoming edges are laid out (physical_stage.c).
int leat_physical_stage(struct leat_physical_state *p, struct leat_producer *producer);

// How long `micros` are, in words: "1 min 30 s".
const char *leat_physical_duration(struct leat_arena *arena, int64_t micros);

// Where the columns of one branch of a use have ended up.
struct leat_lowered {
    const struct leat_graph_step *steps;
    uint32_t step_count;
    const struct leat_expr **columns; // per column of the use: a slot, or for an INSERT a constant
};

// Lays out one branch of a use (physical_edge.c): steps and slots. 0, or -1 with a diagnostic.
int leat_physical_branch(struct leat_physical_state *p, const struct leat_use *use, const struct leat_logical_branch *branch,
                         struct leat_lowered *out);

#endif
