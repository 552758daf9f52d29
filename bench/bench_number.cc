// Numbers from text and to text, against std::from_chars and std::to_chars on the same values in the same run.
// Values: 0 like those of machines (sensor decimals of a few digits, binary fractions, computed ones of 16 or 17), 1 computed
// ones only, 2 any bit pattern, 3 small integers and zeros as DOUBLE.
#include <benchmark/benchmark.h>

#include <charconv>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#define _Static_assert static_assert
extern "C" {
#include "engine/base/cpu.h"
#include "engine/expr/number.h"
}

namespace {

constexpr size_t count = 20000;

double value_like_machines(std::mt19937_64 &random) {
    double wide = (double)(int64_t)(random() >> 11) / (double)(1ll << 53) - 0.3;
    switch (random() % 4) {
    case 0:
        return (double)(int)(wide * 1000) / 100; // -4.44
    case 1:
        return (double)(int)(wide * 8192) / 4096; // 1.629638671875
    case 2:
        return (double)(int)(wide * 30) / 10 + 0.1; // 0.7000000000000001
    default:
        return wide * 400; // 288.23939732142856
    }
}

std::vector<double> make_values(int64_t kind) {
    std::mt19937_64 random(1);
    std::vector<double> values;
    while (values.size() < count) {
        uint64_t bits = random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (kind == 0) {
            value = value_like_machines(random);
        } else if (kind == 1) {
            value = (double)(bits >> 11) / (double)(1ll << 53) * 1000;
        } else if (kind == 3) {
            value = (double)(bits % 5 == 0 ? 0 : bits % 5000);
        }
        if (value - value == 0) {
            values.push_back(value);
        }
    }
    return values;
}

struct texts {
    std::string all; // each behind the other with a comma between, then padding
    std::vector<uint32_t> start;
    std::vector<uint64_t> mantissa;
    std::vector<int32_t> exponent10;
    std::vector<uint8_t> negative;
};

void add_decimal(texts &out, double value) {
    char text[64];
    std::string digits(text, std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr);
    size_t e = digits.find('e');
    int exponent = std::stoi(digits.substr(e + 1));
    digits.resize(e);
    out.negative.push_back(digits[0] == '-');
    digits.erase(0, out.negative.back());
    if (digits.size() > 1) {
        exponent -= (int)digits.size() - 2;
        digits.erase(1, 1);
    }
    out.mantissa.push_back(std::stoull(digits));
    out.exponent10.push_back(exponent);
}

texts make_texts(const std::vector<double> &values) {
    texts out;
    for (double value : values) {
        char text[64];
        out.start.push_back((uint32_t)out.all.size());
        out.all.append(text, std::to_chars(text, text + sizeof text, value).ptr);
        out.all += ',';
        add_decimal(out, value);
    }
    out.start.push_back((uint32_t)out.all.size());
    out.all.append(64, ' ');
    return out;
}

void report(benchmark::State &state, bool right) {
    if (!right) {
        state.SkipWithError("wrong result");
    }
    state.SetItemsProcessed(state.iterations() * (int64_t)count);
    state.counters["ns"] =
        benchmark::Counter((double)state.iterations() * count * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

double sum_of(const std::vector<double> &values) {
    double sum = 0;
    for (double value : values) {
        sum += value;
    }
    return sum;
}

void parse_from_chars(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0)), back(count);
    texts in = make_texts(values);
    double sum = 0;
    for (auto _ : state) {
        for (size_t i = 0; i < count; i++) {
            std::from_chars(in.all.data() + in.start[i], in.all.data() + in.start[i + 1] - 1, back[i]);
        }
        benchmark::DoNotOptimize(sum += sum_of(back));
    }
    report(state, back == values);
}

void parse_leat(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0)), back(count);
    texts in = make_texts(values);
    const char *end = in.all.data() + in.all.size() - 64;
    double sum = 0;
    for (auto _ : state) {
        for (size_t i = 0; i < count; i++) {
            leat_double_parse_prefix(in.all.data() + in.start[i], end, &back[i]);
        }
        benchmark::DoNotOptimize(sum += sum_of(back));
    }
    report(state, back == values);
}

void parse_batch_leat(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0)), back(count);
    texts in = make_texts(values);
    std::vector<uint32_t> stop(count);
    const char *end = in.all.data() + in.all.size() - 64;
    double sum = 0;
    for (auto _ : state) {
        leat_double_parse_batch(in.all.data(), in.start.data(), count, end, back.data(), stop.data());
        benchmark::DoNotOptimize(sum += sum_of(back));
    }
    report(state, back == values && stop[count - 1] + 1 == in.start[count]);
}

void decimals_leat(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0)), back(count);
    texts in = make_texts(values);
    leat_simd_level_force((enum leat_simd_level)state.range(1));
    double sum = 0;
    for (auto _ : state) {
        leat_double_from_decimals(in.mantissa.data(), in.exponent10.data(), in.negative.data(), back.data(), count);
        benchmark::DoNotOptimize(sum += sum_of(back));
    }
    leat_simd_level_force(LEAT_SIMD_AVX512);
    report(state, back == values);
}

uint64_t digest(const char *text, size_t length) {
    uint64_t sum = length;
    for (size_t i = 0; i + 8 <= length; i += 64) {
        uint64_t word;
        memcpy(&word, text + i, sizeof word);
        sum = sum * 31 + word;
    }
    return sum;
}

bool reads_back(const std::vector<double> &values, const char *text, const std::vector<uint32_t> &offset) {
    for (size_t i = 0; i < count; i++) {
        double back = 0;
        std::from_chars(text + offset[i], text + offset[i + 1], back);
        if (back != values[i]) {
            return false;
        }
    }
    return true;
}

