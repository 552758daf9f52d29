// SET and RESET: the keys of Flink that mean something here, those that are accepted without effect, and leat's own.
#include "engine/sql/options.h"

#include "engine/base/limits.h"
#include "engine/sql/options_value.h"
#include "engine/sql/suggest.h"

static const char *const bad_record_values[] = {"dead-letter", "fail", NULL};
static const char *const runtime_modes[] = {"STREAMING", "BATCH", "AUTOMATIC", NULL};
static const char *const enforcers[] = {"ERROR", "DROP", NULL};
static const char *const materialize[] = {"AUTO", "NONE", "FORCE", NULL};
static const char *const switches[] = {"ENABLED", "DISABLED", NULL};
static const char *const result_modes[] = {"table", "changelog", "tableau", NULL};
static const char *const checkpointing_modes[] = {"EXACTLY_ONCE", "AT_LEAST_ONCE", NULL};
static const char *const dialects[] = {"default", NULL};

static const struct leat_option session_keys[] = {
    {.name = "pipeline.on-bad-record",
     .kind = LEAT_OPTION_ENUM,
     .default_value = "dead-letter",
     .values = bad_record_values,
     .doc = "What happens to a record that cannot be read: it is set aside, or the pipeline ends."},
    {.name = "pipeline.dead-letter.path", .kind = LEAT_OPTION_STRING, .doc = "The file that takes the records that cannot be read."},
    {.name = "pipeline.name", .kind = LEAT_OPTION_STRING, .doc = "Name of the pipeline in summaries and metrics."},
    {.name = "pipeline.auto-watermark-interval",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .default_value = "200 ms",
     .doc = "No effect: watermarks advance with every row."},
    {.name = "pipeline.operator-chaining",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "true",
     .doc = "No effect: stateless operators are always chained."},
    {.name = "pipeline.operator-chaining.enabled",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "true",
     .doc = "As pipeline.operator-chaining."},
    {.name = "pipeline.object-reuse",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "No effect: rows are no objects."},
    {.name = "pipeline.max-parallelism",
     .no_effect = true,
     .kind = LEAT_OPTION_INT,
     .min = 1,
     .max = 32768,
     .doc = "No effect: state is not divided beforehand."},
    {.name = "parallelism.default",
     .kind = LEAT_OPTION_INT,
     .min = 1,
     .max = LEAT_WORKERS_MAX,
     .doc = "Workers, where --workers is not given; one for each CPU otherwise."},
    {.name = "table.local-time-zone", .kind = LEAT_OPTION_STRING, .default_value = "UTC", .doc = "Zone of the session; only UTC so far."},
    {.name = "table.exec.source.idle-timeout",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .default_value = "0",
     .doc = "No effect yet. A split that is silent for so long does not hold the watermark back."},
    {.name = "table.exec.state.ttl",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .default_value = "0",
     .doc = "No effect: every state here is bounded by event time."},
    {.name = "table.exec.mini-batch.enabled",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "No effect: rows always come in batches."},
    {.name = "table.exec.mini-batch.allow-latency",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .default_value = "0",
     .doc = "No effect: as table.exec.mini-batch.enabled."},
    {.name = "table.exec.mini-batch.size",
     .no_effect = true,
     .kind = LEAT_OPTION_INT,
     .default_value = "-1",
     .doc = "No effect: as table.exec.mini-batch.enabled."},
    {.name = "table.exec.sink.not-null-enforcer",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "ERROR",
     .values = enforcers,
     .doc = "No effect: NULLs for a NOT NULL column are refused when the script is planned."},
    {.name = "table.exec.sink.upsert-materialize",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "AUTO",
     .values = materialize,
     .doc = "No effect: there are no updates."},
    {.name = "table.exec.legacy-cast-behaviour",
     .kind = LEAT_OPTION_ENUM,
     .default_value = "DISABLED",
     .values = switches,
     .doc = "Only DISABLED so far."},
    {.name = "table.exec.resource.default-parallelism",
     .kind = LEAT_OPTION_INT,
     .default_value = "-1",
     .min = -1,
     .max = LEAT_WORKERS_MAX,
     .doc = "As parallelism.default where it is above 0."},
    {.name = "table.sql-dialect", .kind = LEAT_OPTION_ENUM, .default_value = "default", .values = dialects, .doc = "There is one dialect."},
    {.name = "table.dml-sync",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "No effect: a script is run to its end."},
    {.name = "table.optimizer.reuse-source-enabled",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "true",
     .doc = "No effect: a table is read once."},
    {.name = "table.optimizer.reuse-sub-plan-enabled",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "true",
     .doc = "No effect: a view is computed where it is used."},
    {.name = "execution.checkpointing.interval",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .doc = "No effect yet. Time between checkpoints."},
    {.name = "execution.checkpointing.mode",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "EXACTLY_ONCE",
     .values = checkpointing_modes,
     .doc = "No effect yet. What checkpoints guarantee."},
    {.name = "execution.checkpointing.timeout",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .doc = "No effect yet. How long one may take."},
    {.name = "execution.checkpointing.min-pause",
     .no_effect = true,
     .kind = LEAT_OPTION_DURATION,
     .doc = "No effect yet. Time between the end of one and the next."},
    {.name = "execution.runtime-mode",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "STREAMING",
     .values = runtime_modes,
     .doc = "Only STREAMING: files are streams that end."},
    {.name = "sql-client.execution.result-mode",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "table",
     .values = result_modes,
     .doc = "No effect: there is no client."},
};

