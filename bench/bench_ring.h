// What bench_ring.cc runs, written in C.
#ifndef LEAT_BENCH_BENCH_RING_H
#define LEAT_BENCH_BENCH_RING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes of one message.
uint64_t bench_ring_message_bytes(void);

// Passes `count` messages through a ring, by value or by pointer, on one thread (eight in, eight out) or from one thread to another.
// Ends the process when one is lost or out of order.
void bench_ring_pass(uint64_t count, int by_pointer, int threads);

#ifdef __cplusplus
}
#endif

#endif
