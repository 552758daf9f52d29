// The JSON decoder at every SIMD level against the plain reader of the tests. The first byte picks the wanted columns and where in
// a cache line the text starts; the rest is the text.
#include "tests/ingest/json/json_compare.h"

static const struct leat_decode_field fields[] = {
    {"Thing", {.kind = LEAT_TYPE_STRING}}, {"Timestamp", {.kind = LEAT_TYPE_BIGINT}},
    {"v", {.kind = LEAT_TYPE_DOUBLE}},     {"i", {.kind = LEAT_TYPE_INT}},
    {"b", {.kind = LEAT_TYPE_BOOLEAN}},    {"ts", {.kind = LEAT_TYPE_TIMESTAMP, .precision = 3}},
    {"", {.kind = LEAT_TYPE_DOUBLE}},      {"Thinh", {.kind = LEAT_TYPE_STRING}},
    {"j", {.kind = LEAT_TYPE_BIGINT}},     {"tz", {.kind = LEAT_TYPE_TIMESTAMP_LTZ, .precision = 6}},
};

// Called by libFuzzer.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct leat_decode_config configs[] = {
        {.fields = fields, .field_count = 3},
        {.fields = fields, .field_count = 6, .ignore_parse_errors = true},
        {.fields = fields, .field_count = LEAT_ARRAY_LEN(fields), .timestamp_form = LEAT_TIMESTAMP_ISO_8601},
        {.fields = fields, .field_count = 1, .fail_on_missing_field = true},
    };
    if (size == 0)
        return 0;
    if (!json_compare(&configs[data[0] % 4], (const char *)data + 1, size - 1, data[0] / 4))
        abort();
    return 0;
}
