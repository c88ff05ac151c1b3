#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/layers/activation.hpp"
#include "engine/layers/add.hpp"
#include "engine/layers/avg_pool2d.hpp"
#include "engine/layers/batch_norm.hpp"
#include "engine/layers/concat.hpp"
#include "engine/layers/conv2d.hpp"
#include "engine/layers/dense.hpp"
#include "engine/layers/dropout.hpp"
#include "engine/layers/flatten.hpp"
#include "engine/layers/max_pool2d.hpp"
#include "engine/layers/resize.hpp"
#include "engine/layers/scale.hpp"
#include "engine/layers/softmax.hpp"

namespace cnnlab {

/// All layers: the one place where they stand.
using AnyLayer =
    std::variant<layers::Conv2d, layers::Dense, layers::BatchNorm, layers::Relu, layers::Relu6,
                 layers::LeakyRelu, layers::Gelu, layers::Silu, layers::HardSwish, layers::Sigmoid,
                 layers::HardSigmoid, layers::Tanh, layers::Softmax, layers::Scale, layers::MaxPool2d,
                 layers::AvgPool2d, layers::GlobalAvgPool, layers::GlobalMaxPool, layers::Dropout,
                 layers::Flatten, layers::Add, layers::Concat, layers::Resize>;

/// One layer of a model: its kind with its hyper-parameters, and how it hangs together with the others.
struct LayerSpec {
    AnyLayer kind;
    std::string name;               ///< "conv2d_1" unless given
    std::vector<std::string> from;  ///< names of its inputs; empty: the layer before. "input" is the image
    bool trainable = true;          ///< false: its parameters stay as they are

    static constexpr auto fields() {
        using L = LayerSpec;
        return std::tuple{
            flatten(&L::kind), field("name", &L::name, "what other layers call it").if_set(),
            field("from", &L::from, "names of its inputs; the layer before if not given").or_one().if_set(),
            field("trainable", &L::trainable, "whether its parameters learn").if_set()};
    }
    [[nodiscard]] std::string_view type() const {
        return std::visit([](const auto& layer) { return std::string_view(layer.type); }, kind);
    }
};

}  // namespace cnnlab
