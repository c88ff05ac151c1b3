#pragma once

#include <string>

namespace cnnlab::cuda {

/// The GPU that the process uses, one of those that CUDA shows (CUDA_VISIBLE_DEVICES chooses).
struct Device {
    std::string name;  ///< "NVIDIA H100 80GB HBM3"
    int major = 0, minor = 0;
    int multiprocessors = 1;
};

/// Opens the GPU. Throws Error: no device, a driver that is too old, an architecture that this build has no code for.
[[nodiscard]] Device open_device(int number = 0);

}  // namespace cnnlab::cuda
