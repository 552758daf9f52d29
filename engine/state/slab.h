// Small blocks of memory for keyed state, which come and go with rows and keys without asking the allocator each time.
//
// What is freed stays until a trim, which gives back whatever has not been needed since the trim before: in steady use the allocator is not
// called at all, and a burst does not hold its memory for ever.
#ifndef LEAT_ENGINE_STATE_SLAB_H
#define LEAT_ENGINE_STATE_SLAB_H

#include "engine/base/memory.h"
#include "engine/base/text.h"

struct leat_slab_page;

// Blocks of one size, cut from pages. Used by one thread at a time.
struct leat_slab {
    struct leat_budget *budget;
    struct leat_slab_page *first; // pages with a free block, the wholly free ones last
    struct leat_slab_page *last;
    uint32_t block_bytes; // with the 8 bytes that stand before each block
    uint32_t page_blocks;
    uint32_t pages;       // all of them
    uint32_t pages_empty; // wholly free
    uint32_t pages_peak;  // most that were in use since the last trim
};

// Prepares a slab for blocks of `bytes` > 0; takes no memory yet.
void leat_slab_open(struct leat_slab *slab, struct leat_budget *budget, size_t bytes);

// Takes `count` blocks, uninitialised, aligned to 8. False with the error set when the budget is spent; none is taken then.
bool leat_slab_alloc(struct leat_slab *slab, void **blocks, uint32_t count);

// Gives blocks back to the slab they came from, in any order.
void leat_slab_free(struct leat_slab *slab, void *const *blocks, uint32_t count);

// Gives back free pages that have not been needed since the last trim.
void leat_slab_trim(struct leat_slab *slab);

// Gives all pages back. Every block must have been freed.
void leat_slab_close(struct leat_slab *slab);

// Size classes of a store: 16, 32, 48, 64 bytes, then four to each power of two, up to 4096; each with the 8 bytes before a block.
#define LEAT_STORE_CLASSES 28

// Longest block that stands in a page; longer ones are asked for one by one.
#define LEAT_STORE_BLOCK_BYTES_MAX 4088

// Blocks of any size: the bytes of long texts, arrays that grow. Used by one thread at a time.
struct leat_store {
    struct leat_budget *budget;
    struct leat_slab classes[LEAT_STORE_CLASSES];
};

// Prepares a store; takes no memory yet.
void leat_store_open(struct leat_store *store, struct leat_budget *budget);

// `bytes` > 0 bytes, aligned to 8. NULL with the error set when the budget is spent.
void *leat_store_alloc(struct leat_store *store, size_t bytes);

// Gives a block back; `bytes` is what it was asked for. `block` may be NULL.
void leat_store_free(struct leat_store *store, void *block, size_t bytes);

// A text with the same bytes whose long bytes stand in the store. False with the error set when the budget is spent.
bool leat_store_keep(struct leat_store *store, const struct leat_text *text, struct leat_text *kept);

// Gives back the bytes of a text that leat_store_keep has made.
void leat_store_drop(struct leat_store *store, const struct leat_text *kept);

// leat_slab_trim for all size classes.
void leat_store_trim(struct leat_store *store);

// Gives all pages back. Every block must have been freed.
void leat_store_close(struct leat_store *store);

#endif
