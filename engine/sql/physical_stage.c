// Stages: the specs of the stateful operators, and what EXPLAIN says of them.
#include "engine/sql/physical.h"

#include "engine/base/assert.h"
#include "engine/expr/time.h"

// ---- words

const char *leat_physical_duration(struct leat_arena *arena, int64_t micros) {
    static const struct {
        int64_t micros;
        const char *name;
    } units[] = {{LEAT_MICROS_PER_DAY, "d"},    {LEAT_MICROS_PER_HOUR, "h"},   {LEAT_MICROS_PER_MINUTE, "min"},
                 {LEAT_MICROS_PER_SECOND, "s"}, {LEAT_MICROS_PER_MILLI, "ms"}, {1, "us"}};
    const char *text = NULL;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(units); i++) {
        int64_t whole = micros / units[i].micros;
        if (whole == 0)
            continue;
        micros -= whole * units[i].micros;
        text = text ? leat_arena_printf(arena, "%s %lld %s", text, (long long)whole, units[i].name)
                    : leat_arena_printf(arena, "%lld %s", (long long)whole, units[i].name);
    }
    return text ? text : "0 s";
}

// How far the watermark of an input is behind at most: the largest delay of the tables below; -1: cannot be said.
static int64_t delay_below(const struct leat_producer *producer) {
    int64_t delay = 0;
    if (producer->kind == LEAT_PRODUCER_TABLE)
        return producer->table->has_time ? producer->table->delay_us : -1;
    for (uint32_t i = 0; i < producer->input_count; i++)
        for (uint32_t k = 0; k < producer->inputs[i]->branch_count; k++) {
            const struct leat_producer *below = producer->inputs[i]->branches[k].from;
            int64_t here = below->delay_us;
            if (here < 0)
                return -1;
            delay = LEAT_MAX(delay, here);
        }
    if (producer->kind != LEAT_PRODUCER_SERIES_JOIN)
        return delay;
    return __builtin_add_overflow(delay, producer->join.tolerance_us, &delay) ? -1 : delay;
}

static const char *delay_text(struct leat_arena *arena, int64_t delay_us) {
    return delay_us < 0 ? "the delay of the watermark"
                        : leat_arena_printf(arena, "%s (delay of the watermark)", leat_physical_duration(arena, delay_us));
}

// The largest delay of what an operator reads.
static int64_t input_delay(const struct leat_producer *producer) {
    int64_t delay = producer->delay_us;
    if (delay >= 0 && producer->kind == LEAT_PRODUCER_SERIES_JOIN)
        delay -= producer->join.tolerance_us;
    return delay;
}

// What stands in a column of a port, as the first edge to it computes it.
static const char *port_text(const struct leat_physical_state *p, const struct leat_producer *producer, uint32_t port, uint32_t column) {
    for (uint32_t i = 0; i < p->edge_count; i++) {
        const struct leat_graph_edge *edge = &p->edges[i];
        if (edge->to_kind != LEAT_GRAPH_STAGE || edge->to != producer->index || edge->to_port != port)
            continue;
        const struct leat_producer *from = producer->inputs[port]->branches[0].from;
        return from->layout->fields[edge->columns[column]].name;
    }
    return "";
}

// ---- SERIES JOIN

static void join_words(struct leat_physical_state *p, const struct leat_producer *producer, struct leat_graph_stage *stage) {
    struct leat_arena *arena = p->b->arena;
    const char *keys = "";
    for (uint32_t i = 0; i < producer->key_count; i++)
        keys = leat_arena_printf(arena, "%s%s%s = %s", keys, i ? ", " : "", port_text(p, producer, 0, i), port_text(p, producer, 1, i));
    const char *tolerance = leat_physical_duration(arena, producer->join.tolerance_us);
    stage->detail = leat_arena_printf(arena, "keys: %s; times: %s, %s; tolerance: %s", keys, port_text(p, producer, 0, producer->key_count),
                                      port_text(p, producer, 1, producer->key_count), tolerance);
    stage->state_bound =
        leat_arena_printf(arena, "per key the rows of the last %s (tolerance) + %s", tolerance, delay_text(arena, input_delay(producer)));
}

