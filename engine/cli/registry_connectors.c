// Connectors with their options: those of Flink under its own names (documentation of Flink 1.20 and 2.0 and of its connectors), mqtt,
// influxdb and docker, which Flink has not, under names of ours.
#include "engine/cli/registry.h"

#define STRING          .kind = LEAT_OPTION_STRING
#define LIST            .kind = LEAT_OPTION_LIST
#define BOOL            .kind = LEAT_OPTION_BOOL
#define DURATION        .kind = LEAT_OPTION_DURATION
#define MEMORY          .kind = LEAT_OPTION_MEMORY
#define ENUM(VALUES)    .kind = LEAT_OPTION_ENUM, .values = (VALUES)
#define INT(MIN, MAX)   .kind = LEAT_OPTION_INT, .min = (MIN), .max = (MAX)
#define REQUIRED        .required = true
#define NOT_YET         .not_yet = true
#define NO_EFFECT       .no_effect = true
#define DEFAULT(VALUE)  .default_value = (VALUE)
#define OPTIONS(TABLE)  .options = (TABLE), .option_count = LEAT_ARRAY_LEN(TABLE)
#define RULES(TABLE)    .rules = (TABLE), .rule_count = LEAT_ARRAY_LEN(TABLE)
#define METADATA(TABLE) .metadata = (TABLE), .metadata_count = LEAT_ARRAY_LEN(TABLE)

#define TEXT_TYPE                                                                                                                          \
    { LEAT_TYPE_STRING, 0, false }
#define TIME_TYPE                                                                                                                          \
    { LEAT_TYPE_TIMESTAMP_LTZ, 3, false }

// ---- filesystem, print, blackhole: these work

static const char *const commit_triggers[] = {"process-time", "partition-time", NULL};

static const struct leat_option filesystem_options[] = {
    {.name = "path", STRING, REQUIRED, .doc = "The file or directory that is read, the directory that is written."},
    {.name = "format", STRING, REQUIRED, .doc = "How records are written: json."},
    {.name = "source.monitor-interval", NOT_YET, DURATION, .doc = "Looks for new files so often; without it the table ends."},
    {.name = "source.path.regex-pattern", NOT_YET, STRING, .doc = "Reads only files whose path matches."},
    {.name = "source.report-statistics", NO_EFFECT, STRING, DEFAULT("all"), .doc = "No effect: nothing asks for statistics."},
    {.name = "partition.default-name", NOT_YET, STRING, DEFAULT("__DEFAULT_PARTITION__"), .doc = "Partition of NULL and empty values."},
    {.name = "sink.rolling-policy.file-size", MEMORY, DEFAULT("128 mb"), .doc = "A part file that has reached it is closed."},
    {.name = "sink.rolling-policy.rollover-interval",
     NO_EFFECT,
     DURATION,
     DEFAULT("30 min"),
     .doc = "No effect yet. A part file this old is closed."},
    {.name = "sink.rolling-policy.check-interval",
     NO_EFFECT,
     DURATION,
     DEFAULT("1 min"),
     .doc = "No effect yet. How often the age of part files is looked at."},
    {.name = "sink.rolling-policy.inactivity-interval",
     NO_EFFECT,
     DURATION,
     DEFAULT("30 min"),
     .doc = "No effect yet. A part file idle for so long is closed."},
    {.name = "auto-compaction", NOT_YET, BOOL, DEFAULT("false"), .doc = "Joins small part files."},
    {.name = "compaction.file-size", NOT_YET, MEMORY, .doc = "Size that joined part files have."},
    {.name = "compaction.parallelism", NOT_YET, INT(1, 1024), .doc = "Workers that join part files."},
    {.name = "sink.partition-commit.trigger",
     NOT_YET,
     ENUM(commit_triggers),
     DEFAULT("process-time"),
     .doc = "What completes a partition."},
    {.name = "sink.partition-commit.delay", NOT_YET, DURATION, DEFAULT("0 s"), .doc = "A partition is complete so much later."},
    {.name = "sink.partition-commit.policy.kind", NOT_YET, STRING, .doc = "What tells that a partition is complete: success-file, ..."},
    {.name = "sink.partition-commit.policy.class", NOT_YET, STRING, .doc = "Java class of a policy."},
    {.name = "sink.partition-commit.success-file.name", NOT_YET, STRING, DEFAULT("_SUCCESS"), .doc = "Name of the success file."},
    {.name = "sink.partition-commit.watermark-time-zone", NOT_YET, STRING, DEFAULT("UTC"), .doc = "Zone of partition times."},
    {.name = "partition.time-extractor.kind", NOT_YET, STRING, DEFAULT("default"), .doc = "How the time of a partition is found."},
    {.name = "partition.time-extractor.class", NOT_YET, STRING, .doc = "Java class of an extractor."},
    {.name = "partition.time-extractor.timestamp-pattern", NOT_YET, STRING, .doc = "The time of a partition, made of its columns."},
    {.name = "partition.time-extractor.timestamp-formatter", NOT_YET, STRING, .doc = "Pattern of that text."},
    {.name = "sink.shuffle-by-partition.enable", NOT_YET, BOOL, DEFAULT("false"), .doc = "One worker writes each partition."},
    {.name = "sink.parallelism", NO_EFFECT, INT(1, 1024), .doc = "No effect yet. Workers that write."},
};

