// Evaluation: the tree is walked once a batch; every node is one loop over the rows that need it.
#include "engine/expr/kernel.h"

#include <smmintrin.h>

// Room for one column of any type.
struct scratch {
    alignas(LEAT_CACHE_LINE) char data[LEAT_BATCH_ROWS * sizeof(struct leat_text)];
    uint64_t valid[LEAT_BATCH_WORDS];
};

// How much of each kind of room an expression takes at the same time.
struct need {
    uint32_t columns;
    uint32_t selections;
    uint32_t vectors;
};

// All room is handed out in stack order: what an expression takes it has given back when it is done.
struct leat_evaluator {
    struct leat_budget *budget;
    struct need room;
    struct need used;
    struct scratch *columns;
    uint16_t (*selections)[LEAT_BATCH_ROWS];
    struct leat_vector *vectors;
    uint8_t positions[256][8]; // of the bits of a byte, in ascending order
};

// What one evaluation works on.
struct run {
    struct leat_evaluator *evaluator;
    struct leat_batch *batch;
    struct leat_eval_errors *errors;
};

static int eval(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into,
                struct leat_vector *result);
static int filter(struct run *run, const struct leat_expr *expr, struct leat_selection rows, uint16_t *kept, uint32_t *kept_count);

static const uint64_t no_rows[LEAT_BATCH_WORDS];

// ---- Room

static bool is_leaf(const struct leat_expr *expr) {
    return expr->kind == LEAT_EXPR_COLUMN || expr->kind == LEAT_EXPR_CONSTANT;
}

static struct need need_max(struct need a, struct need b) {
    return (struct need){LEAT_MAX(a.columns, b.columns), LEAT_MAX(a.selections, b.selections), LEAT_MAX(a.vectors, b.vectors)};
}

// Besides the column that takes the result.
static struct need need_of(const struct leat_expr *expr) {
    struct need need = {0};
    if (is_leaf(expr))
        return need;
    if (expr->kind == LEAT_EXPR_CALL) {
        uint32_t held = 0, evaluated = leat_call_evaluated(expr);
        need.selections = 1;
        for (uint32_t i = 0; i < evaluated; i++) {
            if (is_leaf(expr->args[i]))
                continue;
            held++;
            struct need below = need_of(expr->args[i]);
            below.columns += held;
            need = need_max(need, below);
        }
        need.vectors += evaluated;
        return need;
    }
    for (uint32_t i = 0; i < expr->arg_count; i++)
        need = need_max(need, need_of(expr->args[i]));
    need.columns += 2; // the operand's result, and one more where a condition is filtered by
    need.selections += 3;
    return need;
}

