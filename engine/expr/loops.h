// Loops of kernels over one or two numeric columns. They are macros because each stands for a family of loops that differ in types and
// in one expression; every loop is compiled once for each shape of its input, so that the dense ones become SIMD code.
#ifndef LEAT_ENGINE_EXPR_LOOPS_H
#define LEAT_ENGINE_EXPR_LOOPS_H

#include "engine/expr/kernel.h"

// Defines `static int name(struct leat_kernel_call *)`: out = expression of x.
#define LEAT_KERNEL_UNARY(name, in_type, out_type, expression)                                                                             \
    static int name(struct leat_kernel_call *call) {                                                                                       \
        const in_type *restrict a = call->args[0].data;                                                                                    \
        out_type *restrict out = call->out->data;                                                                                          \
        const uint32_t mask = call->args[0].mask;                                                                                          \
        if (call->rows || !mask) {                                                                                                         \
            for (uint32_t i = 0; i < call->count; i++) {                                                                                   \
                const uint32_t row = leat_kernel_row(call, i);                                                                             \
                const in_type x = a[row & mask];                                                                                           \
                out[row] = (out_type)(expression);                                                                                         \
            }                                                                                                                              \
        } else {                                                                                                                           \
            const uint32_t count = call->count;                                                                                            \
            for (uint32_t row = 0; row < count; row++) {                                                                                   \
                const in_type x = a[row];                                                                                                  \
                out[row] = (out_type)(expression);                                                                                         \
            }                                                                                                                              \
        }                                                                                                                                  \
        return 0;                                                                                                                          \
    }

// Defines `static int name(struct leat_kernel_call *)`: out = expression of x and y.
#define LEAT_KERNEL_BINARY(name, a_type, b_type, out_type, expression)                                                                     \
    static inline __attribute__((always_inline)) void name##_dense(const a_type *restrict a, uint32_t a_mask, const b_type *restrict b,    \
                                                                   uint32_t b_mask, out_type *restrict out, uint32_t count) {              \
        for (uint32_t row = 0; row < count; row++) {                                                                                       \
            const a_type x = a[row & a_mask];                                                                                              \
            const b_type y = b[row & b_mask];                                                                                              \
            out[row] = (out_type)(expression);                                                                                             \
        }                                                                                                                                  \
    }                                                                                                                                      \
    static int name(struct leat_kernel_call *call) {                                                                                       \
        const a_type *a = call->args[0].data;                                                                                              \
        const b_type *b = call->args[1].data;                                                                                              \
        out_type *out = call->out->data;                                                                                                   \
        const uint32_t a_mask = call->args[0].mask, b_mask = call->args[1].mask;                                                           \
        if (call->rows) {                                                                                                                  \
            for (uint32_t i = 0; i < call->count; i++) {                                                                                   \
                const uint32_t row = call->rows[i];                                                                                        \
                const a_type x = a[row & a_mask];                                                                                          \
                const b_type y = b[row & b_mask];                                                                                          \
                out[row] = (out_type)(expression);                                                                                         \
            }                                                                                                                              \
        } else if (!b_mask) {                                                                                                              \
            name##_dense(a, UINT32_MAX, b, 0, out, call->count);                                                                           \
        } else if (!a_mask) {                                                                                                              \
            name##_dense(a, 0, b, UINT32_MAX, out, call->count);                                                                           \
        } else {                                                                                                                           \
            name##_dense(a, UINT32_MAX, b, UINT32_MAX, out, call->count);                                                                  \
        }                                                                                                                                  \
        return 0;                                                                                                                          \
    }

#endif
