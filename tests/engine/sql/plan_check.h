// What holds for every graph that the planner makes: used by its tests and by its fuzz target.
#ifndef LEAT_TESTS_ENGINE_SQL_PLAN_CHECK_H
#define LEAT_TESTS_ENGINE_SQL_PLAN_CHECK_H

#include "engine/base/assert.h"
#include "engine/runtime/graph.h"
#include "engine/runtime/opspec.h"

// Which slots hold a value at one place, by one producer.
struct plan_slots {
    const struct leat_graph_layout *layout;
    bool filled[LEAT_COLUMNS_MAX];
};

static inline void plan_check_column(void *context, uint32_t column) {
    const struct plan_slots *slots = context;
    leat_assert(column < slots->layout->slot_count && slots->filled[column]);
}

// An expression reads only what is there.
static inline void plan_check_expr(struct plan_slots *slots, const struct leat_expr *expr) {
    leat_assert(expr != NULL);
    leat_expr_visit_columns(expr, plan_check_column, slots);
}

// Computes fill slots that were empty, of the right form; `owner` remembers who fills a slot, since edges share batches.
static inline void plan_check_computes(struct plan_slots *slots, const struct leat_graph_compute *computes, uint32_t count, bool *owned) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = computes[i].slot;
        plan_check_expr(slots, computes[i].expr);
        leat_assert(slot < slots->layout->slot_count && slot >= slots->layout->base_count && !owned[slot]);
        leat_assert(slots->layout->physical[slot] == leat_type_physical(computes[i].expr->type.kind));
        owned[slot] = slots->filled[slot] = true;
    }
}

static inline void plan_check_layout(const struct leat_graph_layout *layout) {
    leat_assert(layout->slot_count <= LEAT_COLUMNS_MAX && layout->base_count <= layout->slot_count);
    for (uint32_t i = 0; i < layout->slot_count; i++)
        leat_assert(layout->physical[i] == leat_type_physical(layout->fields[i].type.kind) && layout->fields[i].name);
}

static inline void plan_check_ports(const struct leat_graph *graph, const struct leat_graph_edge *edge,
                                    const struct leat_graph_layout *from) {
    const struct leat_graph_stage *stage = &graph->stages[edge->to];
    leat_assert(edge->to < graph->stage_count && edge->to_port < stage->port_count);
    leat_assert(edge->from_kind == LEAT_GRAPH_SOURCE || edge->from < edge->to);
    leat_assert(edge->from_kind == LEAT_GRAPH_SOURCE || graph->stages[edge->from].with_origin);
    if (strcmp(graph->nodes[stage->node].kind, "series_join") == 0) {
        const struct leat_series_join_spec *spec = stage->spec;
        const struct leat_series_join_input *input = &spec->inputs[edge->to_port];
        leat_assert(edge->key_count == spec->key_count && input->time < edge->column_count);
        for (uint32_t i = 0; i < spec->key_count; i++)
            leat_assert(from->physical[edge->columns[input->key[i]]] == spec->key_physical[i] &&
                        edge->key[i] == edge->columns[input->key[i]]);
        for (uint32_t i = 0; i < input->payload_count; i++)
            leat_assert(from->physical[edge->columns[input->payload[i]]] == input->payload_physical[i]);
        leat_assert(from->physical[edge->columns[input->time]] == LEAT_PHYSICAL_INT64);
        for (uint32_t i = 0; i < spec->output_count; i++)
            leat_assert(spec->outputs[i].index < (spec->outputs[i].from == LEAT_SERIES_KEY    ? spec->key_count
                                                  : spec->outputs[i].from == LEAT_SERIES_LEFT ? spec->inputs[0].payload_count
                                                                                              : spec->inputs[1].payload_count));
        leat_assert(spec->output_count == stage->layout.base_count && spec->output_count > 0);
        return;
    }
    const struct leat_window_tumble_spec *spec = stage->spec;
    leat_assert(edge->key_count == spec->key_count && from->physical[edge->columns[spec->time]] == LEAT_PHYSICAL_INT64);
    for (uint32_t i = 0; i < spec->key_count; i++)
        leat_assert(from->physical[edge->columns[spec->key[i]]] == spec->key_physical[i] && edge->key[i] == edge->columns[spec->key[i]]);
    for (uint32_t i = 0; i < spec->aggregate_count; i++)
        leat_assert(spec->aggregates[i].kind == LEAT_AGGREGATE_COUNT_ALL ||
                    from->physical[edge->columns[spec->aggregates[i].column]] == spec->aggregates[i].arg_physical);
    leat_assert(spec->output_count == stage->layout.base_count && spec->output_count > 0 && spec->size_us > 0);
}

