// Sources: which columns a decoder fills, and what is computed on every batch first.
#include "engine/sql/physical.h"

// What decides about the columns of a table.
struct source {
    struct leat_physical_state *p;
    struct leat_producer *producer;
    const struct leat_table *table;
    bool *for_time; // by column: the time or the watermark needs it
};

static void mark_flag(void *context, uint32_t column) {
    ((bool *)context)[column] = true;
}

static void count_wanted(void *context, uint32_t column) {
    ((uint32_t *)context)[column]++;
}

// A computed column that is filled in once for all edges: time needs it, or several edges do and no row can fail for it (which a filter of
// an edge might have spared).
static bool is_hoisted(const struct source *s, uint32_t i) {
    const struct leat_table_column *column = &s->table->columns[i];
    if (column->kind != LEAT_AST_COLUMN_COMPUTED || column->expr->kind == LEAT_EXPR_CONSTANT)
        return s->for_time[i] && column->kind == LEAT_AST_COLUMN_COMPUTED;
    return s->for_time[i] || (s->producer->wanted[i] >= 2 && !column->expr->can_fail);
}

static void find_wanted(struct source *s) {
    uint32_t *wanted = s->producer->wanted;
    if (s->table->has_time) {
        s->for_time[s->table->time] = true;
        leat_expr_visit_columns(s->table->watermark, mark_flag, s->for_time);
    }
    for (uint32_t i = 0; i < s->table->column_count; i++)
        wanted[i] += s->for_time[i];
    for (uint32_t i = 0; i < s->table->column_count; i++)
        if (wanted[i] && s->table->columns[i].kind == LEAT_AST_COLUMN_COMPUTED)
            leat_expr_visit_columns(s->table->columns[i].expr, count_wanted, wanted);
}

// Metadata come with records of a live connector only, and none of those works yet.
static int check_metadata(const struct source *s, uint32_t i) {
    const struct leat_table_column *column = &s->table->columns[i];
    const struct leat_binder *b = s->p->b;
    if (b->options->mode == LEAT_PLAN_CHECK && !s->table->options.connector->source_works)
        return 0; // whoever builds the connector brings its metadata
    if (s->table->from_replaced)
        return leat_diagnostic(b->source, column->span, "make it a physical column where the recording holds it, or do not select it",
                               "the metadata '%s' of '%s' cannot be read from a file", column->metadata->key,
                               s->table->options.connector->name);
    return leat_diagnostic(b->source, column->span, NULL, "reading the metadata '%s' of '%s' is not supported yet", column->metadata->key,
                           s->table->options.connector->name);
}

// Gives slots to the wanted columns of one kind.
static int give_slots(struct source *s, enum leat_ast_column_kind kind) {
    struct leat_layout *layout = s->producer->layout;
    for (uint32_t i = 0; i < s->table->column_count; i++) {
        const struct leat_table_column *column = &s->table->columns[i];
        if (column->kind != kind || !s->producer->wanted[i] || (kind == LEAT_AST_COLUMN_COMPUTED && !is_hoisted(s, i)))
            continue;
        if (kind == LEAT_AST_COLUMN_METADATA && check_metadata(s, i) != 0)
            return -1;
        int slot = leat_physical_slot(s->p, layout, column->name, column->type);
        if (slot < 0)
            return -1;
        layout->slot_of[i] = (uint32_t)slot;
    }
    return 0;
}

// The columns of the table as slots; NULL where a column has none.
static const struct leat_expr **column_map(struct source *s) {
    const struct leat_expr **map = leat_arena_alloc(s->p->b->arena, s->table->column_count * sizeof(*map));
    for (uint32_t i = 0; i < s->table->column_count; i++)
        if (s->producer->layout->slot_of[i] != UINT32_MAX)
            map[i] = leat_expr_column(&s->p->b->builder, s->producer->layout->slot_of[i], s->table->columns[i].type);
    return map;
}

static int compute_columns(struct source *s, struct leat_graph_source *out) {
    const struct leat_expr **map = column_map(s);
    struct leat_graph_compute *computes = leat_arena_alloc(s->p->b->arena, s->table->column_count * sizeof(*computes));
    for (uint32_t i = 0; i < s->table->column_count; i++) {
        uint32_t slot = s->producer->layout->slot_of[i];
        if (s->table->columns[i].kind != LEAT_AST_COLUMN_COMPUTED || slot == UINT32_MAX)
            continue;
        const struct leat_expr *expr = leat_expr_substitute(&s->p->b->builder, s->table->columns[i].expr, map);
        if (!expr)
            return leat_binder_fail(s->p->b, s->table->columns[i].span);
        computes[out->compute_count++] = (struct leat_graph_compute){expr, (uint16_t)slot};
    }
    out->computes = computes;
    if (!s->table->has_time)
        return 0;
    out->has_time = true;
    out->time = (uint16_t)s->producer->layout->slot_of[s->table->time];
    out->watermark = leat_expr_substitute(&s->p->b->builder, s->table->watermark, map);
    return out->watermark ? 0 : leat_binder_fail(s->p->b, s->table->span);
}

static const struct leat_decode_config *decode_config(const struct source *s) {
    const struct leat_table_options *options = &s->table->options;
    struct leat_decode_config *config = leat_arena_alloc(s->p->b->arena, sizeof(*config));
    struct leat_decode_field *fields = leat_arena_alloc(s->p->b->arena, s->table->column_count * sizeof(*fields));
    for (uint32_t i = 0; i < s->table->column_count; i++)
        if (s->table->columns[i].kind == LEAT_AST_COLUMN_PHYSICAL && s->producer->layout->slot_of[i] != UINT32_MAX)
            fields[config->field_count++] = (struct leat_decode_field){s->table->columns[i].name, s->table->columns[i].type};
    config->fields = fields;
    config->ignore_parse_errors = options->ignore_parse_errors;
    config->fail_on_missing_field = options->fail_on_missing_field;
    config->timestamp_form = options->timestamp_form;
    return config;
}

int leat_physical_source(struct leat_physical_state *p, struct leat_producer *producer) {
    const struct leat_table *table = producer->table;
    struct source s = {p, producer, table, leat_arena_alloc(p->b->arena, table->column_count * sizeof(bool))};
    struct leat_graph_source *out = &p->sources[p->source_count];
    producer->index = p->source_count++;
    producer->layout = leat_physical_layout(p, table->column_count);
    find_wanted(&s);
    if (give_slots(&s, LEAT_AST_COLUMN_PHYSICAL) != 0 || give_slots(&s, LEAT_AST_COLUMN_METADATA) != 0)
        return -1;
    producer->layout->base_count = producer->layout->count;
    if (give_slots(&s, LEAT_AST_COLUMN_COMPUTED) != 0)
        return -1;
    *out = (struct leat_graph_source){
        .table = table->name,
        .node = leat_physical_node(p, leat_arena_printf(p->b->arena, "source %s", table->name), "source"),
        .connector = table->options.connector,
        .options = table->options.options,
        .option_count = table->options.count,
        .format = table->options.format,
        .decode = decode_config(&s),
    };
    return compute_columns(&s, out);
}
