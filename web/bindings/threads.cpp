#include "web/bindings/threads.hpp"

#include <algorithm>
#include <cmath>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/cpu/peak.hpp"

namespace cnnlab::web {

namespace {

int wanted = 1;
std::shared_ptr<cpu::ThreadPool> pool;

}  // namespace

void set_threads([[maybe_unused]] int threads) {
#ifdef __EMSCRIPTEN_PTHREADS__
    wanted = threads;
#endif
}

int thread_count() { return wanted; }

int fit_threads() {
    if (wanted < 2) return wanted;
    if (!pool) pool = make_thread_pool(wanted);
    const double speed = cpu_parallel_speed(*pool);
    // A barrier is as slow as its slowest thread: one that gets a quarter less than a core is one too many.
    constexpr double share = 0.75;
    if (speed >= share * wanted) return wanted;
    wanted = std::max(1, static_cast<int>(std::lround(speed)) - 1);
    pool->shrink(wanted);
    return wanted;
}

std::unique_ptr<Backend> make_backend() {
    if (!pool) pool = make_thread_pool(wanted);
    CpuOptions options;
    options.pool = pool;
    options.by_work = true;
    return make_cpu_backend(options);
}

}  // namespace cnnlab::web
