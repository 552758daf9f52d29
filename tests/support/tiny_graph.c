#include "tests/support/tiny_graph.h"

#include "engine/base/assert.h"
#include "ingest/json/json_reader.h"
#include "operators/series_join.h"
#include "operators/sinks/encode_json.h"
#include "operators/window_tumble.h"

#include <stdio.h>

// Slots of a source's batches, of a join's and of a window's.
enum { ROW_K, ROW_T, ROW_V, ROW_X, ROW_S, ROW_FIELDS, ROW_COMPUTED = ROW_FIELDS, ROW_STEP, ROW_SLOTS };
enum { PAIR_K, PAIR_LT, PAIR_RT, PAIR_LV, PAIR_RV, PAIR_LS, PAIR_RX, PAIR_SLOTS };
enum { WINDOW_K, WINDOW_START, WINDOW_N, WINDOW_SV, WINDOW_LO, WINDOW_HI, WINDOW_SX, WINDOW_SLOTS };

#define STRING                                                                                                                             \
    { .kind = LEAT_TYPE_STRING, .nullable = true }
#define BIGINT                                                                                                                             \
    { .kind = LEAT_TYPE_BIGINT, .nullable = true }
#define DOUBLE                                                                                                                             \
    { .kind = LEAT_TYPE_DOUBLE, .nullable = true }

static const struct leat_field row_fields[ROW_SLOTS] = {
    {"k", STRING}, {"t", BIGINT}, {"v", BIGINT}, {"x", DOUBLE}, {"s", STRING}, {"c", BIGINT}, {"d", BIGINT},
};
static const uint8_t row_physical[ROW_SLOTS] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                                LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64};
static const struct leat_decode_field decode_fields[ROW_FIELDS] = {
    {"k", STRING}, {"t", BIGINT}, {"v", BIGINT}, {"x", DOUBLE}, {"s", STRING}};
static const struct leat_decode_config decode_config = {.fields = decode_fields, .field_count = ROW_FIELDS};
static const struct leat_format json = {.name = "json", .decoder = &leat_json_decoder_ops, .encoder = &leat_json_encoder_ops};

static const struct leat_field pair_fields[PAIR_SLOTS] = {{"k", STRING},  {"lt", BIGINT}, {"rt", BIGINT}, {"lv", BIGINT},
                                                          {"rv", BIGINT}, {"ls", STRING}, {"sx", DOUBLE}};
static const uint8_t pair_physical[PAIR_SLOTS] = {LEAT_PHYSICAL_TEXT,  LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64,
                                                  LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT,  LEAT_PHYSICAL_DOUBLE};
static const struct leat_field window_fields[WINDOW_SLOTS] = {{"k", STRING},  {"start", BIGINT}, {"n", BIGINT}, {"sv", BIGINT},
                                                              {"lo", STRING}, {"hi", STRING},    {"sx", DOUBLE}};
static const uint8_t window_physical[WINDOW_SLOTS] = {LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64,
                                                      LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_TEXT,  LEAT_PHYSICAL_DOUBLE};

// The columns of a port: all that a row has, or what a window wants of a pair (in the order of a row's).
static const uint16_t row_columns[] = {ROW_S, ROW_X, ROW_V, ROW_T, ROW_K}; // turned round: port columns are not slots
enum { PORT_S, PORT_X, PORT_V, PORT_T, PORT_K, PORT_COLUMNS };
static const uint16_t pair_columns[] = {PAIR_LS, PAIR_RX, PAIR_LV, PAIR_LT, PAIR_K};
static const uint16_t row_key[] = {ROW_K}, pair_key[] = {PAIR_K}, port_key[] = {PORT_K};
static const uint8_t key_physical[] = {LEAT_PHYSICAL_TEXT};

static uint32_t add_node(struct leat_tiny_graph *tiny, const char *name, const char *kind) {
    leat_assert(tiny->graph.node_count < LEAT_TINY_MAX);
    tiny->nodes[tiny->graph.node_count] = (struct leat_graph_node){.name = name, .kind = kind};
    return tiny->graph.node_count++;
}

// ---- Expressions ----

static const struct leat_expr *column(struct leat_expr_builder *builder, uint32_t slot) {
    return leat_expr_column(builder, slot, row_fields[slot].type);
}

static const struct leat_expr *number(struct leat_expr_builder *builder, int64_t value) {
    return leat_expr_constant(builder, (struct leat_value){.type.kind = LEAT_TYPE_BIGINT, .int64 = value});
}

