#include "engine/base/heap.h"

#include "engine/base/assert.h"

#define BLOCK_BYTES ((size_t)16 * 1024)

struct leat_heap_block {
    struct leat_heap_block *next;
    size_t bytes; // that `data` holds
    char data[];
};

// Brings a kept block of at least `bytes` to *link, if there is one.
static bool heap_find_kept(struct leat_heap_block **link, size_t bytes) {
    for (struct leat_heap_block **at = link, *block; (block = *at); at = &block->next) {
        if (block->bytes < bytes)
            continue;
        *at = block->next;
        block->next = *link;
        *link = block;
        return true;
    }
    return false;
}

static bool heap_next_block(struct leat_heap *heap, size_t bytes) {
    struct leat_heap_block **link = heap->current ? &heap->current->next : &heap->first;
    if (!heap_find_kept(link, bytes)) {
        size_t block_bytes = LEAT_MAX(bytes, BLOCK_BYTES);
        struct leat_heap_block *block = leat_memory_alloc(heap->budget, sizeof(*block) + block_bytes), *small = *link;
        if (!block)
            return false;
        *block = (struct leat_heap_block){.next = small, .bytes = block_bytes};
        *link = block;
        if (small) { // it takes the place of one that is too small: texts that become longer and longer must not pile up blocks
            block->next = small->next;
            leat_memory_free(heap->budget, small, sizeof(*small) + small->bytes);
        }
    }
    heap->current = *link;
    heap->used_bytes = 0;
    return true;
}

char *leat_heap_alloc(struct leat_heap *heap, size_t bytes) {
    if (!heap->current || bytes > heap->current->bytes - heap->used_bytes)
        if (!heap_next_block(heap, bytes))
            return NULL;
    char *start = heap->current->data + heap->used_bytes;
    heap->used_bytes += bytes;
    return start;
}

bool leat_heap_keep(struct leat_heap *heap, const struct leat_text *text, struct leat_text *kept) {
    *kept = *text;
    if (text->length <= LEAT_TEXT_INLINE_BYTES)
        return true;
    char *copy = leat_heap_alloc(heap, text->length);
    if (!copy)
        return false;
    memcpy(copy, text->pointer, text->length);
    kept->pointer = copy;
    return true;
}

void leat_heap_reset(struct leat_heap *heap) {
    heap->current = NULL;
    heap->used_bytes = 0;
}

void leat_heap_free(struct leat_heap *heap) {
    for (struct leat_heap_block *block = heap->first, *next; block; block = next) {
        next = block->next;
        leat_memory_free(heap->budget, block, sizeof(*block) + block->bytes);
    }
    heap->first = NULL;
    leat_heap_reset(heap);
}
