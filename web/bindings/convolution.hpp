#pragma once

#include <optional>
#include <string>

#include "engine/core/tensor.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab::web {

/// One convolution with what follows it, forward and backward, on numbers of any size and sign: the page's first
/// station.
struct ConvolutionRequest {
    HostTensor input;   ///< [H, W, C]
    HostTensor kernel;  ///< [K, Kh, Kw, C]
    std::optional<HostTensor> bias;
    Window window;  ///< its kernel is taken from `kernel`
    std::optional<ActivationKind> activation;
    enum class Pool : uint8_t { none, max, avg } pool = Pool::none;
    Window pool_window;
    std::optional<HostTensor> output_gradient;  ///< all ones if there is none
};

/// Every stage, per image; a stage that is left out equals the one before.
struct ConvolutionResult {
    HostTensor map, activated, pooled;
    std::optional<HostTensor> winners;  ///< of max pooling: i · Kw + j
    HostTensor d_pooled, d_activated, d_map, d_input, d_kernel, d_bias;
};

/// Runs it as a Program on the CPU backend: the page shows what the engine computes, not a copy of its arithmetic.
/// Throws Error (shape_mismatch) with the field as its place.
[[nodiscard]] ConvolutionResult convolution(const ConvolutionRequest& request);

}  // namespace cnnlab::web
