// Which CPUs this process may use, and pinning threads to them.
#ifndef LEAT_ENGINE_BASE_TOPOLOGY_H
#define LEAT_ENGINE_BASE_TOPOLOGY_H

#include "engine/base/limits.h"

// The CPUs that the affinity mask allows, ascending.
struct leat_cpus {
    uint32_t count;
    uint16_t cpu[1024];
};

// Fills in the CPUs this thread may run on. 0, or -1 with the error set.
int leat_cpus_allowed(struct leat_cpus *cpus);

// How many workers make sense: the allowed CPUs, or the cgroup's CPU quota rounded up where that is less; 1 .. LEAT_WORKERS_MAX.
uint32_t leat_cpus_default_workers(const struct leat_cpus *cpus);

// Binds the calling thread to one CPU. 0, or -1 with the error set.
int leat_cpus_pin_self(uint16_t cpu);

// Reads a list such as "0,2-5" into `cpus`. 0, or -1 with the error set (LEAT_ERROR_USAGE).
int leat_cpus_parse(const char *text, struct leat_cpus *cpus);

#endif
