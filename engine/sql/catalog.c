#include "engine/sql/catalog.h"

#include "engine/sql/suggest.h"

struct leat_catalog_entry *leat_catalog_find(const struct leat_catalog *catalog, const char *name) {
    struct leat_catalog_entry *entry = catalog->first;
    while (entry && strcmp(entry->name, name) != 0)
        entry = entry->next;
    return entry;
}

struct leat_catalog_entry *leat_catalog_add(struct leat_catalog *catalog, struct leat_arena *arena, const char *name) {
    struct leat_catalog_entry *entry = leat_arena_alloc(arena, sizeof(*entry)), **end = &catalog->first;
    while (*end)
        end = &(*end)->next;
    entry->name = name;
    *end = entry;
    return entry;
}

void leat_catalog_remove(struct leat_catalog *catalog, const struct leat_catalog_entry *entry) {
    struct leat_catalog_entry **at = &catalog->first;
    while (*at && *at != entry)
        at = &(*at)->next;
    if (*at)
        *at = entry->next;
}

const char *leat_catalog_name(const struct leat_sql_source *source, const struct leat_ast_path *path) {
    const struct leat_ast_name *parts = path->parts;
    uint32_t count = path->count;
    const char *hint = "leat has one catalog and one database: default_catalog.default_database";
    if (count > 3) {
        leat_diagnostic(source, path->span, hint, "the name of a table has at most three parts");
        return NULL;
    }
    if (count == 3 && strcmp(parts[0].text, "default_catalog") != 0) {
        leat_diagnostic(source, parts[0].span, hint, "there is no catalog `%s`", parts[0].text);
        return NULL;
    }
    if (count >= 2 && strcmp(parts[count - 2].text, "default_database") != 0) {
        leat_diagnostic(source, parts[count - 2].span, hint, "there is no database `%s`", parts[count - 2].text);
        return NULL;
    }
    return parts[count - 1].text;
}

const char *leat_catalog_hint(const struct leat_catalog *catalog, struct leat_arena *arena, const char *name) {
    struct leat_suggest suggest = {.word = name};
    const char *list = NULL;
    uint32_t shown = 0;
    for (const struct leat_catalog_entry *entry = catalog->first; entry; entry = entry->next) {
        leat_suggest_offer(&suggest, entry->name);
        if (shown++ < 8)
            list = list ? leat_arena_printf(arena, "%s, %s", list, entry->name) : entry->name;
    }
    if (suggest.best)
        return leat_arena_printf(arena, "did you mean `%s`?", suggest.best);
    return list ? leat_arena_printf(arena, "there are: %s%s", list, shown > 8 ? ", ..." : "") : "a table must be created before it is used";
}
