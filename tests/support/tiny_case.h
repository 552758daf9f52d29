// Random cases for whole jobs: inputs, plan and options drawn from a seed.
#ifndef LEAT_TESTS_SUPPORT_TINY_CASE_H
#define LEAT_TESTS_SUPPORT_TINY_CASE_H

#include "tests/support/rows.h"
#include "tests/support/tiny_run.h"

// One random case: inputs and the plan they go through.
struct leat_tiny_case {
    uint64_t seed, random;
    enum leat_tiny_shape shape;
    struct leat_tiny_options options;
    struct leat_tiny_graph tiny;
    struct leat_tiny_input inputs[LEAT_TINY_INPUTS];
    uint32_t input_count;
    bool gather;
};

// Draws a case of up to rows_max lines an input. Where there are several inputs and `any_order` is set, nothing is late and sums are exact,
// so that the order in which their chunks are taken makes no difference. leat_tiny_case_close gives it back.
void leat_tiny_case_open(struct leat_tiny_case *c, uint64_t seed, enum leat_tiny_shape shape, uint32_t rows_max, bool any_order);
void leat_tiny_case_close(struct leat_tiny_case *c); // as said

// The next number below `bound` > 0 of the case.
static inline uint64_t leat_tiny_below(struct leat_tiny_case *c, uint64_t bound) {
    return leat_test_below(&c->random, bound);
}

// Says which case has gone wrong and ends the process: a case that has gone wrong leaves a job in an unknown state.
_Noreturn void leat_tiny_case_fail(const struct leat_tiny_case *c, uint32_t workers, const char *what);

// How the output of a shape's sink is ordered.
enum leat_tiny_order leat_tiny_order_of(enum leat_tiny_shape shape, uint32_t sink);

// Fails the case unless both runs have written the same lines to every sink.
void leat_tiny_case_same_output(const struct leat_tiny_case *c, uint32_t workers, const struct leat_tiny_run *a,
                                const struct leat_tiny_run *b);

// How many cases to run: LEAT_SEED asks for that one alone, LEAT_LONG for a hundred times as many. On one thread few are enough under
// ThreadSanitizer, which finds nothing there and is slow.
uint32_t leat_tiny_case_count(uint32_t usual, bool threads);

#endif
