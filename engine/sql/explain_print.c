// The explanation as text and as JSON.
#include "engine/sql/explain.h"

#include <ctype.h>

static const char *parallelism_text(const struct leat_plan *plan) {
    uint32_t workers = plan->graph.settings.parallelism;
    return workers ? leat_arena_printf(plan->arena, "%u", workers) : "one worker per CPU";
}

static void print_clean(FILE *to, const char *text) {
    char clean[512];
    size_t length = strlen(text), done = 0;
    while (done < length) {
        size_t part = LEAT_MIN(length - done, sizeof(clean) / 4);
        while (done + part < length && ((unsigned char)text[done + part] & 0xc0) == 0x80 && part > 1)
            part--; // not inside a character
        fputs(leat_diagnostic_clean(clean, sizeof(clean), text + done, part), to);
        done += part;
    }
}

static void print_operator(FILE *to, const struct leat_explain_operator *op) {
    fputc('\n', to);
    print_clean(to, op->name);
    for (uint32_t i = 0; i < op->input_count; i++) {
        fputs(i ? ", " : " <- ", to);
        print_clean(to, op->inputs[i]);
    }
    fputc('\n', to);
    for (uint32_t i = 0; i < op->property_count; i++) {
        fprintf(to, "  %-10s ", op->properties[i].name);
        print_clean(to, op->properties[i].value);
        fputc('\n', to);
    }
}

void leat_explain_text(const struct leat_plan *plan, FILE *to) {
    struct leat_explanation explanation;
    leat_explain(plan, &explanation);
    if (plan->insert_count == 0) {
        fputs("nothing to run: the script has no INSERT\n", to);
        return;
    }
    fputs("pipeline:       ", to);
    print_clean(to, plan->graph.settings.pipeline_name);
    fprintf(to, "\nchangelog mode: append-only\nparallelism:    %s\ntime zone:      %s\n", parallelism_text(plan),
            plan->graph.settings.time_zone);
    for (uint32_t i = 0; i < explanation.count; i++)
        print_operator(to, &explanation.operators[i]);
}

// ---- JSON

static void json_string(FILE *to, const char *text) {
    char clean[512];
    size_t length = strlen(text), done = 0;
    fputc('"', to);
    while (done < length) {
        size_t part = LEAT_MIN(length - done, sizeof(clean) / 4);
        while (done + part < length && ((unsigned char)text[done + part] & 0xc0) == 0x80 && part > 1)
            part--;
        leat_diagnostic_clean(clean, sizeof(clean), text + done, part); // valid UTF-8 without control characters from here on
        for (const char *at = clean; *at; at++) {
            if (*at == '"' || *at == '\\')
                fputc('\\', to);
            fputc(*at, to);
        }
        done += part;
    }
    fputc('"', to);
}

// The name of a property as a member: "hands on" becomes "hands_on".
static void json_name(FILE *to, const char *name) {
    fputc('"', to);
    for (; *name; name++)
        fputc(isalnum((unsigned char)*name) ? *name : '_', to);
    fputc('"', to);
}

// Properties of which an operator may have several (one for each leg of a UNION ALL) are always arrays.
static bool is_list(const char *name) {
    return strcmp(name, "writes") == 0 || strcmp(name, "computes") == 0 || strcmp(name, "condition") == 0;
}

static void json_property(FILE *to, const struct leat_explain_operator *op, uint32_t i) {
    bool list = is_list(op->properties[i].name);
    json_name(to, op->properties[i].name);
    fputs(list ? ": [" : ": ", to);
    for (uint32_t k = i; k < (list ? op->property_count : i + 1); k++) {
        if (strcmp(op->properties[k].name, op->properties[i].name) != 0)
            continue;
        fputs(k > i ? ", " : "", to);
        json_string(to, op->properties[k].value);
    }
    fputs(list ? "]" : "", to);
}

static void json_operator(FILE *to, const struct leat_explain_operator *op) {
    fputs("    {\"name\": ", to);
    json_string(to, op->name);
    fputs(", \"kind\": ", to);
    json_string(to, op->kind);
    fputs(", \"inputs\": [", to);
    for (uint32_t i = 0; i < op->input_count; i++) {
        fputs(i ? ", " : "", to);
        json_string(to, op->inputs[i]);
    }
    fputs("], \"properties\": {", to);
    for (uint32_t i = 0; i < op->property_count; i++) {
        uint32_t same = i;
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(op->properties[k].name, op->properties[i].name) == 0)
                same = k;
        if (same != i)
            continue; // printed with the first of its name
        fputs(i ? ", " : "", to);
        json_property(to, op, i);
    }
    fputs("}}", to);
}

void leat_explain_json(const struct leat_plan *plan, FILE *to) {
    struct leat_explanation explanation;
    leat_explain(plan, &explanation);
    bool runs = plan->insert_count > 0;
    fputs("{\n  \"pipeline\": ", to);
    json_string(to, plan->graph.settings.pipeline_name);
    fputs(",\n  \"changelog_mode\": \"append-only\",\n  \"parallelism\": ", to);
    fprintf(to, "%u,\n  \"time_zone\": ", plan->graph.settings.parallelism);
    json_string(to, plan->graph.settings.time_zone);
    fputs(",\n  \"operators\": [", to);
    for (uint32_t i = 0; runs && i < explanation.count; i++) {
        fputs(i ? ",\n" : "\n", to);
        json_operator(to, &explanation.operators[i]);
    }
    fputs(runs ? "\n  ]\n}\n" : "]\n}\n", to);
}
