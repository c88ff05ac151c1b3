#include "native/cuda/device/device.hpp"

#include "engine/core/error.hpp"
#include "native/cuda/device/error.hpp"

namespace cnnlab::cuda {

namespace {

/// 13000 → "13.0".
std::string version_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

int attribute(cudaDeviceAttr which, int device) {
    int value = 0;
    CNNLAB_CUDA(cudaDeviceGetAttribute(&value, which, device));
    return value;
}

}  // namespace

Device open_device(int number) {
    int driver = 0, runtime = 0, count = 0;
    CNNLAB_CUDA(cudaRuntimeGetVersion(&runtime));
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0)
        throw Error(ErrorCode::unsupported, "cuda", "this machine has no NVIDIA driver, which CUDA needs",
                    "use --device cpu, or install the driver of your GPU");
    const cudaError_t status = cudaGetDeviceCount(&count);
    if (status == cudaErrorInsufficientDriver)
        throw Error(ErrorCode::unsupported, "cuda",
                    "the NVIDIA driver knows CUDA " + version_text(driver) + ", and this build needs " +
                        version_text(runtime),
                    "install a newer driver, or use --device cpu");
    if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0))
        throw Error(ErrorCode::unsupported, "cuda", "this machine has no GPU that CUDA can see",
                    "use --device cpu; CUDA_VISIBLE_DEVICES may hide one");
    CNNLAB_CUDA(status);
    CNNLAB_CUDA(cudaSetDevice(number));
    cudaDeviceProp properties{};
    CNNLAB_CUDA(cudaGetDeviceProperties(&properties, number));
    Device device{properties.name, attribute(cudaDevAttrComputeCapabilityMajor, number),
                  attribute(cudaDevAttrComputeCapabilityMinor, number),
                  attribute(cudaDevAttrMultiProcessorCount, number)};
    if (device.major < 8)
        throw Error(ErrorCode::unsupported, "cuda",
                    device.name + " has compute capability " + std::to_string(device.major) + "." +
                        std::to_string(device.minor) + ", and this build needs 8.0",
                    "use --device cpu, or a GPU of 2020 or later");
    return device;
}

}  // namespace cnnlab::cuda