void print_to_chars(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0));
    std::vector<char> out(count * LEAT_DOUBLE_TEXT_BYTES);
    std::vector<uint32_t> offset(count + 1);
    uint64_t sum = 0;
    for (auto _ : state) {
        char *at = out.data();
        for (size_t i = 0; i < count; i++) {
            offset[i] = (uint32_t)(at - out.data());
            at = std::to_chars(at, at + LEAT_DOUBLE_TEXT_BYTES, values[i]).ptr;
        }
        offset[count] = (uint32_t)(at - out.data());
        benchmark::DoNotOptimize(sum += digest(out.data(), offset[count]));
    }
    report(state, reads_back(values, out.data(), offset));
}

void print_leat(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0));
    std::vector<char> out(count * LEAT_DOUBLE_TEXT_BYTES);
    std::vector<uint32_t> offset(count + 1);
    uint64_t sum = 0;
    for (auto _ : state) {
        uint32_t at = 0;
        for (size_t i = 0; i < count; i++) {
            offset[i] = at;
            at += (uint32_t)leat_double_print_shortest(values[i], out.data() + at);
        }
        offset[count] = at;
        benchmark::DoNotOptimize(sum += digest(out.data(), at));
    }
    report(state, reads_back(values, out.data(), offset));
}

void print_batch_leat(benchmark::State &state) {
    std::vector<double> values = make_values(state.range(0));
    std::vector<char> out(count * LEAT_DOUBLE_TEXT_BYTES);
    std::vector<uint32_t> offset(count + 1);
    uint64_t sum = 0;
    for (auto _ : state) {
        size_t length = leat_double_print_batch(values.data(), count, out.data(), offset.data());
        benchmark::DoNotOptimize(sum += digest(out.data(), length));
    }
    report(state, reads_back(values, out.data(), offset));
}

std::vector<int64_t> make_integers(int64_t kind) {
    std::mt19937_64 random(1);
    std::vector<int64_t> values(count);
    for (int64_t &value : values) {
        value = kind == 0 ? (int64_t)(1554096380468 + random() % 100000000) : (int64_t)(random() >> random() % 63);
    }
    return values;
}

void print_integer_to_chars(benchmark::State &state) {
    std::vector<int64_t> values = make_integers(state.range(0));
    std::vector<char> out(count * LEAT_INT64_TEXT_BYTES);
    uint64_t sum = 0;
    for (auto _ : state) {
        char *at = out.data();
        for (int64_t value : values) {
            at = std::to_chars(at, at + LEAT_INT64_TEXT_BYTES, value).ptr;
        }
        benchmark::DoNotOptimize(sum += digest(out.data(), (size_t)(at - out.data())));
    }
    report(state, sum != 0);
}

void print_integer_leat(benchmark::State &state) {
    std::vector<int64_t> values = make_integers(state.range(0));
    std::vector<char> out(count * LEAT_INT64_TEXT_BYTES);
    uint64_t sum = 0;
    for (auto _ : state) {
        char *at = out.data();
        for (int64_t value : values) {
            at += leat_int64_print(value, at);
        }
        benchmark::DoNotOptimize(sum += digest(out.data(), (size_t)(at - out.data())));
    }
    report(state, sum != 0);
}

std::string join_integers(const std::vector<int64_t> &values, std::vector<uint32_t> &start) {
    std::string all;
    for (int64_t value : values) {
        start.push_back((uint32_t)all.size());
        all += std::to_string(value) + ",";
    }
    start.push_back((uint32_t)all.size());
    all.append(LEAT_NUMBER_PADDING_BYTES, ' ');
    return all;
}

void parse_integer_from_chars(benchmark::State &state) {
    std::vector<int64_t> values = make_integers(state.range(0)), back(count);
    std::vector<uint32_t> start;
    std::string all = join_integers(values, start);
    for (auto _ : state) {
        for (size_t i = 0; i < count; i++) {
            std::from_chars(all.data() + start[i], all.data() + start[i + 1], back[i]);
        }
        benchmark::DoNotOptimize(back.data());
        benchmark::ClobberMemory();
    }
    report(state, back == values);
}

void parse_integer_leat(benchmark::State &state) {
    std::vector<int64_t> values = make_integers(state.range(0)), back(count);
    std::vector<uint32_t> start;
    std::string all = join_integers(values, start);
    for (auto _ : state) {
        for (size_t i = 0; i < count; i++) {
            leat_int64_parse_prefix(all.data() + start[i], all.data() + start[count], &back[i]);
        }
        benchmark::DoNotOptimize(back.data());
        benchmark::ClobberMemory();
    }
    report(state, back == values);
}

} // namespace

BENCHMARK(parse_from_chars)->DenseRange(0, 3);
BENCHMARK(parse_leat)->DenseRange(0, 3);
BENCHMARK(parse_batch_leat)->DenseRange(0, 3);
BENCHMARK(decimals_leat)->ArgsProduct({{0, 1, 2, 3}, {LEAT_SIMD_SCALAR, LEAT_SIMD_AVX512}});
BENCHMARK(print_to_chars)->DenseRange(0, 3);
BENCHMARK(print_leat)->DenseRange(0, 3);
BENCHMARK(print_batch_leat)->DenseRange(0, 3);
BENCHMARK(print_integer_to_chars)->DenseRange(0, 1);
BENCHMARK(print_integer_leat)->DenseRange(0, 1);
BENCHMARK(parse_integer_from_chars)->DenseRange(0, 1);
BENCHMARK(parse_integer_leat)->DenseRange(0, 1);
BENCHMARK_MAIN();
