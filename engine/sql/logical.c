#include "engine/sql/logical.h"

#include "engine/base/assert.h"
#include "engine/sql/planner.h"

static struct leat_relation *too_large(struct leat_logical *logical, const char *what) {
    logical->builder->error = what;
    logical->builder->hint = "split the script into several pipelines";
    return NULL;
}

// Takes `columns` times `branches` cells from what the script may have.
static bool take_cells(struct leat_logical *logical, uint32_t columns, uint32_t branches) {
    logical->cells += (uint64_t)(columns + 1) * branches;
    if (columns > LEAT_COLUMNS_MAX)
        too_large(logical, leat_arena_printf(logical->arena, "this has more than %d columns", LEAT_COLUMNS_MAX));
    else if (logical->cells > LEAT_PLAN_CELLS_MAX)
        too_large(logical, "the plan of this script gets too large");
    else
        return true;
    return false;
}

static struct leat_relation *relation_new(struct leat_logical *logical, const struct leat_logical_column *columns, uint32_t column_count,
                                          struct leat_logical_branch *branches, uint32_t branch_count) {
    struct leat_relation *relation = leat_arena_alloc(logical->arena, sizeof(*relation));
    *relation = (struct leat_relation){columns, column_count, branches, branch_count};
    return relation;
}

struct leat_relation *leat_logical_read(struct leat_logical *logical, struct leat_producer *producer) {
    if (!take_cells(logical, producer->column_count, 1))
        return NULL;
    const struct leat_expr **outputs = leat_arena_alloc(logical->arena, producer->column_count * sizeof(*outputs));
    for (uint32_t i = 0; i < producer->column_count; i++)
        outputs[i] = leat_expr_column(logical->builder, i, producer->columns[i].type);
    struct leat_logical_branch *branch = leat_arena_alloc(logical->arena, sizeof(*branch));
    *branch = (struct leat_logical_branch){.from = producer, .width = producer->column_count, .outputs = outputs};
    return relation_new(logical, producer->columns, producer->column_count, branch, 1);
}

static struct leat_logical_op *op_new(struct leat_logical *logical, enum leat_graph_step_kind kind) {
    struct leat_logical_op *op = leat_arena_alloc(logical->arena, sizeof(*op));
    op->kind = kind;
    return op;
}

// Adds a step behind the branch's last; the caller fills in the rest.
static struct leat_logical_step *push_step(struct leat_logical *logical, struct leat_logical_branch *branch, struct leat_logical_op *op) {
    if (branch->step_count >= LEAT_PLAN_STEPS_MAX) {
        too_large(logical, leat_arena_printf(logical->arena, "more than %d filters and projections stand one behind the other",
                                             LEAT_PLAN_STEPS_MAX));
        return NULL;
    }
    struct leat_logical_step *step = leat_arena_alloc(logical->arena, sizeof(*step));
    step->before = branch->last;
    step->op = op;
    branch->last = step;
    branch->step_count++;
    return step;
}

static struct leat_logical_branch *copy_branches(struct leat_logical *logical, const struct leat_relation *relation) {
    size_t bytes = relation->branch_count * sizeof(*relation->branches);
    return memcpy(leat_arena_alloc(logical->arena, bytes), relation->branches, bytes);
}

static bool is_true(const struct leat_expr *expr) {
    return expr->kind == LEAT_EXPR_CONSTANT && !expr->constant.is_null && expr->constant.boolean;
}

struct leat_relation *leat_logical_filter(struct leat_logical *logical, const struct leat_relation *input,
                                          const struct leat_expr *condition) {
    if (!take_cells(logical, 0, input->branch_count))
        return NULL;
    struct leat_logical_branch *branches = copy_branches(logical, input);
    struct leat_logical_op *op = op_new(logical, LEAT_GRAPH_FILTER);
    for (uint32_t i = 0; i < input->branch_count; i++) {
        const struct leat_expr *here = leat_expr_substitute(logical->builder, condition, branches[i].outputs);
        if (!here)
            return NULL;
        if (is_true(here))
            continue;
        struct leat_logical_step *step = push_step(logical, &branches[i], op);
        if (!step)
            return NULL;
        step->condition = here;
    }
    return relation_new(logical, input->columns, input->column_count, branches, input->branch_count);
}

