// Names that every file of leat may use: sizes, alignment, hints, container_of.
// Includes only the C library; every other header may include this one.
#ifndef LEAT_ENGINE_BASE_BASE_H
#define LEAT_ENGINE_BASE_BASE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Bytes of one cache line on every x86-64 processor we run on.
#define LEAT_CACHE_LINE 64

// Branch hints, for conditions that are almost always or almost never true.
#define LEAT_LIKELY(x)   __builtin_expect(!!(x), 1)
#define LEAT_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Number of elements of an array (not of a pointer).
#define LEAT_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

// The structure that holds `member` at address `ptr`.
#define LEAT_CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

// Lets the compiler check the arguments of a printf-like function.
#define LEAT_PRINTF(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))

#define LEAT_MIN(a, b) ((a) < (b) ? (a) : (b))
#define LEAT_MAX(a, b) ((a) > (b) ? (a) : (b))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "leat reads and writes words as little-endian");
_Static_assert(sizeof(void *) == 8, "leat is a 64-bit program");
_Static_assert(sizeof(double) == 8, "DOUBLE is an IEEE 754 binary64");

// Rounds `bytes` up to a multiple of `align`, a power of two.
static inline size_t leat_align_up(size_t bytes, size_t align) {
    return (bytes + align - 1) & ~(align - 1);
}

#endif
