// The tumbling window: rows taken and windows fired, for few and many keys, and for one or many windows open at a time.
#include "bench/bench_window.h"

#include <benchmark/benchmark.h>

namespace {

void window_tumble(benchmark::State &state) {
    bench_window *bench = bench_window_open((uint32_t)state.range(0), (uint32_t)state.range(1));
    int64_t rows = 0;
    for (auto _ : state) {
        uint32_t taken = bench_window_step(bench);
        if (taken == 0)
            state.SkipWithError("the window failed");
        rows += taken;
    }
    benchmark::DoNotOptimize(bench_window_sum(bench));
    state.SetItemsProcessed(rows);
    state.counters["rows_out"] = (double)bench_window_out(bench);
    state.counters["peak_MB"] = (double)bench_window_peak_bytes(bench) / 1e6;
    bench_window_close(bench);
}

BENCHMARK(window_tumble)->ArgNames({"keys", "open"})->Args({1000, 1})->Args({1000, 16})->Args({1000000, 1})->Args({1000000, 4})->MinTime(2);

} // namespace

BENCHMARK_MAIN();
