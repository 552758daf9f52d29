// Rows for the plans of tests/support/tiny_graph.h, and a slow, obvious model of what those plans make of them.
#ifndef LEAT_TESTS_SUPPORT_TINY_INPUT_H
#define LEAT_TESTS_SUPPORT_TINY_INPUT_H

#include "tests/support/tiny_graph.h"

// Keys that rows may have; key LEAT_TINY_KEYS is NULL.
#define LEAT_TINY_KEYS 7

// What a line is.
enum leat_tiny_line {
    LEAT_TINY_ROW,       // a row
    LEAT_TINY_JUNK,      // no JSON: bad
    LEAT_TINY_NULL_TIME, // a row without event time: bad
    LEAT_TINY_BLANK      // no record at all
};

// One line.
struct leat_tiny_row {
    enum leat_tiny_line line;
    uint32_t key;
    int64_t t, v;
    bool has_x;
    double x;
    int32_t text_length; // of s; -1: NULL
    size_t at;           // where its line begins
};

// How rows are drawn.
struct leat_tiny_kind {
    uint32_t rows;
    uint32_t skew_percent; // rows with the first key, the others being spread
    int64_t step_ms;       // event time goes on by up to so much
    int64_t jitter_ms;     // and goes back by up to so much, for single rows
    uint32_t odd_percent;  // lines that are junk, blank or have no time, and keys that are NULL
    uint32_t zero_percent; // rows with v = 0
    int64_t first_v;
    bool whole_x; // x are small whole numbers, whose sum is the same in any order
};

// Lines as rows and as text, and where the text is cut into chunks.
struct leat_tiny_input {
    struct leat_tiny_row *rows;
    uint32_t row_count;
    char *text;
    size_t length;
    size_t *borders;
    uint32_t border_count;
};

// Draws lines from `random` (SplitMix64) and cuts them into `chunks` chunks anywhere. leat_tiny_input_free gives them back.
void leat_tiny_input_make(struct leat_tiny_input *input, const struct leat_tiny_kind *kind, uint32_t chunks, uint64_t *random);
void leat_tiny_input_free(struct leat_tiny_input *input); // as said

// What a pipeline makes of its inputs.
struct leat_tiny_expected {
    char *text; // lines; of every key in order
    size_t length, capacity;
    uint64_t rows_in, bad, late, failed; // of the sources; of the stage; rows for which 1000 / v fails
};

// True for the shapes that the model knows: all with one exchange.
bool leat_tiny_has_model(enum leat_tiny_shape shape);

// Runs the model of a shape. leat_tiny_expected_free gives the text back.
void leat_tiny_model(struct leat_tiny_expected *expected, enum leat_tiny_shape shape, const struct leat_tiny_options *options,
                     const struct leat_tiny_input *inputs, uint32_t input_count);
void leat_tiny_expected_free(struct leat_tiny_expected *expected); // as said

// How strictly the order of lines is compared.
enum leat_tiny_order { LEAT_TINY_ORDER_ALL, LEAT_TINY_ORDER_BY_KEY, LEAT_TINY_ORDER_NONE };

// True when both texts have the same lines in the same order, or in the same order for every key, or in any order. A last member "sx"
// is compared as a number. Where they differ, the first different lines go to stderr.
bool leat_tiny_same_lines(const char *a, size_t a_length, const char *b, size_t b_length, enum leat_tiny_order order);

#endif