static const struct leat_metadata filesystem_metadata[] = {
    {"file.path", TEXT_TYPE, false},
    {"file.name", TEXT_TYPE, false},
    {"file.size", {LEAT_TYPE_BIGINT, 0, false}, false},
    {"file.modification-time", TIME_TYPE, false},
};

static const struct leat_option print_options[] = {
    {.name = "print-identifier", STRING, .doc = "Stands before every row."},
    {.name = "standard-error", BOOL, DEFAULT("false"), .doc = "Prints to standard error instead of standard output."},
    {.name = "sink.parallelism", NO_EFFECT, INT(1, 1024), .doc = "No effect yet. Workers that print."},
};

// ---- kafka, upsert-kafka

static const char *const startup_modes[] = {"earliest-offset", "latest-offset", "group-offsets", "timestamp", "specific-offsets", NULL};
static const char *const bounded_modes[] = {"unbounded", "latest-offset", "group-offsets", "timestamp", "specific-offsets", NULL};
static const char *const guarantees[] = {"at-least-once", "exactly-once", "none", NULL};
static const char *const value_fields[] = {"ALL", "EXCEPT_KEY", NULL};

static const struct leat_option kafka_options[] = {
    {.name = "topic", LIST, .doc = "The topic, several to read from: 'a;b'."},
    {.name = "topic-pattern", STRING, .doc = "Reads all topics whose name matches."},
    {.name = "properties.bootstrap.servers", STRING, REQUIRED, .doc = "The brokers: 'host:port,host:port'."},
    {.name = "properties.group.id", STRING, .doc = "The consumer group."},
    {.name = "properties.*", STRING, .doc = "Any property of the Kafka client."},
    {.name = "format", STRING, .doc = "Format of the values."},
    {.name = "value.format", STRING, .doc = "Format of the values."},
    {.name = "key.format", STRING, .doc = "Format of the keys."},
    {.name = "key.fields", LIST, .doc = "Columns that the keys hold: 'a;b'."},
    {.name = "key.fields-prefix", STRING, .doc = "What the names of key columns begin with in the table."},
    {.name = "value.fields-include", ENUM(value_fields), DEFAULT("ALL"), .doc = "Whether the values hold the key columns, too."},
    {.name = "scan.startup.mode", ENUM(startup_modes), DEFAULT("group-offsets"), .doc = "Where reading begins."},
    {.name = "scan.startup.specific-offsets", STRING, .doc = "'partition:0,offset:42;partition:1,offset:300'."},
    {.name = "scan.startup.timestamp-millis", INT(0, INT64_MAX), .doc = "Where reading begins: milliseconds since 1970."},
    {.name = "scan.bounded.mode", ENUM(bounded_modes), DEFAULT("unbounded"), .doc = "Where reading ends."},
    {.name = "scan.bounded.specific-offsets", STRING, .doc = "Where reading ends, by partition."},
    {.name = "scan.bounded.timestamp-millis", INT(0, INT64_MAX), .doc = "Where reading ends: milliseconds since 1970."},
    {.name = "scan.topic-partition-discovery.interval", DURATION, DEFAULT("5 min"), .doc = "How often new partitions are looked for."},
    {.name = "scan.parallelism", INT(1, 1024), .doc = "Workers that read."},
    {.name = "sink.partitioner", STRING, DEFAULT("default"), .doc = "default, fixed, round-robin."},
    {.name = "sink.delivery-guarantee", ENUM(guarantees), DEFAULT("at-least-once"), .doc = "What is promised about rows that are written."},
    {.name = "sink.semantic", ENUM(guarantees), .alias_of = "sink.delivery-guarantee", .doc = "Old name of sink.delivery-guarantee."},
    {.name = "sink.transactional-id-prefix", STRING, .doc = "Needed for exactly-once."},
    {.name = "sink.parallelism", INT(1, 1024), .doc = "Workers that write."},
};

