#include "engine/state/slab.h"

#include "engine/base/assert.h"

// Pages are of about this size, so that a key or two do not cost much and a million do not make many calls.
#define PAGE_BYTES      16384
#define PAGE_BLOCKS_MIN 8

// The blocks follow the page's bitmap. Before each stands its number, from which the page is found; the blocks themselves are touched by
// neither alloc nor free, beyond that.
struct leat_slab_page {
    struct leat_slab_page *next;
    struct leat_slab_page *previous;
    uint32_t live;      // blocks in use
    uint32_t free_word; // no bit is set before this word of `free`
    uint64_t free[];    // bit i % 64 of word i / 64 set: block i is free
};

void leat_slab_open(struct leat_slab *slab, struct leat_budget *budget, size_t bytes) {
    leat_assert(bytes > 0 && bytes < UINT32_MAX / 2 / PAGE_BLOCKS_MIN);
    size_t block_bytes = leat_align_up(bytes + 8, 8);
    size_t page_blocks = LEAT_MAX((PAGE_BYTES - sizeof(struct leat_slab_page)) / (block_bytes + 1), PAGE_BLOCKS_MIN);
    *slab = (struct leat_slab){.budget = budget, .block_bytes = (uint32_t)block_bytes, .page_blocks = (uint32_t)page_blocks};
}

static uint32_t bitmap_words(const struct leat_slab *slab) {
    return (slab->page_blocks + 63) / 64;
}

static size_t head_bytes(const struct leat_slab *slab) {
    return sizeof(struct leat_slab_page) + bitmap_words(slab) * sizeof(uint64_t);
}

static size_t page_bytes(const struct leat_slab *slab) {
    return head_bytes(slab) + (size_t)slab->block_bytes * slab->page_blocks;
}

static void unlink_page(struct leat_slab *slab, struct leat_slab_page *page) {
    *(page->previous ? &page->previous->next : &slab->first) = page->next;
    *(page->next ? &page->next->previous : &slab->last) = page->previous;
}

static void link_first(struct leat_slab *slab, struct leat_slab_page *page) {
    page->previous = NULL;
    page->next = slab->first;
    *(slab->first ? &slab->first->previous : &slab->last) = page;
    slab->first = page;
}

static void link_last(struct leat_slab *slab, struct leat_slab_page *page) {
    page->next = NULL;
    page->previous = slab->last;
    *(slab->last ? &slab->last->next : &slab->first) = page;
    slab->last = page;
}

static bool add_page(struct leat_slab *slab) {
    struct leat_slab_page *page = leat_memory_alloc(slab->budget, page_bytes(slab));
    if (!page)
        return false;
    page->live = page->free_word = 0;
    memset(page->free, 0xff, bitmap_words(slab) * sizeof(uint64_t));
    if (slab->page_blocks % 64)
        page->free[bitmap_words(slab) - 1] = (UINT64_C(1) << (slab->page_blocks % 64)) - 1;
    char *block = (char *)page + head_bytes(slab);
    for (uint64_t i = 0; i < slab->page_blocks; i++, block += slab->block_bytes)
        memcpy(block, &i, sizeof(i));
    link_last(slab, page);
    slab->pages++;
    slab->pages_empty++;
    return true;
}

// A page with free blocks hands out as many as it has, at most `count`.
static uint32_t take_from_page(struct leat_slab *slab, struct leat_slab_page *page, void **blocks, uint32_t count) {
    char *base = (char *)page + head_bytes(slab) + 8;
    uint32_t taken = 0, word = page->free_word, words = bitmap_words(slab);
    for (;; word++) {
        uint64_t free = page->free[word];
        uint64_t at = (uint64_t)word * 64;
        for (; free && taken < count; free &= free - 1)
            blocks[taken++] = base + (at + (uint32_t)__builtin_ctzll(free)) * slab->block_bytes;
        page->free[word] = free;
        if (taken == count || word + 1 == words)
            break;
    }
    page->free_word = word;
    if (page->live == 0) {
        slab->pages_empty--;
        slab->pages_peak = LEAT_MAX(slab->pages_peak, slab->pages - slab->pages_empty);
    }
    page->live += taken;
    if (page->live == slab->page_blocks)
        unlink_page(slab, page);
    return taken;
}

