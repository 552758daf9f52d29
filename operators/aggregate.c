#include "operators/aggregate.h"

#include "engine/base/assert.h"

#define SIGN_BIT   (UINT64_C(1) << 63)
#define NAN_BITS   UINT64_C(0x7ff8000000000000)
#define ALWAYS_NOW __attribute__((always_inline)) static inline

// One aggregate of one group. COUNT has only the count, MIN and MAX of texts have `text` behind it, the others a number.
struct cell {
    uint64_t count; // values that were not NULL
    union {
        uint64_t bits;         // SUM and AVG of integers, in two's complement
        double sum;            // SUM and AVG of DOUBLE
        int64_t ordered;       // MIN and MAX: see ordered_of_double
        struct leat_text text; // long ones stand in the store
    };
};

static bool is_count(const struct leat_window_aggregate *aggregate) {
    return aggregate->kind == LEAT_AGGREGATE_COUNT_ALL || aggregate->kind == LEAT_AGGREGATE_COUNT;
}

static bool is_extreme(const struct leat_window_aggregate *aggregate) {
    return aggregate->kind == LEAT_AGGREGATE_MIN || aggregate->kind == LEAT_AGGREGATE_MAX;
}

static size_t cell_bytes(const struct leat_window_aggregate *aggregate) {
    if (is_count(aggregate))
        return sizeof(uint64_t);
    return aggregate->arg_physical == LEAT_PHYSICAL_TEXT ? sizeof(struct cell) : 2 * sizeof(uint64_t);
}

static struct cell *cell_at(const struct leat_aggregates *aggregates, const void *cells, uint32_t i) {
    return (struct cell *)(void *)((char *)(uintptr_t)cells + aggregates->offset[i]);
}

// Integers in the order of Double.compare, and back.
static inline int64_t ordered_of_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    if (value != value)
        bits = NAN_BITS;
    return (int64_t)(bits & SIGN_BIT ? bits ^ ~SIGN_BIT : bits);
}

static inline double double_of_ordered(int64_t ordered) {
    uint64_t bits = (uint64_t)ordered;
    if (bits & SIGN_BIT)
        bits ^= ~SIGN_BIT;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

int leat_aggregates_open(struct leat_aggregates *aggregates, struct leat_budget *budget, const struct leat_window_aggregate *plan,
                         uint32_t count) {
    *aggregates = (struct leat_aggregates){.budget = budget, .plan = plan, .count = count};
    leat_store_open(&aggregates->texts, budget);
    for (uint32_t i = 0; i < count; i++)
        aggregates->cells_bytes += (uint32_t)cell_bytes(&plan[i]);
    if (count == 0)
        return 0;
    aggregates->offset = leat_memory_alloc(budget, count * sizeof(*aggregates->offset));
    aggregates->empty = leat_memory_zalloc(budget, aggregates->cells_bytes);
    if (!aggregates->offset || !aggregates->empty)
        return -1;
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        aggregates->offset[i] = offset;
        offset += (uint32_t)cell_bytes(&plan[i]);
        // Flink adds to nothing here, so that the SUM of -0.0 is -0.0; AVG adds to 0.0.
        if (plan[i].kind == LEAT_AGGREGATE_SUM && plan[i].arg_physical == LEAT_PHYSICAL_DOUBLE)
            cell_at(aggregates, aggregates->empty, i)->sum = -0.0;
    }
    return 0;
}

void leat_aggregates_close(struct leat_aggregates *aggregates) {
    leat_memory_free(aggregates->budget, aggregates->offset, aggregates->count * sizeof(*aggregates->offset));
    leat_memory_free(aggregates->budget, aggregates->empty, aggregates->cells_bytes);
    leat_store_close(&aggregates->texts);
}

void leat_aggregates_trim(struct leat_aggregates *aggregates) {
    leat_store_trim(&aggregates->texts);
}

void leat_aggregates_init(const struct leat_aggregates *aggregates, void *cells) {
    if (aggregates->count)
        memcpy(cells, aggregates->empty, aggregates->cells_bytes);
}

static bool is_text(const struct leat_window_aggregate *aggregate) {
    return !is_count(aggregate) && aggregate->arg_physical == LEAT_PHYSICAL_TEXT;
}

void leat_aggregates_clear(struct leat_aggregates *aggregates, void *cells) {
    for (uint32_t i = 0; i < aggregates->count; i++) {
        if (is_text(&aggregates->plan[i])) {
            const struct cell *cell = cell_at(aggregates, cells, i);
            if (cell->count)
                leat_store_drop(&aggregates->texts, &cell->text);
        }
    }
}

// ---- Adding rows ----------------------------------------------------------------------------------------------------------------

// One column and the cells its values go to.
struct input {
    const void *data;
    const uint64_t *valid; // NULL: nothing is missing
    const uint16_t *kept;
    uint32_t count;
    void *const *cells;
    uint32_t offset;
};