// What a projection's column is beside its name.
static struct leat_logical_column derive_column(const struct leat_relation *input, const struct leat_logical_item *item) {
    struct leat_logical_column column = {.name = item->column.name, .type = item->expr->type};
    if (item->expr->kind == LEAT_EXPR_COLUMN) {
        const struct leat_logical_column *from = &input->columns[item->expr->column];
        column.rowtime = from->rowtime;
        column.part = from->part;
        column.window = from->window;
    } else if (item->column.part != LEAT_WINDOW_PART_NONE) {
        column = item->column; // TUMBLE makes these
        column.type = item->expr->type;
    }
    return column;
}

// Replaces the outputs of one branch by the items.
static bool project_branch(struct leat_logical *logical, struct leat_logical_branch *branch, struct leat_logical_op *op,
                           const struct leat_logical_item *items, uint32_t count) {
    const struct leat_expr **outputs = leat_arena_alloc(logical->arena, count * sizeof(*outputs));
    const struct leat_expr **defs = NULL;
    const char **names = NULL;
    uint32_t def_count = 0, first_def = branch->width;
    for (uint32_t i = 0; i < count; i++) {
        const struct leat_expr *expr = leat_expr_substitute(logical->builder, items[i].expr, branch->outputs);
        if (!expr)
            return false;
        if (expr->kind != LEAT_EXPR_COLUMN && expr->kind != LEAT_EXPR_CONSTANT) {
            if (!defs) {
                defs = leat_arena_alloc(logical->arena, count * sizeof(*defs));
                names = leat_arena_alloc(logical->arena, count * sizeof(*names));
            }
            defs[def_count] = expr;
            names[def_count] = items[i].column.name;
            expr = leat_expr_column(logical->builder, first_def + def_count++, expr->type);
        }
        outputs[i] = expr;
    }
    branch->outputs = outputs;
    branch->width += def_count;
    if (def_count == 0)
        return true;
    struct leat_logical_step *step = push_step(logical, branch, op);
    if (!step)
        return false;
    step->defs = defs;
    step->names = names;
    step->def_count = def_count;
    step->first_def = first_def;
    return true;
}

struct leat_relation *leat_logical_project(struct leat_logical *logical, const struct leat_relation *input,
                                           const struct leat_logical_item *items, uint32_t count) {
    if (!take_cells(logical, count, input->branch_count))
        return NULL;
    struct leat_logical_branch *branches = copy_branches(logical, input);
    struct leat_logical_op *op = op_new(logical, LEAT_GRAPH_PROJECT);
    for (uint32_t i = 0; i < input->branch_count; i++)
        if (!project_branch(logical, &branches[i], op, items, count))
            return NULL;
    struct leat_logical_column *columns = leat_arena_alloc(logical->arena, count * sizeof(*columns));
    for (uint32_t i = 0; i < count; i++)
        columns[i] = derive_column(input, &items[i]);
    return relation_new(logical, columns, count, branches, input->branch_count);
}

