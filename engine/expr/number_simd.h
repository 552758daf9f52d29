// The batch forms of number text for one SIMD level; number_parse.c and number_print.c pick the level.
#ifndef LEAT_ENGINE_EXPR_NUMBER_SIMD_H
#define LEAT_ENGINE_EXPR_NUMBER_SIMD_H

#include "engine/base/base.h"

// leat_double_from_decimals for processors with AVX-512.
void leat_double_from_decimals_avx512(const uint64_t *mantissa, const int32_t *exponent10, const uint8_t *negative, double *out, size_t n);

// leat_double_parse_batch for processors with AVX-512.
void leat_double_parse_batch_avx512(const char *base, const uint32_t *start, size_t n, const char *end, double *out, uint32_t *stop);

// leat_double_print_batch for processors with AVX-512.
size_t leat_double_print_batch_avx512(const double *value, size_t n, char *out, uint32_t *offset);

#endif