static inline bool input_is_missing(const struct input *input, uint32_t row) {
    return input->valid && !(input->valid[row / 64] >> (row % 64) & 1);
}

static inline struct cell *input_cell(const struct input *input, uint32_t i) {
    return (struct cell *)(void *)((char *)input->cells[i] + input->offset);
}

static void add_counts(const struct input *input) {
    for (uint32_t i = 0; i < input->count; i++)
        input_cell(input, i)->count += !input_is_missing(input, input->kept[i]);
}

static void add_doubles(const struct input *input) {
    for (uint32_t i = 0; i < input->count; i++) {
        if (input_is_missing(input, input->kept[i]))
            continue;
        struct cell *cell = input_cell(input, i);
        cell->sum += ((const double *)input->data)[input->kept[i]];
        cell->count++;
    }
}

ALWAYS_NOW int64_t integer_at(const void *data, enum leat_physical physical, uint32_t row) {
    switch (physical) {
    case LEAT_PHYSICAL_BOOL:
        return ((const uint8_t *)data)[row];
    case LEAT_PHYSICAL_INT32:
        return ((const int32_t *)data)[row];
    case LEAT_PHYSICAL_INT64:
        return ((const int64_t *)data)[row];
    default:
        return ordered_of_double(((const double *)data)[row]);
    }
}

ALWAYS_NOW void add_numbers(const struct input *input, enum leat_aggregate_kind kind, enum leat_physical physical) {
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t row = input->kept[i];
        if (input_is_missing(input, row))
            continue;
        struct cell *cell = input_cell(input, i);
        int64_t value = integer_at(input->data, physical, row);
        if (kind == LEAT_AGGREGATE_SUM)
            cell->bits += (uint64_t)value;
        else if (cell->count == 0 || (kind == LEAT_AGGREGATE_MIN ? value < cell->ordered : value > cell->ordered))
            cell->ordered = value;
        cell->count++;
    }
}

// The loops, one compiled for each physical form.
ALWAYS_NOW void add_numbers_of(const struct input *input, enum leat_aggregate_kind kind, enum leat_physical physical) {
    switch (physical) {
    case LEAT_PHYSICAL_BOOL:
        add_numbers(input, kind, LEAT_PHYSICAL_BOOL);
        return;
    case LEAT_PHYSICAL_INT32:
        add_numbers(input, kind, LEAT_PHYSICAL_INT32);
        return;
    case LEAT_PHYSICAL_INT64:
        add_numbers(input, kind, LEAT_PHYSICAL_INT64);
        return;
    default:
        add_numbers(input, kind, LEAT_PHYSICAL_DOUBLE);
        return;
    }
}

static bool add_texts(struct leat_aggregates *aggregates, const struct input *input, bool smallest) {
    for (uint32_t i = 0; i < input->count; i++) {
        if (input_is_missing(input, input->kept[i]))
            continue;
        struct cell *cell = input_cell(input, i);
        const struct leat_text *text = &((const struct leat_text *)input->data)[input->kept[i]];
        int order = cell->count ? leat_text_compare(text, &cell->text) : 0;
        if (cell->count == 0 || (smallest ? order < 0 : order > 0)) {
            struct leat_text kept;
            if (!leat_store_keep(&aggregates->texts, text, &kept))
                return false;
            if (cell->count)
                leat_store_drop(&aggregates->texts, &cell->text);
            cell->text = kept;
        }
        cell->count++;
    }
    return true;
}

static bool add_column(struct leat_aggregates *aggregates, const struct leat_window_aggregate *aggregate, const struct input *input) {
    switch (aggregate->kind) {
    case LEAT_AGGREGATE_COUNT_ALL:
    case LEAT_AGGREGATE_COUNT:
        add_counts(input);
        return true;
    case LEAT_AGGREGATE_SUM:
    case LEAT_AGGREGATE_AVG:
        if (aggregate->arg_physical == LEAT_PHYSICAL_DOUBLE)
            add_doubles(input);
        else
            add_numbers_of(input, LEAT_AGGREGATE_SUM, aggregate->arg_physical);
        return true;
    case LEAT_AGGREGATE_MIN:
        if (aggregate->arg_physical == LEAT_PHYSICAL_TEXT)
            return add_texts(aggregates, input, true);
        add_numbers_of(input, LEAT_AGGREGATE_MIN, aggregate->arg_physical);
        return true;
    default:
        if (aggregate->arg_physical == LEAT_PHYSICAL_TEXT)
            return add_texts(aggregates, input, false);
        add_numbers_of(input, LEAT_AGGREGATE_MAX, aggregate->arg_physical);
        return true;
    }
}

