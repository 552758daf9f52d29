// Lists that grow in an arena: an array, a count, and this.
#ifndef LEAT_ENGINE_SQL_LIST_H
#define LEAT_ENGINE_SQL_LIST_H

#include "engine/base/arena.h"

// Makes room for one more element behind `count`; returns the array, perhaps moved. New elements are zero. The room doubles each time the
// count reaches a power of two, so it must have grown by this function alone.
static inline void *leat_list_grow(struct leat_arena *arena, void *items, uint32_t count, size_t element_bytes) {
    bool full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!full)
        return items;
    void *more = leat_arena_alloc(arena, (count ? (size_t)2 * count : 4) * element_bytes);
    if (count)
        memcpy(more, items, count * element_bytes);
    return more;
}

#endif
