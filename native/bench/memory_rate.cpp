#include "native/bench/memory_rate.hpp"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "native/bench/contest.hpp"
#include "native/bench/workload.hpp"

namespace cnnlab {

namespace {

constexpr size_t copied = size_t{16} << 20U;
constexpr double seconds = 0.1;

}  // namespace

double memory_rate(int threads) {
    std::vector<double> rates(static_cast<size_t>(threads));
    std::vector<std::thread> workers;
    for (double& rate : rates)
        workers.emplace_back([&rate] {
            std::vector<char> from(copied, 1), to(copied, 2);
            const auto times = timed_repeats(seconds, [&] {
                std::memcpy(to.data(), from.data(), copied);
                // What is written must change each time, or the compiler may drop the writes.
                ++from[static_cast<size_t>(static_cast<unsigned char>(to[copied - 1])) * 64];
            });
            rate = 2 * static_cast<double>(copied) / median(times);
        });
    for (std::thread& worker : workers) worker.join();
    double sum = 0;
    for (const double rate : rates) sum += rate;
    return sum;
}

}  // namespace cnnlab
