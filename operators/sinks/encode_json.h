// Rows become JSON lines: {"name":value,...}\n, compact, the members in the order of the columns.
//
// Values as the json format of Apache Flink writes them (RowDataToJsonConverters over Jackson), with one deviation:
// - NULL is `null`, or the member is left out with ignore_null_fields.
// - INT and BIGINT are digits; BOOLEAN is true or false.
// - DOUBLE has the shortest digits that read back as the same number, in the notation of ECMAScript ("2", "1.5e-7"), where Flink
//   follows Double.toString ("2.0", "1.5E-7"). NaN and the infinities are the strings "NaN", "Infinity" and "-Infinity".
// - STRING escapes " and \, \b \t \n \f \r, and every other character below U+0020 as \u00XX with capital digits; all else is raw.
// - TIMESTAMP is a string, "2019-04-01 05:47:40.415" for LEAT_TIMESTAMP_SQL and with a T for LEAT_TIMESTAMP_ISO_8601, with as many
//   fractional digits as it takes (none for whole seconds); TIMESTAMP_LTZ is shown in UTC with a Z behind it.
// INTERVAL columns are refused when the encoder is made.
#ifndef LEAT_OPERATORS_SINKS_ENCODE_JSON_H
#define LEAT_OPERATORS_SINKS_ENCODE_JSON_H

#include "engine/runtime/format.h"

extern const struct leat_encoder_ops leat_json_encoder_ops; // "json"

#endif
