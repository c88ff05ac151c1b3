#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/model/compile.hpp"

namespace cnnlab::web {

/// The cost of each op of a step, of `seconds` measured over `steps` steps (Backend::op_seconds): [{layer, op,
/// seconds, flops, bytes}]. Bytes count every operand once. Ops that took no time were fused with another.
[[nodiscard]] Json costs_of(const Program& program, const std::vector<LayerInfo>& layers,
                            const std::vector<double>& seconds, int64_t steps);

}  // namespace cnnlab::web
