// Small blocks of memory for keyed state, which come and go with rows and keys without asking the allocator each time.
#ifndef LEAT_ENGINE_STATE_SLAB_H
#define LEAT_ENGINE_STATE_SLAB_H

#include "engine/base/memory.h"

struct leat_slab_page;

// Blocks of one size, cut from pages. One empty page is kept, further ones go back to the budget. Used by one thread at a time.
struct leat_slab {
    struct leat_budget *budget;
    struct leat_slab_page *room; // pages with a free block, the one to use first at the head
    uint32_t block_bytes;        // with the 8 bytes that stand before each block
    uint32_t page_blocks;
    uint32_t empty_pages; // of those in `room`
};

// Prepares a slab for blocks of `bytes` > 0; takes no memory yet.
void leat_slab_open(struct leat_slab *slab, struct leat_budget *budget, size_t bytes);

// A block, uninitialised, whose address is 8 more than a multiple of 16. NULL with the error set when the budget is spent.
void *leat_slab_alloc(struct leat_slab *slab);

// Gives a block back to the slab it came from.
void leat_slab_free(struct leat_slab *slab, void *block);

// Gives the empty page back. Every block must have been freed.
void leat_slab_close(struct leat_slab *slab);

// Size classes of a store: four to each power of two.
#define LEAT_STORE_CLASSES 32

// Longest block that stands in a page; longer ones are asked for one by one.
#define LEAT_STORE_BLOCK_BYTES_MAX 4096

// Blocks of any size: the bytes of long texts. Used by one thread at a time.
struct leat_store {
    struct leat_budget *budget;
    struct leat_slab classes[LEAT_STORE_CLASSES];
};

// Prepares a store; takes no memory yet.
void leat_store_open(struct leat_store *store, struct leat_budget *budget);

// `bytes` > 0 bytes. NULL with the error set when the budget is spent.
void *leat_store_alloc(struct leat_store *store, size_t bytes);

// Gives a block back; `bytes` is what it was asked for.
void leat_store_free(struct leat_store *store, void *block, size_t bytes);

// Gives the empty pages back. Every block must have been freed.
void leat_store_close(struct leat_store *store);

#endif
