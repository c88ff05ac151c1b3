#pragma once

#include <tuple>
#include <variant>

#include "engine/core/spec.hpp"
#include "engine/ops/op.hpp"

/// Losses as an experiment names them. Each emits one op, whose docstring (engine/ops/loss.hpp) has the formula.
namespace cnnlab {

/// What becomes of the images' losses before the backward pass. What is reported is the mean in any case.
enum class Reduction : uint8_t { mean, sum };
template <>
struct EnumNames<Reduction> {
    static constexpr std::array<std::string_view, 2> names{"mean", "sum"};
};

namespace losses {

/// For classes: softmax over the logits. PyTorch: CrossEntropyLoss.
struct CrossEntropy {
    static constexpr std::string_view type = "cross_entropy";
    float label_smoothing = 0;
    Reduction reduction = Reduction::mean;

    static constexpr auto fields() {
        return std::tuple{
            field("label_smoothing", &CrossEntropy::label_smoothing,
                  "share of the target spread evenly over all classes", 0, 1),
            field("reduction", &CrossEntropy::reduction,
                  "what gradients are of: the \"mean\" over a batch's images, or their \"sum\", as if the "
                  "learning rate were multiplied, and L2 divided, by the batch")};
    }
    [[nodiscard]] Op op(ValueId logits, ValueId targets, ValueId dlogits) const {
        return ops::CrossEntropy{logits, targets, dlogits, label_smoothing, reduction == Reduction::sum};
    }
};

/// For yes or no, one logit, or one logit a class. PyTorch: BCEWithLogitsLoss.
struct BinaryCrossEntropy {
    static constexpr std::string_view type = "binary_cross_entropy";

    static constexpr auto fields() { return std::tuple{}; }
    [[nodiscard]] Op op(ValueId logits, ValueId targets, ValueId dlogits) const {
        return ops::BinaryCrossEntropy{logits, targets, dlogits};
    }
};

/// Distance to the target (one-hot, or the class number with one output). PyTorch: MSELoss.
struct MeanSquaredError {
    static constexpr std::string_view type = "mean_squared_error";

    static constexpr auto fields() { return std::tuple{}; }
    [[nodiscard]] Op op(ValueId logits, ValueId targets, ValueId dlogits) const {
        return ops::MeanSquaredError{logits, targets, dlogits};
    }
};

}  // namespace losses

using AnyLoss = std::variant<losses::CrossEntropy, losses::BinaryCrossEntropy, losses::MeanSquaredError>;

}  // namespace cnnlab