struct leat_evaluator *leat_evaluator_create(struct leat_budget *budget, const struct leat_expr *const *exprs, uint32_t count) {
    struct need need = {1, 1, 1}; // a filter puts its condition somewhere, and no array is empty
    for (uint32_t i = 0; i < count; i++) {
        struct need below = need_of(exprs[i]);
        below.columns++;
        need = need_max(need, below);
    }
    struct leat_evaluator *evaluator = leat_memory_zalloc(budget, sizeof(*evaluator));
    if (!evaluator)
        return NULL;
    evaluator->budget = budget;
    evaluator->room = need;
    evaluator->columns = leat_memory_zalloc(budget, need.columns * sizeof(*evaluator->columns));
    evaluator->selections = leat_memory_zalloc(budget, need.selections * sizeof(*evaluator->selections));
    evaluator->vectors = leat_memory_zalloc(budget, need.vectors * sizeof(*evaluator->vectors));
    if (!evaluator->columns || !evaluator->selections || !evaluator->vectors) {
        leat_evaluator_destroy(evaluator);
        return NULL;
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        for (uint32_t bit = 0, n = 0; bit < 8; bit++)
            if (byte >> bit & 1)
                evaluator->positions[byte][n++] = (uint8_t)bit;
    return evaluator;
}

void leat_evaluator_destroy(struct leat_evaluator *evaluator) {
    if (!evaluator)
        return;
    leat_memory_free(evaluator->budget, evaluator->columns, evaluator->room.columns * sizeof(*evaluator->columns));
    leat_memory_free(evaluator->budget, evaluator->selections, evaluator->room.selections * sizeof(*evaluator->selections));
    leat_memory_free(evaluator->budget, evaluator->vectors, evaluator->room.vectors * sizeof(*evaluator->vectors));
    leat_memory_free(evaluator->budget, evaluator, sizeof(*evaluator));
}

static struct leat_column take_column(struct leat_evaluator *evaluator, const struct leat_expr *expr) {
    leat_assert(evaluator->used.columns < evaluator->room.columns);
    struct scratch *scratch = &evaluator->columns[evaluator->used.columns++];
    return (struct leat_column){.data = scratch->data, .valid = scratch->valid, .physical = leat_type_physical(expr->type.kind)};
}

static uint16_t *take_selection(struct leat_evaluator *evaluator) {
    leat_assert(evaluator->used.selections < evaluator->room.selections);
    return evaluator->selections[evaluator->used.selections++];
}

// ---- Rows and bitmaps

static struct leat_vector column_vector(const struct leat_column *column) {
    return (struct leat_vector){.data = column->data, .valid = column->has_null ? column->valid : NULL, .mask = UINT32_MAX};
}

static struct leat_vector leaf_vector(const struct run *run, const struct leat_expr *expr) {
    if (expr->kind == LEAT_EXPR_COLUMN)
        return column_vector(&run->batch->columns[expr->column]);
    return (struct leat_vector){.data = &expr->constant.int64, .valid = expr->constant.is_null ? no_rows : NULL};
}

// Writes the numbers of the set bits among the first `count`, eight at a time from a table; `rows` has room for LEAT_BATCH_ROWS.
static uint32_t expand_bits(const struct leat_evaluator *evaluator, const uint64_t *bits, uint32_t count, uint16_t *rows) {
    uint32_t n = 0;
    for (uint32_t base = 0; base < count; base += 64) {
        uint64_t word = bits[base / 64];
        if (count - base < 64)
            word &= (UINT64_C(1) << (count - base)) - 1;
        for (uint32_t row = base; word; word >>= 8, row += 8) {
            __m128i positions = _mm_loadl_epi64((const __m128i *)(const void *)evaluator->positions[word & 0xff]);
            __m128i numbers = _mm_add_epi16(_mm_cvtepu8_epi16(positions), _mm_set1_epi16((short)row));
            // n <= row, so that the eight numbers stay within the room even where fewer of them count.
            _mm_storeu_si128((__m128i *)(void *)(rows + n), numbers);
            n += (uint32_t)__builtin_popcountll(word & 0xff);
        }
    }
    return n;
}

// Bit per row: its byte is not 0. Reads whole groups of 64.
static void bytes_to_bits(const uint8_t *bytes, uint32_t count, uint64_t *bits) {
    for (uint32_t base = 0; base < count; base += 64) {
        uint64_t word = 0;
        for (uint32_t i = 0; i < 64; i += 16) {
            __m128i group = _mm_loadu_si128((const __m128i *)(const void *)(bytes + base + i));
            uint64_t zero = (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(group, _mm_setzero_si128()));
            word |= (zero ^ 0xffff) << i;
        }
        bits[base / 64] = word;
    }
}

// Those of `rows` whose bit is set; dense where they are 0 .. count - 1.
static uint32_t select_bits(const struct leat_evaluator *evaluator, const uint64_t *bits, struct leat_selection rows, uint16_t *kept) {
    if (!rows.rows)
        return expand_bits(evaluator, bits, rows.count, kept);
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint16_t row = rows.rows[i];
        kept[n] = row;
        n += bits[row / 64] >> (row % 64) & 1;
    }
    return n;
}

