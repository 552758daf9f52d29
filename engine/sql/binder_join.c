// SERIES JOIN: key pairs, time attributes, tolerance.
#include "engine/sql/binder.h"

// Most equalities of one join.
#define KEYS_MAX 64

// The state of binding one join.
struct join {
    struct leat_from sides[2];
    struct leat_scope scope; // columns of the left, then of the right side
    struct leat_relation both;
    const struct leat_expr **keys[2]; // over the columns of each side
    uint32_t key_count;
};

static const char condition_hint[] =
    "write equalities between the two sides, joined by AND: l.k = r.k AND ...; filters go into WHERE of a view or subquery";

// ---- scope

// The columns and tables of both sides behind each other.
static int join_scope(struct leat_binder *b, struct join *join, struct leat_span span) {
    const struct leat_from *l = &join->sides[0], *r = &join->sides[1];
    uint32_t count = l->relation->column_count + r->relation->column_count;
    if (count > LEAT_COLUMNS_MAX)
        return leat_diagnostic(b->source, span, NULL, "this has more than %d columns", LEAT_COLUMNS_MAX);
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, count * sizeof(*columns));
    struct leat_scope_table *tables = leat_arena_alloc(b->arena, (l->table_count + r->table_count) * sizeof(*tables));
    memcpy(columns, l->relation->columns, l->relation->column_count * sizeof(*columns));
    memcpy(columns + l->relation->column_count, r->relation->columns, r->relation->column_count * sizeof(*columns));
    memcpy(tables, l->tables, l->table_count * sizeof(*tables));
    for (uint32_t i = 0; i < r->table_count; i++) {
        tables[l->table_count + i] = r->tables[i];
        tables[l->table_count + i].first += l->relation->column_count;
        for (uint32_t k = 0; k < l->table_count; k++)
            if (r->tables[i].name && tables[k].name && strcmp(tables[k].name, r->tables[i].name) == 0)
                return leat_diagnostic(b->source, span, "give one of them another name with AS", "FROM has two tables named `%s`",
                                       tables[k].name);
    }
    join->both = (struct leat_relation){.columns = columns, .column_count = count};
    join->scope = (struct leat_scope){&join->both, tables, l->table_count + r->table_count};
    return 0;
}

// ---- ON

struct sides {
    uint32_t left_count;
    bool left, right;
};

static void visit_side(void *context, uint32_t column) {
    struct sides *sides = context;
    sides->left |= column < sides->left_count;
    sides->right |= column >= sides->left_count;
}

static struct sides sides_of(const struct join *join, const struct leat_expr *expr) {
    struct sides sides = {.left_count = join->sides[0].relation->column_count};
    leat_expr_visit_columns(expr, visit_side, &sides);
    return sides;
}

// What moves columns of the join to the right side.
struct shift {
    struct leat_expr_builder *builder;
    uint32_t by;
};

static const struct leat_expr *shift_column(void *context, const struct leat_expr *node) {
    const struct shift *shift = context;
    return node->kind == LEAT_EXPR_COLUMN ? leat_expr_column(shift->builder, node->column - shift->by, node->type) : NULL;
}

// The right side's expression over its own columns.
static const struct leat_expr *to_right(struct leat_binder *b, const struct join *join, const struct leat_expr *expr) {
    struct shift shift = {&b->builder, join->sides[0].relation->column_count};
    return leat_logical_rewrite(&b->logical, expr, shift_column, &shift);
}

