// Bytes that live as long as one batch: long texts made by expressions and operators. Blocks are kept when it is emptied,
// so that a heap in steady use asks the allocator for nothing.
#ifndef LEAT_ENGINE_BASE_HEAP_H
#define LEAT_ENGINE_BASE_HEAP_H

#include "engine/base/memory.h"
#include "engine/base/text.h"

struct leat_heap_block;

// Zero-initialise with a budget (may be NULL); used by one thread at a time.
struct leat_heap {
    struct leat_budget *budget;
    struct leat_heap_block *first;
    struct leat_heap_block *current;
    size_t used_bytes; // of the current block
};

// `bytes` bytes, unaligned, valid until the next leat_heap_reset. NULL with the error set when over the budget.
char *leat_heap_alloc(struct leat_heap *heap, size_t bytes);

// A text with the same bytes that lives in this heap (short ones live in themselves). False when over the budget.
bool leat_heap_keep(struct leat_heap *heap, const struct leat_text *text, struct leat_text *kept);

// Empties the heap and keeps its blocks.
void leat_heap_reset(struct leat_heap *heap);

// Gives everything back.
void leat_heap_free(struct leat_heap *heap);

#endif
