// Builds a job out of a plan: opens inputs and outputs, lays the rings, gives every worker its part. And takes it apart.
#include "engine/runtime/job_internal.h"

#include "engine/base/assert.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

// Messages that a ring holds: room for a few chunks of the hottest key. Longer rings let more batches be in flight than the cache holds and
// were slower (docs/BENCHMARKS.md).
#define RING_MESSAGES 15

// Batches of a stage's pool beyond one per worker.
#define STAGE_BATCHES 8

// Bytes of a record when pools are sized; a smaller guess only makes pools larger.
#define RECORD_BYTES_GUESS 128

static const struct leat_graph_layout empty_layout;

static uint32_t edge_index(const struct leat_job *job, const struct leat_graph_edge *edge) {
    return (uint32_t)(edge - job->graph->edges);
}

// ------------------------------------------------------------------------------------------------ channels

static int channel_create(struct leat_job *job, struct leat_channel *channel, const struct leat_graph_edge *edge) {
    *channel = (struct leat_channel){.edge = edge, .kind = LEAT_CHANNEL_KEYED};
    if (edge->to_kind == LEAT_GRAPH_SINK) {
        channel->sink = &job->sinks[edge->to];
        channel->encoder = job->options.outputs[edge->to].encoder;
        if (!channel->sink->ops->gathers)
            channel->kind = edge->from_kind == LEAT_GRAPH_SOURCE ? LEAT_CHANNEL_LOCAL : LEAT_CHANNEL_SPREAD;
    }
    if (channel->kind == LEAT_CHANNEL_LOCAL)
        return 0;
    channel->rings = leat_arena_alloc_lines(&job->arena, job->workers * job->workers, sizeof(struct leat_ring));
    for (uint32_t i = 0; i < job->workers * job->workers; i++)
        if (leat_ring_create(&channel->rings[i], &job->budget, RING_MESSAGES, sizeof(struct leat_message)))
            return -1;
    return 0;
}

static void channel_destroy(struct leat_job *job, struct leat_channel *channel) {
    for (uint32_t i = 0; channel->rings && i < job->workers * job->workers; i++)
        leat_ring_destroy(&channel->rings[i], &job->budget);
}

// All channels of one producer; *channels has room for all edges that begin there.
static int channels_create(struct leat_job *job, enum leat_graph_end from_kind, uint32_t from, struct leat_channel **channels,
                           uint32_t *count) {
    const struct leat_graph *graph = job->graph;
    uint32_t edges = 0;
    for (uint32_t i = 0; i < graph->edge_count; i++)
        edges += graph->edges[i].from_kind == from_kind && graph->edges[i].from == from;
    *channels = leat_arena_alloc_lines(&job->arena, LEAT_MAX(edges, 1u), sizeof(struct leat_channel));
    for (uint32_t i = 0; i < graph->edge_count; i++) {
        const struct leat_graph_edge *edge = &graph->edges[i];
        if (edge->from_kind == from_kind && edge->from == from && channel_create(job, &(*channels)[(*count)++], edge))
            return -1;
    }
    if (*count == 1 && (*channels)[0].kind == LEAT_CHANNEL_SPREAD)
        (*channels)[0].steps_at_receiver = true;
    return 0;
}

// ------------------------------------------------------------------------------------------------ inputs and outputs

static int sinks_open(struct leat_job *job) {
    const struct leat_graph *graph = job->graph;
    job->sinks = leat_arena_alloc(&job->arena, sizeof(*job->sinks) * LEAT_MAX(graph->sink_count, 1u));
    for (uint32_t i = 0; i < graph->sink_count; i++) {
        struct leat_sink_run *run = &job->sinks[i];
        struct leat_sink_env *env = leat_arena_alloc(&job->arena, sizeof(*env)); // lives as long as the sink
        *env = (struct leat_sink_env){.plan = &graph->sinks[i],
                                      .files = job->options.files,
                                      .budget = &job->budget,
                                      .path = job->options.outputs[i].path,
                                      .sync = job->options.sync};
        run->node = graph->sinks[i].node;
        const struct leat_sink_ops *ops = job->options.outputs[i].ops;
        if (ops->open(env, &run->sink))
            return leat_error_append("table `%s`", graph->sinks[i].table);
        run->ops = ops; // from here on it must be closed
    }
    return 0;
}

