// The JSON decoder at every SIMD level on rows like those of datasets/machine, against simdjson's on-demand reader. The readers take
// turns on the same text, so that `ratio` compares like with like; sums of what they read must agree.
#include "bench/bench_json.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <random>
#include <string>

#if __has_include(<simdjson.h>)
#include <simdjson.h>
#define BENCH_HAS_SIMDJSON 1
#else
#define BENCH_HAS_SIMDJSON 0
#endif

namespace {

void put_number(std::string &text, double value) {
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// Members in random order, present as often as in the real rows; doubles with their shortest digits.
std::string machine_rows(size_t rows) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> uniform(0, 1);
    struct quantity {
        const char *name;
        double present, scale;
        int round; // to 1/round, 0: not at all
    };
    const quantity quantities[] = {{"vaTorque_C11", .94, 9, 1000}, {"vaCurr_C11", .76, 3, 16384}, {"vaLoad_C11", .74, 3, 16384},
                                   {"actSpeed_C11", .54, 3000, 0}, {"vaPower_C11", .46, 200, 0},  {"cmdSpeed_C11", .40, 3000, 0},
                                   {"turnState_C11", .10, 5, 1},   {"aaAcc_C11", .03, 2, 0}};
    const char *things[] = {"R0815", "H31415", "R27182"};
    std::string text;
    for (size_t row = 0; row < rows; row++) {
        double thing = uniform(random);
        text += "{\"Thing\": \"";
        text += things[thing < .87 ? 0 : thing < .997 ? 1 : 2];
        text += "\", \"Timestamp\": " + std::to_string(1554096380468 + row * 997 + random() % 900);
        int order[] = {0, 1, 2, 3, 4, 5, 6, 7};
        std::shuffle(order, order + 8, random);
        for (int i : order) {
            const quantity &q = quantities[i];
            if (uniform(random) > q.present)
                continue;
            double value = (uniform(random) - .2) * q.scale;
            text += std::string(", \"") + q.name + "\": ";
            put_number(text, q.round ? double(int64_t(value * q.round)) / q.round : value);
        }
        char id[40];
        snprintf(id, sizeof id, "%08x-%04x-%04x-%04x-%012llx", unsigned(random()), unsigned(random() % 65536), unsigned(random() % 65536),
                 unsigned(random() % 65536), (unsigned long long)(random() >> 16));
        text += std::string(", \"id\": \"") + id + "\"}\n";
    }
    return text;
}

const std::string &rows() {
    static const std::string text = [] {
        std::string made = machine_rows(100000);
        made.reserve(made.size() + 4096); // readable behind the end, for both readers
        return made;
    }();
    return text;
}

#if BENCH_HAS_SIMDJSON
bench_json_sums simdjson_read(const std::string &text) {
    bench_json_sums sums{};
    simdjson::ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false; // one core against one core
#endif
    simdjson::ondemand::document_stream stream;
    if (parser.iterate_many(text.data(), text.size(), 1 << 20).get(stream))
        return sums;
    for (auto document : stream) {
        simdjson::ondemand::object object;
        if (document.get_object().get(object))
            continue;
        for (auto field : object) {
            std::string_view key, thing;
            int64_t time;
            double value;
            if (field.unescaped_key().get(key))
                break;
            if (key == "Timestamp" && !field.value().get_int64().get(time))
                sums.times += time;
            else if (key == "Thing" && !field.value().get_string().get(thing))
                sums.times += (int64_t)thing.size();
            else if ((key == "vaTorque_C11" || key == "actSpeed_C11") && !field.value().get_double().get(value))
                sums.values += value;
        }
        sums.rows++;
    }
    return sums;
}
#endif

template <typename Read> double seconds(Read read, bench_json_sums &sums) {
    auto start = std::chrono::steady_clock::now();
    sums = read();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void report(benchmark::State &state, const bench_json_sums &sums) {
    state.SetItemsProcessed(state.iterations() * (int64_t)sums.rows);
    state.SetBytesProcessed(state.iterations() * (int64_t)rows().size());
}

// The argument is the SIMD level. rows/s of the best turns, and their ratio.
void json_read(benchmark::State &state) {
    bench_json *bench = bench_json_open((int)state.range(0));
    bench_json_sums ours{}, theirs{};
    double best_ours = 1e9, best_theirs = 1e9;
    for (auto _ : state) {
        double turn = seconds([&] { return bench_json_read(bench, rows().data(), rows().size()); }, ours);
        best_ours = std::min(best_ours, turn);
        state.SetIterationTime(turn);
#if BENCH_HAS_SIMDJSON
        best_theirs = std::min(best_theirs, seconds([&] { return simdjson_read(rows()); }, theirs));
        // Both add the same numbers, ours column by column within a row: the sums may differ in their last bits.
        if (ours.rows != theirs.rows || ours.times != theirs.times ||
            std::abs(ours.values - theirs.values) > 1e-6 * std::abs(theirs.values)) {
            state.SkipWithError("the decoder and simdjson read different values");
            break;
        }
#endif
    }
    report(state, ours);
    state.counters["best_rows/s"] = (double)ours.rows / best_ours;
#if BENCH_HAS_SIMDJSON
    state.counters["simdjson_rows/s"] = (double)theirs.rows / best_theirs;
    state.counters["ratio"] = best_theirs / best_ours;
#else
    state.SetLabel("simdjson is not installed: no ratio");
#endif
    bench_json_close(bench);
}

BENCHMARK(json_read)->Arg(0)->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