static void join_input(struct leat_physical_state *p, const struct leat_producer *producer, uint32_t side,
                       const struct leat_join_input *from, struct leat_series_join_input *out) {
    struct leat_arena *arena = p->b->arena;
    uint16_t *key = leat_arena_alloc(arena, producer->key_count * sizeof(*key));
    uint16_t *payload = leat_arena_alloc(arena, from->payload_count * sizeof(*payload));
    uint8_t *physical = leat_arena_alloc(arena, from->payload_count);
    for (uint32_t i = 0; i < producer->key_count; i++)
        key[i] = (uint16_t)i;
    for (uint32_t i = 0; i < from->payload_count; i++) {
        uint32_t column = from->columns[from->payload_column[i]];
        payload[i] = (uint16_t)from->payload_column[i];
        physical[i] = leat_type_physical(producer->inputs[side]->columns[column].type.kind);
    }
    *out = (struct leat_series_join_input){.key = key,
                                           .time = (uint16_t)producer->key_count,
                                           .payload = payload,
                                           .payload_count = (uint16_t)from->payload_count,
                                           .payload_physical = physical};
}

static const uint8_t *key_physical(struct leat_physical_state *p, const struct leat_relation *input, uint32_t first, uint32_t count) {
    uint8_t *physical = leat_arena_alloc(p->b->arena, count);
    for (uint32_t i = 0; i < count; i++)
        physical[i] = leat_type_physical(input->columns[first + i].type.kind);
    return physical;
}

static int plan_join(struct leat_physical_state *p, struct leat_producer *producer, struct leat_graph_stage *stage) {
    struct leat_series_join_spec *spec = leat_arena_alloc(p->b->arena, sizeof(*spec));
    struct leat_series_join_output *outputs = leat_arena_alloc(p->b->arena, producer->column_count * sizeof(*outputs));
    struct leat_join_input inputs[2];
    for (uint32_t side = 0; side < 2; side++) {
        leat_optimizer_join_input(p->b->arena, producer, side, &inputs[side]);
        join_input(p, producer, side, &inputs[side], &spec->inputs[side]);
    }
    for (uint32_t i = 0; i < producer->column_count; i++) {
        if (!producer->wanted[i])
            continue;
        uint32_t side = i >= producer->join.data_count[0], column = side ? i - producer->join.data_count[0] : i;
        struct leat_series_join_output *output = &outputs[spec->output_count++];
        bool is_key = inputs[side].key_of[column] != UINT32_MAX;
        output->from = is_key ? LEAT_SERIES_KEY : side ? LEAT_SERIES_RIGHT : LEAT_SERIES_LEFT;
        output->index = (uint16_t)(is_key ? inputs[side].key_of[column] : inputs[side].payload_of[column]);
        int slot = leat_physical_slot(p, producer->layout, producer->join.names[i], producer->columns[i].type);
        if (slot < 0)
            return -1;
        producer->layout->slot_of[i] = (uint32_t)slot;
    }
    spec->key_count = (uint16_t)producer->key_count;
    spec->key_physical = key_physical(p, producer->inputs[0], producer->join.data_count[0], producer->key_count);
    spec->tolerance_us = producer->join.tolerance_us;
    spec->outputs = outputs;
    stage->spec = spec;
    stage->ops = p->b->registry->series_join;
    join_words(p, producer, stage);
    return 0;
}

// ---- tumbling window

static void window_words(struct leat_physical_state *p, const struct leat_producer *producer, struct leat_graph_stage *stage) {
    struct leat_arena *arena = p->b->arena;
    const struct leat_logical_window *window = producer->tumble.window;
    const char *keys = "", *aggregates = "", *offset = "";
    for (uint32_t i = 0; i < producer->key_count; i++)
        keys = leat_arena_printf(arena, "%s%s%s", keys, i ? ", " : "", port_text(p, producer, 0, 1 + i));
    uint32_t shown = 0;
    for (uint32_t i = 0; i < producer->tumble.aggregate_count; i++)
        if (producer->wanted[producer->key_count + i])
            aggregates = leat_arena_printf(arena, "%s%s%s", aggregates, shown++ ? ", " : "", producer->tumble.aggregate_texts[i]);
    const char *size = leat_physical_duration(arena, window->size_us);
    if (window->offset_us)
        offset = leat_arena_printf(arena, ", offset %lld ms", (long long)(window->offset_us / LEAT_MICROS_PER_MILLI));
    stage->detail = leat_arena_printf(arena, "window: TUMBLE(%s, %s%s); keys: %s; aggregates: %s", port_text(p, producer, 0, 0), size,
                                      offset, producer->key_count ? keys : "none", shown ? aggregates : "none");
    stage->state_bound = leat_arena_printf(arena, "%sone row of aggregates for each window of the last %s (size) + %s",
                                           producer->key_count ? "per key " : "", size, delay_text(arena, input_delay(producer)));
}

