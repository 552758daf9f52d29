// `leat simulate machine`: rows like those of real tool machines, as text, in the order in which a gateway delivers them.
//
// Machines work in stretches, with breaks, nights and weekends between them. What a machine reports in ten seconds is one block;
// blocks of the same minutes overtake each other, stretches that a gateway held back come hours later, and some come days later.
// All is a function of the options alone: the same on every machine, in any number of calls, with any compiler.
#ifndef LEAT_ENGINE_CLI_SIMULATE_MACHINE_H
#define LEAT_ENGINE_CLI_SIMULATE_MACHINE_H

#include "engine/base/base.h"

// Things at most: a name, a clock and a share of the rows are kept for each.
#define LEAT_SIMULATE_THINGS_MAX 1000000u

// Components of a thing at most: C11 to C99.
#define LEAT_SIMULATE_COMPONENTS_MAX 89u

// Machines at most: things times components.
#define LEAT_SIMULATE_MACHINES_MAX 4000000u

// Rows at most: what a 32-bit row number leaves, with room to spare.
#define LEAT_SIMULATE_ROWS_MAX 1000000000000u

// The largest factor by which the disorder can be stretched.
#define LEAT_SIMULATE_DISORDER_MAX 1000.0

// The latest start, in epoch milliseconds (the year 5138).
#define LEAT_SIMULATE_START_MAX_MS INT64_C(100000000000000)

// The smallest buffer for leat_simulate_machine_read: no row is longer.
#define LEAT_SIMULATE_ROW_BYTES_MAX 1024u

// A row comes at most this much behind the newest one before it, with the disorder of the real data (factor 1).
#define LEAT_SIMULATE_LAG_MAX_MS 616168000

// What is to be made.
struct leat_simulate_machine_options {
    uint64_t rows;       // up to LEAT_SIMULATE_ROWS_MAX
    uint32_t things;     // 1 .. LEAT_SIMULATE_THINGS_MAX, things * components <= LEAT_SIMULATE_MACHINES_MAX
    uint32_t components; // 1 .. LEAT_SIMULATE_COMPONENTS_MAX: machines that one thing consists of, each with rows of its own
    uint64_t seed;
    double disorder;  // 0: in order of time; 1: as in the real data; other factors stretch the delays
    int64_t start_ms; // epoch time at which the first stretch of work starts: 0 .. LEAT_SIMULATE_START_MAX_MS
};

struct leat_simulate_machine;

// The defaults: 1,402,232 rows of 3 things with one component each, seed 1, disorder 1, from 2019-04-01T05:26:20.468Z.
void leat_simulate_machine_options_init(struct leat_simulate_machine_options *options);

// Makes a generator in *machine; destroy it with leat_simulate_machine_destroy. 0, or -1 with the error set: an option is
// out of its range (LEAT_ERROR_USAGE), no memory (LEAT_ERROR_INTERNAL). One thread at a time.
int leat_simulate_machine_create(const struct leat_simulate_machine_options *options, struct leat_simulate_machine **machine);

// Writes as many whole rows as fit into `capacity_bytes` (at least LEAT_SIMULATE_ROW_BYTES_MAX) and still are to come, each
// one line of JSON with a newline. *bytes is 0 only after the last row. 0, or -1 with the error set (memory).
int leat_simulate_machine_read(struct leat_simulate_machine *machine, char *to, size_t capacity_bytes, size_t *bytes);

// Gives everything back; NULL is allowed.
void leat_simulate_machine_destroy(struct leat_simulate_machine *machine);

#endif
