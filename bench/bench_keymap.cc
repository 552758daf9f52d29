// The key map: rows a second that are hashed, and that find the state of their key; keys a second that come and go.
#include "bench/bench_keymap.h"

#include <benchmark/benchmark.h>

static void run(benchmark::State &state, uint64_t (*what)(bench_keymap *), int skewed) {
    bench_keymap *bench = bench_keymap_open(uint32_t(state.range(0)), skewed);
    what(bench); // the keys are there from now on
    uint64_t items = 0;
    for (auto _ : state)
        items += what(bench);
    benchmark::DoNotOptimize(bench_keymap_sum(bench));
    state.SetItemsProcessed(int64_t(items));
    bench_keymap_close(bench);
}

static void take(benchmark::State &state) {
    run(state, bench_keymap_take, 0);
}
static void take_skewed(benchmark::State &state) {
    run(state, bench_keymap_take, 1);
}
static void hash(benchmark::State &state) {
    run(state, bench_keymap_hash, 0);
}
static void churn(benchmark::State &state) {
    run(state, bench_keymap_churn, 0);
}

BENCHMARK(hash)->Arg(1000);
BENCHMARK(take)->Arg(3)->Arg(1000)->Arg(100000)->Arg(1000000);
BENCHMARK(take_skewed)->Arg(3);
BENCHMARK(churn)->Arg(1000)->Arg(1000000);

BENCHMARK_MAIN();