static uint32_t select_all(struct leat_selection rows, uint16_t *kept) {
    if (rows.rows)
        memmove(kept, rows.rows, rows.count * sizeof(*kept));
    else
        for (uint32_t i = 0; i < rows.count; i++)
            kept[i] = (uint16_t)i;
    return rows.count;
}

// Those of `rows` for which a BOOLEAN is TRUE.
static uint32_t select_true(const struct leat_evaluator *evaluator, const struct leat_vector *value, struct leat_selection rows,
                            uint16_t *kept) {
    const uint8_t *bytes = value->data;
    if (!value->mask) {
        bool all = !value->valid && *bytes;
        return all ? select_all(rows, kept) : 0;
    }
    if (!rows.rows) {
        uint64_t bits[LEAT_BATCH_WORDS];
        bytes_to_bits(bytes, rows.count, bits);
        for (uint32_t i = 0; value->valid && i < LEAT_BATCH_WORDS && i * 64 < rows.count; i++)
            bits[i] &= value->valid[i];
        return expand_bits(evaluator, bits, rows.count, kept);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint16_t row = rows.rows[i];
        kept[n] = row;
        n += bytes[row] && leat_vector_is_valid(value, row);
    }
    return n;
}

// ---- Calls

void leat_kernel_fail(struct leat_kernel_call *call, uint32_t row, const char *reason) {
    leat_column_set_null(call->out, row);
    uint64_t bit = UINT64_C(1) << (row % 64);
    if (call->expr->try_cast || call->errors->rows[row / 64] & bit)
        return;
    call->errors->rows[row / 64] |= bit;
    call->errors->reason[row] = reason;
    call->errors->count++;
}

int leat_kernel_put_text(struct leat_kernel_call *call, uint32_t row, const char *bytes, size_t length) {
    struct leat_text *out = (struct leat_text *)call->out->data + row;
    if (length > LEAT_TEXT_INLINE_BYTES) {
        char *copy = leat_heap_alloc(call->heap, length);
        if (!copy)
            return -1;
        memcpy(copy, bytes, length);
        bytes = copy;
    }
    *out = leat_text_view(bytes, (uint32_t)length);
    return 0;
}

int leat_kernel_run(struct leat_kernel_call *call, uint16_t *narrow) {
    const struct leat_function *function = call->expr->function;
    struct leat_column *out = call->out;
    uint32_t evaluated = leat_call_evaluated(call->expr);
    bool careful = function->flags & (LEAT_FUNCTION_FAILS | LEAT_FUNCTION_NULLS);
    out->has_null = false;
    for (uint32_t i = 0; i < evaluated && !(function->flags & LEAT_FUNCTION_LENIENT); i++) {
        const uint64_t *valid = call->args[i].valid;
        careful |= call->expr->args[i]->type.kind == LEAT_TYPE_STRING;
        for (uint32_t word = 0; valid && word < LEAT_BATCH_WORDS; word++)
            out->valid[word] = out->has_null ? out->valid[word] & valid[word] : valid[word];
        out->has_null |= valid != NULL;
    }
    struct leat_kernel_call narrowed = *call;
    if (out->has_null && careful) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < call->count; i++) {
            uint32_t row = leat_kernel_row(call, i);
            narrow[n] = (uint16_t)row;
            n += out->valid[row / 64] >> (row % 64) & 1;
        }
        if (n == 0)
            return 0;
        narrowed.rows = narrow;
        narrowed.count = n;
    } else if (function->flags & (LEAT_FUNCTION_FAILS | LEAT_FUNCTION_NULLS)) {
        leat_column_fill_valid(out, LEAT_BATCH_ROWS);
    }
    uint8_t kind = call->expr->arg_count ? call->expr->args[0]->type.kind : call->expr->type.kind;
    return function->kernels[leat_type_physical(kind)](&narrowed);
}