static int lane_open(struct leat_job *job, uint32_t index) {
    const struct leat_job_input *input = &job->options.inputs[index];
    struct leat_lane *lane = &job->lanes[index];
    lane->index = index;
    lane->plan = &job->graph->sources[input->source];
    lane->ops = input->ops;
    lane->start_watermark_us = input->start_watermark_us;
    lane->letters = &job->letters;
    lane->letter_run = (struct leat_sink_run){.ops = &leat_dead_letter_sink_ops, .sink = &job->letters};
    atomic_store_explicit(&lane->barrier_offset, UINT64_MAX, memory_order_relaxed); // no worker runs yet
    lane->env = (struct leat_source_env){.table = lane->plan->table,
                                         .path = input->path,
                                         .files = job->options.files,
                                         .clock = job->options.clock,
                                         .budget = &job->budget,
                                         .chunk_bytes = job->options.chunk_bytes,
                                         .start_offset = input->start_offset,
                                         .rate_per_second = job->options.rate_per_second,
                                         .limit = job->options.limit};
    for (uint32_t i = 0; i < job->graph->stage_count; i++)
        lane->with_origin |= job->graph->stages[i].with_origin;
    if (lane->ops->open(&lane->env, &lane->source))
        return leat_error_append("table `%s`", lane->plan->table);
    return 0;
}

static int lanes_open(struct leat_job *job) {
    job->lane_count = job->options.input_count;
    job->lanes = leat_arena_alloc_lines(&job->arena, LEAT_MAX(job->lane_count, 1u), sizeof(*job->lanes));
    job->barrier_watermarks = leat_arena_alloc(&job->arena, sizeof(int64_t) * LEAT_MAX(job->lane_count, 1u));
    for (uint32_t i = 0; i < job->lane_count; i++) {
        job->barrier_watermarks[i] = LEAT_TIME_MAX;
        if (lane_open(job, i))
            return -1;
    }
    return 0;
}

// A sink that gathers becomes a stage of its own, with one port for each edge that leads to it.
static void gathers_create(struct leat_job *job) {
    const struct leat_graph *graph = job->graph;
    job->gathers = leat_arena_alloc(&job->arena, sizeof(*job->gathers) * LEAT_MAX(graph->sink_count, 1u));
    for (uint32_t i = 0; i < graph->sink_count; i++) {
        if (!job->sinks[i].ops->gathers)
            continue;
        struct leat_gather_port *ports = leat_arena_alloc(&job->arena, sizeof(*ports) * LEAT_MAX(graph->edge_count, 1u));
        uint32_t count = 0;
        for (uint32_t k = 0; k < graph->edge_count; k++)
            if (graph->edges[k].to_kind == LEAT_GRAPH_SINK && graph->edges[k].to == i)
                ports[count++] = (struct leat_gather_port){.encoder = job->options.outputs[i].encoder, .encode = graph->edges[k].encode};
        job->gathers[i] = leat_arena_alloc(&job->arena, sizeof(struct leat_gather_spec));
        *job->gathers[i] = (struct leat_gather_spec){.run = &job->sinks[i], .ports = ports, .port_count = count};
        job->gather_count++;
    }
}

// ------------------------------------------------------------------------------------------------ inlets

// What a run-time stage is: one of the graph's, or the sink that gathers behind them.
struct stage_target {
    enum leat_graph_end kind;
    uint32_t to;
};

static struct stage_target stage_target(const struct leat_job *job, uint32_t stage) {
    if (stage < job->graph->stage_count)
        return (struct stage_target){.kind = LEAT_GRAPH_STAGE, .to = stage};
    uint32_t nth = stage - job->graph->stage_count, sink = 0;
    for (;; sink++)
        if (job->gathers[sink] && nth-- == 0)
            return (struct stage_target){.kind = LEAT_GRAPH_SINK, .to = sink};
}

static bool leads_to(const struct leat_channel *channel, struct stage_target target) {
    return channel->edge->to_kind == target.kind && channel->edge->to == target.to;
}

// The port at a sink that gathers: which of its edges it is.
static uint32_t edge_port(const struct leat_job *job, const struct leat_graph_edge *edge) {
    if (edge->to_kind == LEAT_GRAPH_STAGE)
        return edge->to_port;
    uint32_t port = 0;
    for (uint32_t i = 0; i < edge_index(job, edge); i++)
        port += job->graph->edges[i].to_kind == LEAT_GRAPH_SINK && job->graph->edges[i].to == edge->to;
    return port;
}

