// What bench_keymap.cc runs, written in C.
#ifndef LEAT_BENCH_BENCH_KEYMAP_H
#define LEAT_BENCH_BENCH_KEYMAP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_keymap;

// A map over `keys` texts and messages whose rows draw from them: all the same, or 87 % the first one where `skewed`.
struct bench_keymap *bench_keymap_open(uint32_t keys, int skewed);
void bench_keymap_close(struct bench_keymap *bench);

// Takes the rows of all messages, adding one to each one's value. Returns how many rows that were.
uint64_t bench_keymap_take(struct bench_keymap *bench);

// Hashes the keys of all rows. Returns how many rows that were.
uint64_t bench_keymap_hash(struct bench_keymap *bench);

// Adds all keys to an empty map and removes them again. Returns how many there are.
uint64_t bench_keymap_churn(struct bench_keymap *bench);

// A sum over all values and hashes, so that nothing can be left out.
uint64_t bench_keymap_sum(const struct bench_keymap *bench);

#ifdef __cplusplus
}
#endif

#endif
