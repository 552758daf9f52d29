#include "engine/cli/summary.h"

#include "engine/base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

// The most memory that was resident at one time. Not getrusage's: that goes on from the process that started this one.
static uint64_t peak_memory_bytes(void) {
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && kilobytes == 0 && fgets(line, sizeof(line), status))
        if (sscanf(line, "VmHWM: %llu kB", &kilobytes) != 1)
            kilobytes = 0;
    if (status)
        fclose(status);
    return (uint64_t)kilobytes * 1024;
}

struct leat_summary leat_summary_of(const struct leat_graph *graph, const struct leat_job *job, double wall_seconds, bool complete) {
    struct leat_summary summary = {.wall_seconds = wall_seconds,
                                   .workers = leat_job_workers(job),
                                   .io = leat_job_io_name(job),
                                   .bytes_in = leat_job_progress(job).bytes_done,
                                   .complete = complete};
    for (uint32_t i = 0; i < graph->node_count; i++) {
        struct leat_account account = leat_job_account(job, i);
        summary.late += account.late;
        summary.bad += account.bad;
        if (strcmp(graph->nodes[i].kind, "source") == 0)
            summary.rows_in += account.in;
        if (strcmp(graph->nodes[i].kind, "sink") == 0)
            summary.rows_out += account.out;
    }
    summary.peak_memory_bytes = peak_memory_bytes();
    return summary;
}

void leat_rate_text(double per_second, const char *unit, char out[LEAT_RATE_TEXT_BYTES]) {
    static const char *const prefixes[] = {" ", " k", " M", " G", " T"};
    uint32_t prefix = 0;
    while (per_second >= 999.5 && prefix + 1 < LEAT_ARRAY_LEN(prefixes)) {
        per_second /= 1000;
        prefix++;
    }
    int decimals = prefix == 0 || per_second >= 100 ? 0 : per_second >= 10 ? 1 : 2;
    bool separate = prefix > 0 && unit[1] != 0; // "2.6 M rows/s", but "2.6 MB/s"
    snprintf(out, LEAT_RATE_TEXT_BYTES, "%.*f%s%s%s/s", decimals, per_second, prefixes[prefix], separate ? " " : "", unit);
}

void leat_summary_print(const struct leat_summary *summary, FILE *to) {
    double seconds = LEAT_MAX(summary->wall_seconds, 1e-9);
    char rows[LEAT_RATE_TEXT_BYTES], bytes[LEAT_RATE_TEXT_BYTES];
    leat_rate_text((double)summary->rows_in / seconds, "rows", rows);
    leat_rate_text((double)summary->bytes_in / seconds, "B", bytes);
    fprintf(to, "%s: %" PRIu64 " rows in, %" PRIu64 " rows out, %" PRIu64 " late, %" PRIu64 " bad\n",
            summary->complete ? "done" : "stopped before the end", summary->rows_in, summary->rows_out, summary->late, summary->bad);
    fprintf(to, "%.3f s, %s, %s, peak memory %.1f MiB, %u worker%s, io %s\n", seconds, rows, bytes,
            (double)summary->peak_memory_bytes / 1048576.0, summary->workers, summary->workers == 1 ? "" : "s", summary->io);
}

static void print_json_text(FILE *to, const char *text) {
    fputc('"', to);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            fprintf(to, "\\u%04x", (unsigned)*text);
        else
            fputc(*text, to);
    fputc('"', to);
}

void leat_summary_print_json(const struct leat_summary *summary, const struct leat_graph *graph, const struct leat_job *job, FILE *to) {
    fprintf(to, "{\"rows_in\":%" PRIu64 ",\"rows_out\":%" PRIu64 ",\"late\":%" PRIu64 ",\"bad\":%" PRIu64 ",\"bytes_in\":%" PRIu64,
            summary->rows_in, summary->rows_out, summary->late, summary->bad, summary->bytes_in);
    fprintf(to, ",\"wall_seconds\":%.6f,\"workers\":%u,\"io\":\"%s\",\"peak_memory_bytes\":%" PRIu64 ",\"complete\":%s,\"operators\":[",
            summary->wall_seconds, summary->workers, summary->io, summary->peak_memory_bytes, summary->complete ? "true" : "false");
    for (uint32_t i = 0; i < graph->node_count; i++) {
        struct leat_account account = leat_job_account(job, i);
        fprintf(to, "%s{\"name\":", i ? "," : "");
        print_json_text(to, graph->nodes[i].name);
        fprintf(to, ",\"kind\":\"%s\",\"in\":%" PRIu64 ",\"taken\":%" PRIu64 ",\"filtered\":%" PRIu64 ",\"late\":%" PRIu64,
                graph->nodes[i].kind, account.in, account.taken, account.filtered, account.late);
        fprintf(to, ",\"bad\":%" PRIu64 ",\"pending\":%" PRIu64 ",\"unmatched\":%" PRIu64 ",\"out\":%" PRIu64 "}", account.bad,
                account.pending, account.unmatched, account.out);
    }
    fprintf(to, "]}\n");
}

int leat_summary_write(const struct leat_summary *summary, const struct leat_graph *graph, const struct leat_job *job, const char *path) {
    char temporary[4096];
    if (strcmp(path, "-") == 0) {
        leat_summary_print_json(summary, graph, job, stdout);
        return fflush(stdout) ? leat_error_set(LEAT_ERROR_IO, "cannot write the summary: %s", strerror(errno)) : 0;
    }
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.tmp-%d", path, (int)getpid()) >= sizeof(temporary))
        return leat_error_set(LEAT_ERROR_USAGE, "--summary: the name of the file is too long");
    FILE *file = fopen(temporary, "we");
    if (!file)
        return leat_error_set(LEAT_ERROR_IO, "cannot write the summary %s: %s", path, strerror(errno));
    leat_summary_print_json(summary, graph, job, file);
    bool failed = ferror(file) != 0;
    failed |= fclose(file) != 0;
    if (!failed && rename(temporary, path) == 0)
        return 0;
    int error = errno;
    unlink(temporary);
    return leat_error_set(LEAT_ERROR_IO, "cannot write the summary %s: %s", path, strerror(error));
}