const struct leat_option *leat_session_key(uint32_t i) {
    return i < LEAT_ARRAY_LEN(session_keys) ? &session_keys[i] : NULL;
}

static const struct leat_option *find_key(const struct leat_options_context *context, const struct leat_ast_string *key) {
    struct leat_suggest suggest = {.word = key->text};
    for (uint32_t i = 0; i < LEAT_ARRAY_LEN(session_keys); i++) {
        if (strcmp(session_keys[i].name, key->text) == 0)
            return &session_keys[i];
        leat_suggest_offer(&suggest, session_keys[i].name);
    }
    const char *hint =
        suggest.best ? leat_arena_printf(context->arena, "did you mean '%s'?", suggest.best) : "docs/SQL.md lists the keys that SET knows";
    leat_diagnostic(context->source, key->span, hint, "SET knows no key '%s'", key->text);
    return NULL;
}

// Names of UTC in the time zone database and in Java.
static bool is_utc(const char *zone) {
    static const char *const names[] = {"UTC",     "Z",         "GMT",       "UT",        "Zulu",         "Universal", "UCT",   "Etc/UTC",
                                        "Etc/GMT", "Etc/UCT",   "Etc/Zulu",  "Greenwich", "+00:00",       "-00:00",    "UTC+0", "GMT+0",
                                        "GMT0",    "GMT+00:00", "UTC+00:00", "Etc/GMT+0", "Etc/GMT-0",    "Etc/GMT0",  "+0",    "+00",
                                        "GMT-0",   "UTC-0",     "UTC-00:00", "GMT-00:00", "Etc/Universal"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(names); i++)
        if (strcmp(names[i], zone) == 0)
            return true;
    return false;
}

// Values that Flink takes and leat does not do.
static int refuse_unsupported(const struct leat_options_context *context, const struct leat_option *option,
                              const struct leat_ast_string *value) {
    if (strcmp(option->name, "table.local-time-zone") == 0 && !is_utc(value->text))
        return leat_diagnostic(context->source, value->span,
                               "write 'UTC', and add the zone's offset as an INTERVAL where local times are needed",
                               "time zones other than UTC are not supported yet");
    if (strcmp(option->name, "execution.runtime-mode") == 0 && strcasecmp(value->text, "BATCH") == 0)
        return leat_diagnostic(context->source, value->span, "a file is read to its end in STREAMING mode, too",
                               "BATCH mode is not supported");
    if (strcmp(option->name, "table.exec.legacy-cast-behaviour") == 0 && strcasecmp(value->text, "ENABLED") == 0)
        return leat_diagnostic(context->source, value->span, "write TRY_CAST where a failing conversion shall give NULL",
                               "the legacy behaviour of CAST is not supported");
    return 0;
}

static struct leat_graph_option *session_find(const struct leat_session *session, const char *name) {
    for (uint32_t i = 0; i < session->count; i++)
        if (strcmp(session->items[i].name, name) == 0)
            return &session->items[i];
    return NULL;
}

int leat_session_set(const struct leat_options_context *context, struct leat_session *session, const struct leat_ast_set *set) {
    if (!set->key.text)
        return 0; // SET alone shows the session in Flink's client
    const struct leat_option *option = find_key(context, &set->key);
    if (!option || leat_option_check(context, option, option->name, &set->value) != 0 ||
        refuse_unsupported(context, option, &set->value) != 0)
        return -1;
    if (!session->items)
        session->items = leat_arena_alloc(context->arena, LEAT_ARRAY_LEN(session_keys) * sizeof(*session->items));
    struct leat_graph_option *item = session_find(session, option->name);
    if (!item)
        item = &session->items[session->count++];
    *item = (struct leat_graph_option){.name = option->name, .value = leat_option_spelling(option, set->value.text)};
    return 0;
}

int leat_session_reset(const struct leat_options_context *context, struct leat_session *session, const struct leat_ast_set *set) {
    if (!set->key.text) {
        session->count = 0;
        return 0;
    }
    const struct leat_option *option = find_key(context, &set->key);
    if (!option)
        return -1;
    struct leat_graph_option *item = session_find(session, option->name);
    if (item)
        *item = session->items[--session->count];
    return 0;
}

static const char *session_value(const struct leat_session *session, const char *name, const char *otherwise) {
    const struct leat_graph_option *item = session_find(session, name);
    return item ? item->value : otherwise;
}

// The value was checked when it was set.
static uint32_t session_count(const struct leat_session *session, const char *name) {
    const char *text = session_value(session, name, "0");
    uint32_t count = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        count = count * 10 + (uint32_t)(*text - '0');
    return count;
}

void leat_session_settings(const struct leat_session *session, const struct leat_options_context *context,
                           struct leat_graph_settings *settings) {
    const char *file = strrchr(context->source->name, '/');
    uint32_t workers = session_count(session, "parallelism.default");
    *settings = (struct leat_graph_settings){
        .fail_on_bad_record = strcasecmp(session_value(session, "pipeline.on-bad-record", ""), "fail") == 0,
        .dead_letter_path = session_value(session, "pipeline.dead-letter.path", NULL),
        .pipeline_name = session_value(session, "pipeline.name", file ? file + 1 : context->source->name),
        .time_zone = "UTC",
        .parallelism = workers ? workers : session_count(session, "table.exec.resource.default-parallelism"),
    };
}
