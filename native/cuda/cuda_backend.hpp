#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/backend/backend.hpp"
#include "native/cuda/libraries/collective.hpp"

namespace cnnlab {

/// How activations and their gradients are stored on the GPU. Sums, parameters, their gradients and statistics are
/// always fp32.
enum class Precision : uint8_t { fp32, half, bf16 };

struct CudaOptions {
    Precision precision = Precision::fp32;
    bool libraries = true;  ///< false: our own kernels only, without cuDNN and cuBLASLt
    bool fuse = true;       ///< false: each op by itself, for comparison
    int device = 0;         ///< number among those that CUDA shows
    /// Those who run the same Programs on the same inputs, with a GPU each, of which each computes a part of every
    /// batch. The same seed gives the same bits on the same number of GPUs; another number adds in another order.
    std::shared_ptr<Group> group = nullptr;
    /// Gradients that travel together: enough for the whole rate between GPUs, few enough that several buckets go
    /// before the backward pass ends.
    int64_t bucket_floats = int64_t{4} << 20U;
    cuda::Connect connect = {};  ///< how their GPUs reach each other; empty: by NCCL
};

/// The CUDA backend on one GPU. Throws Error(unsupported) where there is none, the driver is
/// too old, or this build has no code for it.
[[nodiscard]] std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options);

/// How many GPUs CUDA shows; 0 where there is no driver.
[[nodiscard]] int cuda_device_count();
/// Where a GPU is, as no other on this machine: "0000:65:00.0".
[[nodiscard]] std::string cuda_device_address(int device);
/// Whether make_cuda_backend() would find a GPU.
[[nodiscard]] bool cuda_device_present();

}  // namespace cnnlab
