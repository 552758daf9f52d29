// A bump allocator for things that live and die together: a parsed script, a plan, a job's fixed structures.
#ifndef LEAT_ENGINE_BASE_ARENA_H
#define LEAT_ENGINE_BASE_ARENA_H

#include "engine/base/base.h"

struct leat_arena_block;

// Owner of all memory handed out; used by one thread at a time. Zero-initialise, then use; leat_arena_free at the end.
struct leat_arena {
    struct leat_arena_block *blocks; // newest first
    size_t used_bytes;               // of the newest block
};

// Zeroed memory for `bytes` bytes aligned to 16, valid until leat_arena_free. Never NULL: ends the process with a
// clear message when the system has no memory (start-up cannot go on without it). `bytes` may be 0.
void *leat_arena_alloc(struct leat_arena *arena, size_t bytes);

// Like leat_arena_alloc for an array, aligned to a cache line.
void *leat_arena_alloc_lines(struct leat_arena *arena, size_t count, size_t element_bytes);

// Copies `length` bytes and adds a terminating zero.
char *leat_arena_copy(struct leat_arena *arena, const char *text, size_t length);

// Formats like printf into the arena; returns the text.
char *leat_arena_printf(struct leat_arena *arena, const char *format, ...) LEAT_PRINTF(2, 3);

// Gives all of it back; the arena is empty and usable afterwards.
void leat_arena_free(struct leat_arena *arena);

#endif
