#include "engine/sql/explain.h"

#include "engine/expr/time.h"
#include "engine/sql/list.h"
#include "engine/sql/physical.h"

// Where the rows of a node come from. A join may read the same node at both ports.
struct inputs {
    struct input {
        uint32_t node, port;
    } * items;
    uint32_t count;
};

struct explainer {
    const struct leat_plan *plan;
    const struct leat_graph *graph;
    struct leat_arena *arena;
    struct leat_explain_operator *by_node; // [node_count]
    struct inputs *inputs;                 // by node
    bool *listed;                          // by node
    struct leat_explanation *out;
};

static void add(struct explainer *e, uint32_t node, const char *name, const char *value) {
    struct leat_explain_operator *op = &e->by_node[node];
    op->properties = leat_list_grow(e->arena, op->properties, op->property_count, sizeof(*op->properties));
    op->properties[op->property_count++] = (struct leat_explain_property){name, value};
}

static bool has(const struct explainer *e, uint32_t node, const char *name, const char *value) {
    const struct leat_explain_operator *op = &e->by_node[node];
    for (uint32_t i = 0; i < op->property_count; i++)
        if (strcmp(op->properties[i].name, name) == 0 && strcmp(op->properties[i].value, value) == 0)
            return true;
    return false;
}

static void add_input(struct explainer *e, uint32_t node, uint32_t input, uint32_t port) {
    struct inputs *inputs = &e->inputs[node];
    for (uint32_t i = 0; i < inputs->count; i++)
        if (inputs->items[i].node == input && inputs->items[i].port == port)
            return;
    inputs->items = leat_list_grow(e->arena, inputs->items, inputs->count, sizeof(*inputs->items));
    inputs->items[inputs->count++] = (struct input){input, port};
}

// Appends "more" to a list with commas.
static const char *join(struct explainer *e, const char *list, const char *more) {
    return *list ? leat_arena_printf(e->arena, "%s, %s", list, more) : more;
}

// ---- sources and sinks

static const char *options_text(struct explainer *e, const struct leat_graph_option *options, uint32_t count) {
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(options[i].name, "connector") != 0)
            text = join(e, text, leat_arena_printf(e->arena, "'%s' = '%s'", options[i].name, options[i].shown));
    return text;
}

static void add_connector(struct explainer *e, uint32_t node, const struct leat_connector *connector, const struct leat_format *format,
                          const struct leat_graph_option *options, uint32_t count) {
    add(e, node, "connector", connector->name);
    if (format)
        add(e, node, "format", format->name);
    const char *text = options_text(e, options, count);
    if (*text)
        add(e, node, "options", text);
}

static const char *computes_text(struct explainer *e, const struct leat_graph_compute *computes, uint32_t count,
                                 const struct leat_field *fields) {
    const char *text = "";
    for (uint32_t i = 0; i < count; i++) {
        const char *value = leat_expr_text(e->arena, computes[i].expr, fields), *name = fields[computes[i].slot].name;
        text = join(e, text, strcmp(name, value) == 0 ? value : leat_arena_printf(e->arena, "`%s` = %s", name, value));
    }
    return text;
}

static void explain_source(struct explainer *e, const struct leat_graph_source *source) {
    const char *columns = "";
    add_connector(e, source->node, source->connector, source->format, source->options, source->option_count);
    for (uint32_t i = 0; i < source->layout.base_count; i++) {
        const struct leat_field *field = &source->layout.fields[i];
        columns = join(e, columns, leat_arena_printf(e->arena, "`%s` %s", field->name, leat_type_text(e->arena, field->type)));
    }
    add(e, source->node, "reads", *columns ? columns : "no column");
    if (source->compute_count)
        add(e, source->node, "computes", computes_text(e, source->computes, source->compute_count, source->layout.fields));
    if (!source->has_time) {
        add(e, source->node, "watermark", "none");
        return;
    }
    const struct leat_plan_table *table = e->plan->tables;
    for (uint32_t i = 0; i < e->plan->table_count; i++)
        if (strcmp(e->plan->tables[i].name, source->table) == 0)
            table = &e->plan->tables[i];
    add(e, source->node, "time", leat_arena_printf(e->arena, "`%s`", source->layout.fields[source->time].name));
    const char *watermark = leat_expr_text(e->arena, source->watermark, source->layout.fields);
    if (table->delay_us >= 0)
        watermark = leat_arena_printf(e->arena, "%s (%s behind)", watermark, leat_physical_duration(e->arena, table->delay_us));
    add(e, source->node, "watermark", watermark);
}

static void explain_sink_edge(struct explainer *e, const struct leat_graph_edge *edge, const struct leat_graph_layout *from) {
    const struct leat_encode_config *config = edge->encode;
    uint32_t node = e->graph->sinks[edge->to].node;
    const char *text = "";
    for (uint32_t i = 0; i < config->field_count; i++) {
        const struct leat_encode_field *field = &config->fields[i];
        const char *value = NULL;
        if (field->constant) {
            struct leat_expr constant = {.kind = LEAT_EXPR_CONSTANT, .type = field->constant->type, .constant = *field->constant};
            value = leat_expr_text(e->arena, &constant, NULL);
        } else if (strcmp(from->fields[field->column].name, field->name) != 0) {
            value = leat_arena_printf(e->arena, "`%s`", from->fields[field->column].name);
        }
        text =
            join(e, text,
                 value ? leat_arena_printf(e->arena, "`%s` = %s", field->name, value) : leat_arena_printf(e->arena, "`%s`", field->name));
    }
    if (!has(e, node, "writes", text))
        add(e, node, "writes", text);
}

