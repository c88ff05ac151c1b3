#pragma once

#include <memory>
#include <string_view>

#include "engine/backend/backend.hpp"

namespace cnnlab {

/// How activations and their gradients are stored on the GPU. Sums, parameters, their gradients and statistics are
/// always fp32.
enum class Precision : uint8_t { fp32, half, bf16 };

struct CudaOptions {
    Precision precision = Precision::fp32;
    bool libraries = true;  ///< false: our own kernels only, without cuDNN and cuBLASLt
    bool fuse = true;       ///< false: each op by itself, for comparison
};

/// The CUDA backend on the first GPU that CUDA shows. Throws Error(unsupported) where there is none, the driver is
/// too old, or this build has no code for it.
[[nodiscard]] std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options);

/// Whether make_cuda_backend() would find a GPU.
[[nodiscard]] bool cuda_device_present();

}  // namespace cnnlab