static int inlet_edge_create(struct leat_job *job, struct leat_inlet *inlet, const struct leat_inlet_group *group,
                             struct leat_inlet_edge *self, struct leat_channel *channel) {
    const struct leat_graph_edge *edge = channel->edge;
    self->channel = channel;
    self->port = edge_port(job, edge);
    self->heads = leat_memory_zalloc(inlet->budget, sizeof(struct leat_message) * inlet->workers);
    if (!self->heads)
        return -1;
    if (!group->sorted)
        return 0;
    uint8_t physical[LEAT_COLUMNS_MAX];
    leat_assert(edge->column_count <= LEAT_COLUMNS_MAX);
    for (uint32_t i = 0; i < edge->column_count; i++)
        physical[i] = job->graph->stages[edge->from].layout.physical[edge->columns[i]];
    return leat_sorter_create(&self->sorter, physical, edge->column_count, inlet->budget);
}

// One producer's channels that lead to the target; nothing if there are none.
static int inlet_group_create(struct leat_job *job, struct leat_inlet *inlet, struct leat_channel *channels, uint32_t count,
                              struct stage_target target, bool from_stage, int64_t watermark_us) {
    uint32_t edges = 0;
    for (uint32_t i = 0; i < count; i++)
        edges += leads_to(&channels[i], target);
    if (edges == 0)
        return 0;
    struct leat_inlet_group *group = &inlet->groups[inlet->group_count];
    *group = (struct leat_inlet_group){.from_stage = from_stage,
                                       .sorted = from_stage && target.kind == LEAT_GRAPH_STAGE,
                                       .edge_count = edges,
                                       .watermark_us = watermark_us,
                                       .round_watermark_us = LEAT_TIME_MIN};
    group->edges = leat_memory_zalloc(inlet->budget, sizeof(*group->edges) * edges);
    if (!group->edges)
        return -1;
    inlet->group_count++;
    for (uint32_t i = 0, n = 0; i < count; i++)
        if (leads_to(&channels[i], target) && inlet_edge_create(job, inlet, group, &group->edges[n++], &channels[i]))
            return -1;
    return 0;
}

static int inlet_create(struct leat_job *job, struct leat_worker *worker, uint32_t stage) {
    struct leat_inlet *inlet = &worker->stages[stage].inlet;
    struct stage_target target = stage_target(job, stage);
    uint32_t producers = job->lane_count + job->graph->stage_count;
    *inlet = (struct leat_inlet){
        .worker = worker->index, .workers = job->workers, .parking = job->parking, .budget = &worker->stages[stage].budget};
    // The arena, not the budget, because group_count is less than the room there is.
    inlet->groups = leat_arena_alloc(&job->arena, sizeof(*inlet->groups) * LEAT_MAX(producers, 1u));
    uint32_t *lanes = job->group_lanes[stage] = leat_arena_alloc(&job->arena, sizeof(uint32_t) * LEAT_MAX(producers, 1u));
    for (uint32_t i = 0; i < job->lane_count; i++) {
        struct leat_lane *lane = &job->lanes[i];
        lanes[inlet->group_count] = i;
        if (inlet_group_create(job, inlet, lane->channels, lane->channel_count, target, false, lane->start_watermark_us))
            return -1;
    }
    for (uint32_t i = 0; i < job->graph->stage_count; i++)
        if (inlet_group_create(job, inlet, job->stage_channels[i], job->stage_channel_counts[i], target, true, LEAT_TIME_MIN))
            return -1;
    leat_assert(inlet->group_count > 0);
    return 0;
}

// ------------------------------------------------------------------------------------------------ workers

static struct leat_sender_shape sender_shape(struct leat_job *job, struct leat_worker *worker) {
    return (struct leat_sender_shape){
        .worker = worker->index, .workers = job->workers, .parking = job->parking, .accounts = worker->accounts, .layout = &empty_layout};
}

