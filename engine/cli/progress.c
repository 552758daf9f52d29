#include "engine/cli/progress.h"

#include "engine/cli/summary.h"
#include "engine/expr/time.h"

#include <inttypes.h>
#include <stdio.h>

// "2019-04-01 05:26:20", or "-" while there is none.
static void watermark_text(int64_t watermark_us, char out[LEAT_TIMESTAMP_TEXT_BYTES + 1]) {
    if (watermark_us == LEAT_TIME_MIN || watermark_us == LEAT_TIME_MAX) {
        memcpy(out, "-", 2);
        return;
    }
    out[leat_timestamp_print(watermark_us, 0, LEAT_TIMESTAMP_SQL, false, out)] = 0;
}

void leat_progress_tick(void *context, struct leat_job *job) {
    struct leat_progress *self = context;
    uint64_t now_ns = leat_clock_now_ns(&leat_clock_system);
    struct leat_summary summary = leat_summary_of(self->graph, job, 0, false);
    struct leat_job_progress progress = leat_job_progress(job);
    double seconds = (double)(now_ns - (self->last_ns ? self->last_ns : self->started_ns)) / 1e9;
    double rate = seconds > 0 ? (double)(summary.rows_in - self->last_rows) / seconds : 0;
    char watermark[LEAT_TIMESTAMP_TEXT_BYTES + 1], speed[LEAT_RATE_TEXT_BYTES], percent[16] = "";
    watermark_text(progress.watermark_us, watermark);
    leat_rate_text(rate, "rows", speed);
    if (progress.bytes_all)
        snprintf(percent, sizeof(percent), "  %.0f %%", 100.0 * (double)progress.bytes_done / (double)progress.bytes_all);
    fprintf(stderr, "\r\033[K%" PRIu64 " rows  %s%s  watermark %s  late %" PRIu64 "  bad %" PRIu64, summary.rows_in, speed, percent,
            watermark, summary.late, summary.bad);
    fflush(stderr);
    self->last_rows = summary.rows_in;
    self->last_ns = now_ns;
    self->shown = true;
}

void leat_progress_clear(struct leat_progress *progress) {
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
    progress->shown = false;
}
