#include "engine/sql/physical.h"

#include "engine/base/assert.h"
#include "engine/sql/list.h"

// ---- nodes, slots

uint32_t leat_physical_node(struct leat_physical_state *p, const char *name, const char *kind) {
    p->nodes = leat_list_grow(p->b->arena, p->nodes, p->node_count, sizeof(*p->nodes));
    p->nodes[p->node_count] = (struct leat_graph_node){name, kind};
    return p->node_count++;
}

uint32_t leat_physical_numbered(struct leat_physical_state *p, const char *kind) {
    static const char *const kinds[] = {"filter", "project", "union", "series_join", "window_tumble"};
    uint32_t i = 0;
    while (strcmp(kinds[i], kind) != 0)
        i++;
    return leat_physical_node(p, leat_arena_printf(p->b->arena, "%s #%u", kind, ++p->numbers[i]), kind);
}

struct leat_layout *leat_physical_layout(struct leat_physical_state *p, uint32_t column_count) {
    struct leat_layout *layout = leat_arena_alloc(p->b->arena, sizeof(*layout));
    layout->slot_of = leat_arena_alloc(p->b->arena, column_count * sizeof(*layout->slot_of));
    for (uint32_t i = 0; i < column_count; i++)
        layout->slot_of[i] = UINT32_MAX;
    return layout;
}

int leat_physical_slot(struct leat_physical_state *p, struct leat_layout *layout, const char *name, struct leat_type type) {
    if (layout->count >= LEAT_COLUMNS_MAX)
        return leat_diagnostic(p->b->source, (struct leat_span){0, 0}, "split the script into several pipelines",
                               "more than %d columns are computed from one table or operator", LEAT_COLUMNS_MAX);
    layout->fields = leat_list_grow(p->b->arena, layout->fields, layout->count, sizeof(*layout->fields));
    layout->physical = leat_list_grow(p->b->arena, layout->physical, layout->count, sizeof(*layout->physical));
    layout->fields[layout->count] = (struct leat_field){name, type};
    layout->physical[layout->count] = leat_type_physical(type.kind);
    return (int)layout->count++;
}

static struct leat_graph_layout finished_layout(const struct leat_layout *layout) {
    return (struct leat_graph_layout){layout->physical, layout->fields, layout->count, layout->base_count};
}

// ---- edges

static struct leat_graph_edge *new_edge(struct leat_physical_state *p, const struct leat_producer *from,
                                        const struct leat_lowered *lowered) {
    p->edges = leat_list_grow(p->b->arena, p->edges, p->edge_count, sizeof(*p->edges));
    struct leat_graph_edge *edge = &p->edges[p->edge_count++];
    *edge = (struct leat_graph_edge){.from_kind = from->kind == LEAT_PRODUCER_TABLE ? LEAT_GRAPH_SOURCE : LEAT_GRAPH_STAGE,
                                     .from = from->index,
                                     .steps = lowered->steps,
                                     .step_count = lowered->step_count};
    return edge;
}

static int edge_to_stage(struct leat_physical_state *p, const struct leat_use *use, const struct leat_producer *from,
                         const struct leat_lowered *lowered) {
    struct leat_graph_edge *edge = new_edge(p, from, lowered);
    uint16_t *columns = leat_arena_alloc(p->b->arena, use->column_count * sizeof(*columns));
    for (uint32_t i = 0; i < use->column_count; i++)
        columns[i] = (uint16_t)lowered->columns[i]->column;
    // The input of a join begins with the keys and the time, that of a window with the time and the keys.
    bool join = use->stage->kind == LEAT_PRODUCER_SERIES_JOIN;
    edge->to_kind = LEAT_GRAPH_STAGE;
    edge->to = use->stage->index;
    edge->to_port = use->port;
    edge->columns = columns;
    edge->column_count = use->column_count;
    edge->key = columns + !join;
    edge->key_count = use->stage->key_count;
    if (edge->from_kind == LEAT_GRAPH_STAGE)
        p->stages[edge->from].with_origin = true;
    return 0;
}

// A metadata column has no place in a file.
static bool is_left_out(struct leat_physical_state *p, const struct leat_bound_insert *insert, uint32_t i) {
    const struct leat_table_column *column = &insert->table->columns[insert->columns[i]];
    return p->b->options->mode != LEAT_PLAN_CHECK && column->kind == LEAT_AST_COLUMN_METADATA;
}

static int edge_to_sink(struct leat_physical_state *p, const struct leat_use *use, const struct leat_producer *from,
                        const struct leat_lowered *lowered) {
    const struct leat_bound_insert *insert = use->insert;
    struct leat_graph_edge *edge = new_edge(p, from, lowered);
    struct leat_encode_config *config = leat_arena_alloc(p->b->arena, sizeof(*config));
    struct leat_encode_field *fields = leat_arena_alloc(p->b->arena, use->column_count * sizeof(*fields));
    for (uint32_t i = 0; i < use->column_count; i++) {
        const struct leat_table_column *column = &insert->table->columns[insert->columns[i]];
        const struct leat_expr *value = lowered->columns[i];
        if (is_left_out(p, insert, i))
            continue;
        struct leat_encode_field *field = &fields[config->field_count++];
        *field = (struct leat_encode_field){.name = column->name, .type = column->type};
        if (value->kind == LEAT_EXPR_CONSTANT)
            field->constant = &value->constant;
        else
            field->column = value->column;
    }
    config->fields = fields;
    config->timestamp_form = insert->table->options.timestamp_form;
    config->ignore_null_fields = insert->table->options.ignore_null_fields;
    config->prefix = leat_graph_option_value(insert->table->options.options, insert->table->options.count, "print-identifier", NULL);
    edge->to_kind = LEAT_GRAPH_SINK;
    edge->to = insert->table->sink;
    edge->encode = config;
    return 0;
}