static int worker_lanes_create(struct leat_job *job, struct leat_worker *worker) {
    worker->lanes = leat_arena_alloc_lines(&job->arena, LEAT_MAX(job->lane_count, 1u), sizeof(*worker->lanes));
    for (uint32_t i = 0; i < job->lane_count; i++) {
        struct leat_lane *lane = &job->lanes[i];
        struct leat_sender_shape shape = sender_shape(job, worker);
        shape.layout = &lane->plan->layout;
        shape.with_watermark = true;
        shape.with_origin = lane->with_origin;
        shape.channels = lane->channels;
        shape.channel_count = lane->channel_count;
        shape.batch_count = 2 * (uint32_t)(job->options.chunk_bytes / RECORD_BYTES_GUESS / LEAT_BATCH_ROWS + 1) + job->workers + 1;
        worker->lane_count++;
        if (leat_lane_worker_create(&worker->lanes[i], lane, &shape))
            return -1;
    }
    return 0;
}

static int stage_sender_create(struct leat_job *job, struct leat_worker *worker, struct leat_stage *stage) {
    struct leat_sender_shape shape = sender_shape(job, worker);
    shape.batch_count = 1;
    if (stage->index < job->graph->stage_count) {
        const struct leat_graph_stage *plan = &job->graph->stages[stage->index];
        shape.layout = &plan->layout;
        shape.with_origin = plan->with_origin;
        shape.channels = job->stage_channels[stage->index];
        shape.channel_count = job->stage_channel_counts[stage->index];
        shape.batch_count = STAGE_BATCHES + job->workers + 1;
    }
    return leat_sender_create(&stage->sender, &shape, &worker->budget);
}

static int stage_operator_open(struct leat_job *job, struct leat_worker *worker, struct leat_stage *stage) {
    const void *spec;
    const struct leat_operator_ops *ops;
    if (stage->index < job->graph->stage_count) {
        const struct leat_graph_stage *plan = &job->graph->stages[stage->index];
        spec = plan->spec;
        ops = plan->ops;
        stage->node = plan->node;
    } else {
        uint32_t sink = stage_target(job, stage->index).to;
        spec = job->gathers[sink];
        ops = &leat_gather_ops;
        stage->node = job->graph->sinks[sink].node;
    }
    stage->budget = (struct leat_budget){.owner = job->graph->nodes[stage->node].name};
    stage->account = &worker->accounts[stage->node];
    struct leat_operator_env env = {.budget = &stage->budget,
                                    .worker = worker->index,
                                    .workers = job->workers,
                                    .with_origin = stage->index < job->graph->stage_count && job->graph->stages[stage->index].with_origin};
    if (ops->open(spec, &env, &stage->state))
        return -1;
    stage->ops = ops; // from here on it must be closed
    if (!job->options.restore || stage->index >= job->graph->stage_count)
        return 0;
    struct leat_snapshot_reader reader = {
        .snapshot = &job->options.restore[stage->index], .worker = worker->index, .workers = job->workers};
    return ops->restore(stage->state, &reader);
}

static int worker_stages_create(struct leat_job *job, struct leat_worker *worker) {
    uint32_t count = job->graph->stage_count + job->gather_count;
    worker->stages = leat_arena_alloc_lines(&job->arena, LEAT_MAX(count, 1u), sizeof(*worker->stages));
    for (uint32_t i = 0; i < count; i++) {
        struct leat_stage *stage = &worker->stages[i];
        stage->index = i;
        stage->watermark_us = LEAT_TIME_MIN;
        stage->bad = &worker->bad;
        stage->snapshot = leat_job_on_snapshot;
        stage->snapshot_context = job;
        worker->stage_count++;
        if (stage_operator_open(job, worker, stage) || inlet_create(job, worker, i) || stage_sender_create(job, worker, stage))
            return -1;
        leat_stage_start(stage);
    }
    return 0;
}

static int encoder_task_create(struct leat_job *job, struct leat_worker *worker, struct leat_channel *channel) {
    struct leat_encoder_task *task = &worker->encoders[worker->encoder_count++];
    *task = (struct leat_encoder_task){.channel = channel,
                                       .worker = worker->index,
                                       .workers = job->workers,
                                       .parking = job->parking,
                                       .budget = &worker->budget,
                                       .bad = &worker->bad};
    task->outbox = (struct leat_outbox){.budget = &worker->budget,
                                        .turnstile = &channel->turnstile,
                                        .run = channel->sink,
                                        .account = &worker->accounts[channel->sink->node]};
    task->heads = leat_memory_zalloc(&worker->budget, sizeof(*task->heads) * job->workers);
    const struct leat_graph_edge *edge = channel->edge;
    if (!task->heads ||
        (channel->steps_at_receiver && leat_steps_create(&task->steps, edge->steps, edge->step_count, worker->accounts, &worker->budget)))
        return -1;
    return channel->sink->ops->discards ? 0 : channel->encoder->create(edge->encode, &worker->budget, &task->encoder);
}

