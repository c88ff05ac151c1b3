#include "native/cuda/device/error.hpp"

#include <limits>

#include "engine/core/error.hpp"

namespace cnnlab::cuda {

namespace {

/// The remedy for a status.
const char* remedy(cudaError_t status) {
    switch (status) {
        case cudaErrorMemoryAllocation:
            return "use a smaller batch, or free memory on the GPU (nvidia-smi shows who has it)";
        case cudaErrorNoDevice:
            return "use --device cpu, or a machine with an NVIDIA GPU";
        case cudaErrorInsufficientDriver:
            return "install a newer NVIDIA driver, or use --device cpu";
        case cudaErrorNoKernelImageForDevice:
        case cudaErrorInvalidDeviceFunction:
            return "this build has no code for this GPU: build with CMAKE_CUDA_ARCHITECTURES set to it";
        case cudaErrorDevicesUnavailable:
            return "another process has the GPU for itself; wait for it, or use --device cpu";
        case cudaErrorIllegalAddress:
        case cudaErrorLaunchFailure:
            return "a kernel went wrong: please report this with the command that led to it";
        default:
            return "use --device cpu, and please report this with the command that led to it";
    }
}

/// The path without the folders of the machine that built it.
std::string place(const char* file, int line) {
    const std::string path(file);
    const size_t at = path.rfind("native/cuda/");
    return (at == std::string::npos ? path : path.substr(at)) + ":" + std::to_string(line);
}

}  // namespace

void fail(cudaError_t status, const char* call, const char* file, int line) {
    throw Error(ErrorCode::unsupported, "cuda",
                std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + " from " + call +
                    ", " + place(file, line) + ")",
                remedy(status));
}

void fail(const std::string& says, const char* call, const char* file, int line) {
    throw Error(ErrorCode::unsupported, "cuda",
                says + " (from " + std::string(call) + ", " + place(file, line) + ")",
                "use --device cpu, and please report this with the command that led to it");
}

void check_countable(int64_t elements, const std::string& what) {
    if (elements > std::numeric_limits<int32_t>::max())
        throw Error(ErrorCode::unsupported, what,
                    "has " + std::to_string(elements) + " elements, and the CUDA backend counts to 2^31",
                    "use a smaller batch");
}

}  // namespace cnnlab::cuda
