#include "engine/base/topology.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int leat_cpus_allowed(struct leat_cpus *cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set))
        return leat_error_set(LEAT_ERROR_INTERNAL, "cannot read the CPU affinity: %s", strerror(errno));
    cpus->count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && cpus->count < LEAT_ARRAY_LEN(cpus->cpu); cpu++)
        if (CPU_ISSET(cpu, &set))
            cpus->cpu[cpus->count++] = (uint16_t)cpu;
    leat_assert(cpus->count > 0);
    return 0;
}

// CPUs that the cgroup (version 2, else 1) lets us use on average, rounded up; 0 when there is no quota.
static uint32_t cgroup_quota_cpus(void) {
    long long quota = -1, period = -1;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file) {
        if (fscanf(file, "%lld %lld", &quota, &period) != 2) // "max 100000" means no quota
            quota = -1;
        fclose(file);
    } else if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "re"))) {
        if (fscanf(file, "%lld", &quota) != 1)
            quota = -1;
        fclose(file);
        if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "re"))) {
            if (fscanf(file, "%lld", &period) != 1)
                period = -1;
            fclose(file);
        }
    }
    return quota > 0 && period > 0 ? (uint32_t)LEAT_MIN((quota + period - 1) / period, (long long)LEAT_WORKERS_MAX) : 0;
}

uint32_t leat_cpus_default_workers(const struct leat_cpus *cpus) {
    uint32_t workers = LEAT_MIN(cpus->count, (uint32_t)LEAT_WORKERS_MAX), quota = cgroup_quota_cpus();
    return quota ? LEAT_MIN(workers, quota) : workers;
}

int leat_cpus_pin_self(uint16_t cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set))
        return leat_error_set(LEAT_ERROR_USAGE, "cannot pin a worker to CPU %u: %s", cpu, strerror(errno));
    return 0;
}

int leat_cpus_parse(const char *text, struct leat_cpus *cpus) {
    cpus->count = 0;
    for (const char *at = text;;) {
        char *end;
        unsigned long first = strtoul(at, &end, 10), last = first;
        if (end == at || *at < '0' || *at > '9')
            break;
        if (*end == '-' && end[1] >= '0' && end[1] <= '9')
            last = strtoul(end + 1, &end, 10);
        if (last < first || last >= LEAT_ARRAY_LEN(cpus->cpu))
            break;
        for (unsigned long cpu = first; cpu <= last && cpus->count < LEAT_ARRAY_LEN(cpus->cpu); cpu++)
            cpus->cpu[cpus->count++] = (uint16_t)cpu;
        if (*end == 0)
            return 0;
        if (*end != ',')
            break;
        at = end + 1;
    }
    return leat_error_set(LEAT_ERROR_USAGE, "`%s` is no list of CPUs; write for example 0,2-5", text);
}
