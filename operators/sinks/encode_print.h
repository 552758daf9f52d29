// Rows become lines as the print connector of Apache Flink shows them: `+I[a, 1, null]`, one line per row.
//
// Values are what Row.toString of Java shows: NULL is null, DOUBLE has the notation of Double.toString ("1.0", "1.0E10", "NaN"), STRING is
// raw (a line break in it breaks the line, as in Flink), TIMESTAMP is LocalDateTime.toString ("2019-04-01T05:47", with the seconds where
// they are not zero), TIMESTAMP_LTZ is Instant.toString ("2019-04-01T05:47:00Z"). A row that is not an insertion does not exist yet.
// With a prefix lines are `ID> +I[...]`. INTERVAL columns are refused when the encoder is made.
#ifndef LEAT_OPERATORS_SINKS_ENCODE_PRINT_H
#define LEAT_OPERATORS_SINKS_ENCODE_PRINT_H

#include "engine/runtime/format.h"

extern const struct leat_encoder_ops leat_print_encoder_ops; // "print"

#endif
