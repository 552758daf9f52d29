#include "tests/support/tiny_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// One input a source, and sometimes one more.
static uint32_t count_inputs(struct leat_tiny_case *c, bool any_order) {
    bool more = leat_tiny_below(c, 3) == 0;
    switch (c->shape) {
    case LEAT_TINY_UNION:
    case LEAT_TINY_UNION_FILTER:
        return 2 + more;
    case LEAT_TINY_TWO_INPUTS: // which of two rows replaces the other depends on the order
        return 2 + (more && !any_order);
    case LEAT_TINY_FILTER: // the model knows the order of one
    case LEAT_TINY_FAN:
        return 1;
    default:
        return 1 + (more && !any_order);
    }
}

void leat_tiny_case_open(struct leat_tiny_case *c, uint64_t seed, enum leat_tiny_shape shape, uint32_t rows_max, bool any_order) {
    static const int64_t delays_ms[] = {0, 5, 100, 5000, 1000000};
    *c = (struct leat_tiny_case){.seed = seed, .random = seed, .shape = shape};
    c->options = (struct leat_tiny_options){.delay_us = delays_ms[leat_tiny_below(c, LEAT_ARRAY_LEN(delays_ms))] * 1000,
                                            .tolerance_us = (int64_t)leat_tiny_below(c, 200) * 1000,
                                            .size_us = (int64_t)(1 + leat_tiny_below(c, 300)) * 1000,
                                            .no_watermark = leat_tiny_below(c, 10) == 0,
                                            .compute = leat_tiny_below(c, 2) == 0,
                                            .failing_filter = leat_tiny_below(c, 3) == 0,
                                            .dead_letter_path = "/dev/null"};
    c->gather = leat_tiny_below(c, 4) == 0;
    c->input_count = count_inputs(c, any_order);
    any_order = any_order && c->input_count > 1;
    if (any_order)
        c->options.delay_us = INT64_C(100000000000);
    for (uint32_t i = 0; i < c->input_count; i++) {
        const struct leat_tiny_kind kind = {.rows = (uint32_t)leat_tiny_below(c, rows_max),
                                            .skew_percent = leat_tiny_below(c, 2) ? 87 : (uint32_t)leat_tiny_below(c, 100),
                                            .step_ms = (int64_t)leat_tiny_below(c, 20),
                                            .jitter_ms = (int64_t)leat_tiny_below(c, 300),
                                            .odd_percent = (uint32_t)leat_tiny_below(c, 12),
                                            .zero_percent = (uint32_t)leat_tiny_below(c, 10),
                                            .first_v = 1 + 1000000 * (int64_t)i,
                                            .whole_x = any_order};
        uint32_t chunks = 1 + (uint32_t)leat_tiny_below(c, leat_tiny_below(c, 3) ? 8 : 1 + kind.rows / 2);
        leat_tiny_input_make(&c->inputs[i], &kind, chunks, &c->random);
    }
    leat_tiny_graph_make(&c->tiny, shape, &c->options);
}

void leat_tiny_case_close(struct leat_tiny_case *c) {
    leat_tiny_graph_free(&c->tiny);
    for (uint32_t i = 0; i < c->input_count; i++)
        leat_tiny_input_free(&c->inputs[i]);
}

void leat_tiny_case_fail(const struct leat_tiny_case *c, uint32_t workers, const char *what) {
    fprintf(stderr, "LEAT_SEED=%" PRIu64 ": shape %s, %" PRIu32 " workers: %s\n", c->seed, leat_tiny_shape_name(c->shape), workers, what);
    abort();
}

enum leat_tiny_order leat_tiny_order_of(enum leat_tiny_shape shape, uint32_t sink) {
    if (shape == LEAT_TINY_FILTER || shape == LEAT_TINY_TUMBLE_ALL || (shape == LEAT_TINY_FAN && sink == 2))
        return LEAT_TINY_ORDER_ALL;
    return shape == LEAT_TINY_UNION_FILTER ? LEAT_TINY_ORDER_NONE : LEAT_TINY_ORDER_BY_KEY;
}

void leat_tiny_case_same_output(const struct leat_tiny_case *c, uint32_t workers, const struct leat_tiny_run *a,
                                const struct leat_tiny_run *b) {
    for (uint32_t i = 0; i < c->tiny.graph.sink_count; i++) {
        const char *x, *y;
        size_t x_length = leat_tiny_run_output(a, i, &x), y_length = leat_tiny_run_output(b, i, &y);
        if (!leat_tiny_same_lines(x, x_length, y, y_length, leat_tiny_order_of(c->shape, i)))
            leat_tiny_case_fail(c, workers, "writes other lines than it should");
    }
}

uint32_t leat_tiny_case_count(uint32_t usual, bool threads) {
    const char *sanitizer = getenv("LEAT_SANITIZER");
    if (!threads && sanitizer && strcmp(sanitizer, "tsan") == 0)
        usual = usual / 10 + 1;
    return getenv("LEAT_SEED") ? 1 : leat_test_is_long() ? 100 * usual : usual;
}
