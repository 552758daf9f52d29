// What a plan does, for people (`leat explain`) and for programs (`--format json`).
#ifndef LEAT_ENGINE_SQL_EXPLAIN_H
#define LEAT_ENGINE_SQL_EXPLAIN_H

#include "engine/sql/planner.h"

#include <stdio.h>

// A property of an operator, "keys" or "state".
struct leat_explain_property {
    const char *name;
    const char *value;
};

// One operator of the plan.
struct leat_explain_operator {
    const char *name; // that of its node
    const char *kind;
    const char **inputs; // names of operators; several of one port of a join stand behind each other
    uint32_t input_count;
    struct leat_explain_property *properties;
    uint32_t property_count;
};

// The plan as a list of operators, each behind its inputs. Lives in the plan's arena; secrets are not in it.
struct leat_explanation {
    struct leat_explain_operator *operators;
    uint32_t count;
};

// Describes the plan.
void leat_explain(const struct leat_plan *plan, struct leat_explanation *out);

// Prints it as text, operators from the sources to the sinks.
void leat_explain_text(const struct leat_plan *plan, FILE *to);

// Prints it as one JSON object. The names of its members are stable; more may come.
void leat_explain_json(const struct leat_plan *plan, FILE *to);

#endif
