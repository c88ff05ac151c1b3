#pragma once

#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab {

/// Where a step's time goes.
struct OpCost {
    std::string layer;   ///< "conv2d_1"; "–" for loading, the loss and updates
    std::string op;      ///< "conv2d_backward_weight"
    double seconds = 0;  ///< a step, summed over threads
    double flops = 0,
           bytes =
               0;  ///< a step; bytes: every operand once, so that less than the memory's speed may be cached
};

/// Costs by op, of `seconds` measured over `steps` steps. Ops that took no time were fused with another.
[[nodiscard]] std::vector<OpCost> op_costs(const Program& program, const std::vector<LayerInfo>& layers,
                                           const std::vector<double>& seconds, int64_t steps);

/// A table with the costliest first. `peak_gflops` is that of one thread.
[[nodiscard]] std::string cost_table(std::vector<OpCost> costs, double peak_gflops);
[[nodiscard]] Json cost_json(const std::vector<OpCost>& costs);

}  // namespace cnnlab
