#include "native/backends.hpp"

#include <algorithm>
#include <thread>

#include "engine/core/spec.hpp"
#include "engine/cpu/cpu_backend.hpp"
#include "engine/reference/reference_backend.hpp"

namespace cnnlab {

namespace {

constexpr int max_threads = 256;

void check_arch(const std::string& arch) {
    const auto known = cpu_archs();
    if (arch.empty() || std::find(known.begin(), known.end(), arch) != known.end()) return;
    throw Error(ErrorCode::unknown_name, "--arch",
                "\"" + arch + "\" is no instruction set of this build and machine", suggest(arch, known));
}

}  // namespace

std::unique_ptr<Backend> make_backend(const BackendChoice& choice) {
    check_range(choice.threads, 0, max_threads, "--threads");
    if (choice.device == "reference") return make_reference_backend();
    if (choice.device == "auto" || choice.device == "cpu") {
        check_arch(choice.arch);
        return make_cpu_backend(CpuOptions{choice.threads, choice.arch});
    }
    if (choice.device == "cuda") {
        throw Error(ErrorCode::unsupported, "--device cuda", "this build has no CUDA backend",
                    "use --device cpu");
    }
    throw Error(ErrorCode::unknown_name, "--device", "\"" + choice.device + "\" is not known",
                suggest(choice.device, {"auto", "cpu", "reference", "cuda"}));
}

int thread_count(const BackendChoice& choice) {
    return choice.threads > 0 ? choice.threads
                              : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace cnnlab
