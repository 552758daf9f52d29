// From the text of a script to the physical plan: parse, bind, optimise, lay out. The one entry that the commands use.
#ifndef LEAT_ENGINE_SQL_PLANNER_H
#define LEAT_ENGINE_SQL_PLANNER_H

#include "engine/base/arena.h"
#include "engine/runtime/graph.h"
#include "engine/sql/diagnostic.h"
#include "engine/sql/variables.h"

// Most cells (columns times branches of a UNION ALL) that the relations of one script may have together: it bounds what a hostile script
// can make the planner allocate.
#define LEAT_PLAN_CELLS_MAX (1u << 20)

// What the plan is for.
enum leat_plan_mode {
    LEAT_PLAN_RUN,    // every table that is used must have a connector that works
    LEAT_PLAN_REPLAY, // tables named by --from and --to are replaced by files, the others must work
    LEAT_PLAN_CHECK,  // nothing will run: connectors that are not built yet are fine
};

// What is asked for beside the script. Zero is fine. All borrowed.
struct leat_plan_options {
    enum leat_plan_mode mode;
    const struct leat_sql_variables *variables; // -D; NULL: the environment only
    const char *const *from;                    // REPLAY: names of the tables that --from replaces
    uint32_t from_count;
    const char *const *to; // REPLAY: names of the tables that --to replaces
    uint32_t to_count;
};

// A table of the script, for EXPLAIN and `check`.
struct leat_plan_table {
    const char *name;
    const char *connector;
    bool is_read, is_written;
    bool replaced;         // by --from or --to
    const char *watermark; // SQL text of the watermark expression, or NULL
    int64_t delay_us;      // of the watermark behind the time column; -1 where it has no such form
};

// A planned script. Lives in the arena given to leat_plan and borrows the source's texts.
struct leat_plan {
    const struct leat_sql_source *source;
    struct leat_arena *arena;
    struct leat_sql_warnings warnings;
    const struct leat_plan_table *tables; // those that were created and not dropped, in order
    uint32_t table_count;
    uint32_t view_count;
    uint32_t insert_count; // 0 only in CHECK: the graph is empty then
    struct leat_graph graph;
};

// Plans `source` into *out (in the arena). 0, or -1 with the error set: a diagnostic of kind LEAT_ERROR_CONFIG where the script is wrong,
// LEAT_ERROR_USAGE where --from or --to name what is not there. Any bytes are safe input. One thread at a time per arena.
int leat_plan(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_plan_options *options,
              const struct leat_registry *registry, struct leat_plan **out);

#endif
