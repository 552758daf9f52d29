// What bench_exchange.cc runs, written in C.
#ifndef LEAT_BENCH_BENCH_EXCHANGE_H
#define LEAT_BENCH_BENCH_EXCHANGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_exchange;

// Prepares a job of `workers` workers that reads `rows` records of fixed size from memory, routes them by key and adds them up. Of the rows
// `skew_percent` have the first key. The decoder only copies: what is left is the exchange.
struct bench_exchange *bench_exchange_open(uint32_t rows, uint32_t workers, uint32_t skew_percent);
void bench_exchange_close(struct bench_exchange *bench);

// Makes the job, outside of what is measured.
void bench_exchange_prepare(struct bench_exchange *bench);

// Runs it: workers on threads, or stepped in turn by the caller.
void bench_exchange_run(struct bench_exchange *bench, int stepped);

// Gives the job back. Ends the process when the sum or the number of rows is wrong.
void bench_exchange_check(struct bench_exchange *bench);

// Bytes that one run reads.
uint64_t bench_exchange_bytes(const struct bench_exchange *bench);

// Copies these bytes once.
void bench_exchange_copy(struct bench_exchange *bench);

#ifdef __cplusplus
}
#endif

#endif
