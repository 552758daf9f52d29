// Which SIMD code this processor can run; decided once, at start-up.
#ifndef LEAT_ENGINE_BASE_CPU_H
#define LEAT_ENGINE_BASE_CPU_H

#include "engine/base/base.h"

// Ordered: a level includes all below it. AVX-512 means the Ice Lake set (F BW DQ VL CD VBMI VBMI2 IFMA BITALG VPOPCNTDQ VPCLMULQDQ).
enum leat_simd_level { LEAT_SIMD_SCALAR, LEAT_SIMD_AVX2, LEAT_SIMD_AVX512 };

// The highest level that the processor and the kernel support, or a lower one asked for by the environment variable
// LEAT_SIMD=scalar|avx2|avx512. Any thread; always the same answer within a process, except after leat_simd_level_force.
enum leat_simd_level leat_simd_level(void);

// Makes leat_simd_level answer at most `level` from now on (tests and benchmarks; before any worker runs).
void leat_simd_level_force(enum leat_simd_level level);

// "scalar", "avx2" or "avx512".
const char *leat_simd_level_name(enum leat_simd_level level);

#endif