static int plan_use(struct leat_physical_state *p, const struct leat_use *use) {
    p->use_number++;
    for (uint32_t i = 0; i < use->relation->branch_count; i++) {
        struct leat_lowered lowered = {0};
        const struct leat_producer *from = use->relation->branches[i].from;
        if (leat_physical_branch(p, use, &use->relation->branches[i], &lowered) != 0)
            return -1;
        if (p->node_count > LEAT_PLAN_NODES_MAX)
            return leat_diagnostic(p->b->source, (struct leat_span){0, 0}, "split the script into several pipelines",
                                   "the plan of this script has more than %d operators", LEAT_PLAN_NODES_MAX);
        if (use->stage ? edge_to_stage(p, use, from, &lowered) : edge_to_sink(p, use, from, &lowered))
            return -1;
    }
    return 0;
}

// ---- sinks

static void warn_left_out(struct leat_physical_state *p, const struct leat_table *table) {
    for (uint32_t i = 0; p->b->options->mode != LEAT_PLAN_CHECK && i < table->column_count; i++)
        if (table->columns[i].kind == LEAT_AST_COLUMN_METADATA && !table->columns[i].is_virtual)
            leat_diagnostic_warn(p->b->arena, p->b->warnings, p->b->source, table->columns[i].span, NULL,
                                 "the metadata column `%s` is not written to the file", table->columns[i].name);
}

static void plan_sink(struct leat_physical_state *p, struct leat_table *table) {
    for (uint32_t i = 0; i < p->sink_count; i++)
        if (p->sinks[i].table == table->name)
            return;
    p->sinks = leat_list_grow(p->b->arena, p->sinks, p->sink_count, sizeof(*p->sinks));
    table->sink = p->sink_count;
    p->sinks[p->sink_count++] = (struct leat_graph_sink){
        .table = table->name,
        .node = leat_physical_node(p, leat_arena_printf(p->b->arena, "sink %s", table->name), "sink"),
        .connector = table->options.connector,
        .options = table->options.options,
        .option_count = table->options.count,
        .format = table->options.format,
    };
    warn_left_out(p, table);
}

// ---- the whole

static int plan_stages(struct leat_physical_state *p) {
    const struct leat_use *use = p->needs->uses, *end = use + p->needs->use_count;
    for (uint32_t i = 0; i < p->needs->producer_count; i++) {
        struct leat_producer *producer = p->needs->producers[i];
        if (producer->kind == LEAT_PRODUCER_TABLE)
            continue;
        producer->index = p->stage_count++;
        for (; use < end && use->stage == producer; use++)
            if (plan_use(p, use) != 0)
                return -1;
        if (leat_physical_stage(p, producer) != 0)
            return -1;
    }
    return 0;
}

static int plan_sources(struct leat_physical_state *p) {
    for (uint32_t i = 0; i < p->needs->producer_count; i++)
        if (p->needs->producers[i]->kind == LEAT_PRODUCER_TABLE) {
            if (leat_physical_source(p, p->needs->producers[i]) != 0)
                return -1;
            p->needs->producers[i]->delay_us = p->needs->producers[i]->table->has_time ? p->needs->producers[i]->table->delay_us : -1;
        }
    return 0;
}

static int plan_inserts(struct leat_physical_state *p) {
    for (const struct leat_use *use = p->needs->uses; use < p->needs->uses + p->needs->use_count; use++)
        if (use->insert && plan_use(p, use) != 0)
            return -1;
    return 0;
}

int leat_physical_plan(struct leat_binder *b, const struct leat_needs *needs, const struct leat_bound_insert *inserts,
                       struct leat_graph *graph) {
    struct leat_physical_state p = {.b = b, .needs = needs};
    p.sources = leat_arena_alloc(b->arena, needs->producer_count * sizeof(*p.sources));
    p.stages = leat_arena_alloc(b->arena, needs->producer_count * sizeof(*p.stages));
    if (plan_sources(&p) != 0 || plan_stages(&p) != 0)
        return -1;
    for (const struct leat_bound_insert *insert = inserts; insert; insert = insert->next)
        plan_sink(&p, insert->table);
    if (plan_inserts(&p) != 0)
        return -1;
    for (uint32_t i = 0; i < needs->producer_count; i++) {
        const struct leat_producer *producer = needs->producers[i];
        if (producer->kind == LEAT_PRODUCER_TABLE)
            p.sources[producer->index].layout = finished_layout(producer->layout);
        else
            p.stages[producer->index].layout = finished_layout(producer->layout);
    }
    *graph = (struct leat_graph){.nodes = p.nodes,
                                 .node_count = p.node_count,
                                 .sources = p.sources,
                                 .source_count = p.source_count,
                                 .stages = p.stages,
                                 .stage_count = p.stage_count,
                                 .sinks = p.sinks,
                                 .sink_count = p.sink_count,
                                 .edges = p.edges,
                                 .edge_count = p.edge_count};
    return 0;
}