static const struct leat_option_rule kafka_rules[] = {
    {LEAT_RULE_ONE_OF, .name = "topic", .other = "topic-pattern"},
    {LEAT_RULE_READS_ONLY, .name = "topic-pattern"},
    {LEAT_RULE_NEEDS, .name = "key.fields", .other = "key.format"},
    {LEAT_RULE_NEEDS, .name = "key.format", .other = "key.fields"},
    {LEAT_RULE_NEEDS, .name = "key.fields-prefix", .other = "key.fields"},
    {LEAT_RULE_NEEDS, .name = "key.fields-prefix", .other = "value.fields-include", .other_value = "EXCEPT_KEY"},
    {LEAT_RULE_COLUMNS, .name = "key.fields", .other = "key.fields-prefix"},
    {LEAT_RULE_NEEDS, .name = "sink.delivery-guarantee", .value = "exactly-once", .other = "sink.transactional-id-prefix"},
    {LEAT_RULE_NEEDS, .name = "scan.startup.mode", .value = "timestamp", .other = "scan.startup.timestamp-millis"},
    {LEAT_RULE_NEEDS, .name = "scan.startup.mode", .value = "specific-offsets", .other = "scan.startup.specific-offsets"},
    {LEAT_RULE_NEEDS, .name = "scan.bounded.mode", .value = "timestamp", .other = "scan.bounded.timestamp-millis"},
    {LEAT_RULE_NEEDS, .name = "scan.bounded.mode", .value = "specific-offsets", .other = "scan.bounded.specific-offsets"},
};

static const struct leat_option_rule upsert_kafka_rules[] = {
    {LEAT_RULE_NEEDS, .name = "key.fields-prefix", .other = "value.fields-include", .other_value = "EXCEPT_KEY"},
    {LEAT_RULE_NEEDS, .name = "sink.delivery-guarantee", .value = "exactly-once", .other = "sink.transactional-id-prefix"},
};

static const struct leat_metadata kafka_metadata[] = {
    {"topic", TEXT_TYPE, true},
    {"partition", {LEAT_TYPE_INT, 0, false}, false},
    {"leader-epoch", {LEAT_TYPE_INT, 0, true}, false},
    {"offset", {LEAT_TYPE_BIGINT, 0, false}, false},
    {"timestamp", TIME_TYPE, true},
    {"timestamp-type", TEXT_TYPE, false},
};

static const struct leat_option upsert_kafka_options[] = {
    {.name = "topic", LIST, REQUIRED, .doc = "The topic."},
    {.name = "properties.bootstrap.servers", STRING, REQUIRED, .doc = "The brokers: 'host:port,host:port'."},
    {.name = "properties.*", STRING, .doc = "Any property of the Kafka client."},
    {.name = "key.format", STRING, REQUIRED, .doc = "Format of the keys."},
    {.name = "key.fields-prefix", STRING, .doc = "What the names of key columns begin with in the table."},
    {.name = "value.format", STRING, REQUIRED, .doc = "Format of the values."},
    {.name = "value.fields-include", ENUM(value_fields), DEFAULT("ALL"), .doc = "Whether the values hold the key columns, too."},
    {.name = "scan.parallelism", INT(1, 1024), .doc = "Workers that read."},
    {.name = "sink.parallelism", INT(1, 1024), .doc = "Workers that write."},
    {.name = "sink.buffer-flush.max-rows", INT(0, INT32_MAX), DEFAULT("0"), .doc = "Rows kept back before they are written."},
    {.name = "sink.buffer-flush.interval", DURATION, DEFAULT("0"), .doc = "How long rows are kept back."},
    {.name = "sink.delivery-guarantee", ENUM(guarantees), DEFAULT("at-least-once"), .doc = "What is promised about rows that are written."},
    {.name = "sink.transactional-id-prefix", STRING, .doc = "Needed for exactly-once."},
};

