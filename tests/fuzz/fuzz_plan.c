// Planner: any bytes are planned or refused with a diagnostic, alone and behind some tables; graphs hold what plan_check.h says.
#include "engine/base/arena.h"
#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/cli/registry.h"
#include "engine/sql/explain.h"
#include "engine/sql/planner.h"
#include "tests/engine/sql/plan_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char prelude[] =
    "CREATE TABLE s (k STRING, n INT, b BIGINT, x DOUBLE, ok BOOLEAN, `at` BIGINT, ts AS TO_TIMESTAMP_LTZ(`at`, 3), WATERMARK FOR ts AS ts "
    "- "
    "INTERVAL '5' SECOND) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'b', 'format' = 'json');"
    "CREATE TABLE w (k STRING, x DOUBLE, t TIMESTAMP(3), WATERMARK FOR t AS t) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 'w', "
    "'format' = 'json');"
    "CREATE TABLE o (v STRING, x DOUBLE) WITH ('connector' = 'print');\n";

static void plan_text(const char *text, size_t length) {
    struct leat_arena arena = {0};
    struct leat_sql_source source = {"fuzz.sql", text, length};
    struct leat_sql_variables variables = {.no_environment = true};
    struct leat_plan_options options = {.mode = LEAT_PLAN_CHECK, .variables = &variables};
    struct leat_plan *plan;
    leat_error_clear();
    if (leat_plan(&arena, &source, &options, leat_registry(), &plan) == 0) {
        char *shown;
        size_t shown_length;
        FILE *out = open_memstream(&shown, &shown_length);
        plan_check(&plan->graph);
        leat_explain_text(plan, out);
        leat_explain_json(plan, out);
        fclose(out);
        for (size_t i = 0; i < shown_length; i++) // what a terminal would obey
            leat_assert((unsigned char)shown[i] >= ' ' || shown[i] == '\n');
        free(shown); // open_memstream's
    } else {
        leat_assert(leat_error_kind() == LEAT_ERROR_CONFIG);
        leat_assert(strncmp(leat_error_text(), "fuzz.sql:", 9) == 0);
        for (const char *c = leat_error_text(); *c; c++)
            leat_assert((unsigned char)*c >= ' ' || *c == '\n');
    }
    leat_error_clear();
    leat_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct leat_arena arena = {0};
    size_t head = sizeof(prelude) - 1;
    char *both = leat_arena_alloc(&arena, head + size);
    memcpy(both, prelude, head);
    if (size)
        memcpy(both + head, data, size);
    plan_text((const char *)data, size);
    plan_text(both, head + size);
    leat_arena_free(&arena);
    return 0;
}
