#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "native/cuda/kernels/element.hpp"

namespace cnnlab::cuda {

/// What the host tells the device for one run, in device memory: one small copy before a captured graph. Kernels read
/// it, so the graph itself never changes.
struct RunScalars {
    const uint8_t* images = nullptr;  ///< of the split: [count, H, W, C]
    const int32_t* labels = nullptr;
    const uint32_t* order = nullptr;
    int64_t cursor = 0;
    uint64_t seed = 0;
    int32_t count = 0;  ///< images of this batch that are computed here
    uint32_t step = 0;
    uint32_t epoch = 0, total_steps = 0;
    /// Of a member of a group: images of the batch on all members, those whose batch statistics are taken together, and
    /// the number of the first one here. Alone: count, count and 0.
    int32_t total = 0, normed = 0, first = 0;
    float rates[4] = {};  ///< learning rates: the run's, then those that end early
};

/// Results of a run, in device memory, for the host.
struct RunResult {
    double loss_sum = 0, gradient_norm = 0;
    int64_t correct = 0;
};

/// Where and how a kernel is launched.
struct Site {
    cudaStream_t stream = nullptr;
    const RunScalars* scalars = nullptr;
    RunResult* result = nullptr;
    Element element = Element::f32;
    int multiprocessors = 1;
    /// Gradients of activations are stored times this power of two, so that half precision keeps the small ones.
    /// Gradients of parameters are not scaled.
    float gradient_scale = 1;
};

}  // namespace cnnlab::cuda
