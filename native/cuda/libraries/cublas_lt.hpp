#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/cuda/libraries/libraries.hpp"

namespace cnnlab::cuda {

/// C [m, n] = alpha · op(A) op(B) + beta · A, column-major and dense; `batch` of them, one after the other. A and B
/// are of `element`. Where beta is not 0, C does not overlap A, and has its shape and type.
struct BlasProduct {
    int m = 0, n = 0, k = 0, batch = 1;
    bool transpose_a = false, transpose_b = false;
    bool swapped = false;  ///< the plan's first operand is B
    bool result_in_float = false;
    Element element = Element::f32;
    float alpha = 1, beta = 0;
};

/// cuBLASLt, where it is installed.
class CublasLt {
  public:
    /// Empty if the library is not here.
    [[nodiscard]] static std::unique_ptr<CublasLt> load();
    ~CublasLt();
    [[nodiscard]] std::string version() const;
    /// The plans that the heuristics offer, best guess first. fp32 is computed in fp32, not in TF32.
    [[nodiscard]] std::vector<LibraryPlan> plans(const BlasProduct& product, int most = 6) const;

    struct Api;

  private:
    explicit CublasLt(std::unique_ptr<Api> api);
    std::unique_ptr<Api> api_;
};

}  // namespace cnnlab::cuda
