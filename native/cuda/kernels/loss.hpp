#pragma once

#include "native/cuda/kernels/site.hpp"

/// Losses over logits [batch, K] and class indices. Each image's loss goes to `losses` and whether it was right to
/// `correct` ([batch] of scratch). One block then adds them in order to site.result. dlogits may be null.
namespace cnnlab::cuda {

enum class LossKind : uint8_t { cross_entropy, binary_cross_entropy, mean_squared_error };

/// Bytes of scratch.
[[nodiscard]] int64_t loss_scratch(int batch);

void run_loss(const Site& site, LossKind kind, int batch, int outputs, const void* logits,
              const int32_t* targets, void* dlogits, float label_smoothing, bool gradient_of_sum,
              void* scratch);

/// y = softmax of x over the channels of each row, and dx = y · (dy − Σ dy y).
void run_softmax(const Site& site, uint32_t rows, uint32_t channels, const void* x, void* y);
void run_softmax_backward(const Site& site, uint32_t rows, uint32_t channels, const void* y, const void* dy,
                          void* dx);

}  // namespace cnnlab::cuda
