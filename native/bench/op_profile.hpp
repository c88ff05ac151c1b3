#pragma once

#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/core/spec.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab {

/// The peak rates of one thread.
struct MachineRates {
    double flops = 0;  ///< FLOP a second of multiply-adds
    double bytes = 0;  ///< bytes a second from and to memory
};

/// Time and cost of one op, one segment, or a whole step.
struct OpCost {
    std::string layer;        ///< "conv2d_1"; "–" for loading, the loss and updates
    std::string op;           ///< "conv2d_backward_weight"
    int segment = -1;         ///< the section of the Program that it belongs to; −1: the backend has none
    double seconds = 0;       ///< of a step, summed over threads
    double flops = 0;         ///< of a step, nominal
    double bytes = 0;         ///< every operand once
    double memory_bytes = 0;  ///< of these, the bytes that do not stay in a thread's cache between ops

    /// The larger of the times that the multiply-adds and the memory would take at best: the roofline.
    [[nodiscard]] double floor(const MachineRates& rates) const;
};

/// Costs by op, of `seconds` measured over `steps` steps. Ops that took no time were fused with another.
[[nodiscard]] std::vector<OpCost> op_costs(const Program& program, const Executable& executable,
                                           const std::vector<LayerInfo>& layers,
                                           const std::vector<double>& seconds, int64_t steps);

/// Their sums by segment: what is an operand of several of its ops counts once.
[[nodiscard]] std::vector<OpCost> segment_costs(const Program& program, const Executable& executable,
                                                const std::vector<OpCost>& ops);

/// A table, the costliest first.
[[nodiscard]] std::string cost_table(std::vector<OpCost> costs, const MachineRates& rates);
[[nodiscard]] Json cost_json(const std::vector<OpCost>& costs, const MachineRates& rates);

}  // namespace cnnlab
