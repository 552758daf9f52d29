// The steps of one edge. Definitions of columns come as late as they can: before the first filter that needs them, else behind the last;
// those that are used once, by another expression, are put into it, and those that nobody needs are left out.
#include "engine/sql/physical.h"

#include "engine/base/assert.h"
#include "engine/sql/list.h"

// Deepest definition that is put into the expression that uses it: deeper ones keep a slot, so that no expression gets too deep.
#define INLINE_DEPTH_MAX 32

// Longest name that an expression gives to its slot, in bytes.
#define NAME_BYTES_MAX 120

// Columns of a branch in which equal expressions are looked for.
#define SHORT_BRANCH 512

// What is known of one column of the branch.
struct column {
    const struct leat_expr *def; // over the branch's columns; NULL: the producer fills it
    struct leat_logical_op *op;  // of the projection that defines it; NULL: the table does
    const char *name;            // of the column of the relation that it ends up as, or NULL
    uint32_t uses;               // by expressions that are needed
    bool output;                 // the edge's consumer wants it
    bool has_slot;
    bool emitted;
    bool needed;                   // by the step at hand
    const struct leat_expr *value; // over slots: what is computed into its slot
    uint32_t same_as;              // an earlier column with the same value, whose slot it shares; UINT32_MAX: none
};

struct lowering {
    struct leat_physical_state *p;
    const struct leat_use *use;
    const struct leat_logical_branch *branch;
    struct leat_layout *layout;
    struct column *columns;
    const struct leat_expr **map; // by column: its slot, or the expression that stands for it
    struct leat_graph_step *steps;
    uint32_t step_count;
};

static int fail(struct lowering *l) {
    const struct leat_use *use = l->use;
    return leat_binder_fail(l->p->b, use->insert ? use->insert->span : (struct leat_span){0, 0});
}

// ---- what is needed

static void count_use(void *context, uint32_t column) {
    ((struct column *)context)[column].uses++;
}

static bool is_live(const struct column *column) {
    return column->uses || column->output;
}

// The name that a slot may have; the planner's own begin with a dollar sign and show their expression instead.
static const char *shown_name(const char *name) {
    return name[0] && name[0] != '$' ? name : NULL;
}

static void collect_defs(struct lowering *l) {
    for (uint32_t i = 0; i < l->branch->width; i++)
        l->columns[i].same_as = UINT32_MAX;
    const struct leat_producer *from = l->branch->from;
    for (uint32_t i = 0; i < from->column_count; i++) {
        if (from->kind != LEAT_PRODUCER_TABLE || from->table->columns[i].kind != LEAT_AST_COLUMN_COMPUTED)
            continue;
        if (l->layout->slot_of[i] == UINT32_MAX)
            l->columns[i].def = from->table->columns[i].expr, l->columns[i].name = from->table->columns[i].name;
    }
    for (const struct leat_logical_step *step = l->branch->last; step; step = step->before)
        for (uint32_t i = 0; i < step->def_count; i++) {
            l->columns[step->first_def + i].def = step->defs[i];
            l->columns[step->first_def + i].op = step->op;
            l->columns[step->first_def + i].name = shown_name(step->names[i]);
        }
}

static void count_uses(struct lowering *l) {
    for (uint32_t i = 0; i < l->use->column_count; i++) {
        const struct leat_expr *output = l->branch->outputs[l->use->columns[i]];
        if (output->kind != LEAT_EXPR_COLUMN)
            continue;
        struct column *column = &l->columns[output->column];
        const char *name = shown_name(l->use->relation->columns[l->use->columns[i]].name);
        column->name = name && !column->output ? name : column->name;
        column->output = true;
    }
    for (const struct leat_logical_step *step = l->branch->last; step; step = step->before) {
        if (step->condition)
            leat_expr_visit_columns(step->condition, count_use, l->columns);
        for (uint32_t i = step->def_count; i-- > 0;)
            if (is_live(&l->columns[step->first_def + i]))
                leat_expr_visit_columns(step->defs[i], count_use, l->columns);
    }
    for (uint32_t i = l->branch->from->column_count; i-- > 0;)
        if (l->columns[i].def && is_live(&l->columns[i]))
            leat_expr_visit_columns(l->columns[i].def, count_use, l->columns);
}

// ---- slots