static const struct leat_expr *call(struct leat_expr_builder *builder, const char *name, const struct leat_expr *a,
                                    const struct leat_expr *b) {
    const struct leat_expr *result = leat_expr_call(builder, name, (const struct leat_expr *const[]){a, b}, 2);
    leat_assert(result != NULL);
    return result;
}

// v % 3 <> rest, and perhaps 1000 / v > -2000, which fails for v = 0.
static const struct leat_expr *condition(struct leat_tiny_graph *tiny, int64_t rest) {
    struct leat_expr_builder builder = {.arena = &tiny->arena};
    const struct leat_expr *kept =
        call(&builder, "<>", call(&builder, "%", column(&builder, ROW_V), number(&builder, 3)), number(&builder, rest));
    if (!tiny->options.failing_filter)
        return kept;
    const struct leat_expr *quotient = call(&builder, "/", number(&builder, 1000), column(&builder, ROW_V));
    return call(&builder, "AND", call(&builder, ">", quotient, number(&builder, -2000)), kept);
}

// A step that filters, and one that computes v + 1 into the slot that edges own.
static const struct leat_graph_step *filter(struct leat_tiny_graph *tiny, uint32_t node, int64_t rest) {
    struct leat_graph_step *step = leat_arena_alloc(&tiny->arena, sizeof(*step));
    *step = (struct leat_graph_step){.kind = LEAT_GRAPH_FILTER, .node = node, .condition = condition(tiny, rest)};
    return step;
}

static const struct leat_graph_step *filter_and_project(struct leat_tiny_graph *tiny, uint32_t filter_node, uint32_t project_node) {
    struct leat_expr_builder builder = {.arena = &tiny->arena};
    struct leat_graph_step *steps = leat_arena_alloc(&tiny->arena, 2 * sizeof(*steps));
    struct leat_graph_compute *compute = leat_arena_alloc(&tiny->arena, sizeof(*compute));
    *compute = (struct leat_graph_compute){.expr = call(&builder, "+", column(&builder, ROW_V), number(&builder, 1)), .slot = ROW_STEP};
    steps[0] = (struct leat_graph_step){.kind = LEAT_GRAPH_FILTER, .node = filter_node, .condition = condition(tiny, 0)};
    steps[1] = (struct leat_graph_step){.kind = LEAT_GRAPH_PROJECT, .node = project_node, .computes = compute, .compute_count = 1};
    return steps;
}

// ---- Tables ----

static uint32_t add_source(struct leat_tiny_graph *tiny, const char *table, const char *name) {
    struct leat_expr_builder builder = {.arena = &tiny->arena};
    struct leat_graph_source *source = &tiny->sources[tiny->graph.source_count];
    *source = (struct leat_graph_source){
        .table = table,
        .node = add_node(tiny, name, "source"),
        .format = &json,
        .decode = &decode_config,
        .layout = {.physical = row_physical, .fields = row_fields, .slot_count = ROW_SLOTS, .base_count = ROW_FIELDS},
        .has_time = true,
        .time = ROW_T,
    };
    if (tiny->options.decoder) {
        struct leat_format *format = leat_arena_alloc(&tiny->arena, sizeof(*format));
        *format = (struct leat_format){.name = "trivial", .decoder = tiny->options.decoder};
        source->format = format;
    }
    if (!tiny->options.no_watermark)
        source->watermark = call(&builder, "-", column(&builder, ROW_T), number(&builder, tiny->options.delay_us));
    if (tiny->options.compute) {
        struct leat_graph_compute *compute = leat_arena_alloc(&tiny->arena, sizeof(*compute));
        *compute =
            (struct leat_graph_compute){.expr = call(&builder, "/", number(&builder, 1000), column(&builder, ROW_V)), .slot = ROW_COMPUTED};
        source->computes = compute;
        source->compute_count = 1;
    }
    return tiny->graph.source_count++;
}

static uint32_t add_sink(struct leat_tiny_graph *tiny, const char *table, const char *name) {
    tiny->sinks[tiny->graph.sink_count] = (struct leat_graph_sink){.table = table, .node = add_node(tiny, name, "sink"), .format = &json};
    return tiny->graph.sink_count++;
}

// ---- Stages ----

