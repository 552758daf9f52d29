#include "engine/sql/optimizer.h"

#include "engine/base/assert.h"
#include "engine/sql/list.h"

struct optimizer {
    struct leat_arena *arena;
    struct leat_needs *needs;
    uint8_t *live; // by column of the branch at hand
    uint32_t live_room;
};

// ---- producers

static void visit_relation(struct optimizer *o, const struct leat_relation *relation);

static void visit_producer(struct optimizer *o, struct leat_producer *producer) {
    if (producer->visited)
        return;
    producer->visited = true;
    producer->wanted = leat_arena_alloc(o->arena, producer->column_count * sizeof(*producer->wanted));
    for (uint32_t i = 0; i < producer->input_count; i++)
        visit_relation(o, producer->inputs[i]);
    struct leat_needs *needs = o->needs;
    needs->producers = leat_list_grow(o->arena, needs->producers, needs->producer_count, sizeof(*needs->producers));
    needs->producers[needs->producer_count++] = producer;
}

static void visit_relation(struct optimizer *o, const struct leat_relation *relation) {
    for (uint32_t i = 0; i < relation->branch_count; i++)
        visit_producer(o, relation->branches[i].from);
}

// ---- columns

static void mark_live(void *context, uint32_t column) {
    ((uint8_t *)context)[column] = 1;
}

static void mark_step(struct optimizer *o, const struct leat_logical_step *step) {
    if (step->condition)
        leat_expr_visit_columns(step->condition, mark_live, o->live);
    for (uint32_t i = step->def_count; i-- > 0;)
        if (o->live[step->first_def + i])
            leat_expr_visit_columns(step->defs[i], mark_live, o->live);
}

// Counts what one branch wants of its producer.
static void want_branch(struct optimizer *o, const struct leat_use *use, const struct leat_logical_branch *branch) {
    if (o->live_room < branch->width) {
        o->live_room = branch->width * 2;
        o->live = leat_arena_alloc(o->arena, o->live_room);
    }
    memset(o->live, 0, branch->width);
    for (uint32_t i = 0; i < use->column_count; i++)
        leat_expr_visit_columns(branch->outputs[use->columns[i]], mark_live, o->live);
    for (const struct leat_logical_step *step = branch->last; step; step = step->before)
        mark_step(o, step);
    for (uint32_t i = 0; i < branch->from->column_count; i++)
        branch->from->wanted[i] += o->live[i];
}

static void want(struct optimizer *o, const struct leat_use *use) {
    for (uint32_t i = 0; i < use->relation->branch_count; i++)
        want_branch(o, use, &use->relation->branches[i]);
}

// ---- what stages want

void leat_optimizer_join_input(struct leat_arena *arena, const struct leat_producer *join, uint32_t side, struct leat_join_input *out) {
    const struct leat_relation *input = join->inputs[side];
    uint32_t data = join->join.data_count[side], first = side ? join->join.data_count[0] : 0, time = join->join.time[side];
    *out = (struct leat_join_input){.columns = leat_arena_alloc(arena, (join->key_count + 1 + data) * sizeof(uint32_t))};
    out->payload_of = leat_arena_alloc(arena, data * sizeof(uint32_t));
    out->key_of = leat_arena_alloc(arena, data * sizeof(uint32_t));
    out->payload_column = leat_arena_alloc(arena, data * sizeof(uint32_t));
    for (uint32_t i = 0; i < join->key_count; i++)
        out->columns[out->column_count++] = data + i;
    out->columns[out->column_count++] = time;
    for (uint32_t i = 0; i < data; i++) {
        out->payload_of[i] = out->key_of[i] = UINT32_MAX;
        if (!join->wanted[first + i])
            continue;
        // Zeros of both signs are equal keys and yet not the same value.
        bool exact = input->columns[i].type.kind != LEAT_TYPE_DOUBLE;
        for (uint32_t k = 0; exact && k < join->key_count && out->key_of[i] == UINT32_MAX; k++)
            if (leat_logical_same_column(input, i, data + k))
                out->key_of[i] = k;
        if (out->key_of[i] != UINT32_MAX)
            continue;
        bool is_time = leat_logical_same_column(input, i, time);
        out->payload_of[i] = out->payload_count;
        out->payload_column[out->payload_count++] = is_time ? join->key_count : out->column_count;
        if (!is_time)
            out->columns[out->column_count++] = i;
    }
}

