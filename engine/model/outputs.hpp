#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/core/tensor.hpp"

namespace cnnlab {

struct Experiment;

/// Whether logits become probabilities by softmax, by sigmoid, or are taken as they are.
enum class OutputKind : uint8_t { softmax, sigmoid, identity };
template <>
struct EnumNames<OutputKind> {
    static constexpr std::array<std::string_view, 3> names{"softmax", "sigmoid", "identity"};
};

/// As the experiment's loss has it.
[[nodiscard]] OutputKind output_kind(const Experiment& experiment);

/// Rows of logits z → rows of probabilities, in place. softmax: exp(zᵢ) / Σⱼ exp(zⱼ); sigmoid: 1 / (1 + exp(−zᵢ)).
/// `logits` are [images, outputs].
void to_probabilities(HostTensor& logits, OutputKind kind);

/// The class that a row of logits answers: the first of the highest; with one output, 1 where its probability is above
/// one half.
[[nodiscard]] int32_t predicted_class(std::span<const float> logits, OutputKind kind);

/// A probability for each class out of a row of probabilities, also where one output stands for the second of two
/// classes.
[[nodiscard]] std::vector<double> class_probabilities(std::span<const float> row, size_t classes);

}  // namespace cnnlab