static uint32_t add_join(struct leat_tiny_graph *tiny, bool with_origin) {
    static const uint16_t payload[] = {PORT_T, PORT_V, PORT_S, PORT_X};
    static const uint8_t payload_physical[] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT, LEAT_PHYSICAL_DOUBLE};
    static const struct leat_series_join_output outputs[PAIR_SLOTS] = {
        {LEAT_SERIES_KEY, 0},   {LEAT_SERIES_LEFT, 0}, {LEAT_SERIES_RIGHT, 0}, {LEAT_SERIES_LEFT, 1},
        {LEAT_SERIES_RIGHT, 1}, {LEAT_SERIES_LEFT, 2}, {LEAT_SERIES_RIGHT, 3},
    };
    struct leat_series_join_spec *spec = leat_arena_alloc(&tiny->arena, sizeof(*spec));
    const struct leat_series_join_input input = {
        .key = port_key, .time = PORT_T, .payload = payload, .payload_count = 4, .payload_physical = payload_physical};
    *spec = (struct leat_series_join_spec){.inputs = {input, input},
                                           .key_count = 1,
                                           .key_physical = key_physical,
                                           .tolerance_us = tiny->options.tolerance_us,
                                           .outputs = outputs,
                                           .output_count = PAIR_SLOTS};
    tiny->stages[tiny->graph.stage_count] = (struct leat_graph_stage){
        .node = add_node(tiny, "series_join #1", "series_join"),
        .ops = &leat_series_join_ops,
        .spec = spec,
        .port_count = 2,
        .layout = {.physical = pair_physical, .fields = pair_fields, .slot_count = PAIR_SLOTS, .base_count = PAIR_SLOTS},
        .with_origin = with_origin,
    };
    return tiny->graph.stage_count++;
}

static uint32_t add_tumble(struct leat_tiny_graph *tiny, bool keyed) {
    static const struct leat_window_aggregate aggregates[] = {
        {.kind = LEAT_AGGREGATE_COUNT_ALL, .type.kind = LEAT_TYPE_BIGINT},
        {.kind = LEAT_AGGREGATE_SUM, .column = PORT_V, .arg_physical = LEAT_PHYSICAL_INT64, .type = BIGINT},
        {.kind = LEAT_AGGREGATE_MIN, .column = PORT_S, .arg_physical = LEAT_PHYSICAL_TEXT, .type = STRING},
        {.kind = LEAT_AGGREGATE_MAX, .column = PORT_S, .arg_physical = LEAT_PHYSICAL_TEXT, .type = STRING},
        {.kind = LEAT_AGGREGATE_SUM, .column = PORT_X, .arg_physical = LEAT_PHYSICAL_DOUBLE, .type = DOUBLE},
    };
    static const struct leat_window_output outputs[WINDOW_SLOTS] = {
        {LEAT_WINDOW_KEY, 0},       {LEAT_WINDOW_START, 0},     {LEAT_WINDOW_AGGREGATE, 0}, {LEAT_WINDOW_AGGREGATE, 1},
        {LEAT_WINDOW_AGGREGATE, 2}, {LEAT_WINDOW_AGGREGATE, 3}, {LEAT_WINDOW_AGGREGATE, 4},
    };
    struct leat_window_tumble_spec *spec = leat_arena_alloc(&tiny->arena, sizeof(*spec));
    *spec = (struct leat_window_tumble_spec){.time = PORT_T,
                                             .size_us = tiny->options.size_us,
                                             .key = port_key,
                                             .key_count = keyed,
                                             .key_physical = key_physical,
                                             .aggregates = aggregates,
                                             .aggregate_count = LEAT_ARRAY_LEN(aggregates),
                                             .outputs = keyed ? outputs : outputs + 1,
                                             .output_count = (uint16_t)(WINDOW_SLOTS - !keyed)};
    tiny->stages[tiny->graph.stage_count] = (struct leat_graph_stage){
        .node = add_node(tiny, "window_tumble #1", "window_tumble"),
        .ops = &leat_window_tumble_ops,
        .spec = spec,
        .port_count = 1,
        .layout = {.physical = window_physical + !keyed,
                   .fields = window_fields + !keyed,
                   .slot_count = (uint32_t)(WINDOW_SLOTS - !keyed),
                   .base_count = (uint32_t)(WINDOW_SLOTS - !keyed)},
    };
    return tiny->graph.stage_count++;
}

// ---- Edges ----

