#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/cuda/libraries/libraries.hpp"

namespace cnnlab::cuda {

/// cuDNN's graph interface, where it is installed (and was at build time).
class Cudnn {
  public:
    /// Empty if the library is not here.
    [[nodiscard]] static std::unique_ptr<Cudnn> load();
    ~Cudnn();
    [[nodiscard]] std::string version() const;
    /// Every engine that the heuristics offer and that gives the same bits each time. fp32 is computed in fp32, not
    /// in TF32. Empty where there is none, as for some paddings and groups.
    [[nodiscard]] std::vector<LibraryPlan> plans(ConvPass pass, const ConvShape& shape, Element element,
                                                 float scale) const;

    struct Api;

  private:
    explicit Cudnn(std::unique_ptr<Api> api);
    std::unique_ptr<Api> api_;
};

}  // namespace cnnlab::cuda