// One equality of ON. The comparison is built only to have both sides brought to one type.
static int bind_key(struct leat_binder *b, struct join *join, const struct leat_ast_expr *ast) {
    if (ast->kind != LEAT_AST_EXPR_BINARY || ast->binary.op != LEAT_AST_OP_EQUAL)
        return leat_diagnostic(b->source, ast->span, condition_hint, "the condition of a SERIES JOIN is made of equalities");
    const struct leat_expr *args[2] = {leat_binder_expr(b, ast->binary.left), NULL};
    if (!args[0] || !(args[1] = leat_binder_expr(b, ast->binary.right)))
        return -1;
    struct sides first = sides_of(join, args[0]), second = sides_of(join, args[1]);
    bool straight = first.left && !first.right && second.right && !second.left;
    bool crossed = first.right && !first.left && second.left && !second.right;
    if (!straight && !crossed)
        return leat_diagnostic(b->source, ast->span, condition_hint, "this does not compare the left side with the right side");
    const struct leat_expr *equal = leat_binder_apply(b, ast->binary.op_span, "=", args, 2);
    if (!equal)
        return -1;
    if (equal->kind != LEAT_EXPR_CALL || equal->arg_count != 2 ||
        leat_type_physical(equal->args[0]->type.kind) != leat_type_physical(equal->args[1]->type.kind))
        return leat_diagnostic(b->source, ast->span, condition_hint, "this equality cannot be a key");
    join->keys[0][join->key_count] = equal->args[straight ? 0 : 1];
    join->keys[1][join->key_count++] = to_right(b, join, equal->args[straight ? 1 : 0]);
    return 0;
}

// The equalities between ANDs, from left to right.
static int bind_condition(struct leat_binder *b, struct join *join, const struct leat_ast_expr *ast) {
    if (ast->kind == LEAT_AST_EXPR_BINARY && ast->binary.op == LEAT_AST_OP_AND)
        return bind_condition(b, join, ast->binary.left) != 0 ? -1 : bind_condition(b, join, ast->binary.right);
    if (join->key_count >= KEYS_MAX)
        return leat_diagnostic(b->source, ast->span, NULL, "a SERIES JOIN has at most %d equalities", KEYS_MAX);
    return bind_key(b, join, ast);
}

// ---- time

// `t`.`column`, or `column` where its table has no name.
static const char *qualified(struct leat_binder *b, const struct leat_from *from, uint32_t column) {
    const char *name = from->relation->columns[column].name;
    for (uint32_t i = 0; i < from->table_count; i++)
        if (from->tables[i].name && column - from->tables[i].first < from->tables[i].count)
            return leat_arena_printf(b->arena, "`%s`.`%s`", from->tables[i].name, name);
    return leat_arena_printf(b->arena, "`%s`", name);
}

// The one time attribute of a side; columns that hold the same value count once.
static int find_time(struct leat_binder *b, const struct leat_from *from, const char *side, struct leat_span span, uint32_t *time) {
    const struct leat_relation *relation = from->relation;
    uint32_t found = 0;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        if (!relation->columns[i].rowtime)
            continue;
        if (found && leat_logical_same_column(relation, *time, i))
            continue;
        if (found)
            return leat_diagnostic(b->source, span,
                                   "choose one in a subquery; CAST(column AS TIMESTAMP(3)) makes a plain timestamp of another",
                                   "the %s side of the SERIES JOIN has more than one time attribute: %s and %s", side,
                                   qualified(b, from, *time), qualified(b, from, i));
        *time = i;
        found++;
    }
    if (found)
        return 0;
    return leat_diagnostic(b->source, span, "select the column with the WATERMARK as it is, without an expression around it",
                           "the %s side of the SERIES JOIN has no time attribute", side);
}

// ---- result

// A side with its keys as further columns.
static const struct leat_relation *side_input(struct leat_binder *b, const struct join *join, uint32_t side, struct leat_span span) {
    const struct leat_relation *relation = join->sides[side].relation;
    uint32_t count = relation->column_count + join->key_count;
    struct leat_logical_item *items = leat_arena_alloc(b->arena, count * sizeof(*items));
    for (uint32_t i = 0; i < relation->column_count; i++)
        items[i] =
            (struct leat_logical_item){leat_expr_column(&b->builder, i, relation->columns[i].type), {.name = relation->columns[i].name}};
    for (uint32_t i = 0; i < join->key_count; i++) {
        items[relation->column_count + i].expr = join->keys[side][i];
        items[relation->column_count + i].column.name = leat_arena_printf(b->arena, "$key%u", i);
    }
    const struct leat_relation *input = leat_logical_project(&b->logical, relation, items, count);
    if (!input)
        leat_binder_fail(b, span);
    return input;
}

