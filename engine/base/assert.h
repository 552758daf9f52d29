// Assertions: they are for our own bugs, stay on in every build, and end the process.
// What comes from outside (bytes, options, files, brokers) is never asserted: see error.h.
#ifndef LEAT_ENGINE_BASE_ASSERT_H
#define LEAT_ENGINE_BASE_ASSERT_H

#include "engine/base/base.h"

// Prints where and what failed to stderr and aborts. Never returns; any thread.
_Noreturn void leat_assert_fail(const char *file, int line, const char *function, const char *expression);

// Ends the process if `x` is false. On in every build; keep it at batch edges, out of per-row loops.
#define leat_assert(x) (LEAT_LIKELY(x) ? (void)0 : leat_assert_fail(__FILE__, __LINE__, __func__, #x))

// Like leat_assert, but only in debug and sanitizer builds: for per-row loops.
#ifdef LEAT_DEBUG
#define leat_assert_debug(x) leat_assert(x)
#else
#define leat_assert_debug(x) ((void)sizeof(!(x)))
#endif

// Says that both values of `x` are legitimate here (the dual of an assertion; after TigerBeetle's maybe()).
#define leat_maybe(x) ((void)sizeof(!(x)))

// A place that cannot be reached.
#define leat_unreachable() leat_assert_fail(__FILE__, __LINE__, __func__, "unreachable")

#endif
