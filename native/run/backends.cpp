#include "native/run/backends.hpp"

#include <algorithm>
#include <cctype>
#include <thread>

#include "engine/core/spec.hpp"
#include "engine/cpu/cpu_backend.hpp"
#include "native/distributed/devices.hpp"
#include "native/distributed/launch.hpp"
#if defined(CNNLAB_HAS_REFERENCE)
#include "engine/reference/reference_backend.hpp"
#endif
#if defined(CNNLAB_HAS_CUDA)
#include "native/cuda/cuda_backend.hpp"
#endif

namespace cnnlab {

namespace {

constexpr int max_threads = 256;

/// Small letters and digits alone: "SSE4.2" and "sse4_2" are the same.
std::string bare_name(const std::string& text) {
    std::string bare;
    for (const unsigned char c : text)
        if (std::isalnum(c) != 0) bare += static_cast<char>(std::tolower(c));
    return bare;
}

constexpr const char* precisions[] = {"fp32", "half", "bf16"};

#if defined(CNNLAB_HAS_CUDA)
std::unique_ptr<Backend> cuda_backend(const BackendChoice& choice) {
    CudaOptions options;
    if (choice.precision == "half") options.precision = Precision::half;
    if (choice.precision == "bf16") options.precision = Precision::bf16;
    if (choice.group != nullptr) {
        options.group = choice.group;
        options.device = gpu_of_process(read_launch(), cuda_device_count());
        check_own_gpus(*choice.group, choice.group->host(), cuda_device_address(options.device));
    }
    return make_cuda_backend(options);
}
bool has_gpu() { return cuda_device_present(); }
#else
std::unique_ptr<Backend> cuda_backend(const BackendChoice& /*choice*/) {
    throw Error(ErrorCode::unsupported, "--device cuda",
                "this program was built without CUDA, as there was no nvcc (or with CNNLAB_CUDA=OFF)",
                "use --device cpu, or install the CUDA toolkit and build again");
}
bool has_gpu() { return false; }
#endif

std::unique_ptr<Backend> reference_backend() {
#if defined(CNNLAB_HAS_REFERENCE)
    return make_reference_backend();
#else
    throw Error(ErrorCode::unsupported, "--device reference", "this program was built for training only",
                "build everything with ./lab build --all");
#endif
}

/// The CPU computes in fp32 and does not pretend otherwise.
void check_precision(const BackendChoice& choice, bool on_gpu) {
    const std::vector<std::string> known(std::begin(precisions), std::end(precisions));
    const std::string& precision = choice.precision;
    if (precision.empty()) return;
    if (std::find(known.begin(), known.end(), precision) == known.end())
        throw Error(ErrorCode::unknown_name, "--precision", "\"" + precision + "\" is not known",
                    suggest(precision, known));
    if (precision != "fp32" && !on_gpu)
        throw Error(ErrorCode::unsupported, "--precision", "\"" + precision + "\" is for --device cuda only",
                    "leave it out, or use --device cuda");
}

}  // namespace

std::string known_arch(const std::string& arch) {
    const auto known = cpu_archs();
    if (arch.empty()) return arch;
    for (const std::string& name : known)
        if (bare_name(name) == bare_name(arch)) return name;
    throw Error(ErrorCode::unknown_name, "--arch",
                "\"" + arch + "\" is no instruction set of this build and machine", suggest(arch, known));
}

std::string device_of(const BackendChoice& choice) {
    // Who names an instruction set or a number of threads means the CPU.
    const bool means_cpu = choice.threads > 0 || !choice.arch.empty() || choice.group != nullptr;
    if (choice.device == "auto") return !means_cpu && has_gpu() ? "cuda" : "cpu";
    return choice.device;
}

CpuOptions cpu_options(const BackendChoice& choice) {
    // A number of threads that a person gives is kept.
    const bool is_given = choice.threads > 0 || choice.group == nullptr;
    CpuOptions options{.threads = is_given ? choice.threads : threads_of_process(read_launch()),
                       .arch = known_arch(choice.arch),
                       .by_work = choice.threads == 0};
    options.group = choice.group;
    return options;
}

std::unique_ptr<Backend> make_backend(const BackendChoice& choice) {
    check_range(choice.threads, 0, max_threads, "--threads");
    const std::string device = device_of(choice);
    if (!choice.arch.empty() && (device == "reference" || device == "cuda"))
        throw Error(ErrorCode::unsupported, "--arch", "is for the CPU, and the device is " + device,
                    "leave it out, or use --device cpu");
    check_precision(choice, device == "cuda");
    if (choice.group != nullptr && device == "reference")
        throw Error(ErrorCode::unsupported, "--device " + device, "several processes train on CPUs or GPUs",
                    "leave it out, or start one process");
    if (device == "reference") return reference_backend();
    if (device == "cuda") return cuda_backend(choice);
    if (device == "cpu") {
        return make_cpu_backend(cpu_options(choice));
    }
    throw Error(ErrorCode::unknown_name, "--device", "\"" + choice.device + "\" is not known",
                suggest(choice.device, {"auto", "cpu", "reference", "cuda"}));
}

int thread_count(const BackendChoice& choice) {
    return choice.threads > 0 ? choice.threads
                              : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace cnnlab