// An earlier column that computes the same; only looked for where the branch is short, since each is compared with each.
static uint32_t find_same(const struct lowering *l, uint32_t i) {
    for (uint32_t k = 0; i < SHORT_BRANCH && k < i; k++)
        if (l->columns[k].has_slot && leat_expr_equal(l->columns[k].value, l->columns[i].value))
            return k;
    return UINT32_MAX;
}

static int give_slot(struct lowering *l, uint32_t i) {
    struct column *column = &l->columns[i];
    struct leat_arena *arena = l->p->b->arena;
    column->same_as = find_same(l, i);
    if (column->same_as != UINT32_MAX) {
        l->map[i] = l->map[column->same_as];
        return 0;
    }
    const char *name = column->name ? column->name : leat_expr_text(arena, column->value, l->layout->fields);
    if (strlen(name) > NAME_BYTES_MAX) // names are part of other names: they must not add up
        name = leat_arena_printf(arena, "%.*s...", NAME_BYTES_MAX, name);
    int slot = leat_physical_slot(l->p, l->layout, name, column->value->type);
    if (slot < 0)
        return -1;
    column->has_slot = true;
    l->map[i] = leat_expr_column(&l->p->b->builder, (uint32_t)slot, column->value->type);
    return 0;
}

static int map_columns(struct lowering *l) {
    struct leat_expr_builder *builder = &l->p->b->builder;
    for (uint32_t i = 0; i < l->branch->width; i++) {
        struct column *column = &l->columns[i];
        if (!is_live(column))
            continue;
        if (!column->def) {
            const struct leat_logical_column *from = &l->branch->from->columns[i];
            leat_assert(i < l->branch->from->column_count && l->layout->slot_of[i] != UINT32_MAX);
            l->map[i] = leat_expr_column(builder, l->layout->slot_of[i], from->type);
            continue;
        }
        column->value = leat_expr_substitute(builder, column->def, l->map);
        if (!column->value)
            return fail(l);
        bool inlined = !column->output && column->uses == 1 && column->value->depth <= INLINE_DEPTH_MAX;
        if (inlined || column->value->kind == LEAT_EXPR_COLUMN || column->value->kind == LEAT_EXPR_CONSTANT)
            l->map[i] = column->value; // it may have folded to another column or a constant
        else if (give_slot(l, i) != 0)
            return -1;
    }
    return 0;
}

// ---- steps

static struct leat_graph_step *push_step(struct lowering *l, struct leat_logical_op *op, enum leat_graph_step_kind kind) {
    static const char *const kinds[] = {[LEAT_GRAPH_FILTER] = "filter", [LEAT_GRAPH_PROJECT] = "project", [LEAT_GRAPH_UNION] = "union"};
    // A SELECT has one step in a branch; what is computed apart from the rest is a projection of its own.
    if (!op || (kind == LEAT_GRAPH_PROJECT && op->use == l->p->use_number && op->branch == l->p->branch_number))
        op = leat_arena_alloc(l->p->b->arena, sizeof(*op));
    op->branch = l->p->branch_number;
    if (op->use != l->p->use_number) {
        op->use = l->p->use_number;
        op->node = leat_physical_numbered(l->p, kinds[kind]);
    }
    l->steps = leat_list_grow(l->p->b->arena, l->steps, l->step_count, sizeof(*l->steps));
    struct leat_graph_step *step = &l->steps[l->step_count++];
    *step = (struct leat_graph_step){.kind = kind, .node = op->node};
    return step;
}

static void mark_needed(void *context, uint32_t column) {
    ((struct column *)context)[column].needed = true;
}

// Computes what is marked as needed and not there yet, and `constants` into slots of their own; leaves no marks.
static void emit_needed(struct lowering *l, const struct leat_graph_compute *constants, uint32_t constant_count) {
    uint32_t count = 0, n = 0;
    struct leat_logical_op *op = NULL;
    for (uint32_t i = l->branch->width; i-- > 0;) {
        struct column *column = &l->columns[i];
        if (!column->needed || column->emitted || !column->def)
            continue;
        if (column->same_as != UINT32_MAX)
            l->columns[column->same_as].needed = true;
        else
            leat_expr_visit_columns(column->def, mark_needed, l->columns);
        count += column->has_slot;
        if (column->has_slot && !op)
            op = column->op;
    }
    struct leat_graph_compute *computes =
        count + constant_count ? leat_arena_alloc(l->p->b->arena, (count + constant_count) * sizeof(*computes)) : NULL;
    for (uint32_t i = 0; i < l->branch->width; i++) {
        struct column *column = &l->columns[i];
        if (column->needed && column->has_slot && !column->emitted)
            computes[n++] = (struct leat_graph_compute){column->value, (uint16_t)l->map[i]->column};
        column->emitted |= column->needed && column->def;
        column->needed = false;
    }
    for (uint32_t i = 0; i < constant_count; i++)
        computes[n++] = constants[i];
    if (n == 0)
        return;
    struct leat_graph_step *step = push_step(l, op, LEAT_GRAPH_PROJECT);
    step->computes = computes;
    step->compute_count = n;
}

