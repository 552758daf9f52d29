// Reading a large file of lines: the file source by chunk size and workers against plain pread and mmap, in the page cache and from disk.
// The file, about 290 MB, is made in the directory LEAT_BENCH_DIR, by default the system's for temporary files. Every way counts the line
// ends and must find all of them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
#include "ingest/file/file_source.h"
}

namespace {

const size_t line_count = 1402232;
std::string path;
size_t file_bytes;

void make_file() {
    const char *directory = getenv("LEAT_BENCH_DIR");
    path = std::string(directory ? directory : P_tmpdir) + "/leat-bench-file-" + std::to_string(getpid());
    FILE *file = fopen(path.c_str(), "w");
    if (!file) {
        perror(path.c_str());
        exit(1);
    }
    for (size_t i = 0; i < line_count; i++)
        fprintf(
            file, "{\"thing\": \"machine %zu\", \"phenomenonTime\": %zu, \"result\": {\"speed\": %.6f, \"padding\": \"%.*s\"}}\n", i % 20,
            1500000000000 + i * 7, (double)(i * 2654435761u % 1000000) / 997, (int)(i % 64) + 90,
            "..........................................................................................................................."
            "...............................");
    file_bytes = (size_t)ftell(file);
    fclose(file);
}

// In lanes of bytes, emptied before they overflow, so that counting costs little beside reading.
size_t count_line_ends(const char *bytes, size_t length) {
    size_t count = 0, at = 0;
    while (length - at >= 64) {
        unsigned char lanes[64] = {0};
        for (size_t blocks = std::min((length - at) / 64, (size_t)255); blocks > 0; blocks--, at += 64)
            for (size_t lane = 0; lane < 64; lane++)
                lanes[lane] = (unsigned char)(lanes[lane] + (bytes[at + lane] == '\n'));
        for (unsigned char lane : lanes)
            count += lane;
    }
    return count + (size_t)std::count(bytes + at, bytes + length, '\n');
}

void drop_from_cache() {
    int fd = open(path.c_str(), O_RDONLY);
    fdatasync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

void check(benchmark::State &state, size_t lines) {
    if (lines != line_count)
        state.SkipWithError("lines are missing");
    state.SetBytesProcessed(state.iterations() * (int64_t)file_bytes);
    state.SetItemsProcessed(state.iterations() * (int64_t)line_count);
}

// Runs `read` on as many threads as are asked for, each given its number, and adds up the lines that they found.
template <class Read> size_t in_threads(size_t threads, Read read) {
    std::vector<size_t> lines(threads);
    std::vector<std::thread> running;
    for (size_t i = 1; i < threads; i++)
        running.emplace_back([&, i] { lines[i] = read(i); });
    lines[0] = read(0);
    for (std::thread &thread : running)
        thread.join();
    size_t sum = 0;
    for (size_t count : lines)
        sum += count;
    return sum;
}

size_t read_source(size_t chunk_bytes, size_t threads) {
    leat_budget budget = {"bench", 0, 0, 0};
    leat_source_env env = {"t", path.c_str(), &leat_file_ops_system, &leat_clock_system, &budget, chunk_bytes, 0, 0, 0};
    void *source;
    if (leat_file_source_ops.open(&env, &source))
        return 0;
    size_t lines = in_threads(threads, [&](size_t) {
        leat_budget own = {"worker", 0, 0, 0};
        leat_buffer_pool buffers = {&own, nullptr, 0, 4};
        leat_chunk chunk;
        size_t count = 0;
        for (leat_claim claim; (claim = leat_file_source_ops.claim(source, &buffers, &chunk)) != LEAT_CLAIM_ENDED;) {
            if (claim != LEAT_CLAIM_CHUNK)
                continue;
            count += count_line_ends(chunk.text, chunk.length);
            leat_buffer_release(chunk.buffer);
        }
        leat_buffer_pool_destroy(&buffers);
        return count;
    });
    leat_file_source_ops.close(source);
    return lines;
}

// Slices of the file, drawn in turn; `use` gives the bytes of one.
template <class Use> size_t in_slices(size_t chunk_bytes, size_t threads, Use use) {
    std::atomic<size_t> next{0};
    return in_threads(threads, [&](size_t) {
        size_t count = 0;
        std::vector<char> buffer(chunk_bytes);
        for (size_t from; (from = next.fetch_add(chunk_bytes)) < file_bytes;) {
            size_t length = std::min(chunk_bytes, file_bytes - from);
            count += count_line_ends(use(buffer.data(), from, length), length);
        }
        return count;
    });
}

size_t read_pread(size_t chunk_bytes, size_t threads) {
    int fd = open(path.c_str(), O_RDONLY);
    size_t lines = in_slices(chunk_bytes, threads, [&](char *buffer, size_t from, size_t length) {
        return (const char *)(pread(fd, buffer, length, (off_t)from) == (ssize_t)length ? buffer : memset(buffer, 0, length));
    });
    close(fd);
    return lines;
}

size_t read_mmap(size_t chunk_bytes, size_t threads) {
    int fd = open(path.c_str(), O_RDONLY);
    char *bytes = (char *)mmap(nullptr, file_bytes, PROT_READ, MAP_SHARED, fd, 0);
    madvise(bytes, file_bytes, MADV_SEQUENTIAL);
    size_t lines = in_slices(chunk_bytes, threads, [&](char *, size_t from, size_t) { return (const char *)bytes + from; });
    munmap(bytes, file_bytes);
    close(fd);
    return lines;
}

// As read_mmap, each slice populated by one call before it is used (Linux 5.14).
size_t read_mmap_populate(size_t chunk_bytes, size_t threads) {
    int fd = open(path.c_str(), O_RDONLY);
    char *bytes = (char *)mmap(nullptr, file_bytes, PROT_READ, MAP_SHARED, fd, 0);
    size_t lines = in_slices(chunk_bytes, threads, [&](char *, size_t from, size_t length) {
        madvise(bytes + from, length, 22 /* MADV_POPULATE_READ */);
        return (const char *)bytes + from;
    });
    munmap(bytes, file_bytes);
    close(fd);
    return lines;
}

template <size_t (*read)(size_t, size_t)> void cached(benchmark::State &state) {
    size_t lines = 0;
    for (auto _ : state)
        lines = read((size_t)state.range(0) << 10, (size_t)state.range(1));
    check(state, lines);
}

template <size_t (*read)(size_t, size_t)> void cold(benchmark::State &state) {
    size_t lines = 0;
    for (auto _ : state) {
        state.PauseTiming();
        drop_from_cache();
        state.ResumeTiming();
        lines = read((size_t)state.range(0) << 10, (size_t)state.range(1));
    }
    check(state, lines);
}

// KiB per chunk, threads.
#define ARGS ArgsProduct({{64, 128, 256, 512, 1024, 4096}, {1, 2}})->UseRealTime()->Unit(benchmark::kMillisecond)
BENCHMARK(cached<read_source>)->ARGS;
BENCHMARK(cached<read_pread>)->ARGS;
BENCHMARK(cached<read_mmap>)->ARGS;
BENCHMARK(cached<read_mmap_populate>)->ARGS;
BENCHMARK(cold<read_source>)->ARGS->Iterations(2);
BENCHMARK(cold<read_mmap>)->ARGS->Iterations(2);

} // namespace

int main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    make_file();
    benchmark::RunSpecifiedBenchmarks();
    unlink(path.c_str());
    return 0;
}
