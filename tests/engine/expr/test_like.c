// LIKE against a recursive model, and a pattern that would make a backtracking matcher hang.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/expr/like.h"

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// Straight from the definition; exponential, so for short texts only. Texts are ASCII here.
static bool model(const char *pattern, const char *text, char escape) {
    if (!*pattern)
        return !*text;
    if (*pattern == escape && escape)
        return *text == pattern[1] && model(pattern + 2, text + 1, escape);
    if (*pattern == '%')
        return model(pattern + 1, text, escape) || (*text && model(pattern, text + 1, escape));
    if (*pattern == '_')
        return *text && *text != '\n' && model(pattern + 1, text + 1, escape);
    return *text == *pattern && model(pattern + 1, text + 1, escape);
}

// Whether every escape stands before something that needs it.
static bool well_formed(const char *pattern, char escape) {
    for (; *pattern; pattern++)
        if (escape && *pattern == escape && !(*++pattern && (strchr("%_", *pattern) || *pattern == escape)))
            return false;
    return true;
}

static void random_patterns_match_as_the_model_says(void **state) {
    (void)state;
    const char *seed_text = getenv("LEAT_SEED");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 11, x = seed;
    uint32_t matched = 0;
    struct leat_arena arena = {0};
    for (int round = 0; round < 300000; round++) {
        char pattern[9] = "", text[9] = "";
        for (int i = 0; i < 8; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            pattern[i] = "aab%%_!\0\n"[(x >> 40) % 9];
            text[i] = "aaab%!\0\n"[(x >> 50) % 8];
        }
        char escape = x >> 60 & 1 ? '!' : 0;
        int escape_byte = escape ? escape : -1;
        const struct leat_like *like = leat_like_compile(&arena, pattern, strlen(pattern), escape_byte);
        int raw = leat_like_match_raw(pattern, strlen(pattern), escape_byte, text, strlen(text));
        struct leat_text value = leat_text_view(text, (uint32_t)strlen(text));
        bool good = well_formed(pattern, escape);
        bool wanted = good && model(pattern, text, escape);
        if ((like != NULL) != good || (raw >= 0) != good || (good && (leat_like_match(like, &value) != wanted || raw != wanted)))
            fail_msg("seed %llu: '%s' LIKE '%s' escape '%c': model %d raw %d", (unsigned long long)seed, text, pattern, escape, wanted,
                     raw);
        matched += wanted;
        if (round % 1000 == 0)
            leat_arena_free(&arena);
    }
    assert_in_range(matched, 10000, 200000); // both answers occur often
    leat_arena_free(&arena);
}

static void many_wildcards_do_not_backtrack(void **state) {
    (void)state;
    enum { LENGTH = 20000 };
    struct leat_arena arena = {0};
    char *text = leat_arena_alloc(&arena, LENGTH);
    memset(text, 'a', LENGTH);
    static const char *const patterns[] = {"%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%ab", "%_a%_a%_a%_a%_a%_a%_a%_a%_a%_a%_ab"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(patterns); i++) {
        const struct leat_like *like = leat_like_compile(&arena, patterns[i], strlen(patterns[i]), -1);
        struct leat_text value = leat_text_view(text, LENGTH);
        assert_false(leat_like_match(like, &value));
    }
    leat_arena_free(&arena);
}

static void one_code_point_is_no_end_of_a_line(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        int matches;
    } cases[] = {
        {"a_z", "a\xc3\xa9z", 1},
        {"a_z", "a\xf0\x9f\x98\x80z", 1},
        {"a_z", "a\nz", 0},
        {"a_z", "a\xc2\x85z", 0},
        {"a_z", "a\xe2\x80\xa8z", 0},
        {"a%b", "a\n\nb", 1},
        {"%_", "\xe6\x97\xa5\xe6\x9c\xac", 1},
        {"__", "\xe6\x97\xa5\xe6\x9c\xac", 1},
        {"_", "\xe6\x97\xa5\xe6\x9c\xac", 0},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++)
        if (leat_like_match_raw(cases[i].pattern, strlen(cases[i].pattern), -1, cases[i].text, strlen(cases[i].text)) != cases[i].matches)
            fail_msg("case %zu", i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_patterns_match_as_the_model_says),
        cmocka_unit_test(many_wildcards_do_not_backtrack),
        cmocka_unit_test(one_code_point_is_no_end_of_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
