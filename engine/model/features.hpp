#pragma once

#include <memory>

#include "engine/model/frozen.hpp"
#include "engine/model/model.hpp"

namespace cnnlab {

/// Takes the images of a split through the frozen part of a network, batch by batch, and keeps its outputs.
class FeatureMaker {
  public:
    static constexpr int enough = 64;  ///< a larger batch is no faster, and takes more memory

    /// `images` are those that have been uploaded as `name`; their order there becomes that of the split. They and the
    /// model must outlive it.
    FeatureMaker(Model& model, const FrozenPart& part, SplitName name, const Split& images,
                 int largest_batch = enough);

    /// The next batch; false where none is left.
    bool step();
    [[nodiscard]] int64_t done() const { return cursor_; }
    /// A split of floats with the images' labels, in their order.
    [[nodiscard]] Split take() { return std::move(features_); }

  private:
    Model* model_;
    SplitName name_;
    std::unique_ptr<Executable> executable_;
    ValueId value_;
    Split features_;
    int64_t cursor_ = 0, count_;
};

}  // namespace cnnlab
