// "Did you mean": the candidate nearest to what was written.
#ifndef LEAT_ENGINE_SQL_SUGGEST_H
#define LEAT_ENGINE_SQL_SUGGEST_H

#include "engine/base/arena.h"
#include "engine/base/base.h"

// Longest word that is compared, in bytes; longer ones are never near to anything.
#define LEAT_SUGGEST_WORD_BYTES 96

// A search for the nearest candidate. Zero-initialise, set `word`, offer candidates, read `best`.
struct leat_suggest {
    const char *word;  // what was written
    const char *best;  // nearest so far (borrowed from the caller), NULL when none is near enough
    uint32_t distance; // of `best`
};

// Letters to insert, drop, change or swap with their neighbour to come from `a` to `b`, case ignored, or `limit` + 1 where
// it takes more than `limit` (optimal string alignment, the restricted Damerau-Levenshtein distance).
uint32_t leat_suggest_distance(const char *a, const char *b, uint32_t limit);

// Takes `candidate` where it is near (about a third of the letters may differ) and nearer than the best so far.
void leat_suggest_offer(struct leat_suggest *suggest, const char *candidate);

// "did you mean `x`?" in the arena, or NULL when nothing is near to `word` among `count` candidates (NULL entries are skipped).
const char *leat_suggest_hint(struct leat_arena *arena, const char *word, const char *const *candidates, size_t count);

#endif
