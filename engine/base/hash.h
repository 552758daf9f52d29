// Hashes: of bytes and of key columns, the same on every machine and in every version, since state is split by them.
#ifndef LEAT_ENGINE_BASE_HASH_H
#define LEAT_ENGINE_BASE_HASH_H

#include "engine/base/limits.h"
#include "engine/base/text.h"

#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

// Hash of `length` bytes (XXH3, 64 bits).
static inline uint64_t leat_hash_bytes(const void *bytes, size_t length) {
    return XXH3_64bits(bytes, length);
}

// Mixes one 64-bit word into a hash; every bit of the result depends on every bit of both. The multiplier and the shifts
// are those of the finaliser of SplitMix64 (Steele, Lea, Flood, 2014).
static inline uint64_t leat_hash_word(uint64_t hash, uint64_t word) {
    uint64_t x = (hash ^ word) + 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// Mixes a text into a hash.
static inline uint64_t leat_hash_text(uint64_t hash, const struct leat_text *text) {
    if (text->length > LEAT_TEXT_INLINE_BYTES)
        return leat_hash_word(hash, leat_hash_bytes(text->pointer, text->length));
    uint64_t head, tail;
    memcpy(&head, text, 8);
    memcpy(&tail, text->tail, 8);
    return leat_hash_word(leat_hash_word(hash, head), tail);
}

// The key group of a key hash: 0 .. LEAT_KEY_GROUPS - 1.
static inline uint32_t leat_key_group(uint64_t hash) {
    return (uint32_t)(hash >> 56) & (LEAT_KEY_GROUPS - 1);
}

// The worker of `workers` that owns a key group: contiguous ranges, as even as can be.
static inline uint32_t leat_key_group_worker(uint32_t group, uint32_t workers) {
    return group * workers / LEAT_KEY_GROUPS;
}

_Static_assert(LEAT_KEY_GROUPS == 256, "the key group is the top byte of the hash");

#endif