static inline void plan_check_edge(const struct leat_graph *graph, const struct leat_graph_edge *edge, struct plan_slots *slots,
                                   bool *owned) {
    for (uint32_t i = 0; i < edge->step_count; i++) {
        const struct leat_graph_step *step = &edge->steps[i];
        leat_assert(step->node < graph->node_count);
        leat_assert((step->kind == LEAT_GRAPH_FILTER) == (step->condition != NULL));
        if (step->condition) {
            plan_check_expr(slots, step->condition);
            leat_assert(step->condition->type.kind == LEAT_TYPE_BOOLEAN);
        }
        plan_check_computes(slots, step->computes, step->compute_count, owned);
    }
    if (edge->to_kind == LEAT_GRAPH_STAGE) {
        for (uint32_t i = 0; i < edge->column_count; i++)
            plan_check_column(slots, edge->columns[i]);
        plan_check_ports(graph, edge, slots->layout);
        return;
    }
    leat_assert(edge->to < graph->sink_count);
    for (uint32_t i = 0; i < edge->encode->field_count; i++) {
        const struct leat_encode_field *field = &edge->encode->fields[i];
        if (field->constant) {
            leat_assert(field->constant->type.kind == field->type.kind);
            continue;
        }
        plan_check_column(slots, field->column);
        leat_assert(slots->layout->physical[field->column] == leat_type_physical(field->type.kind));
    }
}

static inline void plan_check_producer(const struct leat_graph *graph, enum leat_graph_end kind, uint32_t index,
                                       const struct leat_graph_layout *layout, const struct leat_graph_source *source) {
    struct plan_slots head = {.layout = layout};
    bool owned[LEAT_COLUMNS_MAX] = {false};
    plan_check_layout(layout);
    for (uint32_t i = 0; i < layout->base_count; i++)
        head.filled[i] = true;
    if (source) {
        plan_check_computes(&head, source->computes, source->compute_count, owned);
        leat_assert(source->decode->field_count <= layout->base_count);
        leat_assert(source->has_time == (source->watermark != NULL));
        if (source->has_time) {
            plan_check_column(&head, source->time);
            plan_check_expr(&head, source->watermark);
        }
    }
    for (uint32_t i = 0; i < graph->edge_count; i++) {
        struct plan_slots slots = head;
        if (graph->edges[i].from_kind == kind && graph->edges[i].from == index)
            plan_check_edge(graph, &graph->edges[i], &slots, owned);
    }
}

// Ends the process where something is wrong with the graph.
static inline void plan_check(const struct leat_graph *graph) {
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; graph->node_count < 64 && k < i; k++)
            leat_assert(strcmp(graph->nodes[i].name, graph->nodes[k].name) != 0);
    for (uint32_t i = 0; i < graph->source_count; i++)
        plan_check_producer(graph, LEAT_GRAPH_SOURCE, i, &graph->sources[i].layout, &graph->sources[i]);
    for (uint32_t i = 0; i < graph->stage_count; i++)
        plan_check_producer(graph, LEAT_GRAPH_STAGE, i, &graph->stages[i].layout, NULL);
}

#endif