static int emit_steps(struct lowering *l) {
    const struct leat_logical_step **steps = leat_arena_alloc(l->p->b->arena, l->branch->step_count * sizeof(*steps));
    uint32_t at = l->branch->step_count;
    for (const struct leat_logical_step *step = l->branch->last; step; step = step->before)
        steps[--at] = step;
    leat_assert(at == 0);
    for (; at < l->branch->step_count; at++) {
        struct leat_logical_op *op = steps[at]->op;
        if (op->kind == LEAT_GRAPH_UNION)
            push_step(l, op, LEAT_GRAPH_UNION);
        if (op->kind != LEAT_GRAPH_FILTER)
            continue;
        leat_expr_visit_columns(steps[at]->condition, mark_needed, l->columns);
        emit_needed(l, NULL, 0);
        const struct leat_expr *condition = leat_expr_substitute(&l->p->b->builder, steps[at]->condition, l->map);
        if (!condition)
            return fail(l);
        bool always = condition->kind == LEAT_EXPR_CONSTANT && !condition->constant.is_null && condition->constant.boolean;
        if (!always)
            push_step(l, op, LEAT_GRAPH_FILTER)->condition = condition;
    }
    return 0;
}

// The columns of the consumer. A stage takes slots only: constants get one each.
static int emit_outputs(struct lowering *l, struct leat_lowered *out) {
    const struct leat_use *use = l->use;
    struct leat_arena *arena = l->p->b->arena;
    struct leat_graph_compute *constants = leat_arena_alloc(arena, use->column_count * sizeof(*constants));
    uint32_t constant_count = 0;
    out->columns = leat_arena_alloc(arena, use->column_count * sizeof(*out->columns));
    for (uint32_t i = 0; i < use->column_count; i++) {
        const struct leat_expr *output = l->branch->outputs[use->columns[i]];
        if (output->kind == LEAT_EXPR_COLUMN) {
            mark_needed(l->columns, output->column);
            output = l->map[output->column];
        }
        out->columns[i] = output;
        if (output->kind != LEAT_EXPR_CONSTANT || !use->stage)
            continue;
        int slot = leat_physical_slot(l->p, l->layout, leat_expr_text(arena, output, NULL), output->type);
        if (slot < 0)
            return -1;
        constants[constant_count++] = (struct leat_graph_compute){output, (uint16_t)slot};
        out->columns[i] = leat_expr_column(&l->p->b->builder, (uint32_t)slot, output->type);
    }
    emit_needed(l, constants, constant_count);
    return 0;
}

int leat_physical_branch(struct leat_physical_state *p, const struct leat_use *use, const struct leat_logical_branch *branch,
                         struct leat_lowered *out) {
    struct lowering l = {.p = p, .use = use, .branch = branch, .layout = branch->from->layout};
    p->branch_number++;
    size_t columns_bytes = (branch->width + 1) * sizeof(*l.columns), map_bytes = (branch->width + 1) * sizeof(*l.map);
    // Scratch that is given back: very many INSERTs may share very long branches.
    l.columns = leat_memory_zalloc(NULL, columns_bytes);
    l.map = leat_memory_zalloc(NULL, map_bytes);
    int result = -1;
    if (l.columns && l.map) {
        collect_defs(&l);
        count_uses(&l);
        result = map_columns(&l) != 0 || emit_steps(&l) != 0 || emit_outputs(&l, out) != 0 ? -1 : 0;
    }
    leat_memory_free(NULL, l.columns, columns_bytes);
    leat_memory_free(NULL, l.map, map_bytes);
    out->steps = l.steps;
    out->step_count = l.step_count;
    return result;
}
