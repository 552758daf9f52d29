// A sink that counts rows and forgets them.
#ifndef LEAT_OPERATORS_SINKS_BLACKHOLE_H
#define LEAT_OPERATORS_SINKS_BLACKHOLE_H

#include "engine/runtime/sink.h"

// Takes no bytes; needs no path; cannot fail.
extern const struct leat_sink_ops leat_blackhole_sink_ops;

#endif