static int eval_call(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into) {
    struct leat_evaluator *evaluator = run->evaluator;
    struct need used = evaluator->used;
    uint32_t evaluated = leat_call_evaluated(expr);
    struct leat_vector *args = evaluator->vectors + evaluator->used.vectors;
    evaluator->used.vectors += evaluated;
    leat_assert(evaluator->used.vectors <= evaluator->room.vectors);
    int status = 0;
    for (uint32_t i = 0; i < evaluated && status == 0; i++) {
        if (is_leaf(expr->args[i])) {
            args[i] = leaf_vector(run, expr->args[i]);
        } else {
            struct leat_column column = take_column(evaluator, expr->args[i]);
            status = eval(run, expr->args[i], rows, &column, &args[i]);
        }
    }
    struct leat_kernel_call call = {
        .expr = expr, .args = args, .rows = rows.rows, .count = rows.count, .out = into, .heap = &run->batch->heap, .errors = run->errors};
    if (status == 0)
        status = leat_kernel_run(&call, take_selection(evaluator));
    evaluator->used = used;
    return status;
}

// ---- Forms that choose what they evaluate

// AND and OR: an operand is evaluated for the rows that the earlier ones have not decided (FALSE decides AND, TRUE decides OR).
static int eval_logic(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into) {
    struct leat_evaluator *evaluator = run->evaluator;
    struct need used = evaluator->used;
    const uint8_t decisive = expr->kind == LEAT_EXPR_OR;
    uint8_t *value = leat_column_bool(into);
    uint16_t *open = take_selection(evaluator);
    struct leat_column column = take_column(evaluator, expr);
    int status = 0;
    leat_column_fill_valid(into, LEAT_BATCH_ROWS);
    into->has_null = false;
    for (uint32_t i = 0; i < rows.count; i++)
        value[leat_selection_row(&rows, i)] = !decisive;
    for (uint32_t arg = 0; arg < expr->arg_count && rows.count && status == 0; arg++) {
        struct leat_vector operand;
        status = eval(run, expr->args[arg], rows, &column, &operand);
        const uint8_t *bytes = operand.data;
        uint32_t n = 0;
        for (uint32_t i = 0; i < rows.count && status == 0; i++) {
            uint32_t row = leat_selection_row(&rows, i);
            bool is_valid = leat_vector_is_valid(&operand, row);
            bool decided = is_valid && bytes[row & operand.mask] == decisive;
            if (decided) {
                value[row] = decisive;
                into->valid[row / 64] |= UINT64_C(1) << (row % 64);
            } else if (!is_valid) {
                leat_column_set_null(into, row);
            }
            open[n] = (uint16_t)row;
            n += !decided;
        }
        rows = (struct leat_selection){open, n};
    }
    evaluator->used = used;
    return status;
}

// The loop of merge_rows for one size of values, known to the compiler.
static inline __attribute__((always_inline)) void merge_bytes(const struct leat_vector *value, struct leat_selection rows,
                                                              struct leat_column *into, size_t bytes) {
    const char *from = value->data;
    char *to = into->data;
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = leat_selection_row(&rows, i);
        memcpy(to + row * bytes, from + (row & value->mask) * bytes, bytes); // of a NULL, too: it is some value from before
        uint64_t valid = leat_vector_is_valid(value, row), shift = row % 64;
        into->valid[row / 64] = (into->valid[row / 64] & ~(UINT64_C(1) << shift)) | valid << shift;
    }
}

// Copies the chosen rows of a value into a column whose bitmap is maintained.
static void merge_rows(const struct leat_vector *value, struct leat_selection rows, struct leat_column *into) {
    into->has_null |= value->valid != NULL;
    switch (leat_physical_bytes((enum leat_physical)into->physical)) {
    case 1:
        merge_bytes(value, rows, into, 1);
        break;
    case 4:
        merge_bytes(value, rows, into, 4);
        break;
    case 8:
        merge_bytes(value, rows, into, 8);
        break;
    default:
        merge_bytes(value, rows, into, sizeof(struct leat_text));
    }
}

