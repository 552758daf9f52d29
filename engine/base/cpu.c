#include "engine/base/cpu.h"

#include "engine/base/assert.h"

#include <stdatomic.h>
#include <stdlib.h>

static const char *const names[] = {"scalar", "avx2", "avx512"};

// __builtin_cpu_supports asks the processor and the operating system (saved register state) alike.
static enum leat_simd_level level_of_machine(void) {
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                __builtin_cpu_supports("pclmul");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
                  __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512bitalg") &&
                  __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("vpclmulqdq");
    return avx512 ? LEAT_SIMD_AVX512 : avx2 ? LEAT_SIMD_AVX2 : LEAT_SIMD_SCALAR;
}

static enum leat_simd_level level_allowed(void) {
    enum leat_simd_level level = level_of_machine();
    const char *wish = getenv("LEAT_SIMD");
    for (size_t i = 0; wish && i < LEAT_ARRAY_LEN(names); i++)
        if (strcmp(wish, names[i]) == 0)
            return LEAT_MIN(level, (enum leat_simd_level)i);
    return level;
}

// Stores the level + 1; 0 means not asked yet. Relaxed is enough: every thread would compute the same value.
static _Atomic int known; // see leat_simd_level

enum leat_simd_level leat_simd_level(void) {
    int level = atomic_load_explicit(&known, memory_order_relaxed); // publishes nothing but the number itself
    if (level == 0) {
        level = (int)level_allowed() + 1;
        atomic_store_explicit(&known, level, memory_order_relaxed); // idempotent: pairs with nothing
    }
    return (enum leat_simd_level)(level - 1);
}

void leat_simd_level_force(enum leat_simd_level level) {
    int capped = (int)LEAT_MIN(level, level_allowed()) + 1;
    atomic_store_explicit(&known, capped, memory_order_relaxed); // before any worker runs: see the header
}

const char *leat_simd_level_name(enum leat_simd_level level) {
    leat_assert(level < LEAT_ARRAY_LEN(names));
    return names[level];
}
