#include "engine/cli/registry.h"

#include "operators/series_join.h"
#include "operators/window_tumble.h"

const struct leat_registry *leat_registry(void) {
    static struct leat_registry registry = {
        .connectors = leat_registry_connectors,
        .formats = leat_registry_formats,
        .series_join = &leat_series_join_ops,
        .window_tumble = &leat_window_tumble_ops,
    };
    uint32_t connectors = 0, formats = 0;
    while (leat_registry_connectors[connectors].name)
        connectors++;
    while (leat_registry_formats[formats].name)
        formats++;
    registry.connector_count = connectors;
    registry.format_count = formats;
    return &registry;
}