static void add_use(struct optimizer *o, struct leat_use use) {
    struct leat_needs *needs = o->needs;
    needs->uses = leat_list_grow(o->arena, needs->uses, needs->use_count, sizeof(use));
    needs->uses[needs->use_count++] = use;
    want(o, &use);
}

// An operator without any output column would have rows of nothing: it keeps its first.
static void keep_one(struct leat_producer *producer, uint32_t column) {
    for (uint32_t i = 0; i < producer->column_count; i++)
        if (producer->wanted[i])
            return;
    producer->wanted[column] = 1;
}

// A column of a join's left side that costs the least to hand on: a key, else the time.
static uint32_t cheapest_column(const struct leat_producer *join) {
    for (uint32_t i = 0; i < join->join.data_count[0]; i++)
        if (join->key_count && leat_logical_same_column(join->inputs[0], i, join->join.data_count[0]) &&
            join->columns[i].type.kind != LEAT_TYPE_DOUBLE)
            return i;
    return join->join.time[0];
}

static void use_join(struct optimizer *o, struct leat_producer *producer) {
    keep_one(producer, cheapest_column(producer));
    for (uint32_t side = 0; side < 2; side++) {
        struct leat_join_input input;
        leat_optimizer_join_input(o->arena, producer, side, &input);
        add_use(o, (struct leat_use){.relation = producer->inputs[side],
                                     .columns = input.columns,
                                     .column_count = input.column_count,
                                     .stage = producer,
                                     .port = side});
    }
}

static void use_window(struct optimizer *o, struct leat_producer *producer) {
    const struct leat_relation *input = producer->inputs[0];
    uint32_t *columns = leat_arena_alloc(o->arena, input->column_count * sizeof(*columns)), count = 0;
    keep_one(producer, producer->column_count - 3);
    for (; count < 1 + producer->key_count; count++)
        columns[count] = count;
    for (uint32_t at = count; at < input->column_count; at++) {
        bool wanted = false;
        for (uint32_t i = 0; i < producer->tumble.aggregate_count; i++)
            wanted |= producer->wanted[producer->key_count + i] && producer->tumble.aggregates[i].kind != LEAT_AGGREGATE_COUNT_ALL &&
                      producer->tumble.aggregates[i].column == at;
        if (wanted)
            columns[count++] = at;
    }
    add_use(o, (struct leat_use){.relation = input, .columns = columns, .column_count = count, .stage = producer});
}

// ---- the whole

static void use_inserts(struct optimizer *o, const struct leat_bound_insert *inserts) {
    for (; inserts; inserts = inserts->next) {
        uint32_t count = inserts->relation->column_count;
        uint32_t *columns = leat_arena_alloc(o->arena, count * sizeof(*columns));
        for (uint32_t i = 0; i < count; i++)
            columns[i] = i;
        add_use(o, (struct leat_use){.relation = inserts->relation, .columns = columns, .column_count = count, .insert = inserts});
    }
}

// Consumers were asked before their producers; the physical plan wants it the other way round.
static void reverse_uses(struct leat_use *uses, uint32_t from, uint32_t to) {
    for (; from + 1 < to; from++, to--) {
        struct leat_use kept = uses[from];
        uses[from] = uses[to - 1];
        uses[to - 1] = kept;
    }
}

void leat_optimize(struct leat_arena *arena, const struct leat_bound_insert *inserts, struct leat_needs *out) {
    *out = (struct leat_needs){0};
    struct optimizer o = {.arena = arena, .needs = out};
    for (const struct leat_bound_insert *insert = inserts; insert; insert = insert->next)
        visit_relation(&o, insert->relation);
    use_inserts(&o, inserts);
    uint32_t insert_count = out->use_count;
    for (uint32_t i = out->producer_count; i-- > 0;) {
        if (out->producers[i]->kind == LEAT_PRODUCER_SERIES_JOIN)
            use_join(&o, out->producers[i]);
        else if (out->producers[i]->kind == LEAT_PRODUCER_WINDOW_TUMBLE)
            use_window(&o, out->producers[i]);
    }
    // [inserts][stages, last first, ports in order] becomes [stages, first first][inserts]; ports of a join come out right first.
    reverse_uses(out->uses, 0, out->use_count);
    reverse_uses(out->uses, out->use_count - insert_count, out->use_count);
    for (uint32_t i = 0; i + 1 < out->use_count; i++)
        if (out->uses[i].stage && out->uses[i].stage == out->uses[i + 1].stage && out->uses[i].port > out->uses[i + 1].port)
            reverse_uses(out->uses, i, i + 2);
}