static int worker_encoders_create(struct leat_job *job, struct leat_worker *worker) {
    worker->encoders = leat_arena_alloc_lines(&job->arena, LEAT_MAX(job->graph->edge_count, 1u), sizeof(*worker->encoders));
    for (uint32_t s = 0; s < job->graph->stage_count; s++)
        for (uint32_t i = 0; i < job->stage_channel_counts[s]; i++)
            if (job->stage_channels[s][i].kind == LEAT_CHANNEL_SPREAD && encoder_task_create(job, worker, &job->stage_channels[s][i]))
                return -1;
    return 0;
}

// Rows that fail behind a stage have no record to show: they are only counted.
static void count_bad_row(struct leat_bad_rows *bad, const struct leat_batch *batch, uint32_t row, const char *reason) {
    (void)bad, (void)batch, (void)row, (void)reason;
}

static int worker_create(struct leat_job *job, uint32_t index) {
    struct leat_worker *worker = &job->worker[index];
    worker->index = index;
    worker->job = job;
    worker->budget = (struct leat_budget){.owner = "worker"};
    worker->bad = (struct leat_bad_rows){.report = count_bad_row};
    worker->accounts = leat_arena_alloc_lines(&job->arena, job->graph->node_count, sizeof(struct leat_account));
    worker->published = leat_arena_alloc_lines(&job->arena, job->graph->node_count, sizeof(struct leat_published_account));
    worker->io = job->parking[index].io = leat_io_create(job->options.io, &worker->budget);
    if (!worker->io)
        return -1;
    return worker_lanes_create(job, worker) || worker_stages_create(job, worker) || worker_encoders_create(job, worker) ? -1 : 0;
}

static void worker_destroy(struct leat_worker *worker) {
    for (uint32_t i = 0; i < worker->encoder_count; i++)
        leat_encoder_task_destroy(&worker->encoders[i]);
    for (uint32_t i = 0; i < worker->stage_count; i++) {
        struct leat_stage *stage = &worker->stages[i];
        leat_sender_destroy(&stage->sender);
        leat_inlet_destroy(&stage->inlet);
        if (stage->ops)
            stage->ops->close(stage->state);
        leat_assert(stage->budget.used_bytes == 0);
    }
    for (uint32_t i = 0; i < worker->lane_count; i++)
        leat_lane_worker_destroy(&worker->lanes[i]);
    if (worker->io)
        worker->io->ops->destroy(worker->io, &worker->budget);
    leat_assert(worker->budget.used_bytes == 0);
}

// ------------------------------------------------------------------------------------------------ the job

static int choose_workers(struct leat_job *job) {
    struct leat_cpus allowed;
    if (leat_cpus_allowed(&allowed))
        return -1;
    job->workers = job->options.workers               ? job->options.workers
                   : job->graph->settings.parallelism ? job->graph->settings.parallelism
                                                      : leat_cpus_default_workers(&allowed);
    if (job->workers > LEAT_WORKERS_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "%u workers: at most %d are possible", job->workers, LEAT_WORKERS_MAX);
    if (job->options.pin == LEAT_PIN_LIST)
        job->pin_cpus = job->options.pin_cpus;
    else if (job->options.pin == LEAT_PIN_AUTO && job->workers <= leat_cpus_default_workers(&allowed))
        job->pin_cpus = allowed;
    return 0;
}

static int producers_create(struct leat_job *job) {
    for (uint32_t i = 0; i < job->lane_count; i++) {
        struct leat_lane *lane = &job->lanes[i];
        if (channels_create(job, LEAT_GRAPH_SOURCE, job->options.inputs[i].source, &lane->channels, &lane->channel_count))
            return -1;
    }
    uint32_t count = job->graph->stage_count;
    job->stage_channels = leat_arena_alloc(&job->arena, sizeof(*job->stage_channels) * LEAT_MAX(count, 1u));
    job->stage_channel_counts = leat_arena_alloc(&job->arena, sizeof(uint32_t) * LEAT_MAX(count, 1u));
    for (uint32_t s = 0; s < count; s++)
        if (channels_create(job, LEAT_GRAPH_STAGE, s, &job->stage_channels[s], &job->stage_channel_counts[s]))
            return -1;
    return 0;
}

