// SQL front end: any bytes are parsed or refused with a diagnostic, and what is parsed can be dumped.
#include "engine/base/arena.h"
#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/sql/ast.h"
#include "engine/sql/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct leat_arena arena = {0};
    struct leat_sql_source source = {"fuzz.sql", (const char *)data, size};
    struct leat_sql_definition definition = {"A", "value"};
    struct leat_sql_variables variables = {.definitions = &definition, .count = 1, .no_environment = true};
    struct leat_sql_warnings warnings = {0};
    struct leat_sql_parse_options options = {.variables = &variables, .warnings = &warnings};
    struct leat_ast_script *script;
    leat_error_clear();
    if (leat_sql_parse_with(&arena, &source, &options, &script) == 0) {
        const char *dump = leat_ast_dump(&arena, script);
        leat_assert((script->count == 0) == (*dump == 0));
        leat_assert(leat_error_kind() == LEAT_ERROR_NONE);
    } else {
        leat_assert(!script);
        leat_assert(leat_error_kind() == LEAT_ERROR_CONFIG);
        leat_assert(strncmp(leat_error_text(), "fuzz.sql:", 9) == 0);
        for (const char *c = leat_error_text(); *c; c++) // what a terminal would obey
            leat_assert((unsigned char)*c >= ' ' || *c == '\n');
    }
    leat_arena_free(&arena);
    return 0;
}