// ---- edges and stages

static const struct leat_graph_layout *layout_from(const struct explainer *e, const struct leat_graph_edge *edge) {
    return edge->from_kind == LEAT_GRAPH_SOURCE ? &e->graph->sources[edge->from].layout : &e->graph->stages[edge->from].layout;
}

static void explain_step(struct explainer *e, const struct leat_graph_step *step, const struct leat_graph_layout *layout) {
    const char *name = step->kind == LEAT_GRAPH_FILTER ? "condition" : "computes", *value = NULL;
    if (step->kind == LEAT_GRAPH_FILTER)
        value = leat_expr_text(e->arena, step->condition, layout->fields);
    else if (step->kind == LEAT_GRAPH_PROJECT)
        value = computes_text(e, step->computes, step->compute_count, layout->fields);
    if (value && !has(e, step->node, name, value))
        add(e, step->node, name, value);
}

static void explain_edge(struct explainer *e, const struct leat_graph_edge *edge) {
    const struct leat_graph_layout *layout = layout_from(e, edge);
    uint32_t before = edge->from_kind == LEAT_GRAPH_SOURCE ? e->graph->sources[edge->from].node : e->graph->stages[edge->from].node;
    for (uint32_t i = 0; i < edge->step_count; i++) {
        add_input(e, edge->steps[i].node, before, 0);
        explain_step(e, &edge->steps[i], layout);
        before = edge->steps[i].node;
    }
    bool stage = edge->to_kind == LEAT_GRAPH_STAGE;
    add_input(e, stage ? e->graph->stages[edge->to].node : e->graph->sinks[edge->to].node, before, stage ? edge->to_port : 0);
    if (!stage)
        explain_sink_edge(e, edge, layout);
}

// "name: value; name: value" of the physical plan's words as properties.
static void add_detail(struct explainer *e, uint32_t node, const char *detail) {
    while (*detail) {
        const char *end = strstr(detail, "; ");
        size_t length = end ? (size_t)(end - detail) : strlen(detail);
        const char *colon = memmem(detail, length, ": ", 2);
        if (!colon)
            break;
        add(e, node, leat_arena_copy(e->arena, detail, (size_t)(colon - detail)),
            leat_arena_copy(e->arena, colon + 2, length - (size_t)(colon + 2 - detail)));
        detail += end ? length + 2 : length;
    }
}

static void explain_stage(struct explainer *e, const struct leat_graph_stage *stage) {
    const char *columns = "";
    add_detail(e, stage->node, stage->detail);
    for (uint32_t i = 0; i < stage->layout.base_count; i++)
        columns = join(e, columns, leat_arena_printf(e->arena, "`%s`", stage->layout.fields[i].name));
    add(e, stage->node, "hands on", columns);
    add(e, stage->node, "state", stage->state_bound);
}

// True when all that a node reads from is listed.
static bool is_ready(const struct explainer *e, uint32_t node) {
    for (uint32_t i = 0; i < e->inputs[node].count; i++)
        if (!e->listed[e->inputs[node].items[i].node])
            return false;
    return true;
}

static void list_node(struct explainer *e, uint32_t node) {
    struct leat_explain_operator *op = &e->by_node[node];
    op->name = e->graph->nodes[node].name;
    op->kind = e->graph->nodes[node].kind;
    op->inputs = leat_arena_alloc(e->arena, e->inputs[node].count * sizeof(*op->inputs));
    for (uint32_t i = 0; i < e->inputs[node].count; i++)
        op->inputs[op->input_count++] = e->graph->nodes[e->inputs[node].items[i].node].name;
    e->listed[node] = true;
    e->out->operators[e->out->count++] = *op;
}

// Each node behind its inputs, else in the order of the nodes; the graph has no cycles, so that every pass lists some.
static void list_nodes(struct explainer *e) {
    for (uint32_t before = UINT32_MAX; before != e->out->count;) {
        before = e->out->count;
        for (uint32_t i = 0; i < e->graph->node_count; i++)
            if (!e->listed[i] && is_ready(e, i))
                list_node(e, i);
    }
}

void leat_explain(const struct leat_plan *plan, struct leat_explanation *out) {
    const struct leat_graph *graph = &plan->graph;
    struct explainer e = {.plan = plan, .graph = graph, .arena = plan->arena, .out = out};
    *out = (struct leat_explanation){.operators = leat_arena_alloc(plan->arena, graph->node_count * sizeof(*out->operators))};
    e.by_node = leat_arena_alloc(plan->arena, graph->node_count * sizeof(*e.by_node));
    e.inputs = leat_arena_alloc(plan->arena, graph->node_count * sizeof(*e.inputs));
    e.listed = leat_arena_alloc(plan->arena, graph->node_count);
    for (uint32_t i = 0; i < graph->source_count; i++)
        explain_source(&e, &graph->sources[i]);
    for (uint32_t i = 0; i < graph->stage_count; i++)
        explain_stage(&e, &graph->stages[i]);
    for (uint32_t i = 0; i < graph->sink_count; i++)
        add_connector(&e, graph->sinks[i].node, graph->sinks[i].connector, graph->sinks[i].format, graph->sinks[i].options,
                      graph->sinks[i].option_count);
    for (uint32_t i = 0; i < graph->edge_count; i++)
        explain_edge(&e, &graph->edges[i]);
    list_nodes(&e);
}