// The aggregates that somebody wants, their arguments numbered as the columns of the port; place_of gets the place of each.
static void window_aggregates(struct leat_physical_state *p, const struct leat_producer *producer, const struct leat_use *use,
                              struct leat_window_tumble_spec *spec, uint32_t *place_of) {
    uint32_t count = producer->tumble.aggregate_count;
    struct leat_window_aggregate *aggregates = leat_arena_alloc(p->b->arena, count * sizeof(*aggregates));
    for (uint32_t i = 0; i < count; i++) {
        if (!producer->wanted[producer->key_count + i])
            continue;
        struct leat_window_aggregate aggregate = producer->tumble.aggregates[i];
        uint32_t column = 0;
        while (aggregate.kind != LEAT_AGGREGATE_COUNT_ALL && use->columns[column] != aggregate.column)
            column++;
        aggregate.column = (uint16_t)column;
        place_of[i] = spec->aggregate_count;
        aggregates[spec->aggregate_count++] = aggregate;
    }
    spec->aggregates = aggregates;
}

static struct leat_window_output window_output(const struct leat_producer *producer, uint32_t i, const uint32_t *place_of) {
    uint32_t parts = producer->key_count + producer->tumble.aggregate_count;
    struct leat_window_output output = {.from = LEAT_WINDOW_KEY, .index = (uint16_t)i};
    if (i >= parts) {
        output.from = i == parts ? LEAT_WINDOW_START : i == parts + 1 ? LEAT_WINDOW_END : LEAT_WINDOW_TIME;
        output.index = 0;
    } else if (i >= producer->key_count) {
        output.from = LEAT_WINDOW_AGGREGATE;
        output.index = (uint16_t)place_of[i - producer->key_count];
    }
    return output;
}

static int plan_window(struct leat_physical_state *p, struct leat_producer *producer, const struct leat_use *use,
                       struct leat_graph_stage *stage) {
    struct leat_arena *arena = p->b->arena;
    struct leat_window_tumble_spec *spec = leat_arena_alloc(arena, sizeof(*spec));
    struct leat_window_output *outputs = leat_arena_alloc(arena, producer->column_count * sizeof(*outputs));
    uint32_t *place_of = leat_arena_alloc(arena, producer->tumble.aggregate_count * sizeof(*place_of));
    uint16_t *key = leat_arena_alloc(arena, producer->key_count * sizeof(*key));
    for (uint32_t i = 0; i < producer->key_count; i++)
        key[i] = (uint16_t)(1 + i);
    spec->size_us = producer->tumble.window->size_us;
    spec->offset_us = producer->tumble.window->offset_us;
    spec->key = key;
    spec->key_count = (uint16_t)producer->key_count;
    spec->key_physical = key_physical(p, producer->inputs[0], 1, producer->key_count);
    window_aggregates(p, producer, use, spec, place_of);
    for (uint32_t i = 0; i < producer->column_count; i++) {
        if (!producer->wanted[i])
            continue;
        outputs[spec->output_count++] = window_output(producer, i, place_of);
        int slot = leat_physical_slot(p, producer->layout, producer->columns[i].name, producer->columns[i].type);
        if (slot < 0)
            return -1;
        producer->layout->slot_of[i] = (uint32_t)slot;
    }
    spec->outputs = outputs;
    stage->spec = spec;
    stage->ops = p->b->registry->window_tumble;
    window_words(p, producer, stage);
    return 0;
}

// ---- both

int leat_physical_stage(struct leat_physical_state *p, struct leat_producer *producer) {
    struct leat_graph_stage *stage = &p->stages[producer->index];
    const struct leat_use *use = p->needs->uses;
    while (use->stage != producer)
        use++;
    producer->delay_us = delay_below(producer);
    producer->layout = leat_physical_layout(p, producer->column_count);
    *stage = (struct leat_graph_stage){.port_count = producer->input_count};
    bool join = producer->kind == LEAT_PRODUCER_SERIES_JOIN;
    stage->node = leat_physical_numbered(p, join ? "series_join" : "window_tumble");
    if (join ? plan_join(p, producer, stage) : plan_window(p, producer, use, stage))
        return -1;
    producer->layout->base_count = producer->layout->count;
    return 0;
}
