// The door to the allocator: every byte of leat is asked for here, by a budget that knows its owner.
// Release builds link jemalloc behind this door; sanitizer builds use the C library's allocator.
#ifndef LEAT_ENGINE_BASE_MEMORY_H
#define LEAT_ENGINE_BASE_MEMORY_H

#include "engine/base/base.h"

// Whom memory belongs to and how much it may take. Used by one thread at a time; may live anywhere.
struct leat_budget {
    const char *owner;  // shown in errors, e.g. "series_join #2"; not copied
    size_t limit_bytes; // 0: no limit
    size_t used_bytes;
    size_t peak_bytes;
};

// Memory of `bytes` > 0 bytes, aligned to 64 bytes, uninitialised, for `budget` (NULL: outside any budget).
// NULL with the error stack set (LEAT_ERROR_INTERNAL) when over the limit or the system has none.
void *leat_memory_alloc(struct leat_budget *budget, size_t bytes);

// Like leat_memory_alloc, zeroed.
void *leat_memory_zalloc(struct leat_budget *budget, size_t bytes);

// Grows or shrinks a block of old_bytes to new_bytes > 0; `ptr` may be NULL with old_bytes 0.
// NULL with the error set leaves the old block as it was.
void *leat_memory_realloc(struct leat_budget *budget, void *ptr, size_t old_bytes, size_t new_bytes);

// Gives a block back; `bytes` is what it was asked for. `ptr` may be NULL.
void leat_memory_free(struct leat_budget *budget, void *ptr, size_t bytes);

// Calls of alloc, zalloc and realloc made by this thread so far: tests show with it that nothing allocates per row.
uint64_t leat_memory_calls(void);

// Fault injection for tests: the nth call from now on in this thread (1 is the next) fails; 0 turns it off.
void leat_memory_fail_at(uint64_t nth);

// Prints "out of memory" and ends the process with LEAT_ERROR_INTERNAL: for start-up code that cannot go on.
_Noreturn void leat_memory_exhausted(size_t bytes);

#endif