static int workers_create(struct leat_job *job) {
    uint32_t stages = job->graph->stage_count + job->gather_count;
    job->parking = leat_arena_alloc_lines(&job->arena, job->workers, sizeof(*job->parking));
    job->worker = leat_arena_alloc_lines(&job->arena, job->workers, sizeof(*job->worker));
    job->group_lanes = leat_arena_alloc(&job->arena, sizeof(*job->group_lanes) * LEAT_MAX(stages, 1u));
    job->snapshots = leat_arena_alloc(&job->arena, sizeof(*job->snapshots) * LEAT_MAX(job->graph->stage_count, 1u) * job->workers);
    for (uint32_t w = 0; w < job->workers; w++)
        if (worker_create(job, w))
            return -1;
    return 0;
}

static int job_build(struct leat_job *job) {
    job->ended_fd = eventfd(0, EFD_CLOEXEC);
    if (job->ended_fd < 0)
        return leat_error_set(LEAT_ERROR_INTERNAL, "cannot make an eventfd: %s", strerror(errno));
    // Inputs before outputs: when one is not there, nothing has been touched.
    if (choose_workers(job) || lanes_open(job) || leat_dead_letters_open(&job->letters, &job->graph->settings, job->options.files) ||
        sinks_open(job))
        return -1;
    gathers_create(job);
    return producers_create(job) || workers_create(job) ? -1 : 0;
}

int leat_job_create(const struct leat_graph *graph, const struct leat_job_options *options, struct leat_job **out) {
    leat_assert(graph->node_count > 0 && options->input_count < 256); // a row's position keeps its lane in eight bits
    struct leat_job *job = leat_memory_zalloc(NULL, sizeof(*job));
    if (!job)
        return -1;
    job->graph = graph;
    job->options = *options;
    job->budget.owner = "job";
    job->ended_fd = -1;
    job->letters.fd = -1;
    job->letters.files = &leat_file_ops_system;
    job->tick = options->tick;
    job->tick_context = options->tick_context;
    if (!job->options.files)
        job->options.files = &leat_file_ops_system;
    if (!job->options.clock)
        job->options.clock = &leat_clock_system;
    if (!job->options.chunk_bytes)
        job->options.chunk_bytes = LEAT_CHUNK_BYTES_DEFAULT;
    if (job_build(job)) {
        leat_job_destroy(job);
        return -1;
    }
    *out = job;
    return 0;
}

static void lanes_close(struct leat_job *job) {
    for (uint32_t i = 0; i < job->lane_count; i++) {
        struct leat_lane *lane = &job->lanes[i];
        if (lane->source)
            lane->ops->close(lane->source);
        for (uint32_t k = 0; k < lane->channel_count; k++)
            channel_destroy(job, &lane->channels[k]);
    }
}

void leat_job_destroy(struct leat_job *job) {
    for (uint32_t w = 0; job->worker && w < job->workers; w++)
        if (job->worker[w].job)
            worker_destroy(&job->worker[w]);
    for (uint32_t i = 0; job->snapshots && i < job->graph->stage_count * job->workers; i++)
        leat_snapshot_free(&job->snapshots[i]);
    lanes_close(job);
    for (uint32_t s = 0; job->stage_channels && s < job->graph->stage_count; s++)
        for (uint32_t i = 0; i < job->stage_channel_counts[s]; i++)
            channel_destroy(job, &job->stage_channels[s][i]);
    for (uint32_t i = 0; job->sinks && i < job->graph->sink_count; i++) {
        struct leat_sink_run *run = &job->sinks[i];
        if (!run->ops)
            continue;
        if (!job->committed)
            run->ops->abort(run->sink);
        run->ops->close(run->sink);
    }
    if (leat_dead_letters_close(&job->letters))
        leat_error_clear(); // the job has failed or been told already
    if (job->ended_fd >= 0)
        close(job->ended_fd);
    leat_assert(job->budget.used_bytes == 0);
    leat_arena_free(&job->arena);
    leat_memory_free(NULL, job, sizeof(*job));
}
