#include "engine/runtime/graph.h"

const char *leat_graph_option_value(const struct leat_graph_option *options, uint32_t count, const char *name, const char *otherwise) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0)
            return options[i].value;
    return otherwise;
}
