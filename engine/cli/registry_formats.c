// Formats with their options (Flink's documentation of formats, 1.20 and 2.0).
#include "engine/cli/registry.h"

#include "ingest/json/json_reader.h"
#include "operators/sinks/encode_json.h"

static const char *const timestamp_standards[] = {"SQL", "ISO-8601", NULL};
static const char *const map_null_keys[] = {"FAIL", "DROP", "LITERAL", NULL};

static const struct leat_option json_options[] = {
    {.name = "json.ignore-parse-errors",
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "A member that cannot be converted is NULL instead of making its row bad."},
    {.name = "json.fail-on-missing-field",
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "A declared member that is absent makes the row bad."},
    {.name = "json.timestamp-format.standard",
     .kind = LEAT_OPTION_ENUM,
     .default_value = "SQL",
     .values = timestamp_standards,
     .doc = "How timestamps are written: with a space (SQL) or a T (ISO-8601)."},
    {.name = "json.map-null-key.mode",
     .no_effect = true,
     .kind = LEAT_OPTION_ENUM,
     .default_value = "FAIL",
     .values = map_null_keys,
     .doc = "No effect: there are no MAP columns."},
    {.name = "json.map-null-key.literal",
     .no_effect = true,
     .kind = LEAT_OPTION_STRING,
     .default_value = "null",
     .doc = "No effect: there are no MAP columns."},
    {.name = "json.encode.decimal-as-plain-number",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "false",
     .doc = "No effect: there are no DECIMAL columns."},
    {.name = "json.encode.ignore-null-fields", .kind = LEAT_OPTION_BOOL, .default_value = "false", .doc = "NULL members are left out."},
    {.name = "json.decode.json-parser.enabled",
     .no_effect = true,
     .kind = LEAT_OPTION_BOOL,
     .default_value = "true",
     .doc = "No effect: there is one parser."},
};

const struct leat_format leat_registry_formats[] = {
    {.name = "json",
     .options = json_options,
     .option_count = LEAT_ARRAY_LEN(json_options),
     .decoder = &leat_json_decoder_ops,
     .encoder = &leat_json_encoder_ops},
    {.name = "csv"},
    {.name = "raw"},
    {.name = "avro"},
    {.name = "avro-confluent"},
    {.name = "debezium-json"},
    {.name = "debezium-avro-confluent"},
    {.name = "canal-json"},
    {.name = "maxwell-json"},
    {.name = "ogg-json"},
    {.name = "protobuf"},
    {.name = "parquet"},
    {.name = "orc"},
    {.name = "influx"},
    {.name = NULL},
};
