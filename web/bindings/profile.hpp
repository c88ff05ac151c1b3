#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab::web {

/// What one op of a training step costs. Ops that took no time were fused with another.
struct OpCost {
    std::string layer, op;
    double seconds = 0, flops = 0, bytes = 0;

    static constexpr auto fields() {
        using C = OpCost;
        return std::tuple{field("layer", &C::layer, "\"conv2d_1\"; \"–\" for loading, the loss and updates"),
                          field("op", &C::op),
                          field("seconds", &C::seconds, "of a step, over all threads together"),
                          field("flops", &C::flops), field("bytes", &C::bytes, "of every operand once")};
    }
};

struct Profile {
    int64_t steps = 0;
    std::vector<OpCost> ops;
    double peak_gflops = 0;

    static constexpr auto fields() {
        using P = Profile;
        return std::tuple{field("steps", &P::steps, "that were measured; 0: none yet"), field("ops", &P::ops),
                          field("peak_gflops", &P::peak_gflops,
                                "of multiply-adds in registers, measured once in this worker")};
    }
};

/// The cost of each op, of `seconds` measured over `steps` steps (Backend::op_seconds).
[[nodiscard]] std::vector<OpCost> costs_of(const Program& program, const std::vector<LayerInfo>& layers,
                                           const std::vector<double>& seconds, int64_t steps);

}  // namespace cnnlab::web