static struct leat_graph_edge *add_edge(struct leat_tiny_graph *tiny, enum leat_graph_end from_kind, uint32_t from,
                                        enum leat_graph_end to_kind, uint32_t to) {
    struct leat_graph_edge *edge = &tiny->edges[tiny->graph.edge_count++];
    leat_assert(tiny->graph.edge_count <= LEAT_TINY_MAX);
    *edge = (struct leat_graph_edge){.from_kind = from_kind, .from = from, .to_kind = to_kind, .to = to};
    return edge;
}

static void set_steps(struct leat_graph_edge *edge, const struct leat_graph_step *steps, uint32_t count) {
    edge->steps = steps;
    edge->step_count = count;
}

// An edge that carries a source's rows to a stage, by key or all to one worker.
static struct leat_graph_edge *add_rows_edge(struct leat_tiny_graph *tiny, uint32_t source, uint32_t stage, uint32_t port, bool keyed) {
    struct leat_graph_edge *edge = add_edge(tiny, LEAT_GRAPH_SOURCE, source, LEAT_GRAPH_STAGE, stage);
    edge->to_port = port;
    edge->columns = row_columns;
    edge->column_count = PORT_COLUMNS;
    edge->key = row_key;
    edge->key_count = keyed;
    return edge;
}

static void add_pairs_edge(struct leat_tiny_graph *tiny, uint32_t join, uint32_t tumble) {
    struct leat_graph_edge *edge = add_edge(tiny, LEAT_GRAPH_STAGE, join, LEAT_GRAPH_STAGE, tumble);
    edge->columns = pair_columns;
    edge->column_count = PORT_COLUMNS;
    edge->key = pair_key;
    edge->key_count = 1;
}

// What is written of each slot of a layout.
static const struct leat_encode_config *encode_all(struct leat_tiny_graph *tiny, const struct leat_field *fields, uint32_t count) {
    struct leat_encode_field *encoded = leat_arena_alloc(&tiny->arena, count * sizeof(*encoded));
    struct leat_encode_config *config = leat_arena_alloc(&tiny->arena, sizeof(*config));
    for (uint32_t i = 0; i < count; i++)
        encoded[i] = (struct leat_encode_field){.name = fields[i].name, .type = fields[i].type, .column = i};
    *config = (struct leat_encode_config){.fields = encoded, .field_count = count, .ignore_null_fields = tiny->options.ignore_nulls};
    return config;
}

// k, t, v, s and v + 1 of rows whose v % 3 is not 0.
static void add_filter_to_sink(struct leat_tiny_graph *tiny, uint32_t source, uint32_t sink, const char *filter_name,
                               const char *project_name) {
    static const uint32_t written[] = {ROW_K, ROW_T, ROW_V, ROW_S, ROW_STEP};
    struct leat_graph_edge *edge = add_edge(tiny, LEAT_GRAPH_SOURCE, source, LEAT_GRAPH_SINK, sink);
    uint32_t filter_node = add_node(tiny, filter_name, "filter");
    set_steps(edge, filter_and_project(tiny, filter_node, add_node(tiny, project_name, "project")), 2);
    struct leat_encode_field *fields = leat_arena_alloc(&tiny->arena, LEAT_ARRAY_LEN(written) * sizeof(*fields));
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(written); i++)
        fields[i] =
            (struct leat_encode_field){.name = row_fields[written[i]].name, .type = row_fields[written[i]].type, .column = written[i]};
    struct leat_encode_config *config = leat_arena_alloc(&tiny->arena, sizeof(*config));
    *config = (struct leat_encode_config){.fields = fields, .field_count = LEAT_ARRAY_LEN(written)};
    edge->encode = config;
}

static void add_stage_to_sink(struct leat_tiny_graph *tiny, uint32_t stage, uint32_t sink) {
    const struct leat_graph_layout *layout = &tiny->stages[stage].layout;
    add_edge(tiny, LEAT_GRAPH_STAGE, stage, LEAT_GRAPH_SINK, sink)->encode = encode_all(tiny, layout->fields, layout->base_count);
}

static uint32_t add_join_of(struct leat_tiny_graph *tiny, uint32_t left, uint32_t right, bool with_origin) {
    uint32_t left_node = add_node(tiny, "filter left", "filter"), right_node = add_node(tiny, "filter right", "filter");
    uint32_t join = add_join(tiny, with_origin);
    set_steps(add_rows_edge(tiny, left, join, 0, true), filter(tiny, left_node, 0), 1);
    set_steps(add_rows_edge(tiny, right, join, 1, true), filter(tiny, right_node, 1), 1);
    return join;
}

