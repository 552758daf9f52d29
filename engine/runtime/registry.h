// What a pipeline may name: connectors with their options, formats, stateful operators. The program's root (engine/cli) fills one registry
// in and hands it to the planner, so that engine/sql and engine/runtime know no connector, format or operator by name.
#ifndef LEAT_ENGINE_RUNTIME_REGISTRY_H
#define LEAT_ENGINE_RUNTIME_REGISTRY_H

#include "engine/runtime/format.h"
#include "engine/runtime/operator.h"

// How the value of an option is written.
enum leat_option_kind {
    LEAT_OPTION_STRING,
    LEAT_OPTION_LIST,     // a;b;c
    LEAT_OPTION_INT,      // within min .. max
    LEAT_OPTION_BOOL,     // true or false
    LEAT_OPTION_DURATION, // "5 s", "200 ms", "1 min" as Flink writes them
    LEAT_OPTION_MEMORY,   // "42mb"
    LEAT_OPTION_ENUM,     // one of values
};

// One option of WITH (or key of SET): what it may be and what it says when it is not given.
struct leat_option {
    const char *name; // ends with ".*" for a family such as "properties.*"
    enum leat_option_kind kind;
    bool required;
    const char *default_value; // as written in SQL, or NULL
    const char *const *values; // LEAT_OPTION_ENUM: NULL-terminated
    int64_t min, max;          // LEAT_OPTION_INT
    bool not_yet;              // checked, and refused as not supported yet where it says anything but the default
    bool no_effect;            // checked, and accepted with a warning where it says anything but the default
    const char *alias_of;      // this spelling is accepted with a note; the real name, or NULL
    const char *doc;           // one sentence
};

// What the options of a connector ask of each other and of their table.
enum leat_option_rule_kind {
    LEAT_RULE_NEEDS,      // where `name` is given (and says `value`, if not NULL), `other` is needed (and must say `other_value`, likewise)
    LEAT_RULE_ONE_OF,     // exactly one of `name` and `other` is given
    LEAT_RULE_READS_ONLY, // a table with `name` cannot be written
    LEAT_RULE_COLUMNS,    // the list `name` holds physical columns, each beginning with the value of `other` where that is given
    LEAT_RULE_FIELDS,     // keys of the family `name` are "PREFIX.COLUMN.WORD", the column a physical one, the word among `words`
};

// One such rule. Immutable.
struct leat_option_rule {
    enum leat_option_rule_kind kind;
    const char *name, *value;
    const char *other, *other_value;
    const char *const *words; // NULL-terminated
};

// A METADATA column that a connector offers.
struct leat_metadata {
    const char *key;
    struct leat_type type;
    bool writable; // else it must be declared VIRTUAL
};

// One connector by name. A connector that is known but not built yet has neither role available: its options are still checked.
struct leat_connector {
    const char *name;
    const struct leat_option *options;
    uint32_t option_count;
    const struct leat_metadata *metadata;
    uint32_t metadata_count;
    bool is_source, is_sink;       // what Flink's or leat's connector of this name can be
    bool needs_format;             // 'format' is required
    bool source_works, sink_works; // usable by `leat run`; otherwise only under replay --from/--to
    bool known_only;               // known by name, refused by the planner as not supported yet
    bool unbounded;                // as a source it never ends by itself
    bool accepts_updates;          // as a sink with a primary key
    bool needs_key, refuses_key;   // about PRIMARY KEY
    const struct leat_option_rule *rules;
    uint32_t rule_count;
};

// One format by name with its options ("json.ignore-parse-errors", ...).
struct leat_format {
    const char *name;
    const struct leat_option *options;
    uint32_t option_count;
    const struct leat_decoder_ops *decoder; // NULL: not supported yet
    const struct leat_encoder_ops *encoder;
};

// Everything a pipeline may name. Immutable.
struct leat_registry {
    const struct leat_connector *connectors;
    uint32_t connector_count;
    const struct leat_format *formats;
    uint32_t format_count;
    const struct leat_operator_ops *series_join;
    const struct leat_operator_ops *window_tumble;
};

#endif