// Those of the ascending `rows` that are not in the ascending `taken`, a subset.
static uint32_t subtract_rows(struct leat_selection rows, const uint16_t *taken, uint32_t taken_count, uint16_t *left) {
    uint32_t n = 0;
    for (uint32_t i = 0, t = 0; i < rows.count; i++) {
        uint16_t row = (uint16_t)leat_selection_row(&rows, i);
        if (t < taken_count && taken[t] == row)
            t++;
        else
            left[n++] = row;
    }
    return n;
}

static int eval_case(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into) {
    struct leat_evaluator *evaluator = run->evaluator;
    struct need used = evaluator->used;
    struct leat_column column = take_column(evaluator, expr);
    uint16_t *taken = take_selection(evaluator), *open = take_selection(evaluator);
    int status = 0;
    leat_column_fill_valid(into, LEAT_BATCH_ROWS);
    into->has_null = false;
    for (uint32_t arg = 0; arg < expr->arg_count && rows.count && status == 0; arg += 2) {
        struct leat_selection chosen = rows;
        bool is_else = arg + 1 == expr->arg_count;
        if (!is_else) {
            chosen.rows = taken;
            status = filter(run, expr->args[arg], rows, taken, &chosen.count);
            if (status)
                break;
            rows = (struct leat_selection){open, subtract_rows(rows, taken, chosen.count, open)};
        }
        struct leat_vector value;
        if (chosen.count == 0)
            continue;
        status = eval(run, expr->args[arg + !is_else], chosen, &column, &value);
        if (status == 0)
            merge_rows(&value, chosen, into);
    }
    evaluator->used = used;
    return status;
}

static int eval_coalesce(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into) {
    struct leat_evaluator *evaluator = run->evaluator;
    struct need used = evaluator->used;
    struct leat_column column = take_column(evaluator, expr);
    uint16_t *open = take_selection(evaluator);
    int status = 0;
    leat_column_fill_valid(into, LEAT_BATCH_ROWS);
    into->has_null = false;
    for (uint32_t arg = 0; arg < expr->arg_count && rows.count && status == 0; arg++) {
        struct leat_vector value;
        status = eval(run, expr->args[arg], rows, &column, &value);
        if (status)
            break;
        merge_rows(&value, rows, into);
        uint32_t n = 0;
        for (uint32_t i = 0; i < rows.count; i++) {
            uint32_t row = leat_selection_row(&rows, i);
            open[n] = (uint16_t)row;
            n += !leat_vector_is_valid(&value, row);
        }
        rows = (struct leat_selection){open, n};
    }
    evaluator->used = used;
    return status;
}

// Computes `expr` for `rows`. `into` is room that the result may take; it may also be a column of the batch or a constant.
static int eval(struct run *run, const struct leat_expr *expr, struct leat_selection rows, struct leat_column *into,
                struct leat_vector *result) {
    int status = 0;
    switch (expr->kind) {
    case LEAT_EXPR_COLUMN:
    case LEAT_EXPR_CONSTANT:
        *result = leaf_vector(run, expr);
        return 0;
    case LEAT_EXPR_CALL:
        status = eval_call(run, expr, rows, into);
        break;
    case LEAT_EXPR_AND:
    case LEAT_EXPR_OR:
        status = eval_logic(run, expr, rows, into);
        break;
    case LEAT_EXPR_CASE:
        status = eval_case(run, expr, rows, into);
        break;
    case LEAT_EXPR_COALESCE:
        status = eval_coalesce(run, expr, rows, into);
        break;
    }
    *result = column_vector(into);
    return status;
}

// ---- Filters

// True for `column IS [NOT] NULL`, which a filter reads off the bitmap.
static bool is_null_test(const struct leat_expr *expr, bool *negated) {
    if (expr->kind != LEAT_EXPR_CALL || !(expr->function->flags & LEAT_FUNCTION_LENIENT) || expr->arg_count != 1 ||
        expr->args[0]->kind != LEAT_EXPR_COLUMN)
        return false;
    *negated = strcmp(expr->function->name, "IS NOT NULL") == 0;
    return *negated || strcmp(expr->function->name, "IS NULL") == 0;
}

