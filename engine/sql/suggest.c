#include "engine/sql/suggest.h"

#include <ctype.h>

// One row of the table of distances between prefixes, and the two before it.
struct rows {
    uint32_t row[3][LEAT_SUGGEST_WORD_BYTES + 1];
};

static bool same_letter(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static void row_fill(struct rows *rows, const char *a, size_t i, const char *b, size_t b_length) {
    uint32_t *now = rows->row[i % 3];
    const uint32_t *above = rows->row[(i + 2) % 3], *above2 = rows->row[(i + 1) % 3];
    now[0] = (uint32_t)i;
    for (size_t j = 1; j <= b_length; j++) {
        uint32_t best = above[j - 1] + !same_letter(a[i - 1], b[j - 1]);
        best = LEAT_MIN(best, above[j] + 1);
        best = LEAT_MIN(best, now[j - 1] + 1);
        if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
            best = LEAT_MIN(best, above2[j - 2] + 1);
        now[j] = best;
    }
}

uint32_t leat_suggest_distance(const char *a, const char *b, uint32_t limit) {
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t difference = a_length > b_length ? a_length - b_length : b_length - a_length;
    if (difference > limit || a_length > LEAT_SUGGEST_WORD_BYTES || b_length > LEAT_SUGGEST_WORD_BYTES)
        return limit + 1;
    struct rows rows;
    for (size_t j = 0; j <= b_length; j++)
        rows.row[0][j] = (uint32_t)j;
    for (size_t i = 1; i <= a_length; i++)
        row_fill(&rows, a, i, b, b_length);
    return LEAT_MIN(rows.row[a_length % 3][b_length], limit + 1);
}

void leat_suggest_offer(struct leat_suggest *suggest, const char *candidate) {
    size_t length = LEAT_MAX(strlen(suggest->word), strlen(candidate));
    if (length < 2 || length > LEAT_SUGGEST_WORD_BYTES)
        return;
    uint32_t limit = length < 3 ? 1 : (uint32_t)(length + 1) / 3;
    if (suggest->best && suggest->distance <= limit) {
        if (suggest->distance == 0)
            return;
        limit = suggest->distance - 1;
    }
    uint32_t distance = leat_suggest_distance(suggest->word, candidate, limit);
    if (distance > limit)
        return;
    suggest->best = candidate;
    suggest->distance = distance;
}

const char *leat_suggest_hint(struct leat_arena *arena, const char *word, const char *const *candidates, size_t count) {
    struct leat_suggest suggest = {.word = word};
    for (size_t i = 0; i < count; i++)
        if (candidates[i])
            leat_suggest_offer(&suggest, candidates[i]);
    return suggest.best ? leat_arena_printf(arena, "did you mean `%s`?", suggest.best) : NULL;
}
