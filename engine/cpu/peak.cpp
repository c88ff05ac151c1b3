#include "engine/cpu/peak.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "engine/cpu/arch.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace cnnlab {

double cpu_peak_gflops(const std::string& arch, int threads, double seconds) {
    const auto* kernels = cpu::arch_by_name(arch).kernels;
    if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    cpu::ThreadPool pool(threads);
    std::vector<double> rates(static_cast<size_t>(threads));
    pool.run([&](int thread) { rates[static_cast<size_t>(thread)] = kernels->peak(seconds); });
    double sum = 0;
    for (const double rate : rates) sum += rate;
    return sum / 1e9;
}

}  // namespace cnnlab