// ---- mqtt, influxdb, docker: ours

static const char *const mqtt_versions[] = {"3.1.1", "5", NULL};
static const char *const tls_versions[] = {"1.2", "1.3", NULL};

static const struct leat_option mqtt_options[] = {
    {.name = "url", STRING, REQUIRED, .doc = "The broker: mqtt://host:port or mqtts://host:port."},
    {.name = "topic", LIST, REQUIRED, .doc = "Topic or topics with wildcards: 'a/+;b/#', '$share/group/a'."},
    {.name = "format", STRING, .doc = "Format of the payload."},
    {.name = "qos", INT(0, 2), DEFAULT("1"), .doc = "Quality of service of the subscription."},
    {.name = "client-id", STRING, .doc = "Name of the session at the broker."},
    {.name = "username", STRING, .doc = "User at the broker."},
    {.name = "password", STRING, .doc = "Password of the user."},
    {.name = "clean-start", BOOL, DEFAULT("false"), .doc = "Forgets the session at the broker first."},
    {.name = "session-expiry", DURATION, .doc = "How long the broker keeps the session."},
    {.name = "keep-alive", DURATION, DEFAULT("60 s"), .doc = "Longest silence on the connection."},
    {.name = "protocol-version", ENUM(mqtt_versions), DEFAULT("5"), .doc = "Version of MQTT."},
    {.name = "receive-maximum", INT(1, 65535), .doc = "Unacknowledged messages that the broker may send."},
    {.name = "tls.enabled", BOOL, .doc = "Speaks TLS; mqtts:// says the same."},
    {.name = "tls.ca", STRING, .doc = "File with certificates of authorities."},
    {.name = "tls.cert", STRING, .doc = "File with the client's certificate."},
    {.name = "tls.key", STRING, .doc = "File with the key of that certificate."},
    {.name = "tls.key-password", STRING, .doc = "Password of that key."},
    {.name = "tls.server-name", STRING, .doc = "Name that the broker's certificate must have."},
    {.name = "tls.verify", BOOL, DEFAULT("true"), .doc = "Checks the broker's certificate."},
    {.name = "tls.min-version", ENUM(tls_versions), DEFAULT("1.2"), .doc = "Oldest version of TLS."},
    {.name = "sink.retain", BOOL, DEFAULT("false"), .doc = "Messages are retained."},
    {.name = "sink.qos", INT(0, 2), .doc = "Quality of service of what is written."},
    {.name = "topics", LIST, .alias_of = "topic", .doc = "Other name of topic."},
    {.name = "broker-url", STRING, .alias_of = "url", .doc = "Other name of url."},
    {.name = "hostUrl", STRING, .alias_of = "url", .doc = "Other name of url."},
    {.name = "broker", STRING, .alias_of = "url", .doc = "Other name of url."},
    {.name = "client_prefix", STRING, .alias_of = "client-id", .doc = "Other name of client-id."},
    {.name = "clean_start", BOOL, .alias_of = "clean-start", .doc = "Other name of clean-start."},
};

static const struct leat_metadata mqtt_metadata[] = {
    {"topic", TEXT_TYPE, true},
    {"qos", {LEAT_TYPE_INT, 0, false}, false},
    {"retain", {LEAT_TYPE_BOOLEAN, 0, false}, false},
    {"timestamp", TIME_TYPE, false},
};

static const char *const precisions[] = {"ns", "us", "ms", "s", NULL};

