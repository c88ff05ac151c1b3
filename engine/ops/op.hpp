#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "engine/ops/activation.hpp"
#include "engine/ops/arrange.hpp"
#include "engine/ops/avg_pool2d.hpp"
#include "engine/ops/batch_norm.hpp"
#include "engine/ops/conv2d.hpp"
#include "engine/ops/dropout.hpp"
#include "engine/ops/load_batch.hpp"
#include "engine/ops/loss.hpp"
#include "engine/ops/max_pool2d.hpp"
#include "engine/ops/softmax.hpp"
#include "engine/ops/update.hpp"

namespace cnnlab {

/// The instruction set: the one list of all ops. Backends visit it, so that a missing kernel fails to build.
using OpVariant =
    std::variant<ops::LoadBatch, ops::Conv2d, ops::Conv2dBackwardInput, ops::Conv2dBackwardWeight,
                 ops::BatchNormStatistics, ops::BatchNorm, ops::BatchNormBackwardReduce,
                 ops::BatchNormBackwardInput, ops::Activation, ops::ActivationBackward, ops::Softmax,
                 ops::SoftmaxBackward, ops::MaxPool2d, ops::MaxPool2dBackward, ops::AvgPool2d,
                 ops::AvgPool2dBackward, ops::Dropout, ops::Add, ops::WeightedSum, ops::Concat, ops::Slice,
                 ops::Reshape, ops::Shift, ops::Resize, ops::CrossEntropy, ops::BinaryCrossEntropy,
                 ops::MeanSquaredError, ops::GradientNorm, ops::SgdUpdate, ops::AdamUpdate,
                 ops::RmsPropUpdate, ops::MuonUpdate, ops::AverageUpdate, ops::LookaheadUpdate>;

/// The index of an alternative in a variant; the number of alternatives if it is none of them.
template <class O, class Variant>
inline constexpr size_t alternative = 0;
template <class O, class... T>
inline constexpr size_t alternative<O, std::variant<T...>> = [] {
    size_t place = 0;
    (void)((std::is_same_v<O, T> || (++place, false)) || ...);
    return place;
}();

/// One op. Its special members are compiled once, in op.cpp: compiled in each file that includes this, they
/// took half of the compiler's time.
struct Op : OpVariant {
    template <class O>
    requires(alternative<O, OpVariant> < std::variant_size_v<OpVariant>) Op(O op)
        : Op(alternative<O, OpVariant>, &op) {}  // NOLINT: an op is an Op
    Op(const Op& other);
    Op(Op&& other) noexcept;
    Op& operator=(const Op& other);
    Op& operator=(Op&& other) noexcept;
    ~Op();

  private:
    /// Takes the content of `op`, which is the given alternative.
    Op(size_t which, void* op);
};

[[nodiscard]] std::string_view op_name(const Op& op);

/// The values an op reads and writes. One that it updates is in both.
struct Operands {
    std::vector<ValueId> reads, writes;
};

[[nodiscard]] Operands operands_of(const Op& op);

}  // namespace cnnlab
