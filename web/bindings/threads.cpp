#include "web/bindings/threads.hpp"

#include "engine/cpu/cpu_backend.hpp"

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

std::unique_ptr<Backend> make_backend() {
    if (!pool) pool = make_thread_pool(wanted);
    CpuOptions options;
    options.pool = pool;
    return make_cpu_backend(options);
}

}  // namespace cnnlab::web
