// Which words are reserved: those that Flink (Calcite's core and Flink's own additions) does not take as a name without backticks.
#ifndef LEAT_ENGINE_SQL_KEYWORD_H
#define LEAT_ENGINE_SQL_KEYWORD_H

#include "engine/base/base.h"

// True for a word that must stand in backticks to be a name. Any case; `word` need not end in a zero.
bool leat_keyword_is_reserved(const char *word, size_t length);

// True for a reserved word that still is the name of a function where an opening parenthesis follows: COUNT, LEFT, MOD ...
bool leat_keyword_is_callable(const char *word, size_t length);

// Words that syntax errors suggest for misspelled ones, ending in NULL.
extern const char *const leat_keyword_candidates[];

#endif
