// The exchange of a job: rows a second from the source through the rings to the owners of their keys; beside memcpy of the same bytes.
#include "bench/bench_exchange.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>

using moment = std::chrono::steady_clock;

static double seconds_since(moment::time_point begin) {
    return std::chrono::duration<double>(moment::now() - begin).count();
}

static void exchange(benchmark::State &state, int stepped) {
    const uint32_t rows = getenv("LEAT_BENCH_SMALL") ? 20000 : 4000000;
    bench_exchange *bench = bench_exchange_open(rows, (uint32_t)state.range(0), (uint32_t)state.range(1));
    double running = 0, copying = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto copied = moment::now();
        bench_exchange_copy(bench);
        copying += seconds_since(copied);
        bench_exchange_prepare(bench);
        state.ResumeTiming();
        auto begun = moment::now();
        bench_exchange_run(bench, stepped);
        running += seconds_since(begun);
        state.PauseTiming();
        bench_exchange_check(bench);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(int64_t(state.iterations() * rows));
    state.SetBytesProcessed(int64_t(state.iterations() * bench_exchange_bytes(bench)));
    state.counters["times_memcpy"] = running / copying;
    bench_exchange_close(bench);
}

BENCHMARK_CAPTURE(exchange, threads, 0)
    ->ArgNames({"workers", "skew"})
    ->Args({1, 0})
    ->Args({1, 87})
    ->Args({2, 0})
    ->Args({2, 87})
    ->UseRealTime();
BENCHMARK_CAPTURE(exchange, stepped, 1)->ArgNames({"workers", "skew"})->Args({1, 0})->Args({8, 0})->Args({8, 87})->UseRealTime();

BENCHMARK_MAIN();