struct leat_relation *leat_logical_union(struct leat_logical *logical, const struct leat_relation *a, const struct leat_relation *b) {
    leat_assert(a->column_count == b->column_count);
    uint32_t branch_count = a->branch_count + b->branch_count;
    if (branch_count > LEAT_PLAN_BRANCHES_MAX)
        return too_large(logical, leat_arena_printf(logical->arena, "this UNION ALL has more than %d legs", LEAT_PLAN_BRANCHES_MAX));
    if (!take_cells(logical, 0, branch_count))
        return NULL;
    struct leat_logical_branch *branches = leat_arena_alloc(logical->arena, branch_count * sizeof(*branches));
    memcpy(branches, a->branches, a->branch_count * sizeof(*branches));
    memcpy(branches + a->branch_count, b->branches, b->branch_count * sizeof(*branches));
    // a UNION ALL b UNION ALL c is one operator to the user.
    const struct leat_logical_step *last = a->branches[0].last;
    bool again = last && last->op->kind == LEAT_GRAPH_UNION;
    struct leat_logical_op *op = again ? last->op : op_new(logical, LEAT_GRAPH_UNION);
    for (uint32_t i = 0; i < branch_count; i++)
        if (!(branches[i].last && branches[i].last->op == op) && !push_step(logical, &branches[i], op))
            return NULL;
    struct leat_logical_column *columns = leat_arena_alloc(logical->arena, a->column_count * sizeof(*columns));
    for (uint32_t i = 0; i < a->column_count; i++) {
        columns[i] = (struct leat_logical_column){.name = a->columns[i].name, .type = a->columns[i].type};
        columns[i].type.nullable |= b->columns[i].type.nullable;
        columns[i].rowtime = a->columns[i].rowtime && b->columns[i].rowtime;
    }
    return relation_new(logical, columns, a->column_count, branches, branch_count);
}

// The definition of column `number` of a branch.
static const struct leat_expr *find_def(const struct leat_logical_branch *branch, uint32_t number) {
    const struct leat_logical_step *step = branch->last;
    while (step && !(number >= step->first_def && number < step->first_def + step->def_count))
        step = step->before;
    return step ? step->defs[number - step->first_def] : NULL;
}

struct leat_relation *leat_logical_with_window_time(struct leat_logical *logical, const struct leat_relation *input, uint32_t part) {
    uint32_t count = input->column_count + 1;
    if (!take_cells(logical, count, input->branch_count))
        return NULL;
    struct leat_logical_branch *branches = copy_branches(logical, input);
    for (uint32_t i = 0; i < input->branch_count; i++) {
        const struct leat_expr *def = find_def(&branches[i], branches[i].outputs[part]->column);
        leat_assert(def && def->arg_count > 0 && def->args[0]->kind == LEAT_EXPR_COLUMN);
        const struct leat_expr **outputs = leat_arena_alloc(logical->arena, count * sizeof(*outputs));
        memcpy(outputs, branches[i].outputs, input->column_count * sizeof(*outputs));
        outputs[input->column_count] = def->args[0];
        branches[i].outputs = outputs;
    }
    struct leat_logical_column *columns = leat_arena_alloc(logical->arena, count * sizeof(*columns));
    memcpy(columns, input->columns, input->column_count * sizeof(*columns));
    columns[input->column_count] =
        (struct leat_logical_column){.name = "", .type = input->columns[part].window->time_type, .rowtime = true};
    return relation_new(logical, columns, count, branches, input->branch_count);
}

bool leat_logical_same_column(const struct leat_relation *relation, uint32_t a, uint32_t b) {
    for (uint32_t i = 0; i < relation->branch_count; i++)
        if (!leat_expr_equal(relation->branches[i].outputs[a], relation->branches[i].outputs[b]))
            return false;
    return true;
}

const struct leat_expr *leat_logical_rewrite(struct leat_logical *logical, const struct leat_expr *expr,
                                             const struct leat_expr *(*replace)(void *context, const struct leat_expr *node),
                                             void *context) {
    const struct leat_expr *replaced = replace(context, expr);
    if (replaced)
        return replaced;
    if (expr->arg_count == 0)
        return expr;
    struct leat_expr *copy = leat_arena_alloc(logical->arena, sizeof(*copy));
    const struct leat_expr **args = leat_arena_alloc(logical->arena, expr->arg_count * sizeof(*args));
    *copy = *expr;
    copy->args = args;
    copy->depth = 0;
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        args[i] = leat_logical_rewrite(logical, expr->args[i], replace, context);
        copy->depth = LEAT_MAX(copy->depth, (uint16_t)(args[i]->depth + 1));
    }
    return copy;
}
