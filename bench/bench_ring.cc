// Rings: messages a second by value and by pointer, on one thread and between two; beside memcpy of the same bytes.
#include "bench/bench_ring.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <vector>

static uint64_t messages() {
    return getenv("LEAT_BENCH_SMALL") ? 8000 : 1 << 20;
}

// Seconds for copying the bytes of `count` messages one by one through a buffer the size of a ring.
static double memcpy_seconds(uint64_t count) {
    const uint64_t bytes = bench_ring_message_bytes();
    std::vector<char> from(16 * bytes, 'x'), to(16 * bytes);
    auto begin = std::chrono::steady_clock::now();
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&to[(i & 15) * bytes], &from[(i & 15) * bytes], bytes);
        benchmark::ClobberMemory();
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

static void pass(benchmark::State &state, int by_pointer, int threads) {
    const uint64_t count = messages();
    double seconds = 0, copying = 0;
    for (auto _ : state) {
        auto begin = std::chrono::steady_clock::now();
        bench_ring_pass(count, by_pointer, threads);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        state.PauseTiming();
        copying += memcpy_seconds(count);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(int64_t(state.iterations() * count));
    state.counters["times_memcpy"] = seconds / copying;
}

BENCHMARK_CAPTURE(pass, by_value_one_thread, 0, 1)->UseRealTime();
BENCHMARK_CAPTURE(pass, by_pointer_one_thread, 1, 1)->UseRealTime();
BENCHMARK_CAPTURE(pass, by_value_two_threads, 0, 2)->UseRealTime();
BENCHMARK_CAPTURE(pass, by_pointer_two_threads, 1, 2)->UseRealTime();

BENCHMARK_MAIN();
