#include "tests/support/window_plan.h"

#include "engine/base/assert.h"

const uint8_t leat_test_window_physical[LEAT_TEST_INPUTS] = {LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_TEXT,  LEAT_PHYSICAL_INT32,
                                                             LEAT_PHYSICAL_INT32, LEAT_PHYSICAL_INT64, LEAT_PHYSICAL_DOUBLE,
                                                             LEAT_PHYSICAL_TEXT};

#define AGGREGATE(k, c, p, t)                                                                                                              \
    { .kind = LEAT_AGGREGATE_##k, .column = LEAT_TEST_##c, .arg_physical = LEAT_PHYSICAL_##p, .type.kind = LEAT_TYPE_##t }

static const struct leat_window_aggregate all_aggregates[] = {
    AGGREGATE(COUNT_ALL, TIME, INT64, BIGINT), AGGREGATE(COUNT, INT, INT32, BIGINT),   AGGREGATE(COUNT, TEXT, TEXT, BIGINT),
    AGGREGATE(SUM, INT, INT32, INT),           AGGREGATE(AVG, INT, INT32, INT),        AGGREGATE(MIN, INT, INT32, INT),
    AGGREGATE(MAX, INT, INT32, INT),           AGGREGATE(SUM, BIGINT, INT64, BIGINT),  AGGREGATE(AVG, BIGINT, INT64, BIGINT),
    AGGREGATE(MIN, BIGINT, INT64, BIGINT),     AGGREGATE(MAX, BIGINT, INT64, BIGINT),  AGGREGATE(SUM, DOUBLE, DOUBLE, DOUBLE),
    AGGREGATE(AVG, DOUBLE, DOUBLE, DOUBLE),    AGGREGATE(MIN, DOUBLE, DOUBLE, DOUBLE), AGGREGATE(MAX, DOUBLE, DOUBLE, DOUBLE),
    AGGREGATE(MIN, TEXT, TEXT, STRING),        AGGREGATE(MAX, TEXT, TEXT, STRING),     AGGREGATE(MAX, TIME, INT64, TIMESTAMP),
    AGGREGATE(MIN, FLAG, BOOL, BOOLEAN),       AGGREGATE(MAX, FLAG, BOOL, BOOLEAN),
};

uint32_t leat_test_window_aggregates(void) {
    return LEAT_ARRAY_LEN(all_aggregates);
}

static uint8_t physical_of_output(const struct leat_test_window *plan, const struct leat_window_output *output) {
    if (output->from == LEAT_WINDOW_KEY)
        return plan->key_physical[output->index];
    if (output->from == LEAT_WINDOW_AGGREGATE)
        return (uint8_t)leat_type_physical(plan->aggregates[output->index].type.kind);
    return LEAT_PHYSICAL_INT64;
}

static void add_output(struct leat_test_window *plan, struct leat_window_output output) {
    leat_assert(plan->spec.output_count < LEAT_TEST_WINDOW_OUTPUTS_MAX);
    plan->output_physical[plan->spec.output_count] = physical_of_output(plan, &output);
    plan->outputs[plan->spec.output_count++] = output;
}

void leat_test_window_make(struct leat_test_window *plan, int64_t size_us, int64_t offset_us, uint32_t key_mask, uint32_t aggregate_mask) {
    *plan = (struct leat_test_window){.spec = {.time = LEAT_TEST_TIME, .size_us = size_us, .offset_us = offset_us}};
    plan->spec.key = plan->key;
    plan->spec.key_physical = plan->key_physical;
    plan->spec.aggregates = plan->aggregates;
    plan->spec.outputs = plan->outputs;
    add_output(plan, (struct leat_window_output){.from = LEAT_WINDOW_START});
    for (uint16_t i = 0; i < 2; i++) {
        if (!(key_mask >> i & 1))
            continue;
        uint16_t at = plan->spec.key_count++;
        plan->key[at] = (uint16_t)(LEAT_TEST_KEY_TEXT + i);
        plan->key_physical[at] = leat_test_window_physical[plan->key[at]];
        add_output(plan, (struct leat_window_output){.from = LEAT_WINDOW_KEY, .index = at});
    }
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(all_aggregates); i++) {
        if (!(aggregate_mask >> i & 1))
            continue;
        uint16_t at = plan->spec.aggregate_count++;
        plan->aggregates[at] = all_aggregates[i];
        add_output(plan, (struct leat_window_output){.from = LEAT_WINDOW_AGGREGATE, .index = at});
    }
    add_output(plan, (struct leat_window_output){.from = LEAT_WINDOW_END});
    add_output(plan, (struct leat_window_output){.from = LEAT_WINDOW_TIME});
}
