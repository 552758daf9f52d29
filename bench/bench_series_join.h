// What bench_series_join.cc runs, written in C.
#ifndef LEAT_BENCH_BENCH_SERIES_JOIN_H
#define LEAT_BENCH_BENCH_SERIES_JOIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How rows come.
enum bench_order {
    BENCH_IN_ORDER,
    BENCH_STRETCHES, // ascending stretches of some ten rows broken by jumps back of up to hours, as machines send
    BENCH_SAMPLE     // the shared machine sample over and over, later each time; empty where it is not there
};

struct bench_join;

// Prepares chunks of source rows for a join over `keys` keys: the first has 87 % of the rows with 3 keys, all the same with more.
// NULL where there is nothing to run.
struct bench_join *bench_join_open(enum bench_order order, uint32_t keys, int64_t delay_us);
void bench_join_close(struct bench_join *bench);

// Joins everything once, from an empty operator to the end of input.
void bench_join_run(struct bench_join *bench);

// Rows that one run takes on both sides together, and pairs it found and a sum over their values.
uint64_t bench_join_rows(const struct bench_join *bench);
uint64_t bench_join_pairs(const struct bench_join *bench);
double bench_join_sum(const struct bench_join *bench);

#ifdef __cplusplus
}
#endif

#endif