bool leat_aggregates_add(struct leat_aggregates *aggregates, const struct leat_rows *rows, const uint16_t *kept, uint32_t count,
                         void *const *cells) {
    for (uint32_t i = 0; i < aggregates->count; i++) {
        const struct leat_window_aggregate *aggregate = &aggregates->plan[i];
        struct input input = {.kept = kept, .count = count, .cells = cells, .offset = aggregates->offset[i]};
        if (aggregate->kind != LEAT_AGGREGATE_COUNT_ALL) {
            const struct leat_column *column = leat_rows_column(rows, aggregate->column);
            input.data = column->data;
            input.valid = column->has_null ? column->valid : NULL;
        }
        if (!add_column(aggregates, aggregate, &input))
            return false;
    }
    return true;
}

// ---- Results --------------------------------------------------------------------------------------------------------------------

static void write_integer(struct leat_column *column, uint32_t row, int64_t value) {
    switch ((enum leat_physical)column->physical) {
    case LEAT_PHYSICAL_BOOL:
        leat_column_bool(column)[row] = value != 0;
        return;
    case LEAT_PHYSICAL_INT32:
        leat_column_int32(column)[row] = (int32_t)(uint32_t)(uint64_t)value;
        return;
    default:
        leat_column_int64(column)[row] = value;
        return;
    }
}

static void write_double(const struct leat_window_aggregate *aggregate, const struct cell *cell, struct leat_column *column, uint32_t row) {
    double value = is_extreme(aggregate) ? double_of_ordered(cell->ordered) : cell->sum;
    leat_column_double(column)[row] = aggregate->kind == LEAT_AGGREGATE_AVG ? value / (double)cell->count : value;
}

static bool write_cell(const struct leat_window_aggregate *aggregate, const struct cell *cell, struct leat_column *column, uint32_t row,
                       struct leat_heap *heap) {
    if (is_count(aggregate)) {
        write_integer(column, row, (int64_t)cell->count);
        return true;
    }
    if (cell->count == 0) {
        if (!column->has_null)
            leat_column_fill_valid(column, LEAT_BATCH_ROWS);
        leat_column_set_null(column, row);
        return true;
    }
    if (aggregate->arg_physical == LEAT_PHYSICAL_TEXT)
        return leat_heap_keep(heap, &cell->text, &leat_column_text(column)[row]);
    if (aggregate->arg_physical == LEAT_PHYSICAL_DOUBLE)
        write_double(aggregate, cell, column, row);
    else if (aggregate->kind == LEAT_AGGREGATE_AVG)
        write_integer(column, row, (int64_t)cell->bits / (int64_t)cell->count);
    else
        write_integer(column, row, (int64_t)cell->bits); // SUM; for MIN and MAX it is the same word
    return true;
}

bool leat_aggregates_write(const struct leat_aggregates *aggregates, uint32_t i, void *const *cells, uint32_t count,
                           struct leat_column *column, uint32_t first, struct leat_heap *heap) {
    leat_assert(column->physical == leat_type_physical(aggregates->plan[i].type.kind));
    for (uint32_t group = 0; group < count; group++)
        if (!write_cell(&aggregates->plan[i], cell_at(aggregates, cells[group], i), column, first + group, heap))
            return false;
    return true;
}

// ---- Snapshots ------------------------------------------------------------------------------------------------------------------

void leat_aggregates_save(const struct leat_aggregates *aggregates, const void *cells, struct leat_snapshot_writer *writer) {
    for (uint32_t i = 0; i < aggregates->count; i++) {
        const struct leat_window_aggregate *aggregate = &aggregates->plan[i];
        const struct cell *cell = cell_at(aggregates, cells, i);
        leat_snapshot_put_u64(writer, cell->count);
        if (is_count(aggregate) || cell->count == 0)
            continue;
        if (aggregate->arg_physical == LEAT_PHYSICAL_TEXT)
            leat_snapshot_put_text(writer, &cell->text);
        else
            leat_snapshot_put_word(writer, cell->bits);
    }
}

bool leat_aggregates_load(struct leat_aggregates *aggregates, void *cells, struct leat_snapshot_reader *reader) {
    for (uint32_t i = 0; i < aggregates->count; i++) {
        const struct leat_window_aggregate *aggregate = &aggregates->plan[i];
        struct cell *cell = cell_at(aggregates, cells, i);
        uint64_t count;
        if (!leat_snapshot_get_u64(reader, &count))
            return false;
        if (count > INT64_MAX)
            return leat_snapshot_damage(reader);
        if (!is_count(aggregate) && count != 0) {
            struct leat_text text;
            if (aggregate->arg_physical != LEAT_PHYSICAL_TEXT) {
                if (!leat_snapshot_get_word(reader, &cell->bits))
                    return false;
            } else if (!leat_snapshot_get_text(reader, &text) || !leat_store_keep(&aggregates->texts, &text, &cell->text)) {
                return false;
            }
        }
        cell->count = count; // only now: what it counts is there
    }
    return true;
}
