#include "engine/base/arena.h"

#include "engine/base/assert.h"
#include "engine/base/memory.h"

#include <stdarg.h>
#include <stdio.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

struct leat_arena_block {
    struct leat_arena_block *next;
    size_t bytes; // of the whole block, this header included
    alignas(LEAT_CACHE_LINE) char data[];
};

static void *arena_take(struct leat_arena *arena, size_t bytes, size_t align) {
    size_t start = leat_align_up(arena->used_bytes, align);
    if (!arena->blocks || start + bytes > arena->blocks->bytes - sizeof(struct leat_arena_block)) {
        size_t block_bytes = sizeof(struct leat_arena_block) + LEAT_MAX(bytes, BLOCK_BYTES);
        struct leat_arena_block *block = leat_memory_zalloc(NULL, block_bytes);
        if (!block)
            leat_memory_exhausted(block_bytes);
        block->next = arena->blocks;
        block->bytes = block_bytes;
        arena->blocks = block;
        start = 0;
    }
    arena->used_bytes = start + bytes;
    return arena->blocks->data + start;
}

void *leat_arena_alloc(struct leat_arena *arena, size_t bytes) {
    return arena_take(arena, bytes, 16);
}

void *leat_arena_alloc_lines(struct leat_arena *arena, size_t count, size_t element_bytes) {
    leat_assert(element_bytes == 0 || count <= SIZE_MAX / 2 / element_bytes);
    return arena_take(arena, leat_align_up(count * element_bytes, LEAT_CACHE_LINE), LEAT_CACHE_LINE);
}

char *leat_arena_copy(struct leat_arena *arena, const char *text, size_t length) {
    char *copy = leat_arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *leat_arena_printf(struct leat_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    leat_assert(length >= 0);
    char *text = leat_arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void leat_arena_free(struct leat_arena *arena) {
    for (struct leat_arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        leat_memory_free(NULL, block, block->bytes);
    }
    *arena = (struct leat_arena){0};
}
