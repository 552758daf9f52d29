// The logical plan: relations over producers. A producer is a table that is read or a stateful operator; everything between two producers
// is kept in one flat form, so that filters and projections stand next to the producer from the start, through views and UNION ALL:
//
//   relation = columns + branches (one, or one per leg of a UNION ALL)
//   branch   = producer + steps in order + the expression of each column of the relation
//
// The columns that the expressions of a branch speak of are numbered once and for all: first the producer's columns, then those that its
// projections define, each defined before it is used. Steps are immutable and shared by all branches that begin with them; a relation may
// be used any number of times.
#ifndef LEAT_ENGINE_SQL_LOGICAL_H
#define LEAT_ENGINE_SQL_LOGICAL_H

#include "engine/expr/expr.h"
#include "engine/runtime/graph.h"
#include "engine/runtime/opspec.h"

struct leat_layout;
struct leat_table;

// Most legs of UNION ALL that one relation may have, and most steps of one branch.
#define LEAT_PLAN_BRANCHES_MAX 256
#define LEAT_PLAN_STEPS_MAX    1000

// The parts of a window that a column may hold.
enum leat_window_part { LEAT_WINDOW_PART_NONE, LEAT_WINDOW_PART_START, LEAT_WINDOW_PART_END, LEAT_WINDOW_PART_TIME };

// One use of TUMBLE: columns that hold its parts point to it.
struct leat_logical_window {
    int64_t size_us;
    int64_t offset_us;
    struct leat_type time_type; // of the time attribute
};

// A column of a relation.
struct leat_logical_column {
    const char *name;
    struct leat_type type;
    bool rowtime;                             // a time attribute
    enum leat_window_part part;               // of `window`
    const struct leat_logical_window *window; // or NULL
};

// One WHERE, SELECT or UNION ALL of the script: it becomes one node per use, however many branches it stands in.
struct leat_logical_op {
    enum leat_graph_step_kind kind;
    uint32_t use;    // physical plan: the use that `node` was given for last, counted from 1
    uint32_t branch; // and the branch in which it has a step already
    uint32_t node;
};

// A step of a branch.
struct leat_logical_step {
    const struct leat_logical_step *before; // NULL: the first
    struct leat_logical_op *op;
    const struct leat_expr *condition;   // FILTER
    const struct leat_expr *const *defs; // PROJECT: define the columns first_def ...
    const char *const *names;            // of what is defined, for EXPLAIN
    uint32_t def_count;
    uint32_t first_def;
};

// One leg of a relation.
struct leat_logical_branch {
    struct leat_producer *from;
    const struct leat_logical_step *last; // NULL: none
    uint32_t step_count;
    uint32_t width;                         // columns numbered so far
    const struct leat_expr *const *outputs; // one per column of the relation: a column or a constant
};

// Rows of some columns. Immutable; used by any number of others.
struct leat_relation {
    const struct leat_logical_column *columns;
    uint32_t column_count;
    const struct leat_logical_branch *branches;
    uint32_t branch_count;
};

// What makes rows.
enum leat_producer_kind { LEAT_PRODUCER_TABLE, LEAT_PRODUCER_SERIES_JOIN, LEAT_PRODUCER_WINDOW_TUMBLE };

// Where rows come from. What its kind needs is set by the binder, the rest by the optimizer.
struct leat_producer {
    enum leat_producer_kind kind;
    const struct leat_logical_column *columns; // the names are for EXPLAIN
    uint32_t column_count;
    struct leat_table *table; // TABLE
    // The inputs of an operator: relations whose columns are numbered as said at each member below.
    const struct leat_relation *inputs[2];
    uint32_t input_count;
    uint32_t key_count;
    // SERIES_JOIN: the producer's columns are those of the left, then the right input, without the key columns.
    struct {
        uint32_t data_count[2]; // columns of the input before its key columns, which are its last
        uint32_t time[2];       // column of the input
        int64_t tolerance_us;
        const char *const *names; // of the producer's columns for EXPLAIN: "l.v" where both sides have a `v`
    } join;
    // WINDOW_TUMBLE: the input's columns are the time, the keys, the arguments of the aggregates. The producer's columns are the keys, the
    // aggregates, start, end, time of the window.
    struct {
        const struct leat_logical_window *window;
        const struct leat_window_aggregate *aggregates; // `column` is one of the input
        const char *const *aggregate_texts;             // for EXPLAIN
        uint32_t aggregate_count;
    } tumble;
    // Written by the optimizer: by how many edges each column is wanted, and the mark of its walk.
    uint32_t *wanted;
    bool visited;
    // Written by the physical plan: the index of the source or stage in the graph, and its batches.
    uint32_t index;
    struct leat_layout *layout;
    int64_t delay_us; // how far its watermark is behind its newest event time at most; -1: cannot be said
};

// What makes relations.
struct leat_logical {
    struct leat_arena *arena;
    struct leat_expr_builder *builder;
    uint64_t cells; // made so far, at most LEAT_PLAN_CELLS_MAX
};

// An item of a projection: an expression over the columns of the input.
struct leat_logical_item {
    const struct leat_expr *expr;
    struct leat_logical_column column; // name; the rest is derived by leat_logical_project where the item is a plain column
};

// All of these return NULL with the builder's error (and hint) set when the plan would get too large or an expression too deep.

// A relation with the columns of `producer`.
struct leat_relation *leat_logical_read(struct leat_logical *logical, struct leat_producer *producer);

// The rows of `input` for which `condition`, over its columns, is TRUE.
struct leat_relation *leat_logical_filter(struct leat_logical *logical, const struct leat_relation *input,
                                          const struct leat_expr *condition);

// The items over the columns of `input`. Plain columns stay time attributes and parts of windows.
struct leat_relation *leat_logical_project(struct leat_logical *logical, const struct leat_relation *input,
                                           const struct leat_logical_item *items, uint32_t count);

// All rows of both, whose columns have the same types; names and order of the first. A column stays a time attribute if it is one in both.
struct leat_relation *leat_logical_union(struct leat_logical *logical, const struct leat_relation *a, const struct leat_relation *b);

// `input` with one more column, which holds the time attribute that the window part in column `part` was computed from.
struct leat_relation *leat_logical_with_window_time(struct leat_logical *logical, const struct leat_relation *input, uint32_t part);

// True when columns `a` and `b` always hold the same value.
bool leat_logical_same_column(const struct leat_relation *relation, uint32_t a, uint32_t b);

// A copy of `expr` in which every node that `replace` has an answer for is replaced; it is asked from the top down and answers NULL to go
// on below.
const struct leat_expr *leat_logical_rewrite(struct leat_logical *logical, const struct leat_expr *expr,
                                             const struct leat_expr *(*replace)(void *context, const struct leat_expr *node),
                                             void *context);

#endif
