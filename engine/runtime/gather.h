// A sink whose bytes one worker must write in order (standard output, a pipe), run as a stage: rows without a key all go to worker 0.
#ifndef LEAT_ENGINE_RUNTIME_GATHER_H
#define LEAT_ENGINE_RUNTIME_GATHER_H

#include "engine/runtime/operator.h"
#include "engine/runtime/outbox.h"

// One edge to the sink.
struct leat_gather_port {
    const struct leat_encoder_ops *encoder;
    const struct leat_encode_config *encode;
};

// The plan of the stage.
struct leat_gather_spec {
    const struct leat_sink_run *run;
    const struct leat_gather_port *ports;
    uint32_t port_count;
};

extern const struct leat_operator_ops leat_gather_ops; // spec: struct leat_gather_spec

#endif
