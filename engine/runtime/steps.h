// Runs the stateless operators of an edge on a batch: filters narrow the selection, projections fill further columns.
#ifndef LEAT_ENGINE_RUNTIME_STEPS_H
#define LEAT_ENGINE_RUNTIME_STEPS_H

#include "engine/runtime/graph.h"

// Told of each row whose expression failed, with a static text. The row takes no further part.
struct leat_bad_rows {
    void (*report)(struct leat_bad_rows *self, const struct leat_batch *batch, uint32_t row, const char *reason);
};

// The steps of one edge for one worker.
struct leat_steps {
    struct leat_budget *budget;
    const struct leat_graph_step *steps;
    uint32_t count;
    struct leat_evaluator *evaluator; // NULL when nothing needs evaluating
    struct leat_account *accounts;    // by node; the worker's
    uint16_t *rows;                   // LEAT_BATCH_ROWS: the selection as it narrows
    struct leat_eval_errors *errors;
};

// Prepares to run `count` steps. 0, or -1 with the error set. leat_steps_destroy in both cases.
int leat_steps_create(struct leat_steps *run, const struct leat_graph_step *steps, uint32_t count, struct leat_account *accounts,
                      struct leat_budget *budget);

void leat_steps_destroy(struct leat_steps *run); // gives everything back

// Runs all steps on the selected rows; *selection becomes what is left (it points into run->rows, valid until the next run, or stays as it
// was). `bad` may be NULL. 0, or -1 with the error set when memory ran out.
int leat_steps_run(struct leat_steps *run, struct leat_batch *batch, struct leat_selection *selection, struct leat_bad_rows *bad);

// Evaluates computed columns (no filter) on all rows of `selection`; rows that fail are dropped from it and reported. `rows` has
// LEAT_BATCH_ROWS entries.
int leat_computes_run(struct leat_evaluator *evaluator, const struct leat_graph_compute *computes, uint32_t count, struct leat_batch *batch,
                      struct leat_selection *selection, uint16_t *rows, struct leat_eval_errors *errors, struct leat_bad_rows *bad);

// Takes the rows that failed out of the selection, reports and forgets them; returns how many they were.
uint32_t leat_bad_rows_remove(struct leat_eval_errors *errors, const struct leat_batch *batch, struct leat_selection *selection,
                              uint16_t *rows, struct leat_bad_rows *bad);

#endif
