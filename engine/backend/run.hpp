#pragma once

#include <array>
#include <cstdint>

#include "engine/core/fields.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab {

enum class SplitName : uint8_t { train, test, input };
template <>
struct EnumNames<SplitName> {
    static constexpr std::array<std::string_view, 3> names{"train", "test", "input"};
};

/// What the host tells the device for one run: a few bytes.
struct RunInput {
    SplitName split = SplitName::train;
    int64_t cursor = 0;  ///< first position in the split's order
    int count = 0;       ///< images in this batch, 1 … batch; the rest is masked
    uint64_t seed = 0;
    uint32_t step = 0;  ///< training steps done before this one
    float learning_rate = 0;
    uint32_t epoch = 0;        ///< passes over the split before this one
    uint32_t total_steps = 0;  ///< of the whole training; 0: unknown
    std::array<float, most_early_rates>
        early_rates{};  ///< learning rates of what stops early (Program::early_ends)

    bool operator==(const RunInput&) const = default;

    /// The learning rate of an update with this `rate`.
    [[nodiscard, gnu::always_inline]] constexpr float rate(int number) const {
        return number == 0 ? learning_rate : early_rates[static_cast<size_t>(number - 1)];
    }
};

/// What comes back: sums over the run's images.
struct RunOutput {
    double loss_sum = 0;
    int64_t correct = 0;
    double gradient_norm = 0;  ///< where the Program measures it
};

}  // namespace cnnlab