static const struct leat_option influxdb_options[] = {
    {.name = "url", STRING, REQUIRED, .doc = "The server: http://host:8086."},
    {.name = "org", STRING, .doc = "Organisation (version 2)."},
    {.name = "bucket", STRING, .doc = "Bucket (version 2)."},
    {.name = "token", STRING, .doc = "Token (version 2)."},
    {.name = "database", STRING, .doc = "Database (version 1)."},
    {.name = "retention-policy", STRING, .doc = "Retention policy (version 1)."},
    {.name = "username", STRING, .doc = "User (version 1)."},
    {.name = "password", STRING, .doc = "Password (version 1)."},
    {.name = "measurement", STRING, REQUIRED, .doc = "The measurement."},
    {.name = "tags", LIST, .doc = "Columns that are tags: 'a;b'."},
    {.name = "precision", ENUM(precisions), DEFAULT("ms"), .doc = "Unit of the timestamps."},
    {.name = "gzip", BOOL, DEFAULT("true"), .doc = "Compresses what is sent."},
    {.name = "sink.buffer-flush.max-rows", INT(1, INT32_MAX), DEFAULT("5000"), .doc = "Rows that are sent at once."},
    {.name = "sink.buffer-flush.interval", DURATION, DEFAULT("1 s"), .doc = "How long rows are kept back."},
    {.name = "sink.max-retries", INT(0, INT32_MAX), DEFAULT("3"), .doc = "How often sending is tried again."},
};

static const struct leat_option_rule influxdb_rules[] = {
    {LEAT_RULE_ONE_OF, .name = "bucket", .other = "database"},
    {LEAT_RULE_NEEDS, .name = "bucket", .other = "org"},
    {LEAT_RULE_NEEDS, .name = "bucket", .other = "token"},
    {LEAT_RULE_NEEDS, .name = "org", .other = "bucket"},
    {LEAT_RULE_NEEDS, .name = "token", .other = "bucket"},
    {LEAT_RULE_NEEDS, .name = "retention-policy", .other = "database"},
    {LEAT_RULE_NEEDS, .name = "username", .other = "database"},
    {LEAT_RULE_NEEDS, .name = "password", .other = "database"},
    {LEAT_RULE_COLUMNS, .name = "tags"},
};

static const struct leat_option docker_options[] = {
    {.name = "url", STRING, DEFAULT("unix:///var/run/docker.sock"), .doc = "The Docker Engine."},
    {.name = "stream", STRING, DEFAULT("stats"), .doc = "stats, events or logs."},
    {.name = "containers", LIST, .doc = "Names of containers; all where it is not given."},
    {.name = "format", STRING, .doc = "Format of log lines."},
};

// ---- datagen, socket, elasticsearch

static const struct leat_option datagen_options[] = {
    {.name = "rows-per-second", INT(1, INT32_MAX), DEFAULT("10000"), .doc = "Rows made in a second."},
    {.name = "number-of-rows", INT(0, INT64_MAX), .doc = "Rows made altogether; without it the table does not end."},
    {.name = "scan.parallelism", INT(1, 1024), .doc = "Workers that make rows."},
    {.name = "fields.*", STRING, .doc = "fields.NAME.kind, .min, .max, .start, .end, .length, .max-past, .var-len, .null-rate."},
};

static const char *const datagen_words[] = {"kind", "min", "max", "start", "end", "length", "max-past", "var-len", "null-rate", NULL};

static const struct leat_option_rule datagen_rules[] = {{LEAT_RULE_FIELDS, .name = "fields.*", .words = datagen_words}};

static const struct leat_option socket_options[] = {
    {.name = "hostname", STRING, REQUIRED, .doc = "Host to connect to."},
    {.name = "port", INT(1, 65535), REQUIRED, .doc = "Port to connect to."},
    {.name = "byte-delimiter", INT(0, 255), DEFAULT("10"), .doc = "The byte that ends a record."},
    {.name = "format", STRING, .doc = "Format of the records."},
};

static const char *const failure_handlers[] = {"fail", "ignore", "retry-rejected", NULL};
static const char *const backoff_strategies[] = {"DISABLED", "CONSTANT", "EXPONENTIAL", NULL};

