#pragma once

#include <string>
#include <vector>

#include "engine/ops/op.hpp"

namespace cnnlab {

/// train: load, forward, loss, backward, update. evaluate: load, forward with running statistics, loss.
enum class Phase : uint8_t { train, evaluate };

/// The most learning rates of a Program that end before the training does.
constexpr size_t most_early_rates = 3;

/// A model compiled for one phase and batch size: a flat list of ops over numbered values. Immutable; shapes are
/// static.
struct Program {
    Phase phase = Phase::evaluate;
    int batch = 1;
    std::vector<ValueInfo> values;
    std::vector<Op> ops;
    std::vector<int>
        layer_of_op;  ///< index of the layer that emitted the op; −1 for loading, loss and updates
    ValueId images, targets, logits;
    bool float_images = false;  ///< reads splits of floats (Split::floats)
    std::vector<float>
        early_ends;  ///< updates with rate i + 1 stop after this share of the training (RunInput::early_rates)
    /// Batch statistics are those of each of so many processes' images, and no others may run it; 0: of the batch.
    int local_statistics = 0;
    std::vector<ValueId>
        kept;  ///< values that can be downloaded after a run: the logits and what was asked for

    [[nodiscard]] const ValueInfo& info(ValueId id) const { return values[static_cast<size_t>(id.index)]; }
    [[nodiscard]] const Shape& shape(ValueId id) const { return info(id).shape; }
    /// The shape that a value has on the host: with the batch axis in front where it has one.
    [[nodiscard]] Shape host_shape(ValueId id) const {
        const Shape& s = shape(id);
        if (!info(id).per_image()) return s;
        return s.rank() == 1 ? Shape{batch, s[0]} : Shape{batch, s[0], s[1], s[2]};
    }
};

/// Multiply-adds of one op for one image. Zero for ops without products.
[[nodiscard]] int64_t multiply_adds(const Op& op, const Program& program);

}  // namespace cnnlab
