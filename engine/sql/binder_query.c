// Queries: WITH, SELECT, UNION ALL.
#include "engine/sql/binder.h"

static const struct leat_relation *refuse(struct leat_binder *b, struct leat_span span, const char *hint, const char *what) {
    leat_diagnostic(b->source, span, hint, "%s", what);
    return NULL;
}

// A relation of the logical plan, with its error put at `span` where there is none.
static const struct leat_relation *checked(struct leat_binder *b, struct leat_span span, const struct leat_relation *relation) {
    if (!relation)
        leat_binder_fail(b, span);
    return relation;
}

// ---- SELECT

// The items of SELECT with the stars written out: for a star the column, else the syntax tree.
struct item_list {
    const struct leat_ast_expr **asts; // NULL for a column of a star
    uint32_t *columns;
    const char **names;
    uint32_t count;
};

static void add_item(struct item_list *list, const struct leat_ast_expr *ast, uint32_t column, const char *name) {
    list->asts[list->count] = ast;
    list->columns[list->count] = column;
    list->names[list->count++] = name;
}

// The name of an item without an alias: that of its column, else EXPR$i as in Flink.
static const char *item_name(struct leat_binder *b, const struct leat_ast_select_item *item, uint32_t i) {
    if (item->alias.text)
        return item->alias.text;
    if (item->expr->kind == LEAT_AST_EXPR_COLUMN)
        return item->expr->column.parts[item->expr->column.count - 1].text;
    return leat_arena_printf(b->arena, "EXPR$%u", i);
}

static int expand_star(struct leat_binder *b, const struct leat_ast_select_item *item, struct item_list *list) {
    uint32_t first = 0, count = b->scope->relation->column_count;
    if (item->table.count) {
        const struct leat_scope_table *table = leat_scope_find_table(b->arena, b->source, b->scope, &item->table);
        if (!table)
            return -1;
        first = table->first;
        count = table->count;
    }
    if (list->count + count > LEAT_COLUMNS_MAX)
        return leat_diagnostic(b->source, item->span, NULL, "this has more than %d columns", LEAT_COLUMNS_MAX);
    for (uint32_t i = first; i < first + count; i++)
        add_item(list, NULL, i, b->scope->relation->columns[i].name);
    return 0;
}

static int list_items(struct leat_binder *b, const struct leat_ast_select *ast, struct item_list *list) {
    size_t room = 0;
    for (uint32_t i = 0; i < ast->item_count && room < LEAT_COLUMNS_MAX; i++)
        room += ast->items[i].star ? b->scope->relation->column_count : 1;
    room = LEAT_MIN(room, (size_t)LEAT_COLUMNS_MAX);
    list->asts = leat_arena_alloc(b->arena, room * sizeof(*list->asts));
    list->columns = leat_arena_alloc(b->arena, room * sizeof(*list->columns));
    list->names = leat_arena_alloc(b->arena, room * sizeof(*list->names));
    for (uint32_t i = 0; i < ast->item_count; i++) {
        const struct leat_ast_select_item *item = &ast->items[i];
        if (item->star) {
            if (expand_star(b, item, list) != 0)
                return -1;
            continue;
        }
        if (list->count >= LEAT_COLUMNS_MAX)
            return leat_diagnostic(b->source, item->span, NULL, "this has more than %d columns", LEAT_COLUMNS_MAX);
        add_item(list, item->expr, 0, item_name(b, item, i));
    }
    return 0;
}

static bool is_aggregated(const struct leat_ast_select *ast) {
    bool aggregated = ast->has_group || ast->having;
    for (uint32_t i = 0; !aggregated && i < ast->item_count; i++)
        aggregated = !ast->items[i].star && leat_binder_has_aggregate(ast->items[i].expr);
    return aggregated;
}

static const struct leat_relation *project(struct leat_binder *b, const struct leat_ast_select *ast, const struct leat_relation *input,
                                           const struct item_list *list, const struct leat_expr *const *exprs) {
    struct leat_logical_item *items = leat_arena_alloc(b->arena, list->count * sizeof(*items));
    for (uint32_t i = 0; i < list->count; i++)
        items[i] = (struct leat_logical_item){.expr = exprs[i], .column = {.name = list->names[i]}};
    struct leat_span span = leat_span_join(ast->items[0].span, ast->items[ast->item_count - 1].span);
    return checked(b, span, leat_logical_project(&b->logical, input, items, list->count));
}