// Names by which EXPLAIN can tell the columns of both sides apart.
static const char *const *explain_names(struct leat_binder *b, const struct join *join) {
    const struct leat_relation *both = &join->both;
    const char **names = leat_arena_alloc(b->arena, both->column_count * sizeof(*names));
    uint32_t left_count = join->sides[0].relation->column_count;
    for (uint32_t i = 0; i < both->column_count; i++) {
        const char *name = both->columns[i].name, *table = NULL;
        uint32_t from = i < left_count ? left_count : 0, to = i < left_count ? both->column_count : left_count;
        while (from < to && strcmp(both->columns[from].name, name) != 0)
            from++;
        for (uint32_t k = 0; from < to && k < join->scope.table_count; k++)
            if (i - join->scope.tables[k].first < join->scope.tables[k].count)
                table = join->scope.tables[k].name;
        names[i] = table ? leat_arena_printf(b->arena, "%s.%s", table, name) : name;
    }
    return names;
}

static struct leat_producer *join_producer(struct leat_binder *b, struct join *join) {
    struct leat_producer *producer = leat_arena_alloc(b->arena, sizeof(*producer));
    struct leat_logical_column *columns = leat_arena_alloc(b->arena, join->both.column_count * sizeof(*columns));
    for (uint32_t i = 0; i < join->both.column_count; i++) {
        columns[i] = join->both.columns[i];
        columns[i].part = LEAT_WINDOW_PART_NONE; // grouping by the window of one side would not be that of the pair
        columns[i].window = NULL;
    }
    *producer = (struct leat_producer){.kind = LEAT_PRODUCER_SERIES_JOIN,
                                       .columns = columns,
                                       .column_count = join->both.column_count,
                                       .input_count = 2,
                                       .key_count = join->key_count};
    return producer;
}

static int bind_sides(struct leat_binder *b, const struct leat_ast_table *ast, struct join *join) {
    const struct leat_scope *outer = b->scope;
    b->scope = NULL;
    int failed = leat_binder_from(b, ast->join.left, &join->sides[0]) != 0 || leat_binder_from(b, ast->join.right, &join->sides[1]) != 0;
    b->scope = outer;
    return failed ? -1 : join_scope(b, join, ast->join.right->span);
}

static int bind_on(struct leat_binder *b, const struct leat_ast_table *ast, struct join *join) {
    const struct leat_scope *outer = b->scope;
    for (uint32_t side = 0; side < 2; side++)
        join->keys[side] = leat_arena_alloc(b->arena, KEYS_MAX * sizeof(*join->keys[side]));
    b->scope = &join->scope;
    b->place = "the condition of a SERIES JOIN";
    int result = bind_condition(b, join, ast->join.on);
    b->scope = outer;
    return result;
}

int leat_binder_series_join(struct leat_binder *b, const struct leat_ast_table *ast, struct leat_from *out) {
    struct join join = {.key_count = 0};
    int64_t tolerance_us;
    if (bind_sides(b, ast, &join) != 0 || bind_on(b, ast, &join) != 0 ||
        leat_binder_interval(b, ast->join.tolerance, "the TOLERANCE of a SERIES JOIN", &tolerance_us) != 0)
        return -1;
    if (tolerance_us < 0)
        return leat_diagnostic(b->source, ast->join.tolerance->span, NULL, "the TOLERANCE of a SERIES JOIN cannot be negative");
    struct leat_producer *producer = join_producer(b, &join);
    producer->join.tolerance_us = tolerance_us;
    producer->join.names = explain_names(b, &join);
    for (uint32_t side = 0; side < 2; side++) {
        const struct leat_relation *relation = join.sides[side].relation;
        struct leat_span place = side ? ast->join.right->span : ast->join.left->span;
        if (find_time(b, &join.sides[side], side ? "right" : "left", place, &producer->join.time[side]) != 0)
            return -1;
        producer->join.data_count[side] = relation->column_count;
        producer->inputs[side] = side_input(b, &join, side, ast->join.on->span);
        if (!producer->inputs[side])
            return -1;
    }
    const struct leat_relation *relation = leat_logical_read(&b->logical, producer);
    if (!relation)
        return leat_binder_fail(b, ast->span);
    *out = (struct leat_from){relation, join.scope.tables, join.scope.table_count};
    return 0;
}
