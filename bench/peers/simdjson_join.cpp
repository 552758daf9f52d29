// Peer: the whole job as a C++ programmer would write it who need not care for lateness: read the file, parse it with simdjson
// on demand, keep both series of every thing, sort them, join neighbours, write JSON with std::to_chars. One thread.
// usage: simdjson_join IN OUT; prints one JSON object. OUT holds what leat replay writes for datasets/machine/machine_join.sql,
// its rows in order per thing.
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using namespace simdjson;

constexpr int64_t tolerance_ms = 1000;
constexpr double to_watts = 2 * M_PI / 60;

struct point {
    int64_t time_ms;
    double value;
};

struct series {
    std::vector<point> speed, torque;
};

struct text_hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

using things = std::unordered_map<std::string, series, text_hash, std::equal_to<>>;

struct row {
    std::string_view thing;
    int64_t time_ms = 0;
    std::optional<double> speed, torque;
};

std::optional<double> number_or_null(ondemand::value value) {
    if (value.is_null())
        return std::nullopt;
    return double(value.get_double());
}

// Throws simdjson_error where the row is no such row.
row read_row(ondemand::document_reference document) {
    row out;
    for (ondemand::field field : document.get_object()) {
        std::string_view name = field.unescaped_key();
        if (name == "Thing")
            out.thing = field.value().get_string();
        else if (name == "Timestamp")
            out.time_ms = field.value().get_int64();
        else if (name == "actSpeed_C11")
            out.speed = number_or_null(field.value());
        else if (name == "vaTorque_C11")
            out.torque = number_or_null(field.value());
    }
    return out;
}

uint64_t read_all(const padded_string &text, things &into) {
    ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false;
#endif
    uint64_t rows = 0;
    ondemand::document_stream documents = parser.iterate_many(text, 1 << 20);
    for (auto document : documents) {
        row row = read_row(std::move(document).value());
        auto thing = into.find(row.thing);
        if (thing == into.end())
            thing = into.emplace(row.thing, series{}).first;
        if (row.speed)
            thing->second.speed.push_back({row.time_ms, *row.speed});
        if (row.torque)
            thing->second.torque.push_back({row.time_ms, *row.torque});
        rows++;
    }
    return rows;
}

// In order of time; of several points of one time the last to arrive stays.
void put_in_order(std::vector<point> &points) {
    std::stable_sort(points.begin(), points.end(), [](const point &a, const point &b) { return a.time_ms < b.time_ms; });
    size_t kept = 0;
    for (size_t i = 0; i < points.size(); i++)
        if (i + 1 == points.size() || points[i].time_ms != points[i + 1].time_ms)
            points[kept++] = points[i];
    points.resize(kept);
}

// Writes rows, counts and adds up what it wrote.
class writer {
  public:
    explicit writer(std::FILE *to) : file(to), buffer(1 << 18) {
    }

    void pair(std::string_view thing, const point &speed, const point &torque) {
        if (buffer.size() - used < thing.size() + 256)
            flush();
        double watts = to_watts * speed.value * torque.value;
        put("{\"thing\":\"");
        put(thing);
        put("\",\"quantity\":\"vaPower_C11\",\"phenomenonTime\":");
        number((speed.time_ms + torque.time_ms) / 2);
        put(",\"result\":");
        if (watts == 0 && std::signbit(watts))
            put("-0.0");
        else
            number(watts);
        put("}\n");
        pairs++;
        sum += watts;
    }

    bool flush() {
        good = good && std::fwrite(buffer.data(), 1, used, file) == used;
        used = 0;
        return good;
    }

    uint64_t pairs = 0;
    double sum = 0;

  private:
    void put(std::string_view text) {
        std::memcpy(buffer.data() + used, text.data(), text.size());
        used += text.size();
    }

    template <typename T> void number(T value) {
        used = size_t(std::to_chars(buffer.data() + used, buffer.data() + buffer.size(), value).ptr - buffer.data());
    }

    std::FILE *file;
    std::vector<char> buffer;
    size_t used = 0;
    bool good = true;
};

// The neighbours of side[at], which was just reached, among the earlier points other[0..end): those after the last point of
// its own side, each of which sees side[at] as the first one behind it, and the nearest one, which side[at] sees itself
// unless the other side has a point at the very same time. `emit` gets them in order of time.
template <typename Emit>
void earlier_neighbours(const std::vector<point> &side, size_t at, const std::vector<point> &other, size_t end, bool same_time, Emit emit) {
    size_t first = end;
    while (first > 0 && (at == 0 || other[first - 1].time_ms > side[at - 1].time_ms) &&
           side[at].time_ms - other[first - 1].time_ms <= tolerance_ms)
        first--;
    if (first == end && !same_time && end > 0 && side[at].time_ms - other[end - 1].time_ms <= tolerance_ms)
        first--;
    for (size_t i = first; i < end; i++)
        emit(other[i]);
}

void join(std::string_view thing, const series &both, writer &out) {
    const std::vector<point> &l = both.speed, &r = both.torque;
    size_t i = 0, j = 0;
    while (i < l.size() || j < r.size()) {
        bool left = j == r.size() || (i < l.size() && l[i].time_ms <= r[j].time_ms);
        bool right = i == l.size() || (j < r.size() && r[j].time_ms <= l[i].time_ms);
        bool same_time = left && right;
        if (right)
            earlier_neighbours(r, j, l, i, same_time, [&](const point &earlier) { out.pair(thing, earlier, r[j]); });
        if (left)
            earlier_neighbours(l, i, r, j, same_time, [&](const point &earlier) { out.pair(thing, l[i], earlier); });
        if (same_time)
            out.pair(thing, l[i], r[j]);
        i += left;
        j += right;
    }
}

int run(const char *in, const char *to) {
    padded_string text = padded_string::load(in);
    things all;
    uint64_t rows = read_all(text, all);
    std::FILE *file = std::fopen(to, "wb");
    if (!file) {
        std::perror(to);
        return 74;
    }
    writer out(file);
    for (auto &[thing, both] : all) {
        put_in_order(both.speed);
        put_in_order(both.torque);
        join(thing, both, out);
    }
    bool good = out.flush();
    if (std::fclose(file) != 0 || !good) {
        std::perror(to);
        return 74;
    }
    std::printf("{\"rows\":%lu,\"pairs\":%lu,\"sum\":%.17g}\n", rows, out.pairs, out.sum);
    return 0;
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: simdjson_join IN OUT\n");
        return 64;
    }
    try {
        return run(argv[1], argv[2]);
    } catch (const simdjson_error &error) {
        std::fprintf(stderr, "%s: %s\n", argv[1], error.what());
        return 65;
    }
}
