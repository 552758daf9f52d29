// Values of options: shared by WITH and SET.
#ifndef LEAT_ENGINE_SQL_OPTIONS_VALUE_H
#define LEAT_ENGINE_SQL_OPTIONS_VALUE_H

#include "engine/sql/options.h"

// Most options of one table, and most keys that SET may hold.
#define LEAT_OPTIONS_MAX 256

// Checks that `value` is what `option`, written as `name`, may be. 0, or -1 with a diagnostic. Secrets are not shown.
int leat_option_check(const struct leat_options_context *context, const struct leat_option *option, const char *name,
                      const struct leat_ast_string *value);

// A value that was checked, as the registry spells it: 'TRUE' is 'true'. Other kinds stay as they are.
const char *leat_option_spelling(const struct leat_option *option, const char *value);

#endif