// ---- Shapes ----

static void make_union(struct leat_tiny_graph *tiny, uint32_t first) {
    uint32_t second = add_source(tiny, "second", "source second");
    struct leat_graph_step *step = leat_arena_alloc(&tiny->arena, sizeof(*step));
    *step = (struct leat_graph_step){.kind = LEAT_GRAPH_UNION, .node = add_node(tiny, "union #1", "union")};
    uint32_t tumble = add_tumble(tiny, true);
    set_steps(add_rows_edge(tiny, first, tumble, 0, true), step, 1);
    set_steps(add_rows_edge(tiny, second, tumble, 0, true), step, 1);
    add_stage_to_sink(tiny, tumble, add_sink(tiny, "out", "sink out"));
}

static void make_joins(struct leat_tiny_graph *tiny, enum leat_tiny_shape shape, uint32_t first) {
    bool then_tumble = shape == LEAT_TINY_JOIN_TUMBLE || shape == LEAT_TINY_FAN;
    uint32_t second = shape == LEAT_TINY_TWO_INPUTS ? add_source(tiny, "second", "source second") : first;
    uint32_t join = add_join_of(tiny, first, second, then_tumble);
    if (then_tumble) {
        uint32_t tumble = add_tumble(tiny, true);
        add_pairs_edge(tiny, join, tumble);
        add_stage_to_sink(tiny, tumble, add_sink(tiny, "out", "sink out"));
    }
    if (shape == LEAT_TINY_FAN) {
        add_stage_to_sink(tiny, join, add_sink(tiny, "pairs", "sink pairs"));
        add_filter_to_sink(tiny, first, add_sink(tiny, "rows", "sink rows"), "filter #1", "project #1");
    }
    if (!then_tumble)
        add_stage_to_sink(tiny, join, add_sink(tiny, "out", "sink out"));
}

void leat_tiny_graph_make(struct leat_tiny_graph *tiny, enum leat_tiny_shape shape, const struct leat_tiny_options *options) {
    *tiny = (struct leat_tiny_graph){.options = *options};
    tiny->graph = (struct leat_graph){
        .nodes = tiny->nodes,
        .sources = tiny->sources,
        .stages = tiny->stages,
        .sinks = tiny->sinks,
        .edges = tiny->edges,
        .settings = {.fail_on_bad_record = options->fail_on_bad_record,
                     .dead_letter_path = options->dead_letter_path,
                     .pipeline_name = "tiny",
                     .time_zone = "UTC"},
    };
    uint32_t first = add_source(tiny, "first", "source first");
    if (shape == LEAT_TINY_FILTER || shape == LEAT_TINY_UNION_FILTER) {
        uint32_t sink = add_sink(tiny, "out", "sink out");
        add_filter_to_sink(tiny, first, sink, "filter #1", "project #1");
        if (shape == LEAT_TINY_UNION_FILTER)
            add_filter_to_sink(tiny, add_source(tiny, "second", "source second"), sink, "filter #2", "project #2");
    } else if (shape == LEAT_TINY_TUMBLE || shape == LEAT_TINY_TUMBLE_ALL) {
        uint32_t tumble = add_tumble(tiny, shape == LEAT_TINY_TUMBLE);
        add_rows_edge(tiny, first, tumble, 0, shape == LEAT_TINY_TUMBLE);
        add_stage_to_sink(tiny, tumble, add_sink(tiny, "out", "sink out"));
    } else if (shape == LEAT_TINY_UNION) {
        make_union(tiny, first);
    } else {
        make_joins(tiny, shape, first);
    }
}

void leat_tiny_graph_free(struct leat_tiny_graph *tiny) {
    leat_arena_free(&tiny->arena);
}

const char *leat_tiny_shape_name(enum leat_tiny_shape shape) {
    static const char *const names[] = {"filter", "join",         "tumble",     "tumble_all", "join_tumble",
                                        "union",  "union_filter", "two_inputs", "fan"};
    _Static_assert(LEAT_ARRAY_LEN(names) == LEAT_TINY_SHAPES, "every shape has a name");
    return names[shape];
}

uint32_t leat_tiny_graph_node(const struct leat_tiny_graph *tiny, const char *name) {
    uint32_t node = 0;
    while (strcmp(tiny->nodes[node].name, name) != 0)
        leat_assert(++node < tiny->graph.node_count);
    return node;
}
