// Peer: a simdjson on-demand loop that reads the four members the machine join needs from NDJSON that is in memory already.
// It parses and does nothing else, on one core. usage: simdjson_parse FILE [REPEATS]; prints one JSON object.
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

using namespace simdjson;

// What was read, so that reading it cannot be optimised away and can be compared with what others read.
struct totals {
    uint64_t rows = 0, broken = 0, thing_bytes = 0;
    int64_t times = 0;
    double speeds = 0, torques = 0;

    bool operator==(const totals &) const = default;
};

// One row. A member that cannot be read adds nothing: a null is as good as absent.
bool add_row(ondemand::object members, totals *into) {
    for (auto field : members) {
        std::string_view name, text;
        double number;
        int64_t time;
        if (field.unescaped_key().get(name))
            return false;
        if (name == "Timestamp") {
            if (!field.value().get_int64().get(time))
                into->times += time;
        } else if (name == "Thing") {
            if (!field.value().get_string().get(text))
                into->thing_bytes += text.size();
        } else if (name == "actSpeed_C11") {
            if (!field.value().get_double().get(number))
                into->speeds += number;
        } else if (name == "vaTorque_C11") {
            if (!field.value().get_double().get(number))
                into->torques += number;
        }
    }
    return true;
}

error_code parse(const padded_string &text, totals *into) {
    ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false; // it would find the structure of the next batch on a second core
#endif
    ondemand::document_stream rows;
    if (error_code error = parser.iterate_many(text, 1 << 20).get(rows))
        return error;
    for (auto row : rows) {
        ondemand::object members;
        into->rows++;
        if (row.get_object().get(members) || !add_row(members, into))
            into->broken++;
    }
    return SUCCESS;
}

double cpu_seconds_now() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

} // namespace

int main(int argc, char **argv) {
    int repeats = argc > 2 ? std::atoi(argv[2]) : 5;
    padded_string text;
    if (argc < 2 || argc > 3 || repeats < 1) {
        std::fprintf(stderr, "usage: simdjson_parse FILE [REPEATS]\n");
        return 64;
    }
    if (error_code error = padded_string::load(argv[1]).get(text)) {
        std::fprintf(stderr, "%s: %s\n", argv[1], error_message(error));
        return 66;
    }
    double best_seconds = 0, best_cpu_seconds = 0;
    totals first;
    for (int repeat = 0; repeat < repeats; repeat++) {
        totals found;
        auto start = std::chrono::steady_clock::now();
        double cpu_start = cpu_seconds_now();
        error_code error = parse(text, &found);
        double cpu_seconds = cpu_seconds_now() - cpu_start;
        std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        if (error || (repeat > 0 && found != first)) {
            std::fprintf(stderr, "%s: %s\n", argv[1], error ? error_message(error) : "two runs read different rows");
            return 1;
        }
        first = found;
        if (repeat == 0 || seconds.count() < best_seconds)
            best_seconds = seconds.count();
        if (repeat == 0 || cpu_seconds < best_cpu_seconds)
            best_cpu_seconds = cpu_seconds;
    }
    std::printf("{\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"bytes\":%zu,\"rows\":%lu,\"broken\":%lu,\"thing_bytes\":%lu,\"times\":%ld,"
                "\"speeds\":%.17g,"
                "\"torques\":%.17g}\n",
                best_seconds, best_cpu_seconds, text.size(), first.rows, first.broken, first.thing_bytes, first.times, first.speeds,
                first.torques);
    return 0;
}