bool leat_slab_alloc(struct leat_slab *slab, void **blocks, uint32_t count) {
    for (uint32_t taken = 0; taken < count;) {
        if (LEAT_UNLIKELY(!slab->first) && !add_page(slab)) {
            leat_slab_free(slab, blocks, taken);
            return false;
        }
        taken += take_from_page(slab, slab->first, blocks + taken, count - taken);
    }
    return true;
}

void leat_slab_free(struct leat_slab *slab, void *const *blocks, uint32_t count) {
    size_t to_head = head_bytes(slab) + 8;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t number;
        memcpy(&number, (char *)blocks[i] - 8, sizeof(number));
        struct leat_slab_page *page = (struct leat_slab_page *)(void *)((char *)blocks[i] - number * slab->block_bytes - to_head);
        uint32_t word = (uint32_t)(number / 64);
        leat_assert_debug(!(page->free[word] >> (number % 64) & 1));
        page->free[word] |= UINT64_C(1) << (number % 64);
        page->free_word = LEAT_MIN(page->free_word, word);
        if (LEAT_UNLIKELY(page->live == slab->page_blocks))
            link_first(slab, page);
        if (LEAT_UNLIKELY(--page->live == 0)) {
            unlink_page(slab, page);
            link_last(slab, page);
            slab->pages_empty++;
        }
    }
}

static void release_empty(struct leat_slab *slab, uint32_t keep_pages) {
    while (slab->pages > keep_pages && slab->pages_empty > 0) {
        struct leat_slab_page *page = slab->last;
        leat_assert(page->live == 0);
        unlink_page(slab, page);
        leat_memory_free(slab->budget, page, page_bytes(slab));
        slab->pages--;
        slab->pages_empty--;
    }
}

void leat_slab_trim(struct leat_slab *slab) {
    release_empty(slab, slab->pages_peak);
    slab->pages_peak = slab->pages - slab->pages_empty;
}

void leat_slab_close(struct leat_slab *slab) {
    release_empty(slab, 0);
    leat_assert(slab->pages == 0);
}

// Bytes of a size class, with the 8 before the block.
static size_t class_bytes(uint32_t class) {
    return class < 4 ? 16 * ((size_t) class + 1) : (size_t)(4 + (class & 3) + 1) << (class / 4 + 3);
}

// The smallest class that holds `bytes`: the step within its power of two are the two bits below the highest.
static uint32_t class_of(size_t bytes) {
    size_t last = bytes + 8 - 1;
    if (last < 64)
        return (uint32_t)(last / 16);
    uint32_t power = 63 - (uint32_t)__builtin_clzll(last);
    return (power - 5) * 4 + (uint32_t)(last >> (power - 2) & 3);
}

void leat_store_open(struct leat_store *store, struct leat_budget *budget) {
    store->budget = budget;
    for (uint32_t i = 0; i < LEAT_STORE_CLASSES; i++)
        leat_slab_open(&store->classes[i], budget, class_bytes(i) - 8);
}

void *leat_store_alloc(struct leat_store *store, size_t bytes) {
    if (bytes > LEAT_STORE_BLOCK_BYTES_MAX)
        return leat_memory_alloc(store->budget, bytes);
    void *block;
    return leat_slab_alloc(&store->classes[class_of(bytes)], &block, 1) ? block : NULL;
}

void leat_store_free(struct leat_store *store, void *block, size_t bytes) {
    if (bytes > LEAT_STORE_BLOCK_BYTES_MAX)
        leat_memory_free(store->budget, block, bytes);
    else if (block)
        leat_slab_free(&store->classes[class_of(bytes)], &block, 1);
}

bool leat_store_keep(struct leat_store *store, const struct leat_text *text, struct leat_text *kept) {
    *kept = *text;
    if (text->length <= LEAT_TEXT_INLINE_BYTES)
        return true;
    char *bytes = leat_store_alloc(store, text->length);
    if (!bytes)
        return false;
    memcpy(bytes, text->pointer, text->length);
    kept->pointer = bytes;
    return true;
}

void leat_store_drop(struct leat_store *store, const struct leat_text *kept) {
    if (kept->length > LEAT_TEXT_INLINE_BYTES)
        leat_store_free(store, (void *)(uintptr_t)kept->pointer, kept->length);
}

void leat_store_trim(struct leat_store *store) {
    for (uint32_t i = 0; i < LEAT_STORE_CLASSES; i++)
        leat_slab_trim(&store->classes[i]);
}

void leat_store_close(struct leat_store *store) {
    for (uint32_t i = 0; i < LEAT_STORE_CLASSES; i++)
        leat_slab_close(&store->classes[i]);
}
