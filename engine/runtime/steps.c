#include "engine/runtime/steps.h"

#include "engine/base/assert.h"

static uint32_t count_exprs(const struct leat_graph_step *steps, uint32_t count) {
    uint32_t exprs = 0;
    for (uint32_t i = 0; i < count; i++)
        exprs += steps[i].kind == LEAT_GRAPH_FILTER ? 1 : steps[i].compute_count;
    return exprs;
}

static struct leat_evaluator *steps_evaluator(struct leat_steps *run, uint32_t expr_count) {
    size_t bytes = sizeof(struct leat_expr *) * expr_count;
    const struct leat_expr **exprs = leat_memory_alloc(run->budget, bytes);
    if (!exprs)
        return NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->steps[i].kind == LEAT_GRAPH_FILTER)
            exprs[n++] = run->steps[i].condition;
        for (uint32_t k = 0; k < run->steps[i].compute_count; k++)
            exprs[n++] = run->steps[i].computes[k].expr;
    }
    leat_assert(n == expr_count);
    struct leat_evaluator *evaluator = leat_evaluator_create(run->budget, exprs, expr_count);
    leat_memory_free(run->budget, exprs, bytes);
    return evaluator;
}

int leat_steps_create(struct leat_steps *run, const struct leat_graph_step *steps, uint32_t count, struct leat_account *accounts,
                      struct leat_budget *budget) {
    *run = (struct leat_steps){.budget = budget, .steps = steps, .count = count, .accounts = accounts};
    uint32_t expr_count = count_exprs(steps, count);
    if (expr_count == 0)
        return 0;
    run->rows = leat_memory_zalloc(budget, sizeof(uint16_t) * LEAT_BATCH_ROWS);
    run->errors = run->rows ? leat_memory_zalloc(budget, sizeof(*run->errors)) : NULL;
    run->evaluator = run->errors ? steps_evaluator(run, expr_count) : NULL;
    return run->evaluator ? 0 : -1;
}

void leat_steps_destroy(struct leat_steps *run) {
    if (run->evaluator)
        leat_evaluator_destroy(run->evaluator);
    leat_memory_free(run->budget, run->errors, sizeof(*run->errors));
    leat_memory_free(run->budget, run->rows, sizeof(uint16_t) * LEAT_BATCH_ROWS);
    *run = (struct leat_steps){0};
}

uint32_t leat_bad_rows_remove(struct leat_eval_errors *errors, const struct leat_batch *batch, struct leat_selection *selection,
                              uint16_t *rows, struct leat_bad_rows *bad) {
    if (LEAT_LIKELY(errors->count == 0))
        return 0;
    uint32_t kept = 0, removed = 0;
    for (uint32_t i = 0; i < selection->count; i++) {
        uint32_t row = leat_selection_row(selection, i);
        if (errors->rows[row / 64] >> (row % 64) & 1) {
            removed++;
            if (bad)
                bad->report(bad, batch, row, errors->reason[row]);
        } else {
            rows[kept++] = (uint16_t)row;
        }
    }
    memset(errors->rows, 0, sizeof(errors->rows));
    errors->count = 0;
    *selection = (struct leat_selection){.rows = rows, .count = kept};
    return removed;
}

int leat_computes_run(struct leat_evaluator *evaluator, const struct leat_graph_compute *computes, uint32_t count, struct leat_batch *batch,
                      struct leat_selection *selection, uint16_t *rows, struct leat_eval_errors *errors, struct leat_bad_rows *bad) {
    for (uint32_t i = 0; i < count; i++) {
        struct leat_column *out = &batch->columns[computes[i].slot];
        if (leat_evaluate(evaluator, computes[i].expr, batch, selection, out, errors))
            return -1;
        leat_bad_rows_remove(errors, batch, selection, rows, bad);
    }
    return 0;
}

static int filter_run(struct leat_steps *run, const struct leat_graph_step *step, struct leat_batch *batch,
                      struct leat_selection *selection, struct leat_bad_rows *bad) {
    struct leat_account *account = &run->accounts[step->node];
    uint32_t kept_count;
    // The failing rows are taken out of the input first: the kept rows never hold them, since they are not TRUE.
    uint32_t before = selection->count;
    if (leat_evaluate_filter(run->evaluator, step->condition, batch, selection, run->rows, &kept_count, run->errors))
        return -1;
    uint32_t failed = run->errors->count;
    if (LEAT_UNLIKELY(failed)) {
        for (uint32_t row = 0; bad && row < batch->rows; row++)
            if (run->errors->rows[row / 64] >> (row % 64) & 1)
                bad->report(bad, batch, row, run->errors->reason[row]);
        memset(run->errors->rows, 0, sizeof(run->errors->rows));
        run->errors->count = 0;
    }
    *selection = (struct leat_selection){.rows = kept_count == batch->rows ? NULL : run->rows, .count = kept_count};
    account->in += before;
    account->taken += kept_count;
    account->out += kept_count;
    account->bad += failed;
    account->filtered += before - kept_count - failed;
    return 0;
}

static int project_run(struct leat_steps *run, const struct leat_graph_step *step, struct leat_batch *batch,
                       struct leat_selection *selection, struct leat_bad_rows *bad) {
    struct leat_account *account = &run->accounts[step->node];
    uint32_t before = selection->count;
    if (step->compute_count &&
        leat_computes_run(run->evaluator, step->computes, step->compute_count, batch, selection, run->rows, run->errors, bad))
        return -1;
    account->in += before;
    account->taken += selection->count;
    account->out += selection->count;
    account->bad += before - selection->count;
    return 0;
}

int leat_steps_run(struct leat_steps *run, struct leat_batch *batch, struct leat_selection *selection, struct leat_bad_rows *bad) {
    for (uint32_t i = 0; i < run->count; i++) {
        const struct leat_graph_step *step = &run->steps[i];
        int failed =
            step->kind == LEAT_GRAPH_FILTER ? filter_run(run, step, batch, selection, bad) : project_run(run, step, batch, selection, bad);
        if (failed)
            return -1;
    }
    return 0;
}
