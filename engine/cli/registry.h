// What this program can name in a script: its connectors, formats and stateful operators.
#ifndef LEAT_ENGINE_CLI_REGISTRY_H
#define LEAT_ENGINE_CLI_REGISTRY_H

#include "engine/runtime/registry.h"

// The one registry of the program. Immutable; any thread.
const struct leat_registry *leat_registry(void);

extern const struct leat_connector leat_registry_connectors[]; // ends with an entry without a name
extern const struct leat_format leat_registry_formats[];       // likewise

#endif
