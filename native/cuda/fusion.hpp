#pragma once

#include <vector>

#include "native/cuda/fused_ops.hpp"

namespace cnnlab::cuda {

/// Ops of a Program that become one launch, where the last of them stands.
struct Fusion {
    std::vector<int> ops;  ///< numbers in the Program, in order
    FusedOp op;

    /// The values that it reads and writes in memory.
    [[nodiscard]] Operands operands() const;
};

/// Which ops of a Program are fused, by their kinds and by who reads which value. Each op is in one group at most. A
/// group may run where its last op stands, whatever lies in between. Ordered by the last ops.
[[nodiscard]] std::vector<Fusion> find_fusions(const Program& program);

}  // namespace cnnlab::cuda