static const struct leat_relation *select_plain(struct leat_binder *b, const struct leat_ast_select *ast, const struct leat_relation *input,
                                                const struct item_list *list) {
    const struct leat_expr **exprs = leat_arena_alloc(b->arena, list->count * sizeof(*exprs));
    b->place = "a SELECT without GROUP BY";
    for (uint32_t i = 0; i < list->count; i++) {
        exprs[i] = list->asts[i] ? leat_binder_expr(b, list->asts[i])
                                 : leat_expr_column(&b->builder, list->columns[i], input->columns[list->columns[i]].type);
        if (!exprs[i])
            return NULL;
    }
    return project(b, ast, input, list, exprs);
}

static const struct leat_relation *select_grouped(struct leat_binder *b, const struct leat_ast_select *ast,
                                                  const struct leat_relation *input, const struct item_list *list) {
    const struct leat_relation *grouped;
    const struct leat_expr **exprs = leat_arena_alloc(b->arena, list->count * sizeof(*exprs)), *having;
    for (uint32_t i = 0; i < list->count; i++)
        if (!list->asts[i])
            return refuse(b, ast->items[0].span, "name the columns", "* cannot stand in a SELECT with GROUP BY");
    if (leat_binder_group(b, ast, input, list->asts, list->count, exprs, &having, &grouped) != 0)
        return NULL;
    if (having) {
        grouped = checked(b, ast->having->span, leat_logical_filter(&b->logical, grouped, having));
        if (!grouped)
            return NULL;
    }
    return project(b, ast, grouped, list, exprs);
}

// The clauses that stand in a SELECT and that leat has not.
static bool refuse_clauses(struct leat_binder *b, const struct leat_ast_select *ast) {
    if (!ast->from)
        refuse(b, ast->items[0].span, "a pipeline reads at least one table", "SELECT without FROM is not supported yet");
    else if (ast->distinct)
        refuse(b, ast->items[0].span, "GROUP BY the columns in a TUMBLE window",
               "SELECT DISTINCT is not supported yet: its state has no bound");
    else if (ast->window_count)
        refuse(b, ast->windows[0].span, "aggregate in TUMBLE windows with GROUP BY", "OVER windows are not supported yet");
    else if (ast->qualify)
        refuse(b, ast->qualify->span, NULL, "QUALIFY is not supported yet");
    else
        return false;
    return true;
}

static const struct leat_relation *bind_select(struct leat_binder *b, const struct leat_ast_select *ast) {
    struct leat_from from;
    if (++b->select_count > LEAT_PLAN_SELECTS_MAX)
        return refuse(b, ast->items[0].span, "split the script into several pipelines", "the script has too many SELECTs");
    if (refuse_clauses(b, ast) || leat_binder_from(b, ast->from, &from) != 0)
        return NULL;
    struct leat_scope scope = {from.relation, from.tables, from.table_count};
    const struct leat_scope *outer = b->scope;
    struct leat_group *outer_group = b->group;
    struct item_list list = {0};
    const struct leat_relation *result = NULL;
    b->scope = &scope;
    b->group = NULL;
    if (list_items(b, ast, &list) != 0)
        goto done;
    if (ast->where) {
        const struct leat_expr *condition = leat_binder_condition(b, ast->where, "WHERE");
        if (!condition || !(scope.relation = checked(b, ast->where->span, leat_logical_filter(&b->logical, scope.relation, condition))))
            goto done;
    }
    result = is_aggregated(ast) ? select_grouped(b, ast, scope.relation, &list) : select_plain(b, ast, scope.relation, &list);
done:
    b->scope = outer;
    b->group = outer_group;
    return result;
}

// ---- UNION ALL

// The type both columns become, or NULL's kind when there is none; the builder knows the rules.
static struct leat_type common_type(struct leat_binder *b, struct leat_type left, struct leat_type right) {
    if (left.kind == right.kind && left.precision == right.precision)
        return (struct leat_type){left.kind, left.precision, left.nullable || right.nullable};
    b->builder.error = b->builder.hint = NULL;
    const struct leat_expr *args[] = {leat_expr_column(&b->builder, 0, left), leat_expr_column(&b->builder, 1, right)};
    const struct leat_expr *both = leat_expr_call(&b->builder, "COALESCE", args, 2);
    struct leat_type type = both ? both->type : (struct leat_type){.kind = LEAT_TYPE_NULL};
    type.nullable = left.nullable || right.nullable;
    return type;
}

