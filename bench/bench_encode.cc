// JSON encoding of rows like those of datasets/machine, against std::to_chars and memcpy.
#include "bench/bench_encode.h"

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstring>
#include <vector>

namespace {

uint64_t digest(const char *data, size_t length) {
    uint64_t sum = length;
    for (size_t i = 0; i + 8 <= length; i += 64) {
        uint64_t word;
        memcpy(&word, data + i, 8);
        sum = sum * 31 + word;
    }
    return sum;
}

void report(benchmark::State &state, uint32_t rows, size_t bytes) {
    state.SetItemsProcessed(state.iterations() * rows);
    state.SetBytesProcessed(state.iterations() * (int64_t)bytes);
}

void encode_json(benchmark::State &state) {
    bench_encode *bench = bench_encode_open((size_t)state.range(0));
    size_t length = 0;
    for (auto _ : state) {
        const char *text = bench_encode_run(bench, &length);
        benchmark::DoNotOptimize(digest(text, length));
    }
    report(state, bench_encode_rows(bench), length);
    bench_encode_close(bench);
}

template <size_t N> char *put(char *to, const char (&text)[N]) {
    memcpy(to, text, N - 1);
    return to + N - 1;
}

char *put(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}

// What a program that knows its columns writes by hand; texts are not looked at for escapes.
void encode_to_chars(benchmark::State &state) {
    bench_encode *bench = bench_encode_open((size_t)state.range(0));
    std::vector<bench_encode_row> rows(bench_encode_rows(bench));
    for (uint32_t i = 0; i < rows.size(); i++)
        bench_encode_get(bench, i, &rows[i]);
    std::vector<char> out(rows.size() * 256);
    char *end = out.data() + out.size();
    size_t length = 0;
    for (auto _ : state) {
        char *to = out.data();
        for (const bench_encode_row &row : rows) {
            to = put(put(to, "{\"thing\":\""), row.thing, row.thing_bytes);
            to = put(put(to, "\",\"quantity\":\""), row.quantity, row.quantity_bytes);
            to = std::to_chars(put(to, "\",\"phenomenonTime\":"), end, row.time).ptr;
            to = std::to_chars(put(to, ",\"result\":"), end, row.result).ptr;
            to = put(to, "}\n");
        }
        length = (size_t)(to - out.data());
        benchmark::DoNotOptimize(digest(out.data(), length));
    }
    size_t ours;
    const char *text = bench_encode_run(bench, &ours);
    if (ours != length || memcmp(text, out.data(), length) != 0)
        state.SkipWithError("the encoder and std::to_chars write different bytes");
    report(state, (uint32_t)rows.size(), length);
    bench_encode_close(bench);
}

// The argument is the length of one of the two texts: up to 12 bytes stand inside their value.
BENCHMARK(encode_json)->Arg(11)->Arg(40);
BENCHMARK(encode_to_chars)->Arg(11)->Arg(40);

} // namespace

BENCHMARK_MAIN();
