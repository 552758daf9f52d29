// What bench_json.cc asks of the JSON decoder, whose headers are C.
#ifndef LEAT_BENCH_BENCH_JSON_H
#define LEAT_BENCH_BENCH_JSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a reader made of a text; two readers that agree on it have read the same.
struct bench_json_sums {
    uint64_t rows;
    int64_t times; // timestamps and lengths of texts
    double values; // speeds and torques, added in the order of the text
};

struct bench_json;

// A decoder of the columns Thing, Timestamp, actSpeed_C11 and vaTorque_C11, at most at this SIMD level (0 scalar, 1 AVX2,
// 2 AVX-512). Ends the process when that fails.
struct bench_json *bench_json_open(int level);

// Reads whole lines in chunks of 256 KiB. LEAT_INPUT_PADDING bytes behind the text are readable.
struct bench_json_sums bench_json_read(struct bench_json *bench, const char *text, size_t length);

// Gives everything back.
void bench_json_close(struct bench_json *bench);

#ifdef __cplusplus
}
#endif

#endif