// One leg with its columns brought to the types.
static const struct leat_relation *cast_leg(struct leat_binder *b, const struct leat_relation *leg, const struct leat_type *types,
                                            struct leat_span span) {
    bool same = true;
    struct leat_logical_item *items = leat_arena_alloc(b->arena, leg->column_count * sizeof(*items));
    for (uint32_t i = 0; i < leg->column_count; i++) {
        const struct leat_logical_column *column = &leg->columns[i];
        items[i] = (struct leat_logical_item){leat_expr_column(&b->builder, i, column->type), *column};
        if (column->type.kind == types[i].kind && column->type.precision == types[i].precision)
            continue;
        same = false;
        items[i].column.part = LEAT_WINDOW_PART_NONE;
        items[i].expr = leat_expr_cast(&b->builder, items[i].expr, types[i], false);
        if (!items[i].expr) {
            leat_binder_fail(b, span);
            return NULL;
        }
    }
    return same ? leg : checked(b, span, leat_logical_project(&b->logical, leg, items, leg->column_count));
}

const struct leat_relation *leat_binder_union(struct leat_binder *b, const struct leat_relation *left, const struct leat_relation *right,
                                              struct leat_span span) {
    if (left->column_count != right->column_count) {
        leat_diagnostic(b->source, span, NULL, "the legs of UNION ALL must have the same number of columns, not %u and %u",
                        left->column_count, right->column_count);
        return NULL;
    }
    struct leat_type *types = leat_arena_alloc(b->arena, left->column_count * sizeof(*types));
    for (uint32_t i = 0; i < left->column_count; i++) {
        types[i] = common_type(b, left->columns[i].type, right->columns[i].type);
        bool both_null = left->columns[i].type.kind == LEAT_TYPE_NULL && right->columns[i].type.kind == LEAT_TYPE_NULL;
        if (types[i].kind != LEAT_TYPE_NULL || both_null)
            continue;
        leat_diagnostic(b->source, span, "CAST one of them", "column %u of UNION ALL (`%s`) has no common type: %s and %s", i + 1,
                        left->columns[i].name, leat_type_text(b->arena, left->columns[i].type),
                        leat_type_text(b->arena, right->columns[i].type));
        return NULL;
    }
    left = cast_leg(b, left, types, span);
    right = left ? cast_leg(b, right, types, span) : NULL;
    return right ? checked(b, span, leat_logical_union(&b->logical, left, right)) : NULL;
}

static const struct leat_relation *bind_body(struct leat_binder *b, const struct leat_ast_body *ast) {
    switch (ast->kind) {
    case LEAT_AST_BODY_SELECT:
        return bind_select(b, ast->select);
    case LEAT_AST_BODY_QUERY:
        return leat_binder_query(b, ast->query);
    case LEAT_AST_BODY_VALUES:
        return refuse(b, ast->span, "put the rows in a file and read it with 'connector' = 'filesystem'", "VALUES is not supported yet");
    default:
        break;
    }
    if (ast->set.op != LEAT_AST_SET_UNION)
        return refuse(b, ast->set.op_span, NULL, "INTERSECT and EXCEPT are not supported: their state has no bound");
    if (!ast->set.all)
        return refuse(b, ast->set.op_span, "write UNION ALL, which keeps duplicates", "UNION is not supported: its state has no bound");
    const struct leat_relation *left = bind_body(b, ast->set.left), *right = left ? bind_body(b, ast->set.right) : NULL;
    return right ? leat_binder_union(b, left, right, ast->set.op_span) : NULL;
}

// ---- WITH, ORDER BY, LIMIT

static bool refuse_tail(struct leat_binder *b, const struct leat_ast_query *ast) {
    if (ast->order.count)
        refuse(b, ast->tail, "rows of a key leave a SERIES JOIN and windows in the order of time anyway",
               "ORDER BY is not supported: a stream has no end to sort at");
    else if (ast->limit || ast->offset)
        refuse(b, ast->tail, "use `leat replay --limit N` to read only a part",
               "LIMIT and OFFSET are not supported: a stream has no first rows");
    else
        return false;
    return true;
}

const struct leat_relation *leat_binder_query(struct leat_binder *b, const struct leat_ast_query *ast) {
    const struct leat_binder_cte *outer = b->ctes;
    const struct leat_relation *result = NULL;
    if (refuse_tail(b, ast))
        return NULL;
    for (uint32_t i = 0; i < ast->cte_count; i++) {
        const struct leat_relation *relation = leat_binder_query(b, ast->ctes[i].query);
        if (relation && ast->ctes[i].columns.count)
            relation = leat_binder_rename(b, relation, &ast->ctes[i].columns, ast->ctes[i].name.span);
        if (!relation)
            goto done;
        struct leat_binder_cte *cte = leat_arena_alloc(b->arena, sizeof(*cte));
        *cte = (struct leat_binder_cte){ast->ctes[i].name.text, relation, b->ctes};
        b->ctes = cte;
    }
    result = bind_body(b, ast->body);
done:
    b->ctes = outer;
    return result;
}
