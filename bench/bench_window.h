// The part of bench_window that is C: messages of rows, and the window operator over them.
#ifndef LEAT_BENCH_BENCH_WINDOW_H
#define LEAT_BENCH_BENCH_WINDOW_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A window operator, its messages and its output; opaque.
struct bench_window;

// COUNT(*), SUM, AVG, MIN and MAX of a DOUBLE for `keys` keys of five to nine bytes that come in random order; times jitter over
// `open_windows` windows. NULL when memory ran out.
struct bench_window *bench_window_open(uint32_t keys, uint32_t open_windows);
void bench_window_close(struct bench_window *bench); // gives everything back

// Takes one message and fires what has become final; returns its rows, or 0 when the operator failed.
uint32_t bench_window_step(struct bench_window *bench);

uint64_t bench_window_out(const struct bench_window *bench);        // rows handed on so far
double bench_window_sum(const struct bench_window *bench);          // of the counts handed on so far
uint64_t bench_window_peak_bytes(const struct bench_window *bench); // most memory that the operator has held

#ifdef __cplusplus
}
#endif

#endif
