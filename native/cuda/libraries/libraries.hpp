#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "native/cuda/kernels/conv2d.hpp"

namespace cnnlab::cuda {

/// Which of the three products of a convolution.
enum class ConvPass : uint8_t { forward, backward_input, backward_weight };

/// A library's way to compute c from a and b: x and weight → y, dy and weight → dx, x and dy → dweight (fp32, or
/// site.element; `scale` times the sums). Holds no addresses, so that launches of one shape share it.
struct LibraryPlan {
    std::string how;  ///< "cuDNN engine 58"
    int64_t workspace = 0;
    bool result_in_float = false;  ///< backward_weight: whether c is fp32
    std::function<void(cudaStream_t, const void* a, const void* b, void* c, void* workspace)> run;
};

class Cudnn;
class CublasLt;
struct BlasProduct;

/// cuDNN and cuBLASLt, loaded at run time. A machine that lacks one uses our own kernels instead, and says so.
class Libraries {
  public:
    /// `use` false: our own kernels only.
    explicit Libraries(bool use);
    ~Libraries();

    /// "cuDNN 9.13, cuBLASLt 13.0", or "own kernels".
    [[nodiscard]] std::string text() const;
    /// The fastest plan for this product on this GPU, found by trying each that a library offers. Nothing if none
    /// does.
    [[nodiscard]] std::shared_ptr<const LibraryPlan> convolution(ConvPass pass, const ConvShape& shape,
                                                                 Element element, float scale,
                                                                 cudaStream_t stream);
    [[nodiscard]] std::shared_ptr<const LibraryPlan> product(const BlasProduct& product, cudaStream_t stream);
    [[nodiscard]] const CublasLt* blas() const { return blas_.get(); }

  private:
    std::unique_ptr<Cudnn> cudnn_;
    std::unique_ptr<CublasLt> blas_;
    std::map<std::string, std::shared_ptr<const LibraryPlan>> known_;  ///< by what it computes
};

}  // namespace cnnlab::cuda