static uint32_t filter_null_test(struct run *run, const struct leat_expr *expr, bool negated, struct leat_selection rows, uint16_t *kept) {
    const struct leat_column *column = &run->batch->columns[expr->args[0]->column];
    if (!column->has_null)
        return negated ? select_all(rows, kept) : 0;
    if (negated)
        return select_bits(run->evaluator, column->valid, rows, kept);
    uint64_t missing[LEAT_BATCH_WORDS];
    for (uint32_t i = 0; i < LEAT_BATCH_WORDS; i++)
        missing[i] = ~column->valid[i];
    return select_bits(run->evaluator, missing, rows, kept);
}

static int filter(struct run *run, const struct leat_expr *expr, struct leat_selection rows, uint16_t *kept, uint32_t *kept_count) {
    struct leat_evaluator *evaluator = run->evaluator;
    struct need used = evaluator->used;
    bool negated;
    if (is_null_test(expr, &negated)) {
        *kept_count = filter_null_test(run, expr, negated, rows, kept);
        return 0;
    }
    // A row that is not TRUE for one operand needs no other, except that an operand that fails must fail where it was NULL before, too.
    if (expr->kind == LEAT_EXPR_AND && !expr->can_fail) {
        *kept_count = rows.count;
        for (uint32_t arg = 0; arg < expr->arg_count && *kept_count; arg++) {
            if (filter(run, expr->args[arg], rows, kept, kept_count))
                return -1;
            rows = (struct leat_selection){kept, *kept_count};
        }
        return 0;
    }
    struct leat_column column = take_column(evaluator, expr);
    struct leat_vector value;
    int status = eval(run, expr, rows, &column, &value);
    *kept_count = status ? 0 : select_true(evaluator, &value, rows, kept);
    evaluator->used = used;
    return status;
}

int leat_evaluate_filter(struct leat_evaluator *evaluator, const struct leat_expr *expr, struct leat_batch *batch,
                         const struct leat_selection *rows, uint16_t *kept, uint32_t *kept_count, struct leat_eval_errors *errors) {
    struct run run = {evaluator, batch, errors};
    leat_assert(leat_type_physical(expr->type.kind) == LEAT_PHYSICAL_BOOL);
    *kept_count = 0;
    return rows->count ? filter(&run, expr, *rows, kept, kept_count) : 0;
}

// ---- The way in

// A leaf was not computed into anything: its rows are copied.
static void copy_rows(const struct leat_vector *value, struct leat_selection rows, struct leat_column *out) {
    size_t bytes = leat_physical_bytes(out->physical);
    out->has_null = value->valid != NULL;
    if (value->valid && value->valid != out->valid)
        memcpy(out->valid, value->valid, LEAT_BATCH_WORDS * sizeof(uint64_t));
    if (value->data == out->data || value->valid == no_rows)
        return;
    if (!rows.rows && value->mask) {
        memcpy(out->data, value->data, rows.count * bytes);
        return;
    }
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = leat_selection_row(&rows, i);
        memcpy((char *)out->data + row * bytes, (const char *)value->data + (row & value->mask) * bytes, bytes);
    }
}

int leat_evaluate(struct leat_evaluator *evaluator, const struct leat_expr *expr, struct leat_batch *batch,
                  const struct leat_selection *rows, struct leat_column *out, struct leat_eval_errors *errors) {
    struct run run = {evaluator, batch, errors};
    struct leat_vector value;
    leat_assert(out->physical == leat_type_physical(expr->type.kind));
    out->has_null = false;
    if (rows->count == 0)
        return 0;
    if (eval(&run, expr, *rows, out, &value))
        return -1;
    if (is_leaf(expr))
        copy_rows(&value, *rows, out);
    return 0;
}