static const struct leat_option elasticsearch_options[] = {
    {.name = "hosts", LIST, REQUIRED, .doc = "The hosts: 'http://a:9200;http://b:9200'."},
    {.name = "index", STRING, REQUIRED, .doc = "The index, fixed or made of columns: 'idx-{ts|yyyy-MM-dd}'."},
    {.name = "document-id.key-delimiter", STRING, DEFAULT("_"), .doc = "Stands between the columns of a composed document id."},
    {.name = "username", STRING, .doc = "User."},
    {.name = "password", STRING, .doc = "Password of the user."},
    {.name = "failure-handler", ENUM(failure_handlers), DEFAULT("fail"), .doc = "What happens when a request fails."},
    {.name = "sink.flush-on-checkpoint", BOOL, DEFAULT("true"), .doc = "A checkpoint waits for what was sent."},
    {.name = "sink.bulk-flush.max-actions", INT(0, INT32_MAX), DEFAULT("1000"), .doc = "Rows in one request."},
    {.name = "sink.bulk-flush.max-size", MEMORY, DEFAULT("2 mb"), .doc = "Size of one request."},
    {.name = "sink.bulk-flush.interval", DURATION, DEFAULT("1 s"), .doc = "How long rows are kept back."},
    {.name = "sink.bulk-flush.backoff.strategy", ENUM(backoff_strategies), DEFAULT("DISABLED"), .doc = "How failed requests are repeated."},
    {.name = "sink.bulk-flush.backoff.max-retries", INT(0, INT32_MAX), .doc = "How often."},
    {.name = "sink.bulk-flush.backoff.delay", DURATION, .doc = "How long between."},
    {.name = "connection.path-prefix", STRING, .doc = "Begins the path of every request."},
    {.name = "connection.request-timeout", DURATION, .doc = "Time to wait for a connection."},
    {.name = "connection.timeout", DURATION, .doc = "Time to wait for the connection to be made."},
    {.name = "socket.timeout", DURATION, .doc = "Time to wait for data."},
    {.name = "sink.parallelism", INT(1, 1024), .doc = "Workers that write."},
    {.name = "format", STRING, DEFAULT("json"), .doc = "Format of the documents."},
};

#define KNOWN(NAME)                                                                                                                        \
    { .name = (NAME), .known_only = true }

const struct leat_connector leat_registry_connectors[] = {
    {.name = "filesystem",
     OPTIONS(filesystem_options),
     METADATA(filesystem_metadata),
     .is_source = true,
     .is_sink = true,
     .needs_format = true,
     .source_works = true,
     .sink_works = true},
    {.name = "print", OPTIONS(print_options), .is_sink = true, .sink_works = true, .accepts_updates = true},
    {.name = "blackhole", .is_sink = true, .sink_works = true, .accepts_updates = true},
    {.name = "mqtt",
     OPTIONS(mqtt_options),
     METADATA(mqtt_metadata),
     .is_source = true,
     .is_sink = true,
     .needs_format = true,
     .unbounded = true},
    {.name = "kafka",
     .refuses_key = true,
     OPTIONS(kafka_options),
     RULES(kafka_rules),
     METADATA(kafka_metadata),
     .is_source = true,
     .is_sink = true,
     .needs_format = true,
     .unbounded = true},
    {.name = "upsert-kafka",
     .needs_key = true,
     OPTIONS(upsert_kafka_options),
     RULES(upsert_kafka_rules),
     METADATA(kafka_metadata),
     .is_source = true,
     .is_sink = true,
     .needs_format = true,
     .unbounded = true,
     .accepts_updates = true},
    {.name = "datagen", OPTIONS(datagen_options), RULES(datagen_rules), .is_source = true, .unbounded = true},
    {.name = "socket", OPTIONS(socket_options), .is_source = true, .needs_format = true, .unbounded = true},
    {.name = "influxdb", OPTIONS(influxdb_options), RULES(influxdb_rules), .is_sink = true, .accepts_updates = true},
    {.name = "docker", OPTIONS(docker_options), .is_source = true, .unbounded = true},
    {.name = "elasticsearch-7", OPTIONS(elasticsearch_options), .is_sink = true, .accepts_updates = true},
    KNOWN("elasticsearch-6"),
    KNOWN("elasticsearch-8"),
    KNOWN("opensearch"),
    KNOWN("opensearch-2"),
    KNOWN("jdbc"),
    KNOWN("mysql-cdc"),
    KNOWN("postgres-cdc"),
    KNOWN("mongodb"),
    KNOWN("mongodb-cdc"),
    KNOWN("hbase-1.4"),
    KNOWN("hbase-2.2"),
    KNOWN("hive"),
    KNOWN("iceberg"),
    KNOWN("kinesis"),
    KNOWN("firehose"),
    KNOWN("dynamodb"),
    KNOWN("pulsar"),
    KNOWN("rabbitmq"),
    KNOWN("redis"),
    KNOWN("prometheus"),
    KNOWN("http"),
    KNOWN("tcp"),
    KNOWN("faker"),
    {.name = NULL},
};
