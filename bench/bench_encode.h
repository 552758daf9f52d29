// The part of bench_encode that is C: the rows, and our encoder over them.
#ifndef LEAT_BENCH_BENCH_ENCODE_H
#define LEAT_BENCH_BENCH_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One batch of rows and an encoder with its output; opaque.
struct bench_encode;

// The values of one row, for the peer: texts as bytes, which live as long as the bench.
struct bench_encode_row {
    const char *thing;
    const char *quantity;
    size_t thing_bytes;
    size_t quantity_bytes;
    int64_t time;
    double result;
};

// Makes `LEAT_BATCH_ROWS` rows; the second text has `quantity_bytes` bytes. NULL when memory ran out.
struct bench_encode *bench_encode_open(size_t quantity_bytes);
void bench_encode_close(struct bench_encode *bench); // gives everything back

uint32_t bench_encode_rows(const struct bench_encode *bench);                                      // how many rows
void bench_encode_get(const struct bench_encode *bench, uint32_t i, struct bench_encode_row *row); // the values of row i

// Encodes all rows and returns the bytes, which live until the next call; NULL when memory ran out.
const char *bench_encode_run(struct bench_encode *bench, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
