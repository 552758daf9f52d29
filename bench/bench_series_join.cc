// SERIES JOIN, push and advance with the writing of the pairs: rows of both sides a second.
#include "bench/bench_series_join.h"

#include <benchmark/benchmark.h>

static void join(benchmark::State &state, bench_order order, uint32_t keys, int64_t delay_us) {
    bench_join *bench = bench_join_open(order, keys, delay_us);
    if (!bench) {
        state.SkipWithError("the shared machine sample is not there");
        return;
    }
    for (auto _ : state) {
        bench_join_run(bench);
        benchmark::DoNotOptimize(bench_join_sum(bench));
    }
    state.SetItemsProcessed(int64_t(state.iterations() * bench_join_rows(bench)));
    state.counters["pairs"] = double(bench_join_pairs(bench));
    bench_join_close(bench);
}

constexpr int64_t hour_us = INT64_C(3600000000);

BENCHMARK_CAPTURE(join, sample_10_days_delay, BENCH_SAMPLE, 3, 240 * hour_us);
BENCHMARK_CAPTURE(join, sample_no_delay, BENCH_SAMPLE, 3, 0);
BENCHMARK_CAPTURE(join, in_order_3_keys, BENCH_IN_ORDER, 3, 0);
BENCHMARK_CAPTURE(join, stretches_3_keys_2_hours_delay, BENCH_STRETCHES, 3, 2 * hour_us);
BENCHMARK_CAPTURE(join, in_order_10000_keys, BENCH_IN_ORDER, 10000, 0);
BENCHMARK_CAPTURE(join, stretches_10000_keys_2_hours_delay, BENCH_STRETCHES, 10000, 2 * hour_us);

BENCHMARK_MAIN();
