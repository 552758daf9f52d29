#include "engine/base/memory.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#ifdef LEAT_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Thread_local uint64_t calls;
static _Thread_local uint64_t fail_in;

static bool injected_failure(void) {
    calls++;
    return fail_in != 0 && --fail_in == 0;
}

static bool over_limit(const struct leat_budget *budget, size_t more_bytes) {
    return budget && budget->limit_bytes && more_bytes > budget->limit_bytes - LEAT_MIN(budget->used_bytes, budget->limit_bytes);
}

static void charge(struct leat_budget *budget, size_t bytes) {
    if (!budget)
        return;
    budget->used_bytes += bytes;
    budget->peak_bytes = LEAT_MAX(budget->peak_bytes, budget->used_bytes);
}

static void *refuse(const struct leat_budget *budget, size_t bytes, bool limit) {
    const char *owner = budget ? budget->owner : "leat";
    if (limit)
        leat_error_set(LEAT_ERROR_INTERNAL, "%s: %zu more bytes would exceed its limit of %zu (%zu in use)", owner, bytes,
                       budget->limit_bytes, budget->used_bytes);
    else
        leat_error_set(LEAT_ERROR_INTERNAL, "%s: out of memory asking for %zu bytes", owner, bytes);
    return NULL;
}

// Memory aligned to a cache line, zeroed if asked for. jemalloc knows which pages come fresh from the system and leaves those alone: pools
// that are never used up are never touched.
static void *take(size_t bytes, bool zeroed) {
    if (bytes > SIZE_MAX - LEAT_CACHE_LINE)
        return NULL;
#ifdef LEAT_JEMALLOC
    return mallocx(bytes, MALLOCX_ALIGN(LEAT_CACHE_LINE) | (zeroed ? MALLOCX_ZERO : 0));
#else
    void *ptr = aligned_alloc(LEAT_CACHE_LINE, leat_align_up(bytes, LEAT_CACHE_LINE));
    return ptr && zeroed ? memset(ptr, 0, bytes) : ptr;
#endif
}

static void *alloc(struct leat_budget *budget, size_t bytes, bool zeroed) {
    leat_assert(bytes > 0);
    if (injected_failure())
        return refuse(budget, bytes, false);
    if (over_limit(budget, bytes))
        return refuse(budget, bytes, true);
    void *ptr = take(bytes, zeroed);
    if (!ptr)
        return refuse(budget, bytes, false);
    charge(budget, bytes);
    return ptr;
}

void *leat_memory_alloc(struct leat_budget *budget, size_t bytes) {
    return alloc(budget, bytes, false);
}

void *leat_memory_zalloc(struct leat_budget *budget, size_t bytes) {
    return alloc(budget, bytes, true);
}

void *leat_memory_realloc(struct leat_budget *budget, void *ptr, size_t old_bytes, size_t new_bytes) {
    leat_assert(new_bytes > 0);
    leat_assert((ptr == NULL) == (old_bytes == 0));
    void *grown = leat_memory_alloc(budget, new_bytes);
    if (!grown)
        return NULL;
    if (ptr) {
        memcpy(grown, ptr, LEAT_MIN(old_bytes, new_bytes));
        leat_memory_free(budget, ptr, old_bytes);
    }
    return grown;
}

void leat_memory_free(struct leat_budget *budget, void *ptr, size_t bytes) {
    if (!ptr)
        return;
    if (budget) {
        leat_assert(budget->used_bytes >= bytes);
        budget->used_bytes -= bytes;
    }
    free(ptr);
}

uint64_t leat_memory_calls(void) {
    return calls;
}

void leat_memory_fail_at(uint64_t nth) {
    fail_in = nth;
}

void leat_memory_exhausted(size_t bytes) {
    fprintf(stderr, "leat: out of memory asking for %zu bytes\n", bytes);
    _exit(LEAT_ERROR_INTERNAL);
}
