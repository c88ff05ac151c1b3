#pragma once

#include <string_view>
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

/// The instruction set: the one place where all ops stand. Backends visit it, so a missing kernel fails to build.
using Op =
    std::variant<ops::LoadBatch, ops::Conv2d, ops::Conv2dBackwardInput, ops::Conv2dBackwardWeight,
                 ops::BatchNormStatistics, ops::BatchNorm, ops::BatchNormBackwardReduce,
                 ops::BatchNormBackwardInput, ops::Activation, ops::ActivationBackward, ops::Softmax,
                 ops::SoftmaxBackward, ops::MaxPool2d, ops::MaxPool2dBackward, ops::AvgPool2d,
                 ops::AvgPool2dBackward, ops::Dropout, ops::Add, ops::WeightedSum, ops::Concat, ops::Slice,
                 ops::Reshape, ops::Shift, ops::Resize, ops::CrossEntropy, ops::BinaryCrossEntropy,
                 ops::MeanSquaredError, ops::GradientNorm, ops::SgdUpdate, ops::AdamUpdate,
                 ops::RmsPropUpdate, ops::MuonUpdate, ops::AverageUpdate, ops::LookaheadUpdate>;

[[nodiscard]] inline std::string_view op_name(const Op& op) {
    return std::visit([](const auto& o) { return std::string_view(o.name); }, op);
}

/// The values an op reads and writes; one that it updates stands in both.
struct Operands {
    std::vector<ValueId> reads, writes;
};

[[nodiscard]] inline Operands operands_of(const Op& op) {
    struct Collect {
        Operands found;
        void in(ValueId id) {
            if (id) found.reads.push_back(id);
        }
        void out(ValueId id) {
            if (id) found.writes.push_back(id);
        }
        void inout(ValueId id) { in(id), out(id); }
    } collect;
    std::visit([&](const auto& o) { o.operands(o, collect); }, op);
    return collect.found;
}

}  // namespace cnnlab
